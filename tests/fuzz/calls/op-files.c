// SPDX-License-Identifier: GPL-2.0-only
/* open, close, dup, passing of descriptors, lseek. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"
#include "draw.h"
#include "ops.h"

static int sockets[2];

void op_files_init(void)
{
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets))
		die("socketpair");
}

static int draw_open_flags(void)
{
	static const int modes[] = {
		O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_RDONLY, O_WRONLY,
		O_ACCMODE,
	};
	static const int extras[] = {
		O_APPEND, O_NONBLOCK, O_DSYNC, O_TRUNC, O_CLOEXEC, O_NOFOLLOW,
		O_PATH, O_DIRECT, O_DIRECTORY, O_CREAT | O_EXCL,
	};
	int flags = PICK(modes);

	return one_in(4) ? flags | PICK(extras) : flags;
}

static struct want open_answer(int flags)
{
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return want_error(EEXIST);
	if (flags & O_DIRECTORY)
		return want_error(ENOTDIR);
	if (flags & O_DIRECT)
		return want_error(EINVAL);
	return want_value(0);
}

static void know_opened(struct file *file, int flags)
{
	int mode = flags & O_ACCMODE;

	file->path = flags & O_PATH;
	file->append = flags & O_APPEND;
	file->can_read = mode == O_RDONLY || mode == O_RDWR;
	file->can_write = mode == O_WRONLY || mode == O_RDWR;
}

/* With O_PATH nothing of the driver is called: no regions are made. */
void op_open(void)
{
	struct device *device = &devices[below(nr_devices)];
	int flags = draw_open_flags(), fd;
	struct want want = open_answer(flags);
	struct file *file;
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", device->name);
	describe("(device %ld, %#lo)", device - devices, flags);
	if (device->away) {
		flags &= ~(O_CREAT | O_EXCL);	/* it would be an ordinary file */
		want = want_error(ENOENT);
	}
	fd = open(path, flags, 0600);
	if (!check(fd < 0 ? -1 : 0, want))
		return;
	file = file_new(device);
	know_opened(file, flags);
	if (fd_find(fd))
		mismatch("descriptor %d is open already", fd);
	fd_add(fd, file);
}

void op_close(void)
{
	struct drawn_fd drawn = draw_fd();
	struct fd *fd = fd_find(drawn.number);

	describe("(%ld)", drawn.number);
	if (check(close(drawn.number), fd ? want_value(0) : want_error(EBADF)))
		fd_remove(fd);
}

/* Another number for an open file, or in place of one that is closed by it. */
void op_dup(void)
{
	struct drawn_fd drawn = draw_fd(), target = draw_fd();
	struct fd *fd = fd_find(drawn.number), *old = fd_find(target.number);
	struct file *file = fd ? fd->file : NULL;
	bool onto = old && one_in(2);
	int got;

	describe("(%ld, onto %ld)", drawn.number, onto ? target.number : -1);
	if (onto)
		got = dup2(drawn.number, target.number);
	else
		got = dup(drawn.number);
	if (!fd) {
		check(got, want_error(EBADF));
		return;
	}
	if (onto) {
		check(got, want_value(target.number));
		if (fd == old)
			return;
		fd_remove(old);
	} else {
		check(got < 0 ? -1 : 0, want_value(0));
	}
	fd_add(got, file);
}

static ssize_t send_fd(int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(fd))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(sockets[0], &message, 0);
}

static int receive_fd(void)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sockets[1], &message, MSG_CMSG_CLOEXEC) != 1 ||
	    !CMSG_FIRSTHDR(&message))
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Over a socket: for a while the file may be held by the message alone. */
void op_pass(void)
{
	struct drawn_fd drawn = draw_fd();
	struct fd *fd = fd_find(drawn.number);
	bool keep = one_in(2);
	struct file *file;

	describe("(%ld, keep %ld)", drawn.number, keep);
	if (!check(send_fd(drawn.number),
		   fd ? want_value(1) : want_error(EBADF)))
		return;
	file = fd->file;
	file->fds++;
	if (!keep) {
		close(fd->number);
		fd_remove(fd);
	}
	file->fds--;
	fd_add(receive_fd(), file);
}

static struct want lseek_answer(const struct file *file, off_t offset,
				int whence)
{
	off_t size = (off_t)(file->device->pages * PAGE), base = 0, to;

	if (whence < SEEK_SET || whence > SEEK_END)
		return want_error(EINVAL);
	if (whence == SEEK_CUR)
		base = *file->pos;
	if (whence == SEEK_END)
		base = size;
	if (__builtin_add_overflow(base, offset, &to) || to < 0 || to > size)
		return want_error(EINVAL);
	return want_value(to);
}

void op_lseek(void)
{
	static const int others[] = { SEEK_DATA, SEEK_HOLE, 5, -1, INT_MAX };
	struct drawn_fd drawn = draw_fd();
	int whence = one_in(16) ? PICK(others) : (int)below(3);
	off_t offset = draw_offset(drawn.device);
	struct want want = want_error(EBADF);
	off_t got;

	if (whence != SEEK_SET && one_in(2))
		offset = -offset;
	describe("(%ld, %ld, %ld)", drawn.number, offset, whence);
	if (drawn.file)
		want = lseek_answer(drawn.file, offset, whence);
	got = lseek(drawn.number, offset, whence);
	if (check(got, want))
		*drawn.file->pos = got;
}
