#!/usr/bin/env python3
"""Judge Atom feeds with parsers and feed readers that know nothing of us.

    tests/feeds.py [--expect-ids FILE.json] [--strict] FILE...
    tests/feeds.py [--strict] --self-test

Each judge reads each file: xmllint with RFC 4287's grammar (atom.rng), expat,
our own reading of RFC 4287's prose, feedparser, sfeed and newsboat.  All that
tell ids must tell the same ones, each once, and those in --expect-ids: a list,
or lists by the file's path or name.  A judge that is not installed is skipped
aloud; with --strict that is a failure.  Exit status: 0, or 1 if a judge found
something, or 2 for a wrong command line.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree
import xml.parsers.expat

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = pathlib.Path(__file__).resolve().parent / "atom.rng"
SYSTEM_PYTHON = "/usr/bin/python3"  # where Debian's python3-feedparser lives
RUN_S = 60  # no judge takes longer


class Fault(Exception):
    """What a judge has against a feed."""


class Absent(Exception):
    """The judge is not installed."""


def run(command, **options):
    if shutil.which(command[0]) is None:
        raise Absent(f"{command[0]} is not installed")
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=RUN_S, check=False,
                          **options)


def first_line(text):
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "no reason given"


def judge_expat(path):
    def on_doctype(*_):
        raise Fault("a DOCTYPE")

    parser = xml.parsers.expat.ParserCreate("UTF-8", " ")
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(path.read_bytes(), True)
    except xml.parsers.expat.ExpatError as error:
        raise Fault(str(error)) from error


def judge_grammar(path):
    answer = run(["xmllint", "--nonet", "--noout", "--relaxng", str(GRAMMAR),
                  str(path)])
    if answer.returncode != 0:
        raise Fault(first_line(answer.stderr))


def read_date(element, what):
    """RFC 4287 3.3: an RFC 3339 date-time, "T" and "Z" in upper case."""
    text = "" if element is None else element.text or ""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
                        r"(Z|[+-]\d\d:\d\d)", text):
        raise Fault(f"{what}: {text!r} is no RFC 3339 date")
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Fault(f"{what}: {text!r}: {error}") from error


def read_one(parent, name, what):
    found = parent.findall(ATOM + name)
    if len(found) != 1 or not (found[0].text or "").strip():
        raise Fault(f"{what}: {len(found)} {name}, or an empty one")
    return found[0].text


def read_alternate(parent, what):
    links = [link.get("href", "") for link in parent.findall(ATOM + "link")
             if link.get("rel", "alternate") == "alternate"]
    if len(links) != 1 or not re.match(r"https?://[^\s/]", links[0]):
        raise Fault(f"{what}: alternate links {links}")


def read_entry(entry, feed_has_author, what):
    entry_id = read_one(entry, "id", what)
    what = f"{what} ({entry_id})"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", entry_id):
        raise Fault(f"{what}: the id is no absolute URI")  # 4.2.6
    if entry.find(ATOM + "title") is None:
        raise Fault(f"{what}: no title")
    updated = read_date(entry.find(ATOM + "updated"), what)
    published = entry.find(ATOM + "published")
    if published is not None and read_date(published, what) > updated:
        raise Fault(f"{what}: published after updated")
    read_alternate(entry, what)
    if not feed_has_author and entry.find(f"{ATOM}author") is None:
        raise Fault(f"{what}: no author here and none above")  # 4.1.1
    return entry_id, updated


def judge_prose(path):
    """What RFC 4287 says in words, and what we promise beyond it."""
    try:
        feed = tree.parse(path).getroot()
    except tree.ParseError as error:
        raise Fault(str(error)) from error
    if feed.tag != ATOM + "feed":
        raise Fault(f"the root is {feed.tag}")
    feed_id = read_one(feed, "id", "feed")
    read_one(feed, "title", "feed")
    read_alternate(feed, "feed")
    newest = read_date(feed.find(ATOM + "updated"), "feed")
    has_author = feed.find(ATOM + "author") is not None
    ids = []
    for number, entry in enumerate(feed.findall(ATOM + "entry"), 1):
        entry_id, updated = read_entry(entry, has_author, f"entry {number}")
        if updated > newest:
            raise Fault(f"entry {number}: updated after the feed")
        ids.append(entry_id)
    if feed_id in ids:
        raise Fault("an entry has the feed's id")
    return ids


FEEDPARSER = """
import json, sys
try:
    import feedparser
except ImportError:
    sys.exit(77)
feed = feedparser.parse(sys.stdin.buffer.read())
json.dump({
    "bozo": str(feed.get("bozo_exception", "")) if feed.bozo else "",
    "version": feed.version,
    "entries": [[entry.get("id", ""), bool(entry.get("updated_parsed")),
                 entry.get("link", ""), entry.get("title", "")]
                for entry in feed.entries],
}, sys.stdout)
"""


def judge_feedparser(path):
    with path.open("rb") as stream:
        answer = run([SYSTEM_PYTHON, "-c", FEEDPARSER], stdin=stream)
    if answer.returncode == 77:
        raise Absent("python3-feedparser is not installed")
    if answer.returncode != 0:
        raise Fault(first_line(answer.stderr))
    told = json.loads(answer.stdout)
    if told["bozo"]:
        raise Fault(told["bozo"])
    if told["version"] != "atom10":
        raise Fault(f"takes it for {told['version'] or 'nothing'!r}")
    for entry_id, has_date, link, _ in told["entries"]:
        if not has_date or not link:
            raise Fault(f"{entry_id}: no date or no link")
    return [entry[0] for entry in told["entries"]]


def judge_sfeed(path):
    with path.open("rb") as stream:
        answer = run(["sfeed"], stdin=stream)
    if answer.returncode != 0:
        raise Fault(first_line(answer.stderr))
    ids = []
    for line in answer.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split("\t")  # sfeed(5): time title link .. .. id
        if len(fields) < 6 or not fields[0] or not fields[2]:
            raise Fault(f"no date or no link: {line[:80]!r}")
        ids.append(fields[5])
    return ids


def judge_newsboat(path):
    with tempfile.TemporaryDirectory(prefix="newsboat.") as home:
        address = path.resolve().as_uri()
        for name, text in (("urls", address + "\n"), ("config", "")):
            pathlib.Path(home, name).write_text(text, encoding="utf-8")
        cache = os.path.join(home, "cache.db")
        answer = run(
            ["newsboat", "-u", os.path.join(home, "urls"), "-c", cache,
             "-C", os.path.join(home, "config"), "-x", "reload"],
            env={"HOME": home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                 "TERM": "dumb", "no_proxy": "*"}, stdin=subprocess.DEVNULL)
        if answer.returncode != 0 or not os.path.exists(cache):
            raise Fault(first_line(answer.stderr))
        base = sqlite3.connect(cache)
        try:
            rows = base.execute("select guid, url, pubDate from rss_item"
                                " where feedurl = ?", (address,)).fetchall()
        finally:
            base.close()
    for guid, link, _ in rows:
        if not link:
            raise Fault(f"{guid}: no link")
    return [row[0] for row in rows]


# Each takes a path, raises Fault or Absent, and returns the ids it saw, in any
# order, or None if it reads none.
JUDGES = {
    "expat": judge_expat,
    "grammar": judge_grammar,
    "prose": judge_prose,
    "feedparser": judge_feedparser,
    "sfeed": judge_sfeed,
    "newsboat": judge_newsboat,
}


def compare_ids(seen, expected):
    """One of a judge's faults: what it sees is not what is there."""
    twice = [one for one, n in collections.Counter(seen).items() if n > 1]
    if twice:
        return f"sees {twice[0]} more than once"
    if sorted(seen) == sorted(expected):
        return None
    for word, odd in (("misses", set(expected) - set(seen)),
                      ("sees an unexpected", set(seen) - set(expected))):
        if odd:
            return (f"sees {len(seen)} of {len(expected)}, "
                    f"{word} {min(odd)}")
    return f"sees {len(seen)} of {len(expected)}"


def ids_in(path):
    """All ids that stand in the file, repeated ones too; for comparing."""
    try:
        feed = tree.parse(path).getroot()
    except tree.ParseError:
        return None
    return [entry.findtext(ATOM + "id", "")
            for entry in feed.iter(ATOM + "entry")]


def judge_file(path, expected):
    """What each judge says: its fault, None if it has none, or Absent."""
    if expected is None:
        expected = ids_in(path)
    verdicts = {}
    for name, judge in JUDGES.items():
        try:
            ids = judge(path)
            verdicts[name] = None
            if ids is not None and expected is not None:
                verdicts[name] = compare_ids(ids, expected)
        except Fault as fault:
            verdicts[name] = str(fault) or "no reason given"
        except subprocess.TimeoutExpired:
            verdicts[name] = f"not done after {RUN_S} s"
        except Absent as absent:
            verdicts[name] = absent
    return verdicts


def report(path, verdicts, strict):
    """Print them; is the file good?"""
    good = True
    for name, verdict in verdicts.items():
        if isinstance(verdict, Absent):
            print(f"{path}: {name}: SKIPPED, {verdict}")
            good = good and not strict
        elif verdict is not None:
            print(f"{path}: {name}: {verdict}")
            good = False
    judges = sum(verdict is None for verdict in verdicts.values())
    print(f"{path}: {'good' if good else 'BAD'}, "
          f"{judges} of {len(verdicts)} judges content")
    return good


# The self-test: a harness that catches nothing proves nothing.

ENTRY = """ <entry>
  <id>tag:example.com,2026:{0}</id>
  <title type="text">Title {0} 제목 &lt;b&gt;</title>
  <updated>2024-03-05T01:0{0}:00Z</updated>
  <published>2024-03-05T00:00:00Z</published>
  <link rel="alternate" href="https://example.com/article/{0}"/>
  <content type="html">&lt;p&gt;Text&lt;/p&gt;</content>
  <media:thumbnail url="https://example.com/{0}.jpg"/>
 </entry>
"""
GOOD = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:media="http://search.yahoo.com/mrss/" xml:lang="ko">
 <id>tag:example.com,2026:feed/a/b</id>
 <title type="text">A · B</title>
 <updated>2024-03-05T02:00:00Z</updated>
 <link rel="alternate" href="https://example.com/list"/>
 <author>
  <name>A</name>
 </author>
""" + ENTRY.format(1) + ENTRY.format(2) + "</feed>\n"

EVERYONE = set(JUDGES)
# name, what becomes of the good feed, who must catch it
SAMPLES = (
    ("good", lambda text: text, set()),
    ("cut", lambda text: text[:-len("</feed>\n")],
     {"expat", "grammar", "prose", "feedparser"}),
    ("cut in an entry", lambda text: text[:text.rindex("<content")],
     {"expat", "grammar", "prose", "feedparser"}),
    ("empty", lambda text: "", EVERYONE - {"sfeed", "newsboat"}),
    ("control character", lambda text: text.replace("Title 2", "Title \x01"),
     {"expat", "grammar", "prose", "feedparser"}),
    ("not UTF-8", lambda text: text.replace("Title 2", "Title \udcff"),
     {"expat", "grammar", "prose"}),
    ("DOCTYPE", lambda text: text.replace("?>\n", "?>\n<!DOCTYPE feed>\n", 1),
     {"expat"}),
    ("one id twice", lambda text: text.replace("2026:2<", "2026:1<"),
     {"prose", "feedparser", "sfeed", "newsboat"}),
    ("no date", lambda text: re.sub(r" *<(updated|published)>.*\n", "", text),
     {"grammar", "prose", "feedparser", "sfeed"}),
    ("a date in words",
     lambda text: text.replace("2024-03-05T01:02:00Z", "yesterday"),
     {"grammar", "prose", "feedparser"}),
    ("a date without a zone",
     lambda text: text.replace("01:02:00Z", "01:02:00"), {"prose"}),
    ("32 March", lambda text: text.replace("03-05T01:02", "03-32T01:02"),
     {"grammar", "prose"}),
    ("published after updated",
     lambda text: text.replace("T00:00:00Z", "T01:01:30Z"), {"prose"}),
    ("updated after the feed",
     lambda text: text.replace("T02:00:00Z", "T01:01:30Z"), {"prose"}),
    ("no id", lambda text: re.sub(r" *<id>.*:2</id>\n", "", text),
     {"grammar", "prose"}),
    ("id with a blank", lambda text: text.replace("2026:2<", "2026:2 3<"),
     {"prose"}),
    ("the feed's id", lambda text: text.replace("2026:2<", "2026:feed/a/b<"),
     {"prose"}),
    ("no link", lambda text: re.sub(r".*article/2.*\n", "", text),
     {"prose", "sfeed", "newsboat"}),
    ("link that runs",
     lambda text: text.replace("https://example.com/article/2",
                               "javascript:alert(1)"), {"prose"}),
    ("no title", lambda text: re.sub(r".*Title 2.*\n", "", text),
     {"grammar", "prose"}),
    ("no author", lambda text: re.sub(r" <author>(.|\n)*</author>\n", "",
                                      text), {"prose"}),
    ("unknown Atom element",
     lambda text: text.replace("<content", "<body/><content"), {"grammar"}),
    ("language with underscore",
     lambda text: text.replace('"ko"', '"ko_KR"'), {"grammar"}),
    ("unbound prefix",
     lambda text: re.sub(r'\n xmlns:media="[^"]*"', "", text),
     {"expat", "prose", "feedparser"}),
    ("no namespace",
     lambda text: text.replace(' xmlns="http://www.w3.org/2005/Atom"', ""),
     {"grammar", "prose"}),
    ("one entry lost", lambda text: text.replace(ENTRY.format(2), ""),
     {"prose", "feedparser", "sfeed", "newsboat"}),
    ("one entry more",
     lambda text: text.replace("</feed>", ENTRY.format(0) + "</feed>"),
     {"prose", "feedparser", "sfeed", "newsboat"}),
)


def self_test(strict):
    failures = 0
    expected = [f"tag:example.com,2026:{n}" for n in (1, 2)]
    with tempfile.TemporaryDirectory(prefix="feeds.") as folder:
        path = pathlib.Path(folder, "sample.atom")
        for name, spoil, catchers in SAMPLES:
            sample = spoil(GOOD)
            if (sample == GOOD) != (name == "good"):
                print(f"self-test: {name}: the sample is not spoilt")
                failures += 1
            path.write_bytes(sample.encode("utf-8", "surrogateescape"))
            verdicts = judge_file(path, expected)
            absent = {judge for judge, verdict in verdicts.items()
                      if isinstance(verdict, Absent)}
            caught = {judge for judge, verdict in verdicts.items()
                      if verdict is not None} - absent
            missed = catchers - caught - absent
            if absent and name == "good":
                print(f"self-test: SKIPPED: {', '.join(sorted(absent))}")
            if missed or (name == "good" and caught) or (absent and strict):
                failures += 1
                print(f"self-test: {name}: caught by {sorted(caught)}, "
                      f"must be by {sorted(catchers)}: {verdicts}")
    print(f"self-test: {len(SAMPLES)} samples, {failures} failures")
    return failures == 0


def expected_for(table, path):
    if isinstance(table, dict):
        return table.get(str(path), table.get(path.name))
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--expect-ids", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true",
                        help="a judge that is not installed is a failure")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("files", nargs="*", metavar="FILE")
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test(options.strict) else 1
    if not options.files:
        parser.error("no file given")
    table = None
    if options.expect_ids is not None:
        table = json.loads(pathlib.Path(options.expect_ids).read_text("utf-8"))
    good = True
    for path in map(pathlib.Path, options.files):
        if not path.is_file():
            print(f"{path}: no such file")
            good = False
            continue
        verdicts = judge_file(path, expected_for(table, path))
        good = report(path, verdicts, options.strict) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
