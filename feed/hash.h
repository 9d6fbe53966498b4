#ifndef FEED_HASH_H
#define FEED_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A 64-bit hash of bytes: SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast
 * short-input PRF", 2012) under the key of the paper's test vectors.  The same
 * on every machine and in every release, so that the store may keep it.  The
 * key is public: good for telling bodies and titles apart, not for hash tables
 * that a page could aim at.
 */
uint64_t hash_bytes(const void *bytes, size_t length);

#endif
