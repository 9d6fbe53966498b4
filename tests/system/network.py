"""Every bad answer of the network, each by a host of its own, and all at once:
the feed's file stays as it is, the status says why, and the sections of the
other hosts go on.
"""
import contextlib
import os
import re
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import fault_server  # noqa: E402
import rig  # noqa: E402

HEALTHY = 3
GAP_S = 8  # between two rounds of a healthy section; it asks every second

# Path on the fault server, and words of the reason; the stage is "fetch" where
# none is given.
KEPT = [
    ("silent", "too slow|timed out"),
    ("slow-headers", "too slow|timed out"),
    ("slow-body", "too slow|timed out"),
    ("no-answer", "closed without an answer"),
    ("reset", "cut: "),
    ("truncated-chunked", "cut: "),
    ("truncated-chunk", "cut: "),
    ("truncated-length", "cut: .*1000 bytes to go"),
    ("negative-length", "not a proper HTTP answer"),
    ("huge-length", "larger than 2 MiB"),
    ("long-length", "larger than 2 MiB"),
    ("bad-chunk", "not a proper HTTP answer"),
    ("http09", "not a proper HTTP answer"),
    ("not-http", "not a proper HTTP answer"),
    ("garbage-gzip", "content encoding"),
    ("encodings-50", "content encoding"),
    ("unknown-encoding", "content encoding"),
    ("endless-body", "larger than 2 MiB"),
    ("endless-chunked", "larger than 2 MiB"),
    ("endless-header", "headers larger than 300 KiB"),
    ("endless-header-line", "headers larger than 300 KiB"),
    ("endless-1xx", "headers larger than 300 KiB"),
    ("bomb-gzip", "larger than 2 MiB"),
    ("bomb-deflate", "larger than 2 MiB"),
    ("bomb-gzip-twice", "larger than 2 MiB"),
    ("bomb-br", "larger than 2 MiB"),
    ("bomb-zstd", "larger than 2 MiB"),
    ("redirect-loop", "too many redirects"),
    ("redirect-ping", "too many redirects"),
    ("hops/6", "too many redirects"),
    ("redirect-file", "not http"),
    ("redirect-ftp", "not http"),
    ("redirect-gopher", "not http"),
    ("redirect-user", "user name"),
    ("redirect-nowhere", "without saying where to"),
    ("redirect-too-long", "longer than 2048"),
    ("304", "304 \\(not modified\\) unasked"),
    ("empty", "empty"),
    ("captcha", ""),
    ("maintenance", ""),
    ("login", ""),
    ("json", ""),
    ("status/204", "204"),
    ("status/300", "300"),
    ("401", "401"),
    ("403", "403"),
    ("404", "404"),
    ("410", "410: gone for good"),
    ("500", "500"),
    ("429", "429"),
    ("503", "503"),
    ("retry-after/seconds", "503"),
    ("retry-after/date", "503"),
    ("retry-after/past", "503"),
    ("retry-after/huge", "503"),
    ("retry-after/junk", "503"),
]
# What libcurl takes for whole.  Additions only: nothing is lost, nothing comes
# twice.
WHOLE = ["short-length", "cut-close", "cut-gzip", "two-lengths"]
# By other means than a path.
OTHERS = ["refused", "dropped"]


class Silence:
    """A port that takes no connection and refuses none: its backlog is full,
    so the kernel drops what comes."""

    def __init__(self, port):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(0)
        self.fill = []
        for _ in range(3):
            connection = socket.socket()
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect(("127.0.0.1", port))
            self.fill.append(connection)

    def close(self):
        for connection in self.fill:
            connection.close()
        self.socket.close()


class Hosts:
    """A daemon, a section for each fault, and the healthy ones."""

    def __init__(self):
        self.server = fault_server.FaultServer().start()
        self.sections = {}
        self.listeners = {}
        self.silence = None
        for path, _ in KEPT:
            self.add(path)
        for path in WHOLE + OTHERS:
            self.add(path)
        for number in range(HEALTHY):
            port = self.server.listen(None)
            self.sections["healthy%d" % number] = (
                "http://127.0.0.1:%d/listing?healthy=%d" % (port, number))
        self.rig = rig.Rig(self.server.url("/"), self.sections)

    def add(self, path):
        port = self.server.listen(None)
        self.listeners[path] = self.server.listeners[-1]
        self.sections[self.name(path)] = (
            "http://127.0.0.1:%d/turn/%s" % (port, path))

    @staticmethod
    def name(path):
        return "f-" + path.replace("/", "-")

    def turn_bad(self):
        self.listeners["refused"].close()
        dropped = self.listeners["dropped"]
        dropped.close()
        self.silence = Silence(dropped.port)
        self.server.bad.set()

    def status(self):
        done = self.rig.call("status", "--json")
        return {row["section"].split("/")[1]: row
                for row in rig.json.loads(done.stdout)}

    def healthy_times(self):
        """When each healthy section was asked, by the server's log."""
        times = {"healthy%d" % number: [] for number in range(HEALTHY)}
        for request in self.server.log()["requests"]:
            path, _, number = request["path"].partition("?healthy=")
            if path == "/listing":
                times["healthy" + number].append(request["at"])
        return times

    def close(self):
        self.rig.close()
        self.server.stop()
        if self.silence:
            self.silence.close()


def every_fault_keeps_the_feed_and_holds_up_nobody():
    hosts = Hosts()
    it = hosts.rig
    try:
        it.start()
        rig.wait_for("all feeds", lambda: all(
            os.path.exists(it.path(name)) for name in hosts.sections))
        before = {name: it.feed(name) for name in hosts.sections}
        ids = {name: it.ids(name) for name in hosts.sections}
        for name in hosts.sections:
            assert len(before[name].entries) == len(fault_server.TITLES), name
        hosts.turn_bad()
        began = time.monotonic()
        kept = [hosts.name(path) for path, _ in KEPT] + [
            hosts.name(path) for path in OTHERS]

        def all_failed():
            rows = hosts.status()
            return rows if all(
                rows[name]["failures"] > 0 for name in kept) else None
        rows = rig.wait_for("a failure of each", all_failed)
        # the whole ones too have been read since
        asked = {}
        for request in hosts.server.log()["requests"]:
            if request["at"] > began:
                asked[request["path"]] = asked.get(request["path"], 0) + 1
        wrong = []
        words = dict(KEPT, refused="connection refused by 127.0.0.1",
                     dropped="timed out after 10 s: no connection|"
                     "no connection to 127.0.0.1")
        for path, expected in words.items():
            name = hosts.name(path)
            row = rows[name]
            if not it.feed(name).same_file(before[name]):
                wrong.append("%s: the file has changed" % path)
            if not re.search(expected, row["reason"] or "(none)"):
                wrong.append("%s: %s" % (path, row["reason"]))
            if it.query("SELECT etag, last_modified FROM section WHERE path"
                        " = ?", "paper/" + name) != [(None, None)]:
                wrong.append("%s: a bad answer's validators are kept" % path)
            if it.ids(name) != ids[name]:
                wrong.append("%s: other articles in the store" % path)
        for path in WHOLE:
            name = hosts.name(path)
            if asked.get("/turn/" + path, 0) == 0:
                wrong.append("%s: never asked for" % path)
            if it.feed(name).ids() != before[name].ids():
                wrong.append("%s: %d articles" % (
                    path, len(it.feed(name).entries)))
        # the healthy were on time, whatever the others did
        ended = time.monotonic()
        for name, times in hosts.healthy_times().items():
            times = [began] + [at for at in times if at > began] + [ended]
            longest = max(b - a for a, b in zip(times, times[1:]))
            if longest > GAP_S:
                wrong.append("%s: waited %.1f s" % (name, longest))
            if rows[name]["state"] != "good":
                wrong.append("%s: %s" % (name, rows[name]["reason"]))
        assert not wrong, "\n".join(wrong)
        assert it.stop() == 0
    finally:
        hosts.close()


STALLED = 50
BESIDE = 200


def lateness_ms(it, prefix):
    """Of each round of those sections but their first, which waits for the
    host's robots.txt: from when it was due to when it started.  Until the first
    of the stalled is given up."""
    seen, late = set(), []
    with open(it.log, encoding="utf-8") as f:
        for line in f:
            if re.search(r"paper/stalled\d+: fetch", line):
                break
            found = re.search(r"paper/(%s\d+): starts (\d+) ms after it was due"
                              % prefix, line)
            if found and found[1] in seen:
                late.append(int(found[2]))
            elif found:
                seen.add(found[1])
    return sorted(late)


def stalled_hosts_delay_nobody():
    """Half of them say nothing, half of them a byte a second.  Without places
    for the slow in the queue the others would wait for 20 s."""
    server = fault_server.FaultServer().start()
    sections = {}

    def add(name, path):
        sections[name] = "http://127.0.0.1:%d%s" % (server.listen(None), path)
    for number in range(STALLED):
        add("stalled%d" % number, "/silent" if number % 2 else "/drip")
    for number in range(BESIDE):
        add("other%d" % number, "/listing?healthy=%d" % number)
    it = rig.Rig(server.url("/"), sections)
    it.write(it.text().replace("    interval: 1s", "    interval: 5s"))
    try:
        it.start()
        rig.wait_for("the stalled to stall", lambda: sum(
            server.log()["counts"].get(path, 0)
            for path in ("/silent", "/drip")) == STALLED)
        rig.wait_for("a second round of the others, or too late for one",
                     lambda: len(lateness_ms(it, "other")) >= BESIDE
                     or it.said("paper/stalled0: fetch"))
        late = lateness_ms(it, "other")
        assert len(late) >= BESIDE, "only %d rounds beside them" % len(late)
        p99 = late[len(late) * 99 // 100]
        print("# lateness of %d rounds: median %d ms, p99 %d ms, worst %d ms"
              % (len(late), late[len(late) // 2], p99, late[-1]))
        with open("/proc/%d/status" % it.process.pid, encoding="ascii") as f:
            peak = int(re.search(r"VmHWM:\s*(\d+)", f.read())[1])
        print("# peak memory: %.1f MB" % (peak / 1024))
        # that each of the others had its second round is what is tested; how
        # late is a figure to read, for a busy machine would fail any bound
        assert it.stop() == 0
    finally:
        it.close()
        server.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        every_fault_keeps_the_feed_and_holds_up_nobody,
        stalled_hosts_delay_nobody,
    ]))
