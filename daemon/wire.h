#ifndef DAEMON_WIRE_H
#define DAEMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/sandbox.h"
#include "feed/buffer.h"
#include "feed/error.h"
#include "feed/evidence.h"
#include "feed/expectation.h"
#include "feed/extract.h"
#include "feed/heal.h"
#include "feed/lesson.h"
#include "feed/menu.h"
#include "feed/native.h"
#include "feed/rules.h"

/*
 * What goes between the daemon and its worker: messages of tagged fields.
 * A message is its length (4 bytes) and fields; a field is a tag (2 bytes), a
 * length (4 bytes) and bytes, in the machine's own order, since both ends are
 * the same program.  Unknown tags are refused.
 */
#define WIRE_MAX_MESSAGE ((size_t)24 << 20) /* body cap, zone, rules */
#define WIRE_MAX_ARTICLES 2000              /* on one page */
#define WIRE_MAX_TEXT ((size_t)64 << 10)    /* of one article's text */

#define WIRE_HELLO_LENGTH ((size_t)32)      /* always */

/*
 * A worker's first message, before it has seen a byte of any page: what locks
 * it in.  Checked like the others; one that speaks otherwise is none of ours.
 */
void hello_encode(const struct sandbox *, struct buffer *message);
bool hello_decode(
    const char *bytes, size_t length, struct sandbox *, struct error *);

/* What is asked of the page. */
enum job_kind {
	JOB_EXTRACT, /* its articles */
	JOB_MENU,    /* the site's menu, and what the page says of itself */
	JOB_LEARN,   /* rules for its articles, and the site's own feeds */
	JOB_KIND_COUNT
};

/* A page to be read.  Encoding borrows; job_decode makes the strings the
 * struct's own (job_clear). */
struct job {
	enum job_kind kind;
	char *body;
	size_t length;
	char *content_type; /* header, or NULL */
	char *charset;      /* configured label, or NULL */
	char *url;
	char *language;     /* or NULL */
	char *zone;         /* bytes of a TZif file, or NULL: UTC */
	size_t zone_length;
	int64_t zone_offset_s; /* of a fixed zone, with zone NULL */
	bool zone_is_unknown;  /* the page's language tells, or nothing does */
	int64_t now_s;
	char *list_path;       /* where the list stood the last time, or NULL */
	char *window;          /* that the list is known by (window.h), or NULL */
	size_t window_length;
	struct rules rules;
	/* What was learned on the section's own pages, and what it must find,
	 * else all is inferred as without. */
	struct rules learned; /* items and fields; none of either: nothing */
	struct expectation expected;
	bool learns;          /* of an inferred list: rules that give the same */
	/* What is remembered of the section, if other rules are wanted that
	 * find it on this page (heal.h): link, title, published. */
	struct articles memory; /* and all else, if `lost` is set */
	uint32_t usual;       /* articles */
	char *healed;         /* a remedy (remedy.h) of the rules in force, or NULL */
	char *candidate;      /* one that an earlier page gave, or NULL */
	bool proposes;        /* a new one is wanted */
	uint32_t lost;        /* bit i: field i has died alone */
};

/* What the worker made of it. */
struct answer {
	char *stage;  /* NULL: read.  Else what failed: "decode", "parse", "extract" */
	char *reason; /* in words, with a stage */
	char *charset, *charset_source;
	char *parser;
	uint32_t replaced; /* broken characters */
	bool is_same;      /* the job's window is on the page: nothing was read */
	char *proposal;    /* remedy that finds what is remembered, or NULL */
	struct heal_evidence healed; /* what speaks for it */
	bool is_candidate; /* it is the job's, seen again */
	uint32_t healed_lost; /* bit i: it is for field i alone */
	struct heal_evidence in_force; /* for the job's `healed`, today */
	bool is_given;     /* the articles are by the configured rules, which do
			      again what the healed ones do */
	bool is_inferred;  /* the learned rules did not find what they should */
	struct evidence evidence; /* against it; also where a stage failed */
	struct extraction extraction; /* parser is NULL here: see above */
	struct menu menu;             /* of JOB_MENU */
	struct lesson lesson;         /* of JOB_LEARN, and where the job learns: its
					 rules are those learned */
	struct native_feeds feeds;    /* likewise */
};

void job_encode(const struct job *, struct buffer *message);
bool job_decode(const char *bytes, size_t length, struct job *, struct error *);
void job_clear(struct job *);

void answer_encode(const struct answer *, struct buffer *message);
/*
 * Checked as if hostile: lengths, counts, clean UTF-8, http(s) links, names
 * that are names and there once.  A lie makes the whole answer bad: false and
 * err.
 */
bool answer_decode(
    const char *bytes, size_t length, struct answer *, struct error *);
void answer_clear(struct answer *);

/* Both ends frame alike: the length of the message that begins here, 0 while
 * fewer than 4 bytes are there; more than WIRE_MAX_MESSAGE if it is too long,
 * by how much soever. */
size_t wire_length(const char *bytes, size_t length);

#endif
