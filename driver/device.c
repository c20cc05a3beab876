// SPDX-License-Identifier: GPL-2.0-only
/* Devices: their number, node and lifetime; the interface for other modules. */
#define pr_fmt(fmt) "kregion: " fmt

#include <linux/idr.h>
#include <linux/slab.h>

#include "internal.h"

static struct class kregion_class = {
	.name = "kregion",
	.dev_groups = kregion_device_groups,
};

static dev_t first_devt;
static DEFINE_IDA(minors);

/* Two callers must not find the same name free. */
static DEFINE_MUTEX(register_lock);

static struct kregion_device *to_kregion_device(struct device *dev)
{
	return container_of(dev, struct kregion_device, dev);
}

/* The last reference is gone: no file, no mapping, no kernel user. */
static void device_release(struct device *dev)
{
	struct kregion_device *kdev = to_kregion_device(dev);

	kregion_revoke_exit(kdev);
	if (!IS_ERR_OR_NULL(kdev->space))
		kregion_space_destroy(kdev->space);
	if (kdev->id >= 0)
		ida_free(&minors, kdev->id);
	kfree(kdev);
}

static int device_set_name(struct kregion_device *kdev, const char *name)
{
	int len;

	if (!name)
		return dev_set_name(&kdev->dev, "kregion%d", kdev->id);
	len = strnlen(name, KREGION_NAME_LEN);
	if (!kregion_name_valid(name, len)) {
		pr_err("device '%*pE': expected a name of 1 to 31 characters a-z 0-9 _ -\n",
		       len, name);
		return -EINVAL;
	}
	return dev_set_name(&kdev->dev, "kregion-%s", name);
}

static bool device_name_taken(const char *name)
{
	struct device *dev = class_find_device_by_name(&kregion_class, name);

	put_device(dev);
	return dev;
}

static int device_add_node(struct kregion_device *kdev)
{
	int err = cdev_device_add(&kdev->cdev, &kdev->dev);

	if (err)
		return err;
	err = kregion_sysfs_add(kdev);
	if (err) {
		cdev_device_del(&kdev->cdev, &kdev->dev);
		return err;
	}
	kregion_debugfs_add(kdev);
	return 0;
}

/*
 * Make the node; udev hears of it when sysfs is complete. Until then, and with
 * that until nothing can fail any more, who opens it waits.
 */
static int device_publish(struct kregion_device *kdev)
{
	int err;

	dev_set_uevent_suppress(&kdev->dev, true);
	mutex_lock(&kdev->users_lock);
	err = device_add_node(kdev);
	if (err)
		WRITE_ONCE(kdev->gone, true);
	mutex_unlock(&kdev->users_lock);
	if (err)
		return err;
	dev_set_uevent_suppress(&kdev->dev, false);
	kobject_uevent(&kdev->dev.kobj, KOBJ_ADD);
	return 0;
}

static int device_set_scope(struct kregion_device *kdev,
			    const struct kregion_device_desc *desc)
{
	const char *expected = NULL;

	if (desc->scope > KREGION_SCOPE_OPEN)
		expected = "scope shared or open";
	else if (desc->scope == KREGION_SCOPE_OPEN && desc->prepare)
		expected = "no prepare() with scope open";
	if (expected) {
		dev_err(&kdev->dev, "expected %s\n", expected);
		return -EINVAL;
	}
	kdev->scope = desc->scope;
	return 0;
}

/* With scope open the space is only the pattern of each open file's own. */
static int device_alloc(struct kregion_device *kdev)
{
	struct kregion_region *region;
	int err;

	if (kdev->scope == KREGION_SCOPE_OPEN) {
		if (!kregion_space_has_device_memory(kdev->space))
			return 0;
		dev_err(&kdev->dev, "expected scope shared for device memory\n");
		return -EINVAL;
	}
	err = kregion_space_alloc(kdev->space, GFP_KERNEL);
	if (!err)
		return 0;
	region = &kdev->space->regions[kdev->space->nr_allocated];
	dev_err(&kdev->dev, "region %u: no memory for %lu pages of %s\n",
		region->index, region->pages, region->backend->name);
	return err;
}

static int device_build(struct kregion_device *kdev,
			const struct kregion_device_desc *desc,
			struct module *module)
{
	int err;

	kdev->id = ida_alloc_max(&minors, KREGION_MAX_DEVICES - 1, GFP_KERNEL);
	if (kdev->id < 0)
		return kdev->id;
	kdev->dev.devt = first_devt + kdev->id;
	err = device_set_name(kdev, desc->name);
	if (err)
		return err;
	if (device_name_taken(dev_name(&kdev->dev)))
		return -EEXIST;

	err = device_set_scope(kdev, desc);
	if (err)
		return err;
	kdev->space = kregion_space_create(kdev, desc->regions,
					   desc->nr_regions);
	if (IS_ERR(kdev->space))
		return PTR_ERR(kdev->space);
	err = device_alloc(kdev);
	if (err)
		return err;
	err = kregion_revoke_init(kdev);
	if (err)
		return err;

	if (desc->prepare)
		desc->prepare(kdev);

	cdev_init(&kdev->cdev, &kregion_fops);
	kdev->cdev.owner = module;
	return device_publish(kdev);
}

/**
 * kregion_device_create() - kregion_device_register() with an owner
 * @desc: what to make
 * @module: stays loaded while the node is open or mapped
 * @owner: to be told of the device's users, or NULL; then it is removed by
 *	kregion_device_unregister_unused() and no other way
 *
 * Context: process context, may sleep.
 * Return: the device or an ERR_PTR().
 */
struct kregion_device *
kregion_device_create(const struct kregion_device_desc *desc,
		      struct module *module, struct kregion_owner *owner)
{
	struct kregion_device *kdev = kzalloc(sizeof(*kdev), GFP_KERNEL);
	int err;

	if (!kdev)
		return ERR_PTR(-ENOMEM);
	device_initialize(&kdev->dev);
	init_rwsem(&kdev->revoke_lock);
	mutex_init(&kdev->users_lock);
	kdev->owner = owner;
	kdev->dev.class = &kregion_class;
	kdev->dev.parent = desc->parent;
	kdev->dev.release = device_release;

	mutex_lock(&register_lock);
	err = device_build(kdev, desc, module);
	mutex_unlock(&register_lock);
	if (err) {
		put_device(&kdev->dev);
		return ERR_PTR(err);
	}
	dev_info(&kdev->dev, "created with %u regions, %llu bytes\n",
		 kdev->space->nr_regions, kregion_space_size(kdev->space));
	return kdev;
}

/**
 * __kregion_device_register() - see kregion_device_register()
 * @desc: what to make
 * @owner: the module that stays loaded while the node is open or mapped
 *
 * Context: process context, may sleep.
 * Return: the device or an ERR_PTR().
 */
struct kregion_device *
__kregion_device_register(const struct kregion_device_desc *desc,
			  struct module *owner)
{
	return kregion_device_create(desc, owner, NULL);
}
EXPORT_SYMBOL_GPL(__kregion_device_register);

/**
 * kregion_device_unregister() - remove a device's node
 * @kdev: from kregion_device_register(); not used after the call
 *
 * New opens fail. Files that are still open fail with -ENODEV. Mappings of RAM
 * live on, and with them the memory; it is freed when the last of them is gone.
 * Mappings of device memory are revoked: an access is a SIGBUS, and after the call
 * neither user space nor kregion touches the device.
 *
 * Context: process context, may sleep.
 */
void kregion_device_unregister(struct kregion_device *kdev)
{
	WRITE_ONCE(kdev->gone, true);
	kregion_debugfs_remove(kdev);
	kregion_sysfs_remove(kdev);
	cdev_device_del(&kdev->cdev, &kdev->dev);
	kregion_revoke(kdev);
	put_device(&kdev->dev);
}
EXPORT_SYMBOL_GPL(kregion_device_unregister);

/**
 * kregion_device_unregister_unused() - remove a device that has an owner
 * @kdev: from kregion_device_create(); not used after the call if that succeeds
 *
 * Context: process context, may sleep.
 * Return: 0, or -EBUSY while a file is open or a mapping lives; then all is as
 * before.
 */
int kregion_device_unregister_unused(struct kregion_device *kdev)
{
	bool used;

	mutex_lock(&kdev->users_lock);
	used = kdev->users;
	if (!used)
		WRITE_ONCE(kdev->gone, true);
	mutex_unlock(&kdev->users_lock);
	if (used)
		return -EBUSY;
	kregion_device_unregister(kdev);
	return 0;
}

/**
 * kregion_device_use() - a file is to be opened
 * @kdev: the device that its node leads to
 *
 * Context: process context, may sleep.
 * Return: 0 or the error of open(2): -ENODEV when the device is being removed, or
 * could not be made after all.
 */
int kregion_device_use(struct kregion_device *kdev)
{
	int err = kregion_wait_for_load();

	if (err)
		return err;
	mutex_lock(&kdev->users_lock);
	if (READ_ONCE(kdev->gone))
		err = -ENODEV;
	else if (kdev->owner && !kdev->users)
		err = kdev->owner->hold(kdev->owner);
	if (!err)
		kdev->users++;
	mutex_unlock(&kdev->users_lock);
	return err;
}

/**
 * kregion_device_unuse() - undo kregion_device_use()
 * @kdev: the device; the file still holds it
 *
 * Context: process context, may sleep.
 */
void kregion_device_unuse(struct kregion_device *kdev)
{
	mutex_lock(&kdev->users_lock);
	if (!--kdev->users && kdev->owner)
		kdev->owner->let_go(kdev->owner);
	mutex_unlock(&kdev->users_lock);
}

/**
 * kregion_device_name() - the name of a device and of its node in /dev
 * @kdev: a registered device, or one that is being prepared
 *
 * Return: the name, which lives as long as the device. Any context.
 */
const char *kregion_device_name(const struct kregion_device *kdev)
{
	return dev_name(&kdev->dev);
}
EXPORT_SYMBOL_GPL(kregion_device_name);

/**
 * kregion_region_address() - the kernel address of a region
 * @kdev: a registered device, or one that is being prepared
 * @index: of the region, from 0
 *
 * User space may see every byte stored there, at once. In a region that is not
 * write-back smp_wmb() does not order stores, wmb() does.
 *
 * Return: the address of kregion_region_size() bytes, valid until @kdev is
 * unregistered, or NULL when there is no such region, or none to write to: device
 * memory, or a device with scope open. Any context.
 */
void *kregion_region_address(struct kregion_device *kdev, unsigned int index)
{
	if (index >= kdev->space->nr_regions)
		return NULL;
	return kdev->space->regions[index].address;
}
EXPORT_SYMBOL_GPL(kregion_region_address);

/**
 * kregion_region_size() - the size of a region
 * @kdev: a registered device, or one that is being prepared
 * @index: of the region, from 0
 *
 * Return: bytes, of RAM a multiple of the page size, or 0 when there is no such
 * region. Any context.
 */
u64 kregion_region_size(const struct kregion_device *kdev,
			unsigned int index)
{
	if (index >= kdev->space->nr_regions)
		return 0;
	return kdev->space->regions[index].bytes;
}
EXPORT_SYMBOL_GPL(kregion_region_size);

/**
 * kregion_device_init() - register the class and the range of device numbers
 *
 * Context: module load, may sleep.
 * Return: 0 or an error.
 */
int kregion_device_init(void)
{
	int err = class_register(&kregion_class);

	if (err)
		return err;
	err = alloc_chrdev_region(&first_devt, 0, KREGION_MAX_DEVICES,
				  "kregion");
	if (err)
		class_unregister(&kregion_class);
	return err;
}

/**
 * kregion_device_exit() - undo kregion_device_init()
 *
 * Context: module load or unload, may sleep. No device is left.
 */
void kregion_device_exit(void)
{
	unregister_chrdev_region(first_devt, KREGION_MAX_DEVICES);
	class_unregister(&kregion_class);
	ida_destroy(&minors);
}
