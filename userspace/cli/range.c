// SPDX-License-Identifier: GPL-2.0-only
/* Devices and the ranges of bytes in them that users name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* A register is at most this wide, and a whole one of it is accessed at once. */
#define MAX_WIDTH	8

static void say_why_closed(const char *name)
{
	switch (errno) {
	case ENOENT:
		fail("no device '%s': kregion list tells which there are, kregion doctor why there is none",
		     name);
		break;
	case EACCES:
		fail("device '%s': permission denied: expected root or a member of group kregion (usermod -aG kregion USER)",
		     name);
		break;
	case ENOTTY:
		fail("'%s' is no kregion device: kregion list tells which there are",
		     name);
		break;
	case EINVAL:
		fail("'%s' is no device: expected a number, a name or a path, as 0, demo, /dev/kregion0",
		     name);
		break;
	default:
		fail("device '%s': %s", name, strerror(errno));
	}
}

struct kregion *open_device(const char *name, int flags)
{
	struct kregion *device = kregion_open(name, flags);

	if (!device)
		say_why_closed(name);
	return device;
}

/* ---- which bytes ---- */

static const struct kregion_region *find_region(const struct kregion *device,
						const char *text)
{
	const struct kregion_region *region = kregion_by_name(device, text);
	uint64_t index;

	if (region || !parse_number(text, &index) || index > UINT32_MAX)
		return region;
	return kregion_by_index(device, (unsigned int)index);
}

/* Narrow @range, all of the device, to a region. */
static int choose_region(struct range *range, const char *text)
{
	const struct kregion_region *region = find_region(range->device, text);

	if (!region)
		return fail("device '%s' has no region '%s': kregion info %s lists them",
			    range->name, text, range->name);
	range->offset = region->offset;
	range->length = region->size;
	return 0;
}

static int choose_offset(struct range *range, const char *text)
{
	uint64_t offset;

	if (!parse_number(text, &offset))
		return wrong("offset '%s': expected a number, decimal or 0x..., with K, M, G or p if wanted",
			     text);
	if (offset >= range->length)
		return fail("offset %s: expected below %llu, the size of what is there",
			    text, (unsigned long long)range->length);
	range->offset += offset;
	range->length -= offset;
	return 0;
}

static int choose_length(struct range *range, const char *text)
{
	uint64_t length;

	if (!parse_number(text, &length) || !length)
		return wrong("length '%s': expected a number above 0, decimal or 0x..., with K, M, G or p if wanted",
			     text);
	if (length > range->length)
		return fail("length %s: expected at most %llu, what is left from there",
			    text, (unsigned long long)range->length);
	range->length = length;
	return 0;
}

int open_range(struct range *range, int flags, const char *region, char **words,
	       int nr_words)
{
	int status = 0;

	range->name = words[0];
	range->device = open_device(words[0], flags);
	if (!range->device)
		return FAILED;
	range->offset = 0;
	range->length = kregion_size(range->device);
	if (region)
		status = choose_region(range, region);
	if (!status && nr_words > 1)
		status = choose_offset(range, words[1]);
	if (!status && nr_words > 2)
		status = choose_length(range, words[2]);
	if (status)
		kregion_close(range->device);
	return status;
}

/* ---- transfers ---- */

char *new_chunk(void)
{
	char *buffer = malloc(CHUNK);

	if (!buffer)
		fail("no memory for a buffer of 1 MiB");
	return buffer;
}

size_t next_chunk(const struct range *range, uint64_t done, size_t most)
{
	uint64_t left = range->length - done;

	return left < most ? (size_t)left : most;
}

static int say_why_not_copied(const struct range *range, const char *verb,
			      uint64_t offset)
{
	unsigned long long at = offset;

	switch (errno) {
	case EPERM:
		return fail("cannot %s device '%s' at %llu: the region there is read-only",
			    verb, range->name, at);
	case ENXIO:
		return fail("cannot %s device '%s' at %llu: the region ends within its last page, kregion info %s tells its size",
			    verb, range->name, at, range->name);
	case ENODEV:
		return fail("cannot %s device '%s' at %llu: the device was removed",
			    verb, range->name, at);
	default:
		return fail("cannot %s device '%s' at %llu: %s", verb,
			    range->name, at, strerror(errno));
	}
}

/*
 * Bytes to copy at once from @offset on: within one region, and in device memory,
 * which wants aligned accesses, by the widest accesses that are.
 */
static size_t step(const struct range *range, uint64_t offset, size_t length)
{
	const struct kregion_region *region =
		kregion_by_offset(range->device, offset);
	size_t width = MAX_WIDTH;

	if (!region)
		return length;
	if (length > region->offset + region->size - offset &&
	    offset < region->offset + region->size)
		length = (size_t)(region->offset + region->size - offset);
	if (region->backend != KREGION_IOMEM)
		return length;
	if (!(offset % MAX_WIDTH) && length >= MAX_WIDTH)
		return length - length % MAX_WIDTH;
	while (offset % width || width > length)
		width /= 2;
	return width;
}

int read_bytes(const struct range *range, uint64_t offset, void *buffer,
	       size_t length)
{
	char *next = buffer;

	while (length) {
		size_t now = step(range, offset, length);

		if (kregion_read(range->device, offset, next, now))
			return say_why_not_copied(range, "read", offset);
		next += now;
		offset += now;
		length -= now;
	}
	return 0;
}

int write_bytes(const struct range *range, uint64_t offset, const void *buffer,
		size_t length)
{
	const char *next = buffer;

	while (length) {
		size_t now = step(range, offset, length);

		if (kregion_write(range->device, offset, next, now))
			return say_why_not_copied(range, "write", offset);
		next += now;
		offset += now;
		length -= now;
	}
	return 0;
}
