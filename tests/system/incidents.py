"""status.atom, status.json and on-change: what becomes of a section that
breaks, and who hears of it."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

GOOD = (200, {"Content-Type": "text/html; charset=utf-8"},
        b"<ul><li><a href='/article/1'>A headline to be read</a>"
        b"<li><a href='/article/2'>Another headline to be read</a></ul>")
BUSY = (503, {}, b"busy: SECRET WORDS OF THE PAGE")
WALL = (200, {"Content-Type": "text/html; charset=utf-8"},
        "<html><head><title>Just a moment… SECRET</title></head><body>"
        "<p>Checking your browser SECRET</p>"
        "<script src='/cdn-cgi/challenge-platform/x.js'></script>"
        "</body></html>".encode())


class Place:
    """Two sections of a site of our own, and what is said of them."""

    def __init__(self, top="", sections=("a", "b")):
        self.site = rig.Site()
        for name in sections:
            self.site.pages["/" + name] = GOOD
        self.it = rig.Rig(self.site.url, {n: "/" + n for n in sections},
                          "    article-link: /article/{id}\n",
                          "status-output: status\n" + top)
        self.status = os.path.join(self.it.folder, "status")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.it.close()
        self.site.stop()

    def rounds(self, count):
        """So many of each section."""
        for _ in range(count):
            self.it.once()

    def read(self, name):
        with open(os.path.join(self.status, name), "rb") as f:
            return f.read()

    def stamp(self, name):
        status = os.stat(os.path.join(self.status, name))
        return status.st_ino, status.st_mtime_ns

    def entries(self):
        """(id, title, term) of each, and the whole."""
        root = ET.fromstring(self.read("status.atom"))
        return [(e.findtext(rig.ATOM + "id"), e.findtext(rig.ATOM + "title"),
                 e.find(rig.ATOM + "category").get("term"))
                for e in root.findall(rig.ATOM + "entry")]

    def section(self, name):
        whole = json.loads(self.read("status.json"))
        return next(s for s in whole["sections"]
                    if s["section"] == "paper/" + name)

    def judge(self):
        done = subprocess.run(
            [sys.executable, rig.FEEDS, os.path.join(
                self.status, "status.atom")],
            capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def breaks_and_mends():
    with Place() as place:
        place.rounds(1)
        assert place.entries() == [] and place.section("a")["state"] == "good"
        place.judge()
        feed = place.it.feed("a")
        place.site.pages["/a"] = BUSY
        place.rounds(2)
        assert place.entries() == []  # a site may stumble
        place.rounds(1)
        (one, title, term), = place.entries()
        assert one.startswith("tag:127.0.0.1,2026:feed/paper/a/20"), one
        assert (title, term) == ("paper/a does not update", "broken")
        assert b"the site answered 503" in place.read("status.atom")
        row = place.section("a")
        assert (row["state"], row["incident"]) == ("broken", one)
        assert row["reason"] == "fetch: the site answered 503"
        assert place.section("b")["state"] == "good"
        place.judge()
        before = place.stamp("status.atom")
        place.rounds(3)  # it lasts: no news
        assert place.stamp("status.atom") == before
        assert place.it.feed("a").same_file(feed)  # the feed knows nothing
        place.site.pages["/a"] = GOOD
        place.rounds(1)
        (same, title, term), = place.entries()
        assert (same, term) == (one, "mended")
        assert title == "paper/a is well again"
        assert place.stamp("status.atom")[1] > before[1]
        assert place.section("a")["state"] == "good"
        assert place.section("a")["incident"] is None
        place.judge()
        # again within a day: the same one goes on
        place.site.pages["/a"] = BUSY
        place.rounds(3)
        assert place.entries() == [(one, "paper/a does not update", "broken")]
        place.site.pages["/b"] = BUSY
        place.rounds(3)
        assert [e[0].split("/")[2] for e in place.entries()] == ["b", "a"]
        place.judge()
        assert place.it.feed("a").same_file(feed)


def never_what_the_page_says():
    with Place() as place:
        place.site.pages["/a"] = WALL
        place.site.pages["/b"] = BUSY
        place.rounds(3)
        assert len(place.entries()) == 2
        assert place.section("a")["stage"] == "blocked"
        for name in ("status.atom", "status.json"):
            assert b"SECRET" not in place.read(name), place.read(name)
        assert "challenge" in place.section("a")["reason"]
        place.judge()


def outlives_the_daemon():
    """The same id after a restart, and after the file was lost."""
    with Place() as place:
        it = place.it
        place.site.pages["/a"] = BUSY
        it.start()
        rig.wait_for("the incident", lambda: it.said("paper/a: broken:"))
        rig.wait_for("its entry", lambda: os.path.exists(os.path.join(
            place.status, "status.atom")) and place.entries())
        before = place.entries()
        it.stop(signal.SIGKILL)
        shutil.rmtree(place.status)
        it.start()
        rig.wait_for("the feed again", lambda: os.path.exists(os.path.join(
            place.status, "status.json")))
        assert place.entries() == before
        assert it.stop() == 0
        # and a section that nobody watches any more is over
        it.sections = {"b": "/b"}
        it.write()
        place.rounds(1)
        assert [(e[0], e[2]) for e in place.entries()] == [
            (before[0][0], "mended")]


def a_push_with_curl():
    if shutil.which("curl") is None:
        raise rig.Skip("curl is not installed")
    got = []

    class Handler(rig.http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(self.rfile.read(int(self.headers["Content-Length"]))
                       .decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = rig.http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rig.threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d/topic" % server.server_address[1]
    try:
        with Place("on-change: [curl, -sS, --data-binary, '@-', '%s']\n"
                   % url) as place:
            it = place.it
            it.start()
            rig.wait_for("a good round", lambda: it.said("paper/a: first"))
            place.site.pages["/a"] = BUSY
            rig.wait_for("a push", lambda: got)
            assert re.fullmatch(
                r"broken: paper/a: fetch: the site answered 503 "
                r"\(since 20[0-9TZ:-]*\)\n", got[0]), got
            place.site.pages["/a"] = GOOD
            it.send(signal.SIGUSR1)
            rig.wait_for("a second push", lambda: it.send(signal.SIGUSR1)
                         or len(got) == 2)
            assert got[1].startswith("mended: paper/a: "), got
            rig.wait_for("its end", lambda: it.said("the command has run"))
    finally:
        server.shutdown()
        server.server_close()


def the_command_is_not_locked_in():
    """It reaches what the daemon cannot; and what goes wrong with it is said
    and holds nobody up."""
    outside = rig.tempfile.mkdtemp(prefix="metrofeed-outside-")
    script = os.path.join(outside, "tell")
    with open(script, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\ncat >%s/got\necho went wrong >&2\nexit 7\n"
                % outside)
    os.chmod(script, 0o700)
    try:
        with Place("on-change: '%s'\n" % script) as place:
            it = place.it
            place.site.pages["/a"] = BUSY
            it.start()
            rig.wait_for("its failure", lambda: it.said(
                "on-change: the command ended with 7: went wrong"))
            with open(os.path.join(outside, "got"), encoding="utf-8") as f:
                assert "paper/a" in f.read()
            # what it is may not change behind its back
            it.write(it.text().replace(script, "/bin/true"))
            it.send(signal.SIGHUP)
            rig.wait_for("the refusal", lambda: it.said(
                "`on-change` has changed: restart for that"))
            it.write(it.text().replace("status-output: status",
                                       "status-output: other"))
            it.send(signal.SIGHUP)
            rig.wait_for("the refusal", lambda: it.said(
                "`status-output` has changed: restart for that"))
            launchers = [pid for pid, words in rig.children(it.process.pid)
                         if "metrofeed-launcher" in words]
            assert len(launchers) == 1
            os.kill(launchers[0], signal.SIGKILL)
            rig.wait_for("that it is said", lambda: it.said(
                "its launcher has ended"))
            news = it.query("SELECT sum(rounds) FROM section")
            rig.wait_for("the rounds go on", lambda: it.query(
                "SELECT sum(rounds) FROM section") != news)
            assert it.stop() == 0
    finally:
        shutil.rmtree(outside)


def a_folder_that_cannot_be_written():
    with Place() as place:
        place.rounds(1)
        os.unlink(os.path.join(place.status, "status.json"))
        os.mkdir(os.path.join(place.status, "status.json"))
        place.site.pages["/a"] = (GOOD[0], GOOD[1], GOOD[2].replace(
            b"<ul>", b"<ul><li><a href='/article/3'>News that came</a>"))
        done = place.it.call("once")
        rig.wait_for("news", lambda: place.it.call("once").returncode == 0
                     and len(place.it.feed("a").entries) == 3)
        assert "status-output: " in place.it.call("once").stderr + done.stderr
        os.rmdir(os.path.join(place.status, "status.json"))
        place.it.call("once")
        assert place.section("a")["state"] == "good"


sys.exit(rig.run([breaks_and_mends, never_what_the_page_says,
                  outlives_the_daemon, a_push_with_curl,
                  the_command_is_not_locked_in,
                  a_folder_that_cannot_be_written]))
