"""The menu of a site: what `metrofeed sections` reads off newsroom."""
import json
import os
import re
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402


def sections(*words):
    return subprocess.run([rig.PROGRAM, "sections", *words],
                          capture_output=True, text=True, timeout=120)


def wanted(state):
    """path -> the titles it may have; a group's own entry beside a bare one."""
    found = {}
    for link in state["top"]:
        if link["path"]:
            found.setdefault(link["path"], []).append(link["title"])
    for group in state["menu"]:
        for link in group["links"]:
            found[link["path"]] = [group["title"] + " > " + link["title"]]
    return found


def printed(text):
    """path -> title, of the stanza."""
    rows = re.findall(r"^      ([a-z0-9._-]+): \{title: '(.*)', url: '(.*)'\}$",
                      text, re.M)
    assert len({name for name, _, _ in rows}) == len(rows), text
    return {url: title.replace("''", "'") for _, title, url in rows}


def all_groups_and_entries_come_out_in_every_design():
    room = rig.Newsroom()
    try:
        state = room.state()
        for design in range(3):
            room.control(do="redesign", value=design)
            for page in ("/", "/newsList/222", "/list/13"):
                done = sections(room.url + page)
                assert done.returncode == 0, done.stderr
                found = printed(done.stdout)
                for path, titles in wanted(state).items():
                    assert found.get(path) in titles, (
                        design, page, path, titles, found)
                assert set(found) == set(wanted(state)), found
    finally:
        room.stop()


def the_stanza_loads_and_each_section_answers():
    room = rig.Newsroom()
    it = rig.Rig(room.url)
    try:
        stanza = sections(room.url).stdout
        it.write("output: out\nstate: state\n" + stanza)
        done = it.call("check")
        assert done.returncode == 0, done.stderr
        shown = it.call("check", "--print-config").stdout
        urls = re.findall(r"^        url: '(.*)'$", shown, re.M)
        assert len(urls) == len(wanted(room.state())), shown
        for url in urls:
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert answer.status == 200, url
        # a listing of the menu is a feed at once
        number = re.search(r"^      (\d+): .*newsList/222'", stanza, re.M)[1]
        site = re.search(r"^  (\S+):$", stanza, re.M)[1]
        done = it.call("once", "%s/%s" % (site, number))
        assert done.returncode == 0, done.stderr
        assert os.path.exists(
            os.path.join(it.output, site, number + ".atom"))
    finally:
        it.close()
        room.stop()


def json_says_the_same():
    room = rig.Newsroom()
    try:
        plain = printed(sections(room.url).stdout)
        answer = json.loads(sections("--json", room.url).stdout)
        assert answer["language"] == "ko"
        assert len(answer["sections"]) == len(plain)
        for one in answer["sections"]:
            path = one["url"][len(room.url):]
            title = one["title"]
            if one["group"]:
                title = one["group"] + " > " + title
            assert plain[path] == title, one
    finally:
        room.stop()


def a_page_from_a_file_and_one_without_a_menu():
    it = rig.Rig("http://paper.example")
    try:
        page = os.path.join(it.folder, "page.html")
        with open(page, "w", encoding="utf-8") as f:
            f.write("<html lang=fr><nav><ul><li><a href='/une'>Une : # 'à'"
                    "</a><li><a href='/monde'>[Monde]</a><li>"
                    "<a href='/sport'>Sport</a></ul></nav><p>" + "mot " * 90)
        done = sections("--file", page, "--url", "http://paper.example/x")
        assert done.returncode == 0, done.stderr
        assert printed(done.stdout) == {
            "/une": "Une : # 'à'", "/monde": "[Monde]", "/sport": "Sport"}
        it.write("output: out\nstate: state\n" + done.stdout)
        assert it.call("check").returncode == 0
        with open(page, "w", encoding="utf-8") as f:
            f.write("<p>" + "nothing to see here " * 40)
        done = sections("--file", page, "--url", "http://paper.example/x")
        assert done.returncode == 1 and not done.stdout
        assert "no menu found" in done.stderr, done.stderr
        done = sections("--file", page + ".not", "--url", "http://a.example/")
        assert done.returncode == 1 and "No such file" in done.stderr
        assert sections().returncode == 2
        assert sections("ftp://a.example/").returncode == 2
    finally:
        it.close()


def a_page_that_fails_says_why():
    site = rig.Site()
    try:
        site.pages["/gone"] = (404, {}, b"gone")
        done = sections(site.url + "/gone")
        assert done.returncode == 1
        assert "fetch: the site answered 404" in done.stderr, done.stderr
        # where we were sent to is the site that the sections belong to
        site.pages["/old"] = (301, {"Location": "/new/index"}, b"")
        site.pages["/new/index"] = (
            200, {"Content-Type": "text/html"},
            b"<nav><a href=politics>Politics</a> <a href=world>World</a> "
            b"<a href=culture>Culture</a></nav>")
        done = sections(site.url + "/old")
        assert set(printed(done.stdout)) == {
            "/new/politics", "/new/world", "/new/culture"}, done.stdout
    finally:
        site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        all_groups_and_entries_come_out_in_every_design,
        the_stanza_loads_and_each_section_answers,
        json_says_the_same,
        a_page_from_a_file_and_one_without_a_menu,
        a_page_that_fails_says_why,
    ]))
