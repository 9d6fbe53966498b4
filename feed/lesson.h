#ifndef FEED_LESSON_H
#define FEED_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/agreement.h"
#include "feed/extract.h"
#include "feed/rules.h"

/*
 * What was learned of a page (learn.h): rules, and how far they may be relied
 * on, with the reasons.
 */
#define LESSON_ALTERNATIVES 8 /* selectors of the items, of one field */
#define LESSON_CSS_BYTES 300
#define LESSON_NOTES 40

enum lesson_grade {
	LESSON_NONE,  /* no rules, or none to rely on */
	LESSON_LOOK,  /* a person should look at them */
	LESSON_READY,
};

struct notes {
	char **list;
	size_t count;
};

struct lesson {
	enum lesson_grade grade;
	unsigned confidence; /* 0 to 100 */
	struct rules rules;  /* what was given, and what was learned: items, fields */
	char *why[FIELD_COUNT + 1]; /* of what was learned: "finds 20 of 20 items";
				       the last is the items' */
	char *article_link;  /* a template that all links fit, or NULL */
	char *runner_up;     /* "'.rank > li', 10 links, score 84: ..."; or NULL */
	struct notes reasons, warnings; /* one line each */
	double recall, precision; /* of the rules' articles against inference's */
};
void lesson_clear(struct lesson *);

/* Sets grade, confidence, reasons and warnings from the rest, from what was
 * inferred and how far the rules agree with it. */
void lesson_judge(struct lesson *, const struct extraction *inferred,
    const struct agreement *, const char *base, bool hashed);

/*
 * The rules that were learned, as text: a line each, "item: .story",
 * "title: h3 a"; nothing of what was given.  The caller's; "" if there are
 * none.  lesson_read adds them to rules: to an item or a field of which these
 * have nothing.  False, and nothing added, if a line is none.
 */
char *lesson_write(const struct lesson *, const struct rules *given);
bool lesson_read(const char *text, struct rules *);
/* The same of rules that were learned, as another struct: a copy of both. */
struct rules lesson_merge(
    const struct rules *given, const struct rules *learned);

/* One more line; takes it. */
void notes_add(struct notes *, char *line);
void notes_clear(struct notes *);

/* "ready", "look", "none". */
const char *lesson_word(enum lesson_grade);

#endif
