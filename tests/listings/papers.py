"""Listings of newspapers, forums and odd pages, by their structure."""
from .invent import Sheet, e, listing
from .systems import iso


@listing
def kicker_teasers(lot):
    t = Sheet(lot, "de", "https://www.kurier-see.example", "/politik/",
              lambda s: "/politik/%s-a-%s.html" % (s.has["slug"],
                                                   s.has["hash"]),
              template="/politik/{id}.html", count=(10, 20))
    t.shows(text=True, author="%s", image=True, date="minute")
    rows = t.each(lambda s: (
        '<article class="teaser teaser--standard"><div class="teaser__media"><a '
        'href="%s" aria-hidden="true"><picture><source srcset="%s 520w, '
        '%s.s.jpg 260w" media="(min-width: 30em)"><img src="data:image/gif;'
        'base64,R0lGODlhAQABAAAAACw=" alt=""></picture></a></div><div class="'
        'teaser__container"><h2 class="teaser__heading"><a class="teaser__link" '
        'href="%s"><span class="teaser__title">%s</span></a></h2><p class="'
        'teaser__summary">%s</p><footer><span class="teaser__byline">Von %s'
        '</span> <time class="teaser__time" datetime="%s">%s</time> <a class="'
        'teaser__comments" href="%s#comments">%d Kommentare</a></footer></div>'
        "</article>") % (
            s.raw, s.image, s.image, s.raw, e(s.title), e(s.text),
            s.has["name"], iso(s), s.has["when"].strftime("%d.%m., %H:%M Uhr"),
            s.raw, s.has["count"]))
    return t.page('<main><div class="cp-area">%s</div></main>' % rows)


@listing
def phpbb(lot):
    t = Sheet(lot, "en", "https://forum.example", "/viewforum.php?f=12",
              lambda s: "./viewtopic.php?f=12&t=%d" % (s.has["number"] // 10),
              numbers=10, template="/viewtopic.php?t={id}", count=(15, 25))
    t.shows(author="%s", date="minute")
    for s in t.stories[:2]:
        s.optional = True

    def row(s):
        pages = "".join(
            '<li><a class="button" href="%s&amp;start=%d">%d</a></li>' % (
                e(s.raw), n * 15, n + 1) for n in range(3)) \
            if s.has["count"] % 3 == 0 else ""
        return (
            '<li class="row bg1%s"><dl class="row-item topic_read"><dt title="No'
            ' unread posts"><div class="list-inner"><a href="%s" class="'
            'topictitle">%s</a><br>%s<div class="topic-poster responsive-hide">'
            'by <a href="./memberlist.php?mode=viewprofile&amp;u=%d" class="'
            'username">%s</a> » %s</div></div></dt><dd class="posts">%d <dfn>'
            'Replies</dfn></dd><dd class="views">%d <dfn>Views</dfn></dd><dd '
            'class="lastpost"><span><dfn>Last post </dfn>by <a href="./memberlist'
            '.php?mode=viewprofile&amp;u=7" class="username">Anglerfish</a> <a '
            'href="./viewtopic.php?f=12&amp;p=%d#p%d" title="Go to last post"><i'
            ' class="icon"></i></a><br>%s</span></dd></dl></li>') % (
                " sticky" if s.optional else "", e(s.raw), e(s.title), pages and
                '<div class="pagination"><ul>%s</ul></div>' % pages,
                s.has["count"], s.has["name"],
                s.has["when"].strftime("%a %b %d, %Y %-I:%M %p"), s.has["count"], s.has["count"] * 31,
                s.has["number"] * 3, s.has["number"] * 3,
                s.has["when"].strftime("%a %b %d, %Y 11:59 pm"))
    rows = [row(s) for s in t.stories]
    return t.page(
        '<div class="forumbg announcement"><div class="inner"><ul class="'
        'topiclist"><li class="header"><dl><dt>Announcements</dt></dl></li></ul>'
        '<ul class="topiclist topics">%s</ul></div></div><div class="forumbg">'
        '<div class="inner"><ul class="topiclist"><li class="header"><dl><dt>'
        'Topics</dt></dl></li></ul><ul class="topiclist topics">%s</ul></div>'
        "</div>" % ("".join(rows[:2]), "".join(rows[2:])), after="")


@listing
def thread_rows(lot):
    t = Sheet(lot, "en", "https://talk.example", "/forums/local-news.8/",
              lambda s: "/threads/%s.%d/" % (s.has["slug"],
                                             s.has["number"] // 10),
              numbers=10, template="/threads/{id}", count=(12, 25))
    t.shows(author="%s", date="second")
    rows = t.each(lambda s: (
        '<div class="structItem structItem--thread js-inlineModContainer" '
        'data-author="%s"><div class="structItem-cell structItem-cell--icon"><a '
        'href="/members/m.%d/" class="avatar"><img src="/data/avatars/s/%d.jpg" '
        'alt="%s"></a></div><div class="structItem-cell structItem-cell--main">'
        '<div class="structItem-title"><a href="/forums/local-news.8/?prefix_id='
        '4" class="labelLink"><span class="label">%s</span></a> <a href="%s" '
        'data-tp-primary="on">%s</a></div><div class="structItem-minor"><ul '
        'class="structItem-parts"><li><a href="/members/m.%d/" class="username">'
        '%s</a></li><li class="structItem-startDate"><a href="%s" rel="nofollow">'
        '<time class="u-dt" datetime="%s" title="%s">%s</time></a></li></ul>'
        '</div></div><div class="structItem-cell structItem-cell--meta"><dl '
        'class="pairs"><dt>Replies</dt><dd>%d</dd></dl><dl class="pairs '
        'structItem-minor"><dt>Views</dt><dd>%dK</dd></dl></div><div class="'
        'structItem-cell structItem-cell--latest"><a href="%slatest" rel="'
        'nofollow"><time class="structItem-latestDate u-dt" datetime="2023-04-19T'
        '08:00:00+0000">Wednesday at 8:00 AM</time></a><div class="'
        'structItem-minor"><a href="/members/x.9/" class="username">Anglerfish'
        "</a></div></div></div>") % (
            s.has["name"], s.has["count"], s.has["count"], s.has["name"],
            s.has["rubric"], s.raw, e(s.title), s.has["count"], s.has["name"],
            s.raw, s.has["when"].strftime("%Y-%m-%dT%H:%M:%S+0000"),
            s.has["when"].strftime("%b %-d, %Y at %-I:%M %p"),
            s.has["when"].strftime("%b %-d, %Y"), s.has["count"],
            s.has["count"], s.raw))
    for s in t.stories:
        s.image = "any"
    return t.page('<div class="structItemContainer"><div class="'
                  'structItemContainer-group">%s</div></div>' % rows)


@listing
def row_pairs(lot):
    hosts = ["harbour.example", "blog.mills.example", "citynotes.example",
             "research.example", "daily.example", "engine.example"]
    t = Sheet(lot, "en", "https://rank.example", "/newest",
              lambda s: "https://%s/%s" % (lot.choice(hosts), s.has["slug"]),
              count=(20, 30), template={"pattern":
                                        r"example/(?<id>[a-z]+-[a-z-]+)$"})
    t.shows(author="%s", date="ago")
    for i, s in enumerate(t.stories):
        s.date = ("ago", 3600 * (1 + i // 2))
    rows = "".join((
        '<tr class="athing" id="%d"><td align="right" valign="top" class="title">'
        '<span class="rank">%d.</span></td><td valign="top" class="votelinks">'
        '<center><a id="up_%d" href="vote?id=%d&amp;how=up&amp;goto=newest"><div '
        'class="votearrow" title="upvote"></div></a></center></td><td class="'
        'title"><span class="titleline"><a href="%s">%s</a><span class="sitebit '
        'comhead"> (<a href="from?site=%s"><span class="sitestr">%s</span></a>)'
        '</span></span></td></tr><tr><td colspan="2"></td><td class="subtext">'
        '<span class="subline"><span class="score" id="score_%d">%d points</span>'
        ' by <a href="user?id=u%d" class="hnuser">%s</a> <span class="age" title'
        '="x"><a href="item?id=%d">%d hours ago</a></span> | <a href="hide?id=%d'
        '&amp;goto=newest">hide</a> | <a href="item?id=%d">%d&nbsp;comments</a>'
        '</span></td></tr><tr class="spacer" style="height:5px"></tr>') % (
            s.has["number"], i + 1, s.has["number"], s.has["number"], s.raw,
            e(s.title), s.link.split("/")[2], s.link.split("/")[2],
            s.has["number"], s.has["count"], s.has["count"], s.has["name"],
            s.has["number"], s.date[1] // 3600, s.has["number"],
            s.has["number"], s.has["count"])
        for i, s in enumerate(t.stories))
    for s in t.stories:
        s.date = ("ago", max(3600, s.date[1]))
    return t.page('<center><table id="hnmain"><tr><td><table class="itemlist">%s'
                  '<tr><td colspan="2"></td><td class="title"><a href="newest?'
                  'next=35&amp;n=31" class="morelink" rel="next">More</a></td>'
                  "</tr></table></td></tr></table></center>" % rows, after="")


@listing
def wire_headings(lot):
    t = Sheet(lot, "en", "https://wire.example", "/news-releases/",
              lambda s: "/news-releases/%s-3017%d.html" % (
                  s.has["slug"], s.has["number"]),
              template="/news-releases/{id}.html", count=(15, 25))
    t.shows(text=True, date="minute")
    rows = t.each(lambda s: (
        '<div class="row newsCards"><div class="card col-view"><a class="'
        'newsreleaseconsolidatelink display-outline" href="%s"><div class="row">'
        '<div class="col-sm-12 pad"><h3 class="no-img"><small>%s</small>%s</h3>'
        '<p class="remove-outline">%s</p></div></div></a></div></div>') % (
            s.raw, s.has["when"].strftime("%b %d, %Y, %H:%M GMT"), e(s.title),
            e(s.text)))
    t.next = "https://wire.example/news-releases/?page=2&pagesize=25"
    return t.page('<section class="container"><div class="card-list">%s</div>'
                  '<ul class="pagination"><li class="active"><span>1</span></li>'
                  "%s</ul></section>" % (rows, "".join(
                      '<li><a href="?page=%d&amp;pagesize=25">%d</a></li>'
                      % (n, n) for n in range(2, 6))))


@listing
def side_by_side(lot):
    t = Sheet(lot, "ko", "https://www.gangbyeon.example", "/list/society",
              lambda s: "/read/%d" % s.has["number"], template="/read/{id}",
              count=(10, 15))
    t.shows(date="day")
    form = '<li><a href="{0}">{1}</a> <span class="date">%s</span></li>'
    rows = t.each(lambda s: (form % s.has["when"].strftime("%Y-%m-%d")).format(
        s.raw, e(s.title)))
    popular = t.links(t.more(10), '<li><a href="{0}">{1}</a></li>')
    return t.page('<div class="row"><div class="left"><h2>사회</h2><ul class="'
                  'list">%s</ul></div><div class="right"><h2>많이 본 뉴스</h2><ul '
                  'class="list">%s</ul></div></div>' % (rows, popular),
                  after="")


@listing
def lead_story(lot):
    t = Sheet(lot, "ru", "https://gazeta.example", "/politics/",
              lambda s: "/politics/%s/%d.html" % (
                  s.has["when"].strftime("%Y/%m/%d"), s.has["number"]),
              template="/politics/{y}/{m}/{d}/{id}.html", count=(8, 16))
    t.shows(date="minute")
    for s in t.stories[:1]:
        s.text, s.image = s.has["text"], s.has["image"]
    first = t.stories[0]
    lead = ('<div class="lead"><a class="lead__pic" href="%s"><img src="%s" '
            'alt=""></a><h2 class="lead__title"><a href="%s">%s</a></h2><p '
            'class="lead__text">%s</p><time datetime="%s">%s</time></div>') % (
                first.raw, first.image, first.raw, e(first.title),
                e(first.text), iso(first, "+03:00"),
                first.has["when"].strftime("%H:%M"))
    rows = "".join((
        '<div class="item"><time class="item__time" datetime="%s">%s</time><a '
        'class="item__title" href="%s">%s</a></div>') % (
            iso(s, "+03:00"), s.has["when"].strftime("%H:%M, %d.%m"), s.raw,
            e(s.title)) for s in t.stories[1:])
    return t.page('<section class="rubric">%s<div class="list">%s</div></section>'
                  % (lead, rows))


@listing
def picture_titles(lot):
    t = Sheet(lot, "ko", "https://www.photo.example", "/gallery/list",
              lambda s: "/gallery/view?no=%d" % s.has["number"],
              template="/gallery/view?no={id}", count=(9, 16))
    t.shows(image=True)
    rows = t.each(lambda s: (
        '<li><a href="%s"><img src="%s" alt="%s" width="200"></a></li>') % (
            s.raw, s.image, e(s.title)))
    return t.page('<div class="photos"><ul class="gallery">%s</ul></div>' % rows,
                  after="")


@listing
def five_items(lot):
    t = Sheet(lot, "en", "https://parish.example", "/news.html",
              lambda s: "news/%s.html" % s.has["slug"],
              template="/news/{id}.html", count=(5, 5))
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<div class="newsitem"><h4><a href="%s">%s</a></h4><span class="when">'
        "%s</span></div>") % (s.raw, e(s.title),
                              s.has["when"].strftime("%-d %B %Y")))
    return t.page('<div class="content"><h2>News</h2>%s</div>' % rows, after="")


@listing
def few_items(lot):
    t = Sheet(lot, "en", "https://chapel.example", "/news/",
              lambda s: "/news/%s/" % s.has["slug"], template="/news/{id}",
              count=(1, 3))
    t.shows(text=True, date="day")
    rows = t.each(lambda s: (
        '<article class="news"><h2><a href="%s">%s</a></h2><p class="date">%s'
        '</p><p>%s</p></article>') % (
            s.raw, e(s.title), s.has["when"].strftime("%d/%m/%Y"), e(s.text)))
    return t.page('<main>%s</main>' % rows, after="")


@listing
def busy_items(lot):
    t = Sheet(lot, "en", "https://www.tribune.example", "/section/culture",
              lambda s: "/culture/%s-%d" % (s.has["slug"], s.has["number"]),
              template="/culture/{id}", count=(8, 15))
    t.shows(text=True, author="%s", image=True, date="minute")
    rows = t.each(lambda s: (
        '<div class="story-card"><a class="story-card__img" href="%s"><img '
        'src="%s" alt="Photo"></a><div class="story-card__body"><a class="'
        'story-card__label" href="/section/%s">%s</a><h3 class="'
        'story-card__title"><a href="%s">%s</a></h3><p class="story-card__dek">'
        '%s</p><div class="story-card__meta"><a class="author" href="/staff/%s">'
        '%s</a> <span class="ts">%s</span> <a class="cmt" href="%s#comments">%d '
        'comments</a></div><div class="share"><a href="https://social.example/'
        'share?u=%s">Share</a><a href="mailto:?subject=x">Mail</a></div><ul '
        'class="topics"><li><a href="/topic/%d">%s</a></li><li><a href="/topic/'
        '%d">%s</a></li></ul></div></div>') % (
            s.raw, s.image, s.has["rubric"].lower(), s.has["rubric"], s.raw,
            e(s.title), e(s.text), s.has["name"].lower().replace(" ", "-"),
            s.has["name"], s.has["when"].strftime("%B %-d, %Y %-I:%M %p"),
            s.raw, s.has["count"], s.raw, s.has["count"],
            t.words["subjects"][s.has["count"] % 9], s.has["count"] + 1,
            t.words["subjects"][s.has["count"] % 11]))
    return t.page('<div class="stories">%s</div>' % rows)


@listing
def overlay_labels(lot):
    t = Sheet(lot, "en", "https://www.broadcast.example", "/news/topics/c8nq",
              lambda s: "/news/articles/c%s" % s.has["hash"],
              template="/news/articles/{id}", count=(10, 20))
    t.shows(text=True, image=True, date="second")
    rows = t.each(lambda s: (
        '<li class="lx-stream__post"><div class="gs-c-promo gs-t-News"><div '
        'class="gs-c-promo-image"><img src="data:image/gif;base64,R0lGODlhAQABA'
        'AAAACw=" data-src="%s" alt=""></div><div class="gs-c-promo-body"><h3 '
        'class="gs-c-promo-heading__title">%s</h3><p class="gs-c-promo-summary">'
        '%s</p><ul class="gs-o-list-inline"><li><time datetime="%s">%s</time>'
        '</li><li><a class="gs-c-section-link" href="/news/%s"><span>%s</span>'
        '</a></li></ul></div><a class="gs-o-faux-block-link__overlay-link" href='
        '"%s" aria-label="%s" tabindex="-1"></a></div></li>') % (
            s.image, e(s.title), e(s.text),
            s.has["when"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            s.has["when"].strftime("%-d %b"), s.has["rubric"].lower(),
            s.has["rubric"], s.raw, e(s.title)))
    return t.page('<div role="main"><ol class="lx-stream__feed">%s</ol></div>'
                  % rows)


@listing
def related_runs(lot):
    t = Sheet(lot, "ko", "https://www.sanmaru.example", "/news/list.php?c=3",
              lambda s: "/news/view.php?no=%d" % s.has["number"],
              template="/news/view.php?no={id}", count=(8, 14))
    t.shows(text=True, date="minute")

    def row(s):
        related = ""
        if s.has["count"] % 3 == 0:
            related = '<ul class="rel">%s</ul>' % t.links(t.more(2))
        return ('<h3><a href="%s">%s</a></h3><p class="sum">%s</p>%s<p class="'
                'dt">%s</p>') % (s.raw, e(s.title), e(s.text), related,
                                 s.has["when"].strftime("%Y-%m-%d %H:%M"))
    return t.page('<div class="sect">%s</div>' % t.each(row))


@listing
def neighbours(lot):
    t = Sheet(lot, "ko", "https://www.sanmaru.example", "/series/list",
              lambda s: "/series/view/%d" % s.has["number"],
              template="/series/view/{id}", count=(8, 14))
    t.shows(text=True, image=True, date="day")

    def row(s):
        i = t.stories.index(s)
        near = ""
        if i + 1 < len(t.stories) and i % 3 == 1:
            near = ('<div class="series">이전 회: <a href="%s">%s</a></div>') % (
                t.stories[i + 1].raw, e(t.stories[i + 1].title))
        return ('<div class="art"><a class="ph" href="%s"><img src="%s" alt="">'
                '</a><div class="tx"><h3><a href="%s">%s</a></h3><p class="ds">'
                '%s</p>%s<span class="dt">%s</span></div></div>') % (
                    s.raw, s.image, s.raw, e(s.title), e(s.text), near,
                    s.has["when"].strftime("%Y.%m.%d"))
    return t.page('<div class="artlist">%s</div>' % t.each(row))


@listing
def script_pager(lot):
    t = Sheet(lot, "ko", "https://www.bada.example",
              "/news/newsList.do?cate=12&pageNo=1",
              lambda s: "/news/newsView.do?newsId=%d" % s.has["number"],
              template="/news/newsView.do?newsId={id}", count=(10, 15))
    t.shows(text=True, date="minute")
    rows = t.each(lambda s: (
        '<li class="n_item"><a href="%s"><p class="n_tit">%s</p><p class="n_txt"'
        '>%s</p><p class="n_date">%s</p></a></li>') % (
            s.raw, e(s.title), e(s.text),
            s.has["when"].strftime("%Y-%m-%d %H:%M")))
    pager = "<strong>1</strong>" + "".join(
        '<a href="javascript:void(0);" onclick="goPage(%d); return false;">%d'
        "</a>" % (n, n) for n in range(2, 11))
    t.next = "https://www.bada.example/news/newsList.do?cate=12&pageNo=2"
    return t.page('<ul class="news_list">%s</ul><div class="paginate">%s<a '
                  'href="javascript:goPage(11);">다음</a></div>'
                  % (rows, pager))


@listing
def date_groups(lot):
    t = Sheet(lot, "en", "https://www.guard.example", "/uk/environment/all",
              lambda s: "https://www.guard.example/environment/%s/%s" % (
                  s.has["when"].strftime("%Y/%b/%d").lower(), s.has["slug"]),
              template="/environment/{y}/{m}/{d}/{id}", count=(12, 24))
    t.shows(image=True, date="second")
    rows, day = [], None
    for s in t.stories:
        if s.has["when"].date() != day:
            day = s.has["when"].date()
            rows.append('</ul></section><section class="fc-container"><div '
                        'class="fc-container__header"><h2><time datetime="%s">%s'
                        '</time></h2></div><ul class="fc-slice">' % (
                            day, day.strftime("%-d %B %Y")))
        rows.append((
            '<li class="fc-slice__item"><div class="fc-item"><div class="'
            'fc-item__container"><div class="fc-item__media-wrapper"><picture>'
            '<source srcset="%s 300w" sizes="300px"><img src="%s.s.jpg" alt=""/>'
            '</picture></div><div class="fc-item__content"><h3 class="'
            'fc-item__title"><a href="%s" class="fc-item__link"><span class="'
            'u-faux-block-link__cta">%s</span></a></h3><aside class="'
            'fc-item__meta"><time class="fc-item__timestamp" datetime="%s">'
            '<span class="u-h">Published: </span>%s</time></aside></div></div><a'
            ' href="%s" class="u-faux-block-link__overlay" tabindex="-1" '
            'aria-hidden="true">%s</a></div></li>') % (
                s.image, s.image, s.raw, e(s.title),
                s.has["when"].strftime("%Y-%m-%dT%H:%M:%S+0000"),
                s.has["when"].strftime("%-I:%M %p"), s.raw, e(s.title)))
    return t.page('<div class="facia-page"><section><ul>%s</ul></section></div>'
                  % "".join(rows))


@listing
def linked_text(lot):
    t = Sheet(lot, "vi", "https://venho.example", "/thoi-su",
              lambda s: "https://venho.example/%s-4%d.html" % (
                  s.has["slug"], s.has["number"]),
              template={"pattern": r"-(?<id>\d{6,})\.html"}, count=(12, 22))
    t.shows(text=True, image=True)
    t.some_without_image()
    ad = '<article class="item-news item-news-ads"><div id="ads_3"></div>' \
        "</article>"
    rows = [('<article class="item-news item-news-common">%s<h3 class="title-news'
             '"><a href="%s" title="%s">%s</a></h3><p class="description"><a '
             'href="%s" title="%s">%s</a></p><p class="meta-news"><a class="'
             'count_cmt" href="%s#box_comment"><span class="font_icon">%d</span>'
             "</a></p></article>") % (
                 s.image and '<div class="thumb-art"><a href="%s" class="thumb"'
                 '><picture><source data-srcset="%s 1x, %s 2x"><img src="data:'
                 'image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="%s" alt="%s">'
                 "</picture></a></div>" % (s.raw, s.image, s.image, s.image,
                                           e(s.title)) or "",
                 s.raw, e(s.title), e(s.title), s.raw, e(s.title), e(s.text),
                 s.raw, s.has["count"]) for s in t.stories]
    rows.insert(3, ad)
    return t.page('<div class="col-left"><div class="list-news-subfolder">%s'
                  "</div></div>" % "".join(rows))


@listing
def newsletter(lot):
    t = Sheet(lot, "en", "https://weekly.letters.example", "/archive",
              lambda s: "https://weekly.letters.example/p/%s" % s.has["slug"],
              template="/p/{id}", count=(6, 12))
    t.shows(text=True, author="%s", image=True, date="second")
    rows = t.each(lambda s: (
        '<div class="pencraft pc-display-flex linkRow-ddH7S0"><div role="article"'
        ' aria-label="Post preview for %s" class="pencraft container-H2dyKk"><div'
        ' class="pencraft pc-display-flex"><a href="%s" data-testid="'
        'post-preview-title" class="pencraft pc-reset title-ak">%s</a><div class="'
        'pencraft"><a href="%s" class="pencraft pc-reset line-sub">%s</a></div>'
        '<div class="pencraft meta"><time datetime="%s.000Z" class="pencraft">%s'
        '</time><div class="pencraft divider">•</div><a href="https://letters.'
        'example/@x%d" class="link-profile author">%s</a></div></div><a href="%s"'
        ' class="image-link"><picture><source type="image/webp" srcset="%s 320w">'
        '<img src="%s" alt=""></picture></a></div></div>') % (
            e(s.title), s.raw, e(s.title), s.raw, e(s.text),
            s.has["when"].strftime("%Y-%m-%dT%H:%M:%S"),
            s.has["when"].strftime("%b %-d"), s.has["count"], s.has["name"],
            s.raw, s.image, s.image))
    return t.page('<div class="portable-archive-list">%s</div>' % rows, after="")


@listing
def bare_links(lot):
    t = Sheet(lot, "de", "https://dorf.example", "/archiv.htm",
              lambda s: "texte/%s.htm" % s.has["slug"],
              template="/texte/{id}.htm", count=(6, 15))
    t.shows(date="day")
    rows = t.each(lambda s: '<b>%s</b> <a href="%s">%s</a><br>' % (
        s.has["when"].strftime("%d.%m.%Y"), s.raw, e(s.title)))
    return t.page("<p>%s</p>" % rows, after="")


@listing
def reverse_related(lot):
    t = Sheet(lot, "zh", "https://www.hubin.example", "/news/",
              lambda s: "/news/detail/%d" % s.has["number"],
              template="/news/detail/{id}", count=(8, 15))
    t.shows(text=True, author="%s", date="second")

    def row(s):
        related = '<dd class="xg">相关：%s</dd>' % t.links(
            t.more(1), '<a href="{0}">{1}</a>') \
            if s.has["count"] % 4 == 0 else ""
        return ('<dl><dt><a href="%s">%s</a></dt><dd class="zy">%s</dd>%s<dd '
                'class="xx"><span>作者：%s</span><span>%s</span></dd></dl>') % (
                    s.raw, e(s.title), e(s.text), related, s.has["name"],
                    s.has["when"].strftime("%Y-%m-%d %H:%M:%S"))
    return t.page('<div class="list">%s</div>' % t.each(row))
