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

/* It looks at the user's memory before each of these. */
#define IO_CHUNK	256ul

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The bytes up to the first that is not accessible. */
static struct want copied(size_t len, size_t good)
{
	len = min_size(len, good);
	return len ? want_value((long)len) : want_error(EFAULT);
}

/* By the widest words that divide the length, each at a multiple of its width. */
static struct want io_answer(size_t skip, size_t left, size_t len, size_t good)
{
	size_t width = 8;

	if (!left)
		return want_error(ENXIO);
	len = min_size(len, left);
	while (len % width)
		width /= 2;
	if (skip % width)
		return want_error(EINVAL);
	return copied(len, good < len ? good - good % IO_CHUNK : good);
}

struct want transfer_answer(const struct file *file, off_t pos, size_t len,
			    size_t good, bool write)
{
	const struct region *region = region_at(file->device,
						(uint64_t)pos / PAGE);
	size_t skip, left;

	if (file->gone)
		return want_error(ENODEV);
	if (!len || (!region && !write))
		return want_value(0);
	if (!region)
		return want_error(ENOSPC);
	if (write && region->readonly)
		return want_error(EPERM);
	skip = (size_t)pos - region->first * PAGE;
	left = skip < region->bytes ? region->bytes - skip : 0;
	if (is_device_memory(region))
		return io_answer(skip, left, len, good);
	return copied(min_size(len, left), good);
}

/* With what the kernel looks at before it asks the driver. */
static struct want answer(const struct file *file, off_t pos, size_t len,
			  const struct buffer *buffer, bool write)
{
	off_t end;

	if (write ? !file->can_write : !file->can_read)
		return want_error(EBADF);
	if (buffer->outside || len >= HUGE_LENGTH)
		return want_error(EFAULT);
	if (__builtin_add_overflow(pos, (off_t)len, &end))
		return want_error(EINVAL);
	return transfer_answer(file, pos, len, buffer->good, write);
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
	    !check(got, answer(file, pos, transfer.len, buffer, false)))
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
	    !check(got, answer(file, pos, transfer.len, &transfer.buffer,
			       true)) || !got)
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
