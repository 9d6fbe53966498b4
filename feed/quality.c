#include "feed/quality.h"

#include <string.h>

#include "feed/text.h"

#define NAME_MOST 40  /* nobody types a longer one */
#define STEM_LEAST 4  /* letters that mean something */
#define DIGITS_MOST 3 /* in a row; more are a number of something */
#define HASH_LEAST 4  /* behind a divider */
#define HASH_MOST 12
#define CONSONANTS_MOST 5 /* in a row, in no word */

static bool
is_lower(char byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool
is_upper(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_divider(char byte)
{
	return byte == '-' || byte == '_';
}

static bool
is_vowel(char byte)
{
	return strchr("aeiouyAEIOUY", byte) != NULL && byte != '\0';
}

static size_t
longest_run(const char *token, size_t length, bool (*is_in)(char))
{
	size_t most = 0, run = 0;
	for (size_t i = 0; i < length; i++) {
		run = is_in(token[i]) ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

static bool
is_consonant(char byte)
{
	return (is_lower(byte) || is_upper(byte)) && !is_vowel(byte);
}

/* Parts of camel case that are no part of a name: one letter, or no vowel. */
static size_t
odd_parts(const char *token, size_t length)
{
	static const char vowels[] = "aeiouAEIOU";
	size_t odd = 0;
	for (size_t i = 0; i < length;) {
		size_t start = i++;
		if (is_digit(token[start]))
			continue;
		bool vowel = strchr(vowels, token[start]) != NULL;
		while (i < length && is_lower(token[i]))
			vowel |= strchr(vowels, token[i++]) != NULL;
		odd += i - start == 1 || !vowel;
	}
	return odd;
}

/* One piece between dividers: letters and digits as a hash mixes them.  A word
 * with its number ("list02"), or in camel case ("newsList"), is none. */
static bool
is_mixed(const char *part, size_t length)
{
	bool lower = false, upper = false, digit = false, inside = false;
	for (size_t i = 0; i < length; i++) {
		if (!is_lower(part[i]) && !is_upper(part[i]) &&
		    !is_digit(part[i]))
			return false;
		inside |= digit && !is_digit(part[i]);
		lower |= is_lower(part[i]);
		upper |= is_upper(part[i]);
		digit |= is_digit(part[i]);
	}
	if (length < HASH_LEAST || length > HASH_MOST)
		return false;
	if (inside && (lower || upper))
		return true;
	return lower && upper && length >= 5 && odd_parts(part, length) >= 2;
}

/* Where the part behind the last divider begins. */
static size_t
last_part(const char *token, size_t length)
{
	while (length > 0 && !is_divider(token[length - 1]))
		length--;
	return length;
}

static bool
has_maker(const char *token, size_t length)
{
	static const char *const makers[] = {"css-", "sc-", "jsx-", "svelte-",
	    "emotion-", "jss", "mui-", "tss-", "astro-", "data-v-",
	    "_ngcontent", NULL};
	for (size_t i = 0; makers[i] != NULL; i++) {
		size_t head = strlen(makers[i]);
		if (length < head + 2 || memcmp(token, makers[i], head) != 0)
			continue;
		const char *rest = token + head;
		size_t left = length - head;
		if (longest_run(rest, left, is_divider) == 0 &&
		    (longest_run(rest, left, is_digit) > 0 ||
			is_mixed(rest, left) || head == 3 || left <= 7))
			return true;
	}
	return false;
}

static bool
is_hashed(const char *token, size_t length)
{
	if (length > NAME_MOST || has_maker(token, length) ||
	    longest_run(token, length, is_digit) > DIGITS_MOST)
		return true;
	for (size_t end = length, at; end > 0; end = at > 0 ? at - 1 : 0) {
		at = last_part(token, end);
		if (is_mixed(token + at, end - at))
			return true;
	}
	return false;
}

static bool
is_one_of(const char *token, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == length &&
		    memcmp(token, *words, length) == 0)
			return true;
	return false;
}

static bool
begins_with(const char *token, size_t length, const char *const *heads)
{
	for (; *heads != NULL; heads++) {
		size_t head = strlen(*heads);
		if (length > head && memcmp(token, *heads, head) == 0)
			return true;
	}
	return false;
}

/* How it looks, where it floats, what state it is in. */
static bool
is_utility(const char *token, size_t length)
{
	static const char *const words[] = {"flex", "grid", "row", "block",
	    "inline", "hidden", "visible", "relative", "absolute", "container",
	    "wrapper", "clearfix", "clear", "cf", "left", "right", "center",
	    "active", "current", "selected", "open", "closed", "first", "last",
	    "odd", "even", "alt", "on", "off", "show", "hide", "bold", "small",
	    "medium", "large", "w-full", "group", "wow", "animated", "fade",
	    "fadeIn", "fadeInUp", "col", "cols", "column", "columns", "lazy",
	    "lazyload", "lazyloaded", "new", "visited", "red", "blue", "white",
	    "black", "grey", "gray", "italic", "underline", "uppercase",
	    "truncate", "rounded", "shadow", "border", "clickable", "hover",
	    NULL};
	static const char *const heads[] = {"m-", "mt-", "mb-", "ml-", "mr-",
	    "mx-", "my-", "p-", "pt-", "pb-", "pl-", "pr-", "px-", "py-", "w-",
	    "h-", "col-", "row-", "cols-", "text-", "font-", "bg-", "border-",
	    "rounded-", "flex-", "grid-", "gap-", "items-", "justify-", "self-",
	    "space-", "leading-", "tracking-", "min-", "max-", "is-", "has-",
	    "js-", "u-", "d-", "have-", "have_", "has_", "is_", "no-", "with-",
	    "full-", "fullwidth", "weight-", "float-", "align-", "pull-",
	    "offset-", "span-", "small-", "medium-", "large-", "order-",
	    "overflow-", "z-", "opacity-", "uk-", "wow-", "animate", "display-",
	    "position-", "pos-", "size-", "lg-", "md-", "sm-", "xs-", "xl-",
	    "-m", NULL};
	return memchr(token, ':', length) != NULL ||
	       memchr(token, '/', length) != NULL ||
	       memchr(token, '[', length) != NULL ||
	       is_one_of(token, length, words) ||
	       begins_with(token, length, heads);
}

static bool
is_of_news(const char *token, size_t length)
{
	static const char *const words[] = {"news", "article", "artic", "item",
	    "list", "post", "title", "headline", "card", "story", "entry",
	    "teaser", "date", "time", "author", "byline", "summary", "lead",
	    "thumb", "content", "tit", "subject", "writer", "excerpt",
	    "publish", "media", "desc", "photo", "feed", "archive", "stream",
	    "image", "reporter", "dateline", "press", "topic", "abstract",
	    "result", "main", NULL};
	char lower[NAME_MOST];
	if (length > sizeof(lower))
		return false;
	for (size_t i = 0; i < length; i++)
		lower[i] =
		    is_upper(token[i]) ? (char)(token[i] + 32) : token[i];
	for (size_t i = 0; words[i] != NULL; i++)
		if (memmem(lower, length, words[i], strlen(words[i])) != NULL)
			return true;
	return false;
}

double
quality_of(const char *token, size_t length)
{
	bool vowel = false;
	for (size_t i = 0; i < length; i++)
		vowel |= is_vowel(token[i]) || (unsigned char)token[i] >= 0x80;
	if (is_hashed(token, length))
		return 0;
	if (is_utility(token, length))
		return 0.15;
	if (is_of_news(token, length))
		return 1;
	/* "weight-0", "box-2": one of a scale */
	bool scaled = length > 2 && is_digit(token[length - 1]) &&
		      is_divider(token[length - 2]);
	if (scaled || length <= 2 || !vowel ||
	    longest_run(token, length, is_consonant) >= CONSONANTS_MOST)
		return 0.3;
	return 0.7;
}

size_t
quality_stem(const char *token, size_t length, size_t *offset)
{
	*offset = 0;
	if (length > 2 * NAME_MOST)
		return 0;
	/* "Card_title__3xK9", "_title_zx76t_44": hashes go from the end */
	size_t end = length;
	for (size_t at; (at = last_part(token, end)) > 0; end = at - 1) {
		size_t part = end - at;
		bool number =
		    end < length || part <= 2
			? longest_run(token + at, part, is_digit) == part
			: false;
		if (part > 0 && !number && !is_mixed(token + at, part))
			break;
		if (part == 0)
			continue;
		length = at;
	}
	size_t letters = 0;
	for (size_t i = 0; i < length; i++)
		letters += is_lower(token[i]) || is_upper(token[i]);
	return letters < STEM_LEAST || is_hashed(token, length - 1) ||
		       !is_divider(token[length - 1])
		   ? 0
		   : length;
}

bool
quality_is_plain(const char *token, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_lower(token[i]) && !is_upper(token[i]) &&
		    !is_divider(token[i]) && (i == 0 || !is_digit(token[i])) &&
		    (unsigned char)token[i] < 0x80)
			return false;
	/* what is told of a page must be clean (text.h) */
	return length > 0 && text_is_clean(token, length, false) &&
	       !(token[0] == '-' && (length == 1 || is_digit(token[1])));
}
