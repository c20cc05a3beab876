/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of calls, each in an op-*.c: it draws arguments, calls, and checks. */
#ifndef KREGION_FUZZ_OPS_H
#define KREGION_FUZZ_OPS_H

#include "layout.h"
#include "random.h"

struct op {
	const char *name;
	unsigned int weight;
	void (*run)(void);
	bool never_refused;	/* the kernel has no reason to */
	bool of_parent;		/* the parent's model has to know of it */
};

extern const struct op ops[];
extern const unsigned int nr_ops;

/* Is there a device for it on this machine? */
bool op_is_possible(const struct op *op);

/* Before the first call: files and memory that calls need. */
void ops_init(void);

/* Draw one call from the seed, make it, check it. */
void run_call(struct seed seed);

/* op-files.c */
void op_open(void);
void op_close(void);
void op_dup(void);
void op_pass(void);
void op_lseek(void);
void op_files_init(void);
/* op-transfer.c */
void op_read(void);
void op_write(void);
void op_pread(void);
void op_pwrite(void);
/* op-vector.c */
void op_readv(void);
void op_writev(void);
/* op-splice.c */
void op_splice_out(void);
void op_splice_in(void);
void op_sendfile(void);
void op_splice_init(void);
/* op-ioctl.c */
void op_ioctl(void);
/* op-no-file.c */
void op_no_file(void);
/* op-mmap.c */
void op_mmap(void);
void op_munmap(void);
/* op-mprotect.c */
void op_mprotect(void);
/* op-advise.c */
void op_madvise(void);
void op_mlock(void);
void op_msync(void);
/* op-mremap.c */
void op_mremap(void);
/* op-access.c */
void op_load(void);
void op_store(void);
void op_peek(void);
void op_poke(void);
void op_access_init(void);
/* op-device.c */
void op_pci(void);
void op_configfs(void);
void op_device_init(void);	/* before model_init() */
struct device *device_of(enum maker maker);	/* or NULL */
void device_bring_back(struct device *device);	/* that is away */
/* op-fork.c */
extern bool is_child;
void op_fork(void);

#endif /* KREGION_FUZZ_OPS_H */
