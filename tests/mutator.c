#include "tests/mutator.h"

#include <stdlib.h>
#include <string.h>

#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

const char *const level_names[LEVELS] = {"light", "medium", "heavy", "extreme"};
const char *const outage_names[OUTAGES] = {"captcha", "maintenance", "consent",
    "empty", "shell", "cut", "other", "box"};

/* ---- dice ---- */

static uint64_t
roll(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Of a name, the same wherever it stands on the page. */
static uint64_t
draw(uint64_t seed, const char *name)
{
	uint64_t state = seed ^ hash_bytes(name, strlen(name));
	(void)roll(&state);
	return roll(&state);
}

static bool
drawn(uint64_t seed, const char *name, unsigned percent)
{
	return draw(seed, name) % 100 < percent;
}

struct redesign
redesign_of(enum level level, uint64_t seed)
{
	uint64_t dice = seed * 2654435761u + level;
	bool coin[12];
	for (size_t i = 0; i < 12; i++)
		coin[i] = roll(&dice) % 2 == 0;
	struct redesign r = {.seed = seed};
	switch (level) {
	case LEVEL_LIGHT:
		r.classes = 25;
		r.refresh = 20;
		r.absolute = coin[0];
		r.lazy = coin[1];
		break;
	case LEVEL_MEDIUM:
		r.classes = 60;
		r.ids = 50;
		r.refresh = 35;
		r.ads = 2;
		r.wrap_inside = coin[0];
		r.wrap_around = !coin[0];
		r.lazy = coin[1];
		r.lead = coin[2];
		r.absolute = coin[3];
		r.dates = coin[4];
		break;
	case LEVEL_EXTREME:
		r.prefix = true;
		r.unwrap = coin[9];
		r.title_attribute = coin[10];
		/* fall through */
	default:
		r.classes = r.ids = 100;
		r.hashed = coin[0] || coin[1] ? 0 : 100;
		r.refresh = level == LEVEL_EXTREME ? 75 : 50;
		r.ads = 3;
		r.tags = true;
		r.reorder = coin[2];
		r.most_read = true;
		r.wrap_around = true;
		r.wrap_inside = level == LEVEL_EXTREME;
		r.sticky = coin[3];
		r.columns = coin[4];
		r.lead = coin[5];
		r.lazy = coin[6];
		r.dates = coin[7];
		r.absolute = coin[8];
		r.split = coin[11] && !r.columns;
		r.base = !r.absolute && coin[9];
		break;
	}
	return r;
}

/* ---- writing ---- */

struct mutation {
	const struct page *page;
	const char *url;
	char *base;
	const struct list_of_page *list;
	const struct redesign *how;
	bool *is_item;
	char **canonical; /* of each anchor's href, or NULL */
	char *head;       /* words of the page's titles, for new ones */
	struct buffer out;
};

static void
add_escaped(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
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
			buffer_add_byte(out, *text);
		}
}

static bool
in(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* ---- names ---- */

static void
add_new_name(
    struct buffer *out, const struct mutation *m, const char *old, bool is_id)
{
	static const char *const words[] = {"panel", "entry", "teaser", "block",
	    "strip", "stack", "tile", "bundle", "frame", "piece", "story",
	    "layer", "slot", "board", "shelf", "folio"};
	static const char *const parts[] = {"head", "body", "meta", "copy",
	    "media", "foot", "label", "row", "cell", "text"};
	static const char *const utilities[] = {"mt-4", "px-2", "flex",
	    "text-lg", "md:grid", "w-full", "gap-3", "bg-white"};
	uint64_t value = draw(m->how->seed + 1, old);
	if (m->how->hashed > 0 && !is_id &&
	    drawn(m->how->seed + 2, old, m->how->hashed * 4 / 10)) {
		buffer_add_format(out, "css-%05llx%c",
		    (unsigned long long)(value >> 40 & 0xfffff),
		    (char)('a' + value % 26));
		return;
	}
	const char *word = words[value % 16], *part = parts[value / 16 % 10];
	unsigned number = (unsigned)(value / 256 % 90);
	if (value / 512 % 5 == 0 && !is_id)
		buffer_add_format(
		    out, "%s c%u", utilities[value / 1024 % 8], number);
	else if (value / 512 % 5 < 3)
		buffer_add_format(out, "%s__%s--v%u", word, part, number);
	else
		buffer_add_format(out, "%s%c%s%u", word,
		    value / 4096 % 2 ? '-' : '_', part, number);
}

static void
add_classes(struct mutation *m, const char *value)
{
	buffer_add_string(&m->out, " class=\"");
	for (bool first = true; *value != '\0'; first = false) {
		value += strspn(value, " \t\r\n\f");
		size_t length = strcspn(value, " \t\r\n\f");
		if (length == 0)
			break;
		char *token = xstrndup(value, length);
		if (!first)
			buffer_add_byte(&m->out, ' ');
		if (drawn(m->how->seed, token, m->how->classes))
			add_new_name(&m->out, m, token, false);
		else
			add_escaped(&m->out, token);
		free(token);
		value += length;
	}
	buffer_add_byte(&m->out, '"');
}

/* ---- addresses and articles ---- */

static bool
is_of_list(const struct mutation *m, const char *link)
{
	for (size_t i = 0; i < m->list->link_count; i++)
		if (strcmp(m->list->links[i], link) == 0)
			return true;
	return false;
}

static bool
replaces(const struct redesign *how, const char *link)
{
	return drawn(how->seed + 3, link, how->refresh);
}

static bool
is_replaced(const struct mutation *m, const char *link)
{
	return replaces(m->how, link);
}

size_t
mutate_kept(const struct list_of_page *list, const struct redesign *how)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->link_count; i++)
		kept += !replaces(how, list->links[i]);
	return kept;
}

/* Another article's address of the same form: other digits, a slug turned
 * round. */
static char *
replaced_link(const struct mutation *m, const char *link)
{
	char *made = xstrdup(link);
	char *path = strstr(made, "://");
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	uint64_t dice = draw(m->how->seed + 4, link);
	if (path == NULL)
		return made;
	/* the last long number, else letters of the last segment */
	char *number = NULL;
	for (char *at = path; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits >= 5)
			number = at + digits - 4;
		at += digits > 0 ? digits : 1;
	}
	for (int i = 0; number != NULL && i < 4; i++)
		number[i] = (char)('0' + roll(&dice) % 10);
	char *end = strchr(path, '?');
	if (end == NULL)
		end = path + strlen(path);
	char *last = end;
	while (last > path && last[-1] != '/')
		last--;
	if (last == end && last > path + 1) {
		end = last - 1;
		for (last = end; last > path && last[-1] != '/';)
			last--;
	}
	/* longer words of it, so that a slug becomes another's */
	for (char *at = last; at < end; at++)
		if (*at >= 'a' && *at <= 'z' && end - last >= 12 &&
		    (at == last || at[-1] == '-' || at[-1] == '_' ||
			roll(&dice) % 3 == 0))
			*at = (char)('a' + roll(&dice) % 26);
	if (strcmp(made, link) == 0) {
		char *longer = xasprintf("%s%s%llu", link,
		    strchr(link, '?') != NULL ? "&n=" : "?n=",
		    (unsigned long long)(roll(&dice) % 900000 + 100000));
		free(made);
		return longer;
	}
	return made;
}

static char *
prefixed_link(const char *link)
{
	const char *path = strstr(link, "://");
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	if (path == NULL)
		return xstrdup(link);
	/* other numbers, too, so that only titles tell */
	char *made =
	    xasprintf("%.*s/read/archive%s", (int)(path - link), link, path);
	for (char *at = made + (path - link); *at != '\0'; at++)
		if (*at >= '0' && *at <= '9')
			*at = (char)('0' + (*at - '0' + 3) % 10);
	return made;
}

/* What an article's link is after the redesign. */
static char *
new_link(const struct mutation *m, const char *link)
{
	char *one =
	    is_replaced(m, link) ? replaced_link(m, link) : xstrdup(link);
	if (!m->how->prefix)
		return one;
	char *two = prefixed_link(one);
	free(one);
	return two;
}

/* The characters of a text in another order: of a script without blanks. */
static char *
new_characters(uint64_t dice, const char *text)
{
	size_t length = strlen(text), count = 0;
	const char **starts = xcalloc(length + 1, sizeof(*starts));
	const char *at = text, *end = text + length;
	while (at < end) {
		starts[count++] = at;
		(void)text_decode(&at, end);
	}
	starts[count] = end;
	size_t *order = xcalloc(count + 1, sizeof(*order));
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		size_t k = roll(&dice) % i, other = order[k];
		order[k] = order[i - 1];
		order[i - 1] = other;
	}
	struct buffer out = {0};
	buffer_add_string(&out, "");
	for (size_t i = 0; i < count; i++)
		buffer_add(&out, starts[order[i]],
		    (size_t)(starts[order[i] + 1] - starts[order[i]]));
	free(order);
	free(starts);
	return buffer_take(&out);
}

/* The words of a text in another order, drawn from the article's link. */
static char *
new_words(const struct mutation *m, const char *link, const char *text)
{
	uint64_t dice = draw(m->how->seed + 5, link);
	size_t length = strlen(text);
	char *copy = xstrdup(text);
	char **words = xcalloc(length / 2 + 2, sizeof(*words));
	size_t count = 0;
	char *rest = NULL;
	for (char *word = strtok_r(copy, " \t\r\n", &rest); word != NULL;
	     word = strtok_r(NULL, " \t\r\n", &rest))
		words[count++] = word;
	for (size_t i = count; i > 1; i--) {
		size_t k = roll(&dice) % i;
		char *other = words[k];
		words[k] = words[i - 1];
		words[i - 1] = other;
	}
	struct buffer out = {0};
	buffer_add_string(&out, "");
	for (size_t i = 0; i < count; i++)
		buffer_add_format(&out, "%s%s", i > 0 ? " " : "", words[i]);
	free(words);
	free(copy);
	if (count >= 4 && text_cells(text) < count * 14)
		return buffer_take(&out);
	buffer_clear(&out);
	return new_characters(dice, text);
}

/* The story that a node belongs to: the link around it, or that of its item;
 * NULL if none is of the list. */
static const char *
story_of(const struct mutation *m, uint32_t node)
{
	const struct page *page = m->page;
	for (uint32_t at = node; at != PAGE_NONE; at = page->parent[at]) {
		if (m->canonical[at] != NULL && is_of_list(m, m->canonical[at]))
			return m->canonical[at];
		if (!m->is_item[at])
			continue;
		for (uint32_t in_item = at; in_item < page->end[at]; in_item++)
			if (m->canonical[in_item] != NULL &&
			    is_of_list(m, m->canonical[in_item]))
				return m->canonical[in_item];
		return NULL;
	}
	return NULL;
}

/* The last run of five digits or more, which tells an article; NULL if there is
 * none. */
static const char *
number_in(const char *link, size_t *length)
{
	const char *number = NULL;
	for (const char *at = link; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits >= 5) {
			number = at;
			*length = digits;
		}
		at += digits > 0 ? digits : 1;
	}
	return number;
}

/* Another address that an article has in its item (its last page, its
 * comments), by the number that the article has now; NULL if it is none.  The
 * caller's. */
static char *
beside_link(const struct mutation *m, uint32_t node, const char *href)
{
	const char *story = story_of(m, node);
	size_t length = 0, now_length = 0;
	const char *number = story != NULL ? number_in(story, &length) : NULL;
	if (number == NULL)
		return NULL;
	char *old = xstrndup(number, length);
	const char *at = strstr(href, old);
	char *link = new_link(m, story), *made = NULL;
	const char *now = number_in(link, &now_length);
	if (at != NULL && now != NULL)
		made = xasprintf("%.*s%.*s%s", (int)(at - href), href,
		    (int)now_length, now, at + length);
	free(link);
	free(old);
	return made;
}

/* A relative address, as pages write it. */
static void
add_href(struct mutation *m, const char *link)
{
	const char *path = strstr(link, "://");
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	char *host = url_host(link), *own = url_host(m->base);
	bool same = host != NULL && own != NULL && strcmp(host, own) == 0;
	add_escaped(
	    &m->out, path != NULL && same && !m->how->absolute ? path : link);
	free(own);
	free(host);
}

/* ---- elements ---- */

static const char *
new_tag(const struct mutation *m, uint32_t node)
{
	static const struct {
		const char *from, *to;
	} map[] = {{"ul", "div"}, {"ol", "div"}, {"li", "article"},
	    {"article", "div"}, {"h1", "h3"}, {"h2", "div"}, {"h3", "h2"},
	    {"h4", "h3"}, {"span", "em"}, {"time", "span"}, {"section", "div"},
	    {"dl", "div"}, {"dt", "h3"}, {"dd", "div"}};
	const char *tag = page_tag(m->page, node);
	/* what is a table inside stays one */
	for (size_t i = 0; m->how->tags && i < sizeof(map) / sizeof(*map); i++)
		if (strcmp(tag, map[i].from) == 0 &&
		    drawn(m->how->seed + 6, tag, 80))
			return map[i].to;
	return tag;
}

static void
add_attributes(struct mutation *m, uint32_t node)
{
	const struct page *page = m->page;
	const char *story = m->canonical[node];
	bool is_image = strcmp(page_tag(page, node), "img") == 0;
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++) {
		const char *name = page->attributes[i].name;
		const char *value = page->attributes[i].value;
		if (strcmp(name, "class") == 0) {
			add_classes(m, value);
			continue;
		}
		if (strcmp(name, "id") == 0 &&
		    drawn(m->how->seed, value, m->how->ids)) {
			if (drawn(m->how->seed + 7, value, 50)) {
				buffer_add_string(&m->out, " id=\"");
				add_new_name(&m->out, m, value, true);
				buffer_add_byte(&m->out, '"');
			}
			continue;
		}
		if (m->how->tags &&
		    (strncmp(name, "data-", 5) == 0 ||
			strncmp(name, "item", 4) == 0) &&
		    !is_image)
			continue;
		if (m->how->dates && strcmp(name, "datetime") == 0)
			continue;
		if (strpbrk(name, "<>&\"' /=") != NULL)
			continue;
		if (strcmp(name, "href") == 0 && story != NULL &&
		    is_of_list(m, story)) {
			char *link = new_link(m, story);
			buffer_add_string(&m->out, " href=\"");
			add_href(m, link);
			buffer_add_byte(&m->out, '"');
			free(link);
			continue;
		}
		char *beside = strcmp(name, "href") == 0
				   ? beside_link(m, node, value)
				   : NULL;
		if (beside != NULL) {
			buffer_add_string(&m->out, " href=\"");
			add_escaped(&m->out, beside);
			buffer_add_byte(&m->out, '"');
			free(beside);
			continue;
		}
		if (strcmp(name, "title") == 0 || strcmp(name, "alt") == 0 ||
		    strcmp(name, "aria-label") == 0) {
			const char *of = story_of(m, node);
			if (of != NULL && is_replaced(m, of))
				continue;
		}
		if (is_image && m->how->lazy && strcmp(name, "src") == 0) {
			buffer_add_string(&m->out,
			    " src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw="
			    "\" data-src=\"");
			add_escaped(&m->out, value);
			buffer_add_byte(&m->out, '"');
			continue;
		}
		buffer_add_format(&m->out, " %s=\"", name);
		add_escaped(&m->out, value);
		buffer_add_byte(&m->out, '"');
	}
}

/* "5 Mar 2024" for "2024-03-05": digits in another order, where a text is but a
 * date. */
static bool
add_other_date(struct mutation *m, const char *text)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const char *at = text + strspn(text, " \t\r\n");
	unsigned numbers[3] = {0};
	size_t count = 0;
	if (strlen(at) < 8 || strlen(at) > 24)
		return false;
	for (const char *p = at; *p != '\0' && count < 3;) {
		size_t digits = strspn(p, "0123456789");
		if (digits > 0)
			numbers[count++] = (unsigned)strtoul(p, NULL, 10);
		p += digits > 0 ? digits : 1;
	}
	if (count < 3 || numbers[0] < 1990 || numbers[0] > 2100 ||
	    numbers[1] < 1 || numbers[1] > 12 || numbers[2] < 1 ||
	    numbers[2] > 31)
		return false;
	buffer_add_format(&m->out, "%u %s %u", numbers[2],
	    months[numbers[1] - 1], numbers[0]);
	return true;
}

/* A date, a clock, a count: of a new article it is one, too. */
static bool
is_numbers(const char *text)
{
	size_t digits = 0, other = 0;
	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			digits++;
		else
			other += strchr(" \t\r\n", *text) == NULL;
	return other < 40 && digits * 3 >= other;
}

static char *
words_of(const struct mutation *m, uint32_t node)
{
	char *raw = page_text(m->page, node, NULL, 0);
	char *words = text_line(raw, strlen(raw), 120);
	free(raw);
	return words;
}

/* Is a text, however short, a part of a story's title: a word in an element of
 * its own in a link that says more? */
static bool
is_of_title(const struct mutation *m, uint32_t node)
{
	uint32_t at = m->page->parent[node];
	while (at != PAGE_NONE && m->canonical[at] == NULL)
		at = m->page->parent[at];
	if (at == PAGE_NONE || !is_of_list(m, m->canonical[at]))
		return false;
	char *words = words_of(m, at);
	bool is = text_cells(words) >= 12;
	free(words);
	return is;
}

static void
add_text(struct mutation *m, uint32_t node)
{
	static const char *const raw[] = {"script", "style", "noscript", "xmp",
	    "iframe", "noembed", "noframes", "plaintext", NULL};
	const char *text = m->page->text[node];
	const char *parent = page_tag(m->page, m->page->parent[node]);
	if (in(parent, raw)) {
		if (strcmp(parent, "script") == 0 && m->how->tags)
			return; /* the old state speaks of old articles */
		buffer_add_string(&m->out, text);
		return;
	}
	if (m->how->dates && add_other_date(m, text))
		return;
	const char *story = story_of(m, node);
	if (story != NULL && is_replaced(m, story) && !is_numbers(text) &&
	    (text_cells(text) >= 12 || is_of_title(m, node))) {
		char *words = new_words(m, story, text);
		add_escaped(&m->out, words);
		free(words);
	} else
		add_escaped(&m->out, text);
}

static void add_node(struct mutation *, uint32_t node);

static void
add_children(struct mutation *m, uint32_t node)
{
	for (uint32_t at = node + 1; at < m->page->end[node];
	     at = m->page->end[at])
		add_node(m, at);
}

/* ---- what is added to the page ---- */

static void
add_ad(struct mutation *m, const struct page *page, uint32_t model,
    unsigned number)
{
	const char *classes = page_attribute(page, model, "class");
	const char *tag = new_tag(m, model);
	buffer_add_format(&m->out, "<%s", tag);
	if (classes != NULL)
		add_classes(m, classes);
	if (number % 2 == 0)
		buffer_add_format(&m->out,
		    "><a href=\"https://ads.example/click?c=%u\">What nobody "
		    "tells you about insurance number %u</a></%s>",
		    number * 7919, number, tag);
	else {
		buffer_add_string(&m->out, "><a href=\"");
		char *link = url_resolve(m->base, "/sponsored/", NULL);
		add_escaped(&m->out, link != NULL ? link : "/sponsored/");
		buffer_add_format(&m->out,
		    "offer-%u\">Our partner's offer of the week, number %u"
		    "</a></%s>",
		    number * 31, number, tag);
		free(link);
	}
}

/* The five first stories again, in a box of their own; or what they were, a
 * half of the list at most. */
static void
add_most_read(struct mutation *m)
{
	bool is_past = m->how->box;
	/* a box is no list */
	size_t most = is_past && m->list->count < 10 ? m->list->count / 2 : 5;
	buffer_add_string(
	    &m->out, "<aside class=\"box-most\"><h4>Most read</h4><ol>");
	size_t shown = 0;
	for (size_t i = 0; i < m->list->count && shown < most; i++) {
		const char *story = story_of(m, m->list->items[i]);
		uint32_t anchor = PAGE_NONE;
		size_t longest = 0;
		for (uint32_t at = m->list->items[i];
		     story != NULL && at < m->page->end[m->list->items[i]];
		     at++)
			if (m->canonical[at] != NULL &&
			    strcmp(m->canonical[at], story) == 0) {
				char *words = words_of(m, at);
				if (strlen(words) > longest) {
					longest = strlen(words);
					anchor = at;
				}
				free(words);
			}
		if (anchor == PAGE_NONE)
			continue;
		char *link = is_past ? xstrdup(story) : new_link(m, story);
		char *words = words_of(m, anchor);
		char *title = !is_past && is_replaced(m, story)
				  ? new_words(m, story, words)
				  : xstrdup(words);
		buffer_add_string(&m->out, "<li><a href=\"");
		add_href(m, link);
		buffer_add_string(&m->out, "\">");
		add_escaped(&m->out, title);
		buffer_add_string(&m->out, "</a></li>");
		free(title);
		free(words);
		free(link);
		shown++;
	}
	buffer_add_string(&m->out, "</ol></aside>");
}

static void
add_sticky(struct mutation *m)
{
	buffer_add_string(&m->out, "<div class=\"sticky-menu\"><ul>");
	for (int i = 0; i < 200; i++)
		buffer_add_format(&m->out,
		    "<li><a href=\"/topic/t%d\">Topic %d</a></li>", i, i);
	buffer_add_string(&m->out, "</ul></div>");
}

/* ---- the items ---- */

static bool
is_row(const struct mutation *m, uint32_t item)
{
	static const char *const rows[] = {"tr", "td", "th", "tbody", NULL};
	return in(page_tag(m->page, item), rows) ||
	       in(page_tag(m->page, m->page->parent[item]), rows);
}

static void
add_item(struct mutation *m, uint32_t item, bool is_lead)
{
	const struct redesign *how = m->how;
	const char *tag = new_tag(m, item);
	bool row = is_row(m, item);
	bool is_link = strcmp(page_tag(m->page, item), "a") == 0;
	bool split = how->split && !row && !is_link;
	if (how->wrap_around && !row)
		buffer_add_string(&m->out, is_lead ? "<div class=\"wrap lead\">"
						   : "<div class=\"wrap\">");
	buffer_add_format(&m->out, "<%s", tag);
	add_attributes(m, item);
	buffer_add_byte(&m->out, '>');
	if (how->wrap_inside && !row && !is_link)
		buffer_add_string(&m->out, "<div class=\"inner\">");
	if (split)
		buffer_add_string(&m->out, "<div class=\"half\">");
	if (how->unwrap && !row &&
	    page_first_child(m->page, item) != PAGE_NONE &&
	    m->page->end[page_first_child(m->page, item)] ==
		m->page->end[item] &&
	    !is_link && m->canonical[page_first_child(m->page, item)] == NULL)
		add_children(m, page_first_child(m->page, item));
	else
		add_children(m, item);
	if (split)
		buffer_add_string(&m->out,
		    "</div><div class=\"half\"><span class=\"share\">Share"
		    "</span></div>");
	if (how->wrap_inside && !row && !is_link)
		buffer_add_string(&m->out, "</div>");
	buffer_add_format(&m->out, "</%s>", tag);
	if (how->wrap_around && !row)
		buffer_add_string(&m->out, "</div>");
}

/* The items of one parent, all of them when the first is met. */
static void
add_items_of(struct mutation *m, uint32_t first)
{
	const struct page *page = m->page;
	uint32_t parent = page->parent[first];
	uint32_t *siblings = xcalloc(m->list->count, sizeof(*siblings));
	size_t count = 0;
	for (size_t i = 0; i < m->list->count; i++)
		if (page->parent[m->list->items[i]] == parent)
			siblings[count++] = m->list->items[i];
	if (siblings[0] != first) {
		free(siblings);
		return; /* written with its first sibling */
	}
	uint64_t dice = m->how->seed + parent;
	for (size_t i = count; m->how->reorder && i > 2; i--) {
		size_t k = 1 + roll(&dice) % (i - 1);
		uint32_t other = siblings[k];
		siblings[k] = siblings[i - 1];
		siblings[i - 1] = other;
	}
	bool columns = m->how->columns && count >= 6 && !is_row(m, first);
	if (columns)
		buffer_add_string(&m->out, "<div class=\"column\">");
	unsigned ads = count >= 5 ? m->how->ads : 0;
	for (size_t i = 0; i < count; i++) {
		if (columns && i == count / 2)
			buffer_add_string(
			    &m->out, "</div><div class=\"column\">");
		add_item(m, siblings[i], m->how->lead && i == 0);
		if (ads > 0 && i % 4 == 2 && !is_row(m, first)) {
			add_ad(m, page, siblings[i], ads);
			ads--;
		}
	}
	if (columns)
		buffer_add_string(&m->out, "</div>");
	free(siblings);
}

static void
add_node(struct mutation *m, uint32_t node)
{
	static const char *const voids[] = {"area", "base", "br", "col",
	    "embed", "hr", "img", "input", "link", "meta", "param", "source",
	    "track", "wbr", NULL};
	const struct page *page = m->page;
	const char *tag = page_tag(page, node);
	if (page->text[node] != NULL) {
		add_text(m, node);
		return;
	}
	if (strcmp(tag, "base") == 0)
		return; /* written anew */
	if (m->is_item[node]) {
		add_items_of(m, node);
		return;
	}
	const char *name = new_tag(m, node);
	buffer_add_format(&m->out, "<%s", name);
	add_attributes(m, node);
	buffer_add_byte(&m->out, '>');
	if (in(tag, voids))
		return;
	if (strcmp(tag, "head") == 0) {
		buffer_add_string(
		    &m->out, "<meta charset=\"utf-8\"><base href=\"");
		add_escaped(&m->out, m->base);
		buffer_add_string(&m->out, "\">");
	}
	if (strcmp(tag, "body") == 0 && m->how->sticky)
		add_sticky(m);
	add_children(m, node);
	if (strcmp(tag, "body") == 0 && (m->how->most_read || m->how->box))
		add_most_read(m);
	buffer_add_format(&m->out, "</%s>", name);
}

/* ---- together ---- */

static char *
base_of(const struct page *page, const char *url)
{
	size_t count = 0;
	uint32_t tag = page_tag_index(page, "base");
	const uint32_t *bases =
	    tag != 0 ? page_with_tag(page, tag, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const char *href = page_attribute(page, bases[i], "href");
		char *base = href != NULL ? url_resolve(url, href, NULL) : NULL;
		if (base != NULL)
			return base;
	}
	return xstrdup(url);
}

static void
mutation_begin(struct mutation *m, const struct page *page, const char *url,
    const struct list_of_page *list, const struct redesign *how)
{
	*m = (struct mutation){
	    .page = page,
	    .url = url,
	    .base = base_of(page, url),
	    .list = list,
	    .how = how,
	    .is_item = xcalloc(page->count, sizeof(bool)),
	    .canonical = xcalloc(page->count, sizeof(char *)),
	};
	for (size_t i = 0; i < list->count; i++)
		m->is_item[list->items[i]] = true;
	for (uint32_t node = 0; node < page->count; node++) {
		const char *href =
		    page->text[node] == NULL &&
			    strcmp(page_tag(page, node), "a") == 0
			? page_attribute(page, node, "href")
			: NULL;
		if (href == NULL || href[0] == '#')
			continue;
		m->canonical[node] = url_canonical(m->base, href, NULL);
		/* all links to one article change alike */
		char *key = m->canonical[node] != NULL
				? url_key(m->canonical[node])
				: NULL;
		for (size_t i = 0; key != NULL && i < list->link_count; i++) {
			char *other = url_key(list->links[i]);
			bool same = strcmp(key, other) == 0;
			free(other);
			if (!same)
				continue;
			free(m->canonical[node]);
			m->canonical[node] = xstrdup(list->links[i]);
			break;
		}
		free(key);
	}
}

static void
mutation_end(struct mutation *m)
{
	for (uint32_t node = 0; node < m->page->count; node++)
		free(m->canonical[node]);
	free(m->canonical);
	free(m->is_item);
	free(m->base);
}

char *
mutate_page(const struct page *page, const char *url,
    const struct list_of_page *list, const struct redesign *how, char ***truth,
    size_t *truth_count)
{
	struct mutation m;
	mutation_begin(&m, page, url, list, how);
	buffer_add_string(&m.out, "<!DOCTYPE html>");
	add_node(&m, 0);
	*truth = xcalloc(list->link_count + 1, sizeof(**truth));
	*truth_count = 0;
	for (size_t i = 0; i < list->link_count; i++) {
		char *link = new_link(&m, list->links[i]);
		char *canonical = url_canonical(NULL, link, NULL);
		(*truth)[(*truth_count)++] =
		    canonical != NULL ? canonical : xstrdup(list->links[i]);
		free(link);
	}
	mutation_end(&m);
	return buffer_take(&m.out);
}

/* Another's list where this one was. */
static struct redesign
other_list(uint64_t seed, bool box)
{
	return (struct redesign){
	    .seed = seed,
	    .classes = 100,
	    .ids = 100,
	    .tags = true,
	    .wrap_around = true,
	    .refresh = 100,
	    .prefix = true,
	    .box = box,
	};
}

char *
mutate_outage(const struct page *page, const char *url,
    const struct list_of_page *list, enum outage outage, uint64_t seed,
    char ***truth, size_t *truth_count)
{
	static const char *const captchas[] = {
	    "<html><head><title>Just a moment...</title></head><body><div id="
	    "challenge-running class=cf-challenge-running></div><script src="
	    "/cdn-cgi/challenge-platform/x.js></script></body></html>",
	    "<html><head><title>Access denied</title></head><body><h1>Access "
	    "denied</h1><p>Verify you are human</p><div class=g-recaptcha>"
	    "</div></body></html>",
	};
	static const char *const works[] = {
	    "<html><head><title>Maintenance</title></head><body><h1>We are "
	    "down for maintenance</h1><p>Back soon.</p></body></html>",
	    "<html><head><title>503 Service Unavailable</title></head><body>"
	    "<h1>Service Unavailable</h1></body></html>",
	};
	struct redesign other = other_list(seed, outage == OUTAGE_BOX);
	if (outage == OUTAGE_OTHER || outage == OUTAGE_BOX)
		return mutate_page(page, url, list, &other, truth, truth_count);
	*truth = xcalloc(1, sizeof(**truth));
	*truth_count = 0;
	switch (outage) {
	case OUTAGE_CAPTCHA:
		return xstrdup(captchas[seed % 2]);
	case OUTAGE_MAINTENANCE:
		return xstrdup(works[seed % 2]);
	case OUTAGE_CONSENT:
		return xstrdup(
		    "<html><head><title>Before you continue</title></head>"
		    "<body><h1>Before you continue</h1><form>We use cookies"
		    "<button>Accept all</button></form></body></html>");
	case OUTAGE_SHELL:
		return xstrdup("<html><body><div id=root></div><script src="
			       "/m.js></script></body></html>");
	default:
		break;
	}
	struct redesign same = {.seed = seed};
	struct mutation m;
	mutation_begin(&m, page, "https://nowhere.example/", list, &same);
	buffer_add_string(&m.out, "<!DOCTYPE html>");
	struct list_of_page none = {0};
	if (outage == OUTAGE_EMPTY) {
		m.list = &none;
		/* an item that is met writes those of the list, of which there
		 * are none */
		for (uint32_t node = 0; node < page->count; node++)
			if (m.is_item[node])
				m.is_item[node] = false;
	}
	struct buffer *out = &m.out;
	if (outage == OUTAGE_EMPTY) {
		bool *skip = xcalloc(page->count, sizeof(*skip));
		for (size_t i = 0; i < list->link_count; i++)
			for (uint32_t node = list->starts[i];
			     node < list->ends[i]; node++)
				skip[node] = true;
		/* by hand, since nothing else leaves elements out */
		uint32_t open[1024];
		size_t depth = 0;
		for (uint32_t node = 0; node < page->count;) {
			while (depth > 0 && page->end[open[depth - 1]] <= node)
				buffer_add_format(out, "</%s>",
				    page_tag(page, open[--depth]));
			if (skip[node]) {
				node++;
				continue;
			}
			if (page->text[node] != NULL)
				add_text(&m, node);
			else {
				buffer_add_format(
				    out, "<%s", page_tag(page, node));
				add_attributes(&m, node);
				buffer_add_byte(out, '>');
				if (depth < 1024 && page->end[node] > node + 1)
					open[depth++] = node;
			}
			node++;
		}
		while (depth > 0)
			buffer_add_format(
			    out, "</%s>", page_tag(page, open[--depth]));
		free(skip);
	} else
		add_node(&m, 0);
	char *html = buffer_take(out);
	if (outage == OUTAGE_CUT)
		html[strlen(html) * (40 + seed % 40) / 100] = '\0';
	mutation_end(&m);
	return html;
}
