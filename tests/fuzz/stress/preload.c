// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into stress-ng, most of whose stressors want anonymous memory and cannot be
 * given a file. Here they get regions of kregion instead:
 *
 * - the stressors' anonymous mappings, up to the size of the node STRESS_OPEN, are
 *   mappings of that node, which has scope=open: a new open has zeroed memory that
 *   nobody else has, as an anonymous mapping has;
 * - every process inherits shared and private mappings of the node STRESS_SHARED, for
 *   what it does to all that it has: fork, exit, madvise of all pages.
 *
 * The file STRESS_COUNTS gets the numbers of mappings made and refused, the folder
 * STRESS_USERS a file with the name of each process that got an anonymous one.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kregion.h"

#define RW		(PROT_READ | PROT_WRITE)

/* What kregion cannot give, or what is no data of the stressor. */
#define NOT_OURS	(MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_GROWSDOWN | \
			 MAP_HUGETLB | MAP_STACK | MAP_32BIT)

struct counts {
	atomic_ulong mapped;
	atomic_ulong refused;
};

typedef void *(*mmap_fn)(void *, size_t, int, int, int, off_t);

static mmap_fn real_mmap;
static struct counts *counts;
static const char *node, *users;
static size_t node_size;

static size_t size_of(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	return size > 0 ? (size_t)size : 0;
}

static void open_counts(void)
{
	const char *path = getenv("STRESS_COUNTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *address;

	if (fd < 0)
		return;
	address = real_mmap(NULL, sizeof(*counts), RW, MAP_SHARED, fd, 0);
	if (address != MAP_FAILED)
		counts = address;
	close(fd);
}

static void count(const void *address)
{
	if (counts)
		atomic_fetch_add(address != MAP_FAILED ? &counts->mapped :
							 &counts->refused, 1);
}

static void map_region(int fd, const struct kregion_region_info *info)
{
	char *address;

	count(real_mmap(NULL, info->size, RW, MAP_SHARED, fd,
			(off_t)info->offset));
	address = real_mmap(NULL, info->size, RW, MAP_PRIVATE, fd,
			    (off_t)info->offset);
	count(address);
	if (address != MAP_FAILED)
		*address = 1;
}

static void map_shared_node(void)
{
	const char *path = getenv("STRESS_SHARED");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	unsigned int i;

	if (fd < 0)
		return;
	for (i = 0;; i++) {
		struct kregion_region_info info = {
			.argsz = sizeof(info),
			.index = i,
		};

		if (ioctl(fd, KREGION_GET_REGION_INFO, &info))
			break;
		map_region(fd, &info);
	}
	close(fd);
}

/* A copy: stress-ng writes its title over the environment. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value ? strdup(value) : NULL;
}

static void __attribute__((constructor)) start(void)
{
	int fd;

	real_mmap = (mmap_fn)dlsym(RTLD_NEXT, "mmap");
	open_counts();
	map_shared_node();
	node = environment("STRESS_OPEN");
	users = environment("STRESS_USERS");
	fd = node ? open(node, O_RDWR | O_CLOEXEC) : -1;
	if (fd >= 0) {
		node_size = size_of(fd);
		close(fd);
	}
}

/*
 * The first process is "stress-ng", a stressor's "stress-ng-vm" and so on. What the
 * first maps has futexes in it, which device files cannot have.
 */
static int in_a_stressor(char name[16])
{
	static const char prefix[] = "stress-ng-";

	return !prctl(PR_GET_NAME, name) &&
	       !strncmp(name, prefix, sizeof(prefix) - 1);
}

/* Once a process: its children do what it does. */
static void leave_name(const char *name)
{
	static int left;
	char path[PATH_MAX];
	int fd;

	if (left || !users)
		return;
	snprintf(path, sizeof(path), "%s/%s", users, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	left = fd >= 0;
	if (left)
		close(fd);
}

static void *map_node(void *hint, size_t length, int prot, int flags)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	void *address = MAP_FAILED;

	if (fd < 0)
		return MAP_FAILED;
	address = real_mmap(hint, length, prot, flags & ~MAP_ANONYMOUS, fd, 0);
	close(fd);
	return address;
}

void *mmap(void *hint, size_t length, int prot, int flags, int fd, off_t offset)
{
	char name[16] = "";
	void *address;

	if (flags & MAP_ANONYMOUS && !(flags & NOT_OURS) &&
	    (prot & ~RW) == 0 && length <= node_size && in_a_stressor(name)) {
		address = map_node(hint, length, prot, flags);
		count(address);
		if (address != MAP_FAILED) {
			leave_name(name);
			return address;
		}
	}
	return real_mmap(hint, length, prot, flags, fd, offset);
}

void *mmap64(void *hint, size_t length, int prot, int flags, int fd,
	     off64_t offset) __attribute__((alias("mmap")));
