// SPDX-License-Identifier: GPL-2.0-only
/* File operation ioctl: what a device and its regions are. */
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "internal.h"
#include "trace.h"

/* The size of each struct when it was first published: the least argsz. */
#define DEVICE_INFO_V1	offsetofend(struct kregion_device_info, size)
#define REGION_INFO_V1	offsetofend(struct kregion_region_info, name)

/*
 * Copy in a struct that starts with its argsz. Bytes that the caller does not
 * send are 0; bytes that the driver does not know must be 0 (-E2BIG).
 */
static int copy_info_in(void *info, size_t size, size_t min_size,
			const void __user *arg)
{
	u32 argsz;
	int err;

	if (get_user(argsz, (const u32 __user *)arg))
		return -EFAULT;
	if (argsz < min_size)
		return -EINVAL;
	if (argsz > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(info, size, arg, argsz);
	*(u32 *)info = argsz;	/* what was checked, should it have changed */
	return err;
}

static int copy_info_out(void __user *arg, void *info, size_t size)
{
	u32 argsz = *(u32 *)info;

	*(u32 *)info = size;
	return copy_to_user(arg, info, min_t(size_t, argsz, size)) ? -EFAULT : 0;
}

static int get_device_info(struct kregion_space *space, void __user *arg)
{
	struct kregion_device_info info;
	int err = copy_info_in(&info, sizeof(info), DEVICE_INFO_V1, arg);

	if (err)
		return err;
	if (info.flags || info.nr_regions || info.page_size || info.size)
		return -EINVAL;

	if (space->kdev->scope == KREGION_SCOPE_OPEN)
		info.flags |= KREGION_DEVICE_SCOPE_OPEN;
	info.nr_regions = space->nr_regions;
	info.page_size = PAGE_SIZE;
	info.size = kregion_space_size(space);
	return copy_info_out(arg, &info, sizeof(info));
}

static u32 region_flags(const struct kregion_region *region)
{
	u32 flags = KREGION_REGION_READ;

	if (kregion_region_mappable(region))
		flags |= KREGION_REGION_MMAP;
	if (!kregion_region_readonly(region))
		flags |= KREGION_REGION_WRITE;
	if (region->backend->contiguous)
		flags |= KREGION_REGION_CONTIGUOUS;
	return flags;
}

static int put_region_info(const struct kregion_region *region, u32 argsz,
			   void __user *arg)
{
	struct kregion_region_info info = {
		.argsz = argsz,
		.flags = region_flags(region),
		.index = region->index,
		.backend = region->backend_id,
		.offset = kregion_region_offset(region),
		.size = region->bytes,
		.cache = region->cache,
	};

	memcpy(info.name, region->name, sizeof(info.name));
	if (region->backend->contiguous && kregion_may_tell_addresses()) {
		info.flags |= KREGION_REGION_PHYS_ADDR;
		info.phys_addr = kregion_region_phys_addr(region);
	}
	return copy_info_out(arg, &info, sizeof(info));
}

static int get_region_info(struct kregion_space *space, void __user *arg)
{
	struct kregion_region_info info;
	int err = copy_info_in(&info, sizeof(info), REGION_INFO_V1, arg);

	if (err)
		return err;
	if (info.flags || info.backend || info.offset || info.size ||
	    info.cache || info.reserved || info.phys_addr ||
	    memchr_inv(info.name, 0, sizeof(info.name)))
		return -EINVAL;
	if (info.index >= space->nr_regions)
		return -ENXIO;
	/* Nor may a mispredicted branch follow pointers behind the array. */
	info.index = array_index_nospec(info.index, space->nr_regions);
	return put_region_info(&space->regions[info.index], info.argsz, arg);
}

/* To the byte, as the last page of device memory may be more than the region. */
static struct kregion_region *check_bytes(struct kregion_region *region,
					  u64 offset, u64 size)
{
	u64 skip = offset - kregion_region_offset(region);

	if (skip >= region->bytes)
		return ERR_PTR(-ENXIO);
	if (size > region->bytes - skip)
		return ERR_PTR(-EINVAL);
	return region;
}

static int find_region(struct kregion_space *space, void __user *arg)
{
	struct kregion_region *region;
	struct kregion_region_info info;
	int err = copy_info_in(&info, sizeof(info), REGION_INFO_V1, arg);
	u64 end;

	if (err)
		return err;
	if (info.flags || info.index || info.backend || info.cache ||
	    info.reserved || info.phys_addr ||
	    memchr_inv(info.name, 0, sizeof(info.name)))
		return -EINVAL;

	/* A range of no bytes, or past 2^64, is one of no pages: -EINVAL. */
	if (!info.size || check_add_overflow(info.offset, info.size - 1, &end))
		end = 0;
	else
		end = (end >> PAGE_SHIFT) + 1 - (info.offset >> PAGE_SHIFT);
	region = kregion_lookup(space, info.offset >> PAGE_SHIFT, end);
	if (!IS_ERR(region))
		region = check_bytes(region, info.offset, info.size);
	if (IS_ERR(region)) {
		trace_kregion_refused(space, KREGION_OP_FIND, info.offset,
				      info.size, PTR_ERR(region));
		return PTR_ERR(region);
	}
	return put_region_info(region, info.argsz, arg);
}

/**
 * kregion_ioctl() - file operation ioctl, see uapi/kregion.h
 * @file: an open device node
 * @cmd: KREGION_GET_DEVICE_INFO, KREGION_GET_REGION_INFO or KREGION_FIND_REGION
 * @arg: the caller's struct
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOTTY for any other @cmd, or an error that uapi/kregion.h names.
 */
long kregion_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct kregion_space *space = kregion_file_space(file);
	void __user *user = (void __user *)arg;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	switch (cmd) {
	case KREGION_GET_DEVICE_INFO:
		return get_device_info(space, user);
	case KREGION_GET_REGION_INFO:
		return get_region_info(space, user);
	case KREGION_FIND_REGION:
		return find_region(space, user);
	default:
		return -ENOTTY;
	}
}
