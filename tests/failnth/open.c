// SPDX-License-Identifier: GPL-2.0-only
/* A node is opened and closed with failing allocations. */
#include "inject.h"

static int fd;

static int attempt_open(void)
{
	fd = open(NODE, O_RDWR | O_CLOEXEC);
	return fd < 0 ? errno : 0;
}

/* As many regions as were asked for, zeroed. */
static void use_and_close(void)
{
	unsigned int i;
	char bytes[64];

	for (i = 0; i < count_regions(fd); i++) {
		struct kregion_region_info info;

		get_region_info(fd, i, &info);
		assert_int_equal(pread(fd, bytes, sizeof(bytes),
				       (off_t)info.offset), sizeof(bytes));
		assert_true(all_zero(bytes, sizeof(bytes)));
		memset(bytes, 0xff, sizeof(bytes));
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes),
					(off_t)info.offset), sizeof(bytes));
	}
	close(fd);
}

static void sweep_open(const char *regions, bool dense)
{
	struct operation open_regions = {
		.name = regions,
		.attempt = attempt_open,
		.finish = use_and_close,
		.dense = dense,
	};

	if (try_load(regions))
		fail_msg("%s cannot be loaded", regions);
	sweep(&open_regions);
	unload();
}

/*
 * For each cache attribute, in place of the "%1$s" of @format. Those after the first, wb,
 * are not on User-Mode Linux, which has each n.
 */
static void sweep_open_cached(const char *format)
{
	const char *const *attributes;
	size_t i, nr = cache_attributes(&attributes);

	for (i = 0; i < nr; i++) {
		char regions[256];

		snprintf(regions, sizeof(regions), format, attributes[i]);
		sweep_open(regions, i > 0);
	}
}

static void close_shared(void)
{
	close(fd);
}

static void a_shared_device_is_opened(void **state)
{
	static const struct operation open_shared = {
		.name = "scope=shared",
		.attempt = attempt_open,
		.finish = close_shared,
	};

	(void)state;
	load("");
	sweep(&open_shared);
	unload();
}

static void each_open_has_one_region(void **state)
{
	(void)state;
	sweep_open_cached("regions=scope=open,kmalloc:16p:%1$s");
	sweep_open_cached("regions=scope=open,vmalloc:16p:%1$s");
}

static void each_open_has_several_regions(void **state)
{
	(void)state;
	sweep_open_cached("regions=scope=open,vmalloc:5p:%1$s,kmalloc:3p:%1$s,vmalloc:2p:%1$s,kmalloc:1p");
}

/* The description alone is larger than what kmalloc() is asked for first. */
static void each_open_has_many_regions(void **state)
{
	static char text[4000] = "regions=scope=open";
	unsigned int i;

	(void)state;
	for (i = 0; i < 64; i++)
		strcat(text, i % 2 ? ",kmalloc:1p" : ",vmalloc:1p");
	sweep_open(text, false);
}

/* ---- close ---- */

static void open_once(void)
{
	fd = open_node(NODE);
}

static int attempt_close(void)
{
	return close(fd) ? errno : 0;
}

static void a_file_is_closed(void **state)
{
	static const struct operation close_file = {
		.name = "close",
		.before = open_once,
		.attempt = attempt_close,
		.survives = true,
	};

	(void)state;
	load("regions=scope=open,vmalloc:5p,kmalloc:3p");
	sweep(&close_file);
	unload();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(a_shared_device_is_opened),
		failing_test(each_open_has_one_region),
		failing_test(each_open_has_several_regions),
		failing_test(each_open_has_many_regions),
		failing_test(a_file_is_closed),
	};

	return cmocka_run_group_tests(tests, inject_setup, unload_module);
}
