#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * The whole new file or the whole old one: temporary file in the same folder,
 * write, fsync, futimens, close, rename; the folder's fsync comes once a batch.
 * Output is a folder opened once; it is never created again when it is gone.
 */
struct publisher;

/* Opens the output folder (created with parents if absent and may_create), takes flock on <output>/.metrofeed.lock, removes stale temporary files of our own pattern. NULL and err. */
struct publisher *publisher_new(const char *output, bool may_create, struct error *);
void publisher_free(struct publisher *);

/* Is the folder still the one that the path names? Reopens it if it was replaced by another existing directory; false and err when gone. */
bool publisher_check(struct publisher *, struct error *);

/*
 * Publish bytes as <output>/<name> ("site/section.atom"; the site folder is made).
 * mtime = max(now_s, last_mtime_s + 1); returned in *mtime_s.  On failure the old file stays and the temporary one is gone.
 */
bool publish_file(struct publisher *, const char *name, const char *bytes, size_t length, int64_t now_s, int64_t last_mtime_s, int64_t *mtime_s, struct error *);
/* fsync every folder touched since the last call. */
bool publish_sync(struct publisher *, struct error *);
/* Does <output>/<name> exist as a regular file with this length and mtime? */
bool publish_is_current(struct publisher *, const char *name, int64_t length, int64_t mtime_s);

#endif
