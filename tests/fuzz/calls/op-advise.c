// SPDX-License-Identifier: GPL-2.0-only
/* madvise, mlock, munlock, msync: goes on behind holes, and tells of them at the end. */
#include <errno.h>
#include <sys/mman.h>

#include "call.h"
#include "draw.h"
#include "ops.h"
#include "traits.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif

/* The flags that a mapping has after an advice that succeeds. */
static unsigned int advised(unsigned int flags, int advice)
{
	const unsigned int order = ADVICE_RANDOM | ADVICE_SEQUENTIAL;
	const unsigned int huge = ADVICE_HUGE | ADVICE_NOHUGE;

	switch (advice) {
	case MADV_NORMAL:
		return flags & ~order;
	case MADV_RANDOM:
		return (flags & ~order) | ADVICE_RANDOM;
	case MADV_SEQUENTIAL:
		return (flags & ~order) | ADVICE_SEQUENTIAL;
	case MADV_DONTFORK:
		return flags | ADVICE_DONTFORK;
	case MADV_HUGEPAGE:
		return (flags & ~huge) | ADVICE_HUGE;
	case MADV_NOHUGEPAGE:
		return (flags & ~huge) | ADVICE_NOHUGE;
	default:
		return flags;
	}
}

/*
 * What one mapping answers. There is no page behind an entry, so what pages are asked
 * for is refused; so is what would take back a flag that the driver has set.
 */
static struct want map_answer(const struct map *map, int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_DONTFORK:
	case MADV_DONTDUMP:
	case MADV_KEEPONFORK:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return want_value(0);
	case MADV_REMOVE:
		/* It punches a hole, which is for files. */
		if (map->writes_through && map->flags & PROT_WRITE)
			return want_error(ENODEV);
		/* Since 6.8 it is enough that it could be made writable. */
		if (map->writes_through && map->may_write)
			return want_either(EACCES, ENODEV);
		return want_error(EACCES);
	default:
		return want_error(EINVAL);
	}
}

static void know_advised(struct map *map, uintptr_t start, uintptr_t end,
			 int advice)
{
	unsigned int flags = advised(map->flags, advice);

	if (flags == map->flags)
		return;
	maps_split(start);
	maps_split(end);
	map_at(start)->flags = flags;
}

/* Do what the kernel does, and return what it returns. */
static struct want advise(uintptr_t start, uintptr_t end, int advice)
{
	struct want want, hole = want_value(0);
	struct map *map;
	uintptr_t stop;

	if ((unsigned int)advice >= MAX_ADVICE || !traits.advice[advice])
		return want_error(EINVAL);
	if ((advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE) &&
	    !map_at(start))
		return want_error(ENOMEM);
	for (; start < end; start = stop) {
		map = map_from(start);
		if (!map || map->address > start)
			hole = want_error(ENOMEM);
		if (!map || map->address >= end)
			break;
		if (map->address > start)
			start = map->address;
		stop = map_end(map) < end ? map_end(map) : end;
		want = map_answer(map, advice);
		if (want.errors[0])
			return want;
		know_advised(map, start, stop, advice);
	}
	return hole;
}

/* Not those that poison a page: the private copies are pages of the machine. */
static int draw_advice(void)
{
	static const int odd[] = { -1, 5, 6, 7, 26, 30, 99, 102, 103, 127 };

	return one_in(8) ? PICK(odd) : (int)below(26);
}

void op_madvise(void)
{
	struct range range = draw_range();
	size_t size = draw_size(&range);
	int advice = draw_advice();
	struct want want = want_error(EINVAL);
	int got;

	switch (below(32)) {
	case 0:
		range.address += 1 + below(PAGE - 1);
		break;
	case 1:
		size = SIZE_MAX - below(2 * PAGE);
		break;
	}
	describe("(%#lx, %#lx, %ld)", (long)range.address, (long)size, advice);
	got = madvise((void *)range.address, size, advice);
	if (range.address % PAGE == 0 && size <= SIZE_MAX / 2)
		want = advise(range.address, range.address + range.pages * PAGE,
			      advice);
	check(got, want);
}

static bool has_hole(const struct range *range)
{
	uintptr_t address = range->address, end = address + range->pages * PAGE;
	const struct map *map;

	for (; address < end; address = map_end(map)) {
		map = map_at(address);
		if (!map)
			return true;
	}
	return false;
}

/* It has no effect on such a mapping. */
void op_mlock(void)
{
	struct range range = draw_range();
	size_t size = draw_size(&range);
	bool lock = one_in(2);
	struct want want = want_value(0);
	int got;

	if (has_hole(&range))
		want = want_error(ENOMEM);
	describe("(%#lx, %#lx, %ld)", (long)range.address, (long)size, lock);
	got = lock ? mlock((void *)range.address, size) :
		     munlock((void *)range.address, size);
	check(got, want);
}

/* MS_SYNC is for a file that can be written back: ours answers EINVAL. */
static struct want msync_answer(const struct range *range, int flags)
{
	uintptr_t address = range->address, end = address + range->pages * PAGE;
	struct map *map;

	for (; flags & MS_SYNC; address = map_end(map)) {
		map = map_from(address);
		if (!map || map->address >= end)
			break;
		if (map->writes_through)
			return want_error(EINVAL);
	}
	return has_hole(range) ? want_error(ENOMEM) : want_value(0);
}

void op_msync(void)
{
	static const int choices[] = {
		MS_ASYNC, MS_SYNC, MS_SYNC | MS_INVALIDATE, MS_INVALIDATE, 0,
		MS_ASYNC | MS_SYNC, 8,
	};
	struct range range = draw_range();
	size_t size = draw_size(&range);
	int flags = PICK(choices);
	struct want want;

	if (one_in(32))
		range.address += 1 + below(PAGE - 1);
	describe("(%#lx, %#lx, %#lx)", (long)range.address, (long)size, flags);
	if (flags == 8 || flags == (MS_ASYNC | MS_SYNC) || range.address % PAGE)
		want = want_error(EINVAL);
	else
		want = msync_answer(&range, flags);
	check(msync((void *)range.address, size, flags), want);
}
