// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read and write of device memory, for file.c.
 *
 * A register is accessed in one piece or not at all, so the width of the accesses
 * is part of the request: the largest of 8, 4, 2 and 1 bytes that divides its
 * length. The offset must be a multiple of it.
 */
#include <linux/capability.h>
#include <linux/io.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "internal.h"

/* Bytes between two looks at the user's memory; a multiple of every width. */
#define IO_CHUNK	256

#ifdef readq
#define MAX_WIDTH	8
#else
#define MAX_WIDTH	4
#endif

static unsigned int widest_divisor(u64 number)
{
	unsigned int width = MAX_WIDTH;

	while (number & (width - 1))
		width /= 2;
	return width;
}

/*
 * What a device answers to an access that it refuses (of a wrong width, say) is up to
 * the machine. x86 reads ones. Elsewhere it may be a bus error, which in the kernel is
 * an oops; in a mapping it is a SIGBUS.
 */
static bool may_access(void)
{
	return IS_ENABLED(CONFIG_X86) || capable(CAP_SYS_RAWIO);
}

/**
 * kregion_io_copy() - copy to or from device memory, unless its device is gone
 * @region: a region of device memory
 * @offset: of the first byte in the region
 * @buf: kernel memory
 * @len: number of bytes, within the region
 * @width: bytes of each access, dividing @offset and @len; 0: as many as do
 * @write: from @buf to the device
 *
 * User memory is not touched under the lock: its faults take the same lock.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENODEV, or -EPERM where a bus error is fatal, without CAP_SYS_RAWIO.
 */
int kregion_io_copy(const struct kregion_region *region, u64 offset, void *buf,
		    size_t len, unsigned int width, bool write)
{
	struct kregion_device *kdev = region->space->kdev;
	int err = -ENODEV;

	if (!may_access())
		return -EPERM;
	down_read(&kdev->revoke_lock);
	if (!READ_ONCE(kdev->gone)) {
		region->backend->copy(region, offset, buf, len,
				      width ?: widest_divisor(offset | len),
				      write);
		err = 0;
	}
	up_read(&kdev->revoke_lock);
	return err;
}

static int copy_chunk(const struct kregion_region *region, u64 offset,
		      size_t len, unsigned int width, struct iov_iter *iter,
		      bool write)
{
	u64 buf[IO_CHUNK / sizeof(u64)];
	int err;

	if (write && copy_from_iter(buf, len, iter) < len)
		return -EFAULT;
	err = kregion_io_copy(region, offset, buf, len, width, write);
	if (err)
		return err;
	if (!write && copy_to_iter(buf, len, iter) < len)
		return -EFAULT;
	return 0;
}

/**
 * kregion_io_transfer() - read or write device memory for user space
 * @region: a region of device memory that holds @pos in one of its pages
 * @len: bytes that are asked for, above 0; cut at the region's end
 * @pos: offset in the device, moved on
 * @iter: the user's memory
 * @write: from @iter to the device
 *
 * Context: process context, may sleep.
 * Return: number of bytes, short when killed or at bad memory; -ENXIO in what is
 * left of the last page behind the region, -EINVAL where @pos is not aligned,
 * -EFAULT, -ENODEV, -EPERM as kregion_io_copy().
 */
ssize_t kregion_io_transfer(const struct kregion_region *region, size_t len,
			    loff_t *pos, struct iov_iter *iter, bool write)
{
	u64 offset = *pos - kregion_region_offset(region);
	unsigned int width;
	size_t done = 0;
	int err;

	if (offset >= region->bytes)
		return -ENXIO;
	len = min_t(u64, len, region->bytes - offset);
	width = widest_divisor(len);
	if (offset & (width - 1))
		return -EINVAL;
	do {
		size_t chunk = min_t(size_t, len - done, IO_CHUNK);

		err = copy_chunk(region, offset + done, chunk, width, iter,
				 write);
		if (err)
			break;
		done += chunk;
		cond_resched();
	} while (done < len && !fatal_signal_pending(current));
	*pos += done;
	return done ?: err;
}
