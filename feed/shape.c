#include "feed/shape.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/intern.h"
#include "feed/memory.h"
#include "feed/url.h"

#define PARTS_MAX 8 /* of an address; what follows is one part */

/* A host, the labels of a path, the parameters of a query, in order. */
struct parts {
	char *host, *path; /* owned */
	struct part {
		const char *before; /* a parameter's name with its '=' */
		size_t before_length;
		const char *at;
		size_t length;
		char kind; /* 'h', '/', '?' */
	} list[PARTS_MAX + 2];
	size_t count;
};

static void
parts_add(struct parts *parts, char kind, const char *at, size_t length)
{
	struct part *part = &parts->list[parts->count++];
	const char *equals = kind == '?' ? memchr(at, '=', length) : NULL;
	*part = (struct part){
	    .before = at, .at = at, .length = length, .kind = kind};
	if (equals == NULL)
		return;
	part->before_length = (size_t)(equals - at) + 1;
	part->at = equals + 1;
	part->length = length - part->before_length;
}

static void
parts_split(const char *url, struct parts *parts)
{
	*parts = (struct parts){.host = url_host(url), .path = url_path(url)};
	if (parts->host == NULL || parts->path == NULL)
		return;
	parts_add(parts, 'h', parts->host, strlen(parts->host));
	const char *at = parts->path;
	while (*at == '/' && parts->count < PARTS_MAX) {
		size_t length = strcspn(at + 1, "/?");
		/* a slash at the end is no part */
		if (length > 0)
			parts_add(parts, '/', at + 1, length);
		at += 1 + length;
	}
	at += strcspn(at, "?");
	while (*at != '\0' && parts->count < PARTS_MAX) {
		size_t length = strcspn(at + 1, "&");
		parts_add(parts, '?', at + 1, length);
		at += 1 + length;
	}
	if (*at != '\0')
		parts_add(parts, '?', at, strlen(at));
}

static void
parts_clear(struct parts *parts)
{
	free(parts->host);
	free(parts->path);
}

/* The address with part `open` left out, hashed: of long addresses the keys
 * would be many times the page. */
static uint64_t
key_without(const struct parts *parts, size_t open)
{
	struct buffer key = {0};
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->list[i];
		buffer_add_byte(&key, part->kind);
		buffer_add(&key, part->before, part->before_length);
		if (i == open)
			buffer_add_byte(&key, '*');
		else
			buffer_add(&key, part->at, part->length);
	}
	uint64_t hash = hash_bytes(key.bytes, key.length);
	buffer_clear(&key);
	return hash;
}

/* One key for each part that could be the open one. */
struct keys {
	uint32_t ids[PARTS_MAX + 2];
	size_t count;
};

struct census {
	struct intern table;
	uint64_t *keys; /* what the table borrows */
	uint32_t *mates;
	size_t count;
};

static uint32_t
census_add(struct census *census, uint64_t key)
{
	uint64_t *kept = &census->keys[census->count];
	*kept = key;
	uint32_t id =
	    intern_add(&census->table, (const char *)kept, sizeof(*kept));
	census->count += census->mates[id]++ == 0;
	return id;
}

static void
shape_choose(const struct census *census, const struct parts *parts,
    const struct keys *keys, struct shape *out)
{
	size_t best = 0;
	/* of equals the last: what is open is rather at the end */
	for (size_t i = 1; i < keys->count; i++)
		if (census->mates[keys->ids[i]] >=
		    census->mates[keys->ids[best]])
			best = i;
	*out = (struct shape){0};
	if (keys->count == 0) {
		out->part = xstrdup("");
		return;
	}
	out->id = keys->ids[best];
	out->mates = census->mates[out->id];
	out->part = xstrndup(parts->list[best].at, parts->list[best].length);
	for (size_t i = 0; i < parts->count; i++)
		out->is_telling |= i != best && parts->list[i].kind != 'h';
	out->is_host = parts->list[best].kind == 'h';
	out->is_telling |= parts->list[best].before_length > 0;
}

void
shapes_find(char *const *urls, size_t count, struct shape *out)
{
	struct parts *parts = xcalloc(count, sizeof(*parts));
	struct keys *keys = xcalloc(count, sizeof(*keys));
	struct census census = {
	    .keys = xcalloc(count * (PARTS_MAX + 2) + 1, sizeof(*census.keys)),
	    .mates =
		xcalloc(count * (PARTS_MAX + 2) + 2, sizeof(*census.mates)),
	};
	uint64_t seed = 0;
	for (size_t i = 0; i < count; i++)
		seed = seed * 31 + intern_seed(urls[i], strlen(urls[i]));
	intern_init(&census.table, seed, false);
	for (size_t i = 0; i < count; i++) {
		parts_split(urls[i], &parts[i]);
		for (size_t open = 0; open < parts[i].count; open++)
			keys[i].ids[keys[i].count++] =
			    census_add(&census, key_without(&parts[i], open));
	}
	for (size_t i = 0; i < count; i++)
		shape_choose(&census, &parts[i], &keys[i], &out[i]);
	for (size_t i = 0; i < count; i++)
		parts_clear(&parts[i]);
	intern_clear(&census.table);
	free(census.keys);
	free(census.mates);
	free(keys);
	free(parts);
}

void
shapes_clear(struct shape *shapes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(shapes[i].part);
}
