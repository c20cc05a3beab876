// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests/concurrency/test-torn-read.c: /dev/kregion-writers has a record that two
 * threads of the kernel update as fast as they can, by the protocol of the status
 * record in uapi/kregion_demo.h. That one has one writer; two need a lock besides.
 *
 * With the parameter "careless" they take the lock but leave the sequence alone, as a
 * module would whose author did not read docs/in-kernel.md.
 */
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "kregion.h"
#include "kregion_writers.h"

static bool careless;
module_param(careless, bool, 0444);

static const struct kregion_region_spec regions[] = {
	{
		.name = "record",
		.backend = KREGION_BACKEND_KMALLOC,
		.flags = KREGION_SPEC_READONLY,
		.size = 1,
		.size_in_pages = true,
	},
};

static const struct kregion_device_desc desc = {
	.name = "writers",
	.regions = regions,
	.nr_regions = ARRAY_SIZE(regions),
};

static struct kregion_device *kdev;
static struct task_struct *threads[2];
static DEFINE_SPINLOCK(lock);

static void write_fields(struct kregion_writers_record *record, u32 writer)
{
	u64 counter = record->counter + 1;
	int i;

	WRITE_ONCE(record->writer, writer);
	WRITE_ONCE(record->counter, counter);
	WRITE_ONCE(record->updates[writer], record->updates[writer] + 1);
	for (i = 0; i < KREGION_WRITERS_WORDS; i++)
		WRITE_ONCE(record->words[i], counter * (i + 1) + writer);
}

static void update(struct kregion_writers_record *record, u32 writer)
{
	u32 sequence = record->sequence;

	WRITE_ONCE(record->sequence, sequence + 1);
	smp_wmb();	/* odd before the first change; pairs with the reader */
	write_fields(record, writer);
	smp_wmb();	/* even after the last change; pairs with the reader */
	WRITE_ONCE(record->sequence, sequence + 2);
}

static int write_on(void *data)
{
	struct kregion_writers_record *record = kregion_region_address(kdev, 0);
	u32 writer = (unsigned long)data;

	while (!kthread_should_stop()) {
		spin_lock(&lock);
		if (careless)
			write_fields(record, writer);
		else
			update(record, writer);
		spin_unlock(&lock);
		cond_resched();
	}
	return 0;
}

static void stop_threads(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		if (!IS_ERR_OR_NULL(threads[i]))
			kthread_stop(threads[i]);
	}
}

/* On the last CPUs, so that the reader may take the first. */
static int start_threads(void)
{
	unsigned int cpu = num_online_cpus();
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		threads[i] = kthread_create(write_on, (void *)i,
					    "kregion_writer%lu", i);
		if (IS_ERR(threads[i]))
			return PTR_ERR(threads[i]);
		if (cpu > 1)
			kthread_bind(threads[i], --cpu);
		wake_up_process(threads[i]);
	}
	return 0;
}

static int __init kregion_writers_init(void)
{
	int err;

	kdev = kregion_device_register(&desc);
	if (IS_ERR(kdev))
		return PTR_ERR(kdev);
	err = start_threads();
	if (err) {
		stop_threads();
		kregion_device_unregister(kdev);
	}
	return err;
}

static void __exit kregion_writers_exit(void)
{
	stop_threads();
	kregion_device_unregister(kdev);
}

module_init(kregion_writers_init);
module_exit(kregion_writers_exit);

MODULE_DESCRIPTION("Test of a record with two writers");
MODULE_LICENSE("GPL");
