#include "feed/opml.h"

#include <stdbool.h>
#include <stdlib.h>

#include "feed/entry.h"
#include "feed/memory.h"
#include "feed/xml.h"

struct opml {
	struct xml *xml;
	bool in_site;
};

struct opml *
opml_new(const char *title)
{
	struct opml *opml = xcalloc(1, sizeof(*opml));
	opml->xml = xml_new();
	xml_open(opml->xml, "opml");
	xml_attribute(opml->xml, "version", "2.0");
	xml_open(opml->xml, "head");
	xml_element(opml->xml, "title", title);
	xml_close(opml->xml);
	xml_open(opml->xml, "body");
	return opml;
}

void
opml_free(struct opml *opml)
{
	if (opml == NULL)
		return;
	xml_free(opml->xml);
	free(opml);
}

/* "text" is what the specification asks for, "title" what readers look at. */
static void
write_outline(struct xml *xml, const char *title)
{
	xml_open(xml, "outline");
	xml_attribute(xml, "text", title);
	xml_attribute(xml, "title", title);
}

void
opml_site(struct opml *opml, const char *title)
{
	if (opml->in_site)
		xml_close(opml->xml);
	write_outline(opml->xml, title);
	opml->in_site = true;
}

/* The type of a subscription is "rss", whatever its feed is written in. */
void
opml_feed(
    struct opml *opml, const char *title, const char *url, const char *page)
{
	write_outline(opml->xml, title);
	xml_attribute(opml->xml, "type", "rss");
	xml_attribute(opml->xml, "xmlUrl", url);
	if (is_web_address(page))
		xml_attribute(opml->xml, "htmlUrl", page);
	xml_close(opml->xml);
}

char *
opml_finish(struct opml *opml, size_t *length, struct error *err)
{
	return xml_finish(opml->xml, length, err);
}
