/* SPDX-License-Identifier: GPL-2.0-only */
/* Arguments that several kinds of calls draw: the usual ones, and the edges. */
#ifndef KREGION_FUZZ_DRAW_H
#define KREGION_FUZZ_DRAW_H

#include "model.h"

/* A descriptor number; @file is NULL where no call may use it. */
struct drawn_fd {
	int number;
	struct file *file;
	const struct device *device;	/* that offsets are drawn for; never NULL */
};

struct drawn_fd draw_fd(void);

/* A byte offset, inside the device or not, and negative now and then. */
off_t draw_offset(const struct device *device);

/* A number of bytes, where @rest would be all there are; HUGE_LENGTH and above, too. */
size_t draw_length(size_t rest);

/* Bytes from an offset to the end of its region, 0 outside of the device. */
size_t bytes_left(const struct device *device, off_t offset);

/*
 * A range of pages that begins in a mapping and may leave it, or lies anywhere in the
 * arena. Whatever it covers is ours. @map is NULL in the second case.
 */
struct range {
	uintptr_t address;
	size_t pages;
	struct map *map;
};

struct range draw_range(void);

/* The size of the range in bytes, or somewhat less: it means the same pages. */
size_t draw_size(const struct range *range);

int draw_protection(void);

/* A number below @limit: often 0, often the last. */
size_t draw_edge(size_t limit);

#endif /* KREGION_FUZZ_DRAW_H */
