#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/extract.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/verdict.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOW 1796000000
#define URL "https://paper.example/list/economy"
#define PAST 8 /* good rounds before */

/* "{N}" in a body is a list of N invented articles.  A page without a title is
 * given whole. */
struct row {
	enum verdict_kind kind;
	const char *name, *title, *body;
	const char *from; /* after redirects, or NULL: as asked */
	bool needs_past;  /* at first sight it may be what the page is */
	size_t items;     /* that rules find; 0: inferred */
};

/* ---- pages ---- */

static const char *const subjects[] = {"The harbour ferry runs again",
    "Council buys three snow ploughs", "A bakery turns a hundred",
    "Night trains return in spring", "The old mill gets new sails",
    "School choir wins in the capital", "Apple harvest smaller than hoped",
    "Library opens on Sundays"};

static void
add_list(struct buffer *page, unsigned count, unsigned first)
{
	buffer_add_string(page, "<ul class=news>\n");
	for (unsigned i = first; i < first + count; i++)
		buffer_add_format(page,
		    "<li><h3><a href=\"/article/%u\">%s, part %u</a></h3>"
		    "<p>Our reporter was there and tells what happened on the "
		    "day, who came and what they thought of it.</p>"
		    "<span class=date>2026-11-%02u 09:%02u</span></li>\n",
		    20261000 + i, subjects[i % COUNT(subjects)], i, i % 27 + 1,
		    i % 60);
	buffer_add_string(page, "</ul>\n");
}

static char *
make_page(const struct row *row)
{
	struct buffer page = {0};
	if (row->title != NULL)
		buffer_add_format(&page,
		    "<!DOCTYPE html><html><head><meta charset=utf-8>"
		    "<title>%s</title></head><body>",
		    row->title);
	for (const char *at = row->body; *at != '\0'; at++) {
		unsigned count;
		int length = 0;
		if (*at == '{' && sscanf(at, "{%u}%n", &count, &length) == 1 &&
		    length > 0) {
			add_list(&page, count, 1);
			at += length - 1;
		} else
			buffer_add_byte(&page, *at);
	}
	if (row->title != NULL)
		buffer_add_string(&page, "</body></html>\n");
	return buffer_take(&page);
}

/* What the worker does. */
static size_t
read_page(const char *html, const char *url, struct evidence *evidence)
{
	struct error err = {{0}};
	struct rules none = {0};
	struct extraction read = {0};
	struct extract_context context = {.url = url, .now_s = NOW};
	size_t length = strlen(html);
	if (evidence_of_bytes(html, length, evidence))
		return 0;
	struct page *page = page_parse(html, length, PARSER_HTML5, 0, &err);
	assert_non_null(page);
	struct compiled_rules *rules = rules_compile(&none, &err);
	assert_non_null(rules);
	evidence_gather(page, html, length, url, evidence);
	assert_true(extract_articles(rules, page, &context, &read, &err));
	size_t items = read.articles.count;
	extraction_clear(&read);
	compiled_rules_free(rules);
	page_free(page);
	return items;
}

static struct reading
measured(const struct evidence *evidence, size_t items)
{
	struct extraction none = {0};
	struct reading_question question = {
	    .evidence = evidence, .read = &none, .from = URL, .now_s = NOW};
	struct reading reading = reading_of(&question);
	reading.items = (uint32_t)items;
	return reading;
}

/* A section that lists twenty articles, or `count` as they come. */
static void
make_past(struct reading past[PAST], const char *html)
{
	struct row usual = {.title = "Economy - The Paper", .body = "{20}"};
	struct evidence evidence = {0};
	char *page = html != NULL ? xstrdup(html) : make_page(&usual);
	size_t items = read_page(page, URL, &evidence);
	for (size_t i = 0; i < PAST; i++)
		past[i] = measured(&evidence, items);
	evidence_clear(&evidence);
	free(page);
}

/* ---- judges ---- */

typedef struct verdict judge(const struct verdict_question *);

/* What a program does that does not ask. */
static struct verdict
believe_all(const struct verdict_question *question)
{
	(void)question;
	return (struct verdict){.kind = VERDICT_GOOD};
}

/* What one does that looks for words. */
static struct verdict
believe_none_with_a_sign(const struct verdict_question *question)
{
	struct verdict verdict = {.kind = VERDICT_GOOD};
	if (question->evidence->count > 0)
		verdict.kind = question->evidence->signs[0].kind;
	return verdict;
}

static bool
is_right(judge *asked, const struct row *row, const struct reading *past,
    size_t past_count, bool all_known, bool aloud)
{
	struct evidence evidence = {0};
	const char *from = row->from != NULL ? row->from : URL;
	char *html = make_page(row);
	size_t items = read_page(html, from, &evidence);
	if (row->items > 0)
		items = row->items;
	struct verdict_question question = {
	    .evidence = &evidence,
	    .readings = past,
	    .reading_count = past_count,
	    .items = items,
	    .known = all_known ? items : 0,
	    .asked = URL,
	    .from = from,
	};
	/* a healthy page has articles: else the row tests nothing */
	if (row->kind == VERDICT_GOOD && items == 0) {
		print_error("%s: no article on it\n", row->name);
		fail();
	}
	struct verdict verdict = asked(&question);
	bool right = verdict.kind == row->kind;
	if (!right && aloud)
		print_error("%s (%zu articles, %zu rounds before): %s, not %s; "
			    "%s\n",
		    row->name, items, past_count, verdict_word(verdict.kind),
		    verdict_word(row->kind), verdict.why);
	if (asked == verdict_of && verdict.kind != VERDICT_GOOD) {
		assert_true(strlen(verdict.why) > 10);
		assert_true(
		    text_is_clean(verdict.why, strlen(verdict.why), false));
	}
	evidence_clear(&evidence);
	free(html);
	return right;
}

/* ---- pages that are no news ---- */

static const struct row bad[] = {
    /* challenges, firewalls */
    {VERDICT_BLOCKED, "challenge in a title", "Just a moment...",
	"<div class=main><h1>paper.example</h1><p>Looking whether the line is "
	"safe.</p></div><script src=/cdn-cgi/challenge-platform/h/b/x.js>"
	"</script>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "challenge without a title", "paper.example",
	"<div id=cf-challenge-running></div><noscript>Wait</noscript>", NULL,
	false, 0},
    {VERDICT_BLOCKED, "challenge by its script alone", "",
	"<script>window._cf_chl_opt={cType:'managed'};</script>", NULL, false,
	0},
    {VERDICT_BLOCKED, "attention", "Attention Required! | Cloudflare",
	"<h1>Sorry, you have been blocked</h1><p>A rule fired.</p>"
	"<a href=/5xx-error-landing>Why?</a>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "access denied with a number", "Access Denied",
	"<h1>Access Denied</h1>You don't have permission to access this "
	"page.<p>Reference #18.2d351ab8.1557333295",
	NULL, false, 0},
    {VERDICT_BLOCKED, "a firewall's frame", "",
	"<iframe src=\"/_Incapsula_Resource?CWUDNSAI=9\">Request "
	"unsuccessful. Incapsula incident ID: 12-34</iframe>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "a captcha from elsewhere", "paper.example",
	"<p>Please enable JS</p><script>var dd={'host':"
	"'geo.captcha-delivery.com'}</script>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "press and hold", "Access to this page has been denied",
	"<div id=px-captcha></div><p>Hold the button.</p>", NULL, false, 0},
    {VERDICT_BLOCKED, "a captcha's form", "Security check",
	"<form action=/check><div class=g-recaptcha data-sitekey=x></div>"
	"<button>Go on</button></form>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "Korean captcha", "보안문자 입력",
	"<p>보안문자를 입력해 주세요.</p><img src=/c.png><input name=c>", NULL,
	false, 0},
    {VERDICT_BLOCKED, "Korean refusal", "안내",
	"<h2>접속 차단</h2><p>비정상적인 접근이 감지되어 차단되었습니다.</p>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "a provider's warning",
	"불법·유해정보(사이트)에 대한 차단 안내",
	"<p>이 사이트는 막혀 있습니다.</p>", NULL, false, 0},
    {VERDICT_BLOCKED, "a provider's redirect", "",
	"<script>location.href='http://warning.or.kr/i3.html'</script>", NULL,
	false, 0},
    {VERDICT_BLOCKED, "Japanese", "しばらくお待ちください...",
	"<p>接続の安全を確認しています。</p>", NULL, false, 0},
    {VERDICT_BLOCKED, "Chinese", "安全验证",
	"<p>请完成安全验证后继续访问</p><div class=geetest_holder></div>", NULL,
	false, 0},
    {VERDICT_BLOCKED, "German", "Nur einen Moment...",
	"<p>Die Verbindung wird geprüft.</p>", NULL, false, 0},
    {VERDICT_BLOCKED, "Russian", "Вы не робот?",
	"<p>Подтвердите, что вы не робот.</p><form><input></form>", NULL, false,
	0},
    {VERDICT_BLOCKED, "loads itself again", "",
	"<meta http-equiv=refresh content=2><p>One second.</p>", NULL, false,
	0},
    {VERDICT_BLOCKED, "nothing but scripts", "",
	"<script>var a=1;document.cookie='t='+a;location.reload()</script>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "a challenge with links below", "Just a moment...",
	"<h1>One more step</h1><ul><li><a href=/about-us-here>About the "
	"company</a><li><a href=/terms-of-use>The terms of use</a><li><a "
	"href=/contact-page>How to contact</a><li><a href=/privacy-page>"
	"About your privacy</a></ul>",
	NULL, false, 0},
    {VERDICT_BLOCKED, "a challenge over a list", "Just a moment...", "{20}",
	NULL, false, 0},
    /* maintenance, errors */
    {VERDICT_DOWN, "maintenance", "Site maintenance - The Paper",
	"<h1>We'll be back soon!</h1><p>Work on the house.</p>", NULL, false,
	0},
    {VERDICT_DOWN, "Korean maintenance", "서비스 점검 안내",
	"<h1>점검 중입니다</h1><p>이용에 불편을 드려 죄송합니다.</p>", NULL,
	false, 0},
    {VERDICT_DOWN, "Korean maintenance, heading alone", "새벽신문",
	"<h1>시스템 점검 중입니다</h1><p>02:00-06:00</p>", NULL, false, 0},
    {VERDICT_DOWN, "Japanese maintenance", "メンテナンス中",
	"<p>ただいまメンテナンス中です。</p>", NULL, false, 0},
    {VERDICT_DOWN, "Chinese maintenance", "系统维护",
	"<p>网站正在维护,请稍后再来。</p>", NULL, false, 0},
    {VERDICT_DOWN, "German maintenance", "Wartungsarbeiten",
	"<h1>Wartungsarbeiten</h1><p>Bis gleich.</p>", NULL, false, 0},
    {VERDICT_DOWN, "French maintenance", "Site en maintenance",
	"<p>De retour dans une heure.</p>", NULL, false, 0},
    {VERDICT_DOWN, "Spanish maintenance", "Sitio en mantenimiento",
	"<p>Volvemos pronto.</p>", NULL, false, 0},
    {VERDICT_DOWN, "Italian maintenance", "Sito in manutenzione",
	"<p>Torniamo presto.</p>", NULL, false, 0},
    {VERDICT_DOWN, "Russian maintenance", "Ведутся технические работы",
	"<p>Скоро вернёмся.</p>", NULL, false, 0},
    {VERDICT_DOWN, "a gateway", "502 Bad Gateway",
	"<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>",
	NULL, false, 0},
    {VERDICT_DOWN, "a database", "Database Error",
	"<h1>Error establishing a database connection</h1>", NULL, false, 0},
    {VERDICT_DOWN, "maintenance with notices", "서비스 점검 안내",
	"<ul><li><a href=/notice/10001>이용 약관을 새로 고쳤습니다</a><li>"
	"<a href=/notice/10002>고객 센터 시간이 바뀝니다</a><li><a "
	"href=/notice/10003>새해 첫날은 쉬어 갑니다</a></ul>",
	NULL, true, 0},
    {VERDICT_DOWN, "maintenance in words of its own", "The Paper",
	"<p>Gone fishing.</p>{3}", NULL, true, 0},
    /* shells */
    {VERDICT_SHELL, "app", "The Paper",
	"<div id=app></div><script src=/a.js></script>", NULL, false, 0},
    {VERDICT_SHELL, "root", "The Paper",
	"<noscript>You need to enable JavaScript to run this app.</noscript>"
	"<div id=root></div><script src=/main.1f.js></script>",
	NULL, false, 0},
    {VERDICT_SHELL, "next", "The Paper",
	"<div id=__next><div class=spin></div></div>", NULL, false, 0},
    {VERDICT_SHELL, "nuxt", "The Paper",
	"<div id=__nuxt>Loading...</div><a href=/>Home</a>", NULL, false, 0},
    {VERDICT_SHELL, "JavaScript is disabled", "JavaScript is disabled",
	"<p>Please enable JavaScript.</p>", NULL, false, 0},
    {VERDICT_SHELL, "Korean", "새벽신문",
	"<p>자바스크립트를 활성화해 주세요.</p><div id=wrap></div>", NULL,
	false, 0},
    {VERDICT_SHELL, "frames", NULL,
	"<html><head><title>Paper</title></head><frameset cols=20%,*>"
	"<frame src=menu.html><frame src=list.html></frameset></html>",
	NULL, false, 0},
    /* consent */
    {VERDICT_CONSENT, "before you continue", "Before you continue",
	"<form action=/save><button>Accept all</button></form>", NULL, false,
	0},
    {VERDICT_CONSENT, "a wall in a title", "Zustimmung erforderlich",
	"<div id=sp_message_container_1></div>", NULL, false, 0},
    {VERDICT_CONSENT, "a wall by its id", "The Paper",
	"<div id=didomi-host><p>We and our partners store things.</p>"
	"<button>OK</button></div>",
	NULL, false, 0},
    {VERDICT_CONSENT, "a wall's form", "The Paper",
	"<form class=consent-form><p>Alle akzeptieren?</p></form>", NULL, false,
	0},
    {VERDICT_CONSENT, "French wall", "Avant de continuer",
	"<button>Tout accepter</button>", NULL, false, 0},
    {VERDICT_CONSENT, "Korean wall", "쿠키 사용 동의",
	"<button>모두 동의</button>", NULL, false, 0},
    {VERDICT_CONSENT, "a wall on a host of its own", "Privacy",
	"<p>Choose.</p>", "https://consent.example.net/collect?u=1", false, 0},
    {VERDICT_CONSENT, "a wall with its partners", "Cookie settings",
	"<div class=cookie-wall><ul><li><a href=/partner/10001>Northern "
	"Light Measuring Company</a><li><a href=/partner/10002>Southern "
	"Cross Counting House</a><li><a href=/partner/10003>Evening Star "
	"Advertising Office</a></ul></div>",
	NULL, false, 0},
    /* login */
    {VERDICT_LOGIN, "login", "Log in - The Paper",
	"<form><input name=u><input type=password name=p></form>", NULL, false,
	0},
    {VERDICT_LOGIN, "Korean login", "로그인",
	"<p>로그인이 필요한 서비스입니다.</p><form><input type=password>"
	"</form>",
	NULL, false, 0},
    {VERDICT_LOGIN, "Japanese login", "ログイン",
	"<form><input type=password></form>", NULL, false, 0},
    {VERDICT_LOGIN, "Chinese login", "用户登录",
	"<form><input type=password></form>", NULL, false, 0},
    {VERDICT_LOGIN, "no title", "The Paper",
	"<form><input name=id><input type=Password></form>"
	"<a href=/join>Join</a>",
	NULL, false, 0},
    {VERDICT_LOGIN, "led to a login", "Members", "<p>Hello.</p>",
	"https://paper.example/member/login.php?back=1", false, 0},
    {VERDICT_LOGIN, "led to a login with news", "Members", "{20}",
	"https://paper.example/login?back=1", false, 0},
    /* nothing there */
    {VERDICT_MISSING, "404", "404 Not Found",
	"<h1>404 Not Found</h1><p>nothing</p>", NULL, false, 0},
    {VERDICT_MISSING, "404 over what others read", "Page not found - The Paper",
	"<h1>Page not found</h1><p>Most read:</p>{20}", NULL, false, 0},
    {VERDICT_MISSING, "Korean 404 over news",
	"페이지를 찾을 수 없습니다 | 새벽신문", "{8}", NULL, false, 0},
    {VERDICT_MISSING, "Korean 404 in the heading", "새벽신문",
	"<h1>요청하신 페이지를 찾을 수 없습니다.</h1>{8}", NULL, false, 0},
    {VERDICT_MISSING, "Japanese 404", "ページが見つかりません", "<p>404</p>",
	NULL, false, 0},
    {VERDICT_MISSING, "Chinese 404", "页面不存在 - 报纸", "<p>404</p>", NULL,
	false, 0},
    {VERDICT_MISSING, "German 404", "Seite nicht gefunden", "{5}", NULL, false,
	0},
    {VERDICT_MISSING, "an index of files", "Index of /news",
	"<h1>Index of /news</h1><a href=../>Parent</a> <a "
	"href=statement-of-the-board.txt>statement-of-the-board.txt</a> <a "
	"href=winter-timetable-new.txt>winter-timetable-new.txt</a>",
	NULL, false, 0},
    {VERDICT_MISSING, "a parked domain", "paper.example",
	"<script src=//sedoparking.example/x.js></script><p>This domain may "
	"be for sale.</p><a href=/s>Loans</a>",
	NULL, false, 0},
    {VERDICT_MISSING, "a fresh server", "Welcome to nginx!",
	"<h1>Welcome to nginx!</h1>", NULL, false, 0},
    /* no page */
    {VERDICT_NO_PAGE, "JSON", NULL, "{\"list\": [], \"more\": false}", NULL,
	false, 0},
    {VERDICT_NO_PAGE, "JSON with markup", NULL,
	" [{\"html\": \"<li><a href=/article/1>A ferry runs again</a>\"}] \n",
	NULL, false, 0},
    {VERDICT_NO_PAGE, "RSS", NULL,
	"<?xml version='1.0'?><!-- x --><rss version=2.0><channel/></rss>",
	NULL, false, 0},
    {VERDICT_NO_PAGE, "Atom", NULL,
	"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'></feed>", NULL,
	false, 0},
    {VERDICT_NO_PAGE, "a document", NULL, "%PDF-1.7\n1 0 obj\n", NULL, false,
	0},
    {VERDICT_NO_PAGE, "a picture", NULL, "\x89PNG\r\n\x1a\n", NULL, false, 0},
    {VERDICT_NO_PAGE, "another picture", NULL, "GIF89a\x01", NULL, false, 0},
    /* moved */
    {VERDICT_MOVED, "to the front page", "The Paper", "{20}",
	"https://paper.example/", false, 0},
    {VERDICT_MOVED, "to the front page of another host", "The Paper", "{20}",
	"https://www.other.example/", false, 0},
    {VERDICT_MOVED, "to its index", "The Paper", "{20}",
	"https://paper.example/index.html", false, 0},
    {VERDICT_MOVED, "to another list", "Sport", "{20}",
	"https://paper.example/list/sport", true, 0},
    {VERDICT_MOVED, "the same path elsewhere, other news", "Economy", "{20}",
	"https://news.example/list/economy", true, 0},
    {VERDICT_MOVED, "without its query", "All", "{20}",
	"https://paper.example/list", true, 0},
    {VERDICT_MOVED, "a page that only sends on", "",
	"<meta http-equiv=refresh content='0; url=/new/economy'>", NULL, false,
	0},
    /* encoding */
    {VERDICT_ENCODING, "broken characters", "���� - ��",
	"<p>��� �� ���� ��� ���� ����� ��� ��� ���� �� ���� �����</p><p>���� "
	"����� ���� �� ���� ��� ��� �� ����� ��� �� ���� �����</p>{20}",
	NULL, true, 0},
    {VERDICT_ENCODING, "all of it broken", "����",
	"<ul><li><a href=/a/10001>�� ���� ��� ��</a><li><a href=/a/10002>"
	"�� ���� ��� ��</a></ul>",
	NULL, false, 0},
    {VERDICT_ENCODING, "UTF-8 read as Latin", "ì‚°ì—…",
	"<p>ì‚°ì—… ë‰´ìŠ¤ ì˜¤ëŠ˜ ì†Œì‹ ì‚°ì—… ë‰´ìŠ¤ ì˜¤ëŠ˜</p>{20}", NULL,
	true, 0},
    {VERDICT_ENCODING, "French read as Latin", "Économie",
	"<p>Ã©tÃ© Ã  la mÃ¨re, dÃ©jÃ  prÃªt, trÃ¨s tÃ´t, Ã©crit Ã  la "
	"fenÃªtre, cÃ´tÃ© forÃªt Ã©galitÃ© trÃ¨s Ã©levÃ©</p>{20}",
	NULL, true, 0},
};

/* ---- pages that are ---- */

static const struct row good[] = {
    {VERDICT_GOOD, "a list", "Economy - The Paper", "{20}", NULL, false, 0},
    {VERDICT_GOOD, "a short list", "Economy - The Paper", "{3}", NULL, false,
	0},
    {VERDICT_GOOD, "a list and a captcha in a headline", "Technology",
	"<ul><li><h3><a href=/article/20269001>Verify you are human: the "
	"captcha turns thirty</a></h3><p>Checking your browser takes ever "
	"longer.</p></li></ul>{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "a column about captchas", "Captcha | The Paper", "{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "three articles about a firewall", "Technology",
	"<ul><li><h3><a href=/article/20269001>Cloudflare was down for two "
	"hours on Monday</a></h3><p>Error 502 Bad Gateway everywhere.</p>"
	"<li><h3><a href=/article/20269002>Access denied: who reads what the "
	"ministry hides</a></h3><p>403 Forbidden.</p><li><h3><a "
	"href=/article/20269003>Just a moment: a film about waiting rooms"
	"</a></h3><p>Attention required.</p></ul>",
	NULL, false, 0},
    {VERDICT_GOOD, "a top story as heading", "The Paper",
	"<h1><a href=/article/20269001>Access denied</a></h1>{12}", NULL, false,
	0},
    {VERDICT_GOOD, "maintenance as a trade", "Maintenance - Wings Weekly",
	"<h1>Maintenance</h1>{12}", NULL, false, 0},
    {VERDICT_GOOD, "Korean maintenance in the news", "산업 - 새벽신문",
	"<ul><li><h3><a href=/article/20269001>은행 앱 서비스 점검 안내 없이 "
	"멈춰</a></h3><p>시스템 점검 중입니다라는 말만 나왔다.</p></ul>{10}",
	NULL, false, 0},
    {VERDICT_GOOD, "a login box in the header", "Economy - The Paper",
	"<form action=/login><input name=u><input type=password></form>{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "a login box over three articles", "Economy",
	"<form action=/login><input name=u><input type=password></form>{3}",
	NULL, false, 0},
    {VERDICT_GOOD, "a captcha in a form below", "Economy - The Paper",
	"{12}<form><div class=g-recaptcha></div><input type=email></form>"
	"<script src=https://www.google.com/recaptcha/api.js></script>",
	NULL, false, 0},
    {VERDICT_GOOD, "guarded and let in", "Economy - The Paper",
	"{12}<script>(function(){var a=document.createElement('script');"
	"a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'})()</script>",
	NULL, false, 0},
    {VERDICT_GOOD, "guarded, three articles", "Economy - The Paper",
	"{3}<script src=/_Incapsula_Resource?SWJIYLWA=7></script>", NULL, false,
	0},
    {VERDICT_GOOD, "a consent banner on top", "Economy - The Paper",
	"<div id=onetrust-consent-sdk><p>We and our partners use cookies. "
	"Accept all cookies?</p></div>{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "a cookie notice in the footer", "Economy - The Paper",
	"{8}<div id=CybotCookiebotDialog>Accept all cookies</div>", NULL, false,
	0},
    {VERDICT_GOOD, "a banner over three articles", "Economy - The Paper",
	"<div id=didomi-host>OK?</div>{3}", NULL, false, 0},
    {VERDICT_GOOD, "an application that has drawn its list", "The Paper",
	"<noscript>You need to enable JavaScript to run this app.</noscript>"
	"<div id=root>{12}</div><script src=/main.js></script>",
	NULL, false, 0},
    {VERDICT_GOOD, "next, drawn", "The Paper",
	"<div id=__next>{4}</div><script id=__NEXT_DATA__ type=application/json"
	">{\"props\":{}}</script>",
	NULL, false, 0},
    {VERDICT_GOOD, "one article", "Notices - The Paper",
	"<div class=note><h3><a href=/article/20269001>Please verify you are "
	"human, says the museum's new door</a></h3><p>It is not a robot "
	"itself.</p></div>",
	NULL, false, 1},
    {VERDICT_GOOD, "two articles, one of a login", "Notices - The Paper",
	"<form><input type=password></form><div class=note><h3><a "
	"href=/article/20269001>Log in with your library card</a></h3></div>"
	"<div class=note><h3><a href=/article/20269002>New opening hours</a>"
	"</h3></div>",
	NULL, false, 2},
    {VERDICT_GOOD, "an old page without ends", NULL,
	"<title>Old Paper</title><body bgcolor=white><h2>News</h2>{12}", NULL,
	false, 0},
    {VERDICT_GOOD, "upper case", NULL,
	"<HTML><HEAD><TITLE>Old</TITLE></HEAD><BODY>{12}</BODY></HTML>", NULL,
	false, 0},
    {VERDICT_GOOD, "something after the end", NULL,
	"<html><title>P</title><body>{12}</body></html>\n<!-- 0.12 s -->"
	"<script>count()</script>",
	NULL, false, 0},
    {VERDICT_GOOD, "an end in a script", NULL,
	"<html><title>P</title><body><script>w('<body></body></html>')"
	"</script>{12}</body>",
	NULL, false, 0},
    {VERDICT_GOOD, "a frame for advertising", "Economy",
	"<iframe src=//ads.example/x></iframe>{12}", NULL, false, 0},
    {VERDICT_GOOD, "a list before its frames", NULL,
	"<html><title>P</title><body>{12}<frameset><frame src=a.html>"
	"</frameset></body></html>",
	NULL, false, 0},
    {VERDICT_GOOD, "a refresh every five minutes", NULL,
	"<html><head><meta http-equiv=refresh content=300><title>P</title>"
	"</head><body>{12}</body></html>",
	NULL, false, 0},
    {VERDICT_GOOD, "canonical is the front page", NULL,
	"<html><head><link rel=canonical href=https://paper.example/>"
	"<title>P</title></head><body>{12}</body></html>",
	NULL, false, 0},
    {VERDICT_GOOD, "www.", "Economy", "{12}",
	"https://www.paper.example/list/economy", false, 0},
    {VERDICT_GOOD, "a closing slash", "Economy", "{12}",
	"https://paper.example/list/economy/", false, 0},
    {VERDICT_GOOD, "XHTML", NULL,
	"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/"
	"1999/xhtml'><head><title>P</title></head><body>{12}</body></html>",
	NULL, false, 0},
    {VERDICT_GOOD, "404 as a headline's number", "Economy - The Paper",
	"<h2>News</h2><ul><li><h3><a href=/article/20269001>404 not found: "
	"the missing bus</a></h3><p>x</p></ul>{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "an advert that says blocked", "Economy - The Paper",
	"<p>Blocked by a dam: the river. Access denied.</p>{12}", NULL, false,
	0},
    {VERDICT_GOOD, "a few broken characters", "Economy - The Paper",
	"<p>Kim�s caf�</p>{12}", NULL, false, 0},
    {VERDICT_GOOD, "French", "Économie - Le Journal",
	"<p>Été à la forêt, déjà prêt, très tôt, écrit à la fenêtre, côté "
	"égalité; « après »</p>{12}",
	NULL, false, 0},
    {VERDICT_GOOD, "a link to the provider's warning", "Economy",
	"<a href=http://warning.or.kr/>warning.or.kr</a>{12}", NULL, false, 0},
};

static size_t
count_wrong_bad(judge *asked, bool aloud)
{
	struct reading past[PAST];
	size_t wrong = 0;
	make_past(past, NULL);
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (!bad[i].needs_past)
			wrong +=
			    !is_right(asked, &bad[i], NULL, 0, false, aloud);
		/* without a sign it takes more than one round to tell */
		if (strstr(bad[i].name, "words of its own") == NULL)
			wrong +=
			    !is_right(asked, &bad[i], past, 1, false, aloud);
		wrong += !is_right(asked, &bad[i], past, PAST, false, aloud);
	}
	return wrong;
}

/* At first sight; as it always is, with nothing known and with all known; and
 * in a section that was larger. */
static size_t
count_wrong_good(judge *asked, bool aloud)
{
	struct reading past[PAST], larger[PAST];
	size_t wrong = 0;
	make_past(larger, NULL);
	for (size_t i = 0; i < COUNT(good); i++) {
		char *html = make_page(&good[i]);
		make_past(past, html);
		free(html);
		wrong += !is_right(asked, &good[i], NULL, 0, false, aloud);
		wrong += !is_right(asked, &good[i], past, 1, false, aloud);
		wrong += !is_right(asked, &good[i], past, PAST, false, aloud);
		wrong += !is_right(asked, &good[i], past, PAST, true, aloud);
		if (strstr(good[i].name, "without ends") == NULL)
			wrong += !is_right(
			    asked, &good[i], larger, PAST, true, aloud);
	}
	return wrong;
}

static void
test_bad_pages(void **state)
{
	(void)state;
	size_t of_kind[VERDICT_COUNT] = {0};
	for (size_t i = 0; i < COUNT(bad); i++)
		of_kind[bad[i].kind]++;
	for (int kind = VERDICT_BLOCKED; kind < VERDICT_ENCODING; kind++)
		assert_true(of_kind[kind] >= 6);
	assert_int_equal(count_wrong_bad(verdict_of, true), 0);
	assert_true(count_wrong_bad(believe_all, false) >= 2 * COUNT(bad));
}

static void
test_good_pages(void **state)
{
	(void)state;
	assert_true(COUNT(good) >= 25);
	assert_int_equal(count_wrong_good(verdict_of, true), 0);
	assert_true(count_wrong_good(believe_none_with_a_sign, false) >= 20);
}

/* ---- the end ---- */

static void
test_endings(void **state)
{
	(void)state;
	static const struct {
		const char *html;
		enum ending ending;
	} rows[] = {
	    {"", ENDING_OPEN},
	    {"<p>x", ENDING_OPEN},
	    {"<html><body></body>", ENDING_WHOLE},
	    {"<html></HTML >", ENDING_WHOLE},
	    {"<p></html", ENDING_WHOLE},
	    {"<p></body", ENDING_INSIDE},
	    {"<p></htm", ENDING_INSIDE},
	    {"<p></bodyguard>", ENDING_OPEN},
	    {"<p <", ENDING_INSIDE},
	    {"<p>a <", ENDING_INSIDE},
	    {"<p>1 < 2", ENDING_OPEN},
	    {"<p>1 <2", ENDING_OPEN},
	    {"<a href=\"/article/2", ENDING_INSIDE},
	    {"<a href=\"/x>y</body>", ENDING_INSIDE},
	    {"<a href='/x>y</body>'>z", ENDING_OPEN},
	    {"<a title=don't>z</body>", ENDING_WHOLE},
	    {"<a x'>z</body>", ENDING_WHOLE},
	    {"<!-- </body> ", ENDING_INSIDE},
	    {"<!-- </body> --> x", ENDING_OPEN},
	    {"<!--> </body>", ENDING_WHOLE},
	    {"<!doctype html", ENDING_INSIDE},
	    {"<script>'</body>'", ENDING_INSIDE},
	    {"<script>'</body>'</script>", ENDING_OPEN},
	    {"<script>'</body>'</SCRIPT></body>", ENDING_WHOLE},
	    {"<title>a</titles></body>", ENDING_INSIDE},
	    {"<style>a</style", ENDING_INSIDE},
	    {"</body><!-- 3 ms", ENDING_WHOLE},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* of exactly that size, for the sanitizer */
		size_t length = strlen(rows[i].html);
		char *copy = xmemdup(rows[i].html, length);
		enum ending found = ending_of(copy, length);
		if (found != rows[i].ending)
			print_error("%s\n", rows[i].html);
		assert_int_equal(found, rows[i].ending);
		free(copy);
	}
}

/* A page cut at every byte: refused unless its end was met.  A list without
 * end is refused where it stops inside a tag, or is far too short. */
static void
test_every_cut(void **state)
{
	(void)state;
	static const struct row row = {VERDICT_GOOD, "cut",
	    "Economy - The Paper", "{12}<p>Imprint</p>", NULL, false, 0};
	struct reading past[PAST];
	size_t refused = 0, believed = 0;
	char *whole = make_page(&row);
	size_t length = strlen(whole);
	size_t end = (size_t)(strstr(whole, "</body>") + 7 - whole);
	make_past(past, whole);
	for (size_t cut = 1; cut <= length; cut += cut < end - 20 ? 7 : 1) {
		struct evidence evidence = {0};
		char *html = xstrndup(whole, cut);
		size_t items = read_page(html, URL, &evidence);
		struct verdict_question question = {
		    .evidence = &evidence,
		    .readings = past,
		    .reading_count = PAST,
		    .items = items,
		    .known = items,
		    .asked = URL,
		    .from = URL,
		};
		struct verdict verdict = verdict_of(&question);
		assert_int_equal(
		    verdict.kind, cut >= end ? VERDICT_GOOD : VERDICT_CUT);
		refused += cut < end;
		believed += cut >= end;
		evidence_clear(&evidence);
		free(html);
	}
	assert_true(refused > 200 && believed > 5);
	free(whole);
}

/* What has no end for good is believed in the end, what is short is not. */
static void
test_cut_for_good(void **state)
{
	(void)state;
	struct evidence open = {.ending = ENDING_OPEN, .width = 3000},
			inside = {.ending = ENDING_INSIDE, .width = 3000};
	struct reading whole = {.items = 20, .links = 30, .width = 3000},
		       endless = whole;
	whole.place = endless.place = verdict_place(URL);
	endless.ending = ENDING_OPEN;
	const struct {
		const struct evidence *evidence;
		const struct reading *before;
		size_t items;
		uint32_t cut_rounds;
		enum verdict_kind kind;
	} rows[] = {
	    {&open, &whole, 20, 0, VERDICT_CUT},
	    {&open, &whole, 20, CUT_ROUNDS - 1, VERDICT_CUT},
	    {&open, &whole, 20, CUT_ROUNDS, VERDICT_GOOD},
	    {&open, &whole, 19, CUT_ROUNDS, VERDICT_CUT},
	    {&open, &endless, 20, 0, VERDICT_GOOD},
	    {&open, &endless, 12, 0, VERDICT_GOOD},
	    {&open, &endless, 9, 0, VERDICT_CUT},
	    {&open, &endless, 9, CUT_ROUNDS, VERDICT_GOOD},
	    {&inside, &endless, 20, 0, VERDICT_CUT},
	    {&inside, NULL, 20, 0, VERDICT_CUT},
	    {&inside, NULL, 20, CUT_ROUNDS, VERDICT_GOOD},
	    {&open, NULL, 20, 0, VERDICT_GOOD},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading past[PAST];
		for (size_t j = 0; rows[i].before != NULL && j < PAST; j++)
			past[j] = *rows[i].before;
		struct verdict_question question = {
		    .evidence = rows[i].evidence,
		    .readings = past,
		    .reading_count = rows[i].before != NULL ? PAST : 0,
		    .items = rows[i].items,
		    .known = rows[i].items,
		    .asked = URL,
		    .from = URL,
		    .cut_rounds = rows[i].cut_rounds,
		};
		if (verdict_of(&question).kind != rows[i].kind)
			print_error("row %zu\n", i);
		assert_int_equal(verdict_of(&question).kind, rows[i].kind);
	}
}

/* ---- the rest ---- */

static void
test_words(void **state)
{
	(void)state;
	struct row row = {VERDICT_BLOCKED, "", "Just a moment...",
	    "<script src=/cdn-cgi/challenge-platform/x.js></script>", NULL,
	    false, 0};
	struct evidence evidence = {0};
	char *html = make_page(&row);
	size_t items = read_page(html, URL, &evidence);
	struct verdict_question question = {
	    .evidence = &evidence, .items = items, .asked = URL, .from = URL};
	assert_string_equal(verdict_of(&question).why,
	    "the page is titled 'Just a moment...' and holds "
	    "challenge-platform");
	question.mitigated = "challenge";
	assert_string_equal(verdict_of(&question).why,
	    "the page came with cf-mitigated, is titled 'Just a moment...' and "
	    "holds challenge-platform");
	evidence_clear(&evidence);
	free(html);
	for (int kind = 0; kind < VERDICT_COUNT; kind++)
		for (int other = 0; other < kind; other++)
			assert_string_not_equal(
			    verdict_word((enum verdict_kind)kind),
			    verdict_word((enum verdict_kind)other));
}

/* An empty page may be right where the configuration says so; a challenge is
 * not. */
static void
test_empty_ok(void **state)
{
	(void)state;
	static const struct {
		struct row row;
		enum verdict_kind kind;
	} rows[] = {
	    {{VERDICT_GOOD, "", "Economy", "<p>Nothing today.</p>", NULL, false,
		 0},
		VERDICT_GOOD},
	    {{VERDICT_GOOD, "", "Economy",
		 "<p>Nothing.</p><div class=g-recaptcha></div>", NULL, false,
		 0},
		VERDICT_GOOD},
	    {{VERDICT_GOOD, "", "Just a moment...", "<p>Wait</p>", NULL, false,
		 0},
		VERDICT_BLOCKED},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence evidence = {0};
		char *html = make_page(&rows[i].row);
		struct verdict_question question = {
		    .evidence = &evidence,
		    .items = read_page(html, URL, &evidence),
		    .asked = URL,
		    .from = URL,
		    .empty_ok = true,
		};
		assert_int_equal(verdict_of(&question).kind, rows[i].kind);
		evidence_clear(&evidence);
		free(html);
	}
}

/* What a filter leaves out was on the page all the same. */
static void
test_filtered(void **state)
{
	(void)state;
	static const struct {
		size_t items, filtered, known;
		const char *from;
		enum verdict_kind kind;
	} rows[] = {
	    /* all that is wanted is known: this list */
	    {20, 18, 2, URL "/new", VERDICT_GOOD},
	    {20, 18, 0, URL "/new", VERDICT_MOVED},
	    /* nothing wanted, nothing to be wrong about */
	    {20, 20, 0, URL "/new", VERDICT_GOOD},
	    {0, 0, 0, URL "/new", VERDICT_MOVED},
	    {20, 18, 2, "https://paper.example/", VERDICT_MOVED},
	};
	struct reading past[PAST];
	struct evidence evidence = {.width = 3000, .links = 30};
	make_past(past, NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct verdict_question question = {
		    .evidence = &evidence,
		    .readings = past,
		    .reading_count = PAST,
		    .items = rows[i].items,
		    .filtered = rows[i].filtered,
		    .known = rows[i].known,
		    .asked = URL,
		    .from = rows[i].from,
		};
		if (verdict_of(&question).kind != rows[i].kind)
			print_error("row %zu\n", i);
		assert_int_equal(verdict_of(&question).kind, rows[i].kind);
	}
}

/* Titles of any length and script leave as a clean line within the limit. */
static void
test_long_titles(void **state)
{
	(void)state;
	static const char *const units[] = {"x", "가", "😀", "\x01", "'"};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct evidence evidence = {0};
		struct buffer title = {0};
		buffer_add_string(&title, "404 Not Found ");
		for (int n = 0; n < 2000; n++)
			buffer_add_string(&title, units[i]);
		struct row row = {
		    VERDICT_GOOD, "", title.bytes, "<p>x", NULL, false, 0};
		char *html = make_page(&row);
		(void)read_page(html, URL, &evidence);
		assert_true(evidence.count > 0);
		for (size_t n = 0; n < evidence.count; n++) {
			const char *words = evidence.signs[n].words;
			assert_true(strlen(words) <= EVIDENCE_WORDS);
			assert_true(text_is_clean(words, strlen(words), false));
		}
		evidence_clear(&evidence);
		buffer_clear(&title);
		free(html);
	}
}

/* No phrase is shadowed by itself, none folds to nothing. */
static void
test_phrases(void **state)
{
	(void)state;
	for (size_t i = 0; i < evidence_phrase_count; i++) {
		const struct phrase *phrase = &evidence_phrases[i];
		char *folded = text_fold(phrase->text);
		if (strlen(folded) < 3)
			print_error("%s\n", phrase->text);
		assert_true(strlen(folded) >= 3);
		assert_true(phrase->kind > VERDICT_GOOD);
		for (size_t j = 0; j < i; j++)
			if (evidence_phrases[j].place == phrase->place)
				assert_string_not_equal(
				    evidence_phrases[j].text, phrase->text);
		free(folded);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_pages),
	    cmocka_unit_test(test_good_pages),
	    cmocka_unit_test(test_endings),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_cut_for_good),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_empty_ok),
	    cmocka_unit_test(test_filtered),
	    cmocka_unit_test(test_long_titles),
	    cmocka_unit_test(test_phrases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
