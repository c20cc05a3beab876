// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes that the analysers must find, or they have gone blind. A line that has one
 * ends in the names of those that must name it.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

MODULE_LICENSE("GPL");

static int __used planted_leak(size_t size)
{
	char *first = kmalloc(16, GFP_KERNEL);
	char *second;

	if (!first)
		return -ENOMEM;
	second = kvzalloc(size, GFP_KERNEL);
	if (!second)	/* gcc */
		return -ENOMEM;	/* analyze */
	kvfree(second);
	kfree(first);
	return 0;
}

static int __used planted_leak_of_vmalloc(size_t size)
{
	char *first = vmalloc(16);
	char *second;

	if (!first)
		return -ENOMEM;
	second = kmalloc(size, GFP_KERNEL);
	if (!second)	/* gcc */
		return -ENOMEM;	/* analyze */
	kfree(second);
	vfree(first);
	return 0;
}

static int __used planted_use_after_free(char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(copy);
	return copy[0];	/* gcc analyze coccinelle */
}

static void __used planted_double_free(size_t size)
{
	char *memory = kzalloc(size, GFP_KERNEL);

	kfree(memory);
	kfree(memory);	/* gcc analyze coccinelle */
}

static void __used planted_wrong_free(size_t size)
{
	void *memory = vmalloc(size);

	kfree(memory);	/* gcc */
}

static int __used planted_null(void)
{
	int *number = kzalloc(sizeof(*number), GFP_KERNEL);
	int was = number[0];	/* gcc */

	kfree(number);
	return was;
}

static int __used planted_bounds(size_t at)
{
	char *text = kzalloc(16, GFP_KERNEL);
	int was;

	if (!text)
		return -ENOMEM;
	was = text[16];	/* gcc */
	kfree(text);
	return was;
}

static int __used planted_uninitialised(int known)
{
	int number;

	if (known > 3)	/* clang */
		number = known;
	return number;	/* gcc analyze */
}

static int __used planted_uninitialised_memory(void)
{
	int *number = kmalloc(sizeof(*number), GFP_KERNEL);
	int was;

	if (!number)
		return -ENOMEM;
	was = number[0];	/* gcc analyze */
	kfree(number);
	return was;
}

static int __used planted_lock(struct mutex *lock, int wrong)
{
	mutex_lock(lock);
	if (wrong)
		return -EINVAL;	/* coccinelle */
	mutex_unlock(lock);
	return 0;
}

static int __used planted_user_pointer(char __user *text)
{
	return *text;	/* sparse */
}

static int __used planted_precedence(int flags)
{
	return !flags & 8;	/* clang */
}

int planted_undeclared(int flags)	/* clang sparse */
{
	return flags;
}
