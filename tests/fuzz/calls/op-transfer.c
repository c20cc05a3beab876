// SPDX-License-Identifier: GPL-2.0-only
/* read, write, pread, pwrite of one buffer. */
#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "transfer.h"
#include "user-memory.h"

size_t transfer_bytes(const struct device *device, off_t pos, size_t len)
{
	size_t left = bytes_left(device, pos);

	return len < left ? len : left;
}

struct want write_refused(const struct device *device, off_t pos)
{
	const struct region *region = region_at(device, (uint64_t)pos / PAGE);

	if (!region)
		return want_error(ENOSPC);
	if (region->readonly)
		return want_error(EPERM);
	return want_value(0);
}

/* What the kernel looks at before it asks the driver, for both directions. */
static struct want common_answer(bool allowed, off_t pos, size_t len,
				 const struct buffer *buffer)
{
	off_t end;

	if (!allowed)
		return want_error(EBADF);
	if (buffer->outside || len >= HUGE_LENGTH)
		return want_error(EFAULT);
	if (__builtin_add_overflow(pos, (off_t)len, &end))
		return want_error(EINVAL);
	return want_value(0);
}

/* The bytes up to the first that is not accessible. */
static struct want copied(size_t len, const struct buffer *buffer)
{
	if (len > buffer->good)
		len = buffer->good;
	return len ? want_value((long)len) : want_error(EFAULT);
}

static struct want read_answer(const struct file *file, off_t pos, size_t len,
			       const struct buffer *buffer)
{
	struct want want = common_answer(file->can_read, pos, len, buffer);

	if (want.errors[0])
		return want;
	len = transfer_bytes(file->device, pos, len);
	return len ? copied(len, buffer) : want_value(0);
}

static struct want write_answer(const struct file *file, off_t pos, size_t len,
				const struct buffer *buffer)
{
	struct want want = common_answer(file->can_write, pos, len, buffer);

	if (want.errors[0] || !len)
		return want;
	want = write_refused(file->device, pos);
	if (want.errors[0])
		return want;
	return copied(transfer_bytes(file->device, pos, len), buffer);
}

struct transfer {
	struct drawn_fd fd;
	bool at;		/* pread, pwrite: at an offset of the call's own */
	off_t pos;
	size_t len;
	struct buffer buffer;
};

static struct transfer draw_transfer(bool at, bool write)
{
	struct transfer transfer = { .fd = draw_fd(), .at = at };
	struct file *file = transfer.fd.file;

	transfer.pos = at ? draw_offset(transfer.fd.device) :
			    file ? *file->pos : 0;
	transfer.len = draw_length(bytes_left(transfer.fd.device,
					      transfer.pos));
	transfer.buffer = write ? draw_source(transfer.len) :
				  draw_buffer(transfer.len);
	describe("(%ld, %#lx of which %#lx are good, %#lx, at %#lx)",
		 transfer.fd.number, (long)transfer.buffer.address,
		 (long)transfer.buffer.good, (long)transfer.len, transfer.pos);
	return transfer;
}

/* The answers that need no file. */
static bool is_refused(const struct transfer *transfer, long got)
{
	if (transfer->at && transfer->pos < 0) {
		check(got, want_error(EINVAL));
		return true;
	}
	if (!transfer->fd.file) {
		check(got, want_error(EBADF));
		return true;
	}
	return false;
}

static long system_call(const struct transfer *transfer, long number)
{
	if (transfer->at)
		return syscall(number, transfer->fd.number,
			       transfer->buffer.address, transfer->len,
			       transfer->pos);
	return syscall(number, transfer->fd.number, transfer->buffer.address,
		       transfer->len);
}

static void do_read(bool at)
{
	struct transfer transfer = draw_transfer(at, false);
	const struct buffer *buffer = &transfer.buffer;
	struct file *file = transfer.fd.file;
	off_t pos = transfer.pos;
	long got;

	/* What it must not touch. */
	if (buffer->good > transfer.len)
		buffer->address[transfer.len] = 0x5a;
	got = system_call(&transfer, at ? SYS_pread64 : SYS_read);
	if (is_refused(&transfer, got) ||
	    !check(got, read_answer(file, pos, transfer.len, buffer)))
		return;
	audit_read(file->space, pos, buffer->address, (size_t)got);
	if (buffer->good > transfer.len &&
	    buffer->address[transfer.len] != 0x5a)
		mismatch("the byte behind the buffer was written to");
	if (!at)
		*file->pos += got;
}

static void do_write(bool at)
{
	struct transfer transfer = draw_transfer(at, true);
	struct file *file = transfer.fd.file;
	off_t pos = transfer.pos;
	long got = system_call(&transfer, at ? SYS_pwrite64 : SYS_write);

	if (is_refused(&transfer, got) ||
	    !check(got, write_answer(file, pos, transfer.len,
				     &transfer.buffer)) || !got)
		return;
	space_write(file->space, pos, transfer.buffer.address, (size_t)got);
	audit_write(transfer.fd.number, file, pos, (size_t)got);
	if (!at)
		*file->pos += got;
}

void op_read(void)
{
	do_read(false);
}

void op_pread(void)
{
	do_read(true);
}

void op_write(void)
{
	do_write(false);
}

void op_pwrite(void)
{
	do_write(true);
}
