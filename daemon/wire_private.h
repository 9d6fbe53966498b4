#ifndef DAEMON_WIRE_PRIVATE_H
#define DAEMON_WIRE_PRIVATE_H

#include "daemon/wire.h"

/*
 * The fields of messages, shared by the job's and the answer's: wire.c alone
 * knows their bytes.  What reads returns false and err on a lie.
 */
enum tag {
	/* job */
	TAG_BODY = 1,
	TAG_CONTENT_TYPE,
	TAG_CHARSET,
	TAG_URL,
	TAG_LANGUAGE,
	TAG_ZONE,
	TAG_ZONE_OFFSET,
	TAG_ZONE_UNKNOWN,
	TAG_NOW,
	TAG_LIBXML2,
	TAG_RULE_FIELD, /* begins a rule: its field, FIELD_COUNT for item */
	TAG_RULE_CSS,
	TAG_RULE_XPATH,
	TAG_RULE_PATTERN,
	TAG_RULE_TEMPLATE,
	TAG_RULE_FORMAT,
	TAG_RULE_STRIP,
	TAG_RULE_EXCLUDE,
	TAG_LINK_TEMPLATE,
	TAG_LINK_PATTERN,
	TAG_FILTER_FIELD, /* before the pattern of only or skip */
	TAG_ONLY,
	TAG_SKIP,
	TAG_KIND,
	TAG_KNOWN_WINDOW,
	TAG_KNOWN_PATH,
	TAG_MEMORY, /* begins an article that is remembered */
	TAG_MEMORY_LINK,
	TAG_MEMORY_TITLE,
	TAG_MEMORY_AT,
	TAG_MEMORY_PRECISION,
	TAG_USUAL,
	TAG_EXPECTED, /* articles, then each field's, in their order */
	TAG_EXPECTED_PLACE,
	TAG_LEARNS,
	TAG_MEMORY_TEXT,
	TAG_MEMORY_AUTHOR,
	TAG_MEMORY_IMAGE,
	TAG_MEMORY_CATEGORY,
	TAG_REMEDY,
	TAG_CANDIDATE,
	TAG_PROPOSES,
	TAG_LOST,
	/* answer */
	TAG_STAGE = 64,
	TAG_REASON,
	TAG_CHARSET_FOUND,
	TAG_CHARSET_SOURCE,
	TAG_PARSER,
	TAG_REPLACED,
	TAG_ITEM_COUNT,
	TAG_DROPPED,
	TAG_FILTERED,
	TAG_PAGE_TITLE,
	TAG_SITE_TITLE,
	TAG_HEADING,
	TAG_PAGE_LANGUAGE,
	TAG_ICON,
	TAG_ITEM_HOW,
	TAG_LIST_PATH,
	TAG_NEXT_URL,
	TAG_NEXT_HOW,
	TAG_HOW,                             /* + field */
	TAG_ARTICLE = TAG_HOW + FIELD_COUNT, /* begins one; its position */
	TAG_KEY,
	TAG_LINK,
	TAG_TITLE,
	TAG_TEXT,
	TAG_AUTHOR,
	TAG_IMAGE,
	TAG_CATEGORY,
	TAG_PUBLISHED,
	TAG_PRECISION,
	TAG_MENU_HOW,
	TAG_ENTRY, /* begins one of the menu's: its name */
	TAG_ENTRY_GROUP,
	TAG_ENTRY_TITLE,
	TAG_ENTRY_URL,
	TAG_SAME,
	TAG_WINDOW,
	TAG_SIGN, /* begins one: its kind, its grade, its words */
	TAG_SIGN_GRADE,
	TAG_SIGN_WORDS,
	TAG_WIDTH,
	TAG_LINKS,
	TAG_BROKEN,
	TAG_MOJIBAKE,
	TAG_FOREIGN,
	TAG_ENDING,
	TAG_SKETCH,
	TAG_PROPOSAL,
	TAG_HEALED,
	TAG_HEALED_LOST,
	TAG_IS_CANDIDATE,
	TAG_IN_FORCE,
	TAG_IS_GIVEN,
	TAG_FILLED, /* one number for each field, in their order */
	TAG_LIST_PLACE,
	TAG_FEED, /* begins one of the site's own: its address */
	TAG_FEED_TITLE,
	TAG_GRADE,
	TAG_CONFIDENCE,
	TAG_LEARNED_FIELD, /* begins a rule: its field, FIELD_COUNT for item */
	TAG_LEARNED_CSS,
	TAG_WHY_FIELD, /* before the words about its rules */
	TAG_WHY,
	TAG_ARTICLE_LINK,
	TAG_RUNNER_UP,
	TAG_LESSON_REASON,
	TAG_WARNING,
	TAG_INFERRED,
	/* hello */
	TAG_PARTS = 192,
	TAG_LANDLOCK_ABI,
};

#define MAX_REMEDY 16384 /* bytes */
#define MAX_LINE 2048 /* bytes of a link, or of what is said of a page */

struct message_field {
	uint16_t tag;
	const char *bytes;
	size_t length;
};

/* What of a message is still to be read. */
struct message {
	const char *at, *end;
};

/* A message begins; what message_close wants. */
size_t message_open(struct buffer *message);
void message_close(struct buffer *message, size_t start);
void message_add_bytes(
    struct buffer *message, uint16_t tag, const void *bytes, size_t length);
/* NULL: no field. */
void message_add_string(struct buffer *message, int tag, const char *string);
void message_add_number(struct buffer *message, int tag, int64_t number);
/* Selectors of items and fields. */
void message_add_learned(const struct rules *, struct buffer *message);

bool message_read(
    struct message *, const char *bytes, size_t length, struct error *);
/* False at the end, and with err set on a field that does not fit. */
bool message_next(struct message *, struct message_field *, struct error *);

bool field_number(const struct message_field *, int64_t least, int64_t most,
    int64_t *number, struct error *);
/* Numbers without a rule, so many bytes of them. */
bool field_bytes(
    const struct message_field *, void *to, size_t length, struct error *);
/* A string without NUL; the first of its kind (*string is NULL). */
bool field_string(const struct message_field *, size_t max_bytes, char **string,
    struct error *);
/* A string that may go into a feed, a log line or a terminal. */
bool field_clean(const struct message_field *, size_t max_bytes,
    bool paragraphs, char **string, struct error *);
/* A remedy as text. */
bool field_remedy(
    const struct message_field *, char **remedy, struct error *);
/* Bytes that only a worker knows how to read. */
bool field_window(const struct message_field *, char **window, size_t *length,
    struct error *);
/* A rule of *field begins; then its selector, which must be one. */
bool field_learned(const struct message_field *, struct rules *, int64_t *field,
    struct error *);
bool field_learned_css(const struct message_field *, struct rules *,
    int64_t field, struct error *);

/* The rule of this field that was begun last (FIELD_COUNT: of items); NULL with
 * field -1. */
struct rule *rules_last(struct rules *, int64_t field);

#endif
