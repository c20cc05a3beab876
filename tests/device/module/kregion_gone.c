// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test-gone.c: a device that is unregistered while it is in use, as that of
 * an unplugged piece of hardware would be. Writing 1 to the parameter "on"
 * registers /dev/kregion-gone, writing 0 unregisters it.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "kregion.h"

static const struct kregion_region_spec regions[] = {
	{
		.backend = KREGION_BACKEND_VMALLOC,
		.size = 16,
		.size_in_pages = true,
	},
	{
		.backend = KREGION_BACKEND_KMALLOC,
		.size = 16,
		.size_in_pages = true,
	},
};

static const struct kregion_device_desc desc = {
	.name = "gone",
	.regions = regions,
	.nr_regions = ARRAY_SIZE(regions),
};

static struct kregion_device *kdev;

static int turn_on(void)
{
	struct kregion_device *new = kregion_device_register(&desc);

	if (IS_ERR(new))
		return PTR_ERR(new);
	kdev = new;
	return 0;
}

static int turn_off(void)
{
	if (kdev)
		kregion_device_unregister(kdev);
	kdev = NULL;
	return 0;
}

static int on_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int err = kstrtobool(val, &on);

	if (err)
		return err;
	return on ? turn_on() : turn_off();
}

static const struct kernel_param_ops on_ops = {
	.set = on_set,
};

module_param_cb(on, &on_ops, NULL, 0200);

static int __init kregion_gone_init(void)
{
	return 0;
}

static void __exit kregion_gone_exit(void)
{
	turn_off();
}

module_init(kregion_gone_init);
module_exit(kregion_gone_exit);

MODULE_DESCRIPTION("Test of devices that go while they are in use");
MODULE_LICENSE("GPL");
