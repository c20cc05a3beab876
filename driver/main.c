// SPDX-License-Identifier: GPL-2.0-only
/* kregion.ko: load and unload. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/stringify.h>

#include "internal.h"

static DECLARE_COMPLETION(load_ended);

/**
 * kregion_wait_for_load() - wait until it is known whether the module stays
 *
 * The kernel frees a module whose init function fails, whoever uses it
 * (do_init_module()). So nobody opens a device before that is decided; when it
 * failed, all devices are gone then.
 *
 * Context: process context, may sleep.
 * Return: 0, or -ERESTARTSYS when killed.
 */
int kregion_wait_for_load(void)
{
	return wait_for_completion_killable(&load_ended);
}

/*
 * Let those who were on their way into a device find it gone, and see them out. A file of
 * debugfs or a user of a tracepoint, which root alone has, holds this up.
 */
static void see_users_out(void)
{
	complete_all(&load_ended);
#ifdef CONFIG_MODULE_UNLOAD	/* without it nobody is counted */
	while (module_refcount(THIS_MODULE) > 1)	/* one is the loader's */
		msleep(20);
#endif
}

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
	complete_all(&load_ended);
	return 0;

err_params:
	kregion_params_exit();
err_device:
	see_users_out();
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
