// SPDX-License-Identifier: GPL-2.0-only
/* mmap and munmap. */
#include <errno.h>
#include <limits.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "traits.h"
#include "user-memory.h"

#define MAP_TYPES	0xf
#define UNKNOWN_FLAG	0x200000
/* Flags that MAP_SHARED_VALIDATE does not know, or not for this file. */
#define NOT_LEGACY	(MAP_SYNC | MAP_FIXED_NOREPLACE | UNKNOWN_FLAG)

struct mmap_call {
	struct drawn_fd fd;
	uintptr_t address;
	size_t len, pages;	/* pages: 0 when there is no such range */
	int prot, flags;
	off_t offset;
};

static int draw_flags(void)
{
	static const int types[] = {
		MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_SHARED,
		MAP_PRIVATE, MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED_VALIDATE,
	};
	static const int extras[] = {
		MAP_POPULATE, MAP_LOCKED, MAP_NORESERVE, MAP_NONBLOCK,
		MAP_STACK, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_POPULATE,
		MAP_GROWSDOWN, MAP_HUGETLB, MAP_SYNC, UNKNOWN_FLAG,
	};
	int flags = one_in(32) ? (int)below(16) : PICK(types);

	while (one_in(4))
		flags |= PICK(extras);
	return flags;
}

/* Anywhere, at a place of the arena if it is free, or there in any case. */
static void draw_place(struct mmap_call *call)
{
	call->address = ARENA + below(ARENA_PAGES) * PAGE;
	switch (below(16)) {
	case 0:
		call->address = 0;
		break;
	case 1:
		call->address = 0;
		call->flags |= MAP_32BIT;
		break;
	case 2:
		call->address += below(PAGE);
		break;
	case 3:
		call->address += below(PAGE);
		call->flags |= MAP_FIXED;
		break;
	case 4:
		call->flags |= MAP_FIXED_NOREPLACE;
		break;
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
		call->flags |= MAP_FIXED;
		break;
	}
	/* Nothing but ours may be replaced. */
	if (call->len < HUGE_LENGTH && !in_arena(call->address, call->len + PAGE))
		call->flags &= ~(MAP_FIXED | MAP_FIXED_NOREPLACE);
}

static size_t draw_map_length(size_t rest)
{
	static const size_t far[] = {
		SIZE_MAX, SIZE_MAX - PAGE, SIZE_MAX - PAGE + 1, HUGE_LENGTH,
		1ul << 62,
	};
	size_t pages = rest / PAGE;

	switch (below(16)) {
	case 0:
		return one_in(2) ? 0 : PICK(far);
	case 1:
		return rest + 1 + below(2 * PAGE);
	case 2:
		return rest - (rest ? below(PAGE) : 0);
	case 3:
	case 4:
	case 5:
		return rest;
	case 6:
		return PAGE;
	default:
		return (1 + below(pages)) * PAGE - (one_in(8) ? below(PAGE) : 0);
	}
}

static struct mmap_call draw_mmap(void)
{
	struct mmap_call call = { .fd = draw_fd(), .prot = draw_protection() };
	const struct device *device = call.fd.device;
	const struct region *region;

	region = &device->regions[below(device->nr_regions)];
	call.offset = (off_t)((region->first + draw_edge(region->pages)) * PAGE);
	if (one_in(8))
		call.offset = draw_offset(device) & ~(off_t)(PAGE - 1);
	if (one_in(64))
		call.offset = draw_offset(device);
	call.len = draw_map_length(bytes_left(device, call.offset));
	call.flags = draw_flags();
	draw_place(&call);
	if (call.len < HUGE_LENGTH)
		call.pages = (call.len + PAGE - 1) / PAGE;
	describe("(%#lx, %#lx, prot %ld, flags %#lx, %ld, %#lx)",
		 (long)call.address, (long)call.len, call.prot, call.flags,
		 call.fd.number, call.offset);
	return call;
}

/* What is looked at before the file's flags. */
static struct want place_answer(const struct mmap_call *call)
{
	bool fixed = call->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);

	if (call->offset % PAGE)
		return want_error(EINVAL);
	if (!call->fd.file)
		return want_error(EBADF);
	if (call->flags & MAP_HUGETLB || !call->len)
		return want_error(EINVAL);
	if (call->len >= HUGE_LENGTH)
		return want_error(ENOMEM);
	if (fixed && call->address % PAGE)
		return want_error(EINVAL);
	if (call->flags & MAP_FIXED_NOREPLACE &&
	    maps_overlap(call->address, call->address + call->pages * PAGE))
		return want_error(EEXIST);
	if ((uint64_t)call->offset / PAGE >
	    (ULONG_MAX - call->pages * PAGE) / PAGE)
		return want_error(EOVERFLOW);
	return want_value(0);
}

static struct want type_answer(const struct mmap_call *call)
{
	const struct file *file = call->fd.file;
	int type = call->flags & MAP_TYPES;
	bool shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;

	if (!shared && type != MAP_PRIVATE)
		return want_error(EINVAL);
	if (type == MAP_SHARED_VALIDATE && call->flags & NOT_LEGACY)
		return want_error(EOPNOTSUPP);
	if (shared && call->prot & PROT_WRITE && !file->can_write)
		return want_error(EACCES);
	if (!file->can_read)
		return want_error(EACCES);
	if (call->prot & PROT_EXEC && traits.dev_is_noexec)
		return want_error(EPERM);
	if (call->flags & MAP_GROWSDOWN)
		return want_error(EINVAL);
	return want_value(0);
}

static struct want driver_answer(const struct mmap_call *call)
{
	const struct file *file = call->fd.file;
	const struct region *region;
	bool shared = (call->flags & MAP_TYPES) != MAP_PRIVATE;

	if (file->gone)
		return want_error(ENODEV);
	region = region_at(file->device, (uint64_t)call->offset / PAGE);
	if (!region)
		return want_error(ENXIO);
	if (call->pages * PAGE > bytes_left(file->device, call->offset))
		return want_error(EINVAL);
	if (call->prot & PROT_EXEC)
		return want_error(EPERM);
	if (is_device_memory(region) && !shared && call->prot & PROT_WRITE)
		return want_error(EOPNOTSUPP);
	if (region->readonly && shared && call->prot & PROT_WRITE)
		return want_error(EACCES);
	return want_value(0);
}

/* Where the kernel must put it, or 0. */
static uintptr_t place_of(const struct mmap_call *call)
{
	uintptr_t address = call->address & ~(PAGE - 1);

	if (call->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return call->address;
	if (!address || call->flags & MAP_32BIT ||
	    maps_overlap(address, address + call->pages * PAGE))
		return 0;
	return address;
}

static void check_place(const struct mmap_call *call, long got)
{
	uintptr_t wanted = place_of(call), address = (uintptr_t)got;

	if (got == -1 || wanted) {
		check(got, want_value((long)wanted));
		return;
	}
	if (address % PAGE || maps_overlap(address, address + call->pages * PAGE))
		mismatch("mapped at %#lx, where something else is", got);
	if (call->flags & MAP_32BIT && address >> 32)
		mismatch("mapped at %#lx, above 4 GiB", got);
	check_success();
}

static struct map *know_mapped(const struct mmap_call *call, uintptr_t address)
{
	struct file *file = call->fd.file;
	struct map *map = map_new();
	uint64_t page = (uint64_t)call->offset / PAGE;

	*map = (struct map){
		.address = address,
		.pages = (unsigned int)call->pages,
		.file = file,
		.region = region_at(file->device, page),
		.first = (unsigned int)page,
		.shared = (call->flags & MAP_TYPES) != MAP_PRIVATE,
		.flags = call->prot & 7,
	};
	if (call->flags & MAP_STACK && traits.stack_is_nohuge)
		map->flags |= ADVICE_NOHUGE;
	map->writes_through = map->shared && file->can_write;
	map->may_write = map->shared ?
			 file->can_write && !map->region->readonly :
			 !is_device_memory(map->region);
	file->maps++;
	return map;
}

static void audit_edges(const struct map *map)
{
	size_t size = map->pages * PAGE;

	audit_map(map, 0, 16);
	audit_map(map, below(size / 16) * 16, 16);
	audit_map(map, size - 16, 16);
}

void op_mmap(void)
{
	struct mmap_call call = draw_mmap();
	uintptr_t end = call.address + call.pages * PAGE;
	struct want want = place_answer(&call);
	bool asks_driver;
	long got;

	if (!want.errors[0])
		want = type_answer(&call);
	asks_driver = !want.errors[0];
	if (asks_driver)
		want = driver_answer(&call);
	got = syscall(SYS_mmap, call.address, call.len, call.prot, call.flags,
		      call.fd.number, call.offset);
	if (want.errors[0])
		check(got, want);
	else
		check_place(&call, got);
	/* The kernel makes room before it asks, and there is no way back. */
	if (asks_driver && call.flags & MAP_FIXED)
		maps_cut(call.address, end);
	if (!want.errors[0])
		audit_edges(know_mapped(&call, (uintptr_t)got));
}

/* All of a mapping when there are many, so that there are fewer. */
static struct range draw_unmapped(void)
{
	struct map *map;

	if (nr_maps < MANY_MAPS)
		return draw_range();
	map = &maps[below(nr_maps)];
	return (struct range){ map->address, map->pages, map };
}

void op_munmap(void)
{
	struct range range = draw_unmapped();
	size_t size = draw_size(&range);
	struct want want = want_value(0);

	switch (below(32)) {
	case 0:
		range.address += 1 + below(PAGE - 1);
		want = want_error(EINVAL);
		break;
	case 1:
		size = one_in(2) ? 0 : SIZE_MAX - below(2 * PAGE);
		want = want_error(EINVAL);
		break;
	}
	describe("(%#lx, %#lx)", (long)range.address, (long)size);
	if (!check(munmap((void *)range.address, size), want))
		return;
	maps_cut(range.address, range.address + range.pages * PAGE);
	if (is_mapped(range.address))
		mismatch("still mapped");
}
