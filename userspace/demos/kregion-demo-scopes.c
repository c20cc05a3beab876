// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-scopes [DEVICE0 DEVICE1 SHARED]: memory of each open, memory of
 * all.
 *
 * Two devices have scope "open": each open() gets zeroed regions of its own,
 * which the driver keeps in the open file (file->private_data), not in the
 * device. The program opens the first one twice and the second one once, writes
 * something else to each, and reads every one of them back. The third device is
 * ordinary: what one opener writes, the next one reads.
 *
 * The defaults 2, 3 and 0 are made by
 *	modprobe kregion 'regions=vmalloc:16p;kmalloc:16p;\
 *		scope=open,vmalloc:1p;scope=open,kmalloc:1p'
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libkregion.h>

static int failures;

static void expect(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "NOT OK: %s\n", what);
	failures++;
}

static struct kregion *open_device(const char *name, int is_private)
{
	struct kregion *device = kregion_open(name, O_RDWR);

	if (!device) {
		fprintf(stderr, "%s: %s (is kregion loaded with four devices?)\n",
			name, strerror(errno));
		exit(1);
	}
	if (kregion_is_private(device) != is_private) {
		fprintf(stderr, "device %s: each open has %s, expected %s\n",
			name, is_private ? "the same memory" : "its own memory",
			is_private ? "its own, by scope=open in regions=" :
			"the same, without scope=open");
		exit(1);
	}
	return device;
}

static void put(const struct kregion *device, const char *text)
{
	if (!kregion_write(device, 0, text, strlen(text) + 1))
		return;
	perror(text);
	failures++;
}

static void show(const struct kregion *device, const char *title,
		 const char *expected)
{
	char seen[16] = "";

	if (kregion_read(device, 0, seen, sizeof(seen) - 1))
		perror(title);
	printf("%s %s\n", title, seen);
	if (strcmp(seen, expected))
		fprintf(stderr, "NOT OK: expected \"%s\"\n", expected);
	failures += strcmp(seen, expected) != 0;
}

/* No byte of an earlier or another opener is in a new one. */
static void show_fresh_open(const char *name)
{
	struct kregion *device = open_device(name, 1);
	struct kregion_map map;
	size_t zeros = 0;

	if (kregion_map_index(device, &map, 0, KREGION_MAP_READ_ONLY)) {
		perror("kregion_map_index");
		exit(1);
	}
	while (zeros < map.length && !((char *)map.address)[zeros])
		zeros++;
	printf("device 0, a fresh open:  %zu zeros\n", zeros);
	expect(zeros == map.length, "a byte that is not 0 follows");
	kregion_unmap(&map);
	kregion_close(device);
}

static void show_end(const struct kregion *device)
{
	uint64_t size = kregion_size(device);
	int refused = kregion_write(device, size - 2, "long", 4) < 0;
	int error = errno;
	char tail[2] = "?";

	printf("device 0, 4 bytes at byte %llu of %llu: %s\n",
	       (unsigned long long)size - 2, (unsigned long long)size,
	       refused ? strerror(error) : "written");
	expect(refused && error == ENXIO, "expected ENXIO");
	expect(!kregion_read(device, size - 2, tail, 2) && !tail[0] && !tail[1],
	       "a part was written, expected none");
}

static void show_private(const char *name0, const char *name1)
{
	struct kregion *first = open_device(name0, 1);
	struct kregion *second = open_device(name0, 1);
	struct kregion *other = open_device(name1, 1);

	put(first, "0_A");
	put(second, "0_B");
	put(other, "1_A");
	show(first, "device 0, first open: ", "0_A");
	show(second, "device 0, second open:", "0_B");
	show(other, "device 1, first open: ", "1_A");
	show_fresh_open(name0);
	show_end(first);
	kregion_close(first);
	kregion_close(second);
	kregion_close(other);
}

static void show_shared(const char *name)
{
	struct kregion *first = open_device(name, 0);
	struct kregion *second = open_device(name, 0);

	put(first, "shared value");
	show(second, "shared device, second opener sees:", "shared value");
	kregion_close(first);
	kregion_close(second);
}

int main(int argc, char **argv)
{
	if (argc != 1 && argc != 4) {
		fprintf(stderr, "usage: %s [DEVICE0 DEVICE1 SHARED]\n",
			argv[0]);
		return 2;
	}
	show_private(argc > 1 ? argv[1] : "2", argc > 1 ? argv[2] : "3");
	show_shared(argc > 1 ? argv[3] : "0");
	return failures ? 1 : 0;
}
