/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module kregion_writers publishes, for the program that reads it. */
#ifndef KREGION_WRITERS_H
#define KREGION_WRITERS_H

#include <linux/types.h>

#define KREGION_WRITERS_WORDS	6

/**
 * struct kregion_writers_record - the first bytes of /dev/kregion-writers
 * @sequence: as in struct kregion_demo_status
 * @writer: 0 or 1: who wrote it last
 * @counter: number of updates
 * @updates: number of updates by each writer; their sum is @counter
 * @words: word i is @counter * (i + 1) + @writer
 */
struct kregion_writers_record {
	__u32 sequence;
	__u32 writer;
	__aligned_u64 counter;
	__aligned_u64 updates[2];
	__aligned_u64 words[KREGION_WRITERS_WORDS];
};

#endif /* KREGION_WRITERS_H */
