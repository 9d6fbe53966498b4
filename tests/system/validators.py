"""Servers that know a file's time to the second, and two versions in one.

The feed of a whole site is published once for each batch of news: two sections
with news in one second write it twice, with equal sizes.  Who polled in between
must get the second one, from Python's server (Last-Modified) and from nginx
(ETag of time and size, too).  The bad twin has the time of the first version.
"""
import functools
import http.server
import os
import shutil
import sys
import threading
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import nginx  # noqa: E402
import rig  # noqa: E402

TRIES = 40
SECTIONS = {"one": "/list/one", "two": "/list/two"}


class Plain:
    def __init__(self, root):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=root))
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Nginx(nginx.Nginx):
    def __init__(self, root):
        super().__init__()
        os.rmdir(self.folder + "/root")
        os.symlink(root, self.folder + "/root")
        self.url = "http://127.0.0.1:%d" % self.ports[0]


def get(url, validators=()):
    """(body or None for 304, the validators)"""
    request = urllib.request.Request(url, headers=dict(validators))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            body, headers = answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == 304, error
            return None, validators
    told = {"If-Modified-Since": headers["Last-Modified"],
            "If-None-Match": headers["ETag"]}
    return body, {name: value for name, value in told.items() if value}


class Paper:
    """Two sections of a title each, always of one length."""

    def __init__(self):
        self.site = rig.Site()
        self.version = 0
        self.it = rig.Rig(self.site.url, SECTIONS)
        for name in SECTIONS:
            self.edit(name)

    def edit(self, name):
        self.version += 1
        number = list(SECTIONS).index(name) + 1
        self.site.pages[SECTIONS[name]] = (
            200, {"Content-Type": "text/html; charset=utf-8"},
            ("<!DOCTYPE html><html lang=ko><body><ul><li>"
             "<a href='/article/10000%d'>시장 골목의 불이 %06d번째 켜졌다</a>"
             "</li></ul></body></html>" % (number, self.version)).encode())

    def publish(self, name):
        """The section's page is edited and read; the moment it was written."""
        self.edit(name)

        def tried():
            done = self.it.call("once", "paper/" + name)
            assert done.returncode == 0, done.stderr
            return ("%06d" % self.version).encode() in self.it.feed(
                "all").bytes
        rig.wait_for("a round of " + name, tried)
        return os.stat(self.it.path("all"))

    def twice_in_a_second(self, between):
        """Two versions of one size; between() is called after the first."""
        for _ in range(TRIES):
            first = self.publish("one")
            body = between()
            second = self.publish("two")
            if (first.st_size == second.st_size and
                    int(first.st_ctime) == int(second.st_ctime)):
                return body, first, second
        raise rig.Skip("this machine is too slow to publish twice in a second")

    def close(self):
        self.it.close()
        self.site.stop()


def judge(server_of):
    paper = Paper()
    server = None
    try:
        assert paper.it.once().returncode == 0
        server = server_of(paper.it.output)
        url = server.url + "/paper/all.atom"
        (old, validators), first, second = paper.twice_in_a_second(
            lambda: get(url))
        assert validators
        # each of them alone, and together
        for some in (*({name: value} for name, value in validators.items()),
                     validators):
            body, _ = get(url, some)
            assert body is not None, "lost behind " + str(some)
            assert body == paper.it.feed("all").bytes != old
        assert second.st_mtime >= first.st_mtime + 1
        # the twin
        os.utime(paper.it.path("all"), ns=(first.st_mtime_ns,
                                           first.st_mtime_ns))
        assert get(url, validators)[0] is None, "the judge is blind"
    finally:
        if server:
            server.stop()
        paper.close()


def behind_pythons_server():
    judge(Plain)


def behind_nginx():
    judge(Nginx)


if __name__ == "__main__":
    sys.exit(rig.run([
        behind_pythons_server,
        behind_nginx,
    ]))
