#ifndef FEED_PICTURE_H
#define FEED_PICTURE_H

/*
 * Which picture an address shows, whatever its size, format and host: for
 * comparing, never for fetching.  Equal names may be one picture; other names
 * are another.  The file's name without extension and size, with the folder
 * and the query where the name says little.  The caller's to free.
 */
char *picture_name(const char *url);

#endif
