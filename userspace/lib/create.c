// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create and remove devices, by the driver's folder in configfs: a folder for each
 * device, in it one for each region, and files of one value.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "spec.h"

#define CONFIGFS	"/sys/kernel/config/kregion"
#define NODE_WAIT_MS	2000	/* devtmpfs makes a node at once; udev may rename it */

/* Write @value to the file @name in the folder @dir. */
static int set(int dir, const char *name, const char *value)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(value);
	ssize_t written;
	int error;

	if (fd < 0)
		return -1;
	written = write(fd, value, length);
	error = written < 0 ? errno : EIO;
	close(fd);
	if (written == (ssize_t)length)
		return 0;
	errno = error;
	return -1;
}

static int open_folder(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* ---- one region ---- */

static int set_region(int dir, const struct kregion_region_spec *spec)
{
	char size[32];

	snprintf(size, sizeof(size), "%llu%s", (unsigned long long)spec->size,
		 spec->size_in_pages ? "p" : "");
	if (set(dir, "backend", kregion_backend_name(spec->backend)) ||
	    set(dir, "size", size) ||
	    set(dir, "cache", kregion_caching_name(spec->cache)))
		return -1;
	return set(dir, "read_only",
		   spec->flags & KREGION_SPEC_READONLY ? "1" : "0");
}

static int add_region(int device, const struct kregion_region_spec *spec,
		      unsigned int index)
{
	char name[KREGION_NAME_LEN];
	int dir, result, error;

	if (spec->name[0])
		memcpy(name, spec->name, sizeof(name));
	else
		snprintf(name, sizeof(name), "region%u", index);
	if (mkdirat(device, name, 0755)) {
		/* Not a device but a region of that name is there. */
		if (errno == EEXIST)
			errno = EINVAL;
		return -1;
	}
	dir = open_folder(device, name);
	if (dir < 0)
		return -1;
	result = set_region(dir, spec);
	error = errno;
	close(dir);
	errno = error;
	return result;
}

/* ---- one device ---- */

/* Does @regions describe one device, and no more? */
static int describes_one_device(const char *regions)
{
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	enum kregion_parsed parsed;
	unsigned int nr = 0;

	kregion_parse_start(&parser, regions);
	do {
		parsed = kregion_parse_next(&parser, &spec);
		nr++;
	} while (parsed == KREGION_PARSED_REGION);
	return parsed == KREGION_PARSED_LAST && !parser.more &&
	       nr <= KREGION_MAX_REGIONS;
}

static int add_regions(int device, const char *regions)
{
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	unsigned int index = 0;

	kregion_parse_start(&parser, regions);
	while (kregion_parse_next(&parser, &spec) > KREGION_PARSED_END) {
		if (add_region(device, &spec, index++))
			return -1;
	}
	return set(device, "scope",
		   parser.scope == KREGION_SCOPE_OPEN ? "open" : "shared");
}

/* Remove the folders in the folder @device, which nobody uses. */
static int remove_regions(int device)
{
	int folder = open_folder(device, ".");
	struct dirent *entry;
	int result = 0, error;
	DIR *dir;

	if (folder < 0)
		return -1;
	dir = fdopendir(folder);
	if (!dir) {
		error = errno;
		close(folder);
		errno = error;
		return -1;
	}
	while (!result && (entry = readdir(dir))) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			result = unlinkat(device, entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
	return result;
}

static int wait_for_node(const char *name)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	char path[KREGION_PATH_LEN];
	int tries;

	snprintf(path, sizeof(path), "/dev/kregion-%s", name);
	for (tries = 0; tries < NODE_WAIT_MS; tries++) {
		if (!access(path, F_OK))
			return 0;
		nanosleep(&ms, NULL);
	}
	return -1;
}

/* The folder that @name means, as name of a device or of its node. */
static const char *folder_name(const char *name)
{
	const size_t skip = strlen("kregion-");

	if (!name)
		name = "";
	if (!strncmp(name, "kregion-", skip))
		name += skip;
	if (kregion_name_valid(name, (unsigned int)strnlen(name, KREGION_NAME_LEN)))
		return name;
	errno = EINVAL;
	return NULL;
}

static int fill_device(int root, const char *name, const char *regions)
{
	int device = open_folder(root, name);
	int result, error;

	if (device < 0)
		return -1;
	result = add_regions(device, regions);
	if (!result)
		result = set(device, "live", "1");
	error = errno;
	if (result)
		remove_regions(device);
	close(device);
	errno = error;
	return result;
}

static int create_in(int root, const char *name, const char *regions)
{
	int error;

	if (mkdirat(root, name, 0755))
		return -1;
	if (!fill_device(root, name, regions))
		return 0;
	error = errno;
	unlinkat(root, name, AT_REMOVEDIR);
	errno = error;
	return -1;
}

static int remove_from(int root, const char *name)
{
	int device = open_folder(root, name);
	int result, error;

	if (device < 0)
		return -1;
	result = set(device, "live", "0");
	if (!result)
		result = remove_regions(device);
	error = errno;
	close(device);
	errno = error;
	return result ? result : unlinkat(root, name, AT_REMOVEDIR);
}

int kregion_create(const char *name, const char *regions)
{
	int root, result, error;

	name = folder_name(name);
	if (!name)
		return -1;
	if (!regions || !describes_one_device(regions)) {
		errno = EINVAL;
		return -1;
	}
	root = open_folder(AT_FDCWD, CONFIGFS);
	if (root < 0)
		return -1;
	result = create_in(root, name, regions);
	error = errno;
	close(root);
	errno = error;
	if (result || !wait_for_node(name))
		return result;
	kregion_remove(name);
	errno = ETIMEDOUT;
	return -1;
}

int kregion_remove(const char *name)
{
	int root, result, error;

	name = folder_name(name);
	if (!name)
		return -1;
	root = open_folder(AT_FDCWD, CONFIGFS);
	if (root < 0)
		return -1;
	result = remove_from(root, name);
	error = errno;
	close(root);
	errno = error;
	return result;
}
