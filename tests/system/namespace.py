"""In a network of its own: name servers that fail or say nothing, and redirects
to every spelling of a private address, where somebody listens.

Needs root, or the right to make namespaces; skipped aloud without.
"""
import http.server
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.dirname(__file__))
import rig  # noqa: E402
from faults import HTML, page  # noqa: E402

PUBLIC = "8.8.4.4"  # here only an address of our own loopback
INTRANET = 8099
# Addresses that somebody answers at, beside 127/8 and ::1.
OURS = [PUBLIC + "/32", "10.0.0.1/32", "172.16.0.1/32", "192.168.0.1/32",
        "169.254.169.254/32", "100.64.0.1/32", "198.18.0.1/32", "fc00::1/128",
        "64:ff9b::a00:1/128", "2002:7f00:1::/128"]
TARGETS = [
    "http://127.0.0.1:%d", "http://2130706433:%d", "http://0x7f.1:%d",
    "http://0177.0.0.1:%d", "http://127.1:%d", "http://0:%d",
    "http://0.0.0.0:%d", "http://[::1]:%d", "http://[::]:%d",
    "http://[::ffff:127.0.0.1]:%d", "http://[::ffff:a00:1]:%d",
    "http://169.254.169.254:%d", "http://10.0.0.1:%d", "http://172.16.0.1:%d",
    "http://192.168.0.1:%d", "http://100.64.0.1:%d", "http://198.18.0.1:%d",
    "http://[fc00::1]:%d", "http://[64:ff9b::a00:1]:%d",
    "http://[2002:7f00:1::]:%d", "http://localhost:%d", "//127.0.0.1:%d",
    "http://loop.example:%d", "http://inside.example:%d",
    "http://six.example:%d", "http://both.example:%d",
    # nobody can listen at these
    "http://224.0.0.1:%d", "http://[fe80::1]:%d",
]
DEAF = 2
STATUSES = [301, 302, 303, 307, 308]
ROBOTS = "User-agent: *\nAllow: /\n"

ADDRESSES = {
    "loop.example": ["127.0.0.1"], "inside.example": ["10.0.0.1"],
    "six.example": ["::1"], "both.example": ["10.0.0.1", "fc00::1"],
}


class Names:
    """A name server: pNN.example is public, dead names fail once it is bad."""

    def __init__(self):
        self.bad = False
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, sender = self.socket.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            question = query[12:at + 5]
            name, kind = ".".join(labels), query[at + 2]
            self.asked.append(name)
            code, addresses = self.look_up(name)
            if code is None:
                continue
            family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
            answers = [socket.inet_pton(family, a) for a in addresses
                       if family and (":" in a) == (kind == 28)]
            head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1,
                                           len(answers), 0, 0)
            self.socket.sendto(head + question + b"".join(
                b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1, len(a)) + a
                for a in answers), sender)

    def look_up(self, name):
        if name in ADDRESSES:
            return 0, ADDRESSES[name]
        if re.fullmatch(r"p\d+\.example", name):
            return 0, [PUBLIC]
        if name.split(".")[0] in ("nxdomain", "servfail", "silent", "empty"):
            if not self.bad:
                return 0, ["127.0.0.1"]
            return {"nxdomain": (3, []), "servfail": (2, []), "empty": (0, []),
                    "silent": (None, [])}[name.split(".")[0]]
        return 3, []


def serve(address, port, answer):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256
        address_family = (socket.AF_INET6 if ":" in address
                          else socket.AF_INET)

    server = Server((address, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


NAMES = None


def redirects_to_private_addresses_are_refused():
    """Every spelling by every redirect.  And the same where they are allowed:
    then the listener is reached, so it would have seen them."""
    seen = []

    def public(path):
        if path == "/robots.txt":
            return 200, {}, ROBOTS.encode()
        what, number = path.split("/")[1:3]
        target = TARGETS[int(number)] % INTRANET + "/secret/" + number
        if what == "meta":
            return 200, HTML, (
                '<html><meta http-equiv=refresh content="0; url=%s">'
                % target).encode()
        return int(what), {"Location": target}, b""

    def intranet(path):
        seen.append(path)
        if path == "/robots.txt":
            return 404, {}, b""
        return 200, HTML, page()

    serve(PUBLIC, 80, public)
    serve("::", INTRANET, intranet)  # and IPv4, by mapped addresses
    urls, sections = [], {}
    for number in range(len(TARGETS)):
        urls += ["/%d/%d" % (status, number) for status in STATUSES]
    urls += ["/meta/%d" % number for number in range(5)]
    for number, path in enumerate(urls):
        sections["s%d" % number] = "http://p%d.example%s" % (number, path)
    strict = rig.Rig("http://p0.example", sections)
    strict.write(strict.text().replace("    allow-private: true\n", "")
                 .replace("host-gap: 0s", "host-gap: 1s")
                 .replace("min-interval: 1s", "min-interval: 1m")
                 .replace("    interval: 1s", "    interval: 1m"))
    lax = rig.Rig("http://p0.example", sections)
    try:
        assert strict.call("once").returncode == 1
        rows = rig.json.loads(strict.call("status", "--json").stdout)
        rows = {row["section"]: row for row in rows}
        wrong = []
        for number, path in enumerate(urls):
            row = rows["paper/s%d" % number]
            expected = ("only sends readers on" if path.startswith("/meta") else
                        "is a private address")
            if expected not in (row["reason"] or ""):
                wrong.append("%s: %s" % (path, row["reason"]))
        assert not wrong, "\n".join(wrong)
        assert not seen, seen
        lax.call("once")
        reached = {path for path in seen if path.startswith("/secret/")}
        expected = {"/secret/%d" % number
                    for number in range(len(TARGETS) - DEAF)}
        assert reached == expected, (expected - reached, reached - expected)
        print("# %d of %d redirects refused" % (len(urls) - 5, len(urls) - 5))
    finally:
        strict.close()
        lax.close()


def name_servers_that_fail_freeze_nothing():
    times = {}

    def healthy(path):
        times.setdefault(path, []).append(time.monotonic())
        return 200, HTML, page()
    port = serve("127.0.0.1", 0, healthy)
    sections = {name: "http://%s.example:%d/%s" % (name, port, name)
                for name in ("nxdomain", "servfail", "silent", "empty")}
    dead = list(sections)
    alive = ["alive%d" % number for number in range(3)]
    for name in alive:
        sections[name] = "http://127.0.0.1:%d/%s" % (
            serve("127.0.0.1", 0, healthy), name)
    # thirty more that hang, each a thread of the resolver
    for number in range(30):
        sections["silent%d" % number] = (
            "http://silent.n%d.example:%d/x" % (number, port))
    it = rig.Rig("http://127.0.0.1", sections)
    try:
        NAMES.bad = False
        it.start()
        rig.wait_for("the feeds", lambda: all(
            os.path.exists(it.path(name)) for name in dead + alive))
        assert it.stop() == 0  # it would remember the addresses
        before = {name: it.feed(name) for name in dead}
        NAMES.bad = True
        it.start()
        began = time.monotonic()
        rig.wait_for("a failure of each", lambda: all(
            it.status(name)["failures"] > 0 for name in dead))
        ended = time.monotonic()
        for name in dead:
            status = it.status(name)
            assert re.search("no such host: |timed out after .*no connection",
                             status["reason"]), status
            assert it.feed(name).same_file(before[name]), name
        for name in alive:
            seen = [began] + [at for at in times["/" + name]
                              if began < at < ended] + [ended]
            longest = max(b - a for a, b in zip(seen, seen[1:]))
            assert longest < 5, "%s waited %.1f s" % (name, longest)
        started = time.monotonic()
        assert it.stop() == 0
        assert time.monotonic() - started < 5, "the resolver held up the end"
    finally:
        it.close()


def inside():
    global NAMES

    def run(*words):
        subprocess.run(words, check=True)
    run("ip", "link", "set", "lo", "up")
    for address in OURS:
        run("ip", "address", "add", address, "dev", "lo")
    with tempfile.TemporaryDirectory() as folder:
        for path, text in (
                ("/etc/resolv.conf", "nameserver 127.0.0.1\n"),
                ("/etc/nsswitch.conf", "hosts: files dns\n"),
                ("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")):
            ours = os.path.join(folder, os.path.basename(path))
            with open(ours, "w", encoding="ascii") as f:
                f.write(text)
            run("mount", "--bind", ours, os.path.realpath(path))
        NAMES = Names()
        code = rig.run([redirects_to_private_addresses_are_refused,
                        name_servers_that_fail_freeze_nothing])
        for path in ("/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/hosts"):
            run("umount", os.path.realpath(path))
    return code


def main():
    if sys.argv[1:] == ["--inside"]:
        return inside()
    enter = ["unshare", "-n", "-m", "--propagation", "private"]
    try:
        may = subprocess.run([*enter, "ip", "link", "set", "lo", "up"],
                             capture_output=True)
        why = may.stderr.decode(errors="replace").strip()
        missing = may.returncode != 0
    except OSError as reason:
        missing, why = True, str(reason)
    if missing:
        print("1..1\nok 1 - namespace # SKIP no namespace here: " + why)
        return 0
    return subprocess.run([*enter, sys.executable, __file__,
                           "--inside"]).returncode


if __name__ == "__main__":
    sys.exit(main())
