#include "daemon/metrics.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "daemon/health.h"
#include "feed/buffer.h"
#include "feed/memory.h"

#define BOUNDS 14
#define OUTCOMES (ROUND_TOO_EARLY + 1)

/* Seconds, the upper bound of each bucket: a local 304 takes a millisecond, a
 * site that does not answer half a minute; a round may begin minutes late. */
static const double bounds[BOUNDS] = {
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120};

struct histogram {
	uint64_t counts[BOUNDS + 1]; /* the last: above all bounds */
	double sum;
};

struct metrics {
	uint64_t rounds[OUTCOMES], fresh, changed, bytes;
	struct histogram round, fetch, read, late;
};

struct metrics *
metrics_new(void)
{
	return xcalloc(1, sizeof(struct metrics));
}

void
metrics_free(struct metrics *metrics)
{
	free(metrics);
}

static void
observe(struct histogram *histogram, int64_t ms)
{
	double seconds = ms > 0 ? (double)ms / 1000 : 0;
	size_t i = 0;
	while (i < BOUNDS && seconds > bounds[i])
		i++;
	histogram->counts[i]++;
	histogram->sum += seconds;
}

void
metrics_round(
    struct metrics *metrics, enum round_end end, const struct round_cost *cost)
{
	metrics->rounds[end]++;
	metrics->fresh += cost->fresh;
	metrics->changed += cost->changed;
	metrics->bytes += cost->bytes;
	observe(&metrics->round, cost->round_ms);
	observe(&metrics->late, cost->late_ms);
	if (cost->fetches > 0)
		observe(&metrics->fetch, cost->fetch_ms);
	if (cost->reads > 0)
		observe(&metrics->read, cost->read_ms);
}

/* ---- the text ---- */

static void
add_head(
    struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_add_format(out,
	    "# HELP metrofeed_%s %s\n# TYPE metrofeed_%s "
	    "%s\n",
	    name, help, name, type);
}

static void
add_value(struct buffer *out, const char *name, const char *type,
    const char *help, double value)
{
	add_head(out, name, type, help);
	buffer_add_format(out, "metrofeed_%s %.15g\n", name, value);
}

static void
add_labelled(struct buffer *out, const char *name, const char *label,
    const char *of, uint64_t value)
{
	buffer_add_format(out, "metrofeed_%s{%s=\"%s\"} %llu\n", name, label,
	    of, (unsigned long long)value);
}

static void
add_histogram(struct buffer *out, const char *name, const char *help,
    const struct histogram *histogram)
{
	uint64_t count = 0;
	add_head(out, name, "histogram", help);
	for (size_t i = 0; i < BOUNDS; i++) {
		count += histogram->counts[i];
		buffer_add_format(out, "metrofeed_%s_bucket{le=\"%g\"} %llu\n",
		    name, bounds[i], (unsigned long long)count);
	}
	count += histogram->counts[BOUNDS];
	buffer_add_format(out,
	    "metrofeed_%s_bucket{le=\"+Inf\"} %llu\n"
	    "metrofeed_%s_sum %.15g\nmetrofeed_%s_count %llu\n",
	    name, (unsigned long long)count, name, histogram->sum, name,
	    (unsigned long long)count);
}

static void
add_rounds(struct buffer *out, const struct metrics *metrics)
{
	static const struct {
		enum round_end end;
		const char *name;
	} outcomes[] = {{ROUND_NEWS, "news"}, {ROUND_UNCHANGED, "unchanged"},
	    {ROUND_FAILED, "failed"}};
	add_head(out, "rounds_total", "counter",
	    "Rounds that have ended, by what they came to.");
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
		add_labelled(out, "rounds_total", "outcome", outcomes[i].name,
		    metrics->rounds[outcomes[i].end]);
	add_head(out, "articles_total", "counter",
	    "Articles that were new, and such that had been edited.");
	add_labelled(out, "articles_total", "kind", "new", metrics->fresh);
	add_labelled(out, "articles_total", "kind", "edited", metrics->changed);
	add_value(out, "page_bytes_total", "counter",
	    "Bytes of the pages that were fetched, after decompression.",
	    (double)metrics->bytes);
}

static void
add_now(struct buffer *out, const struct metrics_now *now)
{
	struct rusage usage = {0};
	add_head(out, "sections", "gauge", "Sections that are watched.");
	for (int i = 0; i < INDEX_HEALTHS; i++)
		add_labelled(out, "sections", "health",
		    health_word((enum index_health)i), now->health[i]);
	add_value(out, "queue_sections", "gauge",
	    "Sections that wait for their turn to ask their host.",
	    (double)now->waiting);
	add_value(out, "worker_queue_pages", "gauge",
	    "Pages that wait for a worker or are being read.",
	    (double)now->reading);
	add_value(out, "worker_restarts_total", "counter",
	    "Workers that ended and were started again.",
	    (double)now->restarts);
	(void)getrusage(RUSAGE_SELF, &usage); /* cannot fail */
	add_value(out, "cpu_seconds_total", "counter",
	    "CPU time of the daemon, without its workers.",
	    (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
		    1e6);
	add_value(out, "start_time_seconds", "gauge",
	    "When the daemon was started, in Unix seconds.",
	    (double)now->started_s);
	add_head(out, "build_info", "gauge", "1, with the version.");
	add_labelled(out, "build_info", "version", now->version, 1);
}

char *
metrics_render(const struct metrics *metrics, const struct metrics_now *now,
    size_t *length)
{
	struct buffer out = {0};
	add_rounds(&out, metrics);
	add_histogram(&out, "round_duration_seconds",
	    "From the first request of a round to its end.", &metrics->round);
	add_histogram(&out, "fetch_duration_seconds",
	    "Of all requests of a round together.", &metrics->fetch);
	add_histogram(&out, "read_duration_seconds",
	    "From a page's way to a worker to its answer, in a round.",
	    &metrics->read);
	add_histogram(&out, "round_lateness_seconds",
	    "From when a round was due until it began.", &metrics->late);
	add_now(&out, now);
	*length = out.length;
	return buffer_take(&out);
}
