#include "feed/features.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/quality.h"

#define FEATURES_MOST 512 /* of one question; a page may hold any number */
#define SLOTS 1024
#define TOKENS_MOST 12 /* classes of one element */
#define VALUE_MOST 24  /* bytes of an attribute's value */
#define ID_LEAST 0.6   /* quality of an id that is the list's */
#define HASHED 18.0
#define PER_BYTE 0.05

static uint32_t
slot_of(const struct features *all, const char *css)
{
	uint32_t hash = 2166136261u;
	for (const char *at = css; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	uint32_t slot = hash & (SLOTS - 1);
	while (all->slots[slot] != 0 &&
	       strcmp(all->list[all->slots[slot] - 1].css, css) != 0)
		slot = (slot + 1) & (SLOTS - 1);
	return slot;
}

/* Takes the css. */
static void
add(struct features *all, size_t member, struct feature feature)
{
	if (all->slots == NULL)
		all->slots = xcalloc(SLOTS, sizeof(*all->slots));
	uint32_t slot = slot_of(all, feature.css);
	if (all->slots[slot] == 0 && all->count < FEATURES_MOST) {
		if (all->count == all->capacity) {
			all->capacity = all->capacity * 2 + 16;
			all->list = xreallocarray(
			    all->list, all->capacity, sizeof(*all->list));
		}
		feature.cost += PER_BYTE * (double)strlen(feature.css);
		feature.count = 1;
		feature.last = member;
		all->list[all->count++] = feature;
		all->slots[slot] = (uint32_t)all->count;
		return;
	}
	if (all->slots[slot] != 0) {
		struct feature *known = &all->list[all->slots[slot] - 1];
		known->count += known->last != member;
		known->last = member;
	}
	free(feature.css);
}

static double
tag_cost(const char *tag)
{
	static const char *const telling[] = {
	    "article", "main", "time", "figure", "figcaption", NULL};
	for (size_t i = 0; telling[i] != NULL; i++)
		if (strcmp(tag, telling[i]) == 0)
			return 3;
	return strcmp(tag, "div") == 0 || strcmp(tag, "span") == 0 ? 7 : 5;
}

static void
add_classes(
    struct features *all, const char *classes, size_t member, double distance)
{
	for (int i = 0; i < TOKENS_MOST; i++) {
		classes += strspn(classes, " \t\r\n\f");
		size_t length = strcspn(classes, " \t\r\n\f"), offset;
		const char *token = classes;
		classes += length;
		if (length == 0)
			return;
		double quality = quality_of(token, length);
		size_t stem =
		    quality == 0 ? quality_stem(token, length, &offset) : 0;
		if (stem > 0 && quality_is_plain(token, stem))
			add(all, member,
			    (struct feature){
				.css = xasprintf("[class*=\"%.*s\"]", (int)stem,
				    token + offset),
				.kind = FEATURE_STEM,
				.cost = 3 + distance,
			    });
		if (quality_is_plain(token, length))
			add(all, member,
			    (struct feature){
				.css = xasprintf(".%.*s", (int)length, token),
				.kind = FEATURE_CLASS,
				.cost = distance +
					(quality == 0 ? HASHED
						      : 2 + 4 * (1 - quality)),
				.hashed = quality == 0,
			    });
	}
}

/* A value that a template writes, not an article. */
static bool
is_of_template(const char *value)
{
	size_t length = strlen(value);
	return length > 0 && length <= VALUE_MOST &&
	       quality_of(value, length) > 0 && quality_is_plain(value, length);
}

static void
add_attributes(struct features *all, const struct page *page, uint32_t node,
    size_t member, double distance)
{
	static const char *const said[] = {
	    "itemprop", "rel", "role", "property", NULL};
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++) {
		const struct page_attribute *attribute = &page->attributes[i];
		const char *name = attribute->name;
		bool is_data = strncmp(name, "data-", 5) == 0 &&
			       strncmp(name, "data-v-", 7) != 0;
		bool is_said = false;
		for (size_t k = 0; said[k] != NULL; k++)
			is_said |= strcmp(name, said[k]) == 0;
		if (!is_data && !is_said && strcmp(name, "datetime") != 0)
			continue;
		if (strlen(name) > VALUE_MOST ||
		    !quality_is_plain(name, strlen(name)))
			continue;
		double cost = (is_data ? 3.5 : 3) + distance;
		if (!is_said) /* that there is some says little */
			add(all, member,
			    (struct feature){
				.css = xasprintf("[%s]", name),
				.kind = FEATURE_ATTRIBUTE,
				.cost = cost + (is_data ? 2 : 0),
			    });
		if (is_of_template(attribute->value))
			add(all, member,
			    (struct feature){
				.css = xasprintf(
				    "[%s=\"%s\"]", name, attribute->value),
				.kind = FEATURE_ATTRIBUTE,
				.cost = cost,
			    });
	}
}

void
features_add(struct features *all, const struct page *page, uint32_t node,
    size_t member, double distance)
{
	const char *tag = page_tag(page, node);
	const char *id = page_attribute(page, node, "id");
	const char *classes = page_attribute(page, node, "class");
	if (quality_is_plain(tag, strlen(tag)))
		add(all, member,
		    (struct feature){
			.css = xstrdup(tag),
			.kind = FEATURE_TAG,
			.cost = tag_cost(tag) + distance,
		    });
	if (id != NULL && quality_is_plain(id, strlen(id)) &&
	    quality_of(id, strlen(id)) >= ID_LEAST)
		add(all, member,
		    (struct feature){
			.css = xasprintf("#%s", id),
			.kind = FEATURE_ID,
			.cost = 1 + distance,
		    });
	if (classes != NULL)
		add_classes(all, classes, member, distance);
	add_attributes(all, page, node, member, distance);
}

static int
compare(const void *a, const void *b)
{
	const struct feature *x = a, *y = b;
	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return strcmp(x->css, y->css);
}

void
features_keep(struct features *all, size_t least, size_t most)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].count >= least)
			all->list[kept++] = all->list[i];
		else
			free(all->list[i].css);
	all->count = kept;
	if (kept > 0)
		qsort(all->list, kept, sizeof(*all->list), compare);
	while (all->count > most)
		free(all->list[--all->count].css);
	/* the slots name places that are gone */
	free(all->slots);
	all->slots = NULL;
}

void
features_clear(struct features *all)
{
	features_keep(all, SIZE_MAX, 0);
	free(all->list);
	*all = (struct features){0};
}
