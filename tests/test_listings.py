#!/usr/bin/env python3
"""Listings of many content systems, drawn by lot and read without rules.

usage: test_listings.py [--count N] [--seed N] [--only NAME] [--half NAME]
                        [--keep FOLDER] PROGRAM

Each template of tests/listings draws a page of invented articles as one kind
of content system makes it.  It is read with `url` alone and with `article-link`
beside it, and judged story by story: the exact list, title, date, author,
picture, text.  A table gives the share of right pages and fields for the templates
that the engine was tuned on and for those that were held out (fresh.py); of the
latter only the names of what fails are shown, unless asked for.  The last line
counts passed and failed: for both whether as many pages are right as LEAST says.
"""
import argparse
import collections
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile

from listings import ALL
from listings.invent import squeeze

LEAST = {"tuned": 0.95, "held": 0.70}  # of the pages, in every field
FIELDS = ("title", "date", "author", "image", "text", "next")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def write_configuration(path, sheet, with_template):
    lines = ["output: out", "state: state", "sites:", "  paper:",
             "    url: " + sheet.site, "    timezone: " + sheet.zone]
    if with_template:
        template = sheet.template
        lines.append("    article-link: " + (
            "{pattern: %s}" % quoted(template["pattern"])
            if isinstance(template, dict) else quoted(template)))
    lines.append("    sections: {list: {url: %s}}" % quoted(sheet.url))
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def read(program, folder, sheet, with_template):
    page, conf = (os.path.join(folder, n) for n in ("page.html", "conf"))
    with open(page, "w", encoding="utf-8") as f:
        f.write(sheet.html)
    write_configuration(conf, sheet, with_template)
    done = subprocess.run([program, "preview", "--json", "--file", page, "-c",
                           conf, "paper/list"], capture_output=True,
                          text=True, timeout=60, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"articles": [], "next": None, "error": done.stderr}


# --- what a date may be ------------------------------------------------------

def utc(local, sheet):
    return local - datetime.timedelta(hours=sheet.offset_h)


def date_is_right(published, wanted, sheet, now):
    """A time that the page does not show must not be there."""
    if wanted is None:
        return published is None
    if published is None:
        return False
    have = datetime.datetime.strptime(published, "%Y-%m-%dT%H:%M:%SZ")
    kind, when = wanted
    if kind == "ago":
        behind = (now - have).total_seconds()
        return abs(behind - when) <= 180 + when / 10
    local = have + datetime.timedelta(hours=sheet.offset_h)
    if kind.startswith("yearless") and not kind.endswith("urlday"):
        today = now + datetime.timedelta(hours=sheet.offset_h, days=2)
        when = when.replace(year=today.year)
        if when > today:
            when = when.replace(year=today.year - 1)
    if kind.endswith("day"):
        return local.date() == when.date()
    if kind == "month":
        return (local.year, local.month) == (when.year, when.month)
    if kind == "second":
        return have == utc(when, sheet)
    return have == utc(when.replace(second=0), sheet)


# --- judging -----------------------------------------------------------------

def list_is_right(sheet, found):
    """In the page's order; what is optional may be there or not."""
    links = [a["link"] for a in found]
    kept = [s.link for s in sheet.stories
            if not s.optional or s.link in links]
    return links == kept


def field_is_right(name, story, have, sheet, now):
    if name == "title":
        return squeeze(have["title"]) == squeeze(story.title)
    if name == "date":
        return date_is_right(have["published"], story.date, sheet, now)
    if name == "text":
        return squeeze(have["text"] or "") == squeeze(story.text or "")
    if name == "image" and story.image == "any":
        return True
    return have[name] == getattr(story, name)


def judge(sheet, answer, now):
    """[(what is wrong, an example of it)], empty when all is right."""
    found, wrong = answer["articles"], []
    if not list_is_right(sheet, found):
        wanted = [s.link for s in sheet.stories]
        links = [a["link"] for a in found]
        wrong.append(("list", "%d of %d, %d more; %s" % (
            len(set(links) & set(wanted)), len(wanted),
            len(set(links) - set(wanted)), answer.get("item"))))
    by_link = {s.link: s for s in sheet.stories}
    for name in FIELDS[:-1]:
        bad = [(a, by_link[a["link"]]) for a in found if a["link"] in by_link
               and not field_is_right(name, by_link[a["link"]], a, sheet, now)]
        if bad:
            have, story = bad[0]
            key = "published" if name == "date" else name
            wrong.append((name, "%d of %d: %r, not %r" % (
                len(bad), len(found), have[key], getattr(story, name))))
    if sheet.next is not None and answer["next"] != sheet.next:
        wrong.append(("next", "%r, not %r" % (answer["next"], sheet.next)))
    return wrong


def judge_is_blind(sheet, answer, now):
    """An answer that is right, spoilt in each way: what goes unnoticed."""
    unseen = []
    for name in ("title", "text", "author", "image", "published"):
        spoilt = [dict(article) for article in answer["articles"]]
        spoilt[-1][name] = "2023-04-18T00:00:01Z"
        if not judge(sheet, dict(answer, articles=spoilt), now):
            unseen.append(name)
    found = answer["articles"]
    for change in (found[:-1], found + found[:1], found[::-1]):
        if not judge(sheet, dict(answer, articles=change), now):
            unseen.append("list")
    return unseen


# --- together ----------------------------------------------------------------

class Tally:
    """Pages, and what was wrong on them."""

    def __init__(self):
        self.pages = self.right = 0
        self.wrong = collections.Counter()

    def add(self, wrong):
        self.pages += 1
        self.right += not wrong
        self.wrong.update(name for name, _ in wrong)

    def share(self, name=None):
        bad = self.wrong[name] if name else self.pages - self.right
        return 1 - bad / max(1, self.pages)


def is_held_out(draw):
    return draw.__module__.endswith(".fresh")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--half", choices=["tuned", "held"])
    parser.add_argument("--keep")
    parser.add_argument("program", nargs="?",
                        default=os.environ.get("METROFEED"))
    a = parser.parse_args()
    tallies = collections.defaultdict(Tally)
    failing = collections.defaultdict(list)
    blind = None
    with tempfile.TemporaryDirectory() as folder:
        for name, draw in ALL:
            half = "held" if is_held_out(draw) else "tuned"
            if (a.only and a.only != name) or (a.half and a.half != half):
                continue
            for seed in range(a.seed, a.seed + a.count):
                sheet = draw(random.Random("%s %d" % (name, seed)))
                for with_template in (False, True):
                    if sheet.script_only and not with_template:
                        continue
                    mode = "article-link" if with_template else "url alone"
                    answer = read(a.program, a.keep or folder, sheet,
                                  with_template)
                    now = datetime.datetime.now(datetime.timezone.utc
                                                ).replace(tzinfo=None)
                    wrong = judge(sheet, answer, now)
                    if blind is None and not wrong:
                        blind = judge_is_blind(sheet, answer, now)
                    tallies[half, mode].add(wrong)
                    if wrong:
                        failing[half, name, mode].append((seed, wrong))
    for (half, name, mode), pages in failing.items():
        print("%s, %s: %d of %d wrong (%s)" % (
            name, mode, len(pages), a.count, ", ".join(sorted({
                what for _, wrong in pages for what, _ in wrong}))))
        shown = set()
        for seed, wrong in pages:
            for what, words in wrong:
                if what not in shown and (half == "tuned" or a.half or a.only):
                    print("    seed %d %s: %s" % (seed, what, words[:230]))
                    shown.add(what)
    print("%-22s %6s %6s %6s %6s %6s %6s %6s %6s" % (
        ("pages right", "all", "list") + FIELDS))
    failed = 0
    for (half, mode), tally in sorted(tallies.items()):
        print("%-22s %6.3f %6.3f %s  (%d pages)" % (
            half + ", " + mode, tally.share(), tally.share("list"),
            " ".join("%6.3f" % tally.share(n) for n in FIELDS), tally.pages))
        failed += tally.share() < LEAST[half]
    if blind != []:
        print("the judge did not see what is wrong: %s" % blind)
        failed += 1
    print("%d passed, %d failed" % (len(tallies) + 1 - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
