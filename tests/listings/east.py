"""Listings as Japanese and Chinese systems make them."""
import json

from .invent import Sheet, e, listing


@listing
def movable_type(lot):
    t = Sheet(lot, "ja", "https://blog.mizuumi.example", "/news/",
              lambda s: "https://blog.mizuumi.example/%s/%s.html" % (
                  s.has["when"].strftime("%Y/%m"), s.has["slug"][:15]
                  .replace("-", "_")), template="/{year}/{month}/{id}.html",
              count=(4, 10))
    t.shows(text=True, author="%s", date="minute")
    rows = t.each(lambda s: (
        '<div id="entry-%d" class="entry-asset asset hentry"><div class="'
        'asset-header"><h2 class="asset-name entry-title"><a rel="bookmark" '
        'href="%s">%s</a></h2><div class="asset-meta"><span class="byline '
        'vcard"><span class="fn">%s</span></span> <abbr class="published" '
        'title="%s+09:00">%s</abbr> <span class="separator">|</span> <a '
        'href="%s#comments">コメント(%d)</a> <span class="separator">|</span> '
        '<a href="%s#trackbacks">トラックバック(0)</a></div></div><div class="'
        'asset-content entry-content"><div class="asset-body"><p>%s</p></div>'
        '<div class="asset-more-link"><a href="%s#more" rel="bookmark">続きを読む:'
        " %s</a></div></div></div>") % (
            s.has["number"], s.raw, e(s.title), s.has["name"],
            s.has["when"].strftime("%Y-%m-%dT%H:%M:00"),
            s.has["when"].strftime("%Y年%m月%d日 %H:%M"), s.raw,
            s.has["count"], s.raw, e(s.text), s.raw, e(s.title)))
    return t.page('<div id="alpha-inner">%s<div class="content-nav">'
                  '<a href="/news/index_2.html">次へ</a></div></div>' % rows)


@listing
def date_first_dl(lot):
    t = Sheet(lot, "ja", "https://www.minato-co.example", "/news/",
              lambda s: "/news/%s/post-%d.html" % (
                  s.has["when"].strftime("%Y"), s.has["number"] % 9000),
              template="/news/{year}/{id}.html", count=(8, 25))
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<dt><span class="date">%s</span><span class="cat cat-%d">%s</span></dt>'
        '<dd><a href="%s">%s</a></dd>') % (
            s.has["when"].strftime("%Y.%m.%d"), s.has["count"] % 4,
            s.has["rubric"], s.raw, e(s.title)))
    return t.page('<section><h2>新着情報</h2><dl class="news">%s</dl></section>'
                  % rows)


@listing
def portal_feed(lot):
    t = Sheet(lot, "ja", "https://news.portal-jp.example", "/categories/domestic",
              lambda s: "https://news.portal-jp.example/articles/%s%s" % (
                  s.has["hash"], "0a1b2c3d"), template="/articles/{id}",
              count=(20, 30))
    t.shows(image=True, date="yearless")
    days = "月火水木金土日"
    rows = t.each(lambda s: (
        '<li class="newsFeed_item"><a class="newsFeed_item_link" href="%s"><div '
        'class="newsFeed_item_thumbnail"><div class="thumbnail"><picture><img '
        'src="%s" alt="" width="80"></picture></div></div><div class="'
        'newsFeed_item_text"><div class="newsFeed_item_title">%s</div><div '
        'class="newsFeed_item_sub"><div class="newsFeed_item_sourceWrap"><span '
        'class="newsFeed_item_media">みずうみ新聞</span><time class="'
        'newsFeed_item_date">%d/%d(%s) %d:%s</time></div></div></div></a></li>')
        % (s.raw, s.image, e(s.title), s.has["when"].month, s.has["when"].day,
           days[s.has["when"].weekday()], s.has["when"].hour,
           s.has["when"].strftime("%M")))
    return t.page('<div class="newsFeed"><ul class="newsFeed_list">%s</ul></div>'
                  % rows)


@listing
def time_in_link(lot):
    t = Sheet(lot, "ja", "https://www.asahinami.example", "/national/list/",
              lambda s: "/articles/ASR4L%sR4LUTIL00%s.html?iref=pc_list" % (
                  s.has["hash"][:4].upper(), s.has["hash"][4]),
              template="/articles/{id}.html", count=(12, 25))
    t.shows(date="yearless")
    rows = t.each(lambda s: (
        '<li><a href="%s"><span class="Title">%s</span><span class="Time">'
        "（%d/%d %d:%s）</span></a></li>") % (
            e(s.raw), e(s.title), s.has["when"].month, s.has["when"].day,
            s.has["when"].hour, s.has["when"].strftime("%M")))
    return t.page('<div class="Section ListBlock"><ul class="List">%s</ul></div>'
                  % rows)


@listing
def blog_archive(lot):
    t = Sheet(lot, "ja", "https://minami.hatenalike.example", "/archive",
              lambda s: "https://minami.hatenalike.example/entry/%s" % (
                  s.has["when"].strftime("%Y/%m/%d/%H%M%S")),
              template="/entry/{y}/{m}/{d}/{id}", count=(8, 20))
    t.shows(text=True, image=True, date="urlday")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<section class="archive-entry test-archive-entry"><div class="'
        'archive-entry-header"><div class="date archive-date"><a href="/archive/'
        '%s" rel="nofollow"><time datetime="%s" title="%s"><span class="'
        'date-year">%s</span><span class="hyphen">-</span><span class="'
        'date-month">%s</span><span class="hyphen">-</span><span class="'
        'date-day">%s</span></time></a></div><h1 class="entry-title"><a '
        'class="entry-title-link" href="%s">%s</a></h1></div><div class="'
        'categories"><a href="/archive/category/%s" class="archive-category-'
        'link">%s</a></div>%s<div class="archive-entry-body"><p class="'
        'entry-description">%s</p></div></section>') % (
            s.has["when"].strftime("%Y/%m/%d"),
            s.has["when"].strftime("%Y-%m-%d"),
            s.has["when"].strftime("%Y-%m-%d"), s.has["when"].year,
            s.has["when"].strftime("%m"), s.has["when"].strftime("%d"), s.raw,
            e(s.title), s.has["rubric"], s.has["rubric"],
            s.image and '<a href="%s" class="entry-thumb-link"><div class="'
            'entry-thumb" style="background-image: url(\'%s\');"></div></a>'
            % (s.raw, s.image) or "", e(s.text)))
    return t.page('<div class="archive-entries">%s</div><div class="pager '
                  'pager-permalink"><span class="pager-next"><a href="/archive'
                  '?page=1681780000" rel="next">次のページ</a></span></div>'
                  % rows)


@listing
def city_hall(lot):
    t = Sheet(lot, "ja", "https://www.city.mizuumi.example",
              "/shisei/koho/news/index.html",
              lambda s: "/shisei/koho/news/%07d.html" % (s.has["number"] // 10),
              numbers=10, template="/shisei/koho/news/{id}.html")
    t.shows(date="day")

    def when(s):
        w = s.has["when"]
        return "令和%d年%d月%d日" % (w.year - 2018, w.month, w.day)
    rows = t.each(lambda s: (
        '<li><a href="%s">%s</a><span class="date">（%s）</span>%s</li>') % (
            s.raw, e(s.title), when(s), '<img src="/images/new.gif" alt="新着">'
            if s.has["count"] % 4 == 0 else ""))
    return t.page('<div id="main_body"><h2>報道発表</h2><ul class="listlink">%s'
                  "</ul></div>" % rows)


@listing
def short_date_address(lot):
    t = Sheet(lot, "ja", "https://www.kikai-media.example", "/news/subtop/",
              lambda s: "/news/articles/%s/news%03d.html" % (
                  s.has["when"].strftime("%y%m/%d"), s.has["number"] % 1000),
              template="/news/articles/{ym}/{d}/{id}.html")
    t.shows(text=True, image=True, date="urlday")
    rows = t.each(lambda s: (
        '<div class="colBox colBoxNewArt"><div class="colBoxOuter"><div class="'
        'colBoxInner"><div class="colBoxIndex"><div class="colBoxIcon"><a '
        'href="%s"><img src="%s" width="80" alt="%s"></a></div><div class="'
        'colBoxTitle"><h3><a href="%s">%s</a></h3></div><div class="'
        'colBoxDescription"><p>%s</p></div><div class="colBoxUlist"><ul><li '
        'class="colBoxUlistDate">（%s）</li></ul></div></div></div></div></div>')
        % (s.raw, s.image, e(s.title), s.raw, e(s.title), e(s.text),
           "%d月%d日" % (s.has["when"].month, s.has["when"].day)))
    return t.page('<div id="colBoxArticles">%s</div>' % rows)


@listing
def slash_short_year(lot):
    t = Sheet(lot, "ja", "https://www.nami-tv.example", "/news/list",
              lambda s: "/news/%s/%s" % (s.has["when"].strftime("%y/%m%d"),
                                         s.has["slug"]),
              template="/news/{y}/{md}/{id}")
    t.shows(image=True, date="urlday")
    rows = t.each(lambda s: (
        '<article class="c-card"><a href="%s"><div class="c-card__img"><img '
        'data-src="%s" src="/img/blank.png" alt=""></div><h3 class="'
        'c-card__ttl">%s</h3></a></article>') % (s.raw, s.image, e(s.title)))
    return t.page('<div class="l-cards">%s</div>' % rows)


@listing
def dedecms(lot):
    t = Sheet(lot, "zh", "http://www.hupan.example", "/html/news/",
              lambda s: "/html/news/%s/%d.html" % (
                  s.has["when"].strftime("%Y/%m%d"), s.has["number"] % 90000),
              template="/html/news/{y}/{md}/{id}.html")
    t.shows(text=True, image=True, date="second")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<li>%s[<b><a href="/html/news/%d/">%s</a></b>] <a href="%s" class="'
        'title"><b>%s</b></a><span class="info"><small>日期：</small>%s <small>'
        "点击：</small>%d <small>好评：</small>%d</span><p class=\"intro\">%s</p>"
        "</li>") % (
            s.image and '<a href="%s" class="preview"><img src="%s"/></a>'
            % (s.raw, s.image) or "", s.has["count"] % 7, s.has["rubric"],
            s.raw, e(s.title), s.has["when"].strftime("%Y-%m-%d %H:%M:%S"),
            s.has["count"] * 5, s.has["count"], e(s.text)))
    pager = '<div class="dede_pages"><ul class="pagelist"><li>首页</li><li ' \
        'class="thisclass">1</li>%s<li><a href="list_7_2.html">下一页</a></li>' \
        "</ul></div>" % "".join('<li><a href="list_7_%d.html">%d</a></li>'
                                % (n, n) for n in range(2, 9))
    t.next = "http://www.hupan.example/html/news/list_7_2.html"
    return t.page('<div class="listbox"><ul class="e2">%s</ul></div>%s'
                  % (rows, pager))


@listing
def phpcms(lot):
    t = Sheet(lot, "zh", "http://www.hupan.example",
              "/index.php?m=content&c=index&a=lists&catid=9",
              lambda s: "http://www.hupan.example/index.php?m=content&c=index&"
              "a=show&catid=9&id=%d" % (s.has["number"] // 50), numbers=50,
              template="?a=show&id={id}", count=(15, 25))
    t.shows(date="second")
    rows = []
    for i, s in enumerate(t.stories):
        rows.append('<li><span class="rt">%s</span>·<a href="%s" target="_blank"'
                    ">%s</a></li>" % (
                        s.has["when"].strftime("%Y-%m-%d %H:%M:%S"), e(s.raw),
                        e(s.title)))
        if i % 5 == 4:
            rows.append('<li class="bk20 hr"></li>')
    return t.page('<ul class="list lh24 f14">%s</ul>' % "".join(rows))


@listing
def discuz(lot):
    t = Sheet(lot, "zh", "http://bbs.hupan.example", "/forum-37-1.html",
              lambda s: "thread-%d-1-1.html" % s.has["number"],
              template={"pattern": r"/thread-(?<id>\d+)-1-\d+\.html"}, count=(12, 25))
    t.shows(author="%s", date="minute")
    for s in t.stories[:3]:
        s.optional = True
    rows = t.each(lambda s: (
        '<tbody id="%s_%d"><tr><td class="icn"><a href="%s" title="新窗口打开" '
        'target="_blank"><img src="static/image/common/folder_common.gif"></a>'
        '</td><th class="common"><em>[<a href="forum.php?mod=forumdisplay&amp;'
        'fid=37&amp;typeid=%d">%s</a>]</em> <a href="%s" class="s xst">%s</a>'
        '%s</th><td class="by"><cite><a href="space-uid-%d.html" c="1">%s</a>'
        "</cite><em><span>%s</span></em></td><td class=\"num\"><a href=\"%s\" "
        'class="xi2">%d</a><em>%d</em></td><td class="by"><cite><a href="'
        'space-username-x%d.html">路人%d</a></cite><em><a href="forum.php?mod='
        'redirect&amp;tid=%d&amp;goto=lastpost#lastpost">%s</a></em></td></tr>'
        "</tbody>") % (
            "stickthread" if s.optional else "normalthread", s.has["number"],
            s.raw, s.has["count"] % 5, s.has["rubric"], s.raw, e(s.title),
            s.has["count"] % 3 == 0 and '<span class="tps">&nbsp;...<a href="'
            'thread-%d-2-1.html">2</a><a href="thread-%d-3-1.html">3</a></span>'
            % (s.has["number"], s.has["number"]) or "", s.has["number"] % 999,
            s.has["name"], s.has["when"].strftime("%Y-%-m-%-d %H:%M"), s.raw,
            s.has["count"], s.has["count"] * 40, s.has["count"],
            s.has["count"], s.has["number"],
            s.has["when"].strftime("%Y-%-m-%-d 23:%M")))
    return t.page('<div id="threadlist"><form method="post"><table id="'
                  'threadlisttableid">%s</table></form></div>' % rows)


@listing
def gov_list(lot):
    t = Sheet(lot, "zh", "http://www.hupan.gov.example", "/zwgk/tzgg/",
              lambda s: "./%s/t%s_%d.html" % (
                  s.has["when"].strftime("%Y%m"),
                  s.has["when"].strftime("%Y%m%d"), s.has["number"]),
              template="/zwgk/tzgg/{ym}/{id}.html", count=(10, 20))
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<tr><td width="20"><img src="/images/dot.gif"></td><td height="30"><a '
        'href="%s" title="%s" target="_blank">%s</a></td><td width="90" '
        'align="right">[%s]</td></tr>') % (
            s.raw, e(s.title), e(s.title), s.has["when"].strftime("%Y-%m-%d")))
    pager = ('<script>createPageHTML(25, 0, "index", "html");</script>')
    return t.page('<table width="100%%" border="0"><tbody>%s</tbody></table>'
                  '<div class="page">%s</div>' % (rows, pager), after="")


@listing
def zh_portal(lot):
    t = Sheet(lot, "zh", "https://news.daxiang.example", "/domestic/",
              lambda s: "https://www.daxiang.example/news/article/%s.html"
              % (s.has["hash"].upper() + "0001"),
              template="/news/article/{id}.html", count=(15, 25))
    t.shows(image=True, date="second")
    rows = t.each(lambda s: (
        '<div class="data_row news_article clearfix"><a href="%s" class="na_pic">'
        '<img src="%s" alt="%s"></a><div class="na_detail clearfix"><div '
        'class="news_title"><h3><a href="%s">%s</a></h3></div><div class="'
        'news_tag"><div class="keywords"><a href="https://news.daxiang.example/'
        'keywords/%d.html">%s</a><a href="https://news.daxiang.example/keywords/'
        '%d.html">%s</a></div><span class="time">%s</span><div class="share-join'
        '"><a href="https://comment.daxiang.example/%s" class="'
        'post_recommend_tie_count"><span>%d</span>跟贴</a></div></div></div></div>')
        % (s.raw, s.image, e(s.title), s.raw, e(s.title), s.has["count"],
           t.words["subjects"][s.has["count"] % 9], s.has["count"] + 1,
           t.words["subjects"][s.has["count"] % 7],
           s.has["when"].strftime("%Y-%m-%d %H:%M:%S"), s.has["hash"],
           s.has["count"]))
    return t.page('<div class="ndi_main">%s</div>' % rows)


@listing
def flow_cards(lot):
    t = Sheet(lot, "zh", "https://keji.example", "/information/web_news/",
              lambda s: "/p/2219%d" % s.has["number"], template="/p/{id}",
              count=(10, 20))
    t.shows(text=True, author="%s", image=True, date="ago")
    for i, s in enumerate(t.stories):
        s.date = ("ago", 3600 * (i + 1))
    rows = t.each(lambda s: (
        '<div class="information-flow-item"><div class="flow-article-item"><div '
        'class="flow-article-shadow"><div class="article-item-pic-wrapper"><a '
        'class="article-item-pic" href="%s" target="_blank" rel="noopener"><img '
        'src="%s" alt="" class="scaleBig"></a></div><div class="article-item-'
        'info"><p class="title-wrapper ellipsis-2"><a class="article-item-title '
        'weight-bold" href="%s">%s</a></p><a class="article-item-description '
        'ellipsis-2" href="%s">%s</a><div class="flow-bar"><a class="'
        'flow-bar-author" href="/user/%d">%s</a><span class="flow-bar-time">'
        "%d小时前</span></div></div></div></div></div>") % (
            s.raw, s.image, s.raw, e(s.title), s.raw, e(s.text),
            s.has["number"], s.has["name"], s.date[1] // 3600))
    return t.page('<div class="information-flow-list">%s</div><button class="'
                  'more">查看更多</button>' % rows)


@listing
def heading_lines(lot):
    t = Sheet(lot, "zh", "https://www.taiwanlake.example", "/news/news-list.htm",
              lambda s: "/news/%s/%d.htm" % (
                  s.has["when"].strftime("%Y%m%d"), s.has["number"] + 2000000),
              template="/news/{day}/{id}.htm", count=(20, 40))
    t.shows(date="minute")
    rows = t.each(lambda s: (
        '<h3><span class="date">%s</span><em class="tag c_%d">%s</em><a '
        'target="_blank" href="%s">%s</a></h3>') % (
            s.has["when"].strftime("%Y/%m/%d %H:%M"), s.has["count"] % 9,
            s.has["rubric"], s.raw, e(s.title)))
    return t.page('<div class="block block_1"><div class="part_list_2">%s</div>'
                  "</div>" % rows)


@listing
def dash_day_address(lot):
    t = Sheet(lot, "zh", "https://www.huxin.example", "/scroll-news/news1.html",
              lambda s: "/%s/%s/%d.shtml" % (
                  lot.choice(["gn", "sh", "cj"]),
                  s.has["when"].strftime("%Y/%m-%d"), s.has["number"] + 9000000),
              template="/{section}/{year}/{day}/{id}.shtml", count=(25, 40))
    t.shows(date="yearless-urlday")
    rows = t.each(lambda s: (
        '<li><div class="dd_lm">[<a href="/society/">%s</a>]</div><div class="'
        'dd_bt"><a href="%s">%s</a></div><div class="dd_time">%d-%d %d:%s</div>'
        "</li>") % (
            s.has["rubric"], s.raw, e(s.title), s.has["when"].month,
            s.has["when"].day, s.has["when"].hour,
            s.has["when"].strftime("%M")))
    return t.page('<div class="content_list"><ul>%s</ul></div>' % rows)


@listing
def state_variable(lot):
    t = Sheet(lot, "zh", "https://m.shuju.example", "/channel/tech",
              lambda s: "/detail/%d" % (s.has["number"] + 5000000),
              template="/detail/{id}")
    t.shows(text=True, date="second")
    zone = 8 * 3600

    def stamp(s):
        import calendar
        return calendar.timegm(s.has["when"].timetuple()) - zone
    state = {"list": {"items": [
        {"id": s.has["number"], "title": s.title, "summary": s.text,
         "url": s.raw, "publish_time": stamp(s)} for s in t.stories]},
        "user": None}
    return t.page('<div id="app"></div><script>window.__INITIAL_STATE__=%s;'
                  "</script>" % json.dumps(state, ensure_ascii=False),
                  after="")
