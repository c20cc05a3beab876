// SPDX-License-Identifier: GPL-2.0-only
/* mprotect: goes from mapping to mapping, up to the first that refuses or is missing. */
#include <errno.h>
#include <sys/mman.h>

#include "call.h"
#include "draw.h"
#include "ops.h"

#define ACCESS	(PROT_READ | PROT_WRITE | PROT_EXEC)

/* Change part of a mapping: both borders of the part are splits. */
static void know_protected(uintptr_t start, uintptr_t end, unsigned int flags)
{
	struct map *map;

	maps_split(start);
	maps_split(end);
	map = map_at(start);
	map->flags = flags;
}

/* Do what the kernel does, and return what it returns. */
static struct want protect(uintptr_t start, uintptr_t end, unsigned int prot)
{
	struct map *map;
	uintptr_t stop;
	unsigned int flags;

	for (; start < end; start = stop) {
		map = map_at(start);
		if (!map)
			return want_error(ENOMEM);
		if (prot & PROT_EXEC || (prot & PROT_WRITE && !map->may_write))
			return want_error(EACCES);
		stop = map_end(map) < end ? map_end(map) : end;
		flags = (map->flags & ~ACCESS) | prot;
		if (flags != map->flags)
			know_protected(start, stop, flags);
	}
	return want_value(0);
}

void op_mprotect(void)
{
	struct range range = draw_range();
	size_t size = draw_size(&range);
	int prot = draw_protection();
	struct want want;
	int got;

	switch (below(32)) {
	case 0:
		range.address += 1 + below(PAGE - 1);
		break;
	case 1:
		size = one_in(2) ? 0 : SIZE_MAX - below(2 * PAGE);
		break;
	case 2:
		prot |= 0x10;
		break;
	}
	describe("(%#lx, %#lx, %#lx)", (long)range.address, (long)size, prot);
	got = mprotect((void *)range.address, size, prot);
	if (range.address % PAGE)
		want = want_error(EINVAL);
	else if (!size)
		want = want_value(0);
	else if (size > SIZE_MAX / 2)
		want = want_error(ENOMEM);
	else if (prot & ~ACCESS)
		want = want_error(EINVAL);
	else
		want = protect(range.address,
			       range.address + range.pages * PAGE,
			       (unsigned int)prot);
	check(got, want);
}
