// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "user-memory.h"

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool is_live(const struct region *region, size_t offset)
{
	return offset >= region->live_from && offset < region->live_to;
}

/* Within one page, @offset bytes into its region. */
static void compare(const struct device *device, const struct region *region,
		    size_t offset, const uint8_t *got, const uint8_t *expected,
		    size_t len, const char *what)
{
	size_t i;

	if (!memcmp(got, expected, len))
		return;
	for (i = 0; i < len; i++) {
		if (got[i] != expected[i] && !is_live(region, offset + i))
			mismatch("byte %#zx of region %u of %s, %s: expected %#x, got %#x",
				 offset + i, region_index(device, region),
				 device->name, what, expected[i], got[i]);
	}
}

void audit_map(const struct map *map, size_t offset, size_t len)
{
	const uint8_t *memory = (const uint8_t *)map->address;
	size_t chunk, page, in_region;

	if (!(map->flags & (PROT_READ | PROT_WRITE)) || map_is_revoked(map))
		return;
	in_region = (map->first - map->region->first) * PAGE;
	for (; len; len -= chunk, offset += chunk) {
		page = offset / PAGE;
		chunk = min_size(len, PAGE - offset % PAGE);
		compare(map->file->device, map->region, in_region + offset, memory + offset,
			map_page(map, (unsigned int)page) + offset % PAGE,
			chunk, "mapped");
	}
}

void audit_spot(void)
{
	const struct map *map;
	size_t size, offset;

	if (!nr_maps)
		return;
	map = &maps[below(nr_maps)];
	size = map->pages * PAGE;
	offset = below(size / 8) * 8;
	audit_map(map, offset, 8);
	audit_map(map, size - 8, 8);
}

void audit_read(const struct space *space, off_t offset, const uint8_t *bytes,
		size_t len)
{
	const struct region *region;
	size_t chunk;

	for (; len; len -= chunk, offset += (off_t)chunk, bytes += chunk) {
		region = region_at(space->device, (uint64_t)offset / PAGE);
		chunk = min_size(len, PAGE - (size_t)offset % PAGE);
		compare(space->device, region,
			(size_t)offset - region->first * PAGE, bytes,
			space->bytes + offset, chunk, "read");
	}
}

/* The bytes from one offset to another, within the device, as they are now. */
static void audit_bytes(int fd, const struct file *file, off_t from, off_t to)
{
	const struct space *space = file->space;
	off_t end = (off_t)(file->device->pages * PAGE);
	static uint8_t bytes[PAGE];
	ssize_t len;

	from = from < 0 ? 0 : from;
	to = to > end ? end : to;
	if (space->view) {
		audit_read(space, from, space->view + from, (size_t)(to - from));
		return;
	}
	if (!file->can_read)
		return;
	while (from < to) {
		len = pread(fd, bytes, min_size((size_t)(to - from), PAGE), from);
		if (len <= 0)
			mismatch("what was written cannot be read");
		audit_read(space, from, bytes, (size_t)len);
		from += len;
	}
}

void audit_write(int fd, const struct file *file, off_t offset, size_t len)
{
	off_t end = offset + (off_t)len;

	audit_bytes(fd, file, offset - 8, offset + 8);
	audit_bytes(fd, file, end - 8, end + 8);
}

static unsigned long sysfs_mappings(const struct device *device)
{
	char path[96], text[32];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/kregion/%s/mappings",
		 device->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		die("%s", path);
	close(fd);
	text[len] = '\0';
	return strtoul(text, NULL, 10);
}

static void audit_count(unsigned int device)
{
	unsigned long expected = other_maps[device], got;
	unsigned int i;

	if (devices[device].away)
		return;
	for (i = 0; i < nr_maps; i++)
		expected += maps[i].file->device == &devices[device] &&
			    !maps[i].file->gone;
	got = sysfs_mappings(&devices[device]);
	if (got != expected)
		mismatch("%s has %lu mappings, expected %lu, %u of them elsewhere",
			 devices[device].name, got, expected,
			 other_maps[device]);
}

void audit_counts(void)
{
	unsigned int i;

	for (i = 0; i < nr_devices; i++)
		audit_count(i);
}

/* The regions that belong to one file. */
static void audit_own(const struct fd *fd)
{
	const struct file *file = fd->file;

	if (file->space == &file->own && file->can_read && !file->path)
		audit_bytes(fd->number, file, 0,
			    (off_t)(file->device->pages * PAGE));
}

static void audit_position(const struct fd *fd)
{
	off_t pos;

	if (fd->file->path)
		return;
	pos = lseek(fd->number, 0, SEEK_CUR);
	if (pos != *fd->file->pos)
		mismatch("descriptor %d is at %#lx, expected %#lx", fd->number,
			 pos, *fd->file->pos);
}

/* What is in the arena, and what is not. */
static void audit_arena(void)
{
	uintptr_t address;

	for (address = ARENA; address < ARENA_END; address += 16 * PAGE) {
		if (is_mapped(address) != !!map_at(address))
			mismatch("address %#lx: wrongly %smapped", address,
				 map_at(address) ? "un" : "");
	}
}

void audit_all(void)
{
	unsigned int i;

	audit_counts();
	for (i = 0; i < nr_maps; i++)
		audit_map(&maps[i], 0, maps[i].pages * PAGE);
	for (i = 0; i < nr_devices; i++) {
		const struct space *space = devices[i].space;

		if (space && !devices[i].away)
			audit_read(space, 0, space->view,
				   devices[i].pages * PAGE);
	}
	for (i = 0; i < nr_fds; i++) {
		audit_own(&fds[i]);
		audit_position(&fds[i]);
	}
	audit_arena();
}
