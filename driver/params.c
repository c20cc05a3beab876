// SPDX-License-Identifier: GPL-2.0-only
/* The module parameter regions= and the devices that it describes. */
#define pr_fmt(fmt) "kregion: " fmt

#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "internal.h"

#define DEFAULT_REGIONS	"vmalloc:16p,kmalloc:16p"

/* sysfs shows the parameter in one page, with a newline and a NUL. */
#define MAX_PARAM_LEN	(PAGE_SIZE - 2)

static char *regions_param;
static struct kregion_device *devices[KREGION_MAX_DEVICES];
static unsigned int nr_devices;

/* param_ops_charp takes 1024 bytes at most, too few for 64 named regions. */
static int regions_set(const char *val, const struct kernel_param *kp)
{
	kfree(regions_param);
	regions_param = kstrdup(val, GFP_KERNEL);
	return regions_param ? 0 : -ENOMEM;
}

static int regions_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", regions_param ?: DEFAULT_REGIONS);
}

static void regions_free(void *arg)
{
	kfree(regions_param);
}

static const struct kernel_param_ops regions_ops = {
	.set = regions_set,
	.get = regions_get,
	.free = regions_free,
};

module_param_cb(regions, &regions_ops, NULL, 0444);
MODULE_PARM_DESC(regions,
		 "[scope=open,]backend:size[:attribute...], ',' between regions, ';' between devices; "
		 "backends kmalloc, vmalloc; sizes with K, M, G or p for pages; "
		 "attributes wb, wc, uc, ro, name=NAME (default " DEFAULT_REGIONS ")");

/* The kernel cuts a line of log at some 1000 bytes, and "expected" with it. */
#define MAX_QUOTE	64

static int refuse(const struct kregion_parser *parser, const char *expected)
{
	int len = min_t(unsigned int, parser->token_len, MAX_QUOTE);

	pr_err("regions=: '%*pE%s': expected %s\n", len, parser->token,
	       parser->token_len > MAX_QUOTE ? "..." : "", expected);
	return -EINVAL;
}

/*
 * Parse one device into @specs. Return the number of its regions, 0 when the
 * text is used up, or -EINVAL.
 */
static int parse_device(struct kregion_parser *parser,
			struct kregion_region_spec *specs)
{
	enum kregion_parsed parsed;
	const char *expected;
	int nr = 0;

	do {
		struct kregion_region_spec spec;

		parsed = kregion_parse_next(parser, &spec);
		if (parsed == KREGION_PARSED_END)
			return 0;
		if (parsed == KREGION_PARSED_ERROR)
			return refuse(parser, parser->expected);
		if (nr == KREGION_MAX_REGIONS)
			return refuse(parser, "at most "
				      __stringify(KREGION_MAX_REGIONS)
				      " regions in a device");
		specs[nr] = spec;
		expected = kregion_spec_check(specs, nr++);
		if (expected)
			return refuse(parser, expected);
	} while (parsed != KREGION_PARSED_LAST);
	return nr;
}

/* Check all of the text before anything is made of it. */
static int check_devices(const char *text, struct kregion_region_spec *specs)
{
	struct kregion_parser parser;
	unsigned int nr = 0;
	int ret;

	kregion_parse_start(&parser, text);
	while ((ret = parse_device(&parser, specs)) > 0) {
		if (nr++ == KREGION_MAX_DEVICES)
			return refuse(&parser, "at most "
				      __stringify(KREGION_MAX_DEVICES)
				      " devices");
	}
	return ret;
}

static int register_devices(const char *text, struct kregion_region_spec *specs)
{
	struct kregion_parser parser;
	int nr;

	kregion_parse_start(&parser, text);
	while ((nr = parse_device(&parser, specs)) > 0) {
		struct kregion_device_desc desc = {
			.scope = parser.scope,
			.regions = specs,
			.nr_regions = nr,
		};
		struct kregion_device *kdev = kregion_device_register(&desc);

		if (IS_ERR(kdev))
			return PTR_ERR(kdev);
		devices[nr_devices++] = kdev;
	}
	return nr;
}

/**
 * kregion_params_init() - make the devices that regions= describes
 *
 * Context: module load, may sleep.
 * Return: 0, or the error of the first device that could not be made; then
 * none is left.
 */
int kregion_params_init(void)
{
	const char *text = regions_param ?: DEFAULT_REGIONS;
	struct kregion_region_spec *specs;
	int err;

	/* regions_set() cannot refuse it: the kernel would add a line of its own. */
	if (strlen(text) > MAX_PARAM_LEN) {
		pr_err("regions=: %zu characters: expected at most %lu\n",
		       strlen(text), (unsigned long)MAX_PARAM_LEN);
		return -EINVAL;
	}
	specs = kvcalloc(KREGION_MAX_REGIONS, sizeof(*specs), GFP_KERNEL);
	if (!specs)
		return -ENOMEM;
	err = check_devices(text, specs);
	if (!err)
		err = register_devices(text, specs);
	if (err)
		kregion_params_exit();
	kvfree(specs);
	return err;
}

/**
 * kregion_params_exit() - remove what kregion_params_init() made
 *
 * Context: module load or unload, may sleep.
 */
void kregion_params_exit(void)
{
	while (nr_devices)
		kregion_device_unregister(devices[--nr_devices]);
}
