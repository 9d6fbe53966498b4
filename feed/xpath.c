#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLtree.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "feed/memory.h"
#include "feed/page_private.h"

#define MAX_OPERATIONS 5000000UL /* about 40 ms */
#define MAX_LENGTH 4096

struct xpath {
	xmlXPathCompExpr *compiled;
};

/* The page as libxml2 has it, made from the arrays on first use; a node's
 * _private is its index + 1. */
struct xpath_tree {
	xmlDoc *document;
	xmlNode **nodes;
	xmlXPathContext *context; /* counts operations over the page */
};

/* libxml2 2.12 made the error const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *caught_error;
#else
typedef xmlError *caught_error;
#endif

struct caught {
	char *message; /* the first one */
	int code, column;
};

static void
on_error(void *data, caught_error error)
{
	struct caught *caught = data;
	if (caught->message != NULL || error == NULL)
		return;
	caught->message =
	    xstrdup(error->message == NULL ? "unknown error" : error->message);
	caught->message[strcspn(caught->message, "\n")] = '\0';
	caught->code = error->code;
	caught->column = error->int1;
}

static void
on_generic_error(void *data, const char *format, ...)
{
	(void)data; /* said by the structured error, too */
	(void)format;
}

/* libxml2's handlers are global: ours stand only while a call runs.  The one
 * that an XPath context has is told no message. */
struct handlers {
	xmlStructuredErrorFunc structured;
	void *structured_data;
	xmlGenericErrorFunc generic;
	void *generic_data;
};

static struct handlers
handlers_set(struct caught *caught)
{
	struct handlers old = {
	    .structured = xmlStructuredError,
	    .structured_data = xmlStructuredErrorContext,
	    .generic = xmlGenericError,
	    .generic_data = xmlGenericErrorContext,
	};
	xmlSetStructuredErrorFunc(caught, on_error);
	xmlSetGenericErrorFunc(NULL, on_generic_error);
	return old;
}

static void
handlers_restore(struct handlers old)
{
	xmlSetStructuredErrorFunc(old.structured_data, old.structured);
	xmlSetGenericErrorFunc(old.generic_data, old.generic);
}

static size_t
column_of(const char *expression, size_t offset)
{
	size_t column = 1;
	for (size_t i = 0; i < offset && expression[i] != '\0'; i++)
		column += ((unsigned char)expression[i + 1] & 0xc0) != 0x80;
	return column;
}

static bool
is_name_start(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '_' || byte >= 0x80;
}

static bool
is_name(unsigned char byte)
{
	return is_name_start(byte) || (byte >= '0' && byte <= '9') ||
	       byte == '-' || byte == '.';
}

/* XPath 1.0, section 4 and [38] NodeType; four operators that a bracket may
 * follow. */
static bool
is_known_function(const char *name, size_t length)
{
	static const char *const known[] = {"last", "position", "count", "id",
	    "local-name", "namespace-uri", "name", "string", "concat",
	    "starts-with", "contains", "substring-before", "substring-after",
	    "substring", "string-length", "normalize-space", "translate",
	    "boolean", "not", "true", "false", "lang", "sum", "number", "floor",
	    "ceiling", "round", "comment", "text", "processing-instruction",
	    "node", "and", "or", "div", "mod"};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == length &&
		    memcmp(known[i], name, length) == 0)
			return true;
	return false;
}

/* A name at *at: is it a function or prefix that nobody knows?  Moves on. */
static bool
check_name(const char *expression, const char **at, struct error *err)
{
	const char *name = *at, *p = name;
	while (is_name((unsigned char)*p))
		p++;
	size_t length = (size_t)(p - name);
	*at = p;
	size_t column = column_of(expression, (size_t)(name - expression));
	if (p[0] == ':' && p[1] != ':')
		return error_set(err,
		    "column %zu: prefix '%.*s': names have no namespaces here",
		    column, (int)length, name);
	p += strspn(p, " \t\r\n");
	if (*p != '(' || is_known_function(name, length))
		return true;
	return error_set(err, "column %zu: there is no function '%.*s'", column,
	    (int)length, name);
}

/* What libxml2 would only notice when it gets there, on some page. */
static bool
check_names(const char *expression, struct error *err)
{
	for (const char *p = expression; *p != '\0';) {
		if (*p == '"' || *p == '\'') {
			const char *close = strchr(p + 1, *p);
			if (close == NULL)
				return error_set(err,
				    "column %zu: the quote is not closed",
				    column_of(
					expression, (size_t)(p - expression)));
			p = close + 1;
		} else if (is_name_start((unsigned char)*p)) {
			if (!check_name(expression, &p, err))
				return false;
		} else if (*p == '$') {
			return error_set(err,
			    "column %zu: there are no variables",
			    column_of(expression, (size_t)(p - expression)));
		} else
			p++;
	}
	return true;
}

static bool
error_from(
    struct error *err, const char *expression, const struct caught *caught)
{
	if (caught->message == NULL)
		return error_set(err, "the expression cannot be evaluated");
	if (caught->code == XML_XPATH_EXPRESSION_OK + XPATH_OP_LIMIT_EXCEEDED)
		return error_set(
		    err, "the page's %lu operations are spent", MAX_OPERATIONS);
	if (expression == NULL || caught->column < 0)
		return error_set(err, "%s", caught->message);
	return error_set(err, "column %zu: %s",
	    column_of(expression, (size_t)caught->column), caught->message);
}

/* On a page with nothing on it: types that do not fit show here. */
static bool
try_evaluate(xmlXPathContext *context, xmlXPathCompExpr *compiled)
{
	xmlDoc *document = htmlNewDocNoDtD(NULL, NULL);
	xmlNode *root = xmlNewDocNode(document, NULL, BAD_CAST "html", NULL);
	(void)xmlDocSetRootElement(document, root); /* no old root */
	context->doc = document;
	context->node = root;
	context->opLimit = MAX_OPERATIONS;
	xmlXPathObject *result = xmlXPathCompiledEval(compiled, context);
	bool ok = result != NULL;
	xmlXPathFreeObject(result);
	context->doc = NULL;
	context->node = NULL;
	xmlFreeDoc(document);
	return ok;
}

struct xpath *
xpath_parse(const char *expression, struct error *err)
{
	if (strlen(expression) > MAX_LENGTH) {
		(void)error_set(
		    err, "the expression has more than %d bytes", MAX_LENGTH);
		return NULL;
	}
	if (!check_names(expression, err))
		return NULL;
	struct caught caught = {.column = -1};
	struct handlers old = handlers_set(&caught);
	xmlXPathContext *context = xmlXPathNewContext(NULL);
	xmlXPathCompExpr *compiled =
	    xmlXPathCtxtCompile(context, BAD_CAST expression);
	struct xpath *xpath = NULL;
	bool is_compiled = compiled != NULL;
	if (is_compiled && try_evaluate(context, compiled)) {
		xpath = xcalloc(1, sizeof(*xpath));
		xpath->compiled = compiled;
	} else {
		(void)error_from(err, is_compiled ? NULL : expression, &caught);
		if (is_compiled)
			xmlXPathFreeCompExpr(compiled);
	}
	xmlXPathFreeContext(context);
	handlers_restore(old);
	free(caught.message);
	return xpath;
}

/* Is the word that ends here an operator, so that a path may begin? */
static bool
is_operator(const char *start, const char *end)
{
	static const char *const operators[] = {
	    "or", "and", "div", "mod", NULL};
	const char *word = end;
	while (word > start &&
	       strchr(" \t\r\n/:@()[]|,=<>+*'\"", word[-1]) == NULL)
		word--;
	if (word > start && strchr("/:@", word[-1]) != NULL)
		return false; /* a step's name */
	for (size_t i = 0; operators[i] != NULL; i++)
		if ((size_t)(end - word) == strlen(operators[i]) &&
		    memcmp(word, operators[i], (size_t)(end - word)) == 0)
			return true;
	return false;
}

bool
xpath_stays_inside(const char *expression)
{
	static const char *const outward[] = {"..", "ancestor", "parent",
	    "preceding", "following", "id(", "id (", "lang(", "lang (", NULL};
	for (size_t i = 0; outward[i] != NULL; i++)
		if (strstr(expression, outward[i]) != NULL)
			return false;
	for (const char *at = expression; *at != '\0'; at++) {
		if (*at == '\'' || *at == '"') {
			at = strchr(at + 1, *at);
			if (at == NULL)
				return false;
		} else if (*at == '/' && (at == expression ||
					     strchr(" \t\r\n([|,=<>+-*'\"!",
						 at[-1]) != NULL ||
					     is_operator(expression, at)))
			return false; /* from the root */
	}
	return true;
}

void
xpath_free(struct xpath *xpath)
{
	if (xpath == NULL)
		return;
	xmlXPathFreeCompExpr(xpath->compiled);
	free(xpath);
}

/* Straight into the tree: xmlAddChild would join texts that a comment parted,
 * and there is an index for each. */
static void
link_child(xmlNode *parent, xmlNode *child)
{
	child->parent = parent;
	child->prev = parent->last;
	if (parent->last == NULL)
		parent->children = child;
	else
		parent->last->next = child;
	parent->last = child;
}

/* Not through xmlNewProp's value, which would walk and check what is known to
 * be good. */
static bool
add_attribute(xmlNode *node, const struct page_attribute *from)
{
	xmlAttr *attribute = xmlNewProp(node, BAD_CAST from->name, NULL);
	xmlNode *text = xmlNewDocText(node->doc, BAD_CAST from->value);
	if (attribute == NULL || text == NULL) {
		xmlFreeNode(text);
		return false;
	}
	text->parent = (xmlNode *)attribute;
	attribute->children = attribute->last = text;
	if (strcmp(from->name, "id") == 0) /* the first of a kind counts */
		(void)xmlAddID(
		    NULL, node->doc, BAD_CAST from->value, attribute);
	return true;
}

static xmlNode *
make_node(xmlDoc *document, const xmlChar **names, const struct page *page,
    uint32_t i)
{
	if (page->text[i] != NULL)
		return xmlNewDocText(document, BAD_CAST page->text[i]);
	uint32_t tag = page->tag[i];
	if (names[tag] == NULL)
		names[tag] = xmlDictLookup(
		    document->dict, BAD_CAST page->names[tag], -1);
	xmlNode *node =
	    xmlNewDocNodeEatName(document, NULL, (xmlChar *)names[tag], NULL);
	for (uint32_t a = page->first_attribute[i];
	     node != NULL && a < page->first_attribute[i + 1]; a++)
		if (!add_attribute(node, &page->attributes[a])) {
			xmlFreeNode(node);
			node = NULL;
		}
	return node;
}

static bool
tree_fill(struct xpath_tree *tree, const struct page *page)
{
	xmlDoc *document = tree->document;
	const xmlChar **names = xcalloc(page->name_count, sizeof(*names));
	bool ok = true;
	for (uint32_t i = 0; i < page->count && ok; i++) {
		xmlNode *node = make_node(document, names, page, i);
		ok = node != NULL;
		if (!ok)
			break;
		node->_private = (void *)(uintptr_t)(i + 1);
		tree->nodes[i] = node;
		link_child(
		    i == 0 ? (xmlNode *)document : tree->nodes[page->parent[i]],
		    node);
	}
	free(names);
	return ok;
}

static struct xpath_tree *
tree_new(const struct page *page)
{
	struct xpath_tree *tree = xcalloc(1, sizeof(*tree));
	tree->nodes = xcalloc(page->count, sizeof(*tree->nodes));
	tree->document = htmlNewDocNoDtD(NULL, NULL);
	if (tree->document != NULL)
		tree->document->dict = xmlDictCreate();
	if (tree->document != NULL && tree->document->dict != NULL &&
	    tree_fill(tree, page))
		tree->context = xmlXPathNewContext(tree->document);
	if (tree->context == NULL) {
		xpath_tree_free(tree);
		return NULL;
	}
	/* else comparing two nodes' places walks from one to the other */
	(void)xmlXPathOrderDocElems(tree->document);
	(void)xmlXPathContextSetCache(tree->context, 1, -1, 0);
	tree->context->opLimit = MAX_OPERATIONS;
	return tree;
}

void
xpath_tree_free(struct xpath_tree *tree)
{
	if (tree == NULL)
		return;
	xmlXPathFreeContext(tree->context);
	xmlFreeDoc(tree->document);
	free(tree->nodes);
	free(tree);
}

/* One node of an answer. */
struct hit {
	uint32_t node;
	uint32_t attribute; /* its place + 1, or 0: the node itself */
	const xmlAttr *value;
};

static bool
hit_make(struct hit *hit, const xmlNode *node)
{
	*hit = (struct hit){0};
	if (node->type == XML_ATTRIBUTE_NODE) {
		hit->value = (const xmlAttr *)node;
		for (const xmlAttr *a = hit->value; a != NULL; a = a->prev)
			hit->attribute++;
		node = node->parent;
	} else if (node->type == XML_HTML_DOCUMENT_NODE)
		return true; /* as node 0 */
	else if (node->type != XML_ELEMENT_NODE && node->type != XML_TEXT_NODE)
		return false; /* namespaces have no node */
	hit->node = (uint32_t)(uintptr_t)node->_private - 1;
	return true;
}

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->attribute > y->attribute) - (x->attribute < y->attribute);
}

struct strings {
	char **list;
	size_t count, capacity;
};

static void
strings_add(struct strings *strings, const char *string)
{
	if (strings->count == strings->capacity) {
		strings->capacity = strings->capacity * 2 + 8;
		strings->list = xreallocarray(
		    strings->list, strings->capacity, sizeof(*strings->list));
	}
	strings->list[strings->count++] = xstrdup(string);
}

static void
take_nodes(const xmlNodeSet *set, struct nodes *found, struct strings *strings)
{
	size_t count = set == NULL ? 0 : (size_t)set->nodeNr, kept = 0;
	struct hit *hits = xcalloc(count, sizeof(*hits));
	for (size_t i = 0; i < count; i++)
		kept += hit_make(&hits[kept], set->nodeTab[i]);
	qsort(hits, kept, sizeof(*hits), compare_hits);
	for (size_t i = 0; i < kept; i++) {
		nodes_add(found, hits[i].node);
		if (hits[i].value != NULL && strings != NULL)
			strings_add(strings,
			    (const char *)hits[i].value->children->content);
	}
	free(hits);
}

static void
take_result(
    xmlXPathObject *result, struct nodes *found, struct strings *strings)
{
	if (result->type == XPATH_NODESET) {
		take_nodes(result->nodesetval, found, strings);
		return;
	}
	xmlChar *string = xmlXPathCastToString(result);
	if (strings != NULL && string != NULL)
		strings_add(strings, (const char *)string);
	xmlFree(string);
}

bool
xpath_evaluate(const struct xpath *xpath, struct page *page, uint32_t context,
    struct nodes *found, char ***strings, size_t *string_count,
    struct error *err)
{
	struct caught caught = {.column = -1};
	struct handlers old = handlers_set(&caught);
	struct page_private *private = page->private;
	struct strings texts = {0};
	bool ok = false;
	if (private->tree == NULL)
	private->tree = tree_new(page);
	if (private->tree == NULL) {
		(void)error_set(err, "libxml2 cannot hold the page");
		goto out;
	}
	xmlXPathContext *evaluation = private->tree->context;
	evaluation->node = private->tree->nodes[context];
	xmlXPathObject *result =
	    xmlXPathCompiledEval(xpath->compiled, evaluation);
	if (result == NULL) {
		(void)error_from(err, NULL, &caught);
		goto out;
	}
	take_result(result, found, strings == NULL ? NULL : &texts);
	xmlXPathFreeObject(result);
	if (strings != NULL) {
		*strings = texts.list;
		if (string_count != NULL)
			*string_count = texts.count;
	}
	ok = true;
out:
	handlers_restore(old);
	free(caught.message);
	return ok;
}
