/* SPDX-License-Identifier: GPL-2.0-only */
/* What the targets of libFuzzer in this folder share. */
#ifndef KREGION_TEST_FUZZ_H
#define KREGION_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* A promise, which must hold whatever the input is. */
#define check(condition) do { \
	if (!(condition)) \
		broken(#condition, __LINE__); \
} while (0)

/* Of each target: says which promise, and the input, as far as it is text; aborts. */
static void broken(const char *condition, int line);

/* libFuzzer calls it for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* KREGION_TEST_FUZZ_H */
