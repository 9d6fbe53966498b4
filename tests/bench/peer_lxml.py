#!/usr/bin/env python3
"""The peer to beat: a script on http.client and lxml, one feed a page.

URLs on stdin; rounds as in rounds.py: "round NAME" reads them all and answers
with microseconds of CPU a page.  Like every such script it parses each page,
and writes the feed if its bytes are others.
"""
import http.client
import os
import resource
import sys
import tempfile
import urllib.parse

import lxml.etree
import lxml.html

ITEMS = lxml.etree.XPath("//li[@class='news']")
FIELDS = {name: lxml.etree.XPath(path) for name, path in {
    "title": "string(h3/a)", "link": "string(h3/a/@href)",
    "summary": "string(p)", "updated": "string(span[@class='date'])",
    "image": "string(a/img/@src)"}.items()}


def feed_of(url, body):
    page = lxml.html.fromstring(body, parser=PARSER)
    feed = lxml.etree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    for item in ITEMS(page):
        entry = lxml.etree.SubElement(feed, "entry")
        for name, path in FIELDS.items():
            value = path(item)
            if name in ("link", "image"):
                lxml.etree.SubElement(entry, "link", href=urllib.parse.urljoin(
                    url, value))
            else:
                lxml.etree.SubElement(entry, name).text = value.strip()
        lxml.etree.SubElement(entry, "id").text = urllib.parse.urljoin(
            url, FIELDS["link"](item))
    return lxml.etree.tostring(feed, encoding="utf-8", xml_declaration=True)


def read_all(urls, folder, known):
    connections = {}
    for number, url in enumerate(urls):
        parts = urllib.parse.urlsplit(url)
        connection = connections.get(parts.netloc)
        if connection is None:
            connection = connections[parts.netloc] = (
                http.client.HTTPConnection(parts.netloc, timeout=10))
        connection.request("GET", parts.path)
        feed = feed_of(url, connection.getresponse().read())
        if known.get(number) == feed:
            continue
        known[number] = feed
        path = os.path.join(folder, "%d.atom" % number)
        with open(path + ".new", "wb") as f:
            f.write(feed)
        os.rename(path + ".new", path)
    for connection in connections.values():
        connection.close()


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    urls, known = [], {}
    with tempfile.TemporaryDirectory(prefix="peer-lxml-") as folder:
        for line in sys.stdin:
            if not line.startswith("round"):
                urls.append(line.strip())
                continue
            before = cpu_s()
            read_all(urls, folder, known)
            print((cpu_s() - before) * 1e6 / len(urls), flush=True)


PARSER = lxml.html.HTMLParser(encoding="utf-8")
if __name__ == "__main__":
    main()
