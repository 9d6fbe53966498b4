#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/stanza.h"
#include "daemon/clock.h"
#include "daemon/healed.h"
#include "daemon/learned.h"
#include "daemon/log.h"
#include "daemon/store.h"
#include "daemon/visit.h"
#include "feed/buffer.h"
#include "feed/diff.h"
#include "feed/identity.h"
#include "feed/memory.h"
#include "feed/name.h"
#include "feed/next_url.h"
#include "feed/text.h"
#include "feed/url.h"

#define NOON_OF_ALL_S (13 * 3600)
struct preview {
	const struct section_config *config;
	const struct call *call;
	struct store *store; /* or NULL: never run yet */
	bool is_section;
	bool allow_private;
	struct learned learned;      /* of a section that was read before */
	struct healed_record healed; /* likewise */
};

/* ---- what the differ would say ---- */

enum finding { FINDING_NEW, FINDING_EDITED, FINDING_KNOWN };

static bool
has_link(const struct articles *articles, const char *link)
{
	for (size_t i = 0; i < articles->count; i++)
		if (strcmp(articles->list[i].link, link) == 0)
			return true;
	return false;
}

static void
compare(const struct preview *preview, const struct articles *seen,
    struct difference *difference)
{
	struct articles known = {0};
	struct section_state state = {0};
	struct error err = {{0}};
	if (preview->store != NULL &&
	    store_section(
		preview->store, preview->config->path, &state, &err) &&
	    state.number != 0 &&
	    !store_known(preview->store, state.number,
		preview->config->id_authority, seen, &known, &err))
		log_warnx("store: %s", err.reason);
	diff_articles(&known, seen, preview->config->id_authority,
	    clock_now_s(), difference);
	articles_clear(&known);
	section_state_clear(&state);
}

static enum finding
finding_of(const struct difference *difference, const char *link)
{
	if (has_link(&difference->fresh, link))
		return FINDING_NEW;
	return has_link(&difference->changed, link) ? FINDING_EDITED
						    : FINDING_KNOWN;
}

static const char *const finding_words[] = {"new", "edited", "known"};

/* ---- tables ---- */

void
say_moment(const struct moment *moment, char words[21])
{
	static const char *const masks[] = {"", "yyyy", "yyyy-mm", "yyyy-mm-dd",
	    "~yyyy-mm-ddThh:mmZ", "yyyy-mm-ddThh:mmZ", "yyyy-mm-ddThh:mm:ssZ"};
	if (moment->precision == PRECISION_NONE) {
		words[0] = '\0';
		return;
	}
	bool is_day = moment->precision <= PRECISION_DAY;
	/* a day begins at the site's midnight: this finds the same day in UTC,
	 * whatever the zone from -10:59 to +13:00 */
	date_format_rfc3339(moment->at_s + (is_day ? NOON_OF_ALL_S : 0), words);
	if (is_day)
		words[strlen(masks[moment->precision])] = '\0';
	else if (moment->precision <= PRECISION_MINUTE)
		(void)snprintf(words + 16, 5, "Z");
}

static void
print_articles(
    const struct articles *articles, const struct difference *difference)
{
	/* 80 columns; T and P say whether there is text and a picture */
	printf(
	    "  # differ    %-30s %-12s %s\n", "title", "author", "published");
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		char time[21];
		char *title = text_pad(article->title, 30);
		char *author = text_pad(
		    article->author != NULL ? article->author : "", 12);
		say_moment(&article->published, time);
		printf("%3zu %-6s %c%c %s %s %s\n", i + 1,
		    finding_words[finding_of(difference, article->link)],
		    article->text != NULL ? 'T' : '-',
		    article->image != NULL ? 'P' : '-', title, author, time);
		free(title);
		free(author);
	}
}

/* The address of the second page as a round would ask for it; the caller's. */
static char *
next_page(const struct preview *preview, const struct answer *answer)
{
	const struct section_config *config = preview->config;
	if (config->next_url != NULL)
		return next_url_fill(config->next_url, config->url, 2, NULL);
	return xstrdup_or_null(answer->extraction.next_url);
}

static void
print_next_page(const struct preview *preview, const struct answer *answer)
{
	const char *how = preview->config->next_url != NULL
			      ? "next-url"
			      : answer->extraction.next_how;
	char *next = next_page(preview, answer);
	if (next != NULL)
		printf("next page: %s (%s)\n", next, how != NULL ? how : "?");
	free(next);
}

static void
print_learned(const struct preview *preview, const struct answer *answer)
{
	const struct learned_record *record = &preview->learned.record;
	char *words = learned_words(record);
	char when[32];
	say_when(record->learned_s, clock_now_s(), when, sizeof(when));
	if (words != NULL)
		printf("rules: learned %s of %u articles%s\n", when,
		    record->expected.items,
		    answer->is_inferred
			? "; they do not find what they did, and the "
			  "list was inferred"
		    : preview->learned.is_used ? ""
					       : "; today they are asked anew");
	free(words);
}

static void
print_healed(const struct preview *preview)
{
	const struct healed_record *healed = &preview->healed;
	char when[32];
	if (healed->rules == NULL)
		return;
	char *stanza = healed_stanza(preview->config, healed);
	say_when(healed->adopted_s, clock_now_s(), when, sizeof(when));
	printf("rules: healed %s: %s\nto paste:\n%s", when, healed->evidence,
	    stanza);
	free(stanza);
}

static void
print_decisions(const struct preview *preview, const struct answer *answer)
{
	const struct extraction *read = &answer->extraction;
	static const char *const names[] = {
	    "link", "title", "text", "date", "author", "image", "category"};
	printf("\npage: %s (%s), parser %s",
	    answer->charset != NULL ? answer->charset : "?",
	    answer->charset_source != NULL ? answer->charset_source : "?",
	    answer->parser != NULL ? answer->parser : "?");
	if (answer->replaced > 0)
		printf(", %u broken characters", answer->replaced);
	printf(
	    "\nitem: %s\n", read->item_how != NULL ? read->item_how : "none");
	for (int field = 0; field < FIELD_COUNT; field++)
		if (read->how[field] != NULL)
			printf("%s: %s\n", names[field], read->how[field]);
	if (preview->healed.rules == NULL)
		print_learned(preview, answer);
	print_healed(preview);
	print_next_page(preview, answer);
	if (read->dropped > 0)
		printf(
		    "dropped: %u items without link or title\n", read->dropped);
	if (read->filtered > 0)
		printf("left out by only or skip: %u\n", read->filtered);
}

/* What a person pastes into the configuration. */
static void
print_stanza(const struct preview *preview, const struct answer *answer)
{
	const struct extraction *read = &answer->extraction;
	char *name = name_from_url(preview->config->url);
	char *free_name = name_among(name, preview->config->url, NULL, 0);
	struct stanza_section section = {
	    .name = free_name,
	    .title = read->heading,
	    .url = preview->config->url,
	};
	struct stanza stanza = {
	    .url = preview->config->url,
	    .title = read->site_title,
	    .language = read->language,
	    .timezone = preview->config->timezone,
	    .allow_private = preview->allow_private,
	    .sections = &section,
	    .count = 1,
	};
	char *text = stanza_print(&stanza);
	printf("\n# to paste into the configuration; `metrofeed learn` prints "
	       "rules for it, too\n%s",
	    text);
	free(text);
	free(free_name);
	free(name);
}

static void
print_article_json(
    const struct article *article, enum finding finding, const char *authority)
{
	char time[21] = "";
	char *id = identity_of_article(article, authority);
	if (article->published.precision != PRECISION_NONE)
		date_format_rfc3339(article->published.at_s, time);
	printf("{\"id\":");
	print_json(id);
	printf(",\"link\":");
	print_json(article->link);
	printf(",\"title\":");
	print_json(article->title);
	printf(",\"text\":");
	print_json(article->text);
	printf(",\"author\":");
	print_json(article->author);
	printf(",\"image\":");
	print_json(article->image);
	printf(",\"published\":");
	print_json(time[0] != '\0' ? time : NULL);
	printf(",\"differ\":");
	print_json(finding_words[finding]);
	printf("}");
	free(id);
}

static void
print_answer_json(const struct preview *preview, const struct answer *answer,
    const struct difference *difference)
{
	const struct extraction *read = &answer->extraction;
	static const char *const names[] = {
	    "link", "title", "text", "date", "author", "image", "category"};
	char *next = next_page(preview, answer);
	printf("{\"url\":");
	print_json(preview->config->url);
	printf(",\"healed\":");
	print_json(
	    preview->healed.rules != NULL ? preview->healed.evidence : NULL);
	printf(",\"charset\":");
	print_json(answer->charset);
	printf(",\"item\":");
	print_json(read->item_how);
	printf(",\"next\":");
	print_json(next);
	free(next);
	printf(",\"fields\":{");
	for (int field = 0, shown = 0; field < FIELD_COUNT; field++)
		if (read->how[field] != NULL) {
			printf(
			    "%s\"%s\":", shown++ > 0 ? "," : "", names[field]);
			print_json(read->how[field]);
		}
	printf("},\"articles\":[");
	for (size_t i = 0; i < read->articles.count; i++) {
		const struct article *article = &read->articles.list[i];
		printf("%s", i > 0 ? ",\n" : "\n");
		print_article_json(article,
		    finding_of(difference, article->link),
		    preview->config->id_authority);
	}
	printf("]}\n");
}

/* ---- look, print ---- */

static void
print_answer(const struct preview *preview, const struct answer *answer)
{
	struct difference difference = {0};
	const struct articles *articles = &answer->extraction.articles;
	compare(preview, articles, &difference);
	if (preview->call->json)
		print_answer_json(preview, answer, &difference);
	else {
		print_articles(articles, &difference);
		print_decisions(preview, answer);
		if (!preview->is_section && articles->count > 0)
			print_stanza(preview, answer);
	}
	fflush(stdout);
	difference_clear(&difference);
}

static const struct section_config *
choose_section(
    struct config **config, const struct call *call, bool *is_section)
{
	struct error err = {{0}};
	const char *name = call->page_url != NULL ? call->page_url
			   : call->name_count > 0 ? call->names[0]
						  : NULL;
	if (name == NULL) {
		log_errorx("preview: wants a section or a URL");
		return NULL;
	}
	*is_section = strstr(name, "://") == NULL;
	if (*is_section) {
		const struct section_config *section =
		    *config != NULL ? config_section(*config, name) : NULL;
		if (section == NULL)
			log_errorx(
			    "no section '%s' in the configuration", name);
		return section;
	}
	config_free(*config);
	*config = config_for_url(name, &err);
	if (*config == NULL) {
		log_errorx("%s", err.reason);
		return NULL;
	}
	return &(*config)->sections[0];
}

int
command_preview(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	struct preview preview = {.call = call};
	preview.config = choose_section(&config, call, &preview.is_section);
	if (preview.config == NULL) {
		config_free(config);
		return 2;
	}
	preview.allow_private =
	    preview.config->allow_private ||
	    (!preview.is_section &&
		visit_is_typed_address(preview.config->url));
	if (preview.is_section && config->state != NULL)
		preview.store = store_open(config->state, STORE_READ, NULL);
	struct visit visit = {
	    .section = preview.config,
	    .page_file = call->page_file,
	    .allow_private = preview.allow_private,
	};
	bool good = visit_recall(&visit, preview.store, &preview.learned,
			&preview.healed, &err) &&
		    visit_page(&visit, &err);
	if (good) {
		print_answer(&preview, &visit.answer);
		good = visit_judge(&visit, preview.store, &err);
	}
	if (!good)
		log_errorx("%s: %s", preview.config->url, err.reason);
	visit_clear(&visit);
	learned_clear(&preview.learned);
	healed_record_clear(&preview.healed);
	store_close(preview.store);
	config_free(config);
	return good ? 0 : 1;
}
