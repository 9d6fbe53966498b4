"""robots.txt: who may ask for what, how often it is read, and who says so."""
import concurrent.futures
import os
import signal
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = {"Content-Type": "text/plain"}
DAY = 86400


def page(last=8, first=1):
    """An invented listing."""
    items = "".join(
        '<li><h3><a href="/article/202403055%04d">%d번째 소식: 시장이 다시 '
        '열렸다</a></h3><p>새 소식이 전해졌다. %d</p><span class="date">'
        '2024-03-05 09:%02d:00</span></li>' % (n, n, n, n % 60)
        for n in range(last, first - 1, -1))
    return ("<!DOCTYPE html><html lang=ko><meta charset=utf-8><title>산업 - "
            "새벽신문</title><body><ul class=list>%s</ul></body></html>"
            % items).encode()


def robots(text, status=200, **headers):
    return (status, dict(TEXT, **headers), text.encode())


REFUSING = robots("User-agent: *\nDisallow: /list\n")


class Paper:
    """A site with one listing, and a rig that watches it."""

    def __init__(self, answer=None, sections=None, site="", pages="1"):
        self.site = rig.Site()
        for path in (sections or {"policy": "/list"}).values():
            self.site.pages[path] = (200, HTML, page())
        if answer is not None:
            self.site.pages["/robots.txt"] = answer
        self.rig = rig.Rig(self.site.url, sections or {"policy": "/list"},
                           site="    article-link: /article/{id}\n" + site,
                           pages=pages)

    def asked(self, path="/robots.txt"):
        return len([r for r in self.site.requests if r[1] == path])

    def once(self):
        """`once`, as soon as min-interval lets it begin a round."""
        def tried():
            before = self.rounds()
            done = self.rig.call("once")
            return done if self.rounds() != before else None
        return rig.wait_for("a round", tried)

    def rounds(self):
        return self.rig.query("SELECT sum(rounds) FROM section")

    def store(self, sql, *values):
        """While nobody has it open."""
        db = sqlite3.connect(os.path.join(self.rig.state, "metrofeed.db"))
        with db:
            db.execute(sql, values)
        db.close()

    def age(self, seconds):
        """As if its robots.txt had been asked for so long ago."""
        self.store("UPDATE robots SET asked = asked - ?1,"
                   " answered = max(answered - ?1, 0),"
                   " failing = max(failing - ?1, 0)", seconds)

    def row(self, column):
        return self.rig.query("SELECT %s FROM robots" % column)[0][0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.rig.close()
        self.site.stop()


def each(cases, judge):
    """Side by side, because each waits for its min-interval."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(judge, name, *what)
                     for name, what in cases.items()]:
            done.result()


def answers_that_allow():
    """Each is asked for once, and before the page."""
    answers = {
        "none": None,
        "403": robots("User-agent: *\nDisallow: /\n", 403),
        "401": robots("no", 401),
        "410": robots("gone", 410),
        "empty": robots(""),
        "allowing": robots("User-agent: *\nDisallow: /l\nAllow: /list\n"),
        "for others": robots("User-agent: other\nDisallow: /\n"),
        "for us": robots("User-agent: *\nDisallow: /\n\n"
                         "User-agent: MetroFeed\nDisallow: /else\n"),
        "a page": (200, HTML, b"<!DOCTYPE html><title>x</title><h1>404: "
                   b"nothing here</h1>\n<p>disallow</p>"),
        "redirect loop": (302, {"Location": "/robots.txt"}, b""),
        "redirect to mail": (301, {"Location": "mailto:a@b"}, b""),
        "redirect to 404": (301, {"Location": "/nowhere"}, b""),
        # what is past 500 KiB is not read
        "huge": robots("User-agent: *\n" + "# much ado\n" * 60000
                       + "Disallow: /\n"),
    }

    def judge(name, answer):
        with Paper(answer) as it:
            done = it.once()
            assert done.returncode == 0, (name, done.stderr)
            order = [r[1] for r in it.site.requests]
            assert order[0] == "/robots.txt", (name, order)
            assert order[-1] == "/list" and it.asked("/list") == 1, name
            assert name == "redirect loop" or it.asked() == 1, (name, order)
            assert it.rig.status()["state"] == "good", name
            assert len(it.rig.feed().entries) == 8, name
    each({name: (answer,) for name, answer in answers.items()}, judge)


def answers_that_disallow():
    """The page is not asked for; status and log name the line."""
    long = robots("User-agent: *\nDisallow: /list\n" + "# much ado\n" * 60000)
    answers = {
        "plain": (REFUSING, 2),
        "huge": (long, 2),
        "with an error's face": ((200, HTML, REFUSING[2]), 2),
        "other line ends": (robots("\ufeff#\r\rUser-agent: *\rDisallow: *\r"),
                            4),
        "for us": (robots("User-agent: *\nAllow: /\n\nUser-agent: METROFEED"
                          "/2\nDisallow: /li*t$\n"), 5),
        "redirected": ((301, {"Location": "/r"}, b""), 2),
        "an error's status": (robots(REFUSING[2].decode(), 203), 2),
    }

    def judge(name, answer, line):
        with Paper(answer) as it:
            it.site.pages["/r"] = REFUSING
            done = it.once()
            words = "robots.txt line %d disallows /list" % line
            assert done.returncode == 1, name
            assert words in done.stderr, (name, done.stderr)
            status = it.rig.status()
            assert status["state"] == "refused", (name, status)
            assert status["stage"] == "robots", (name, status)
            assert status["reason"] == words, (name, status)
            assert status["failures"] == 0, (name, status)
            assert words in it.rig.call("status").stdout, name
            assert it.asked("/list") == 0, name
            assert not os.path.exists(it.rig.path()), name
    each(answers, judge)


def a_refusal_leaves_the_feed_and_comes_back_daily():
    with Paper() as it:
        assert it.once().returncode == 0
        before = it.rig.feed()
        it.site.pages["/robots.txt"] = REFUSING
        it.age(DAY + 10)
        assert it.once().returncode == 1
        assert it.rig.feed().same_file(before)
        assert it.asked("/list") == 1 and it.asked() == 2
        due, answered = it.rig.query(
            "SELECT due, (SELECT answered FROM robots) FROM section")[0]
        assert due == answered + DAY, (due, answered)
        # neither a round that is asked for nor a restart asks the host
        assert it.once().returncode == 1
        it.rig.start()
        rig.wait_for("the refusal", lambda: it.rig.said("line 2 disallows"))
        it.rig.stop()
        assert it.asked("/list") == 1 and it.asked() == 2
        assert it.rig.status()["failures"] == 0
        # the operator's own responsibility, at once
        it.rig.site += "    robots: ignore\n"
        it.rig.write()
        assert it.once().returncode == 0
        assert it.asked("/list") == 2 and it.asked() == 2
        it.rig.site = it.rig.site.replace("robots: ignore", "robots: obey")
        it.rig.write()
        assert it.once().returncode == 1
        it.site.pages["/robots.txt"] = robots("")
        it.age(DAY + 10)
        assert it.once().returncode == 0
        assert it.rig.status()["state"] == "good"
        assert it.rig.feed().same_file(before)


def one_that_cannot_be_read_disallows_until_it_can():
    def silent(handler):
        handler.close_connection = True

    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"User-agent: *\n")
        handler.close_connection = True

    answers = {
        "500": (robots("", 500), "the site answered 500"),
        "503": (robots("", 503), "the site answered 503"),
        "429": (robots("", 429), "the site answered 429"),
        "no answer": (silent, "without an answer"),
        "cut": (cut, "cut:"),
        "304 unasked": ((304, {}, b""), "304"),
    }

    def judge(name, answer, words):
        with Paper(answer) as it:
            assert it.once().returncode == 1, name
            status = it.rig.status()
            assert status["state"] == "never read", (name, status)
            assert status["stage"] == "robots", (name, status)
            assert status["reason"].startswith("robots.txt: "), (name, status)
            assert words in status["reason"], (name, status)
            assert it.once().returncode == 1, name
            assert it.rig.status()["failures"] == 2, name
            assert it.asked("/list") == 0 and it.asked() == 2, name
            it.site.pages["/robots.txt"] = robots("")
            assert it.once().returncode == 0, name
            assert it.rig.status()["state"] == "good", name
            assert it.asked() == 3 and it.asked("/list") == 1, name
    each(answers, judge)


def retry_after_of_robots_is_obeyed():
    late = {"Retry-After": "3600"}
    with Paper(robots("", 503, **late)) as it:
        assert it.once().returncode == 1
        time.sleep(1.1)
        assert it.rig.call("once").returncode == 0  # too early: no round
        assert it.asked() == 1
        due, now = it.rig.query("SELECT due, round FROM section")[0]
        assert 3590 <= due - now <= 3610, due - now
        # its other sections are held as well
        it.rig.sections["society"] = "/other"
        it.rig.write()
        assert it.rig.call("once").returncode == 1
        assert it.asked() == 1 and it.asked("/other") == 0
        assert "503" in it.rig.status()["reason"]


def an_older_one_counts_while_there_is_none():
    def judge(name, first, code):
        with Paper(first) as it:
            assert it.once().returncode == code, name
            it.site.pages["/robots.txt"] = robots("", 500)
            it.age(40 * DAY)
            assert it.once().returncode == code, name
            assert it.asked() == 2, name
            # not asked for again in every round
            assert it.once().returncode == code, name
            assert it.asked() == 2, name
            it.age(3601)
            assert it.once().returncode == code, name
            assert it.asked() == 3, name
    each({"allowing": (robots(""), 0), "refusing": (REFUSING, 1)}, judge)


def after_thirty_days_without_any_all_is_allowed():
    with Paper(robots("", 500)) as it:
        assert it.once().returncode == 1
        it.age(29 * DAY)
        assert it.once().returncode == 1
        it.age(DAY)
        assert it.once().returncode == 0
        asked = it.asked()
        assert it.once().returncode == 0
        assert it.asked() == asked
        it.site.pages["/robots.txt"] = REFUSING
        it.age(3601)
        assert it.once().returncode == 1
        assert it.rig.status()["state"] == "refused"


def one_request_a_day_for_all_sections():
    sections = {"s%02d" % n: "/list/%d" % n for n in range(30)}
    with Paper(sections=sections) as it:
        it.rig.start()
        rig.wait_for("all feeds", lambda: all(
            os.path.exists(it.rig.path(s)) for s in sections))
        rig.wait_for("second rounds", lambda: len(it.site.requests) > 70)
        assert it.asked() == 1
        it.rig.stop(signal.SIGKILL)
        it.rig.start()
        seen = len(it.site.requests)
        rig.wait_for("more rounds",
                     lambda: len(it.site.requests) > seen + 30)
        it.rig.stop()
        assert it.asked() == 1
        it.age(DAY + 1)
        it.once()
        assert it.asked() == 2


def host_gap_holds_between_robots_and_page():
    for name, site, answer, gap_s in (
            ("host-gap", "    host-gap: 1s\n", None, 1.0),
            ("Crawl-delay", "", robots("User-agent: *\nCrawl-delay: 1.5\n"),
             1.5)):
        with Paper(answer, {"a": "/a", "b": "/b"}) as it:
            text = it.rig.text()
            if site:
                text = text.replace("    host-gap: 0s\n", site)
            it.rig.write(text)
            it.rig.start()
            rig.wait_for("both", lambda: it.asked("/a") and it.asked("/b"))
            it.rig.stop()
            times = [r[0] for r in it.site.requests][:3]
            for one, two in zip(times, times[1:]):
                # 50 ms for the way there
                assert two - one > gap_s - 0.05, (name, times)


def the_gap_holds_over_a_restart():
    """Killed between robots.txt and page; the page comes no sooner."""
    for name, site, answer in (
            ("host-gap", "    host-gap: 3s\n", None),
            ("Crawl-delay", "    host-gap: 0s\n",
             robots("User-agent: *\nCrawl-delay: 3\n"))):
        with Paper(answer) as it:
            it.rig.write(it.rig.text().replace("    host-gap: 0s\n", site))
            it.rig.start()
            rig.wait_for("the row", lambda: it.rig.query(
                "SELECT 1 FROM robots WHERE answered > 0"))
            it.rig.stop(signal.SIGKILL)
            assert it.asked("/list") == 0, name
            it.rig.start()
            rig.wait_for("the page", lambda: it.asked("/list"))
            it.rig.stop()
            one, two = [r[0] for r in it.site.requests][:2]
            assert it.asked() == 1 and two - one > 2.95, (name, two - one)


def one_that_stalls_holds_up_no_other_host():
    over = threading.Event()

    def stall(handler):
        over.wait(60)
        handler.close_connection = True

    with Paper(stall) as it, Paper() as other:
        it.rig.write(it.rig.text() + (
            "  other:\n    url: %s\n    allow-private: true\n"
            "    host-gap: 0s\n    min-interval: 1s\n    interval: 1s\n"
            "    article-link: /article/{id}\n"
            "    sections: {list: /list}\n" % other.site.url))
        it.rig.start()
        rig.wait_for("rounds of the other", lambda: other.asked("/list") > 2)
        assert it.asked() == 1 and it.asked("/list") == 0
        assert it.rig.stop() == 0
        over.set()


def redirects_are_judged():
    """A known host at once, an unknown one from the next round on."""
    with Paper() as it, Paper(REFUSING) as other:
        it.site.pages["/list"] = (302, {"Location": "/new"}, b"")
        it.site.pages["/new"] = (200, HTML, page())
        it.site.pages["/robots.txt"] = robots(
            "User-agent: *\nDisallow: /new\n")
        done = it.once()
        assert done.returncode == 1
        assert "line 2 disallows /new" in done.stderr, done.stderr
        assert it.rig.status()["state"] == "refused"
        assert it.asked("/list") == 1 and it.asked("/new") == 0
        it.site.pages["/robots.txt"] = robots("")
        it.site.pages["/list"] = (
            302, {"Location": other.site.url + "/list"}, b"")
        it.age(DAY + 10)
        it.rig.start()
        rig.wait_for("the refusal", lambda: it.rig.said("redirected to") and
                     it.rig.said("line 2 disallows /list"))
        rig.wait_for("the batch",
                     lambda: it.rig.status()["state"] == "refused")
        it.rig.stop()
        assert other.asked() == 1 and other.asked("/list") == 1
        # the site is asked on, as long as it leads elsewhere
        it.site.pages["/list"] = (200, HTML, page(9))
        assert it.once().returncode == 0
        assert len(it.rig.feed().entries) == 9


def later_pages_are_judged():
    """One that is disallowed ends the list; what came before it counts."""
    with Paper(robots("User-agent: *\nDisallow: /*?page=\n"),
               site="    next-url: '?page={page}'\n", pages="3") as it:
        done = it.once()
        assert done.returncode == 0, done.stderr
        assert "page 2: robots.txt line 2 disallows /list?page=2" in \
            done.stderr, done.stderr
        assert [r[1] for r in it.site.requests] == ["/robots.txt", "/list"]
        assert it.rig.status()["state"] == "good"
        assert len(it.rig.feed().entries) == 8
        # it is no page that the next round would have to read
        assert it.rig.query("SELECT max(unread) FROM section") == [(0,)]
        it.site.pages["/robots.txt"] = robots("")
        it.site.pages["/list"] = (200, HTML, page(16, 9))
        it.site.pages["/list?page=2"] = (200, HTML, page())
        it.age(DAY + 10)
        assert it.once().returncode == 0
        assert it.asked("/list?page=2") == 1
        assert len(it.rig.feed().entries) == 16


def reload_and_end_while_it_is_awaited():
    over = threading.Event()

    def stall(handler):
        over.wait(60)
        handler.close_connection = True

    with Paper(stall) as it:
        it.rig.start()
        rig.wait_for("the request", lambda: it.asked() == 1)
        it.rig.sections["society"] = "/other"
        it.rig.write()
        it.rig.send(signal.SIGHUP)
        rig.wait_for("the reload", lambda: it.rig.said("1 new"))
        it.site.pages["/robots.txt"] = robots("")
        started = time.monotonic()
        over.set()
        # nobody of the old sections is told; the new ones are
        rig.wait_for("rounds", lambda: it.asked("/list") > 0)
        assert it.rig.stop() == 0
        assert time.monotonic() - started < 30


def secrets_stay_with_the_page():
    with Paper(robots(""), site="    headers: {X-Key: sesame}\n"
               "    cookie-file: cookie\n    user-agent: 신문지기/2\n") as it:
        with open(os.path.join(it.rig.folder, "cookie"), "w") as f:
            f.write("id=7\n")
        assert it.once().returncode == 0
        first, second = [r[2] for r in it.site.requests]
        assert "X-Key" not in first and "Cookie" not in first, first
        assert second["X-Key"] == "sesame" and second["Cookie"] == "id=7"
        assert first["User-Agent"] == second["User-Agent"]


def preview_obeys():
    """With the line; and asks again each time, for who looks wants to know."""
    with Paper(REFUSING) as it:
        for who in ("paper/policy", it.site.url + "/list"):
            done = it.rig.call("preview", who)
            assert done.returncode == 1 and done.stdout == "", done
            assert "robots: robots.txt line 2 disallows /list" in \
                done.stderr, done.stderr
        assert it.asked("/list") == 0 and it.asked() == 2
        it.site.pages["/robots.txt"] = robots("", 503)
        done = it.rig.call("preview", "paper/policy")
        assert "robots.txt: the site answered 503" in done.stderr, done
        it.site.pages["/robots.txt"] = robots("")
        assert it.rig.call("preview", "paper/policy").returncode == 0
        it.site.pages["/robots.txt"] = REFUSING
        it.rig.site += "    robots: ignore\n"
        it.rig.write()
        asked = it.asked()
        assert it.rig.call("preview", "paper/policy").returncode == 0
        assert it.asked() == asked
        assert not os.path.exists(it.rig.state)


def check_online_tells_of_each():
    with Paper(REFUSING, {"good": "/good", "refused": "/list/1",
                          "missing": "/missing", "moved": "/moved",
                          "astray": "/astray"}) as it:
        del it.site.pages["/missing"]
        it.site.pages["/moved"] = (301, {"Location": "/good"}, b"")
        it.site.pages["/astray"] = (302, {"Location": "/list/2"}, b"")
        done = it.rig.call("check", "--online")
        assert done.returncode == 1, done
        said = dict(line.split(None, 1) for line in done.stdout.splitlines())
        assert said.keys() == {"paper/" + s for s in it.rig.sections}, done
        assert said["paper/good"] == "good: %d bytes, 8 articles" % len(
            page()), done
        assert said["paper/refused"] == \
            "robots: robots.txt line 2 disallows /list/1", done
        assert said["paper/missing"] == "fetch: the site answered 404", done
        assert said["paper/moved"] == \
            "good, but has moved for good to %s/good" % it.site.url, done
        assert said["paper/astray"].startswith("robots: redirected to"), done
        assert it.asked() == 1 and it.asked("/list/2") == 0
        assert it.asked("/good") == 2 and it.asked("/list/1") == 0
        # without it nobody is asked
        seen = len(it.site.requests)
        assert it.rig.call("check").returncode == 0
        assert len(it.site.requests) == seen
        it.site.pages["/robots.txt"] = robots("")
        it.rig.sections = {"good": "/good", "moved": "/moved"}
        it.rig.write()
        assert it.rig.call("check", "--online").returncode == 0
        assert not os.path.exists(it.rig.state)


def check_online_keeps_the_gap():
    with Paper(None, {"a": "/a", "b": "/b"}) as it:
        it.rig.write(it.rig.text().replace("host-gap: 0s", "host-gap: 1s"))
        assert it.rig.call("check", "--online").returncode == 0
        times = [r[0] for r in it.site.requests]
        assert len(times) == 3
        for one, two in zip(times, times[1:]):
            assert two - one > 0.95, times


def the_contact_is_sent():
    for contact, words in (("https://A.example/us", "(+https://a.example/us)"),
                           ("me@a.example", "(me@a.example)")):
        with Paper() as it:
            it.rig.write("contact: %s\n" % contact + it.rig.text())
            assert it.once().returncode == 0
            for _, _, headers in it.site.requests:
                name = headers["User-Agent"]
                assert name.startswith("metrofeed/0."), name
                assert name.endswith(" " + words), name
            it.rig.write("contact: %s\ndefaults: {user-agent: Own/1}\n"
                         % contact + it.rig.text())
            assert it.once().returncode == 0
            assert it.site.requests[-1][2]["User-Agent"] == "Own/1"


if __name__ == "__main__":
    sys.exit(rig.run([
        answers_that_allow,
        answers_that_disallow,
        a_refusal_leaves_the_feed_and_comes_back_daily,
        one_that_cannot_be_read_disallows_until_it_can,
        retry_after_of_robots_is_obeyed,
        an_older_one_counts_while_there_is_none,
        after_thirty_days_without_any_all_is_allowed,
        one_request_a_day_for_all_sections,
        host_gap_holds_between_robots_and_page,
        the_gap_holds_over_a_restart,
        one_that_stalls_holds_up_no_other_host,
        redirects_are_judged,
        later_pages_are_judged,
        reload_and_end_while_it_is_awaited,
        secrets_stay_with_the_page,
        preview_obeys,
        check_online_tells_of_each,
        check_online_keeps_the_gap,
        the_contact_is_sent,
    ]))
