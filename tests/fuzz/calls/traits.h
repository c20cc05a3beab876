/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In what the kernels of the matrix differ, and this one was built for: found out on
 * memory and files that are not ours.
 */
#ifndef KREGION_FUZZ_TRAITS_H
#define KREGION_FUZZ_TRAITS_H

#include <stdbool.h>

#define MAX_ADVICE	128

struct traits {
	bool sendfile_from_devices;		/* since 6.0 */
	/*
	 * Bytes that one splice to an empty pipe takes: 16 pages, but one where
	 * page_owner forbids to allocate more at once.
	 */
	long splice_bytes;
	bool mremap_moves_several;		/* mappings at once: since 6.17 */
	bool mremap_checks_first;		/* before it unmaps: since 6.17 */
	bool stack_is_nohuge;			/* MAP_STACK does that: since 6.7 */
	bool dev_is_noexec;			/* how /dev is mounted */
	bool advice[MAX_ADVICE];		/* that madvise knows */
};

extern struct traits traits;

void traits_init(void);

#endif /* KREGION_FUZZ_TRAITS_H */
