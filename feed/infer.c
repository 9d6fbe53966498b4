#include "feed/infer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/image.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define SHARED_LEAST 3 /* items that show one picture */

/* ---- pictures ---- */

static void
infer_images(struct view *view, const char *base, struct inferred *out)
{
	const char **images = xcalloc(view->count, sizeof(*images));
	size_t count = 0;
	for (size_t i = 0; i < view->count; i++) {
		const struct item *item = view->items[i].item;
		for (uint32_t node = item->start;
		     node < item->end && out[i].image == NULL;
		     node = view->page->end[node])
			out[i].image = image_find(view->page, node, base);
		if (out[i].image != NULL)
			images[count++] = out[i].image;
	}
	/* one picture on three items is the site's ("new"), not theirs */
	qsort(images, count, sizeof(*images), text_compare);
	size_t shared = 0;
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count; next++)
			if (strcmp(images[next], images[i]) != 0)
				break;
		if (next - i >= SHARED_LEAST)
			images[shared++] = images[i];
	}
	bool *drops = xcalloc(view->count, sizeof(*drops));
	for (size_t i = 0; i < view->count; i++)
		drops[i] = out[i].image != NULL &&
			   bsearch(&out[i].image, images, shared,
			       sizeof(*images), text_compare) != NULL;
	for (size_t i = 0; i < view->count; i++)
		if (drops[i]) {
			free(out[i].image);
			out[i].image = NULL;
		}
	free(drops);
	free(images);
}

/* ---- together ---- */

static void
say_how(const struct page *page, const struct view *view, enum field field,
    const struct inferred *out, char *how[FIELD_COUNT])
{
	size_t filled = 0;
	const struct candidate *shown = NULL;
	for (size_t i = 0; i < view->count; i++) {
		const struct item_view *item = &view->items[i];
		const struct candidate *chosen =
		    field == FIELD_TITLE    ? item->title
		    : field == FIELD_DATE   ? item->date
		    : field == FIELD_AUTHOR ? item->author
					    : NULL;
		if (chosen != NULL)
			shown = chosen;
		filled += field == FIELD_TITLE    ? out[i].title != NULL
			  : field == FIELD_DATE   ? chosen != NULL
			  : field == FIELD_AUTHOR ? out[i].author != NULL
			  : field == FIELD_TEXT   ? out[i].text != NULL
						  : out[i].image != NULL;
	}
	char where[160] = "";
	if (shown != NULL) {
		const char *class = page_attribute(page, shown->node, "class");
		(void)snprintf(where, sizeof(where), " from %s%s%.100s",
		    page_tag(page, shown->node),
		    class != NULL && class[0] != '\0' ? "." : "",
		    class != NULL ? class : "");
		where[strcspn(where + 6, " ") + 6] = '\0';
	}
	char *words =
	    xasprintf("inferred%s, %zu/%zu", where, filled, view->count);
	/* tag and class are the page's bytes, and may be cut */
	how[field] = text_line(words, strlen(words), 200);
	free(words);
}

static void
take_date(
    const struct page *page, const struct item_view *item, struct inferred *out)
{
	out->date = xstrdup(item->date->text);
	out->published = item->date->moment;
	out->date_is_machine = item->date->chunk == UINT32_MAX;
	if (out->date_is_machine)
		out->visible = infer_visible_date(page, item);
}

/* A title that is shown cut, and whole in an attribute of its link. */
static const char *
whole_title(const struct page *page, const struct item_view *item)
{
	static const char *const names[] = {"title", "aria-label"};
	const char *shown = item->title->text;
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		if (page->text[node] != NULL ||
		    strcmp(page_tag(page, node), "a") != 0)
			continue;
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			const char *value =
			    page_attribute(page, node, names[i]);
			if (value != NULL && text_is_cut_from(shown, value))
				return value;
		}
	}
	return shown;
}

static void
take_results(
    struct view *view, const bool wanted[FIELD_COUNT], struct inferred *out)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct item_view *item = &view->items[i];
		out[i].title_node = PAGE_NONE;
		if (wanted[FIELD_TITLE] && item->title != NULL) {
			const char *title = whole_title(view->page, item);
			out[i].title = text_line(title, strlen(title), 300);
			out[i].title_node = item->title->node;
		}
		if (wanted[FIELD_AUTHOR] && item->author != NULL)
			out[i].author = xstrdup(item->author->text);
		if (wanted[FIELD_DATE] && item->date != NULL)
			take_date(view->page, item, &out[i]);
	}
}

void
infer_fields(const struct page *page, const struct listing *listing,
    const bool wanted[FIELD_COUNT], const struct infer_given *given,
    const struct date_context *dates, const char *base, struct inferred *out,
    char *how[FIELD_COUNT])
{
	struct view view = {
	    .page = page, .dates = dates, .count = listing->count};
	view.items = xcalloc(listing->count, sizeof(*view.items));
	for (size_t i = 0; i < view.count; i++) {
		struct item_view *item = &view.items[i];
		item->item = &listing->list[i];
		view_cut(page, item);
		if (wanted[FIELD_TITLE])
			infer_titles(&view, item);
		infer_dates(&view, item);
	}
	infer_vote(&view, FIELD_TITLE);
	infer_vote(&view, FIELD_DATE);
	for (size_t i = 0; wanted[FIELD_AUTHOR] && i < view.count; i++)
		infer_authors(&view, &view.items[i]);
	infer_vote(&view, FIELD_AUTHOR);
	take_results(&view, wanted, out);
	if (wanted[FIELD_TEXT])
		infer_texts(&view, given, out);
	if (wanted[FIELD_IMAGE])
		infer_images(&view, base, out);
	for (int field = 0; field < FIELD_COUNT; field++)
		if (wanted[field] && field != FIELD_LINK &&
		    field != FIELD_CATEGORY)
			say_how(page, &view, (enum field)field, out, how);
	for (size_t i = 0; i < view.count; i++)
		view_clear(&view.items[i]);
	free(view.items);
}
