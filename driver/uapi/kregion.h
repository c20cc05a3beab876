/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * kregion - the interface between the driver and user programs.
 *
 * A device node is one address space. Regions lie in it side by side from
 * offset 0, each beginning on a page. The same offset picks a region in mmap(2),
 * pread(2), pwrite(2) and in KREGION_FIND_REGION.
 *
 * All structs have the same layout for 32-bit and 64-bit programs and grow at
 * their end only: the caller says in @argsz how many bytes it knows, the driver
 * fills no more than that and stores there the size that it knows itself.
 * Every field that is not an input must be 0 on input, so that an input can be
 * added later: the answer is EINVAL, or E2BIG for a byte past the driver's end.
 */
#ifndef _UAPI_KREGION_H
#define _UAPI_KREGION_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Bytes of a region's name, with the closing NUL. */
#define KREGION_NAME_LEN	32

/* What kind of memory serves a region. */
enum kregion_backend_id {
	KREGION_BACKEND_KMALLOC = 0,	/* physically contiguous */
	KREGION_BACKEND_VMALLOC = 1,	/* scattered pages, any size */
	KREGION_BACKEND_IOMEM = 2,	/* device memory, as a PCI BAR */
};

/* How the CPU caches a region. */
enum kregion_cache {
	KREGION_CACHE_WB = 0,		/* write-back: ordinary memory */
	KREGION_CACHE_WC = 1,		/* write-combine: not cached, stores gather */
	KREGION_CACHE_UC = 2,		/* uncached */
};

/* Bits of kregion_device_info.flags, set by the driver. */
#define KREGION_DEVICE_SCOPE_OPEN	0x1u /* each open file has its own regions */

/* Bits of kregion_region_info.flags, set by the driver. */
#define KREGION_REGION_READ		0x1u /* read() and PROT_READ */
#define KREGION_REGION_WRITE		0x2u /* write() and shared PROT_WRITE */
#define KREGION_REGION_MMAP		0x4u /* mmap() */
#define KREGION_REGION_CONTIGUOUS	0x8u /* one physical range */
#define KREGION_REGION_PHYS_ADDR	0x10u /* @phys_addr is told */

/**
 * struct kregion_device_info - what a device holds
 * @argsz: in: bytes of this struct that the caller knows; out: bytes that the
 *	driver knows
 * @flags: out: KREGION_DEVICE_* bits
 * @nr_regions: out: number of regions; their indexes are 0 .. @nr_regions - 1
 * @page_size: out: bytes in a page, the unit of region offsets
 * @size: out: bytes of the whole address space
 */
struct kregion_device_info {
	__u32 argsz;
	__u32 flags;
	__u32 nr_regions;
	__u32 page_size;
	__aligned_u64 size;
};

/**
 * struct kregion_region_info - one region
 * @argsz: in: bytes of this struct that the caller knows; out: bytes that the
 *	driver knows
 * @flags: out: KREGION_REGION_* bits
 * @index: in for KREGION_GET_REGION_INFO: which region; out: its index
 * @backend: out: enum kregion_backend_id
 * @offset: in for KREGION_FIND_REGION: first byte of a range; out: where the
 *	region starts in the address space, in bytes
 * @size: in for KREGION_FIND_REGION: bytes of the range; out: bytes of the
 *	region: whole pages of RAM, but as many as it has of device memory
 * @cache: out: enum kregion_cache
 * @reserved: 0
 * @name: out: the region's name, NUL-terminated
 * @phys_addr: out: physical address of the first byte of a contiguous region,
 *	for callers with CAP_SYS_ADMIN; otherwise 0, without
 *	KREGION_REGION_PHYS_ADDR in @flags
 */
struct kregion_region_info {
	__u32 argsz;
	__u32 flags;
	__u32 index;
	__u32 backend;
	__aligned_u64 offset;
	__aligned_u64 size;
	__u32 cache;
	__u32 reserved;
	__u8 name[KREGION_NAME_LEN];
	__aligned_u64 phys_addr;
};

/*
 * The numbers carry no size because the structs may grow.
 * Errors common to all three: EINVAL for an @argsz below the first published
 * size or a non-zero field that is no input, E2BIG for non-zero bytes that this
 * driver does not know, EFAULT for a bad pointer, ENODEV for a device that is
 * gone.
 */
#define KREGION_IOC_TYPE	'k'

/* Fill a struct kregion_device_info. */
#define KREGION_GET_DEVICE_INFO	_IO(KREGION_IOC_TYPE, 0x40)

/* Fill a struct kregion_region_info by @index; ENXIO: no such region. */
#define KREGION_GET_REGION_INFO	_IO(KREGION_IOC_TYPE, 0x41)

/*
 * Fill a struct kregion_region_info with the region that holds the bytes
 * @offset .. @offset + @size - 1. The answer is that of mmap(), but to the byte
 * where device memory ends within a page: ENXIO where no region is, EINVAL for @size 0
 * or a range that leaves the region.
 */
#define KREGION_FIND_REGION	_IO(KREGION_IOC_TYPE, 0x42)

#endif /* _UAPI_KREGION_H */
