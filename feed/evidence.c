#include "feed/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define BARE_CELLS 1500 /* a page of few words: its text is looked at */
#define SHELL_CELLS 220
#define SHELL_LINKS 2
#define SCRIPT_BYTES (16 << 10) /* longer scripts are a site's own */
#define SCRIPTS_BYTES (64 << 10)
#define FEW_BROKEN 5
#define FEW_BEYOND 20
#define QUOTED 80 /* characters of what is quoted */
#define LOOKED_SLOTS 256

void
evidence_add(struct evidence *evidence, enum verdict_kind kind,
    enum sign_grade grade, char *words)
{
	char *line = words != NULL
			 ? text_line(words, strlen(words), EVIDENCE_WORDS / 4)
			 : NULL;
	free(words);
	if (evidence->count == EVIDENCE_SIGNS)
		free(line);
	else
		evidence->signs[evidence->count++] =
		    (struct sign){.kind = kind, .grade = grade, .words = line};
}

void
evidence_clear(struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		free(evidence->signs[i].words);
	*evidence = (struct evidence){0};
}

static bool
has_sign(const struct evidence *evidence, enum verdict_kind kind)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (evidence->signs[i].kind == kind)
			return true;
	return false;
}

/* ---- bytes ---- */

static const struct {
	const char *bytes;
	size_t length;
	const char *words;
} magic[] = {
    {"%PDF-", 5, "is a PDF document"},
    {"\x89PNG\r\n", 6, "is a picture (PNG)"},
    {"GIF87a", 6, "is a picture (GIF)"},
    {"GIF89a", 6, "is a picture (GIF)"},
    {"\xff\xd8\xff", 3, "is a picture (JPEG)"},
    {"RIFF", 4, "is a picture or a sound (RIFF)"},
    {"PK\x03\x04", 4, "is a zip archive"},
    {"\x1f\x8b\x08", 3, "is a gzip file"},
    {"\x7f"
     "ELF",
	4, "is a program"},
    {"\0\0\0\x18"
     "ftyp",
	8, "is a film"},
    {"\0\0\0\x20"
     "ftyp",
	8, "is a film"},
    {"OggS", 4, "is a sound (Ogg)"},
    {"ID3", 3, "is a sound (MP3)"},
    {"wOF2", 4, "is a font"},
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The name of an XML document's first element; "" if none is near. */
static size_t
root_name(const char *at, const char *end, const char **name)
{
	for (int i = 0; i < 16 && at < end; i++) {
		at = memchr(at, '<', (size_t)(end - at));
		if (at == NULL || ++at == end)
			return 0;
		if (*at == '!' || *at == '?')
			continue;
		*name = at;
		while (at < end && !is_space(*at) && *at != '>' && *at != '/')
			at++;
		return (size_t)(at - *name);
	}
	return 0;
}

static bool
is_other_xml(const char *at, const char *end, struct evidence *evidence)
{
	static const char *const roots[] = {"rss", "feed", "rdf:RDF", "urlset",
	    "sitemapindex", "opml", "svg", "Error", "wml"};
	const char *name = NULL;
	size_t length = root_name(at, end, &name);
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		if (length != strlen(roots[i]) ||
		    memcmp(name, roots[i], length) != 0)
			continue;
		evidence_add(evidence, VERDICT_NO_PAGE, SIGN_STRONG,
		    i < 3 ? xasprintf("is a feed already (%s)", roots[i])
			  : xasprintf("is XML (%s)", roots[i]));
		return true;
	}
	return false;
}

bool
evidence_of_bytes(const char *bytes, size_t length, struct evidence *evidence)
{
	const char *at = bytes, *end = bytes + length;
	for (size_t i = 0; i < sizeof(magic) / sizeof(*magic); i++) {
		if (length < magic[i].length ||
		    memcmp(bytes, magic[i].bytes, magic[i].length) != 0)
			continue;
		evidence_add(evidence, VERDICT_NO_PAGE, SIGN_STRONG,
		    xstrdup(magic[i].words));
		return true;
	}
	if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end && is_space(*at))
		at++;
	while (end > at && is_space(end[-1]))
		end--;
	if (end - at >= 2 && ((*at == '{' && end[-1] == '}') ||
				 (*at == '[' && end[-1] == ']'))) {
		evidence_add(
		    evidence, VERDICT_NO_PAGE, SIGN_STRONG, xstrdup("is JSON"));
		return true;
	}
	return at < end && *at == '<' && is_other_xml(at, end, evidence);
}

/* ---- names: title and heading ---- */

static const char *
cut_name(const char *at, size_t *gap)
{
	static const char *const separators[] = {"|", "\xc2\xb7",
	    "\xe2\x80\xa2", "\xc2\xbb", "\xc2\xab", "\xe2\x80\xba", "::", " - ",
	    " \xe2\x80\x93 ", " \xe2\x80\x94 ", " : "};
	for (; *at != '\0'; at++)
		for (size_t i = 0; i < sizeof(separators) / sizeof(*separators);
		     i++) {
			*gap = strlen(separators[i]);
			if (strncmp(at, separators[i], *gap) == 0)
				return at;
		}
	*gap = 0;
	return at;
}

static bool
phrase_fits(const struct phrase *phrase, const char *folded, bool may_start)
{
	if (phrase->place == PHRASE_SAID ||
	    (phrase->place == PHRASE_STARTS && !may_start))
		return false;
	/* folding is dear, and most differ in their first letter */
	char first = (char)(phrase->text[0] | 0x20);
	if (first >= 'a' && first <= 'z' && first != folded[0])
		return false;
	char *wanted = text_fold(phrase->text);
	size_t length = strlen(wanted);
	bool fits = strncmp(folded, wanted, length) == 0 &&
		    (phrase->place == PHRASE_STARTS || folded[length] == '\0');
	free(wanted);
	return fits;
}

/* `part` is the whole name or what stands between two separators. */
static const struct phrase *
find_phrase(const char *part, size_t length, bool may_start)
{
	const struct phrase *found = NULL;
	char *copy = xstrndup(part, length);
	char *folded = text_fold(copy);
	for (size_t i = 0; i < evidence_phrase_count && folded[0] != '\0' &&
			   (found == NULL || found->grade != SIGN_STRONG);
	     i++)
		if (phrase_fits(&evidence_phrases[i], folded, may_start))
			found = &evidence_phrases[i];
	free(folded);
	free(copy);
	return found;
}

static void
judge_name(const char *name, const char *verb, struct evidence *evidence)
{
	const struct phrase *found = find_phrase(name, strlen(name), true);
	size_t gap;
	const char *at = name;
	for (bool first = true; found == NULL; first = false) {
		const char *end = cut_name(at, &gap);
		found = find_phrase(at, (size_t)(end - at), first);
		if (*end == '\0')
			break;
		at = end + gap;
	}
	/* a folder that the server lists */
	if (found == NULL && strncmp(name, "Index of /", 10) == 0) {
		evidence_add(evidence, VERDICT_MISSING, SIGN_STRONG,
		    xasprintf("%s '%s'", verb, name));
		return;
	}
	if (found != NULL &&
	    (found->grade == SIGN_STRONG || !has_sign(evidence, found->kind)))
		evidence_add(evidence, found->kind, found->grade,
		    xasprintf("%s '%s'", verb, name));
}

/* The first heading, unless it is a headline. */
static void
judge_heading(const struct page *page, struct evidence *evidence)
{
	size_t count = 0, links = 0;
	const uint32_t *nodes =
	    page_with_tag(page, page_tag_index(page, "h1"), &count);
	if (count == 0)
		nodes = page_with_tag(page, page_tag_index(page, "h2"), &count);
	if (count == 0)
		return;
	const uint32_t *anchors =
	    page_with_tag(page, page_tag_index(page, "a"), &links);
	for (size_t i = 0; i < links; i++)
		if (page_contains(page, nodes[0], anchors[i]) ||
		    page_contains(page, anchors[i], nodes[0]))
			return;
	char *raw = page_text(page, nodes[0], NULL, 0);
	char *line = text_line(raw, strlen(raw), QUOTED);
	judge_name(line, "has the heading", evidence);
	free(line);
	free(raw);
}

/* ---- attributes and scripts ---- */

static void
look_for_markers(const char *in, bool seen[], struct evidence *evidence)
{
	for (size_t i = 0; i < evidence_marker_count; i++) {
		const struct marker *marker = &evidence_markers[i];
		if (seen[i] || strstr(in, marker->text) == NULL)
			continue;
		seen[i] = true;
		evidence_add(evidence, marker->kind, marker->grade,
		    xasprintf("holds %s", marker->text));
	}
}

static bool
attribute_is_looked_at(const struct page *page, uint32_t node, const char *name)
{
	static const char *const names[] = {
	    "id", "class", "src", "action", "name", "content"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return strcmp(name, "content") != 0 ||
			       page_attribute(page, node, "http-equiv") != NULL;
	return false;
}

/* Values looked at last, each where its bytes lead: a page has few classes, and
 * each of them many times. */
struct looked {
	const char *values[LOOKED_SLOTS];
};

static bool
is_looked_at_again(struct looked *looked, const char *value)
{
	uint32_t hash = 0;
	for (const char *at = value; *at != '\0'; at++)
		hash = hash * 31 + (unsigned char)*at;
	const char **slot = &looked->values[hash % LOOKED_SLOTS];
	if (*slot != NULL && strcmp(*slot, value) == 0)
		return true;
	*slot = value;
	return false;
}

static void
judge_attributes(const struct page *page, uint32_t node, struct looked *looked,
    bool seen[], struct evidence *evidence)
{
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++) {
		const struct page_attribute *one = &page->attributes[i];
		if (attribute_is_looked_at(page, node, one->name) &&
		    !is_looked_at_again(looked, one->value))
			look_for_markers(one->value, seen, evidence);
	}
}

static void
judge_markup(const struct page *page, struct evidence *evidence)
{
	bool *seen = xcalloc(evidence_marker_count, sizeof(*seen));
	struct looked looked = {{NULL}};
	uint32_t script = page_tag_index(page, "script");
	/* what links lead to is news */
	uint32_t a = page_tag_index(page, "a");
	uint32_t img = page_tag_index(page, "img");
	size_t left = SCRIPTS_BYTES;
	for (uint32_t node = 0; node < page->count; node++) {
		if (page->tag[node] == 0) {
			uint32_t parent = page->parent[node];
			size_t length = strlen(page->text[node]);
			if (script == 0 || parent == PAGE_NONE ||
			    page->tag[parent] != script ||
			    length > SCRIPT_BYTES || length > left)
				continue;
			left -= length;
			look_for_markers(page->text[node], seen, evidence);
			continue;
		}
		if (page->tag[node] != a && page->tag[node] != img)
			judge_attributes(page, node, &looked, seen, evidence);
	}
	free(seen);
}

/* ---- elements ---- */

static size_t
count_tag(const struct page *page, const char *name)
{
	size_t count = 0;
	uint32_t tag = page_tag_index(page, name);
	if (tag != 0)
		(void)page_with_tag(page, tag, &count);
	return count;
}

/* The first element with that tag whose attribute has that value. */
static uint32_t
find_element(const struct page *page, const char *tag, const char *attribute,
    const char *value)
{
	size_t count = 0;
	uint32_t index = page_tag_index(page, tag);
	const uint32_t *nodes =
	    index != 0 ? page_with_tag(page, index, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const char *has = page_attribute(page, nodes[i], attribute);
		if (has != NULL && text_equals_ignoring_case(has, value))
			return nodes[i];
	}
	return PAGE_NONE;
}

static char *
quote(const char *string)
{
	return text_line(string, strlen(string), QUOTED);
}

/* "0; url=/check" */
static void
judge_refresh(
    const struct page *page, const char *url, struct evidence *evidence)
{
	uint32_t node = find_element(page, "meta", "http-equiv", "refresh");
	const char *content =
	    node != PAGE_NONE ? page_attribute(page, node, "content") : NULL;
	if (content == NULL)
		return;
	content += strcspn(content, ";,");
	content += strspn(content, ";, ");
	if (text_begins_ignoring_case(content, "url", 3))
		content += 3 + strspn(content + 3, "= '\"");
	char *target = xstrndup(content, strcspn(content, "'\""));
	char *to = url_resolve(url, target, NULL);
	if (to != NULL && strcmp(to, url) != 0) {
		char *shown = quote(target);
		evidence_add(evidence, VERDICT_MOVED, SIGN_WEAK,
		    xasprintf("only sends readers on to '%s'", shown));
		free(shown);
	} else
		evidence_add(evidence, VERDICT_BLOCKED, SIGN_WEAK,
		    xstrdup("only loads itself again"));
	free(to);
	free(target);
}

static void
judge_shell(const struct page *page, struct evidence *evidence)
{
	static const char *const roots[] = {
	    "app", "root", "__next", "__nuxt", "___gatsby", "svelte", "q-app"};
	size_t count;
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++)
		if (page_with_id(page, roots[i], &count) != NULL && count > 0) {
			evidence_add(evidence, VERDICT_SHELL, SIGN_WEAK,
			    xasprintf(
				"is an empty #%s: needs JavaScript", roots[i]));
			return;
		}
	if (count_tag(page, "script") > 0 && evidence->width == 0)
		evidence_add(evidence, VERDICT_BLOCKED, SIGN_WEAK,
		    xstrdup("holds nothing but scripts"));
}

static void
judge_frames(const struct page *page, struct evidence *evidence)
{
	size_t count = 0;
	uint32_t tag = page_tag_index(page, "frame");
	const uint32_t *nodes =
	    tag != 0 ? page_with_tag(page, tag, &count) : NULL;
	char *frames = NULL;
	for (size_t i = 0; i < count && i < 3; i++) {
		const char *src = page_attribute(page, nodes[i], "src");
		char *shown = quote(src != NULL ? src : "");
		char *longer = xasprintf("%s%s%s", frames != NULL ? frames : "",
		    frames != NULL ? ", " : "", shown);
		free(shown);
		free(frames);
		frames = longer;
	}
	if (frames != NULL)
		evidence_add(evidence, VERDICT_SHELL, SIGN_WEAK,
		    xasprintf("is made of frames: %s", frames));
	free(frames);
}

static bool
path_is_root(const char *url)
{
	char *path = url_path(url);
	bool is_root = path != NULL && strcmp(path, "/") == 0;
	free(path);
	return is_root;
}

static void
judge_canonical(
    const struct page *page, const char *url, struct evidence *evidence)
{
	uint32_t node = find_element(page, "link", "rel", "canonical");
	const char *href =
	    node != PAGE_NONE ? page_attribute(page, node, "href") : NULL;
	char *canonical = href != NULL ? url_resolve(url, href, NULL) : NULL;
	if (canonical != NULL && path_is_root(canonical) && !path_is_root(url))
		evidence_add(evidence, VERDICT_MOVED, SIGN_WEAK,
		    xstrdup("calls itself the front page (canonical)"));
	free(canonical);
}

/* ---- text ---- */

/* Letters beyond ASCII that are bytes of UTF-8 read as Latin: "Ã©", "ì—". */
static uint8_t
latin_byte(uint32_t c)
{
	static const uint16_t high[32] = {0x20ac, 0x81, 0x201a, 0x192, 0x201e,
	    0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
	    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	    0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};
	if (c >= 0x80 && c <= 0xff)
		return (uint8_t)c;
	if (c < 0x152 || c > 0x2122) /* the least and the greatest of them */
		return 0;
	for (unsigned i = 0; i < 32; i++)
		if (high[i] == c)
			return (uint8_t)(0x80 + i);
	return 0;
}

static uint32_t
share(uint64_t part, uint64_t whole, uint32_t of)
{
	return whole > 0 ? (uint32_t)(part * of / whole) : 0;
}

static void
count_letters(const char *text, struct evidence *evidence)
{
	const char *at = text, *end = text + strlen(text);
	uint32_t all = 0, broken = 0, letters = 0, foreign = 0;
	uint32_t beyond = 0, wrong = 0;
	unsigned wanted = 0, run = 0;
	while (at < end) {
		uint32_t c = text_decode(&at, end);
		uint8_t byte = latin_byte(c);
		bool is_foreign =
		    c >= 0x370 && (c < 0x2000 || c >= 0x3041) && c != 0xfffd;
		all++;
		broken += c == 0xfffd;
		foreign += is_foreign;
		letters += is_foreign || (c | 0x20) - 'a' < 26;
		beyond += c >= 0x80;
		if (wanted > 0 && byte >= 0x80 && byte <= 0xbf) {
			run++;
			if (--wanted == 0)
				wrong += run;
			continue;
		}
		wanted = byte >= 0xc2 && byte <= 0xdf   ? 1
			 : byte >= 0xe0 && byte <= 0xef ? 2
							: 0;
		run = 1;
	}
	evidence->broken = broken >= FEW_BROKEN ? share(broken, all, 10000) : 0;
	evidence->mojibake =
	    beyond >= FEW_BEYOND ? share(wrong, beyond, 100) : 0;
	evidence->foreign = share(foreign, letters, 100);
}

/* Once for each kind: that a text says much about captchas is no more. */
static void
judge_said(const char *text, struct evidence *evidence)
{
	bool said[VERDICT_COUNT] = {false};
	char *folded = text_fold(text);
	for (size_t i = 0; i < evidence_phrase_count; i++) {
		const struct phrase *phrase = &evidence_phrases[i];
		if (phrase->place != PHRASE_SAID || said[phrase->kind])
			continue;
		char *wanted = text_fold(phrase->text);
		if (strstr(folded, wanted) != NULL) {
			said[phrase->kind] = true;
			evidence_add(evidence, phrase->kind, phrase->grade,
			    xasprintf("says '%s'", phrase->text));
		}
		free(wanted);
	}
	free(folded);
}

static void
judge_text(const struct page *page, struct evidence *evidence)
{
	size_t count = 0;
	uint32_t tag = page_tag_index(page, "a");
	const uint32_t *anchors =
	    tag != 0 ? page_with_tag(page, tag, &count) : NULL;
	char *text = page_text(page, 0, NULL, 0);
	char *folded = text_paragraphs(text, strlen(text), strlen(text));
	size_t cells = text_cells(folded);
	evidence->width = cells < UINT32_MAX ? (uint32_t)cells : UINT32_MAX;
	evidence->links = (uint32_t)count;
	count_letters(folded, evidence);
	free(folded);
	free(text);
	if (evidence->width > BARE_CELLS)
		return;
	char *outside = page_text(page, 0, anchors, count);
	judge_said(outside, evidence);
	free(outside);
}

void
evidence_gather(const struct page *page, const char *utf8, size_t length,
    const char *url, struct evidence *evidence)
{
	char *title = quote(page->title);
	evidence->ending = ending_of(utf8, length);
	judge_name(title, "is titled", evidence);
	free(title);
	judge_heading(page, evidence);
	judge_markup(page, evidence);
	judge_text(page, evidence);
	if (find_element(page, "input", "type", "password") != PAGE_NONE)
		evidence_add(evidence, VERDICT_LOGIN, SIGN_WEAK,
		    xstrdup("has a password field"));
	sketch_page(page, &evidence->sketch);
	judge_canonical(page, url, evidence);
	judge_frames(page, evidence);
	if (evidence->width < SHELL_CELLS && evidence->links <= SHELL_LINKS) {
		judge_refresh(page, url, evidence);
		judge_shell(page, evidence);
	}
}
