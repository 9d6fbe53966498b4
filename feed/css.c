#include "feed/css.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"

#define MAX_LENGTH 4096
#define MAX_NESTING 16
#define MAX_NUMBER 1000000000

struct parser {
	const char *text, *at;
	uint32_t number; /* of the next simple or compound selector */
	unsigned nesting;
	bool in_has;
	struct error *err;
};

/* CSS counts characters, and so does whoever looks for the place. */
__attribute__((format(printf, 3, 4))) static bool
fail_at(struct parser *parser, const char *at, const char *format, ...)
{
	size_t column = 1;
	for (const char *p = parser->text; p < at; p++)
		column += ((unsigned char)p[1] & 0xc0) != 0x80;
	char what[256];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments); /* may be cut */
	va_end(arguments);
	return error_set(parser->err, "column %zu: %s", column, what);
}

static bool
is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' ||
	       byte == '\r';
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_name_start(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '_' || (unsigned char)byte >= 0x80;
}

static bool
is_name(char byte)
{
	return is_name_start(byte) || is_digit(byte) || byte == '-';
}

static bool
is_escape(const char *at)
{
	return at[0] == '\\' && at[1] != '\0' && at[1] != '\n' &&
	       at[1] != '\r' && at[1] != '\f';
}

/* CSS Syntax 4.3.9 */
static bool
begins_name(const char *at)
{
	if (*at == '-')
		at++;
	return *at == '-' || is_name_start(*at) || is_escape(at);
}

static int
hex_value(char byte)
{
	if (is_digit(byte))
		return byte - '0';
	byte |= 32;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void
add_character(struct buffer *out, uint32_t c)
{
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80)
		buffer_add_byte(out, (char)c);
	else if (c < 0x800) {
		buffer_add_byte(out, (char)(0xc0 | c >> 6));
		buffer_add_byte(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buffer_add_byte(out, (char)(0xe0 | c >> 12));
		buffer_add_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buffer_add_byte(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buffer_add_byte(out, (char)(0xf0 | c >> 18));
		buffer_add_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buffer_add_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buffer_add_byte(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* CSS Syntax 4.3.7: up to six hexadecimal digits and one blank, or the
 * character itself. */
static void
read_escape(struct parser *parser, struct buffer *out)
{
	parser->at++;
	if (hex_value(*parser->at) < 0) {
		buffer_add_byte(out, *parser->at++);
		return;
	}
	uint32_t c = 0;
	for (int i = 0; i < 6 && hex_value(*parser->at) >= 0; i++)
		c = c * 16 + (uint32_t)hex_value(*parser->at++);
	if (is_space(*parser->at))
		parser->at +=
		    parser->at[0] == '\r' && parser->at[1] == '\n' ? 2 : 1;
	add_character(out, c);
}

/* Whatever can go on a name; the caller has seen that it may begin here. */
static char *
read_name(struct parser *parser)
{
	struct buffer out = {0};
	for (;;) {
		if (is_name(*parser->at))
			buffer_add_byte(&out, *parser->at++);
		else if (is_escape(parser->at))
			read_escape(parser, &out);
		else
			return buffer_take(&out);
	}
}

static char *
lower(char *name)
{
	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	return name;
}

/* Blanks and comments. */
static bool
skip_blanks(struct parser *parser)
{
	const char *start = parser->at;
	for (;;) {
		if (is_space(*parser->at)) {
			parser->at++;
			continue;
		}
		if (parser->at[0] != '/' || parser->at[1] != '*')
			return parser->at > start;
		const char *close = strstr(parser->at + 2, "*/");
		parser->at =
		    close == NULL ? parser->at + strlen(parser->at) : close + 2;
	}
}

/* NULL and an error if it is not closed. */
static char *
read_string(struct parser *parser)
{
	const char *start = parser->at;
	char quote = *parser->at++;
	struct buffer out = {0};
	while (*parser->at != quote) {
		if (*parser->at == '\0' || *parser->at == '\n') {
			buffer_clear(&out);
			(void)fail_at(parser, start, "the quote is not closed");
			return NULL;
		}
		if (parser->at[0] == '\\' && parser->at[1] == '\n')
			parser->at += 2; /* a line goes on */
		else if (is_escape(parser->at))
			read_escape(parser, &out);
		else
			buffer_add_byte(&out, *parser->at++);
	}
	parser->at++;
	return buffer_take(&out);
}

static struct css_simple *
add_simple(
    struct parser *parser, struct css_compound *compound, enum css_kind kind)
{
	size_t count = compound->count;
	if ((count & (count + 1)) == 0)
		compound->simples = xreallocarray(compound->simples,
		    count * 2 + 1, sizeof(*compound->simples));
	compound->count++;
	compound->simples[count] =
	    (struct css_simple){.kind = kind, .number = parser->number++};
	return &compound->simples[count];
}

static bool
read_id_or_class(struct parser *parser, struct css_compound *compound)
{
	bool is_id = *parser->at == '#';
	const char *start = parser->at++;
	if (is_digit(*parser->at))
		return fail_at(parser, start,
		    "a name cannot begin with a digit: '%c1a' is written "
		    "'%c\\31 a'",
		    *start, *start);
	if (!begins_name(parser->at))
		return fail_at(parser, start,
		    is_id ? "'#' wants an id" : "'.' wants a class name");
	struct css_simple *simple =
	    add_simple(parser, compound, is_id ? CSS_ID : CSS_CLASS);
	simple->name = read_name(parser);
	return true;
}

static bool
read_tag(struct parser *parser, struct css_compound *compound)
{
	/* "*|a" is "a": any namespace, as without a prefix */
	if (parser->at[0] == '*' && parser->at[1] == '|' &&
	    (parser->at[2] == '*' || begins_name(parser->at + 2)))
		parser->at += 2;
	const char *start = parser->at;
	bool any = *start == '*';
	char *name = NULL;
	if (any)
		parser->at++;
	else if (*start != '|')
		name = read_name(parser);
	if (*parser->at == '|') {
		free(name);
		return fail_at(parser, start,
		    "'prefix|name': there are no namespaces here");
	}
	if (!any)
		add_simple(parser, compound, CSS_TAG)->name = lower(name);
	return true;
}

/* HTML 4.16.2: values that CSS compares without case. */
static bool
ignores_case(const char *attribute)
{
	static const char *const names[] = {"accept", "accept-charset", "align",
	    "alink", "axis", "bgcolor", "charset", "checked", "clear",
	    "codetype", "color", "compact", "declare", "defer", "dir",
	    "direction", "disabled", "enctype", "face", "frame", "hreflang",
	    "http-equiv", "lang", "language", "link", "media", "method",
	    "multiple", "nohref", "noresize", "noshade", "nowrap", "readonly",
	    "rel", "rev", "rules", "scope", "scrolling", "selected", "shape",
	    "target", "text", "type", "valign", "valuetype", "vlink"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], attribute) == 0)
			return true;
	return false;
}

static bool
read_operator(struct parser *parser, enum css_operator *operator)
{
	static const struct {
		char sign;
		enum css_operator operator;
	} signs[] = {{'~', CSS_WORD}, {'|', CSS_DASH}, {'^', CSS_PREFIX},
	    {'$', CSS_SUFFIX}, {'*', CSS_INFIX}};
	if (*parser->at == '=') {
		parser->at++;
		*operator= CSS_EQUALS;
		return true;
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (parser->at[0] == signs[i].sign && parser->at[1] == '=') {
			parser->at += 2;
			*operator= signs[i].operator;
			return true;
		}
	if (*parser->at == '|')
		return fail_at(parser, parser->at,
		    "'[prefix|name]': there are no namespaces here");
	return fail_at(parser, parser->at,
	    "an attribute's name is followed by ']', '=', '~=', '|=', '^=', "
	    "'$=' or '*='");
}

/* The letter i or s before the bracket. */
static bool
read_case_flag(struct parser *parser, struct css_simple *simple)
{
	(void)skip_blanks(parser);
	if (*parser->at == ']')
		return true;
	char letter = *parser->at | 32;
	if ((letter != 'i' && letter != 's') || is_name(parser->at[1]))
		return fail_at(parser, parser->at,
		    "']' is missing after an attribute's value");
	simple->fold = letter == 'i';
	parser->at++;
	(void)skip_blanks(parser);
	return *parser->at == ']' ||
	       fail_at(parser, parser->at, "']' is missing after 'i' or 's'");
}

static bool
read_value(struct parser *parser, struct css_simple *simple)
{
	(void)skip_blanks(parser);
	if (*parser->at == '"' || *parser->at == '\'')
		simple->value = read_string(parser);
	else if (begins_name(parser->at))
		simple->value = read_name(parser);
	else
		return fail_at(
		    parser, parser->at, "an attribute's value wants quotes");
	return simple->value != NULL && read_case_flag(parser, simple);
}

static bool
read_attribute(struct parser *parser, struct css_compound *compound)
{
	parser->at++;
	(void)skip_blanks(parser);
	if (*parser->at == '|' && begins_name(parser->at + 1))
		parser->at++; /* no namespace, as without */
	if (*parser->at == '*' || *parser->at == '|')
		return fail_at(parser, parser->at,
		    "'[prefix|name]': there are no namespaces here");
	if (!begins_name(parser->at))
		return fail_at(
		    parser, parser->at, "'[' wants an attribute's name");
	struct css_simple *simple = add_simple(parser, compound, CSS_ATTRIBUTE);
	simple->name = lower(read_name(parser));
	simple->fold = ignores_case(simple->name);
	(void)skip_blanks(parser);
	if (*parser->at != ']' && (!read_operator(parser, &simple->operator) ||
				      !read_value(parser, simple)))
		return false;
	parser->at++;
	return true;
}

static bool
read_integer(struct parser *parser, int32_t *value)
{
	if (!is_digit(*parser->at))
		return false;
	int32_t sum = 0;
	for (; is_digit(*parser->at); parser->at++)
		sum = sum < MAX_NUMBER / 10 ? sum * 10 + (*parser->at - '0')
					    : MAX_NUMBER;
	*value = sum;
	return true;
}

static bool
take_word(struct parser *parser, const char *word)
{
	size_t length = strlen(word);
	for (size_t i = 0; i < length; i++)
		if ((parser->at[i] | 32) != word[i])
			return false;
	if (is_name(parser->at[length]))
		return false;
	parser->at += length;
	return true;
}

/* CSS Syntax 6.2, the part after "n": "+ 3", "-3", or nothing. */
static bool
read_nth_offset(struct parser *parser, struct css_nth *nth)
{
	const char *before = parser->at;
	(void)skip_blanks(parser);
	if (*parser->at != '+' && *parser->at != '-') {
		parser->at = before;
		return true;
	}
	int sign = *parser->at++ == '-' ? -1 : 1;
	(void)skip_blanks(parser);
	if (!read_integer(parser, &nth->b))
		return fail_at(parser, parser->at,
		    "a number is missing: 'an+b', such as '2n+1'");
	nth->b *= sign;
	return true;
}

static bool
read_nth(struct parser *parser, struct css_nth *nth)
{
	const char *start = parser->at;
	if (take_word(parser, "even")) {
		nth->a = 2;
		return true;
	}
	if (take_word(parser, "odd")) {
		nth->a = 2;
		nth->b = 1;
		return true;
	}
	int sign = 1;
	if (*parser->at == '+' || *parser->at == '-')
		sign = *parser->at++ == '-' ? -1 : 1;
	int32_t number = 1;
	bool has_number = read_integer(parser, &number);
	if ((*parser->at | 32) == 'n') {
		parser->at++;
		nth->a = sign * number;
		return read_nth_offset(parser, nth);
	}
	if (!has_number)
		return fail_at(parser, start,
		    "a position is 'odd', 'even', a number or 'an+b'");
	nth->b = sign * number;
	return true;
}

/* What a list may hold besides selectors. */
enum list_kind {
	LIST_PLAIN,
	LIST_RELATIVE,  /* of :has */
	LIST_FORGIVING, /* of :is and :where: nothing, which matches nothing */
};

static struct css_list *read_list(struct parser *, enum list_kind);

static bool
read_argument_list(struct parser *parser, struct css_simple *simple)
{
	if (++parser->nesting > MAX_NESTING)
		return fail_at(
		    parser, parser->at, "brackets are nested too deeply");
	/* the simple selector's address changes while its compound grows, but
	 * the list belongs to another compound */
	simple->list =
	    read_list(parser, simple->kind == CSS_HAS  ? LIST_RELATIVE
			      : simple->kind == CSS_IS ? LIST_FORGIVING
						       : LIST_PLAIN);
	parser->nesting--;
	return simple->list != NULL;
}

static bool
read_nth_argument(struct parser *parser, struct css_simple *simple)
{
	(void)skip_blanks(parser);
	if (!read_nth(parser, &simple->nth))
		return false;
	(void)skip_blanks(parser);
	const char *of = parser->at;
	if (!take_word(parser, "of"))
		return true;
	if (simple->nth.of_type)
		return fail_at(parser, of,
		    "'of' goes with :nth-child and :nth-last-child");
	return read_argument_list(parser, simple);
}

/* :contains("text"), also without quotes. */
static bool
read_text_argument(struct parser *parser, struct css_simple *simple)
{
	(void)skip_blanks(parser);
	if (*parser->at == '"' || *parser->at == '\'') {
		simple->name = read_string(parser);
		if (simple->name == NULL)
			return false;
		(void)skip_blanks(parser);
	} else {
		size_t length = strcspn(parser->at, "()");
		const char *start = parser->at;
		parser->at += length;
		while (length > 0 && is_space(start[length - 1]))
			length--;
		simple->name = xstrndup(start, length);
	}
	return *simple->name != '\0' ||
	       fail_at(parser, parser->at, ":contains wants a text");
}

enum argument { NO_ARGUMENT, A_LIST, A_POSITION, A_TEXT };

static const struct pseudo {
	const char *name;
	enum css_kind kind;
	enum argument argument;
	struct css_nth nth;
	bool twice; /* the same from the end: only-child */
} pseudos[] = {
    {"any-link", CSS_LINK, NO_ARGUMENT, {0}, false},
    {"contains", CSS_CONTAINS, A_TEXT, {0}, false},
    {"empty", CSS_EMPTY, NO_ARGUMENT, {0}, false},
    {"first-child", CSS_NTH, NO_ARGUMENT, {0, 1, false, false}, false},
    {"first-of-type", CSS_NTH, NO_ARGUMENT, {0, 1, false, true}, false},
    {"has", CSS_HAS, A_LIST, {0}, false},
    {"is", CSS_IS, A_LIST, {0}, false},
    {"last-child", CSS_NTH, NO_ARGUMENT, {0, 1, true, false}, false},
    {"last-of-type", CSS_NTH, NO_ARGUMENT, {0, 1, true, true}, false},
    {"link", CSS_LINK, NO_ARGUMENT, {0}, false},
    {"not", CSS_NOT, A_LIST, {0}, false},
    {"nth-child", CSS_NTH, A_POSITION, {0, 0, false, false}, false},
    {"nth-last-child", CSS_NTH, A_POSITION, {0, 0, true, false}, false},
    {"nth-last-of-type", CSS_NTH, A_POSITION, {0, 0, true, true}, false},
    {"nth-of-type", CSS_NTH, A_POSITION, {0, 0, false, true}, false},
    {"only-child", CSS_NTH, NO_ARGUMENT, {0, 1, false, false}, true},
    {"only-of-type", CSS_NTH, NO_ARGUMENT, {0, 1, false, true}, true},
    {"root", CSS_ROOT, NO_ARGUMENT, {0}, false},
    {"scope", CSS_SCOPE, NO_ARGUMENT, {0}, false},
    {"where", CSS_IS, A_LIST, {0}, false},
};

static bool
is_in(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool
fail_pseudo(struct parser *parser, const char *start, const char *name)
{
	static const char *const user[] = {"active", "autofill", "checked",
	    "default", "defined", "disabled", "enabled", "focus",
	    "focus-visible", "focus-within", "fullscreen", "hover", "in-range",
	    "indeterminate", "invalid", "optional", "out-of-range",
	    "placeholder-shown", "popover-open", "read-only", "read-write",
	    "required", "target", "user-invalid", "user-valid", "valid",
	    "visited", NULL};
	static const char *const elements[] = {
	    "after", "before", "first-letter", "first-line", NULL};
	if (is_in(name, user))
		return fail_at(parser, start,
		    "':%s' depends on a browser and its user", name);
	if (is_in(name, elements))
		return fail_at(parser, start,
		    "':%s' is a pseudo-element: no part of the page", name);
	return fail_at(parser, start, "':%s' is not known", name);
}

static bool
read_argument(struct parser *parser, const struct pseudo *pseudo,
    struct css_simple *simple)
{
	const char *open = parser->at++;
	bool ok;
	if (pseudo->argument == A_LIST)
		ok = read_argument_list(parser, simple);
	else if (pseudo->argument == A_POSITION)
		ok = read_nth_argument(parser, simple);
	else
		ok = read_text_argument(parser, simple);
	if (!ok)
		return false;
	(void)skip_blanks(parser);
	if (*parser->at == '\0')
		return fail_at(parser, open, "the bracket is not closed");
	if (*parser->at != ')')
		return fail_at(parser, parser->at, "')' is missing here");
	parser->at++;
	return true;
}

static bool
read_known_pseudo(struct parser *parser, const struct pseudo *pseudo,
    const char *start, struct css_compound *compound)
{
	bool has_bracket = *parser->at == '(';
	if (has_bracket != (pseudo->argument != NO_ARGUMENT))
		return fail_at(parser, start,
		    has_bracket ? "':%s' takes no argument"
				: "':%s' wants an argument in brackets",
		    pseudo->name);
	bool is_has = pseudo->kind == CSS_HAS;
	if (is_has && parser->in_has)
		return fail_at(parser, start, ":has cannot stand inside :has");
	struct css_simple *simple = add_simple(parser, compound, pseudo->kind);
	simple->nth = pseudo->nth;
	if (pseudo->twice) {
		simple = add_simple(parser, compound, pseudo->kind);
		simple->nth = pseudo->nth;
		simple->nth.from_end = true;
	}
	if (!has_bracket)
		return true;
	parser->in_has |= is_has;
	bool ok = read_argument(parser, pseudo, simple);
	if (is_has)
		parser->in_has = false;
	return ok;
}

static bool
read_pseudo(struct parser *parser, struct css_compound *compound)
{
	const char *start = parser->at++;
	bool is_element = *parser->at == ':';
	parser->at += is_element;
	if (!begins_name(parser->at))
		return fail_at(parser, start, "':' wants a name");
	char *name = lower(read_name(parser));
	bool ok;
	if (is_element) {
		ok = fail_at(parser, start,
		    "'::%s': of pseudo-elements only '::text' and '::attr(x)' "
		    "(or '@x') are known, at the end of a field's selector",
		    name);
		free(name);
		return ok;
	}
	const struct pseudo *found = NULL;
	for (size_t i = 0; i < sizeof(pseudos) / sizeof(pseudos[0]); i++)
		if (strcmp(pseudos[i].name, name) == 0)
			found = &pseudos[i];
	ok = found == NULL ? fail_pseudo(parser, start, name)
			   : read_known_pseudo(parser, found, start, compound);
	free(name);
	return ok;
}

/* Does a compound go on, or begin, here? */
static bool
begins_simple(const char *at)
{
	return *at == '#' || *at == '.' || *at == '[' || *at == ':';
}

static bool
fail_unexpected(struct parser *parser)
{
	const char *at = parser->at;
	if (*at == '\0')
		return fail_at(parser, at, "a selector is missing at the end");
	if (*at == '@')
		return fail_at(parser, at,
		    "'@' stands only before an attribute's name, at the end "
		    "of a field's selector");
	if (is_digit(*at))
		return fail_at(parser, at, "a name cannot begin with a digit");
	char what[2] = {*at, '\0'};
	if (strchr(",)>+~", *at) != NULL)
		return fail_at(
		    parser, at, "a selector is missing before '%s'", what);
	return fail_at(parser, at, "'%s' is not expected here", what);
}

static bool
read_compound(struct parser *parser, struct css_compound *compound)
{
	const char *start = parser->at;
	if (*start == '*' || *start == '|' || begins_name(start)) {
		if (!read_tag(parser, compound))
			return false;
	} else if (!begins_simple(start))
		return fail_unexpected(parser);
	for (;;) {
		/* a comment parts nothing */
		while (parser->at[0] == '/' && parser->at[1] == '*' &&
		       strstr(parser->at + 2, "*/") != NULL)
			parser->at = strstr(parser->at + 2, "*/") + 2;
		bool ok = true;
		if (*parser->at == '#' || *parser->at == '.')
			ok = read_id_or_class(parser, compound);
		else if (*parser->at == '[')
			ok = read_attribute(parser, compound);
		else if (*parser->at == ':')
			ok = read_pseudo(parser, compound);
		else
			return true;
		if (!ok)
			return false;
	}
}

/* What parts two compounds; CSS_FIRST if nothing does. */
static enum css_combinator
read_combinator(struct parser *parser)
{
	bool blank = skip_blanks(parser);
	enum css_combinator combinator = CSS_FIRST;
	if (*parser->at == '>')
		combinator = CSS_CHILD;
	else if (*parser->at == '+')
		combinator = CSS_NEXT;
	else if (*parser->at == '~')
		combinator = CSS_LATER;
	if (combinator != CSS_FIRST) {
		parser->at++;
		(void)skip_blanks(parser);
		return combinator;
	}
	bool ends =
	    *parser->at == '\0' || *parser->at == ',' || *parser->at == ')';
	return blank && !ends ? CSS_DESCENDANT : CSS_FIRST;
}

static struct css_compound *
add_compound(struct parser *parser, struct css_complex *complex,
    enum css_combinator combinator)
{
	size_t count = complex->count;
	if ((count & (count + 1)) == 0)
		complex->compounds = xreallocarray(complex->compounds,
		    count * 2 + 1, sizeof(*complex->compounds));
	complex->count++;
	complex->compounds[count] = (struct css_compound){
	    .combinator = combinator, .number = parser->number++};
	return &complex->compounds[count];
}

/* A relative one begins with a combinator, or a descendant is meant in :has. */
static bool
read_complex(struct parser *parser, bool in_has, struct css_complex *complex)
{
	(void)skip_blanks(parser);
	const char *start = parser->at;
	bool may_be_relative = in_has || parser->nesting == 0;
	enum css_combinator combinator = read_combinator(parser);
	if (combinator != CSS_FIRST && !may_be_relative)
		return fail_at(parser, start,
		    "a combinator begins only a whole selector or :has");
	if (combinator == CSS_FIRST && in_has)
		combinator = CSS_DESCENDANT;
	do {
		if (!read_compound(
			parser, add_compound(parser, complex, combinator)))
			return false;
		combinator = read_combinator(parser);
	} while (combinator != CSS_FIRST);
	return true;
}

static bool
add_complex(struct parser *parser, bool in_has, struct css_list *list)
{
	size_t count = list->count++;
	if ((count & (count + 1)) == 0)
		list->complexes = xreallocarray(
		    list->complexes, count * 2 + 1, sizeof(*list->complexes));
	list->complexes[count] = (struct css_complex){0};
	return read_complex(parser, in_has, &list->complexes[count]);
}

static struct css_list *
read_list(struct parser *parser, enum list_kind kind)
{
	struct css_list *list = xcalloc(1, sizeof(*list));
	for (;;) {
		(void)skip_blanks(parser);
		bool empty = kind == LIST_FORGIVING &&
			     (*parser->at == ',' || *parser->at == ')');
		if (!empty &&
		    !add_complex(parser, kind == LIST_RELATIVE, list)) {
			css_free(list);
			return NULL;
		}
		if (*parser->at != ',')
			return list;
		parser->at++;
	}
}

static bool
finish(struct parser *parser)
{
	if (*parser->at == '\0')
		return true;
	if (*parser->at == ')')
		return fail_at(parser, parser->at, "')' closes no bracket");
	return fail_unexpected(parser);
}

struct css_list *
css_parse(const char *text, uint32_t *number_count, struct error *err)
{
	struct parser parser = {.text = text, .at = text, .err = err};
	if (strlen(text) > MAX_LENGTH) {
		(void)error_set(
		    err, "a selector has more than %d bytes", MAX_LENGTH);
		return NULL;
	}
	struct css_list *list = read_list(&parser, LIST_PLAIN);
	if (list != NULL && !finish(&parser)) {
		css_free(list);
		return NULL;
	}
	*number_count = parser.number;
	return list;
}

static void
compound_clear(struct css_compound *compound)
{
	for (size_t i = 0; i < compound->count; i++) {
		free(compound->simples[i].name);
		free(compound->simples[i].value);
		css_free(compound->simples[i].list);
	}
	free(compound->simples);
}

void
css_free(struct css_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++) {
		struct css_complex *complex = &list->complexes[i];
		for (size_t k = 0; k < complex->count; k++)
			compound_clear(&complex->compounds[k]);
		free(complex->compounds);
	}
	free(list->complexes);
	free(list);
}
