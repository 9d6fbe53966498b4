#!/usr/bin/env python3
"""The worked examples of docs/rules.md: each page, read with the configuration
under it, gives the table under that; sixty sites of the last one give three
hundred feeds.  Prints TAP."""

import http.server
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROGRAM = os.path.abspath(os.environ.get(
    "METROFEED", HERE / "build" / "metrofeed"))
DOCUMENT = HERE / "docs" / "rules.md"
TOP = "allow-private: true, host-gap: 0s"
SITES = 60
SECTIONS = ["politics", "economy", "society", "culture", "sports"]
results = []


def report(name, problems):
    results.append(not problems)
    print(f"{'ok' if not problems else 'not ok'} {len(results)} - {name}")
    for problem in problems[:10]:
        print("# " + str(problem).replace("\n", "\n# "))


class Server:
    """answer(host, path) -> bytes or None; on every loopback address."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = answer(self.headers["Host"], self.path)
                self.send_response(404 if body is None else 200)
                # says nothing of the character set
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        class Many(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 200

        self.server = Many(("0.0.0.0", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def parts():
    """(title, [(language, text)]) for each chapter."""
    for chapter in DOCUMENT.read_text().split("\n## ")[1:]:
        yield (chapter.split("\n", 1)[0],
               re.findall(r"```(\w+)\n(.*?)```", chapter, re.S))


def local(config, port):
    """The same configuration, for pages of ours."""
    config = re.sub(r"https://[a-z0-9]+\.example",
                    f"http://127.0.0.1:{port}", config)
    return config + f"defaults: {{{TOP}}}\n"


def rows(text):
    """The lines of articles, without what depends on now."""
    lines = [line.rstrip() for line in text.splitlines()
             if re.match(r" *\d+ new ", line)]
    return [re.sub(r" *(~|\d{4}-\d\d-\d\dT[\d:]+Z)$", "", line)
            if line.endswith("~") else line for line in lines]


def example(title, html, config, table):
    """None, or what differs."""
    charset = "euc-kr" if "EUC-KR" in title else "utf-8"
    says = "iso-8859-1" if charset == "euc-kr" else charset
    page = (f"<!doctype html><html><meta charset={says}><title>A page</title>"
            "<nav><a href='/'>Home</a> <a href='/about'>About</a></nav><main>"
            + html + "</main></html>").encode(charset)
    server = Server(lambda host, path: None if path == "/robots.txt" else page)
    with tempfile.TemporaryDirectory(prefix="metrofeed-docs-") as folder:
        conf = Path(folder) / "metrofeed.conf"
        conf.write_text(local(config, server.port))
        site = re.search(r"^  (\w+):$", config, re.M).group(1)
        section = re.search(r"^    sections:\n      (\w+):", config, re.M)
        name = f"{site}/{section.group(1) if section else 'all'}"
        done = subprocess.run([PROGRAM, "preview", "-c", conf, name],
                              capture_output=True, text=True, timeout=120,
                              env={**os.environ, "COLUMNS": "80"})
    server.close()
    got, wanted = done.stdout, rows(table)
    if "~" in table:  # the times depend on when one looks
        got = re.sub(r" *\d{4}-\d\d-\d\d(T[\d:]+Z)?$", "", got, flags=re.M)
        wanted = [row.rstrip("~ ") for row in wanted]
    if rows(got) != wanted or not wanted:
        return [f"{name}: got\n{done.stdout}{done.stderr}"]
    return []


# --- sixty sites -------------------------------------------------------------

def story(site, section, number):
    return 10000 * site + 100 * section + number


def row_page(site, section):
    return '<div class="section-body">' + "".join(
        f'<div class="row"><div class="titles"><a href="/news/articleView.html'
        f'?idxno={story(site, section, i)}">Story {i} of section {section} in '
        f'town {site}</a></div><p class="lead">What happened there, in short.'
        f'</p><b class="writer">Kim</b> <i class="dated">2026.11.0{i} 10:00</i>'
        f'</div>' for i in range(1, 7)) + "</div>"


def card_page(site, section):
    return '<div class="cards">' + "".join(
        f'<a class="card" href="/article/{story(site, section, i)}"><img src='
        f'"/p/{i}.jpg"><h3>Card {i} of section {section} in town {site}</h3>'
        f'<time datetime="2026-11-0{i}T10:00:00+09:00">a day</time></a>'
        for i in range(1, 7)) + "</div>"


def table_page(site, section):
    return '<table class="list"><tr><th>No<th>Title<th>Date</tr>' + "".join(
        f'<tr><td>{i}<td><a href="/view.asp?no={story(site, section, i)}">Row '
        f'{i} of section {section} in town {site}</a><td>2026-11-0{i}</tr>'
        for i in range(1, 7)) + "</table>"


def plain_page(site, section):
    return "<ul>" + "".join(
        f'<li><h3><a href="/n/{story(site, section, i)}">Piece {i} of section '
        f'{section} in town {site}</a></h3><p>A few words of it.</p><span>'
        f'2026-11-0{i} 09:30</span></li>' for i in range(1, 7)) + "</ul>"


KINDS = [("row-cms", row_page), ("card-cms", card_page),
         ("table-cms", table_page), (None, plain_page)]


def many(main, group):
    """The document's main file and its kind of file for sixty sites."""
    def answer(host, path):
        site = int(host.split(":")[0].split(".")[-1])
        if not path.startswith("/s/"):
            return None
        page = KINDS[site % len(KINDS)][1](site, int(path[3:]))
        return f"<!doctype html><title>t</title>{page}".encode()

    server = Server(answer)
    problems = []
    with tempfile.TemporaryDirectory(prefix="metrofeed-docs-") as folder:
        place = Path(folder)
        (place / "conf.d").mkdir()
        (place / "metrofeed.conf").write_text(main.replace(
            "defaults:\n", f"defaults:\n  {TOP.replace(', ', chr(10) + '  ')}"
            "\n"))
        # a site of the document, and the file once for each
        one = re.search(r"  paper01:\n(?:    .*\n)+", group).group(0)
        for number in range(1, SITES + 1):
            kind = KINDS[number % len(KINDS)][0]
            text = one.replace("paper01", f"paper{number:02}").replace(
                f"https://paper{number:02}.example",
                f"http://127.0.0.{number}:{server.port}")
            text = text.replace("    use: row-cms\n",
                                f"    use: {kind}\n" if kind else "")
            (place / "conf.d" / f"{number:02}.yaml").write_text(
                "sites:\n" + text)
        done = subprocess.run([PROGRAM, "once", "-c",
                               place / "metrofeed.conf"], timeout=400,
                              capture_output=True, text=True)
        feeds = [place / "feeds" / f"paper{number:02}" / f"{section}.atom"
                 for number in range(1, SITES + 1) for section in SECTIONS]
        for feed in feeds:
            entries = (feed.read_text().count("<entry>") if feed.exists()
                       else 0)
            if entries != 6:
                problems.append(f"{feed.parent.name}/{feed.name}: {entries}")
        if done.returncode != 0 or len(feeds) != 300:
            problems.append(done.stderr[-1500:])
    server.close()
    return problems


def main():
    chapters = list(parts())
    shown = [(title, blocks) for title, blocks in chapters
             if [kind for kind, _ in blocks] == ["html", "yaml", "text"]]
    report("there are four pages with a table", [] if len(shown) == 4 else
           [title for title, _ in shown])
    for title, blocks in shown:
        report(title, example(title, *(text for _, text in blocks)))
    # The bad twin: the page of one with the table of another.
    (one, first), (_, second) = shown[0], shown[3]
    report("a table that is another page's is found out",
           [] if example(one, first[0][1], first[1][1], second[2][1])
           else ["it is not"])
    (_, files), = [(title, blocks) for title, blocks in chapters
                   if [kind for kind, _ in blocks] == ["yaml", "yaml"]]
    report(f"{SITES} sites, {SITES * len(SECTIONS)} feeds",
           many(files[0][1], files[1][1]))


if __name__ == "__main__":
    main()
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
