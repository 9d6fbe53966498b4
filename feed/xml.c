#include "feed/xml.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>
#include <libxml/xmlwriter.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

struct xml {
	xmlBuffer *bytes;
	xmlTextWriter *writer;
	struct error failure; /* the first one */
	bool has_failed;
};

static void
fail(struct xml *xml, const char *reason, const char *where)
{
	if (xml->has_failed)
		return;
	xml->has_failed = true;
	error_set(&xml->failure, "%s in %s", reason, where);
}

/* libxml2 answers with a count or -1. */
static void
note(struct xml *xml, int written, const char *where)
{
	if (written < 0)
		fail(xml, "libxml2 cannot write", where);
}

struct xml *
xml_new(void)
{
	struct xml *xml = xcalloc(1, sizeof(*xml));
	xml->bytes = xmlBufferCreate();
	if (xml->bytes != NULL)
		xml->writer = xmlNewTextWriterMemory(xml->bytes, 0);
	if (xml->writer == NULL) {
		fail(xml, "libxml2 cannot begin", "the document");
		return xml;
	}
	note(xml, xmlTextWriterSetIndent(xml->writer, 1), "the document");
	note(xml, xmlTextWriterSetIndentString(xml->writer, BAD_CAST " "),
	    "the document");
	note(xml, xmlTextWriterStartDocument(xml->writer, "1.0", "UTF-8", NULL),
	    "the declaration");
	return xml;
}

void
xml_free(struct xml *xml)
{
	if (xml == NULL)
		return;
	if (xml->writer != NULL)
		xmlFreeTextWriter(xml->writer); /* writes into bytes */
	if (xml->bytes != NULL)
		xmlBufferFree(xml->bytes);
	free(xml);
}

void
xml_open(struct xml *xml, const char *element)
{
	if (xml->has_failed)
		return;
	note(xml, xmlTextWriterStartElement(xml->writer, BAD_CAST element),
	    element);
}

void
xml_close(struct xml *xml)
{
	if (xml->has_failed)
		return;
	note(xml, xmlTextWriterEndElement(xml->writer), "an element's end");
}

/*
 * We escape, not libxml2: its releases differ in what they escape (quotes in
 * text, for one), and the bytes of a feed must not change with an upgrade of
 * the library.
 */
static void
write_escaped(struct xml *xml, const char *text, const char *where)
{
	struct buffer escaped = {0};
	for (const char *at = text; *at != '\0';) {
		size_t plain = strcspn(at, "&<>\"");
		buffer_add(&escaped, at, plain);
		at += plain;
		switch (*at) {
		case '&':
			buffer_add_string(&escaped, "&amp;");
			break;
		case '<':
			buffer_add_string(&escaped, "&lt;");
			break;
		case '>': /* XML 1.0 2.4: "]]>" must not stand in text */
			buffer_add_string(&escaped, "&gt;");
			break;
		case '"':
			buffer_add_string(&escaped, "&quot;");
			break;
		default:
			continue; /* the end */
		}
		at++;
	}
	if (escaped.length > INT_MAX / 2)
		fail(xml, "too much text", where);
	else if (escaped.length > 0)
		note(xml,
		    xmlTextWriterWriteRawLen(xml->writer,
			BAD_CAST escaped.bytes, (int)escaped.length),
		    where);
	buffer_clear(&escaped);
}

void
xml_attribute(struct xml *xml, const char *name, const char *value)
{
	if (xml->has_failed)
		return;
	if (!text_is_clean(value, strlen(value), false)) {
		fail(xml, "unclean text", name);
		return;
	}
	note(
	    xml, xmlTextWriterStartAttribute(xml->writer, BAD_CAST name), name);
	if (!xml->has_failed)
		write_escaped(xml, value, name);
	if (!xml->has_failed)
		note(xml, xmlTextWriterEndAttribute(xml->writer), name);
}

void
xml_text(struct xml *xml, const char *text)
{
	if (xml->has_failed || text[0] == '\0')
		return;
	if (!text_is_clean(text, strlen(text), true))
		fail(xml, "unclean text", "an element");
	else
		write_escaped(xml, text, "an element");
}

void
xml_element(struct xml *xml, const char *element, const char *text)
{
	xml_open(xml, element);
	xml_text(xml, text);
	xml_close(xml);
}

char *
xml_finish(struct xml *xml, size_t *length, struct error *err)
{
	if (!xml->has_failed)
		note(xml, xmlTextWriterEndDocument(xml->writer),
		    "the document's end");
	if (!xml->has_failed)
		note(
		    xml, xmlTextWriterFlush(xml->writer), "the document's end");
	if (xml->has_failed) {
		(void)error_set(err, "%s", xml->failure.reason);
		return NULL;
	}
	const char *bytes = (const char *)xmlBufferContent(xml->bytes);
	int size = xmlBufferLength(xml->bytes);
	if (bytes == NULL || size <= 0) {
		(void)error_set(err, "libxml2 wrote nothing");
		return NULL;
	}
	/* success codes mean nothing: read what was written */
	if (!xml_check(bytes, (size_t)size, err))
		return NULL;
	*length = (size_t)size;
	return xstrndup(bytes, (size_t)size);
}

/* XML_Parse counts in int; pieces also spare expat a copy of the whole. */
static bool
parse_pieces(XML_Parser parser, const char *bytes, size_t length)
{
	static const size_t piece = 1 << 20;
	while (length > piece) {
		if (XML_Parse(parser, bytes, (int)piece, XML_FALSE) !=
		    XML_STATUS_OK)
			return false;
		bytes += piece;
		length -= piece;
	}
	return XML_Parse(parser, bytes, (int)length, XML_TRUE) == XML_STATUS_OK;
}

struct reading {
	XML_Parser parser;
	const struct xml_reader *reader;
	void *arg;
	unsigned depth;
};

static void
on_open(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = user;
	if (++reading->depth > XML_MAX_DEPTH)
		(void)XML_StopParser(reading->parser, XML_FALSE);
	else
		reading->reader->open(
		    reading->arg, name, (const char *const *)attributes);
}

static void
on_close(void *user, const XML_Char *name)
{
	struct reading *reading = user;
	(void)name;
	reading->depth--;
	reading->reader->close(reading->arg);
}

static void
on_text(void *user, const XML_Char *bytes, int length)
{
	struct reading *reading = user;
	reading->reader->text(reading->arg, bytes, (size_t)length);
}

static void
on_doctype(void *user, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int has_internal_subset)
{
	struct reading *reading = user;
	(void)name, (void)system_id, (void)public_id;
	(void)has_internal_subset;
	(void)XML_StopParser(reading->parser, XML_FALSE); /* no way back */
}

bool
xml_read(const char *bytes, size_t length, const struct xml_reader *reader,
    void *arg, struct error *err)
{
	struct reading reading = {.reader = reader, .arg = arg};
	/* the encoding given here overrules the declaration: it is UTF-8 or
	 * nothing */
	XML_Parser parser = XML_ParserCreateNS("UTF-8", '\n');
	if (parser == NULL)
		return error_set(err, "expat cannot begin");
	reading.parser = parser;
	/* a salt of its own would be asked of the kernel */
	(void)XML_SetHashSalt(parser, 1); /* fails only after the start */
	XML_SetUserData(parser, &reading);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	if (reader != NULL) {
		XML_SetElementHandler(parser, on_open, on_close);
		XML_SetCharacterDataHandler(parser, on_text);
	}
	bool ok = parse_pieces(parser, bytes, length);
	if (!ok) {
		enum XML_Error code = XML_GetErrorCode(parser);
		(void)error_set(err, "line %lu: %s",
		    (unsigned long)XML_GetCurrentLineNumber(parser),
		    code != XML_ERROR_ABORTED       ? XML_ErrorString(code)
		    : reading.depth > XML_MAX_DEPTH ? "too deep"
						    : "a DOCTYPE");
	}
	XML_ParserFree(parser);
	return ok;
}

bool
xml_check(const char *bytes, size_t length, struct error *err)
{
	return xml_read(bytes, length, NULL, NULL, err);
}
