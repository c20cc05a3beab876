/* SPDX-License-Identifier: GPL-2.0-only */
/* Fuzzing by programs: those that reach something new of the driver are mutated. */
#ifndef KREGION_FUZZ_GUIDED_H
#define KREGION_FUZZ_GUIDED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Run blind first, then guided, each for half of the calls (or for half of the time
 * when @calls is 0), print what both reached, and save the programs that reached
 * something new in @folder, if there is one.
 */
void run_guided(uint64_t seed, uint64_t calls, unsigned int seconds,
		const char *folder);

/* Run all programs of a file, and print what they reach when @cover. */
void run_corpus(const char *path, bool cover);

#endif /* KREGION_FUZZ_GUIDED_H */
