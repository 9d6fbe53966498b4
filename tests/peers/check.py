"""The program beside servers that others wrote: nginx, nghttpd, and HTTP/2
that misbehaves by python3-h2.  Each case is skipped aloud where its server is
missing.
"""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../system"))
import fault_server  # noqa: E402
import rig  # noqa: E402
from nginx import Nginx, free_ports  # noqa: E402
from faults import page  # noqa: E402

SECTIONS = 6
HOSTS = 40  # more than libcurl keeps connections

def nginx_keeps_compresses_and_says_304():
    nginx = Nginx()
    url = "http://127.0.0.1:%d" % nginx.ports[0]
    names = ["s%d" % n for n in range(SECTIONS)]
    for name in names:
        nginx.show(name + ".html", page())
    it = rig.Rig(url, {name: "/%s.html" % name for name in names})
    try:
        it.start()
        rig.wait_for("304 of each", lambda: {
            line[0] for line in nginx.lines() if line[1] == "304"} >= {
                "/%s.html" % name for name in names})
        assert all(it.status(name)["state"] == "good" for name in names)
        before = it.feed("s0")
        lines = [line for line in nginx.lines() if line[0] != "/robots.txt"]
        whole = [line for line in lines if line[1] == "200"]
        assert len(whole) == SECTIONS, whole
        assert all(line[5] == "gzip" for line in whole), whole
        etags = {line[0]: line[6] for line in whole}
        for line in lines:
            if line[1] == "304":
                assert line[4] == etags[line[0]], line
        # one connection for them all, as one host is asked one at a time
        connections = {line[2] for line in nginx.lines()}
        assert len(connections) == 1, connections
        assert it.feed("s0").same_file(before)
        nginx.show("s0.html", page(9))
        rig.wait_for("news", lambda: len(it.feed("s0").entries) == 9)
        assert it.stop() == 0
    finally:
        it.close()
        nginx.stop()


def close_waiting(pid):
    """Sockets of the process that the other side has closed."""
    inodes = set()
    for fd in os.listdir("/proc/%d/fd" % pid):
        try:
            found = re.fullmatch(r"socket:\[(\d+)\]",
                                 os.readlink("/proc/%d/fd/%s" % (pid, fd)))
        except OSError:
            continue
        if found:
            inodes.add(found[1])
    with open("/proc/%d/net/tcp" % pid, encoding="ascii") as f:
        rows = [line.split() for line in f][1:]
    return sum(row[3] == "08" and row[9] in inodes for row in rows)


def idle_connections_do_not_add_up():
    """nginx gives up each connection after a second.  Nobody watches ours, so
    some wait to be closed, but no more than are kept; and the next round on
    such a one does not fail."""
    nginx = Nginx(HOSTS, "1s")
    nginx.show("list.html", page())
    it = rig.Rig("http://127.0.0.1", {
        "h%d" % n: "http://127.0.0.1:%d/list.html" % port
        for n, port in enumerate(nginx.ports)})
    it.write(it.text().replace("    interval: 1s", "    interval: 3s"))
    try:
        it.start()
        most = 0

        def asked():
            nonlocal most
            most = max(most, close_waiting(it.process.pid))
            return len(nginx.lines()) > 5 * HOSTS
        rig.wait_for("rounds", asked)
        print("# sockets in CLOSE-WAIT: %d at most, of %d hosts" % (
            most, HOSTS))
        assert most <= 32 + 2, most
        assert it.query("SELECT sum(failures) FROM section")[0][0] == 0
        assert it.stop() == 0
    finally:
        it.close()
        nginx.stop()


def proxies_of_the_environment_are_ignored():
    nginx = Nginx()
    nginx.show("list.html", page())
    it = rig.Rig("http://127.0.0.1:%d" % nginx.ports[0],
                 {"policy": "/list.html"})
    try:
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                 "ALL_PROXY")
        done = it.call("once", env=dict(
            os.environ, **{name: "http://127.0.0.1:1" for name in names}))
        assert done.returncode == 0, done.stderr
    finally:
        it.close()
        nginx.stop()


def nghttpd_over_one_connection():
    program = shutil.which("nghttpd")
    if program is None:
        raise rig.Skip("no nghttpd")
    with tempfile.TemporaryDirectory() as folder:
        fault_server.make_certificates(folder)
        root = os.path.join(folder, "root")
        os.mkdir(root)
        names = ["s%d" % n for n in range(SECTIONS)]
        for name in names:
            with open(os.path.join(root, name + ".html"), "wb") as f:
                f.write(page())
        port = free_ports(1)[0]
        log = os.path.join(folder, "log")
        with open(log, "wb") as out:
            server = subprocess.Popen(
                [program, "-v", "-d", root, "-a", "127.0.0.1", str(port),
                 folder + "/good.key", folder + "/good.pem"], stdout=out)
        it = rig.Rig("https://127.0.0.1:%d" % port,
                     {name: "/%s.html" % name for name in names},
                     site="    article-link: /article/{id}\n"
                     "    tls: {ca-file: %s/ca.pem}" % folder)
        try:
            def text():
                with open(log, encoding="utf-8", errors="replace") as f:
                    return f.read()

            def connects():
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    return True
                except OSError:
                    return False
            rig.wait_for("nghttpd", connects)
            it.start()
            rig.wait_for("three answers each", lambda: text().count(
                ":path: /s") >= 3 * SECTIONS)
            assert all(it.status(name)["state"] == "good" for name in names)
            asked = set(re.findall(
                r"\[id=(\d+)\] \[[^]]*\] recv \(stream_id=\d+\) :path: /s",
                re.sub(r"\x1b\[[0-9;]*m", "", text())))
            assert len(asked) == 1, "connections: %s" % asked
            assert it.stop() == 0
        finally:
            it.close()
            server.terminate()
            server.wait()


class Http2:
    """By python3-h2; /PATH is answered rightly until it is bad, and then by
    the fault of that name."""

    def __init__(self, folder):
        self.bad = threading.Event()
        self.end = threading.Event()
        self.context = fault_server.tls_context(folder, "good")
        self.context.set_alpn_protocols(["h2"])
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked = {}
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.run, args=(connection,),
                             daemon=True).start()

    def run(self, raw):
        import h2.connection
        import h2.config
        import h2.events
        try:
            link = self.context.wrap_socket(raw, server_side=True)
            h2c = h2.connection.H2Connection(h2.config.H2Configuration(
                client_side=False))
            h2c.initiate_connection()
            link.sendall(h2c.data_to_send())
            while not self.end.is_set():
                data = link.recv(65536)
                if not data:
                    return
                for event in h2c.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        path = dict(event.headers)[b":path"].decode()
                        self.answer(h2c, event.stream_id, path, link)
                link.sendall(h2c.data_to_send())
        except (OSError, ssl.SSLError):
            pass
        finally:
            raw.close()

    def answer(self, h2c, stream, path, link):
        self.asked[path] = self.asked.get(path, 0) + 1
        head = [(":status", "200"), ("content-type", "text/html")]
        if path == "/robots.txt":
            h2c.send_headers(stream, [(":status", "404")], end_stream=True)
        elif not self.bad.is_set() or path == "/good":
            h2c.send_headers(stream, head)
            h2c.send_data(stream, page(), end_stream=True)
        elif path == "/goaway":
            h2c.close_connection(error_code=2, last_stream_id=0)
            link.sendall(h2c.data_to_send())
            raise OSError("gone away")
        elif path == "/reset":
            h2c.reset_stream(stream, error_code=2)
        elif path == "/reset-body":
            h2c.send_headers(stream, head)
            h2c.send_data(stream, page()[:500])
            h2c.reset_stream(stream, error_code=2)
        elif path == "/stall-body":
            h2c.send_headers(stream, head)
            h2c.send_data(stream, page()[:500])
        # "/stall": nothing

    def stop(self):
        self.end.set()
        self.socket.close()


def http2_that_breaks_keeps_the_feed():
    try:
        import h2  # noqa: F401
    except ImportError as reason:
        raise rig.Skip("no python3-h2") from reason
    paths = ["goaway", "reset", "reset-body", "stall", "stall-body"]
    with tempfile.TemporaryDirectory() as folder:
        fault_server.make_certificates(folder)
        # a host each, as one is asked one at a time
        servers = {name: Http2(folder) for name in paths + ["good"]}
        it = rig.Rig("https://127.0.0.1", {
            name: "https://127.0.0.1:%d/%s" % (server.port, name)
            for name, server in servers.items()},
            site="    article-link: /article/{id}\n"
            "    tls: {ca-file: %s/ca.pem}" % folder)
        try:
            it.start()
            rig.wait_for("the feeds", lambda: all(
                os.path.exists(it.path(name)) for name in servers))
            before = {name: it.feed(name) for name in paths}
            for server in servers.values():
                server.bad.set()
            began = time.monotonic()
            asked = servers["good"].asked["/good"]
            rig.wait_for("a failure of each", lambda: all(
                it.status(name)["failures"] > 0 for name in paths))
            for name in paths:
                assert it.feed(name).same_file(before[name]), name
                print("# %s: %s" % (name, it.status(name)["reason"]))
            more = servers["good"].asked["/good"] - asked
            assert more >= (time.monotonic() - began) / 5, more
            assert it.status("good")["state"] == "good"
            it.send(signal.SIGTERM)
            assert it.stop() == 0
        finally:
            it.close()
            for server in servers.values():
                server.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        nginx_keeps_compresses_and_says_304,
        idle_connections_do_not_add_up,
        proxies_of_the_environment_are_ignored,
        nghttpd_over_one_connection,
        http2_that_breaks_keeps_the_feed,
    ]))
