// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that go and come back: of kregion_pci also while files and mappings of them
 * are there, of configfs only when nobody uses them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call.h"
#include "model.h"
#include "ops.h"

#define CONFIG		"/sys/kernel/config/kregion/" CONFIGFS_NAME "/"
#define PCI		"/sys/bus/pci/"

struct device *device_of(enum maker maker)
{
	struct device *device;

	for (device = devices; device < devices + nr_devices; device++) {
		if (device->maker == maker)
			return device;
	}
	return NULL;
}

/* 0, or -1 with errno. */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		die("%s", path);
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	errno = error;
	return error ? -1 : 0;
}

static int turn(const struct device *device, bool on)
{
	if (device->maker == BY_CONFIGFS)
		return put(CONFIG "live", on ? "1" : "0");
	return put(on ? PCI "drivers/kregion_pci/bind" :
			PCI "drivers/kregion_pci/unbind", pci_address);
}

static void must_put(const char *folder, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", folder, file);
	if (put(path, text))
		die("%s to %s", text, path);
}

static void config_region(const struct region *region)
{
	static const char *const caches[] = { "wb", "wc", "uc" };
	char folder[96], size[16];

	snprintf(folder, sizeof(folder), CONFIG "%s/", region->name);
	snprintf(size, sizeof(size), "%up", region->pages);
	if (mkdir(folder, 0755))
		die("%s", folder);
	if (region->backend == KREGION_BACKEND_KMALLOC)
		must_put(folder, "backend", "kmalloc");
	must_put(folder, "size", size);
	must_put(folder, "cache", caches[region->cache]);
	must_put(folder, "read_only", region->readonly ? "1" : "0");
}

/* Nothing where an earlier run of the fuzzer has done so. */
static void config_device(const struct device *device)
{
	unsigned int i;

	if (mkdir(CONFIG, 0755)) {
		if (errno != EEXIST)
			die(CONFIG);
		return;
	}
	must_put(CONFIG, "scope", "open");
	for (i = 0; i < device->nr_regions; i++)
		config_region(&device->regions[i]);
}

static void begin(struct device *device)
{
	if (turn(device, true) && errno != EBUSY)
		die("%s cannot be made", device->name);
}

void op_device_init(void)
{
	char folder[64];

	config_device(device_of(BY_CONFIGFS));
	begin(device_of(BY_CONFIGFS));
	if (!device_of(BY_PCI))
		return;
	snprintf(folder, sizeof(folder), PCI "devices/%s/", pci_address);
	must_put(folder, "driver_override", "kregion_pci");
	begin(device_of(BY_PCI));
}

void device_bring_back(struct device *device)
{
	if (turn(device, true))
		die("%s cannot be made again", device->name);
	device_returns(device);
}

static struct want turn_answer(const struct device *device, bool on)
{
	if (on)
		return device->away ? want_value(0) : want_error(EBUSY);
	if (device->maker == BY_CONFIGFS)
		return device_is_used(device) ? want_error(EBUSY) : want_value(0);
	return device->away ? want_error(ENODEV) : want_value(0);
}

static void do_turn(struct device *device, bool on)
{
	describe("(%ld)", on);
	if (!check(turn(device, on), turn_answer(device, on)))
		return;
	if (on)
		device_returns(device);
	else
		device_goes(device);
}

/* It is there most of the time. */
void op_pci(void)
{
	do_turn(device_of(BY_PCI), !one_in(8));
}

void op_configfs(void)
{
	do_turn(device_of(BY_CONFIGFS), one_in(2));
}
