// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device memory ends with its device: take it away from all who mapped it.
 *
 * unmap_mapping_range() finds mappings by an inode. A device may be opened by
 * several nodes (mknod, containers), so the mappings hang on an inode of the
 * device's own, from a file system that is never seen, as DRM does it.
 *
 * The lock order is mmap lock (of a fault), revoke_lock. A mapping that is made
 * after the call is empty, and its faults see that the device is gone.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "internal.h"

#define KREGION_FS_MAGIC	0x6b726567	/* "kreg" */

static struct vfsmount *mount;
static int mount_count;

static int init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, KREGION_FS_MAGIC) ? 0 : -ENOMEM;
}

static struct file_system_type kregion_fs = {
	.name = "kregion",
	.owner = THIS_MODULE,
	.init_fs_context = init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * kregion_revoke_init() - prepare a device for kregion_revoke()
 * @kdev: a device that nobody can open yet
 *
 * Does nothing for a device of RAM alone. Context: process context, may sleep.
 * Return: 0 or an error.
 */
int kregion_revoke_init(struct kregion_device *kdev)
{
	struct inode *inode;
	int err;

	if (!kregion_space_has_device_memory(kdev->space))
		return 0;
	err = simple_pin_fs(&kregion_fs, &mount, &mount_count);
	if (err)
		return err;
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode)) {
		simple_release_fs(&mount, &mount_count);
		return PTR_ERR(inode);
	}
	kdev->inode = inode;
	return 0;
}

/* Only device memory: the device's RAM lives on, and so do mappings of it. */
static void revoke_region(struct kregion_device *kdev,
			  struct kregion_region *region)
{
	if (!region->backend->device_memory)
		return;
	unmap_mapping_range(kdev->inode->i_mapping,
			    kregion_region_offset(region),
			    (loff_t)region->pages << PAGE_SHIFT, 1);
	region->backend->free(region);
}

/**
 * kregion_revoke() - make a device gone, and its device memory unreachable
 * @kdev: a device that is being unregistered
 *
 * When it returns, nobody touches device memory any more, and no mapping leads to
 * it: an access to one is a SIGBUS.
 *
 * Context: process context, may sleep.
 */
void kregion_revoke(struct kregion_device *kdev)
{
	unsigned int i;

	down_write(&kdev->revoke_lock);
	WRITE_ONCE(kdev->gone, true);
	up_write(&kdev->revoke_lock);
	if (!kdev->inode)
		return;
	for (i = 0; i < kdev->space->nr_regions; i++)
		revoke_region(kdev, &kdev->space->regions[i]);
}

/**
 * kregion_revoke_exit() - undo kregion_revoke_init()
 * @kdev: a device that no file is open of
 *
 * Context: process context, may sleep.
 */
void kregion_revoke_exit(struct kregion_device *kdev)
{
	if (!kdev->inode)
		return;
	iput(kdev->inode);
	simple_release_fs(&mount, &mount_count);
}
