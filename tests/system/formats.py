"""Three formats of each feed, and the feed of a whole site, judged by all."""
import json
import os
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

SECTIONS = {"policy": "/newsList/222", "electronics": "/newsList/212"}
SITE = "    article-link: /article/{id}\n"
FORMATS = SITE + "    formats: [atom, rss, json]\n"
TOP = "base-url: https://feeds.example/"
FEEDS = ("policy", "electronics", "all")


def paper():
    return rig.Newsroom("--pace", "100000")


def stamps(it):
    return {path: (os.stat(path).st_mtime_ns, os.stat(path).st_ino)
            for feed in FEEDS for path in it.files(feed)}


def every_format_of_every_feed():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, FORMATS, TOP)
    try:
        it.once()
        for feed in FEEDS:
            assert len(it.files(feed)) == 3, it.files(feed)
            it.judge(feed)
        assert sorted(it.ids("all")) == sorted(
            set(it.ids("policy") + it.ids("electronics")))
        # no change, no write
        before = stamps(it)
        it.once()
        assert stamps(it) == before
        # news of one section: its files and the site's, all later than before
        room.control(do="publish", section="222", n=2)
        it.once()
        after = stamps(it)
        for path in before:
            if "electronics" in path:
                assert after[path] == before[path], path
            else:
                assert after[path][0] >= before[path][0] + 10 ** 9, path
        for feed in FEEDS:
            it.judge(feed)
        wanted = {a["id"] for a in room.articles("222", 2)}
        assert wanted < set(it.feed("all").numbers())
    finally:
        it.close()
        room.stop()


def the_three_say_the_same():
    room = paper()
    it = rig.Rig(room.url, SECTIONS, FORMATS, TOP)
    try:
        it.once()
        atom = it.feed("all")
        rss = ET.parse(it.path("all", ".rss")).getroot().find("channel")
        with open(it.path("all", ".json"), "rb") as f:
            other = json.load(f)
        assert (atom.root.findtext(rig.ATOM + "title") == other["title"]
                == rss.findtext("title") == "새벽신문")
        assert other["language"] == rss.findtext("language") == "ko"
        assert other["feed_url"] == "https://feeds.example/paper/all.json"
        items = rss.findall("item")
        assert len(atom.entries) == len(items) == len(other["items"]) > 8
        encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
        creator = "{http://purl.org/dc/elements/1.1/}creator"
        for entry, item, row in zip(atom.entries, items, other["items"]):
            get = lambda name: entry.findtext(rig.ATOM + name)
            assert get("id") == item.findtext("guid") == row["id"]
            assert get("title") == row["title"]
            assert get("content") == item.findtext(encoded) == (
                row["content_html"])
            authors = [get("author/" + rig.ATOM + "name")]
            assert authors == [item.findtext(creator)]
            assert authors == [one["name"] for one in row.get(
                "authors", [{"name": None}])]
            assert get("published") == row["date_published"]
            assert get("updated") == row["date_modified"]
            term = entry.find(rig.ATOM + "category").get("term")
            assert [term] == row["tags"] and term == item.findtext("category")
    finally:
        it.close()
        room.stop()


def a_site_that_grows():
    """One page without sections, then two sections: the address survives,
    nothing is announced twice."""
    room = paper()
    it = rig.Rig(room.url, SECTIONS, SITE)
    grown = it.text()
    url = "    url: " + room.url
    it.write(grown[:grown.index("    sections:")].replace(
        url, url + SECTIONS["policy"]))
    try:
        it.once()
        before = it.feed("all")
        assert len(before.entries) == 8
        it.judge("all")
        assert it.call("status", "paper/all").returncode == 0
        it.write(grown)
        room.control(do="publish", section="222", n=1)
        it.once()
        after = it.feed("all")
        it.judge("all")
        for number in before.numbers():
            # the white space behind it is not its own
            assert (before.entry_bytes(number).strip()
                    == after.entry_bytes(number).strip()), number
        assert after.root.findtext(rig.ATOM + "id") == (
            before.root.findtext(rig.ATOM + "id"))
        assert set(after.ids()) == set(
            before.ids() + it.ids("policy") + it.ids("electronics"))
        assert it.status("all")["watched"] is True
    finally:
        it.close()
        room.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        every_format_of_every_feed,
        the_three_say_the_same,
        a_site_that_grows,
    ]))
