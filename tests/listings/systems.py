"""Listings as content systems and blog engines of the West make them."""
from .invent import Sheet, e, listing


def iso(s, zone="+00:00"):
    return s.has["when"].strftime("%Y-%m-%dT%H:%M:00") + zone


def dated_slug(s):
    return "/%s/%s/" % (s.has["when"].strftime("%Y/%m/%d"), s.has["slug"])


@listing
def wordpress_classic(lot):
    t = Sheet(lot, "en", "https://estuary.example", "/category/news/",
              lambda s: "https://estuary.example" + dated_slug(s),
              template="/{y}/{m}/{d}/{id}", count=(5, 10))
    t.shows(text=True, author="%s", date="minute")
    rows = t.each(lambda s: (
        '<article id="post-%d" class="post-%d post type-post status-publish '
        'hentry category-news"><header class="entry-header"><h1 class="'
        'entry-title"><a href="%s" rel="bookmark">%s</a></h1><div class="'
        'entry-meta"><span class="sep">Posted on </span><a href="%s" title="%s" '
        'rel="bookmark"><time class="entry-date" datetime="%s">%s</time></a>'
        '<span class="by-author"> <span class="sep"> by </span> <span class="'
        'author vcard"><a class="url fn n" href="/author/a%d/" rel="author">%s'
        '</a></span></span></div><div class="comments-link"><a href="%s#'
        'respond">%d</a></div></header><div class="entry-summary"><p>%s <a '
        'href="%s" class="more-link">Continue reading <span class="meta-nav">'
        '&rarr;</span></a></p></div><footer class="entry-meta">Posted in <a '
        'href="/category/news/" rel="category tag">%s</a> | Tagged <a href="'
        '/tag/a-%d/" rel="tag">%s</a></footer></article>') % (
            s.has["number"], s.has["number"], s.raw, e(s.title), s.raw,
            s.has["when"].strftime("%-I:%M %p").lower(), iso(s),
            s.has["when"].strftime("%B %-d, %Y"), s.has["count"],
            s.has["name"], s.raw, s.has["count"], e(s.text), s.raw,
            s.has["rubric"], s.has["count"],
            t.words["subjects"][s.has["count"] % 9].lower()))
    t.next = "https://estuary.example/category/news/page/2/"
    return t.page('<div id="content" role="main">%s<nav id="nav-below"><div '
                  'class="nav-previous"><a href="https://estuary.example/'
                  'category/news/page/2/"><span class="meta-nav">&larr;</span> '
                  "Older posts</a></div></nav></div>" % rows)


@listing
def wordpress_blocks(lot):
    t = Sheet(lot, "en", "https://estuary.example", "/news/",
              lambda s: "https://estuary.example/%s/" % s.has["slug"],
              template={"pattern": r"example/(?<id>[a-z]+-[a-z-]+)/?$"},
              count=(6, 10))
    t.shows(text=True, image=True, date="minute")
    rows = t.each(lambda s: (
        '<li class="wp-block-post post-%d post type-post has-post-thumbnail '
        'hentry"><div class="wp-block-group is-layout-flow"><figure class="'
        'wp-block-post-featured-image"><a href="%s" target="_self"><img width="'
        '1024" height="683" src="%s" class="attachment-post-thumbnail" alt="" '
        'srcset="%s 1024w, %s.300.jpg 300w" sizes="(max-width: 1024px) 100vw"/>'
        '</a></figure><h2 class="wp-block-post-title"><a href="%s" target="'
        '_self">%s</a></h2><div class="wp-block-post-excerpt"><p class="'
        'wp-block-post-excerpt__excerpt">%s </p></div><div class="'
        'wp-block-post-date"><time datetime="%s"><a href="%s">%s</a></time>'
        "</div></div></li>") % (
            s.has["number"], s.raw, s.image, s.image, s.image, s.raw,
            e(s.title), e(s.text), iso(s), s.raw,
            s.has["when"].strftime("%b %-d, %Y")))
    return t.page('<main><div class="wp-block-query"><ul class="'
                  'wp-block-post-template">%s</ul><nav class="'
                  'wp-block-query-pagination"><a href="/news/?query-3-page=2" '
                  'class="wp-block-query-pagination-next">Next Page</a></nav>'
                  "</div></main>" % rows)


@listing
def magazine_modules(lot):
    t = Sheet(lot, "en", "https://magazine.example", "/category/world/",
              lambda s: "https://magazine.example/%s/" % s.has["slug"],
              template={"pattern": r"example/(?<id>[a-z]+-[a-z-]+)/?$"},
              count=(10, 16))
    t.shows(text=True, author="%s", image=True, date="day-local")

    def meta(s):
        return (
            '<div class="td-module-meta-info"><a href="/category/%d/" class="'
            'td-post-category">%s</a><span class="td-post-author-name"><a '
            'href="/author/w%d/">%s</a> <span>-</span> </span><span class="'
            'td-post-date"><time class="entry-date updated td-module-date" '
            'datetime="%s">%s</time></span><span class="td-module-comments"><a '
            'href="%s#respond">%d</a></span></div>') % (
                s.has["count"], s.has["rubric"], s.has["count"], s.has["name"],
                iso(s), s.has["when"].strftime("%B %-d, %Y"), s.raw,
                s.has["count"])
    for s in t.stories:
        s.date = ("minute", s.has["when"])
    rows = ['<div class="td-block-span6"><div class="td_module_1 '
            'td_module_wrap"><div class="td-module-image"><div class="'
            'td-module-thumb"><a href="%s" rel="bookmark" class="'
            'td-image-wrap" title="%s"><img class="entry-thumb" src="%s" alt="" '
            'title="%s"></a></div></div><h3 class="entry-title '
            'td-module-title"><a href="%s" rel="bookmark" title="%s">%s</a></h3>'
            '%s<div class="td-excerpt">%s</div></div></div>' % (
                s.raw, e(s.title), s.image, e(s.title), s.raw, e(s.title),
                e(s.title), meta(s), e(s.text)) for s in t.stories]
    rows = "".join('<div class="td-block-row">%s</div>' % "".join(rows[i:i + 2])
                   for i in range(0, len(rows), 2))
    box = '<div class="td_block_7"><h4>%s</h4>{1}</div>' % t.words["popular"]
    side = "".join(
        '<div class="td_module_6 td_module_wrap"><div class="td-module-thumb">'
        '<a href="%s"><img src="%s"></a></div><div class="item-details"><h3 '
        'class="entry-title td-module-title"><a href="%s">%s</a></h3><div '
        'class="td-module-meta-info"><time class="entry-date" datetime="%s">'
        "</time></div></div></div>" % (s.raw, s.has["image"], s.raw,
                                       e(s.title), iso(s)) for s in t.more(5))
    return t.page('<div class="td-ss-main-content">%s</div>' % rows,
                  after=box.format("", side))


@listing
def drupal_table(lot):
    t = Sheet(lot, "en", "https://agency.example", "/press-releases",
              lambda s: "/press-releases/%s" % s.has["slug"],
              template="/press-releases/{id}", count=(10, 25))
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<tr class="odd"><td headers="view-created" class="views-field '
        'views-field-created">%s</td><td headers="view-title" class="'
        'views-field views-field-title"><a href="%s" hreflang="en">%s</a></td>'
        '<td class="views-field views-field-field-topic"><a href="/topics/%d">%s'
        "</a></td></tr>") % (
            s.has["when"].strftime("%B %-d, %Y"), s.raw, e(s.title),
            s.has["count"], s.has["rubric"]))
    t.next = "https://agency.example/press-releases?page=1"
    return t.page(
        '<div class="view view-press-releases"><div class="view-content"><table '
        'class="views-table cols-3"><thead><tr><th><a href="?order=created&amp;'
        'sort=asc">Date</a></th><th><a href="?order=title&amp;sort=asc">Title'
        "</a></th><th>Topic</th></tr></thead><tbody>%s</tbody></table></div><ul "
        'class="pager"><li class="pager-current">1</li>%s<li class="pager-next">'
        '<a href="/press-releases?page=1">next ›</a></li></ul></div>' % (
            rows, "".join('<li class="pager-item"><a href="/press-releases?page'
                          '=%d">%d</a></li>' % (n - 1, n)
                          for n in range(2, 9))))


@listing
def drupal_rows(lot):
    t = Sheet(lot, "fr", "https://ville.example", "/actualites",
              lambda s: "/actualites/%s" % s.has["slug"],
              template="/actualites/{id}", count=(5, 12))
    t.shows(text=True, image=True, date="day")
    rows = t.each(lambda s: (
        '<div class="views-row"><div class="views-field views-field-field-image">'
        '<div class="field-content"><a href="%s"><img src="%s" alt=""></a></div>'
        '</div><span class="views-field views-field-created"><span class="'
        'field-content">%d %s %d</span></span><div class="views-field '
        'views-field-title"><h3 class="field-content"><a href="%s">%s</a></h3>'
        '</div><div class="views-field views-field-body"><div class="'
        'field-content"><p>%s</p></div></div><div class="views-field '
        'views-field-view-node"><span class="field-content"><a href="%s">%s</a>'
        "</span></div></div>") % (
            s.raw, s.image, s.has["when"].day, "avril mars".split()[
                s.has["when"].month == 3], s.has["when"].year, s.raw,
            e(s.title), e(s.text), s.raw, t.words["more"]))
    return t.page('<div class="view-content">%s</div>' % rows)


@listing
def joomla_blog(lot):
    t = Sheet(lot, "en", "https://club.example", "/index.php/news",
              lambda s: "/index.php/news/%d-%s" % (s.has["number"] // 1000,
                                                   s.has["slug"]),
              numbers=1000, template="/index.php/news/{id}", count=(6, 10))
    t.shows(text=True, author="%s", date="minute")

    def item(s):
        return (
            '<div class="item" itemprop="blogPost" itemscope itemtype="https://'
            'schema.org/BlogPosting"><div class="page-header"><h2 itemprop="'
            'name"><a href="%s" itemprop="url">%s</a></h2></div><dl class="'
            'article-info muted"><dt class="article-info-term">Details</dt><dd '
            'class="createdby" itemprop="author" itemscope itemtype="https://'
            'schema.org/Person">Written by <span itemprop="name">%s</span></dd>'
            '<dd class="category-name">Category: <a href="/index.php/news" '
            'itemprop="genre">%s</a></dd><dd class="published"><time datetime="'
            '%s" itemprop="datePublished">Published: %s</time></dd><dd class="'
            'hits">Hits: %d</dd></dl><p>%s</p><p class="readmore"><a class="'
            'btn" href="%s" itemprop="url">Read more: %s</a></p></div>') % (
                s.raw, e(s.title), s.has["name"], s.has["rubric"], iso(s),
                s.has["when"].strftime("%d %B %Y"), s.has["count"], e(s.text),
                s.raw, e(s.title))
    rest = [item(s) for s in t.stories]
    rows = '<div class="items-leading"><div class="leading-0">%s</div></div>' \
        % rest[0] + "".join(
            '<div class="items-row cols-2 row-fluid">%s</div>' % "".join(
                '<div class="span6">%s</div>' % i for i in rest[k:k + 2])
            for k in range(1, len(rest), 2))
    return t.page('<div class="blog" itemscope itemtype="https://schema.org/'
                  'Blog">%s</div>' % rows)


@listing
def joomla_table(lot):
    t = Sheet(lot, "de", "https://verein.example", "/aktuelles",
              lambda s: "/aktuelles/%d-%s" % (s.has["number"] // 1000,
                                              s.has["slug"]),
              numbers=1000, template="/aktuelles/{id}", count=(8, 20))
    t.shows(author="%s", date="day")
    rows = t.each(lambda s: (
        '<tr class="cat-list-row%d"><td class="list-title"><a href="%s">%s</a>'
        '</td><td class="list-date small">%s</td><td class="list-author">'
        'Geschrieben von %s</td><td class="list-hits"><span class="badge">'
        "Zugriffe: %d</span></td></tr>") % (
            s.has["count"] % 2, s.raw, e(s.title),
            s.has["when"].strftime("%d.%m.%Y"), s.has["name"],
            s.has["count"]))
    return t.page('<form id="adminForm"><table class="category table"><thead>'
                  "<tr><th>Titel</th><th>Datum</th><th>Autor</th><th>Zugriffe"
                  "</th></tr></thead><tbody>%s</tbody></table></form>" % rows)


@listing
def blogger(lot):
    t = Sheet(lot, "en", "https://tideline.blogger.example", "/",
              lambda s: "https://tideline.blogger.example/%s/%s.html" % (
                  s.has["when"].strftime("%Y/%m"), s.has["slug"]),
              template="/{y}/{m}/{id}.html", count=(4, 8))
    t.shows(text=True, author="%s", date="minute")
    rows = t.each(lambda s: (
        '<div class="date-outer"><h2 class="date-header"><span>%s</span></h2>'
        '<div class="date-posts"><div class="post-outer"><div class="post '
        'hentry" itemprop="blogPost"><h3 class="post-title entry-title"><a '
        'href="%s">%s</a></h3><div class="post-header"></div><div class="'
        'post-body entry-content">%s</div><div class="jump-link"><a href="%s#'
        'more">Read more »</a></div><div class="post-footer"><div class="'
        'post-footer-line post-footer-line-1"><span class="post-author vcard">'
        'Posted by <span class="fn"><a class="g-profile" href="https://www.'
        'blogger.example/profile/%d" rel="author">%s</a></span></span><span '
        'class="post-timestamp">at <a class="timestamp-link" href="%s" rel="'
        'bookmark"><abbr class="published" title="%s">%s</abbr></a></span><span '
        'class="post-comment-link"><a class="comment-link" href="%s#comment-form'
        '">%d comments:</a></span></div><div class="post-footer-line"><span '
        'class="post-labels">Labels: <a href="/search/label/a" rel="tag">%s</a>'
        "</span></div></div></div></div></div></div>") % (
            s.has["when"].strftime("%A, %B %-d, %Y"), s.raw, e(s.title),
            e(s.text), s.raw, s.has["number"], s.has["name"], s.raw, iso(s),
            s.has["when"].strftime("%-I:%M %p"), s.raw, s.has["count"],
            s.has["rubric"]))
    return t.page('<div class="blog-posts hfeed">%s</div><div class="blog-pager">'
                  '<a class="blog-pager-older-link" href="https://tideline.'
                  'blogger.example/search?updated-max=2023-04-01T00:00:00Z&amp;'
                  'max-results=7">Older Posts</a></div>' % rows)


@listing
def ghost(lot):
    t = Sheet(lot, "en", "https://ghostly.example", "/",
              lambda s: "/%s/" % s.has["slug"],
              template={"pattern": r"example/(?<id>[a-z]+-[a-z-]+)/?$"},
              count=(8, 15))
    t.shows(text=True, image=True, date="day")
    rows = t.each(lambda s: (
        '<article class="post-card post tag-news%s"><a class="'
        'post-card-image-link" href="%s"><img class="post-card-image" srcset="'
        '%s?w=300 300w, %s 600w, %s?w=2000 2000w" src="%s?w=600" alt="" '
        'loading="lazy"></a><div class="post-card-content"><a class="'
        'post-card-content-link" href="%s"><header class="post-card-header">'
        '<div class="post-card-tags"><span class="post-card-primary-tag">%s'
        '</span></div><h2 class="post-card-title">%s</h2></header><div class="'
        'post-card-excerpt">%s</div></a><footer class="post-card-meta"><time '
        'class="post-card-meta-date" datetime="%s">%s</time><span class="'
        'post-card-meta-length">%d min read</span></footer></div></article>')
        % ("", s.raw, s.image, s.image, s.image, s.image, s.raw,
           s.has["rubric"], e(s.title), e(s.text),
           s.has["when"].strftime("%Y-%m-%d"),
           s.has["when"].strftime("%d %b %Y"), s.has["count"] % 12 + 1))
    return t.page('<main id="site-main"><div class="post-feed">%s</div></main>'
                  % rows, after="")


@listing
def papermod(lot):
    t = Sheet(lot, "en", "https://notes.example", "/posts/",
              lambda s: "https://notes.example/posts/%s/" % s.has["slug"],
              template="/posts/{id}", count=(5, 10))
    t.shows(text=True, author="%s", date="second")
    rows = t.each(lambda s: (
        '<article class="post-entry"><header class="entry-header"><h2 class="'
        'entry-hint-parent">%s</h2></header><div class="entry-content"><p>%s</p>'
        '</div><footer class="entry-footer"><span title="%s +0000 UTC">%s</span>'
        '&nbsp;·&nbsp;<span>%d min</span>&nbsp;·&nbsp;<span>%s</span></footer>'
        '<a class="entry-link" aria-label="post link to %s" href="%s"></a>'
        "</article>") % (
            e(s.title), e(s.text), s.has["when"].strftime("%Y-%m-%d %H:%M:%S"),
            s.has["when"].strftime("%B %-d, %Y"), s.has["count"] % 9 + 1,
            s.has["name"], e(s.title), s.raw))
    return t.page('<main class="main">%s<footer class="page-footer"><nav class="'
                  'pagination"><a class="next" href="https://notes.example/posts'
                  '/page/2/">Next&nbsp;»</a></nav></footer></main>' % rows,
                  after="")


@listing
def minima(lot):
    t = Sheet(lot, "en", "https://plain.example", "/",
              lambda s: "/%s/%s.html" % (s.has["when"].strftime("%Y/%m/%d"),
                                         s.has["slug"]),
              template="/{y}/{m}/{d}/{id}.html", count=(3, 20))
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<li><span class="post-meta">%s</span>\n<h3>\n<a class="post-link" '
        'href="%s">\n%s\n</a>\n</h3></li>') % (
            s.has["when"].strftime("%b %-d, %Y"), s.raw, e(s.title)))
    return t.page('<div class="home"><h2 class="post-list-heading">Posts</h2>'
                  '<ul class="post-list">%s</ul><p class="rss-subscribe">'
                  'subscribe <a href="/feed.xml">via RSS</a></p></div>' % rows,
                  after="")


@listing
def year_archive(lot):
    t = Sheet(lot, "en", "https://plain.example", "/archive/",
              lambda s: "/blog/%s/" % s.has["slug"], template="/blog/{id}",
              count=(10, 30))
    t.shows(date="day")
    rows = [('<li><time datetime="%s">%s</time> » <a href="%s">%s</a></li>')
            % (s.has["when"].strftime("%Y-%m-%d"),
               s.has["when"].strftime("%d %b"), s.raw, e(s.title))
            for s in t.stories]
    cut = lot.randrange(2, len(rows) - 2)
    return t.page("<main><h1>Archive</h1><h2>April</h2><ul>%s</ul><h2>March</h2>"
                  "<ul>%s</ul></main>" % ("".join(rows[:cut]),
                                          "".join(rows[cut:])), after="")


@listing
def hashed_cards(lot):
    t = Sheet(lot, "en", "https://medley.example", "/tag/cities",
              lambda s: "https://medley.example/@%s/%s-%s?source=topic_page---"
              "%d-------" % (s.has["name"].split()[0].lower(), s.has["slug"],
                             s.has["hash"], s.has["count"]),
              template={"pattern": r"/@[^/]+/[a-z-]+-(?<id>[0-9a-f]{12})"},
              count=(8, 12))
    t.shows(text=True, author="%s", date="yearless-day")

    def row(s):
        person = "/@%s?source=topic" % s.has["name"].split()[0].lower()
        return (
            '<article class="bx kk"><div class="m kl km l"><div class="kn ab q">'
            '<a rel="noopener follow" href="%s"><div class="l ep"><img alt="%s" '
            'class="l er bw es" src="https://medley.example/avatars/%d.jpeg" '
            'width="20" height="20"></div></a><a class="af ag" href="%s"><p '
            'class="be b do">%s</p></a></div><div class="ko l"><a class="af ag" '
            'href="%s"><h2 class="be fq hr">%s</h2></a><a class="af ag" href="%s'
            '"><div class="gy"><h3 class="be b gq">%s</h3></div></a><div class="'
            'kp ab"><a class="af ag" href="%s"><span class="be b">%s</span></a>'
            '<span class="kq">·</span><span class="be b">%d min read</span><a '
            'class="kr" href="/tag/t%d?source=x">%s</a></div></div></div>'
            "</article>") % (
                person, s.has["name"], s.has["count"] % 3, person,
                s.has["name"], s.raw, e(s.title), s.raw, e(s.text), s.raw,
                s.has["when"].strftime("%b %-d"), s.has["count"] % 9 + 2,
                s.has["count"], s.has["rubric"])
    for s in t.stories:
        s.image = "any"
    return t.page('<main><section class="ju jv">%s</section></main>'
                  % t.each(row))


@listing
def typo3(lot):
    t = Sheet(lot, "de", "https://www.landkreis.example", "/aktuelles/presse",
              lambda s: "/aktuelles/presse/detail/%s" % s.has["slug"],
              template="/aktuelles/presse/detail/{id}", count=(5, 12))
    t.shows(text=True, image=True, date="day")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<div class="article articletype-0" itemscope="itemscope" itemtype="'
        'http://schema.org/Article"><div class="header"><h3><a title="%s" href="'
        '%s"><span itemprop="headline">%s</span></a></h3></div>%s<div class="'
        'teaser-text"><div itemprop="description"><p>%s</p></div><a class="more"'
        ' title="%s" href="%s">%s</a></div><div class="footer"><p><span class="'
        'news-list-date"><time itemprop="datePublished" datetime="%s">%s</time>'
        '</span><span class="news-list-category">%s</span></p></div></div>') % (
            e(s.title), s.raw, e(s.title), s.image and
            '<div class="news-img-wrap"><a title="%s" href="%s"><img itemprop="'
            'thumbnailUrl" src="%s" alt=""></a></div>' % (
                e(s.title), s.raw, s.image) or "", e(s.text), e(s.title),
            s.raw, t.words["more"], s.has["when"].strftime("%Y-%m-%d"),
            s.has["when"].strftime("%d.%m.%Y"), s.has["rubric"]))
    return t.page('<div class="news"><div class="news-list-view" id="news-'
                  'container-7">%s</div></div>' % rows)


@listing
def contao(lot):
    t = Sheet(lot, "de", "https://www.stadtwerke.example", "/neuigkeiten.html",
              lambda s: "neuigkeiten-leser/%s.html" % s.has["slug"],
              template="/neuigkeiten-leser/{id}.html", count=(4, 9))
    t.shows(text=True, author="%s", date="minute")
    rows = t.each(lambda s: (
        '<div class="layout_latest arc_1 block"><p class="info"><time datetime='
        '"%s">%s</time> von %s </p><h2><a href="%s" title="Den Artikel lesen: '
        '%s">%s</a></h2><div class="ce_text block"><p>%s</p></div><p class="'
        'more"><a href="%s" title="Den Artikel lesen: %s">Weiterlesen … <span '
        'class="invisible">%s</span></a></p></div>') % (
            iso(s), s.has["when"].strftime("%d.%m.%Y %H:%M"), s.has["name"],
            s.raw, e(s.title), e(s.title), e(s.text), s.raw, e(s.title),
            e(s.title)))
    return t.page('<div class="mod_newslist block">%s</div>' % rows)


@listing
def spip(lot):
    t = Sheet(lot, "fr", "https://commune.example", "/-Actualites-",
              lambda s: "%s" % "-".join(w.title() for w in
                                        s.has["slug"].split("-")),
              template={"pattern": r"example/(?<id>[A-Z][a-z]+-[A-Za-z-]+)$"},
              count=(5, 12))
    t.shows(text=True, author="%s", date="minute")
    rows = t.each(lambda s: (
        '<li class="item hentry"><h3 class="entry-title"><a href="%s" rel="'
        'bookmark">%s</a></h3><p class="info-publi"><abbr class="published" '
        'title="%sZ">%d %s %d</abbr><span class="sep">, </span><span class="'
        'auteurs">par <span class="vcard author"><a class="url fn spip_in" '
        'href="_A%d_">%s</a></span></span></p><div class="introduction '
        'entry-content"><p>%s</p></div></li>') % (
            s.raw, e(s.title), s.has["when"].strftime("%Y-%m-%dT%H:%M:00"),
            s.has["when"].day, "avril mars".split()[s.has["when"].month == 3],
            s.has["when"].year, s.has["count"], s.has["name"], e(s.text)))
    return t.page('<div class="liste articles"><ul class="liste-items">%s</ul>'
                  "</div>" % rows)


@listing
def bitrix(lot):
    t = Sheet(lot, "ru", "https://www.ozero.example", "/press/news/",
              lambda s: "/press/news/%d/" % (s.has["number"] // 100),
              numbers=100, template="/press/news/{id}", count=(5, 20))
    t.shows(text=True, image=True, date="day")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<p class="news-item" id="bx_3218110189_%d">%s<span class="'
        'news-date-time">%s</span> <a href="%s"><b>%s</b></a><br/>%s<div style="'
        'clear:both"></div></p>') % (
            s.has["number"], s.image and '<a href="%s"><img class="'
            'preview_picture" border="0" src="%s" alt="%s" style="float:left"/>'
            "</a>" % (s.raw, s.image, e(s.title)) or "",
            s.has["when"].strftime("%d.%m.%Y"), s.raw, e(s.title), e(s.text)))
    t.next = "https://www.ozero.example/press/news/?PAGEN_1=2"
    return t.page('<div class="news-list">%s<font class="text">Новости 1 - 20 из'
                  " 340<br/>Начало | Пред. | <b>1</b> %s | <a href=\"/press/"
                  'news/?PAGEN_1=2">След.</a></font></div>' % (
                      rows, " ".join('<a href="/press/news/?PAGEN_1=%d">%d</a>'
                                     % (n, n) for n in range(2, 6))))


@listing
def bootstrap_cards(lot):
    t = Sheet(lot, "en", "https://startup.example", "/blog",
              lambda s: "/blog/%s" % s.has["slug"], template="/blog/{id}",
              count=(6, 12))
    t.shows(text=True, image=True, date="day")
    rows = t.each(lambda s: (
        '<div class="col-md-4 mb-4"><div class="card h-100 shadow-sm"><img '
        'src="%s" class="card-img-top" alt="..."><div class="card-body d-flex '
        'flex-column"><span class="badge bg-primary">%s</span><h5 class="'
        'card-title">%s</h5><p class="card-text">%s</p><a href="%s" class="btn '
        'btn-primary mt-auto">Read more</a></div><div class="card-footer"><small'
        ' class="text-muted">%s</small></div></div></div>') % (
            s.image, s.has["rubric"], e(s.title), e(s.text), s.raw,
            s.has["when"].strftime("%B %-d, %Y")))
    t.next = "https://startup.example/blog?page=2"
    return t.page('<div class="container"><div class="row">%s</div><nav><ul '
                  'class="pagination justify-content-center"><li class="page-item'
                  ' active"><span class="page-link">1</span></li>%s</ul></nav>'
                  "</div>" % (rows, "".join(
                      '<li class="page-item"><a class="page-link" href="/blog?'
                      'page=%d">%d</a></li>' % (n, n) for n in range(2, 5))))


@listing
def squarespace(lot):
    t = Sheet(lot, "en", "https://studio.example", "/journal",
              lambda s: "/journal/%s/%s" % (
                  s.has["when"].strftime("%Y/%-m/%-d"), s.has["slug"]),
              template="/journal/{y}/{m}/{d}/{id}", count=(4, 12))
    t.shows(text=True, image=True, author="%s", date="day")
    rows = t.each(lambda s: (
        '<article class="blog-basic-grid--container entry blog-item"><div class='
        '"blog-basic-grid--text"><a href="%s" class="image-wrapper"><img '
        'data-src="%s" data-image="%s" alt="img_%d.jpg" class="image"></a><div '
        'class="blog-meta-section"><span class="blog-meta-primary"><span class="'
        'blog-categories-list"><a href="/journal/category/%s">%s</a></span><span'
        ' class="blog-author">%s</span><time class="blog-date" pubdate>%s</time>'
        '</span></div><h1 class="blog-title"><a href="%s">%s</a></h1><div class="'
        'blog-excerpt"><div class="blog-excerpt-wrapper"><p>%s</p></div></div><a'
        ' class="blog-more-link" href="%s">Read More</a></div></article>') % (
            s.raw, s.image, s.image, s.has["number"], s.has["rubric"],
            s.has["rubric"], s.has["name"],
            s.has["when"].strftime("%-m/%-d/%y"), s.raw, e(s.title), e(s.text),
            s.raw))
    return t.page('<section class="blog-basic-grid">%s</section>' % rows,
                  after="")


@listing
def web_forms(lot):
    t = Sheet(lot, "en", "https://www.county.example", "/News/Default.aspx",
              lambda s: "NewsDetail.aspx?NewsID=%d" % (s.has["number"] // 100),
              numbers=100, template="/News/NewsDetail.aspx?NewsID={id}",
              count=(10, 20))
    t.shows(date="minute")
    rows = t.each(lambda s: (
        '<tr class="gridRow"><td><span id="ctl00_Main_Grid_ctl%d_lblDate">%s'
        '</span></td><td><a id="ctl00_Main_Grid_ctl%d_lnk" href="%s">%s</a></td>'
        "<td>%s</td></tr>") % (
            s.has["count"], s.has["when"].strftime("%-m/%-d/%Y %-I:%M:00 %p"),
            s.has["count"], s.raw, e(s.title), s.has["rubric"]))
    pager = "".join('<td><a href="javascript:__doPostBack(&#39;ctl00$Main$Grid'
                    '&#39;,&#39;Page$%d&#39;)">%d</a></td>' % (n, n)
                    for n in range(2, 11))
    return t.page('<form><table id="ctl00_Main_Grid" rules="all" border="1"><tr '
                  'class="gridHeader"><th>Date</th><th>Headline</th><th>Type'
                  '</th></tr>%s<tr class="gridPager"><td colspan="3"><table><tr>'
                  "<td><span>1</span></td>%s</tr></table></td></tr></table>"
                  "</form>" % (rows, pager))
