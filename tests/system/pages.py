"""Pages after the first: what is read, what is recorded, and that nothing is
lost, whatever dies, shifts or fails between two pages."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402


def paper(articles=60, *options):
    # its clock moves with each article: no two in one second
    return rig.Newsroom("--pace", "100000", "--articles", str(articles),
                        "--now", "1780000000", *options)


def asked(room, section="222"):
    """Page numbers since the last do=count."""
    return [int(p) for p in
            room.state()["sections"][section]["asked"].split()]


def numbers(it):
    return [i.rsplit(":", 1)[1] for i in it.ids()]


def check_has_all(it, room, count):
    """The newest `count` articles, each once, in the paper's order."""
    truth = [a["id"] for a in room.articles("222", count)]
    have = numbers(it)
    assert len(have) == len(set(have)), "an article twice"
    missing = [n for n in truth if n not in have]
    assert not missing, "lost %s" % missing
    assert [n for n in have if n in set(truth)] == truth, "out of order"


def play(test, articles=60, **options):
    """A newsroom and a rig around a test."""
    room = paper(articles)
    it = rig.Rig(room.url, **dict({"pages": "auto"}, **options))
    try:
        test(room, it)
    finally:
        it.close()
        room.stop()


def once(it, room):
    room.control(do="count")
    done = it.once()
    assert done.returncode == 0, done.stderr
    return asked(room)


def the_first_round_fills_the_feed():
    """By the pager alone, in every shape, and by next-url."""
    for pager, site in (
            ("numbers", ""), ("offsets", ""), ("files", ""), ("words", ""),
            ("rel", ""), ("none", "    next-url: '?page={page}'\n"),
            ("none", "    next-url: '&page={1+1}'\n"),
            ("none", "    next-url: '?start={0+8}'\n"),
            ("none", "    next-url: '{host}/newsList/222/index{page}.html'\n"),
            ("none", "")):
        def test(room, it):
            it.site += site.replace("{host}", room.url)
            it.write()
            room.control(do="pager", value=pager)
            pages = once(it, room)
            want = [1] if (pager, site) == ("none", "") else [1, 2, 3]
            assert pages == want, (pager, site, pages)
            check_has_all(it, room, 8 * len(want))
            assert it.feed().numbers() == [
                a["id"] for a in room.articles("222", 8 * len(want))]
            it.judge()
        play(test, site="    article-link: /article/{id}\n")


def a_number_is_the_most():
    def test(room, it):
        assert once(it, room) == [1, 2, 3, 4, 5]
        check_has_all(it, room, 40)
        assert once(it, room) == [1]
        room.control(do="publish", section="222", n=1)
        assert once(it, room) == [1, 2], "until nothing is unknown"
    play(test, pages="5")


def one_page_is_one_page():
    def test(room, it):
        assert once(it, room) == [1]
        room.control(do="publish", section="222", n=20)
        assert once(it, room) == [1]
    play(test, pages="1")


def bursts_arrive_whole():
    """Sixty a day on pages of eight, and twenty at once."""
    def test(room, it):
        once(it, room)
        for burst, pages in ((20, 3), (1, 1), (8, 2), (0, 1), (20, 3), (9, 2)):
            if burst:
                room.control(do="publish", section="222", n=burst)
            before = set(numbers(it))
            assert once(it, room) == list(range(1, pages + 1)), burst
            assert len(set(numbers(it)) - before) == burst
            check_has_all(it, room, len(numbers(it)))
            it.judge()
    play(test)


def every_markup_goes_on():
    """With a most-read list beside each page, also beyond the last one."""
    def test(room, it):
        it.site += "    next-url: '?page={page}'\n"
        it.write()
        room.control(do="sidebar", value="on")
        once(it, room)
        for markup in range(1, 9):
            room.control(do="markup", value=markup)
            room.control(do="publish", section="222", n=12)
            assert once(it, room) == [1, 2], markup
            check_has_all(it, room, len(numbers(it)))
    play(test, 24)


def beyond_the_last_page():
    """Empty, with other lists beside it; the last page again; 404."""
    for beyond in ("empty", "last", "404"):
        def test(room, it):
            it.site += "    next-url: '?page={page}'\n"
            it.write()
            room.control(do="beyond", value=beyond)
            room.control(do="sidebar", value="on")
            assert once(it, room) == [1, 2, 3], beyond
            truth = [a["id"] for a in room.articles("222")]
            assert it.feed().numbers() == truth, (beyond, len(truth))
            for _ in range(4):
                pages = once(it, room)
            assert pages == [1], (beyond, pages)
            assert it.feed().numbers() == truth
        play(test, 12, pages="10")


def a_list_that_shifts_while_it_is_read():
    def test(room, it):
        once(it, room)
        for shift in (1, 3, 6):
            room.control(do="shift", section="222", n=shift)
            room.control(do="publish", section="222", n=10)
            truth = [a["id"] for a in room.articles("222", 10)]
            once(it, room)
            have = numbers(it)
            assert len(have) == len(set(have))
            assert set(truth) <= set(have), shift
            room.control(do="shift", section="222", n=0)
            once(it, room)
            check_has_all(it, room, len(numbers(it)))
            it.judge()
    play(test, pages="6")


def a_page_that_fails_is_read_later():
    """What the first page brought stays, the round is good, and no 304 hides
    what is missing."""
    for value in ("500", "503", "404", "empty", "cut", "captcha"):
        def test(room, it):
            room.control(do="validators", value="on")
            once(it, room)
            room.control(do="publish", section="222", n=20)
            room.control(do="fail", section="222", page=2, value=value)
            assert once(it, room) == [1, 2]
            assert it.status()["state"] == "good"
            before = numbers(it)
            check_has_all(it, room, 8)
            assert len(it.feed().entries) == 24 + 8
            room.control(do="fail", section="222", value="off")
            pages = once(it, room)
            if value == "404":
                assert pages == [1], pages
                return
            assert pages[:3] == [1, 2, 3], (value, pages)
            check_has_all(it, room, len(numbers(it)))
            assert set(before) < set(numbers(it))
            assert once(it, room) == [1]
            assert room.state()["sections"]["222"]["not_modified"] == 1
            it.judge()
        play(test)


def failing_and_shifting():
    """More comes before the failed page is read: it is further down then."""
    def test(room, it):
        once(it, room)
        room.control(do="publish", section="222", n=24)
        room.control(do="fail", section="222", page=3, value="500")
        assert once(it, room) == [1, 2, 3]
        room.control(do="publish", section="222", n=11)
        room.control(do="fail", section="222", value="off")
        once(it, room)
        check_has_all(it, room, len(numbers(it)))
        assert len(numbers(it)) == 24 + 24 + 11
    play(test)


def a_page_that_always_fails_is_given_up():
    def test(room, it):
        room.control(do="validators", value="on")
        once(it, room)
        room.control(do="publish", section="222", n=10)
        room.control(do="fail", section="222", page=2, value="500")
        tries = [once(it, room) for _ in range(4)]
        assert tries == [[1, 2], [1, 2], [1, 2], [1]], tries
    play(test)


def retry_after_on_a_later_page():
    def test(room, it):
        room.control(do="fail", section="222", page=2, value="429",
                     **{"retry-after": 3600})
        assert once(it, room) == [1, 2]
        assert it.query("SELECT hold - round FROM section")[0][0] >= 3600
        assert it.query("SELECT due - round FROM section")[0][0] >= 3600
        assert it.status()["state"] == "good"
    play(test)


def the_first_page_fails():
    def test(room, it):
        once(it, room)
        before = it.feed()
        room.control(do="publish", section="222", n=20)
        room.control(do="fail", section="222", page=1, value="500")
        room.control(do="count")
        assert it.once().returncode == 1
        assert asked(room) == [1]
        assert it.feed().same_file(before)
        room.control(do="fail", section="222", value="off")

        def read():
            it.call("once")
            return len(numbers(it)) == 44
        rig.wait_for("the next round", read)
        check_has_all(it, room, 44)
    play(test)


def killed_between_two_pages():
    """kill -9 while page 2 or 3 is under way: nothing of it was recorded, and
    the next round reads it all."""
    def test(room, it):
        once(it, room)
        for page in (2, 3, 2):
            before = numbers(it)
            room.control(do="publish", section="222", n=20)
            room.control(do="fail", section="222", page=page, value="slow",
                         seconds=60)
            room.control(do="count")
            it.start()
            rig.wait_for("page %d" % page,
                         lambda: asked(room)[-1:] == [page])
            it.stop(signal.SIGKILL)
            assert numbers(it) == before, "half a round"
            room.control(do="fail", section="222", value="off")
            once(it, room)
            check_has_all(it, room, len(before) + 20)
        it.judge()
    play(test)


def a_reload_between_two_pages():
    def test(room, it):
        once(it, room)
        room.control(do="publish", section="222", n=20)
        room.control(do="fail", section="222", page=2, value="slow",
                     seconds=60)
        room.control(do="count")
        it.start()
        rig.wait_for("page 2", lambda: asked(room)[-1:] == [2])
        room.control(do="fail", section="222", value="off")
        it.send(signal.SIGHUP)
        rig.wait_for("all of them", lambda: len(numbers(it)) == 44)
        check_has_all(it, room, 44)
        assert it.stop() == 0
    play(test)


def pages_keep_the_gap():
    """P8: the pages of a round, and a start right after a kill."""
    def test(room, it):
        # a second of it is left to a machine that is slow to serve
        it.site += "    host-gap: 3s\n"
        it.write(it.text().replace("    host-gap: 0s\n", ""))
        assert once(it, room) == [1, 2, 3]
        gap = room.state()["min_gap_ms"]
        assert 2000 <= gap < 15000, gap
        room.control(do="publish", section="222", n=20)
        room.control(do="fail", section="222", page=3, value="slow",
                     seconds=60)
        room.control(do="count")
        it.start()
        rig.wait_for("page 3", lambda: asked(room)[-1:] == [3])
        # what was not committed yet a kill takes along
        rig.wait_for("its record", lambda: it.query(
            "SELECT 1 FROM section WHERE asked >= round + 6"))
        it.stop(signal.SIGKILL)
        it.start()
        rig.wait_for("page 1 again", lambda: asked(room)[-1:] == [1])
        assert room.state()["min_gap_ms"] >= 2000, room.state()["min_gap_ms"]
        it.stop(signal.SIGKILL)
    play(test)


def a_round_publishes_once():
    def test(room, it):
        once(it, room)
        first = it.feed()
        room.control(do="publish", section="222", n=20)
        room.control(do="fail", section="222", page=3, value="slow",
                     seconds=2)
        it.start()
        rig.wait_for("page 3", lambda: asked(room)[-1:] == [3])
        assert it.feed().same_file(first), "published before its last page"
        rig.wait_for("the feed", lambda: len(it.feed().entries) == 44)
        assert it.stop() == 0
        with open(it.log, encoding="utf-8") as f:
            news = [line for line in f if " new, " in line]
        assert len(news) == 1 and "20 new" in news[0], news
    play(test)


def html(numbers, more=""):
    items = "".join(
        "<li><a href=/article/%d>바닷길 등대 %d호가 다시 불을 밝힌다</a>"
        "<p>등대 %d호의 이야기가 여기에 길게 이어진다.</p></li>" % (n, n, n)
        for n in numbers)
    return ("<!DOCTYPE html><meta charset=utf-8><title>등대</title><ul>%s</ul>"
            "%s" % (items, more)).encode()


def secrets_stay_with_their_host():
    """The next page is on the host that the first one moved to."""
    away, home = rig.Site(), rig.Site()
    head = {"Content-Type": "text/html"}
    home.pages["/list"] = (302, {"Location": away.url + "/list"}, b"")
    away.pages["/list"] = (200, head, html(
        range(20, 12, -1), "<a href='?page=2' rel=next>2</a>"))
    away.pages["/list?page=2"] = (200, head, html(
        range(12, 4, -1), "<a href='%s/list?page=3' rel=next>3</a>" %
        home.url))
    it = rig.Rig(home.url, {"policy": "/list"}, pages="auto",
                 site="    article-link: /article/{id}\n"
                      "    headers: {X-Key: of the house}\n")
    try:
        assert it.once().returncode == 0
        assert sorted(map(int, numbers(it))) == list(range(5, 21))
        assert [p for _, p, _ in away.requests if p != "/robots.txt"] == [
            "/list", "/list?page=2"]
        assert [p for _, p, _ in home.requests] == ["/robots.txt", "/list"]
        assert all("X-Key" not in h for _, _, h in away.requests)
        assert home.requests[1][2]["X-Key"] == "of the house"
    finally:
        it.close()
        away.stop()
        home.stop()


def preview_says_where_it_goes_on():
    def test(room, it):
        done = it.call("preview", "--json", "paper/policy")
        assert json.loads(done.stdout)["next"] == \
            room.url + "/newsList/222?page=2"
        done = it.call("preview", "paper/policy")
        assert "next page: %s/newsList/222?page=2 (7 numbered links)" % \
            room.url in done.stdout, done.stdout
        it.site += "    next-url: '?p={0+8}'\n"
        it.write()
        done = it.call("preview", "paper/policy")
        assert "next page: %s/newsList/222?p=8 (next-url)" % room.url \
            in done.stdout, done.stdout
    play(test)


if __name__ == "__main__":
    sys.exit(rig.run([
        the_first_round_fills_the_feed,
        a_number_is_the_most,
        one_page_is_one_page,
        bursts_arrive_whole,
        every_markup_goes_on,
        beyond_the_last_page,
        a_list_that_shifts_while_it_is_read,
        a_page_that_fails_is_read_later,
        failing_and_shifting,
        a_page_that_always_fails_is_given_up,
        retry_after_on_a_later_page,
        the_first_page_fails,
        killed_between_two_pages,
        a_reload_between_two_pages,
        pages_keep_the_gap,
        a_round_publishes_once,
        secrets_stay_with_their_host,
        preview_says_where_it_goes_on,
    ]))
