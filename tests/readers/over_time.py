#!/usr/bin/env python3
"""over_time.py [--short]: feed readers poll each version of a sequence.

A paper and its operator go through what happens in years: news, edits, another
order, other hosts, https, `article-link`, addresses of another form, an older
store, a lost one, other names.  After each, every feed reader polls; it must show
what is new, once, and an edit at most where one was.  Behind nginx, else behind
Python's server: both know a file's time to the second.  Then the bad twin, whose
ids are made from today's addresses: each reader must be seen to show old articles
again.

--short: the section's Atom feed alone.
"""
import collections
import concurrent.futures
import functools
import http.server
import os
import pathlib
import re
import shutil
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
for place in (HERE, HERE.parent, HERE.parent / "crash"):
    sys.path.insert(0, str(place))
import nginx  # noqa: E402
import readers  # noqa: E402
import rig  # noqa: E402
import scene  # noqa: E402
import versions  # noqa: E402

SECTIONS = {"policy": "/newsList/222", "electronics": "/newsList/212"}
PAGES = {"policy.atom": ("222",), "policy.rss": ("222",),
         "all.atom": ("222", "212")}
SHORT = "--short" in sys.argv
FEEDS = ("policy.atom",) if SHORT else tuple(PAGES)
WWW = "https://www.paper.example"
NUMBER = re.compile(r"\d{14}")


# --- the server that the readers ask ---------------------------------------------

class Plain:
    """Python's own: Last-Modified, to the second, and no ETag."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="metrofeed-www-")

        class Handler(http.server.SimpleHTTPRequestHandler):
            extensions_map = {".atom": "application/atom+xml",
                              ".rss": "application/rss+xml"}

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=self.root))
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.root)


def web():
    try:
        server = nginx.Nginx()
    except rig.Skip:
        print("# no nginx: behind Python's server")
        return Plain()
    server.root = server.folder + "/root"
    server.url = "http://127.0.0.1:%d" % server.ports[0]
    return server


# --- the world and what happens in it --------------------------------------------

class World:
    def __init__(self, server):
        self.room = rig.Newsroom("--pace", "100000", "--markup", "2")
        self.mirror = versions.Mirror(self.room, *SECTIONS.values())
        self.it = rig.Rig(self.mirror.url, {
            name: self.mirror.url + path for name, path in SECTIONS.items()},
            "    formats: [atom, rss]\n")
        self.server = server
        self.host, self.form = WWW, "/article/{}"
        self.changes, self.keys, self.site = (), "", "paper"
        self.seen = {"222": set(), "212": set()}

    def address(self, number):
        return self.host + self.form.format(number)

    def round(self):
        self.mirror.show(versions.links(self.host + self.form), *self.changes)
        self.it.site = "    formats: [atom, rss]\n" + self.keys
        text = self.it.text().replace("    url: " + self.mirror.url,
                                      "    url: " + self.host)
        if self.site != "paper":
            text = text.replace("  paper:\n", "  %s:\n    formerly: paper\n"
                                % self.site)
        self.it.write(text)
        done = self.it.once()
        assert done.returncode == 0, done.stderr

    def news(self):
        """{feed: numbers}: on the pages for the first time."""
        fresh = {}
        for section, seen in self.seen.items():
            fresh[section] = {a["id"] for a in
                              self.room.articles(section, 8)} - seen
        told = {feed: set().union(*(fresh[s] for s in PAGES[feed]))
                for feed in FEEDS}
        for section, numbers in fresh.items():
            self.seen[section] |= numbers
        return told

    def publish(self, spoil=None):
        """The files as they are at the first address, with their times; the
        twin's own are a second later than its last."""
        for feed in FEEDS:
            source = os.path.join(self.it.output, "paper", feed)
            target = os.path.join(self.server.root, feed)
            with open(source, encoding="utf-8") as f:
                text = f.read()
            if spoil is not None:
                text = spoil(text)
            with open(target + ".new", "w", encoding="utf-8") as f:
                f.write(text)
            stamp = os.stat(source).st_mtime_ns
            if spoil is not None and os.path.exists(target):
                stamp = max(stamp, os.stat(target).st_mtime_ns + 10 ** 9)
            os.utime(target + ".new", ns=(stamp, stamp))
            os.rename(target + ".new", target)

    def close(self):
        self.it.close()
        self.mirror.stop()
        self.room.stop()


def nothing(world):
    pass


def new(world):
    world.room.control(do="publish", section="222", n=2)
    world.room.control(do="publish", section="212", n=1)


def edited(what):
    def edit(world):
        number = world.room.articles("222", 4)[3]["id"]
        world.room.control(do="edit", id=number, value=what)
        return {number}
    return edit


def shown(*changes):
    def change(world):
        world.changes = changes
    return change


def moved(host=WWW, form="/article/{}", link=None):
    def move(world):
        world.host, world.form = host, form
        world.keys = "    article-link: '%s'\n" % link if link else ""
    return move


def store_lost(world):
    shutil.rmtree(world.it.state)


def upgraded(world):
    """The store is the first release's."""
    scene.make_version_1(world.it.state)


def section_renamed(world):
    world.it.sections["industry"] = "{url: %s, formerly: paper/policy}" % (
        world.it.sections.pop("policy"))


def site_renamed(world):
    world.site = "gazette"
    world.it.sections["industry"] = world.it.sections["industry"].replace(
        "formerly: paper/policy", "formerly: [gazette/policy]")


STORY = (
    ("the first round", nothing),
    ("new articles", new),
    ("an edited text", edited("text")),
    ("an edited title", edited("title")),
    ("another order", shown(versions.reversed_items)),
    ("some have left", shown(versions.without_some)),
    ("they return", shown()),
    ("another host", moved(versions.HOSTS[1])),
    ("another, and http", moved("http://news.paper.example")),
    ("https again", moved()),
    ("pictures of another size", shown(versions.picture("320"))),
    ("more white space", shown(versions.spaces)),
    ("new articles once more", new),
    ("addresses of another form, the same numbers",
     moved(form="/news/view.html?idx={}")),
    ("article-link added", moved(form="/news/view.html?idx={}",
                                 link="/news/view.html?idx={id}")),
    ("addresses of another form, article-link with them",
     moved(form="/n/{}.html", link="/n/{id}.html")),
    ("another host with article-link",
     moved(versions.HOSTS[3], "/n/{}.html", "/n/{id}.html")),
    ("the program upgraded, an older store", upgraded),
    ("an edited text after that", edited("text")),
    ("the store lost", store_lost),
    ("new articles after that", new),
    ("the section renamed", section_renamed),
    ("new articles under the new name", new),
    ("the site renamed", site_renamed),
    ("the store lost once more", store_lost),
    ("new articles at last", new),
)


# --- the judge --------------------------------------------------------------------

def judge(name, told, fresh, edits):
    """What a reader showed and should not have, or did not show."""
    reasons = []
    for feed, wanted in fresh.items():
        counted = collections.Counter(
            NUMBER.search(link)[0] for where, link, kind in told
            if where == feed and kind == "new")
        reasons += ["%s: %s shown %d times" % (feed, n, count)
                    for n, count in counted.items() if count > 1]
        reasons += ["%s: %s shown again" % (feed, n)
                    for n in set(counted) - wanted]
        reasons += ["%s: %s not shown" % (feed, n)
                    for n in wanted - set(counted)]
        reasons += ["%s: %s edited, it says" % (feed, link)
                    for where, link, kind in told
                    if where == feed and kind == "edit"
                    and NUMBER.search(link)[0] not in edits]
    return ["%s: %s" % (name, reason) for reason in reasons]


def those_here():
    here = [one for one in readers.ALL if not one.absent()]
    if not here:
        raise rig.Skip("no feed reader is installed")
    return here


def is_here(kind):
    """A case for each reader, so that one that is missing is skipped aloud."""
    def check():
        if kind.absent():
            raise rig.Skip(kind.absent())
    check.__name__ = kind.__name__
    return check


def begin(world, folder):
    urls = {feed: world.server.url + "/" + feed for feed in FEEDS}
    return {kind.__name__: kind(os.path.join(folder, kind.__name__), urls)
            for kind in those_here()}


def tell(here, fresh, edits):
    """The reasons of all readers, which poll side by side."""
    with concurrent.futures.ThreadPoolExecutor(len(here)) as pool:
        told = dict(zip(here, pool.map(lambda one: one.poll(),
                                       here.values())))
    reasons = [reason for name, what in told.items()
               for reason in judge(name, what, fresh, edits)]
    # the one that compares whole entries: it must not be blind
    if "Feedparser" in told:
        reasons += ["Feedparser: %s was edited, and it says nothing" % number
                    for number in edits
                    if not any(kind == "edit" and number in link
                               for _, link, kind in told["Feedparser"])]
    return reasons


def no_article_is_shown_twice():
    server = web()
    world = World(server)
    told = []
    with tempfile.TemporaryDirectory(prefix="metrofeed-readers-") as folder:
        try:
            polls, here = 0, None
            for name, happen in STORY:
                edits = happen(world) or set()
                fresh = world.news()
                world.round()
                world.publish()
                if here is None:
                    here = begin(world, folder)
                told += ["%s: %s" % (name, reason)
                         for reason in tell(here, fresh, edits)]
                polls += len(here) * len(FEEDS)
            print("# %d versions, %d polls by %s: %d shown that should not"
                  " be, or not shown" % (len(STORY), polls, ", ".join(here),
                                         len(told)))
            assert not told, "\n".join(told)
        finally:
            world.close()
            server.stop()


def from_addresses(world):
    """The bad twin: each entry's id is the address it has today."""
    def spoil(text):
        return re.sub(r"(<(?:id|guid[^>]*)>)(?:tag:[^<]*:|http[^<]*?)(\d{14})"
                      r"[^<]*", lambda m: m[1] + world.address(m[2]), text)
    return spoil


def ids_from_addresses_are_seen():
    server = web()
    world = World(server)
    with tempfile.TemporaryDirectory(prefix="metrofeed-readers-") as folder:
        try:
            fresh = world.news()
            world.round()
            world.publish(from_addresses(world))
            here = begin(world, folder)
            assert not tell(here, fresh, ()), "the twin's first round"
            moved(versions.HOSTS[1])(world)
            world.round()
            world.publish(from_addresses(world))
            fresh = world.news()
            for name, one in here.items():
                told = judge(name, one.poll(), fresh, ())
                again = [one for one in told if "shown again" in one]
                assert len(again) >= 8 * len(FEEDS), (name, told)
            print("# seen by %s" % ", ".join(here))
        finally:
            world.close()
            server.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        *map(is_here, readers.ALL),
        no_article_is_shown_twice,
        ids_from_addresses_are_seen,
    ]))
