/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libkregion: open a kregion device, look at its regions, map, read and write.
 *
 * A device is one address space. Regions lie in it side by side, each beginning
 * on a page; every offset here counts bytes from its start.
 *
 * Functions that return int return 0, or -1 with errno set; those that return a
 * pointer return NULL with errno set. No function prints, none touches a signal,
 * and the library keeps no state but in what it hands out: different threads may
 * use different devices freely, and one device together, except that
 * kregion_close() must be the last call that gets it.
 */
#ifndef LIBKREGION_H
#define LIBKREGION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open device. */
struct kregion;

/* What kind of memory serves a region. */
enum kregion_backend {
	KREGION_KMALLOC = 0,	/* physically contiguous memory */
	KREGION_VMALLOC = 1,	/* scattered pages */
	KREGION_IOMEM = 2,	/* device memory, as a PCI BAR */
};

/* How the CPU caches a region. */
enum kregion_caching {
	KREGION_WRITE_BACK = 0,
	KREGION_WRITE_COMBINE = 1,
	KREGION_UNCACHED = 2,
};

/* Bits of kregion_region.flags. */
#define KREGION_READABLE	0x1u
#define KREGION_WRITABLE	0x2u	/* by kregion_write() and shared mappings */
#define KREGION_MAPPABLE	0x4u
#define KREGION_CONTIGUOUS	0x8u	/* one physical range */
#define KREGION_PHYS_ADDR	0x10u	/* @phys_addr is told */

/**
 * struct kregion_region - one region, as it was when the device was opened
 * @index: its number, from 0
 * @flags: KREGION_READABLE and so on; bits that are not named here may be set
 * @backend: enum kregion_backend; other numbers may come
 * @caching: enum kregion_caching; other numbers may come
 * @offset: where it starts in the device, in bytes
 * @size: bytes
 * @phys_addr: physical address of a contiguous region, where flags has
 *	KREGION_PHYS_ADDR: only for callers with CAP_SYS_ADMIN; otherwise 0
 * @name: unique in the device
 *
 * Only the library makes one, so that it can grow.
 */
struct kregion_region {
	unsigned int index;
	unsigned int flags;
	unsigned int backend;
	unsigned int caching;
	uint64_t offset;
	uint64_t size;
	uint64_t phys_addr;
	const char *name;
};

/* ---- devices ---- */

/**
 * kregion_open() - open a device by number, name or path
 * @device: "0" and "kregion0" are /dev/kregion0; "demo" and "kregion-demo" are
 *	/dev/kregion-demo; what holds a '/' is a path
 * @flags: O_RDWR or O_RDONLY of open(2), and O_NONBLOCK and the like if wanted;
 *	O_CLOEXEC is always added
 *
 * errno: those of open(2); ENOTTY: the file is no kregion device; EINVAL: @device
 * is NULL, empty or too long for a name, or O_CREAT is in @flags; ENOMEM.
 */
struct kregion *kregion_open(const char *device, int flags);

/**
 * kregion_open_fd() - use a descriptor that is open already
 * @fd: of a device, from open(2) or from another process; belongs to the result
 *	on success, stays the caller's on failure
 *
 * errno: EBADF, ENOTTY, ENODEV (the device is gone), ENOMEM.
 */
struct kregion *kregion_open_fd(int fd);

/* Close a device; NULL is fine. Mappings of it stay valid. */
void kregion_close(struct kregion *device);

/* The device's descriptor, for poll(2), fstat(2), fd passing; still the device's. */
int kregion_fd(const struct kregion *device);

/* Bytes of the whole address space. */
uint64_t kregion_size(const struct kregion *device);

/* 1 when each open of the device has regions of its own (scope "open"), else 0. */
int kregion_is_private(const struct kregion *device);

/**
 * kregion_list() - the names of all devices, as "kregion0" and "kregion-demo"
 *
 * Numbers in names are sorted by value. Needs no permission on the devices.
 *
 * Return: an array that ends with NULL, one piece of memory for one free(3); only
 * NULL in it when there is no device. On failure NULL; errno: ENOMEM and most
 * of opendir(3).
 */
char **kregion_list(void);

/**
 * kregion_create() - make the device /dev/kregion-@name
 * @name: 1 to 31 characters a-z 0-9 _ -; a "kregion-" before it is left out
 * @regions: one device as in the module parameter regions=:
 *	"vmalloc:64M,kmalloc:1M:name=ring", "scope=open,vmalloc:1M"
 *
 * By the driver's folder in configfs, so for root. Returns when the node is there;
 * udev may still be about to give it its group. The device outlives the caller.
 *
 * errno: EINVAL: @name or @regions is wrong, or cannot be made here (said in the
 * kernel log); EEXIST: there is such a device; ENOENT: the module is not loaded or
 * configfs is not mounted; EACCES; ENOMEM; ETIMEDOUT: no node came. On failure
 * nothing is left.
 */
int kregion_create(const char *name, const char *regions);

/**
 * kregion_remove() - remove a device that was made at run time
 * @name: as for kregion_create()
 *
 * errno: EBUSY: it is open or mapped; ENOENT: there is no such device, or it was not
 * made at run time; EINVAL: @name is no name; EACCES.
 */
int kregion_remove(const char *name);

/* ---- regions ---- */

/* How many regions a device has; their indexes are 0 .. count - 1. */
unsigned int kregion_count(const struct kregion *device);

/*
 * One region; the result lives as long as the device.
 * errno: ENXIO: no such index, no region at that offset; ENOENT: no such name.
 */
const struct kregion_region *kregion_by_index(const struct kregion *device,
					      unsigned int index);
const struct kregion_region *kregion_by_name(const struct kregion *device,
					     const char *name);
const struct kregion_region *kregion_by_offset(const struct kregion *device,
					       uint64_t offset);

/* ---- mappings ---- */

/* Bits of a mapping's flags; 0 is a shared mapping to read and write. */
#define KREGION_MAP_READ_ONLY	0x1u
#define KREGION_MAP_PRIVATE	0x2u	/* copy on write */

/**
 * struct kregion_map - a mapping
 * @address: the byte that was asked for, wherever it lies in its page
 * @length: bytes that were asked for
 * @pages: first of the pages that hold them, for kregion_unmap()
 * @pages_length: bytes of those pages
 *
 * The caller has it, so it stays as it is for as long as the soname does.
 */
struct kregion_map {
	void *address;
	size_t length;
	void *pages;
	size_t pages_length;
};

/**
 * kregion_map() - map any bytes of one region
 * @device: an open device
 * @map: is filled; left alone on failure
 * @offset: of the first byte in the device; need not be page aligned
 * @length: bytes, which must lie within one region
 * @flags: KREGION_MAP_* bits, or 0
 *
 * errno: ENXIO: no region at @offset; EINVAL: @length 0, or more than the region
 * has from @offset on, or unknown @flags; EACCES: the device was opened read-only
 * or the region is read-only, and neither flag is set, or the device was opened
 * write-only; EOPNOTSUPP: this region
 * cannot be mapped, or not so (a private mapping of device memory); ENODEV: the
 * device is gone; ENOMEM.
 */
int kregion_map(const struct kregion *device, struct kregion_map *map,
		uint64_t offset, size_t length, unsigned int flags);

/* The same for a whole region; errno as well as kregion_by_index(), _by_name(). */
int kregion_map_index(const struct kregion *device, struct kregion_map *map,
		      unsigned int index, unsigned int flags);
int kregion_map_name(const struct kregion *device, struct kregion_map *map,
		     const char *name, unsigned int flags);

/*
 * Unmap what one of the above mapped, and clear @map. A @map that is all zero is
 * fine, so that a second call does nothing.
 */
int kregion_unmap(struct kregion_map *map);

/* ---- reading and writing ---- */

/**
 * kregion_read() - read a whole range, over the borders of regions
 * @device: an open device
 * @offset: of the first byte in the device
 * @buffer: room for @length bytes
 * @length: bytes; 0 is fine
 *
 * Goes on after a short read and after EINTR. In device memory each access is as
 * wide as @length allows (8, 4, 2 or 1 bytes, the largest that divides it), and
 * @offset must be aligned to it.
 *
 * errno: ENXIO: not all of the range is in regions (device memory may end before its
 * last page does), nothing was read; EINVAL: unaligned
 * in device memory; ENODEV: the device is gone; EFAULT. After an error other than
 * ENXIO a part of @buffer may have been written.
 */
int kregion_read(const struct kregion *device, uint64_t offset, void *buffer,
		 size_t length);

/**
 * kregion_write() - write a whole range, over the borders of regions
 * @device: a device that is open for writing
 * @offset: of the first byte in the device
 * @buffer: @length bytes
 * @length: bytes; 0 is fine
 *
 * As kregion_read(). errno also EBADF: not open for writing; EPERM: a region in
 * the range is read-only, those before it were written.
 */
int kregion_write(const struct kregion *device, uint64_t offset,
		  const void *buffer, size_t length);

/* ---- words for numbers ---- */

/* "kmalloc", "vmalloc", "iomem"; "unknown" for other numbers. Never NULL. */
const char *kregion_backend_name(unsigned int backend);

/* "wb", "wc", "uc"; "unknown" for other numbers. Never NULL. */
const char *kregion_caching_name(unsigned int caching);

/* The library's version, as "0.1.0". */
const char *kregion_version(void);

#ifdef __cplusplus
}
#endif

#endif /* LIBKREGION_H */
