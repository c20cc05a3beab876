// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/kregion/DEVICE/: mappings, scope, size and regions/INDEX/..., one value
 * a file. docs/abi.md describes each.
 */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"

/* ---- the device ---- */

static ssize_t mappings_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct kregion_device *kdev =
		container_of(dev, struct kregion_device, dev);

	return sysfs_emit(buf, "%d\n", atomic_read(&kdev->mappings));
}
static DEVICE_ATTR_RO(mappings);

static ssize_t size_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct kregion_device *kdev =
		container_of(dev, struct kregion_device, dev);

	return sysfs_emit(buf, "%llu\n", kregion_space_size(kdev->space));
}
static DEVICE_ATTR_RO(size);

static ssize_t scope_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct kregion_device *kdev =
		container_of(dev, struct kregion_device, dev);

	return sysfs_emit(buf, "%s\n", kregion_scope_name(kdev->scope));
}
static DEVICE_ATTR_RO(scope);

static struct attribute *device_attrs[] = {
	&dev_attr_mappings.attr,
	&dev_attr_scope.attr,
	&dev_attr_size.attr,
	NULL,
};

static const struct attribute_group device_group = {
	.attrs = device_attrs,
};

const struct attribute_group *kregion_device_groups[] = {
	&device_group,
	NULL,
};

/* ---- its regions ---- */

/*
 * A folder of its own life: sysfs may hold it longer than the region. Its files
 * are only read while the device is registered.
 */
struct region_folder {
	struct kobject kobj;
	const struct kregion_region *region;
};

struct region_attribute {
	struct attribute attr;
	ssize_t (*show)(const struct kregion_region *region, char *buf);
};

static ssize_t region_backend_show(const struct kregion_region *region,
				   char *buf)
{
	return sysfs_emit(buf, "%s\n", region->backend->name);
}

static ssize_t region_name_show(const struct kregion_region *region, char *buf)
{
	return sysfs_emit(buf, "%s\n", region->name);
}

static ssize_t region_size_show(const struct kregion_region *region, char *buf)
{
	return sysfs_emit(buf, "%llu\n", region->bytes);
}

static ssize_t region_offset_show(const struct kregion_region *region,
				  char *buf)
{
	return sysfs_emit(buf, "%llu\n", kregion_region_offset(region));
}

static ssize_t region_cache_show(const struct kregion_region *region, char *buf)
{
	return sysfs_emit(buf, "%s\n", kregion_cache_name(region->cache));
}

static ssize_t region_phys_addr_show(const struct kregion_region *region,
				     char *buf)
{
	if (!kregion_may_tell_addresses())
		return -EPERM;
	return sysfs_emit(buf, "0x%llx\n", kregion_region_phys_addr(region));
}

#define REGION_ATTR(_name, _mode)					\
	static struct region_attribute region_attr_##_name = {		\
		.attr = { .name = #_name, .mode = _mode },		\
		.show = region_##_name##_show,				\
	}

REGION_ATTR(backend, 0444);
REGION_ATTR(name, 0444);
REGION_ATTR(size, 0444);
REGION_ATTR(offset, 0444);
REGION_ATTR(cache, 0444);
REGION_ATTR(phys_addr, 0400);

static struct attribute *region_attrs[] = {
	&region_attr_backend.attr,
	&region_attr_name.attr,
	&region_attr_size.attr,
	&region_attr_offset.attr,
	&region_attr_cache.attr,
	&region_attr_phys_addr.attr,
	NULL,
};

static struct region_folder *to_folder(struct kobject *kobj)
{
	return container_of(kobj, struct region_folder, kobj);
}

/* Scattered memory has no address to tell, and a pattern has no memory. */
static umode_t region_attr_visible(struct kobject *kobj, struct attribute *attr,
				   int n)
{
	const struct kregion_region *region = to_folder(kobj)->region;

	if (attr == &region_attr_phys_addr.attr &&
	    (!region->backend->contiguous || !region->space->nr_allocated))
		return 0;
	return attr->mode;
}

static const struct attribute_group region_group = {
	.attrs = region_attrs,
	.is_visible = region_attr_visible,
};

static const struct attribute_group *region_groups[] = {
	&region_group,
	NULL,
};

static ssize_t region_show(struct kobject *kobj, struct attribute *attr,
			   char *buf)
{
	return container_of(attr, struct region_attribute, attr)
		->show(to_folder(kobj)->region, buf);
}

static const struct sysfs_ops region_sysfs_ops = {
	.show = region_show,
};

static void region_folder_release(struct kobject *kobj)
{
	kfree(to_folder(kobj));
}

static struct kobj_type region_ktype = {
	.release = region_folder_release,
	.sysfs_ops = &region_sysfs_ops,
	.default_groups = region_groups,
};

static int add_region(struct kregion_device *kdev,
		      const struct kregion_region *region)
{
	struct region_folder *folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	int err;

	if (!folder)
		return -ENOMEM;
	folder->region = region;
	folder->kobj.kset = kdev->regions_kset;
	err = kobject_init_and_add(&folder->kobj, &region_ktype, NULL, "%u",
				   region->index);
	if (err)
		kobject_put(&folder->kobj);
	return err;
}

/**
 * kregion_sysfs_add() - add the folder regions/ to a device
 * @kdev: a device that was added to sysfs
 *
 * Context: process context, may sleep.
 * Return: 0, or an error; then nothing is left.
 */
int kregion_sysfs_add(struct kregion_device *kdev)
{
	unsigned int i;
	int err;

	kdev->regions_kset = kset_create_and_add("regions", NULL,
						 &kdev->dev.kobj);
	if (!kdev->regions_kset)
		return -ENOMEM;
	for (i = 0; i < kdev->space->nr_regions; i++) {
		err = add_region(kdev, &kdev->space->regions[i]);
		if (err) {
			kregion_sysfs_remove(kdev);
			return err;
		}
	}
	return 0;
}

/**
 * kregion_sysfs_remove() - undo kregion_sysfs_add()
 * @kdev: a device that is being unregistered
 *
 * Waits for readers. Context: process context, may sleep.
 */
void kregion_sysfs_remove(struct kregion_device *kdev)
{
	struct kobject *kobj, *next;

	list_for_each_entry_safe(kobj, next, &kdev->regions_kset->list, entry) {
		kobject_del(kobj);
		kobject_put(kobj);
	}
	kset_unregister(kdev->regions_kset);
}
