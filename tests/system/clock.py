"""Clocks that jump, a process that is stopped, storms of signals, a log that
nobody reads: rounds go on at their pace, and no stamp goes back.
"""
import mmap
import os
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.dirname(__file__))
import rig  # noqa: E402
from faults import HTML, page  # noqa: E402

DAY = 86400
SECTIONS = ["a", "b", "c"]
LEAST_S = 0.5  # between two rounds of a section that is due each second
OLDEST = 1764000000  # no build is older than this test

# The wall clock as the file of CLOCK_SHIFT says: seconds to add.  The file is
# mapped at the start, so that nothing has to be opened later.
SHIFT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile int64_t *shift;
static int (*real)(clockid_t, struct timespec *);
__attribute__((constructor)) static void begin(void)
{
	int fd = open(getenv("CLOCK_SHIFT"), O_RDONLY | O_CLOEXEC);
	real = dlsym(RTLD_NEXT, "clock_gettime");
	shift = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
}
int clock_gettime(clockid_t id, struct timespec *at)
{
	int code = real(id, at);
	if (code == 0 && id == CLOCK_REALTIME)
		at->tv_sec += *shift;
	return code;
}
time_t time(time_t *at)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (at != NULL)
		*at = now.tv_sec;
	return now.tv_sec;
}
int gettimeofday(struct timeval *at, void *zone)
{
	struct timespec now;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	at->tv_sec = now.tv_sec;
	at->tv_usec = now.tv_nsec / 1000;
	return 0;
}
"""


class Watch:
    """A site, sections of it, their daemon, and a clock to set."""

    def __init__(self):
        self.site = rig.Site()
        self.rig = rig.Rig(self.site.url, {n: "/" + n for n in SECTIONS})
        self.articles = 8
        self.show(8)
        self.file = os.path.join(self.rig.folder, "shift")
        with open(self.file, "wb") as f:
            f.write(bytes(mmap.PAGESIZE))
        source, self.shim = (
            os.path.join(self.rig.folder, "shift" + end)
            for end in (".c", ".so"))
        with open(source, "w", encoding="ascii") as f:
            f.write(SHIFT)
        try:
            subprocess.run(["cc", "-shared", "-fPIC", "-o", self.shim, source,
                            "-ldl"], check=True)
        except (OSError, subprocess.CalledProcessError) as reason:
            self.close()
            raise rig.Skip("no C compiler: %s" % reason) from reason

    def show(self, articles):
        self.articles = articles
        for name in SECTIONS:
            self.site.pages["/" + name] = (200, HTML, page(articles))

    def set(self, shift):
        with open(self.file, "r+b") as f:
            f.write(struct.pack("q", shift))

    def start(self):
        env = dict(os.environ, LD_PRELOAD=self.shim, CLOCK_SHIFT=self.file)
        env["ASAN_OPTIONS"] = (os.environ.get("ASAN_OPTIONS", "") +
                               ":verify_asan_link_order=0")
        self.rig.start(env=env)

    def feeds(self):
        return [self.rig.feed(name) for name in SECTIONS]

    def see_news(self):
        """One article more arrives in each feed, by rounds at their pace."""
        asked = len(self.site.requests)
        self.show(self.articles + 1)
        rig.wait_for("article %d" % self.articles, lambda: all(
            len(feed.entries) == self.articles for feed in self.feeds()), 20)
        rig.wait_for("more rounds", lambda: all(
            len(self.times(name, asked)) >= 3 for name in SECTIONS), 20)
        for name in SECTIONS:
            times = self.times(name, asked)
            gap = min(b - a for a, b in zip(times, times[1:]))
            assert gap > LEAST_S, "a burst: %.2f s apart" % gap

    def times(self, name, since=0):
        return [at for at, path, _ in self.site.requests[since:]
                if path == "/" + name]

    def close(self):
        self.rig.close()
        self.site.stop()


def seconds(stamp):
    return int(subprocess.run(["date", "-u", "-d", stamp, "+%s"], check=True,
                              capture_output=True, text=True).stdout)


def the_clock_jumps():
    it = Watch()
    try:
        it.start()
        rig.wait_for("the feeds", lambda: all(
            os.path.exists(it.rig.path(name)) for name in SECTIONS))
        before = it.feeds()
        # ahead; back behind the first stamps; years ahead; back to now
        for shift in (DAY, -DAY, 3650 * DAY, 0):
            it.set(shift)
            it.see_news()
            after = it.feeds()
            for old, new in zip(before, after):
                assert new.updated >= old.updated, (shift, new.updated)
                assert new.mtime > old.mtime, shift
                assert set(old.ids()) <= set(new.ids()), shift
            before = after
        # a start with a store from years ahead
        assert it.rig.stop() == 0
        it.start()
        it.see_news()
        for old, new in zip(before, it.feeds()):
            assert new.updated >= old.updated and new.mtime > old.mtime
        it.rig.judge("a")
        assert it.rig.stop() == 0
    finally:
        it.close()


def no_stamp_is_from_before_the_build():
    it = Watch()
    try:
        it.set(-int(time.time()) + 1000)
        it.start()
        rig.wait_for("the feeds", lambda: all(
            os.path.exists(it.rig.path(name)) for name in SECTIONS))
        assert it.rig.said("the clock is wrong"), "in silence"
        it.see_news()
        for feed in it.feeds():
            assert seconds(feed.updated) > OLDEST, feed.updated
            assert feed.mtime > OLDEST * 10**9
        for column, table in (("first_seen", "article"), ("round", "section"),
                              ("due", "section"), ("good", "section")):
            least = it.rig.query("SELECT min(%s) FROM %s WHERE %s <> 0"
                                  % (column, table, column))
            assert least[0][0] > OLDEST, (column, least)
        # the clock is set
        it.set(0)
        it.see_news()
        assert abs(it.rig.query("SELECT max(first_seen) FROM article")[0][0]
                   - time.time()) < 60
        assert it.rig.stop() == 0
    finally:
        it.close()


def a_stopped_process_goes_on_without_a_burst():
    it = Watch()
    try:
        it.start()
        rig.wait_for("the feeds", lambda: all(
            os.path.exists(it.rig.path(name)) for name in SECTIONS))
        it.rig.send(signal.SIGSTOP)
        asked = len(it.site.requests)
        until = time.monotonic() + 4  # four rounds are missed
        rig.wait_for("the time", lambda: time.monotonic() > until)
        it.rig.send(signal.SIGCONT)
        it.see_news()
        for name in SECTIONS:
            times = [at for at in it.times(name, asked) if at > until]
            gap = min(b - a for a, b in zip(times, times[1:]))
            assert gap > LEAST_S, "caught up: %.2f s apart" % gap
        assert it.rig.stop() == 0
    finally:
        it.close()


def storms_of_signals():
    it = Watch()
    try:
        it.start()
        rig.wait_for("the feeds", lambda: all(
            os.path.exists(it.rig.path(name)) for name in SECTIONS))
        before = it.feeds()
        for number in (signal.SIGPIPE, signal.SIGCHLD, signal.SIGUSR1,
                       signal.SIGHUP):
            for _ in range(10000):
                it.rig.send(number)
        it.see_news()
        for _ in range(2500):
            for number in (signal.SIGPIPE, signal.SIGCHLD, signal.SIGUSR1,
                           signal.SIGHUP):
                it.rig.send(number)
        workers = [pid for pid, words in rig.children(it.rig.process.pid)]
        assert workers
        began = time.monotonic()
        for _ in range(10000):
            it.rig.send(signal.SIGTERM)
        code = it.rig.stop()
        assert code == 0, "ended with %d" % code
        took = time.monotonic() - began
        assert took < 5, "%.1f s" % took
        left = [pid for pid in workers if is_alive(pid)]
        assert not left, left
        for old, new in zip(before, it.feeds()):
            assert set(old.ids()) <= set(new.ids())
        db = sqlite3.connect(os.path.join(it.rig.state, "metrofeed.db"))
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()
        it.rig.judge("a")
    finally:
        it.close()


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            return not re.search(r"\) Z", f.read())
    except OSError:
        return False


def a_log_that_nobody_reads():
    """A pipe that is full, one without a reader, and no stderr at all."""
    for how in ("full", "gone", "closed"):
        it = Watch()
        ends = os.pipe()
        try:
            if how == "full":
                os.set_blocking(ends[1], False)
                try:
                    while True:
                        os.write(ends[1], bytes(65536))
                except BlockingIOError:
                    os.set_blocking(ends[1], True)
            elif how == "gone":
                os.close(ends[0])
            it.rig.process = subprocess.Popen(
                ["sh", "-c", 'exec "$@"' + (" 2>&-" if how == "closed" else
                                            ""), "sh", rig.PROGRAM, "run",
                 "-v", "-c", it.rig.conf], stderr=ends[1])
            rig.wait_for("the feeds: " + how, lambda: all(
                os.path.exists(it.rig.path(name)) for name in SECTIONS))
            it.see_news()
            # nothing of it went into another file
            db = sqlite3.connect(os.path.join(it.rig.state, "metrofeed.db"))
            assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            db.close()
            assert it.rig.stop() == 0, how
        finally:
            for end in ends:
                try:
                    os.close(end)
                except OSError:
                    pass
            it.close()


if __name__ == "__main__":
    sys.exit(rig.run([
        the_clock_jumps,
        no_stamp_is_from_before_the_build,
        a_stopped_process_goes_on_without_a_burst,
        storms_of_signals,
        a_log_that_nobody_reads,
    ]))
