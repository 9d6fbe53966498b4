#include "tests/simulate/loop.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "feed/memory.h"
#include "tests/newsroom.h"

#define LATE_MS 3 /* below: how late an event may come */

/* A thing that is due: an event's timeout, or an alarm of the world's. */
struct due {
	int64_t at_ms;
	uint64_t order; /* who came first, among equals */
	size_t place;   /* in the heap, from 1; 0: not in it */
};

struct heap {
	struct due **list;
	size_t count, capacity;
};

struct event {
	struct due due; /* monotonic */
	struct event_base *base;
	event_callback_fn callback;
	void *arg;
	int number; /* signal, or -1 */
	bool persists, is_added;
	int64_t span_ms;
	struct event *next; /* of the signals */
};

struct event_base {
	struct heap events;
	struct event *signals;
	bool is_broken;
};

struct alarm {
	struct due due; /* true */
	void (*call)(void *);
	void *arg;
};

static struct {
	int64_t begin_s, true_ms, asleep_ms, ahead_ms;
	struct heap alarms;
	struct event_base *base; /* that runs */
	struct dice dice;
	uint64_t orders, calls;
} world;

/* ---- what is due ---- */

static bool
is_before(const struct due *a, const struct due *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void
heap_set(struct heap *heap, size_t place, struct due *due)
{
	heap->list[place - 1] = due;
	due->place = place;
}

static void
heap_sift(struct heap *heap, size_t place)
{
	struct due *due = heap->list[place - 1];
	while (place > 1 && is_before(due, heap->list[place / 2 - 1])) {
		heap_set(heap, place, heap->list[place / 2 - 1]);
		place /= 2;
	}
	for (;;) {
		size_t child = 2 * place;
		if (child < heap->count &&
		    is_before(heap->list[child], heap->list[child - 1]))
			child++;
		if (child > heap->count ||
		    !is_before(heap->list[child - 1], due))
			break;
		heap_set(heap, place, heap->list[child - 1]);
		place = child;
	}
	heap_set(heap, place, due);
}

static void
heap_remove(struct heap *heap, struct due *due)
{
	size_t place = due->place;
	if (place == 0)
		return;
	struct due *last = heap->list[--heap->count];
	due->place = 0;
	if (last == due)
		return;
	heap_set(heap, place, last);
	heap_sift(heap, place);
}

static void
heap_add(struct heap *heap, struct due *due, int64_t at_ms)
{
	heap_remove(heap, due);
	if (heap->count == heap->capacity) {
		heap->capacity = heap->capacity * 2 + 64;
		heap->list = xreallocarray(
		    heap->list, heap->capacity, sizeof(*heap->list));
	}
	due->at_ms = at_ms;
	due->order = ++world.orders;
	due->place = ++heap->count;
	heap->list[due->place - 1] = due;
	heap_sift(heap, due->place);
}

static struct due *
heap_first(const struct heap *heap)
{
	return heap->count > 0 ? heap->list[0] : NULL;
}

/* ---- the world ---- */

void
loop_begin(int64_t wall_s, uint64_t seed)
{
	world.begin_s = wall_s;
	world.true_ms = world.asleep_ms = world.ahead_ms = 0;
	world.calls = 0;
	world.dice = (struct dice){seed};
}

void
loop_end(void)
{
	struct due *due;
	while ((due = heap_first(&world.alarms)) != NULL) {
		heap_remove(&world.alarms, due);
		free(due);
	}
	free(world.alarms.list);
	world.alarms = (struct heap){0};
}

int64_t
loop_true_ms(void)
{
	return world.true_ms;
}

int64_t
loop_monotonic_ms(void)
{
	return world.true_ms - world.asleep_ms;
}

int64_t
loop_right_s(void)
{
	return world.begin_s + world.true_ms / 1000;
}

void
loop_pass(int64_t ms)
{
	world.true_ms += ms;
}

void
loop_sleep(int64_t ms)
{
	world.true_ms += ms;
	world.asleep_ms += ms;
}

void
loop_set_clock(int64_t ahead_ms)
{
	world.ahead_ms = ahead_ms;
}

int64_t
loop_clock(void)
{
	return world.ahead_ms;
}

void
loop_at(int64_t true_ms, void (*call)(void *), void *arg)
{
	struct alarm *alarm = xcalloc(1, sizeof(*alarm));
	alarm->call = call;
	alarm->arg = arg;
	heap_add(&world.alarms, &alarm->due, true_ms);
}

void
loop_raise(int number)
{
	if (world.base == NULL)
		return;
	for (struct event *event = world.base->signals; event != NULL;
	     event = event->next)
		if (event->number == number) {
			event->callback(number, EV_SIGNAL, event->arg);
			return;
		}
}

void
loop_break(void)
{
	if (world.base != NULL)
		world.base->is_broken = true;
}

uint64_t
loop_calls(void)
{
	return world.calls;
}

/* ---- the C library's clocks ---- */

static struct timespec
timespec_of(int64_t ms)
{
	int64_t rest_ms = ms % 1000;
	if (rest_ms < 0)
		rest_ms += 1000;
	return (struct timespec){
	    .tv_sec = (ms - rest_ms) / 1000, .tv_nsec = rest_ms * 1000000};
}

int
clock_gettime(clockid_t id, struct timespec *at)
{
	switch (id) {
	case CLOCK_REALTIME:
		*at = timespec_of(
		    world.begin_s * 1000 + world.true_ms + world.ahead_ms);
		return 0;
	case CLOCK_BOOTTIME:
		*at = timespec_of(world.true_ms);
		return 0;
	case CLOCK_MONOTONIC:
		*at = timespec_of(world.true_ms - world.asleep_ms);
		return 0;
	default: /* the CPU's, which is no virtual one */
		return (int)syscall(SYS_clock_gettime, id, at);
	}
}

time_t
time(time_t *at)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (at != NULL)
		*at = now.tv_sec;
	return now.tv_sec;
}

/* ---- libevent's part ---- */

struct event_base *
event_base_new(void)
{
	return xcalloc(1, sizeof(struct event_base));
}

void
event_base_free(struct event_base *base)
{
	free(base->events.list);
	free(base);
}

int
event_base_loopbreak(struct event_base *base)
{
	base->is_broken = true;
	return 0;
}

struct event *
event_new(struct event_base *base, evutil_socket_t fd, short what,
    event_callback_fn callback, void *arg)
{
	struct event *event = xcalloc(1, sizeof(*event));
	event->base = base;
	event->callback = callback;
	event->arg = arg;
	event->number = (what & EV_SIGNAL) != 0 ? (int)fd : -1;
	event->persists = (what & EV_PERSIST) != 0;
	return event;
}

int
event_add(struct event *event, const struct timeval *wait)
{
	if (event->number >= 0 && !event->is_added) {
		event->next = event->base->signals;
		event->base->signals = event;
	}
	event->is_added = true;
	if (wait == NULL)
		return 0;
	event->span_ms =
	    (int64_t)wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000;
	heap_add(&event->base->events, &event->due,
	    loop_monotonic_ms() + event->span_ms);
	return 0;
}

int
event_del(struct event *event)
{
	struct event **at = &event->base->signals;
	while (*at != NULL && *at != event)
		at = &(*at)->next;
	if (*at == event)
		*at = event->next;
	heap_remove(&event->base->events, &event->due);
	event->is_added = false;
	return 0;
}

void
event_free(struct event *event)
{
	(void)event_del(event);
	free(event);
}

int
event_pending(const struct event *event, short what, struct timeval *at)
{
	(void)at; /* nobody asks */
	return event->is_added ? what : 0;
}

static void
ring(struct alarm *alarm)
{
	heap_remove(&world.alarms, &alarm->due);
	alarm->call(alarm->arg);
	free(alarm);
}

static void
call(struct event *event)
{
	int64_t due_ms = event->due.at_ms, now_ms = loop_monotonic_ms();
	heap_remove(&event->base->events, &event->due);
	event->is_added = event->persists;
	if (event->persists) {
		int64_t next_ms = due_ms + event->span_ms;
		if (next_ms < now_ms)
			next_ms = now_ms + event->span_ms;
		heap_add(&event->base->events, &event->due, next_ms);
	}
	world.calls++;
	event->callback(-1, EV_TIMEOUT, event->arg);
}

static void
advance(int64_t true_ms)
{
	if (true_ms > world.true_ms)
		world.true_ms = true_ms;
}

/* Until it is broken; there is always something to wait for. */
int
event_base_dispatch(struct event_base *base)
{
	base->is_broken = false;
	world.base = base;
	while (!base->is_broken) {
		struct due *event = heap_first(&base->events);
		struct due *alarm = heap_first(&world.alarms);
		if (event == NULL && alarm == NULL)
			break;
		if (event == NULL ||
		    (alarm != NULL &&
			alarm->at_ms <= event->at_ms + world.asleep_ms)) {
			advance(alarm->at_ms);
			ring((struct alarm *)alarm);
			continue;
		}
		advance(event->at_ms + world.asleep_ms +
			(int64_t)dice_below(&world.dice, LATE_MS));
		call((struct event *)event);
	}
	world.base = NULL;
	return 0;
}
