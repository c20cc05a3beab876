/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which instructions of the driver this process has run, by KCOV. Only modules that
 * are built with KCOV_INSTRUMENT=y report any.
 */
#ifndef KREGION_FUZZ_COVER_H
#define KREGION_FUZZ_COVER_H

#include <stdbool.h>
#include <stdint.h>

#define COVER_KEYS	16384

/* A hash table of numbers but 0; exact, two never fall together. */
struct cover_set {
	unsigned int len;
	uint64_t keys[COVER_KEYS];
};

/* What was reached: program counters, and steps from one to the next. */
struct cover {
	struct cover_set pcs, edges;
};

/* Ends the program when the kernel has no KCOV, or the module is not built for it. */
void cover_init(void);

/* Forget what was recorded so far. */
void cover_start(void);

/* Add what was recorded since; true when some of it is new. */
bool cover_collect(struct cover *cover);

#endif /* KREGION_FUZZ_COVER_H */
