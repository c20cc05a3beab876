// SPDX-License-Identifier: GPL-2.0-only
/* Whole ranges read and written, where one call stops at a region's end. */
#include <errno.h>
#include <unistd.h>

#include "internal.h"

/*
 * Do regions hold all of the range? Their offsets fit into the kernel's loff_t,
 * so an offset that passes fits into off_t.
 */
static int check(const struct kregion *device, uint64_t offset, size_t length)
{
	while (length) {
		const struct kregion_region *region =
			kregion_by_offset(device, offset);
		uint64_t left;

		if (!region)
			return -1;
		left = region->size - (offset - region->offset);
		if (length <= left)
			return 0;
		offset += left;
		length -= (size_t)left;
	}
	return 0;
}

/* Is a call that moved @done bytes to be made again? Otherwise errno is set. */
static int goes_on(ssize_t done)
{
	if (!done)
		errno = ENXIO;
	return done > 0 || (done < 0 && errno == EINTR);
}

static size_t moved(ssize_t done)
{
	return done > 0 ? (size_t)done : 0;
}

int kregion_read(const struct kregion *device, uint64_t offset, void *buffer,
		 size_t length)
{
	size_t at = 0;

	if (check(device, offset, length))
		return -1;
	while (at < length) {
		ssize_t done = pread(device->fd, (char *)buffer + at,
				     length - at, (off_t)(offset + at));

		if (!goes_on(done))
			return -1;
		at += moved(done);
	}
	return 0;
}

int kregion_write(const struct kregion *device, uint64_t offset,
		  const void *buffer, size_t length)
{
	size_t at = 0;

	if (check(device, offset, length))
		return -1;
	while (at < length) {
		ssize_t done = pwrite(device->fd, (const char *)buffer + at,
				      length - at, (off_t)(offset + at));

		if (!goes_on(done))
			return -1;
		at += moved(done);
	}
	return 0;
}
