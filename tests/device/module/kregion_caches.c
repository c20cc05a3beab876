// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test-cache.c: which memory type the page tables really give, read from their
 * entries. x86 only.
 *
 * Registers /dev/kregion-caches with a region of each backend and attribute, and
 * answers in debugfs/kregion_caches what was written there before:
 *
 *	user ADDRESS		"user=T direct=T": of the caller's own page there, and
 *				of the same memory in the kernel's direct map
 *	kernel INDEX PAGE	"kernel=T": of the address that the kernel uses
 *	pfn NUMBER		"direct=T"
 *	count			pages of RAM that are not write-back in the direct map
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include <asm/msr.h>
#include <asm/pgtable.h>

#include "kregion.h"

#define REGION(_backend, _cache) { \
		.backend = KREGION_BACKEND_##_backend, \
		.cache = KREGION_CACHE_##_cache, \
		.size = 5, \
		.size_in_pages = true, \
	}

static const struct kregion_region_spec regions[] = {
	REGION(KMALLOC, WB), REGION(KMALLOC, WC), REGION(KMALLOC, UC),
	REGION(VMALLOC, WB), REGION(VMALLOC, WC), REGION(VMALLOC, UC),
};

static const struct kregion_device_desc desc = {
	.name = "caches",
	.regions = regions,
	.nr_regions = ARRAY_SIZE(regions),
};

static struct kregion_device *kdev;
static struct dentry *file;
static char answer[64];

/* Intel SDM vol. 3, table "PAT encoding". UC- is UC where the MTRRs say WB. */
static const char *type_name(unsigned int type)
{
	static const char *const names[] = { "uc", "wc", "2", "3", "wt", "wp",
					     "wb", "uc" };

	return names[type & 7];
}

static const char *entry_type(pte_t pte, bool large)
{
	unsigned long pat_bit = large ? _PAGE_PAT_LARGE : _PAGE_PAT;
	unsigned int index = 0, low, high;
	u64 msr;

	if (pte_val(pte) & _PAGE_PWT)
		index |= 1;
	if (pte_val(pte) & _PAGE_PCD)
		index |= 2;
	if (pte_val(pte) & pat_bit)
		index |= 4;
	rdmsr(MSR_IA32_CR_PAT, low, high);
	msr = (u64)high << 32 | low;
	return type_name(msr >> (index * 8));
}

static const char *kernel_type(unsigned long addr)
{
	unsigned int level;
	pte_t *pte = lookup_address(addr, &level);

	if (!pte || !(pte_val(*pte) & _PAGE_PRESENT))
		return "none";
	return entry_type(*pte, level != PG_LEVEL_4K);
}

static const char *direct_type(unsigned long pfn)
{
	if (!pfn_valid(pfn))
		return "none";
	return kernel_type((unsigned long)pfn_to_kaddr(pfn));
}

/* The entry of a small page, 0 where there is none. */
static pte_t user_entry(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return __pte(0);
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		return __pte(0);
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return __pte(0);
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || pmd_val(*pmd) & _PAGE_PSE)
		return __pte(0);
	return *pte_offset_kernel(pmd, addr);
}

static int answer_user(unsigned long addr)
{
	pte_t pte;

	mmap_read_lock(current->mm);
	pte = user_entry(current->mm, addr);
	mmap_read_unlock(current->mm);
	if (!(pte_val(pte) & _PAGE_PRESENT))
		return -EFAULT;
	snprintf(answer, sizeof(answer), "user=%s direct=%s\n",
		 entry_type(pte, false), direct_type(pte_pfn(pte)));
	return 0;
}

static int answer_kernel(unsigned int index, unsigned int page)
{
	void *address = kregion_region_address(kdev, index);

	if (!address || page * PAGE_SIZE >= kregion_region_size(kdev, index))
		return -ENXIO;
	snprintf(answer, sizeof(answer), "kernel=%s\n",
		 kernel_type((unsigned long)address + page * PAGE_SIZE));
	return 0;
}

static void answer_count(void)
{
	unsigned long pfn, step, count = 0;

	for (pfn = 0; pfn < SZ_4G >> PAGE_SHIFT; pfn += step) {
		unsigned int level = PG_LEVEL_4K;
		pte_t *pte = NULL;

		if (pfn_valid(pfn) && page_is_ram(pfn))
			pte = lookup_address((unsigned long)pfn_to_kaddr(pfn),
					     &level);
		step = 1;
		if (!pte || !(pte_val(*pte) & _PAGE_PRESENT))
			continue;
		if (level == PG_LEVEL_2M)
			step = PTRS_PER_PTE - pfn % PTRS_PER_PTE;
		if (strcmp(entry_type(*pte, level != PG_LEVEL_4K), "wb"))
			count += step;
		cond_resched();
	}
	snprintf(answer, sizeof(answer), "%lu\n", count);
}

static int ask(const char *text)
{
	unsigned long number;
	unsigned int index, page;

	if (sscanf(text, "user %li", &number) == 1)
		return answer_user(number);
	if (sscanf(text, "kernel %u %u", &index, &page) == 2)
		return answer_kernel(index, page);
	if (sscanf(text, "pfn %lu", &number) == 1) {
		snprintf(answer, sizeof(answer), "direct=%s\n",
			 direct_type(number));
		return 0;
	}
	if (strcmp(text, "count"))
		return -EINVAL;
	answer_count();
	return 0;
}

static ssize_t question_write(struct file *unused, const char __user *buf,
			      size_t len, loff_t *pos)
{
	char text[64];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	text[len] = '\0';
	err = ask(text);
	return err ?: len;
}

static ssize_t answer_read(struct file *unused, char __user *buf, size_t len,
			   loff_t *pos)
{
	return simple_read_from_buffer(buf, len, pos, answer, strlen(answer));
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.read = answer_read,
	.write = question_write,
};

static int __init kregion_caches_init(void)
{
	kdev = kregion_device_register(&desc);
	if (IS_ERR(kdev))
		return PTR_ERR(kdev);
	file = debugfs_create_file("kregion_caches", 0600, NULL, NULL, &fops);
	return 0;
}

static void __exit kregion_caches_exit(void)
{
	debugfs_remove(file);
	kregion_device_unregister(kdev);
}

module_init(kregion_caches_init);
module_exit(kregion_caches_exit);

MODULE_DESCRIPTION("Test of the memory types in page tables");
MODULE_LICENSE("GPL");
