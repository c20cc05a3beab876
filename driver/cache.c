// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache attributes: their names, page protections, and the attribute of RAM.
 *
 * On x86 the attribute of RAM belongs to the page, not to one mapping: the
 * kernel's own map of all memory (direct map) must have it first, since aliases
 * of different types are undefined (Intel SDM vol. 3, "Programming the PAT"), and
 * a remap of pages that are write-back there silently becomes write-back.
 */
#define pr_fmt(fmt) "kregion: " fmt

#include <linux/printk.h>	/* 5.10's asm/set_memory.h does not include it */

#include "internal.h"

#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/set_memory.h>
#endif

#ifndef CONFIG_X86	/* never called: kregion_cache_lacks() refuses before */
#define pat_enabled()			false
#define set_memory_wb(addr, pages)	0
#define set_memory_wc(addr, pages)	-EOPNOTSUPP
#define set_memory_uc(addr, pages)	-EOPNOTSUPP
#define set_pages_array_wb(pages, nr)	0
#define set_pages_array_wc(pages, nr)	-EOPNOTSUPP
#define set_pages_array_uc(pages, nr)	-EOPNOTSUPP
#endif

static const char *const names[] = {
	[KREGION_CACHE_WB] = "wb",
	[KREGION_CACHE_WC] = "wc",
	[KREGION_CACHE_UC] = "uc",
};

/**
 * kregion_cache_name() - the name of a cache attribute in regions= and sysfs
 * @cache: enum kregion_cache
 *
 * Return: the name. Any context.
 */
const char *kregion_cache_name(u32 cache)
{
	return names[cache];
}

/**
 * kregion_cache_pgprot() - the page protection of a mapping
 * @cache: enum kregion_cache
 * @prot: that of ordinary memory
 *
 * Return: the same with the attribute. Any context.
 */
pgprot_t kregion_cache_pgprot(u32 cache, pgprot_t prot)
{
	switch (cache) {
	case KREGION_CACHE_WC:
		return pgprot_writecombine(prot);
	case KREGION_CACHE_UC:
		return pgprot_noncached(prot);
	default:
		return prot;
	}
}

/**
 * kregion_cache_has_wc() - does this machine know write-combine?
 *
 * Return: whether it does; where not, ioremap_wc() and pgprot_writecombine() give
 * uncached. Any context.
 */
bool kregion_cache_has_wc(void)
{
	return !IS_ENABLED(CONFIG_X86) || pat_enabled();
}

/**
 * kregion_cache_lacks() - can RAM have this attribute on this machine?
 * @cache: enum kregion_cache, or any other number
 *
 * Return: NULL when it can, otherwise what would be right, for "expected %s".
 */
const char *kregion_cache_lacks(u32 cache)
{
	if (cache == KREGION_CACHE_WB)
		return NULL;
	if (!IS_ENABLED(CONFIG_X86))
		return "cache attribute wb: RAM has no other on this architecture";
	if (cache >= ARRAY_SIZE(names))
		return "cache attribute wb, wc or uc";
	if (cache == KREGION_CACHE_WC && !kregion_cache_has_wc())
		return "cache attribute wb or uc: wc needs PAT, which is off here";
	return NULL;
}

static int report(int err, int pages)
{
	if (err)
		pr_err("%d pages are lost, as they cannot be made write-back again: error %d\n",
		       pages, err);
	return err;
}

/**
 * kregion_cache_reset() - make contiguous RAM write-back again
 * @address: its address in the direct map
 * @pages: number of pages
 *
 * Context: process context, may sleep.
 * Return: 0, or an error; then the pages must not be freed.
 */
int kregion_cache_reset(void *address, int pages)
{
	return report(set_memory_wb((unsigned long)address, pages), pages);
}

/**
 * kregion_cache_set() - give contiguous RAM a cache attribute
 * @address: its address in the direct map; pages from the page allocator, since
 *	slab memory shares them
 * @pages: number of pages
 * @cache: KREGION_CACHE_WC or KREGION_CACHE_UC
 *
 * Context: process context, may sleep.
 * Return: 0, or an error; after one, kregion_cache_reset() must follow too.
 */
int kregion_cache_set(void *address, int pages, u32 cache)
{
	if (cache == KREGION_CACHE_WC)
		return set_memory_wc((unsigned long)address, pages);
	return set_memory_uc((unsigned long)address, pages);
}

/**
 * kregion_cache_reset_array() - make scattered RAM write-back again
 * @pages: the pages
 * @nr: how many there are
 *
 * Context: process context, may sleep.
 * Return: 0, or an error; then the pages must not be freed.
 */
int kregion_cache_reset_array(struct page **pages, int nr)
{
	return report(set_pages_array_wb(pages, nr), nr);
}

/**
 * kregion_cache_set_array() - give scattered RAM a cache attribute
 * @pages: the pages, each from the page allocator
 * @nr: how many there are
 * @cache: KREGION_CACHE_WC or KREGION_CACHE_UC
 *
 * Context: process context, may sleep.
 * Return: 0, or an error; after one, kregion_cache_reset_array() must follow too.
 */
int kregion_cache_set_array(struct page **pages, int nr, u32 cache)
{
	if (cache == KREGION_CACHE_WC)
		return set_pages_array_wc(pages, nr);
	return set_pages_array_uc(pages, nr);
}
