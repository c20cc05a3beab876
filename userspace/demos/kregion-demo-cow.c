// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-cow [DEVICE]: MAP_SHARED and MAP_PRIVATE, told apart by read().
 *
 * The region holds "old". The program writes "new" through a mapping and then
 * reads the file: a shared mapping is the region itself, so read() sees "new";
 * a private one gives the program a copy of the page (copy on write), so read()
 * still sees "old".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int run(int fd, const char *name, long page_offset, int flags,
	       const char *expected)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	off_t offset = page_offset * (off_t)page;
	char seen[4] = "";
	char *mapping;
	int ok;

	if (pwrite(fd, "old", 4, offset) != 4) {
		perror("pwrite");
		return 1;
	}
	mapping = mmap(NULL, page, PROT_READ | PROT_WRITE, flags, fd, offset);
	if (mapping == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	strcpy(mapping, "new");
	if (pread(fd, seen, 4, offset) != 4)
		perror("pread");
	ok = !strcmp(mapping, "new") && !strcmp(seen, expected);
	printf("%s region, %-11s: the mapping has \"%s\", read() sees \"%s\": %s\n",
	       name, flags == MAP_SHARED ? "MAP_SHARED" : "MAP_PRIVATE",
	       mapping, seen, ok ? "ok" : "NOT OK");
	munmap(mapping, page);
	return !ok;
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "/dev/kregion0";
	int fd = open(device, O_RDWR);
	int failures = 0;

	if (fd < 0) {
		fprintf(stderr, "%s: %s (is kregion loaded?)\n", device,
			strerror(errno));
		return 1;
	}
	failures += run(fd, "vmalloc", 0, MAP_SHARED, "new");
	failures += run(fd, "vmalloc", 0, MAP_PRIVATE, "old");
	failures += run(fd, "kmalloc", 16, MAP_SHARED, "new");
	failures += run(fd, "kmalloc", 16, MAP_PRIVATE, "old");
	close(fd);
	return failures ? 1 : 0;
}
