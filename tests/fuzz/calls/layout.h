/* SPDX-License-Identifier: GPL-2.0-only */
/* The devices that are fuzzed. What the driver is told and what the model knows. */
#ifndef KREGION_FUZZ_LAYOUT_H
#define KREGION_FUZZ_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "kregion.h"

#define PAGE		4096ul
#define MAX_REGIONS	6
#define MAX_PAGES	64	/* of a device */
#define MAX_DEVICES	7
#define CONFIGFS_NAME	"fuzz"

struct region {
	enum kregion_backend_id backend;
	unsigned int pages;
	enum kregion_cache cache;
	bool readonly;
	const char *name;		/* NULL: regionINDEX */
	/* Bytes that the kernel changes at any time: from .. to - 1. */
	unsigned int live_from, live_to;
	unsigned int bytes;		/* 0: all of its pages; set by layout_init() */
	unsigned int first;		/* page; set by layout_init() */
};

/* Who makes a device, and can take it away again. */
enum maker { BY_PARAMETER, BY_DEMO, BY_CONFIGFS, BY_PCI };

struct space;

struct device {
	const char *name;
	bool scope_open;
	enum maker maker;
	bool away;			/* there is no such device now */
	struct region regions[MAX_REGIONS];
	unsigned int nr_regions, pages;	/* set by layout_init() */
	struct space *space;		/* of scope shared; see model.h */
};

extern struct device devices[MAX_DEVICES];
/* Without that of kregion_pci, which is the last, where there is no PCI. */
extern unsigned int nr_devices;
extern const char *pci_address;

/*
 * With @plain no cache attributes, for machines that have none. @pci is the address of
 * an ivshmem-plain with 128 KiB of memory, or NULL.
 */
void layout_init(bool plain, const char *pci);

/* Only device memory is accessed in words, and goes when its device goes. */
bool is_device_memory(const struct region *region);

/* The value for regions= that makes the devices, on stdout. */
void layout_print(void);

/* The region at a page of the device, or NULL behind its end. */
const struct region *region_at(const struct device *device, uint64_t page);

unsigned int region_index(const struct device *device,
			  const struct region *region);

#endif /* KREGION_FUZZ_LAYOUT_H */
