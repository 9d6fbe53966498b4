#!/usr/bin/env python3
"""Compare our selectors and our tree with a browser's.

check.py NODES [CORPUS]: NODES is the built nodes.c.  Each page is parsed by
Chromium's DOMParser inside a page of ours, so that no script of it runs, and
each selector is asked there and here; an answer is the places of the elements
among all elements in document order.  Without CORPUS only the invented pages
are compared.
"""
import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

HARNESS = """<!doctype html><meta charset=utf-8><pre id=out></pre><script>
const bytes = Uint8Array.from(atob("%s"), c => c.charCodeAt(0));
const text = new TextDecoder("utf-8").decode(bytes);
const parsed = new DOMParser().parseFromString(text, "text/html");
// the tree of its own mode, but asked as in standards mode: in quirks mode
// classes and ids would have no case
const page = document.implementation.createHTMLDocument("");
page.replaceChild(page.adoptNode(parsed.documentElement),
                  page.documentElement);
const place = new Map();
page.querySelectorAll("*").forEach((e, i) => place.set(e, i));
const answers = %s.map(css => {
  try {
    return Array.from(page.querySelectorAll(css), e => place.get(e)).join();
  } catch (e) {
    return "error";
  }
});
document.getElementById("out").textContent =
  JSON.stringify({answers});
</script>
"""


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    return None


def dump(program, folder, path):
    """The document after its scripts have run, as HTML."""
    run = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu",
         "--user-data-dir=" + os.path.join(folder, "profile"),
         "--dump-dom", "file://" + path],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120,
        check=True)
    return run.stdout.decode("utf-8")


def ask_browser(program, folder, page, selectors):
    path = os.path.join(folder, "harness.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(HARNESS % (base64.b64encode(page).decode(),
                              json.dumps(selectors).replace("<", "\\u003c")))
    found = re.search(r'<pre id="out">(.*?)</pre>',
                      dump(program, folder, path), re.S)
    return json.loads(html.unescape(found.group(1)))


def ask_us(nodes, path, selectors):
    run = subprocess.run([nodes, path], input="\n".join(selectors).encode(),
                         stdout=subprocess.PIPE, check=True)
    return run.stdout.decode().split("\n")[:len(selectors)]


def lines_of(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file
                if line.strip() and not line.startswith("// ")]


def own_pages():
    selectors = lines_of("selectors.txt")
    folder = os.path.join(HERE, "pages")
    for name in sorted(os.listdir(folder)):
        yield name, os.path.join(folder, name), selectors


def corpus_selectors(blocks):
    for block in blocks or []:
        for key, value in block.items():
            if key in ("exclude", "strip") or not isinstance(value, str):
                continue
            css = value.split("@@")[0]
            if css not in ("", ".") and not css.startswith("xpath:"):
                yield css


def corpus_pages(corpus):
    for name in sorted(os.listdir(corpus)):
        meta = os.path.join(corpus, name, "meta.json")
        if not os.path.exists(meta):
            continue
        with open(meta, encoding="utf-8") as file:
            selectors = sorted(set(corpus_selectors(
                json.load(file).get("selectors"))))
        # what the page has, whatever its selectors: the whole tree
        selectors += ["*", "a[href]", "body *", "li", "td", "p", "img",
                      "[class]", "div > a", "p + p", ":has(> img)",
                      ":nth-child(2)", ":last-of-type", ":empty"]
        yield name, os.path.join(corpus, name, "page.html"), selectors


def is_utf8(page):
    try:
        page.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def compare(name, selectors, theirs, ours):
    different = 0
    for css, wanted, have in zip(selectors, theirs["answers"], ours):
        if have.startswith("error: ") and wanted == "error":
            continue
        if wanted == have:
            continue
        different += 1
        print("%s: %s\n  browser %.120s\n  ours    %.120s" %
              (name, css, wanted, have))
    return different


def refuse(program, nodes, folder):
    """What is no selector must be refused on both sides."""
    path = os.path.join(HERE, "pages", "list.html")
    selectors = lines_of("refused.txt")
    with open(path, "rb") as file:
        theirs = ask_browser(program, folder, file.read(), selectors)
    ours = ask_us(nodes, path, selectors)
    different = 0
    for css, browser_says, we_say in zip(selectors, theirs["answers"], ours):
        if browser_says != "error" or not we_say.startswith("error: column "):
            different += 1
            print("refused.txt: %s\n  browser %.120s\n  ours    %.120s" %
                  (css, browser_says, we_say))
    return len(selectors) - different, different


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    program = browser()
    if program is None:
        print("skipped: no chromium here")
        return 0
    pages = list(own_pages())
    if len(sys.argv) == 3:
        pages += corpus_pages(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        equal, different = refuse(program, sys.argv[1], folder)
        for name, path, selectors in pages:
            with open(path, "rb") as file:
                page = file.read()
            if not is_utf8(page):
                print("%s: not UTF-8, left out" % name)
                continue
            theirs = ask_browser(program, folder, page, selectors)
            ours = ask_us(sys.argv[1], path, selectors)
            differ = compare(name, selectors, theirs, ours)
            different += differ
            equal += len(selectors) - differ
    print("%d equal, %d different" % (equal, different))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
