#include "daemon/wire_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/name.h"
#include "feed/text.h"

/* What is merely said of a page may quote it (its class names): better unsaid
 * than a reason to refuse the answer. */
static void
add_remark(struct buffer *message, int tag, const char *string)
{
	if (string == NULL)
		return;
	size_t length = strlen(string);
	if (length <= MAX_LINE && text_is_clean(string, length, false))
		message_add_bytes(message, (uint16_t)tag, string, length);
}

static void
menu_encode(const struct menu *menu, struct buffer *message)
{
	add_remark(message, TAG_MENU_HOW, menu->how);
	for (size_t i = 0; i < menu->count && i < MENU_MAX_ENTRIES; i++) {
		const struct menu_entry *entry = &menu->list[i];
		message_add_string(message, TAG_ENTRY, entry->name);
		message_add_string(message, TAG_ENTRY_GROUP, entry->group);
		message_add_string(message, TAG_ENTRY_TITLE, entry->title);
		message_add_string(message, TAG_ENTRY_URL, entry->url);
	}
}

static void
evidence_encode(const struct evidence *evidence, struct buffer *message)
{
	for (size_t i = 0; i < evidence->count; i++) {
		message_add_number(message, TAG_SIGN, evidence->signs[i].kind);
		message_add_number(
		    message, TAG_SIGN_GRADE, evidence->signs[i].grade);
		message_add_string(
		    message, TAG_SIGN_WORDS, evidence->signs[i].words);
	}
	message_add_number(message, TAG_WIDTH, evidence->width);
	message_add_number(message, TAG_LINKS, evidence->links);
	message_add_number(message, TAG_BROKEN, evidence->broken);
	message_add_number(message, TAG_MOJIBAKE, evidence->mojibake);
	message_add_number(message, TAG_FOREIGN, evidence->foreign);
	message_add_number(message, TAG_ENDING, evidence->ending);
	message_add_bytes(
	    message, TAG_SKETCH, &evidence->sketch, sizeof(evidence->sketch));
}

static void
lesson_encode(const struct lesson *lesson, struct buffer *message)
{
	message_add_number(message, TAG_GRADE, lesson->grade);
	message_add_number(message, TAG_CONFIDENCE, lesson->confidence);
	message_add_learned(&lesson->rules, message);
	for (int field = 0; field <= FIELD_COUNT; field++) {
		message_add_number(message, TAG_WHY_FIELD, field);
		add_remark(message, TAG_WHY, lesson->why[field]);
	}
	message_add_string(message, TAG_ARTICLE_LINK, lesson->article_link);
	add_remark(message, TAG_RUNNER_UP, lesson->runner_up);
	for (size_t i = 0; i < lesson->reasons.count; i++)
		add_remark(message, TAG_LESSON_REASON, lesson->reasons.list[i]);
	for (size_t i = 0; i < lesson->warnings.count; i++)
		add_remark(message, TAG_WARNING, lesson->warnings.list[i]);
}

static void
feeds_encode(const struct native_feeds *feeds, struct buffer *message)
{
	for (size_t i = 0; i < feeds->count; i++) {
		message_add_string(message, TAG_FEED, feeds->list[i].url);
		add_remark(message, TAG_FEED_TITLE, feeds->list[i].title);
	}
}

void
answer_encode(const struct answer *answer, struct buffer *message)
{
	const struct extraction *read = &answer->extraction;
	size_t start = message_open(message);
	message_add_string(message, TAG_STAGE, answer->stage);
	message_add_string(message, TAG_REASON, answer->reason);
	add_remark(message, TAG_CHARSET_FOUND, answer->charset);
	add_remark(message, TAG_CHARSET_SOURCE, answer->charset_source);
	add_remark(message, TAG_PARSER, answer->parser);
	message_add_number(message, TAG_REPLACED, answer->replaced);
	message_add_number(message, TAG_ITEM_COUNT, read->item_count);
	message_add_number(message, TAG_DROPPED, read->dropped);
	message_add_number(message, TAG_FILTERED, read->filtered);
	message_add_bytes(
	    message, TAG_FILLED, read->filled, sizeof(read->filled));
	message_add_number(message, TAG_LIST_PLACE, read->list_place);
	message_add_string(message, TAG_PROPOSAL, answer->proposal);
	message_add_bytes(
	    message, TAG_HEALED, &answer->healed, sizeof(answer->healed));
	message_add_bytes(
	    message, TAG_IN_FORCE, &answer->in_force, sizeof(answer->in_force));
	message_add_number(message, TAG_HEALED_LOST, answer->healed_lost);
	if (answer->is_candidate)
		message_add_number(message, TAG_IS_CANDIDATE, 1);
	if (answer->is_given)
		message_add_number(message, TAG_IS_GIVEN, 1);
	add_remark(message, TAG_PAGE_TITLE, read->page_title);
	add_remark(message, TAG_SITE_TITLE, read->site_title);
	add_remark(message, TAG_HEADING, read->heading);
	add_remark(message, TAG_PAGE_LANGUAGE, read->language);
	message_add_string(message, TAG_ICON, read->icon);
	add_remark(message, TAG_ITEM_HOW, read->item_how);
	add_remark(message, TAG_LIST_PATH, read->list_path);
	message_add_string(message, TAG_NEXT_URL, read->next_url);
	add_remark(message, TAG_NEXT_HOW, read->next_how);
	for (int field = 0; field < FIELD_COUNT; field++)
		add_remark(message, TAG_HOW + field, read->how[field]);
	if (answer->is_same)
		message_add_number(message, TAG_SAME, 1);
	if (answer->is_inferred)
		message_add_number(message, TAG_INFERRED, 1);
	if (read->window != NULL)
		message_add_bytes(
		    message, TAG_WINDOW, read->window, read->window_length);
	evidence_encode(&answer->evidence, message);
	size_t count = read->articles.count;
	if (count > WIRE_MAX_ARTICLES)
		count = WIRE_MAX_ARTICLES;
	for (size_t i = 0; i < count; i++) {
		const struct article *article = &read->articles.list[i];
		message_add_number(message, TAG_ARTICLE, article->position);
		message_add_string(message, TAG_KEY, article->key);
		message_add_string(message, TAG_LINK, article->link);
		message_add_string(message, TAG_TITLE, article->title);
		message_add_string(message, TAG_TEXT, article->text);
		message_add_string(message, TAG_AUTHOR, article->author);
		message_add_string(message, TAG_IMAGE, article->image);
		message_add_string(message, TAG_CATEGORY, article->category);
		message_add_number(
		    message, TAG_PUBLISHED, article->published.at_s);
		message_add_number(
		    message, TAG_PRECISION, article->published.precision);
	}
	menu_encode(&answer->menu, message);
	lesson_encode(&answer->lesson, message);
	feeds_encode(&answer->feeds, message);
	message_close(message, start);
}

static bool
field_link(const struct message_field *field, char **string, struct error *err)
{
	if (!field_clean(field, MAX_LINE, false, string, err))
		return false;
	const char *host = strncmp(*string, "https://", 8) == 0  ? *string + 8
			   : strncmp(*string, "http://", 7) == 0 ? *string + 7
								 : "";
	size_t length = strcspn(host, "/?#");
	/* a user name before the host only deceives */
	if (length == 0 || memchr(host, '@', length) != NULL ||
	    strpbrk(*string, " \"<>\\^`{|}") != NULL)
		return error_set(err, "field %u: no http address", field->tag);
	return true;
}

static bool
article_field(const struct message_field *in, struct articles *articles,
    struct error *err)
{
	int64_t number = 0;
	if (in->tag == TAG_ARTICLE) {
		if (articles->count == WIRE_MAX_ARTICLES)
			return error_set(err, "too many articles");
		if (!field_number(in, 0, INT32_MAX, &number, err))
			return false;
		articles_add(
		    articles, (struct article){.position = (int32_t)number});
		return true;
	}
	if (articles->count == 0)
		return error_set(err, "field %u: outside an article", in->tag);
	struct article *article = &articles->list[articles->count - 1];
	switch (in->tag) {
	case TAG_KEY:
		/* a part of the link */
		return field_clean(in, MAX_LINE, false, &article->key, err);
	case TAG_LINK:
		return field_link(in, &article->link, err);
	case TAG_TITLE:
		return field_clean(in, 1204, false, &article->title, err);
	case TAG_TEXT:
		return field_clean(
		    in, WIRE_MAX_TEXT, true, &article->text, err);
	case TAG_AUTHOR:
		return field_clean(in, 1024, false, &article->author, err);
	case TAG_IMAGE:
		return field_link(in, &article->image, err);
	case TAG_CATEGORY:
		return field_clean(in, 1024, false, &article->category, err);
	case TAG_PUBLISHED:
		return field_number(in, -((int64_t)1 << 40), (int64_t)1 << 40,
		    &article->published.at_s, err);
	default: /* TAG_PRECISION */
		if (!field_number(in, 0, PRECISION_SECOND, &number, err))
			return false;
		article->published.precision = (enum precision)number;
		return true;
	}
}

/* A name becomes a key of the configuration and a part of a path. */
static bool
entry_begin(
    const struct message_field *in, struct menu *menu, struct error *err)
{
	char *name = NULL;
	if (menu->count == MENU_MAX_ENTRIES)
		return error_set(err, "too many entries of a menu");
	if (!field_string(in, NAME_MAX_BYTES, &name, err))
		return false;
	bool good = name_is_good(name);
	for (size_t i = 0; i < menu->count && good; i++)
		good = strcmp(menu->list[i].name, name) != 0;
	if (!good) {
		free(name);
		return error_set(err, "field %u: no new name", in->tag);
	}
	menu_add(menu, (struct menu_entry){.name = name});
	return true;
}

static bool
menu_field(const struct message_field *in, struct menu *menu, struct error *err)
{
	const size_t most = (size_t)4 * MENU_MAX_TITLE;
	if (in->tag == TAG_MENU_HOW)
		return field_clean(in, MAX_LINE, false, &menu->how, err);
	if (in->tag == TAG_ENTRY)
		return entry_begin(in, menu, err);
	if (menu->count == 0)
		return error_set(err, "field %u: outside a menu", in->tag);
	struct menu_entry *entry = &menu->list[menu->count - 1];
	if (in->tag == TAG_ENTRY_URL)
		return field_link(in, &entry->url, err);
	return field_clean(in, most, false,
	    in->tag == TAG_ENTRY_GROUP ? &entry->group : &entry->title, err);
}

static bool
answer_number(const struct message_field *in, uint32_t *to, struct error *err)
{
	int64_t number = 0;
	if (!field_number(in, 0, UINT32_MAX, &number, err))
		return false;
	*to = (uint32_t)number;
	return true;
}

static bool
sign_field(const struct message_field *in, struct evidence *evidence,
    struct error *err)
{
	int64_t number = 0;
	if (in->tag == TAG_SIGN) {
		if (evidence->count == EVIDENCE_SIGNS)
			return error_set(err, "too many signs");
		if (!field_number(
			in, VERDICT_GOOD + 1, VERDICT_COUNT - 1, &number, err))
			return false;
		evidence_add(
		    evidence, (enum verdict_kind)number, SIGN_SAID, NULL);
		return true;
	}
	if (evidence->count == 0)
		return error_set(err, "field %u: outside a sign", in->tag);
	struct sign *sign = &evidence->signs[evidence->count - 1];
	if (in->tag == TAG_SIGN_WORDS)
		return field_clean(
		    in, EVIDENCE_WORDS, false, &sign->words, err);
	if (!field_number(in, 0, SIGN_GRADES - 1, &number, err))
		return false;
	sign->grade = (enum sign_grade)number;
	return true;
}

static bool
evidence_field(const struct message_field *in, struct evidence *evidence,
    struct error *err)
{
	int64_t number = 0;
	switch (in->tag) {
	case TAG_WIDTH:
		return answer_number(in, &evidence->width, err);
	case TAG_LINKS:
		return answer_number(in, &evidence->links, err);
	case TAG_BROKEN:
		return answer_number(in, &evidence->broken, err);
	case TAG_MOJIBAKE:
		return answer_number(in, &evidence->mojibake, err);
	case TAG_FOREIGN:
		return answer_number(in, &evidence->foreign, err);
	case TAG_ENDING:
		if (!field_number(in, 0, ENDING_INSIDE, &number, err))
			return false;
		evidence->ending = (enum ending)number;
		return true;
	case TAG_SKETCH:
		return field_bytes(
		    in, &evidence->sketch, sizeof(evidence->sketch), err);
	default:
		return sign_field(in, evidence, err);
	}
}

static bool
note_field(
    const struct message_field *in, struct notes *notes, struct error *err)
{
	char *line = NULL;
	if (notes->count == LESSON_NOTES)
		return error_set(err, "too many notes");
	if (!field_clean(in, MAX_LINE, false, &line, err)) {
		free(line);
		return false;
	}
	notes_add(notes, line);
	return true;
}

static bool
template_field(
    const struct message_field *in, char **template, struct error *err)
{
	struct link_template *parsed =
	    field_clean(in, MAX_LINE, false, template, err)
		? link_template_parse(*template, false, err)
		: NULL;
	link_template_free(parsed);
	return parsed != NULL;
}

/* Which rule, which field the next fields are about. */
struct answer_place {
	int64_t learned, why;
};

static bool
lesson_field(const struct message_field *in, struct lesson *lesson,
    struct answer_place *place, struct error *err)
{
	int64_t number = 0;
	switch (in->tag) {
	case TAG_GRADE:
		if (!field_number(in, 0, LESSON_READY, &number, err))
			return false;
		lesson->grade = (enum lesson_grade)number;
		return true;
	case TAG_CONFIDENCE:
		if (!field_number(in, 0, 100, &number, err))
			return false;
		lesson->confidence = (unsigned)number;
		return true;
	case TAG_LEARNED_FIELD:
		return field_learned(in, &lesson->rules, &place->learned, err);
	case TAG_LEARNED_CSS:
		return field_learned_css(
		    in, &lesson->rules, place->learned, err);
	case TAG_WHY_FIELD:
		return field_number(in, 0, FIELD_COUNT, &place->why, err);
	case TAG_WHY:
		return field_clean(
		    in, MAX_LINE, false, &lesson->why[place->why], err);
	case TAG_ARTICLE_LINK:
		return template_field(in, &lesson->article_link, err);
	case TAG_RUNNER_UP:
		return field_clean(
		    in, MAX_LINE, false, &lesson->runner_up, err);
	case TAG_LESSON_REASON:
		return note_field(in, &lesson->reasons, err);
	default: /* TAG_WARNING */
		return note_field(in, &lesson->warnings, err);
	}
}

static bool
feed_field(const struct message_field *in, struct native_feeds *feeds,
    struct error *err)
{
	if (in->tag == TAG_FEED) {
		char *url = NULL;
		if (!field_link(in, &url, err)) {
			free(url);
			return false;
		}
		return native_add(feeds, url) ||
		       error_set(err, "too many feeds, or one twice");
	}
	if (feeds->count == 0)
		return error_set(err, "field %u: outside a feed", in->tag);
	return field_clean(
	    in, MAX_LINE, false, &feeds->list[feeds->count - 1].title, err);
}

static bool
answer_field(const struct message_field *in, struct answer *answer,
    struct answer_place *place, struct error *err)
{
	struct extraction *read = &answer->extraction;
	char **string = NULL;
	int64_t number = 0;
	switch (in->tag) {
	case TAG_REPLACED:
		return answer_number(in, &answer->replaced, err);
	case TAG_ITEM_COUNT:
		return answer_number(in, &read->item_count, err);
	case TAG_DROPPED:
		return answer_number(in, &read->dropped, err);
	case TAG_FILTERED:
		return answer_number(in, &read->filtered, err);
	case TAG_PROPOSAL:
		return field_remedy(in, &answer->proposal, err);
	case TAG_IN_FORCE:
		return field_bytes(
		    in, &answer->in_force, sizeof(answer->in_force), err);
	case TAG_HEALED_LOST:
		if (!field_number(in, 0, (1 << FIELD_COUNT) - 1, &number, err))
			return false;
		answer->healed_lost = (uint32_t)number;
		return true;
	case TAG_IS_CANDIDATE:
	case TAG_IS_GIVEN:
		if (!field_number(in, 1, 1, &number, err))
			return false;
		*(in->tag == TAG_IS_GIVEN ? &answer->is_given
					  : &answer->is_candidate) = true;
		return true;
	case TAG_HEALED:
		return field_bytes(
		    in, &answer->healed, sizeof(answer->healed), err);
	case TAG_FILLED:
		return field_bytes(in, read->filled, sizeof(read->filled), err);
	case TAG_LIST_PLACE:
		if (!field_number(in, 0, LIST_FULL, &number, err))
			return false;
		read->list_place = (enum list_place)number;
		return true;
	case TAG_SAME:
		if (!field_number(in, 1, 1, &number, err))
			return false;
		answer->is_same = true;
		return true;
	case TAG_INFERRED:
		if (!field_number(in, 1, 1, &number, err))
			return false;
		answer->is_inferred = true;
		return true;
	case TAG_WINDOW:
		return field_window(
		    in, &read->window, &read->window_length, err);
	case TAG_ICON:
		return field_link(in, &read->icon, err);
	case TAG_NEXT_URL:
		return field_link(in, &read->next_url, err);
	case TAG_STAGE:
		string = &answer->stage;
		break;
	case TAG_REASON:
		string = &answer->reason;
		break;
	case TAG_CHARSET_FOUND:
		string = &answer->charset;
		break;
	case TAG_CHARSET_SOURCE:
		string = &answer->charset_source;
		break;
	case TAG_PARSER:
		string = &answer->parser;
		break;
	case TAG_PAGE_TITLE:
		string = &read->page_title;
		break;
	case TAG_SITE_TITLE:
		string = &read->site_title;
		break;
	case TAG_HEADING:
		string = &read->heading;
		break;
	case TAG_PAGE_LANGUAGE:
		string = &read->language;
		break;
	case TAG_ITEM_HOW:
		string = &read->item_how;
		break;
	case TAG_LIST_PATH:
		string = &read->list_path;
		break;
	case TAG_NEXT_HOW:
		string = &read->next_how;
		break;
	default:
		if (in->tag >= TAG_HOW && in->tag < TAG_HOW + FIELD_COUNT)
			string = &read->how[in->tag - TAG_HOW];
		else if (in->tag >= TAG_ARTICLE && in->tag <= TAG_PRECISION)
			return article_field(in, &read->articles, err);
		else if (in->tag >= TAG_MENU_HOW && in->tag <= TAG_ENTRY_URL)
			return menu_field(in, &answer->menu, err);
		else if (in->tag >= TAG_SIGN && in->tag <= TAG_SKETCH)
			return evidence_field(in, &answer->evidence, err);
		else if (in->tag >= TAG_FEED && in->tag <= TAG_FEED_TITLE)
			return feed_field(in, &answer->feeds, err);
		else if (in->tag >= TAG_GRADE && in->tag <= TAG_WARNING)
			return lesson_field(in, &answer->lesson, place, err);
		else
			return error_set(err, "unknown field %u", in->tag);
	}
	return field_clean(in, MAX_LINE, false, string, err);
}

static bool
has_empty_rule(const struct rule_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->list[i].css == NULL)
			return true;
	return false;
}

static bool
lesson_check(const struct lesson *lesson, struct error *err)
{
	bool empty = has_empty_rule(&lesson->rules.items);
	for (int field = 0; field < FIELD_COUNT; field++)
		empty |= has_empty_rule(&lesson->rules.fields[field]);
	return !empty || error_set(err, "a rule without its selector");
}

static bool
answer_check(const struct answer *answer, struct error *err)
{
	const struct articles *articles = &answer->extraction.articles;
	if ((answer->stage == NULL) != (answer->reason == NULL))
		return error_set(err, "a stage without its reason");
	if (!lesson_check(&answer->lesson, err))
		return false;
	if (answer->is_same &&
	    (answer->stage != NULL || articles->count > 0 ||
		answer->menu.count > 0 || answer->extraction.window != NULL))
		return error_set(err, "the same list, and yet another");
	for (size_t i = 0; i < answer->evidence.count; i++)
		if (answer->evidence.signs[i].words == NULL)
			return error_set(err, "a sign without words");
	for (int field = 0; field < FIELD_COUNT; field++)
		if (answer->extraction.filled[field] >
		    answer->extraction.item_count)
			return error_set(err, "more values than items");
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		if (article->link == NULL || article->title == NULL ||
		    article->title[0] == '\0')
			return error_set(
			    err, "an article without link or title");
	}
	for (size_t i = 0; i < answer->menu.count; i++) {
		const struct menu_entry *entry = &answer->menu.list[i];
		if (entry->url == NULL || entry->title == NULL ||
		    entry->title[0] == '\0')
			return error_set(
			    err, "an entry without address or title");
	}
	return true;
}

bool
answer_decode(
    const char *bytes, size_t length, struct answer *answer, struct error *err)
{
	struct message reader = {0};
	struct message_field in;
	struct error trouble = {{0}};
	struct answer made = {0};
	struct answer_place place = {.learned = -1};
	if (!message_read(&reader, bytes, length, err))
		return false;
	while (message_next(&reader, &in, &trouble))
		if (!answer_field(&in, &made, &place, &trouble))
			break;
	if (trouble.reason[0] == '\0')
		(void)answer_check(&made, &trouble); /* says so in trouble */
	if (trouble.reason[0] != '\0') {
		answer_clear(&made);
		return error_set(err, "%s", trouble.reason);
	}
	*answer = made;
	return true;
}

void
answer_clear(struct answer *answer)
{
	free(answer->stage);
	free(answer->reason);
	free(answer->charset);
	free(answer->charset_source);
	free(answer->parser);
	free(answer->proposal);
	evidence_clear(&answer->evidence);
	extraction_clear(&answer->extraction);
	menu_clear(&answer->menu);
	lesson_clear(&answer->lesson);
	native_clear(&answer->feeds);
	*answer = (struct answer){0};
}
