"""Feed readers that remember: newsboat, sfeed, feedparser, rss2email.

Each polls its feeds and tells what it shows that it did not show before:
(feed, address of the article, "new" or "edit").  Debian's packages; absent()
says why one cannot run.
"""
import email
import json
import os
import shutil
import sqlite3
import subprocess
import urllib.parse

SYSTEM_PYTHON = "/usr/bin/python3"  # where Debian's feedparser lives
RUN_S = 60


def run(words, folder, **environment):
    done = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, errors="replace", timeout=RUN_S, check=False,
        env={"HOME": folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
             "TERM": "dumb", "no_proxy": "*", **environment})
    if done.returncode != 0:
        raise AssertionError("%s: %s" % (words[0], done.stderr or done.stdout))
    return done.stdout


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        f.write(text)


class Reader:
    programs = ()

    @classmethod
    def absent(cls):
        for program in cls.programs:
            if shutil.which(program) is None:
                return program + " is not installed"
        return ""

    def __init__(self, folder, urls):
        """An empty folder of its own; urls: {feed: address}."""
        self.folder, self.urls = folder, urls
        os.makedirs(folder)


class Newsboat(Reader):
    """A cache for each feed: in one, an article of several feeds is one."""
    programs = ("newsboat",)

    def poll_one(self, feed, url):
        write(self.folder, "urls", url + "\n")
        write(self.folder, "config", "")
        run(["newsboat", "-u", "urls", "-c", feed + ".db", "-C", "config",
             "-x", "reload"], self.folder)
        base = sqlite3.connect(os.path.join(self.folder, feed + ".db"))
        rows = base.execute("select url from rss_item"
                            " where unread = 1").fetchall()
        base.execute("update rss_item set unread = 0")
        base.commit()
        base.close()
        return [(feed, row[0], "new") for row in rows]

    def poll(self):
        return [one for item in self.urls.items()
                for one in self.poll_one(*item)]


class Sfeed(Reader):
    """A line for each id, title and link together: an edited title is a new
    line under a known id."""
    programs = ("sfeed_update", "curl")

    def lines(self, feed):
        path = os.path.join(self.folder, "feeds", feed)
        if not os.path.exists(path):
            return {}
        with open(path, encoding="utf-8", errors="replace") as f:
            rows = [line.split("\t") for line in f]
        return {(row[5], row[1], row[2]): row[2] for row in rows}

    def poll(self):
        write(self.folder, "rc", "sfeedpath=\"%s/feeds\"\nfeeds() {\n%s}\n" % (
            self.folder, "".join("\tfeed %s '%s'\n" % item
                                 for item in self.urls.items())))
        before = {feed: self.lines(feed) for feed in self.urls}
        run(["sfeed_update", "rc"], self.folder)
        told = []
        for feed, known in before.items():
            ids = {key[0] for key in known}
            told += [(feed, link, "edit" if key[0] in ids else "new")
                     for key, link in self.lines(feed).items()
                     if key not in known]
        return told


FEEDPARSER = r"""
import hashlib, json, sys, feedparser
known = json.load(sys.stdin)
answer = feedparser.parse(known["url"], etag=known.get("etag"),
                          modified=known.get("modified"))
if answer.get("status") not in (200, 304):
    sys.exit("%s: %s" % (known["url"], answer.get("status")))
if answer["status"] == 200 and answer.bozo:
    sys.exit("%s: %s" % (known["url"], answer.bozo_exception))
def mark(entry):
    parts = [entry.get("title"), entry.get("author"), entry.get("updated"),
             entry.get("link"), str(entry.get("tags")),
             str(entry.get("content") or entry.get("summary"))]
    return hashlib.sha1(repr(parts).encode()).hexdigest()
json.dump({"etag": answer.get("etag"), "modified": answer.get("modified"),
           "entries": [[e.id, e.link, mark(e)] for e in answer.entries]},
          sys.stdout)
"""


class Feedparser(Reader):
    """As a script would: by id, with the validators; and whatever differs in
    an entry is an edit."""
    programs = (SYSTEM_PYTHON,)

    @classmethod
    def absent(cls):
        done = subprocess.run([SYSTEM_PYTHON, "-c", "import feedparser"],
                              capture_output=True, check=False)
        return "python3-feedparser is not installed" if done.returncode else ""

    def __init__(self, folder, urls):
        super().__init__(folder, urls)
        self.memory = {feed: {"seen": {}} for feed in urls}

    def ask(self, feed, url):
        memory = self.memory[feed]
        done = subprocess.run(
            [SYSTEM_PYTHON, "-c", FEEDPARSER], input=json.dumps(
                {"url": url, "etag": memory.get("etag"),
                 "modified": memory.get("modified")}),
            capture_output=True, text=True, timeout=RUN_S, check=False)
        if done.returncode != 0:
            raise AssertionError("feedparser: " + done.stderr)
        return json.loads(done.stdout)

    def poll(self):
        told = []
        for feed, url in self.urls.items():
            answer, memory = self.ask(feed, url), self.memory[feed]
            for name in ("etag", "modified"):
                memory[name] = answer[name] or memory.get(name)
            for one, link, mark in answer["entries"]:
                if memory["seen"].get(one) != mark:
                    told.append((feed, link, "edit" if one in memory["seen"]
                                 else "new"))
                memory["seen"][one] = mark
        return told


class Rss2email(Reader):
    """A mail for each entry; with reply-changes, a reply when its content is
    another."""
    programs = ("r2e",)
    options = ""

    def __init__(self, folder, urls):
        super().__init__(folder, urls)
        os.mkdir(os.path.join(folder, "mail"))
        write(folder, "cfg", "[DEFAULT]\nto = reader@paper.example\n"
              "email-protocol = maildir\nmaildir-path = %s/mail\n"
              "maildir-mailbox = box\n%s" % (folder, self.options))
        for feed, url in urls.items():
            self.run("add", feed.replace(".", "-"), url)

    def run(self, *words):
        run(["r2e", "-c", "cfg", "-d", "data.json", *words], self.folder)

    def poll(self):
        self.run("run")
        names = {url: feed for feed, url in self.urls.items()}
        box = os.path.join(self.folder, "mail", "box", "new")
        told = []
        for name in os.listdir(box) if os.path.isdir(box) else ():
            with open(os.path.join(box, name), "rb") as f:
                mail = email.message_from_binary_file(f)
            told.append((names[mail["X-RSS-Feed"]],
                         urllib.parse.unquote(mail["X-RSS-URL"]),
                         "edit" if mail["In-Reply-To"] else "new"))
            os.unlink(os.path.join(box, name))
        return told


class Rss2emailReplies(Rss2email):
    options = "reply-changes = True\n"


ALL = (Newsboat, Sfeed, Feedparser, Rss2email, Rss2emailReplies)
