/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers, all from one seed for each call: the same seed in the same state
 * of the model is the same call with the same arguments.
 */
#ifndef KREGION_FUZZ_RANDOM_H
#define KREGION_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NO_TWEAK	UINT32_MAX

/*
 * What one call is drawn from. Number @tweak_at that is drawn is @tweak instead: so
 * a call is changed in one argument.
 */
struct seed {
	uint64_t start;
	uint32_t tweak_at;
	uint32_t tweak;
};

/* Number @index of a run that begins with @seed. */
struct seed seed_of(uint64_t seed, uint64_t index);

void random_start(struct seed seed);
uint64_t random_number(void);
uint64_t below(uint64_t limit);		/* 0 .. limit - 1; 0 for limit 0 */
bool one_in(unsigned int n);

#define PICK(array)	((array)[below(sizeof(array) / sizeof((array)[0]))])

#endif /* KREGION_FUZZ_RANDOM_H */
