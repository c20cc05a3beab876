// SPDX-License-Identifier: GPL-2.0-only
/* Regions: find one by index, name or offset. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

unsigned int kregion_count(const struct kregion *device)
{
	return device->count;
}

const struct kregion_region *kregion_by_index(const struct kregion *device,
					      unsigned int index)
{
	if (index < device->count)
		return &device->entries[index].region;
	errno = ENXIO;
	return NULL;
}

const struct kregion_region *kregion_by_name(const struct kregion *device,
					     const char *name)
{
	unsigned int i;

	for (i = 0; i < device->count; i++) {
		if (!strcmp(device->entries[i].name, name))
			return &device->entries[i].region;
	}
	errno = ENOENT;
	return NULL;
}

static int compare(const void *key, const void *element)
{
	const struct kregion_entry *entry = element;
	uint64_t offset = *(const uint64_t *)key;

	if (offset < entry->region.offset)
		return -1;
	return offset - entry->region.offset >= entry->region.size;
}

const struct kregion_region *kregion_by_offset(const struct kregion *device,
					       uint64_t offset)
{
	const struct kregion_entry *entry;

	entry = bsearch(&offset, device->entries, device->count,
			sizeof(*device->entries), compare);
	if (entry)
		return &entry->region;
	errno = ENXIO;
	return NULL;
}
