/*
 * A month of 20 sections in seconds: all of the daemon, with its differ, store
 * and publisher, on virtual time; pages are newsroom's, and are read by what
 * the workers read them with, in this process.  Do memory, descriptors and the
 * store's log stay flat, does each article come once, does no feed's time go
 * back?  Prints TAP.
 *
 *   month [--short] [--days N] [--sections N]
 */
#include <dirent.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/store.h"
#include "daemon/update.h"
#include "daemon/workroom.h"
#include "feed/memory.h"
#include "tests/newsroom.h"
#include "tests/simulate/hands.h"
#include "tests/simulate/loop.h"
#include "tests/simulate/press.h"
#include "tests/simulate/course.h"

#define MONDAY_S INT64_C(1799020800) /* 2027-01-04 00:00 UTC */
#define DAY_S INT64_C(86400)
#define KEPT 60 /* articles that a desk shows */
#define DAYS_MOST 400
#define FIRST_MOST (3 * ITEMS_PER_PAGE) /* that a first round reads */
#define SEED 5

/* What may differ between two thirds of the time. */
#define MEMORY_SLACK (32 << 10)
#define RESIDENT_SLACK (1 << 20)
#define LOG_MOST (4 << 20) /* as long as the busiest half minute makes it */

struct sample {
	int64_t used, resident, descriptors, log, store;
};

static char folder[64];
static int days = 30;
static size_t sections = 20;
static unsigned cases;
static bool has_failed;

static struct {
	struct paper paper;
	struct press *press;
	size_t *published;  /* how many of a section's are on its desk */
	size_t *before;     /* of these, older than the beginning */
	const char **paths; /* "newsList/13" */
	struct sample samples[DAYS_MOST + 1];
	char (*updated)[32]; /* of each feed, when last looked at */
	size_t went_back, edits;
} month;

static void
tell(bool good, const char *words)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++cases, words);
	has_failed |= !good;
	fflush(stdout);
}

/* ---- the twins ---- */

static enum {
	TWIN_NONE,
	TWIN_LEAK,       /* a little of each round's memory */
	TWIN_DESCRIPTOR, /* one of a hundred rounds leaves one open */
	TWIN_LOG,        /* no checkpoint is made */
} twin;

bool __real_update_unchanged(struct update *, struct section_state *,
    struct validators *, int64_t, struct error *);
bool __wrap_update_unchanged(struct update *, struct section_state *,
    struct validators *, int64_t, struct error *);
bool __real_store_idle(struct store *, int64_t, struct error *);
bool __wrap_store_idle(struct store *, int64_t, struct error *);

static void *volatile leaked;

#ifdef __SANITIZE_ADDRESS__
/* what is freed stays resident, in quarantine: bytes in use are judged alone */
#define RESIDENT_TELLS 0
/* of <sanitizer/..._interface.h>, which gcc's packages leave out */
size_t __sanitizer_get_current_allocated_bytes(void);
void __lsan_ignore_object(const void *);

/* The sanitizer's own allocator, which mallinfo does not see; what is leaked
 * on purpose is no finding of it. */
static int64_t
bytes_in_use(void)
{
	return (int64_t)__sanitizer_get_current_allocated_bytes();
}

static void *
leak_of(size_t length)
{
	void *bytes = xcalloc(1, length);
	__lsan_ignore_object(bytes);
	return bytes;
}
#else
#define RESIDENT_TELLS 1
static int64_t
bytes_in_use(void)
{
	return (int64_t)mallinfo2().uordblks;
}

static void *
leak_of(size_t length)
{
	return xcalloc(1, length);
}
#endif

bool
__wrap_update_unchanged(struct update *update, struct section_state *state,
    struct validators *validators, int64_t now_s, struct error *err)
{
	static unsigned rounds;
	if (twin == TWIN_LEAK)
		leaked = leak_of(200);
	if (twin == TWIN_DESCRIPTOR && ++rounds % 100 == 0 &&
	    dup(STDOUT_FILENO) == -1)
		abort();
	return __real_update_unchanged(update, state, validators, now_s, err);
}

bool
__wrap_store_idle(struct store *store, int64_t now_s, struct error *err)
{
	return twin == TWIN_LOG || __real_store_idle(store, now_s, err);
}

/* ---- the paper ---- */

/* What should have been published by now is put on the desk. */
static void
publish(size_t section, size_t until)
{
	const struct beat *beat = &month.press->sections[section].beat;
	struct desk *desk = &month.paper.desks[section];
	for (; month.published[section] < until; month.published[section]++) {
		int64_t at_s = beat->times_s[month.published[section]];
		month.paper.now_s = at_s;
		struct news *news = paper_publish(&month.paper, desk);
		news->time_s = at_s; /* newsroom's own pace is another */
		while (desk->count > KEPT)
			paper_remove(&month.paper, desk->items[KEPT]);
		if (dice_chance(&month.paper.dice, 5))
			month.edits += paper_edit(&month.paper,
			    desk->items[dice_below(&month.paper.dice,
				desk->count < 3 ? desk->count : 3)],
			    dice_chance(&month.paper.dice, 50) ? "title"
							       : "text");
	}
}

static void
show_listing(struct buffer *body, size_t section, unsigned page,
    size_t published, void *arg)
{
	(void)arg;
	char token[32];
	struct look look = {
	    .markup = 1 + (unsigned)section % MARKUP_COUNT,
	    .design = (unsigned)section % DESIGN_COUNT,
	    .sidebar = section % 2 == 1,
	    .meta_charset = "utf-8",
	};
	if (month.press->sections[section].has_token) {
		(void)snprintf(token, sizeof(token), "%llx",
		    (unsigned long long)month.press->tokens * 7919);
		look.token = token;
	}
	publish(section, published);
	page_listing(
	    body, &month.paper, &month.paper.desks[section], true, page, &look);
}

static void
read_job(const struct job *job, struct answer *answer, void *room)
{
	workroom_do(room, job, answer);
}

/* ---- what is looked at each day ---- */

static int64_t
count_descriptors(void)
{
	int64_t count = 0;
	DIR *all = opendir("/proc/self/fd");
	while (all != NULL && readdir(all) != NULL)
		count++;
	if (all != NULL)
		(void)closedir(all);
	return count;
}

static int64_t
resident_bytes(void)
{
	long size = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	if (file != NULL)
		(void)fclose(file);
	return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static int64_t
size_of(const char *name)
{
	struct stat status;
	char *path = xasprintf("%s/%s", folder, name);
	int64_t size = stat(path, &status) == 0 ? (int64_t)status.st_size : 0;
	free(path);
	return size;
}

/* RFC 3339 in UTC: as text as in time. */
static void
look_at_feed(size_t section)
{
	char *path = xasprintf("%s/feeds/h%zu/s%zu.atom", folder,
	    month.press->sections[section].host, section);
	char bytes[4096], updated[32];
	FILE *file = fopen(path, "r");
	free(path);
	if (file == NULL)
		return;
	size_t length = fread(bytes, 1, sizeof(bytes) - 1, file);
	(void)fclose(file);
	bytes[length] = '\0';
	const char *at = strstr(bytes, "<updated>");
	if (at == NULL || sscanf(at, "<updated>%31[^<]", updated) != 1)
		return;
	if (strcmp(updated, month.updated[section]) < 0)
		month.went_back++;
	memcpy(month.updated[section], updated, sizeof(updated));
}

static void
on_day(int day, void *arg)
{
	(void)arg;
	month.samples[day] = (struct sample){
	    .used = bytes_in_use(),
	    .resident = RESIDENT_TELLS ? resident_bytes() : 0,
	    .descriptors = count_descriptors(),
	    .log = size_of("state/metrofeed.db-wal"),
	    .store = size_of("state/metrofeed.db"),
	};
	for (size_t i = 0; i < sections; i++)
		look_at_feed(i);
}

/* The greatest of a third of the days; the first third is for warming up. */
static struct sample
most_of(int third)
{
	struct sample most = {0};
	for (int day = third * days / 3 + 1; day <= (third + 1) * days / 3;
	     day++) {
		const struct sample *at = &month.samples[day];
		if (at->used > most.used)
			most.used = at->used;
		if (at->resident > most.resident)
			most.resident = at->resident;
		if (at->descriptors > most.descriptors)
			most.descriptors = at->descriptors;
		if (at->log > most.log)
			most.log = at->log;
		if (at->store > most.store)
			most.store = at->store;
	}
	return most;
}

/* ---- a run ---- */

static int64_t
begin_s(void)
{
	int64_t at_s = MONDAY_S;
	while (at_s < clock_built_s() + DAY_S)
		at_s += 7 * DAY_S;
	return at_s;
}

static void
clean_up(void)
{
	char *command = xasprintf("rm -rf '%s'", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", folder);
	free(command);
}

/* On a file system in memory: nobody pulls the plug here. */
static void
make_folder(void)
{
	const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(
	    folder, sizeof(folder), "%s/metrofeed-month.XXXXXX", place);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		exit(1);
	}
}

static void
run(double mishaps_a_day)
{
	struct error err = {{0}};
	struct workroom *room = workroom_new(&err);
	make_folder();
	month.press = press_new(SEED, begin_s(), days, sections, false);
	month.published = xcalloc(sections, sizeof(*month.published));
	month.before = xcalloc(sections, sizeof(*month.before));
	month.updated = xcalloc(sections, sizeof(*month.updated));
	month.paths = xcalloc(sections, sizeof(*month.paths));
	month.went_back = month.edits = 0;
	loop_begin(month.press->begin_s, SEED);
	paper_open(&month.paper, SEED, month.press->begin_s, 0);
	for (size_t i = 0; i < sections; i++)
		month.paths[i] =
		    xasprintf("newsList/%s", month.paper.desks[i].id);
	for (size_t i = 0; i < sections; i++) {
		size_t before = press_published(month.press, i);
		month.before[i] = before;
		month.published[i] = before > KEPT ? before - KEPT : 0;
	}
	press_set_listing(month.press, show_listing, NULL, month.paths);
	press_configure(month.press, folder);
	hands_set_reader(read_job, room);
	struct course course = {
	    .folder = folder,
	    .ledger = month.press->ledger,
	    .seed = SEED,
	    .days = days,
	    .mishaps_a_day = mishaps_a_day,
	    .on_day = on_day,
	};
	if (!course_run(&course))
		exit(1);
	workroom_free(room);
}

static void
finish(void)
{
	paper_close(&month.paper);
	press_free(month.press);
	for (size_t i = 0; i < sections; i++)
		free((char *)month.paths[i]);
	free(month.paths);
	free(month.published);
	free(month.before);
	free(month.updated);
	clean_up();
}

/* Of the articles that appeared, how many the store has at least, and how many
 * it has too many of.  Its first round saw some older ones. */
static void
count_articles(size_t *shown, size_t *stored, size_t *doubled)
{
	struct error err = {{0}};
	char *state = xasprintf("%s/state", folder);
	struct store *store = store_open(state, STORE_READ, &err);
	*shown = *stored = *doubled = 0;
	for (size_t i = 0; store != NULL && i < sections; i++) {
		struct section_state row = {0};
		uint64_t articles = 0, stubs;
		char *path =
		    xasprintf("h%zu/s%zu", month.press->sections[i].host, i);
		if (store_section(store, path, &row, &err))
			(void)store_count(
			    store, row.number, &articles, &stubs, &err);
		size_t fresh = month.published[i] - month.before[i];
		size_t most =
		    month.before[i] < FIRST_MOST ? month.before[i] : FIRST_MOST;
		*shown += fresh;
		*stored += articles < fresh ? articles : fresh;
		if (articles > fresh + most)
			*doubled += articles - fresh - most;
		section_state_clear(&row);
		free(path);
	}
	store_close(store);
	free(state);
}

static bool
is_flat(void)
{
	struct sample middle = most_of(1), last = most_of(2);
	return last.used <= middle.used + MEMORY_SLACK &&
	       last.resident <= middle.resident + RESIDENT_SLACK &&
	       last.descriptors <= middle.descriptors && last.log <= LOG_MOST;
}

static void
show_samples(void)
{
	for (int third = 0; third < 3; third++) {
		struct sample most = most_of(third);
		printf("# days to %2d: %lld KB in use, %lld KB resident, %lld "
		       "descriptors, log %lld KB, store %lld KB\n",
		    (third + 1) * days / 3, (long long)most.used >> 10,
		    (long long)most.resident >> 10, (long long)most.descriptors,
		    (long long)most.log >> 10, (long long)most.store >> 10);
	}
}

static void
keep_flat(void)
{
	char words[200];
	size_t shown, stored, doubled;
	run(2);
	uint64_t rounds = 0;
	for (size_t i = 0; i < sections; i++)
		rounds += ledger_rounds(month.press->ledger, i);
	printf("# %llu rounds, %llu requests, %zu edits\n",
	    (unsigned long long)rounds,
	    (unsigned long long)ledger_requests(month.press->ledger),
	    month.edits);
	show_samples();
	(void)snprintf(words, sizeof(words),
	    "memory, descriptors and log are flat over %d days of %zu sections",
	    days, sections);
	tell(is_flat(), words);
	count_articles(&shown, &stored, &doubled);
	(void)snprintf(words, sizeof(words),
	    "%zu of %zu articles are in the store, %zu twice", stored, shown,
	    doubled);
	tell(stored * 10 > shown * 9 && doubled == 0, words);
	tell(month.went_back == 0, "no feed's time went back");
	tell(ledger_all_breaches(month.press->ledger) == 0,
	    "nobody is asked too often or left alone");
	finish();
}

static void
catch_twin(int number, const char *name)
{
	char words[200];
	twin = number;
	run(0);
	(void)snprintf(
	    words, sizeof(words), "the twin that %s is caught", name);
	bool is_caught = !is_flat();
	tell(is_caught, words);
	if (!is_caught)
		show_samples();
	finish();
	twin = TWIN_NONE;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"short", no_argument, NULL, 's'},
	    {"days", required_argument, NULL, 'd'},
	    {"sections", required_argument, NULL, 'n'},
	    {0},
	};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 's':
			days = 9;
			sections = 6;
			break;
		case 'd':
			days = atoi(optarg);
			break;
		case 'n':
			sections = (size_t)atoi(optarg);
			break;
		default:
			return 2;
		}
	if (days < 9 || days > DAYS_MOST)
		return 2;
	keep_flat();
	days = 9;
	sections = 6;
	catch_twin(TWIN_LEAK, "leaks 200 bytes a round");
	catch_twin(TWIN_DESCRIPTOR, "leaves descriptors open");
	catch_twin(TWIN_LOG, "makes no checkpoint");
	printf("1..%u\n", cases);
	return has_failed;
}
