#ifndef DAEMON_PAST_H
#define DAEMON_PAST_H

#include "config/config.h"
#include "daemon/store.h"

/*
 * What the configuration says of former names (`formerly`), done to the store:
 * the rows under these names go on under the new ones, of a site that was
 * renamed also the rows that nobody watches any more.  Done before the
 * sections are made; where it is done already, nothing happens.  All of it is
 * in the store's batch.  False and err if the store failed.
 */
bool past_adopt(struct store *, const struct config *, struct error *);

#endif
