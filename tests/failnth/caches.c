// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that are not write-back: their memory, the change of the kernel's own map and
 * the second mapping of scattered memory fail. open.c and map.c have the rest.
 */
#include "inject.h"

static int module;
static const char *args;

static int attempt_load(void)
{
	return load_module(module, args);
}

static void nothing_is_loaded(void)
{
	must_be_gone("/sys/module/kregion");
	must_be_gone("/sys/class/kregion");
	must_be_gone(NODE);
}

static void unload_again(void)
{
	must_exist(NODE);
	must_unload("kregion");
	nothing_is_loaded();
}

static int attempt_no_backend(void)
{
	return load_module(module, "regions=none");
}

/* What comes before the devices has load.c. */
static const struct operation no_backend = { .attempt = attempt_no_backend };

static void sweep_regions(const char *regions)
{
	struct operation load_regions = {
		.name = regions,
		.attempt = attempt_load,
		.refused = nothing_is_loaded,
		.finish = unload_again,
		.behind = &no_backend,
	};
	static char text[256];

	snprintf(text, sizeof(text), "regions=%s", regions);
	args = text;
	sweep(&load_regions);
}

/* ---- the kernel's own map ---- */

static int opened[64];
static unsigned int nr_opened;

static int attempt_open(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	assert_true(nr_opened < ARRAY_SIZE(opened));
	opened[nr_opened++] = fd;
	return 0;
}

/*
 * It has large pages where it can, and one that is split for the 513th page of a region
 * stays so. What has been opened is kept, so that each open needs another one.
 */
static void large_pages_are_split(void **state)
{
	static const struct operation open_more = {
		.name = "open of 513 pages",
		.attempt = attempt_open,
		.keeps = true,
	};
	size_t reserved;

	(void)state;
	load("regions=scope=open,kmalloc:513p:wc");
	reserved = reserved_pages();
	sweep_pages(&open_more);
	while (nr_opened)
		close(opened[--nr_opened]);
	assert_int_equal(reserved_pages(), reserved);
	unload();
}

/* ---- load ---- */

static void contiguous_regions_are_loaded(void **state)
{
	(void)state;
	sweep_regions("kmalloc:4M:wc");
	sweep_regions("kmalloc:3p:uc,kmalloc:16p:wc");
}

static void scattered_regions_are_loaded(void **state)
{
	(void)state;
	sweep_regions("vmalloc:24p:wc");
	sweep_regions("vmalloc:3p:uc,kmalloc:1p,vmalloc:8p:wc");
}

static int setup(void **state)
{
	load("");
	unload();
	module = open_module("kregion");
	return inject_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(large_pages_are_split),
		failing_test(contiguous_regions_are_loaded),
		failing_test(scattered_regions_are_loaded),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
