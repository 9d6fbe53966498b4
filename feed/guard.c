#include "feed/guard.h"

#include <stdlib.h>
#include <string.h>

#include "feed/intern.h"
#include "feed/memory.h"

enum kind {
	KIND_VOID = 1,         /* never has an end tag */
	KIND_OPTIONAL = 2,     /* closed by the next of its kind */
	KIND_RAW = 4,          /* content is text up to the end tag */
	KIND_SCRIPT = 8,       /* ... with the escapes of script data */
	KIND_BREAKOUT = 16,    /* ends SVG and MathML (HTML 13.2.6.5) */
	KIND_FOREIGN = 32,     /* begins SVG or MathML */
	KIND_INTEGRATION = 64, /* HTML inside SVG or MathML */
	KIND_SELECT = 128,
	KIND_PLAINTEXT = 256, /* all the rest is text */
};

static const struct {
	const char *name;
	unsigned kind;
} kinds[] = {
    {"annotation-xml", KIND_INTEGRATION},
    {"area", KIND_VOID},
    {"b", KIND_BREAKOUT},
    {"base", KIND_VOID},
    {"basefont", KIND_VOID},
    {"bgsound", KIND_VOID},
    {"big", KIND_BREAKOUT},
    {"blockquote", KIND_BREAKOUT},
    {"body", KIND_OPTIONAL | KIND_BREAKOUT},
    {"br", KIND_VOID | KIND_BREAKOUT},
    {"center", KIND_BREAKOUT},
    {"code", KIND_BREAKOUT},
    {"col", KIND_VOID},
    {"colgroup", KIND_OPTIONAL},
    {"dd", KIND_OPTIONAL | KIND_BREAKOUT},
    {"desc", KIND_INTEGRATION},
    {"div", KIND_BREAKOUT},
    {"dl", KIND_BREAKOUT},
    {"dt", KIND_OPTIONAL | KIND_BREAKOUT},
    {"em", KIND_BREAKOUT},
    {"embed", KIND_VOID | KIND_BREAKOUT},
    {"font", KIND_BREAKOUT},
    {"foreignobject", KIND_INTEGRATION},
    {"frame", KIND_VOID},
    {"h1", KIND_BREAKOUT},
    {"h2", KIND_BREAKOUT},
    {"h3", KIND_BREAKOUT},
    {"h4", KIND_BREAKOUT},
    {"h5", KIND_BREAKOUT},
    {"h6", KIND_BREAKOUT},
    {"head", KIND_OPTIONAL | KIND_BREAKOUT},
    {"hr", KIND_VOID | KIND_BREAKOUT},
    {"html", KIND_OPTIONAL},
    {"i", KIND_BREAKOUT},
    {"iframe", KIND_RAW},
    {"img", KIND_VOID | KIND_BREAKOUT},
    {"input", KIND_VOID},
    {"keygen", KIND_VOID},
    {"li", KIND_OPTIONAL | KIND_BREAKOUT},
    {"link", KIND_VOID},
    {"listing", KIND_BREAKOUT},
    {"math", KIND_FOREIGN},
    {"menu", KIND_BREAKOUT},
    {"meta", KIND_VOID | KIND_BREAKOUT},
    {"mi", KIND_INTEGRATION},
    {"mn", KIND_INTEGRATION},
    {"mo", KIND_INTEGRATION},
    {"ms", KIND_INTEGRATION},
    {"mtext", KIND_INTEGRATION},
    {"nobr", KIND_BREAKOUT},
    {"noembed", KIND_RAW},
    {"noframes", KIND_RAW},
    {"ol", KIND_BREAKOUT},
    {"optgroup", KIND_OPTIONAL},
    {"option", KIND_OPTIONAL},
    {"p", KIND_OPTIONAL | KIND_BREAKOUT},
    {"param", KIND_VOID},
    {"plaintext", KIND_PLAINTEXT},
    {"pre", KIND_BREAKOUT},
    {"rp", KIND_OPTIONAL},
    {"rt", KIND_OPTIONAL},
    {"ruby", KIND_BREAKOUT},
    {"s", KIND_BREAKOUT},
    {"script", KIND_RAW | KIND_SCRIPT},
    {"select", KIND_SELECT},
    {"small", KIND_BREAKOUT},
    {"source", KIND_VOID},
    {"span", KIND_BREAKOUT},
    {"strike", KIND_BREAKOUT},
    {"strong", KIND_BREAKOUT},
    {"style", KIND_RAW},
    {"sub", KIND_BREAKOUT},
    {"sup", KIND_BREAKOUT},
    {"svg", KIND_FOREIGN},
    {"table", KIND_BREAKOUT},
    {"tbody", KIND_OPTIONAL},
    {"td", KIND_OPTIONAL},
    {"textarea", KIND_RAW},
    {"tfoot", KIND_OPTIONAL},
    {"th", KIND_OPTIONAL},
    {"thead", KIND_OPTIONAL},
    {"title", KIND_RAW | KIND_INTEGRATION},
    {"tr", KIND_OPTIONAL},
    {"track", KIND_VOID},
    {"tt", KIND_BREAKOUT},
    {"u", KIND_BREAKOUT},
    {"ul", KIND_BREAKOUT},
    {"var", KIND_BREAKOUT},
    {"wbr", KIND_VOID},
    {"xmp", KIND_RAW},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

struct scan {
	const char *start, *at, *end;
	enum guard_reader reader;
	struct guard *guard;
	struct intern names;
	uint32_t *open; /* of each name: elements that are open */
	uint32_t open_capacity;
	uint32_t depth;    /* their sum */
	uint64_t work;     /* depth, summed over all tags */
	uint64_t compared; /* pairs of attributes of one tag */
	uint32_t foreign;  /* open svg and math */
	uint32_t selects;
	uint32_t integration; /* name whose end tag must come next, or 0 */
	bool unsure;          /* HTML and SVG are mixed: assume the worst */
	bool maybe_text;      /* unsure, and this may be the text of a script */
};

struct tag {
	const char *start, *name;
	size_t name_length;
	uint32_t number;
	unsigned kind;
	bool is_end, is_self_closing;
};

static bool
is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' ||
	       byte == '\r';
}

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static const char *
find(const char *at, const char *end, const char *what)
{
	if (at >= end)
		return NULL;
	return memmem(at, (size_t)(end - at), what, strlen(what));
}

/* Past the first `what`, or the end of the page. */
static const char *
after(const char *at, const char *end, const char *what)
{
	const char *found = find(at, end, what);
	return found == NULL ? end : found + strlen(what);
}

static uint32_t
number_of(struct scan *scan, const char *name, size_t length)
{
	uint32_t number = intern_add(&scan->names, name, length);
	if (number >= scan->open_capacity) {
		uint32_t old = scan->open_capacity;
		scan->open_capacity = number < 256 ? 512 : number * 2;
		scan->open = xreallocarray(
		    scan->open, scan->open_capacity, sizeof(*scan->open));
		memset(scan->open + old, 0,
		    (scan->open_capacity - old) * sizeof(*scan->open));
	}
	return number;
}

/* HTML 13.2.5.41: "-->" may share its dashes with "<!--"; "--!>" ends too. */
static const char *
skip_comment(const char *at, const char *end)
{
	for (const char *p = at + 2; p < end; p++) {
		p = find(p, end, "--");
		if (p == NULL)
			return end;
		if (p + 2 < end && p[2] == '>')
			return p + 3;
		if (p >= at + 4 && p + 3 < end && p[2] == '!' && p[3] == '>')
			return p + 4;
	}
	return end;
}

/* What begins with "<!" or "<?" or is no tag at all; at is behind it then. */
static void
skip_markup(struct scan *scan)
{
	const char *at = scan->at, *end = scan->end;
	size_t rest = (size_t)(end - at);
	if (rest >= 4 && memcmp(at, "<!--", 4) == 0)
		scan->at = skip_comment(at, end);
	else if (rest >= 9 && memcmp(at, "<![CDATA[", 9) == 0 &&
		 scan->foreign > 0)
		scan->at = after(at, end, "]]>");
	else if (rest >= 2 && (at[1] == '!' || at[1] == '?' || at[1] == '/'))
		scan->at = after(at + 2, end, ">");
	else
		scan->at = at + 1;
}

static void
add_cut(
    struct guard *guard, const char *start, const char *from, const char *to)
{
	if ((guard->cut_count & (guard->cut_count + 1)) == 0)
		guard->cuts = xreallocarray(guard->cuts,
		    guard->cut_count * 2 + 1, sizeof(*guard->cuts));
	guard->cuts[guard->cut_count++] = (struct guard_cut){
	    .from = (size_t)(from - start), .to = (size_t)(to - start)};
}

/* The value behind "="; returns what follows it. *left_out grows by a cut. */
static const char *
skip_value(struct scan *scan, const char *at, size_t *left_out)
{
	const char *end = scan->end;
	while (at < end && is_space(*at))
		at++;
	if (at == end || *at == '>')
		return at;
	if (*at != '"' && *at != '\'') {
		while (at < end && !is_space(*at) && *at != '>')
			at++;
		return at;
	}
	const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
	if (close == NULL)
		return end;
	size_t length = (size_t)(close - at - 1);
	if (length > GUARD_MAX_VALUE) {
		add_cut(scan->guard, scan->start, at + 1, close);
		*left_out += length;
	}
	return close + 1;
}

/* HTML 13.2.5.32 to 39.  at is behind the tag then. */
static bool
scan_attributes(struct scan *scan, struct tag *tag, struct error *err)
{
	const char *at = tag->name + tag->name_length, *end = scan->end;
	size_t count = 0, left_out = 0;
	while (at < end && *at != '>') {
		if (is_space(*at) || *at == '/') {
			tag->is_self_closing = *at++ == '/';
			continue;
		}
		tag->is_self_closing = false;
		if (++count > GUARD_MAX_ATTRIBUTES && !scan->maybe_text)
			return error_set(err,
			    "a tag of the page has more than %d attributes",
			    GUARD_MAX_ATTRIBUTES);
		if (!scan->maybe_text)
			scan->compared += count - 1;
		at++; /* even "=" begins a name */
		while (at < end && !is_space(*at) && *at != '/' && *at != '>' &&
		       *at != '=')
			at++;
		const char *equals = at;
		while (equals < end && is_space(*equals))
			equals++;
		if (equals < end && *equals == '=')
			at = skip_value(scan, equals + 1, &left_out);
	}
	size_t length = (size_t)(at - tag->start) - left_out;
	if (length > GUARD_MAX_TAG && !scan->maybe_text)
		return error_set(err, "a tag of the page is longer than %d KiB",
		    GUARD_MAX_TAG / 1024);
	scan->at = at < end ? at + 1 : end;
	return true;
}

/* Does the name stand here, followed by what ends a tag's name? */
static bool
is_name(const struct scan *scan, const char *at, const struct tag *tag)
{
	if ((size_t)(scan->end - at) <= tag->name_length)
		return false;
	for (size_t i = 0; i < tag->name_length; i++)
		if ((at[i] | 32) != (tag->name[i] | 32))
			return false;
	char next = at[tag->name_length];
	/* libxml2 2.9 ends a script at "</scriptx", too */
	return scan->reader == GUARD_LIBXML2 || is_space(next) || next == '/' ||
	       next == '>';
}

/* HTML 13.2.5.4, 13.2.5.15 to 31: a script that stands inside a comment inside
 * the script does not end it. */
static const char *
script_end(const struct scan *scan, const struct tag *tag)
{
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	const char *end = scan->end;
	for (const char *p = scan->at; p < end; p++) {
		if (*p == '-' && state != PLAIN && end - p >= 3 &&
		    memcmp(p, "-->", 3) == 0)
			state = PLAIN;
		if (*p != '<')
			continue;
		if (end - p >= 4 && memcmp(p, "<!--", 4) == 0 &&
		    state == PLAIN && scan->reader == GUARD_HTML5) {
			state = ESCAPED;
			p++; /* its dashes may be those of "-->" */
		} else if (state == ESCAPED && is_name(scan, p + 1, tag))
			state = DOUBLE;
		else if (end - p >= 2 && p[1] == '/' &&
			 is_name(scan, p + 2, tag)) {
			if (state != DOUBLE)
				return p;
			state = ESCAPED;
		}
	}
	return end;
}

static const char *
raw_end(const struct scan *scan, const struct tag *tag)
{
	if (tag->kind & KIND_SCRIPT)
		return script_end(scan, tag);
	const char *p = scan->at;
	while ((p = find(p, scan->end, "</")) != NULL) {
		if (is_name(scan, p + 2, tag))
			return p;
		p += 2;
	}
	return scan->end;
}

/* SVG that holds only SVG, its titles only text, is understood; anything else
 * leaves it open which names are whose, up to the end of the page. */
static void
follow_foreign(struct scan *scan, const struct tag *tag)
{
	if (scan->integration != 0) {
		if (!tag->is_end || tag->number != scan->integration)
			scan->unsure = true;
		scan->integration = 0;
	} else if (scan->foreign > 0 && tag->kind & KIND_BREAKOUT)
		scan->unsure = true;
	else if (scan->foreign > 0 && !tag->is_end &&
		 tag->kind & KIND_INTEGRATION && !tag->is_self_closing)
		scan->integration = tag->number;
	/* a select ignores them all but script, so that their text is none */
	if (scan->selects > 0 && tag->kind & KIND_RAW && !tag->is_end &&
	    !(tag->kind & KIND_SCRIPT))
		scan->unsure = true;
}

static void
count_open(struct scan *scan, const struct tag *tag)
{
	bool sure_html = !scan->unsure && scan->foreign == 0;
	uint32_t *open = &scan->open[tag->number];
	if (tag->is_end) {
		if (*open == 0)
			return;
		--*open;
		scan->depth--;
		if (tag->kind & KIND_FOREIGN)
			scan->foreign--;
		if (tag->kind & KIND_SELECT)
			scan->selects--;
		return;
	}
	if (sure_html && tag->kind & (KIND_VOID | KIND_OPTIONAL))
		return;
	if (tag->kind & KIND_VOID && scan->unsure)
		return;
	bool foreign = scan->foreign > 0 || tag->kind & KIND_FOREIGN;
	if (foreign && tag->is_self_closing && !scan->unsure)
		return;
	++*open;
	if (++scan->depth > scan->guard->depth)
		scan->guard->depth = scan->depth;
	if (tag->kind & KIND_FOREIGN)
		scan->foreign++;
	if (tag->kind & KIND_SELECT)
		scan->selects++;
}

/* Text elements: go to their end tag, unless what follows may be markup. */
static void
enter_raw(struct scan *scan, const struct tag *tag)
{
	if (scan->reader == GUARD_LIBXML2) {
		bool style = tag->name_length == 5 && tag->kind & KIND_RAW &&
			     (tag->name[0] | 32) == 's';
		if ((tag->kind & KIND_SCRIPT || style) && !tag->is_self_closing)
			scan->at = raw_end(scan, tag);
	} else if (tag->kind & KIND_PLAINTEXT && !scan->unsure &&
		   scan->foreign == 0)
		scan->at = scan->end;
	else if (!(tag->kind & KIND_RAW))
		return;
	else if (scan->unsure)
		scan->maybe_text = true;
	else if (scan->foreign == 0)
		scan->at = raw_end(scan, tag);
}

static bool
begins_tag(const struct scan *scan, const char *at)
{
	if (at >= scan->end)
		return false;
	return is_letter(*at) || (scan->reader == GUARD_LIBXML2 &&
				     (*at == '_' || *at == ':' || *at == '.'));
}

static bool
scan_tag(struct scan *scan, struct error *err)
{
	struct tag tag = {.start = scan->at, .name = scan->at + 1};
	tag.is_end = tag.name < scan->end && *tag.name == '/';
	tag.name += tag.is_end;
	if (!begins_tag(scan, tag.name)) {
		skip_markup(scan);
		return true;
	}
	const char *at = tag.name;
	while (at < scan->end && !is_space(*at) && *at != '/' && *at != '>')
		at++;
	tag.name_length = (size_t)(at - tag.name);
	tag.number = number_of(scan, tag.name, tag.name_length);
	tag.kind = tag.number <= KIND_COUNT ? kinds[tag.number - 1].kind : 0;
	if (tag.is_end && tag.kind & KIND_RAW)
		scan->maybe_text = false;
	if (!scan_attributes(scan, &tag, err))
		return false;
	if (scan->reader == GUARD_HTML5)
		follow_foreign(scan, &tag);
	count_open(scan, &tag);
	scan->work += scan->depth;
	if (scan->work > GUARD_MAX_WORK)
		return error_set(
		    err, "the page has too many tags nested too deeply");
	if (scan->compared > GUARD_MAX_COMPARED)
		return error_set(
		    err, "too many tags of the page have too many attributes");
	if (!tag.is_end)
		enter_raw(scan, &tag);
	return true;
}

bool
guard_scan(const char *bytes, size_t length, enum guard_reader reader,
    struct guard *guard, struct error *err)
{
	*guard = (struct guard){0};
	if (length == 0)
		return true;
	struct scan scan = {.start = bytes,
	    .at = bytes,
	    .end = bytes + length,
	    .reader = reader,
	    .guard = guard};
	intern_init(&scan.names, intern_seed(bytes, length), true);
	for (size_t i = 0; i < KIND_COUNT; i++)
		(void)number_of(/* in order: its number is i + 1 */
		    &scan, kinds[i].name, strlen(kinds[i].name));
	bool ok = true;
	while (ok && scan.at < scan.end) {
		scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
		if (scan.at == NULL)
			break;
		ok = scan_tag(&scan, err);
	}
	intern_clear(&scan.names);
	free(scan.open);
	return ok;
}

void
guard_clear(struct guard *guard)
{
	free(guard->cuts);
	*guard = (struct guard){0};
}
