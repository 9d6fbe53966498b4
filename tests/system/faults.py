"""Bad answers and bad luck: the feed stays, the status says what happened."""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402


def page(count=8, first=1, noise="", text="새 소식이 전해졌다. "):
    """An invented listing."""
    items = "".join(
        '<li><h3><a href="/article/202403055%05d">%d번째 소식: 시장이 다시 '
        '열렸다</a></h3><p>%s</p><span class="date">2024-03-05 09:%02d:00'
        '</span></li>' % (n, n, text * 6 + str(n), n % 60)
        for n in range(first + count - 1, first - 1, -1))
    return ("<!DOCTYPE html><html lang=ko><meta charset=utf-8><title>산업 - "
            "새벽신문</title><body><ul class=list>%s</ul>%s</body></html>"
            % (items, noise)).encode()


HTML = {"Content-Type": "text/html; charset=utf-8"}


def bad_answers_change_nothing():
    """Each by a site of one's own: the file is byte-identical, its time too,
    no validator is kept, and the status names the stage."""
    def cut(handler):
        body = page()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:len(body) // 2])
        handler.close_connection = True

    def chunked_cut(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
                            b"\r\n\r\n40\r\n<html><body>")
        handler.close_connection = True

    def nothing(handler):
        handler.close_connection = True

    bomb = b"<html><body>" + b"x" * (3 << 20)
    faults = {
        "empty": ((200, dict(HTML, ETag='"e"'), b""), "fetch", "empty"),
        "no article": ((200, dict(HTML, ETag='"n"'),
                        b"<html><body><p>Nothing today.</body></html>"),
                       "suspect", "no article where 8 are usual"),
        "maintenance": ((200, HTML, "<html><title>서비스 점검 안내</title><h1>"
                         "점검 중입니다</h1></html>".encode()),
                        "down", "'서비스 점검 안내'"),
        "captcha": ((200, HTML, b"<html><title>Just a moment...</title><script>"
                     b"challenge()</script></html>"),
                    "blocked", "'Just a moment...'"),
        "JSON": ((200, {"Content-Type": "application/json"},
                  b'{"list": []}'), "no-page", "is JSON"),
        "server error": ((500, HTML, page()), "fetch", "500"),
        "not found": ((404, HTML, page()), "fetch", "404"),
        "forbidden": ((403, HTML, page()), "fetch", "403"),
        "cut": (cut, "fetch", "cut"),
        "chunk cut": (chunked_cut, "fetch", ""),
        "no answer": (nothing, "fetch", "without an answer"),
        "too large": ((200, HTML, bomb), "fetch", "larger than 2 MiB"),
        "unasked 304": ((304, {}, b""), "fetch", "304"),
        "loop": ((302, {"Location": "/list"}, b""), "fetch", "redirects"),
        "to a file": ((302, {"Location": "file:///etc/passwd"}, b""),
                      "fetch", "redirected"),
        "attributes": ((200, HTML, b"<html><body><a "
                        + b" ".join(b"x%d=1" % n for n in range(5000))
                        + b">"), "parse", ""),
    }
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (200, HTML, page())
        assert it.once().returncode == 0
        before = it.feed()
        assert len(before.entries) == 8
        for name, (answer, stage, words) in faults.items():
            site.pages["/list"] = answer
            # a section that fails is asked later and later: ask now
            asked = len(site.requests)
            def failing():
                it.call("once")
                return len(site.requests) > asked
            rig.wait_for("a request: " + name, failing)
            assert it.feed().same_file(before), name
            status = it.status()
            assert status["stage"] == stage, (name, status)
            assert words in status["reason"], (name, status)
            etag = it.query("SELECT etag FROM section")[0][0]
            assert etag is None, (name, etag)
        site.pages["/list"] = (200, HTML, page(9))
        def good():
            it.call("once")
            return it.status()["state"] == "good"
        rig.wait_for("recovery", good)
        assert len(it.feed().entries) == 9
        it.judge()
    finally:
        it.close()
        site.stop()


def one_bad_page_holds_up_nobody():
    """A site that stalls, beside one that answers."""
    slow = rig.Site()
    quick = rig.Site()

    def stall(handler):
        time.sleep(20)
        handler.close_connection = True
    slow.pages["/list"] = stall
    quick.pages["/list"] = (200, HTML, page())
    it = rig.Rig(quick.url, {"policy": "/list", "slow": slow.url + "/list"})
    try:
        it.start()
        started = time.monotonic()
        rig.wait_for("the quick one", lambda: os.path.exists(it.path()))
        assert time.monotonic() - started < 5
        assert not os.path.exists(it.path("slow"))
        assert it.stop() == 0
    finally:
        it.close()
        slow.stop()
        quick.stop()


def a_worker_that_dies_costs_one_round():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (200, HTML, page())
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        before = it.feed()

        def workers():
            return [pid for pid, words in rig.children(it.process.pid)
                    if "metrofeed-worker" in words]
        for turn in range(5):
            for pid in workers():
                os.kill(pid, signal.SIGKILL)
            site.pages["/list"] = (200, HTML, page(9 + turn))
            rig.wait_for("news after a death",
                         lambda: len(it.feed().entries) == 9 + turn)
        assert set(before.ids()) <= set(it.feed().ids())
        assert it.stop() == 0
    finally:
        it.close()
        site.stop()


def output_gone_and_back():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (200, HTML, page())
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        os.rename(it.output, it.output + ".away")
        site.pages["/list"] = (200, HTML, page(9))
        rig.wait_for("the complaint", lambda: it.said("was not published"))
        assert not os.path.exists(it.output), "made again: hides a mount"
        assert it.status()["stage"] == "publish"
        os.rename(it.output + ".away", it.output)
        rig.wait_for("the ninth", lambda: len(it.feed().entries) == 9)
        rig.wait_for("good again", lambda: it.status()["state"] == "good")
        # another folder in its place
        shutil.rmtree(it.output)
        os.mkdir(it.output)
        rig.wait_for("the feed again", lambda: os.path.exists(it.path()))
        assert len(it.feed().entries) == 9
        assert it.stop() == 0
    finally:
        it.close()
        site.stop()


def output_read_only():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    mounted = False
    try:
        site.pages["/list"] = (200, HTML, page())
        it.once()
        before = it.feed()
        mount = subprocess.run(["mount", "--bind", it.output, it.output],
                               capture_output=True)
        mounted = mount.returncode == 0
        if not mounted:
            raise rig.Skip("no right to mount here")
        it.start()
        rig.wait_for("a round", lambda: it.said("nothing new"))
        # busy for as long as a write of anybody is under way
        rig.wait_for("the remount", lambda: subprocess.run(
            ["mount", "-o", "remount,bind,ro", it.output],
            capture_output=True).returncode == 0)
        site.pages["/list"] = (200, HTML, page(9))
        rig.wait_for("the complaint", lambda: it.said("was not published"))
        assert it.feed().same_file(before)
        subprocess.run(["mount", "-o", "remount,bind,rw", it.output],
                       check=True)
        rig.wait_for("the ninth", lambda: len(it.feed().entries) == 9)
        assert it.stop() == 0
    finally:
        if it.process is not None:
            it.stop(signal.SIGKILL)
        if mounted:
            subprocess.run(["umount", it.output])
        it.close()
        site.stop()


def private_addresses_are_refused():
    site = rig.Site()
    site.pages["/list"] = (200, HTML, page())
    it = rig.Rig(site.url, {"policy": "/list"})
    it.write(it.text().replace("    allow-private: true\n", "")
             .replace("host-gap: 0s", "host-gap: 1s")
             .replace("min-interval: 1s", "min-interval: 1m")
             .replace("    interval: 1s", "    interval: 1m"))
    try:
        done = it.call("once")
        assert done.returncode == 1 and "private" in done.stderr, done.stderr
        assert not site.requests, "it was asked all the same"
        assert not os.path.exists(it.path())
    finally:
        it.close()
        site.stop()


def a_page_that_moved_is_followed_and_told():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/old"})
    try:
        site.pages["/old"] = (301, {"Location": "/list"}, b"")
        site.pages["/list"] = (200, HTML, page())
        done = it.call("once")
        assert done.returncode == 0, done.stderr
        assert "moved for good" in done.stderr
        assert len(it.feed().entries) == 8
    finally:
        it.close()
        site.stop()


def retry_after_is_obeyed():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (503, {"Retry-After": "7200"}, b"later")
        it.call("once")
        due = it.query("SELECT due - round FROM section")[0][0]
        assert 7190 <= due <= 7300, due
        time.sleep(1.5)  # min-interval is over, Retry-After is not
        it.call("once")
        pages = [r for r in site.requests if r[1] == "/list"]
        assert len(pages) == 1, "asked again before its time"
    finally:
        it.close()
        site.stop()


def validators_are_dropped_daily_and_with_the_rules():
    """Echoed byte for byte; a 304 that nobody asked for is no page."""
    etag, date = 'W/"느티,7"', "Mon, 4 Mar 2024 00:00:00 GMT"
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    kept = dict(HTML, ETag=etag.encode().decode("latin-1"))
    kept["Last-Modified"] = date

    def asked():
        """The validators of one more round."""
        before = len(site.requests)
        it.once()
        headers = site.requests[-1][2]
        assert len(site.requests) > before
        return headers.get("If-None-Match"), headers.get("If-Modified-Since")

    def age():
        db = sqlite3.connect(os.path.join(it.state, "metrofeed.db"))
        with db:
            db.execute("UPDATE section SET validated = validated - 86401")
        db.close()

    whole = (200, kept, page())
    both = (kept["ETag"], date)
    try:
        site.pages["/list"] = whole
        assert asked() == (None, None)
        site.pages["/list"] = (304, {}, b"")
        assert asked() == both and it.status()["state"] == "good"
        before = it.feed()
        # a day after the last whole answer, 304 for ever or not
        age()
        assert asked() == (None, None)
        status = it.status()
        assert status["stage"] == "fetch" and "304" in status["reason"], status
        assert it.feed().same_file(before)
        site.pages["/list"] = whole
        rig.wait_for("recovery", lambda: asked() and
                     it.status()["state"] == "good")
        site.pages["/list"] = (304, {}, b"")
        assert asked() == both
        site.pages["/list"] = whole
        for change in ("    charset: utf-8\n", "    item: li\n",
                       "    only: {title: 소식}\n"):
            it.site += change
            it.write()
            assert asked() == (None, None), change
        it.site = "    article-link: /article/{id}\n"
        it.write()
        assert asked() == (None, None)
        assert asked() == both
        site.pages["/other"] = whole
        it.sections["policy"] = "/other"
        it.write()
        assert asked() == (None, None), "another page's"
    finally:
        it.close()
        site.stop()


def what_is_gone_is_asked_daily():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (410, HTML, b"gone")
        assert it.once().returncode == 1
        assert "gone for good" in it.status()["reason"]
        due = it.query("SELECT due - round FROM section")[0][0]
        assert 77000 <= due <= 95100, due
        site.pages["/list"] = (200, HTML, page())
        assert it.once().returncode == 0
        assert it.status()["state"] == "good"
    finally:
        it.close()
        site.stop()


def the_feed_file_is_made_again_from_the_store():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        site.pages["/list"] = (200, dict(HTML, ETag='"1"'), page())
        it.once()
        before = it.feed()
        os.unlink(it.path())
        site.pages["/list"] = (304, {}, b"")
        it.once()
        assert it.feed().bytes == before.bytes
        assert it.feed().mtime > before.mtime
    finally:
        it.close()
        site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        bad_answers_change_nothing,
        one_bad_page_holds_up_nobody,
        a_worker_that_dies_costs_one_round,
        output_gone_and_back,
        output_read_only,
        private_addresses_are_refused,
        a_page_that_moved_is_followed_and_told,
        retry_after_is_obeyed,
        validators_are_dropped_daily_and_with_the_rules,
        what_is_gone_is_asked_daily,
        the_feed_file_is_made_again_from_the_store,
    ]))
