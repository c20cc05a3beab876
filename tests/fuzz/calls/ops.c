// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

#include "audit.h"
#include "call.h"
#include "model.h"

const struct op ops[] = {
	{ "open", 120, op_open },
	{ "close", 80, op_close },
	{ "dup", 40, op_dup },
	{ "pass", 20, op_pass },
	{ "lseek", 80, op_lseek },
	{ "read", 80, op_read },
	{ "write", 80, op_write },
	{ "pread", 100, op_pread },
	{ "pwrite", 100, op_pwrite },
	{ "readv", 60, op_readv },
	{ "writev", 60, op_writev },
	{ "splice-out", 30, op_splice_out },
	{ "splice-in", 30, op_splice_in },
	{ "sendfile", 20, op_sendfile },
	{ "ioctl", 120, op_ioctl },
	{ "no-file", 20, op_no_file },
	{ "mmap", 240, op_mmap },
	{ "munmap", 100, op_munmap },
	{ "mprotect", 120, op_mprotect },
	{ "madvise", 100, op_madvise },
	{ "mlock", 30, op_mlock },
	{ "msync", 30, op_msync },
	{ "mremap", 100, op_mremap },
	{ "load", 140, op_load },
	{ "store", 140, op_store },
	{ "peek", 40, op_peek },
	{ "poke", 40, op_poke },
	{ "fork", 1, op_fork, .never_refused = true, .of_parent = true },
	{ "pci", 4, op_pci, .of_parent = true },
	{ "configfs", 3, op_configfs, .of_parent = true },
};

const unsigned int nr_ops = ARRAY_SIZE(ops);

bool op_is_possible(const struct op *op)
{
	return op->run != op_pci || device_of(BY_PCI);
}

void ops_init(void)
{
	op_files_init();
	op_splice_init();
	op_access_init();
}

static unsigned int draw_kind(void)
{
	static unsigned int total;
	unsigned int kind, at;

	if (!total) {
		for (kind = 0; kind < nr_ops; kind++)
			total += ops[kind].weight;
	}
	at = (unsigned int)below(total);
	for (kind = 0; at >= ops[kind].weight; kind++)
		at -= ops[kind].weight;
	return kind;
}

static unsigned int kind_of(void (*run)(void))
{
	unsigned int kind;

	for (kind = 0; ops[kind].run != run; kind++)
		;
	return kind;
}

/* What the model's tables have no room for becomes the opposite. */
static unsigned int fitting(unsigned int kind)
{
	if (!nr_fds && ops[kind].run != op_close)
		return kind_of(op_open);
	if (nr_fds == MAX_FDS &&
	    (ops[kind].run == op_open || ops[kind].run == op_dup ||
	     ops[kind].run == op_pass))
		return kind_of(op_close);
	if (!op_is_possible(&ops[kind]) || (is_child && ops[kind].of_parent))
		return kind_of(op_load);
	if (nr_maps >= MANY_MAPS && ops[kind].run != op_close)
		return kind_of(op_munmap);
	return kind;
}

void run_call(struct seed seed)
{
	unsigned int kind;

	random_start(seed);
	kind = fitting(draw_kind());
	call_begin(kind);
	ops[kind].run();
	audit_spot();
}
