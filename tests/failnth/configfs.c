// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices are made and removed at run time with failing allocations. The names are
 * longer than what configfs has room for without an allocation.
 */
#include "inject.h"

#include <sys/stat.h>

#define NAME		"a-device-with-a-long-name"
#define DEVICE		"/sys/kernel/config/kregion/" NAME
#define REGION_NAME	"a-region-with-a-long-name"
#define REGION		DEVICE "/" REGION_NAME
#define DEVICE_NODE	"/dev/kregion-" NAME
#define DEVICE_CLASS	CLASS "kregion-" NAME

/* ---- what programs do: 0 or the errno ---- */

static int make(const char *path)
{
	return mkdir(path, 0755) ? errno : 0;
}

static int drop(const char *path)
{
	return rmdir(path) ? errno : 0;
}

static int put(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, len) < 0)
		err = errno;
	close(fd);
	return err;
}

#define PUT(path, text)	put(path, text, sizeof(text) - 1)

static void must(int err)
{
	assert_int_equal(err, 0);
}

static void reads(const char *path, const char *wanted)
{
	char text[64];

	read_text(path, text, sizeof(text));
	assert_string_equal(text, wanted);
}

/* ---- states ---- */

static void nothing_is_live(void)
{
	must_be_gone(DEVICE_NODE);
	must_be_gone(DEVICE_CLASS);
	must_be_gone(DEBUGFS "kregion-" NAME);
	/* What a device without a name would be called. */
	must_be_gone("/dev/kregion1");
}

static void is_not_live(void)
{
	reads(DEVICE "/live", "0");
	nothing_is_live();
}

static void is_live(void)
{
	reads(DEVICE "/live", "1");
	must_exist(DEVICE_NODE);
	reads(DEVICE_CLASS "/regions/0/name", REGION_NAME);
}

static void make_pair(void)
{
	must(make(DEVICE));
	must(make(REGION));
	must(PUT(REGION "/size", "5p"));
	must(make(DEVICE "/b"));
	must(PUT(DEVICE "/b/size", "3p"));
	must(PUT(DEVICE "/b/backend", "kmalloc"));
}

static void make_live_pair(void)
{
	make_pair();
	must(PUT(DEVICE "/live", "1"));
	is_live();
}

static void no_device(void)
{
	must_be_gone(DEVICE);
	nothing_is_live();
}

static void drop_pair(void)
{
	must(drop(DEVICE "/b"));
	must(drop(REGION));
	must(drop(DEVICE));
	no_device();
}

/* ---- directories ---- */

static int attempt_make_device(void)
{
	return make(DEVICE);
}

/* It has its name, which the device is called by. */
static void use_and_drop(void)
{
	must(make(REGION));
	must(PUT(REGION "/size", "1p"));
	must(PUT(DEVICE "/live", "1"));
	is_live();
	must(PUT(DEVICE "/live", "0"));
	is_not_live();
	must(drop(REGION));
	must(drop(DEVICE));
}

static void a_device_is_made(void **state)
{
	static const struct operation make_device = {
		.name = "mkdir of a device",
		.attempt = attempt_make_device,
		.refused = no_device,
		.finish = use_and_drop,
	};

	(void)state;
	sweep(&make_device);
}

static int attempt_make_region(void)
{
	return make(REGION);
}

static void no_region(void)
{
	must_be_gone(REGION);
	/* Nor is one counted that is not there. */
	must(make(DEVICE "/b"));
	must(PUT(DEVICE "/b/size", "1p"));
	must(PUT(DEVICE "/live", "1"));
	must_exist(DEVICE_NODE);
	must(drop(DEVICE "/b"));
	must(drop(DEVICE));
}

/* It has its name, which the log calls it by. */
static void name_is_told(void)
{
	log_mark();
	assert_int_equal(PUT(REGION "/size", "none"), EINVAL);
	assert_non_null(strstr(log_since_mark(), NAME "/" REGION_NAME ": size"));
	must(PUT(REGION "/size", "1p"));
	must(PUT(DEVICE "/live", "1"));
	is_live();
	must(drop(REGION));
	is_not_live();
	must(drop(DEVICE));
}

static void make_device_alone(void)
{
	must(make(DEVICE));
}

static void a_region_is_made(void **state)
{
	static const struct operation make_region = {
		.name = "mkdir of a region",
		.before = make_device_alone,
		.attempt = attempt_make_region,
		.refused = no_region,
		.finish = name_is_told,
	};

	(void)state;
	sweep(&make_region);
}

/* ---- files ---- */

static const char *file, *text, *other;
static size_t text_len;

static int attempt_put(void)
{
	return put(file, text, text_len);
}

static void file_is_as_before(void)
{
	reads(file, other);
	drop_pair();
}

static void file_is_written(void)
{
	reads(file, text);
	drop_pair();
}

static void files_are_written(void **state)
{
	static const struct {
		const char *file, *text, *other;
	} files[] = {
		{ DEVICE "/scope", "open", "shared" },
		{ REGION "/backend", "kmalloc", "vmalloc" },
		{ REGION "/cache", "wb", "wb" },
		{ REGION "/read_only", "1", "0" },
		{ REGION "/size", "65536", "20480" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct operation write_file = {
			.name = files[i].file,
			.before = make_pair,
			.attempt = attempt_put,
			.refused = file_is_as_before,
			.finish = file_is_written,
		};

		file = files[i].file;
		text = files[i].text;
		other = files[i].other;
		text_len = strlen(text);
		sweep(&write_file);
	}
}

/* ---- live ---- */

static int attempt_live(void)
{
	return PUT(DEVICE "/live", "1");
}

static void not_live_and_drop(void)
{
	is_not_live();
	drop_pair();
}

static void live_and_drop(void)
{
	is_live();
	drop_pair();
}

static int attempt_not_live(void)
{
	return PUT(DEVICE "/live", "0");
}

static void a_device_becomes_live(void **state)
{
	static const struct operation become_live = {
		.name = "live=1",
		.before = make_pair,
		.attempt = attempt_live,
		.refused = not_live_and_drop,
		.finish = live_and_drop,
	};
	/* What fails is the file, not what is done by it. */
	static const struct operation end_live = {
		.name = "live=0",
		.before = make_live_pair,
		.attempt = attempt_not_live,
		.refused = live_and_drop,
		.finish = not_live_and_drop,
	};

	(void)state;
	sweep(&become_live);
	sweep(&end_live);
}

/* ---- users ---- */

static int node;

static int attempt_open(void)
{
	node = open(DEVICE_NODE, O_RDWR | O_CLOEXEC);
	return node < 0 ? errno : 0;
}

static void make_live_open_pair(void)
{
	make_pair();
	must(PUT(DEVICE "/scope", "open"));
	must(PUT(DEVICE "/live", "1"));
	is_live();
}

/* One that failed is no user: the device goes. */
static void unused_goes(void)
{
	must(PUT(DEVICE "/live", "0"));
	not_live_and_drop();
}

static void used_stays(void)
{
	assert_int_equal(PUT(DEVICE "/live", "0"), EBUSY);
	assert_int_equal(drop(REGION), EBUSY);
	close(node);
	unused_goes();
}

static void a_device_gets_a_user(void **state)
{
	static const struct operation open_live = {
		.name = "open",
		.before = make_live_open_pair,
		.attempt = attempt_open,
		.refused = unused_goes,
		.finish = used_stays,
	};

	(void)state;
	sweep(&open_live);
}

/* ---- removal ---- */

static int attempt_drop_region(void)
{
	return drop(DEVICE "/b");
}

static void other_region_is_left(void)
{
	is_not_live();
	must_be_gone(DEVICE "/b");
	must(drop(REGION));
	must(drop(DEVICE));
	no_device();
}

static void make_empty(void)
{
	must(make(DEVICE));
}

static int attempt_drop_device(void)
{
	return drop(DEVICE);
}

static void drop_and_look(void)
{
	must(drop(DEVICE));
	no_device();
}

static void directories_are_removed(void **state)
{
	static const struct operation drop_live_region = {
		.name = "rmdir of a region of a live device",
		.before = make_live_pair,
		.attempt = attempt_drop_region,
		.refused = live_and_drop,
		.finish = other_region_is_left,
	};
	static const struct operation drop_device = {
		.name = "rmdir of a device",
		.before = make_empty,
		.attempt = attempt_drop_device,
		.refused = drop_and_look,
		.finish = no_device,
	};

	(void)state;
	sweep(&drop_live_region);
	sweep(&drop_device);
}

static int setup(void **state)
{
	load("");
	mount_configfs();
	return inject_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(a_device_is_made),
		failing_test(a_region_is_made),
		failing_test(files_are_written),
		failing_test(a_device_becomes_live),
		failing_test(a_device_gets_a_user),
		failing_test(directories_are_removed),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
