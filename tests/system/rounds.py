"""Rounds against newsroom: what is published, when, and that nothing else is."""
import datetime
import json
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402


def paper(*options):
    return rig.Newsroom("--pace", "100000", *options)


def next_second(feed):
    """Two rounds may lie in one second of the clock; stamps have no less."""
    last = datetime.datetime.fromisoformat(feed.updated.replace("Z", "+00:00"))
    rig.wait_for("the second after the last stamp",
                 lambda: time.time() >= last.timestamp() + 1)


def check_truth(feed, truth, base):
    """Entry by entry what the paper knows: text, time, reporter, picture."""
    assert feed.numbers() == [a["id"] for a in truth], feed.numbers()
    for article in truth:
        entry = feed.entry(article["id"])
        get = lambda name: entry.findtext(rig.ATOM + name)
        assert get("title") == article["title"], get("title")
        time_utc = datetime.datetime.fromisoformat(article["time"]).astimezone(
            datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert get("published") == time_utc, get("published")
        author = entry.findtext(rig.ATOM + "author/" + rig.ATOM + "name")
        assert author == article["reporter"], author
        content = get("content")
        escaped = (article["text"].replace("&", "&amp;")
                   .replace("<", "&lt;").replace(">", "&gt;"))
        assert escaped in content.replace("&quot;", '"').replace("&#39;", "'"), \
            content
        if article["image"]:
            assert base + article["image"] in content, content
        else:
            assert "<img" not in content


def first_round_publishes_the_whole_page():
    room = paper()
    it = rig.Rig(room.url)
    try:
        done = it.once()
        assert done.returncode == 0, done.stderr
        check_truth(it.feed(), room.articles("222", 8), room.url)
        assert it.feed().ids() == it.ids()
        it.judge()
    finally:
        it.close()
        room.stop()


def every_markup_by_its_address_alone():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.once()
        before = it.feed()
        for sidebar in ("off", "on"):
            room.control(do="sidebar", value=sidebar)
            for markup in range(1, 9):
                room.control(do="markup", value=markup)
                assert it.once().returncode == 0
                assert it.feed().same_file(before), (sidebar, markup)
                check_truth(it.feed(), room.articles("222", 8), room.url)
    finally:
        it.close()
        room.stop()


def unchanged_rounds_write_nothing():
    room = paper()
    it = rig.Rig(room.url)
    try:
        room.control(do="validators", value="on")
        it.once()
        before = it.feed()
        room.control(do="count")
        it.once()
        it.once()
        desk = room.state()["sections"]["222"]
        assert desk["not_modified"] >= 2, "304 was never answered"
        assert it.feed().same_file(before)
        for how in (("validators", "off"), ("noise", "on"),
                    ("charset", "euc-kr"), ("charset", "wrong"),
                    ("charset", "none"), ("redesign", "1")):
            room.control(do=how[0], value=how[1])
            assert it.once().returncode == 0, how
            assert it.feed().same_file(before), how
    finally:
        it.close()
        room.stop()


def new_and_edited_articles():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.once()
        before = it.feed()
        room.control(do="publish", section="222", n=2)
        next_second(before)
        it.once()
        after = it.feed()
        assert len(after.entries) == 10
        assert after.updated > before.updated and after.mtime > before.mtime
        assert after.numbers()[:8] == [
            a["id"] for a in room.articles("222", 8)]
        for number in before.numbers():
            assert after.entry_bytes(number) == before.entry_bytes(number)
        number = room.articles("222", 8)[3]["id"]
        room.control(do="edit", id=number, value="text")
        next_second(after)
        it.once()
        edited = it.feed()
        assert edited.ids() == after.ids()
        one, two = after.entry(number), edited.entry(number)
        assert one.findtext(rig.ATOM + "updated") < \
            two.findtext(rig.ATOM + "updated") == edited.updated
        assert one.findtext(rig.ATOM + "published") == \
            two.findtext(rig.ATOM + "published")
        for other in after.numbers():
            if other != number:
                assert after.entry_bytes(other) == edited.entry_bytes(other)
        it.judge()
    finally:
        it.close()
        room.stop()


def an_article_that_leaves_and_returns_is_not_news():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.once()
        before = it.feed()
        room.control(do="redesign", value=2)
        room.control(do="fail", value="noarticles")
        assert it.call("once").returncode == 1 or it.once().returncode == 1
        assert it.feed().same_file(before)
        room.control(do="fail", value="off")
        rig.wait_for("a good round", lambda: it.status()["state"] == "good"
                     or (it.once() and False))
        assert it.feed().same_file(before)
    finally:
        it.close()
        room.stop()


def reload_takes_all_or_nothing():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        good = it.text()
        it.write(good + "      bad: {url: /newsList/13, intervall: 3m}\n")
        it.send(signal.SIGHUP)
        rig.wait_for("the refusal", lambda: it.said("nothing was changed"))
        assert it.said("intervall") and it.said("interval")
        assert it.process.poll() is None
        it.sections["society"] = "/newsList/13"
        it.write()
        it.send(signal.SIGHUP)
        rig.wait_for("the new feed",
                     lambda: os.path.exists(it.path("society")))
        assert it.said("paper/society is new")
        before = it.feed()
        del it.sections["policy"]
        it.write()
        it.send(signal.SIGHUP)
        rig.wait_for("the parting", lambda: it.said("paper/policy has gone"))
        assert it.feed().same_file(before)
        assert it.stop() == 0
    finally:
        it.close()
        room.stop()


def terminating_in_the_middle_of_a_page():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.once()
        before = it.feed()
        room.control(do="fail", value="slow", seconds=30)
        time.sleep(1)
        it.start()
        rig.wait_for("a request", lambda: it.said("watching"))
        time.sleep(0.5)
        worker = next((pid for pid, words in rig.children(it.process.pid)
                       if "metrofeed-worker" in words), None)
        started = time.monotonic()
        assert it.stop() == 0
        assert time.monotonic() - started < 5
        assert it.feed().same_file(before)
        # orphans go to whoever takes them in: look at everybody's children
        assert not [w for pid in (1, os.getpid())
                    for _, w in rig.children(pid) if it.conf in w]
        assert worker is None or not os.path.exists("/proc/%d" % worker)
    finally:
        it.close()
        room.stop()


def killed_again_and_again():
    """kill -9 at any time: no article lost, none announced twice."""
    room = rig.Newsroom("--pace", "1")
    it = rig.Rig(room.url, {"policy": "/newsList/222",
                            "society": "/newsList/13"},
                 "    article-link: /article/{id}\n"
                 "    formats: [atom, rss, json]\n")
    feeds = [*it.sections, "all"]
    dice = random.Random(7)
    seen = {}
    try:
        for _ in range(25):
            it.start()
            time.sleep(dice.uniform(0.02, 0.9))
            it.stop(signal.SIGKILL)
            for section in feeds:
                if not os.path.exists(it.path(section)):
                    continue
                feed = it.feed(section)  # whole and well-formed at any time
                ids = feed.ids()
                assert len(set(ids)) == len(ids)
                kept = set(seen.get(section, {}))
                assert kept <= set(ids), "an article was lost"
                for entry in feed.entries:
                    key = entry.findtext(rig.ATOM + "id")
                    told = (entry.findtext(rig.ATOM + "published"),)
                    assert seen.setdefault(section, {}).setdefault(
                        key, told) == told, "announced again"
        room.control(do="publish", section="222", n=1)
        it.start()
        wanted = room.articles("222", 8)[0]["id"]
        rig.wait_for("the last article", lambda: os.path.exists(it.path())
                     and wanted in it.feed("all").numbers())
        it.stop()
        for section in feeds:
            assert it.feed(section).ids() == it.ids(section)
            assert len(it.files(section)) == 3
            it.judge(section)
        stale = [f for _, _, files in os.walk(it.output) for f in files
                 if f.endswith(".tmp")]
        assert not stale, stale
    finally:
        it.close()
        room.stop()


def a_second_daemon_is_refused():
    room = paper()
    it = rig.Rig(room.url)
    try:
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        second = it.call("run")
        assert second.returncode == 1 and "another metrofeed" in second.stderr
        once = it.call("once")
        assert once.returncode == 1 and "USR1" in once.stderr
        assert it.status()["state"] == "good"
        assert it.stop() == 0
    finally:
        it.close()
        room.stop()


def asked_rounds_keep_min_interval():
    room = paper()
    it = rig.Rig(room.url)
    it.write(it.text().replace("min-interval: 1s", "min-interval: 3s")
             .replace("interval: 1s", "interval: 1h"))
    try:
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        for _ in range(20):
            it.send(signal.SIGUSR1)
            time.sleep(0.05)
        assert room.state()["sections"]["222"]["requests"] == 1
        rig.wait_for("a second round", lambda: it.send(signal.SIGUSR1) or
                     room.state()["sections"]["222"]["requests"] >= 2)
        it.stop()
    finally:
        it.close()
        room.stop()


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def the_built_in_server():
    room = paper()
    it = rig.Rig(room.url, top="listen: 127.0.0.1:0")
    try:
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        with open(it.log, encoding="utf-8") as f:
            base = next(word for line in f for word in line.split()
                        if word.startswith("http://127.0.0.1:")
                        and "serving" in line)
        status, headers, body = get(base + "paper/policy.atom")
        assert status == 200 and body == it.feed().bytes
        assert headers["Content-Type"].startswith("application/atom+xml")
        status, _, _ = get(base + "paper/policy.atom",
                           **{"If-None-Match": headers["ETag"]})
        assert status == 304, status
        for path in ("../metrofeed.conf", "%2e%2e/metrofeed.conf",
                     ".metrofeed.lock", "paper/../../metrofeed.conf"):
            assert get(base + path)[0] in (400, 403, 404), path
        it.stop()
    finally:
        it.close()
        room.stop()


def preview_writes_nothing():
    room = paper()
    it = rig.Rig(room.url)
    try:
        done = it.call("preview", "--json", "paper/policy")
        assert done.returncode == 0, done.stderr
        articles = json.loads(done.stdout)["articles"]
        assert [a["id"].rsplit(":", 1)[1] for a in articles] == [
            a["id"] for a in room.articles("222", 8)]
        assert all(a["differ"] == "new" for a in articles)
        assert not os.path.exists(it.state) and not os.path.exists(it.output)
        it.once()
        done = it.call("preview", "--json", "paper/policy")
        assert all(a["differ"] == "known"
                   for a in json.loads(done.stdout)["articles"])
    finally:
        it.close()
        room.stop()


def preview_asks_as_a_round_does():
    """Headers, cookie and name alike; or the page would be another one."""
    room = paper()
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"}, site=(
        "    headers: {X-Key: {file: key}, Referer: 'http://a.example/'}\n"
        "    cookie-file: cookie\n    user-agent: 신문지기/2\n"))
    try:
        with urllib.request.urlopen(room.url + "/newsList/222") as answer:
            site.pages["/list"] = (200, dict(answer.headers), answer.read())
        del site.pages["/list"][1]["Content-Length"]
        for name, text in (("key", "open sesame\n"), ("cookie", "id=7\n")):
            with open(os.path.join(it.folder, name), "w") as f:
                f.write(text)
        assert it.once().returncode == 0
        assert it.call("preview", "paper/policy").returncode == 0
        asked = [headers for _, path, headers in site.requests
                 if path == "/list"]
        assert len(asked) == 2
        assert asked[0]["X-Key"] == "open sesame", asked
        assert asked[0]["Cookie"] == "id=7" and "Referer" in asked[0], asked
        assert asked[1] == asked[0], asked
        # a request without it would be another one: none is made
        with open(os.path.join(it.folder, "key"), "w") as f:
            f.write("x" * 10000)
        done = it.call("preview", "paper/policy")
        assert done.returncode == 1, done
        assert "key: larger than 8192 bytes" in done.stderr, done
        assert len([r for r in site.requests if r[1] == "/list"]) == 2
    finally:
        it.close()
        site.stop()
        room.stop()


def rows_page(rows):
    body = "".join('<li><a href="/article/%s">%s</a><p>%s</p></li>' % row
                   for row in rows)
    return (200, {"Content-Type": "text/html; charset=utf-8"},
            ("<!doctype html><title>골목</title><ul>%s</ul>" % body).encode())


def filters_touch_what_is_to_come_alone():
    """Published is published, whatever only and skip say later; a section's
    filters stand in the place of its site's."""
    site = rig.Site()
    rules = ("    article-link: /article/{id}\n    item: li\n"
             "    fields: {title: a, text: p}\n")
    it = rig.Rig(site.url, {"policy": "/list", "other": "/other"},
                 site=rules)
    old = [("20240305500%03d" % n, "%s %d번째 골목 이야기" %
            ("광고:" if n % 2 else "소식:", n), "골목에서 들은 말 %d" % n)
           for n in range(6)]
    new = [("20240305500007", "광고: 새 물건이 들어온다", "값을 내린다"),
           ("20240305500008", "소식: 다리가 다시 열린다", "사람들이 건넌다"),
           ("20240305500009", "소식: 시장 지붕을 고친다", "협찬 받은 글이다")]
    try:
        site.pages["/list"] = site.pages["/other"] = rows_page(old)
        assert it.once().returncode == 0
        assert sorted(it.feed().numbers()) == [a[0] for a in old]
        it.site = rules + "    skip: {title: '^광고', text: 협찬}\n"
        it.sections["other"] = "{url: /other, skip: {author: nobody}}"
        it.write()
        site.pages["/list"] = site.pages["/other"] = rows_page(new + old)
        assert it.once().returncode == 0
        assert sorted(it.feed().numbers()) == [
            a[0] for a in old] + [new[1][0]], it.feed().numbers()
        assert sorted(it.feed("other").numbers()) == sorted(
            a[0] for a in new + old), it.feed("other").numbers()
        before = it.feed()
        it.site = rules + "    only: {title: nothing is called so}\n"
        it.write()
        # that no article is wanted today is no fault
        done = it.once()
        assert done.returncode == 0, done.stderr
        assert it.feed().same_file(before)
    finally:
        it.close()
        site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        first_round_publishes_the_whole_page,
        every_markup_by_its_address_alone,
        unchanged_rounds_write_nothing,
        new_and_edited_articles,
        an_article_that_leaves_and_returns_is_not_news,
        reload_takes_all_or_nothing,
        terminating_in_the_middle_of_a_page,
        killed_again_and_again,
        a_second_daemon_is_refused,
        asked_rounds_keep_min_interval,
        the_built_in_server,
        preview_writes_nothing,
        preview_asks_as_a_round_does,
        filters_touch_what_is_to_come_alone,
    ]))
