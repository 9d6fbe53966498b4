"""The judge of all crash loops: what a bystander sees in a folder, and whether
it may follow what was seen before.

look() takes a Sight of the output and of a copy of the database, with parsers
and a database library that are not the program's.  The rules return reasons; no
reason is a pass.

P1  every published file is whole and valid, at every moment
P2  what a feed has shown or the store has committed is never lost and never
    announced again: same id, same published time, same first-seen time
P7  neither a file's mtime nor a feed's updated goes back
"""
import json
import os
import re
import shutil
import sqlite3
import tempfile
import xml.etree.ElementTree as ET
import xml.parsers.expat

ATOM = "{http://www.w3.org/2005/Atom}"
TEMPORARY = re.compile(r"^\..+\.metrofeed-[0-9a-f]{16}\.tmp$")
DATABASE = ("metrofeed.db", "metrofeed.db-wal", "metrofeed.db-journal")


class Document:
    """One published file."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        self.mtime_ns = os.stat(path).st_mtime_ns
        self.updated = ""
        self.entries = {}  # id -> (published, title, link)
        self.fault = ""
        try:
            read = {".atom": self.read_atom, ".rss": self.read_rss,
                    ".json": self.read_json, ".html": self.read_page,
                    ".opml": self.parse}[os.path.splitext(path)[1]]
            read()
        except (xml.parsers.expat.ExpatError, ValueError, KeyError,
                AttributeError, TypeError) as reason:
            self.fault = "%s: %s" % (type(reason).__name__, reason)

    def add(self, name, published, title, link):
        if not name or not title or not link:
            raise ValueError("an entry lacks something: %r"
                             % ((name, title, link),))
        if name in self.entries:
            raise ValueError("twice in one feed: " + name)
        self.entries[name] = (published, title, link)

    def parse(self):
        xml.parsers.expat.ParserCreate().Parse(self.bytes, True)
        return ET.fromstring(self.bytes)

    def read_page(self):
        if not re.fullmatch(rb"<!DOCTYPE html>\n.*</html>\n", self.bytes,
                            re.S):
            raise ValueError("not a whole page")

    def read_atom(self):
        root = self.parse()
        if root.tag != ATOM + "feed" or not root.findtext(ATOM + "id"):
            raise ValueError("not an Atom feed")
        self.updated = root.findtext(ATOM + "updated")
        if not re.match(r"\d{4}-\d\d-\d\dT", self.updated or ""):
            raise ValueError("no updated")
        for entry in root.findall(ATOM + "entry"):
            self.add(entry.findtext(ATOM + "id"),
                     entry.findtext(ATOM + "published"),
                     entry.findtext(ATOM + "title"),
                     entry.find(ATOM + "link").get("href"))

    def read_rss(self):
        for item in self.parse().find("channel").findall("item"):
            self.add(item.findtext("guid"), item.findtext("pubDate"),
                     item.findtext("title"), item.findtext("link"))

    def read_json(self):
        for item in json.loads(self.bytes)["items"]:
            self.add(item["id"], item.get("date_published"), item["title"],
                     item["url"])


FORMERLY = re.compile(r"^      (\S+): \{.*formerly: (\w+)/(\w+)\}$", re.M)


class Sight:
    def __init__(self):
        self.former = {}     # a section's old path -> its path now
        self.files = {}      # "site/section.atom", "index.html" -> Document
        self.temporary = []
        self.rows = {}       # (section, id) -> (first_seen, title, link, text)
        self.damage = ""

    def section(self, path):
        return self.former.get(path, path)

    def shown(self):
        """(file, id) -> (published, title, link) of every entry."""
        return {(name, entry): words for name, document in self.files.items()
                for entry, words in document.entries.items()}


def read_rows(sight, state):
    """From a copy: a look must not recover what the program is to recover."""
    if not os.path.exists(os.path.join(state, DATABASE[0])):
        return
    copy = tempfile.mkdtemp(prefix="metrofeed-look-")
    try:
        for name in DATABASE:
            if os.path.exists(os.path.join(state, name)):
                shutil.copy(os.path.join(state, name), copy)
        db = sqlite3.connect(os.path.join(copy, DATABASE[0]))
        try:
            sight.damage = "; ".join(
                row[0] for row in db.execute("PRAGMA integrity_check")
                if row[0] != "ok")
            if not db.execute("SELECT 1 FROM sqlite_schema"
                              " WHERE name = 'article'").fetchone():
                return
            for row in db.execute(
                    "SELECT path, id, first_seen, article.title, link, text"
                    " FROM article JOIN section ON number = section"):
                sight.rows[sight.section(row[0]), row[1]] = row[2:]
        except sqlite3.DatabaseError as reason:
            sight.damage = str(reason)
        finally:
            db.close()
    finally:
        shutil.rmtree(copy)


def look(folder):
    sight = Sight()
    with open(os.path.join(folder, "metrofeed.conf"), encoding="utf-8") as f:
        for name, site, old in FORMERLY.findall(f.read()):
            sight.former["%s/%s" % (site, old)] = "%s/%s" % (site, name)
    output = os.path.join(folder, "out")
    for site in sorted(os.listdir(output)) if os.path.isdir(output) else ():
        path = os.path.join(output, site)
        if site.startswith("."):
            if TEMPORARY.match(site):
                sight.temporary.append(site)
            continue
        if not os.path.isdir(path):
            sight.files[site] = Document(path)  # index.html, index.opml
            continue
        for name in sorted(os.listdir(path)):
            if name.startswith("."):
                sight.temporary.append(site + "/" + name)
            else:
                sight.files[site + "/" + name] = Document(
                    os.path.join(path, name))
    read_rows(sight, os.path.join(folder, "state"))
    return sight


# --- rules --------------------------------------------------------------------

def section_of(name):
    return os.path.splitext(name)[0]


def whole(sight):
    """P1, and a store that can be read."""
    for name, document in sight.files.items():
        if document.fault:
            yield "P1: %s: %s" % (name, document.fault)
    if sight.damage:
        yield "the database: " + sight.damage


def backed(sight, rows=None):
    """Whatever a feed shows is committed: the store is written first."""
    rows = sight.rows if rows is None else rows
    ids = {entry for _, entry in rows}
    for name, entry in sight.shown():
        section = sight.section(section_of(name))
        known = (section, entry) in rows if (
            not name.endswith("/all.atom")) else entry in ids
        if not known:
            yield "P2: %s shows %s, which the store does not hold" % (
                name, entry)


def follows(before, after, synced=True):
    """P2 and P7 from one moment to a later one.  After a power cut a file may be the one
    before, so `synced` is False there."""
    shown = after.shown() if synced else {}
    for (name, entry), words in before.shown().items():
        if not synced:
            break
        if (name, entry) not in shown:
            yield "P2: %s lost %s" % (name, entry)
        elif shown[name, entry][0] != words[0]:
            yield "P2: %s announces %s again: %s, was %s" % (
                name, entry, shown[name, entry][0], words[0])
    for key, row in before.rows.items():
        if key not in after.rows:
            yield "P2: the store lost %s %s" % key
        elif after.rows[key][0] != row[0]:
            yield "P2: %s %s first seen %s, was %s" % (
                *key, after.rows[key][0], row[0])
    for name, document in before.files.items() if synced else ():
        later = after.files.get(name)
        if later is None:
            yield "P1: %s is gone" % name
        elif document.fault or later.fault:
            continue
        elif later.updated < document.updated:
            yield "P7: %s: updated %s after %s" % (
                name, later.updated, document.updated)
        elif (later.mtime_ns // 10**9 < document.mtime_ns // 10**9 or
              later.bytes != document.bytes and
              later.mtime_ns // 10**9 == document.mtime_ns // 10**9):
            yield "P7: %s: mtime %d after %d" % (
                name, later.mtime_ns, document.mtime_ns)


def settled(sight, clean):
    """The end of it: as if nothing had happened."""
    yield from whole(sight)
    yield from backed(sight)
    for name in sight.temporary:
        yield "a temporary file stays: " + name
    if sorted(sight.files) != sorted(clean.files):
        yield "files: %s, wanted %s" % (sorted(sight.files),
                                        sorted(clean.files))
        return
    if ({key: row[1:] for key, row in sight.rows.items()} !=
            {key: row[1:] for key, row in clean.rows.items()}):
        yield "the store holds other articles than after a clean run"
    for name, document in clean.files.items():
        have = {i: w[1:] for i, w in sight.files[name].entries.items()}
        want = {i: w[1:] for i, w in document.entries.items()}
        if have != want:
            yield "P2: %s shows %s, wanted %s" % (name, sorted(have.items()),
                                                  sorted(want.items()))
        links = [words[2] for words in sight.files[name].entries.values()]
        if len(set(links)) != len(links):
            yield "P2: %s has an article twice" % name


def verdict(*rules):
    return [reason for rule in rules for reason in rule]
