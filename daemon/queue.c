#include "daemon/queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "feed/memory.h"

#define SLOTS_FIRST 64
#define NEVER_MS INT64_MIN
#define GAP_MOST_MS ((int64_t)1 << 40) /* so that no sum overflows */

enum { IDLE, WAITING, ACTIVE };

struct heap {
	struct queue_host **hosts;
	size_t count, capacity;
};

/*
 * A host and what waits for it.  Where it stands follows from what it is:
 *
 *   something active                       nowhere
 *   something waits, and it may start      turns
 *   something waits, and it may not yet    sleeping, by ready_ms
 *   nothing waits                          resting, by ready_ms, then forgotten
 */
struct queue_host {
	char *name;
	struct queue_entry *first, *last, *active;
	int64_t start_ms; /* of the last request, or NEVER_MS */
	int64_t gap_ms;   /* the largest that was asked for */
	int64_t hold_ms;  /* no start before, or NEVER_MS */
	int64_t ready_ms; /* what follows from these three */
	bool in_turns;
	TAILQ_ENTRY(queue_host) turn;
	enum { NO_PLACE, QUICK_PLACE, SLOW_PLACE } held; /* by the active */
	TAILQ_ENTRY(queue_host) quick;
	struct heap *heap;        /* that holds it, or NULL */
	size_t place;             /* in that heap */
	uint64_t order;           /* who came there first, among equals */
	struct queue_host *chain; /* of its hash slot */
};

struct queue {
	TAILQ_HEAD(turns, queue_host) turns;  /* the first has its turn now */
	TAILQ_HEAD(quicks, queue_host) quick; /* the first started first */
	struct heap sleeping, resting;
	struct queue_host **slots;
	size_t slot_count, host_count;
	size_t waiting, quick_count, max_active;
	size_t slow_count, max_slow;
	int64_t slow_ms;
	uint64_t orders;
};

/* ---- heaps of hosts, the earliest on top ---- */

static bool
is_before(const struct queue_host *a, const struct queue_host *b)
{
	if (a->ready_ms != b->ready_ms)
		return a->ready_ms < b->ready_ms;
	return a->order < b->order;
}

static void
heap_set(struct heap *heap, size_t place, struct queue_host *host)
{
	heap->hosts[place] = host;
	host->place = place;
}

static void
heap_sift(struct heap *heap, size_t place)
{
	struct queue_host *host = heap->hosts[place];
	while (place > 0 && is_before(host, heap->hosts[(place - 1) / 2])) {
		heap_set(heap, place, heap->hosts[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * place + 1;
		if (child + 1 < heap->count &&
		    is_before(heap->hosts[child + 1], heap->hosts[child]))
			child++;
		if (child >= heap->count ||
		    !is_before(heap->hosts[child], host))
			break;
		heap_set(heap, place, heap->hosts[child]);
		place = child;
	}
	heap_set(heap, place, host);
}

static void
heap_remove(struct queue_host *host)
{
	struct heap *heap = host->heap;
	struct queue_host *last = heap->hosts[--heap->count];
	host->heap = NULL;
	if (last == host)
		return;
	heap_set(heap, host->place, last);
	heap_sift(heap, last->place);
}

static void
heap_add(struct heap *heap, struct queue_host *host)
{
	if (heap->count == heap->capacity) {
		heap->capacity = heap->capacity * 2 + 16;
		heap->hosts = xreallocarray(
		    heap->hosts, heap->capacity, sizeof(*heap->hosts));
	}
	host->heap = heap;
	heap_set(heap, heap->count++, host);
	heap_sift(heap, host->place);
}

/* ---- hosts by name ---- */

static size_t
slot_of(const char *name, size_t slot_count)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash & (slot_count - 1);
}

static void
grow(struct queue *queue)
{
	size_t count = queue->slot_count * 2;
	struct queue_host **slots = xcalloc(count, sizeof(*slots));
	for (size_t i = 0; i < queue->slot_count; i++)
		while (queue->slots[i] != NULL) {
			struct queue_host *host = queue->slots[i];
			queue->slots[i] = host->chain;
			size_t slot = slot_of(host->name, count);
			host->chain = slots[slot];
			slots[slot] = host;
		}
	free(queue->slots);
	queue->slots = slots;
	queue->slot_count = count;
}

static struct queue_host *
host_get(struct queue *queue, const char *name)
{
	size_t slot = slot_of(name, queue->slot_count);
	struct queue_host *host = queue->slots[slot];
	while (host != NULL && strcmp(host->name, name) != 0)
		host = host->chain;
	if (host != NULL)
		return host;
	if (queue->host_count >= queue->slot_count) {
		grow(queue);
		slot = slot_of(name, queue->slot_count);
	}
	host = xcalloc(1, sizeof(*host));
	host->name = xstrdup(name);
	host->start_ms = host->hold_ms = host->ready_ms = NEVER_MS;
	host->chain = queue->slots[slot];
	queue->slots[slot] = host;
	queue->host_count++;
	return host;
}

static void
host_forget(struct queue *queue, struct queue_host *host)
{
	struct queue_host **at =
	    &queue->slots[slot_of(host->name, queue->slot_count)];
	while (*at != host)
		at = &(*at)->chain;
	*at = host->chain;
	queue->host_count--;
	free(host->name);
	free(host);
}

/* To its place, after a change; one that kept its state keeps its turn. */
static void
host_settle(struct queue *queue, struct queue_host *host)
{
	int64_t ready_ms = host->start_ms == NEVER_MS
			       ? NEVER_MS
			       : host->start_ms + host->gap_ms;
	if (host->hold_ms > ready_ms)
		ready_ms = host->hold_ms;
	struct heap *heap =
	    host->first != NULL ? &queue->sleeping : &queue->resting;
	if (host->active != NULL)
		heap = NULL;
	bool is_same = ready_ms == host->ready_ms;
	if (is_same && host->in_turns && heap == &queue->sleeping)
		return;
	if (is_same && host->heap != NULL && heap == host->heap)
		return;
	if (host->in_turns)
		TAILQ_REMOVE(&queue->turns, host, turn);
	host->in_turns = false;
	if (host->heap != NULL)
		heap_remove(host);
	host->ready_ms = ready_ms;
	host->order = ++queue->orders;
	if (heap != NULL)
		heap_add(heap, host);
}

/* Who has rested is forgotten, who has slept takes its turn behind the others:
 * hosts rotate, however many rounds one of them has waiting. */
static void
wake(struct queue *queue, int64_t now_ms)
{
	struct heap *resting = &queue->resting, *sleeping = &queue->sleeping;
	while (resting->count > 0 && resting->hosts[0]->ready_ms <= now_ms) {
		struct queue_host *host = resting->hosts[0];
		heap_remove(host);
		host_forget(queue, host);
	}
	while (sleeping->count > 0 && sleeping->hosts[0]->ready_ms <= now_ms) {
		struct queue_host *host = sleeping->hosts[0];
		heap_remove(host);
		host->in_turns = true;
		TAILQ_INSERT_TAIL(&queue->turns, host, turn);
	}
}

/* ---- places of the active ---- */

static void
place_take(struct queue *queue, struct queue_host *host)
{
	host->held = QUICK_PLACE;
	queue->quick_count++;
	TAILQ_INSERT_TAIL(&queue->quick, host, quick);
}

static void
place_leave(struct queue *queue, struct queue_host *host)
{
	if (host->held == QUICK_PLACE) {
		queue->quick_count--;
		TAILQ_REMOVE(&queue->quick, host, quick);
	} else
		queue->slow_count--;
	host->held = NO_PLACE;
}

/* Those that take long make room, as long as there is room for them. */
static void
place_move_slow(struct queue *queue, int64_t now_ms)
{
	struct queue_host *host;
	while (queue->slow_count < queue->max_slow &&
	       (host = TAILQ_FIRST(&queue->quick)) != NULL &&
	       host->start_ms + queue->slow_ms <= now_ms) {
		place_leave(queue, host);
		host->held = SLOW_PLACE;
		queue->slow_count++;
	}
}

/* How long until a place is free by itself; -1: when something ends. */
static int64_t
place_wait_ms(const struct queue *queue, int64_t now_ms)
{
	const struct queue_host *host = TAILQ_FIRST(&queue->quick);
	if (host == NULL || queue->slow_count >= queue->max_slow)
		return -1;
	return host->start_ms + queue->slow_ms - now_ms;
}

/* ---- entries ---- */

static void
entry_append(struct queue_host *host, struct queue_entry *entry)
{
	entry->host = host;
	entry->next = NULL;
	entry->previous = host->last;
	if (host->last != NULL)
		host->last->next = entry;
	else
		host->first = entry;
	host->last = entry;
}

static void
entry_prepend(struct queue_host *host, struct queue_entry *entry)
{
	entry->host = host;
	entry->next = host->first;
	entry->previous = NULL;
	if (host->first != NULL)
		host->first->previous = entry;
	else
		host->last = entry;
	host->first = entry;
}

static void
entry_take_out(struct queue_entry *entry)
{
	struct queue_host *host = entry->host;
	if (entry->previous != NULL)
		entry->previous->next = entry->next;
	else
		host->first = entry->next;
	if (entry->next != NULL)
		entry->next->previous = entry->previous;
	else
		host->last = entry->previous;
	entry->next = entry->previous = NULL;
}

static void
entry_reset(struct queue_entry *entry)
{
	*entry = (struct queue_entry){.start = entry->start};
}

/* ---- the calls ---- */

struct queue *
queue_new(size_t max_active)
{
	struct queue *queue = xcalloc(1, sizeof(*queue));
	TAILQ_INIT(&queue->turns);
	TAILQ_INIT(&queue->quick);
	queue->max_active = max_active;
	queue->slot_count = SLOTS_FIRST;
	queue->slots = xcalloc(queue->slot_count, sizeof(*queue->slots));
	return queue;
}

void
queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	for (size_t i = 0; i < queue->slot_count; i++)
		while (queue->slots[i] != NULL) {
			struct queue_host *host = queue->slots[i];
			struct queue_entry *entry;
			while ((entry = host->first) != NULL) {
				entry_take_out(entry);
				entry_reset(entry);
			}
			if (host->active != NULL)
				entry_reset(host->active);
			host_forget(queue, host);
		}
	free(queue->slots);
	free(queue->sleeping.hosts);
	free(queue->resting.hosts);
	free(queue);
}

void
queue_allow_slow(struct queue *queue, int64_t slow_ms, size_t max_slow)
{
	queue->slow_ms = slow_ms < GAP_MOST_MS ? slow_ms : GAP_MOST_MS;
	queue->max_slow = max_slow;
}

static void
push(struct queue *queue, struct queue_entry *entry, const char *name,
    int64_t gap_ms, void (*place)(struct queue_host *, struct queue_entry *))
{
	if (entry->state != IDLE)
		return;
	struct queue_host *host = host_get(queue, name);
	if (gap_ms > host->gap_ms)
		host->gap_ms = gap_ms < GAP_MOST_MS ? gap_ms : GAP_MOST_MS;
	place(host, entry);
	entry->state = WAITING;
	queue->waiting++;
	host_settle(queue, host);
}

void
queue_push(struct queue *queue, struct queue_entry *entry, const char *name,
    int64_t gap_ms)
{
	push(queue, entry, name, gap_ms, entry_append);
}

void
queue_push_first(struct queue *queue, struct queue_entry *entry,
    const char *name, int64_t gap_ms)
{
	push(queue, entry, name, gap_ms, entry_prepend);
}

void
queue_hold(struct queue *queue, const char *name, int64_t until_ms)
{
	struct queue_host *host = host_get(queue, name);
	if (until_ms > host->hold_ms)
		host->hold_ms = until_ms;
	host_settle(queue, host);
}

struct queue_entry *
queue_pop(struct queue *queue, int64_t now_ms, int64_t *wait_ms)
{
	*wait_ms = -1;
	wake(queue, now_ms);
	place_move_slow(queue, now_ms);
	if (queue->quick_count >= queue->max_active) {
		if (queue->waiting > 0)
			*wait_ms = place_wait_ms(queue, now_ms);
		return NULL;
	}
	struct queue_host *host = TAILQ_FIRST(&queue->turns);
	if (host == NULL) {
		if (queue->sleeping.count > 0)
			*wait_ms = queue->sleeping.hosts[0]->ready_ms - now_ms;
		return NULL;
	}
	struct queue_entry *entry = host->first;
	entry_take_out(entry);
	entry->state = ACTIVE;
	queue->waiting--;
	host->active = entry;
	host->start_ms = now_ms;
	place_take(queue, host);
	host_settle(queue, host);
	return entry;
}

void
queue_remove(struct queue *queue, struct queue_entry *entry, int64_t now_ms)
{
	struct queue_host *host = entry->host;
	if (entry->state == IDLE)
		return;
	if (entry->state == WAITING) {
		entry_take_out(entry);
		queue->waiting--;
	} else {
		host->active = NULL;
		place_leave(queue, host);
	}
	entry_reset(entry);
	host_settle(queue, host);
	wake(queue, now_ms);
}

bool
queue_is_waiting(const struct queue_entry *entry)
{
	return entry->state == WAITING;
}

bool
queue_has_more(const struct queue_entry *entry)
{
	return entry->state == ACTIVE && entry->host->first != NULL;
}

size_t
queue_waiting(const struct queue *queue)
{
	return queue->waiting;
}
