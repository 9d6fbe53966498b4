"""Configuration and site change; the articles are the same.

Each step shows the same articles in other clothes, or reads them by another
configuration; the next one follows from there, not from the start.  Nothing may
be announced: ids, the bytes of each entry and `updated` stay.  The bad twin
forgets its store and its feeds between two steps.
"""
import concurrent.futures
import os
import random
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402
import versions  # noqa: E402
from versions import HOSTS, links, picture  # noqa: E402

PAGE = "/newsList/222"
WWW = HOSTS[0]
KINDS = BARE, LINKED, RULES = "inferred", "article-link", "rules"
RULE_TEXT = ("    item: .article-item\n"
             "    fields: {title: .article-tit, text: .article-desc,"
             " image: img, date: .article-info}\n")

# What an operator writes when the addresses look so.
TEMPLATES = {
    "/article/{}": "/article/{{id}}",
    "/news/view.html?idx={}": "/news/view.html?idx={{id}}",
    "/{}": "/{{id}}",
    "/archive/{}.html": "/archive/{{id}}.html",
    "/article/{}?ref=main&amp;utm_source=portal": "/article/{{id}}",
    "/article/{}/": "/article/{{id}}/",
}


class Step:
    """`reread`: other texts come in, which are no edits: the entry's bytes may
    change, its `updated` and the feed's may not."""

    def __init__(self, name, host=WWW, form="/article/{}", changes=(),
                 site=WWW, keys="", top="", linked=True, reread=False):
        self.name = name
        self.reread = reread
        self.changes = (links(host + form), *changes)
        self.site, self.keys, self.top = site, keys, top
        self.template = TEMPLATES[form].format() if linked else None

    def configure(self, it, mirror, kind):
        """The site stands where its articles do, its page where we can read
        it."""
        keys = self.keys
        if kind == RULES and "item:" not in keys:
            keys += RULE_TEXT
        if kind != BARE and self.template and "article-link" not in keys:
            keys += "    article-link: '%s'\n" % self.template
        it.site = keys or "    robots: obey\n"
        it.top = self.top
        text = it.text()
        if "timezone" in keys:
            text = text.replace("    timezone: Asia/Seoul\n", "")
        it.write(text.replace("    url: " + mirror.url,
                              "    url: " + self.site))


def steps():
    same = Step("the start")
    yield same
    for host in HOSTS[1:]:
        yield Step("links to " + host, host)
    for host in HOSTS[2:5]:
        yield Step("all of it on " + host, host, site=host)
    for turn in range(3):
        step = Step("links to any of the hosts, turn %d" % turn)
        step.changes = (versions.on_any_host("/article/{}"),)
        for _ in range(turn):
            step.changes[0]("")
        yield step
    yield Step("picture and title link to two hosts", changes=[versions.items(
        lambda all_: [part.replace(WWW, HOSTS[4], 1).replace(WWW, HOSTS[5])
                      for part in all_])])
    yield Step("the list twice, on two hosts", changes=[versions.items(
        lambda all_: [part.replace(WWW, host) for host in HOSTS[4:6]
                      for part in all_])])
    yield Step("http", "http://www.paper.example")
    yield Step("http, all of it", "http://www.paper.example",
               site="http://www.paper.example")
    yield Step("http, without www", "http://paper.example")
    for form in list(TEMPLATES)[1:]:
        yield Step("addresses like " + form, form=form)
    yield Step("another host, addresses like a view", HOSTS[3],
               "/news/view.html?idx={}", site=HOSTS[3])
    yield Step("article-link gone or not there", linked=False)
    yield Step("article-link by a pattern",
               keys="    article-link: {pattern: '/article/2026(.*)'}\n")
    yield Step("article-links, several",
               keys="    article-link: ['/view/{id}', '/article/{id}']\n")
    yield Step("id-authority", keys="    id-authority: paper.example\n")
    yield Step("id-authority, another", keys="    id-authority: elsewhere.example\n")
    yield Step("base-url", top="base-url: https://feeds.example/")
    yield Step("base-url, another", top="base-url: https://other.example/x/")
    yield Step("interval", keys="    max-interval: 7h\n")
    yield Step("formats", keys="    formats: [atom, rss, json]\n")
    yield Step("a filter that wants none of them",
               keys="    only: {title: '^there is no such title$'}\n")
    yield Step("a filter that wants some",
               keys="    skip: {title: '(시|소|안|다|한)'}\n")
    yield Step("a title for the section's page",
               keys="    feed-title: 다른 이름\n")
    yield Step("another size of the pictures", changes=[picture("320")])
    yield Step("pictures by a query", changes=[
        lambda page: re.sub(r'\.png"', '.png?w=640"', page)])
    yield Step("white space", changes=[versions.spaces])
    yield Step("another order", changes=[versions.reversed_items])
    yield Step("some have left", changes=[versions.without_some])
    yield Step("rules: the same by name", keys=RULE_TEXT)
    yield Step("rules: another text and no picture", keys=(
        "    item: .article-item\n    fields: {title: .article-tit,"
        " text: .article-info, image: h6, date: .article-info}\n"),
        reread=True)
    yield Step("rules: a title with something cut out", keys=(
        "    item: .article-item\n    fields: {title: {select: .article-tit,"
        " strip: '[가-힣]$'}, text: .article-desc}\n"), reread=True)
    yield Step("as at the start", reread=True)
    yield Step("time zone", keys="    timezone: Asia/Kathmandu\n")
    yield same


def bytes_of(it):
    return [(e.findtext(rig.ATOM + "id"), rig.ET.tostring(e).strip())
            for e in it.feed().entries]


def frame_of(entry):
    """What no reading may change."""
    root = rig.ET.fromstring(entry)
    return [root.findtext(rig.ATOM + name) for name in (
        "id", "published", "updated")] + [
            root.find(rig.ATOM + "link").get("href")]


def announced(before, after, of=lambda entry: entry):
    """What a feed reader could show anew, in words."""
    old = {i: of(entry) for i, entry in before}
    new = {i: of(entry) for i, entry in after}
    said = ["new: " + i for i in new if i not in old]
    said += ["other bytes: %s" % i
             for i in new if i in old and old[i] != new[i]]
    if [i for i, _ in after] != [i for i, _ in before] and not said:
        said.append("another order")
    return said


class Walk:
    """One kind of configuration through all steps."""

    def __init__(self, kind):
        self.kind = kind
        self.room = rig.Newsroom("--pace", "100000", "--markup", "2")
        self.mirror = versions.Mirror(self.room, PAGE)
        self.it = rig.Rig(self.mirror.url,
                          {"policy": self.mirror.url + PAGE})

    def step(self, step, forget=False):
        if forget:
            shutil.rmtree(self.it.state)
            shutil.rmtree(self.it.output)
        self.mirror.show(*step.changes)
        step.configure(self.it, self.mirror, self.kind)
        done = self.it.once()
        assert done.returncode == 0, (step.name, done.stderr)

    def close(self):
        self.it.close()
        self.mirror.stop()
        self.room.stop()


def walk(kind, order):
    """What was told at which step."""
    told = []
    one = Walk(kind)
    try:
        one.step(order[0])
        assert len(one.it.feed().entries) == 8
        one.room.control(do="publish", section="222", n=2)
        one.step(order[0])
        before, was = bytes_of(one.it), one.it.feed()
        assert len(before) == 10
        for step in order[1:]:
            one.step(step)
            now = one.it.feed()
            said = announced(before, bytes_of(one.it),
                             *([frame_of] if step.reread else []))
            if now.updated != was.updated:
                said.append("updated: " + now.updated)
            if now.mtime < was.mtime:
                said.append("mtime went back")
            if now.root.findtext(rig.ATOM + "id") != was.root.findtext(
                    rig.ATOM + "id"):
                said.append("the feed's id")
            told += ["%s, %s: %s" % (kind, step.name, words) for words in said]
            before, was = bytes_of(one.it), now
        # the walk has not made it blind
        numbers = one.room.articles("222", 3)
        one.room.control(do="edit", id=numbers[2]["id"], value="text")
        one.room.control(do="publish", section="222", n=1)
        one.step(next(steps()))
        said = announced(before, bytes_of(one.it))
        assert len(said) == 2, said
        assert one.it.feed().updated > was.updated
        for path in one.it.files():  # what a step left stays as it was
            if not path.endswith(".atom"):
                os.unlink(path)
        one.it.judge()
    finally:
        one.close()
    return told


def walks(orders):
    """One of each kind, side by side: they mostly wait for min-interval."""
    with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
        told = [one for some in pool.map(walk, KINDS, orders) for one in some]
    steps_taken = sum(len(order) - 1 for order in orders)
    assert not told, "%d of %d steps told of something\n%s" % (
        len(told), steps_taken, "\n".join(told))
    print("# %d steps, nothing announced" % steps_taken)


def in_order():
    walks([list(steps()) for _ in KINDS])


def shuffled():
    orders = []
    for seed in range(len(KINDS)):
        start, *rest = steps()
        runs = []  # what is read otherwise is read as before again
        for step in rest:
            if step.reread and runs and runs[-1][-1].reread:
                runs[-1].append(step)
            else:
                runs.append([step])
        random.Random(20261126 + seed).shuffle(runs)
        orders.append([start, *(step for run in runs for step in run)])
    walks(orders)


def equal_stamps_keep_their_order():
    """All of one minute, over rounds, whatever the page's order becomes; and
    without any date."""
    for date in ("2026-11-26 09:00", ""):
        site = rig.Site()
        it = rig.Rig(site.url)

        def show(numbers):
            body = "".join(
                "<li><a href='/article/%d'>기사 %d번째 이야기가 이어진다</a>"
                "<span class=date>%s</span></li>" % (n, n, date)
                for n in numbers)
            site.pages["/newsList/222"] = (
                200, {"Content-Type": "text/html; charset=utf-8"},
                ("<!DOCTYPE html><html lang=ko><body><ul>%s</ul></body></html>"
                 % body).encode())
            assert it.once().returncode == 0
            return [int(n) for n in it.feed().numbers()]
        try:
            first = [105, 101, 104, 102, 106, 103]
            assert show(first) == first
            assert show(first[::-1]) == first
            assert show([108, 107, *first]) == [108, 107, *first]
            assert show([101, 107, 108, 109]) == [109, 108, 107, *first]
            shutil.rmtree(it.state)
            assert show(first[::-1]) == [109, 108, 107, *first]
        finally:
            it.close()
            site.stop()


def the_forgetful_twin_is_seen():
    one = Walk(BARE)
    try:
        all_ = {step.name: step for step in steps()}
        one.step(all_["the start"])
        before = bytes_of(one.it)
        one.step(all_["links to " + HOSTS[1]], forget=True)
        assert len(announced(before, bytes_of(one.it))) == 8
    finally:
        one.close()


if __name__ == "__main__":
    sys.exit(rig.run([
        in_order,
        shuffled,
        equal_stamps_keep_their_order,
        the_forgetful_twin_is_seen,
    ]))
