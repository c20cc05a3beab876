// SPDX-License-Identifier: GPL-2.0-only
/* splice between a pipe and the device, sendfile from the device. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "traits.h"
#include "transfer.h"
#include "user-memory.h"

#define SINK_BYTES	(2 * MAX_PAGES * PAGE)
#define BAD_FLAG	0x100

static int pipe_out, pipe_in;
static int sink;			/* a memfd that sendfile writes to */
static const uint8_t *sink_bytes;

void op_splice_init(void)
{
	int ends[2];

	sink = memfd_create("sink", MFD_CLOEXEC);
	if (pipe2(ends, O_CLOEXEC) || sink < 0 || ftruncate(sink, SINK_BYTES))
		die("pipe and memfd");
	pipe_out = ends[0];
	pipe_in = ends[1];
	sink_bytes = must_map(NULL, SINK_BYTES, PROT_READ, MAP_SHARED, sink, 0);
}

struct splice {
	struct drawn_fd fd;
	bool own;		/* from the file's own position */
	off_t pos;
	size_t len;
	unsigned int flags;
};

static struct splice draw_splice(void)
{
	struct splice splice = { .fd = draw_fd(), .own = one_in(3) };
	const struct file *file = splice.fd.file;

	splice.pos = splice.own ? (file ? *file->pos : 0) :
				  draw_offset(splice.fd.device);
	splice.len = draw_length(bytes_left(splice.fd.device, splice.pos));
	splice.flags = one_in(4) ? SPLICE_F_MOVE | SPLICE_F_MORE : 0;
	if (one_in(32))
		splice.flags |= BAD_FLAG;
	describe("(%ld, %ld at %#lx, %#lx, flags %#lx)", splice.fd.number,
		 splice.own, splice.pos, (long)splice.len, splice.flags);
	return splice;
}

/* What is looked at before the position. */
static struct want early_answer(const struct splice *splice, bool write)
{
	const struct file *file = splice->fd.file;

	if (splice->flags & BAD_FLAG)
		return want_error(EINVAL);
	if (!file || (write ? !file->can_write : !file->can_read))
		return want_error(EBADF);
	return want_value(0);
}

static struct want position_answer(const struct splice *splice)
{
	off_t end;

	if ((ssize_t)splice->len < 0 || splice->pos < 0 ||
	    __builtin_add_overflow(splice->pos, (off_t)splice->len, &end))
		return want_error(EINVAL);
	return want_value(0);
}

static void know_position(const struct splice *splice, off_t pos, long got)
{
	if (splice->own)
		*splice->fd.file->pos += got;
	else if (pos != splice->pos + got)
		mismatch("the offset became %#lx, expected %#lx", pos,
			 splice->pos + got);
}

static struct want splice_out_answer(const struct splice *splice)
{
	size_t most = (size_t)traits.splice_bytes;
	struct want want;

	if (!splice->len)
		return want_value(0);
	want = early_answer(splice, false);
	if (!want.errors[0])
		want = position_answer(splice);
	if (want.errors[0])
		return want;
	return transfer_answer(splice->fd.file, splice->pos,
			       splice->len < most ? splice->len : most,
			       ALL_GOOD, false);
}

static void drain(uint8_t *bytes, size_t len)
{
	if (len && read(pipe_out, bytes, len) != (ssize_t)len)
		die("the pipe does not hold %zu bytes", len);
}

void op_splice_out(void)
{
	struct splice splice = draw_splice();
	uint8_t *bytes = buffer_part(0).address;
	off_t pos = splice.pos;
	long got = syscall(SYS_splice, splice.fd.number,
			   splice.own ? NULL : &pos, pipe_in, NULL, splice.len,
			   splice.flags);

	if (!check(got, splice_out_answer(&splice)) || !got)
		return;
	drain(bytes, (size_t)got);
	audit_read(splice.fd.file->space, splice.pos, bytes, (size_t)got);
	know_position(&splice, pos, got);
}

/* By at most @step bytes it goes on from region to region, up to one that refuses. */
static struct want steps_answer(const struct splice *splice, size_t len,
				size_t step, bool write)
{
	struct want want = want_value(0);
	size_t done = 0;

	while (done < len) {
		want = transfer_answer(splice->fd.file,
				       splice->pos + (off_t)done,
				       len - done < step ? len - done : step,
				       ALL_GOOD, write);
		if (want.errors[0] || !want.value)
			break;
		done += (size_t)want.value;
	}
	return done ? want_value((long)done) : want;
}

/* With @filled bytes in the pipe, which are at least one. */
static struct want splice_in_answer(const struct splice *splice, size_t filled)
{
	const struct file *file = splice->fd.file;
	struct want want;
	size_t len = splice->len;

	if (!len)
		return want_value(0);
	want = early_answer(splice, true);
	if (want.errors[0])
		return want;
	if (file->append)
		return want_error(EINVAL);
	want = position_answer(splice);
	if (want.errors[0])
		return want;
	return steps_answer(splice, len < filled ? len : filled, filled, true);
}

void op_splice_in(void)
{
	struct splice splice = draw_splice();
	const uint8_t *source = source_part(0).address + below(PAGE);
	size_t filled = 1 + below(one_in(4) ? 8 * PAGE : 300);
	off_t pos = splice.pos;
	struct file *file = splice.fd.file;
	long got;

	if (write(pipe_in, source, filled) != (ssize_t)filled)
		die("a pipe cannot be filled");
	got = syscall(SYS_splice, pipe_out, NULL, splice.fd.number,
		      splice.own ? NULL : &pos, splice.len, splice.flags);
	if (!check(got, splice_in_answer(&splice, filled)))
		got = 0;
	drain(buffer_part(0).address, filled - (size_t)got);
	if (!got)
		return;
	space_write(file->space, splice.pos, source, (size_t)got);
	audit_write(splice.fd.number, file, splice.pos, (size_t)got);
	know_position(&splice, pos, got);
}

static struct want sendfile_answer(const struct splice *splice)
{
	const struct file *file = splice->fd.file;
	struct want want;

	if (!file || !file->can_read)
		return want_error(EBADF);
	want = position_answer(splice);
	if (want.errors[0])
		return want;
	/* Before 6.0 it reads from files alone. */
	if (!traits.sendfile_from_devices)
		return want_error(EINVAL);
	return steps_answer(splice, splice->len, (size_t)traits.splice_bytes,
			    false);
}

void op_sendfile(void)
{
	struct splice splice = draw_splice();
	off_t pos = splice.pos;
	long got;

	if (lseek(sink, 0, SEEK_SET))
		die("lseek");
	got = syscall(SYS_sendfile, sink, splice.fd.number,
		      splice.own ? NULL : &pos, splice.len);
	if (!check(got, sendfile_answer(&splice)) || !got)
		return;
	audit_read(splice.fd.file->space, splice.pos, sink_bytes, (size_t)got);
	know_position(&splice, pos, got);
}
