// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-address [DEVICE]: where a device's regions lie.
 *
 * A device that does DMA needs to be told an address, so programs that drive one
 * ask the kernel for that of their buffer. Only a contiguous region has one, and
 * the driver tells it only to root: it helps an attacker. In a kernel module use
 * the DMA API instead: behind an IOMMU a bus address is not a physical one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <libkregion.h>

static int show(const struct kregion_region *region)
{
	printf("%s: %s, %s, offset 0x%llx, size 0x%llx, ", region->name,
	       kregion_backend_name(region->backend),
	       kregion_caching_name(region->caching),
	       (unsigned long long)region->offset,
	       (unsigned long long)region->size);
	if (!(region->flags & KREGION_CONTIGUOUS))
		puts("scattered pages, no one address");
	else if (region->flags & KREGION_PHYS_ADDR)
		printf("physical address 0x%llx\n",
		       (unsigned long long)region->phys_addr);
	else
		puts("physical address: hidden (root only)");
	if (!(region->flags & KREGION_PHYS_ADDR) == !region->phys_addr)
		return 0;
	fprintf(stderr, "NOT OK: flags 0x%x with the address 0x%llx, expected 0x%x in flags exactly where there is one\n",
		region->flags, (unsigned long long)region->phys_addr,
		KREGION_PHYS_ADDR);
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "0";
	struct kregion *device;
	int failures = 0;
	unsigned int i;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [DEVICE]\n", argv[0]);
		return 2;
	}
	device = kregion_open(name, O_RDONLY);
	if (!device) {
		fprintf(stderr, "%s: %s (is kregion loaded?)\n", name,
			strerror(errno));
		return 1;
	}
	for (i = 0; i < kregion_count(device); i++)
		failures += show(kregion_by_index(device, i));
	kregion_close(device);
	return failures ? 1 : 0;
}
