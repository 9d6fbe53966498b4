#!/usr/bin/env python3
"""The page of all feeds in a browser.

    tests/page/check.py FOLDER

FOLDER is where npm installs what package.json names, and where the pictures of
the page are put: phone and desktop, light and dark.  Chromium, steered by
playwright-core, opens pages that the daemon wrote and serves, of seven feeds in
every state and of three hundred: it renders, copy and find work, nothing is on
the console, no request leaves the page, and axe-core finds nothing.  Then pages
that were spoilt, each of which must be found out.
"""
import contextlib
import functools
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import rig  # noqa: E402

MANY = 300
FIND_MS = 250  # a person does not notice; on a busy machine

LONG = "A headline without any end " * 8
UNBROKEN = "https://example.org/" + "unbroken" * 20


def page_of(number):
    items = "".join(
        f"<li><a href='/article/{number:04}{i}'>Story {i} of page {number}: "
        f"{LONG if i == 1 else 'what it tells'}</a></li>" for i in range(9))
    return (200, {"Content-Type": "text/html; charset=utf-8"},
            f"<!doctype html><html><head><title>{number}</title></head><body>"
            f"<ul>{items}</ul></body></html>".encode())


def site(name, title, url, sections, more=""):
    lines = [f"  {name}:", f"    title: '{title}'", f"    url: {url}",
             "    allow-private: true", "    host-gap: 0s",
             "    min-interval: 1s", "    interval: 1h",
             "    article-link: /article/{id}"]
    lines += ["    " + line for line in more.splitlines()] + ["    sections:"]
    lines += [f"      {key}: {value}" for key, value in sections.items()]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def small(top):
    """Seven feeds: good, broken, refused, never read; titles of all kinds."""
    room = rig.Newsroom("--pace", "100000")
    other = rig.Site()
    for number in range(3):
        other.pages[f"/{number}"] = page_of(number)
    other.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /no\n")
    it = rig.Rig(room.url)
    it.write(f"output: out\nstate: state\nlisten: 127.0.0.1:0\n{top}sites:\n" +
             site("dawn", "새벽신문", room.url, {
                 "policy": "{title: 산업 > 정책, url: /newsList/222}",
                 "jobs": "{title: 경제 > 창업/취업, url: /newsList/228}"},
                 "language: ko\ntimezone: Asia/Seoul\n"
                 "formats: [atom, rss, json]") +
             site("other", "The <Other> & \"Paper\"", other.url, {
                 "one": "{title: World, url: /0}",
                 "two": f"{{title: '{LONG * 2}', url: /1}}"[:250] + "', url: /1}",
                 "three": f"{{title: '{UNBROKEN}', url: /2}}",
                 "gone": "{title: A page that is gone, url: /gone}",
                 "refused": "{title: A page that we may not read, url: /no}"},
                 "language: en"))
    try:
        for _ in range(3):  # failures in a row
            it.once()
        yield it
    finally:
        it.close()
        room.stop()
        other.stop()


@contextlib.contextmanager
def large(top):
    other = rig.Site()
    for number in range(MANY):
        other.pages[f"/{number}"] = page_of(number)
    it = rig.Rig(other.url)
    it.write("output: out\nstate: state\nlisten: 127.0.0.1:0\n" + top +
             "sites:\n" + "".join(
                 site(f"paper{i}", f"Paper {i}", other.url,
                      {f"s{n}": f"{{title: Section {n}, url: /{n}}}"
                       for n in range(i * 10, i * 10 + 10)})
                 for i in range(MANY // 10)))
    try:
        assert it.call("once").returncode == 0
        yield it
    finally:
        it.close()
        other.stop()


def served(it):
    """Started; where it serves."""
    it.start()
    said = rig.wait_for("the server", lambda: re.search(
        r"serving the feeds on (http://\S+)",
        pathlib.Path(it.log).read_text(encoding="utf-8")))
    return said[1]


class Browser:
    def __init__(self, folder):
        self.npm = folder
        self.path = next(filter(None, map(shutil.which, (
            "chromium", "chromium-browser", "google-chrome"))), None)

    def install(self):
        self.npm.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", self.npm)
        done = subprocess.run(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
             "--no-package-lock", "--loglevel=error"], cwd=self.npm,
            check=False, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise SystemExit("npm: " + (done.stderr or done.stdout).strip())

    def look(self, name, url, quick=False):
        shots = self.npm / "shots" / name
        shots.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["node", str(HERE / "page.mjs"), str(self.npm), self.path, url,
             str(shots), *(["quick"] if quick else [])],
            check=False, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            return {"wrong": [done.stderr.strip()[:600]], "measured": {}}
        return json.loads(done.stdout)


def tell(name, seen):
    for line in seen["wrong"]:
        print(f"{name}: {line}")
    print(f"{name}: {len(seen['wrong'])} wrong; {seen['measured']}")
    return not seen["wrong"]


STATES = ("good", "broken", "refused")


def without_policy(text):
    return re.sub("<meta http-equiv[^>]*>", "", text)


# What each must be caught by, and how the page was spoilt.
SPOILT = (
    ("console|asks for", "a picture from elsewhere", lambda text: text.replace(
        "<main>", "<img alt='' src='http://127.0.0.1:9/x.png'><main>")),
    ("asks for", "the same without its policy", lambda text: without_policy(
        text).replace(
        "<main>", "<img alt='' src='http://127.0.0.1:9/x.png'><main>")),
    ("console", "a script that was changed", lambda text: text.replace(
        "const find", "const  find")),
    ("axe: label", "a field without its label", lambda text: text.replace(
        "<label for=\"find\">", "<label>")),
    ("axe: color-contrast", "pale text", lambda text: without_policy(
        text).replace("--soft:#5d5a54", "--soft:#bbb8b0")),
    ("axe: page-has-heading|no heading", "no heading", lambda text: text.replace(
        "<h1>", "<p>").replace("</h1>", "</p>")),
    ("copied|feed: link", "another address to copy",
     lambda text: re.sub(r'href="feed:[^"]*"', 'href="feed:http://x/"', text)),
)


def judge_spoilt(browser, page):
    folder = browser.npm / "spoilt"
    folder.mkdir(exist_ok=True)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    missed = 0
    url = f"http://127.0.0.1:{server.server_address[1]}/index.html"
    for caught_by, name, spoil in (("^$", "as it was", str), *SPOILT):
        text = spoil(page)
        assert (text == page) == (name == "as it was"), name
        (folder / "index.html").write_text(text, encoding="utf-8")
        wrong = browser.look("spoilt", url, quick=True)["wrong"]
        seen = not wrong if name == "as it was" else any(
            re.search(caught_by, line) for line in wrong)
        print(f"spoilt: {name}: " + ("caught" if wrong else "nothing wrong"))
        if not seen:
            missed += 1
            print(f"    NOT as it should be: {wrong[:3]}")
    server.shutdown()
    server.server_close()
    return missed == 0


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    browser = Browser(pathlib.Path(sys.argv[1]).resolve())
    for program in ("npm", "node"):
        if shutil.which(program) is None:
            print(f"SKIPPED: {program} is not installed")
            return 0
    if browser.path is None:
        print("SKIPPED: chromium is not installed")
        return 0
    browser.install()
    good = True
    for name, top in (("korean", "index: ko\nbase-url: https://f.example/\n"),
                      ("english", "index: en\n")):
        with small(top) as it:
            url = served(it)
            page = (pathlib.Path(it.output) / "index.html").read_text(
                encoding="utf-8")
            for state in STATES:
                if f'class="health {state}"' not in page:
                    good = False
                    print(f"{name}: no feed is {state}")
            good &= tell(name, browser.look(name, url))
            if name == "korean":
                good &= judge_spoilt(browser, page.replace(
                    '<html lang="ko">', '<html lang="en">'))
    with large("index: en\n") as it:
        seen = browser.look("many", served(it), quick=True)
        good &= tell("many", seen)
        if seen["measured"].get("feeds") != MANY or (
                seen["measured"].get("find_ms", FIND_MS + 1) > FIND_MS):
            good = False
            print(f"many: not {MANY} feeds, or found too slowly")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
