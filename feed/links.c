#include "feed/links.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/climb.h"
#include "feed/collection.h"
#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/region.h"
#include "feed/select.h"
#include "feed/settle.h"
#include "feed/text.h"

void
listing_add(struct listing *listing, struct item item)
{
	if ((listing->count & (listing->count - 1)) == 0)
		listing->list = xreallocarray(listing->list,
		    listing->count == 0 ? 1 : listing->count * 2, sizeof(item));
	listing->list[listing->count++] = item;
}

void
listing_clear(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		free(listing->list[i].link);
		free(listing->list[i].key);
	}
	free(listing->list);
	free(listing->how);
	free(listing->selector);
	*listing = (struct listing){0};
}

bool
links_accept(const struct compiled_rules *rules, const char *link, char **key)
{
	*key = NULL;
	for (size_t i = 0; i < rules->link_template_count; i++) {
		*key = link_template_match(rules->link_templates[i], link);
		if (*key != NULL)
			return true;
	}
	return rules->link_template_count == 0;
}

/* A selector is only said if it finds exactly these items again. */
static bool
finds_exactly(const struct page *page, const char *css,
    const struct region_item *items, size_t count)
{
	struct selector *selector = selector_parse(css, NULL);
	struct nodes found = {0};
	bool same = false;
	if (selector != NULL && selector_all(selector, page, 0, &found, NULL) &&
	    found.count == count) {
		same = true;
		for (size_t i = 0; same && i < count; i++)
			same = found.list[i] == items[i].node &&
			       items[i].end == page->end[items[i].node];
	}
	nodes_clear(&found);
	selector_free(selector);
	return same;
}

static bool
is_plain_name(const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (!((*at >= 'a' && *at <= 'z') ||
			(*at >= 'A' && *at <= 'Z') || *at == '-' ||
			*at == '_' || (at > name && *at >= '0' && *at <= '9')))
			return false;
	return name[0] != '\0' && !(name[0] == '-' && name[1] == '\0');
}

/* "tag.class" for the first class that has a plain name, "tag#id", "tag". */
static void
name_node(
    const struct page *page, uint32_t node, bool with_id, struct buffer *css)
{
	const char *id = page_attribute(page, node, "id");
	const char *classes = page_attribute(page, node, "class");
	if (with_id && id != NULL && is_plain_name(id)) {
		buffer_add_format(css, "#%s", id);
		return;
	}
	buffer_add_string(css, page_tag(page, node));
	while (classes != NULL && *classes != '\0') {
		size_t length = strcspn(classes, " \t\r\n\f");
		char *token = xstrndup(classes, length);
		bool plain = length > 0 && is_plain_name(token);
		if (plain)
			buffer_add_format(css, ".%s", token);
		free(token);
		if (plain)
			break;
		classes += length;
		classes += strspn(classes, " \t\r\n\f");
	}
}

static char *
say_selector(
    const struct page *page, const struct region_item *items, size_t count)
{
	struct buffer css = {0};
	/* a tag may be any bytes that the page came up with */
	if (count == 0 || !is_plain_name(page_tag(page, items[0].node)))
		return NULL;
	name_node(page, items[0].node, false, &css);
	if (finds_exactly(page, css.bytes, items, count))
		return buffer_take(&css);
	char *inner = buffer_take(&css);
	uint32_t parent = page->parent[items[0].node];
	for (int up = 0; up < 3 && parent != PAGE_NONE && parent != 0 &&
			 is_plain_name(page_tag(page, parent));
	     up++, parent = page->parent[parent]) {
		name_node(page, parent, true, &css);
		buffer_add_format(&css, "%s%s", up == 0 ? " > " : " ", inner);
		if (finds_exactly(page, css.bytes, items, count)) {
			free(inner);
			return buffer_take(&css);
		}
		buffer_clear(&css);
	}
	free(inner);
	return NULL;
}

/* The list among the links that are taken for stories. */
static struct region
choose_list(const struct collection *all, const struct extract_context *context,
    const struct structured *structured, char **how)
{
	struct collection taken = *all;
	size_t count = 0;
	taken.count = 0;
	taken.occurrences = xcalloc(all->count + 1, sizeof(struct occurrence));
	for (size_t i = 0; i < all->count; i++)
		if (all->occurrences[i].taken)
			taken.occurrences[taken.count++] = all->occurrences[i];
	struct region_item *items = climb_items(&taken, structured, &count);
	struct region region = region_choose(all->page, items, count,
	    all->rules->link_template_count > 0, context, how);
	free(items);
	free(taken.occurrences);
	return region;
}

void
links_find(const struct compiled_rules *rules, const struct page *page,
    const char *base, const struct extract_context *context,
    const struct structured *structured, struct listing *listing)
{
	struct collection all;
	*listing = (struct listing){0};
	collection_read(&all, rules, page, base);
	struct region best =
	    choose_list(&all, context, structured, &listing->how);
	if (best.count > 0 && settle_places(&all, &best)) {
		free(best.items);
		free(listing->how);
		best = choose_list(&all, context, structured, &listing->how);
	}
	for (size_t i = 0; i < best.count; i++) {
		const struct story *story = &all.stories[best.items[i].story];
		listing_add(listing, (struct item){
					 .start = best.items[i].node,
					 .end = best.items[i].end,
					 .link = xstrdup(story->link),
					 .key = xstrdup_or_null(story->key),
				     });
	}
	listing->selector = say_selector(page, best.items, best.count);
	free(best.items);
	collection_clear(&all);
}
