"""`metrofeed status` for a person: 80 columns and colours on a terminal, whole
lines and neither colours elsewhere."""
import os
import pty
import re
import shutil
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

LONG = "a-section-whose-name-is-longer-than-any-column-has-room-for-it"
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def cells(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def house():
    site = rig.Site()
    site.pages["/a"] = (200, {"Content-Type": "text/html; charset=utf-8"},
                        b"<ul><li><a href='/article/1'>A headline to be read"
                        b"</a><li><a href='/article/2'>Another headline</a>"
                        b"</ul>")
    site.pages["/b"] = (200, {"Content-Type": "text/html; charset=utf-8"},
                        "<html><head><title>잠시만 기다려 주십시오. 사이트에 안전하게 "
                        "접속하기 위하여 브라우저를 확인하고 있습니다…</title></head>"
                        "<body><script src='/cdn-cgi/challenge-platform/x.js'>"
                        "</script></body></html>".encode())
    site.pages["/robots.txt"] = (
        200, {}, b"User-agent: *\nDisallow: /%s\n" % (b"x" * 90))
    it = rig.Rig(site.url, {"a": "/a", LONG: "/b", "gone": "/" + "x" * 90},
                 "    article-link: /article/{id}\n")
    for _ in range(3):
        it.once()
    return site, it


def on_terminal(it, **environment):
    """What a terminal gets."""
    main, side = pty.openpty()
    child = subprocess.Popen(
        [rig.PROGRAM, "status", "-c", it.conf], stdout=side,
        env={**os.environ, "TERM": "xterm", **environment})
    os.close(side)
    got = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # EIO: the other side is closed
            break
        if not part:
            break
        got += part
    os.close(main)
    assert child.wait(timeout=60) == 0
    return got.decode().replace("\r\n", "\n")


def on_both(it):
    """What a terminal gets and what a pipe gets, of the same moment: the
    words for a time ("1 min") may change between two calls."""
    for _ in range(20):
        before = it.call("status").stdout
        text = on_terminal(it)
        if it.call("status").stdout == before:
            return text, before
    raise AssertionError("status never said the same twice")


def eighty_columns():
    site, it = house()
    try:
        text, plain = on_both(it)
        lines = COLOUR.sub("", text).split("\n")
        wide = [line for line in lines if cells(line) > 80]
        assert not wide, wide
        assert max(map(cells, lines)) > 70
        # nothing is lost by it
        def flat(words):
            return re.sub(r"[0-9]+", "#", "".join(words.split()))
        assert flat("\n".join(lines)) == flat(plain)
        assert "paper/" + LONG in lines
        assert "broken, told" in text
    finally:
        it.close()
        site.stop()


def colours_for_terminals():
    site, it = house()
    try:
        text = on_terminal(it)
        assert "\x1b[32mgood" in text and "\x1b[31mnever read" in text
        assert "\x1b" not in on_terminal(it, NO_COLOR="1")
        assert "\x1b" not in on_terminal(it, TERM="dumb")
        plain = it.call("status").stdout
        assert "\x1b" not in plain
        assert any(cells(line) > 80 for line in plain.split("\n"))
    finally:
        it.close()
        site.stop()


def in_tmux():
    """A real terminal of 80 columns wraps no line."""
    if shutil.which("tmux") is None:
        raise rig.Skip("tmux is not installed")
    site, it = house()
    socket = os.path.join(it.folder, "tmux")

    def tmux(*words):
        return subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", *words],
                              capture_output=True, text=True, timeout=60)
    try:
        done = tmux("-u", "new-session", "-d", "-x", "80", "-y", "60",
                    "%s status -c %s; sleep 60" % (
                        os.path.abspath(rig.PROGRAM), it.conf))
        assert done.returncode == 0, done.stderr
        rig.wait_for("the table", lambda: "locked in" in tmux(
            "capture-pane", "-p").stdout or "workers:" in tmux(
            "capture-pane", "-p").stdout)
        # -J joins the lines that the terminal had to wrap
        assert tmux("capture-pane", "-p").stdout.split() == tmux(
            "capture-pane", "-p", "-J").stdout.split()
        assert tmux("capture-pane", "-p").stdout.count("\n") == tmux(
            "capture-pane", "-p", "-J").stdout.count("\n")
    finally:
        tmux("kill-server")
        it.close()
        site.stop()


sys.exit(rig.run([eighty_columns, colours_for_terminals, in_tmux]))
