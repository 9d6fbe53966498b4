"""What the crash loops play: a small paper, rounds that a fault can hit, and the
program with its faults injected.

A scene is a folder as it was before the round (base), what the paper shows from
then on, and what a clean round makes of it.  Each point of a loop works on a
copy of the base.
"""
import concurrent.futures
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import judge  # noqa: E402
import rig  # noqa: E402

BUILD = os.environ.get("BUILD", "build")
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
CLOCK = os.path.abspath(os.path.join(BUILD, "tests/crash/clock.so"))
TWIN = os.path.abspath(os.path.join(BUILD, "tests/crash/twin.so"))
PROGRAM = os.path.abspath(rig.PROGRAM)
FIRST_S = 1800000000
HOUR_S = 3600
HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMIT_S = 60
COUNTS = 3
# A round mostly waits: for the paper, for the end of its batch.
JOBS = int(os.environ.get("CRASH_JOBS", 2 * (os.cpu_count() or 1)))
TURN = int(os.environ.get("CRASH_TURN", time.time() // 60))

TOPICS = ("시장 골목의 불이 다시 켜졌다", "강변 산책로가 새로 열린다",
          "옛 역사를 고쳐 도서관으로 쓴다", "버스 노선이 봄부터 바뀐다",
          "작은 극장들이 손을 맞잡았다", "항구의 등대가 백 살이 되었다",
          "산불 감시원 모집에 주민이 몰렸다")


def article(section, number, dated, edited=False):
    title = "%s, %s %d번째" % (TOPICS[number % len(TOPICS)], section, number)
    # some longer than what SQLite keeps room for
    text = "%d번 골목에서 들려온 이야기다. " % number * (60 if number % 3 == 0
                                                  else 4)
    if edited:
        title += " (고침)"
        text = "처음 전한 이야기와 다르게, 사정이 새로 밝혀졌다. " + text
    date = ('<span class="date">2026-11-%02d 09:%02d</span>'
            % (number % 27 + 1, number % 60)) if dated else ""
    return ('<li><h3><a href="/article/%s%05d">%s</a></h3><p>%s</p>%s</li>'
            % (sum(section.encode()), number, title, text, date))


def page(section, numbers, dated=True, edited=()):
    items = "".join(article(section, n, dated, n in edited)
                    for n in sorted(numbers, reverse=True))
    return ("<!DOCTYPE html><html lang=ko><meta charset=utf-8><title>%s - "
            "새벽신문</title><body><ul class=list>%s</ul></body></html>"
            % (section, items)).encode()


class Paper:
    """Sections of a site; the undated ones show when they were first seen."""

    def __init__(self, sections):
        self.site = rig.Site()
        self.sections = sections

    def show(self, numbers, edited=()):
        for i, section in enumerate(self.sections):
            body = page(section, numbers, i % 2 == 0, edited)
            self.site.pages["/list/" + section] = (
                200, dict(HTML, ETag='"%x"' % (zlib.crc32(body))),
                body)

    def configuration(self):
        return "\n".join([
            "output: out", "state: state", "sites:", "  paper:",
            "    title: 새벽신문", "    url: " + self.site.url,
            "    language: ko", "    timezone: Asia/Seoul",
            "    allow-private: true", "    host-gap: 0s", "    entries: 200",
            "    min-interval: 1s", "    interval: 1h", "    pages: 1",
            "    article-link: /article/{id}", "    sections:",
            *("      %s: /list/%s" % (s, s) for s in self.sections)]) + "\n"


# --- one run of the program -----------------------------------------------------

def environment(at_s, twin=None, preload=(), **more):
    libraries = [CLOCK, *([TWIN] if twin else []), *preload]
    own = {"LD_PRELOAD": " ".join(libraries), "CLOCK_AT": str(at_s), **more}
    if twin:
        own["TWIN"] = twin
    return own


def run(folder, at_s, under=(), own=None):
    """`once`, under a command that gets the preloaded pieces by strace's -E
    or, without strace, in its environment."""
    own = own or environment(at_s)
    words = [PROGRAM, "once", "-c", os.path.join(folder, "metrofeed.conf")]
    if under:
        words = [*under, *("-E%s=%s" % item for item in own.items()), *words]
        own = {}
    return finish(subprocess.Popen(
        words, env=dict(os.environ, **own), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        errors="replace", start_new_session=True))


def finish(process):
    """Waits for it; whatever it started ends with it, in time or not: a
    program that strace no longer holds, a worker that has not yet heard."""
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.communicate()
        raise
    kill_group(process)
    return subprocess.CompletedProcess(process.args, process.returncode, out,
                                       err)


def kill_group(process):
    """The kernel gives its number to nobody else while one of it is left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def strace_works():
    """strace is here and may trace; else why not."""
    if not shutil.which("strace"):
        return "strace is not installed"
    done = subprocess.run(["strace", "-o", "/dev/null", "true"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return "strace may not trace here: " + done.stderr.strip()[:100]
    return ""


CALL = re.compile(r"^(\w+)\(")


def calls_of(folder, at_s, own=None):
    """(name, n) of each system call of the main process in a round, from the
    opening of the configuration on: before that, only the loader is at work.
    n counts per name, from the start, as strace does."""
    log = os.path.join(folder, "calls")
    done = run(folder, at_s, ("strace", "-o", log, "-s", "200"), own)
    assert done.returncode == 0, done.stderr
    seen, calls, begun = {}, [], False
    with open(log, encoding="utf-8", errors="replace") as f:
        for line in f:
            found = CALL.match(line)
            if not found:
                continue
            name = found.group(1)
            seen[name] = seen.get(name, 0) + 1
            begun = begun or "metrofeed.conf" in line and name != "execve"
            if begun and name != "exit_group":
                calls.append((name, seen[name]))
    os.unlink(log)
    return calls


def killing(name, n):
    return ("strace", "-o", "/dev/null", "-e", "trace=" + name, "-e",
            "inject=%s:signal=KILL:when=%d" % (name, n))


def was_killed(done):
    return done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


# --- scenes ---------------------------------------------------------------------

OLD = range(1, 9)
NEW = range(3, 12)  # two have left, three are new


class Scene:
    """base/: before the round; clean: what a round makes of it."""

    def __init__(self, name, sections, place=None):
        self.name = name
        self.place = tempfile.mkdtemp(prefix="metrofeed-crash-", dir=place)
        self.base = os.path.join(self.place, "base")
        self.paper = Paper(sections)
        self.at_s = FIRST_S
        os.mkdir(self.base)
        with open(os.path.join(self.base, "metrofeed.conf"), "w",
                  encoding="utf-8") as f:
            f.write(self.paper.configuration())
        self.counter = 0

    def before(self, numbers):
        """A round that went well."""
        self.paper.show(numbers)
        done = run(self.base, self.at_s)
        assert done.returncode == 0, done.stderr
        self.at_s += HOUR_S

    def ready(self):
        """The paper shows what the round will find."""
        self.start = judge.look(self.base)
        folder = self.copy()
        done = run(folder, self.at_s)
        assert done.returncode == 0, done.stderr
        self.clean = judge.look(folder)
        shutil.rmtree(folder)
        reasons = judge.verdict(judge.settled(self.clean, self.clean),
                                judge.follows(self.start, self.clean))
        assert not reasons, reasons
        assert self.clean.shown(), "a clean round shows nothing"
        return self

    def copy(self, source=None):
        folder = tempfile.mkdtemp(dir=self.place)
        shutil.copytree(source or self.base, folder, symlinks=True,
                        dirs_exist_ok=True)
        return folder

    def calls(self, own=None, base=None, at_s=None):
        """Of the round, or of one on another folder.  On a busy machine a round
        may make two batches of one, and more calls: the fewest of a few."""
        def counted():
            folder = self.copy(base)
            try:
                return calls_of(folder, at_s or self.at_s, own)
            finally:
                shutil.rmtree(folder)
        return min((counted() for _ in range(COUNTS)), key=len)

    def close(self):
        self.paper.site.stop()
        shutil.rmtree(self.place, ignore_errors=True)


def first():
    scene = Scene("first round", ["policy", "diary"])
    scene.paper.show(OLD)
    return scene.ready()


def update():
    scene = Scene("update", ["policy", "diary"])
    scene.before(OLD)
    scene.paper.show(NEW)
    return scene.ready()


def edit():
    scene = Scene("edit", ["policy", "diary"])
    scene.before(OLD)
    scene.paper.show(OLD, edited=(4, 7))
    return scene.ready()


def batch():
    scene = Scene("batch of 12 sections", ["part%d" % n for n in range(12)])
    scene.before(OLD)
    scene.paper.show(NEW)
    return scene.ready()


def migration():
    scene = Scene("migration", ["policy", "diary"])
    scene.before(OLD)
    make_version_1(os.path.join(scene.base, "state"))
    scene.paper.show(NEW)
    return scene.ready()


def renaming():
    """With news; the section's row and both of its files must go together."""
    scene = Scene("renaming", ["policy", "diary"])
    scene.before(OLD)
    with open(os.path.join(scene.base, "metrofeed.conf"), "w",
              encoding="utf-8") as f:
        f.write(scene.paper.configuration().replace(
            "      policy: /list/policy",
            "      politics: {url: /list/policy, formerly: paper/policy}"))
    scene.paper.show(NEW)
    return scene.ready()


SCENES = {"first": first, "update": update, "edit": edit, "batch": batch,
          "migration": migration, "renaming": renaming}


def version_1():
    """The schema that the first release made, from its C strings."""
    with open(os.path.join(SOURCES, "daemon/store_schema.c"),
              encoding="utf-8") as f:
        text = f.read()
    words = re.search(r"version_1\[\] =(.*?);\n\n", text, re.S).group(1)
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', words)).replace(
        "\\n", "\n")


def make_version_1(state):
    """The same rows in the oldest schema."""
    path = os.path.join(state, "metrofeed.db")
    older = os.path.join(state, "older.db")
    db = sqlite3.connect(older)
    with sqlite3.connect(path) as now:
        application = now.execute("PRAGMA application_id").fetchone()[0]
    now.close()
    db.executescript(version_1())
    db.execute("ATTACH ? AS now", (path,))
    for table in ("section", "article"):
        columns = ", ".join(row[1] for row in db.execute(
            "PRAGMA main.table_info(%s)" % table))
        db.execute("INSERT INTO main.%s (%s) SELECT %s FROM now.%s"
                   % (table, columns, columns, table))
    db.commit()
    db.execute("DETACH now")
    db.execute("PRAGMA main.journal_mode = WAL")
    db.executescript("PRAGMA application_id = %d; PRAGMA user_version = 1"
                     % application)
    db.close()
    for name in judge.DATABASE + ("metrofeed.db-shm",):
        if os.path.exists(os.path.join(state, name)):
            os.unlink(os.path.join(state, name))
    os.rename(older, path)


# --- loops ----------------------------------------------------------------------

def share(what, points, most):
    """About `most` of the points: every n-th, another n-th at each turn, so that
    n turns in a row see all of them.  Says which."""
    n = max(1, -(-len(points) // most))
    if n > 1:
        print("# %s: the points %d, %d, ... of %d (CRASH_TURN=%d takes these"
              " again)" % (what, TURN % n + 1, TURN % n + 1 + n, len(points),
                           TURN))
    return points[TURN % n::n]


def each(points, work):
    """work(point) -> reasons, or None when the point was not reached; several
    at a time.  Returns [(point, reasons)]."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        return list(zip(points, pool.map(work, points)))
