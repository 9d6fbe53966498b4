#ifndef FEED_XML_H
#define FEED_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/error.h"

/*
 * Writing XML 1.0 in UTF-8 with libxml2, and reading it again with expat, an
 * unrelated parser: libxml2 writes control characters and broken UTF-8
 * without a word.  The only file that knows libxml2's writer and expat.
 * Only text that text_is_clean is taken.  The first failure is kept, whatever
 * follows it does nothing, xml_finish tells; so callers test once.
 */
struct xml;

/* A document's beginning. */
struct xml *xml_new(void);
void xml_free(struct xml *);

/* Names are our own literals ("media:thumbnail"), never from outside. */
void xml_open(struct xml *, const char *element);
/* Right after xml_open, in the order wanted; value is one clean line. */
void xml_attribute(struct xml *, const char *name, const char *value);
/* Clean, newlines allowed. */
void xml_text(struct xml *, const char *text);
void xml_close(struct xml *);
/* Open, text, close. */
void xml_element(struct xml *, const char *element, const char *text);

/*
 * Closes what is open and hands over the document, ending in a newline, its
 * size in *length, for the caller to free.  NULL and err after any failure, or
 * if xml_check refuses the bytes.  Then only xml_free is left.
 */
char *xml_finish(struct xml *, size_t *length, struct error *);

/* What a document says, in its order; borrowed during the call.  A name is
 * "namespace\nlocal", or "local" without one; attributes are name, value, ...,
 * NULL. */
struct xml_reader {
	void (*open)(
	    void *arg, const char *name, const char *const *attributes);
	void (*text)(void *arg, const char *bytes, size_t length); /* a piece */
	void (*close)(void *arg);
};

#define XML_MAX_DEPTH 32

/* Reads a document, UTF-8, without a DOCTYPE and so without entities of its
 * own.  False and err ("line 3: ...") if it is none; the reader has then seen
 * what stands before. */
bool xml_read(const char *bytes, size_t length, const struct xml_reader *,
    void *arg, struct error *);

/* Do these bytes parse as UTF-8 XML with namespaces and without a DOCTYPE?
 * False and err ("line 3: ...") if not. */
bool xml_check(const char *bytes, size_t length, struct error *);

#endif
