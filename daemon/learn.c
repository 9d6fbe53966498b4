#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/stanza.h"
#include "daemon/file.h"
#include "daemon/log.h"
#include "daemon/store.h"
#include "daemon/visit.h"
#include "feed/memory.h"
#include "feed/name.h"
#include "feed/text.h"

#define ROWS 5 /* sample articles */

/*
 * All but the stanza is a comment, so that what is printed is a file that can
 * be included.
 */
static void
print_feeds(const struct answer *answer)
{
	const struct native_feeds *feeds = &answer->feeds;
	for (size_t i = 0; i < feeds->count; i++)
		printf("# The site has a feed of its own: %s%s%s%s\n",
		    feeds->list[i].url,
		    feeds->list[i].title != NULL ? " (" : "",
		    feeds->list[i].title != NULL ? feeds->list[i].title : "",
		    feeds->list[i].title != NULL ? ")" : "");
	if (feeds->count > 0)
		printf("# Where it holds what is wanted, it is the better "
		       "source.\n#\n");
}

/* Borrows from the visit; name is the section's. */
static char *
make_stanza(const struct visit *visit)
{
	const struct answer *answer = &visit->answer;
	const struct extraction *read = &answer->extraction;
	const char *url = visit->section->url;
	char *name = name_from_url(url);
	char *free_name = name_among(name, url, NULL, 0);
	struct stanza_section section = {
	    .name = free_name,
	    .title = read->heading,
	    .url = url,
	};
	struct stanza stanza = {
	    .url = url,
	    .title = read->site_title,
	    .language = read->language,
	    .timezone = visit->section->timezone,
	    .rules = &answer->lesson.rules,
	    .article_link = answer->lesson.article_link,
	    .allow_private = visit->allow_private,
	    .sections = &section,
	    .count = 1,
	};
	char *text = stanza_print(&stanza);
	free(free_name);
	free(name);
	return text;
}

static void
print_rows(const struct articles *articles)
{
	/* T and P say whether there is text and a picture */
	for (size_t i = 0; i < articles->count && i < ROWS; i++) {
		const struct article *article = &articles->list[i];
		char time[21];
		char *title = text_pad(article->title, 40);
		char *author = text_pad(
		    article->author != NULL ? article->author : "", 10);
		say_moment(&article->published, time);
		printf("#  %c%c %s %s %s\n", article->text != NULL ? 'T' : '-',
		    article->image != NULL ? 'P' : '-', title, author, time);
		free(title);
		free(author);
	}
	if (articles->count > ROWS)
		printf("#  and %zu more\n", articles->count - ROWS);
}

static void
print_rules(const struct lesson *lesson)
{
	for (int i = -1; i < FIELD_COUNT; i++) {
		int field = i < 0 ? FIELD_COUNT : i;
		const struct rule_list *rules =
		    i < 0 ? &lesson->rules.items : &lesson->rules.fields[i];
		if (rules->count > 0)
			printf("# %s: '%s' %s\n",
			    i < 0 ? "item" : field_name((enum field)i),
			    rules->list[0].css,
			    lesson->why[field] != NULL ? lesson->why[field]
						       : "");
	}
}

static void
print_notes(const char *head, const struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		printf("# %s%s\n", head, notes->list[i]);
}

static const char *
grade_words(enum lesson_grade grade)
{
	return grade == LESSON_READY ? "ready"
	       : grade == LESSON_LOOK
		   ? "look at it before you use it"
		   : "not found: nothing that could be relied on";
}

static void
print_lesson(const struct answer *answer, const char *stanza)
{
	const struct lesson *lesson = &answer->lesson;
	print_feeds(answer);
	printf("# %s: confidence %u of 100\n", grade_words(lesson->grade),
	    lesson->confidence);
	if (lesson->grade != LESSON_NONE)
		printf("%s", stanza);
	printf("#\n");
	print_rows(&answer->extraction.articles);
	printf("#\n");
	print_rules(lesson);
	print_notes("", &lesson->reasons);
	if (lesson->runner_up != NULL)
		printf("# second: %s\n", lesson->runner_up);
	print_notes("warning: ", &lesson->warnings);
}

/* ---- for programs ---- */

static void
print_pair(const char *before, const char *key, const char *value)
{
	printf("%s\"%s\":", before, key);
	print_json(value);
}

static void
print_list(const char *key, const struct rule_list *rules)
{
	printf("\"%s\":[", key);
	for (size_t i = 0; i < rules->count; i++) {
		printf("%s", i > 0 ? "," : "");
		print_json(rules->list[i].css);
	}
	printf("]");
}

static void
print_notes_json(const char *key, const struct notes *notes)
{
	printf(",\"%s\":[", key);
	for (size_t i = 0; i < notes->count; i++) {
		printf("%s", i > 0 ? "," : "");
		print_json(notes->list[i]);
	}
	printf("]");
}

static void
print_articles_json(const struct articles *articles)
{
	printf(",\"articles\":[");
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		char time[21] = "";
		if (article->published.precision != PRECISION_NONE)
			date_format_rfc3339(article->published.at_s, time);
		print_pair(i > 0 ? ",\n{" : "\n{", "link", article->link);
		print_pair(",", "title", article->title);
		print_pair(",", "text", article->text);
		print_pair(",", "author", article->author);
		print_pair(",", "image", article->image);
		print_pair(",", "published", time[0] != '\0' ? time : NULL);
		printf("}");
	}
	printf("]");
}

static void
print_lesson_json(
    const struct visit *visit, const char *stanza, const char *reason)
{
	const struct answer *answer = &visit->answer;
	const struct lesson *lesson = &answer->lesson;
	print_pair("{", "url", visit->section->url);
	print_pair(",", "grade", lesson_word(lesson->grade));
	printf(",\"confidence\":%u", lesson->confidence);
	print_pair(",", "reason", reason);
	printf(",\"feeds\":[");
	for (size_t i = 0; i < answer->feeds.count; i++) {
		print_pair(
		    i > 0 ? ",{" : "{", "url", answer->feeds.list[i].url);
		print_pair(",", "title", answer->feeds.list[i].title);
		printf("}");
	}
	printf("],");
	print_list("item", &lesson->rules.items);
	printf(",\"fields\":{");
	for (int field = 0; field < FIELD_COUNT; field++) {
		printf("%s", field > 0 ? "," : "");
		print_list(field_name((enum field)field),
		    &lesson->rules.fields[field]);
	}
	printf("}");
	print_pair(",", "article-link", lesson->article_link);
	print_pair(",", "stanza", lesson->grade != LESSON_NONE ? stanza : NULL);
	print_pair(",", "second", lesson->runner_up);
	print_notes_json("reasons", &lesson->reasons);
	print_notes_json("warnings", &lesson->warnings);
	print_articles_json(&answer->extraction.articles);
	printf("}\n");
}

/* ---- look, print, write ---- */

static bool
has_list(const struct lesson *lesson, struct error *err)
{
	if (lesson->grade != LESSON_NONE)
		return true;
	return error_set(err, "no list to rely on%s%s",
	    lesson->warnings.count > 0 ? ": " : "",
	    lesson->warnings.count > 0 ? lesson->warnings.list[0] : "");
}

static int
tell(struct visit *visit, const struct call *call, struct error *err)
{
	struct judgement judgement;
	struct lesson *lesson = &visit->answer.lesson;
	/* whatever was found on what is no news is none */
	if (!visit_believes(visit, NULL, &judgement, err))
		lesson->grade = LESSON_NONE;
	else
		(void)has_list(lesson, err); /* says it in err */
	char *stanza = make_stanza(visit);
	int status = lesson->grade == LESSON_READY  ? 0
		     : lesson->grade == LESSON_LOOK ? 1
						    : 2;
	if (call->json)
		print_lesson_json(
		    visit, stanza, err->reason[0] != '\0' ? err->reason : NULL);
	else
		print_lesson(&visit->answer, stanza);
	fflush(stdout);
	if (call->write_file != NULL && status < 2 &&
	    !file_write_new(call->write_file, stanza, strlen(stanza), err))
		status = 2;
	free(stanza);
	return status;
}

/* ---- what sections have learned by themselves ---- */

static bool
forget(struct store *store, const char *path, struct error *err)
{
	struct section_state state = {0};
	bool good = store_section(store, path, &state, err);
	/* without a row it has learned nothing */
	if (good && state.number != 0)
		good = store_forget_learned(store, state.number, err) &&
		       store_forget_healed(store, state.number, err);
	section_state_clear(&state);
	return good;
}

static int
learn_again(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	int status = 2;
	bool known = call->name_count > 0;
	if (!known)
		log_errorx("learn: --again wants a section");
	for (size_t i = 0; i < call->name_count; i++)
		if (config_section(config, call->names[i]) == NULL) {
			log_errorx("no section '%s' in the configuration",
			    call->names[i]);
			known = false;
		}
	struct store *store =
	    known ? store_open(config->state, STORE_WRITE, &err) : NULL;
	bool good = store != NULL;
	for (size_t i = 0; good && i < call->name_count; i++)
		good = forget(store, call->names[i], &err);
	good = good &&
	       (!store_has_batch(store) || store_commit(store, true, &err));
	if (known)
		status = good ? 0 : 1;
	if (status == 1)
		log_errorx("%s", err.reason);
	store_close(store);
	config_free(config);
	return status;
}

int
command_learn(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	if (call->again)
		return learn_again(config, call);
	const char *url = call->page_url != NULL ? call->page_url
			  : call->name_count > 0 ? call->names[0]
						 : NULL;
	config_free(config); /* what is learned is not configured yet */
	if (url == NULL) {
		log_errorx("learn: wants a URL");
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
	    .kind = JOB_LEARN,
	    .allow_private = visit_is_typed_address(config->sections[0].url),
	};
	int status = visit_page(&visit, &err) ? tell(&visit, call, &err) : 2;
	if (err.reason[0] != '\0')
		log_errorx("%s: %s", config->sections[0].url, err.reason);
	visit_clear(&visit);
	config_free(config);
	return status;
}
