// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap. A mapping of a device can be shrunk and moved, never grown, doubled or left
 * behind (MREMAP_DONTUNMAP).
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "traits.h"
#include "user-memory.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

#define ALL_FLAGS	(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)
#define HAS_ADDRESS	(MREMAP_FIXED | MREMAP_DONTUNMAP)

struct mremap_call {
	uintptr_t from, to;
	size_t old_len, new_len;
	int flags;
};

static int draw_flags(void)
{
	static const int flags[] = {
		0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED,
		MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED,
		MREMAP_MAYMOVE | MREMAP_FIXED,
	};

	return one_in(16) ? (int)below(16) : PICK(flags);
}

static size_t draw_new_length(size_t old)
{
	switch (below(8)) {
	case 0:
		return one_in(4) ? 0 : HUGE_LENGTH;
	case 1:
		return old + (1 + below(8)) * PAGE;
	case 2:
	case 3:
		return (1 + below(old / PAGE)) * PAGE;
	case 4:
		return old - below(PAGE);
	default:
		return old;
	}
}

static void draw_target(struct mremap_call *call)
{
	size_t size = call->new_len < HUGE_LENGTH ? call->new_len : 0;
	size_t pages = (size > call->old_len ? size : call->old_len) / PAGE + 1;

	call->to = ARENA + below(ARENA_PAGES - 1 - pages) * PAGE;
	if (one_in(16))
		call->to = call->from + below(pages) * PAGE;
	if (one_in(32))
		call->to += 1 + below(PAGE - 1);
	/* Nothing but ours may be replaced. */
	if (!in_arena(call->to, pages * PAGE))
		call->to = ARENA;
}

static struct mremap_call draw_mremap(void)
{
	struct range range = draw_range();
	struct mremap_call call = {
		.from = range.address,
		.old_len = range.pages * PAGE,
		.flags = draw_flags(),
	};

	call.new_len = draw_new_length(call.old_len);
	draw_target(&call);
	if (one_in(16))
		call.old_len = 0;
	if (one_in(32))
		call.from += 1 + below(PAGE - 1);
	describe("(%#lx, %#lx, %#lx, flags %#lx, %#lx)", (long)call.from,
		 (long)call.old_len, (long)call.new_len, call.flags,
		 (long)call.to);
	return call;
}

static bool overlaps(const struct mremap_call *call)
{
	return call->from + call->old_len > call->to &&
	       call->to + call->new_len > call->from;
}

/* Wrong whatever is mapped. */
static bool is_wrong(const struct mremap_call *call)
{
	return call->flags & ~ALL_FLAGS || call->from % PAGE || !call->new_len ||
	       (call->flags & HAS_ADDRESS && !(call->flags & MREMAP_MAYMOVE)) ||
	       (call->flags & MREMAP_DONTUNMAP &&
		call->old_len != call->new_len);
}

/* Wrong as well, but before 6.17 only where something is mapped. */
static bool is_wrong_target(const struct mremap_call *call)
{
	if (!(call->flags & HAS_ADDRESS))
		return call->new_len >= HUGE_LENGTH;
	return call->new_len >= HUGE_LENGTH || call->to % PAGE ||
	       overlaps(call);
}

/* May the mapping at the address have the new length, at a new place? */
static struct want resize_answer(const struct mremap_call *call, size_t old_len)
{
	const struct map *map = map_at(call->from);

	if (!map)
		return want_error(EFAULT);
	if (!old_len && !map->shared)
		return want_error(EINVAL);
	if (call->flags & MREMAP_DONTUNMAP)
		return want_error(EINVAL);
	if (old_len > map_end(map) - call->from || old_len != call->new_len)
		return want_error(EFAULT);
	return want_value((long)call->to);
}

/* All that is mapped in the range; what lies where a piece comes to is unmapped. */
static struct want move_several(const struct mremap_call *call)
{
	uintptr_t start = call->from, end = start + call->new_len, stop;
	uintptr_t away = call->to - call->from;
	struct map *map;

	if (call->flags & MREMAP_DONTUNMAP)
		return want_error(EINVAL);
	while ((map = map_from(start)) && map->address < end) {
		if (map->address > start)
			start = map->address;
		stop = map_end(map) < end ? map_end(map) : end;
		maps_cut(start + away, stop + away);
		maps_move(start, stop, start + away);
		start = stop;
	}
	return want_value((long)call->to);
}

/* Do what the kernel does, and return what it returns. */
static struct want move(const struct mremap_call *call)
{
	bool shrinks = call->old_len > call->new_len;
	size_t old_len = shrinks ? call->new_len : call->old_len;
	struct want want;

	if (traits.mremap_moves_several && call->flags & MREMAP_FIXED &&
	    call->old_len == call->new_len)
		return move_several(call);
	if (traits.mremap_checks_first) {
		want = resize_answer(call, old_len);
		if (want.errors[0])
			return want;
	}
	if (call->flags & MREMAP_FIXED)
		maps_cut(call->to, call->to + call->new_len);
	if (shrinks)
		maps_cut(call->from + call->new_len,
			 call->from + call->old_len);
	/* The source may be gone: one of no bytes does not overlap the target. */
	want = resize_answer(call, old_len);
	if (!want.errors[0])
		maps_move(call->from, call->from + old_len, call->to);
	return want;
}

/* Grow, shrink, or nothing, where it is. */
static struct want resize(const struct mremap_call *call)
{
	const struct map *map = map_at(call->from);

	if (call->new_len <= call->old_len) {
		maps_cut(call->from + call->new_len,
			 call->from + call->old_len);
		return want_value((long)call->from);
	}
	if (!call->old_len && !map->shared)
		return want_error(EINVAL);
	return want_error(EFAULT);
}

static struct want answer(struct mremap_call call)
{
	/* 6.17 rounds the lengths before it compares them, others after. */
	if (is_wrong(&call) && call.flags & MREMAP_DONTUNMAP)
		return want_either(EINVAL, EFAULT);
	if (is_wrong(&call))
		return want_error(EINVAL);
	if (call.new_len < HUGE_LENGTH)
		call.new_len = (call.new_len + PAGE - 1) & ~(PAGE - 1);
	if (is_wrong_target(&call) && call.flags & HAS_ADDRESS &&
	    map_at(call.from))
		return want_error(EINVAL);
	if (is_wrong_target(&call))
		return want_either(EINVAL, EFAULT);
	if (!map_at(call.from))
		return want_error(EFAULT);
	return call.flags & HAS_ADDRESS ? move(&call) : resize(&call);
}

void op_mremap(void)
{
	struct mremap_call call = draw_mremap();
	long got = syscall(SYS_mremap, call.from, call.old_len, call.new_len,
			   call.flags, call.to);
	struct map *map;

	if (!check(got, answer(call)))
		return;
	map = map_at((uintptr_t)got);
	if (map)
		audit_map(map, 0, map->pages * PAGE);
}
