/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three layers of kregion.ko, calls going down only:
 *
 *	file		file.c io.c ioctl.c mmap.c
 *	device, region	device.c region.c reserve.c revoke.c
 *	backend		backend-kmalloc.c backend-vmalloc.c backend-iomem.c cache.c
 *
 * Beside them: params.c makes devices from the module parameter and configfs.c at
 * run time, sysfs.c and debugfs.c show them.
 */
#ifndef KREGION_INTERNAL_H
#define KREGION_INTERNAL_H

#include <linux/capability.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pfn.h>
#include <linux/rwsem.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "kregion.h"

struct iov_iter;
struct kregion_region;
struct kregion_space;

/* ---- backends ---- */

/**
 * struct kregion_backend - one kind of memory
 * @name: as in regions= and in sysfs
 * @contiguous: a region is one physical range
 * @device_memory: no RAM: no page flags, no kernel address to copy from; mapped
 *	by fault and taken away when its device goes, since it then ceases to exist
 * @max_size: the most bytes a region can have; 0: whatever memory allows
 * @max_size_hint: what to tell who asks for more than @max_size
 * @lacks: what is wrong with a description, or NULL, as kregion_spec_check()
 * @alloc: get zeroed memory for region->pages pages, fill region->address and
 *	what @pfn needs; 0 or -ENOMEM. May sleep. Must not write to the log.
 * @free: undo @alloc; for device memory also when the device goes, before the last
 *	file is closed
 * @pfn: page frame number of page @page of the region
 * @map: install pages @page .. of the region over the whole of an empty @vma,
 *	whose flags are final, with @prot. vma->vm_page_prot stays that of ordinary
 *	memory, which the copies in a private mapping are. May sleep. RAM only.
 * @copy: copy @len bytes between @buf and the region from byte @offset, to the
 *	region where @write, by accesses of @width bytes, which divides both.
 *	Device memory only.
 */
struct kregion_backend {
	const char *name;
	bool contiguous;
	bool device_memory;
	size_t max_size;
	const char *max_size_hint;
	const char *(*lacks)(const struct kregion_region_spec *spec);
	int (*alloc)(struct kregion_region *region, gfp_t gfp);
	void (*free)(struct kregion_region *region);
	unsigned long (*pfn)(const struct kregion_region *region,
			     unsigned long page);
	int (*map)(const struct kregion_region *region, unsigned long page,
		   struct vm_area_struct *vma, pgprot_t prot);
	void (*copy)(const struct kregion_region *region, u64 offset, void *buf,
		     size_t len, unsigned int width, bool write);
};

extern const struct kregion_backend kregion_kmalloc_backend;
extern const struct kregion_backend kregion_vmalloc_backend;
extern const struct kregion_backend kregion_iomem_backend;

const char *kregion_cache_name(u32 cache);
pgprot_t kregion_cache_pgprot(u32 cache, pgprot_t prot);
bool kregion_cache_has_wc(void);
const char *kregion_cache_lacks(u32 cache);
int kregion_cache_set(void *address, int pages, u32 cache);
int kregion_cache_reset(void *address, int pages);
int kregion_cache_set_array(struct page **pages, int nr, u32 cache);
int kregion_cache_reset_array(struct page **pages, int nr);

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
 * @bytes: number of bytes: all of its pages, or fewer for device memory
 * @address: kernel address of its first byte; NULL for device memory
 * @pfns: for scattered memory: the page frame number of each page
 * @page_array: for scattered memory that is not write-back: each page
 * @io: for device memory: where the kernel maps it
 * @io_start: for device memory: physical address of its first byte
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
	u64 bytes;
	void *address;
	unsigned long *pfns;
	struct page **page_array;
	void __iomem *io;
	phys_addr_t io_start;
	char name[KREGION_NAME_LEN];
};

/**
 * struct kregion_space - one address space: regions back to back from offset 0
 * @kdev: the device that it belongs to
 * @nr_regions: number of @regions
 * @nr_allocated: how many of them have memory: all or, in the pattern of a device
 *	with scope open, none
 * @pages: pages in all of them
 * @regions: in the order of their offsets
 */
struct kregion_space {
	struct kregion_device *kdev;
	unsigned int nr_regions;
	unsigned int nr_allocated;
	unsigned long pages;
	struct kregion_region regions[];
};

/**
 * struct kregion_owner - who takes a device away only while nobody uses it
 * @hold: the first file is to be opened, and a mapping holds its file: keep the
 *	device from being taken away. 0, or the error of open(2)
 * @let_go: undo @hold, after the last file
 *
 * Both are called with the device's users_lock held, and only until
 * kregion_device_unregister_unused() has succeeded.
 */
struct kregion_owner {
	int (*hold)(struct kregion_owner *owner);
	void (*let_go)(struct kregion_owner *owner);
};

/**
 * struct kregion_device - one device node
 * @dev: its reference count owns this struct, the memory and the number
 * @cdev: the character device; its reference holds @dev while a file is open
 * @space: the regions; with scope open, the pattern of each open file's own
 * @scope: enum kregion_scope
 * @id: minor number
 * @mappings: live mappings (vmas)
 * @owner: who is told of its users, or NULL
 * @users_lock: guards @users, and the setting of @gone where there is an @owner; held
 *	while the node is being made
 * @users: open files
 * @gone: unregistered: open files fail with -ENODEV, mappings of RAM live on. Set first
 *	without a lock, so that calls fail early, hence READ_ONCE() under a lock, too
 * @revoke_lock: held by who touches device memory or maps it, after a look at @gone;
 *	for writing by who sets @gone
 * @inode: for device memory: all mappings hang on it, whatever node was opened
 * @regions_kset: the folder regions/ in sysfs
 * @debugfs: the device's folder in debugfs
 */
struct kregion_device {
	struct device dev;
	struct cdev cdev;
	struct kregion_space *space;
	enum kregion_scope scope;
	int id;
	atomic_t mappings;
	struct kregion_owner *owner;
	struct mutex users_lock;	/* of users */
	unsigned long users;
	bool gone;
	struct rw_semaphore revoke_lock;
	struct inode *inode;
	struct kset *regions_kset;
	struct dentry *debugfs;
};

int kregion_wait_for_load(void);

int kregion_device_init(void);
void kregion_device_exit(void);

struct kregion_device *
kregion_device_create(const struct kregion_device_desc *desc,
		      struct module *module, struct kregion_owner *owner);
int kregion_device_unregister_unused(struct kregion_device *kdev);
int kregion_device_use(struct kregion_device *kdev);
void kregion_device_unuse(struct kregion_device *kdev);

const struct kregion_backend *kregion_backend(u32 id);
const char *kregion_spec_check(const struct kregion_region_spec *specs,
			       unsigned int index);
struct kregion_space *
kregion_space_create(struct kregion_device *kdev,
		     const struct kregion_region_spec *specs, unsigned int nr);
struct kregion_space *kregion_space_copy(const struct kregion_space *pattern,
					 gfp_t gfp);
int kregion_space_alloc(struct kregion_space *space, gfp_t gfp);
bool kregion_space_has_device_memory(const struct kregion_space *space);
void kregion_space_destroy(struct kregion_space *space);
struct kregion_region *kregion_lookup(struct kregion_space *space, u64 page,
				      u64 pages);

static inline u64 kregion_space_size(const struct kregion_space *space)
{
	return (u64)space->pages << PAGE_SHIFT;
}

static inline u64 kregion_region_offset(const struct kregion_region *region)
{
	return (u64)region->first << PAGE_SHIFT;
}

/* Of a contiguous region. */
static inline u64 kregion_region_phys_addr(const struct kregion_region *region)
{
	return region->backend->device_memory ? region->io_start :
	       PFN_PHYS(region->backend->pfn(region, 0));
}

/*
 * May the caller be told physical addresses? As for /proc/iomem: user 0 of a container
 * without that capability is not. No audit: who asks what regions there are asks for
 * nothing secret.
 */
static inline bool kregion_may_tell_addresses(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static inline bool kregion_region_readonly(const struct kregion_region *region)
{
	return region->flags & KREGION_SPEC_READONLY;
}

static inline bool kregion_region_write_back(const struct kregion_region *region)
{
	return region->cache == KREGION_CACHE_WB;
}

/*
 * After a write for user space: out of the CPU's write-combining buffers, so that
 * other CPUs see it when the call returns.
 */
static inline void kregion_region_drain(const struct kregion_region *region)
{
	if (unlikely(!kregion_region_write_back(region)))
		wmb();	/* pairs with nothing: it empties the buffers */
}

/* Device memory whose last page holds something else must not be mapped. */
static inline bool kregion_region_mappable(const struct kregion_region *region)
{
	if (!region->backend->device_memory)
		return true;
	if (region->io_start & ~PAGE_MASK)
		return false;
	return !(region->bytes & ~PAGE_MASK) ||
	       region->flags & KREGION_SPEC_OWNS_PAGE;
}

int kregion_revoke_init(struct kregion_device *kdev);
void kregion_revoke(struct kregion_device *kdev);
void kregion_revoke_exit(struct kregion_device *kdev);

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
ssize_t kregion_io_transfer(const struct kregion_region *region, size_t len,
			    loff_t *pos, struct iov_iter *iter, bool write);
int kregion_io_copy(const struct kregion_region *region, u64 offset, void *buf,
		    size_t len, unsigned int width, bool write);

static inline struct kregion_space *kregion_file_space(const struct file *file)
{
	return file->private_data;
}

/* ---- devices from the module parameter ---- */

int kregion_params_init(void);
void kregion_params_exit(void);

/* ---- devices from configfs ---- */

#if IS_ENABLED(CONFIG_CONFIGFS_FS)
int kregion_configfs_init(void);
void kregion_configfs_exit(void);
#else
static inline int kregion_configfs_init(void)
{
	return 0;
}

static inline void kregion_configfs_exit(void)
{
}
#endif

#endif /* KREGION_INTERNAL_H */
