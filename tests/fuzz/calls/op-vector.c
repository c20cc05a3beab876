// SPDX-License-Identifier: GPL-2.0-only
/* readv, writev, preadv2, pwritev2. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "transfer.h"
#include "user-memory.h"

#define MAX_PARTS	3
/* More than one call may have. */
#define TOO_MANY	1025

struct vector {
	struct drawn_fd fd;
	off_t pos;		/* -1: the file's own */
	int flags;
	long count;
	struct iovec iov[MAX_PARTS];
	size_t good[MAX_PARTS];
	size_t total;
	int error;		/* of the vector itself */
};

static void draw_part(struct vector *vector, unsigned int index, bool write)
{
	struct iovec *iov = &vector->iov[index];
	struct buffer buffer = write ? source_part(index) : buffer_part(index);
	size_t len = draw_length(2 * PAGE);

	if (len > PART_SIZE)
		len = one_in(4) ? SIZE_MAX : PART_SIZE;
	iov->iov_base = buffer.address;
	iov->iov_len = len;
	vector->good[index] = len;
	if (len == SIZE_MAX) {
		vector->error = EINVAL;
	} else if (one_in(16)) {
		iov->iov_base = NULL;
		vector->good[index] = 0;
	} else if (one_in(16) && len) {
		iov->iov_base = (void *)KERNEL_ADDRESS;
		if (!vector->error)
			vector->error = EFAULT;
	}
	vector->total += len;
}

static int draw_flags(void)
{
	static const int flags[] = { RWF_DSYNC, RWF_NOWAIT, 1 << 30 };

	return one_in(8) ? PICK(flags) : 0;
}

static struct vector draw_vector(bool write)
{
	struct vector vector = { .fd = draw_fd() };
	long i;

	vector.pos = one_in(3) ? -1 : draw_offset(vector.fd.device);
	vector.flags = draw_flags();
	vector.count = (long)below(MAX_PARTS + 1);
	for (i = 0; i < vector.count; i++)
		draw_part(&vector, (unsigned int)i, write);
	if (one_in(32)) {
		vector.count = one_in(2) ? TOO_MANY : -1;
		vector.error = EINVAL;
	}
	describe("(%ld, %ld parts: %#lx %#lx %#lx, at %#lx, flags %#lx)",
		 vector.fd.number, vector.count, (long)vector.iov[0].iov_len,
		 (long)vector.iov[1].iov_len, (long)vector.iov[2].iov_len,
		 vector.pos, vector.flags);
	return vector;
}

/* Those before the first bad part. */
static size_t good_bytes(const struct vector *vector)
{
	size_t good = 0;
	long i;

	for (i = 0; i < vector->count; i++) {
		good += vector->good[i];
		if (vector->good[i] < vector->iov[i].iov_len)
			break;
	}
	return good;
}

static off_t position(const struct vector *vector)
{
	return vector->pos == -1 ? *vector->fd.file->pos : vector->pos;
}

static struct want position_answer(const struct vector *vector, bool write)
{
	off_t pos = position(vector), end;

	if (__builtin_add_overflow(pos, (off_t)vector->total, &end))
		return want_error(EINVAL);
	if (vector->flags & ~RWF_DSYNC)
		return want_error(EOPNOTSUPP);
	return transfer_answer(vector->fd.file, pos, vector->total,
			       good_bytes(vector), write);
}

static struct want answer(const struct vector *vector, bool write)
{
	const struct file *file = vector->fd.file;
	bool allowed = file && (write ? file->can_write : file->can_read);

	if (vector->pos < -1)
		return want_error(EINVAL);
	if (!file)
		return want_error(EBADF);
	/* Before 6.8 the vector is looked at first. */
	if (!allowed && vector->error)
		return want_either(EBADF, vector->error);
	if (!allowed)
		return want_error(EBADF);
	if (vector->error)
		return want_error(vector->error);
	if (!vector->total)
		return want_value(0);
	return position_answer(vector, write);
}

static long system_call(const struct vector *vector, bool write)
{
	if (vector->pos == -1 && !vector->flags)
		return syscall(write ? SYS_writev : SYS_readv,
			       vector->fd.number, vector->iov, vector->count);
	return syscall(write ? SYS_pwritev2 : SYS_preadv2, vector->fd.number,
		       vector->iov, vector->count, vector->pos, 0,
		       vector->flags);
}

/* Of @len bytes that were transferred, those of each part in turn. */
static void do_vector(bool write)
{
	struct vector vector = draw_vector(write);
	struct file *file = vector.fd.file;
	long got = system_call(&vector, write), i;
	size_t chunk, left;
	off_t pos;

	if (!check(got, answer(&vector, write)))
		return;
	pos = position(&vector);
	left = (size_t)got;
	for (i = 0; i < vector.count && left; i++) {
		chunk = vector.iov[i].iov_len;
		chunk = chunk < left ? chunk : left;
		if (write)
			space_write(file->space, pos, vector.iov[i].iov_base,
				    chunk);
		else
			audit_read(file->space, pos, vector.iov[i].iov_base,
				   chunk);
		pos += (off_t)chunk;
		left -= chunk;
	}
	if (write && got)
		audit_write(vector.fd.number, file, pos - got, (size_t)got);
	if (vector.pos == -1)
		*file->pos = pos;
}

void op_readv(void)
{
	do_vector(false);
}

void op_writev(void)
{
	do_vector(true);
}
