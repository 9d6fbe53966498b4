"""Listings that the engine was never tuned on, in no order of kind."""
from .invent import Sheet, e, listing
from .systems import iso


@listing
def news_board_div(lot):
    t = Sheet(lot, "ko", "https://www.gunpo.example", "/news/list?mcode=0401",
              lambda s: "/news/view?no=%d&mcode=0401" % s.has["number"],
              template="/news/view?no={id}")
    t.shows(author="%s", date="day")
    rows = t.each(lambda s: (
        '<div class="board-row"><span class="num">%d</span><span class="subj">'
        '<a href="%s">%s</a></span><span class="name">%s</span><span class="'
        'regdate">%s</span><span class="hit">%d</span></div>') % (
            s.has["number"] % 700, e(s.raw), e(s.title), s.has["name"],
            s.has["when"].strftime("%Y/%m/%d"), s.has["count"]))
    return t.page('<div class="board-list"><div class="board-head"><span>번호'
                  "</span><span>제목</span><span>이름</span><span>등록일</span>"
                  "<span>조회</span></div>%s</div>" % rows)


@listing
def photo_text_table(lot):
    t = Sheet(lot, "ko", "http://www.haesong.example", "/list.html?c1=7",
              lambda s: "/article.html?aid=%d" % s.has["number"],
              template="/article.html?aid={id}")
    t.shows(text=True, image=True, date="minute")
    rows = t.each(lambda s: (
        '<table width="100%%"><tr><td rowspan="2" width="120"><a href="%s"><img '
        'src="%s" border="0"></a></td><td class="sbj"><a href="%s"><b>%s</b></a>'
        '</td></tr><tr><td class="cont"><a href="%s">%s</a> <font color="#999">'
        "[%s]</font></td></tr></table>") % (
            s.raw, s.image, s.raw, e(s.title), s.raw, e(s.text),
            s.has["when"].strftime("%Y-%m-%d %H:%M")))
    return t.page('<div id="listArea">%s</div>' % rows)


@listing
def editorial_list(lot):
    t = Sheet(lot, "ko", "https://www.saebom.example", "/opinion/editorial",
              lambda s: "/opinion/%s/%d" % (s.has["when"].strftime("%Y%m%d"),
                                            s.has["number"]),
              template="/opinion/{day}/{id}", count=(5, 9))
    t.shows(text=True, author="%s 논설위원", date="day")
    rows = t.each(lambda s: (
        '<li><em class="tag">사설</em><h4><a href="%s">%s</a></h4><p><a href="%s"'
        '>%s</a></p><div class="bottom"><span>%s 논설위원</span><i></i><span>%s'
        "</span></div></li>") % (
            s.raw, e(s.title), s.raw, e(s.text), s.has["name"],
            s.has["when"].strftime("%Y-%m-%d")))
    return t.page('<div class="opinion"><ul>%s</ul></div>' % rows)


@listing
def table_of_links(lot):
    t = Sheet(lot, "ja", "https://www.kyokai.example", "/topics/",
              lambda s: "/topics/detail.php?id=%d" % (s.has["number"] // 100),
              numbers=100, template="/topics/detail.php?id={id}")
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<tr><th>%s</th><td class="ico"><img src="/img/ico_%d.png" alt="%s"></td>'
        '<td><a href="%s">%s</a></td></tr>') % (
            s.has["when"].strftime("%Y年%-m月%-d日"), s.has["count"] % 3,
            s.has["rubric"], s.raw, e(s.title)))
    return t.page('<table class="topics"><tbody>%s</tbody></table>' % rows)


@listing
def app_cards(lot):
    t = Sheet(lot, "ja", "https://www.mado-media.example", "/category/life",
              lambda s: "/articles/-/%d" % s.has["number"],
              template="/articles/-/{id}", count=(10, 20))
    t.shows(text=True, author="%s", image=True, date="day")
    rows = t.each(lambda s: (
        '<div class="c-article"><a class="c-article__link" href="%s"><figure '
        'class="c-article__img"><img loading="lazy" src="%s" alt=""></figure>'
        '<div class="c-article__body"><p class="c-article__ttl">%s</p><p class="'
        'c-article__lead">%s</p><ul class="c-article__meta"><li class="author">%s'
        '</li><li class="date">%s</li></ul></div></a><a class="c-article__cat" '
        'href="/category/life">%s</a></div>') % (
            s.raw, s.image, e(s.title), e(s.text), s.has["name"],
            s.has["when"].strftime("%Y.%m.%d"), s.has["rubric"]))
    return t.page('<section class="l-list">%s</section>' % rows)


@listing
def two_column_dates(lot):
    t = Sheet(lot, "zh", "http://www.lake.edu.example", "/xwzx/xyxw.htm",
              lambda s: "../info/1042/%d.htm" % (s.has["number"] // 100),
              numbers=100, template="/info/1042/{id}.htm")
    t.shows(text=True, date="day")
    rows = t.each(lambda s: (
        '<li id="line_u8_%d"><a href="%s" target="_blank"><div class="rq"><h3>%s'
        '</h3><p>%s</p></div><div class="bt"><h4>%s</h4><p>%s</p></div></a></li>')
        % (s.has["count"], s.raw, s.has["when"].strftime("%d"),
           s.has["when"].strftime("%Y-%m"), e(s.title), e(s.text)))
    for s in t.stories:
        s.date = ("month", s.has["when"])
    return t.page('<div class="list_tw"><ul>%s</ul></div>' % rows, after="")


@listing
def source_lines(lot):
    t = Sheet(lot, "zh", "https://www.hongye.example", "/roll/",
              lambda s: "https://www.hongye.example/a/%s/%d.shtml" % (
                  s.has["when"].strftime("%Y-%m-%d"), s.has["number"]),
              template="/a/{day}/{id}.shtml", count=(15, 25))
    t.shows(text=True, date="minute")
    rows = t.each(lambda s: (
        '<div class="news-box"><h2><a href="%s">%s</a></h2><div class="summary">'
        '%s<a href="%s">[详细]</a></div><div class="from">来源：湖畔晚报 %s</div>'
        "</div>") % (
            s.raw, e(s.title), e(s.text), s.raw,
            s.has["when"].strftime("%Y年%m月%d日 %H:%M")))
    return t.page('<div class="roll">%s</div>' % rows)


@listing
def elementor_posts(lot):
    t = Sheet(lot, "en", "https://charity.example", "/latest/",
              lambda s: "https://charity.example/%s/" % s.has["slug"],
              template={"pattern": r"example/(?<id>[a-z]+-[a-z-]+)/?$"},
              count=(6, 9))
    t.shows(text=True, image=True, author="%s", date="day")
    rows = t.each(lambda s: (
        '<article class="elementor-post elementor-grid-item post-%d"><a class="'
        'elementor-post__thumbnail__link" href="%s"><div class="elementor-post__'
        'thumbnail"><img src="%s" alt=""></div></a><div class="elementor-post__'
        'text"><h3 class="elementor-post__title"><a href="%s">%s</a></h3><div '
        'class="elementor-post__meta-data"><span class="elementor-post-author">'
        '%s</span><span class="elementor-post-date">%s</span><span class="'
        'elementor-post-avatar">No Comments</span></div><div class="elementor-'
        'post__excerpt"><p>%s</p></div><a class="elementor-post__read-more" '
        'href="%s" aria-label="Read more about %s">Read More »</a></div>'
        "</article>") % (
            s.has["number"], s.raw, s.image, s.raw, e(s.title), s.has["name"],
            s.has["when"].strftime("%B %-d, %Y"), e(s.text), s.raw,
            e(s.title)))
    return t.page('<main><div class="elementor-posts-container">%s</div></main>'
                  % rows)


@listing
def council_news(lot):
    t = Sheet(lot, "en", "https://www.borough.gov.example", "/news",
              lambda s: "/news/article/%d/%s" % (s.has["number"] // 500,
                                                 s.has["slug"].replace("-", "_")),
              numbers=500, template="/news/article/{id}/{slug}", count=(8, 12))
    t.shows(text=True, date="day")
    rows = t.each(lambda s: (
        '<li class="list__item"><h2 class="list__heading"><a class="list__link" '
        'href="%s">%s</a></h2><p class="list__date">Published %s</p><p class="'
        'list__summary">%s</p></li>') % (
            s.raw, e(s.title), s.has["when"].strftime("%A, %-d %B %Y"),
            e(s.text)))
    return t.page('<div class="container"><ul class="list list--record">%s</ul>'
                  "</div>" % rows)


@listing
def gazette_blocks(lot):
    t = Sheet(lot, "fr", "https://www.gazette.example", "/culture",
              lambda s: "/culture/%s-%dA.html" % (s.has["slug"],
                                                  s.has["number"]),
              template="/culture/{id}.html", count=(10, 18))
    t.shows(text=True, image=True, date="minute")
    rows = t.each(lambda s: (
        '<section class="teaser teaser--inline"><a href="%s" class="teaser__link">'
        '<picture class="article__media"><img data-src="%s" src="/placeholder.svg'
        '"></picture><h3 class="teaser__title">%s</h3><p class="teaser__desc">%s'
        '</p></a><span class="meta__date">Publié le %s</span><div class="'
        'teaser__tools"><a href="/login?next=%s">Ajouter à vos sélections</a>'
        "</div></section>") % (
            s.raw, s.image, e(s.title), e(s.text),
            "%d %s 2023 à %s" % (s.has["when"].day, "avril mars".split()[
                s.has["when"].month == 3], s.has["when"].strftime("%Hh%M")),
            s.has["number"]))
    return t.page('<div class="river">%s</div>' % rows)


@listing
def portal_ru(lot):
    t = Sheet(lot, "ru", "https://gorod.example", "/text/",
              lambda s: "/text/%s/%s/%d/" % (
                  "gorod", s.has["when"].strftime("%Y/%m/%d"),
                  s.has["number"] + 72000000), count=(10, 20),
              template="/text/gorod/{y}/{m}/{d}/{id}")
    t.shows(text=True, image=True, date="minute")
    months = {3: "марта", 4: "апреля"}
    rows = t.each(lambda s: (
        '<article class="c1 d2"><div class="img"><a href="%s"><img src="%s"></a>'
        '</div><h2 class="hd"><a href="%s" title="%s">%s</a></h2><span class="sb">'
        '<a href="%s">%s</a></span><div class="st"><time datetime="%s">%s</time>'
        '<a class="vw"><span>%d</span></a><a href="%s?discuss=1" class="cm">'
        "<span>Обсудить</span></a></div></article>") % (
            s.raw, s.image, s.raw, e(s.title), e(s.title), s.raw, e(s.text),
            iso(s, ""), "%d %s, 2023, %s" % (
                s.has["when"].day, months[s.has["when"].month],
                s.has["when"].strftime("%H:%M")), s.has["count"] * 100, s.raw))
    return t.page('<div class="list">%s</div>' % rows)


@listing
def mailing_archive(lot):
    t = Sheet(lot, "en", "https://lists.example", "/archives/news/2023/04/",
              lambda s: "%05d.html" % (s.has["number"] % 100000), numbers=3,
              template="/archives/news/2023/04/{id}.html", count=(10, 25))
    t.shows(author="%s")
    rows = t.each(lambda s: (
        '<li><a href="%s">[News] %s</a><a name="%d">&nbsp;</a> <i>%s</i></li>')
        % (s.raw, e(s.title), s.has["number"], s.has["name"]))
    for s in t.stories:
        s.title = "[News] " + s.title
    return t.page("<ul>%s</ul>" % rows, after="")


@listing
def wire_list(lot):
    t = Sheet(lot, "de", "https://www.presse-dienst.example", "/pm/",
              lambda s: "/pm/%d/%d" % (s.has["number"] // 40,
                                       s.has["number"] + 5000000),
              template="/pm/{office}/{id}", count=(15, 25))
    t.shows(text=True, date="minute")
    rows = t.each(lambda s: (
        '<article class="news" data-url="%s"><div class="news-bg"><div class="'
        'news-date date">%s</div><h3 class="news-headline-clamp"><a href="%s" '
        'title="%s"><span>%s</span></a></h3><p class="news-bodycopy">%s</p></div>'
        '<div class="news-morelink"><a href="%s">mehr</a></div></article>') % (
            s.raw, s.has["when"].strftime("%d.%m.%Y – %H:%M"), s.raw,
            e(s.title), e(s.title), e(s.text), s.raw))
    return t.page('<div class="article-list">%s</div>' % rows)


@listing
def ranked_grid(lot):
    t = Sheet(lot, "vi", "https://trangbao.example", "/van-hoa.htm",
              lambda s: "/%s-2023%d.htm" % (s.has["slug"],
                                            s.has["number"] * 10),
              template={"pattern": r"-(?<id>\d{8,})\.htm"}, count=(10, 15))
    t.shows(text=True, image=True)
    rows = t.each(lambda s: (
        '<div class="box-category-item" data-id="%d"><a class="box-category-link-'
        'with-avatar img-resize" href="%s" title="%s"><img src="%s" alt="%s" '
        'class="box-category-avatar"></a><div class="box-category-content"><h3 '
        'class="box-title-text"><a class="box-category-link-title" href="%s" '
        'title="%s">%s</a></h3><p class="box-category-sapo">%s</p></div></div>')
        % (s.has["number"], s.raw, e(s.title), s.image, e(s.title), s.raw,
           e(s.title), e(s.title), e(s.text)))
    return t.page('<div class="box-category-middle">%s</div>' % rows)
