// SPDX-License-Identifier: GPL-2.0-only
/* kregion.ko: load and unload. */
#include <linux/module.h>
#include <linux/stringify.h>

#include "internal.h"

static int __init kregion_init(void)
{
	int err;

	kregion_debugfs_init();
	err = kregion_device_init();
	if (err)
		goto err_debugfs;
	err = kregion_params_init();
	if (err)
		goto err_device;
	err = kregion_configfs_init();
	if (err)
		goto err_params;
	return 0;

err_params:
	kregion_params_exit();
err_device:
	kregion_device_exit();
err_debugfs:
	kregion_debugfs_exit();
	return err;
}

static void __exit kregion_exit(void)
{
	kregion_configfs_exit();
	kregion_params_exit();
	kregion_device_exit();
	kregion_debugfs_exit();
}

module_init(kregion_init);
module_exit(kregion_exit);

MODULE_DESCRIPTION("Memory regions of the kernel as one device file");
MODULE_VERSION(__stringify(KREGION_VERSION));
MODULE_LICENSE("GPL");
