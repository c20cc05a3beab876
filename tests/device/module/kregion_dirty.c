// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test-stale-memory.c: leaves memory full of a pattern for whoever allocates next.
 * A write to the parameter "fill" takes that many rounds of memory of every kind and
 * size that kregion asks for, fills it and frees it. "left" tells how many of NR_PAGES
 * pages that are allocated now, without being zeroed, still hold the pattern.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define PATTERN		0xa5
#define MAX_ORDER_HERE	10	/* 4 MiB, the largest that kmalloc gives */
#define NR_PAGES	4096

/* All of one kind are there at once, so that none is the other one again. */
static void *blocks[NR_PAGES];

static void fill_blocks(size_t size, bool by_vmalloc)
{
	size_t nr = clamp_t(size_t, SZ_16M / size, 4, ARRAY_SIZE(blocks));
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY;
	size_t i;

	for (i = 0; i < nr; i++) {
		blocks[i] = by_vmalloc ? __vmalloc(size, gfp) :
					 kmalloc(size, gfp);
		if (blocks[i])
			memset(blocks[i], PATTERN, size);
	}
	for (i = 0; i < nr; i++)
		kvfree(blocks[i]);
}

static int fill_set(const char *val, const struct kernel_param *kp)
{
	unsigned int rounds, order;
	size_t size;
	int err = kstrtouint(val, 0, &rounds);

	if (err)
		return err;
	while (rounds--) {
		for (order = 0; order <= MAX_ORDER_HERE; order++)
			fill_blocks(PAGE_SIZE << order, true);
		/* The small ones are for what describes a region. */
		for (size = 32; size <= PAGE_SIZE << MAX_ORDER_HERE; size *= 2)
			fill_blocks(size, false);
		cond_resched();
	}
	return 0;
}

static int left_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i, left = 0;

	for (i = 0; i < NR_PAGES; i++) {
		blocks[i] = (void *)__get_free_page(GFP_KERNEL);
		if (blocks[i])
			left += !memchr_inv(blocks[i], PATTERN, PAGE_SIZE);
	}
	while (i--)
		free_page((unsigned long)blocks[i]);
	return sysfs_emit(buffer, "%u\n", left);
}

static const struct kernel_param_ops fill_ops = { .set = fill_set };
static const struct kernel_param_ops left_ops = { .get = left_get };

module_param_cb(fill, &fill_ops, NULL, 0200);
module_param_cb(left, &left_ops, NULL, 0400);

MODULE_DESCRIPTION("Test of memory that was another's before");
MODULE_LICENSE("GPL");
