// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backend iomem: device memory, as a PCI BAR. Its caller holds the resource; RAM
 * is refused. User space maps it page by page, by fault (mmap.c), so that it can
 * be taken away.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/lockdep.h>

#include "internal.h"

static const char *iomem_backend_lacks(const struct kregion_region_spec *spec)
{
	u64 first, last;

	if (spec->cache != KREGION_CACHE_WC && spec->cache != KREGION_CACHE_UC)
		return "cache attribute wc or uc: device memory is not cached";
	if (spec->size_in_pages)
		return "a size of device memory in bytes";
	if (!spec->address ||
	    check_add_overflow(spec->address, spec->size - 1, &last) ||
	    last != (phys_addr_t)last)
		return "the physical address of device memory";
	/* In whole pages, as that is what can be mapped. */
	first = spec->address & PAGE_MASK;
	last |= ~PAGE_MASK;
	if (region_intersects(first, last - first + 1, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return "device memory: there is RAM at that address";
	return NULL;
}

/*
 * Kept mapped: it is how the architecture knows the memory's type. Where it cannot
 * write-combine, ioremap_wc() gives uncached memory, and sysfs shall say so.
 */
static int iomem_backend_alloc(struct kregion_region *region, gfp_t gfp)
{
	if (!kregion_cache_has_wc())
		region->cache = KREGION_CACHE_UC;
	if (region->cache == KREGION_CACHE_WC)
		region->io = ioremap_wc(region->io_start, region->bytes);
	else
		region->io = ioremap(region->io_start, region->bytes);
	return region->io ? 0 : -ENOMEM;
}

/* First when the device goes, then again with the last file. */
static void iomem_backend_free(struct kregion_region *region)
{
	if (region->io)
		iounmap(region->io);
	region->io = NULL;
}

static unsigned long iomem_backend_pfn(const struct kregion_region *region,
				       unsigned long page)
{
	return PHYS_PFN(region->io_start) + page;
}

/* The words of a bus are little-endian; @buf has the bytes in their order. */
static void read_word(const void __iomem *io, void *buf, unsigned int width)
{
	switch (width) {
	case 1:
		*(u8 *)buf = readb(io);
		return;
	case 2:
		*(__le16 *)buf = cpu_to_le16(readw(io));
		return;
	case 4:
		*(__le32 *)buf = cpu_to_le32(readl(io));
		return;
#ifdef readq
	case 8:
		*(__le64 *)buf = cpu_to_le64(readq(io));
		return;
#endif
	}
}

static void write_word(void __iomem *io, const void *buf, unsigned int width)
{
	switch (width) {
	case 1:
		writeb(*(const u8 *)buf, io);
		return;
	case 2:
		writew(le16_to_cpup(buf), io);
		return;
	case 4:
		writel(le32_to_cpup(buf), io);
		return;
#ifdef writeq
	case 8:
		writeq(le64_to_cpup(buf), io);
		return;
#endif
	}
}

static void iomem_backend_copy(const struct kregion_region *region, u64 offset,
			       void *buf, size_t len, unsigned int width,
			       bool write)
{
	void __iomem *io = region->io + offset;
	size_t done;

	lockdep_assert_held(&region->space->kdev->revoke_lock);
	for (done = 0; done < len; done += width) {
		if (write)
			write_word(io + done, buf + done, width);
		else
			read_word(io + done, buf + done, width);
	}
	if (write)
		wmb();	/* out of the write-combining buffers before we say done */
}

const struct kregion_backend kregion_iomem_backend = {
	.name = "iomem",
	.contiguous = true,
	.device_memory = true,
	.lacks = iomem_backend_lacks,
	.alloc = iomem_backend_alloc,
	.free = iomem_backend_free,
	.pfn = iomem_backend_pfn,
	.copy = iomem_backend_copy,
};
