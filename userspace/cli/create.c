// SPDX-License-Identifier: GPL-2.0-only
/* `kregion create` and `kregion remove`: devices at run time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "spec.h"

/* "[scope=open,]REGION,REGION..." of the words REGION; NULL without memory. */
static char *join(bool open, char **words, int nr)
{
	size_t size = sizeof("scope=open");
	char *text, *next;
	int i;

	for (i = 0; i < nr; i++)
		size += strlen(words[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	next = stpcpy(text, open ? "scope=open" : "");
	for (i = 0; i < nr; i++) {
		if (next != text)
			*next++ = ',';
		next = stpcpy(next, words[i]);
	}
	return text;
}

/* Give region @index the name that it will have; 0 when none before has it. */
static int check_region_name(struct kregion_region_spec *specs, unsigned int index)
{
	char *name = specs[index].name;
	unsigned int i;

	if (!name[0])
		snprintf(name, KREGION_NAME_LEN, "region%u", index);
	if (!strcmp(name, "live") || !strcmp(name, "scope"))
		return wrong("region name '%s': expected another one, configfs has a file of that name",
			     name);
	for (i = 0; i < index; i++) {
		if (!strcmp(specs[i].name, name))
			return wrong("regions %u and %u are both named '%s': expected names of their own",
				     i, index, name);
	}
	return 0;
}

/* What the driver would say in the log, said here. */
static int check_regions(const char *text)
{
	static struct kregion_region_spec specs[KREGION_MAX_REGIONS];
	struct kregion_parser parser;
	enum kregion_parsed parsed;
	unsigned int nr = 0;

	kregion_parse_start(&parser, text);
	do {
		if (nr == KREGION_MAX_REGIONS)
			return wrong("%u regions: expected at most %u", nr + 1,
				     KREGION_MAX_REGIONS);
		parsed = kregion_parse_next(&parser, &specs[nr]);
		if (parsed != KREGION_PARSED_ERROR &&
		    check_region_name(specs, nr++))
			return WRONG_USAGE;
	} while (parsed == KREGION_PARSED_REGION);
	if (parsed == KREGION_PARSED_ERROR)
		return wrong("'%.*s': expected %s", (int)parser.token_len,
			     parser.token, parser.expected);
	if (parser.more)
		return wrong("';' begins a second device: expected one, see kregion create --help");
	return 0;
}

/* The name without the prefix that its node has. */
static const char *plain_name(const char *text)
{
	const size_t skip = strlen("kregion-");

	return strncmp(text, "kregion-", skip) ? text : text + skip;
}

static bool is_name(const char *name)
{
	return kregion_name_valid(name, (unsigned int)strnlen(name, 64));
}

static int wrong_name(const char *name)
{
	return wrong("name '%s': expected 1 to 31 characters a-z 0-9 _ -", name);
}

static int say_no_configfs(void)
{
	return fail("no /sys/kernel/config/kregion: expected the module loaded and configfs mounted (modprobe kregion; mount -t configfs none /sys/kernel/config)");
}

static bool have_configfs(void)
{
	return !access("/sys/kernel/config/kregion", F_OK);
}

static int say_why_not_created(const char *name)
{
	switch (errno) {
	case ENOENT:
		return say_no_configfs();
	case EEXIST:
		return fail("cannot create '%s': there is a device of that name, see kregion list, or one half made (kregion remove %s)",
			    name, name);
	case EACCES:
	case EPERM:
		return fail("cannot create '%s': permission denied: expected root",
			    name);
	case EINVAL:
		return fail("cannot create '%s': the driver refused it, the kernel log (dmesg) says why",
			    name);
	default:
		return fail("cannot create '%s': %s", name, strerror(errno));
	}
}

static int create_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "open", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool open = false;
	const char *name;
	char *regions;
	int status;

	while (next_option(&create_command, argc, argv, ":oh", options) != -1)
		open = true;
	status = count_words(&create_command, argc, argv, 2, 257);
	if (status)
		return status;
	name = plain_name(argv[optind]);
	if (!is_name(name))
		return wrong_name(name);
	regions = join(open, argv + optind + 1, argc - optind - 1);
	if (!regions)
		return fail("no memory");
	status = check_regions(regions);
	if (!status && kregion_create(name, regions))
		status = say_why_not_created(name);
	free(regions);
	return status;
}

static int say_why_not_removed(const char *name)
{
	switch (errno) {
	case ENOENT:
		if (!have_configfs())
			return say_no_configfs();
		return fail("cannot remove '%s': expected a device that kregion create made",
			    name);
	case EBUSY:
		return fail("cannot remove '%s': it is in use (fuser -v /dev/kregion-%s)",
			    name, name);
	case EACCES:
	case EPERM:
		return fail("cannot remove '%s': permission denied: expected root",
			    name);
	default:
		return fail("cannot remove '%s': %s", name, strerror(errno));
	}
}

static int remove_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *name;
	int status;

	while (next_option(&remove_command, argc, argv, ":h", options) != -1)
		;
	status = count_words(&remove_command, argc, argv, 1, 1);
	if (status)
		return status;
	name = plain_name(argv[optind]);
	if (!is_name(name))
		return wrong_name(name);
	return kregion_remove(name) ? say_why_not_removed(name) : 0;
}

const struct command create_command = {
	.name = "create",
	.summary = "make a device at run time",
	.help = "usage: kregion create [--open] NAME REGION...\n"
		"\n"
		"Make the device /dev/kregion-NAME of these regions, in this order. A REGION is\n"
		"BACKEND:SIZE[:ATTRIBUTE...], as in the module parameter regions=: kmalloc or vmalloc;\n"
		"a number with K, M, G or p for pages; wb, wc, uc, ro, name=NAME. For root.\n"
		"\n"
		"  kregion create ring vmalloc:64M kmalloc:64K:name=header\n"
		"\n"
		"  -o, --open  each open file gets zeroed regions of its own\n"
		"  -h, --help  print this\n",
	.run = create_run,
};

const struct command remove_command = {
	.name = "remove",
	.summary = "remove a device made at run time",
	.help = "usage: kregion remove NAME\n"
		"\n"
		"Remove the device /dev/kregion-NAME that kregion create, or a mkdir in\n"
		"/sys/kernel/config/kregion, made. It must not be open or mapped. For root.\n"
		"\n"
		"  -h, --help  print this\n",
	.run = remove_run,
};
