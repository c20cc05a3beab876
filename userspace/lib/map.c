// SPDX-License-Identifier: GPL-2.0-only
/* Mappings of any bytes: mmap() takes whole pages only. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "internal.h"

int kregion_to_pages(uint64_t offset, size_t length, size_t page_size,
		     struct kregion_pages *pages)
{
	size_t last = page_size - 1;
	size_t skip = (size_t)offset & last;

	if (length > SIZE_MAX - skip - last) {
		errno = ENOMEM;
		return -1;
	}
	pages->offset = offset - skip;
	pages->skip = skip;
	pages->length = (skip + length + last) & ~last;
	return 0;
}

/* By bytes, where the driver would see whole pages: a BAR may be smaller. */
static int check(const struct kregion_region *region, uint64_t offset,
		 size_t length, unsigned int flags)
{
	if (!region)
		return -1;
	if (!length || length > region->size - (offset - region->offset) ||
	    flags & ~(KREGION_MAP_READ_ONLY | KREGION_MAP_PRIVATE)) {
		errno = EINVAL;
		return -1;
	}
	if (!(region->flags & KREGION_MAPPABLE)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return 0;
}

int kregion_map(const struct kregion *device, struct kregion_map *map,
		uint64_t offset, size_t length, unsigned int flags)
{
	int sharing = flags & KREGION_MAP_PRIVATE ? MAP_PRIVATE : MAP_SHARED;
	int prot = PROT_READ;
	struct kregion_pages pages;
	void *address;

	if (check(kregion_by_offset(device, offset), offset, length, flags))
		return -1;
	if (kregion_to_pages(offset, length, device->page_size, &pages))
		return -1;
	if (!(flags & KREGION_MAP_READ_ONLY))
		prot |= PROT_WRITE;
	address = mmap(NULL, pages.length, prot, sharing, device->fd,
		       (off_t)pages.offset);
	if (address == MAP_FAILED)
		return -1;
	map->address = (char *)address + pages.skip;
	map->length = length;
	map->pages = address;
	map->pages_length = pages.length;
	return 0;
}

static int map_region(const struct kregion *device, struct kregion_map *map,
		      const struct kregion_region *region, unsigned int flags)
{
	if (!region)
		return -1;
	if (region->size > SIZE_MAX) {
		errno = ENOMEM;
		return -1;
	}
	return kregion_map(device, map, region->offset, (size_t)region->size,
			   flags);
}

int kregion_map_index(const struct kregion *device, struct kregion_map *map,
		      unsigned int index, unsigned int flags)
{
	return map_region(device, map, kregion_by_index(device, index), flags);
}

int kregion_map_name(const struct kregion *device, struct kregion_map *map,
		     const char *name, unsigned int flags)
{
	return map_region(device, map, kregion_by_name(device, name), flags);
}

int kregion_unmap(struct kregion_map *map)
{
	if (map->pages && munmap(map->pages, map->pages_length))
		return -1;
	memset(map, 0, sizeof(*map));
	return 0;
}
