// SPDX-License-Identifier: GPL-2.0-only
/* File operations of a device node: open, release, read, write, llseek. */
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "internal.h"
#include "trace.h"

/* A large copy looks for a signal and for other tasks after each of these. */
#define COPY_CHUNK	SZ_1M

/*
 * Copy between @address and user memory, step on in @user: an iov_iter, or a
 * pointer to a plain buffer. Return the number of bytes before the first bad page.
 */
typedef size_t (*copy_fn)(void *address, size_t len, void *user);

static __always_inline size_t copy_to_iov(void *address, size_t len, void *user)
{
	return copy_to_iter(address, len, user);
}

static __always_inline size_t copy_from_iov(void *address, size_t len,
					    void *user)
{
	return copy_from_iter(address, len, user);
}

static __always_inline size_t copy_to_buf(void *address, size_t len, void *user)
{
	char __user **buf = user;
	size_t copied = len - copy_to_user(*buf, address, len);

	*buf += copied;
	return copied;
}

/*
 * Not copy_from_user(), which zeroes what a bad page keeps it from copying: those
 * bytes of the region must stay. An iov_iter copies in the same way.
 */
static __always_inline size_t copy_from_buf(void *address, size_t len,
					    void *user)
{
	const char __user **buf = user;
	size_t copied;

	if (!access_ok(*buf, len))
		return 0;
	barrier_nospec();
	copied = len - __copy_from_user_inatomic(address, *buf, len);
	*buf += copied;
	return copied;
}

static bool interrupted(void)
{
	cond_resched();
	return fatal_signal_pending(current);
}

/*
 * Where a find_ function sends a request. Device memory has no @address: io.c copies,
 * and cuts the length, itself. Not set where it refuses.
 */
struct target {
	const struct kregion_region *region;
	void *address;
};

/*
 * Copy @len bytes in chunks and move @pos; short when killed or at a bad page.
 * What a find_ function refused, with @len 0 or an error, is handed through.
 */
static __always_inline ssize_t transfer(const struct target *target,
					ssize_t len, loff_t *pos, void *user,
					copy_fn copy)
{
	ssize_t done = 0;

	if (len <= 0)
		return len;
	do {
		size_t chunk = min_t(size_t, len - done, COPY_CHUNK);
		size_t copied = copy(target->address + done, chunk, user);

		done += copied;
		if (copied < chunk)
			break;
	} while (done < len && !interrupted());
	*pos += done;
	return done ?: -EFAULT;
}

/* The bytes at @pos: as many of @len as @region has from there on. */
static __always_inline ssize_t clip(const struct kregion_region *region,
				    loff_t pos, size_t len,
				    struct target *target)
{
	u64 offset = pos - kregion_region_offset(region);

	target->region = region;
	if (unlikely(!region->address)) {
		target->address = NULL;
		return len;
	}
	target->address = region->address + offset;
	return min_t(u64, len, region->bytes - offset);
}

static __always_inline bool is_io(ssize_t len, const struct target *target)
{
	return unlikely(len > 0 && !target->address);
}

/* Return the number of bytes to read at @target, 0 at the end of the device. */
static __always_inline ssize_t find_readable(struct file *file, loff_t pos,
					     size_t len, struct target *target)
{
	struct kregion_space *space = kregion_file_space(file);
	struct kregion_region *region;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	region = kregion_lookup(space, pos >> PAGE_SHIFT, 1);
	return IS_ERR(region) ? 0 : clip(region, pos, len, target);
}

static ssize_t refuse_write(struct kregion_space *space, loff_t pos, size_t len,
			    int err)
{
	trace_kregion_refused(space, KREGION_OP_WRITE, pos, len, err);
	return err;
}

/* Return the number of bytes to write at @target. */
static __always_inline ssize_t find_writable(struct file *file, loff_t pos,
					     size_t len, struct target *target)
{
	struct kregion_space *space = kregion_file_space(file);
	struct kregion_region *region;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	if (!len)
		return 0;
	region = kregion_lookup(space, pos >> PAGE_SHIFT, 1);
	if (IS_ERR(region))
		return refuse_write(space, pos, len, -ENOSPC);
	if (kregion_region_readonly(region))
		return refuse_write(space, pos, len, -EPERM);
	return clip(region, pos, len, target);
}

static ssize_t kregion_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct target target;
	ssize_t len = find_readable(iocb->ki_filp, iocb->ki_pos,
				    iov_iter_count(to), &target);

	if (is_io(len, &target))
		return kregion_io_transfer(target.region, len, &iocb->ki_pos,
					   to, false);
	return transfer(&target, len, &iocb->ki_pos, to, copy_to_iov);
}

static ssize_t kregion_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct target target;
	ssize_t len = find_writable(iocb->ki_filp, iocb->ki_pos,
				    iov_iter_count(from), &target);

	if (is_io(len, &target))
		return kregion_io_transfer(target.region, len, &iocb->ki_pos,
					   from, true);
	len = transfer(&target, len, &iocb->ki_pos, from, copy_from_iov);
	if (len > 0)
		kregion_region_drain(target.region);
	return len;
}

static noinline ssize_t io_buf(const struct kregion_region *region,
			       char __user *buf, size_t len, loff_t *pos,
			       bool write)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct iov_iter iter;

	iov_iter_init(&iter, write ? WRITE : READ, &iov, 1, len);
	return kregion_io_transfer(region, len, pos, &iter, write);
}

/*
 * read(2) and write(2) of one plain buffer, beside the iterators as in
 * drivers/char/mem.c: without an iterator a call costs some 150 instructions less,
 * a tenth of what 4 KiB cost. In exchange kernel_read() refuses the file.
 */
static ssize_t kregion_read(struct file *file, char __user *buf, size_t count,
			    loff_t *pos)
{
	struct target target;
	ssize_t len = find_readable(file, *pos, count, &target);

	if (is_io(len, &target))
		return io_buf(target.region, buf, len, pos, false);
	return transfer(&target, len, pos, &buf, copy_to_buf);
}

static ssize_t kregion_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	struct target target;
	ssize_t len = find_writable(file, *pos, count, &target);

	if (is_io(len, &target))
		return io_buf(target.region, (char __user *)buf, len, pos,
			      true);
	len = transfer(&target, len, pos, &buf, copy_from_buf);
	if (len > 0)
		kregion_region_drain(target.region);
	return len;
}

static loff_t kregion_llseek(struct file *file, loff_t offset, int whence)
{
	struct kregion_space *space = kregion_file_space(file);

	return fixed_size_llseek(file, offset, whence,
				 kregion_space_size(space));
}

static int open_private_space(struct kregion_device *kdev, struct file *file)
{
	struct kregion_space *space;

	if (READ_ONCE(kdev->gone))
		return -ENODEV;
	space = kregion_space_copy(kdev->space, GFP_KERNEL_ACCOUNT);
	if (IS_ERR(space))
		return PTR_ERR(space);
	file->private_data = space;
	return 0;
}

/* The node holds its device, and so a shared space, until the file is released. */
static int kregion_open(struct inode *inode, struct file *file)
{
	struct kregion_device *kdev =
		container_of(inode->i_cdev, struct kregion_device, cdev);
	int err = kregion_device_use(kdev);

	if (err)
		return err;
	if (kdev->inode)
		file->f_mapping = kdev->inode->i_mapping;
	file->private_data = kdev->space;
	if (kdev->scope == KREGION_SCOPE_OPEN)
		err = open_private_space(kdev, file);
	if (err)
		kregion_device_unuse(kdev);
	return err;
}

/* The last descriptor is closed, and the last mapping is gone: each holds the file. */
static int kregion_release(struct inode *inode, struct file *file)
{
	struct kregion_space *space = kregion_file_space(file);
	struct kregion_device *kdev = space->kdev;

	if (kdev->scope == KREGION_SCOPE_OPEN)
		kregion_space_destroy(space);
	kregion_device_unuse(kdev);
	return 0;
}

const struct file_operations kregion_fops = {
	.owner = THIS_MODULE,
	.open = kregion_open,
	.release = kregion_release,
	.read = kregion_read,
	.write = kregion_write,
	.read_iter = kregion_read_iter,
	.write_iter = kregion_write_iter,
	.llseek = kregion_llseek,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.mmap = kregion_mmap,
	.unlocked_ioctl = kregion_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
