/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three layers of kregion.ko, calls going down only:
 *
 *	file		file.c ioctl.c mmap.c
 *	device, region	device.c region.c reserve.c
 *	backend		backend-kmalloc.c backend-vmalloc.c
 *
 * Beside them: params.c makes devices from the module parameter, sysfs.c and
 * debugfs.c show them.
 */
#ifndef KREGION_INTERNAL_H
#define KREGION_INTERNAL_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include "compat.h"
#include "kregion.h"

struct kregion_region;
struct kregion_space;

/* ---- backends ---- */

/**
 * struct kregion_backend - one kind of memory
 * @name: as in regions= and in sysfs
 * @contiguous: a region is one physical range
 * @max_size: the most bytes a region can have; 0: whatever memory allows
 * @max_size_hint: what to tell who asks for more than @max_size
 * @alloc: get zeroed memory for region->pages pages, fill region->address and
 *	what @pfn needs; 0 or -ENOMEM. May sleep. Must not write to the log.
 * @free: undo @alloc
 * @pfn: page frame number of page @page of the region
 * @map: install pages @page .. of the region over the whole of an empty @vma,
 *	whose flags and vm_page_prot are final. May sleep.
 */
struct kregion_backend {
	const char *name;
	bool contiguous;
	size_t max_size;
	const char *max_size_hint;
	int (*alloc)(struct kregion_region *region, gfp_t gfp);
	void (*free)(struct kregion_region *region);
	unsigned long (*pfn)(const struct kregion_region *region,
			     unsigned long page);
	int (*map)(const struct kregion_region *region, unsigned long page,
		   struct vm_area_struct *vma);
};

extern const struct kregion_backend kregion_kmalloc_backend;
extern const struct kregion_backend kregion_vmalloc_backend;

/* ---- device and region ---- */

/**
 * struct kregion_region - a piece of an address space with its memory
 * @backend: who serves it
 * @space: the address space that it is in
 * @index: its number there
 * @flags: KREGION_SPEC_* bits
 * @cache: enum kregion_cache
 * @backend_id: enum kregion_backend_id
 * @first: page offset of its first page in the address space
 * @pages: number of pages
 * @address: kernel address of its first byte
 * @pfns: for scattered memory: the page frame number of each page
 * @name: unique in the device
 */
struct kregion_region {
	const struct kregion_backend *backend;
	struct kregion_space *space;
	unsigned int index;
	u32 flags;
	u32 cache;
	u32 backend_id;
	unsigned long first;
	unsigned long pages;
	void *address;
	unsigned long *pfns;
	char name[KREGION_NAME_LEN];
};

/**
 * struct kregion_space - one address space: regions back to back from offset 0
 * @kdev: the device that it belongs to
 * @nr_regions: number of @regions
 * @pages: pages in all of them
 * @regions: in the order of their offsets
 */
struct kregion_space {
	struct kregion_device *kdev;
	unsigned int nr_regions;
	unsigned long pages;
	struct kregion_region regions[];
};

/**
 * struct kregion_device - one device node
 * @dev: its reference count owns this struct, the memory and the number
 * @cdev: the character device; its reference holds @dev while a file is open
 * @space: the regions
 * @id: minor number
 * @mappings: live mappings (vmas)
 * @gone: unregistered: open files fail with -ENODEV, mappings live on
 * @regions_kset: the folder regions/ in sysfs
 * @debugfs: the device's folder in debugfs
 */
struct kregion_device {
	struct device dev;
	struct cdev cdev;
	struct kregion_space *space;
	int id;
	atomic_t mappings;
	bool gone;
	struct kset *regions_kset;
	struct dentry *debugfs;
};

int kregion_device_init(void);
void kregion_device_exit(void);

const struct kregion_backend *kregion_backend(u32 id);
const char *kregion_spec_check(const struct kregion_region_spec *specs,
			       unsigned int index);
struct kregion_space *
kregion_space_create(struct kregion_device *kdev,
		     const struct kregion_region_spec *specs, unsigned int nr,
		     gfp_t gfp);
void kregion_space_destroy(struct kregion_space *space);
struct kregion_region *kregion_lookup(struct kregion_space *space, u64 page,
				      u64 pages);

static inline u64 kregion_space_size(const struct kregion_space *space)
{
	return (u64)space->pages << PAGE_SHIFT;
}

static inline u64 kregion_region_bytes(const struct kregion_region *region)
{
	return (u64)region->pages << PAGE_SHIFT;
}

static inline u64 kregion_region_offset(const struct kregion_region *region)
{
	return (u64)region->first << PAGE_SHIFT;
}

static inline bool kregion_region_readonly(const struct kregion_region *region)
{
	return region->flags & KREGION_SPEC_READONLY;
}

void kregion_reserve_pages(const struct kregion_region *region);
void kregion_unreserve_pages(const struct kregion_region *region);
unsigned long kregion_reserved_pages(const struct kregion_region *region);

int kregion_sysfs_add(struct kregion_device *kdev);
void kregion_sysfs_remove(struct kregion_device *kdev);
extern const struct attribute_group *kregion_device_groups[];

void kregion_debugfs_init(void);
void kregion_debugfs_exit(void);
void kregion_debugfs_add(struct kregion_device *kdev);
void kregion_debugfs_remove(struct kregion_device *kdev);

/* ---- file ---- */

extern const struct file_operations kregion_fops;
long kregion_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
int kregion_mmap(struct file *file, struct vm_area_struct *vma);

static inline struct kregion_space *kregion_file_space(const struct file *file)
{
	return file->private_data;
}

/* ---- devices from the module parameter ---- */

int kregion_params_init(void);
void kregion_params_exit(void);

#endif /* KREGION_INTERNAL_H */
