#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/stanza.h"
#include "daemon/log.h"
#include "daemon/visit.h"
#include "feed/memory.h"

/* The page's answer as the stanza to paste; borrows from both. */
static struct stanza
stanza_of(const struct visit *visit, struct stanza_section *sections)
{
	const struct menu *menu = &visit->answer.menu;
	const struct extraction *read = &visit->answer.extraction;
	for (size_t i = 0; i < menu->count; i++)
		sections[i] = (struct stanza_section){
		    .name = menu->list[i].name,
		    .group = menu->list[i].group,
		    .title = menu->list[i].title,
		    .url = menu->list[i].url,
		};
	return (struct stanza){
	    .url = visit->url,
	    .title = read->site_title,
	    .language = read->language,
	    .allow_private = visit->allow_private,
	    .sections = sections,
	    .count = menu->count,
	};
}

static void
print_stanza(const struct visit *visit, const struct stanza *stanza)
{
	char *text = stanza_print(stanza);
	printf("# %s\n# To paste into the configuration; leave out what is "
	       "not wanted.\n%s",
	    visit->answer.menu.how != NULL ? visit->answer.menu.how : "", text);
	free(text);
}

static void
print_pair(const char *before, const char *key, const char *value)
{
	printf("%s\"%s\":", before, key);
	print_json(value);
}

static void
print_stanza_json(const struct visit *visit, const struct stanza *stanza)
{
	print_pair("{", "url", visit->url);
	print_pair(",", "title", stanza->title);
	print_pair(",", "language", stanza->language);
	print_pair(",", "how", visit->answer.menu.how);
	printf(",\"sections\":[");
	for (size_t i = 0; i < stanza->count; i++) {
		const struct stanza_section *section = &stanza->sections[i];
		print_pair(i > 0 ? ",\n{" : "\n{", "name", section->name);
		print_pair(",", "group", section->group);
		print_pair(",", "title", section->title);
		print_pair(",", "url", section->url);
		printf("}");
	}
	printf("]}\n");
}

static bool
print_menu(
    const struct visit *visit, const struct call *call, struct error *err)
{
	const struct menu *menu = &visit->answer.menu;
	if (menu->count == 0 && !call->json)
		return error_set(
		    err, "%s", menu->how != NULL ? menu->how : "no menu found");
	struct stanza_section *sections =
	    xcalloc(menu->count + 1, sizeof(*sections));
	struct stanza stanza = stanza_of(visit, sections);
	if (call->json)
		print_stanza_json(visit, &stanza);
	else
		print_stanza(visit, &stanza);
	fflush(stdout);
	free(sections);
	return menu->count > 0 || error_set(err, "%s", menu->how);
}

int
command_sections(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	const char *url = call->page_url != NULL ? call->page_url
			  : call->name_count > 0 ? call->names[0]
						 : NULL;
	config_free(config); /* a menu is read before there is one */
	if (url == NULL) {
		log_errorx("sections: wants a URL");
		return 2;
	}
	config = config_for_url(url, &err);
	if (config == NULL) {
		log_errorx("%s", err.reason);
		return 2;
	}
	struct visit visit = {
	    .section = &config->sections[0],
	    .page_file = call->page_file,
	    .kind = JOB_MENU,
	    .allow_private = visit_is_typed_address(config->sections[0].url),
	};
	bool good = visit_page(&visit, &err) && print_menu(&visit, call, &err);
	if (!good)
		log_errorx("%s: %s", config->sections[0].url, err.reason);
	visit_clear(&visit);
	config_free(config);
	return good ? 0 : 1;
}
