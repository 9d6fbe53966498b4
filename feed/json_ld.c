#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/text.h"

const char *
script_text(const struct page *page, uint32_t script, const char **type)
{
	*type = page_attribute(page, script, "type");
	if (*type == NULL)
		*type = "";
	uint32_t text = script + 1;
	return text < page->end[script] ? page->text[text] : NULL;
}

/* "application/ld+json; charset=utf-8" too. */
bool
script_type_is(const char *type, const char *name)
{
	size_t length = strlen(name);
	type += strspn(type, " \t\r\n");
	char *lower = text_lower_ascii(type);
	bool same = strncmp(lower, name, length) == 0 &&
		    (lower[length] == '\0' || lower[length] == ';' ||
			lower[length] == ' ');
	free(lower);
	return same;
}

/* One script may hold several documents, one behind the other. */
void
find_json_ld(struct structured *all)
{
	const struct page *page = all->page;
	size_t count;
	const uint32_t *scripts =
	    page_with_tag(page, page_tag_index(page, "script"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *type;
		const char *at = script_text(page, scripts[i], &type);
		if (at == NULL || !script_type_is(type, "application/ld+json"))
			continue;
		for (const char *end = at + strlen(at); at < end;) {
			char *json = json_repair(&at, end, &all->limits);
			struct json_tree *tree =
			    json != NULL ? json_tree_read(json) : NULL;
			schema_read(all, STRUCTURED_JSON_LD, tree);
			json_tree_free(tree);
			free(json);
		}
	}
}
