#include "feed/hash.h"

/* The key 00 01 .. 0f of the paper's appendix A, as two little-endian words. */
#define KEY_0 UINT64_C(0x0706050403020100)
#define KEY_1 UINT64_C(0x0f0e0d0c0b0a0908)

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

/* inlined by force: called, the state goes through memory, at half the speed */
static inline __attribute__((always_inline)) void
sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline __attribute__((always_inline)) void
sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	sip_round(s);
	s->v0 ^= word;
}

/* Eight bytes, least significant first, on any machine.  Written out it becomes
 * one load; a loop does not, and costs four times the hash. */
static inline uint64_t
read_word(const unsigned char *b)
{
	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
	       (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
	       (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
	       (uint64_t)b[7] << 56;
}

static uint64_t
read_rest(const unsigned char *bytes, size_t length)
{
	uint64_t word = 0;
	for (size_t i = 0; i < length; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

uint64_t
hash_bytes(const void *bytes, size_t length)
{
	struct sip s = {
	    .v0 = UINT64_C(0x736f6d6570736575) ^ KEY_0,
	    .v1 = UINT64_C(0x646f72616e646f6d) ^ KEY_1,
	    .v2 = UINT64_C(0x6c7967656e657261) ^ KEY_0,
	    .v3 = UINT64_C(0x7465646279746573) ^ KEY_1,
	};
	const unsigned char *at = bytes;
	for (size_t left = length / 8; left > 0; left--, at += 8)
		sip_word(&s, read_word(at));
	uint64_t last = (uint64_t)(length & 0xff) << 56;
	if (length % 8 != 0) /* at may be NULL when there is nothing */
		last |= read_rest(at, length % 8);
	sip_word(&s, last);
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
