// SPDX-License-Identifier: GPL-2.0-only
#include "pci.h"

#include <dirent.h>

int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static bool function_is(const char *address, const char *id)
{
	char path[128], vendor[16], device[16], text[40];

	snprintf(path, sizeof(path), PCI "devices/%.31s/vendor", address);
	read_text(path, vendor, sizeof(vendor));
	snprintf(path, sizeof(path), PCI "devices/%.31s/device", address);
	read_text(path, device, sizeof(device));
	snprintf(text, sizeof(text), "%s %s", vendor + 2, device + 2);
	return !strcmp(text, id);
}

void find_function(struct function *function)
{
	DIR *dir = opendir(PCI "devices");
	struct dirent *entry;
	char *c;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    !function_is(entry->d_name, function->id))
			continue;
		snprintf(function->address, sizeof(function->address), "%.31s",
			 entry->d_name);
		snprintf(function->node, sizeof(function->node),
			 "/dev/kregion-pci-%s", function->address);
		for (c = function->node; *c; c++)
			*c = *c == ':' || *c == '.' ? '-' : *c;
	}
	closedir(dir);
	if (!function->address[0])
		fail_msg("no device %s: is the machine run with --pci?",
			 function->id);
}

void override(const struct function *function, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), PCI "devices/%s/driver_override",
		 function->address);
	assert_int_equal(put(path, driver), 0);
}

int try_bind(const struct function *function)
{
	override(function, "kregion_pci\n");
	return put(DRIVER "bind", function->address);
}
