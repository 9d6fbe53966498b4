#include "feed/intern.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

#define FIRST_SLOTS 256

void
intern_init(struct intern *table, uint64_t seed, bool fold)
{
	*table = (struct intern){.seed = seed, .fold = fold};
}

void
intern_clear(struct intern *table)
{
	free(table->slots);
	free(table->entries);
	*table = (struct intern){0};
}

uint64_t
intern_seed(const char *bytes, size_t length)
{
	uint64_t seed = 0x9e3779b97f4a7c15u ^ length;
	size_t i = 0;
	for (; i + 8 <= length; i += 8) {
		uint64_t word;
		memcpy(&word, bytes + i, 8);
		seed = (seed ^ word) * 0xd6e8feb86659fd93u;
		seed ^= seed >> 32;
	}
	for (; i < length; i++)
		seed = (seed ^ (unsigned char)bytes[i]) * 0xd6e8feb86659fd93u;
	return seed ^ seed >> 29;
}

static unsigned char
lower(char byte)
{
	return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
}

static uint32_t
hash_of(const struct intern *table, const char *string, size_t length)
{
	uint64_t hash = table->seed;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte =
		    table->fold ? lower(string[i]) : (unsigned char)string[i];
		hash = (hash ^ byte) * 0xd6e8feb86659fd93u;
		hash ^= hash >> 32;
	}
	return (uint32_t)(hash ^ hash >> 29);
}

static bool
is_entry(const struct intern *table, uint32_t number, uint32_t hash,
    const char *string, size_t length)
{
	const struct intern_entry *entry = &table->entries[number];
	if (entry->hash != hash || entry->length != length)
		return false;
	if (!table->fold)
		return memcmp(entry->string, string, length) == 0;
	for (size_t i = 0; i < length; i++)
		if (lower(entry->string[i]) != lower(string[i]))
			return false;
	return true;
}

/* The slot that holds the string, or the free one where it belongs. */
static uint32_t
slot_of(const struct intern *table, uint32_t hash, const char *string,
    size_t length)
{
	uint32_t mask = table->slot_count - 1, slot = hash & mask;
	while (table->slots[slot] != 0 &&
	       !is_entry(table, table->slots[slot], hash, string, length))
		slot = (slot + 1) & mask;
	return slot;
}

static void
grow(struct intern *table)
{
	uint32_t count = table->slot_count;
	table->slot_count = count == 0 ? FIRST_SLOTS : count * 2;
	free(table->slots);
	table->slots = xcalloc(table->slot_count, sizeof(*table->slots));
	table->capacity = table->slot_count / 2;
	table->entries = xreallocarray(
	    table->entries, table->capacity + 1, sizeof(*table->entries));
	if (table->count == 0) {
		table->entries[0] = (struct intern_entry){.string = ""};
		table->count = 1;
	}
	uint32_t mask = table->slot_count - 1;
	for (uint32_t i = 1; i < table->count; i++) {
		uint32_t slot = table->entries[i].hash & mask;
		while (table->slots[slot] != 0)
			slot = (slot + 1) & mask;
		table->slots[slot] = i;
	}
}

uint32_t
intern_find(const struct intern *table, const char *string, size_t length)
{
	if (table->slot_count == 0)
		return 0;
	uint32_t hash = hash_of(table, string, length);
	return table->slots[slot_of(table, hash, string, length)];
}

uint32_t
intern_add(struct intern *table, const char *string, size_t length)
{
	if (table->count >= table->capacity)
		grow(table);
	uint32_t hash = hash_of(table, string, length);
	uint32_t slot = slot_of(table, hash, string, length);
	if (table->slots[slot] == 0) {
		table->entries[table->count] = (struct intern_entry){
		    .string = string,
		    .length = (uint32_t)length,
		    .hash = hash,
		};
		table->slots[slot] = table->count++;
	}
	return table->slots[slot];
}
