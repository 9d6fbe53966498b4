#include "daemon/mend.h"

#include <stdlib.h>

#include <event2/event.h>

#include "daemon/log.h"
#include "daemon/store.h"
#include "daemon/trouble.h"
#include "daemon/update.h"
#include "feed/memory.h"

#define LOOK_S 10     /* while all is well */
#define GONE_S 2      /* while a folder is gone: a look costs nothing */
#define AGAIN_MIN_S 2 /* an attempt, after trouble; doubles */
#define AGAIN_MAX_S 60
#define STEP_SECTIONS 200 /* looked at before the loop has its turn */
#define STEP_FEEDS 50
#define STEP_MS 10
#define SLOW_SECTIONS 20 /* whose files are read, each second */

struct mend {
	struct mend_world world;
	struct event *store, *output, *walk;
	struct section *const *sections;
	size_t count;
	size_t next; /* of the walk */
	bool walking;
	bool thorough;        /* files are read, slowly */
	bool compared;        /* that has been done */
	unsigned long met;    /* the output's troubles when the walk began */
	unsigned long opened; /* publisher_opened */
	int store_again_s, output_again_s;
	bool store_told, output_told; /* to `changed` */
};

static void
wait_s(struct event *event, int s)
{
	struct timeval wait = {.tv_sec = s};
	event_add(event, &wait);
}

static int
double_s(int *again_s)
{
	int now_s = *again_s;
	*again_s = now_s * 2 < AGAIN_MAX_S ? now_s * 2 : AGAIN_MAX_S;
	return now_s;
}

static struct trouble *
output_trouble(const struct mend *mend)
{
	return publisher_trouble(mend->world.publisher);
}

static struct trouble *
the_store_trouble(const struct mend *mend)
{
	return store_trouble(mend->world.services->store);
}

/* ---- the feeds ---- */

static void
begin_walk(struct mend *mend, bool thorough)
{
	mend->next = 0;
	mend->walking = true;
	mend->thorough = thorough;
	mend->met = output_trouble(mend)->count;
}

static void
end_walk(struct mend *mend)
{
	mend->walking = false;
	mend->compared |= mend->thorough;
	if (output_trouble(mend)->count != mend->met)
		return; /* something of it was not published */
	mend->output_again_s = AGAIN_MIN_S;
	trouble_end(output_trouble(mend));
}

/* A few sections; false when the walk has ended. */
static bool
walk_some(struct mend *mend)
{
	const struct mend_world *world = &mend->world;
	struct update *update = world->services->update;
	size_t most = mend->thorough ? SLOW_SECTIONS : STEP_SECTIONS;
	struct error err = {{0}};
	for (size_t i = 0; i < most && mend->next < mend->count &&
			   update_pending(update) < STEP_FEEDS;
	     i++)
		if (!section_republish(
			mend->sections[mend->next++], mend->thorough, &err)) {
			trouble_meet(the_store_trouble(mend), err.reason);
			update_abort(update);
			mend->walking = false;
			return false;
		}
	world->flush(world->arg);
	if (publish_is_stuck(world->publisher))
		mend->walking = false;
	else if (mend->next == mend->count)
		end_walk(mend);
	return mend->walking;
}

static void
go_on(struct mend *mend)
{
	struct timeval wait = {.tv_usec = STEP_MS * 1000};
	if (mend->thorough)
		wait = (struct timeval){.tv_sec = 1};
	event_add(mend->walk, &wait);
}

static void
on_walk(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct mend *mend = arg;
	if (mend->walking && walk_some(mend))
		go_on(mend);
	mend_look(mend);
}

/* ---- the output ---- */

/* Is it there?  If so, and there is something to do, the walk begins. */
static void
look_at_output(struct mend *mend)
{
	struct publisher *publisher = mend->world.publisher;
	struct trouble *trouble = output_trouble(mend);
	struct error err = {{0}};
	if (!publisher_check(publisher, &err)) {
		trouble_meet(trouble, err.reason);
		mend->walking = false;
		wait_s(mend->output, GONE_S);
		return;
	}
	bool is_new = publisher_opened(publisher) != mend->opened;
	mend->opened = publisher_opened(publisher);
	if (is_new)
		mend->world.changed(mend->world.arg);
	if (is_new || (trouble->reason != NULL && !mend->walking))
		begin_walk(mend, false);
	else if (!mend->walking && !mend->compared)
		begin_walk(mend, true);
	if (mend->walking)
		go_on(mend);
	wait_s(mend->output,
	    trouble->reason != NULL ? double_s(&mend->output_again_s) : LOOK_S);
}

static void
on_output(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look_at_output(arg);
	mend_look(arg);
}

/* ---- the store ---- */

static void
resume_rounds(struct mend *mend)
{
	size_t resumed = 0;
	for (size_t i = 0; i < mend->count; i++)
		resumed += section_resume(mend->sections[i]);
	if (resumed > 0)
		log_info("store: %zu sections are read again", resumed);
}

/* False while it is elsewhere. */
static bool
find_store(struct mend *mend)
{
	const struct mend_world *world = &mend->world;
	struct store *store = world->services->store;
	struct error err = {{0}};
	bool is_another;
	if (store_is_in_place(store))
		return true;
	world->flush(world->arg);
	if (!store_return(store, &is_another, &err)) {
		trouble_meet(store_trouble(store), err.reason);
		return false;
	}
	log_warnx("store: its folder is another one; %s",
	    is_another ? "the database there is used from now on"
		       : "what was recorded is written there");
	if (is_another)
		world->replaced(world->arg);
	return true;
}

static void
on_store(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct mend *mend = arg;
	const struct mend_world *world = &mend->world;
	struct trouble *trouble = the_store_trouble(mend);
	struct error err = {{0}};
	int again_s = LOOK_S;
	if (!find_store(mend))
		again_s = GONE_S;
	else if (trouble->reason != NULL) {
		world->flush(world->arg);
		if (store_probe(world->services->store, &err)) {
			trouble_end(trouble);
			mend->store_again_s = AGAIN_MIN_S;
			resume_rounds(mend);
		} else {
			trouble_meet(trouble, err.reason);
			again_s = double_s(&mend->store_again_s);
		}
	}
	wait_s(mend->store, again_s);
	mend_look(mend);
}

/* ---- life ---- */

/* An attempt soon, when trouble has just begun. */
void
mend_look(struct mend *mend)
{
	if (mend == NULL)
		return;
	bool store = the_store_trouble(mend)->reason != NULL;
	bool output = output_trouble(mend)->reason != NULL;
	if (store == mend->store_told && output == mend->output_told)
		return;
	if (store && !mend->store_told && mend->store != NULL)
		wait_s(mend->store, AGAIN_MIN_S);
	if (output && !mend->output_told && mend->output != NULL)
		wait_s(mend->output, AGAIN_MIN_S);
	mend->store_told = store;
	mend->output_told = output;
	mend->world.changed(mend->world.arg);
}

void
mend_sections(struct mend *mend, struct section *const *sections, size_t count)
{
	if (mend == NULL)
		return;
	mend->sections = sections;
	mend->count = count;
	if (mend->walking)
		begin_walk(mend, mend->thorough);
}

void
mend_start(struct mend *mend)
{
	begin_walk(mend, false);
	go_on(mend);
	wait_s(mend->output, LOOK_S);
	wait_s(mend->store, LOOK_S);
}

void
mend_now(struct mend *mend)
{
	begin_walk(mend, false);
	while (walk_some(mend))
		continue;
	mend_look(mend);
}

struct mend *
mend_new(const struct mend_world *world)
{
	struct mend *mend = xcalloc(1, sizeof(*mend));
	struct event_base *base = world->services->base;
	mend->world = *world;
	mend->opened = publisher_opened(world->publisher);
	mend->store_again_s = mend->output_again_s = AGAIN_MIN_S;
	mend->store = evtimer_new(base, on_store, mend);
	mend->output = evtimer_new(base, on_output, mend);
	mend->walk = evtimer_new(base, on_walk, mend);
	return mend;
}

void
mend_free(struct mend *mend)
{
	if (mend == NULL)
		return;
	event_free(mend->store);
	event_free(mend->output);
	event_free(mend->walk);
	free(mend);
}
