// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kregion/DEVICE/INDEX/, root only:
 *
 *	pfns		page frame number of each page, one a line; CAP_SYS_ADMIN
 *	reserved	number of pages that have PG_reserved set now; RAM only
 *
 * The regions of a device with scope open, which each open file has, are not there.
 *
 * A mapping of a region shows no PFN in /proc/PID/pagemap, so without these
 * files no test could ask /proc/kpageflags about a region's pages.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct dentry *root;

static void *pfns_at(const struct kregion_region *region, loff_t pos)
{
	if (pos >= region->pages)
		return NULL;
	/* Any pointer but NULL and SEQ_START_TOKEN; the page is in the index. */
	return (void *)region;
}

static void *pfns_start(struct seq_file *seq, loff_t *pos)
{
	if (!kregion_may_tell_addresses())
		return ERR_PTR(-EPERM);
	return pfns_at(seq->private, *pos);
}

static void *pfns_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return pfns_at(seq->private, *pos);
}

static void pfns_stop(struct seq_file *seq, void *v)
{
}

static int pfns_show(struct seq_file *seq, void *v)
{
	const struct kregion_region *region = seq->private;

	seq_printf(seq, "%lu\n", region->backend->pfn(region, seq->index));
	return 0;
}

static const struct seq_operations pfns_sops = {
	.start = pfns_start,
	.next = pfns_next,
	.stop = pfns_stop,
	.show = pfns_show,
};
DEFINE_SEQ_ATTRIBUTE(pfns);

static int reserved_show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "%lu\n", kregion_reserved_pages(seq->private));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reserved);

static void add_region(struct dentry *parent, struct kregion_region *region)
{
	struct dentry *dir;
	char name[12];

	snprintf(name, sizeof(name), "%u", region->index);
	dir = debugfs_create_dir(name, parent);
	debugfs_create_file("pfns", 0400, dir, region, &pfns_fops);
	if (!region->backend->device_memory)
		debugfs_create_file("reserved", 0400, dir, region,
				    &reserved_fops);
}

/**
 * kregion_debugfs_add() - add a device's folder
 * @kdev: a device with regions
 *
 * Errors are ignored, as debugfs wants it.
 *
 * Context: process context, may sleep.
 */
void kregion_debugfs_add(struct kregion_device *kdev)
{
	unsigned int i;

	kdev->debugfs = debugfs_create_dir(dev_name(&kdev->dev), root);
	for (i = 0; i < kdev->space->nr_allocated; i++)
		add_region(kdev->debugfs, &kdev->space->regions[i]);
}

/**
 * kregion_debugfs_remove() - remove a device's folder
 * @kdev: a device that is being unregistered
 *
 * Waits for readers. Context: process context, may sleep.
 */
void kregion_debugfs_remove(struct kregion_device *kdev)
{
	debugfs_remove_recursive(kdev->debugfs);
}

/**
 * kregion_debugfs_init() - add the folder of all devices
 *
 * Context: module load, may sleep.
 */
void kregion_debugfs_init(void)
{
	root = debugfs_create_dir("kregion", NULL);
}

/**
 * kregion_debugfs_exit() - remove the folder of all devices
 *
 * Context: module load or unload, may sleep.
 */
void kregion_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
