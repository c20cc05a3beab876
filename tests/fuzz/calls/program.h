/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program: calls, by their seeds, that are made from model_reset() on. A file has one
 * in a line, each call as SEED or as SEED:INDEX:VALUE where a number is tweaked.
 */
#ifndef KREGION_FUZZ_PROGRAM_H
#define KREGION_FUZZ_PROGRAM_H

#include <stdio.h>

#include "random.h"

#define MAX_PROGRAM	48

struct program {
	unsigned int len;
	struct seed seeds[MAX_PROGRAM];
};

void program_print(const struct program *program, FILE *file);

/* False at the end of the file. */
bool program_read(struct program *program, FILE *file);

#endif /* KREGION_FUZZ_PROGRAM_H */
