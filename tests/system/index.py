"""index.html and index.opml: what they show, and when they are written."""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

SECTIONS = {"policy": "{title: 산업 > 정책, url: /newsList/222}",
            "electronics": "/newsList/212"}
TOP = "base-url: https://feeds.example/"
QUIET = "    article-link: /article/{id}\n"


def paper():
    return rig.Newsroom("--pace", "100000")


def listed(it, name="index.html"):
    with open(os.path.join(it.output, name), encoding="utf-8") as f:
        return f.read()


def stamp(it, name="index.html"):
    status = os.stat(os.path.join(it.output, name))
    return status.st_ino, status.st_mtime_ns


def feeds_of(opml):
    return [e.get("xmlUrl") for e in ET.fromstring(opml).iter("outline")
            if e.get("xmlUrl")]


def what_is_on_it():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    try:
        it.once()
        page = listed(it)
        for section in SECTIONS:
            newest = [entry.findtext(rig.ATOM + "title")
                      for entry in it.feed(section).entries[:4]]
            shown = [title for title in newest if ">%s</a><time" % (
                title.replace("&", "&amp;").replace("<", "&lt;")
                .replace(">", "&gt;").replace('"', "&quot;")) in page]
            assert shown == newest[:3], (shown, newest)
            assert "feed:https://feeds.example/paper/%s.atom" % section in page
        assert '<html lang="ko">' in page and "noindex" in page
        assert page.count('class="health good"') == 3  # two, and the sum
        opml = listed(it, "index.opml")
        assert feeds_of(opml) == [
            "https://feeds.example/paper/%s.atom" % name
            for name in ("all", *SECTIONS)]
    finally:
        it.close()
        room.stop()


def the_policy_allows_what_is_there():
    """Who edits style or script: the hash to write is in the message."""
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    try:
        it.once()
        page = listed(it)
        for name in ("style", "script"):
            inside = re.search("<%s>(.*?)</%s>" % (name, name), page, re.S)[1]
            digest = hashlib.sha256(inside.encode()).digest()
            wanted = "sha256-" + base64.b64encode(digest).decode()
            assert "%s-src '%s'" % (name, wanted) in page, (name, wanted)
        assert "default-src 'none'" in page
    finally:
        it.close()
        room.stop()


def written_when_something_changed():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    try:
        it.once()
        before = stamp(it), stamp(it, "index.opml")
        it.once()
        it.once()
        assert (stamp(it), stamp(it, "index.opml")) == before
        room.control(do="publish", section="212", n=1)
        it.once()
        after = stamp(it)
        assert after != before[0] and after[1] > before[0][1]
        assert stamp(it, "index.opml") == before[1]
        # gone, or another's
        for spoil in (lambda path: os.unlink(path),
                      lambda path: open(path, "w").close()):
            for name in ("index.html", "index.opml"):
                spoil(os.path.join(it.output, name))
            it.once()
            assert listed(it).endswith("</html>\n")
            assert len(feeds_of(listed(it, "index.opml"))) == 3
    finally:
        it.close()
        room.stop()


def times_of_reading_are_news_once_an_hour():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    read = re.compile('<time class="read" datetime="([^"]*)"')
    try:
        it.once()
        path = os.path.join(it.output, "index.html")
        page = listed(it)
        for age_s, is_written in ((3000, False), (3700, True)):
            then = time.time() - age_s
            os.utime(path, (then, then))
            inode = stamp(it)[0]
            it.once()
            assert (stamp(it)[0] != inode) == is_written, age_s
        later = listed(it)
        assert max(read.findall(later)) > max(read.findall(page))
        assert read.sub("", later) != later
    finally:
        it.close()
        room.stop()


def by_the_daemon_itself():
    """In batches: many rounds with news are few pages.  Language and switch
    follow a reload."""
    site = rig.Site()
    sections = {"s%d" % i: "/%d" % i for i in range(300)}
    for i in range(300):
        items = "".join("<li><a href='/article/%d'>Story %d, a headline"
                        "</a></li>" % (i * 100 + n, n) for n in range(5))
        site.pages["/%d" % i] = (200, {"Content-Type": "text/html"},
                                 ("<ul>%s</ul>" % items).encode())
    it = rig.Rig(site.url, sections, QUIET + "    interval: 1h\n"
                 "    language: en\n", "listen: 127.0.0.1:0")
    it.write(it.text().replace("    interval: 1s\n", "")
             .replace("    language: ko\n", ""))
    try:
        it.start()
        seen = set()

        def complete():
            try:
                seen.add(stamp(it)[0])
                return listed(it).count("Story 0, a headline") == 300
            except FileNotFoundError:
                return False
        rig.wait_for("all of them on the page", complete)
        assert len(seen) <= 20, "%d pages for 300 rounds" % len(seen)
        assert '<html lang="en">' in listed(it)
        port = re.search(r"serving the feeds on (http://\S+)",
                         open(it.log, encoding="utf-8").read())[1]
        assert feeds_of(listed(it, "index.opml"))[0] == port + "paper/all.atom"
        it.write(open(it.conf, encoding="utf-8").read() + "index: ko\n")
        it.send(1)
        rig.wait_for("a Korean page",
                     lambda: '<html lang="ko">' in listed(it))
        it.write(open(it.conf, encoding="utf-8").read().replace(
            "index: ko", "index: 'off'"))
        it.send(1)
        rig.wait_for("the reload", lambda: it.said("reload: 300 sections")
                     and open(it.log).read().count("reload: 300") == 2)
        os.unlink(os.path.join(it.output, "index.html"))
        it.stop()
        assert it.call("once").returncode == 0
        assert not os.path.exists(os.path.join(it.output, "index.html"))
    finally:
        it.close()
        site.stop()


def health_in_words():
    """A stumble is no break; three failed rounds are, until a good one."""
    site = rig.Site()
    good = (200, {}, b"<ul><li><a href='/article/1'>A headline to be read</a>"
            b"<li><a href='/article/2'>Another headline to be read</a></ul>")
    site.pages["/x"] = good
    it = rig.Rig(site.url, {"x": "/x"}, QUIET, "index: en")

    def one():
        before = it.query("SELECT rounds FROM section WHERE path='paper/x'")
        rig.wait_for("a round", lambda: it.call("once") and it.query(
            "SELECT rounds FROM section WHERE path='paper/x'") != before)
        return re.search('<span class="health ([a-z]*)">', listed(it))[1]
    try:
        assert one() == "good"
        site.pages["/x"] = (503, {}, b"busy")
        assert [one(), one(), one()] == ["good", "good", "broken"]
        assert "The site does not answer as it should." in listed(it)
        assert "503" not in listed(it)  # no more than that
        site.pages["/x"] = good
        assert one() == "good"
        assert not os.path.exists(os.path.join(it.output, "index.opml"))
    finally:
        it.close()
        site.stop()


def feeds_do_not_depend_on_it():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    try:
        os.makedirs(os.path.join(it.output, "index.html"))
        it.once()
        assert len(it.feed().entries) == 8
        done = it.once()
        assert done.returncode == 0 and done.stderr.count("index: ") == 1
        os.rmdir(os.path.join(it.output, "index.html"))
        it.once()
        assert listed(it).endswith("</html>\n")
    finally:
        it.close()
        room.stop()


def feed_readers_import_the_list():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, QUIET, TOP)
    readers = 0
    try:
        it.once()
        path = os.path.join(it.output, "index.opml")
        wanted = sorted(feeds_of(listed(it, "index.opml")))
        assert len(wanted) == 3
        if shutil.which("newsboat"):
            readers += 1
            urls = os.path.join(it.folder, "urls")
            open(urls, "w").close()
            done = subprocess.run(
                ["newsboat", "-u", urls, "-c",
                 os.path.join(it.folder, "cache.db"), "-i", path],
                capture_output=True, text=True, timeout=60,
                env={**os.environ, "HOME": it.folder})
            with open(urls, encoding="utf-8") as f:
                lines = f.read().splitlines()
            assert done.returncode == 0, done.stderr
            assert sorted(line.split()[0] for line in lines) == wanted, lines
            # and in their site's drawer
            assert all("새벽신문" in line for line in lines), lines
        if shutil.which("sfeed_opml_import"):
            readers += 1
            with open(path, "rb") as f:
                done = subprocess.run(["sfeed_opml_import"], stdin=f,
                                      capture_output=True, timeout=60)
            assert done.returncode == 0, done.stderr
            text = done.stdout.decode()
            assert sorted(re.findall(r"'(https://[^']*\.atom)'", text)) \
                == wanted, text
        if readers < 2:
            raise rig.Skip("only %d of newsboat and sfeed" % readers)
    finally:
        it.close()
        room.stop()


sys.exit(rig.run([what_is_on_it, the_policy_allows_what_is_there,
                  written_when_something_changed,
                  times_of_reading_are_news_once_an_hour,
                  by_the_daemon_itself, health_in_words,
                  feeds_do_not_depend_on_it, feed_readers_import_the_list]))
