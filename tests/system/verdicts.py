"""Answers at 200 that are no news: nothing of them is published, the status
says what they are, and afterwards everything goes on as if they had not been."""
import gzip
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = "새 소식이 전해졌다. 기자가 그 자리에 있었다. "


def listing(last=12, first=1, host=""):
    items = "\n".join(
        '<li><h3><a href="%s/article/202403055%05d">%d번째 소식: 시장이 다시 '
        '열렸다</a></h3><p>%s%d</p><span class="date">2024-03-05 09:%02d:00'
        '</span></li>' % (host, n, n, TEXT * 3, n, n % 60)
        for n in range(last, first - 1, -1))
    return "<ul class=list>\n%s\n</ul>" % items


def page(body, title="산업 - 새벽신문", head=""):
    return ("<!DOCTYPE html><html lang=ko><head><meta charset=utf-8>%s"
            "<title>%s</title></head><body>%s<p>발행인 새벽</p></body></html>"
            % (head, title, body)).encode()


def answer(body, **headers):
    headers = {n.replace("_", "-"): v for n, v in headers.items()}
    return (200, dict(HTML, ETag='"bad"', **headers), body)


def others(count=12):
    """News of another section, none of it known."""
    return listing(900 + count, 901)


def cut(at, how="close"):
    """The good page with two new articles, as a cut that libcurl calls a
    success."""
    def send(handler):
        body = page(listing(14))
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"cut\"\r\n"
        if how == "gzip":
            packed = gzip.compress(body)
            body = packed[:int(len(packed) * at)]
            head += "Content-Encoding: gzip\r\n"
        else:
            body = body[:at if isinstance(at, int) else int(len(body) * at)]
        if how == "length":
            head += "Content-Length: %d\r\n" % len(body)
        handler.wfile.write((head + "Connection: close\r\n\r\n").encode()
                            + body)
        handler.close_connection = True
    return send


def led_to(site, path, body):
    site.pages[path] = answer(body)
    return (302, {"Location": path}, b"")


def bad_answers(site):
    """(the stage, words of its reason, the answer)"""
    captcha = ('<div class=g-recaptcha></div><form action=/check></form>')
    notices = ("<ul><li><a href=/article/20240305577001>새벽신문 고객센터 시간이 "
               "바뀝니다</a><li><a href=/article/20240305577002>이용 약관을 새로 "
               "고쳤습니다</a><li><a href=/article/20240305577003>설날에는 쉬어 "
               "갑니다</a></ul>")
    latin = page(listing(14), "산업").decode("latin-1")
    return [
        ("blocked", "'Just a moment...' and holds challenge-platform", answer(
            page("<script src=/cdn-cgi/challenge-platform/h.js></script>",
                 "Just a moment..."))),
        ("blocked", "'Just a moment...'", answer(
            page(others(), "Just a moment..."))),
        ("blocked", "cf-mitigated", answer(page(others()),
                                           cf_mitigated="challenge")),
        ("blocked", "cf-mitigated: challenge", (
            403, dict(HTML, **{"cf-mitigated": "challenge"}), page("wait"))),
        ("blocked", "'보안문자'", answer(page(captcha, "보안문자"))),
        ("blocked", "'Access Denied'", answer(page(
            "<h1>Access Denied</h1>You don't have permission to access this."
            " Reference #18.1" + notices, "Access Denied"))),
        ("blocked", "warning.or.kr", answer(
            b"<html><script>location.href='http://warning.or.kr'</script>"
            b"</html>")),
        ("down", "'서비스 점검 안내'", answer(page(
            "<h1>점검 중입니다</h1>", "서비스 점검 안내"))),
        ("down", "점검", answer(page("<h2>점검 안내</h2>" + notices, "새벽신문"))),
        ("down", "'502 Bad Gateway'", answer(page("", "502 Bad Gateway"))),
        ("shell", "needs JavaScript", answer(
            b"<html><body><div id=root></div><script src=/m.js></script>"
            b"</body></html>")),
        ("consent", "'Before you continue'", answer(page(
            "<form></form>" + notices, "Before you continue"))),
        ("login", "password", answer(page(
            "<form><input type=password></form>", "로그인"))),
        ("login", "/member/login", led_to(
            site, "/member/login", page(others()))),
        ("missing", "'페이지를 찾을 수 없습니다 - 새벽신문'", answer(page(
            others(), "페이지를 찾을 수 없습니다 - 새벽신문"))),
        ("missing", "'Index of /list'", answer(page(
            '<h1>Index of /list</h1><a href="/article/20240305577009">'
            "20240305577009.html</a>", "Index of /list"))),
        ("no-page", "JSON", answer(
            b'{"html": "<li><a href=/article/20240305577001>\\uac00</a>"}')),
        ("no-page", "a feed already", answer(
            b"<?xml version='1.0'?><rss><channel><item><title>x</title>"
            b"<link>/article/20240305577001</link></item></channel></rss>")),
        ("no-page", "PDF", answer(b"%PDF-1.5\n\x00\x01")),
        ("moved", "a front page", led_to(
            site, "/", page(listing(14)))),
        ("moved", "/list/sport", led_to(
            site, "/list/sport", page(others()))),
        ("encoding", "broken", answer(
            page(listing(14)).decode().encode("euc-kr", "ignore"))),
        ("encoding", "", answer(latin.encode("utf-8"))),
        ("cut", "has no end", cut(0.6)),
        ("cut", "", cut(0.9, "length")),
        ("cut", "", cut(0.7, "gzip")),
    ]


class Watched:
    """A site with one section, whose pages are asked for in rounds."""

    def __init__(self, site_words=""):
        self.site = rig.Site()
        self.rig = rig.Rig(self.site.url, {"policy": "/list"},
                           site="    article-link: /article/{id}\n"
                                + site_words)

    def asked(self):
        return [r for r in self.site.requests if r[1] == "/list"]

    def round(self):
        """One, as soon as min-interval lets it begin."""
        before = len(self.asked())

        def tried():
            done = self.rig.call("once")
            return done if len(self.asked()) > before else None
        return rig.wait_for("a round", tried)

    def close(self):
        self.rig.close()
        self.site.stop()


def every_bad_answer_keeps_the_feed():
    it = Watched()
    try:
        site, paper = it.site, it.rig
        good = (200, dict(HTML, ETag='"good"'), page(listing(12)))
        bad = bad_answers(site)
        site.pages["/list"] = good
        for last in range(6):  # what is usual here
            site.pages["/list"] = (200, HTML, page(listing(7 + last), head=(
                "<!-- %d -->" % last)))
            assert it.round().returncode == 0
        site.pages["/list"] = good
        assert it.round().returncode == 0
        before = paper.feed()
        assert len(before.entries) == 12
        readings = paper.query("SELECT * FROM reading")
        assert len(readings) == 6, readings
        waits = []
        for number, (stage, words, page_) in enumerate(bad):
            site.pages["/list"] = page_
            done = it.round()
            assert done.returncode == 1, (stage, words)
            assert paper.feed().same_file(before), (stage, words)
            status = paper.status()
            assert status["stage"] == stage, (stage, words, status)
            assert words in status["reason"], (stage, words, status)
            assert status["failures"] == number + 1, status
            assert stage + ": " in done.stderr, done.stderr
            assert len(paper.ids()) == 12, (stage, words)
            assert paper.query("SELECT etag FROM section WHERE path ="
                               " 'paper/policy'") == [('"good"',)]
            waits += paper.query("SELECT due - round FROM section"
                                 " WHERE path = 'paper/policy'")[0]
            # the next request echoes the good page's, not the bad one's
            echoed = it.asked()[-1][2].get("If-None-Match")
            assert echoed == '"good"', (stage, words, echoed)
        assert paper.query("SELECT * FROM reading") == readings
        # asked later and later
        assert waits[5] > waits[0] and max(waits[10:]) > 4 * waits[0], waits
        # all that came meanwhile, once
        site.pages["/list"] = (200, dict(HTML, ETag='"new"'),
                               page(listing(14)))
        assert it.round().returncode == 0
        after = paper.feed()
        assert len(after.entries) == 14
        assert after.numbers()[2:] == before.numbers()
        for one in before.numbers():
            assert after.entry_bytes(one) == before.entry_bytes(one)
        assert paper.status()["state"] == "good"
        paper.judge()
    finally:
        it.close()


def at_first_sight_too():
    """Nothing is known yet: no feed comes of it, and none is lost by it."""
    for stage, words, page_ in (
            ("blocked", "Just a moment", answer(page(
                others(), "Just a moment..."))),
            ("missing", "Page not found", answer(page(
                others(), "Page not found - 새벽신문"))),
            ("down", "Wartungsarbeiten", answer(page("<h1>Wartungsarbeiten</h1>",
                                                     "Wartungsarbeiten")))):
        it = Watched()
        try:
            it.site.pages["/list"] = page_
            assert it.round().returncode == 1
            assert not os.path.exists(it.rig.path())
            status = it.rig.status()
            assert status["stage"] == stage and words in status["reason"]
            it.site.pages["/list"] = answer(page(listing(12)))
            assert it.round().returncode == 0
            assert len(it.rig.feed().entries) == 12
        finally:
            it.close()


def good_pages_with_such_words_pass():
    it = Watched()
    try:
        odd = ('<ul class=list><li><h3><a href="/article/20240305509001">'
               "보안문자, 로봇이 아닙니다: 캡차의 서른 해</a></h3><p>Just a "
               "moment, 서비스 점검 안내, Access denied</p></li></ul>")
        guard = ("<script>a.src='/cdn-cgi/challenge-platform/scripts/jsd/"
                 "main.js'</script><div id=onetrust-consent-sdk>Accept all "
                 "cookies</div><form><input type=password></form>")
        for body in (listing(12), listing(12) + guard, listing(13) + guard,
                     guard + listing(14), listing(30, 20) + guard,
                     listing(60, 50), odd + listing(61, 50)):
            it.site.pages["/list"] = answer(page(body))
            done = it.round()
            assert done.returncode == 0, (body[:80], done.stderr)
        it.rig.judge()
    finally:
        it.close()


def a_move_to_the_same_list_is_followed():
    """Another path on which the known articles are, reported and read."""
    it = Watched()
    try:
        it.site.pages["/list"] = answer(page(listing(12)))
        assert it.round().returncode == 0
        it.site.pages["/new/list"] = answer(page(listing(13)))
        it.site.pages["/list"] = (301, {"Location": "/new/list"}, b"")
        done = it.round()
        assert done.returncode == 0, done.stderr
        assert "moved for good" in done.stderr
        assert len(it.rig.feed().entries) == 13
        # by now it is where the list is, whatever stands on it
        it.site.pages["/new/list"] = answer(page(listing(40, 29)))
        assert it.round().returncode == 0
    finally:
        it.close()


def check_online_says_what_preview_says():
    """Of each page, at first sight; and of one with nothing on it."""
    site = rig.Site()
    bad = [(stage, page_) for stage, _, page_ in bad_answers(site)]
    bad.append(("extract", answer(page("<p>%s</p>" % TEXT))))
    paths = {"s%d" % n: "/list/%d" % n for n in range(len(bad))}
    paths["good"] = "/good"
    for (_, page_), path in zip(bad, paths.values()):
        site.pages[path] = page_
    site.pages["/good"] = answer(page(listing(12)))
    it = rig.Rig(site.url, paths, site="    article-link: /article/{id}\n")
    try:
        done = it.call("check", "--online")
        assert done.returncode == 1, done
        said = dict(line.split(None, 1) for line in done.stdout.splitlines())
        assert said["paper/good"] == "good: %d bytes, 12 articles" % len(
            page(listing(12))), said
        stages = set()
        for n, (stage, page_) in enumerate(bad):
            words = said["paper/s%d" % n]
            seen = it.call("preview", "paper/s%d" % n)
            stages.add(words.split(":")[0])
            # of these only the past tells, or the articles beside the words
            assert (words.startswith(stage + ": ")
                    or stage in ("moved", "encoding", "cut")
                    or b"20240305577001" in page_[2]), (stage, words)
            if seen.returncode == 0:
                assert words.startswith("good: "), (stage, words)
            else:
                assert seen.stderr.strip().endswith(": " + words), (
                    stage, words, seen.stderr)
        assert stages >= {"blocked", "down", "shell", "consent", "login",
                          "missing", "no-page", "moved", "extract"}, said
        assert not os.path.exists(it.state)
    finally:
        it.close()
        site.stop()


TRUTH = {"202403055%05d" % n: "%d번째 소식: 시장이 다시 열렸다" % n
         for n in range(1, 15)}


def false_entries(entries):
    """Which of these {number: title} did the paper never print?"""
    return {n: t for n, t in entries.items() if TRUTH.get(n) != t}


def entries_of(feed):
    return {n: feed.entry(n).findtext(rig.ATOM + "title")
            for n in feed.numbers()}


def believed(paper, body):
    """What a program that asks for no verdict would publish of these bytes:
    preview shows what is read, before it says what it thinks of it."""
    path = os.path.join(paper.folder, "cut.html")
    with open(path, "wb") as f:
        f.write(body)
    done = paper.call("preview", "--json", "--file", path, "paper/s1")
    try:
        articles = json.loads(done.stdout)["articles"]
    except ValueError:
        return {}
    return {a["link"].rsplit("/", 1)[1]: a["title"] for a in articles}


def a_page_that_lost_its_end_is_believed_in_the_end():
    it = Watched()
    try:
        it.site.pages["/list"] = answer(page(listing(12)))
        assert it.round().returncode == 0
        before = it.rig.feed()
        endless = page(listing(14)).replace(b"</body></html>", b"")
        it.site.pages["/list"] = answer(endless)
        for _ in range(3):
            assert it.round().returncode == 1
            assert it.rig.feed().same_file(before)
            assert it.rig.status()["stage"] == "cut"
        assert it.round().returncode == 0
        assert len(it.rig.feed().entries) == 14
        it.site.pages["/list"] = answer(endless + b"<!-- again -->")
        assert it.round().returncode == 0
    finally:
        it.close()


def every_cut_offset():
    """The good page, then two new articles on a page that is cut at one of N
    places, then the whole: nothing false meanwhile, nothing lost after."""
    body = page(listing(14))
    end = body.index(b"</body>")
    offsets = sorted({1, len(body) - 2, len(body) - 1}
                     | set(range(1, end, len(body) // 90))
                     | set(range(end - 3, end + 8)))
    site = rig.Site()
    it = rig.Rig(site.url, {"s%d" % at: "/cut/%d" % at for at in offsets})

    def rounds(answer_at):
        """One of each section, as its min-interval allows it."""
        for at in offsets:
            site.pages["/cut/%d" % at] = answer_at(at)
        del site.requests[:]

        def tried():
            it.call("once")
            return len({r[1] for r in site.requests} - {"/robots.txt"}
                       ) == len(offsets)
        rig.wait_for("a round of each", tried)

    try:
        rounds(lambda at: (200, HTML, page(listing(12))))
        # a slow machine may fail a round of a hundred
        rig.wait_for("a feed of each", lambda: all(
            os.path.exists(it.path("s%d" % at)) for at in offsets)
            or it.call("once") is None)
        before = {at: it.feed("s%d" % at) for at in offsets}
        rounds(cut)
        refused = 0
        for at in offsets:
            after = it.feed("s%d" % at)
            if at < end + len("</body>"):
                assert after.same_file(before[at]), at
                assert it.status("s%d" % at)["stage"] in ("cut", "missing"), at
                refused += 1
            else:
                assert len(after.entries) == 14, at
        assert 60 < refused < len(offsets), refused
        rounds(lambda at: (200, HTML, body))
        for at in offsets:
            assert entries_of(it.feed("s%d" % at)) == TRUTH, at
        # the same bytes, believed: this test must see what is false in them
        wrong = [at for at in offsets if false_entries(
            believed(it, body[:at]))]
        assert len(wrong) > 3, "the harness is blind"
        print("# %d cuts, %d refused, 0 lost, 0 false; believed, %d of them "
              "are false" % (len(offsets), refused, len(wrong)))
    finally:
        it.close()
        site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        every_bad_answer_keeps_the_feed,
        at_first_sight_too,
        good_pages_with_such_words_pass,
        a_move_to_the_same_list_is_followed,
        a_page_that_lost_its_end_is_believed_in_the_end,
        check_online_says_what_preview_says,
        every_cut_offset,
    ]))
