// SPDX-License-Identifier: GPL-2.0-only
#include "layout.h"

#include <stddef.h>
#include <stdio.h>

#include "kregion_demo.h"

#define KMALLOC	KREGION_BACKEND_KMALLOC
#define VMALLOC	KREGION_BACKEND_VMALLOC
#define WC	KREGION_CACHE_WC
#define UC	KREGION_CACHE_UC

struct device devices[NR_DEVICES] = {
	{
		.name = "kregion0",
		.by_parameter = true,
		.regions = {
			{ VMALLOC, 3 }, { KMALLOC, 1 }, { KMALLOC, 16 },
			{ VMALLOC, 5, .readonly = true },
			{ KMALLOC, 2, .readonly = true }, { VMALLOC, 1 },
		},
	}, {
		.name = "kregion1",
		.by_parameter = true,
		.regions = {
			{ VMALLOC, 4, WC }, { KMALLOC, 2, UC },
			{ VMALLOC, 2, UC, .readonly = true },
			{ KMALLOC, 4, WC },
		},
	}, {
		.name = "kregion2",
		.by_parameter = true,
		.scope_open = true,
		.regions = {
			{ VMALLOC, 2 }, { KMALLOC, 3 },
			{ VMALLOC, 1, .readonly = true },
		},
	}, {
		.name = "kregion3",
		.by_parameter = true,
		.regions = { { VMALLOC, 64 } },
	}, {
		.name = "kregion-demo",
		.regions = {
			{ VMALLOC, 16, .name = "vmalloc" },
			{ KMALLOC, 16, .name = "kmalloc" },
			{ KMALLOC, 1, .readonly = true, .name = "status",
			  .live_from = offsetof(struct kregion_demo_status,
						sequence),
			  .live_to = sizeof(struct kregion_demo_status) },
		},
	},
};

void layout_init(bool plain)
{
	struct device *device;
	unsigned int i;

	for (device = devices; device < devices + NR_DEVICES; device++) {
		for (i = 0; i < MAX_REGIONS && device->regions[i].pages; i++) {
			device->regions[i].first = device->pages;
			device->pages += device->regions[i].pages;
			if (plain)
				device->regions[i].cache = KREGION_CACHE_WB;
		}
		device->nr_regions = i;
	}
}

static void print_region(const struct region *region)
{
	static const char *const caches[] = { "", ":wc", ":uc" };

	printf("%s:%up%s%s", region->backend == KMALLOC ? "kmalloc" : "vmalloc",
	       region->pages, caches[region->cache],
	       region->readonly ? ":ro" : "");
}

void layout_print(void)
{
	const struct device *device;
	unsigned int i;

	for (device = devices; device < devices + NR_DEVICES; device++) {
		if (!device->by_parameter)
			continue;
		if (device > devices)
			putchar(';');
		if (device->scope_open)
			printf("scope=open,");
		for (i = 0; i < device->nr_regions; i++) {
			if (i)
				putchar(',');
			print_region(&device->regions[i]);
		}
	}
	putchar('\n');
}

const struct region *region_at(const struct device *device, uint64_t page)
{
	unsigned int i;

	for (i = 0; i < device->nr_regions; i++) {
		const struct region *region = &device->regions[i];

		if (page >= region->first &&
		    page < region->first + region->pages)
			return region;
	}
	return NULL;
}

unsigned int region_index(const struct device *device,
			  const struct region *region)
{
	return (unsigned int)(region - device->regions);
}
