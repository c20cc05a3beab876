// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-registers [DEVICE [ADDRESS]]: a PCI device's registers, mapped.
 *
 * QEMU's "edu" device has 32-bit registers in its BAR 0: 0x00 identifies it, 0x04
 * gives back the complement of what was written, 0x08 computes a factorial while
 * bit 0 of 0x20 is set. The program maps the two in the middle as a struct. They
 * begin at 0x4, which is no page: mmap() wants the page that holds the address,
 * and the low bits are added to what it returns. kregion_map() does both.
 *
 * ADDRESS is where the struct is in BAR 0, default 0x4. DEVICE is by default the
 * only PCI device that kregion_pci serves.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libkregion.h>

#define IDENTIFICATION		0x00
#define STATUS			0x20
#define STATUS_COMPUTING	0x1u
#define EDU			0x010000edu
#define MAX_TRIES		1000

struct registers {
	uint32_t liveness;
	uint32_t factorial;
};

static int expect(uint32_t seen, uint32_t expected)
{
	if (seen == expected)
		return 0;
	fprintf(stderr, "NOT OK: expected 0x%08x\n", expected);
	return 1;
}

static int read_register(const struct kregion *device,
			 const struct kregion_region *bar, unsigned int at,
			 uint32_t *value)
{
	if (!kregion_read(device, bar->offset + at, value, sizeof(*value)))
		return 0;
	fprintf(stderr, "kregion_read of register 0x%02x: %s\n", at,
		strerror(errno));
	return 1;
}

static int show_identification(const struct kregion *device,
			       const struct kregion_region *bar)
{
	uint32_t seen;

	if (read_register(device, bar, IDENTIFICATION, &seen))
		return 1;
	printf("identification 0x%08x\n", seen);
	return expect(seen, EDU);
}

static int show_liveness(volatile struct registers *registers)
{
	const uint32_t written = 0x12345678;
	uint32_t seen;

	registers->liveness = written;
	seen = registers->liveness;
	printf("liveness: wrote 0x%08x, read 0x%08x\n", written, seen);
	return expect(seen, ~written);
}

static int wait_until_computed(const struct kregion *device,
			       const struct kregion_region *bar)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };
	uint32_t status;
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		if (read_register(device, bar, STATUS, &status))
			return 1;
		if (!(status & STATUS_COMPUTING))
			return 0;
		nanosleep(&millisecond, NULL);
	}
	fprintf(stderr, "status 0x%08x after a second: expected bit 0 clear\n",
		status);
	return 1;
}

static int show_factorial(const struct kregion *device,
			  const struct kregion_region *bar,
			  volatile struct registers *registers)
{
	uint32_t seen;

	registers->factorial = 10;
	if (wait_until_computed(device, bar))
		return 1;
	seen = registers->factorial;
	printf("factorial of 10: %u\n", seen);
	return expect(seen, 3628800);
}

static int show(const struct kregion *device, uint64_t address)
{
	const struct kregion_region *bar = kregion_by_name(device, "bar0");
	struct kregion_map map;
	size_t skip;
	int failures;

	if (!bar) {
		perror("no region is named \"bar0\"");
		return 1;
	}
	if (kregion_map(device, &map, bar->offset + address,
			sizeof(struct registers), 0)) {
		fprintf(stderr, "kregion_map of %zu bytes at 0x%llx: %s (bar0 has 0x%llx bytes)\n",
			sizeof(struct registers), (unsigned long long)address,
			strerror(errno), (unsigned long long)bar->size);
		return 1;
	}
	skip = (size_t)((char *)map.address - (char *)map.pages);
	printf("address 0x%llx: page at 0x%llx, %zu bytes into it\n",
	       (unsigned long long)address, (unsigned long long)address - skip,
	       skip);
	failures = show_identification(device, bar);
	failures += show_liveness(map.address);
	failures += show_factorial(device, bar, map.address);
	kregion_unmap(&map);
	return failures;
}

/* The only node of kregion_pci; exits when there is none, or a choice. */
static const char *only_node(void)
{
	static glob_t found;	/* has the name that is returned */
	size_t i;

	if (glob("/dev/kregion-pci-*", 0, NULL, &found)) {
		fputs("no /dev/kregion-pci-* (is a PCI device bound to kregion_pci?)\n",
		      stderr);
		exit(1);
	}
	if (found.gl_pathc == 1)
		return found.gl_pathv[0];
	fprintf(stderr, "%zu devices, name one of them:\n", found.gl_pathc);
	for (i = 0; i < found.gl_pathc; i++)
		fprintf(stderr, "\t%s\n", found.gl_pathv[i]);
	exit(1);
}

/* Registers are 32 bits wide, and so aligned. */
static int parse(const char *text, uint64_t *address)
{
	char *end;

	if (*text < '0' || *text > '9')
		return 1;
	errno = 0;
	*address = strtoull(text, &end, 0);
	return errno || *end || *address % sizeof(uint32_t);
}

int main(int argc, char **argv)
{
	uint64_t address = 0x4;
	struct kregion *device;
	const char *name;
	int failures;

	if (argc > 3 || (argc > 2 && parse(argv[2], &address))) {
		fprintf(stderr, "usage: %s [DEVICE [ADDRESS]], ADDRESS being a multiple of 4 as 0x4\n",
			argv[0]);
		return 2;
	}
	name = argc > 1 ? argv[1] : only_node();
	device = kregion_open(name, O_RDWR);
	if (!device) {
		fprintf(stderr, "%s: %s (is kregion_pci bound to it?)\n", name,
			strerror(errno));
		return 1;
	}
	failures = show(device, address);
	kregion_close(device);
	return failures ? 1 : 0;
}
