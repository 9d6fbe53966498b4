"""What the system tests stand on: newsroom, the daemon, small sites of one's own.

The program and newsroom come from METROFEED and NEWSROOM; everything listens
on 127.0.0.1 and lives in a temporary folder.  Nothing sleeps for a fixed time:
wait_for() looks until something is true, with a limit.
"""
import http.server
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

PROGRAM = os.environ.get("METROFEED", "build/metrofeed")
NEWSROOM = os.environ.get("NEWSROOM", "build/tests/newsroom")
FEEDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "feeds.py")
ATOM = "{http://www.w3.org/2005/Atom}"
LIMIT_S = 60


def wait_for(what, condition, limit_s=LIMIT_S):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("not within %d s: %s" % (limit_s, what))


def children(pid):
    """(pid, command line) of each child; no ps on a bare system."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry, errors="replace") as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
            with open("/proc/%s/cmdline" % entry, errors="replace") as f:
                words = f.read()
        except OSError:
            continue
        if parent == pid:
            found.append((int(entry), words))
    return found


class Newsroom:
    """The living test site."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [NEWSROOM, "--seconds", "600", *options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.split()[-1].rstrip("/")

    def control(self, **keys):
        query = urllib.parse.urlencode(keys)
        request = urllib.request.Request(
            self.url + "/control?" + query, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def state(self):
        with urllib.request.urlopen(self.url + "/state", timeout=10) as answer:
            return json.load(answer)

    def articles(self, section, count=None):
        return self.state()["sections"][section]["articles"][:count]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Site:
    """A site of one's own: path -> function(handler) or (status, headers, body)."""

    def __init__(self):
        pages = self.pages = {}
        self.requests = requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                requests.append((time.monotonic(), self.path,
                                 dict(self.headers)))
                page = pages.get(self.path, (404, {}, b"no such page"))
                if callable(page):
                    page = page(self)
                    if page is None:
                        return
                status, headers, body = page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass
                if headers.get("Connection") == "close":
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # a client that hangs up is what some tests are about
        self.server.handle_error = lambda *_: None
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Rig:
    """A folder with a configuration, a store, an output; and its daemon."""

    def __init__(self, url, sections=None, site="", top="", pages="1"):
        self.folder = tempfile.mkdtemp(prefix="metrofeed-")
        self.output = os.path.join(self.folder, "out")
        self.state = os.path.join(self.folder, "state")
        self.conf = os.path.join(self.folder, "metrofeed.conf")
        self.log = os.path.join(self.folder, "log")
        self.url = url
        self.sections = sections or {"policy": "/newsList/222"}
        self.site = site or "    article-link: /article/{id}\n"
        self.top = top
        self.pages = pages
        self.process = None
        self.write()

    def text(self):
        lines = ["output: out", "state: state"]
        if self.top:
            lines.append(self.top.rstrip("\n"))
        lines += ["sites:", "  paper:", "    title: 새벽신문",
                  "    url: " + self.url, "    language: ko",
                  "    timezone: Asia/Seoul", "    allow-private: true",
                  "    host-gap: 0s", "    min-interval: 1s",
                  "    interval: 1s", "    pages: " + self.pages,
                  self.site.rstrip("\n"),
                  "    sections:"]
        lines += ["      %s: %s" % item for item in self.sections.items()]
        return "\n".join(lines) + "\n"

    def write(self, text=None):
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(self.text() if text is None else text)

    def call(self, *words, **options):
        return subprocess.run([PROGRAM, words[0], "-c", self.conf, *words[1:]],
                              capture_output=True, text=True, timeout=120,
                              **options)

    def once(self):
        """One round of each section; waits out min-interval, which is one
        second and may be over for one section and not for another."""
        def rounds():  # by row: a section may get another name
            return {number: (path, count) for number, path, count in
                    self.query("SELECT number, path, rounds FROM section")}

        def counts(rows):
            return {number: count for number, (_, count) in rows.items()}

        before = rounds()

        def tried():
            done = self.call("once")
            return (done if counts(rounds()) != counts(before)
                    or done.returncode else None)

        def left(after):
            return [path for number, (path, count) in after.items()
                    if path.split("/")[1] in self.sections and
                    number in before and count == before[number][1]]
        done = wait_for("a round", tried)
        end = time.time() + 2  # what is held for longer stays so
        while (counts(rounds()) != counts(before) and left(rounds())
               and time.time() < end):
            again = self.call("once", *left(rounds()))
            done = done if done.returncode else again
        return done

    def start(self, *options, under=(), **how):
        """`under`: a command that runs it; the rest is Popen's."""
        self.process = subprocess.Popen(
            [*under, PROGRAM, "run", "-v", "-c", self.conf, *options],
            stderr=open(self.log, "a", encoding="utf-8"), **how)
        return self

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self, words):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return words in f.read()

    # what it published and what it holds

    def path(self, section="policy", extension=".atom"):
        return os.path.join(self.output, "paper", section + extension)

    def files(self, section="policy"):
        """Of all formats that are there."""
        paths = (self.path(section, extension)
                 for extension in (".atom", ".rss", ".json"))
        return [path for path in paths if os.path.exists(path)]

    def feed(self, section="policy"):
        return Feed(self.path(section))

    def query(self, sql, *values):
        path = os.path.join(self.state, "metrofeed.db")
        if not os.path.exists(path):
            return []
        db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=10)
        try:
            return db.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            db.close()

    def rounds(self):
        return self.query("SELECT sum(rounds_good), sum(failures)"
                          " FROM section")

    def ids(self, section="policy"):
        """By the store; of "all", the feed of the whole site, by the rule:
        each article from the section that showed it first."""
        return [row[0] for row in self.query(
            "SELECT id FROM article JOIN section ON number = section"
            " WHERE path GLOB ? AND article.title IS NOT NULL"
            " AND (?2 <> 'all' OR (section, id) NOT IN"
            "  (SELECT section, id FROM repeated))"
            " ORDER BY shown DESC, first_seen DESC, position, id",
            "paper/" + ("*" if section == "all" else section), section)]

    def status(self, section="policy"):
        rows = json.loads(self.call("status", "--json").stdout)
        return next(r for r in rows if r["section"] == "paper/" + section)

    def judge(self, section="policy"):
        """Every format, by every judge there is, with the ids that the store
        holds."""
        expected = os.path.join(self.folder, "ids.json")
        with open(expected, "w", encoding="utf-8") as f:
            json.dump(self.ids(section), f)
        done = subprocess.run(
            [sys.executable, FEEDS, "--expect-ids", expected,
             *self.files(section)],
            capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


class Feed:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        self.mtime = os.stat(path).st_mtime_ns
        self.root = ET.fromstring(self.bytes)
        self.entries = self.root.findall(ATOM + "entry")
        self.updated = self.root.findtext(ATOM + "updated")

    def ids(self):
        return [entry.findtext(ATOM + "id") for entry in self.entries]

    def numbers(self):
        return [i.rsplit(":", 1)[1] for i in self.ids()]

    def entry(self, number):
        return next(e for e in self.entries
                    if e.findtext(ATOM + "id").endswith(":" + number))

    def entry_bytes(self, number):
        return ET.tostring(self.entry(number))

    def same_file(self, other):
        return self.bytes == other.bytes and self.mtime == other.mtime


def run(tests):
    """TAP: each function is one case; SkipTest's words are shown."""
    print("1..%d" % len(tests))
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print("ok %d - %s" % (number, name))
        except Skip as skip:
            print("ok %d - %s # SKIP %s" % (number, name, skip))
        except Exception:  # a test that dies is a test that failed
            failed += 1
            print("not ok %d - %s" % (number, name))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        sys.stdout.flush()
    return 1 if failed else 0


class Skip(Exception):
    pass
