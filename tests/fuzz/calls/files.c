// SPDX-License-Identifier: GPL-2.0-only
/* The model of open files, their descriptors and bytes. */
#include "model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "kregion_demo.h"
#include "ops.h"
#include "user-memory.h"

struct fd fds[MAX_FDS];
unsigned int nr_fds;
unsigned int other_maps[MAX_DEVICES];
static struct file files[MAX_FILES];
static struct space shared_spaces[MAX_DEVICES];

#define NR_SPACES	(MAX_FILES + MAX_DEVICES)

/* What children of fork share, all in one mapping: many would slow the kernel down. */
static struct {
	off_t positions[MAX_FILES];
	uint64_t dirty[NR_SPACES];
	uint8_t bytes[NR_SPACES][MAX_PAGES * PAGE];
} *shared;

static void space_init(struct space *space, struct device *device,
		       unsigned int number)
{
	space->device = device;
	space->bytes = shared->bytes[number];
	space->dirty = &shared->dirty[number];
}

/* A mapping is of one region, so the view is one for each, side by side. */
static void view_open(struct space *space, uint8_t *address)
{
	struct device *device = space->device;
	unsigned int i;

	for (i = 0; i < device->nr_regions; i++) {
		const struct region *region = &device->regions[i];
		size_t at = region->first * PAGE;

		must_map(address + at, region->pages * PAGE, PROT_READ,
			 MAP_SHARED | MAP_FIXED, space->control, (off_t)at);
	}
	space->view = address;
	other_maps[device - devices] = device->nr_regions;
}

static void page_zero(struct space *space, unsigned int page)
{
	const struct region *region = region_at(space->device, page);
	size_t len = region->bytes - (page - region->first) * PAGE;
	off_t at = (off_t)(page * PAGE);

	len = len < PAGE ? len : PAGE;
	memset(space->bytes + at, 0, len);
	if (pwrite(space->control, space->bytes + at, len, at) != (ssize_t)len)
		die("a page of %s cannot be zeroed", space->device->name);
}

/* Regions for reading stay as they are: zero, but for the demo's. */
static void space_zero(struct space *space)
{
	unsigned int page;

	for (page = 0; page < space->device->pages; page++) {
		if (*space->dirty >> page & 1)
			page_zero(space, page);
	}
	*space->dirty = 0;
}

/* Again when the device was away: the new view replaces the old one. */
static void space_open(struct space *space)
{
	const struct device *device = space->device;
	char path[80];

	snprintf(path, sizeof(path), "/dev/%s", device->name);
	space->control = open(path, O_RDWR | O_CLOEXEC);
	if (space->control < 0)
		die("%s cannot be opened", path);
	view_open(space, view_memory((unsigned int)(device - devices)));
}

static void space_begin(struct space *space)
{
	struct device *device = space->device;
	unsigned int page;

	space_open(space);
	for (page = 0; page < device->pages; page++) {
		if (!region_at(device, page)->readonly)
			*space->dirty |= 1ull << page;
	}
	space_zero(space);
	device->space = space;
}

static void know_demo(struct space *space)
{
	struct kregion_demo_status status = { .magic = KREGION_DEMO_MAGIC };

	memcpy(space->bytes + KREGION_DEMO_STATUS_PAGE * PAGE, &status,
	       sizeof(status));
}

void model_init(void)
{
	unsigned int i;

	shared = must_map(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < nr_devices; i++) {
		if (devices[i].scope_open)
			continue;
		space_init(&shared_spaces[i], &devices[i], MAX_FILES + i);
		space_begin(&shared_spaces[i]);
		if (devices[i].maker == BY_DEMO)
			know_demo(&shared_spaces[i]);
	}
	for (i = 0; i < MAX_FILES; i++) {
		space_init(&files[i].own, NULL, i);
		files[i].pos = &shared->positions[i];
	}
}

void model_reset(void)
{
	unsigned int i;

	while (nr_maps) {
		if (munmap((void *)maps[0].address, maps[0].pages * PAGE))
			die("a mapping cannot be unmapped");
		map_drop(&maps[0]);
	}
	while (nr_fds) {
		close(fds[0].number);
		fd_remove(&fds[0]);
	}
	for (i = 0; i < nr_devices; i++) {
		if (devices[i].away)
			device_bring_back(&devices[i]);
		if (devices[i].space)
			space_zero(devices[i].space);
	}
}

void model_forked(void)
{
	unsigned int i;

	/* Files that the parent has go on, and so do their positions and bytes. */
	for (i = 0; i < MAX_FILES; i++)
		files[i].fds += !!files[i].device;
	/* The parent's mappings are others, and the views are there twice. */
	for (i = 0; i < nr_maps; i++)
		other_maps[maps[i].file->device - devices] +=
			!maps[i].file->gone;
	for (i = 0; i < nr_devices; i++)
		other_maps[i] += devices[i].space ? devices[i].nr_regions : 0;
	for (i = nr_maps; i-- > 0;) {
		if (maps[i].flags & ADVICE_DONTFORK)
			map_drop(&maps[i]);
	}
}

static struct file *free_file(void)
{
	struct file *file;

	for (file = files; file < files + MAX_FILES; file++) {
		if (!file->device)
			return file;
	}
	die("no room for another file");
}

struct file *file_new(struct device *device)
{
	struct file *file = free_file();

	file->device = device;
	file->can_read = false;
	file->can_write = false;
	file->append = false;
	file->path = false;
	file->gone = false;
	*file->pos = 0;
	file->space = device->space;
	if (!device->scope_open)
		return file;
	file->own.device = device;
	memset(file->own.bytes, 0, device->pages * PAGE);
	file->space = &file->own;
	return file;
}

void file_put(struct file *file)
{
	if (!file->fds && !file->maps)
		file->device = NULL;
}

struct fd *fd_add(int number, struct file *file)
{
	struct fd *fd = &fds[nr_fds++];

	fd->number = number;
	fd->file = file;
	file->fds++;
	return fd;
}

void fd_remove(struct fd *fd)
{
	struct file *file = fd->file;

	*fd = fds[--nr_fds];
	file->fds--;
	file_put(file);
}

struct fd *fd_find(int number)
{
	unsigned int i;

	for (i = 0; i < nr_fds; i++) {
		if (fds[i].number == number)
			return &fds[i];
	}
	return NULL;
}

bool device_is_used(const struct device *device)
{
	const struct file *file;

	for (file = files; file < files + MAX_FILES; file++) {
		if (file->device == device && !file->path)
			return true;
	}
	return false;
}

void device_goes(struct device *device)
{
	struct file *file;

	for (file = files; file < files + MAX_FILES; file++)
		file->gone |= file->device == device;
	device->away = true;
}

void device_returns(struct device *device)
{
	device->away = false;
	if (!device->space)
		return;
	close(device->space->control);
	space_open(device->space);
}

void space_write(struct space *space, off_t offset, const void *bytes,
		 size_t len)
{
	size_t page;

	if (!len)
		return;
	memcpy(space->bytes + offset, bytes, len);
	for (page = (size_t)offset / PAGE; page <= (offset + len - 1) / PAGE;
	     page++)
		*space->dirty |= 1ull << page;
}
