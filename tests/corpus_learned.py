#!/usr/bin/env python3
"""Learn each page of a corpus of labelled listing pages and run what is printed.

usage: corpus_learned.py [--half tune|report] [--worst N] PROGRAM CORPUS

Each page's address and bytes go to `metrofeed learn`.  What it prints is put
into a configuration, must pass `metrofeed check`, and is run by `metrofeed
preview` on the same bytes; the articles of that run are scored against the
labels.  Prints the scorer's table, every figure against its aim, and the same
for both halves of the corpus (by site: what is adjusted, is adjusted on the
first; the second decides).  A page of a language or a site that nobody knows
is judged like any other.  The corpus lies outside the project; where it is
absent this says so and skips.
"""
import argparse
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from urllib.parse import unquote, urljoin, urlsplit

POSITION = re.compile(r":(nth|first|last|only)-|:root|:empty")
RIGHT = 0.9  # F1 of a list that is the right one, and complete enough


def learn(program, url, page, folder):
    done = subprocess.run([program, "learn", "--json", "--file", page,
        "--url", url], capture_output=True, text=True, timeout=120,
        cwd=folder)
    try:
        lesson = json.loads(done.stdout)
    except ValueError:
        lesson = {"grade": "none", "stanza": None, "articles": [],
                  "item": [], "fields": {}, "confidence": 0,
                  "reason": done.stderr.strip()}
    lesson["status"] = done.returncode
    return lesson


def run_stanza(program, lesson, page, folder):
    """The articles of the printed stanza; None and why not if it will not
    load."""
    path = os.path.join(folder, "metrofeed.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write("state: state\noutput: out\n" + lesson["stanza"])
    check = subprocess.run([program, "check", "-c", path],
        capture_output=True, text=True, timeout=60, cwd=folder)
    if check.returncode != 0:
        return None, "check: " + (check.stdout + check.stderr).strip()
    names = re.findall(r"^  (\S+):$", lesson["stanza"], re.M) + \
        re.findall(r"^      (\S+): \{(?:title|url):", lesson["stanza"], re.M)
    done = subprocess.run([program, "preview", "--json", "-c", path, "--file",
        page, "%s/%s" % (names[0], names[-1])], capture_output=True,
        text=True, timeout=120, cwd=folder)
    try:
        return json.loads(done.stdout)["articles"], done.stderr.strip()
    except (ValueError, KeyError):
        return None, "preview: " + done.stderr.strip()


def same_articles(a, b):
    def told(articles):
        return [(x["link"], x["title"], (x["published"] or "")[:16],
                 x["text"], x["author"], x["image"]) for x in articles]
    return told(a) == told(b)


def picture(url, base):
    """The picture that an address shows, whatever size or cut of it: the file,
    or what it lies in where a file's name is only a size."""
    path = unquote(urlsplit(urljoin(base, url or "")).path).rstrip("/").lower()
    parts = path.split("/")
    if "." not in parts[-1] and len(parts) > 1:
        return parts[-2]
    return re.sub(r"(-\d+x\d+)+(?=\.)", "", parts[-1])


def same_picture(a, b):
    """Labels of long names are cut."""
    return a == b or (len(b) > 60 and a.startswith(b))


def images(meta, articles):
    """(right, shown) among the labelled articles that were found."""
    shown = {}
    for truth in meta[meta["truth"]]:
        if truth.get("image"):
            shown[urljoin(meta["url"], truth["url"])] = truth["image"]
    right = total = 0
    for article in articles:
        if article["link"] in shown:
            total += 1
            right += same_picture(picture(article["image"], meta["url"]),
                picture(shown[article["link"]], meta["url"]))
    return right, total


def site_of(meta):
    """Whose page it is: two pages of one owner are never parted."""
    labels = urlsplit(meta["url"]).hostname.split(".")
    short = len(labels) > 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2:])


def halves_of(metas):
    """Every other site, in an order that has nothing to do with its name."""
    sites = sorted({site_of(meta) for meta in metas},
                   key=lambda site: hashlib.sha256(site.encode()).digest())
    place = {site: i % 2 for i, site in enumerate(sites)}
    return {meta["name"]: ("tune", "report")[place[site_of(meta)]]
            for meta in metas}


def read_corpus(program, corpus, folder, only):
    predictions = os.path.join(folder, "predictions")
    os.mkdir(predictions)
    pages, faults, metas = {}, [], []
    for name in sorted(os.listdir(corpus)):
        path = os.path.join(corpus, name, "meta.json")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as f:
                metas.append(json.load(f))
    halves = halves_of(metas)
    for meta in metas:
        name = meta["name"]
        if only and halves[name] != only:
            continue
        html = os.path.join(corpus, name, "page.html")
        lesson = learn(program, meta["url"], html, folder)
        articles = []
        if lesson["stanza"]:
            articles, why = run_stanza(program, lesson, html, folder)
            if articles is None:
                faults.append("%s: %s" % (name, why))
                articles = []
            elif not same_articles(articles, lesson["articles"]):
                faults.append("%s: preview reads other articles than learn "
                              "showed" % name)
        with open(os.path.join(predictions, name + ".jsonl"), "w",
                  encoding="utf-8") as f:
            for article in articles:
                f.write(json.dumps({"title": article["title"],
                    "url": article["link"], "date": article["published"]})
                    + "\n")
        pages[name] = {"half": halves[name], "lesson": lesson,
                       "images": images(meta, articles),
                       "kind": meta["kind"], "lang": meta.get("lang") or ""}
    return pages, faults, predictions


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def share(right, total):
    return right / total if total else 1.0


def selectors(pages):
    """All that are printed; and those of items."""
    items, fields = [], []
    for page in pages:
        if page["lesson"]["stanza"]:
            items += page["lesson"]["item"]
            for rules in page["lesson"]["fields"].values():
                fields += [rule for rule in rules if rule != "."]
    return items, fields


def figures(rows, pages):
    """(name, value, aim, is at most) of every figure."""
    lists = [row for row in rows if row["kind"] != "front"]
    fronts = [row for row in rows if row["kind"] == "front"]
    items, fields = selectors(pages[row["name"]] for row in rows)
    every = items + fields
    dated = sum(row["dall"] for row in rows)
    shown = sum(pages[row["name"]]["images"][1] for row in rows)
    ready = [row for row in rows
             if pages[row["name"]]["lesson"]["grade"] == "ready"]
    lost = [row for row in lists
            if pages[row["name"]]["lesson"]["grade"] == "none"]
    first = [row for row in lists if row["n"] and row["tp"] * 2 >= row["n"]
             and row["tp"] * 2 >= row["pred"]]
    return [
        ("sections, right list first", share(len(first), len(lists)), 0.95, 0),
        ("sections, precision", mean(r["p"] for r in lists), 0.96, 0),
        ("sections, recall", mean(r["r"] for r in lists), 0.94, 0),
        ("front pages, precision", mean(r["p"] for r in fronts), 0.92, 0),
        ("front pages, recall", mean(r["r"] for r in fronts), 0.80, 0),
        ("titles right", share(sum(r["tgood"] for r in rows),
                               sum(r["tp"] for r in rows)), 0.96, 0),
        ("dates right to the day, of %d" % dated,
         share(sum(r["dgood"] for r in rows), dated), 0.95, 0),
        ("images right, of %d" % shown,
         share(sum(pages[r["name"]]["images"][0] for r in rows), shown),
         0.90, 0),
        ("\"ready\" right, of %d" % len(ready),
         share(sum(r["f1"] >= RIGHT for r in ready), len(ready)), 0.97, 0),
        ("sections \"not found\"", share(len(lost), len(lists)), 0.05, 1),
        ("item selectors, median length of %d" % len(items),
         statistics.median(map(len, items)) if items else 0, 25, 1),
        ("all selectors, median length of %d" % len(every),
         statistics.median(map(len, every)) if every else 0, 25, 1),
        ("selectors by position",
         sum(bool(POSITION.search(s)) for s in every), 0, 1),
    ]


def judge(title, rows, pages):
    print("\n%s: %d pages" % (title, len(rows)))
    passed = failed = 0
    for name, value, aim, at_most in figures(rows, pages):
        good = value <= aim if at_most else value >= aim
        passed += good
        failed += not good
        print("  %-42s %7.3f  aim %s %s: %s" % (name, value,
            "at most" if at_most else "at least", aim,
            "met" if good else "NOT MET"))
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tune", "report"))
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("program")
    parser.add_argument("corpus")
    a = parser.parse_args()
    scorer = os.path.join(a.corpus, "..", "tools", "score_listing.py")
    if not os.path.isdir(a.corpus) or not os.path.isfile(scorer):
        print("skipped: no corpus at %s" % a.corpus)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    program, corpus = os.path.abspath(a.program), os.path.abspath(a.corpus)
    with tempfile.TemporaryDirectory() as folder:
        pages, faults, predictions = read_corpus(
            program, corpus, folder, a.half)
        numbers = os.path.join(folder, "numbers.json")
        sys.stdout.flush()
        subprocess.run([sys.executable, scorer, "--labels", corpus, "--pred",
            predictions, "--names", ",".join(pages), "--json", numbers,
            "--worst", str(a.worst)], check=True)
        with open(numbers, encoding="utf-8") as f:
            rows = json.load(f)
    for row in rows:
        lesson = pages[row["name"]]["lesson"]
        wrong = lesson["grade"] == "ready" and row["f1"] < RIGHT
        if wrong or lesson["grade"] == "none":
            print("%s %s: confidence %d, F1 %.3f%s" % (
                "WRONGLY READY" if wrong else "none", row["name"],
                lesson["confidence"], row["f1"],
                ": " + lesson["reason"] if lesson.get("reason") else ""))
    for fault in faults:
        print("FAIL " + fault)
    halves = (a.half,) if a.half else ("tune", "report")
    for half in halves:
        judge("half '%s'" % half, [row for row in rows
            if pages[row["name"]]["half"] == half], pages)
    passed, failed = judge("all", rows, pages)
    failed += len(faults)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
