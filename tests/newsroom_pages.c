#include "tests/newsroom.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A listing is laid out by templates.  In braces: {.role} the class name of a
 * role in the present design, {name} a value of the article, escaped.
 */
struct markup {
	const char *open; /* before the first article */
	const char *item; /* one article; {picture} is one of the next */
	const char *picture;
	const char *no_picture;
	const char *close;
};

static const struct markup markups[MARKUP_COUNT] = {
    /* 1: rows of a grid; attributes without quotes, p without its end. */
    {"<div class=\"container {.list}\">\n",
	"<div class=\"row {.item}\">{picture}"
	"<div class=\"col-12 col-md-9 {.body}\">\n"
	"<a href={href}><h4 class={.title}>{title}</h4></a>\n"
	"<p class={.text}>{text}\n<p class={.byline}>{byline}\n</div></div>\n",
	"<div class=\"col-12 col-md-3 {.picture}\"><a href={href}>"
	"<img src={image} alt=기사사진 class=img-fluid></a></div>\n",
	"", "</div>\n"},
    /* 2: a list. */
    {"<ul class=\"{.list}\">\n",
	"<li class=\"{.item}\">{picture}<div class=\"{.body}\">"
	"<a href=\"{href}\" class=\"{.title}\">{title}</a>\n"
	"<p class=\"{.text}\">{text}</p>\n<p class=\"{.byline}\">"
	"<span class=\"{.date}\">{date}</span> {reporter}</p>"
	"</div></li>\n",
	"<a href=\"{href}\" class=\"{.picture}\">"
	"<img src=\"{image}\" alt=\"기사사진\" width=\"160\"></a>",
	"", "</ul>\n"},
    /* 3: one definition list, an article being a run of its children. */
    {"<dl class=\"{.list}\">\n",
	"<dt class=\"{.title}\"><a href=\"{href}\">{title}</a></dt>\n{picture}"
	"<dd class=\"{.text}\">{text}</dd>\n"
	"<dd class=\"{.byline}\">{byline}</dd>\n",
	"<dd class=\"{.picture}\"><a href=\"{href}\">"
	"<img src=\"{image}\" alt=\"기사사진\"></a></dd>\n",
	"", "</dl>\n"},
    /* 4: a table. */
    {"<table class=\"{.list}\"><tbody>\n",
	"<tr class=\"{.item}\"><td class=\"{.picture}\">{picture}</td>"
	"<td class=\"{.body}\"><strong class=\"{.title}\">"
	"<a href=\"{href}\">{title}</a></strong>"
	"<div class=\"{.text}\">{text}</div></td>"
	"<td class=\"{.byline}\">{date}<br>{reporter}</td></tr>\n",
	"<a href=\"{href}\"><img src=\"{image}\" alt=\"기사사진\"></a>",
	"&nbsp;", "</tbody></table>\n"},
    /* 5: cards under a link that covers them, pictures that load late. */
    {"<section class=\"{.list}\">\n",
	"<article class=\"card {.item}\">{picture}"
	"<div class=\"card-body {.body}\">"
	"<h3 class=\"{.title}\">{title}</h3>"
	"<p class=\"{.text}\">{text}</p><footer class=\"{.byline}\">"
	"<time class=\"{.date}\">{date}</time> {reporter}</footer></div>"
	"<a class=\"stretched-link\" href=\"{href}\" "
	"aria-label=\"{title}\"></a></article>\n",
	"<img class=\"lazy\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw="
	"\" data-src=\"{image}\" alt=\"기사사진\">",
	"", "</section>\n"},
    /* 6: only the picture is a link, and an empty frame where none is. */
    {"<div class=\"{.list}\">\n",
	"<div class=\"{.item}\"><a href=\"{href}\" class=\"{.picture}\">"
	"{picture}</a><div class=\"{.body}\">"
	"<h4 class=\"{.title}\">{title}</h4><p class=\"{.text}\">{text}</p>"
	"<p class=\"{.byline}\">{byline}</p></div></div>\n",
	"<img src=\"{image}\" alt=\"기사사진\">", "<span></span>", "</div>\n"},
    /* 7: the link is a script's call. */
    {"<ul class=\"{.list}\">\n",
	"<li class=\"{.item}\">{picture}<a href=\"#none\" class=\"{.title}\" "
	"onclick=\"goArticle('{number}'); return false;\">{title}</a>"
	"<div class=\"{.text}\">{text}</div>"
	"<div class=\"{.byline}\">{byline}</div></li>\n",
	"<a href=\"javascript:goArticle('{number}');\" class=\"{.picture}\">"
	"<img src=\"{image}\" alt=\"기사사진\"></a>",
	"", "</ul>\n"},
    /* 8: everything in one paragraph. */
    {"<div class=\"{.list}\">\n",
	"<p>{picture}<a href=\"{href}\">{title}</a><br>{text}<br>"
	"{byline}</p>\n",
	"<a href=\"{href}\"><img src=\"{image}\" alt=\"기사사진\"></a> ", "",
	"</div>\n"},
};

static const char *const roles[] = {"list", "item", "picture", "body", "title",
    "text", "byline", "date", "reporter"};
static const char *const designs[DESIGN_COUNT][COUNT(roles)] = {
    {"article-list", "article-item", "thumb", "article-txt", "article-tit",
	"article-desc", "article-info", "date", "writer"},
    {"mt-feed", "mt-feed__row", "mt-media", "mt-main", "mt-headline", "mt-lead",
	"mt-meta", "mt-when", "mt-who"},
    {"q1x", "q7b", "q9a", "w2", "w3k", "w4", "z0", "z1", "z2"},
};

struct link {
	const char *title, *path;
};

/* The first row.  Not all of it leads to a listing, and the last opens the
 * rest only. */
static const struct link top_links[] = {{"사람들", "/people"},
    {"머니", "/newsList/23"}, {"산업", "/newsList/308"},
    {"IT·과학", "/newsList/312"}, {"정치·행정", "/politics"},
    {"생활경제", "/newsList/26"}, {"사회", "/newsList/13"},
    {"에듀&JOB", "/newsList/228"}, {"기획연재", "/series"},
    {"오피니언", "/opinion"}, {"라이프", "/newsList/16"},
    {"스포츠", "/newsList/22"}, {"플러스", NULL}};

static const struct {
	const char *title;
	struct link links[7]; /* ends with the first that has no title */
} groups[] = {
    {"머니", {{"증권", "/newsList/301"}, {"은행", "/newsList/302"},
		 {"보험", "/newsList/207"}, {"카드", "/newsList/208"},
		 {"부동산", "/newsList/303"}, {"경제일반", "/newsList/304"}}},
    {"산업", {{"재계", "/newsList/305"}, {"자동차", "/newsList/306"},
		 {"전기전자", "/newsList/212"}, {"물류항공", "/newsList/307"},
		 {"정책", "/newsList/222"}, {"산업일반", "/newsList/308"}}},
    {"IT·과학",
	{{"인터넷", "/newsList/309"}, {"게임", "/newsList/310"},
	    {"방송통신", "/newsList/311"}, {"IT·과학일반", "/newsList/312"}}},
    {"사회", {{"지방행정", "/newsList/224"}, {"국제", "/newsList/313"},
		 {"사회일반", "/newsList/227"}}},
    {"플러스", {{"한줄뉴스", "/newsList/314"}, {"포토", "/photo"},
		   {"영상", "/video"}, {"운세/사주", "/newsList/230"}}},
};

void
add_html(struct buffer *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		switch (*at) {
		case '&':
			buffer_add_string(out, "&amp;");
			break;
		case '<':
			buffer_add_string(out, "&lt;");
			break;
		case '>':
			buffer_add_string(out, "&gt;");
			break;
		case '"':
			buffer_add_string(out, "&quot;");
			break;
		default:
			buffer_add_byte(out, *at);
		}
	}
}

void
add_json(struct buffer *out, const char *text)
{
	if (text == NULL) {
		buffer_add_string(out, "null");
		return;
	}
	buffer_add_byte(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			buffer_add_byte(out, '\\');
		if ((unsigned char)*at < 0x20)
			buffer_add_format(out, "\\u%04x", (unsigned char)*at);
		else
			buffer_add_byte(out, *at);
	}
	buffer_add_byte(out, '"');
}

static const char *
class_name(const struct look *look, const char *role, size_t length)
{
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (strlen(roles[i]) == length &&
		    strncmp(roles[i], role, length) == 0)
			return designs[look->design][i];
	}
	return "unnamed";
}

static void add_template(
    struct buffer *, const char *, const struct news *, const struct look *);

static void
add_byline(struct buffer *out, const struct news *news)
{
	char clock[20];

	paper_clock(clock, sizeof(clock), news->time_s);
	buffer_add_string(out, clock);
	if (news->reporter != NULL) {
		buffer_add_byte(out, ' ');
		add_html(out, news->reporter);
	}
}

static void
add_reporter(
    struct buffer *out, const struct news *news, const struct look *look)
{
	if (news->reporter == NULL)
		return;
	buffer_add_format(
	    out, "<span class=\"%s\">", class_name(look, "reporter", 8));
	add_html(out, news->reporter);
	buffer_add_string(out, "</span>");
}

static void
add_value(struct buffer *out, const char *name, size_t length,
    const struct news *news, const struct look *look)
{
	const struct markup *markup = &markups[look->markup - 1];
	char clock[20];

#define IS(word) (length == sizeof(word) - 1 && memcmp(name, word, length) == 0)
	if (name[0] == '.')
		buffer_add_string(out, class_name(look, name + 1, length - 1));
	else if (IS("href"))
		buffer_add_format(out, "/article/%s", news->number);
	else if (IS("number"))
		buffer_add_string(out, news->number);
	else if (IS("title"))
		add_html(out, news->title);
	else if (IS("text"))
		add_html(out, news->text);
	else if (IS("image"))
		add_html(out, news->image);
	else if (IS("byline"))
		add_byline(out, news);
	else if (IS("date")) {
		paper_clock(clock, sizeof(clock), news->time_s);
		buffer_add_string(out, clock);
	} else if (IS("reporter"))
		add_reporter(out, news, look);
	else if (IS("picture"))
		add_template(out,
		    news->image != NULL ? markup->picture : markup->no_picture,
		    news, look);
#undef IS
}

/* The templates' depth is two: {picture} holds no {picture}. */
static void
add_template(struct buffer *out, const char *template, const struct news *news,
    const struct look *look)
{
	for (const char *at = template; *at != '\0'; at++) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;

		if (end == NULL) {
			buffer_add_byte(out, *at);
			continue;
		}
		add_value(out, at + 1, (size_t)(end - at - 1), news, look);
		at = end;
	}
}

static void
add_links(struct buffer *out, const struct link *links, size_t count)
{
	buffer_add_string(out, "<ul>\n");
	for (size_t i = 0; i < count && links[i].title != NULL; i++) {
		buffer_add_format(out, "<li><a href=\"%s\">",
		    links[i].path != NULL ? links[i].path : "#none");
		add_html(out, links[i].title);
		buffer_add_string(out, "</a></li>\n");
	}
	buffer_add_string(out, "</ul>\n");
}

static void
add_head(struct buffer *out, const struct look *look, const char *title)
{
	buffer_add_string(out, "<!DOCTYPE html>\n<html lang=\"ko\">\n<head>\n");
	if (look->meta_charset != NULL)
		buffer_add_format(
		    out, "<meta charset=\"%s\">\n", look->meta_charset);
	buffer_add_string(out, "<title>");
	add_html(out, title);
	buffer_add_string(out, " - 새벽신문</title>\n");
	if (look->token != NULL)
		buffer_add_format(out,
		    "<meta name=\"csrf-token\" content=\"%s\">\n", look->token);
	buffer_add_string(out,
	    "<style>body { margin: 0 auto; max-width: 60rem; font: 1rem/1.5 "
	    "sans-serif } nav ul { display: flex; gap: 1rem; padding: 0; "
	    "list-style: none }</style>\n"
	    "<script>function goArticle(id) { location.href = '/article/' + id "
	    "}</script>\n</head>\n");
}

/* Around the groups of the menu, in each design: headings over lists, a list
 * in a list, terms and what belongs to them. */
static const struct frame {
	const char *open, *group, *list, *end, *close;
} frames[DESIGN_COUNT] = {
    {"<nav class=\"lnb\">\n", "<div class=\"lnb-group\"><h4>", "</h4>\n",
	"</div>\n", "</nav>\n"},
    {"<div class=\"all-menu\"><ul>\n", "<li><strong>", "</strong>\n", "</li>\n",
	"</ul></div>\n"},
    {"<div id=\"sitemap\"><dl>\n", "<dt><a href=\"#none\">", "</a></dt>\n<dd>",
	"</dd>\n", "</dl></div>\n"},
};

static void
add_menu(struct buffer *out, const struct look *look)
{
	const struct frame *frame = &frames[look->design];

	buffer_add_string(out,
	    "<body>\n<header>\n<a href=\"/\"><img src=\"/images/logo.png\" "
	    "alt=\"새벽신문\"></a>\n");
	if (look->clock != NULL)
		buffer_add_format(
		    out, "<span id=\"clock\">%s</span>\n", look->clock);
	buffer_add_string(out, "<nav class=\"gnb\">\n");
	add_links(out, top_links, COUNT(top_links));
	buffer_add_string(out, "</nav>\n<p><a href=\"/login\">로그인</a> "
			       "<a href=\"/join\">회원가입</a></p>\n");
	buffer_add_string(out, frame->open);
	for (size_t i = 0; i < COUNT(groups); i++) {
		buffer_add_string(out, frame->group);
		add_html(out, groups[i].title);
		buffer_add_string(out, frame->list);
		add_links(out, groups[i].links, COUNT(groups[i].links));
		buffer_add_string(out, frame->end);
	}
	buffer_add_string(out, frame->close);
	buffer_add_string(out, "</header>\n");
}

static void
add_foot(struct buffer *out, const struct look *look)
{
	if (look->token != NULL)
		buffer_add_format(out,
		    "<form action=\"/search\"><input type=\"hidden\" "
		    "name=\"token\" value=\"%s\"></form>\n",
		    look->token);
	buffer_add_string(out,
	    "<footer><p>새벽신문은 시험을 위해 지어낸 신문입니다. "
	    "<a href=\"/company\">회사소개</a> "
	    "<a href=\"/privacy\">개인정보처리방침</a></p></footer>\n"
	    "</body>\n</html>\n");
}

/* Links that look just like the list's own. */
static void
add_box(struct buffer *out, const char *name, const char *heading,
    const struct desk *desk, size_t from, size_t count)
{
	buffer_add_format(
	    out, "<div class=\"%s\"><h3>%s</h3>\n<ol>\n", name, heading);
	for (size_t i = from; i < desk->count && i < from + count; i++) {
		buffer_add_format(out, "<li><a href=\"/article/%s\">",
		    desk->items[i]->number);
		add_html(out, desk->items[i]->title);
		buffer_add_string(out, "</a></li>\n");
	}
	buffer_add_string(out, "</ol></div>\n");
}

static void
add_sidebar(
    struct buffer *out, const struct paper *paper, const struct desk *desk)
{
	size_t other = (size_t)(desk - paper->desks + 1) % paper->desk_count;

	buffer_add_string(out, "<aside class=\"side\">\n");
	add_box(out, "most-read", "많이 본 뉴스", &paper->desks[other], 3, 10);
	add_box(out, "related", "관련기사", desk, 1, 5);
	buffer_add_string(out, "</aside>\n");
}

size_t
page_count(const struct desk *desk)
{
	return desk->count == 0
		   ? 1
		   : (desk->count + ITEMS_PER_PAGE - 1) / ITEMS_PER_PAGE;
}

/* The pages of one listing, as its pager writes their addresses. */
struct listing {
	const struct desk *desk;
	const char *family; /* "newsList" */
	size_t page;
	const struct look *look;
};

static void
add_address(struct buffer *out, const struct listing *listing, size_t page)
{
	buffer_add_format(out, "/%s/%s", listing->family, listing->desk->id);
	switch (listing->look->pager) {
	case PAGER_OFFSETS:
		buffer_add_format(
		    out, "?start=%zu", (page - 1) * ITEMS_PER_PAGE);
		break;
	case PAGER_FILES:
		buffer_add_format(out, "/index%zu.html", page);
		break;
	default:
		buffer_add_format(out, "?page=%zu", page);
	}
}

static void
add_step(struct buffer *out, const struct listing *listing, size_t page,
    const char *element, const char *word)
{
	buffer_add_format(out, "<%s href=\"", element);
	add_address(out, listing, page);
	buffer_add_format(out, "\">%s\n", word);
}

static void
add_pager(struct buffer *out, const struct listing *listing)
{
	size_t page = listing->page, last = page_count(listing->desk);
	size_t first = (page - 1) / 10 * 10 + 1;
	enum pager pager = listing->look->pager;
	char word[40];

	if (pager == PAGER_NONE)
		return;
	buffer_add_string(out, "<div class=\"paging\">\n");
	if (pager == PAGER_REL && page < last)
		add_step(out, listing, page + 1, "link rel=\"next\"", "");
	if (pager == PAGER_WORDS && page > 1)
		add_step(out, listing, page - 1, "a", "이전</a>");
	if (pager == PAGER_WORDS && page < last)
		add_step(out, listing, page + 1, "a", "다음</a>");
	for (size_t i = first;
	     pager <= PAGER_FILES && i < first + 10 && i <= last; i++) {
		if (i == page) {
			buffer_add_format(out, "<strong>%zu</strong>\n", i);
			continue;
		}
		snprintf(word, sizeof(word), "%zu</a>", i);
		add_step(out, listing, i, "a", word);
	}
	buffer_add_string(out, "</div>\n");
}

void
page_listing(struct buffer *out, const struct paper *paper,
    const struct desk *desk, bool with_heading, size_t page,
    const struct look *look)
{
	const struct markup *markup = &markups[look->markup - 1];
	size_t from = desk->count;

	if (page - 1 < desk->count / ITEMS_PER_PAGE + 1)
		from = (page - 1) * ITEMS_PER_PAGE;
	add_head(out, look, with_heading ? desk->heading : "뉴스");
	add_menu(out, look);
	buffer_add_string(out, "<main>\n");
	if (with_heading) {
		buffer_add_string(out, "<h2 class=\"sub-title\">");
		add_html(out, desk->heading);
		buffer_add_string(out, "</h2>\n");
	}
	if (from >= desk->count || desk->failure == FAILURE_NOARTICLES)
		buffer_add_string(
		    out, "<p class=\"none\">등록된 기사가 없습니다.</p>\n");
	else {
		add_template(out, markup->open, NULL, look);
		for (size_t i = from;
		     i < desk->count && i < from + ITEMS_PER_PAGE; i++)
			add_template(out, markup->item, desk->items[i], look);
		add_template(out, markup->close, NULL, look);
		add_pager(
		    out, &(struct listing){desk,
			     with_heading ? "newsList" : "list", page, look});
	}
	buffer_add_string(out, "</main>\n");
	if (look->sidebar)
		add_sidebar(out, paper, desk);
	add_foot(out, look);
}

void
page_article(struct buffer *out, const struct paper *paper,
    const struct news *news, const struct look *look)
{
	add_head(out, look, news->title);
	add_menu(out, look);
	buffer_add_string(out, "<main>\n<h1 class=\"detail-title\">");
	add_html(out, news->title);
	buffer_add_string(out, "</h1>\n<p class=\"info\">");
	add_byline(out, news);
	buffer_add_string(out, "</p>\n");
	if (news->image != NULL)
		buffer_add_format(
		    out, "<p><img src=\"%s\" alt=\"\"></p>\n", news->image);
	buffer_add_string(out, "<div class=\"article-body\">");
	add_html(out, news->text);
	buffer_add_string(out, "</div>\n</main>\n");
	if (look->sidebar)
		add_sidebar(out, paper, news->desk);
	add_foot(out, look);
}

void
page_front(
    struct buffer *out, const struct paper *paper, const struct look *look)
{
	add_head(out, look, "첫 화면");
	add_menu(out, look);
	buffer_add_string(out, "<main>\n");
	for (size_t i = 0; i < paper->desk_count; i++) {
		const struct desk *desk = &paper->desks[i];

		buffer_add_format(
		    out, "<section><h2><a href=\"/newsList/%s\">", desk->id);
		add_html(out, desk->heading);
		buffer_add_string(out, "</a></h2>\n<ul>\n");
		for (size_t j = 0; j < desk->count && j < 4; j++) {
			buffer_add_format(out, "<li><a href=\"/article/%s\">",
			    desk->items[j]->number);
			add_html(out, desk->items[j]->title);
			buffer_add_string(out, "</a></li>\n");
		}
		buffer_add_string(out, "</ul></section>\n");
	}
	buffer_add_string(out, "</main>\n");
	add_foot(out, look);
}

void
page_plain(struct buffer *out, const struct look *look, const char *title,
    const char *text)
{
	add_head(out, look, title);
	buffer_add_string(out, "<body>\n<h1>");
	add_html(out, title);
	buffer_add_string(out, "</h1>\n<p>");
	add_html(out, text);
	buffer_add_string(out, "</p>\n</body>\n</html>\n");
}

const char *
page_menu_title(const char *path)
{
	for (size_t i = 0; i < COUNT(top_links); i++)
		if (top_links[i].path != NULL &&
		    strcmp(top_links[i].path, path) == 0)
			return top_links[i].title;
	for (size_t i = 0; i < COUNT(groups); i++)
		for (size_t j = 0; j < COUNT(groups[i].links) &&
				   groups[i].links[j].title != NULL;
		     j++)
			if (strcmp(groups[i].links[j].path, path) == 0)
				return groups[i].links[j].title;
	return NULL;
}

static void
add_links_json(struct buffer *out, const struct link *links, size_t count)
{
	buffer_add_byte(out, '[');
	for (size_t i = 0; i < count && links[i].title != NULL; i++) {
		buffer_add_string(out, i == 0 ? "{\"title\":" : ",{\"title\":");
		add_json(out, links[i].title);
		buffer_add_string(out, ",\"path\":");
		add_json(out, links[i].path);
		buffer_add_byte(out, '}');
	}
	buffer_add_byte(out, ']');
}

void
page_top_json(struct buffer *out)
{
	add_links_json(out, top_links, COUNT(top_links));
}

void
page_menu_json(struct buffer *out)
{
	buffer_add_byte(out, '[');
	for (size_t i = 0; i < COUNT(groups); i++) {
		buffer_add_string(out, i == 0 ? "{\"title\":" : ",{\"title\":");
		add_json(out, groups[i].title);
		buffer_add_string(out, ",\"links\":");
		add_links_json(out, groups[i].links, COUNT(groups[i].links));
		buffer_add_byte(out, '}');
	}
	buffer_add_byte(out, ']');
}
