// SPDX-License-Identifier: GPL-2.0-only
/* Modules are loaded, and unloaded, with failing allocations. */
#include "inject.h"

static int module, demo;
static const char *args;

static int attempt_load(void)
{
	return load_module(module, args);
}

static void nothing_is_loaded(void)
{
	must_be_gone("/sys/module/kregion");
	must_be_gone("/sys/class/kregion");
	must_be_gone("/sys/kernel/debug/kregion");
	must_be_gone("/sys/kernel/config/kregion");
	must_be_gone(NODE);
	must_be_gone("/dev/kregion1");
}

static unsigned int devices, regions;	/* of @args; regions of the last device */

/* What may lack after an allocation failed is the debugfs folder alone. */
static void all_is_there(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/dev/kregion%u", devices - 1);
	must_exist(path);
	snprintf(path, sizeof(path), "/dev/kregion%u", devices);
	must_be_gone(path);
	snprintf(path, sizeof(path), CLASS "kregion%u/regions/%u/size",
		 devices - 1, regions - 1);
	must_exist(path);
	must_exist("/sys/kernel/config/kregion");
}

static void unload_all(void)
{
	all_is_there();
	must_unload("kregion");
	nothing_is_loaded();
}

static struct operation load_regions = {
	.attempt = attempt_load,
	.refused = nothing_is_loaded,
	.finish = unload_all,
};

static int attempt_no_value(void)
{
	return load_module(module, "regions");
}

static int attempt_no_backend(void)
{
	return load_module(module, "regions=none");
}

/* Refused by the parameter, before and after its memory is allocated. */
static const struct operation no_value = { .attempt = attempt_no_value };
static const struct operation no_backend = { .attempt = attempt_no_backend };

static void sweep_load(const char *what, unsigned int nr_devices,
		       unsigned int nr_regions)
{
	static char text[8192];

	snprintf(text, sizeof(text), "regions=%s", what);
	args = text;
	devices = nr_devices;
	regions = nr_regions;
	load_regions.name = what;
	sweep(&load_regions);
}

/*
 * From the first allocation of ours on, which is for the parameter. What the kernel does
 * before is not swept, as it warns where it gets no memory for a tracepoint
 * (event_define_fields).
 */
static void a_module_is_loaded(void **state)
{
	(void)state;
	load_regions.behind = &no_value;
	sweep_load("vmalloc:16p,kmalloc:16p", 1, 2);
}

/* From the first allocation of a device on; what comes before is the same for all. */
static void from_the_devices_on(unsigned int step)
{
	load_regions.behind = &no_backend;
	load_regions.step = step;
}

static void backends_and_sizes(void **state)
{
	(void)state;
	from_the_devices_on(1);
	sweep_load("vmalloc:1M", 1, 1);
	sweep_load("kmalloc:4M", 1, 1);
	sweep_load("vmalloc:1p:ro,kmalloc:5p:name=ring,kmalloc:1p", 1, 3);
}

static void several_devices(void **state)
{
	(void)state;
	from_the_devices_on(1);
	sweep_load("vmalloc:2p;kmalloc:1p;scope=open,vmalloc:1p", 3, 1);
}

/*
 * Each takes as many allocations as the one before it. No more of them, as the kernel
 * then runs out of what it watches objects with (ODEBUG).
 */
static void many_regions(void **state)
{
	static char text[1000];
	unsigned int i;

	(void)state;
	for (i = 0; i < 24; i++)
		strcat(text, i % 2 ? ",kmalloc:1p" : ",vmalloc:1p");
	from_the_devices_on(7);
	sweep_load(text + 1, 1, 24);
}

/* ---- unloading ---- */

static void load_three(void)
{
	assert_int_equal(load_module(module, "regions=vmalloc:2p;kmalloc:1p,vmalloc:2p"),
			 0);
}

static int attempt_unload(void)
{
	return unload_module_now("kregion");
}

static void a_module_is_unloaded(void **state)
{
	static const struct operation unload_three = {
		.name = "unload",
		.before = load_three,
		.attempt = attempt_unload,
		.finish = nothing_is_loaded,
		.survives = true,
	};

	(void)state;
	sweep(&unload_three);
}

/* ---- a module that uses it ---- */

static int attempt_demo(void)
{
	return load_module(demo, "");
}

static void no_demo(void)
{
	must_be_gone("/sys/module/kregion_demo");
	must_be_gone("/dev/kregion-demo");
	must_be_gone(CLASS "kregion-demo");
	must_be_gone(DEBUGFS "kregion-demo");
}

static void unload_demo(void)
{
	must_exist("/dev/kregion-demo");
	must_exist(CLASS "kregion-demo/regions/2/size");
	must_unload("kregion_demo");
	no_demo();
}

static void a_module_that_uses_it_is_loaded(void **state)
{
	static const struct operation load_demo = {
		.name = "kregion_demo",
		.attempt = attempt_demo,
		.refused = no_demo,
		.finish = unload_demo,
	};

	(void)state;
	assert_int_equal(load_module(module, ""), 0);
	sweep(&load_demo);
	must_unload("kregion");
}

static int setup(void **state)
{
	/* For what it needs itself, and the folder of configfs. */
	load("");
	mount_configfs();
	unload();
	module = open_module("kregion");
	demo = open_module("kregion_demo");
	return inject_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(a_module_is_loaded),
		failing_test(backends_and_sizes),
		failing_test(several_devices),
		failing_test(many_regions),
		failing_test(a_module_is_unloaded),
		failing_test(a_module_that_uses_it_is_loaded),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
