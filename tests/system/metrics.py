"""/metrics, by Prometheus' own judge, /healthz, and what systemd is told."""
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

GOOD = (200, {"Content-Type": "text/html; charset=utf-8"},
        b"<ul><li><a href='/article/1'>A headline to be read</a>"
        b"<li><a href='/article/2'>Another headline to be read</a></ul>")
LINE = re.compile(r'(metrofeed_\w+)(\{[^}]*\})? ([0-9.e+-]+|\+Inf)$')


class Place:
    def __init__(self):
        self.site = rig.Site()
        self.site.pages["/a"] = GOOD
        self.site.pages["/b"] = (503, {}, b"busy")
        self.it = rig.Rig(self.site.url, {"a": "/a", "b": "/b"},
                          "    article-link: /article/{id}\n",
                          "listen: 127.0.0.1:0")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.it.close()
        self.site.stop()

    def start(self, **how):
        self.it.start(**how)
        said = rig.wait_for("the server", lambda: re.search(
            r"serving the feeds on (http://\S+)/",
            open(self.it.log, encoding="utf-8").read()))
        self.url = said[1]

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as got:
                return got.status, got.headers, got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def numbers(self):
        found = {}
        for line in self.get("/metrics")[2].splitlines():
            if not line.startswith("#"):
                name, labels, value = LINE.match(line).groups()
                found[name + (labels or "")] = float(value)
        return found


def numbers_that_are_true():
    with Place() as place:
        place.start()
        rig.wait_for("rounds", lambda: place.numbers()[
            'metrofeed_rounds_total{outcome="failed"}'] >= 3)
        now = place.numbers()
        assert now['metrofeed_rounds_total{outcome="news"}'] == 1
        assert now['metrofeed_articles_total{kind="new"}'] == 2
        assert now['metrofeed_articles_total{kind="edited"}'] == 0
        rounds = sum(value for name, value in now.items()
                     if name.startswith("metrofeed_rounds_total"))
        for name in ("round_duration", "round_lateness"):
            assert now["metrofeed_%s_seconds_count" % name] == rounds, name
            assert now["metrofeed_%s_seconds_bucket{le=\"+Inf\"}" % name] \
                == rounds
        assert 0 < now["metrofeed_round_duration_seconds_sum"] < 600
        assert now["metrofeed_page_bytes_total"] >= len(GOOD[2])
        assert now["metrofeed_worker_restarts_total"] == 0
        assert now['metrofeed_sections{health="good"}'] == 1
        rig.wait_for("the broken one", lambda: place.numbers()[
            'metrofeed_sections{health="broken"}'] == 1)
        # a worker that dies is counted
        for pid, words in rig.children(place.it.process.pid):
            if "metrofeed-worker" in words:
                os.kill(pid, 9)
        place.site.pages["/a"] = (GOOD[0], GOOD[1], GOOD[2] + b" ")
        rig.wait_for("the restart", lambda: place.numbers()[
            "metrofeed_worker_restarts_total"] >= 1)
        status, headers, _ = place.get("/metrics")
        assert headers["Content-Type"].startswith("text/plain; version=0.0.4")


def promtool_finds_nothing():
    promtool = shutil.which("promtool")
    if promtool is None:
        raise rig.Skip("promtool (Debian's prometheus) is not installed")
    with Place() as place:
        place.start()
        rig.wait_for("rounds", lambda: place.numbers()[
            'metrofeed_rounds_total{outcome="unchanged"}'] >= 1)
        text = place.get("/metrics")[2]

        def judge(text):
            done = subprocess.run([promtool, "check", "metrics"], input=text,
                                  capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr
        assert judge(text) == (0, ""), judge(text)
        # and it would have found something
        assert judge(text.replace("rounds_total", "rounds"))[0] != 0
        assert judge(text.replace("_seconds", "_ms"))[0] != 0


def life():
    with Place() as place:
        place.start()
        rig.wait_for("a feed", lambda: os.path.exists(place.it.path("a")))
        assert place.get("/healthz")[::2] == (200, "ok\n")
        os.rename(place.it.output, place.it.output + ".away")
        place.site.pages["/a"] = (GOOD[0], GOOD[1], GOOD[2].replace(
            b"<ul>", b"<ul><li><a href='/article/3'>News that came</a>"))
        rig.wait_for("503", lambda: place.get("/healthz")[::2] == (
            503, "the feeds cannot be published\n"))
        os.rename(place.it.output + ".away", place.it.output)
        rig.wait_for("ok again", lambda: place.get("/healthz")[0] == 200)


def the_service_manager():
    """READY, signs of life for as long as the loop turns, and a line."""
    with Place() as place:
        path = os.path.join(place.it.folder, "notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(path)
        manager.settimeout(60)
        place.start(env={**os.environ, "NOTIFY_SOCKET": path,
                         "WATCHDOG_USEC": "400000"})
        told = []

        def hear(word, count=1):
            while sum(word in line for line in told) < count:
                told.append(manager.recv(1000).decode())
        hear("READY=1")
        hear("STATUS=2 sections")
        hear("WATCHDOG=1", 3)
        # one that stands still is silent
        place.it.send(19)
        manager.settimeout(2)
        try:
            while True:
                told.append(manager.recv(1000).decode())
        except socket.timeout:
            pass
        place.it.send(18)
        manager.settimeout(60)
        hear("WATCHDOG=1", sum("WATCHDOG=1" in t for t in told) + 2)
        place.it.send(15)
        hear("STOPPING=1")
        manager.close()


sys.exit(rig.run([numbers_that_are_true, promtool_finds_nothing, life,
                  the_service_manager]))
