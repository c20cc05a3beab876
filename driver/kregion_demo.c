// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion_demo.ko: how another module publishes data through kregion.
 *
 * /dev/kregion-demo has three regions, see uapi/kregion_demo.h: two with a text
 * that the kernel wrote, and a status page that it updates ten times a second.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "kregion.h"
#include "uapi/kregion_demo.h"

#define STATUS_PERIOD	(HZ / 10)

enum { VMALLOC_REGION, KMALLOC_REGION, STATUS_REGION };

static const struct kregion_region_spec regions[] = {
	[VMALLOC_REGION] = {
		.name = "vmalloc",
		.backend = KREGION_BACKEND_VMALLOC,
		.size = 16,
		.size_in_pages = true,
	},
	[KMALLOC_REGION] = {
		.name = "kmalloc",
		.backend = KREGION_BACKEND_KMALLOC,
		.size = 16,
		.size_in_pages = true,
	},
	[STATUS_REGION] = {
		.name = "status",
		.backend = KREGION_BACKEND_KMALLOC,
		.flags = KREGION_SPEC_READONLY,
		.size = 1,
		.size_in_pages = true,
	},
};

static struct kregion_device *demo;

/*
 * A user program may map the page at any moment, so every store that it might
 * see goes through WRITE_ONCE(), between two steps of the sequence.
 */
static void update_status(struct work_struct *work)
{
	struct kregion_demo_status *status =
		kregion_region_address(demo, STATUS_REGION);
	u32 sequence = status->sequence;

	WRITE_ONCE(status->sequence, sequence + 1);
	smp_wmb();	/* odd before the first change; pairs with the reader */
	WRITE_ONCE(status->time_ns, ktime_get_ns());
	WRITE_ONCE(status->counter, status->counter + 1);
	smp_wmb();	/* even after the last change; pairs with the reader */
	WRITE_ONCE(status->sequence, sequence + 2);
	schedule_delayed_work(to_delayed_work(work), STATUS_PERIOD);
}

static DECLARE_DELAYED_WORK(status_work, update_status);

static void write_text(struct kregion_device *kdev, unsigned int index)
{
	struct kregion_demo_text *text = kregion_region_address(kdev, index);

	snprintf(text->hello, sizeof(text->hello), KREGION_DEMO_HELLO,
		 regions[index].name);
	text->number = KREGION_DEMO_NUMBER;
	strscpy(text->bye, KREGION_DEMO_BYE, sizeof(text->bye));
}

static void prepare(struct kregion_device *kdev)
{
	struct kregion_demo_status *status =
		kregion_region_address(kdev, STATUS_REGION);

	write_text(kdev, VMALLOC_REGION);
	write_text(kdev, KMALLOC_REGION);
	status->magic = KREGION_DEMO_MAGIC;
}

static const struct kregion_device_desc desc = {
	.name = "demo",
	.regions = regions,
	.nr_regions = ARRAY_SIZE(regions),
	.prepare = prepare,
};

static int __init kregion_demo_init(void)
{
	demo = kregion_device_register(&desc);
	if (IS_ERR(demo))
		return PTR_ERR(demo);
	schedule_delayed_work(&status_work, 0);
	return 0;
}

static void __exit kregion_demo_exit(void)
{
	cancel_delayed_work_sync(&status_work);
	kregion_device_unregister(demo);
}

module_init(kregion_demo_init);
module_exit(kregion_demo_exit);

MODULE_DESCRIPTION("Example of a module that publishes data through kregion");
MODULE_VERSION(__stringify(KREGION_VERSION));
MODULE_LICENSE("GPL");
