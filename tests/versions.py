"""A paper that changes its clothes: newsroom's pages, told otherwise.

A Mirror serves newsroom's listings with other addresses, hosts, sizes of
pictures, white space, order.  What it shows are the same articles.
"""
import re
import urllib.request

import rig

HOSTS = tuple("https://%s.paper.example" % name for name in (
    "www", "m", "mobile", "amp", "news", "biz", "local", "plus"))
ITEM = '<li class="article-item">'  # of markup 2


def links(form):
    """Each article's address: {} is its number."""
    return lambda page: re.sub(r'(["=])/article/(\d+)',
                               lambda m: m[1] + form.format(m[2]), page)


def on_any_host(form):
    """Each article on one of the hosts, another each time."""
    def change(page):
        change.turn += 1
        return re.sub(r'(["=])/article/(\d+)', lambda m: m[1] + HOSTS[
            (int(m[2]) + change.turn) % len(HOSTS)] + form.format(m[2]), page)
    change.turn = 0
    return change


def picture(size):
    return lambda page: page.replace("/.cache/512/", "/.cache/%s/" % size)


def spaces(page):
    """More of them, where they mean nothing."""
    return re.sub(r">([^<]+)<", lambda m: ">" + m[1].replace(
        " ", " \n\t\u00a0 ").replace("\n", " \n ") + "<", page)


def items(change):
    """change(list of the items' HTML) -> another list."""
    def changed(page):
        head, *parts = page.split(ITEM)
        last, end = parts[-1].split("</li>", 1)
        parts[-1] = last + "</li>\n"
        return head + "".join(ITEM + p for p in change(parts)) + end
    return changed


reversed_items = items(lambda all_: all_[::-1])
without_some = items(lambda all_: all_[:2] + all_[5:])


class Mirror:
    def __init__(self, room, *paths):
        self.room = room
        self.changes = ()
        self.site = rig.Site()
        self.url = self.site.url
        for path in paths:
            self.site.pages[path] = self.page

    def page(self, handler):
        with urllib.request.urlopen(self.room.url + handler.path,
                                    timeout=10) as answer:
            page = answer.read().decode()
        for change in self.changes:
            page = change(page)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()

    def show(self, *changes):
        """In this order; a tag around an address stays as it is."""
        self.changes = changes

    def stop(self):
        self.site.stop()
