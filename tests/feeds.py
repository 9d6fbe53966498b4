#!/usr/bin/env python3
"""Judge feeds with parsers and feed readers that know nothing of us.

    tests/feeds.py [--expect-ids FILE.json] [--strict] FILE...
    tests/feeds.py [--strict] --self-test

Atom (.atom) is read by xmllint with RFC 4287's grammar (atom.rng), expat, our
own reading of RFC 4287's prose, feedparser, sfeed and newsboat; RSS 2.0 (.rss)
by expat, our reading of its specification (feeds_rss.py) and the same feed
readers; JSON Feed (.json) by our reading of version 1.1 (feeds_json.py); feed
readers of it are asked by tests/readers.  All that tell ids must tell the same
ones, each once, and those in --expect-ids: a list, or lists by the file's path
or name.  A judge that is not installed is skipped aloud; with --strict that is
a failure.  Exit status: 0, or 1 if a judge found something, or 2 for a wrong
command line.
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

import feeds_json
import feeds_rss

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = pathlib.Path(__file__).resolve().parent / "atom.rng"
SYSTEM_PYTHON = "/usr/bin/python3"  # where Debian's python3-feedparser lives
RUN_S = 60  # no judge takes longer


Fault = (feeds_rss.Fault, feeds_json.Fault)  # what a judge has against a feed


class Broken(feeds_rss.Fault):
    """One of the judges here."""


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
        raise Broken("a DOCTYPE")

    parser = xml.parsers.expat.ParserCreate("UTF-8", " ")
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(path.read_bytes(), True)
    except xml.parsers.expat.ExpatError as error:
        raise Broken(str(error)) from error


def judge_grammar(path):
    answer = run(["xmllint", "--nonet", "--noout", "--relaxng", str(GRAMMAR),
                  str(path)])
    if answer.returncode != 0:
        raise Broken(first_line(answer.stderr))


def read_date(element, what):
    """RFC 4287 3.3: an RFC 3339 date-time, "T" and "Z" in upper case."""
    text = "" if element is None else element.text or ""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
                        r"(Z|[+-]\d\d:\d\d)", text):
        raise Broken(f"{what}: {text!r} is no RFC 3339 date")
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Broken(f"{what}: {text!r}: {error}") from error


def read_one(parent, name, what):
    found = parent.findall(ATOM + name)
    if len(found) != 1 or not (found[0].text or "").strip():
        raise Broken(f"{what}: {len(found)} {name}, or an empty one")
    return found[0].text


def read_links(parent, what):
    links = parent.findall(ATOM + "link")
    alternates = [link.get("href", "") for link in links
                  if link.get("rel", "alternate") == "alternate"]
    # 4.1.1 and 4.1.2 allow others with another type or language; ours is one
    if len(alternates) != 1:
        raise Broken(f"{what}: alternate links {alternates}")
    for link in links:
        if not re.fullmatch(r"https?://[^\s/]\S*", link.get("href", "")):
            raise Broken(f"{what}: link {link.get('href')!r}")
    if sum(link.get("rel") == "self" for link in links) > 1:
        raise Broken(f"{what}: more than one self")


def read_authors(parent, what):
    """How many; 3.2.1: a person is a name at least."""
    names = [author.findtext(ATOM + "name", "").strip()
             for author in parent.findall(ATOM + "author")]
    if not all(names):
        raise Broken(f"{what}: an author without a name")
    return len(names)


def read_entry(entry, feed_has_author, what):
    entry_id = read_one(entry, "id", what)
    what = f"{what} ({entry_id})"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", entry_id):
        raise Broken(f"{what}: the id is no absolute URI")  # 4.2.6
    if entry.find(ATOM + "title") is None:
        raise Broken(f"{what}: no title")
    updated = read_date(entry.find(ATOM + "updated"), what)
    published = entry.find(ATOM + "published")
    if published is not None and read_date(published, what) > updated:
        raise Broken(f"{what}: published after updated")
    read_links(entry, what)
    source = entry.find(ATOM + "source")
    if not (read_authors(entry, what) or feed_has_author
            or (source is not None and read_authors(source, what))):
        raise Broken(f"{what}: no author here and none above")  # 4.1.1
    for content in entry.findall(ATOM + "content"):
        # 4.1.3; ours: made by us, of paragraphs and pictures alone
        if content.get("type") != "html":
            raise Broken(f"{what}: content of type {content.get('type')}")
        feeds_json.is_html(content.text or "", f"{what}: content")
    return entry_id, updated


def judge_prose(path):
    """What RFC 4287 says in words, and what we promise beyond it."""
    try:
        feed = tree.parse(path).getroot()
    except tree.ParseError as error:
        raise Broken(str(error)) from error
    if feed.tag != ATOM + "feed":
        raise Broken(f"the root is {feed.tag}")
    feed_id = read_one(feed, "id", "feed")
    read_one(feed, "title", "feed")
    read_links(feed, "feed")
    newest = read_date(feed.find(ATOM + "updated"), "feed")
    has_author = read_authors(feed, "feed") > 0
    ids = []
    for number, entry in enumerate(feed.findall(ATOM + "entry"), 1):
        entry_id, updated = read_entry(entry, has_author, f"entry {number}")
        if updated > newest:
            raise Broken(f"entry {number}: updated after the feed")
        ids.append(entry_id)
    if feed_id in ids:
        raise Broken("an entry has the feed's id")
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
        raise Broken(first_line(answer.stderr))
    told = json.loads(answer.stdout)
    if told["bozo"]:
        raise Broken(told["bozo"])
    if told["version"] != {".atom": "atom10", ".rss": "rss20"}[path.suffix]:
        raise Broken(f"takes it for {told['version'] or 'nothing'!r}")
    for entry_id, has_date, link, _ in told["entries"]:
        if not has_date or not link:
            raise Broken(f"{entry_id}: no date or no link")
    return [entry[0] for entry in told["entries"]]


def judge_sfeed(path):
    with path.open("rb") as stream:
        answer = run(["sfeed"], stdin=stream)
    if answer.returncode != 0:
        raise Broken(first_line(answer.stderr))
    ids = []
    for line in answer.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split("\t")  # sfeed(5): time title link .. .. id
        if len(fields) < 6 or not fields[0] or not fields[2]:
            raise Broken(f"no date or no link: {line[:80]!r}")
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
            raise Broken(first_line(answer.stderr))
        base = sqlite3.connect(cache)
        try:
            rows = base.execute("select guid, url, pubDate from rss_item"
                                " where feedurl = ?", (address,)).fetchall()
        finally:
            base.close()
    for guid, link, _ in rows:
        if not link:
            raise Broken(f"{guid}: no link")
    return [row[0] for row in rows]


# Each takes a path, raises Fault or Absent, and returns the ids it saw, in any
# order, or None if it reads none.
READERS = {
    "feedparser": judge_feedparser,
    "sfeed": judge_sfeed,
    "newsboat": judge_newsboat,
}
JUDGES = {
    ".atom": {"expat": judge_expat, "grammar": judge_grammar,
              "prose": judge_prose, **READERS},
    ".rss": {"expat": judge_expat, "rss": feeds_rss.judge, **READERS},
    ".json": {"jsonfeed": feeds_json.judge},
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


def ids_in_atom(path):
    """All ids that stand in the file, repeated ones too; for comparing."""
    try:
        feed = tree.parse(path).getroot()
    except tree.ParseError:
        return None
    return [entry.findtext(ATOM + "id", "")
            for entry in feed.iter(ATOM + "entry")]


IDS_IN = {".atom": ids_in_atom, ".rss": feeds_rss.ids_in,
          ".json": feeds_json.ids_in}


def judge_file(path, expected, names=None):
    """What each judge (or those of the names) says: its fault, None if it has
    none, or Absent."""
    if expected is None:
        expected = IDS_IN[path.suffix](path)
    verdicts = {}
    for name, judge in JUDGES[path.suffix].items():
        if names and name not in names:
            continue
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

EVERYONE = set(JUDGES[".atom"])
# name, what becomes of the good feed, who must catch it
ATOM_SAMPLES = (
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
    ("author without a name", lambda text: text.replace(
        "<name>A</name>", "<name> </name>"), {"prose"}),
    ("author without any name", lambda text: text.replace(
        "<name>A</name>", ""), {"grammar", "prose"}),
    ("e-mail", lambda text: text.replace(
        "<name>A</name>", "<name>A</name><email>A</email>"), {"grammar"}),
    ("two titles", lambda text: text.replace(
        "<updated>", "<title>x</title><updated>", 1), {"grammar", "prose"}),
    ("two updated", lambda text: text.replace(
        " <author>", "<updated>2024-03-05T02:00:00Z</updated> <author>"),
     {"grammar"}),
    ("two contents", lambda text: text.replace(
        "<content", "<content>x</content><content"), {"grammar", "prose"}),
    ("two published", lambda text: text.replace(
        "<published>", "<published>2024-03-05T00:00:00Z</published>"
        "<published>"), {"grammar"}),
    ("entry before the feed's parts", lambda text: text.replace(
        " <author>", ENTRY.format(3) + " <author>"), {"grammar"}),
    ("link without href", lambda text: text.replace(
        'rel="alternate" href="https://example.com/article/2"',
        'rel="alternate"'), {"grammar", "prose"}),
    ("link without a scheme", lambda text: text.replace(
        "https://example.com/list", "/list"), {"prose"}),
    ("two alternates", lambda text: text.replace(
        "<link", '<link href="https://example.com/x"/><link'), {"prose"}),
    ("two selves", lambda text: text.replace(
        " <author>", ' <link rel="self" href="https://a/"/>' * 2
        + "<author>", 1), {"prose"}),
    ("category without a term", lambda text: text.replace(
        "<content", "<category/><content"), {"grammar"}),
    ("unknown attribute", lambda text: text.replace(
        "<content", '<content class="x"'), {"grammar"}),
    ("unknown type", lambda text: text.replace(
        'title type="text"', 'title type="markdown"'), {"grammar"}),
    ("markup in a text", lambda text: text.replace(
        "&lt;b&gt;", "<b/>"), {"grammar"}),
    ("XHTML that is none", lambda text: text.replace(
        'content type="html"', 'content type="xhtml"'),
     {"grammar", "prose"}),
    ("script in the content", lambda text: text.replace(
        "&lt;p&gt;Text", "&lt;script&gt;Text"), {"prose"}),
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


SAMPLES = {
    ".atom": (GOOD, ATOM_SAMPLES),
    ".rss": (feeds_rss.GOOD, feeds_rss.SAMPLES),
    ".json": (feeds_json.GOOD, feeds_json.SAMPLES),
}
EXPECTED = [f"tag:example.com,2026:{n}" for n in (1, 2)]


def try_sample(path, good, sample):
    """Were those that must catch it the ones that did?  With who is absent."""
    name, spoil, catchers = sample
    text = spoil(good)
    if (text == good) != (name == "good"):
        print(f"self-test: {path.suffix}: {name}: the sample is not spoilt")
        return False, set()
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    verdicts = judge_file(path, EXPECTED, catchers)
    absent = {judge for judge, verdict in verdicts.items()
              if isinstance(verdict, Absent)}
    caught = {judge for judge, verdict in verdicts.items()
              if verdict is not None} - absent
    if (catchers - caught - absent) or (not catchers and caught):
        print(f"self-test: {path.suffix}: {name}: caught by {sorted(caught)}, "
              f"must be by {sorted(catchers)}: {verdicts}")
        return False, absent
    return True, absent


def self_test(strict):
    failures = count = 0
    skipped = set()
    with tempfile.TemporaryDirectory(prefix="feeds.") as folder:
        for suffix, (good, samples) in SAMPLES.items():
            path = pathlib.Path(folder, "sample" + suffix)
            for sample in samples:
                right, absent = try_sample(path, good, sample)
                failures += not right
                skipped |= absent
                count += 1
    if skipped:
        print(f"self-test: SKIPPED: {', '.join(sorted(skipped))}")
    print(f"self-test: {count} samples, {failures} failures")
    return failures == 0 and not (skipped and strict)


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
        if path.suffix not in JUDGES:
            print(f"{path}: neither .atom, .rss nor .json")
            good = False
            continue
        verdicts = judge_file(path, expected_for(table, path))
        good = report(path, verdicts, options.strict) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
