// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-regions [DEVICE]: one device file, two kinds of kernel memory,
 * chosen by the offset given to mmap().
 *
 * The module kregion_demo has stored a message, the integer 1000 and a second
 * message in each of the two regions. The program prints them through a
 * mapping, writes a message of its own, and shows what is refused.
 *
 * It makes plain system calls on purpose: nothing but open(), mmap() and pread()
 * is needed. The other demos use libkregion.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kregion_demo.h"

#define REGION_PAGES	16
#define OWN_OFFSET	1024	/* where this program writes, in a region */

static size_t page;
static int failures;

static void expect(int seen, const char *what)
{
	printf("  %s: %s\n", seen ? "ok" : "NOT OK", what);
	failures += !seen;
}

/* Map @pages pages at page offset @at; the offset alone picks the region. */
static void *map(int fd, size_t at, size_t pages)
{
	return mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (off_t)(at * page));
}

static void show_region(int fd, const char *name, size_t at)
{
	struct kregion_demo_text *text = map(fd, at, REGION_PAGES);
	char own[64], hello[sizeof(text->hello)], seen[sizeof(own)];

	printf("%s region: mmap() of %d pages at page offset %zu\n", name,
	       REGION_PAGES, at);
	if (text == MAP_FAILED) {
		perror("  mmap");
		failures++;
		return;
	}
	printf("  \"%s\"\n  %d\n  \"%s\"\n", text->hello, text->number,
	       text->bye);
	snprintf(hello, sizeof(hello), KREGION_DEMO_HELLO, name);
	expect(!strcmp(text->hello, hello) &&
	       text->number == KREGION_DEMO_NUMBER &&
	       !strcmp(text->bye, KREGION_DEMO_BYE), "what the kernel wrote");

	snprintf(own, sizeof(own), "hello from process %d", (int)getpid());
	strcpy((char *)text + OWN_OFFSET, own);
	expect(pread(fd, seen, sizeof(seen), (off_t)(at * page + OWN_OFFSET)) ==
	       sizeof(seen) && !strcmp(seen, own),
	       "our message through the mapping is what pread() sees");
	munmap(text, REGION_PAGES * page);
}

static void show_refusal(int fd, const char *what, size_t at, size_t pages,
			 int err)
{
	char line[128];
	void *address = map(fd, at, pages);
	int seen = errno;

	if (address != MAP_FAILED)
		munmap(address, pages * page);
	snprintf(line, sizeof(line), "%s: %s", what,
		 address == MAP_FAILED ? strerror(seen) : "mapped");
	expect(address == MAP_FAILED && seen == err, line);
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "/dev/kregion-demo";
	int fd = open(device, O_RDWR);

	if (fd < 0) {
		fprintf(stderr, "%s: %s (is kregion_demo loaded?)\n", device,
			strerror(errno));
		return 1;
	}
	page = (size_t)sysconf(_SC_PAGESIZE);
	show_region(fd, "vmalloc", KREGION_DEMO_VMALLOC_PAGE);
	show_region(fd, "kmalloc", KREGION_DEMO_KMALLOC_PAGE);

	printf("refused:\n");
	show_refusal(fd, "no region at page offset 1000", 1000, 1, ENXIO);
	show_refusal(fd, "17 pages of a region of 16",
		     KREGION_DEMO_VMALLOC_PAGE, REGION_PAGES + 1, EINVAL);
	show_refusal(fd, "2 pages across the border of two regions",
		     KREGION_DEMO_KMALLOC_PAGE - 1, 2, EINVAL);
	close(fd);
	return failures ? 1 : 0;
}
