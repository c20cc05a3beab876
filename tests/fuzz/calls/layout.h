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
#define NR_DEVICES	5

struct region {
	enum kregion_backend_id backend;
	unsigned int pages;
	enum kregion_cache cache;
	bool readonly;
	const char *name;		/* NULL: regionINDEX */
	/* Bytes that the kernel changes at any time: from .. to - 1. */
	unsigned int live_from, live_to;
	unsigned int first;		/* page; set by layout_init() */
};

struct space;

struct device {
	const char *name;
	bool scope_open;
	bool by_parameter;		/* in regions=, not made by another module */
	struct region regions[MAX_REGIONS];
	unsigned int nr_regions, pages;	/* set by layout_init() */
	struct space *space;		/* of scope shared; see model.h */
};

extern struct device devices[NR_DEVICES];

/* With @plain no cache attributes, for machines that have none. */
void layout_init(bool plain);

/* The value for regions= that makes the devices, on stdout. */
void layout_print(void);

/* The region at a page of the device, or NULL behind its end. */
const struct region *region_at(const struct device *device, uint64_t page);

unsigned int region_index(const struct device *device,
			  const struct region *region);

#endif /* KREGION_FUZZ_LAYOUT_H */
