// SPDX-License-Identifier: GPL-2.0-only
/* Devices: open one, learn what it holds, close it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* What drivers of other devices answer to an ioctl that they do not know. */
static int is_unknown_ioctl(int error)
{
	return error == ENOTTY || error == EINVAL || error == EOPNOTSUPP;
}

/* Some of them answer 0 to any ioctl, and leave the struct alone. */
static int is_page_size(size_t size)
{
	return size && !(size & (size - 1));
}

static int get_device_info(int fd, struct kregion_device_info *info)
{
	int result = ioctl(fd, KREGION_GET_DEVICE_INFO, info);

	if (result < 0 && !is_unknown_ioctl(errno))
		return -1;
	if (!result && is_page_size(info->page_size))
		return 0;
	errno = ENOTTY;
	return -1;
}

static int get_region(int fd, unsigned int index, struct kregion_entry *entry)
{
	struct kregion_region_info info = {
		.argsz = sizeof(info),
		.index = index,
	};

	if (ioctl(fd, KREGION_GET_REGION_INFO, &info))
		return -1;
	memcpy(entry->name, info.name, sizeof(entry->name) - 1);
	entry->region = (struct kregion_region) {
		.index = info.index,
		.flags = info.flags,
		.backend = info.backend,
		.caching = info.cache,
		.offset = info.offset,
		.size = info.size,
		.phys_addr = info.phys_addr,
		.name = entry->name,
	};
	return 0;
}

static int get_regions(struct kregion *device)
{
	unsigned int i;

	device->entries = calloc(device->count, sizeof(*device->entries));
	if (!device->entries)
		return -1;
	for (i = 0; i < device->count; i++) {
		if (get_region(device->fd, i, &device->entries[i]))
			return -1;
	}
	return 0;
}

static void free_device(struct kregion *device)
{
	int error = errno;

	free(device->entries);
	free(device);
	errno = error;
}

struct kregion *kregion_open_fd(int fd)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	struct kregion *device;

	if (get_device_info(fd, &info))
		return NULL;
	device = calloc(1, sizeof(*device));
	if (!device)
		return NULL;
	device->fd = fd;
	device->is_private = !!(info.flags & KREGION_DEVICE_SCOPE_OPEN);
	device->count = info.nr_regions;
	device->page_size = info.page_size;
	device->size = info.size;
	if (get_regions(device)) {
		free_device(device);
		return NULL;
	}
	return device;
}

struct kregion *kregion_open(const char *device, int flags)
{
	char buffer[KREGION_PATH_LEN];
	const char *path = kregion_path(device, buffer);
	struct kregion *opened;
	int fd, error;

	if (!path)
		return NULL;
	if (flags & O_CREAT) {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, flags | O_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	opened = kregion_open_fd(fd);
	if (opened)
		return opened;
	error = errno;
	close(fd);
	errno = error;
	return NULL;
}

void kregion_close(struct kregion *device)
{
	if (!device)
		return;
	close(device->fd);
	free_device(device);
}

int kregion_fd(const struct kregion *device)
{
	return device->fd;
}

uint64_t kregion_size(const struct kregion *device)
{
	return device->size;
}

int kregion_is_private(const struct kregion *device)
{
	return device->is_private;
}
