#include "config/value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/place.h"
#include "feed/charset.h"
#include "feed/format.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define HEADERS_MAX 50
#define COMMAND_MAX_WORDS 50
/* Past so many findings nobody reads which key was meant. */
#define HINTS_MAX 100

void
node_complain(struct reader *reader, const struct node *node, const char *key,
    const char *format, ...)
{
	va_list values;
	va_start(values, format);
	char *what;
	if (vasprintf(&what, format, values) < 0)
		abort();
	va_end(values);
	const char *reading = reader->findings->file;
	if (node->file != NULL)
		reader->findings->file = node->file;
	findings_add(
	    reader->findings, node->line, node->column, key, "%s", what);
	reader->findings->file = reading;
	free(what);
}

/* --- characters, without a locale --- */

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

static bool
holds_only(const char *text, const char *others)
{
	for (; *text != '\0'; text++)
		if (!is_letter(*text) && !is_digit(*text) &&
		    strchr(others, *text) == NULL)
			return false;
	return true;
}

/* Digits alone, at most nine; -1 if not. */
static int64_t
parse_number(const char *text, size_t length)
{
	int64_t number = 0;
	if (length == 0 || length > 9)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (!is_digit(text[i]))
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

int64_t
duration_parse(const char *text)
{
	size_t length = strlen(text);
	int64_t unit;
	if (length < 2)
		return -1;
	switch (text[length - 1]) {
	case 's':
		unit = 1;
		break;
	case 'm':
		unit = 60;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'd':
		unit = 86400;
		break;
	default:
		return -1;
	}
	int64_t number = parse_number(text, length - 1);
	return number < 0 ? -1 : number * unit;
}

void
duration_print(int64_t seconds, char out[32])
{
	static const struct {
		int64_t seconds;
		char name;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;
	while (i < 3 && (seconds == 0 || seconds % units[i].seconds != 0))
		i++;
	(void)snprintf(out, 32, "%lld%c",
	    (long long)(seconds / units[i].seconds), units[i].name);
}

/* --- texts --- */

const char *
text_read(struct reader *reader, const char *key, const struct node *node,
    int64_t most)
{
	if (node->kind == NODE_BROKEN)
		return NULL;
	if (node->kind != NODE_TEXT) {
		node_complain(reader, node, key, "wants one value, not a %s",
		    node->kind == NODE_LIST ? "list" : "map");
		return NULL;
	}
	if (node->text[0] == '\0') {
		node_complain(reader, node, key, "has no value%s",
		    node->comment ? "; ' #' begins a comment: a value that "
				    "begins with '#' must stand in quotes"
				  : "; leave the key out if it needs none");
		return NULL;
	}
	if (node->plain &&
	    (strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0)) {
		node_complain(reader, node, key,
		    "'%s' is no value; leave the key out, or put it in quotes",
		    node->text);
		return NULL;
	}
	if (strpbrk(node->text, "\n\t") != NULL) {
		node_complain(
		    reader, node, key, "must be one line, without tabs");
		return NULL;
	}
	if (strlen(node->text) > (size_t)most) {
		node_complain(reader, node, key, "is longer than %lld bytes",
		    (long long)most);
		return NULL;
	}
	return pool_copy(reader->pool, node->text);
}

bool
name_is_allowed(const char *name, size_t length)
{
	bool good = length > 0 && length <= 64 && name[0] != '.';
	for (const char *at = name; good && at < name + length; at++)
		good = (*at >= 'a' && *at <= 'z') || is_digit(*at) ||
		       strchr("._-", *at) != NULL;
	return good;
}

bool
name_check(struct reader *reader, const struct node *node, const char *what)
{
	const char *name = node->text;
	bool good = name_is_allowed(name, strlen(name));
	if (!good)
		node_complain(reader, node, name,
		    "is no name for a %s: 1 to 64 of a-z 0-9 . _ - and no '.' "
		    "first",
		    what);
	return good;
}

/* --- types --- */

typedef bool read_function(struct reader *, const struct schema_key *,
    const struct node *, struct value *);

static bool
read_text(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	value->text = text_read(reader, key->name, node, key->most);
	return value->text != NULL;
}

static bool
read_path(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, key->most);
	if (text == NULL)
		return false;
	if (text[0] == '~') {
		node_complain(reader, node, key->name,
		    "'~' is not expanded here; write the whole path");
		return false;
	}
	value->text = place_absolute(reader->pool, reader->folder, text);
	if (key == schema_key(KEY_OUTPUT) || key == schema_key(KEY_STATE) ||
	    key == schema_key(KEY_STATUS_OUTPUT))
		return true;
	/* whether we may read it is for the daemon, which runs as another */
	if (access(value->text, F_OK) == -1) {
		node_complain(reader, node, key->name, "%.*s: %s",
		    SHOWN(value->text), strerror(errno));
		return false;
	}
	return true;
}

static bool
read_duration(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 40);
	if (text == NULL)
		return false;
	if (key->type == TYPE_AUTO_DURATION && strcmp(text, "auto") == 0)
		return true;
	value->number = duration_parse(text);
	if (value->number < 0 && parse_number(text, strlen(text)) >= 0) {
		node_complain(reader, node, key->name,
		    "a number needs a unit (s, m, h, d), for example %sm",
		    text);
		return false;
	}
	if (value->number < 0) {
		node_complain(reader, node, key->name,
		    "'%.*s' is no time%s; write 90s, 30m, 3h or 2d",
		    SHOWN(text),
		    key->type == TYPE_AUTO_DURATION ? " and not auto" : "");
		return false;
	}
	if (value->number < key->least || value->number > key->most) {
		char least[32], most[32];
		duration_print(key->least, least);
		duration_print(key->most, most);
		node_complain(reader, node, key->name,
		    "%s is out of range, %s to %s", text, least, most);
		return false;
	}
	return true;
}

static bool
read_number(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 40);
	if (text == NULL)
		return false;
	value->number = parse_number(text, strlen(text));
	if (value->number >= key->least && value->number <= key->most)
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is no number from %lld to %lld", SHOWN(text),
	    (long long)key->least, (long long)key->most);
	return false;
}

static bool
read_pages(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 40);
	if (text == NULL)
		return false;
	if (strcmp(text, "auto") == 0)
		return true;
	value->number = parse_number(text, strlen(text));
	if (value->number >= key->least && value->number <= key->most)
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is neither auto nor a number from %lld to %lld",
	    SHOWN(text), (long long)key->least, (long long)key->most);
	return false;
}

/* The place of the text among "a|b|c"; -1 if it is none of them. */
static int
find_choice(const char *choices, const char *text)
{
	size_t length = strlen(text);
	for (int place = 0; *choices != '\0'; place++) {
		size_t width = strcspn(choices, "|");
		if (width == length && memcmp(choices, text, width) == 0)
			return place;
		choices += width + (choices[width] == '|');
	}
	return -1;
}

static bool
read_choice(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 1000);
	if (text == NULL)
		return false;
	value->number = find_choice(key->choices, text);
	if (value->number >= 0)
		return true;
	char *words = xstrdup(key->choices);
	for (char *at = words; (at = strchr(at, '|')) != NULL;)
		*at = ' ';
	node_complain(reader, node, key->name, "'%.*s' is none of: %s",
	    SHOWN(text), words);
	free(words);
	return false;
}

static bool
read_truth(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 1000);
	if (text == NULL)
		return false;
	value->number = strcmp(text, "true") == 0;
	if (value->number == 1 || strcmp(text, "false") == 0)
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is neither true nor false", SHOWN(text));
	return false;
}

/* The number has a bit for each. */
static bool
read_format(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *text = text_read(reader, key->name, node, 1000);
	if (text == NULL)
		return false;
	enum format format = format_by_name(text);
	if (format == FORMAT_COUNT)
		node_complain(reader, node, key->name,
		    "'%.*s' is none of: atom, rss, json", SHOWN(text));
	else
		value->number |= INT64_C(1) << format;
	return format != FORMAT_COUNT;
}

static bool
read_formats(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (node->kind != NODE_LIST)
		return read_format(reader, key, node, value);
	bool good = node->count > 0;
	if (!good)
		node_complain(reader, node, key->name,
		    "is empty; give some of: atom, rss, json");
	for (const struct node *one = node->first; one != NULL; one = one->next)
		good &= read_format(reader, key, one, value);
	return good;
}

static bool
read_charset(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (!read_text(reader, key, node, value))
		return false;
	if (charset_for_label(value->text) != NULL)
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is no known character set; utf-8, euc-kr and the other "
	    "labels of the WHATWG Encoding Standard are",
	    SHOWN(value->text));
	return false;
}

/* The shape of BCP 47; which subtags exist changes with time. */
static bool
is_language(const char *text)
{
	size_t width = strcspn(text, "-");
	if (width < 2 || width > 8)
		return false;
	for (size_t i = 0; i < width; i++)
		if (!is_letter(text[i]))
			return false;
	for (text += width; *text == '-'; text += width) {
		text++;
		width = strcspn(text, "-");
		if (width < 1 || width > 8)
			return false;
	}
	return true;
}

static bool
read_language(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (!read_text(reader, key, node, value))
		return false;
	if (is_language(value->text) && holds_only(value->text, "-"))
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is no language; write ko, en or zh-Hant",
	    SHOWN(value->text));
	return false;
}

static bool
is_fixed_zone(const char *text)
{
	const char *at = text + 1;
	if ((text[0] != '+' && text[0] != '-') || strlen(at) < 4)
		return false;
	const char *minutes = at + 2 + (at[2] == ':');
	if (strlen(minutes) != 2)
		return false;
	int64_t hour = parse_number(at, 2), minute = parse_number(minutes, 2);
	return hour >= 0 && hour <= 14 && minute >= 0 && minute <= 59;
}

static bool
read_timezone(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (!read_text(reader, key, node, value))
		return false;
	const char *name = value->text;
	if (strcmp(name, "UTC") == 0 || is_fixed_zone(name))
		return true;
	struct stat about;
	const char *folder = getenv("TZDIR");
	if (folder == NULL || folder[0] == '\0')
		folder = "/usr/share/zoneinfo";
	if (!holds_only(name, "_+/-") || !is_letter(name[0])) {
		node_complain(reader, node, key->name,
		    "'%.*s' is no time zone; write Asia/Seoul, +09:00 or UTC",
		    SHOWN(name));
		return false;
	}
	char *path = xasprintf("%s/%s", folder, name);
	bool found = stat(path, &about) == 0 && S_ISREG(about.st_mode);
	free(path);
	if (found)
		return true;
	if (stat(folder, &about) == -1)
		node_complain(reader, node, key->name,
		    "the zone database (%.*s) is missing on this machine: "
		    "install tzdata, or write an offset such as +09:00",
		    SHOWN(folder));
	else
		node_complain(reader, node, key->name,
		    "'%.*s' is not in the zone database; write Asia/Seoul, "
		    "+09:00 or UTC",
		    SHOWN(name));
	return false;
}

/* RFC 4151 2.1: a DNS name or an address of mail. */
static bool
read_authority(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (!read_text(reader, key, node, value))
		return false;
	if (holds_only(value->text, "._-@") && value->text[0] != '.' &&
	    value->text[0] != '@')
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is no host; write it as example.com", SHOWN(value->text));
	return false;
}

static bool
read_proxy(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	static const char *const schemes[] = {"http://", "https://",
	    "socks4://", "socks4a://", "socks5://", "socks5h://"};
	if (!read_text(reader, key, node, value))
		return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t length = strlen(schemes[i]);
		if (strncmp(value->text, schemes[i], length) != 0)
			continue;
		const char *host = value->text + length;
		if (host[0] != '\0' && strpbrk(host, " \\") == NULL &&
		    strcspn(host, "/?#") > 0)
			return true;
	}
	node_complain(reader, node, key->name,
	    "'%.*s' is no proxy; write it as http://host:3128 or "
	    "socks5h://host:1080",
	    SHOWN(value->text));
	return false;
}

/* It stands in a User-Agent's comment (RFC 9110 5.6.5), which brackets and
 * backslashes would end or bend. */
static bool
read_contact(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (!read_text(reader, key, node, value))
		return false;
	const char *at = strchr(value->text, '@');
	char *url = NULL;
	bool is_good = at > value->text && at[1] != '\0' &&
		       strchr(at + 1, '@') == NULL &&
		       holds_only(value->text, "._-+@");
	if (!is_good && strpbrk(value->text, "()\\#") == NULL)
		url = url_resolve(NULL, value->text, NULL);
	if (url != NULL)
		value->text = pool_copy(reader->pool, url);
	else if (!is_good)
		node_complain(reader, node, key->name,
		    "'%.*s' is no address; write https://example.com/feeds or "
		    "somebody@example.com",
		    SHOWN(value->text));
	is_good |= url != NULL;
	free(url);
	return is_good;
}

bool
listen_parse(struct pool *pool, const char *text, const char **host, int *port)
{
	const char *colon = strrchr(text, ':');
	const char *digits = colon == NULL ? text : colon + 1;
	size_t length = colon == NULL ? 0 : (size_t)(colon - text);
	int64_t number = parse_number(digits, strlen(digits));
	if (number < 0 || number > 65535 || length > 255)
		return false;
	char name[256];
	memcpy(name, text, length);
	name[length] = '\0';
	if (name[0] == '[') {
		if (length < 4 || name[length - 1] != ']')
			return false;
		name[length - 1] = '\0';
		if (strspn(name + 1, "0123456789abcdefABCDEF:.") != length - 2)
			return false;
		*host = pool_copy(pool, name + 1);
	} else if (colon == NULL)
		*host = pool_copy(pool, "127.0.0.1");
	else if (length == 0)
		*host = pool_copy(pool, "0.0.0.0");
	else if (holds_only(name, ".-_"))
		*host = pool_copy(pool, name);
	else
		return false;
	*port = (int)number;
	return true;
}

static bool
read_listen(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	const char *host;
	int port;
	if (node->kind == NODE_LIST && node->flow) {
		node_complain(reader, node, key->name,
		    "[...] is a list to YAML; write '[::1]:8080' in quotes");
		return false;
	}
	if (!read_text(reader, key, node, value))
		return false;
	if (listen_parse(reader->pool, value->text, &host, &port))
		return true;
	node_complain(reader, node, key->name,
	    "'%.*s' is no host and port; write 127.0.0.1:8080, '[::1]:8080', "
	    ":8080 or 8080",
	    SHOWN(value->text));
	return false;
}

const char *
base_url_parse(struct pool *pool, const char *text, struct error *err)
{
	if (strpbrk(text, "?#") != NULL) {
		error_set(err, "an address with '?' or '#' has no folders");
		return NULL;
	}
	char *url = url_resolve(NULL, text, err);
	if (url == NULL)
		return NULL;
	size_t length = strlen(url);
	const char *kept =
	    pool_format(pool, "%s%s", url, url[length - 1] == '/' ? "" : "/");
	free(url);
	return kept;
}

/* --- maps --- */

static bool
read_entries(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	struct entries *entries = pool_alloc(reader->pool, sizeof(*entries));
	struct values given = {0}, usual = {0};
	values_default(reader, LEVEL_ENTRIES, &usual);
	int64_t least = usual.list[KEY_AT_LEAST].number;
	int64_t most = usual.list[KEY_AT_MOST].number;
	*entries = (struct entries){.days = usual.list[KEY_DAYS].number};
	value->thing = entries;
	if (node->kind == NODE_MAP) {
		size_t before = reader->findings->count;
		values_read(reader, node, LEVEL_ENTRIES, &given);
		if (reader->findings->count > before)
			return false;
		if (given.list[KEY_DAYS].node != NULL)
			entries->days = given.list[KEY_DAYS].number;
		bool has_least = given.list[KEY_AT_LEAST].node != NULL;
		bool has_most = given.list[KEY_AT_MOST].node != NULL;
		if (has_least)
			least = given.list[KEY_AT_LEAST].number;
		if (has_most)
			most = given.list[KEY_AT_MOST].number;
		/* one given alone moves the other's default out of its way */
		if (has_least && !has_most && most < least)
			most = least;
		if (has_most && !has_least && least > most)
			least = most;
		if (least > most) {
			node_complain(reader, node, key->name,
			    "at-least (%lld) is more than at-most (%lld)",
			    (long long)least, (long long)most);
			return false;
		}
	} else {
		struct schema_key row = *schema_key(KEY_AT_LEAST);
		struct value number = {0};
		row.name = key->name;
		if (!read_number(reader, &row, node, &number))
			return false;
		least = most = number.number;
	}
	entries->at_least = (unsigned)least;
	entries->at_most = (unsigned)most;
	return true;
}

static bool
read_tls(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	struct tls *tls = pool_alloc(reader->pool, sizeof(*tls));
	struct values given = {0};
	if (node->kind == NODE_BROKEN)
		return false;
	if (node->kind != NODE_MAP) {
		node_complain(reader, node, key->name,
		    "wants a map: {ca-file: PATH, verify: true}");
		return false;
	}
	values_default(reader, LEVEL_TLS, &given);
	values_read(reader, node, LEVEL_TLS, &given);
	tls->ca_file = given.list[KEY_CA_FILE].text;
	tls->verify = given.list[KEY_VERIFY].number != 0;
	value->thing = tls;
	return true;
}

/* RFC 9110 5.1; and not what the fetcher itself must decide. */
static bool
header_check(struct reader *reader, const struct node *name)
{
	static const char *const ours[] = {"host", "connection",
	    "content-length", "transfer-encoding", "accept-encoding",
	    "if-none-match", "if-modified-since", "user-agent", "cookie"};
	if (name->text[0] == '\0' || strlen(name->text) > 100 ||
	    !holds_only(name->text, "!#$%&'*+-.^_`|~")) {
		node_complain(reader, name, "headers",
		    "'%.*s' is no name of a header", SHOWN(name->text));
		return false;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (text_equals_ignoring_case(name->text, ours[i])) {
			node_complain(reader, name, "headers",
			    "%s is not to be set here%s", name->text,
			    strcmp(ours[i], "user-agent") == 0
				? "; see user-agent"
			    : strcmp(ours[i], "cookie") == 0
				? "; see cookie-file"
				: "");
			return false;
		}
	return true;
}

static bool
read_header(struct reader *reader, const struct node *name,
    const struct node *node, struct header_line *line)
{
	line->name = pool_copy(reader->pool, name->text);
	if (node->kind != NODE_MAP) {
		line->value = text_read(reader, name->text, node, 4096);
		return line->value != NULL;
	}
	struct values given = {0};
	size_t before = reader->findings->count;
	values_read(reader, node, LEVEL_HEADER, &given);
	line->file = given.list[KEY_FILE].text;
	if (line->file == NULL && reader->findings->count == before)
		node_complain(
		    reader, node, name->text, "wants a text or {file: PATH}");
	return line->file != NULL;
}

static bool
read_headers(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	if (node->kind == NODE_BROKEN)
		return false;
	if (node->kind != NODE_MAP) {
		node_complain(reader, node, key->name,
		    "wants a map: {Name: value, Other: {file: PATH}}");
		return false;
	}
	if (node->count / 2 > HEADERS_MAX) {
		node_complain(reader, node, key->name,
		    "holds more than %d headers", HEADERS_MAX);
		return false;
	}
	struct headers *headers = pool_alloc(reader->pool, sizeof(*headers));
	headers->list = pool_alloc(
	    reader->pool, (node->count / 2 + 1) * sizeof(*headers->list));
	for (const struct node *name = node->first; name != NULL;
	     name = name->next->next)
		if (name->kind == NODE_TEXT && header_check(reader, name) &&
		    read_header(reader, name, name->next,
			&headers->list[headers->count]))
			headers->count++;
	value->thing = headers;
	return true;
}

/* The first word is looked for where programs are, unless it is a path. */
static const char *
read_program(struct reader *reader, const struct schema_key *key,
    const struct node *node)
{
	const char *text = text_read(reader, key->name, node, key->most);
	if (text == NULL || strchr(text, '/') == NULL)
		return text;
	const char *path = place_absolute(reader->pool, reader->folder, text);
	if (access(path, F_OK) == 0)
		return path;
	node_complain(
	    reader, node, key->name, "%.*s: %s", SHOWN(path), strerror(errno));
	return NULL;
}

/* No shell reads it: a text is a program without arguments. */
static bool
read_command(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	bool is_list = node->kind == NODE_LIST;
	const struct node *at = is_list ? node->first : node;
	size_t count = is_list ? node->count : 1, used = 0;
	if (is_list && (count == 0 || count > COMMAND_MAX_WORDS)) {
		node_complain(reader, node, key->name,
		    "wants 1 to %d words: [program, argument, ...]",
		    COMMAND_MAX_WORDS);
		return false;
	}
	const char **words =
	    pool_alloc(reader->pool, (count + 1) * sizeof(*words));
	for (; used < count; used++, at = at->next) {
		words[used] = used == 0
				  ? read_program(reader, key, at)
				  : text_read(reader, key->name, at, key->most);
		if (words[used] == NULL)
			return false;
	}
	if (!is_list && strchr(words[0], ' ') != NULL) {
		node_complain(reader, node, key->name,
		    "no shell takes '%.*s' apart; write [program, argument, "
		    "...]",
		    SHOWN(words[0]));
		return false;
	}
	value->thing = words;
	return true;
}

static bool
read_node(struct reader *reader, const struct schema_key *key,
    const struct node *node, struct value *value)
{
	(void)reader;
	(void)key;
	(void)value;
	return node->kind != NODE_BROKEN;
}

static read_function *const readers[] = {
    [TYPE_TEXT] = read_text,
    [TYPE_URL] = read_text,
    [TYPE_PATH] = read_path,
    [TYPE_DURATION] = read_duration,
    [TYPE_AUTO_DURATION] = read_duration,
    [TYPE_NUMBER] = read_number,
    [TYPE_PAGES] = read_pages,
    [TYPE_CHOICE] = read_choice,
    [TYPE_TRUTH] = read_truth,
    [TYPE_FORMATS] = read_formats,
    [TYPE_CHARSET] = read_charset,
    [TYPE_LANGUAGE] = read_language,
    [TYPE_TIMEZONE] = read_timezone,
    [TYPE_AUTHORITY] = read_authority,
    [TYPE_PROXY] = read_proxy,
    [TYPE_CONTACT] = read_contact,
    [TYPE_LISTEN] = read_listen,
    [TYPE_ENTRIES] = read_entries,
    [TYPE_TLS] = read_tls,
    [TYPE_HEADERS] = read_headers,
    [TYPE_COMMAND] = read_command,
    [TYPE_NODE] = read_node,
};

/* --- all keys of a map --- */

static void
unknown_key(struct reader *reader, const struct node *map,
    const struct node *key, unsigned level)
{
	const char *near = NULL, *place = schema_place(key->text);
	if (reader->findings->count < HINTS_MAX)
		near = schema_nearest(key->text, level);
	if (map->flow && key->next->kind == NODE_TEXT &&
	    key->next->text[0] == '\0' && place == NULL)
		node_complain(reader, key, NULL,
		    "'%.*s' is no key: inside {...} a ',' ends the value; put "
		    "a value that holds one in quotes",
		    SHOWN(key->text));
	else if (place != NULL)
		node_complain(reader, key, key->text,
		    "has no place here, but %s",
		    level == LEVEL_INCLUDED &&
			    schema_find(key->text, LEVEL_TOP) != KEY_COUNT
			? "in the file that includes this one"
			: place);
	else if (near != NULL)
		node_complain(reader, key, key->text,
		    "is no key that is known here; did you mean %s?", near);
	else
		node_complain(
		    reader, key, key->text, "is no key that is known here");
}

void
values_read(struct reader *reader, const struct node *map, unsigned level,
    struct values *values)
{
	for (const struct node *key = map->first; key != NULL;
	     key = key->next->next) {
		if (key->kind != NODE_TEXT)
			continue;
		enum key which = schema_find(key->text, level);
		if (which == KEY_COUNT) {
			unknown_key(reader, map, key, level);
			continue;
		}
		const struct schema_key *row = schema_key(which);
		struct value value = {.node = key->next};
		if (readers[row->type](reader, row, key->next, &value))
			values->list[which] = value;
	}
}

void
values_default(struct reader *reader, unsigned level, struct values *values)
{
	static const struct node nowhere = {.kind = NODE_TEXT};
	for (int key = 0; key < KEY_COUNT; key++) {
		const struct schema_key *row = schema_key((enum key)key);
		if ((row->levels & level) == 0 || row->fallback == NULL)
			continue;
		struct node node = nowhere;
		struct value value = {.node = &nowhere};
		node.text = row->fallback;
		if (readers[row->type](reader, row, &node, &value))
			values->list[key] = value;
	}
}
