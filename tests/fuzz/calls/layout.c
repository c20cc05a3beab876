// SPDX-License-Identifier: GPL-2.0-only
#include "layout.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "kregion_demo.h"

#define KMALLOC	KREGION_BACKEND_KMALLOC
#define VMALLOC	KREGION_BACKEND_VMALLOC
#define IOMEM	KREGION_BACKEND_IOMEM
#define WC	KREGION_CACHE_WC
#define UC	KREGION_CACHE_UC

static char pci_name[32];

struct device devices[MAX_DEVICES] = {
	{
		.name = "kregion0",
		.regions = {
			{ VMALLOC, 3 }, { KMALLOC, 1 }, { KMALLOC, 16 },
			{ VMALLOC, 5, .readonly = true },
			{ KMALLOC, 2, .readonly = true }, { VMALLOC, 1 },
		},
	}, {
		.name = "kregion1",
		.regions = {
			{ VMALLOC, 4, WC }, { KMALLOC, 2, UC },
			{ VMALLOC, 2, UC, .readonly = true },
			{ KMALLOC, 4, WC },
		},
	}, {
		.name = "kregion2",
		.scope_open = true,
		.regions = {
			{ VMALLOC, 2 }, { KMALLOC, 3 },
			{ VMALLOC, 1, .readonly = true },
		},
	}, {
		.name = "kregion3",
		.regions = { { VMALLOC, 64 } },
	}, {
		.name = "kregion-demo",
		.maker = BY_DEMO,
		.regions = {
			{ VMALLOC, 16, .name = "vmalloc" },
			{ KMALLOC, 16, .name = "kmalloc" },
			{ KMALLOC, 1, .readonly = true, .name = "status",
			  .live_from = offsetof(struct kregion_demo_status,
						sequence),
			  .live_to = sizeof(struct kregion_demo_status) },
		},
	}, {
		.name = "kregion-" CONFIGFS_NAME,
		.maker = BY_CONFIGFS,
		.scope_open = true,
		.regions = {
			{ VMALLOC, 3, .name = "rw" },
			{ KMALLOC, 2, .readonly = true, .name = "ro" },
			{ VMALLOC, 1, WC, .name = "wc" },
		},
	}, {
		/* Registers that answer what they like, and memory. */
		.name = pci_name,
		.maker = BY_PCI,
		.regions = {
			{ IOMEM, 1, UC, .name = "bar0", .bytes = 256,
			  .live_to = PAGE },
			{ IOMEM, 32, WC, .name = "bar2" },
		},
	},
};

unsigned int nr_devices = MAX_DEVICES;
const char *pci_address;

/* As the driver names it: "pci-" and the address, in characters of a name. */
static void name_pci(const char *address)
{
	char *c;

	snprintf(pci_name, sizeof(pci_name), "kregion-pci-%s", address);
	for (c = pci_name; *c; c++)
		*c = strchr(":.", *c) ? '-' : *c;
}

static void region_init(struct device *device, struct region *region,
			bool plain)
{
	region->first = device->pages;
	device->pages += region->pages;
	if (!region->bytes)
		region->bytes = region->pages * PAGE;
	if (plain)
		region->cache = is_device_memory(region) ? UC :
							   KREGION_CACHE_WB;
}

void layout_init(bool plain, const char *pci)
{
	struct device *device;
	unsigned int i;

	pci_address = pci;
	if (pci)
		name_pci(pci);
	else
		nr_devices--;
	for (device = devices; device < devices + nr_devices; device++) {
		for (i = 0; i < MAX_REGIONS && device->regions[i].pages; i++)
			region_init(device, &device->regions[i], plain);
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

	for (device = devices; device < devices + nr_devices; device++) {
		if (device->maker != BY_PARAMETER)
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

bool is_device_memory(const struct region *region)
{
	return region->backend == IOMEM;
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
