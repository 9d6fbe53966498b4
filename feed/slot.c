#include "feed/slot.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/url.h"

#define PARAMETERS_MAX 48
#define NAME_MAX_BYTES 40
#define MOST_DIGITS 9
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct piece {
	const char *at;
	size_t length;
};

struct parameter {
	struct piece name, value;
};

struct address {
	struct piece path; /* without the closing slash */
	struct parameter parameters[PARAMETERS_MAX];
	size_t count;
};

static bool
same_piece(struct piece a, struct piece b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static bool
starts_with(struct piece piece, struct piece start)
{
	return piece.length >= start.length &&
	       memcmp(piece.at, start.at, start.length) == 0;
}

static struct address
address_read(const char *url)
{
	struct address address = {0};
	const char *host = strstr(url, "://");
	const char *path = host != NULL ? host + 3 : url;
	path += strcspn(path, "/?");
	address.path = (struct piece){path, strcspn(path, "?")};
	const char *at = path + address.path.length;
	if (address.path.length > 0 && at[-1] == '/')
		address.path.length--;
	while (*at != '\0' && address.count < PARAMETERS_MAX) {
		const char *name = at + 1;
		size_t length = strcspn(name, "&");
		size_t equals = strcspn(name, "=&");
		const char *value = name + equals + (equals < length);
		at = name + length;
		if (length > 0)
			address.parameters[address.count++] =
			    (struct parameter){
				{name, equals}, {value, (size_t)(at - value)}};
	}
	return address;
}

static const struct parameter *
address_parameter(const struct address *address, struct piece name)
{
	for (size_t i = 0; i < address->count; i++)
		if (same_piece(address->parameters[i].name, name))
			return &address->parameters[i];
	return NULL;
}

/* -1 if it is no number */
static int64_t
piece_number(struct piece piece)
{
	if (piece.length == 0 || piece.length > MOST_DIGITS)
		return -1;
	int64_t number = 0;
	for (size_t i = 0; i < piece.length; i++) {
		if (piece.at[i] < '0' || piece.at[i] > '9')
			return -1;
		number = number * 10 + piece.at[i] - '0';
	}
	return number;
}

/* ---- names ---- */

static bool
is_listed(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool
has_one_of(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(name, list[i]) != NULL)
			return true;
	return false;
}

/* What a parameter, or the word before a number in a path, counts. */
static enum slot_kind
kind_of(struct piece piece)
{
	static const char *const pages[] = {"p", "pg", "pn", "pno", "seite",
	    "pagina", "sida", "side", "strona", "sayfa", "trang", "halaman"};
	static const char *const no_pages[] = {
	    "size", "unit", "per", "count", "rows", "type", "name"};
	static const char *const offsets[] = {"offset", "start", "from", "skip",
	    "first", "begin", "startindex", "start_index", "startrow",
	    "limitstart"};
	static const char *const days[] = {"y", "yy", "yyyy", "m", "mm", "mon",
	    "d", "dd", "day", "ym", "yymm", "ymd", "dt", "sdt", "edt", "week",
	    "hour", "time"};
	static const char *const foreign[] = {"date", "year", "month",
	    "comment", "cmt", "reply", "calendar", "replies"};
	char name[NAME_MAX_BYTES];
	if (piece.length == 0 || piece.length >= sizeof(name))
		return SLOT_PLAIN;
	for (size_t i = 0; i <= piece.length; i++) {
		char c = i < piece.length ? piece.at[i] : '\0';
		name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	if (is_listed(name, days, COUNT(days)) ||
	    has_one_of(name, foreign, COUNT(foreign)))
		return SLOT_FOREIGN;
	if (is_listed(name, pages, COUNT(pages)) ||
	    (strstr(name, "page") != NULL && strcmp(name, "page_id") != 0 &&
		strcmp(name, "pageid") != 0 &&
		!has_one_of(name, no_pages, COUNT(no_pages))))
		return SLOT_PAGE;
	return is_listed(name, offsets, COUNT(offsets)) ? SLOT_OFFSET
							: SLOT_PLAIN;
}

bool
slot_is_page_name(const char *name, size_t length)
{
	return kind_of((struct piece){name, length}) == SLOT_PAGE;
}

/* ---- slots ---- */

/* Are all parameters of ours that say something in the other, but for one? */
static bool
keeps_query(
    const struct address *own, const struct address *other, struct piece except)
{
	for (size_t i = 0; i < own->count; i++) {
		const struct parameter *mine = &own->parameters[i];
		if (mine->value.length == 0 ||
		    (except.at != NULL && same_piece(mine->name, except)) ||
		    url_parameter_is_tracking(mine->name.at, mine->name.length))
			continue;
		const struct parameter *theirs =
		    address_parameter(other, mine->name);
		if (theirs == NULL || !same_piece(theirs->value, mine->value))
			return false;
	}
	return true;
}

static void
add_slot(struct slot *slots, size_t *count, const char *other,
    struct piece number, struct slot slot)
{
	if (*count == SLOTS_MAX)
		return;
	slot.shape = xasprintf("%.*s{}%s", (int)(number.at - other), other,
	    number.at + number.length);
	slot.value = piece_number(number);
	slots[(*count)++] = slot;
}

/* The path without "index.html", "list.asp" or the extension of its last
 * part; which: 0 as it is, 1 without extension, 2 without an index. */
static struct piece
path_stem(struct piece path, int which, bool *is_file)
{
	static const char *const indexes[] = {
	    "index", "default", "main", "home"};
	size_t last = path.length;
	while (last > 0 && path.at[last - 1] != '/')
		last--;
	const char *name = path.at + last;
	size_t length = path.length - last;
	const char *dot = length > 0 ? memchr(name, '.', length) : NULL;
	*is_file = dot != NULL;
	if (which == 0 || dot == NULL)
		return path;
	if (which == 1)
		return (struct piece){path.at, (size_t)(dot - path.at)};
	for (size_t i = 0; i < COUNT(indexes); i++)
		if (strlen(indexes[i]) == (size_t)(dot - name) &&
		    memcmp(indexes[i], name, (size_t)(dot - name)) == 0)
			return (struct piece){path.at, last > 0 ? last - 1 : 0};
	return path;
}

/* Does only what numbers a page stand between: "/page/", "_", "-p", "/index_"?
 */
static bool
is_glue(struct piece glue, bool *says_page)
{
	static const char *const words[] = {"index", "list", "default", "page",
	    "pages", "paged", "p", "pg", "pn", "seite", "pagina", "sida",
	    "side", "strona", "sayfa", "trang", "halaman"};
	bool is_list = false; /* "index" or "list" was read */
	*says_page = false;
	for (size_t i = 0; i < glue.length;) {
		size_t length = strcspn(glue.at + i, "/_-.,=~");
		if (length > glue.length - i)
			length = glue.length - i;
		/* "list_7_2": the list's own number */
		bool known =
		    length == 0 || (is_list && piece_number((struct piece){
						   glue.at + i, length}) >= 0);
		for (size_t k = 0; !known && k < COUNT(words); k++)
			if (strlen(words[k]) == length &&
			    memcmp(words[k], glue.at + i, length) == 0) {
				known = true;
				is_list = k < 2;
				*says_page = *says_page || k > 2;
			}
		if (!known)
			return false;
		i += length + 1;
	}
	return true;
}

static bool
is_end(const char *suffix, size_t length)
{
	return length == 0 || (suffix[0] == '.' && length <= 7 &&
				  memchr(suffix, '/', length) == NULL);
}

/* "/2024/" before a number makes a month or a day of it. */
static bool
has_year(struct piece prefix)
{
	for (size_t i = 0; i + 5 < prefix.length; i++)
		if (prefix.at[i] == '/' && prefix.at[i + 5] == '/' &&
		    piece_number((struct piece){prefix.at + i + 1, 4}) / 100 >=
			19 &&
		    piece_number((struct piece){prefix.at + i + 1, 4}) / 100 <=
			20)
			return true;
	return false;
}

/* The word before the number: "page" of "/news/page/" and of "/news-page". */
static enum slot_kind
kind_before(struct piece prefix)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t end = prefix.length;
	while (end > 0 && strchr("/_-.,=~", prefix.at[end - 1]) != NULL)
		end--;
	size_t start = end;
	while (start > 0 && strchr(letters, prefix.at[start - 1]) != NULL)
		start--;
	if (end == prefix.length && end - start == 5 &&
	    memcmp(prefix.at + start, "index", 5) == 0)
		return SLOT_PAGE; /* index3.html */
	return kind_of((struct piece){prefix.at + start, end - start});
}

static enum slot_kind
path_kind(struct piece prefix)
{
	enum slot_kind kind = kind_before(prefix);
	return has_year(prefix) && kind != SLOT_PAGE ? SLOT_FOREIGN : kind;
}

/* Is the address ours but for this number in its path? */
static bool
read_path_slot(const struct address *own, struct piece prefix,
    const char *suffix, size_t suffix_length, struct slot *slot)
{
	bool is_file, says_page;
	slot->own = -1;
	slot->in_path = true;
	if (own->path.length > prefix.length + suffix_length &&
	    starts_with(own->path, prefix) &&
	    memcmp(own->path.at + own->path.length - suffix_length, suffix,
		suffix_length) == 0)
		slot->own =
		    piece_number((struct piece){own->path.at + prefix.length,
			own->path.length - prefix.length - suffix_length});
	if (slot->own >= 0) {
		slot->kind = path_kind(prefix);
		return true;
	}
	if (!is_end(suffix, suffix_length))
		return false;
	for (int which = 0; which < 3; which++) {
		struct piece stem = path_stem(own->path, which, &is_file);
		if (!starts_with(prefix, stem))
			continue;
		struct piece glue = {
		    prefix.at + stem.length, prefix.length - stem.length};
		/* "/news2" is another place than "/news", not its page */
		if (glue.length == 0 && !(is_file && suffix_length > 0))
			continue;
		if (glue.length > 0 && which != 1 &&
		    strchr("/_-.,=~", glue.at[0]) == NULL)
			continue;
		if (!is_glue(glue, &says_page))
			continue;
		slot->kind = says_page ? SLOT_PAGE : path_kind(prefix);
		return true;
	}
	return false;
}

size_t
slots_find(
    const char *own_url, const char *other_url, struct slot slots[SLOTS_MAX])
{
	struct address own = address_read(own_url);
	struct address other = address_read(other_url);
	size_t count = 0;
	bool is_file;
	struct piece mine = path_stem(own.path, 2, &is_file);
	struct piece theirs = path_stem(other.path, 2, &is_file);
	for (size_t i = 0; same_piece(mine, theirs) && i < other.count; i++) {
		const struct parameter *one = &other.parameters[i];
		const struct parameter *before =
		    address_parameter(&own, one->name);
		struct slot slot = {.own = -1, .kind = kind_of(one->name)};
		if (before != NULL && before->value.length > 0) {
			slot.own = piece_number(before->value);
			if (slot.own < 0)
				continue;
		}
		if (piece_number(one->value) >= 0 &&
		    keeps_query(&own, &other, one->name))
			add_slot(slots, &count, other_url, one->value, slot);
	}
	if (!keeps_query(&own, &other, (struct piece){0}))
		return count;
	for (size_t i = 0; i < other.path.length;) {
		size_t length = strspn(other.path.at + i, "0123456789");
		struct slot slot = {0};
		if (length > 0 && length <= MOST_DIGITS &&
		    read_path_slot(&own, (struct piece){other.path.at, i},
			other.path.at + i + length,
			other.path.length - i - length, &slot))
			add_slot(slots, &count, other_url,
			    (struct piece){other.path.at + i, length}, slot);
		i += length > 0 ? length : 1;
	}
	return count;
}

void
slot_clear(struct slot *slot)
{
	free(slot->shape);
	*slot = (struct slot){0};
}

bool
slots_differ_in_query(const char *own_url, const char *other_url)
{
	struct address own = address_read(own_url);
	struct address other = address_read(other_url);
	bool differ = false;
	if (!same_piece(own.path, other.path))
		return false;
	for (size_t i = 0; i < own.count; i++)
		if (own.parameters[i].value.length > 0 &&
		    address_parameter(&other, own.parameters[i].name) == NULL)
			return false;
	for (size_t i = 0; i < other.count; i++) {
		const struct parameter *one = &other.parameters[i];
		const struct parameter *before =
		    address_parameter(&own, one->name);
		if (one->value.length == 0 ||
		    (before != NULL && same_piece(before->value, one->value)))
			continue;
		if (kind_of(one->name) == SLOT_FOREIGN)
			return false;
		differ = true;
	}
	return differ;
}
