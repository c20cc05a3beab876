// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test-in-kernel.c: registers /dev/kregion-try from a description that is
 * written to the parameter "device", as
 *
 *	SCOPE PREPARE, BACKEND CACHE FLAGS ADDRESS SIZE [, BACKEND ...]
 *
 * in numbers, up to two regions; whatever kregion_device_register() says is the
 * answer to the write. "none" unregisters it. Read, it is the registered device's
 * name. The parameter "name" is what stands behind /dev/kregion-. To "hold", ADDRESS
 * and SIZE are written of device memory that is to be another driver's; 0 0 gives it
 * back.
 */
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "kregion.h"

static struct kregion_device *kdev;
static char name[64] = "try";
module_param_string(name, name, sizeof(name), 0200);

static void prepare_nothing(struct kregion_device *unused)
{
}

static void unregister(void)
{
	if (kdev)
		kregion_device_unregister(kdev);
	kdev = NULL;
}

static int device_set(const char *val, const struct kernel_param *kp)
{
	struct kregion_region_spec specs[2] = {};
	struct kregion_device_desc desc = {
		.name = name,
		.regions = specs,
	};
	struct kregion_device *new;
	unsigned int scope, prepare;

	unregister();
	if (sysfs_streq(val, "none"))
		return 0;
	if (sscanf(val, "%u %u", &scope, &prepare) != 2)
		return -EDOM;
	while ((val = strchr(val, ','))) {
		struct kregion_region_spec *spec = &specs[desc.nr_regions++];

		val++;
		if (sscanf(val, "%u %u %u %lli %lli", &spec->backend,
			   &spec->cache, &spec->flags, &spec->address,
			   &spec->size) != 5)
			return -EDOM;
	}
	desc.scope = scope;
	if (prepare)
		desc.prepare = prepare_nothing;
	new = kregion_device_register(&desc);
	if (IS_ERR(new))
		return PTR_ERR(new);
	kdev = new;
	return 0;
}

static int device_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%s\n", kdev ? kregion_device_name(kdev) : "none");
}

static const struct kernel_param_ops device_ops = {
	.set = device_set,
	.get = device_get,
};

module_param_cb(device, &device_ops, NULL, 0600);

static u64 held, held_size;

static void give_back(void)
{
	if (held_size)
		release_mem_region(held, held_size);
	held_size = 0;
}

static int hold_set(const char *val, const struct kernel_param *kp)
{
	u64 size;

	give_back();
	if (sscanf(val, "%lli %lli", &held, &size) != 2)
		return -EDOM;
	if (size && !request_mem_region(held, size, KBUILD_MODNAME))
		return -EBUSY;
	held_size = size;
	return 0;
}

static const struct kernel_param_ops hold_ops = {
	.set = hold_set,
};

module_param_cb(hold, &hold_ops, NULL, 0200);

static int __init kregion_try_init(void)
{
	return 0;
}

static void __exit kregion_try_exit(void)
{
	unregister();
	give_back();
}

module_init(kregion_try_init);
module_exit(kregion_try_exit);

MODULE_DESCRIPTION("Test of descriptions that other modules may pass");
MODULE_LICENSE("GPL");
