#include "feed/links.h"

#include <stdlib.h>
#include <string.h>

#include "feed/climb.h"
#include "feed/collection.h"
#include "feed/guest.h"
#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/recall.h"
#include "feed/region.h"
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
	choice_clear(&listing->choice);
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

static void
remember_choice(const struct region *region, struct choice *choice)
{
	*choice = (struct choice){
	    .score = region->score,
	    .second_score = region->second_score,
	    .share = region->share,
	    .is_front = region->is_front,
	    .second_count = region->second_count,
	};
	if (region->second_count == 0)
		return;
	choice->second = xcalloc(region->second_count, sizeof(*choice->second));
	for (size_t i = 0; i < region->second_count; i++)
		choice->second[i] = region->second[i].node;
	choice->second_words = xstrdup(region->second[0].words);
}

void
links_find(const struct compiled_rules *rules, const struct page *page,
    const char *base, const struct extract_context *context,
    const struct structured *structured, struct listing *listing)
{
	struct collection all;
	*listing = (struct listing){0};
	struct date_context dates = {
	    .now_s = context->now_s,
	    .zone = context->zone,
	    .language = context->language,
	};
	collection_read(&all, rules, page, base, &dates);
	guests_drop(&all);
	if (context->memory != NULL)
		(void)recall_stories(&all, context->memory);
	struct region best =
	    choose_list(&all, context, structured, &listing->how);
	if (best.count > 0 && settle_places(&all, &best)) {
		region_clear(&best);
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
	remember_choice(&best, &listing->choice);
	region_clear(&best);
	collection_clear(&all);
}
