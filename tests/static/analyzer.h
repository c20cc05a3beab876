/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's allocators do, in words that gcc -fanalyzer and clang --analyze
 * understand: both know malloc(), calloc() and free() as builtins, and pairs of
 * functions by the attribute malloc. Included before a driver's file, see analyzer.t.
 * The objects are of no use.
 */
#ifndef KREGION_TEST_ANALYZER_H
#define KREGION_TEST_ANALYZER_H

/* First, as the kernel's own command line has it. */
#include <linux/kconfig.h>
#include <linux/compiler_types.h>

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* clang has no attribute for a pair of functions: there all are malloc() and free(). */
#ifdef __clang__
#define modelled_vmalloc(size)	__builtin_malloc(size)
#define modelled_kvmalloc(size)	__builtin_malloc(size)
#define modelled_vzalloc(size)	__builtin_calloc(1, size)
#define modelled_kvzalloc(size)	__builtin_calloc(1, size)
#define vfree(address)		__builtin_free((void *)(address))
#define kvfree(address)		__builtin_free((void *)(address))
#else
#define FREED_BY(function)	__attribute__((malloc(function, 1)))
void *modelled_vmalloc(unsigned long size) FREED_BY(vfree);
void *modelled_kvmalloc(size_t size) FREED_BY(kvfree);
#define modelled_vzalloc(size)	modelled_vmalloc(size)
#define modelled_kvzalloc(size)	modelled_kvmalloc(size)
void *modelled_pages(size_t size) FREED_BY(free_pages_exact);
void *modelled_vmap(struct page **pages, unsigned int count, unsigned long flags,
		    pgprot_t prot) FREED_BY(vunmap);

#undef alloc_pages_exact
#define alloc_pages_exact(size, gfp)	((void)(gfp), modelled_pages(size))
#define vmap(pages, nr, flags, prot)	modelled_vmap(pages, nr, flags, prot)
#endif

#undef kmalloc
#undef kzalloc
#undef kcalloc
#undef kmalloc_array
#undef kstrdup
#undef kfree
#define kmalloc(size, gfp)		((void)(gfp), __builtin_malloc(size))
#define kzalloc(size, gfp)		((void)(gfp), __builtin_calloc(1, size))
#define kcalloc(nr, size, gfp)		((void)(gfp), __builtin_calloc(nr, size))
#define kmalloc_array(nr, size, gfp)	kmalloc((nr) * (size), gfp)
#define kstrdup(text, gfp)		((void)(gfp), __builtin_strdup(text))
#define kfree(address)			__builtin_free((void *)(address))

#undef vmalloc
#undef vzalloc
#undef __vmalloc
#define vmalloc(size)			modelled_vmalloc(size)
#define vzalloc(size)			modelled_vzalloc(size)
#define __vmalloc(size, gfp)		((void)(gfp), modelled_vmalloc(size))

#undef kvmalloc
#undef kvzalloc
#undef kvcalloc
#undef kvmalloc_array
#define kvmalloc(size, gfp)		((void)(gfp), modelled_kvmalloc(size))
#define kvzalloc(size, gfp)		((void)(gfp), modelled_kvzalloc(size))
#define kvcalloc(nr, size, gfp)		kvzalloc((nr) * (size), gfp)
#define kvmalloc_array(nr, size, gfp)	kvmalloc((nr) * (size), gfp)

#endif /* KREGION_TEST_ANALYZER_H */
