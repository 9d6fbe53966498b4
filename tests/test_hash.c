#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "feed/hash.h"

/*
 * SipHash-2-4-64 of the bytes 00 01 02 .. (length - 1) under the key 00 .. 0f;
 * length 15 is the example worked out in the paper's appendix A, the others
 * are from the authors' reference implementation (vectors.h).
 */
static const struct {
	size_t length;
	uint64_t hash;
} vectors[] = {
    {0, UINT64_C(0x726fdb47dd0e0e31)},
    {1, UINT64_C(0x74f839c593dc67fd)},
    {2, UINT64_C(0x0d6c8009d9a94f5a)},
    {3, UINT64_C(0x85676696d7fb7e2d)},
    {4, UINT64_C(0xcf2794e0277187b7)},
    {5, UINT64_C(0x18765564cd99a68d)},
    {6, UINT64_C(0xcbc9466e58fee3ce)},
    {7, UINT64_C(0xab0200f58b01d137)},
    {8, UINT64_C(0x93f5f5799a932462)},
    {9, UINT64_C(0x9e0082df0ba9e4b0)},
    {10, UINT64_C(0x7a5dbbc594ddb9f3)},
    {11, UINT64_C(0xf4b32f46226bada7)},
    {12, UINT64_C(0x751e8fbc860ee5fb)},
    {13, UINT64_C(0x14ea5627c0843d90)},
    {14, UINT64_C(0xf723ca908e7af2ee)},
    {15, UINT64_C(0xa129ca6149be45e5)},
    {16, UINT64_C(0x3f2acc7f57c29bdb)},
    {63, UINT64_C(0x958a324ceb064572)},
};

static void
test_vectors(void **state)
{
	(void)state;
	unsigned char bytes[64 + 1];
	int failed = 0;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		/* at an odd address too: no aligned loads are assumed */
		for (size_t shift = 0; shift < 2; shift++) {
			for (size_t j = 0; j < vectors[i].length; j++)
				bytes[shift + j] = (unsigned char)j;
			uint64_t hash =
			    hash_bytes(bytes + shift, vectors[i].length);
			if (hash == vectors[i].hash)
				continue;
			print_error("length %zu shift %zu: got %016" PRIx64
				    ", want %016" PRIx64 "\n",
			    vectors[i].length, shift, hash, vectors[i].hash);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static void
test_nothing(void **state)
{
	(void)state;
	assert_true(hash_bytes(NULL, 0) == vectors[0].hash);
}

/* One flipped bit anywhere changes the hash. */
static void
test_every_bit_counts(void **state)
{
	(void)state;
	unsigned char bytes[41];
	memset(bytes, 'a', sizeof(bytes));
	uint64_t hash = hash_bytes(bytes, sizeof(bytes));
	for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_true(hash_bytes(bytes, sizeof(bytes)) != hash);
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	/* and zero bytes at the end are not lost */
	memset(bytes, 0, sizeof(bytes));
	assert_true(hash_bytes(bytes, 3) != hash_bytes(bytes, 4));
	assert_true(hash_bytes(bytes, 8) != hash_bytes(bytes, 16));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_every_bit_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
