/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that kregion builds for. Each HAVE_ macro
 * is the answer of a probe of the headers in Kbuild, not of a version number,
 * because distributions backport.
 */
#ifndef KREGION_COMPAT_H
#define KREGION_COMPAT_H

#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/splice.h>

#ifndef KREGION_HAVE_VM_FLAGS_SET	/* 6.3 */
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma,
				  unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#ifndef VM_PAT	/* x86 before 6.16 */
#define VM_PAT	VM_NONE
#endif

#ifndef KREGION_HAVE_COPY_SPLICE_READ	/* 6.5 */
#define copy_splice_read	generic_file_splice_read
#endif

#ifndef KREGION_HAVE_KMAP_LOCAL_PAGE	/* 5.11 */
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(address)	kunmap_atomic(address)
#endif

#ifndef barrier_nospec	/* x86 and powerpc have it; others since 6.3, empty */
#define barrier_nospec()	do { } while (0)
#endif

/*
 * riscv's set_pte_at() calls a function that modules do not have, if the page may be
 * executed. No region may, and with this the compiler sees that.
 */
static inline pte_t kregion_pte_noexec(pte_t pte)
{
#ifdef CONFIG_RISCV
	pte = __pte(pte_val(pte) & ~_PAGE_EXEC);
#endif
	return pte;
}

#endif /* KREGION_COMPAT_H */
