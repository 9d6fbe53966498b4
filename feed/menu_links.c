#include "feed/menu_links.h"

#include <stdlib.h>
#include <string.h>

#include "feed/date.h"
#include "feed/intern.h"
#include "feed/language.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/menu.h"
#include "feed/text.h"
#include "feed/url.h"

#define LINKS_MAX 4000
#define SCRIPT_MAX 2000 /* bytes of an onclick that are looked at */
#define SHORT_NODES 200 /* of a card with a picture and a text */
#define SHORT_BYTES 4000
#define CELLS_MAX 40    /* of a section's title */
#define ACTIONS_LEAST 4 /* numbers under one title */

/* ---- what it says ---- */

/* Arrows, bars, bullets and the like, which stand beside a title. */
static bool
is_ornament(uint32_t c)
{
	if (c < 0x80)
		return strchr(" <>|-+*/:=^~", (int)c) != NULL;
	return c == 0xb7 || c == 0xab || c == 0xbb || c == 0x2039 ||
	       c == 0x203a || c == 0x2022 || c == 0x3163 ||
	       (c >= 0x2190 && c <= 0x21ff) || (c >= 0x2500 && c <= 0x25ff) ||
	       (c >= 0xe000 && c <= 0xf8ff);
}

/* text_line without ornaments at its ends; takes nothing, gives a string. */
static char *
title_line(const char *text)
{
	char *line = text_line(text, strlen(text), MENU_MAX_TITLE);
	const char *end = line + strlen(line), *start = line, *last = line;
	bool begun = false;
	for (const char *at = line; at < end;) {
		const char *here = at;
		if (is_ornament(text_decode(&at, end)))
			continue;
		if (!begun)
			start = here;
		begun = true;
		last = at;
	}
	char *title =
	    begun ? xstrndup(start, (size_t)(last - start)) : xstrdup("");
	free(line);
	return title;
}

bool
menu_is_short(const struct page *page, uint32_t node)
{
	size_t bytes = 0;
	if (page->end[node] - node > SHORT_NODES)
		return false;
	for (uint32_t at = node; at < page->end[node]; at++)
		if (page->text[at] != NULL)
			bytes += strnlen(page->text[at], SHORT_BYTES + 1);
	return bytes <= SHORT_BYTES;
}

char *
menu_link_words(const struct page *page, uint32_t node)
{
	static const char *const names[] = {"alt", "aria-label", "title", NULL};
	char *raw = page_text(page, node, NULL, 0);
	char *words = title_line(raw);
	free(raw);
	/* a picture's name first, then what is said of the link itself */
	for (size_t i = 0; names[i] != NULL && words[0] == '\0'; i++)
		for (uint32_t at = node;
		     at < page->end[node] && words[0] == '\0'; at++) {
			const char *value =
			    page->text[at] == NULL && (i == 0 || at == node)
				? page_attribute(page, at, names[i])
				: NULL;
			if (value != NULL) {
				free(words);
				words = title_line(value);
			}
		}
	return words;
}

static bool
has_letter(const char *words, size_t *letters, bool *dense)
{
	const char *end = words + strlen(words);
	*letters = 0;
	*dense = false;
	for (const char *at = words; at < end;) {
		uint32_t c = language_fold(text_decode(&at, end));
		bool is_dense = language_is_dense(c);
		*letters += is_dense || language_is_letter(c);
		*dense |= is_dense;
	}
	return *letters > 0;
}

/* ---- where it leads ---- */

/* An address in quotes inside a script: location.href='/newsList/3'. */
static char *
address_in_script(const char *script, const char *base)
{
	const char *end = script + strnlen(script, SCRIPT_MAX);
	for (const char *at = script; at < end; at++) {
		if (*at != '\'' && *at != '"')
			continue;
		const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
		if (close == NULL)
			return NULL;
		char *href = xstrndup(at + 1, (size_t)(close - at - 1));
		bool is_address = href[0] == '/' ||
				  strncmp(href, "./", 2) == 0 ||
				  strncmp(href, "http://", 7) == 0 ||
				  strncmp(href, "https://", 8) == 0;
		char *url = is_address ? url_canonical(base, href, NULL) : NULL;
		free(href);
		if (url != NULL)
			return url;
		at = close;
	}
	return NULL;
}

static char *
address_of(const struct page *page, uint32_t node, const char *base)
{
	const char *href = page_attribute(page, node, "href");
	const char *click = page_attribute(page, node, "onclick");
	const char *tag = page_tag(page, node);
	if (href != NULL && strcmp(tag, "a") != 0 && strcmp(tag, "area") != 0)
		href = NULL;
	if (href != NULL && strncmp(href, "javascript:", 11) == 0) {
		char *url = address_in_script(href + 11, base);
		if (url != NULL)
			return url;
	} else if (href != NULL && href[0] != '\0' && href[0] != '#')
		return url_canonical(base, href, NULL);
	return click != NULL ? address_in_script(click, base) : NULL;
}

/* ---- what kind it is of ---- */

/* The words of an address between its marks: "my-page.do" has my, page, do. */
static bool
next_piece(const char **at, char piece[32])
{
	static const char marks[] = "/?&=.";
	*at += strspn(*at, marks);
	size_t length = strcspn(*at, marks);
	if (length == 0)
		return false;
	size_t kept = length < 31 ? length : 31;
	for (size_t i = 0; i < kept; i++)
		piece[i] = (*at)[i] >= 'A' && (*at)[i] <= 'Z'
			       ? (char)((*at)[i] - 'A' + 'a')
			       : (*at)[i];
	piece[kept] = '\0';
	*at += length;
	return true;
}

static int
compare_words(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

/* Sorted. */
static const char *const chores[] = {"abo", "abonnement", "abonnements",
    "abonnieren", "about", "about-us", "about_us", "aboutus", "account",
    "accounts", "ad", "adinfo", "ads", "advert", "advertise",
    "advertise-with-us", "advertisement", "advertising", "agb", "apk", "apps",
    "atom", "author", "authors", "autor", "bookmark", "bookmarks", "careers",
    "cart", "code-of-ethics", "comment", "comments", "company", "contact",
    "contact-us", "contact_us", "contacts", "contactus", "cookie",
    "cookie-policy", "cookies", "copyright", "customer", "datenschutz",
    "disclaimer", "donate", "donation", "download", "e-paper", "edition-pdf",
    "email", "epaper", "faq", "faqs", "feed", "feedback", "feeds", "gif",
    "help", "hilfe", "ico", "impressum", "imprint", "join", "jpeg", "jpg",
    "kontakt", "legal", "log-in", "login", "login_form", "logout", "mediakit",
    "member", "members", "membership", "mentions-legales", "my-account",
    "myaccount", "mypage", "newsletter", "newsletters", "nutzungsbedingungen",
    "oauth", "password", "pdf", "png", "print", "privacy", "privacy-policy",
    "privacypolicy", "profile", "register", "registration", "reporterlist",
    "rss", "search", "share", "shop", "sign-in", "sign-up", "signin", "signup",
    "sitemap", "sso", "store", "subscribe", "subscriber", "subscribers",
    "subscription", "subscriptions", "suche", "support", "terms",
    "terms-and-conditions", "terms-of-service", "terms-of-use", "termsofuse",
    "user", "users", "wp-admin", "wp-login", "writer", "writerlist", "xml",
    "zip"};

static bool
is_in_nav(const struct page *page, uint32_t node)
{
	for (; node != PAGE_NONE; node = page->parent[node])
		if (strcmp(page_tag(page, node), "nav") == 0 ||
		    strcmp(page_tag(page, node), "header") == 0)
			return true;
	return false;
}

/* Log-in, imprint, a file: by a word in its address.  Tags are no sections
 * either, unless the site's own navigation is made of them. */
static bool
is_chore_address(const struct page *page, uint32_t node, const char *url)
{
	char *path = url_path(url);
	char piece[32];
	bool chore = false, tag = false;
	for (const char *at = path;
	     at != NULL && !chore && next_piece(&at, piece);) {
		chore =
		    bsearch(piece, chores, sizeof(chores) / sizeof(chores[0]),
			sizeof(chores[0]), compare_words) != NULL;
		tag |= strcmp(piece, "tag") == 0 || strcmp(piece, "tags") == 0;
	}
	free(path);
	return chore || (tag && !is_in_nav(page, node));
}

/* /2009/05, and whatever follows. */
static bool
is_dated(const char *url)
{
	char *path = url_path(url);
	char piece[32];
	bool dated = false, year = false;
	for (const char *at = path;
	     at != NULL && !dated && next_piece(&at, piece);) {
		size_t digits = strspn(piece, "0123456789");
		bool number = piece[digits] == '\0';
		dated = year && number && digits <= 2;
		year = number && digits == 4 &&
		       (strncmp(piece, "19", 2) == 0 ||
			   strncmp(piece, "20", 2) == 0);
	}
	free(path);
	return dated;
}

/* "3 hours ago", "May 2019": the link of an article or of an archive. */
static bool
is_date(const char *words)
{
	/* whether it is a date does not hang on when that is */
	const struct date_context late = {.now_s = INT64_C(4102444800)};
	struct moment moment;
	return strpbrk(words, "0123456789") != NULL &&
	       date_parse(words, &late, &moment);
}

static bool
is_home(const char *url)
{
	char *key = url_key(url); /* host, path and query, folded */
	bool home = strpbrk(key, "/?") == NULL;
	free(key);
	return home;
}

/* The same paper in another language: cn.paper.example, or by its name. */
static bool
is_tongue(const char *url, const char *base, const char *words)
{
	static const char *const tongues[] = {"english", "deutsch", "français",
	    "español", "português", "italiano", "nederlands", "polski",
	    "türkçe", "tiếng việt", "bahasa indonesia", "svenska", "русский",
	    "українська", "العربية", "عربي", "中文", "中文版", "简体",
	    "简体中文", "繁體", "繁體中文", "繁体中文", "日本語", "日本語版",
	    "한국어", "ไทย", "हिन्दी", NULL};
	char *folded = text_lower_ascii(words);
	char *host = url_authority_for_id(url);
	bool tongue = host != NULL && strcspn(host, ".") == 2 &&
		      !url_same_site(url, base) && strncmp(host, "tv.", 3) != 0;
	for (size_t i = 0; tongues[i] != NULL && !tongue; i++)
		tongue = strcmp(folded, tongues[i]) == 0;
	free(host);
	free(folded);
	return tongue;
}

static enum menu_kind
kind_of(const struct page *page, uint32_t node, const char *base,
    const struct menu_link *link)
{
	size_t letters;
	bool dense;
	if (link->url == NULL)
		return MENU_TOGGLE;
	if (text_cells(link->words) > CELLS_MAX ||
	    links_score(link->url, base, link->words) > 0)
		return MENU_STORY;
	if (!url_same_owner(link->url, base))
		return MENU_STRANGER;
	if (is_home(link->url) && url_same_site(link->url, base))
		return MENU_HOME;
	if (is_chore_address(page, node, link->url) ||
	    page_attribute(page, node, "hreflang") != NULL ||
	    is_tongue(link->url, base, link->words) ||
	    (language_is_menu_word(link->words) &&
		!language_is_section_word(link->words)))
		return MENU_CHORE;
	if (!has_letter(link->words, &letters, &dense) ||
	    (letters == 1 && !dense && strlen(link->words) <= 2) ||
	    is_dated(link->url) || is_date(link->words))
		return MENU_NUMBER;
	return MENU_SECTION;
}

/* ---- all of them ---- */

static void
link_add(const struct page *page, uint32_t node, const char *base,
    struct menu_links *links)
{
	struct menu_link link = {.node = node};
	link.url = address_of(page, node, base);
	/* a script on a row may do anything; on a link it opens something */
	if (link.url == NULL && strcmp(page_tag(page, node), "a") != 0)
		return;
	bool is_short = menu_is_short(page, node);
	link.words = is_short ? menu_link_words(page, node) : xstrdup("");
	link.kind = is_short || link.url == NULL
			? kind_of(page, node, base, &link)
			: MENU_STORY;
	links->list[links->count++] = link;
}

static void
addresses_find(const char *url, struct menu_links *links)
{
	struct intern table;
	uint64_t seed = 0;
	for (size_t i = 0; i < links->count; i++)
		if (links->list[i].kind == MENU_SECTION)
			seed = seed * 31 + intern_seed(links->list[i].url,
					       strlen(links->list[i].url));
	intern_init(&table, seed, false);
	links->addresses = xcalloc(links->count + 1, sizeof(char *));
	char **keys = xcalloc(links->count + 1, sizeof(*keys));
	char *own = url_key(url);
	for (size_t i = 0; i < links->count; i++) {
		struct menu_link *link = &links->list[i];
		if (link->kind != MENU_SECTION)
			continue;
		keys[i] = url_key(link->url);
		link->address =
		    intern_add(&table, keys[i], strlen(keys[i])) - 1;
		if (link->address == links->address_count)
			links->addresses[links->address_count++] =
			    xstrdup(link->url);
	}
	links->has_own = intern_find(&table, own, strlen(own)) != 0;
	intern_clear(&table);
	for (size_t i = 0; i < links->count; i++)
		free(keys[i]);
	free(keys);
	free(own);
	links->addresses[links->address_count] = xstrdup(url);
	links->shapes =
	    xcalloc(links->address_count + 1, sizeof(*links->shapes));
	shapes_find(links->addresses, links->address_count + !links->has_own,
	    links->shapes);
}

static bool
is_number(const char *part)
{
	return part[0] != '\0' && part[strspn(part, "0123456789")] == '\0';
}

/*
 * "hide", "reply", "show all": one title over many numbers is something to do
 * with an article.  Of sections each has its own.
 */
static void
actions_drop(struct menu_links *links)
{
	struct intern titles;
	uint32_t *numbers = xcalloc(links->count + 2, sizeof(*numbers));
	uint32_t *title = xcalloc(links->count + 1, sizeof(*title));
	bool *seen = xcalloc(links->address_count + 1, sizeof(*seen));
	uint64_t seed = 0;
	for (size_t i = 0; i < links->count; i++)
		seed = seed * 31 + intern_seed(links->list[i].words,
				       strlen(links->list[i].words));
	intern_init(&titles, seed, false);
	for (size_t i = 0; i < links->count; i++) {
		const struct menu_link *link = &links->list[i];
		if (link->kind != MENU_SECTION ||
		    !is_number(links->shapes[link->address].part))
			continue;
		title[i] =
		    intern_add(&titles, link->words, strlen(link->words));
		numbers[title[i]] += !seen[link->address];
		seen[link->address] = true;
	}
	for (size_t i = 0; i < links->count; i++)
		if (title[i] != 0 && numbers[title[i]] >= ACTIONS_LEAST)
			links->list[i].kind = MENU_CHORE;
	intern_clear(&titles);
	free(numbers);
	free(title);
	free(seen);
}

void
menu_links_find(const struct page *page, const char *url, const char *base,
    struct menu_links *links)
{
	*links = (struct menu_links){
	    .list = xcalloc(LINKS_MAX, sizeof(*links->list))};
	for (uint32_t node = 0; node < page->count && links->count < LINKS_MAX;
	     node++) {
		if (page->text[node] != NULL)
			continue;
		const char *tag = page_tag(page, node);
		if (strcmp(tag, "a") == 0 || strcmp(tag, "area") == 0 ||
		    page_attribute(page, node, "onclick") != NULL)
			link_add(page, node, base, links);
	}
	addresses_find(url, links);
	actions_drop(links);
}

void
menu_links_clear(struct menu_links *links)
{
	for (size_t i = 0; i < links->count; i++) {
		free(links->list[i].url);
		free(links->list[i].words);
	}
	for (size_t i = 0; i <= links->address_count; i++)
		free(links->addresses[i]);
	shapes_clear(links->shapes, links->address_count + 1);
	free(links->list);
	free(links->addresses);
	free(links->shapes);
	*links = (struct menu_links){0};
}
