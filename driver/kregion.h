/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kregion - the interface for other kernel modules.
 *
 * A module describes a device, registers it, and publishes data to user space
 * by writing to its regions' kernel addresses:
 *
 *	static const struct kregion_region_spec regions[] = {
 *		{ .backend = KREGION_BACKEND_VMALLOC, .size = 65536 },
 *	};
 *	static const struct kregion_device_desc desc = {
 *		.name = "sensor",
 *		.regions = regions,
 *		.nr_regions = ARRAY_SIZE(regions),
 *	};
 *
 *	kdev = kregion_device_register(&desc);
 *	memory = kregion_region_address(kdev, 0);
 *
 * kregion_demo.c is a complete user of it.
 */
#ifndef KREGION_H
#define KREGION_H

#include <linux/module.h>

#include "spec.h"

struct device;
struct kregion_device;

/**
 * struct kregion_device_desc - the description of a device
 * @name: the node is /dev/kregion-@name; NULL: /dev/kregionN with the lowest
 *	free number N
 * @parent: parent in the device tree, or NULL
 * @scope: who sees the same memory. With KREGION_SCOPE_OPEN each open file gets
 *	zeroed regions of its own, which the module cannot reach; RAM only
 * @regions: the regions, in the order of their offsets; used only during the call
 * @nr_regions: 1 to KREGION_MAX_REGIONS
 * @prepare: fills the regions before anyone can open the node, or NULL; may
 *	sleep, must not register or unregister devices; scope shared only
 */
struct kregion_device_desc {
	const char *name;
	struct device *parent;
	enum kregion_scope scope;
	const struct kregion_region_spec *regions;
	unsigned int nr_regions;
	void (*prepare)(struct kregion_device *kdev);
};

struct kregion_device *__kregion_device_register(const struct kregion_device_desc *desc,
						 struct module *owner);

/**
 * kregion_device_register() - make a device with zeroed regions and its node
 * @desc: what to make; not used after the call
 *
 * The calling module cannot be unloaded while the node is open or mapped. But the
 * kernel frees a module whose init function fails, whoever uses it: there, let
 * nothing that can fail follow.
 *
 * Context: process context, may sleep.
 * Return: the device, or an ERR_PTR(): -EINVAL (bad description, said in the
 * log), -EEXIST (name taken), -ENOSPC (no free number), -ENOMEM.
 */
#define kregion_device_register(desc) \
	__kregion_device_register(desc, THIS_MODULE)

void kregion_device_unregister(struct kregion_device *kdev);
const char *kregion_device_name(const struct kregion_device *kdev);
void *kregion_region_address(struct kregion_device *kdev, unsigned int index);
u64 kregion_region_size(const struct kregion_device *kdev, unsigned int index);

#endif /* KREGION_H */
