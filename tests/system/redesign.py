"""The whole story: a paper goes on publishing while it is built anew twice, the
second time with other addresses and with dates that say the day alone.  One
section has rules that a person wrote and `heal: auto`, one learns its own; the
feed readers that are here see each article once, and the status tells what
happened.  Then the bad twins: ids from today's addresses, and rules that nobody
heals; the readers must be seen to show articles again, or not at all."""
import hashlib
import html
import json
import os
import re
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "readers"),
                os.path.join(HERE, "..", "crash")]
import over_time  # noqa: E402
import readers  # noqa: E402
import rig  # noqa: E402

WRITTEN, LEARNED = "policy", "electronics"
DESKS = {WRITTEN: "222", LEARNED: "212"}


def slug(number):
    return "/stories/" + hashlib.sha256(number.encode()).hexdigest()[:12]


class World:
    """Newsroom's listings, and what becomes of them."""

    def __init__(self, heal="auto"):
        self.room = rig.Newsroom("--pace", "100000", "--markup", "2")
        self.site = rig.Site()
        self.www = over_time.Plain()
        self.address = "/article/{}".format
        self.is_dated = False  # by the day alone
        for desk in DESKS.values():
            self.site.pages["/newsList/" + desk] = self.show
        self.it = rig.Rig(
            self.site.url, {
                WRITTEN: "{url: /newsList/222, item: .article-item,"
                         " heal: %s, fields: {title: .article-tit,"
                         " text: .article-desc, date: .date,"
                         " author: .writer}}" % heal,
                LEARNED: "/newsList/212"},
            "    formats: [atom]\n",
            "status-output: status\n")
        self.seen = {desk: set() for desk in DESKS.values()}
        self.of = {}  # address: number
        self.said = ""

    def show(self, handler):
        with urllib.request.urlopen(self.room.url + handler.path,
                                    timeout=10) as answer:
            page = answer.read().decode()
        page = re.sub(r'(["=])/article/(\d+)',
                      lambda m: m[1] + self.address(m[2]), page)
        if self.is_dated:
            page = re.sub(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d", r"\1", page)
        return (200, {"Content-Type": "text/html; charset=utf-8"},
                page.encode())

    def news(self):
        """One more in each section; {feed: numbers that nobody has seen}."""
        for desk in DESKS.values():
            self.room.control(do="publish", section=desk, n=1)
        fresh = {}
        for name, desk in DESKS.items():
            numbers = {a["id"] for a in self.room.articles(desk, 8)}
            fresh[name] = numbers - self.seen[desk]
            self.seen[desk] |= numbers
            for number in numbers:
                self.of[self.site.url + self.address(number)] = number
        return fresh

    def round(self):
        done = self.it.once()
        self.said += done.stderr
        return {name: self.it.status(name) for name in DESKS}

    def publish(self, spoil=None):
        for name in DESKS:
            source = self.it.path(name)
            target = os.path.join(self.www.root, name + ".atom")
            with open(source, encoding="utf-8") as f:
                text = f.read()
            stamp = os.stat(source).st_mtime_ns
            if spoil is not None:
                text = spoil(text)
                if os.path.exists(target):
                    stamp = max(stamp, os.stat(target).st_mtime_ns + 10 ** 9)
            with open(target + ".new", "w", encoding="utf-8") as f:
                f.write(text)
            os.utime(target + ".new", ns=(stamp, stamp))
            os.rename(target + ".new", target)

    def redesign(self, markup, design, address=None):
        self.room.control(do="markup", value=markup)
        self.room.control(do="redesign", value=design)
        if address is not None:
            self.address, self.is_dated = address, True

    def close(self):
        self.it.close()
        self.www.stop()
        self.site.stop()
        self.room.stop()


class Readers:
    """All that are here, and what each has shown of each article."""

    def __init__(self, world, folder):
        self.world = world
        here = [one for one in readers.ALL if not one.absent()]
        if not here:
            raise rig.Skip("no feed reader is installed")
        urls = {name: "%s/%s.atom" % (world.www.url, name) for name in DESKS}
        self.list = {one.__name__: one(os.path.join(folder, one.__name__),
                                       urls) for one in here}
        self.shown = {one: {} for one in self.list}
        self.edits = {one: set() for one in self.list}

    def poll(self):
        for name, one in self.list.items():
            for feed, link, kind in one.poll():
                number = self.world.of.get(html.unescape(link))
                if kind == "new":
                    times = self.shown[name].setdefault((feed, number), 0)
                    self.shown[name][feed, number] = times + 1
                else:
                    self.edits[name].add((feed, number, link))

    def faults(self):
        """Not once each, or none of the paper's, or an edit that was none: at
        most an article has another address now."""
        wanted = {(name, number) for name, desk in DESKS.items()
                  for number in self.world.seen[desk]}
        found = []
        for name, shown in self.shown.items():
            found += ["%s: %s shown %d times" % (name, one, times)
                      for one, times in shown.items() if times > 1]
            found += ["%s: %s not shown" % (name, one)
                      for one in wanted - set(shown)]
            found += ["%s: %s shown, and is none" % (name, one)
                      for one in set(shown) - wanted]
            found += ["%s: %s is said to be edited" % (name, one)
                      for one in self.edits[name]
                      if "/stories/" not in one[2]]
        return found


def tell(world, here, rounds, spoil=None):
    """So many rounds with news in each; the last one's status."""
    for _ in range(rounds):
        world.news()
        status = world.round()
        world.publish(spoil)
        here.poll()
    return status


def until(world, here, what, good, most=8, spoil=None):
    for _ in range(most):
        status = tell(world, here, 1, spoil)
        if good(status):
            return status
    raise AssertionError("%s: not in %d rounds: %s" % (what, most, status))


def is_well(status):
    return all(one["state"] == "good" for one in status.values())


def is_healed(status):
    return is_well(status) and status[WRITTEN]["healed"] is not None


def a_paper_is_built_anew_twice():
    world = World()
    with tempfile.TemporaryDirectory(prefix="metrofeed-readers-") as folder:
        try:
            here = Readers(world, folder)
            status = tell(world, here, 6)
            assert is_well(status) and status[WRITTEN]["rules"] == "ok"
            ids = {name: set(world.it.ids(name)) for name in DESKS}
            text = open(world.it.conf, encoding="utf-8").read()

            world.redesign(5, 1)
            status = until(world, here, "the first", is_healed)
            first = status[WRITTEN]["healed"]
            assert first.startswith("item '.card'"), first
            status = tell(world, here, 6)
            assert is_well(status) and status[WRITTEN]["rules"] == "ok"

            world.redesign(4, 2, slug)
            status = until(
                world, here, "the second",
                lambda s: is_healed(s) and s[WRITTEN]["healed"] != first)
            status = tell(world, here, 6)
            assert is_well(status), status
            assert all(s["rules"] == "ok" for s in status.values()), status

            assert not here.faults(), "\n".join(here.faults())
            for name in DESKS:
                assert ids[name] <= set(world.it.ids(name))
                world.it.judge(name)
            assert open(world.it.conf, encoding="utf-8").read() == text
            print("# %d articles, each once, by %s" % (
                sum(map(len, world.seen.values())), ", ".join(here.list)))
            tells_the_story(world, status)
        finally:
            world.close()


def tells_the_story(world, status):
    said = world.said
    assert "error: " not in said, said
    for words in ("suspect: no article where 8 are usual", "would do:",
                  "is what it is read by from now on",
                  "paper/policy: degraded: its page has changed"):
        assert words in said, (words, said)
    assert said.count("is what it is read by from now on") >= 2, said
    with open(os.path.join(world.it.folder, "status", "status.json"),
              encoding="utf-8") as f:
        row = next(s for s in json.load(f)["sections"]
                   if s["section"] == "paper/policy")
    assert row["state"] == "degraded", row
    assert row["stanza"].split() == status[WRITTEN]["stanza"].split(), row
    with open(os.path.join(world.it.folder, "status", "status.atom"),
              encoding="utf-8") as f:
        feed = f.read()
    assert "paper/policy is incomplete" in feed, feed
    assert "item: [" in html.unescape(html.unescape(feed)), feed


def the_lines_are_pasted(world):
    stanza = world.it.status(WRITTEN)["stanza"]
    world.it.sections[WRITTEN] = stanza.split(":", 1)[1].strip()
    world.it.write()
    done = world.it.call("check")
    assert done.returncode == 0, done.stderr


def a_person_pastes_the_lines():
    """After the first redesign: nothing happens to the feed, and all is well."""
    world = World("propose")
    with tempfile.TemporaryDirectory(prefix="metrofeed-readers-") as folder:
        try:
            here = Readers(world, folder)
            tell(world, here, 2)
            world.redesign(5, 1)
            until(world, here, "a proposal",
                  lambda s: s[WRITTEN]["proposed"] is not None)
            the_lines_are_pasted(world)
            status = tell(world, here, 2)
            assert is_well(status), status
            assert status[WRITTEN]["rules"] == "ok"
            assert not here.faults(), "\n".join(here.faults())
            assert "degraded" not in world.said
        finally:
            world.close()


def twin(spoil, heal):
    world = World(heal)

    def spoiled(text):
        return spoil(world, text)
    with tempfile.TemporaryDirectory(prefix="metrofeed-readers-") as folder:
        try:
            here = Readers(world, folder)
            tell(world, here, 2, spoiled)
            assert not here.faults(), "\n".join(here.faults())
            world.redesign(5, 1, slug)
            tell(world, here, 7, spoiled)
            return here.faults()
        finally:
            world.close()


def ids_from_addresses_are_seen():
    def spoil(_, text):
        return re.sub(r"(<entry>.*?<id>)[^<]*(</id>.*?<link [^>]*?href=\")"
                      r"([^\"]*)", r"\1\3\2\3", text, flags=re.S)
    faults = twin(spoil, "auto")
    for one in readers.ALL:
        again = [fault for fault in faults if "times" in fault and
                 fault.startswith(one.__name__ + ":")]
        assert one.absent() or len(again) >= 2 * len(DESKS), faults


def rules_that_nobody_heals_are_seen():
    faults = twin(lambda _, text: text, "off")
    assert any("not shown" in one and WRITTEN in one for one in faults), faults
    assert not any("times" in one for one in faults), faults


if __name__ == "__main__":
    sys.exit(rig.run([
        a_paper_is_built_anew_twice,
        a_person_pastes_the_lines,
        ids_from_addresses_are_seen,
        rules_that_nobody_heals_are_seen]))
