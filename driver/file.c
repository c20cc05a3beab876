// SPDX-License-Identifier: GPL-2.0-only
/* File operations of a device node: open, read, write, llseek. */
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uio.h>

#include "internal.h"
#include "trace.h"

/* A large copy looks for a signal and for other tasks after each of these. */
#define COPY_CHUNK	SZ_1M

typedef size_t (*copy_fn)(void *address, size_t len, struct iov_iter *iter);

static size_t copy_out(void *address, size_t len, struct iov_iter *iter)
{
	return copy_to_iter(address, len, iter);
}

static size_t copy_in(void *address, size_t len, struct iov_iter *iter)
{
	return copy_from_iter(address, len, iter);
}

/* Copy @len bytes in chunks; a short count when interrupted or at a bad page. */
static ssize_t copy_chunks(void *address, size_t len, struct iov_iter *iter,
			   copy_fn copy)
{
	size_t done = 0;

	while (done < len) {
		size_t chunk = min_t(size_t, len - done, COPY_CHUNK);
		size_t copied = copy(address + done, chunk, iter);

		done += copied;
		if (copied < chunk)
			return done ?: -EFAULT;
		if (fatal_signal_pending(current))
			return done;
		cond_resched();
	}
	return done;
}

/* Copy between @iter and the region at the file position, up to its end. */
static ssize_t copy_region(struct kiocb *iocb, struct iov_iter *iter,
			   struct kregion_region *region, copy_fn copy)
{
	size_t offset = iocb->ki_pos - kregion_region_offset(region);
	size_t len = min_t(u64, iov_iter_count(iter),
			   kregion_region_bytes(region) - offset);
	ssize_t done = copy_chunks(region->address + offset, len, iter, copy);

	if (done > 0)
		iocb->ki_pos += done;
	return done;
}

static ssize_t kregion_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct kregion_space *space = kregion_file_space(iocb->ki_filp);
	struct kregion_region *region;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	region = kregion_lookup(space, iocb->ki_pos >> PAGE_SHIFT, 1);
	if (IS_ERR(region))
		return 0;	/* behind the last region: end of file */
	return copy_region(iocb, to, region, copy_out);
}

static int refuse_write(struct kregion_space *space, struct kiocb *iocb,
			size_t len, int err)
{
	trace_kregion_refused(space, KREGION_OP_WRITE, iocb->ki_pos, len, err);
	return err;
}

static ssize_t kregion_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct kregion_space *space = kregion_file_space(iocb->ki_filp);
	size_t len = iov_iter_count(from);
	struct kregion_region *region;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	if (!len)
		return 0;
	region = kregion_lookup(space, iocb->ki_pos >> PAGE_SHIFT, 1);
	if (IS_ERR(region))
		return refuse_write(space, iocb, len, -ENOSPC);
	if (kregion_region_readonly(region))
		return refuse_write(space, iocb, len, -EPERM);
	return copy_region(iocb, from, region, copy_in);
}

static loff_t kregion_llseek(struct file *file, loff_t offset, int whence)
{
	struct kregion_space *space = kregion_file_space(file);

	return fixed_size_llseek(file, offset, whence,
				 kregion_space_size(space));
}

/* The node holds its device, and so the space, until the file is released. */
static int kregion_open(struct inode *inode, struct file *file)
{
	struct kregion_device *kdev =
		container_of(inode->i_cdev, struct kregion_device, cdev);

	file->private_data = kdev->space;
	return 0;
}

const struct file_operations kregion_fops = {
	.owner = THIS_MODULE,
	.open = kregion_open,
	.read_iter = kregion_read_iter,
	.write_iter = kregion_write_iter,
	.llseek = kregion_llseek,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.mmap = kregion_mmap,
	.unlocked_ioctl = kregion_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
