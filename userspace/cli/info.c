// SPDX-License-Identifier: GPL-2.0-only
/* `kregion info`: a device and its regions. */
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cli.h"

/* The name that the kernel has for a device, whatever its node is called. */
static const char *kernel_name(const struct kregion *device, char *link,
			       size_t size)
{
	char path[64];
	struct stat status;
	ssize_t length;

	if (fstat(kregion_fd(device), &status))
		return NULL;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u",
		 major(status.st_rdev), minor(status.st_rdev));
	length = readlink(path, link, size - 1);
	if (length < 0)
		return NULL;
	link[length] = '\0';
	return basename(link);
}

static const char *access_of(const struct kregion_region *region)
{
	return region->flags & KREGION_WRITABLE ? "rw" : "ro";
}

static void print_region(const struct kregion_region *region)
{
	char size[32];

	printf("%5u  %-20s %-8s %-5s %-6s %#12" PRIx64 " %9s  ", region->index,
	       region->name, kregion_backend_name(region->backend),
	       kregion_caching_name(region->caching), access_of(region),
	       region->offset, human_size(region->size, size));
	if (region->flags & KREGION_PHYS_ADDR)
		printf("%#" PRIx64 "\n", region->phys_addr);
	else
		puts("-");
}

static void print_text(const struct kregion *device, const char *name)
{
	char size[32];
	unsigned int i;

	printf("%s: %s, %u region%s, scope %s\n", name,
	       human_size(kregion_size(device), size), kregion_count(device),
	       kregion_count(device) == 1 ? "" : "s",
	       kregion_is_private(device) ? "open" : "shared");
	puts("INDEX  NAME                 BACKEND  CACHE ACCESS       OFFSET      SIZE  PHYSICAL");
	for (i = 0; i < kregion_count(device); i++)
		print_region(kregion_by_index(device, i));
}

static void add_string(struct json_object *object, const char *key,
		       const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

static void add_number(struct json_object *object, const char *key,
		       uint64_t value)
{
	json_object_object_add(object, key,
			       json_object_new_int64((int64_t)value));
}

static void add_flag(struct json_object *object, const char *key,
		     const struct kregion_region *region, unsigned int flag)
{
	json_object_object_add(object, key,
			       json_object_new_boolean(!!(region->flags & flag)));
}

static struct json_object *region_to_json(const struct kregion_region *region)
{
	struct json_object *object = json_object_new_object();
	char address[32];

	add_number(object, "index", region->index);
	add_string(object, "name", region->name);
	add_string(object, "backend", kregion_backend_name(region->backend));
	add_string(object, "cache", kregion_caching_name(region->caching));
	add_number(object, "offset", region->offset);
	add_number(object, "size", region->size);
	add_flag(object, "readable", region, KREGION_READABLE);
	add_flag(object, "writable", region, KREGION_WRITABLE);
	add_flag(object, "mappable", region, KREGION_MAPPABLE);
	add_flag(object, "contiguous", region, KREGION_CONTIGUOUS);
	if (region->flags & KREGION_PHYS_ADDR) {
		/* JSON's numbers lose digits above 2^53. */
		snprintf(address, sizeof(address), "%#" PRIx64,
			 region->phys_addr);
		add_string(object, "phys_addr", address);
	} else {
		json_object_object_add(object, "phys_addr", NULL);
	}
	return object;
}

static struct json_object *to_json(const struct kregion *device,
				   const char *name)
{
	struct json_object *object = json_object_new_object();
	struct json_object *regions = json_object_new_array();
	unsigned int i;

	add_string(object, "name", name);
	add_number(object, "size", kregion_size(device));
	add_string(object, "scope",
		   kregion_is_private(device) ? "open" : "shared");
	for (i = 0; i < kregion_count(device); i++)
		json_object_array_add(regions,
				      region_to_json(kregion_by_index(device, i)));
	json_object_object_add(object, "regions", regions);
	return object;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct kregion *device;
	bool json = false;
	const char *name;
	char link[256];
	int status;

	while (next_option(&info_command, argc, argv, ":jh", options) != -1)
		json = true;
	status = count_words(&info_command, argc, argv, 0, 1);
	if (status)
		return status;
	name = optind < argc ? argv[optind] : "0";
	device = open_device(name, O_RDONLY);
	if (!device)
		return FAILED;
	name = kernel_name(device, link, sizeof(link)) ?: name;
	if (json) {
		status = print_json(to_json(device, name));
	} else {
		print_text(device, name);
		status = finish_output();
	}
	kregion_close(device);
	return status;
}

const struct command info_command = {
	.name = "info",
	.summary = "a device and its regions",
	.help = "usage: kregion info [--json] [DEVICE]\n"
		"\n"
		"Print the size and scope of a device (without DEVICE, of kregion0), and of each\n"
		"region: index, name, backend, how the CPU caches it, access, offset in the device,\n"
		"size, and to root the physical address of a contiguous one.\n"
		"\n"
		"  -j, --json  print {name, size, scope, regions: [{index, name, backend, cache,\n"
		"              offset, size, readable, writable, mappable, contiguous, phys_addr}]}\n"
		"  -h, --help  print this\n",
	.run = run,
};
