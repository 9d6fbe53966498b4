#ifndef FEED_INDEX_WORDS_H
#define FEED_INDEX_WORDS_H

#include <stdbool.h>

#include "feed/index_page.h"

/* What the page of all feeds says, in English and Korean; static. */
enum phrase {
	PHRASE_FEEDS,
	PHRASE_LEAD,
	PHRASE_OPML,
	PHRASE_OPML_AFTER,
	PHRASE_FIND,
	PHRASE_FOUND,
	PHRASE_NOTHING,
	PHRASE_COPY,
	PHRASE_COPY_OF,
	PHRASE_COPIED,
	PHRASE_MARKED,
	PHRASE_OPEN,
	PHRASE_ALL,
	PHRASE_READ,
	PHRASE_NEVER,
	PHRASE_NONE,
	PHRASE_FOOT,
	PHRASES
};

const char *index_phrase(enum phrase, bool is_korean);
const char *index_health_words(enum index_health, bool is_korean);

/* Why a feed is not well, as far as a stranger may know: the log and the status
 * say more, but they name files and addresses.  stage may be NULL. */
const char *index_reason(
    enum index_health, const char *stage, bool is_korean);

#endif
