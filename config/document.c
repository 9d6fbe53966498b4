#include "config/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "feed/memory.h"
#include "feed/text.h"

#define DEPTH_MAX 16
#define NODES_MAX 500000

struct level {
	struct node *node;
	struct node **tail; /* where the next child is hung */
	const char *key;    /* the last one; a list's is its parent's */
};

struct reading {
	const char *bytes;
	size_t length;
	struct pool *pool;
	struct findings *findings;
	struct level levels[DEPTH_MAX];
	int depth;
	size_t node_count;
	struct node *root;
	/* a place in the bytes by its number of characters; it only goes on */
	size_t offset, index;
	/* the last text, for the reason why libyaml stumbled behind it */
	yaml_mark_t start, end;
	bool quoted;
};

static void
complain(struct reading *reading, yaml_mark_t mark, const char *key,
    const char *what)
{
	findings_add(reading->findings, (int)mark.line + 1,
	    (int)mark.column + 1, key, "%s", what);
}

/* --- before libyaml --- */

/* What may stand in a text; the rest is invisible and a mistake. */
static bool
is_good_character(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n';
	return !(c >= 0x7f && c <= 0x9f) && c != 0x2028 && c != 0x2029 &&
	       c != 0xfeff && (c & 0xfffe) != 0xfffe;
}

/*
 * libyaml's reader gives bad bytes no line, takes U+0085, U+2028 and U+2029
 * for line ends, which editors do not, and UTF-16 for what it is.
 */
static bool
check_bytes(const char *bytes, size_t length, struct findings *findings)
{
	if (length > DOCUMENT_MAX_BYTES) {
		findings_add(findings, 0, 0, NULL, "is larger than %zu MiB",
		    DOCUMENT_MAX_BYTES >> 20);
		return false;
	}
	if (length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 ||
			       memcmp(bytes, "\xfe\xff", 2) == 0 ||
			       bytes[0] == '\0' || bytes[1] == '\0')) {
		findings_add(findings, 1, 1, NULL,
		    "this is UTF-16 or no text at all; save it as UTF-8");
		return false;
	}
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		findings_add(findings, 1, 1, NULL,
		    "begins with a byte order mark; save it as UTF-8 without");
		return false;
	}
	int line = 1, column = 1;
	const char *end = bytes + length;
	for (const char *at = bytes; at < end;) {
		const char *from = at;
		uint32_t c = text_decode(&at, end);
		if (!text_is_utf8(from, (size_t)(at - from))) {
			findings_add(findings, line, column, NULL,
			    "byte 0x%02x is not UTF-8; save it as UTF-8",
			    (unsigned char)*from);
			return false;
		}
		if (c != '\r' && !is_good_character(c)) {
			findings_add(findings, line, column, NULL,
			    "the invisible character U+%04X is not allowed", c);
			return false;
		}
		bool ends =
		    c == '\n' || (c == '\r' && (at == end || *at != '\n'));
		column = ends ? 1 : column + 1;
		line += ends;
	}
	return true;
}

/* --- places --- */

static void
go_to(struct reading *reading, yaml_mark_t mark)
{
	while (
	    reading->index < mark.index && reading->offset < reading->length) {
		reading->offset++;
		while (reading->offset < reading->length &&
		       ((unsigned char)reading->bytes[reading->offset] &
			   0xc0) == 0x80)
			reading->offset++;
		reading->index++;
	}
}

/* Does a comment follow on the line of the mark? */
static bool
comment_follows(struct reading *reading, yaml_mark_t mark)
{
	if (mark.index < reading->index)
		return false;
	go_to(reading, mark);
	size_t at = reading->offset;
	while (at < reading->length &&
	       (reading->bytes[at] == ' ' || reading->bytes[at] == '\t'))
		at++;
	return at < reading->length && reading->bytes[at] == '#';
}

/* --- the tree --- */

static const char *
current_key(const struct reading *reading)
{
	return reading->depth == 0 ? NULL
				   : reading->levels[reading->depth - 1].key;
}

static bool
key_is_next(const struct reading *reading)
{
	if (reading->depth == 0)
		return false;
	const struct node *node = reading->levels[reading->depth - 1].node;
	return node->kind == NODE_MAP && node->count % 2 == 0;
}

static struct node *
hang(struct reading *reading, enum node_kind kind, yaml_mark_t mark)
{
	struct node *node = pool_alloc(reading->pool, sizeof(*node));
	node->kind = kind;
	node->file = reading->findings->file;
	node->line = (int)mark.line + 1;
	node->column = (int)mark.column + 1;
	node->text = "";
	reading->node_count++;
	if (reading->depth == 0) {
		reading->root = node;
		return node;
	}
	struct level *level = &reading->levels[reading->depth - 1];
	*level->tail = node;
	level->tail = &node->next;
	level->node->count++;
	return node;
}

static bool
open_level(struct reading *reading, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const char *key = current_key(reading);
	if (key_is_next(reading)) {
		complain(reading, event->start_mark, NULL,
		    "a key must be a text, not a list or a map");
		return false;
	}
	if (reading->depth == DEPTH_MAX) {
		complain(
		    reading, event->start_mark, key, "is nested too deeply");
		return false;
	}
	struct node *node =
	    hang(reading, is_map ? NODE_MAP : NODE_LIST, event->start_mark);
	node->flow =
	    is_map
		? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
		: event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	reading->levels[reading->depth++] = (struct level){
	    .node = node,
	    .tail = &node->first,
	    .key = key,
	};
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct node *one = *(const struct node *const *)a;
	const struct node *two = *(const struct node *const *)b;
	int order = strcmp(one->text, two->text);
	if (order != 0)
		return order;
	if (one->line != two->line)
		return one->line < two->line ? -1 : 1;
	return one->column < two->column ? -1 : one->column > two->column;
}

/* Sorted, since a file may hold ten thousand sections. */
static void
close_map(struct reading *reading, const struct node *map)
{
	size_t count = 0;
	const struct node **keys = xcalloc(map->count / 2 + 1, sizeof(*keys));
	for (const struct node *key = map->first;
	     key != NULL && key->next != NULL; key = key->next->next)
		if (key->kind == NODE_TEXT)
			keys[count++] = key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < count; i++)
		if (strcmp(keys[i]->text, keys[i - 1]->text) == 0)
			findings_add(reading->findings, keys[i]->line,
			    keys[i]->column, keys[i]->text,
			    "stands here twice; first on line %d",
			    keys[i - 1]->line);
	free(keys);
}

static bool
text_is_good(const char *text, size_t length)
{
	for (const char *at = text, *end = text + length; at < end;)
		if (!is_good_character(text_decode(&at, end)))
			return false;
	return true;
}

static void
add_text(struct reading *reading, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	bool is_key = key_is_next(reading);
	struct node *node = hang(reading, NODE_TEXT, event->start_mark);
	reading->start = event->start_mark;
	reading->end = event->end_mark;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	reading->quoted = !node->plain;
	if (!text_is_good(text, length)) {
		complain(reading, event->start_mark, current_key(reading),
		    "holds an invisible character");
		node->kind = NODE_BROKEN;
		return;
	}
	node->text = pool_string(reading->pool, text, length);
	node->comment =
	    node->plain && comment_follows(reading, event->end_mark);
	if (!is_key)
		return;
	reading->levels[reading->depth - 1].key = node->text;
	if (node->plain && strcmp(node->text, "<<") == 0) {
		complain(reading, event->start_mark, NULL,
		    "'<<' merges maps in YAML, which is not taken here; shared "
		    "values go into defaults:, shared rules into rules:");
		node->kind = NODE_BROKEN;
	}
}

/* Aliases, anchors and tags, in most cases selectors that lack quotes. */
static bool
has_extra(struct reading *reading, const yaml_event_t *event)
{
	const char *name, *what;
	char sign;
	if (event->type == YAML_ALIAS_EVENT) {
		sign = '*';
		what = "an alias";
		name = (const char *)event->data.alias.anchor;
	} else {
		const yaml_char_t *anchor = NULL, *tag = NULL;
		if (event->type == YAML_SCALAR_EVENT) {
			anchor = event->data.scalar.anchor;
			tag = event->data.scalar.tag;
		} else if (event->type == YAML_MAPPING_START_EVENT) {
			anchor = event->data.mapping_start.anchor;
			tag = event->data.mapping_start.tag;
		} else {
			anchor = event->data.sequence_start.anchor;
			tag = event->data.sequence_start.tag;
		}
		if (anchor == NULL && tag == NULL)
			return false;
		sign = anchor != NULL ? '&' : '!';
		what = anchor != NULL ? "an anchor" : "a tag";
		name = (const char *)(anchor != NULL ? anchor : tag);
		if (anchor == NULL && name[0] == '!')
			name++;
	}
	findings_add(reading->findings, (int)event->start_mark.line + 1,
	    (int)event->start_mark.column + 1, current_key(reading),
	    "'%c%.*s' is %s to YAML, which is not taken here; a value that "
	    "begins with '%c' must stand in quotes",
	    sign, SHOWN(name), what, sign);
	return true;
}

/* False to stop. */
static bool
take(struct reading *reading, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		(void)has_extra(reading, event);
		(void)hang(reading, NODE_BROKEN, event->start_mark);
		break;
	case YAML_SCALAR_EVENT:
		if (has_extra(reading, event))
			(void)hang(reading, NODE_BROKEN, event->start_mark);
		else
			add_text(reading, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		(void)has_extra(reading, event);
		if (!open_level(reading, event))
			return false;
		break;
	case YAML_MAPPING_END_EVENT:
		close_map(reading, reading->levels[reading->depth - 1].node);
		reading->depth--;
		break;
	case YAML_SEQUENCE_END_EVENT:
		reading->depth--;
		break;
	case YAML_DOCUMENT_START_EVENT:
		if (reading->root != NULL) {
			complain(reading, event->start_mark, NULL,
			    "a second document ('---') begins here; a "
			    "configuration is one");
			return false;
		}
		break;
	default:
		break;
	}
	if (reading->node_count > NODES_MAX) {
		complain(reading, event->start_mark, NULL,
		    "holds more than 500000 values");
		return false;
	}
	return true;
}

/* --- why libyaml stumbled --- */

/* The line (from 0), without its end; "" past the last. */
static char *
copy_line(const struct reading *reading, size_t line)
{
	const char *at = reading->bytes;
	const char *end = at + reading->length;
	while (at < end && line > 0) {
		if (*at == '\n' ||
		    (*at == '\r' && at + 1 < end && at[1] != '\n'))
			line--;
		at++;
	}
	size_t length = 0;
	while (at + length < end && at[length] != '\n' && at[length] != '\r')
		length++;
	return xstrndup(at, length < 4000 ? length : 4000);
}

/* Cuts "  - key: value  " into key (may be empty) and value, in place. */
static void
split_line(char *line, char **key, char **value)
{
	while (
	    *line == ' ' || *line == '\t' || (*line == '-' && line[1] == ' '))
		line++;
	size_t length = strlen(line);
	while (length > 0 && line[length - 1] == ' ')
		line[--length] = '\0';
	char *colon = strstr(line, ": ");
	*key = "";
	*value = line;
	if (colon == NULL)
		return;
	*colon = '\0';
	*key = line;
	*value = colon + 2 + strspn(colon + 2, " ");
}

static void
advise(struct reading *reading, yaml_mark_t mark, const char *key,
    const char *value, const char *what)
{
	bool quotable = key[0] != '\0' && strchr(value, '\'') == NULL &&
			strlen(value) <= 60;
	findings_add(reading->findings, (int)mark.line + 1,
	    (int)mark.column + 1, key[0] != '\0' ? key : NULL,
	    quotable ? "%s must stand in quotes: %s: '%s'"
		     : "%s must stand in quotes",
	    what, key, value);
}

static bool
is_about(const char *words, const char *part)
{
	return words != NULL && strstr(words, part) != NULL;
}

static bool
explain_quotes(struct reading *reading, const yaml_parser_t *parser)
{
	yaml_mark_t mark = parser->problem_mark;
	if (is_about(parser->context, "quoted scalar") &&
	    is_about(parser->problem, "unexpected")) {
		findings_add(reading->findings,
		    (int)parser->context_mark.line + 1,
		    (int)parser->context_mark.column + 1, NULL,
		    "a quote is opened here and not closed before line %zu",
		    mark.line + 1);
		return true;
	}
	if (is_about(parser->problem, "escape character")) {
		complain(reading, mark, NULL,
		    "inside \"...\" a backslash begins an escape, and this is "
		    "none; put regular expressions in single quotes: '\\d+'");
		return true;
	}
	if (reading->quoted && reading->start.line < reading->end.line &&
	    reading->end.line == mark.line) {
		findings_add(reading->findings, (int)reading->start.line + 1,
		    (int)reading->start.column + 1, NULL,
		    "a quote is opened here and closed only on line %zu, "
		    "column %zu; is one missing in between?",
		    reading->end.line + 1, reading->end.column);
		return true;
	}
	return false;
}

static bool
explain_indent(struct reading *reading, const yaml_parser_t *parser,
    const char *line, const char *key, const char *value)
{
	yaml_mark_t mark = parser->problem_mark;
	if (line[strspn(line, " ")] == '\t') {
		mark.column = strspn(line, " ");
		complain(reading, mark, NULL,
		    "a tab: YAML is indented with blanks only");
		return true;
	}
	if (!is_about(parser->problem, "mapping values are not allowed"))
		return false;
	if (reading->start.line < mark.line && reading->end.line == mark.line) {
		findings_add(reading->findings, (int)mark.line + 1,
		    (int)strspn(line, " ") + 1, NULL,
		    "is indented deeper than the key on line %zu, whose value "
		    "it would go on with; line it up with that key",
		    reading->start.line + 1);
		return true;
	}
	if (strstr(value, ": ") != NULL)
		advise(reading, mark, key, value, "a value that holds ': '");
	else
		complain(reading, mark, NULL,
		    "a value that holds ': ' or ends in ':' must stand in "
		    "quotes");
	return true;
}

static bool
explain_flow(struct reading *reading, const yaml_parser_t *parser)
{
	bool is_map = is_about(parser->context, "flow mapping");
	if (!is_map && !is_about(parser->context, "flow sequence"))
		return false;
	char *line = copy_line(reading, parser->context_mark.line);
	bool comment = strstr(line, " #") != NULL;
	free(line);
	findings_add(reading->findings, (int)parser->problem_mark.line + 1,
	    (int)parser->problem_mark.column + 1, NULL,
	    "expected ',' or '%c' (the '%c' stands on line %zu); inside it a "
	    "value with any of , [ ] { } must stand in quotes%s",
	    is_map ? '}' : ']', is_map ? '{' : '[',
	    parser->context_mark.line + 1,
	    comment ? ", and ' #' begins a comment" : "");
	return true;
}

static bool
explain_surplus(struct reading *reading, const yaml_parser_t *parser)
{
	go_to(reading, parser->problem_mark);
	if (reading->offset >= reading->length ||
	    strchr("]}", reading->bytes[reading->offset]) == NULL)
		return false;
	findings_add(reading->findings, (int)parser->problem_mark.line + 1,
	    (int)parser->problem_mark.column + 1, NULL,
	    "there is one '%c' too many", reading->bytes[reading->offset]);
	return true;
}

static bool
explain_key(struct reading *reading, const yaml_parser_t *parser)
{
	if (!is_about(parser->context, "simple key"))
		return false;
	complain(reading, parser->context_mark, NULL,
	    "expected 'key: value', with a blank behind the ':'");
	return true;
}

static bool
explain_start(struct reading *reading, const yaml_parser_t *parser,
    bool in_list, const char *key, const char *value)
{
	char what[64];
	/* else the line is no key with a value, nor an item of a list */
	if (value[0] == '\0' || (key[0] == '\0' && !in_list))
		return false;
	if (strchr("'\"", value[0]) != NULL) {
		complain(reading, parser->problem_mark,
		    key[0] != '\0' ? key : NULL,
		    "something follows the closing quote; the quotes must "
		    "stand round the whole value");
		return true;
	}
	if (strchr("*&!@`%>|[{", value[0]) == NULL)
		return false;
	(void)snprintf(
	    what, sizeof(what), "a value that begins with '%c'", value[0]);
	advise(reading, parser->problem_mark, key, value, what);
	return true;
}

static void
explain(struct reading *reading, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR ||
	    parser->error == YAML_READER_ERROR || parser->problem == NULL) {
		findings_add(reading->findings, 0, 0, NULL, "%s",
		    parser->problem != NULL ? parser->problem
					    : "out of memory");
		return;
	}
	char *line = copy_line(reading, parser->problem_mark.line);
	char *copy = xstrdup(line), *key, *value;
	split_line(copy, &key, &value);
	bool in_list = line[strspn(line, " ")] == '-';
	if (!explain_quotes(reading, parser) &&
	    !explain_indent(reading, parser, line, key, value) &&
	    !explain_flow(reading, parser) && !explain_key(reading, parser) &&
	    !explain_surplus(reading, parser) &&
	    !explain_start(reading, parser, in_list, key, value))
		findings_add(reading->findings,
		    (int)parser->problem_mark.line + 1,
		    (int)parser->problem_mark.column + 1, NULL, "YAML: %s%s%s",
		    parser->problem, parser->context != NULL ? " " : "",
		    parser->context != NULL ? parser->context : "");
	free(copy);
	free(line);
}

struct node *
document_read(const char *bytes, size_t length, struct pool *pool,
    struct findings *findings)
{
	if (!check_bytes(bytes, length, findings))
		return NULL;
	struct reading reading = {
	    .bytes = bytes,
	    .length = length,
	    .pool = pool,
	    .findings = findings,
	};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		findings_add(findings, 0, 0, NULL, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)bytes, length);
	/*
	 * Events, not libyaml's own tree: they show anchors and tags, and the
	 * depth ends the reading before libyaml has looked far ahead (200,000
	 * '[' cost it 20 s otherwise).
	 */
	bool good = true, done = false;
	while (good && !done) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			explain(&reading, &parser);
			good = false;
			break;
		}
		good = take(&reading, &event);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	if (!good)
		return NULL;
	if (reading.root == NULL)
		return hang(&reading, NODE_MAP, (yaml_mark_t){0});
	return reading.root;
}
