#!/usr/bin/env python3
"""The test site must be right before it may judge: what /state says stands on
the pages, in every markup and character set, and each fault is the fault that
was asked for.  Prints TAP."""

import html
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

NEWSROOM = os.environ.get("NEWSROOM", "build/tests/newsroom")
START = "1700000000"
results = []


class Site:
    """A newsroom of its own, ended by number."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [NEWSROOM, "--now", START, "--seed", "7", *options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(
            r"newsroom listening on http://127\.0\.0\.1:(\d+)\n", line)
        assert found, line
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.code = self.process.wait(10)
        self.process.stdout.close()
        assert self.code == 0, self.code

    def ask(self, path, method="GET", body=None, headers=None, timeout=10):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def page(self, path="/newsList/222"):
        answer, body = self.ask(path)
        assert answer.status == 200, answer.status
        return body.decode("utf-8")

    def control(self, query):
        answer, body = self.ask("/control?" + query, "POST")
        return answer.status, json.loads(body)

    def do(self, query):
        status, answer = self.control(query)
        assert status == 200 and answer["ok"], (query, status, answer)
        return answer

    def state(self, section="222"):
        return json.loads(self.ask("/state?section=" + section)[1])

    def articles(self, section="222"):
        return self.state(section)["sections"][section]["articles"]


def case(function):
    """Runs at once and keeps the result."""
    name = function.__name__.replace("_", " ")
    try:
        function()
        results.append((True, name, ""))
    except Exception as error:  # a test tells what went wrong and goes on
        results.append((False, name, repr(error)))
    return function


def plain(page):
    """What a reader sees, blanks made equal."""
    page = re.sub(r"(?s)<(head|script|style)\b.*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def check_page(page, articles, markup):
    text = plain(page)
    at = 0
    for article in articles:
        when = article["time"][:19].replace("T", " ")
        for part in (article["title"], article["text"], when,
                     article["reporter"]):
            assert part is None or part in text, (markup, part)
        found = page.find(article["id"])
        assert found > at, (markup, "order", article["id"])
        at = found
        image = article["image"]
        assert image is None or page.count(image) == 1, (markup, image)


@case
def every_markup_shows_eight_articles_as_the_state_tells_them():
    with Site() as site:
        pages = set()
        for markup in range(1, 9):
            site.do(f"do=markup&value={markup}")
            articles = site.articles()
            for number in (1, 2):
                page = site.page(f"/newsList/222?page={number}")
                shown = articles[8 * (number - 1):8 * number]
                check_page(page, shown, markup)
                others = articles[:8 * (number - 1)] + articles[8 * number:]
                assert not any(a["id"] in page for a in others), markup
            main = page[page.index("<main>"):]
            pages.add(re.sub(r"[^<>]*(<\w*)[^<>]*", r"\1", main)[:200])
        assert len(pages) == 8, "the markups differ"


@case
def some_articles_lack_a_picture_or_a_reporter():
    with Site() as site:
        everything = [article for section in json.loads(
            site.ask("/state")[1])["sections"].values()
            for article in section["articles"]]
        for field in ("image", "reporter"):
            without = sum(a[field] is None for a in everything)
            assert 0 < without < len(everything) / 2, (field, without)
        assert len({a["id"] for a in everything}) == len(everything)
        joined = " ".join(a["title"] + a["text"] for a in everything)
        for mark in "\"'&~%▲<>→…比똠뷁":
            assert mark in joined, mark


@case
def every_article_lies_at_its_address():
    with Site() as site:
        article = site.articles()[0]
        text = plain(site.page("/article/" + article["id"]))
        assert article["title"] in text and article["text"] in text
        assert site.ask("/article/20000101500001")[0].status == 404
        image = next(a["image"] for a in site.articles() if a["image"])
        assert site.ask(image)[1].startswith(b"\x89PNG\r\n")


@case
def both_families_show_the_same_list_and_one_has_a_heading():
    with Site() as site:
        assert "산업>정책" in plain(site.page("/newsList/222"))
        other = site.page("/list/222")
        assert "산업>정책" not in plain(other)
        check_page(other, site.articles()[:8], "list")
        assert site.ask("/newsList/999")[0].status == 404
        past = plain(site.page("/newsList/222?page=99"))
        assert "등록된 기사가 없습니다" in past


@case
def equal_seeds_make_equal_papers():
    states = []
    for seed in ("7", "7", "8"):
        with Site("--seed", seed) as site:
            site.do("do=publish&section=222&n=3")
            states.append(site.articles())
    assert states[0] == states[1] and states[0] != states[2]


@case
def publishing_puts_new_articles_on_top():
    with Site() as site:
        before = site.articles()
        ids = site.do("do=publish&section=222&n=3")["ids"]
        after = site.articles()
        assert [a["id"] for a in after[:3]] == ids[::-1]
        assert after[3:] == before
        assert all(x["time"] >= y["time"] for x, y in zip(after, after[1:]))
        check_page(site.page(), after[:8], 1)


@case
def editing_changes_what_was_asked_for_alone():
    with Site() as site:
        for value in ("text", "title", "reporter"):
            before = site.articles()[1]
            site.do(f"do=edit&id={before['id']}&value={value}")
            after = site.articles()[1]
            changed = {k for k in before if before[k] != after[k]}
            assert changed == {value}, (value, changed)
        site.do(f"do=remove&id={before['id']}")
        assert before["id"] not in [a["id"] for a in site.articles()]


@case
def what_is_asked_for_wrongly_is_refused():
    with Site() as site:
        for query in ("do=nothing", "", "do=markup&value=9", "do=markup",
                      "do=publish&section=999", "do=publish", "do=fail",
                      "do=publish&section=222&n=x", "do=edit&id=1",
                      "do=publish&section=222&n=100000", "do=noise&value=2",
                      "do=fail&value=200", "do=charset&value=koi8-r",
                      "do=redesign&value=3"):
            status, answer = site.control(query)
            assert status == 400 and not answer["ok"], query
        assert site.ask("/control?do=markup&value=2")[0].status == 405
        assert site.state()["markup"] == 1
        answer, _ = site.ask("/control", "POST", "do=markup&value=2")
        assert answer.status == 200 and site.state()["markup"] == 2


@case
def korean_pages_in_cp949():
    with Site() as site:
        for charset, label, codec in (
                ("euc-kr", "euc-kr", "cp949"), ("none", None, "utf-8"),
                ("wrong", "euc-kr", "utf-8"), ("utf-8", "utf-8", "utf-8")):
            site.do("do=charset&value=" + charset)
            answer, body = site.ask("/newsList/222")
            page = body.decode(codec)
            header = answer.getheader("Content-Type")
            meta = re.search('<meta charset="([^"]*)"', page)
            assert (meta and meta[1]) == label, charset
            assert ("charset=" + label in header if label
                    else "charset" not in header), header
            check_page(page, site.articles()[:8], charset)


@case
def a_redesign_changes_every_class_and_no_word():
    with Site() as site:
        seen = []
        for _ in range(3):
            page = site.page()
            main = page[page.index("<main>"):page.index("</main>")]
            seen.append((set(re.findall(r"article-\w+|mt-\w+|[qwz]\d\w?\b",
                                        main)), plain(page)))
            site.do("do=redesign")
        assert seen[0][1] == seen[1][1] == seen[2][1]
        assert not seen[0][0] & seen[1][0] and not seen[1][0] & seen[2][0]
        assert site.state()["design"] == 0


@case
def the_sidebar_holds_links_of_the_same_shape():
    with Site() as site:
        links = r"href=\"?(/article/\d{14})"
        before = set(re.findall(links, site.page()))
        site.do("do=sidebar&value=on")
        after = set(re.findall(links, site.page()))
        assert len(before) == 8 and len(after) > len(before) + 8


@case
def noise_changes_each_answer_but_no_article():
    with Site() as site:
        assert site.page() == site.page()
        site.do("do=noise&value=on")
        one, two = site.page(), site.page()
        assert one != two
        check_page(one, site.articles()[:8], "noise")


@case
def validators_answer_304_until_something_changes():
    with Site() as site:
        assert site.ask("/newsList/222")[0].getheader("ETag") is None
        site.do("do=validators&value=on")
        answer, _ = site.ask("/newsList/222")
        by_etag = {"If-None-Match": answer.getheader("ETag")}
        by_date = {"If-Modified-Since": answer.getheader("Last-Modified")}
        for headers in (by_etag, by_date):
            answer, body = site.ask("/newsList/222", headers=headers)
            assert answer.status == 304 and body == b"", headers
        assert site.state()["sections"]["222"]["not_modified"] == 2
        site.do("do=publish&section=207")
        assert site.ask("/newsList/222", headers=by_etag)[0].status == 304
        site.do("do=publish&section=222&n=5")
        for headers in (by_etag, by_date):
            assert site.ask("/newsList/222", headers=headers)[0].status == 200


@case
def faults():
    with Site() as site:
        whole = len(site.ask("/newsList/222")[1])
        for value in (500, 503, 429, 403, 404):
            site.do(f"do=fail&value={value}&section=222&retry-after=7")
            answer, _ = site.ask("/newsList/222")
            assert answer.status == value
            assert answer.getheader("Retry-After") == "7"
            assert site.ask("/newsList/207")[0].status == 200
        site.do("do=fail&value=empty")
        answer, body = site.ask("/newsList/207")
        assert answer.status == 200 and body == b""
        for value in ("noarticles", "captcha"):
            site.do("do=fail&value=" + value)
            page = site.page()
            assert "/article/" not in page.replace("'/article/' + id", "")
        site.do("do=fail&value=cut")
        try:
            site.ask("/newsList/222")
            raise AssertionError("nothing was cut")
        except http.client.IncompleteRead as error:
            assert len(error.partial) == whole // 2
        site.do("do=fail&value=off")
        assert len(site.ask("/newsList/222")[1]) == whole


@case
def slow_answers_come_whole_and_may_be_left():
    with Site() as site:
        whole = site.ask("/newsList/222")[1]
        site.do("do=fail&value=slow&seconds=1")
        began = time.monotonic()
        assert site.ask("/newsList/222")[1] == whole
        assert time.monotonic() - began > 0.5
        site.do("do=fail&value=slow&seconds=600")
        with socket.create_connection(("127.0.0.1", site.port)) as left:
            left.sendall(b"GET /newsList/222 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert left.recv(100).startswith(b"HTTP/1.1 200")
        left = socket.create_connection(("127.0.0.1", site.port))
        left.sendall(b"GET /newsList/222 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert left.recv(100).startswith(b"HTTP/1.1 200")
        site.do("do=fail&value=off")
        assert site.ask("/newsList/222")[1] == whole
    left.close()


@case
def robots_txt():
    with Site() as site:
        assert b"Disallow: /login" in site.ask("/robots.txt")[1]
        site.do("do=robots&value=disallow")
        assert site.ask("/robots.txt")[1].endswith(b"Disallow: /\n")
        site.do("do=robots&value=503")
        assert site.ask("/robots.txt")[0].status == 503


@case
def the_menu_leads_to_sections():
    with Site() as site:
        state = json.loads(site.ask("/state")[1])
        page = site.page()
        assert [g["title"] for g in state["menu"]] == [
            "머니", "산업", "IT·과학", "사회", "플러스"]
        for group in state["menu"]:
            for link in group["links"]:
                assert f'href="{link["path"]}"' in page, link
                name = link["path"].rsplit("/", 1)[1]
                assert not link["path"].startswith("/newsList/") or \
                    name in state["sections"], link


@case
def it_counts_who_asked_how_often():
    with Site() as site:
        assert site.state()["min_gap_ms"] == -1
        site.page(), site.page()
        state = site.state()
        assert state["sections"]["222"]["requests"] == 2
        assert state["min_gap_ms"] >= 0
        site.do("do=count")
        assert site.state()["sections"]["222"]["requests"] == 0


@case
def it_publishes_by_itself_and_ends_when_told():
    with Site("--pace", "0.2") as site:
        first = site.articles()
        deadline = time.monotonic() + 20
        while len(site.articles()) < len(first) + 3:
            assert time.monotonic() < deadline, "nothing was published"
            time.sleep(0.05)
    with Site("--seconds", "1") as site:
        assert site.process.wait(10) == 0
    assert subprocess.run([NEWSROOM, "--markup", "9"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 2


print(f"1..{len(results)}")
for number, (good, name, reason) in enumerate(results, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good:
        print("# " + reason[:2000])
sys.exit(0 if all(good for good, _, _ in results) else 1)
