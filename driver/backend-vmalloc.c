// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backend vmalloc: memory of any size, scattered over physical pages, mapped
 * page by page.
 *
 * Why not a loop of one-page remap_pfn_range() calls, as in older drivers: for
 * a private writable mapping of more than one page it fails with -EINVAL, and
 * each call looks the page's memory type up, while each vmalloc_to_pfn() walks
 * the kernel's page table.
 *
 * vmalloc() itself gives write-back memory only. With another cache attribute a
 * region is made of single pages that get it, and of a vmap() with the same, so
 * that no alias of another type is left.
 */
#include <linux/limits.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* apply_to_page_range() does not reschedule: hand it this much at once. */
#define MAP_CHUNK	SZ_64M

static void free_pages_array(struct page **pages, unsigned long nr)
{
	while (nr) {
		__free_page(pages[--nr]);
		cond_resched();
	}
	kvfree(pages);
}

static struct page **alloc_pages_array(unsigned long nr, gfp_t gfp)
{
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), gfp);
	unsigned long i;

	if (!pages)
		return NULL;
	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(gfp | __GFP_ZERO);
		if (!pages[i] || fatal_signal_pending(current)) {
			free_pages_array(pages, i + !!pages[i]);
			return NULL;
		}
		cond_resched();
	}
	return pages;
}

/* Pages that cannot be made write-back again are lost rather than handed on. */
static void free_with_cache(struct kregion_region *region)
{
	vunmap(region->address);
	if (!kregion_cache_reset_array(region->page_array, region->pages))
		free_pages_array(region->page_array, region->pages);
}

static int alloc_with_cache(struct kregion_region *region, gfp_t gfp)
{
	pgprot_t prot = kregion_cache_pgprot(region->cache, PAGE_KERNEL);

	if (region->pages > INT_MAX || region->pages > totalram_pages())
		return -ENOMEM;
	region->page_array = alloc_pages_array(region->pages, gfp);
	if (!region->page_array)
		return -ENOMEM;
	if (!kregion_cache_set_array(region->page_array, region->pages,
				     region->cache))
		region->address = vmap(region->page_array, region->pages,
				       VM_MAP, prot);
	if (region->address)
		return 0;
	free_with_cache(region);
	return -ENOMEM;
}

static int alloc_write_back(struct kregion_region *region, gfp_t gfp)
{
	region->address = __vmalloc(region->bytes,
				    gfp | __GFP_ZERO);
	return region->address ? 0 : -ENOMEM;
}

static void free_memory(struct kregion_region *region)
{
	if (kregion_region_write_back(region))
		vfree(region->address);
	else
		free_with_cache(region);
}

/*
 * RETRY_MAYFAIL: rather fail than have the OOM killer make room. The memory comes
 * first, since a size beyond all memory is refused there before anything is taken.
 */
static int vmalloc_backend_alloc(struct kregion_region *region, gfp_t gfp)
{
	unsigned long i;
	int err;

	gfp |= __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	if (kregion_region_write_back(region))
		err = alloc_write_back(region, gfp);
	else
		err = alloc_with_cache(region, gfp);
	if (err)
		return err;
	region->pfns = kvmalloc_array(region->pages, sizeof(*region->pfns),
				      gfp);
	if (!region->pfns) {
		free_memory(region);
		return -ENOMEM;
	}
	for (i = 0; i < region->pages; i++) {
		region->pfns[i] = vmalloc_to_pfn(region->address +
						 i * PAGE_SIZE);
		cond_resched();
	}
	return 0;
}

static void vmalloc_backend_free(struct kregion_region *region)
{
	free_memory(region);
	kvfree(region->pfns);
}

static unsigned long vmalloc_backend_pfn(const struct kregion_region *region,
					 unsigned long page)
{
	return region->pfns[page];
}

struct pte_writer {
	struct mm_struct *mm;
	pgprot_t prot;
	const unsigned long *pfn;	/* of the next page */
};

/*
 * A special entry has no struct page for the kernel to count, and is told from
 * the copies in a private mapping by its special bit, whatever its place.
 */
static int write_pte(pte_t *pte, unsigned long addr, void *data)
{
	struct pte_writer *writer = data;
	pte_t entry = pte_mkspecial(pfn_pte(*writer->pfn++, writer->prot));

	set_pte_at(writer->mm, addr, pte, kregion_pte_noexec(entry));
	return 0;
}

static int vmalloc_backend_map(const struct kregion_region *region,
			       unsigned long page, struct vm_area_struct *vma,
			       pgprot_t prot)
{
	struct pte_writer writer = {
		.mm = vma->vm_mm,
		.prot = prot,
		.pfn = &region->pfns[page],
	};
	unsigned long addr, len;
	int err;

	for (addr = vma->vm_start; addr < vma->vm_end; addr += len) {
		len = min_t(unsigned long, vma->vm_end - addr, MAP_CHUNK);
		err = apply_to_page_range(vma->vm_mm, addr, len, write_pte,
					  &writer);
		if (err)
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

const struct kregion_backend kregion_vmalloc_backend = {
	.name = "vmalloc",
	.alloc = vmalloc_backend_alloc,
	.free = vmalloc_backend_free,
	.pfn = vmalloc_backend_pfn,
	.map = vmalloc_backend_map,
};
