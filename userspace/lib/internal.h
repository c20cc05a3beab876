/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of libkregion share. */
#ifndef LIBKREGION_INTERNAL_H
#define LIBKREGION_INTERNAL_H

#include <sys/types.h>

#include "kregion.h"

/* Of all functions only those of the public header leave the shared library. */
#pragma GCC visibility push(default)
#include "libkregion.h"
#pragma GCC visibility pop

_Static_assert(sizeof(off_t) == sizeof(uint64_t),
	       "32-bit machines need -D_FILE_OFFSET_BITS=64");

/* A region and the bytes of its name. */
struct kregion_entry {
	struct kregion_region region;
	char name[KREGION_NAME_LEN];
};

/* Nothing in it changes between kregion_open() and kregion_close(). */
struct kregion {
	int fd;
	int is_private;
	unsigned int count;
	size_t page_size;
	uint64_t size;
	struct kregion_entry *entries;	/* @count of them, by rising offset */
};

/* Bytes of "/dev/kregion-", a name and its closing NUL. */
#define KREGION_PATH_LEN	(sizeof("/dev/kregion-") - 1 + KREGION_NAME_LEN)

/* The path that @device means: itself, or made in @buffer. EINVAL: no device. */
const char *kregion_path(const char *device, char buffer[KREGION_PATH_LEN]);

/**
 * struct kregion_pages - the whole pages that hold a range
 * @offset: of the first page
 * @skip: bytes from there to the range
 * @length: bytes of the pages
 */
struct kregion_pages {
	uint64_t offset;
	size_t skip;
	size_t length;
};

/* ENOMEM: so many pages do not fit into an address space. */
int kregion_to_pages(uint64_t offset, size_t length, size_t page_size,
		     struct kregion_pages *pages);

#endif /* LIBKREGION_INTERNAL_H */
