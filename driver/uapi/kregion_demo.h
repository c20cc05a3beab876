/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * kregion_demo - what the demo module stores in the regions of
 * /dev/kregion-demo.
 */
#ifndef _UAPI_KREGION_DEMO_H
#define _UAPI_KREGION_DEMO_H

#include <linux/types.h>

/* Page offsets of the three regions, for pages of any size. */
#define KREGION_DEMO_VMALLOC_PAGE	0	/* 16 pages, a kregion_demo_text */
#define KREGION_DEMO_KMALLOC_PAGE	16	/* 16 pages, a kregion_demo_text */
#define KREGION_DEMO_STATUS_PAGE	32	/* 1 page, read-only */

#define KREGION_DEMO_HELLO	"hello from the kernel: this is the %s region"
#define KREGION_DEMO_NUMBER	1000
#define KREGION_DEMO_BYE	"the number above is one thousand"

/**
 * struct kregion_demo_text - the first bytes of both text regions
 * @hello: KREGION_DEMO_HELLO with the backend's name, NUL-terminated
 * @number: KREGION_DEMO_NUMBER, at byte 400
 * @pad: 0
 * @bye: KREGION_DEMO_BYE, NUL-terminated, at byte 416
 */
struct kregion_demo_text {
	char hello[400];
	__s32 number;
	__s32 pad[3];
	char bye[96];
};

#define KREGION_DEMO_MAGIC	0xbbbbbbbbU

/**
 * struct kregion_demo_status - the status page
 * @magic: KREGION_DEMO_MAGIC
 * @sequence: odd while the kernel updates what follows; a reader copies the
 *	rest and takes the copy only when @sequence was even before and is the
 *	same after
 * @time_ns: CLOCK_MONOTONIC at the last update, in nanoseconds
 * @counter: number of updates, ten a second
 */
struct kregion_demo_status {
	__u32 magic;
	__u32 sequence;
	__aligned_u64 time_ns;
	__aligned_u64 counter;
};

#endif /* _UAPI_KREGION_DEMO_H */
