// SPDX-License-Identifier: GPL-2.0-only
/* Backend kmalloc: physically contiguous memory, mapped by one remap. */
#include <linux/io.h>
#include <linux/slab.h>

#include "internal.h"

/* Pages of its own: kmalloc() may give a piece of a slab, which others share. */
static int alloc_with_cache(struct kregion_region *region, gfp_t gfp)
{
	size_t size = region->bytes;

	region->address = alloc_pages_exact(size, gfp | __GFP_ZERO);
	if (!region->address)
		return -ENOMEM;
	if (!kregion_cache_set(region->address, region->pages, region->cache))
		return 0;
	if (!kregion_cache_reset(region->address, region->pages))
		free_pages_exact(region->address, size);
	return -ENOMEM;
}

/*
 * kmalloc() aligns sizes of a power of two to themselves, hence to a page
 * (commit 59bb47985c1d, 5.4); above 8 KiB it hands out whole pages anyway.
 * RETRY_MAYFAIL: rather fail than have the OOM killer make room.
 */
static int kmalloc_backend_alloc(struct kregion_region *region, gfp_t gfp)
{
	gfp |= __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	if (!kregion_region_write_back(region))
		return alloc_with_cache(region, gfp);
	region->address = kzalloc(region->bytes, gfp);
	return region->address ? 0 : -ENOMEM;
}

/* Memory that cannot be made write-back again is lost rather than handed on. */
static void kmalloc_backend_free(struct kregion_region *region)
{
	if (kregion_region_write_back(region))
		kfree(region->address);
	else if (!kregion_cache_reset(region->address, region->pages))
		free_pages_exact(region->address, region->bytes);
}

static unsigned long kmalloc_backend_pfn(const struct kregion_region *region,
					 unsigned long page)
{
	return PHYS_PFN(virt_to_phys(region->address)) + page;
}

/*
 * For a private mapping remap_pfn_range() leaves two things that do harm:
 *
 * - the PFN in vm_pgoff, which /proc/PID/maps shows to everyone. Entries have the
 *   special bit, so nothing looks for the PFN there.
 * - VM_PAT, by which x86 looks for the mapping's memory type in its first page.
 *   Once that page has a private copy, fork(2) finds no type and fails with
 *   ENOMEM (5.10, 6.1 and 6.12). RAM has no type to track.
 */
static int kmalloc_backend_map(const struct kregion_region *region,
			       unsigned long page, struct vm_area_struct *vma,
			       pgprot_t prot)
{
	unsigned long pgoff = vma->vm_pgoff;
	int err = remap_pfn_range(vma, vma->vm_start,
				  kmalloc_backend_pfn(region, page),
				  vma->vm_end - vma->vm_start, prot);

	if (err)
		return err;
	vma->vm_pgoff = pgoff;
	vm_flags_clear(vma, VM_PAT);
	return 0;
}

const struct kregion_backend kregion_kmalloc_backend = {
	.name = "kmalloc",
	.contiguous = true,
	.max_size = KMALLOC_MAX_SIZE,
	.max_size_hint = "at most what kmalloc can give (4M on x86)",
	.alloc = kmalloc_backend_alloc,
	.free = kmalloc_backend_free,
	.pfn = kmalloc_backend_pfn,
	.map = kmalloc_backend_map,
};
