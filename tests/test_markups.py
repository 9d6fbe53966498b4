#!/usr/bin/env python3
"""The same eight articles in markups drawn by lot, read without rules.

usage: test_markups.py [--count N] [--seed N] [--show] PROGRAM

Each page is a newspaper's listing: a menu, a list of eight invented articles in
one of many markups, boxes with links of the same shape beside it, a pager.  Read
with `url` and `article-link` it must give exactly the eight articles: title,
whole text, time to the second, reporter, picture.  Read with `url` alone as many
pages as LEAST says must give the same; what fails is shown with its seed.  The
last line counts passed and failed.
"""
import argparse
import datetime
import html
import json
import os
import random
import subprocess
import sys
import tempfile

SITE = "https://www.dawn.example"
LEAST = 0.9  # of the pages by url alone

SUBJECTS = ["강변 자전거길", "새 등대", "시립 도서관", "전통시장", "해안 도로",
            "태양광 발전소", "지역 축제", "중소기업 지원사업", "항만 물동량", "빈집 정비사업",
            "청년 창업센터", "하천 준설", "통학버스", "수소 충전소", "노후 상수도관"]
VERBS = ["열두 해 만에 다시 문 열어", "예산 두 배로 늘린다", "내달부터 무료로 운영",
         "주민 반대에 계획 바꿔", "전국 첫 시범사업 선정", "올해 안에 마무리하기로",
         "'이용자 절반이 외지인'", "3년 만에 최대치 기록", "안전 점검에서 \"이상 없음\"",
         "공청회서 찬반 팽팽"]
SENTENCES = ["시는 18일 이 같은 내용을 담은 계획을 발표했다.",
             "관계자는 \"주민 의견을 충분히 들어 추진하겠다\"고 말했다.",
             "사업비는 모두 120억원으로, 절반은 국비로 충당한다.",
             "지난해 같은 기간보다 12.5% 늘어난 수치다.",
             "전문가들은 장기적인 관리 방안이 필요하다고 지적한다.",
             "현장에는 아침부터 많은 시민이 찾아와 긴 줄을 이뤘다.",
             "A&B 컨소시엄이 설계를 맡아 2025년 3월 착공한다.",
             "이용 시간은 오전 9시부터 오후 6시까지다.",
             "앞서 2021년 5월 시작한 1단계 공사는 지난해 끝났다."]
NAMES = ["김하늘", "이바다", "박누리", "최가람", "정슬기", "한보라"]


def draw_articles(lot):
    articles, clock = [], 18 * 86400 - lot.randrange(9000)
    subjects = lot.sample(SUBJECTS, 8)
    for i in range(8):
        clock -= lot.randrange(700, 9000)
        day, rest = divmod(clock, 86400)
        when = "2023-04-%02d %02d:%02d:%02d" % (
            day + 1, rest // 3600, rest // 60 % 60, rest % 60)
        number = "202304%02d5%05d" % (day + 1, 500 - i * 7 - lot.randrange(6))
        text = " ".join(lot.choice(SENTENCES)
                        for _ in range(lot.randrange(3, 12)))
        articles.append({
            "number": number,
            "link": SITE + "/article/" + number,
            "title": "%s, %s" % (subjects[i], lot.choice(VERBS)),
            "text": text, "when": when,
            "reporter": lot.choice(NAMES) + " 기자",
            "image": "%s/img/%s.jpg" % (SITE, number)})
    return articles


def draw_look(lot):
    """What the whole page has in common."""
    classes = lot.choice([
        {"item": "news-item", "title": "tit", "text": "desc", "by": "byline",
         "date": "date", "who": "writer", "list": "news-list", "pic": "thumb"},
        {"item": "css-1x9ab", "title": "css-77q", "text": "css-k3", "by": "css-p",
         "date": "css-d1", "who": "css-w", "list": "css-zz9", "pic": "css-im"},
        {"item": "row mb-3", "title": "fs-5 fw-bold", "text": "text-muted",
         "by": "small", "date": "me-2", "who": "ms-2", "list": "container",
         "pic": "col-4"},
        {}])
    return {
        "classes": classes,
        "frame": lot.choice(["ul", "div", "article", "table", "dl", "run",
                             "paragraph", "card", "whole", "columns", "pair"]),
        "heading": lot.choice(["h2", "h3", "h4", "strong", "div", "p", "span",
                               "b", "a"]),
        "link": lot.choice(["title", "title", "all", "picture", "more",
                            "onclick", "script"]),
        "date": lot.choice(["plain", "plain", "label", "dots", "time", "apart",
                            "divider", "first", "korean"]),
        "reporter": lot.choice(["all", "all", "some", "none", "bracket"]),
        "picture": lot.choice(["all", "some", "none", "lazy", "style",
                               "srcset"]),
        "text": lot.choice(["p", "div", "span", "paragraphs"]),
        "beside": lot.choice(["none", "before", "after", "plain", "both"]),
        "indent": lot.choice(["", "\n", "\n\t\t"]),
        "extra": lot.choice(["none", "none", "heading", "rubric", "advert",
                             "related", "comments"]),
    }


class Page:
    def __init__(self, lot):
        self.lot = lot
        self.look = draw_look(lot)
        self.articles = draw_articles(lot)
        look = self.look
        if look["link"] == "picture" and look["picture"] in ("some", "none",
                                                             "style"):
            look["picture"] = "all"
        if look["frame"] in ("paragraph", "run", "pair", "dl") and \
                look["link"] in ("onclick", "all"):
            look["link"] = "title"
        if look["frame"] == "paragraph":  # which can hold no block
            look["text"] = "span"
            if look["heading"] not in ("a", "span", "b"):
                look["heading"] = "strong"
        if look["text"] == "paragraphs" and look["frame"] in ("run", "dl"):
            look["text"] = "p"
        if look["frame"] in ("card", "whole"):
            look["link"] = "title"
        if look["frame"] in ("run", "pair", "columns") and \
                look["extra"] == "related":
            look["extra"] = "rubric"
        if look["link"] == "picture" and look["extra"] == "related":
            # beside a title that is no heading nothing tells which is which
            look["extra"] = "none"
        if look["frame"] in ("paragraph", "dl", "whole") and \
                look["extra"] in ("related", "rubric", "comments"):
            look["extra"] = "none"
        if look["frame"] == "dl" and look["heading"] in ("p", "div"):
            look["heading"] = "strong"
        self.expect()

    def expect(self):
        for i, article in enumerate(self.articles):
            if self.look["reporter"] == "none" or (
                    self.look["reporter"] == "some" and i % 3 == 1):
                article["reporter"] = None
            if self.look["picture"] == "none" or (
                    self.look["picture"] == "some" and i % 3 == 2):
                article["image"] = None
            if self.look["text"] == "paragraphs":
                cut = article["text"].index(". ") + 1 \
                    if ". " in article["text"] else len(article["text"])
                article["text"] = (article["text"][:cut] + "\n" +
                                   article["text"][cut:].strip()).strip()

    def on(self, role):
        name = self.look["classes"].get(role)
        return ' class="%s"' % name if name else ""

    def href(self, article):
        if self.look["link"] == "script":
            return "javascript:goArticle('%s');" % article["number"]
        return "/article/" + article["number"]

    def title(self, article):
        words = html.escape(article["title"], quote=False)
        tag, link = self.look["heading"], self.look["link"]
        if link in ("title", "more", "script"):
            if tag == "a":
                words = '<a%s href="%s">%s</a>' % (self.on("title"),
                                                   self.href(article), words)
            else:
                words = '<%s%s><a href="%s">%s</a></%s>' % (
                    tag, self.on("title"), self.href(article), words, tag)
        elif link == "all":
            words = '<a href="%s"><%s%s>%s</%s></a>' % (
                self.href(article), "span" if tag == "a" else tag,
                self.on("title"), words, "span" if tag == "a" else tag)
        else:
            tag = "strong" if tag == "a" else tag
            words = "<%s%s>%s</%s>" % (tag, self.on("title"), words, tag)
        return words

    def picture(self, article):
        source = article["image"]
        if source is None:
            return ""
        kind = self.look["picture"]
        if kind == "lazy":
            img = ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" '
                   'data-src="%s" alt="기사사진">' % source)
        elif kind == "style":
            return '<span%s style="background-image:url(\'%s\')"></span>' % (
                self.on("pic"), source)
        elif kind == "srcset":
            img = '<img srcset="%s 640w, %s/s.jpg 160w" src="%s/s.jpg">' % (
                source, SITE, SITE)
        else:
            img = '<img src="%s" alt="기사사진">' % source
        if self.look["link"] in ("all", "picture", "title"):
            return '<a%s href="%s">%s</a>' % (self.on("pic"),
                                              self.href(article), img)
        return img

    def text(self, article):
        words = html.escape(article["text"], quote=False)
        kind = self.look["text"]
        if kind == "paragraphs":
            return "<div%s>%s</div>" % (self.on("text"), "".join(
                "<p>%s</p>" % part for part in words.split("\n")))
        words = "<%s%s>%s</%s>" % (kind, self.on("text"), words, kind)
        if self.look["link"] == "more":
            words += ' <a href="%s">더보기</a>' % self.href(article)
        return words

    def byline(self, article):
        when, who = article["when"], article["reporter"]
        kind = self.look["date"]
        if kind == "label":
            when = "입력 : " + when
        elif kind == "dots":
            when = when.replace("-", ".")
        elif kind == "korean":
            when = "%s년 %s월 %s일 %s" % (when[:4], when[5:7], when[8:10],
                                       when[11:])
        elif kind == "time":
            when = '<time datetime="%s+09:00">%s</time>' % (
                when.replace(" ", "T"), when[:16])
        elif kind == "apart":
            when = "<em%s>%s</em>" % (self.on("date"), when)
        if who is not None and self.look["reporter"] == "bracket":
            who = "[%s]" % who
        if who is None:
            return when
        if kind in ("apart", "time"):
            return "%s <span%s>%s</span>" % (when, self.on("who"), who)
        if kind == "divider":
            return "%s ㅣ %s" % (who, when)
        if kind == "first":
            return "%s | %s" % (who, when)
        return "%s %s" % (when, who)

    def extra(self, article):
        """What else stands in an item, behind its text."""
        kind = self.look["extra"]
        if kind == "rubric":
            return '<a href="/newsList/222">정책</a>'
        if kind == "comments":
            return '<a href="/article/%s#comments">댓글 3</a>' % article["number"]
        if kind == "related" and article in self.articles[2::4]:
            return ('<ul class="rel"><li><a href="/article/202303015%05d">%s, '
                    '%s</a></li></ul>' % (self.lot.randrange(99999),
                                          self.lot.choice(SUBJECTS),
                                          self.lot.choice(VERBS)))
        return ""

    def item(self, article):
        picture, title = self.picture(article), self.title(article)
        text, by = self.text(article), self.byline(article)
        frame, gap = self.look["frame"], self.look["indent"]
        line = "<div%s>%s</div>%s" % (self.on("by"), by, self.extra(article))
        call = ""
        if self.look["link"] == "onclick":
            call = ' style="cursor:pointer" onclick="location.href=' + \
                "'/article/%s'\"" % article["number"]
        if frame == "table":
            return "<tr%s%s><td>%s</td><td>%s%s%s</td></tr>" % (
                self.on("item"), call, picture, title, text, line)
        if frame == "pair":
            return "<tr%s><td>%s%s</td></tr><tr><td>%s%s</td></tr>" % (
                self.on("item"), picture, title, text, line)
        if frame == "dl":
            return "<dt>%s%s</dt><dd>%s</dd><dd>%s</dd>" % (
                picture, title, text, by)
        if frame == "run":
            return "<h3%s>%s</h3>%s%s" % (self.on("item"), title, picture,
                                          text + line)
        if frame == "paragraph":
            return "<p%s>%s%s<br>%s<br>%s</p>" % (
                self.on("item"), picture, title, text, by)
        if frame == "card":
            return ("<div%s>%s<h3>%s</h3>%s%s<a class=\"stretched-link\" "
                    "href=\"/article/%s\"></a></div>" % (
                        self.on("item"), picture,
                        html.escape(article["title"], quote=False), text,
                        line, article["number"]))
        if frame == "whole":
            return "<a%s href=\"/article/%s\">%s<strong>%s</strong>%s%s</a>" % (
                self.on("item"), article["number"],
                picture.replace("<a", "<i").replace("</a>", "</i>"),
                html.escape(article["title"], quote=False), text, line)
        tag = {"ul": "li", "article": "article"}.get(frame, "div")
        parts = gap.join(["", picture, "<div>" + title + gap + text + gap +
                          line + "</div>", ""])
        return "<%s%s%s>%s</%s>" % (tag, self.on("item"), call, parts, tag)

    def listing(self):
        items = [self.item(article) for article in self.articles]
        frame, gap = self.look["frame"], self.look["indent"]
        if self.look["extra"] == "advert" and frame in ("div", "card"):
            items.insert(3, '<div class="ad"><a href="https://ads.example/'
                         'click?id=48812">지금 가입하면 첫 달 무료, 오늘까지만</a></div>')
        if self.look["extra"] == "heading" and frame in (
                "run", "div", "article", "paragraph", "card"):
            items.insert(0, "<h2>산업&gt;정책</h2>")
        if frame == "columns":
            return "<div%s>%s</div>" % (self.on("list"), gap.join(
                "<div>%s</div>" % gap.join(items[i:i + 4]) for i in (0, 4)))
        tag = {"ul": "ul", "table": "table", "pair": "table",
               "dl": "dl"}.get(frame, "div")
        return "<%s%s>%s</%s>" % (tag, self.on("list"), gap.join(items), tag)

    def box(self, plain):
        rows = "".join('<li><a href="/article/2023041%d5%05d">%s, %s</a></li>'
                       % (self.lot.randrange(5), self.lot.randrange(99999),
                          self.lot.choice(SUBJECTS), self.lot.choice(VERBS))
                       for _ in range(self.lot.choice([5, 10])))
        if plain:
            return "<div><h4>많이 본 뉴스</h4><ol>%s</ol></div>" % rows
        return '<aside class="side"><h4>많이 본 뉴스</h4><ol>%s</ol></aside>' % rows

    def bytes(self):
        beside = self.look["beside"]
        menu = "".join('<li><a href="/newsList/%d">%s</a></li>' % (n, title)
                       for n, title in ((222, "정책"), (207, "보험"), (13, "사회"),
                                        (16, "문화"), (22, "스포츠")))
        pager = "".join('<a href="?page=%d">%d</a>' % (n, n)
                        for n in range(1, 11))
        parts = ['<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8">',
                 "<title>산업&gt;정책 - 새벽신문</title></head><body>",
                 '<header><a href="/">새벽신문</a><nav><ul>%s</ul></nav></header>'
                 % menu,
                 self.box(False) if beside in ("before", "both") else "",
                 "<div><h2>산업&gt;정책</h2>", self.listing(),
                 '<div class="paging">%s</div></div>' % pager,
                 self.box(beside == "plain")
                 if beside in ("after", "plain", "both") else "",
                 '<footer><a href="/company">회사소개</a></footer></body></html>']
        return "\n".join(parts).encode()


def read(program, folder, page, template):
    path = os.path.join(folder, "page.html")
    with open(path, "wb") as f:
        f.write(page.bytes())
    conf = os.path.join(folder, "metrofeed.conf")
    with open(conf, "w", encoding="utf-8") as f:
        f.write("output: out\nstate: state\nsites:\n  dawn:\n    url: %s\n"
                "    timezone: Asia/Seoul\n%s"
                "    sections: {policy: /newsList/222}\n" % (
                    SITE, "    article-link: /article/{id}\n" if template
                    else ""))
    done = subprocess.run([program, "preview", "--json", "--file", path, "-c",
                           conf, "dawn/policy"], capture_output=True,
                          text=True, timeout=60, check=False)
    try:
        return json.loads(done.stdout)["articles"]
    except (ValueError, KeyError):
        return []


def utc(when):
    at = datetime.datetime.strptime(when, "%Y-%m-%d %H:%M:%S")
    return (at - datetime.timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ")


def differences(page, found):
    """In words; empty when all is as it should be."""
    wrong = []
    if [a["link"] for a in found] != [a["link"] for a in page.articles]:
        return ["%d articles: %s" % (len(found), " ".join(
            a["link"][-5:] for a in found))]
    for have, want in zip(found, page.articles):
        for name, value in (("title", want["title"]), ("text", want["text"]),
                            ("author", want["reporter"]),
                            ("image", want["image"]),
                            ("published", utc(want["when"]))):
            if have[name] != value:
                wrong.append("%s: %r, not %r" % (name, have[name], value))
    return wrong


def judge_is_blind(page, found):
    """A page read well, then spoilt in each way: what goes unnoticed."""
    unseen = []
    for name in ("title", "text", "author", "image", "published"):
        spoilt = [dict(article) for article in found]
        spoilt[3][name] = "2023-04-18T00:00:01Z"
        if not differences(page, spoilt):
            unseen.append(name)
    for change in (found[1:], found + found[:1], found[::-1]):
        if not differences(page, change):
            unseen.append("list")
    return unseen


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("program", nargs="?",
                        default=os.environ.get("METROFEED"))
    a = parser.parse_args()
    failed, alone, possible, blind = 0, 0, 0, None
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(a.seed, a.seed + a.count):
            page = Page(random.Random(seed))
            for template in (True, False):
                found = read(a.program, folder, page, template)
                wrong = differences(page, found)
                if blind is None and not wrong:
                    blind = judge_is_blind(page, found)
                scripted = page.look["link"] in ("onclick", "script") and \
                    page.look["frame"] not in ("card", "whole")
                if not template and page.look["link"] != "script":
                    possible += 1
                    alone += not wrong
                failed += template and bool(wrong)
                if wrong and (template or not scripted):
                    print("%s seed %d %s" % ("with article-link" if template
                                             else "url alone", seed,
                                             page.look))
                    for line in wrong[:4 if a.show else 2]:
                        print("    " + line[:300])
    print("with article-link: %d of %d pages; url alone: %d of %d" % (
        a.count - failed, a.count, alone, possible))
    if blind != []:
        print("the judge did not see what is wrong: %s" % blind)
    wrong = failed + (alone < LEAST * possible) + (blind != [])
    print("%d passed, %d failed" % (a.count + 2 - wrong, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
