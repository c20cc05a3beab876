/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a region shall be, the parser of the module parameter regions=, and of the
 * words in it, which configfs takes one by one.
 *
 * No kernel call in here or in spec.c: both are also compiled in user space,
 * for the unit tests.
 */
#ifndef KREGION_SPEC_H
#define KREGION_SPEC_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

#include "uapi/kregion.h"

/* Limits of one address space and of the module. */
#define KREGION_MAX_REGIONS	256
#define KREGION_MAX_DEVICES	256

/* Bits of kregion_region_spec.flags. */
#define KREGION_SPEC_READONLY	0x1u	/* user space may not write */
/*
 * iomem whose size is no multiple of a page: nothing but padding shares its last
 * page, so user space may map it. Without it such a region is read and written only.
 */
#define KREGION_SPEC_OWNS_PAGE	0x2u

/* Who sees the same memory. */
enum kregion_scope {
	KREGION_SCOPE_SHARED = 0,	/* all who open the device */
	KREGION_SCOPE_OPEN,		/* each open file has its own regions */
};

/**
 * struct kregion_region_spec - the description of one region
 * @backend: enum kregion_backend_id
 * @cache: enum kregion_cache
 * @flags: KREGION_SPEC_* bits
 * @size: bytes, or pages where @size_in_pages; RAM is rounded up to whole pages
 * @size_in_pages: the unit of @size
 * @address: iomem only: physical address of its first byte, as in a resource
 *	that the caller holds
 * @name: unique in its device; empty: "region" and the index
 */
struct kregion_region_spec {
	__u32 backend;
	__u32 cache;
	__u32 flags;
	__u64 size;
	__u64 address;
	bool size_in_pages;
	char name[KREGION_NAME_LEN];
};

/**
 * struct kregion_parser - where a parser is in its text
 * @next: the text that is left
 * @more: a region must follow
 * @at_device: a device begins here
 * @scope: enum kregion_scope of the device of the region found last
 * @token: after an error: the token that is wrong, inside the text; after a
 *	region: all of its text
 * @token_len: bytes of @token
 * @expected: after an error: what would have been right
 */
struct kregion_parser {
	const char *next;
	bool more;
	bool at_device;
	__u32 scope;
	const char *token;
	unsigned int token_len;
	const char *expected;
};

/* What kregion_parse_next() found. */
enum kregion_parsed {
	KREGION_PARSED_ERROR = -1,	/* see token and expected */
	KREGION_PARSED_END = 0,		/* the text is used up */
	KREGION_PARSED_REGION,		/* a region; more may follow in its device */
	KREGION_PARSED_LAST,		/* a region, the last one of its device */
};

void kregion_parse_start(struct kregion_parser *parser, const char *text);
enum kregion_parsed kregion_parse_next(struct kregion_parser *parser,
				       struct kregion_region_spec *spec);
const char *kregion_parse_backend(const char *text, unsigned int len,
				  struct kregion_region_spec *spec);
const char *kregion_parse_cache(const char *text, unsigned int len,
				struct kregion_region_spec *spec);
const char *kregion_parse_size(const char *text, unsigned int len,
			       struct kregion_region_spec *spec);
const char *kregion_parse_scope(const char *text, unsigned int len,
				__u32 *scope);
const char *kregion_scope_name(__u32 scope);
bool kregion_name_valid(const char *name, unsigned int len);

#endif /* KREGION_SPEC_H */
