"""Listings as Korean newspapers' and boards' systems make them."""
from .invent import Sheet, e, listing


def view(s):
    return "/news/articleView.html?idxno=%d" % s.has["number"]


VIEW = "/news/articleView.html?idxno={id}"


@listing
def list_block(lot):
    t = Sheet(lot, "ko", "http://www.hanbit.example",
              "/news/articleList.html?sc_section_code=S1N4&view_type=sm", view,
              template=VIEW)
    t.shows(text=True, author="%s 기자", image=True, date="minute")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<div class="list-block"><div class="list-titles"><a href="%s" '
        'target="_top"><strong>%s</strong></a></div>%s<p class="list-summary">'
        '<a href="%s" class="line-height-3-2x" target="_top">%s</a></p>'
        '<div class="list-dated">%s | %s 기자 | %s</div></div>') % (
            e(s.raw), e(s.title), s.image and (
                '<div class="list-image" style="background-image:url(%s)">'
                '<a href="%s"></a></div>' % (s.image, e(s.raw))) or "",
            e(s.raw), e(s.text), s.has["rubric"], s.has["name"],
            s.has["when"].strftime("%Y-%m-%d %H:%M")))
    pager = '<ul class="pagination">' + "".join(
        '<li><a href="/news/articleList.html?page=%d&amp;total=2810&amp;'
        'sc_section_code=S1N4&amp;view_type=sm">%d</a></li>' % (n, n)
        for n in range(1, 11)) + "</ul>"
    t.next = "http://www.hanbit.example/news/articleList.html?page=2&" \
        "total=2810&sc_section_code=S1N4&view_type=sm"
    return t.page('<section class="article-list-content text-left">%s</section>'
                  '%s' % (rows, pager))


@listing
def type_two(lot):
    t = Sheet(lot, "ko", "https://www.hanbit.example",
              "/news/articleList.html?sc_sub_section_code=S2N11&view_type=sm",
              view, template=VIEW)
    t.shows(text=True, author="%s 기자", image=True, date="minute")
    t.some_without_image()
    ad = ('<li class="ad"><a href="https://ads.example/c?z=99812"><img '
          'src="https://ads.example/b.gif" alt="">%s</a></li>' % t.words["ad"])
    rows = []
    for i, s in enumerate(t.stories):
        if i == 4:
            rows.append(ad)
        rows.append((
            '<li>%s<h2 class="titles"><a href="%s" target="_top">%s</a></h2>'
            '<p class="lead line-6x2"><a href="%s" target="_top">%s</a></p>'
            '<span class="byline"><em>%s</em><em>%s 기자</em><em>%s</em></span>'
            "</li>") % (
                s.image and '<a href="%s" class="thumb"><img src="%s" alt="">'
                "</a>" % (e(s.raw), s.image) or "", e(s.raw), e(s.title),
                e(s.raw), e(s.text), s.has["rubric"], s.has["name"],
                s.has["when"].strftime("%Y.%m.%d %H:%M")))
    return t.page('<section id="section-list"><ul class="type2">%s</ul>'
                  "</section>" % "".join(rows))


@listing
def photo_grid(lot):
    t = Sheet(lot, "ko", "https://www.hanbit.example",
              "/news/articleList.html?sc_section_code=S1N9&view_type=tm", view,
              template=VIEW)
    t.shows(image=True, date="yearless")
    rows = t.each(lambda s: (
        '<li class="item"><a href="%s" class="item_link"><figure class="photo">'
        '<img src="%s" alt="%s 기사의 사진"></figure><div class="cont"><strong '
        'class="auto-titles">%s</strong><span class="info">%s</span></div></a>'
        "</li>") % (e(s.raw), s.image, e(s.title), e(s.title),
                    s.has["when"].strftime("%m.%d %H:%M")))
    return t.page('<div id="list-photo"><ul class="type1 col4">%s</ul></div>'
                  % rows)


@listing
def webzine(lot):
    t = Sheet(lot, "ko", "https://www.hanbit.example",
              "/news/articleList.html?view_type=sm", view, template=VIEW)
    t.shows(text=True, author="%s 기자", image=True, date="minute")
    rows = t.each(lambda s: (
        '<li class="altlist-webzine-item"><a href="%s" class="altlist-webzine-'
        'thumb"><img src="%s" alt="" loading="lazy"></a><div class="altlist-'
        'webzine-content"><h2 class="altlist-subject"><a href="%s" '
        'target="_top">%s</a></h2><p class="altlist-summary"><a href="%s">%s'
        '</a></p><div class="altlist-info"><div class="altlist-info-item">%s'
        '</div><div class="altlist-info-item">%s 기자</div><div class="altlist-'
        'info-item">%s</div></div></div></li>') % (
            e(s.raw), s.image, e(s.raw), e(s.title), e(s.raw), e(s.text),
            s.has["rubric"], s.has["name"],
            s.has["when"].strftime("%Y.%m.%d %H:%M")))
    return t.page('<section id="sections"><ul class="altlist-webzine">%s</ul>'
                  "</section>" % rows)


@listing
def gnuboard(lot):
    t = Sheet(lot, "ko", "http://www.koreahills.example",
              "/bbs/board.php?bo_table=news",
              lambda s: "http://www.koreahills.example/bbs/board.php?"
              "bo_table=news&wr_id=%d" % (s.has["number"] // 100),
              numbers=100, template="/bbs/board.php?wr_id={id}")
    t.shows(author="%s", date="yearless-day")
    for s in t.stories[:2]:
        s.optional = True
    rows = t.each(lambda s: (
        '<tr class="%s"><td class="td_num2">%s</td><td class="td_subject" '
        'style="padding-left:0px"><a href="http://www.koreahills.example/bbs/'
        'board.php?bo_table=news&amp;sca=1" class="bo_cate_link">%s</a><div '
        'class="bo_tit"><a href="%s">\n%s</a> <span class="cnt_cmt">%d</span>'
        '</div></td><td class="td_name sv_use"><span class="sv_member">%s'
        '</span></td><td class="td_num">%d</td><td class="td_datetime">%s</td>'
        "</tr>") % (
            "bo_notice" if s.optional else "",
            '<strong class="notice_icon">공지</strong>' if s.optional
            else s.has["number"] % 1000, s.has["rubric"], e(s.raw), e(s.title),
            s.has["count"], s.has["name"], s.has["count"] * 7,
            s.has["when"].strftime("%m-%d")))
    pager = ('<nav class="pg_wrap"><span class="pg"><strong class="pg_current">'
             "1</strong>%s</span></nav>") % "".join(
        '<a href="./board.php?bo_table=news&amp;page=%d" class="pg_page">%d'
        "</a>" % (n, n) for n in range(2, 11))
    t.next = "http://www.koreahills.example/bbs/board.php?bo_table=news&page=2"
    return t.page(
        '<div class="tbl_head01 tbl_wrap"><table><caption>소식 목록</caption>'
        "<thead><tr><th>번호</th><th>제목</th><th>글쓴이</th><th><a "
        'href="/bbs/board.php?bo_table=news&amp;sst=wr_hit">조회</a></th>'
        "<th>날짜</th></tr></thead><tbody>%s</tbody></table></div>%s"
        % (rows, pager))


@listing
def gnuboard_gallery(lot):
    t = Sheet(lot, "ko", "http://www.koreahills.example",
              "/bbs/board.php?bo_table=photo",
              lambda s: "/bbs/board.php?bo_table=photo&wr_id=%d"
              % (s.has["number"] // 100), numbers=100,
              template="/bbs/board.php?wr_id={id}")
    t.shows(author="%s", image=True, date="yearless-day")
    rows = t.each(lambda s: (
        '<li class="gall_li col-gn-4"><div class="gall_box"><div class="'
        'gall_chk"><span class="sound_only">%d</span></div><div class="gall_con'
        '"><div class="gall_img"><a href="%s"><img src="%s" alt=""></a></div>'
        '<div class="gall_text_href"><a href="%s" class="bo_tit">%s</a></div>'
        '<div class="gall_info"><span class="sound_only">작성자 </span><span '
        'class="sv_member">%s</span> <span class="gall_date"><span '
        'class="sound_only">작성일 </span>%s</span> <span class="gall_view">'
        '<span class="sound_only">조회 </span>%d</span></div></div></div></li>')
        % (s.has["number"] % 500, e(s.raw), s.image, e(s.raw), e(s.title),
           s.has["name"], s.has["when"].strftime("%m-%d"), s.has["count"]))
    return t.page('<ul id="gall_ul" class="gall_row">%s</ul>' % rows)


@listing
def xe_board(lot):
    t = Sheet(lot, "ko", "https://club.example", "/index.php?mid=news",
              lambda s: "https://club.example/index.php?mid=news&"
              "document_srl=%d" % s.has["number"], numbers=7,
              template="?document_srl={id}")
    t.shows(author="%s", date="day")
    for s in t.stories[:1]:
        s.optional = True
    rows = t.each(lambda s: (
        '<tr class="%s"><td class="no">%s</td><td class="cate" style="color:'
        '#333">%s</td><td class="title"><a href="%s" class="hx" '
        'data-viewer="%s&amp;listStyle=viewer">%s</a>%s</td><td class="author">'
        '<span><a href="#popup_menu_area" class="member_%d" onclick="return '
        'false">%s</a></span></td><td class="time" title="%s">%s</td><td '
        'class="m_no">%d</td></tr>') % (
            "notice" if s.optional else "", "공지" if s.optional
            else s.has["number"] % 1000, s.has["rubric"], e(s.raw), e(s.raw),
            e(s.title), s.has["count"] % 3 and '<a href="%s#%d_comment" '
            'class="replyNum" title="댓글">%d</a>' % (
                e(s.raw), s.has["number"], s.has["count"]) or "",
            s.has["number"] % 77, s.has["name"],
            s.has["when"].strftime("%H:%M"),
            s.has["when"].strftime("%Y.%m.%d"), s.has["count"] * 9))
    return t.page('<table class="bd_lst bd_tb_lst bd_tb"><thead class="bg0"><tr>'
                  '<th>번호</th><th>분류</th><th>제목</th><th>글쓴이</th><th>'
                  "날짜</th><th>조회 수</th></tr></thead><tbody>%s</tbody>"
                  "</table>" % rows)


@listing
def asp_board(lot):
    t = Sheet(lot, "ko", "http://www.oldtown.example",
              "/board/list.asp?tb=notice",
              lambda s: "view.asp?tb=notice&seq=%d&page=1"
              % (s.has["number"] // 100), numbers=100,
              template="?seq={id}")
    t.shows(author="%s", date="day")
    rows = t.each(lambda s: (
        '<tr height="28" align="center" onmouseover="this.bgColor=\'#f5f5f5\'">'
        '<td width="50"><font size="2">%d</font></td><td align="left"><font '
        'size="2"><a href="%s">%s</a></font></td><td width="80"><font size="2">'
        '%s</font></td><td width="90"><font size="2">%s</font></td><td '
        'width="50"><font size="2">%d</font></td></tr><tr><td colspan="5" '
        'height="1" bgcolor="#dddddd"></td></tr>') % (
            s.has["number"] // 100 % 900, e(s.raw), e(s.title), s.has["name"],
            s.has["when"].strftime("%Y-%m-%d"), s.has["count"]))
    pager = " ".join('<a href="list.asp?tb=notice&page=%d">[%d]</a>' % (n, n)
                     for n in range(2, 11))
    t.next = "http://www.oldtown.example/board/list.asp?tb=notice&page=2"
    return t.page(
        '<table width="700" cellpadding="0" cellspacing="0"><tr><td><table '
        'width="100%%"><tr bgcolor="#eeeeee" align="center"><td>번호</td><td>'
        "제목</td><td>작성자</td><td>작성일</td><td>조회</td></tr>%s</table>"
        '</td></tr><tr><td align="center"><b>1</b> %s</td></tr></table>'
        % (rows, pager))


@listing
def tistory(lot):
    t = Sheet(lot, "ko", "https://harbor.tistory.example", "/category/news",
              lambda s: "/%d" % (s.has["number"] // 1000), numbers=1000,
              template="/{id}")
    t.shows(text=True, image=True, date="minute")
    t.some_without_image()
    rows = t.each(lambda s: (
        '<div class="list_content">%s<div class="cont_thumb"><a href="%s" '
        'class="link_post"><strong class="tit_post">%s</strong><p class="'
        'txt_post">%s</p></a><div class="detail_info"><a href="/category/%s" '
        'class="link_cate">%s</a><span class="txt_bar"></span><span class="'
        'txt_date">%s</span></div></div></div>') % (
            s.image and '<a href="%s" class="thumbnail_post"><img src="%s" '
            'class="img_thumb" alt=""></a>' % (s.raw, s.image) or "", s.raw,
            e(s.title), e(s.text), s.has["rubric"], s.has["rubric"],
            s.has["when"].strftime("%Y. %m. %d. %H:%M")))
    return t.page('<div class="area_main"><div class="article_content">%s</div>'
                  "</div>" % rows, after="")


@listing
def headline_list(lot):
    t = Sheet(lot, "ko", "https://portal.example",
              "/main/list.nhn?mode=LSD&sid1=102",
              lambda s: "https://n.portal.example/mnews/article/%03d/%010d?"
              "sid=102" % (s.has["count"] + 1, s.has["number"] + 13000000),
              template="/mnews/article/{press}/{id}")
    t.shows(text=True, image=True, date="minute")
    t.some_without_image()

    def row(s):
        h, half = s.has["when"].hour, "오전"
        if h >= 12:
            half, h = "오후", h - 12 or 12
        return (
            '<li><dl>%s<dt><a href="%s" class="nclicks">%s</a></dt><dd><span '
            'class="lede">%s</span><span class="writing">%s</span><span '
            'class="date is_new">%s. %s %d:%s</span></dd></dl></li>') % (
                s.image and '<dt class="photo"><a href="%s"><img src="%s" '
                'width="106" alt="%s"></a></dt>' % (e(s.raw), s.image,
                                                    e(s.title)) or "",
                e(s.raw), e(s.title), e(s.text), "새벽신문",
                s.has["when"].strftime("%Y.%m.%d"), half, h or 12,
                s.has["when"].strftime("%M"))
    rows = [row(s) for s in t.stories]
    return t.page(
        '<div class="list_body newsflash_body"><ul class="type06_headline">%s'
        '</ul><ul class="type06">%s</ul></div>' % (
            "".join(rows[:len(rows) // 2]), "".join(rows[len(rows) // 2:])))


@listing
def portal_items(lot):
    t = Sheet(lot, "ko", "https://portal.example", "/section/102",
              lambda s: "https://n.portal.example/mnews/article/%03d/%010d"
              % (s.has["count"] + 1, s.has["number"] + 13000000),
              template="/mnews/article/{press}/{id}")
    t.shows(text=True, image=True, date="ago")
    for i, s in enumerate(t.stories):
        s.date = ("ago", 60 * (3 + 7 * i) if i < 7 else 3600 * (i - 6))
    rows = t.each(lambda s: (
        '<li class="sa_item _SECTION_HEADLINE"><div class="sa_item_inner"><div '
        'class="sa_item_flex"><div class="sa_thumb"><div class="sa_thumb_inner">'
        '<a href="%s" class="sa_thumb_link"><img class="_LAZY_LOADING" '
        'data-src="%s" width="120" alt="%s"></a></div></div><div class="'
        'sa_text"><a href="%s" class="sa_text_title"><strong class="'
        'sa_text_strong">%s</strong></a><div class="sa_text_lede">%s</div><div '
        'class="sa_text_info"><div class="sa_text_info_left"><div class="'
        'sa_text_press">한빛일보</div><div class="sa_text_datetime"><b>%s</b>'
        '</div><a href="%s" class="sa_text_cmt"><span class="blind">댓글</span>'
        '%d</a></div><div class="sa_text_info_right"><a href="/cluster/c_%s" '
        'class="sa_text_cluster"><span class="sa_text_cluster_num">%d</span>개의 '
        "관련뉴스 더보기</a></div></div></div></div></div></li>") % (
            s.raw, s.image, e(s.title), s.raw, e(s.title), e(s.text),
            "%d분전" % (s.date[1] // 60) if s.date[1] < 3600
            else "%d시간전" % (s.date[1] // 3600),
            s.raw.replace("article/", "article/comment/"), s.has["count"],
            s.has["hash"], s.has["count"] % 9 + 2))
    return t.page('<div class="section_latest_article"><div class="'
                  'section_article"><ul class="sa_list">%s</ul></div></div>'
                  % rows)


@listing
def dot_list(lot):
    t = Sheet(lot, "ko", "https://news.daon.example", "/breakingnews/society",
              lambda s: "https://v.daon.example/v/%s" % s.has["when"].strftime(
                  "%Y%m%d%H%M%S") + "123", template="/v/{id}")
    t.shows(text=True, image=True, date="minute")
    rows = t.each(lambda s: (
        '<li><a href="%s" class="link_thumb"><img src="%s" class="thumb_g" '
        'alt=""></a><div class="cont_thumb"><strong class="tit_thumb"><a '
        'href="%s" class="link_txt">%s</a> <span class="info_news">한빛일보<span '
        'class="txt_bar"> · </span><span class="info_time">%s</span></span>'
        '</strong><div class="desc_thumb"><span class="link_txt">%s</span>'
        "</div></div></li>") % (
            s.raw, s.image, s.raw, e(s.title),
            s.has["when"].strftime("%Y.%m.%d %H:%M"), e(s.text)))
    return t.page('<div class="box_etc"><ul class="list_news2 list_allnews">%s'
                  "</ul></div>" % rows)


@listing
def agency(lot):
    t = Sheet(lot, "ko", "https://www.agency.example", "/economy/all",
              lambda s: "/view/AKR%s%d?section=economy/all" % (
                  s.has["when"].strftime("%Y%m%d"), s.has["number"]),
              template="/view/{id}")
    t.shows(text=True, image=True, date="minute")
    ad = '<li class="aside-bnr05"><div id="ad-01"></div></li>'
    rows = [(
        '<li data-cid="AKR%d"><div class="item-box01"><figure class="img-con">'
        '<a href="%s" class="img"><img src="%s" alt=""></a></figure><div '
        'class="news-con"><a href="%s" class="tit-wrap"><strong class="'
        'tit-news">%s</strong></a><p class="lead">%s</p></div><div '
        'class="info-box01"><span class="txt-time">%s</span></div></div></li>')
        % (s.has["number"], e(s.raw), s.image, e(s.raw), e(s.title), e(s.text),
           s.has["when"].strftime("%m-%d %H:%M")) for s in t.stories]
    rows.insert(5, ad)
    return t.page('<section class="wrap-main-list"><div class="list-type038">'
                  '<ul class="list">%s</ul></div><div class="paging '
                  'paging-type01"><strong class="num on">1</strong>%s</div>'
                  "</section>" % ("".join(rows), "".join(
                      '<a href="/economy/all/%d" class="num">%d</a>' % (n, n)
                      for n in range(2, 11))))


@listing
def ministry(lot):
    t = Sheet(lot, "ko", "https://www.ministry.example",
              "/kor/news/press.do?menuId=110",
              lambda s: "/kor/news/pressView.do?newsId=156%d&pageIndex=1"
              % s.has["number"], template="?newsId={id}")
    t.shows(date="day")
    rows = t.each(lambda s: (
        '<tr><td class="num">%d</td><td class="subject"><a href="%s" title="'
        '자세히 보기">%s</a></td><td>%s과</td><td>%s</td><td><a href="/common/'
        'download.do?fileId=%d&amp;tblKey=GMN" title="첨부파일 다운로드"><img '
        'src="/images/hwp.gif" alt="한글 첨부"></a></td><td>%d</td></tr>') % (
            s.has["number"] % 3000, e(s.raw), e(s.title), s.has["rubric"],
            s.has["when"].strftime("%Y.%m.%d"), s.has["number"] + 55,
            s.has["count"] * 3))
    pager = "".join('<a href="#none" onclick="fn_goPage(%d); return false;">%d'
                    "</a>" % (n, n) for n in range(1, 11))
    return t.page('<table class="tbl_list"><caption>보도자료 목록</caption><thead>'
                  "<tr><th>번호</th><th>제목</th><th>담당부서</th><th>등록일</th>"
                  "<th>첨부</th><th>조회</th></tr></thead><tbody>%s</tbody>"
                  '</table><div class="paging">%s</div>' % (rows, pager))


@listing
def ministry_script(lot):
    t = Sheet(lot, "ko", "https://www.office.example", "/board/list.do?bbsId=7",
              lambda s: "/board/view.do?bbsId=7&nttId=%d" % s.has["number"],
              template="/board/view.do?bbsId=7&nttId={id}")
    t.shows(date="day")
    t.script_only = True
    rows = t.each(lambda s: (
        '<tr><td>%d</td><td class="left"><a href="javascript:fn_view(\'%d\');">'
        "%s</a></td><td>%s팀</td><td>%s</td></tr>") % (
            s.has["number"] % 800, s.has["number"], e(s.title),
            s.has["rubric"], s.has["when"].strftime("%Y-%m-%d")))
    for s in t.stories:
        s.link = "https://www.office.example/board/view.do?bbsId=7&nttId=%d" \
            % s.has["number"]
    return t.page('<table class="board"><thead><tr><th>번호</th><th>제목</th>'
                  "<th>담당</th><th>작성일</th></tr></thead><tbody>%s</tbody>"
                  "</table>" % rows, after="")


@listing
def university(lot):
    t = Sheet(lot, "ko", "https://www.hanul.ac.example",
              "/kor/community/notice.do",
              lambda s: "?mode=view&articleNo=%d&article.offset=0&"
              "articleLimit=10" % s.has["number"], template="?articleNo={id}")
    t.shows(author="%s", date="day")
    for s in t.stories[:3]:
        s.optional = True
    rows = t.each(lambda s: (
        '<tr class="%s"><td class="b-num-box">%s</td><td class="b-td-left">'
        '<div class="b-title-box"><a href="%s" title="%s 자세히 보기">\n\t\t'
        '%s\n\t\t</a>%s</div></td><td><span class="b-writer">%s</span></td>'
        '<td><span class="b-date">%s</span></td><td>%d</td></tr>') % (
            "b-top-box" if s.optional else "",
            '<span class="b-notice">공지</span>' if s.optional
            else s.has["number"] % 900, e(s.raw), e(s.title), e(s.title),
            '<span class="b-new">N</span>' if s.has["count"] % 5 == 0 else "",
            s.has["name"], s.has["when"].strftime("%y.%m.%d"),
            s.has["count"] * 11))
    t.next = "https://www.hanul.ac.example/kor/community/notice.do?mode=list&" \
        "articleLimit=10&article.offset=10"
    return t.page(
        '<div class="bn-list-common01"><table class="board-table"><tbody>%s'
        '</tbody></table><div class="b-paging-wrap"><ul><li><a class="active" '
        'href="?mode=list&amp;articleLimit=10&amp;article.offset=0">1</a></li>'
        "%s</ul></div></div>" % (rows, "".join(
            '<li><a href="?mode=list&amp;articleLimit=10&amp;article.offset='
            '%d0">%d</a></li>' % (n - 1, n) for n in range(2, 11))))


@listing
def card_list(lot):
    t = Sheet(lot, "ko", "https://www.noon.example", "/money/finance",
              lambda s: "/article/25%d" % s.has["number"],
              template="/article/{id}")
    t.shows(text=True, author="%s 기자", image=True, date="minute")

    def row(s):
        related = ""
        if s.has["count"] % 3 == 0:
            related = '<ul class="card_related">%s</ul>' % t.links(
                t.more(2), '<li><a href="{0}"><i class="ico"></i>{1}</a></li>')
        return (
            '<li><div class="card"><figure class="card_image"><a href="%s"><img '
            'src="%s?x=280" alt=""></a></figure><div class="card_body"><h2 '
            'class="headline"><a href="%s">%s</a></h2><p class="description"><a '
            'href="%s">%s</a></p><div class="meta"><p class="byline">%s 기자</p>'
            '<p class="date">%s</p></div>%s</div></div></li>') % (
                s.raw, s.image, s.raw, e(s.title), s.raw, e(s.text),
                s.has["name"], s.has["when"].strftime("%Y.%m.%d %H:%M"),
                related)
    rows = t.each(row)
    for s in t.stories:
        s.image += "?x=280"
    return t.page('<section class="contents"><ul class="story_list">%s</ul>'
                  "</section>" % rows)


@listing
def flash(lot):
    t = Sheet(lot, "ko", "https://www.dawnnews.example", "/news/flash",
              lambda s: "/news/%s/%d" % (s.has["when"].strftime("%Y%m%d"),
                                         s.has["number"]),
              count=(15, 30), template="/news/{day}/{id}")
    t.shows(date="urlday")
    rows = t.each(lambda s: (
        '<li><span class="time">%s</span><a href="%s">%s</a></li>') % (
            s.has["when"].strftime("%H:%M"), s.raw, e(s.title)))
    return t.page('<div class="flash_wrap"><h2>속보</h2><ul class="flash">%s</ul>'
                  "</div>" % rows)


@listing
def script_state(lot):
    import json
    t = Sheet(lot, "ko", "https://app.example", "/channel/economy",
              lambda s: "/articles/%s" % s.has["hash"],
              template="/articles/{id}")
    t.shows(text=True, date="second")
    state = {"props": {"pageProps": {"initial": {"articleList": [
        {"id": s.has["hash"], "url": s.raw, "title": s.title,
         "summary": s.text, "publishedAt": s.has["when"].strftime(
             "%Y-%m-%dT%H:%M:%S+09:00")} for s in t.stories]}}}}
    return t.page('<div id="__next"><div class="skeleton"></div></div>'
                  '<script id="__NEXT_DATA__" type="application/json">%s'
                  "</script>" % json.dumps(state, ensure_ascii=False),
                  after="")


@listing
def magazine_rubrics(lot):
    t = Sheet(lot, "ko", "https://weekly.example", "/archive/culture",
              lambda s: "/contents/article/view/%d" % s.has["number"],
              template="/contents/article/view/{id}", count=(6, 12))
    t.shows(author="%s 기자", image=True, date="day")
    rows = t.each(lambda s: (
        '<div class="grid_item"><div class="thumb"><a href="%s"><img '
        'srcset="%s 1x, %s 2x" src="%s" alt="썸네일"></a></div><div class="txt">'
        '<span class="cate"><a href="/archive/%d">%s</a></span><p class="tit">'
        '<a href="%s">%s</a></p><p class="info"><a href="/reporter/%d">%s 기자'
        "</a> %s</p></div></div>") % (
            s.raw, s.image, s.image, s.image, s.has["count"], s.has["rubric"],
            s.raw, e(s.title), s.has["count"], s.has["name"],
            s.has["when"].strftime("%Y.%m.%d")))
    return t.page('<div class="grid">%s</div>' % rows)
