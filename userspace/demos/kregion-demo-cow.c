// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-cow [DEVICE]: MAP_SHARED and MAP_PRIVATE, told apart by read().
 *
 * A region holds "old". The program writes "new" through a mapping and then
 * reads the file: a shared mapping is the region itself, so read() sees "new";
 * a private one gives the program a copy of the page (copy on write), so read()
 * still sees "old". Shown for each region of memory that the device has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <libkregion.h>

/* "vmalloc region, MAP_SHARED ", with the caching where it is not ordinary. */
static void print_title(FILE *to, const struct kregion_region *region,
			unsigned int flags)
{
	fputs(kregion_backend_name(region->backend), to);
	if (region->caching != KREGION_WRITE_BACK)
		fprintf(to, " %s", kregion_caching_name(region->caching));
	fprintf(to, " region, %-11s: ",
		flags & KREGION_MAP_PRIVATE ? "MAP_PRIVATE" : "MAP_SHARED");
}

static int complain(const struct kregion_region *region, unsigned int flags,
		    const char *call)
{
	int error = errno;

	print_title(stderr, region, flags);
	fprintf(stderr, "%s at offset 0x%llx: %s%s\n", call,
		(unsigned long long)region->offset, strerror(error),
		region->flags & KREGION_WRITABLE ? "" :
		" (the region is read-only, a writable one is needed)");
	return 1;
}

static int run(const struct kregion *device,
	       const struct kregion_region *region, unsigned int flags)
{
	const char *expected = flags & KREGION_MAP_PRIVATE ? "old" : "new";
	struct kregion_map map;
	char seen[4] = "";
	int ok;

	if (kregion_write(device, region->offset, "old", sizeof(seen)))
		return complain(region, flags, "kregion_write");
	if (kregion_map_index(device, &map, region->index, flags))
		return complain(region, flags, "kregion_map_index");
	strcpy(map.address, "new");
	/* Stores to write-combined memory may wait in the CPU until a fence. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (kregion_read(device, region->offset, seen, sizeof(seen)))
		complain(region, flags, "kregion_read");
	ok = !strcmp(map.address, "new") && !strcmp(seen, expected);
	print_title(stdout, region, flags);
	printf("the mapping has \"%.3s\", read() sees \"%.3s\": %s\n",
	       (char *)map.address, seen, ok ? "ok" : "NOT OK");
	kregion_unmap(&map);
	return !ok;
}

/* Device memory has no copies: a read of a register may change it. */
static int is_memory(const struct kregion_region *region)
{
	return region->flags & KREGION_MAPPABLE &&
	       region->backend != KREGION_IOMEM;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "0";
	struct kregion *device;
	unsigned int i, shown = 0;
	int failures = 0;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [DEVICE]\n", argv[0]);
		return 2;
	}
	device = kregion_open(name, O_RDWR);
	if (!device) {
		fprintf(stderr, "%s: %s (is kregion loaded?)\n", name,
			strerror(errno));
		return 1;
	}
	for (i = 0; i < kregion_count(device); i++) {
		const struct kregion_region *region =
			kregion_by_index(device, i);

		if (!is_memory(region)) {
			printf("%s: not tried, no memory that can be mapped\n",
			       region->name);
			continue;
		}
		failures += run(device, region, 0);
		failures += run(device, region, KREGION_MAP_PRIVATE);
		shown++;
	}
	if (!shown)
		fprintf(stderr, "%s: 0 of %u regions are memory, 1 is needed\n",
			name, i);
	kregion_close(device);
	return !shown || failures ? 1 : 0;
}
