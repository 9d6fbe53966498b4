#ifndef DAEMON_STORE_SCHEMA_H
#define DAEMON_STORE_SCHEMA_H

/*
 * The tables, as SQL.  store_schema[n] brings a database from version n to
 * n + 1; version 0 is an empty one.  What was released is never edited: a
 * change is a new step.
 */
#define STORE_VERSION 13
#define STORE_APPLICATION 0x6d746664 /* "mtfd", in the file's head */

extern const char *const store_schema[STORE_VERSION];

#endif
