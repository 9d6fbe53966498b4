#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/trouble.h"
#include "feed/error.h"

/*
 * The whole new file or the whole old one (DESIGN.md P1): temporary file in the
 * same folder, write, futimens, fsync, close, rename; the folder's fsync comes
 * once a batch.  The output is a folder opened once; it is never made again
 * when it is gone, which would shadow a file system that comes back.
 */
struct publisher;

/*
 * Opens the output folder (created with parents if absent and may_create),
 * takes flock on <output>/.metrofeed.lock, removes temporary files of our own
 * pattern that a killed round left.  NULL and err.
 */
struct publisher *publisher_new(
    const char *output, bool may_create, struct error *);
void publisher_free(struct publisher *);

/*
 * Is the folder still the one that the path names?  Opens it anew, lock and
 * all, if another folder has taken its place.  False and err while it is gone
 * or another metrofeed has it; then nothing changes, and a later call may find
 * it again.  It is gone, too, if what is there now was hidden by a file system
 * that is not mounted any more, unless that held our files before.
 */
bool publisher_check(struct publisher *, struct error *);
/* How often it was opened: another number, another folder. */
unsigned long publisher_opened(const struct publisher *);
/* What keeps it from publishing, as its callers met it. */
struct trouble *publisher_trouble(struct publisher *);

/*
 * Publish bytes as <output>/<name> ("site/section.atom": the site's folder is
 * made, 0755, and one that is a symbolic link refused; or "index.html").  mtime = max(now_s,
 * last_mtime_s + 1), and later than that of the file replaced; returned in
 * *mtime_s.  On failure the old file stays, the temporary one is gone, and err
 * says why.
 */
bool publish_file(struct publisher *, const char *name, const char *bytes,
    size_t length, int64_t now_s, int64_t last_mtime_s, int64_t *mtime_s,
    struct error *);

/* Did the last publish_file, or a publish_sync since, fail for what all files
 * have in common (the disk is full, read only, broken; no more descriptors)?
 * publisher_check forgets it. */
bool publish_is_stuck(const struct publisher *);

/* fsync every folder touched since the last call.  False and err: what was
 * published since then may not be on the disk. */
bool publish_sync(struct publisher *, struct error *);

/* Is <output>/<name>, found by its path, a regular file with this length and
 * mtime? */
bool publish_is_current(
    struct publisher *, const char *name, int64_t length, int64_t mtime_s);

/* Of <output>/<name>; 0 if there is no regular file. */
int64_t publish_mtime(struct publisher *, const char *name);

/* What <output>/<name> holds, and its mtime; the caller's.  NULL if it is no
 * regular file, cannot be read or is larger. */
char *publish_read(struct publisher *, const char *name, size_t max_bytes,
    size_t *length, int64_t *mtime_s);

#endif
