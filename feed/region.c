#include "feed/region.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/group.h"
#include "feed/memory.h"
#include "feed/url.h"

#define KNOWN 100.0       /* for a group with all remembered stories */
#define FRONT_SHARE 0.6   /* of the stories: less is a front page */
#define SECTION_SHARE 0.3 /* the same where the address names a section */
#define RIVAL_SHARE 0.6   /* of the best's score: a block of its own */
#define BLOCK_SHARE 0.5   /* a front page's smaller blocks score less */
#define LEAD_SHARE 0.5    /* of the best's score, for a story before the list */
#define LEAD_ALIKE 4      /* one of so many links has the lead's shape */
#define FOREIGN_FEW 5     /* one of so many items at most */
#define RUBRIC (-11.0)    /* no story of a front page has a poorer link */
#define TWIN_SHARE 0.75   /* of the best's score: the same list further on */

static struct group *
best_but(struct group *groups, size_t count, const struct group * not )
{
	struct group *best = NULL;
	for (size_t i = 0; i < count; i++)
		if (groups[i].count > 0 &&
		    &groups[i] !=
			not &&(best == NULL || groups[i].score > best->score))
			best = &groups[i];
	return best;
}

static bool
same_core(const struct page *page, const struct region_item *items,
    const struct group *a, const struct group *b)
{
	return a->tag == b->tag && a->core.count > 0 &&
	       a->core.count == b->core.count &&
	       group_is_like(page, items, a, b) &&
	       group_is_like(page, items, b, a);
}

/*
 * A template that is filled again further on, at another depth (behind an
 * advertisement, a player, a "load more" box), makes one list with the best
 * group unless a sidebar uses it.
 */
static void
join_twins(const struct page *page, const struct region_item *items,
    struct group *groups, size_t count, struct group *best)
{
	double least = TWIN_SHARE * best->score;
	for (size_t i = 0; i < count; i++) {
		struct group *twin = &groups[i];
		if (twin == best || twin->count < 2 || twin->score < least ||
		    twin->chrome < best->chrome ||
		    (best->dates >= 0.5) != (twin->dates >= 0.5) ||
		    !same_core(page, items, best, twin))
			continue;
		group_join(items, best, twin);
	}
}

/* Do two links stand alike, up to the first item's own element: tags and
 * classes of two elements or more, one class at least? */
static bool
stands_alike(const struct page *page, const struct region_item *item,
    const struct region_item *other)
{
	uint32_t a = item->anchor, b = other->anchor;
	size_t levels = 0;
	bool classed = false;
	for (; a > item->node; a = page->parent[a], b = page->parent[b]) {
		if (b < other->node || page->tag[a] != page->tag[b] ||
		    !core_same_class(page, a, b))
			return false;
		classed |= page_attribute(page, a, "class") != NULL;
		levels++;
	}
	return classed && levels >= 2;
}

/*
 * The same template in another frame beside the list: a lead of full width over
 * rows of two, the last row's only one.
 */
static void
join_framed(const struct page *page, const struct region_item *items,
    struct group *groups, size_t count, struct group *best)
{
	const struct region_item *model =
	    &items[best->members[best->count / 2]];
	for (size_t i = 0; i < count; i++) {
		struct group *group = &groups[i];
		if (group == best || group->count == 0 ||
		    group->count > best->count ||
		    group->chrome < best->chrome ||
		    !group_is_near(page, group, best) ||
		    (best->dates >= 0.5) != (group->dates >= 0.5))
			continue;
		size_t alike = 0;
		for (size_t k = 0; k < group->count; k++)
			alike += stands_alike(
			    page, model, &items[group->members[k]]);
		if (alike == group->count)
			group_join(items, best, group);
	}
}

static bool
has_shape_of(const struct region_item *items, const struct group *group,
    const struct group *lead)
{
	uint64_t shape = items[lead->members[0]].shape;
	size_t alike = 0;
	for (size_t i = 0; i < group->count; i++)
		alike += items[group->members[i]].shape == shape;
	return alike * LEAD_ALIKE >= group->count;
}

/*
 * The newest story often stands before the list in a dress of its own: alone,
 * in the same part of the page, with a heading and a link of the list's shape.
 */
static void
join_lead(const struct page *page, const struct region_item *items,
    struct group *groups, size_t count, struct group *best)
{
	uint32_t first = items[best->members[0]].node;
	struct group *lead = NULL;
	for (size_t i = 0; i < count; i++) {
		struct group *group = &groups[i];
		if (group == best || group->count == 0 || group->stories != 1 ||
		    items[group->members[0]].node > first ||
		    group_chrome(page, items[group->members[0]].node) <
			best->chrome ||
		    group->headings == 0 ||
		    group->score < LEAD_SHARE * best->score ||
		    !group_is_near(page, group, best) ||
		    !has_shape_of(items, best, group))
			continue;
		if (lead == NULL || group->score > lead->score)
			lead = group;
	}
	if (lead != NULL)
		group_join(items, best, lead);
}

/* A stranger's link or two among a site's own are advertisements, and among a
 * front page's blocks some lead to rubrics and to the site's own products. */
static void
drop_strangers(struct region *region)
{
	size_t foreign = 0, kept = 0;
	for (size_t i = 0; i < region->count; i++)
		foreign += region->items[i].foreign;
	bool few = foreign * FOREIGN_FEW <= region->count;
	for (size_t i = 0; i < region->count; i++) {
		const struct region_item *item = &region->items[i];
		if (!(few && item->foreign) &&
		    !(region->is_front && item->score < RUBRIC))
			region->items[kept++] = *item;
	}
	region->count = kept;
}

/* No path, or only a language or an index: the address of a whole site. */
static bool
is_root(const char *url)
{
	char *path = url_path(url);
	const char *rest = path != NULL ? path : "/";
	size_t length = strcspn(rest + 1, "/?");
	if (length == 2 || (length == 5 && rest[3] == '-'))
		rest += 1 + length; /* "/cn/", "/zh-tw" */
	rest += rest[0] == '/';
	bool root = rest[0] == '\0' || strncmp(rest, "index.", 6) == 0 ||
		    strncmp(rest, "main.", 5) == 0;
	free(path);
	return root;
}

/* How many of the page's stories the best group has. */
static double
share_of(const struct group *groups, size_t count, const struct group *best)
{
	size_t stories = 0;
	/* what stands in a sidebar or a slide show stands on sections too */
	for (size_t i = 0; i < count; i++)
		if (groups[i].count > 0 &&
		    (groups[i].chrome >= 0 || &groups[i] == best) &&
		    groups[i].score >= RIVAL_SHARE * best->score)
			stories += groups[i].stories;
	return stories > 0 ? (double)best->stories / (double)stories : 1;
}

static bool
is_front_page(const struct group *best, double share, const char *url)
{
	if (best->dates >= 0.5 && best->stories >= 10)
		return false;
	return share < (is_root(url) ? FRONT_SHARE : SECTION_SHARE);
}

/* The items of one group, or of all that score enough, in document order. */
static struct region
take_groups(const struct region_item *items, size_t item_count,
    const struct group *groups, size_t count, double least,
    const struct group *only)
{
	struct region region = {
	    .items = xcalloc(item_count, sizeof(*region.items)),
	};
	bool *taken = xcalloc(item_count, sizeof(*taken));
	for (size_t i = 0; i < count; i++)
		if (only != NULL ? &groups[i] == only
				 : groups[i].score >= least)
			for (size_t k = 0; k < groups[i].count; k++)
				taken[groups[i].members[k]] = true;
	for (size_t i = 0; i < item_count; i++)
		if (taken[i])
			region.items[region.count++] = items[i];
	free(taken);
	return region;
}

static char *
say_choice(const struct group *best, const struct group *second, bool front)
{
	struct buffer how = {0};
	if (front)
		buffer_add_string(&how,
		    "a front page of several blocks (a section page is "
		    "cleaner); the largest: ");
	buffer_add_format(
	    &how, "%zu articles, score %.0f", best->stories, best->score);
	if (second != NULL)
		buffer_add_format(&how, "; next best: %zu, score %.0f",
		    second->stories, second->score);
	return buffer_take(&how);
}

/* One or two stories are a list if each has a heading and a date of its own. */
static bool
is_enough(const struct group *group)
{
	return group->stories >= 3 ||
	       (group->headings == 1 && group->dates == 1 &&
		   group->chrome >= 0);
}

static struct region
choose(const struct page *page, const struct region_item *items,
    size_t item_count, struct group *groups, size_t count, bool templated,
    const char *url, char **how)
{
	struct group *best = best_but(groups, count, NULL);
	if (best == NULL) {
		*how = xstrdup(
		    templated ? "no link on the page is of article-link's shape"
			      : "no link on the page looks like a story's");
		return (struct region){0};
	}
	if (!templated && (best->score < REGION_LIST || !is_enough(best))) {
		*how = xasprintf("no list: the best candidate has %zu links "
				 "and a score of %.0f, less than %.0f",
		    best->stories, best->score, REGION_LIST);
		return (struct region){0};
	}
	join_framed(page, items, groups, count, best);
	if (!templated)
		join_twins(page, items, groups, count, best);
	double share = share_of(groups, count, best);
	bool front = !templated && is_front_page(best, share, url);
	if (!front)
		join_lead(page, items, groups, count, best);
	const struct group *second = best_but(groups, count, best);
	*how = say_choice(best, second, front);
	struct region region = take_groups(items, item_count, groups, count,
	    BLOCK_SHARE * best->score, front ? NULL : best);
	region.score = best->score;
	region.share = share;
	region.is_front = front;
	if (!templated)
		drop_strangers(&region);
	if (second != NULL && !front) {
		struct region other =
		    take_groups(items, item_count, groups, count, 0, second);
		region.second = other.items;
		region.second_count = other.count;
		region.second_score = second->score;
	}
	return region;
}

void
region_clear(struct region *region)
{
	free(region->items);
	free(region->second);
	*region = (struct region){0};
}

/* Where the stories stand that are remembered is the list. */
static void
prefer_known(const struct region_item *items, size_t count,
    struct group *groups, size_t group_count)
{
	double all = 0;
	for (size_t i = 0; i < count; i++)
		all += items[i].known;
	for (size_t i = 0; all > 0 && i < group_count; i++) {
		double known = 0;
		for (size_t k = 0; k < groups[i].count; k++)
			known += items[groups[i].members[k]].known;
		groups[i].score += KNOWN * known / all;
	}
}

struct region
region_choose(const struct page *page, struct region_item *items, size_t count,
    bool templated, const struct extract_context *context, char **how)
{
	struct date_context dates = {
	    .now_s = context->now_s,
	    .zone = context->zone,
	    .language = context->language,
	};
	size_t group_count;
	struct group *groups = groups_find(
	    page, items, count, is_root(context->url), &dates, &group_count);
	prefer_known(items, count, groups, group_count);
	struct region region = choose(page, items, count, groups, group_count,
	    templated, context->url, how);
	groups_free(groups, group_count);
	return region;
}
