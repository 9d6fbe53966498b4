#include "feed/page.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <gumbo.h>
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include "feed/buffer.h"
#include "feed/guard.h"
#include "feed/memory.h"
#include "feed/page_private.h"

#define MAX_BYTES_DEFAULT ((size_t)2 << 20)
#define MAX_BYTES ((size_t)8 << 20)
#define MAX_DEPTH_HTML5 512
#define MAX_DEPTH_LIBXML2 1024

/* What gumbo may take for one page.  A megabyte of ordinary pages takes 25. */
#define MAX_ARENA ((size_t)256 << 20)
#define CHUNK_SIZE ((size_t)1 << 20)

/* Attributes gumbo may see without making a node of them: the guard's limit
 * again, should a page find a way round it. */
#define MAX_LOOSE_ATTRIBUTES 1024

struct arena_chunk {
	struct arena_chunk *next;
	max_align_t bytes[];
};

static void *
arena_take(struct arena *arena, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if ((size_t)(arena->end - arena->at) < size) {
		size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
		struct arena_chunk *chunk = xmalloc(sizeof(*chunk) + room);
		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->total += room;
		if (room == size)
			return chunk->bytes; /* goes on in the old one */
		arena->at = (char *)chunk->bytes;
		arena->end = arena->at + room;
	}
	arena->last = arena->at;
	arena->at += size;
	return arena->last;
}

static void
arena_clear(struct arena *arena)
{
	while (arena->chunks != NULL) {
		struct arena_chunk *next = arena->chunks->next;
		free(arena->chunks);
		arena->chunks = next;
	}
	*arena = (struct arena){0};
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static const char *
arena_lower(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_take(arena, length + 1);
	for (size_t i = 0; i < length; i++)
		copy[i] = lower(bytes[i]);
	copy[length] = '\0';
	return copy;
}

/* In lower case; the string itself if it already is. */
static const char *
arena_lower_name(struct arena *arena, const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			return arena_lower(arena, name, strlen(name));
	return name;
}

static const struct {
	const char *name;
	uint8_t flags;
} name_table[] = {
    {"address", NAME_BLOCK},
    {"article", NAME_BLOCK},
    {"aside", NAME_BLOCK},
    {"blockquote", NAME_BLOCK},
    {"body", NAME_BLOCK},
    {"br", NAME_BR},
    {"caption", NAME_BLOCK},
    {"center", NAME_BLOCK},
    {"dd", NAME_BLOCK},
    {"details", NAME_BLOCK},
    {"dialog", NAME_BLOCK},
    {"dir", NAME_BLOCK},
    {"div", NAME_BLOCK},
    {"dl", NAME_BLOCK},
    {"dt", NAME_BLOCK},
    {"fieldset", NAME_BLOCK},
    {"figcaption", NAME_BLOCK},
    {"figure", NAME_BLOCK},
    {"footer", NAME_BLOCK},
    {"form", NAME_BLOCK},
    {"h1", NAME_BLOCK},
    {"h2", NAME_BLOCK},
    {"h3", NAME_BLOCK},
    {"h4", NAME_BLOCK},
    {"h5", NAME_BLOCK},
    {"h6", NAME_BLOCK},
    {"head", NAME_BLOCK | NAME_HEAD},
    {"header", NAME_BLOCK},
    {"hgroup", NAME_BLOCK},
    {"hr", NAME_BLOCK},
    {"html", NAME_BLOCK},
    {"legend", NAME_BLOCK},
    {"li", NAME_BLOCK},
    {"listing", NAME_BLOCK | NAME_PRE},
    {"main", NAME_BLOCK},
    {"menu", NAME_BLOCK},
    {"nav", NAME_BLOCK},
    {"noscript", NAME_NOSCRIPT},
    {"ol", NAME_BLOCK},
    {"p", NAME_BLOCK},
    {"pre", NAME_BLOCK | NAME_PRE},
    {"script", NAME_HIDDEN},
    {"search", NAME_BLOCK},
    {"section", NAME_BLOCK},
    {"select", NAME_HIDDEN},
    {"style", NAME_HIDDEN},
    {"summary", NAME_BLOCK},
    {"table", NAME_BLOCK},
    {"tbody", NAME_BLOCK},
    {"td", NAME_BLOCK},
    {"template", NAME_HIDDEN},
    {"textarea", NAME_HIDDEN},
    {"tfoot", NAME_BLOCK},
    {"th", NAME_BLOCK},
    {"thead", NAME_BLOCK},
    {"title", NAME_BLOCK},
    {"tr", NAME_BLOCK},
    {"ul", NAME_BLOCK},
    {"xmp", NAME_BLOCK | NAME_PRE},
};

static uint8_t
flags_of(const char *name)
{
	size_t low = 0, high = sizeof(name_table) / sizeof(name_table[0]);
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, name_table[middle].name);
		if (order == 0)
			return name_table[middle].flags;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

/*
 * The arrays while they are filled.  `open` is the chain of elements that are
 * not yet closed, with whatever the walk over the parser's tree needs there.
 */
struct open {
	const void *source; /* the parser's node */
	size_t next;        /* its child to visit: a number, or unused */
	uint32_t node;
	uint32_t last; /* newest element child, or PAGE_NONE */
};

struct builder {
	struct page *page;
	const void **sources; /* of the nodes, or NULL */
	uint32_t capacity, attribute_capacity, attribute_count;
	uint32_t name_capacity, title;
	struct open *open;
	size_t open_count, open_capacity;
};

/* One block for all arrays; the widest first, so that each is aligned. */
static void
builder_start(
    struct builder *builder, struct page *page, size_t nodes, size_t attributes)
{
	*builder = (struct builder){
	    .page = page,
	    .capacity = (uint32_t)nodes,
	    .attribute_capacity = (uint32_t)attributes,
	    .title = PAGE_NONE,
	};
	size_t size = attributes * sizeof(*page->attributes) +
		      nodes * sizeof(*page->text) +
		      (5 * nodes + 1) * sizeof(uint32_t) +
		      nodes * sizeof(*page->depth);
	char *block = xmalloc(size);
	page->private->block = block;
	page->attributes = (void *)block;
	block += attributes * sizeof(*page->attributes);
	page->text = (void *)block;
	block += nodes * sizeof(*page->text);
	uint32_t *numbers = (void *)block;
	page->parent = numbers;
	page->end = numbers + nodes;
	page->previous = numbers + 2 * nodes;
	page->tag = numbers + 3 * nodes;
	page->first_attribute = numbers + 4 * nodes;
	page->depth = (void *)(numbers + 5 * nodes + 1);
	page->first_attribute[0] = 0;
}

/* The number of a lower-case tag name that lives as long as the page. */
static uint32_t
builder_name(struct builder *builder, const char *name, size_t length)
{
	struct page *page = builder->page;
	struct page_private *private = page->private;
	uint32_t tag = intern_add(&private->names, name, length);
	if (tag < page->name_count)
		return tag;
	if (tag >= builder->name_capacity) {
		builder->name_capacity = tag < 64 ? 128 : tag * 2;
		page->names = xreallocarray(
		    page->names, builder->name_capacity, sizeof(*page->names));
		private->name_flags = xreallocarray(
		    private->name_flags, builder->name_capacity, 1);
	}
	page->names[0] = "";
	private->name_flags[0] = 0;
	page->names[tag] = name;
	private->name_flags[tag] = flags_of(name);
	page->name_count = tag + 1;
	return tag;
}

/* The number of a name in any case, from bytes that go away. */
static uint32_t
builder_foreign_name(struct builder *builder, const char *name, size_t length)
{
	struct page_private *private = builder->page->private;
	uint32_t tag = intern_find(&private->names, name, length);
	if (tag != 0)
		return tag;
	return builder_name(
	    builder, arena_lower(&private->arena, name, length), length);
}

static uint32_t
builder_node(struct builder *builder, uint32_t tag, const char *text)
{
	struct page *page = builder->page;
	struct open *open = builder->open_count == 0
				? NULL
				: &builder->open[builder->open_count - 1];
	uint32_t node = page->count++;
	page->parent[node] = open == NULL ? PAGE_NONE : open->node;
	page->depth[node] =
	    (uint16_t)(builder->open_count < UINT16_MAX ? builder->open_count
							: UINT16_MAX);
	page->end[node] = node + 1;
	page->previous[node] = open == NULL ? PAGE_NONE : open->last;
	page->tag[node] = tag;
	page->text[node] = text;
	page->first_attribute[node + 1] = page->first_attribute[node];
	if (open != NULL && text == NULL)
		open->last = node;
	return node;
}

/* To the newest node. */
static void
builder_attribute(struct builder *builder, const char *name, const char *value)
{
	struct page *page = builder->page;
	page->attributes[builder->attribute_count++] =
	    (struct page_attribute){name, value};
	page->first_attribute[page->count] = builder->attribute_count;
}

static void
builder_open(struct builder *builder, uint32_t node, const void *source)
{
	if (builder->open_count == builder->open_capacity) {
		builder->open_capacity = builder->open_capacity * 2 + 64;
		builder->open = xreallocarray(builder->open,
		    builder->open_capacity, sizeof(*builder->open));
	}
	builder->open[builder->open_count++] =
	    (struct open){.source = source, .node = node, .last = PAGE_NONE};
}

static void
builder_close(struct builder *builder)
{
	uint32_t node = builder->open[--builder->open_count].node;
	builder->page->end[node] = builder->page->count;
}

static void
set_title(struct builder *builder)
{
	struct page *page = builder->page;
	page->title = "";
	uint32_t title = builder->title;
	if (title == PAGE_NONE || page->end[title] == title + 1)
		return;
	if (page->end[title] == title + 2 && page->text[title + 1] != NULL) {
		page->title = page->text[title + 1];
		return;
	}
	struct buffer text = {0};
	for (uint32_t i = title + 1; i < page->end[title]; i++)
		if (page->text[i] != NULL)
			buffer_add_string(&text, page->text[i]);
	char *copy = arena_take(&page->private->arena, text.length + 1);
	if (text.length > 0)
		memcpy(copy, text.bytes, text.length);
	copy[text.length] = '\0';
	page->title = copy;
	buffer_clear(&text);
}

static void
builder_finish(struct builder *builder)
{
	set_title(builder);
	free(builder->open);
}

/*
 * gumbo's memory: one arena that the page keeps, since the strings of its tree
 * are the page's.  It goes in one piece; gumbo's own destructor recurses once
 * per level.  There is no way to tell gumbo to stop, so going beyond a limit
 * jumps out of it: all it has is in the arena.
 */
struct tripwire {
	struct arena *arena;
	size_t nodes, attributes; /* made, at most */
	size_t loose;             /* attributes since the last node */
	const char *reason;
	jmp_buf out;
};

static void *
gumbo_take(void *userdata, size_t size)
{
	struct tripwire *wire = userdata;
	if (size == sizeof(GumboNode)) {
		wire->nodes++;
		wire->loose = 0;
	} else if (size == sizeof(GumboAttribute)) {
		wire->attributes++;
		if (++wire->loose > MAX_LOOSE_ATTRIBUTES)
			wire->reason = "a tag of the page has too many "
				       "attributes";
	}
	if (wire->arena->total > MAX_ARENA)
		wire->reason = "the page's tree is too large";
	if (wire->reason != NULL)
		longjmp(wire->out, 1);
	return arena_take(wire->arena, size);
}

/* The newest block is taken back: buffers that grow cost no more than that. */
static void
gumbo_give(void *userdata, void *block)
{
	struct arena *arena = ((struct tripwire *)userdata)->arena;
	if (block != NULL && block == arena->last)
		arena->at = arena->last;
}

static const GumboNode *
gumbo_tree(struct tripwire *wire, const char *bytes, size_t length)
{
	GumboOptions options = kGumboDefaultOptions;
	options.allocator = gumbo_take;
	options.deallocator = gumbo_give;
	options.userdata = wire;
	options.max_errors = 0; /* the list of errors is quadratic */
	if (setjmp(wire->out) != 0)
		return NULL;
	return gumbo_parse_with_options(&options, bytes, length)->root;
}

static uint32_t
gumbo_name(
    struct builder *builder, uint32_t *known, const GumboElement *element)
{
	if (element->tag < GUMBO_TAG_UNKNOWN) {
		if (known[element->tag] == 0) {
			const char *name =
			    gumbo_normalized_tagname(element->tag);
			known[element->tag] =
			    builder_foreign_name(builder, name, strlen(name));
		}
		return known[element->tag];
	}
	GumboStringPiece name = element->original_tag;
	gumbo_tag_from_original_text(&name);
	return builder_foreign_name(
	    builder, name.data == NULL ? "" : name.data, name.length);
}

static void
gumbo_attributes(struct builder *builder, const GumboElement *element)
{
	struct arena *arena = &builder->page->private->arena;
	for (unsigned i = 0; i < element->attributes.length; i++) {
		const GumboAttribute *a = element->attributes.data[i];
		const char *name = a->name;
		/* gumbo makes "href" of SVG's "xlink:href" */
		if (a->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE)
			name = arena_lower(arena, a->original_name.data,
			    a->original_name.length);
		else if (element->tag_namespace != GUMBO_NAMESPACE_HTML)
			name = arena_lower_name(arena, name);
		builder_attribute(builder, name, a->value);
	}
}

static void
gumbo_element(struct builder *builder, uint32_t *known, const GumboNode *source)
{
	const GumboElement *element = &source->v.element;
	uint32_t node =
	    builder_node(builder, gumbo_name(builder, known, element), NULL);
	builder->sources[node] = source;
	gumbo_attributes(builder, element);
	if (element->tag == GUMBO_TAG_TITLE && builder->title == PAGE_NONE &&
	    element->tag_namespace == GUMBO_NAMESPACE_HTML)
		builder->title = node;
	/* a template's content is no part of the document */
	if (element->children.length > 0 && source->type == GUMBO_NODE_ELEMENT)
		builder_open(builder, node, source);
}

static void
gumbo_flatten(struct builder *builder, const GumboNode *root)
{
	uint32_t known[GUMBO_TAG_LAST] = {0};
	gumbo_element(builder, known, root);
	while (builder->open_count > 0) {
		struct open *open = &builder->open[builder->open_count - 1];
		const GumboNode *parent = open->source;
		if (open->next == parent->v.element.children.length) {
			builder_close(builder);
			continue;
		}
		const GumboNode *child =
		    parent->v.element.children.data[open->next++];
		if (child->type == GUMBO_NODE_ELEMENT ||
		    child->type == GUMBO_NODE_TEMPLATE)
			gumbo_element(builder, known, child);
		else if (child->type != GUMBO_NODE_COMMENT)
			(void)builder_node(builder, 0, child->v.text.text);
	}
}

static bool
parse_html5(
    struct page *page, const char *bytes, size_t length, struct error *err)
{
	struct tripwire *wire = xcalloc(1, sizeof(*wire));
	wire->arena = &page->private->arena;
	const GumboNode *root = gumbo_tree(wire, bytes, length);
	bool ok = root != NULL;
	if (ok) {
		struct builder builder;
		builder_start(&builder, page, wire->nodes, wire->attributes);
		builder.sources =
		    xcalloc(wire->nodes, sizeof(*builder.sources));
		gumbo_flatten(&builder, root);
		builder_finish(&builder);
		page->private->sources = builder.sources;
		page->parser = "html5";
	} else
		(void)error_set(err, "%s", wire->reason);
	free(wire);
	return ok;
}

/* libxml2 has no limit of depth of its own once XML_PARSE_HUGE is given, and
 * without that it drops whatever lies deeper than 256. */
struct depth_cap {
	startElementSAXFunc start;
	endElementSAXFunc end;
	unsigned depth;
	bool exceeded;
};

static void
on_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
	xmlParserCtxt *context = data;
	struct depth_cap *cap = context->_private;
	if (++cap->depth > MAX_DEPTH_LIBXML2) {
		cap->exceeded = true;
		xmlStopParser(context);
		return;
	}
	cap->start(data, name, attributes);
}

static void
on_end(void *data, const xmlChar *name)
{
	struct depth_cap *cap = ((xmlParserCtxt *)data)->_private;
	if (cap->depth > 0)
		cap->depth--;
	cap->end(data, name);
}

static xmlDoc *
libxml2_tree(const char *bytes, size_t length, struct error *err)
{
	htmlParserCtxt *context = htmlNewParserCtxt();
	if (context == NULL) {
		(void)error_set(err, "libxml2 cannot start");
		return NULL;
	}
	struct depth_cap cap = {
	    .start = context->sax->startElement,
	    .end = context->sax->endElement,
	};
	context->sax->startElement = on_start;
	context->sax->endElement = on_end;
	context->_private = &cap;
	xmlDoc *document =
	    htmlCtxtReadMemory(context, bytes, (int)length, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
		    HTML_PARSE_NONET | HTML_PARSE_COMPACT | XML_PARSE_HUGE);
	bool stopped = context->disableSAX != 0;
	if (cap.exceeded)
		(void)error_set(err, "the page is nested deeper than %d levels",
		    MAX_DEPTH_LIBXML2);
	else if (stopped || document == NULL)
		(void)error_set(err, "libxml2 gave up on the page");
	if ((stopped || cap.exceeded) && document != NULL) {
		xmlFreeDoc(document);
		document = NULL;
	}
	htmlFreeParserCtxt(context);
	return document;
}

/* One step in document order, without recursion; templates are not entered. */
static const xmlNode *
libxml2_next(const xmlNode *node, const xmlNode *root)
{
	if (node->type == XML_ELEMENT_NODE && node->children != NULL &&
	    strcmp((const char *)node->name, "template") != 0)
		return node->children;
	while (node != root && node->next == NULL)
		node = node->parent;
	return node == root ? NULL : node->next;
}

static bool
is_libxml2_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE ||
	       node->type == XML_CDATA_SECTION_NODE;
}

static const char *
libxml2_value(struct arena *arena, const xmlAttr *attribute)
{
	const xmlNode *value = attribute->children;
	if (value == NULL)
		return "";
	if (value->next == NULL && value->type == XML_TEXT_NODE)
		return value->content == NULL ? "" : (char *)value->content;
	xmlChar *whole = xmlNodeListGetString(attribute->doc, value, 1);
	if (whole == NULL)
		return "";
	size_t length = strlen((char *)whole);
	char *copy = arena_take(arena, length + 1);
	memcpy(copy, whole, length + 1);
	xmlFree(whole);
	return copy;
}

static void
libxml2_element(struct builder *builder, const xmlNode *source)
{
	const char *name = (const char *)source->name;
	struct arena *arena = &builder->page->private->arena;
	uint32_t node = builder_node(
	    builder, builder_foreign_name(builder, name, strlen(name)), NULL);
	for (const xmlAttr *a = source->properties; a != NULL; a = a->next)
		builder_attribute(builder,
		    arena_lower_name(arena, (const char *)a->name),
		    libxml2_value(arena, a));
	bool svg = source->parent != NULL && source->parent->name != NULL &&
		   strcmp((const char *)source->parent->name, "svg") == 0;
	if (builder->title == PAGE_NONE && !svg && strcmp(name, "title") == 0)
		builder->title = node;
	builder_open(builder, node, source);
}

static void
libxml2_flatten(struct builder *builder, const xmlNode *root)
{
	size_t outer = builder->open_count;
	for (const xmlNode *node = root; node != NULL;
	     node = libxml2_next(node, root)) {
		while (builder->open_count > outer &&
		       builder->open[builder->open_count - 1].source !=
			   node->parent)
			builder_close(builder);
		if (node->type == XML_ELEMENT_NODE)
			libxml2_element(builder, node);
		else if (is_libxml2_text(node) && node->content != NULL)
			(void)builder_node(
			    builder, 0, (const char *)node->content);
	}
	while (builder->open_count > outer)
		builder_close(builder);
}

static bool
is_html_root(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, "html") == 0;
}

/* At most so many nodes and attributes will be needed. */
static void
libxml2_count(const xmlDoc *document, size_t *nodes, size_t *attributes)
{
	*nodes = 1;
	*attributes = 0;
	const xmlNode *top = document == NULL ? NULL : document->children;
	for (; top != NULL; top = top->next)
		for (const xmlNode *node = top; node != NULL;
		     node = libxml2_next(node, top)) {
			++*nodes;
			if (node->type != XML_ELEMENT_NODE)
				continue;
			for (const xmlAttr *a = node->properties; a != NULL;
			     a = a->next)
				++*attributes;
		}
}

/* libxml2 keeps what it finds beside html there; we hang all of it below. */
static void
libxml2_build(struct builder *builder, const xmlDoc *document)
{
	const xmlNode *root = document == NULL ? NULL : document->children;
	while (root != NULL && !is_html_root(root))
		root = root->next;
	if (root != NULL) {
		libxml2_flatten(builder, root);
		return;
	}
	uint32_t html = builder_node(
	    builder, builder_foreign_name(builder, "html", 4), NULL);
	builder_open(builder, html, NULL);
	const xmlNode *node = document == NULL ? NULL : document->children;
	for (; node != NULL; node = node->next)
		if (node->type == XML_ELEMENT_NODE || is_libxml2_text(node))
			libxml2_flatten(builder, node);
	builder_close(builder);
}

static bool
parse_libxml2(
    struct page *page, const char *bytes, size_t length, struct error *err)
{
	bool empty = true; /* no tree then, which is no fault */
	for (size_t i = 0; i < length && empty; i++)
		empty = strchr(" \t\r\n\f", bytes[i]) != NULL;
	xmlDoc *document = NULL;
	if (!empty) {
		document = libxml2_tree(bytes, length, err);
		if (document == NULL)
			return false;
	}
	page->private->document = document;
	size_t nodes, attributes;
	libxml2_count(document, &nodes, &attributes);
	struct builder builder;
	builder_start(&builder, page, nodes, attributes);
	libxml2_build(&builder, document);
	builder_finish(&builder);
	page->parser = "libxml2";
	return true;
}

/* The bytes without a mark at their start, NUL and what the guard cut. */
struct source {
	const char *bytes;
	size_t length;
	char *copy; /* NULL while nothing had to go */
};

static void
source_start(struct source *source, const char *utf8, size_t length)
{
	if (length >= 3 && memcmp(utf8, "\xef\xbb\xbf", 3) == 0) {
		utf8 += 3;
		length -= 3;
	}
	*source = (struct source){.bytes = utf8, .length = length};
	if (length == 0 || memchr(utf8, '\0', length) == NULL)
		return;
	source->copy = xmalloc(length);
	source->length = 0;
	for (size_t i = 0; i < length; i++)
		if (utf8[i] != '\0')
			source->copy[source->length++] = utf8[i];
	source->bytes = source->copy;
}

static void
source_cut(struct source *source, const struct guard *guard)
{
	if (guard->cut_count == 0)
		return;
	char *copy = xmalloc(source->length);
	size_t from = 0, length = 0;
	for (size_t i = 0; i <= guard->cut_count; i++) {
		bool last = i == guard->cut_count;
		size_t to = last ? source->length : guard->cuts[i].from;
		memcpy(copy + length, source->bytes + from, to - from);
		length += to - from;
		from = last ? to : guard->cuts[i].to;
	}
	free(source->copy);
	source->copy = copy;
	source->bytes = copy;
	source->length = length;
}

/* Look over the source as the reader will; *depth is the guard's estimate. */
static bool
source_guard(struct source *source, enum guard_reader reader, uint32_t *depth,
    struct error *err)
{
	struct guard guard;
	bool ok =
	    guard_scan(source->bytes, source->length, reader, &guard, err);
	if (ok)
		source_cut(source, &guard);
	*depth = guard.depth;
	guard_clear(&guard);
	return ok;
}

static bool
parse_source(struct page *page, struct source *source, enum page_parser parser,
    struct error *err)
{
	uint32_t depth;
	if (parser == PARSER_HTML5) {
		if (!source_guard(source, GUARD_HTML5, &depth, err))
			return false;
		if (depth <= MAX_DEPTH_HTML5)
			return parse_html5(
			    page, source->bytes, source->length, err);
	}
	return source_guard(source, GUARD_LIBXML2, &depth, err) &&
	       parse_libxml2(page, source->bytes, source->length, err);
}

struct page *
page_parse(const char *utf8, size_t length, enum page_parser parser,
    size_t max_bytes, struct error *err)
{
	if (max_bytes == 0)
		max_bytes = MAX_BYTES_DEFAULT;
	if (max_bytes > MAX_BYTES)
		max_bytes = MAX_BYTES;
	if (length > max_bytes) {
		(void)error_set(err, "the page has %zu bytes, more than %zu",
		    length, max_bytes);
		return NULL;
	}
	struct source source;
	source_start(&source, utf8, length);
	struct page *page = xcalloc(1, sizeof(*page));
	page->private = xcalloc(1, sizeof(*page->private));
	page->private->seed = intern_seed(source.bytes, source.length);
	intern_init(&page->private->names, page->private->seed, true);
	bool ok = parse_source(page, &source, parser, err);
	if (source.copy == NULL) {
		page->private->text = source.bytes;
		page->private->text_skipped = (size_t)(source.bytes - utf8);
	}
	free(source.copy);
	if (!ok) {
		page_free(page);
		return NULL;
	}
	return page;
}

void
page_free(struct page *page)
{
	if (page == NULL)
		return;
	struct page_private *private = page->private;
	xpath_tree_free(private->tree);
	postings_clear(private);
	intern_clear(&private->names);
	free(private->name_flags);
	free(private->block);
	free(private->sources);
	if (private->document != NULL)
		xmlFreeDoc(private->document);
	arena_clear(&private->arena);
	free(private);
	free(page->names);
	free(page);
}

/* Of an element that another one's closing tag ended, gumbo gives that. */
static bool
closes(const GumboStringPiece *tag, const GumboStringPiece *open)
{
	GumboStringPiece name = *open, other = *tag;
	if (tag->length < 3 || tag->data[1] != '/')
		return false;
	gumbo_tag_from_original_text(&name);
	gumbo_tag_from_original_text(&other);
	bool same = name.length == other.length;
	for (size_t i = 0; same && i < name.length; i++)
		same = lower(name.data[i]) == lower(other.data[i]);
	return same;
}

bool
page_place(const struct page *page, uint32_t node, struct page_place *place)
{
	const struct page_private *private = page->private;
	if (private->text == NULL || private->sources == NULL ||
	    private->sources[node] == NULL)
		return false;
	const GumboNode *source = private->sources[node];
	const GumboStringPiece *open = &source->v.element.original_tag;
	const GumboStringPiece *close = &source->v.element.original_end_tag;
	if (open->length == 0)
		return false;
	*place = (struct page_place){
	    .open =
		(size_t)(open->data - private->text) + private->text_skipped,
	    .open_length = open->length,
	};
	if (closes(close, open))
		place->end = (size_t)(close->data - private->text) +
			     close->length + private->text_skipped;
	return true;
}

const char *
page_tag(const struct page *page, uint32_t node)
{
	return page->names[page->tag[node]];
}

uint32_t
page_tag_index(const struct page *page, const char *name)
{
	return intern_find(&page->private->names, name, strlen(name));
}

const char *
page_attribute(const struct page *page, uint32_t node, const char *name)
{
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++)
		if (strcmp(page->attributes[i].name, name) == 0)
			return page->attributes[i].value;
	return NULL;
}

/* The first element at or after a node, below the parent that ends there. */
static uint32_t
element_from(const struct page *page, uint32_t node, uint32_t end)
{
	while (node < end && page->text[node] != NULL)
		node++;
	return node < end ? node : PAGE_NONE;
}

uint32_t
page_first_child(const struct page *page, uint32_t node)
{
	return element_from(page, node + 1, page->end[node]);
}

uint32_t
page_next_sibling(const struct page *page, uint32_t node)
{
	uint32_t parent = page->parent[node];
	if (parent == PAGE_NONE)
		return PAGE_NONE;
	return element_from(page, page->end[node], page->end[parent]);
}

bool
page_contains(const struct page *page, uint32_t a, uint32_t d)
{
	return a <= d && d < page->end[a];
}

void
nodes_add(struct nodes *nodes, uint32_t node)
{
	if (nodes->count == nodes->capacity) {
		nodes->capacity =
		    nodes->capacity == 0 ? 16 : nodes->capacity * 2;
		nodes->list = xreallocarray(
		    nodes->list, nodes->capacity, sizeof(*nodes->list));
	}
	nodes->list[nodes->count++] = node;
}

void
nodes_clear(struct nodes *nodes)
{
	free(nodes->list);
	*nodes = (struct nodes){0};
}
