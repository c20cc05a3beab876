// SPDX-License-Identifier: GPL-2.0-only
/* Calls that are for files of other kinds: all refused but one. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "call.h"
#include "draw.h"
#include "ops.h"

static void do_fsync(const struct drawn_fd *drawn)
{
	describe("fsync(%ld)", drawn->number);
	check(fsync(drawn->number),
	      want_error(drawn->file ? EINVAL : EBADF));
}

static void do_ftruncate(const struct drawn_fd *drawn)
{
	off_t length = (off_t)below(1 << 20);

	describe("ftruncate(%ld, %#lx)", drawn->number, length);
	check(ftruncate(drawn->number, length),
	      want_error(drawn->file ? EINVAL : EBADF));
}

static void do_fallocate(const struct drawn_fd *drawn)
{
	bool writable = drawn->file && drawn->file->can_write;

	describe("fallocate(%ld)", drawn->number);
	check(fallocate(drawn->number, 0, 0, 1 + (off_t)below(1 << 20)),
	      want_error(writable ? ENODEV : EBADF));
}

static void do_getfl(const struct drawn_fd *drawn)
{
	struct want want = want_error(EBADF);

	describe("fcntl(%ld, F_GETFL)", drawn->number);
	if (fd_find(drawn->number))
		want = want_value(0);
	check(fcntl(drawn->number, F_GETFL) < 0 ? -1 : 0, want);
}

void op_no_file(void)
{
	struct drawn_fd drawn = draw_fd();

	switch (below(4)) {
	case 0:
		return do_fsync(&drawn);
	case 1:
		return do_ftruncate(&drawn);
	case 2:
		return do_fallocate(&drawn);
	default:
		return do_getfl(&drawn);
	}
}
