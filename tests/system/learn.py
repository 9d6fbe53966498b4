"""Rules from a page's address: what `metrofeed learn` prints of newsroom."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

BLOCKED = "<html><head><title>Just a moment...</title></head><body>" \
    "<div id='cf-challenge-running'></div><script src='/cdn-cgi/challenge-" \
    "platform/x.js'></script></body></html>"
SHELL = "<html><head><title>Paper</title></head><body><div id='root'></div>" \
    "<script src='/app.js'></script></body></html>"
EMPTY = "<html><head><title>Paper</title></head><body><p>%s</p></body></html>" \
    % ("Nothing is listed on this page, which only tells a story. " * 20)


def learn(*words):
    return subprocess.run([rig.PROGRAM, "learn", *words], capture_output=True,
                          text=True, timeout=120)


def stanza_loads_and_reads_the_same(it, stanza, lesson):
    it.write("output: out\nstate: state\n" + stanza)
    done = it.call("check")
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^  (\S+):$", stanza, re.M) + \
        re.findall(r"^      (\S+): \{", stanza, re.M)
    shown = it.call("preview", "--json", "%s/%s" % (names[0], names[-1]))
    assert shown.returncode == 0, shown.stderr
    articles = json.loads(shown.stdout)["articles"]
    for key in ("link", "title", "text", "author", "image", "published"):
        assert [a[key] for a in articles] == \
            [a[key] for a in lesson["articles"]], key


def every_design_is_learned_and_its_stanza_runs():
    room = rig.Newsroom()
    it = rig.Rig(room.url)
    try:
        for design in range(3):
            room.control(do="redesign", value=design)
            url = room.url + "/newsList/222"
            done = learn("--json", url)
            assert done.returncode == 0, (design, done.stdout, done.stderr)
            lesson = json.loads(done.stdout)
            assert lesson["grade"] == "ready", lesson
            assert len(lesson["articles"]) >= 8, lesson
            assert all("/article/" in a["link"] for a in lesson["articles"])
            assert all(a["published"] for a in lesson["articles"]), lesson
            assert lesson["article-link"] == "/article/{id}", lesson
            for rules in [lesson["item"], *lesson["fields"].values()]:
                for rule in rules:
                    assert ":nth" not in rule and len(rule) <= 40, rule
            stanza_loads_and_reads_the_same(it, lesson["stanza"], lesson)
    finally:
        it.close()
        room.stop()


def what_is_printed_is_a_file_as_it_is():
    room = rig.Newsroom()
    it = rig.Rig(room.url)
    try:
        done = learn(room.url + "/newsList/222")
        assert done.returncode == 0, done.stderr
        it.write("output: out\nstate: state\n" + done.stdout)
        assert it.call("check").returncode == 0, done.stdout
        assert "# ready: confidence" in done.stdout, done.stdout
        rows = re.findall(r"^#  [T-][P-] ", done.stdout, re.M)
        assert len(rows) == 5, done.stdout
        # the first line is about the site's own feed, where there is one
        assert it.once().returncode == 0
    finally:
        it.close()
        room.stop()


def write_makes_a_new_file_and_never_another():
    room = rig.Newsroom()
    it = rig.Rig(room.url)
    try:
        path = os.path.join(it.folder, "learned.conf")
        url = room.url + "/newsList/222"
        done = learn("--write", path, url)
        assert done.returncode == 0, done.stderr
        with open(path, encoding="utf-8") as f:
            stanza = f.read()
        assert stanza.startswith("sites:\n") and "    item: " in stanza
        again = learn("--write", path, url)
        assert again.returncode == 2 and "exists" in again.stderr, again
        with open(path, encoding="utf-8") as f:
            assert f.read() == stanza
        it.write("output: out\nstate: state\ninclude: [learned.conf]\n")
        done = it.call("check")
        assert done.returncode == 0, done.stderr
    finally:
        it.close()
        room.stop()


def a_page_from_a_file_is_learned_too():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        items = "".join(
            "<li class='story'><h3><a href='/news/100%d/the-bakery-of-the-old-town'>The %d. bakery of "
            "the old town opens its doors</a></h3><time datetime='2024-03-%02d"
            "T10:00:00Z'>x</time></li>" % (i, i, i) for i in range(10, 25))
        with open(path, "w", encoding="utf-8") as f:
            f.write("<html><head><link rel=alternate type=application/rss+xml "
                    "href=/feed.xml title=Paper></head><body><ul>" + items +
                    "</ul></body></html>")
        done = learn("--file", path, "--url", "https://paper.example/news")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(
            "# The site has a feed of its own: https://paper.example/feed.xml "
            "(Paper)\n"), done.stdout
        assert "    item: '.story'\n" in done.stdout, done.stdout


def what_is_no_list_is_told_by_its_reason():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        for html, word in ((BLOCKED, "blocked"), (SHELL, "shell"),
                           (EMPTY, "no list")):
            with open(path, "w", encoding="utf-8") as f:
                f.write(html)
            written = os.path.join(folder, "new.conf")
            done = learn("--write", written, "--file", path, "--url",
                         "https://paper.example/news")
            assert done.returncode == 2, (word, done)
            assert word in done.stderr, (word, done.stderr)
            assert "sites:" not in done.stdout, done.stdout
            assert not os.path.exists(written)
        done = learn("--file", os.path.join(folder, "none"), "--url",
                     "https://paper.example/news")
        assert done.returncode == 2, done
        assert learn().returncode == 2


def a_list_among_others_wants_a_look():
    """Half of the page's stories stand in other lists: no page's list for
    sure."""
    def block(name, first, count):
        return "<section class=%s><ul>%s</ul></section>" % (name, "".join(
            "<li class='%s-item'><h3><a href='/news/%d/bakery-number-%d-of-the-"
            "old-town'>The %d. bakery of the old town opens its doors again"
            "</a></h3></li>" % (name, i, i, i)
            for i in range(first, first + count)))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        with open(path, "w", encoding="utf-8") as f:
            f.write("<html><body>" + block("a", 10000, 12) +
                    "<div>" + block("b", 20000, 10) + "</div><div><div>" +
                    block("c", 30000, 9) + "</div></div></body></html>")
        done = learn("--file", path, "--url", "https://paper.example/x/news")
        assert done.returncode == 1, (done.returncode, done.stdout)
        assert "# look at it before you use it" in done.stdout, done.stdout


if __name__ == "__main__":
    sys.exit(rig.run([
        every_design_is_learned_and_its_stanza_runs,
        what_is_printed_is_a_file_as_it_is,
        write_makes_a_new_file_and_never_another,
        a_page_from_a_file_is_learned_too,
        what_is_no_list_is_told_by_its_reason,
        a_list_among_others_wants_a_look,
    ]))
