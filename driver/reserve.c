// SPDX-License-Identifier: GPL-2.0-only
/*
 * PG_reserved: set on each page of a region after its allocation, cleared on
 * each page before it is freed. A page that is freed with the flag set is a
 * "Bad page state" and lost to the system.
 */
#include <linux/page-flags.h>

#include "internal.h"

/*
 * The flag's policy (PF_NO_COMPOUND, include/linux/page-flags.h) forbids it on
 * compound pages, which kmalloc() above 8 KiB returns. Debug kernels enforce
 * that with an oops, others do not look.
 */
static bool may_be_reserved(struct page *page)
{
	return !IS_ENABLED(CONFIG_DEBUG_VM_PGFLAGS) || !PageCompound(page);
}

static struct page *region_page(const struct kregion_region *region,
				unsigned long page)
{
	return pfn_to_page(region->backend->pfn(region, page));
}

/**
 * kregion_reserve_pages() - set PG_reserved on each page of a region
 * @region: a region with memory
 *
 * Context: process context, may sleep.
 */
void kregion_reserve_pages(const struct kregion_region *region)
{
	unsigned long i;

	for (i = 0; i < region->pages; i++) {
		struct page *page = region_page(region, i);

		if (may_be_reserved(page))
			SetPageReserved(page);
		cond_resched();
	}
}

/**
 * kregion_unreserve_pages() - clear PG_reserved on each page of a region
 * @region: a region with memory that is about to be freed
 *
 * Context: process context, may sleep.
 */
void kregion_unreserve_pages(const struct kregion_region *region)
{
	unsigned long i;

	for (i = 0; i < region->pages; i++) {
		struct page *page = region_page(region, i);

		if (may_be_reserved(page))
			ClearPageReserved(page);
		cond_resched();
	}
}

/**
 * kregion_reserved_pages() - count the pages that have PG_reserved set now
 * @region: a region with memory
 *
 * Context: process context, may sleep.
 * Return: number of pages, region->pages unless the kernel forbids the flag.
 */
unsigned long kregion_reserved_pages(const struct kregion_region *region)
{
	unsigned long i, reserved = 0;

	for (i = 0; i < region->pages; i++) {
		reserved += PageReserved(region_page(region, i));
		cond_resched();
	}
	return reserved;
}
