"""JSON Feed 1.1 (jsonfeed.org/version/1.1), rule by rule.

judge(path) raises Fault with the first rule that is broken, or returns the ids
in order.  SAMPLES are a good document and a bad twin for each rule.  What is
ours beyond the specification says so.
"""

import datetime
import json
import re

VERSION = "https://jsonfeed.org/version/1.1"


class Fault(Exception):
    """The rule that is broken."""


def require(condition, words):
    if not condition:
        raise Fault(words)


def without_twins(pairs):
    """RFC 8259 4: names within an object should be unique."""
    names = [name for name, _ in pairs]
    require(len(set(names)) == len(names), f"a name twice among {names}")
    return dict(pairs)


def refuse_constant(word):
    raise Fault(f"{word} is no JSON")  # RFC 8259 6


def read(path):
    data = path.read_bytes()
    require(not data.startswith(b"\xef\xbb\xbf"), "a BOM")  # RFC 8259 8.1
    try:
        text = data.decode("utf-8")
        return json.loads(text, object_pairs_hook=without_twins,
                          parse_constant=refuse_constant)
    except ValueError as error:
        raise Fault(str(error)) from error


def is_text(value, what):
    require(isinstance(value, str), f"{what} is no string")
    # whatever JSON can escape, no text of ours holds
    require(not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
                          "\u202a-\u202e\u2066-\u2069]", value),
            f"{what}: a character that must not leave")


def is_words(value, what):
    is_text(value, what)
    require(value.strip(), f"{what} is empty")


def is_address(value, what):
    is_text(value, what)
    require(re.fullmatch(r"https?://[^\s/]\S*", value),
            f"{what}: {value!r} is no address")


def is_date(value, what):
    """RFC 3339 5.6, "T" and "Z" in upper case."""
    is_text(value, what)
    require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
                         r"(Z|[+-]\d\d:\d\d)", value),
            f"{what}: {value!r} is no RFC 3339 date")
    try:
        datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError as error:
        raise Fault(f"{what}: {value!r}: {error}") from error


def is_language(value, what):
    is_text(value, what)
    require(re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value),
            f"{what}: {value!r} is no language")


def is_truth(value, what):
    require(isinstance(value, bool), f"{what} is neither true nor false")


def is_html(value, what):
    is_text(value, what)
    # ours: made by us, of nothing else
    for tag in re.findall(r"<[^>]*>?", value):
        require(re.fullmatch(
            r'</?p>|<img src="https?://[^"<>\s]*" alt="">', tag),
            f"{what}: {tag!r}")


def is_list_of(check):
    def check_list(value, what):
        require(isinstance(value, list), f"{what} is no array")
        for number, one in enumerate(value):
            check(one, f"{what}[{number}]")
    return check_list


def is_object_of(keys, required=(), some_of=()):
    def check_object(value, what):
        require(isinstance(value, dict), f"{what} is no object")
        for name in required:
            require(name in value, f"{what}: no {name}")
        require(not some_of or any(name in value for name in some_of),
                f"{what}: none of {', '.join(some_of)}")
        for name, one in value.items():
            if name.startswith("_"):  # extensions are objects
                require(isinstance(one, dict), f"{what}.{name} is no object")
                continue
            require(name in keys, f"{what}: there is no {name}")
            keys[name](one, f"{what}.{name}")
    return check_object


AUTHORS = is_list_of(is_object_of(
    {"name": is_words, "url": is_address, "avatar": is_address},
    some_of=("name", "url", "avatar")))


def is_number(value, what):
    require(isinstance(value, (int, float)) and not isinstance(value, bool)
            and value >= 0, f"{what} is no number")


ATTACHMENT = is_object_of(
    {"url": is_address, "mime_type": is_words, "title": is_words,
     "size_in_bytes": is_number, "duration_in_seconds": is_number},
    required=("url", "mime_type"))
ITEM = is_object_of(
    {"id": is_words, "url": is_address, "external_url": is_address,
     "title": is_text, "content_html": is_html, "content_text": is_text,
     "summary": is_words, "image": is_address, "banner_image": is_address,
     "date_published": is_date, "date_modified": is_date, "authors": AUTHORS,
     "tags": is_list_of(is_words), "language": is_language,
     "attachments": is_list_of(ATTACHMENT)},
    # url and the dates are ours
    required=("id", "url", "date_published", "date_modified"),
    some_of=("content_html", "content_text"))
FEED = is_object_of(
    {"version": is_words, "title": is_words, "home_page_url": is_address,
     "feed_url": is_address, "description": is_words, "user_comment": is_words,
     "next_url": is_address, "icon": is_address, "favicon": is_address,
     "authors": AUTHORS, "language": is_language, "expired": is_truth,
     "hubs": is_list_of(is_object_of(
         {"type": is_words, "url": is_address}, required=("type", "url"))),
     "items": is_list_of(ITEM)},
    required=("version", "title", "items"))


def ids_in(path):
    """All ids that stand in the file, repeated ones too; for comparing."""
    try:
        feed = json.loads(path.read_bytes())
        return [item.get("id", "") for item in feed["items"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def judge(path):
    feed = read(path)
    FEED(feed, "feed")
    require(feed["version"] == VERSION, f"version {feed['version']!r}")
    require("next_url" not in feed or feed["next_url"] != feed.get("feed_url"),
            "next_url is feed_url")
    for number, item in enumerate(feed["items"]):
        require(item["date_published"] <= item["date_modified"],  # ours: UTC
                f"items[{number}]: modified before it was published")
    return [item["id"] for item in feed["items"]]


ENTRY = """  {{
   "id": "tag:example.com,2026:{0}",
   "url": "https://example.com/article/{0}",
   "title": "Title {0} 제목 <b>",
   "content_html": "<p><img src=\\"https://example.com/{0}.jpg\\" alt=\\"\\"></p>\\n<p>Text</p>",
   "image": "https://example.com/{0}.jpg",
   "date_published": "2024-03-05T00:00:00Z",
   "date_modified": "2024-03-05T01:0{0}:00Z",
   "authors": [{{"name": "Kim"}}],
   "tags": ["B"]
  }}"""
GOOD = """{
 "version": "https://jsonfeed.org/version/1.1",
 "title": "A · B",
 "home_page_url": "https://example.com/list",
 "feed_url": "https://f.example/a.json",
 "authors": [{"name": "A"}],
 "language": "ko",
 "items": [
""" + ENTRY.format(1) + ",\n" + ENTRY.format(2) + "\n ]\n}\n"


def _swap(old, new):
    return lambda text: text.replace(old, new)


def _drop(pattern):
    return lambda text: re.sub(pattern, "", text)


def _add(key, value, before=' "language"'):
    return lambda text: text.replace(before, f' "{key}": {value},\n{before}')


def _add_item(key, value):
    return _add(key, value, '   "image": "https://example.com/2.jpg"')


_WHO = {"jsonfeed"}
# name, what becomes of the good document, who must catch it
SAMPLES = (
    ("good", lambda text: text, set()),
    ("extensions", _add("_ours", "{}"), set()),
    ("cut", lambda text: text[:-3], _WHO),
    ("empty", lambda text: "", _WHO),
    ("a list", lambda text: "[]", _WHO),
    ("trailing comma", _swap('["B"]', '["B",]'), _WHO),
    ("control character", _swap("Title 2", "Title \x01"), _WHO),
    ("escaped control character", _swap("Title 2", "Title \\u0001"), _WHO),
    ("lone surrogate", _swap("Title 2", "Title \\ud800"), _WHO),
    ("U+FFFE", _swap("Title 2", "Title \\ufffe"), _WHO),
    ("bidi", _swap("Title 2", "Title \\u202e"), _WHO),
    ("not UTF-8", _swap("Title 2", "Title \udcff"), _WHO),
    ("BOM", lambda text: "\ufeff" + text, _WHO),
    ("a name twice", _add("title", '"x"'), _WHO),
    ("NaN", _add("expired", "NaN"), _WHO),
    ("no version", _drop(r' "version".*\n'), _WHO),
    ("version", _swap("version/1.1", "version/1"), _WHO),
    ("no title", _drop(r' "title": "A.*\n'), _WHO),
    ("title that is none", _swap('"A · B"', "1"), _WHO),
    ("empty title", _swap('"A · B"', '" "'), _WHO),
    ("no items", _swap('"items"', '"_items"'), _WHO),
    ("home page", _swap("https://example.com/list", "/list"), _WHO),
    ("address of the feed", _swap("https://f.example/a.json", "a.json"), _WHO),
    ("icon", _add("icon", '"/i.png"'), _WHO),
    ("favicon", _add("favicon", "true"), _WHO),
    ("expired", _add("expired", '"no"'), _WHO),
    ("next_url", _add("next_url", '"https://f.example/a.json"'), _WHO),
    ("unknown member", _add("subtitle", '"x"'), _WHO),
    ("author of version 1", _add("author", '{"name": "A"}'), _WHO),
    ("hub without url", _add("hubs", '[{"type": "WebSub"}]'), _WHO),
    ("language with underscore", _swap('"ko"', '"ko_KR"'), _WHO),
    ("authors that are none", _swap('[{"name": "A"}]', '{"name": "A"}'), _WHO),
    ("author without a name", _swap('{"name": "A"}', "{}"), _WHO),
    ("author that is a string", _swap('[{"name": "Kim"}]', '["Kim"]'), _WHO),
    ("no id", _drop(r'   "id": ".*:2",\n'), _WHO),
    ("id that is a number", _swap('"tag:example.com,2026:2"', "2"), _WHO),
    ("empty id", _swap('"tag:example.com,2026:2"', '""'), _WHO),
    ("id twice", _swap("2026:2", "2026:1"), _WHO),
    ("no url", _drop(r'   "url": ".*/2",\n'), _WHO),
    ("url that runs", _swap("https://example.com/article/2",
                            "javascript:alert(1)"), _WHO),
    ("no content", _drop(r' *"content_html": ".*/2.jpg.*\n'), _WHO),
    ("content that is none", _add_item("content_text", "null"), _WHO),
    ("script in the content", _swap("<p>Text</p>", "<script>x</script>"), _WHO),
    ("image that runs", _swap('<img src=\\"https://example.com/2.jpg',
                              '<img src=\\"javascript:x'), _WHO),
    ("tag that never ends", _swap("<p>Text</p>", "<p>Text<img "), _WHO),
    ("image", _swap('"image": "https://example.com/2.jpg"', '"image": "x"'),
     _WHO),
    ("date in words", _swap("2024-03-05T01:02:00Z", "yesterday"), _WHO),
    ("date without a zone", _swap("01:02:00Z", "01:02:00"), _WHO),
    ("32 March", _swap("03-05T01:02", "03-32T01:02"), _WHO),
    ("RFC 822", _swap("2024-03-05T01:02:00Z", "Tue, 05 Mar 2024 01:02:00 GMT"),
     _WHO),
    ("no date", _drop(r' *"date_published".*\n'), _WHO),
    ("modified before", _swap("2024-03-05T01:02", "2023-03-05T01:02"),
     _WHO),
    ("tags that are a string", _swap('["B"]', '"B"'), _WHO),
    ("tag that is a number", _swap('["B"]', "[1]"), _WHO),
    ("attachment without type",
     _add_item("attachments", '[{"url": "https://e.example/i"}]'), _WHO),
    ("size in words", _add_item(
        "attachments", '[{"url": "https://e.example/i", "mime_type": "a/b",'
        ' "size_in_bytes": "1"}]'), _WHO),
    ("one item lost", _swap(",\n" + ENTRY.format(2), ""), _WHO),
    ("one item more", _swap("\n ]", ",\n" + ENTRY.format(0) + "\n ]"), _WHO),
)
