// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl-print NODE: all that the ioctls tell of a device, as text. Built for 64
 * and for 32 bits: both must print the same. ioctl-print --long says which is
 * which.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kregion.h"

static void print_region(const char *how,
			 const struct kregion_region_info *info)
{
	printf("%s: argsz=%u flags=%#x index=%u backend=%u offset=%llu"
	       " size=%llu cache=%u reserved=%u name=%.*s phys_addr=%#llx\n",
	       how, info->argsz, info->flags, info->index, info->backend,
	       (unsigned long long)info->offset, (unsigned long long)info->size,
	       info->cache, info->reserved, KREGION_NAME_LEN,
	       (const char *)info->name,
	       (unsigned long long)info->phys_addr);
}

static int print_device(int fd, __u32 *nr_regions)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };

	if (ioctl(fd, KREGION_GET_DEVICE_INFO, &info)) {
		printf("device: %s\n", strerror(errno));
		return -1;
	}
	printf("device: argsz=%u flags=%#x nr_regions=%u page_size=%u"
	       " size=%llu\n",
	       info.argsz, info.flags, info.nr_regions, info.page_size,
	       (unsigned long long)info.size);
	*nr_regions = info.nr_regions;
	return 0;
}

/* By index, then by its last byte. */
static int print_one_region(int fd, __u32 index)
{
	struct kregion_region_info info = {
		.argsz = sizeof(info),
		.index = index,
	};
	struct kregion_region_info found = {
		.argsz = sizeof(found),
		.size = 1,
	};

	if (ioctl(fd, KREGION_GET_REGION_INFO, &info)) {
		printf("region %u: %s\n", index, strerror(errno));
		return -1;
	}
	print_region("region", &info);
	found.offset = info.offset + info.size - 1;
	if (ioctl(fd, KREGION_FIND_REGION, &found)) {
		printf("find %u: %s\n", index, strerror(errno));
		return -1;
	}
	print_region("found", &found);
	return 0;
}

static void print_refused(int fd)
{
	struct kregion_region_info info = {
		.argsz = sizeof(info),
		.offset = 1ULL << 63,
		.size = 1,
	};

	printf("find 2^63: %d", ioctl(fd, KREGION_FIND_REGION, &info));
	printf(" %s\n", strerror(errno));
	printf("unknown: %d", ioctl(fd, _IO(KREGION_IOC_TYPE, 0x3f), &info));
	printf(" %s\n", strerror(errno));
}

int main(int argc, char **argv)
{
	__u32 i, nr_regions;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: ioctl-print NODE | --long\n");
		return 2;
	}
	if (!strcmp(argv[1], "--long")) {
		printf("long: %zu bytes\n", sizeof(long));
		return 0;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0) {
		printf("%s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	if (print_device(fd, &nr_regions))
		return 1;
	for (i = 0; i < nr_regions; i++) {
		if (print_one_region(fd, i))
			return 1;
	}
	print_refused(fd);
	close(fd);
	return 0;
}
