"""RSS 2.0 (rssboard.org/rss-specification, 2.0.11), rule by rule.

judge(path) raises Fault with the first rule that is broken, or returns the
guids in order.  SAMPLES are a good document and a bad twin for each rule.
What is ours beyond the specification says so.
"""

import datetime
import re
import xml.etree.ElementTree as tree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"

ONCE, ANY = "once", "any number"
CHANNEL = {
    "title": ONCE, "link": ONCE, "description": ONCE, "language": ONCE,
    "copyright": ONCE, "managingEditor": ONCE, "webMaster": ONCE,
    "pubDate": ONCE, "lastBuildDate": ONCE, "category": ANY,
    "generator": ONCE, "docs": ONCE, "cloud": ONCE, "ttl": ONCE,
    "image": ONCE, "rating": ONCE, "textInput": ONCE, "skipHours": ONCE,
    "skipDays": ONCE, "item": ANY,
}
ITEM = {
    "title": ONCE, "link": ONCE, "description": ONCE, "author": ONCE,
    "category": ANY, "comments": ONCE, "enclosure": ONCE, "guid": ONCE,
    "pubDate": ONCE, "source": ONCE,
}
EXTENSIONS = {
    ATOM + "link": ANY, CONTENT + "encoded": ONCE, DC + "creator": ANY,
    MEDIA + "thumbnail": ANY,
}
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DATE = re.compile(
    r"(?:(%s), )?(\d{1,2}) (%s) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? "
    r"(?:UT|GMT|[ECMP][SD]T|[+-]\d{4})" % ("|".join(DAYS), "|".join(MONTHS)))


class Fault(Exception):
    """The rule that is broken."""


def read_date(text, what):
    """RFC 822 5, with four digits for the year."""
    found = DATE.fullmatch(text or "")
    if found is None:
        raise Fault(f"{what}: {text!r} is no RFC 822 date")
    day_name, day, month, year, hour, minute, second = found.groups()
    try:
        date = datetime.datetime(
            int(year), MONTHS.index(month) + 1, int(day), int(hour),
            int(minute), int(second or 0))
    except ValueError as error:
        raise Fault(f"{what}: {text!r}: {error}") from error
    if day_name and DAYS[date.weekday()] != day_name:
        raise Fault(f"{what}: {text!r} is no {day_name}")


def is_address(text):
    return re.fullmatch(r"https?://[^\s/]\S*", text or "") is not None


def read_children(parent, known, what):
    """The one of each name, or the list of those that may come often."""
    counts = {}
    for child in parent:
        rule = known.get(child.tag) or EXTENSIONS.get(child.tag)
        if rule is None and not child.tag.startswith("{"):
            raise Fault(f"{what}: there is no element {child.tag}")
        counts.setdefault(child.tag, []).append(child)
        if rule == ONCE and len(counts[child.tag]) > 1:
            raise Fault(f"{what}: more than one {child.tag}")
        if len(child) and child.tag not in ("item", "image", "textInput",
                                            "skipHours", "skipDays"):
            raise Fault(f"{what}: {child.tag} holds elements")
    return counts


def text_of(children, name):
    found = children.get(name)
    return (found[0].text or "").strip() if found else None


def require(condition, words):
    if not condition:
        raise Fault(words)


def check_common(children, what):
    for name in ("pubDate", "lastBuildDate"):
        if name in children:
            read_date(children[name][0].text, f"{what}: {name}")
    for category in children.get("category", []):
        require((category.text or "").strip(), f"{what}: empty category")
        require(set(category.attrib) <= {"domain"},
                f"{what}: category: attributes")
    for name in ("author", "managingEditor", "webMaster"):
        if name in children:
            require("@" in (text_of(children, name) or ""),
                    f"{what}: {name} is no e-mail address")
    for thumbnail in children.get(MEDIA + "thumbnail", []):
        require(is_address(thumbnail.get("url")),
                f"{what}: media:thumbnail without an address")
    for creator in children.get(DC + "creator", []):
        require((creator.text or "").strip(), f"{what}: empty dc:creator")
    for encoded in children.get(CONTENT + "encoded", []):
        require((encoded.text or "").strip(), f"{what}: empty content")


def check_channel(children):
    what = "channel"
    for name in ("title", "link", "description"):
        require(text_of(children, name), f"{what}: no {name}, or an empty one")
    require(is_address(text_of(children, "link")), f"{what}: link")
    if "language" in children:
        require(re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*",
                             text_of(children, "language")),
                f"{what}: language {text_of(children, 'language')!r}")
    if "ttl" in children:
        require(re.fullmatch(r"[1-9]\d*", text_of(children, "ttl")),
                f"{what}: ttl")
    if "docs" in children:
        require(is_address(text_of(children, "docs")), f"{what}: docs")
    for image in children.get("image", []):
        parts = {child.tag: child.text for child in image}
        require(is_address(parts.get("url")) and parts.get("title")
                and is_address(parts.get("link")),
                f"{what}: image without url, title or link")
    for link in children.get(ATOM + "link", []):
        require(is_address(link.get("href")), f"{what}: atom:link: href")
        require(link.get("rel") != "self"
                or link.get("type") == "application/rss+xml",
                f"{what}: atom:link: type")
    check_common(children, what)


def check_guid(children, what):
    guid = children.get("guid", [None])[0]
    require(guid is not None, f"{what}: no guid")  # ours
    require(set(guid.attrib) <= {"isPermaLink"}, f"{what}: guid: attributes")
    permanent = guid.get("isPermaLink", "true")
    require(permanent in ("true", "false"), f"{what}: isPermaLink")
    require((guid.text or "").strip(), f"{what}: empty guid")
    if permanent == "true":
        require(is_address(guid.text), f"{what}: guid is no permanent link")
    require(permanent == "false", f"{what}: isPermaLink is not false")  # ours
    return guid.text


def check_enclosure(children, what):
    for enclosure in children.get("enclosure", []):
        require(re.fullmatch(r"http://\S+", enclosure.get("url", ""))
                or is_address(enclosure.get("url")), f"{what}: enclosure: url")
        require(re.fullmatch(r"\d+", enclosure.get("length", "")),
                f"{what}: enclosure: length")
        require(re.fullmatch(r"\S+/\S+", enclosure.get("type", "")),
                f"{what}: enclosure: type")


def check_item(item, what):
    children = read_children(item, ITEM, what)
    require("title" in children or "description" in children,
            f"{what}: neither title nor description")
    if "link" in children:
        require(is_address(text_of(children, "link")), f"{what}: link")
    require("link" in children, f"{what}: no link")  # ours
    require("pubDate" in children, f"{what}: no pubDate")  # ours
    for name in ("comments", "source"):
        for one in children.get(name, []):
            address = one.text if name == "comments" else one.get("url")
            require(is_address(address), f"{what}: {name}")
    # ours: a feed reader may take a title for HTML (HTML 13.2.5.6)
    require(not re.search(r"<[A-Za-z/!?]", text_of(children, "title") or ""),
            f"{what}: the title begins a tag")
    check_enclosure(children, what)
    check_common(children, what)
    return check_guid(children, what)


def ids_in(path):
    """All guids that stand in the file, repeated ones too; for comparing."""
    try:
        root = tree.parse(path).getroot()
    except tree.ParseError:
        return None
    return [item.findtext("guid", "") for item in root.iter("item")]


def judge(path):
    try:
        root = tree.parse(path).getroot()
    except tree.ParseError as error:
        raise Fault(str(error)) from error
    require(root.tag == "rss", f"the root is {root.tag}")
    require(root.get("version") == "2.0", "rss: version")
    channels = list(root)
    require(len(channels) == 1 and channels[0].tag == "channel",
            "rss: not one channel alone")
    children = read_children(channels[0], CHANNEL, "channel")
    check_channel(children)
    return [check_item(item, f"item {number}")
            for number, item in enumerate(children.get("item", []), 1)]


ENTRY = """  <item>
   <title>Title {0} 제목 &lt;속보&gt;</title>
   <link>https://example.com/article/{0}</link>
   <guid isPermaLink="false">tag:example.com,2026:{0}</guid>
   <pubDate>Tue, 05 Mar 2024 00:0{0}:00 GMT</pubDate>
   <dc:creator>Kim</dc:creator>
   <category>B</category>
   <description>Text {0}</description>
   <content:encoded>&lt;p&gt;Text {0}&lt;/p&gt;</content:encoded>
   <media:thumbnail url="https://example.com/{0}.jpg"/>
  </item>
"""
GOOD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/">
 <channel>
  <title>A · B</title>
  <link>https://example.com/list</link>
  <description>A · B</description>
  <atom:link rel="self" type="application/rss+xml" href="https://f.example/a"/>
  <language>ko</language>
  <lastBuildDate>Tue, 05 Mar 2024 02:00:00 GMT</lastBuildDate>
  <generator>metrofeed</generator>
""" + ENTRY.format(1) + ENTRY.format(2) + " </channel>\n</rss>\n"


def _swap(old, new):
    return lambda text: text.replace(old, new)


def _drop(pattern):
    return lambda text: re.sub(pattern, "", text)


_ITEM = '<guid isPermaLink="false">tag:example.com,2026:2</guid>'
_EVERY = {"expat", "rss", "feedparser"}
# name, what becomes of the good document, who must catch it
SAMPLES = (
    ("good", lambda text: text, set()),
    ("cut", _swap("</rss>\n", ""), _EVERY),
    ("cut in an item", lambda text: text[:text.rindex("<content")], _EVERY),
    ("control character", _swap("Title 2", "Title \x01"), _EVERY),
    ("not UTF-8", _swap("Title 2", "Title \udcff"), {"expat", "rss"}),
    ("DOCTYPE", _swap("?>\n<rss", "?>\n<!DOCTYPE rss>\n<rss"), {"expat"}),
    ("another root", lambda text: text.replace("<rss", "<rdf")
     .replace("</rss", "</rdf"), {"rss"}),
    ("version", _swap('version="2.0"', 'version="0.91"'), {"rss"}),
    ("two channels", _swap("</channel>", "</channel><channel/>"), {"rss"}),
    ("no title of the channel", _drop(r"  <title>A.*\n"), {"rss"}),
    ("no link of the channel", _drop(r"  <link>.*list.*\n"), {"rss"}),
    ("no description", _drop(r"  <description>A.*\n"), {"rss"}),
    ("empty description", _swap("<description>A · B<", "<description><"),
     {"rss"}),
    ("two titles of the channel",
     _swap("<language>", "<title>x</title><language>"), {"rss"}),
    ("link that is none", _swap("https://example.com/list", "/list"),
     {"rss"}),
    ("unknown element", _swap("<language>", "<id>x</id><language>"), {"rss"}),
    ("language with underscore", _swap(">ko<", ">ko_KR<"), {"rss"}),
    ("ttl", _swap("<language>", "<ttl>0</ttl><language>"), {"rss"}),
    ("image without link",
     _swap("<language>", "<image><url>https://e.example/i.png</url>"
           "<title>x</title></image><language>"), {"rss"}),
    ("e-mail", _swap("<language>", "<webMaster>Kim</webMaster><language>"),
     {"rss"}),
    ("address of the feed", _swap("https://f.example/a", "/a"), {"rss"}),
    ("type of the feed", _swap("application/rss+xml", "text/xml"), {"rss"}),
    ("RFC 3339", _swap("Tue, 05 Mar 2024 00:02:00 GMT",
                       "2024-03-05T00:02:00Z"), {"rss"}),
    ("wrong weekday", _swap("Tue, 05 Mar 2024 00:02", "Wed, 05 Mar 2024 00:02"),
     {"rss"}),
    ("32 March", _swap("Tue, 05 Mar 2024 00:02", "Fri, 32 Mar 2024 00:02"),
     {"rss"}),
    ("year of two digits", _swap("Mar 2024 00:02", "Mar 24 00:02"), {"rss"}),
    ("no zone", _swap("00:02:00 GMT", "00:02:00"), {"rss"}),
    ("month in Korean", _swap("Mar 2024 00:02", "3월 2024 00:02"), {"rss"}),
    ("lastBuildDate", _swap("02:00:00 GMT", "2 o'clock"), {"rss"}),
    ("no pubDate", _drop(r" *<pubDate>.*00:02.*\n"),
     {"rss", "feedparser", "sfeed"}),
    ("neither title nor description",
     _drop(r"   <(title>Title|description>Text) 2.*\n"), {"rss"}),
    ("two links of an item",
     _swap(_ITEM, "<link>https://e.example</link>" + _ITEM), {"rss"}),
    ("no link of an item", _drop(r".*article/2.*\n"),
     {"rss", "sfeed", "newsboat"}),
    ("link that runs", _swap("https://example.com/article/2",
                             "javascript:alert(1)"), {"rss"}),
    ("no guid", _drop(r" *<guid.*:2<.*\n"),
     {"rss", "feedparser", "sfeed", "newsboat"}),
    ("empty guid", _swap("tag:example.com,2026:2<", "<"),
     {"rss", "feedparser", "sfeed", "newsboat"}),
    ("guid that is no address",
     _swap(_ITEM, "<guid>tag:example.com,2026:2</guid>"), {"rss"}),
    ("isPermaLink", _swap(_ITEM, _ITEM.replace("false", "no")), {"rss"}),
    ("a permanent link", _swap(
        _ITEM, '<guid isPermaLink="true">https://e.example/2</guid>'),
     {"rss", "feedparser", "sfeed", "newsboat"}),
    ("guid twice", _swap("2026:2<", "2026:1<"),
     {"rss", "feedparser", "sfeed", "newsboat"}),
    ("two guids", _swap(_ITEM, _ITEM + _ITEM), {"rss"}),
    ("author without e-mail", _swap(_ITEM, _ITEM + "<author>Kim</author>"),
     {"rss"}),
    ("empty creator", _swap(">Kim<", "><"), {"rss"}),
    ("empty category", _swap("<category>B<", "<category><"), {"rss"}),
    ("enclosure without length", _swap(
        _ITEM, _ITEM + '<enclosure url="http://e.example/i" type="a/b"/>'),
     {"rss"}),
    ("enclosure without type", _swap(
        _ITEM, _ITEM + '<enclosure url="http://e.example/i" length="1"/>'),
     {"rss"}),
    ("source without url", _swap(_ITEM, _ITEM + "<source>x</source>"),
     {"rss"}),
    ("comments", _swap(_ITEM, _ITEM + "<comments>x</comments>"), {"rss"}),
    ("markup in a description",
     _swap("<description>Text 2", "<description><b>Text</b> 2"), {"rss"}),
    ("empty content", _swap("&lt;p&gt;Text 2&lt;/p&gt;", ""), {"rss"}),
    ("two contents", _swap(
        "<description>Text 2", "<content:encoded>x</content:encoded>"
        "<description>Text 2"), {"rss"}),
    ("thumbnail without address",
     _swap('url="https://example.com/2.jpg"', ""), {"rss"}),
    ("a title that is a tag", _swap("Title 2", "&lt;script&gt; 2"), {"rss"}),
    ("unbound prefix", _drop(r'\n xmlns:media="[^"]*"'), _EVERY),
    ("one item lost", _swap(ENTRY.format(2), ""),
     {"rss", "feedparser", "sfeed", "newsboat"}),
    ("one item more", _swap(" </channel>", ENTRY.format(0) + " </channel>"),
     {"rss", "feedparser", "sfeed", "newsboat"}),
)
