/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: which files are open, what is mapped where, and what every byte holds.
 * It is changed as the kernel should have changed, after each call.
 *
 * The kernel never merges mappings of a kregion device, so the model has exactly the
 * kernel's mappings: each split is one more.
 */
#ifndef KREGION_FUZZ_MODEL_H
#define KREGION_FUZZ_MODEL_H

#include <sys/types.h>

#include "layout.h"
#include "random.h"

#define MAX_FDS		12
#define MAX_FILES	128	/* open, or mapped, or of a child's parent */
#define MAX_MAPS	40
#define MANY_MAPS	32	/* from here on none is added: a call adds few */
#define MAX_COPIES	512	/* private pages that were written to */

/*
 * One address space: what each byte of it should be. In memory that a child of fork
 * shares, as it shares the regions.
 */
struct space {
	struct device *device;
	uint8_t *bytes;
	uint64_t *dirty;		/* a bit for each page that was written to */
	/* Scope shared: the fuzzer's own descriptor and view of all regions. */
	int control;
	const uint8_t *view;
};

/* An open file description. Its position is shared by dup and fork. */
struct file {
	struct device *device;		/* NULL: slot is free */
	struct space *space;
	struct space own;		/* of scope open */
	bool can_read, can_write, append;
	bool path;			/* O_PATH: no call but close and dup */
	bool gone;			/* its device went, even if there is one again */
	unsigned int fds, maps;		/* that hold it in this process */
	off_t *pos;
};

struct fd {
	int number;
	struct file *file;
};

/* Bits of map.flags besides PROT_READ and so on: what madvise sets. */
#define ADVICE_RANDOM		0x10
#define ADVICE_SEQUENTIAL	0x20
#define ADVICE_DONTFORK		0x40
#define ADVICE_HUGE		0x80
#define ADVICE_NOHUGE		0x100

/* What the kernel calls a vm_area_struct. */
struct map {
	uintptr_t address;
	unsigned int pages;
	struct file *file;		/* NULL: slot is free */
	const struct region *region;
	unsigned int first;		/* page of the device */
	bool shared;			/* MAP_SHARED was asked for: VM_MAYSHARE */
	bool writes_through;		/* and the file was writable: VM_SHARED */
	bool may_write;			/* VM_MAYWRITE */
	unsigned int flags;
	uint16_t copy[MAX_PAGES];	/* of the page, in copies[]; 0: none */
};

extern struct fd fds[MAX_FDS];
extern unsigned int nr_fds;
extern struct map maps[MAX_MAPS];
extern unsigned int nr_maps;
/* Mappings in other processes than this one, and the fuzzer's own views. */
extern unsigned int other_maps[MAX_DEVICES];

void model_init(void);

/* Close and unmap everything, all bytes 0 again: the state after model_init(). */
void model_reset(void);

/* A child of fork: forget what it has not got. */
void model_forked(void);

/* ---- files.c ---- */

struct file *file_new(struct device *device);	/* a slot is always free */
void file_put(struct file *file);	/* frees the slot of one that nothing holds */
struct fd *fd_add(int number, struct file *file);
void fd_remove(struct fd *fd);
struct fd *fd_find(int number);

/* Is a file open or a mapping left, of anyone but the fuzzer itself? */
bool device_is_used(const struct device *device);
/* Its files are of no use from now on. */
void device_goes(struct device *device);
/* It is there again, with the bytes that it had. */
void device_returns(struct device *device);

/* Bytes of a space were written to by the call. */
void space_write(struct space *space, off_t offset, const void *bytes,
		 size_t len);

/* ---- maps.c ---- */

struct map *map_new(void);
void map_drop(struct map *map);
struct map *map_at(uintptr_t address);
/* The lowest one that ends behind the address, or NULL. */
struct map *map_from(uintptr_t address);
uintptr_t map_end(const struct map *map);
/* Was its memory taken away with the device? An access is a SIGBUS. */
bool map_is_revoked(const struct map *map);
bool maps_overlap(uintptr_t start, uintptr_t end);
/* Split so that no mapping crosses the address. */
void maps_split(uintptr_t address);
/* Forget what lies in the range, as munmap does. */
void maps_cut(uintptr_t start, uintptr_t end);
/* Move what lies in the range, to where nothing is. */
void maps_move(uintptr_t start, uintptr_t end, uintptr_t to);
/* A page as this process should see it. */
const uint8_t *map_page(const struct map *map, unsigned int page);
/* The same to write to: makes the private copy; NULL when there are too many. */
uint8_t *map_page_for_write(struct map *map, unsigned int page);

#endif /* KREGION_FUZZ_MODEL_H */
