// SPDX-License-Identifier: GPL-2.0-only
/* `kregion list`: the devices there are, from sysfs, which everyone may read. */
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define CLASS	"/sys/class/kregion"

/* What is told of a device. It may go while it is looked at. */
struct summary {
	const char *name;
	uint64_t size;
	unsigned int regions;
	int mappings;
	char scope[16];
};

static bool read_attribute(const char *device, const char *name, char *text,
			   int size)
{
	char path[256];
	FILE *file;
	bool ok;

	snprintf(path, sizeof(path), CLASS "/%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	ok = fgets(text, size, file);
	fclose(file);
	text[ok ? strcspn(text, "\n") : 0] = '\0';
	return ok;
}

static unsigned int count_regions(const char *device)
{
	char path[256];
	struct dirent *entry;
	unsigned int nr = 0;
	DIR *dir;

	snprintf(path, sizeof(path), CLASS "/%s/regions", device);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

static bool look_at(const char *name, struct summary *summary)
{
	char size[32], mappings[16];

	if (!read_attribute(name, "size", size, sizeof(size)) ||
	    !read_attribute(name, "mappings", mappings, sizeof(mappings)) ||
	    !read_attribute(name, "scope", summary->scope,
			    sizeof(summary->scope)))
		return false;
	summary->name = name;
	summary->size = strtoull(size, NULL, 10);
	summary->mappings = atoi(mappings);
	summary->regions = count_regions(name);
	return true;
}

static void print_line(const struct summary *summary)
{
	char size[32];

	printf("%-20s %9s %8u  %-7s %9d\n", summary->name,
	       human_size(summary->size, size), summary->regions, summary->scope,
	       summary->mappings);
}

static struct json_object *to_json(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();
	char node[64];

	snprintf(node, sizeof(node), "/dev/%s", summary->name);
	json_object_object_add(object, "name",
			       json_object_new_string(summary->name));
	json_object_object_add(object, "node", json_object_new_string(node));
	json_object_object_add(object, "size",
			       json_object_new_int64((int64_t)summary->size));
	json_object_object_add(object, "regions",
			       json_object_new_int64(summary->regions));
	json_object_object_add(object, "scope",
			       json_object_new_string(summary->scope));
	json_object_object_add(object, "mappings",
			       json_object_new_int64(summary->mappings));
	return object;
}

static int print_devices(char **names, bool json)
{
	struct json_object *array = json_object_new_array();
	struct summary summary;

	if (!json && *names)
		puts("DEVICE                    SIZE  REGIONS  SCOPE    MAPPINGS");
	for (; *names; names++) {
		if (!look_at(*names, &summary))
			continue;
		if (json)
			json_object_array_add(array, to_json(&summary));
		else
			print_line(&summary);
	}
	if (json)
		return print_json(array);
	json_object_put(array);
	return finish_output();
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool json = false;
	char **names;
	int status;

	while (next_option(&list_command, argc, argv, ":jh", options) != -1)
		json = true;
	status = count_words(&list_command, argc, argv, 0, 0);
	if (status)
		return status;
	names = kregion_list();
	if (!names)
		return fail("cannot read " CLASS ": %s", strerror(errno));
	status = print_devices(names, json);
	free(names);
	return status;
}

const struct command list_command = {
	.name = "list",
	.summary = "which devices there are",
	.help = "usage: kregion list [--json]\n"
		"\n"
		"List the devices: size, number of regions, scope, live mappings. Prints nothing\n"
		"when there is none; kregion doctor tells why.\n"
		"\n"
		"  -j, --json  print an array of {name, node, size, regions, scope, mappings}\n"
		"  -h, --help  print this\n",
	.run = run,
};
