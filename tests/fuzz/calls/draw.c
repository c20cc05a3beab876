// SPDX-License-Identifier: GPL-2.0-only
#include "draw.h"

#include <limits.h>
#include <sys/mman.h>

#include "user-memory.h"

struct drawn_fd draw_fd(void)
{
	struct drawn_fd drawn = { .device = &devices[0] };
	struct fd *fd;

	if (!nr_fds || one_in(32)) {
		drawn.number = one_in(2) ? -1 : 1000;
		return drawn;
	}
	fd = &fds[below(nr_fds)];
	drawn.number = fd->number;
	drawn.device = fd->file->device;
	if (!fd->file->path)
		drawn.file = fd->file;
	return drawn;
}

size_t draw_edge(size_t limit)
{
	switch (below(4)) {
	case 0:
		return 0;
	case 1:
		return limit ? limit - 1 : 0;
	default:
		return below(limit);
	}
}

/* Around the border of two regions, or of the device. */
static off_t draw_border(const struct device *device)
{
	size_t index = draw_edge(device->nr_regions + 1);
	size_t page = index == device->nr_regions ?
		device->pages : device->regions[index].first;

	return (off_t)(page * PAGE + below(17)) - 8;
}

off_t draw_offset(const struct device *device)
{
	static const off_t far[] = {
		-1, -(off_t)PAGE, LONG_MIN, LONG_MAX, LONG_MAX - 4095,
		1l << 32, 1l << 44, 1l << 52,
	};

	switch (below(16)) {
	case 0:
		return PICK(far);
	case 1:
		return (off_t)(device->pages * PAGE + below(4 * PAGE));
	case 2:
	case 3:
	case 4:
		return draw_border(device);
	case 5:
	case 6:
	case 7:
		return (off_t)(below(device->pages) * PAGE);
	default:
		return (off_t)below(device->pages * PAGE);
	}
}

size_t draw_length(size_t rest)
{
	static const size_t edges[] = {
		0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE,
	};
	/* The third is a length that the kernel shortens. */
	static const size_t far[] = {
		SIZE_MAX, 1ul << 63, 1ul << 45, HUGE_LENGTH, SIZE_MAX - PAGE,
	};

	switch (below(16)) {
	case 0:
		return PICK(far);
	case 1:
		return rest;
	case 2:
		return rest + 1;
	case 3:
		return rest ? rest - 1 : 0;
	case 4:
	case 5:
		return PICK(edges);
	case 6:
		return below(rest + PAGE);
	case 7:
		return below(PAGE);
	default:
		return below(64);
	}
}

size_t bytes_left(const struct device *device, off_t offset)
{
	const struct region *region;

	if (offset < 0)
		return 0;
	region = region_at(device, (uint64_t)offset / PAGE);
	if (!region)
		return 0;
	return (region->first + region->pages) * PAGE - (size_t)offset;
}

/* Beyond the end of a mapping there may be something that is not ours. */
static void clip(struct range *range)
{
	if (!in_arena(range->address, range->pages * PAGE))
		range->pages = (map_end(range->map) - range->address) / PAGE;
}

struct range draw_range(void)
{
	struct range range;
	size_t first;

	if (!nr_maps || one_in(20)) {
		first = below(ARENA_PAGES - 1);
		range.map = NULL;
		range.address = ARENA + first * PAGE;
		range.pages = 1 + below(ARENA_PAGES - 1 - first);
		if (range.pages > 32)
			range.pages = 32;
		return range;
	}
	range.map = &maps[below(nr_maps)];
	first = draw_edge(range.map->pages);
	range.address = range.map->address + first * PAGE;
	range.pages = range.map->pages - first;
	switch (below(4)) {
	case 0:
		range.pages = 1;
		break;
	case 1:
		range.pages = 1 + below(range.pages);
		break;
	case 2:
		if (one_in(2))
			range.pages += 1 + below(16);
		break;
	}
	clip(&range);
	return range;
}

size_t draw_size(const struct range *range)
{
	return range->pages * PAGE - (one_in(8) ? below(PAGE) : 0);
}

int draw_protection(void)
{
	static const int usual[] = {
		PROT_READ, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_WRITE,
	};

	return one_in(12) ? (int)below(8) : PICK(usual);
}
