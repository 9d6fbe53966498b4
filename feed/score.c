#include "feed/links.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

/*
 * Weights: a logistic fit on 2,881 hand-labelled links of 405 sites, rounded.
 * Widths are display cells, so that they serve every script alike.
 */
#define SEGMENTS_MAX 32

struct path {
	char *text; /* of the URL, cut into pieces */
	char *segments[SEGMENTS_MAX];
	size_t count;
	char *query; /* "" if none */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
path_split(const char *url, struct path *path)
{
	*path = (struct path){.text = url_path(url), .query = ""};
	if (path->text == NULL)
		path->text = xstrdup("/");
	char *question = strchr(path->text, '?');
	if (question != NULL) {
		*question = '\0';
		path->query = question + 1;
	}
	char *rest = NULL;
	for (char *segment = strtok_r(path->text, "/", &rest);
	     segment != NULL && path->count < SEGMENTS_MAX;
	     segment = strtok_r(NULL, "/", &rest))
		path->segments[path->count++] = segment;
}

static size_t
longest_digits(const char *string)
{
	size_t longest = 0, run = 0;
	for (; *string != '\0'; string++) {
		run = is_digit(*string) ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest;
}

static bool
in_list(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_equals_ignoring_case(word, *list))
			return true;
	return false;
}

static bool
is_year(const char *digits)
{
	return (strncmp(digits, "19", 2) == 0 ||
		   strncmp(digits, "20", 2) == 0) &&
	       is_digit(digits[2]) && is_digit(digits[3]);
}

/* A month, or month and day in one, behind a year. */
static bool
is_month(const char *segment)
{
	size_t length = strlen(segment);
	return longest_digits(segment) == length &&
	       (length == 1 || length == 2 ||
		   (length == 4 && segment[0] <= '1' && segment[2] <= '3'));
}

/* /2024/03/05/, /2024/0305/, 20240305, 2024-03 */
static bool
has_date(const struct path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		const char *segment = path->segments[i];
		size_t length = strlen(segment);
		if (length == 4 && is_year(segment) && i + 1 < path->count &&
		    is_month(path->segments[i + 1]))
			return true;
		for (const char *at = segment;
		     length >= 7 && at + 7 <= segment + length; at++) {
			if (at > segment && is_digit(at[-1]))
				continue;
			if (!is_year(at))
				continue;
			if (at[4] == '-' && is_digit(at[5]) && is_digit(at[6]))
				return true;
			if (longest_digits(at) >= 8 && is_digit(at[4]) &&
			    (at[4] == '0' || at[4] == '1') && is_digit(at[5]) &&
			    is_digit(at[6]) && at[6] <= '3' && is_digit(at[7]))
				return true;
		}
	}
	return false;
}

/* Four words or more: a title made into an address. */
static bool
is_slug(const char *value)
{
	size_t apart = 0;
	for (; *value != '\0'; value++)
		apart += *value == '-' || *value == '_';
	return apart >= 3;
}

static bool
has_query_id(const char *query)
{
	static const char *const names[] = {"idxno", "aid", "articleid",
	    "newsid", "no", "nid", "seq", "wr_id", "id", "p", "newscd", "idx",
	    "num", "article_id", "news_id", "artid", "uid", "key", "tid", NULL};
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		char *pair = xstrndup(query, length);
		char *equals = strchr(pair, '=');
		bool found = false;
		if (equals != NULL) {
			*equals = '\0';
			found = in_list(pair, names) &&
				(longest_digits(equals + 1) >= 3 ||
				    is_slug(equals + 1));
		}
		free(pair);
		if (found)
			return true;
		query += length + (query[length] == '&');
	}
	return false;
}

static int
score_last_segment(const char *segment)
{
	static const char *const pages[] = {
	    ".html", ".htm", ".shtml", ".ece", NULL};
	int score = 0;
	size_t length = strlen(segment), words = 0, letters = 0, digits = 0;
	const char *dot = strrchr(segment, '.');
	bool in_word = false;
	if (dot != NULL && in_list(dot, pages)) {
		score += 2;
		length = (size_t)(dot - segment);
	}
	for (size_t i = 0; i < length; i++) {
		bool apart = segment[i] == '-' || segment[i] == '_';
		words += !apart && !in_word;
		in_word = !apart;
		letters += is_letter(segment[i]);
		digits += is_digit(segment[i]);
	}
	/* a script without blanks: each %XX triple is no letter of a slug */
	if (words >= 5)
		score += 9;
	else if (words >= 3)
		score += 2;
	else if (words <= 1 && longest_digits(segment) < 4 && length < 20)
		score -= 8;
	if (length >= 30)
		score += 8;
	if (words <= 2 && letters >= 2 && digits >= 2 && letters + digits >= 8)
		score += 4;
	return score;
}

static int
score_path(const struct path *path)
{
	static const char *const dull[] = {"tag", "tags", "category",
	    "categories", "author", "authors", "login", "signin", "signup",
	    "register", "about", "privacy", "subscribe", "rss", "weather",
	    "obituary", "jobs", "contact", "search", "topic", "topics", "help",
	    "terms", "account", "newsletter", "newsletters", "user", "users",
	    "profile", "writerlist", "member", NULL};
	static const char *const stories[] = {"article", "articles", "story",
	    "news_view", "post", "posts", "view", "read", "entry", "archives",
	    NULL};
	static const char *const assets[] = {".jpg", ".jpeg", ".png", ".gif",
	    ".webp", ".svg", ".pdf", ".xml", ".js", ".css", ".zip", ".mp3",
	    ".mp4", ".ico", NULL};
	bool query_id = has_query_id(path->query);
	int score = 0;
	if (path->count == 0)
		return query_id ? 4 : -20;
	const char *last = path->segments[path->count - 1];
	const char *dot = strrchr(last, '.');
	if (dot != NULL && in_list(dot, assets))
		score -= 20;
	score += has_date(path) ? 8 : 0;
	score += query_id ? 8 : 0;
	if (longest_digits(last) >= 5 ||
	    (path->count > 1 &&
		longest_digits(path->segments[path->count - 2]) >= 5))
		score += 8;
	if (!query_id)
		score += score_last_segment(last);
	score += path->count == 1 ? -4 : path->count >= 3 ? 4 : 0;
	bool is_dull = false, is_story = false;
	for (size_t i = 0; i < path->count; i++) {
		is_dull |= in_list(path->segments[i], dull);
		is_story |= in_list(path->segments[i], stories);
	}
	return score - 9 * is_dull + 4 * is_story;
}

int
links_score_words(const char *words)
{
	size_t cells = text_cells(words), count = 0;
	int score = cells < 10   ? -7
		    : cells < 20 ? -5
		    : cells < 30 ? 0
		    : cells < 50 ? 3
				 : 7;
	for (const char *at = words; *at != '\0'; at++)
		count += *at == ' ';
	if (count >= 4 || (cells >= 16 && text_has_wide(words)))
		score += 6;
	static const char *const marks[] = {"\"", "'", "?", "!", ", ", ". ",
	    ": ", "“", "”", "‘", "’", "…", "「", "」", "、", "。", "，", "·",
	    "«", "„", NULL};
	for (size_t i = 0; marks[i] != NULL; i++)
		if (strstr(words, marks[i]) != NULL) {
			score += 4;
			break;
		}
	return language_is_menu_word(words) ? score - 12 : score;
}

double
links_score(const char *link, const char *base, const char *words)
{
	struct path path;
	int score = -9;
	path_split(link, &path);
	score += score_path(&path) + links_score_words(words);
	if (!url_same_owner(link, base))
		score -= 6;
	free(path.text);
	return score;
}
