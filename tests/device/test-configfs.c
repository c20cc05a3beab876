// SPDX-License-Identifier: GPL-2.0-only
/* Devices that are made at run time, by directories in configfs. */
#include "common.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define RW		(PROT_READ | PROT_WRITE)
#define MAX_REGIONS	256

#define NAME_31		"abcdefghijklmnopqrstuvwxyz-_012"
#define NAME_32		NAME_31 "3"

/* ---- directories and files; paths are relative to kregion/ in configfs ---- */

static const char *full(const char *path)
{
	static __thread char text[512];

	snprintf(text, sizeof(text), CONFIGFS "%s", path);
	return text;
}

/* These return 0 or the errno. */
static int make(const char *path)
{
	return mkdir(full(path), 0755) ? errno : 0;
}

static int drop(const char *path)
{
	return rmdir(full(path)) ? errno : 0;
}

static int put(const char *path, const char *text)
{
	int fd = open(full(path), O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = errno;
	close(fd);
	return err;
}

static void must_make(const char *path)
{
	int err = make(path);

	if (err)
		fail_msg("mkdir %s: %s", path, strerror(err));
}

static void must_drop(const char *path)
{
	int err = drop(path);

	if (err)
		fail_msg("rmdir %s: %s", path, strerror(err));
}

static void must_put(const char *path, const char *text)
{
	int err = put(path, text);

	if (err)
		fail_msg("'%s' into %s: %s", text, path, strerror(err));
}

static void reads(const char *path, const char *wanted)
{
	char text[64];

	read_text(full(path), text, sizeof(text));
	if (strcmp(text, wanted))
		fail_msg("%s is '%s', not '%s'", path, text, wanted);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void must_make_region(const char *path, const char *backend,
			     const char *size)
{
	char file[256];

	must_make(path);
	snprintf(file, sizeof(file), "%s/backend", path);
	must_put(file, backend);
	snprintf(file, sizeof(file), "%s/size", path);
	must_put(file, size);
}

/* Device "d" with regions "a", vmalloc, and "b", kmalloc, of 16 pages each; live. */
static void make_pair(void)
{
	must_make("d");
	must_make_region("d/a", "vmalloc", "16p");
	must_make_region("d/b", "kmalloc", "16p");
	must_put("d/live", "1");
}

#define PAIR		"/dev/kregion-d"

/* What was said in the log since the mark, in one line that holds @text. */
static void log_says_once(const char *text)
{
	const char *found;

	/* A line that is not ended shows when another one follows. */
	assert_int_equal(run("echo end of test >/dev/kmsg"), 0);
	found = strstr(log_since_mark(), text);
	if (!found)
		fail_msg("the log does not say: %s\nbut: %s", text,
			 log_since_mark());
	if (strstr(found + 1, text))
		fail_msg("the log says twice: %s", text);
}

static void log_is_silent(void)
{
	assert_int_equal(run("echo end of test >/dev/kmsg"), 0);
	if (strstr(log_since_mark(), "kregion"))
		fail_msg("the log says: %s", log_since_mark());
}

/* Remove what is in @path: regions, or devices with their regions. */
static void remove_all(const char *path, bool devices)
{
	DIR *dir = opendir(full(path));
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char child[300];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%s%s", path, entry->d_name);
		if (devices) {
			strcat(child, "/");
			remove_all(child, false);
		}
		must_drop(child);
	}
	closedir(dir);
}

static int setup(void **state)
{
	load_default(state);
	mount_configfs();
	return 0;
}

static int clean(void **state)
{
	(void)state;
	remove_all("", true);
	return 0;
}

/* ---- files and names ---- */

static void what_is_not_set_has_its_default(void **state)
{
	(void)state;
	must_make("d");
	reads("d/scope", "shared");
	reads("d/live", "0");
	must_make("d/r");
	reads("d/r/backend", "vmalloc");
	reads("d/r/size", "0");
	reads("d/r/cache", "wb");
	reads("d/r/read_only", "0");
	assert_false(exists(PAIR));
}

static void what_is_written_is_read_back(void **state)
{
	static const struct {
		const char *file, *text, *read;
	} good[] = {
		{ "d/scope", "open", "open" },
		{ "d/scope", "shared\n", "shared" },
		{ "d/r/backend", "kmalloc", "kmalloc" },
		{ "d/r/backend", "vmalloc\n", "vmalloc" },
		{ "d/r/cache", "wc", "wc" },
		{ "d/r/cache", "uc\n", "uc" },
		{ "d/r/cache", "wb", "wb" },
		{ "d/r/read_only", "1", "1" },
		{ "d/r/read_only", "0\n", "0" },
		{ "d/r/size", "1", "1" },
		{ "d/r/size", "64K\n", "65536" },
		{ "d/r/size", "3M", "3145728" },
		{ "d/r/size", "2G", "2147483648" },
		{ "d/r/size", "16p", "65536" },
		{ "d/r/size", "9223372036854771712", "9223372036854771712" },
		{ "d/live", "0", "0" },
	};
	size_t i;

	(void)state;
	must_make("d");
	must_make("d/r");
	log_mark();
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		must_put(good[i].file, good[i].text);
		reads(good[i].file, good[i].read);
	}
	log_is_silent();
}

static void a_wrong_value_changes_nothing_and_is_told(void **state)
{
	static const struct {
		const char *file, *text, *quote, *expected;
	} bad[] = {
		{ "d/scope", "none", "d: scope 'none'", "a scope: shared or open" },
		{ "d/scope", "\n", "d: scope ''", "a scope" },
		{ "d/scope", "open ", "d: scope 'open '", "a scope" },
		{ "d/live", "2", "d: live '2'", "0 or 1" },
		{ "d/live", "yes", "d: live 'yes'", "0 or 1" },
		{ "d/live", "10", "d: live '10'", "0 or 1" },
		{ "d/r/backend", "iomem", "d/r: backend 'iomem'",
		  "a backend: kmalloc or vmalloc" },
		{ "d/r/backend", "vmallocx", "d/r: backend 'vmallocx'", "a backend" },
		{ "d/r/backend", "scope=open", "d/r: backend 'scope=open'",
		  "a backend: kmalloc or vmalloc\n" },
		{ "d/r/cache", "wt", "d/r: cache 'wt'",
		  "a cache attribute: wb, wc or uc" },
		{ "d/r/cache", "ro", "d/r: cache 'ro'", "a cache attribute" },
		{ "d/r/read_only", "ro", "d/r: read_only 'ro'", "0 or 1" },
		{ "d/r/size", "0", "d/r: size '0'",
		  "a size: a number above 0 with K, M, G or p" },
		{ "d/r/size", "x", "d/r: size 'x'", "a size" },
		{ "d/r/size", "-1", "d/r: size '-1'", "a size" },
		{ "d/r/size", "64K,", "d/r: size '64K,'", "a size" },
		{ "d/r/size", "64K\n\n", "d/r: size '64K\\n'", "a size" },
		{ "d/r/size", "18446744073709551616",
		  "d/r: size '18446744073709551616'", "a size" },
		/* No file offset reaches its end; in bytes it is 0 by overflow. */
		{ "d/r/size", "4503599627370496p",
		  "d/r: size '4503599627370496p'",
		  "a size from 1 page to the largest file offset" },
		{ "d/r/size", "9223372036854775808",
		  "d/r: size '9223372036854775808'",
		  "a size from 1 page to the largest file offset" },
	};
	char before[64], line[256];
	size_t i;

	(void)state;
	must_make("d");
	must_make_region("d/r", "kmalloc", "12K");
	must_put("d/r/cache", "uc");
	must_put("d/r/read_only", "1");
	must_put("d/scope", "open");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		read_text(full(bad[i].file), before, sizeof(before));
		log_mark();
		if (put(bad[i].file, bad[i].text) != EINVAL)
			fail_msg("'%s' into %s is not EINVAL", bad[i].text,
				 bad[i].file);
		snprintf(line, sizeof(line), "kregion: %s: expected %s",
			 bad[i].quote, bad[i].expected);
		log_says_once(line);
		reads(bad[i].file, before);
	}
}

static void a_long_wrong_value_is_cut_in_the_log(void **state)
{
	char text[2001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	must_make("d");
	log_mark();
	assert_int_equal(put("d/scope", text), EINVAL);
	log_says_once("xxx...': expected a scope");
}

static void names_are_plain_and_short(void **state)
{
	static const char *const good[] = { "a", "0", "_-", "d2", NAME_31 };
	static const char *const bad[] = {
		"A", "a.b", "a b", "a:b", "\xc3\xa4", NAME_32, "a\nb",
	};
	char path[128];
	size_t i;

	(void)state;
	must_make("d");
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(path, sizeof(path), "d/%s", good[i]);
		must_make(path);
		must_make(good[i]);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		log_mark();
		assert_int_equal(make(bad[i]), EINVAL);
		log_says_once("expected a name of 1 to 31 characters");
		log_mark();
		snprintf(path, sizeof(path), "d/%s", bad[i]);
		assert_int_equal(make(path), EINVAL);
		log_says_once("kregion: d/");
	}
	log_mark();
	assert_int_equal(make("a\nb"), EINVAL);
	log_says_once("kregion: a\\nb: expected a name");
	log_mark();
	assert_int_equal(make("\033[31m"), EINVAL);
	log_says_once("kregion: \\e[31m: expected a name");
	assert_int_equal(make("d"), EEXIST);
	assert_int_equal(make("d/a"), EEXIST);
	/* A region holds no directory. */
	assert_int_equal(make("d/a/x"), EPERM);
}

static void a_name_of_31_characters_makes_a_node(void **state)
{
	(void)state;
	must_make(NAME_31);
	must_make_region(NAME_31 "/" NAME_31, "vmalloc", "1p");
	must_put(NAME_31 "/live", "1");
	assert_true(exists("/dev/kregion-" NAME_31));
}

/* ---- what live makes ---- */

static void sysfs_says(unsigned int index, const char *file, const char *wanted)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), CLASS "kregion-d/regions/%u/%s", index,
		 file);
	read_text(path, text, sizeof(text));
	assert_string_equal(text, wanted);
}

static void the_device_is_what_was_asked_for(void **state)
{
	struct {
		const char *name, *backend, *size, *cache, *read_only;
		unsigned int id, cache_id;
		size_t pages;
	} asked[] = {	/* neither order of names nor of sizes */
		{ "z", "vmalloc", "12p", "wb", "0", KREGION_BACKEND_VMALLOC,
		  KREGION_CACHE_WB, 12 },
		{ "a", "kmalloc", "64K", "wc", "1", KREGION_BACKEND_KMALLOC,
		  KREGION_CACHE_WC, 16 },
		{ "m", "vmalloc", "1", "uc", "0", KREGION_BACKEND_VMALLOC,
		  KREGION_CACHE_UC, 1 },
		{ "b", "kmalloc", "4097", "wb", "1", KREGION_BACKEND_KMALLOC,
		  KREGION_CACHE_WB, 2 },
	};
	struct kregion_region_info info;
	char path[128], text[64];
	size_t i, at = 0;
	int fd;

	(void)state;
	must_make("d");
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		if (!ram_has_types()) {
			asked[i].cache = "wb";
			asked[i].cache_id = KREGION_CACHE_WB;
		}
		snprintf(path, sizeof(path), "d/%s", asked[i].name);
		must_make_region(path, asked[i].backend, asked[i].size);
		snprintf(path, sizeof(path), "d/%s/cache", asked[i].name);
		must_put(path, asked[i].cache);
		snprintf(path, sizeof(path), "d/%s/read_only", asked[i].name);
		must_put(path, asked[i].read_only);
	}
	must_put("d/live", "1");
	reads("d/live", "1");
	read_text(CLASS "kregion-d/scope", text, sizeof(text));
	assert_string_equal(text, "shared");

	fd = open_node(PAIR);
	assert_int_equal(count_regions(fd), ARRAY_SIZE(asked));
	for (i = 0; i < ARRAY_SIZE(asked); at += asked[i++].pages) {
		get_region_info(fd, i, &info);
		assert_string_equal((char *)info.name, asked[i].name);
		assert_int_equal(info.backend, asked[i].id);
		assert_int_equal(info.cache, asked[i].cache_id);
		assert_int_equal(info.offset, at * page);
		assert_int_equal(info.size, asked[i].pages * page);
		assert_int_equal(!(info.flags & KREGION_REGION_WRITE),
				 asked[i].read_only[0] == '1');
		sysfs_says(i, "name", asked[i].name);
		sysfs_says(i, "backend", asked[i].backend);
		sysfs_says(i, "cache", asked[i].cache);
		snprintf(text, sizeof(text), "%zu", at * page);
		sysfs_says(i, "offset", text);
		snprintf(text, sizeof(text), "%zu", asked[i].pages * page);
		sysfs_says(i, "size", text);
		errno = 0;
		if (asked[i].read_only[0] == '1') {
			assert_int_equal(pwrite(fd, "x", 1, (off_t)(at * page)),
					 -1);
			assert_int_equal(errno, EPERM);
		} else {
			assert_int_equal(pwrite(fd, "x", 1, (off_t)(at * page)),
					 1);
		}
	}
	assert_int_equal(lseek(fd, 0, SEEK_END), at * page);
	close(fd);
}

/* What no memory here can be is told when the device is to be made. */
static void a_cache_attribute_that_ram_has_not_is_refused(void **state)
{
	static const char *const attributes[] = { "wc", "uc" };
	size_t i;

	(void)state;
	if (ram_has_types()) {
		print_message("# RAM has wc and uc here\n");
		skip();
	}
	must_make("d");
	must_make_region("d/r", "kmalloc", "64K");
	for (i = 0; i < ARRAY_SIZE(attributes); i++) {
		must_put("d/r/cache", attributes[i]);
		log_mark();
		assert_int_equal(put("d/live", "1"), EINVAL);
		log_says_once("d/r: " NO_TYPES);
		reads("d/live", "0");
		assert_false(exists(PAIR));
	}
	must_put("d/r/cache", "wb");
	must_put("d/live", "1");
}

static void scope_open_gives_each_file_its_own(void **state)
{
	char text[16];
	int first, second;

	(void)state;
	must_make("d");
	must_put("d/scope", "open");
	must_make_region("d/r", "vmalloc", "2p");
	must_put("d/live", "1");
	read_text(CLASS "kregion-d/scope", text, sizeof(text));
	assert_string_equal(text, "open");

	first = open_node(PAIR);
	second = open_node(PAIR);
	write_pages(first, 1, "first", 6);
	read_pages(second, 1, text, 6);
	assert_true(all_zero(text, 6));
	close(first);
	assert_int_equal(put("d/live", "0"), EBUSY);
	close(second);
	must_put("d/live", "0");
}

/* The pattern needs no memory, each open does, and one that fails is no user. */
static void an_open_that_fails_leaves_the_device_unused(void **state)
{
	(void)state;
	must_make("d");
	must_put("d/scope", "open");
	must_make_region("d/r", "vmalloc", "1024G");
	must_put("d/live", "1");
	errno = 0;
	assert_int_equal(open(PAIR, O_RDWR), -1);
	assert_int_equal(errno, ENOMEM);
	must_put("d/live", "0");
	assert_false(exists(PAIR));
}

static void two_devices_are_apart(void **state)
{
	char text[8];
	int d, e;

	(void)state;
	make_pair();
	must_make("e");
	must_make_region("e/a", "vmalloc", "1p");
	must_put("e/live", "1");
	d = open_node(PAIR);
	e = open_node("/dev/kregion-e");
	write_pages(d, 0, "d", 2);
	write_pages(e, 0, "e", 2);
	read_pages(d, 0, text, 2);
	assert_string_equal(text, "d");
	close(d);
	must_put("d/live", "0");
	assert_int_equal(put("e/live", "0"), EBUSY);
	read_pages(e, 0, text, 2);
	assert_string_equal(text, "e");
	close(e);
	must_put("e/live", "0");
}

static void a_device_has_256_regions(void **state)
{
	struct kregion_region_info info;
	char path[64];
	unsigned int i;
	int fd;

	(void)state;
	must_make("d");
	for (i = 0; i < MAX_REGIONS; i++) {
		snprintf(path, sizeof(path), "d/r%u", i);
		must_make_region(path, i % 2 ? "kmalloc" : "vmalloc", "1p");
	}
	log_mark();
	assert_int_equal(make("d/more"), ENOSPC);
	log_says_once("kregion: d/more: expected at most 256 regions");
	must_put("d/live", "1");
	fd = open_node(PAIR);
	assert_int_equal(count_regions(fd), MAX_REGIONS);
	for (i = 0; i < MAX_REGIONS; i++) {
		snprintf(path, sizeof(path), "r%u", i);
		get_region_info(fd, i, &info);
		assert_string_equal((char *)info.name, path);
	}
	assert_int_equal(drop("d/r0"), EBUSY);
	assert_int_equal(drop("d/r255"), EBUSY);
	close(fd);
	/* One less, one more. */
	must_drop("d/r7");
	must_make("d/more");
}

/* ---- live refused ---- */

static void stays_dead(const char *path, int err, const char *log)
{
	char file[64];

	snprintf(file, sizeof(file), "%s/live", path);
	log_mark();
	assert_int_equal(put(file, "1"), err);
	if (log)
		log_says_once(log);
	reads(file, "0");
}

static void live_wants_a_complete_device(void **state)
{
	(void)state;
	must_make("d");
	stays_dead("d", EINVAL, "kregion: d: expected a region");
	must_make_region("d/a", "vmalloc", "1p");
	must_make("d/b");
	stays_dead("d", EINVAL, "kregion: d/b: expected a size");
	must_put("d/b/backend", "kmalloc");
	must_put("d/b/size", "1G");
	stays_dead("d", EINVAL, "kregion: d/b: expected at most what kmalloc");
	must_put("d/b/size", "1p");
	must_make_region("d/c", "vmalloc", "9223372036854771712");
	stays_dead("d", EINVAL, "kregion: d/c: expected a total size within");
	assert_false(exists(PAIR));
	must_drop("d/c");
	must_put("d/live", "1");
	assert_true(exists(PAIR));
}

static void a_name_that_another_module_has_is_eexist(void **state)
{
	(void)state;
	assert_int_equal(run("modprobe kregion_demo"), 0);
	must_make("demo");
	must_make_region("demo/r", "vmalloc", "1p");
	stays_dead("demo", EEXIST, NULL);
	remove_module("kregion_demo");
	must_put("demo/live", "1");
	/* modprobe may take EEXIST for a module that is there already. */
	run("modprobe kregion_demo 2>/dev/null");
	assert_false(exists("/sys/module/kregion_demo"));
	must_put("demo/live", "0");
	assert_int_equal(run("modprobe kregion_demo"), 0);
	remove_module("kregion_demo");
}

static void too_much_memory_is_enomem_and_leaves_nothing(void **state)
{
	size_t reserved = reserved_pages();

	(void)state;
	must_make("d");
	must_make_region("d/a", "vmalloc", "16p");
	must_make_region("d/b", "kmalloc", "16p");
	must_make_region("d/c", "vmalloc", "1024G");
	stays_dead("d", ENOMEM, "region 2: no memory for");
	assert_false(exists(PAIR));
	assert_false(exists(CLASS "kregion-d"));
	assert_false(exists(DEBUGFS "kregion-d"));
	assert_int_equal(reserved_pages(), reserved);
	must_put("d/c/size", "1p");
	must_put("d/live", "1");
	assert_true(exists(PAIR));
}

static void no_memory_is_taken_before_live(void **state)
{
	size_t reserved = reserved_pages();

	(void)state;
	must_make("d");
	must_make_region("d/a", "vmalloc", "16M");
	assert_int_equal(reserved_pages(), reserved);
	must_put("d/live", "1");
	assert_true(reserved_pages() >= reserved + (16 << 20) / page);
	must_put("d/live", "0");
	assert_int_equal(reserved_pages(), reserved);
}

/* ---- while live ---- */

static void a_live_device_is_not_changed(void **state)
{
	static const char *const files[][2] = {
		{ "d/scope", "open" }, { "d/live", "1" },
		{ "d/a/backend", "kmalloc" }, { "d/a/size", "1M" },
		{ "d/a/cache", "wc" }, { "d/a/read_only", "1" },
		/* Also what is wrong anyway. */
		{ "d/scope", "none" }, { "d/a/size", "x" },
	};
	char before[64];
	size_t i;

	(void)state;
	make_pair();
	log_mark();
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		read_text(full(files[i][0]), before, sizeof(before));
		if (put(files[i][0], files[i][1]) != EBUSY)
			fail_msg("'%s' into %s is not EBUSY", files[i][1],
				 files[i][0]);
		reads(files[i][0], before);
	}
	assert_int_equal(make("d/c"), EBUSY);
	log_is_silent();
	assert_false(exists(full("d/c")));

	must_put("d/live", "0");
	must_put("d/a/size", "1p");
	must_make_region("d/c", "vmalloc", "1p");
	must_put("d/live", "1");
	assert_int_equal(read_number(CLASS "kregion-d/size"), 18 * page);
}

static dev_t node_number(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_rdev;
}

/* And has the number that it had, which is the lowest free one. */
static void live_can_be_taken_back_again_and_again(void **state)
{
	size_t reserved = reserved_pages();
	char buf[8];
	dev_t number;
	int i, fd;

	(void)state;
	make_pair();
	number = node_number(PAIR);
	for (i = 0; i < 3; i++) {
		assert_int_equal(node_number(PAIR), number);
		assert_int_equal(put("d/live", "1"), EBUSY);
		fd = open_node(PAIR);
		read_pages(fd, 16, buf, sizeof(buf));
		assert_true(all_zero(buf, sizeof(buf)));
		write_pages(fd, 16, "written", sizeof(buf));
		close(fd);
		must_put("d/live", "0");
		assert_false(exists(PAIR));
		assert_false(exists(CLASS "kregion-d"));
		assert_int_equal(reserved_pages(), reserved);
		must_put("d/live", "0");
		reads("d/live", "0");
		must_put("d/live", "1");
	}
}

/* It is in use: nothing takes it away, and it goes on. */
static void is_in_use(void)
{
	char buf[4];
	int fd;

	assert_int_equal(put("d/live", "0"), EBUSY);
	assert_int_equal(drop("d/a"), EBUSY);
	assert_int_equal(drop("d/b"), EBUSY);
	assert_int_equal(drop("d"), ENOTEMPTY);
	reads("d/live", "1");
	fd = open_node(PAIR);
	read_pages(fd, 0, buf, sizeof(buf));
	close(fd);
	/* Nor did that open and close make it unused. */
	assert_int_equal(put("d/live", "0"), EBUSY);
	assert_int_equal(drop("d/b"), EBUSY);
}

static void an_open_file_is_a_user(void **state)
{
	int fd, copy;

	(void)state;
	make_pair();
	fd = open_node(PAIR);
	is_in_use();
	copy = dup(fd);
	close(fd);
	is_in_use();
	close(copy);
	must_put("d/live", "0");
}

static void a_mapping_is_a_user(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	size_t i;

	(void)state;
	make_pair();
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		int fd = open_node(PAIR);
		char *mapping = map(fd, 16, 16, RW, flags[i]);

		close(fd);
		is_in_use();
		memset(mapping, 1, 16 * page);
		unmap(mapping, 8);
		is_in_use();
		unmap(mapping + 8 * page, 8);
		must_put("d/live", "0");
		must_put("d/live", "1");
	}
}

static void another_process_is_a_user(void **state)
{
	int ends[2], status;
	pid_t child;
	char byte;
	int fd;

	(void)state;
	make_pair();
	fd = open_node(PAIR);
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	close(ends[0]);
	close(fd);
	is_in_use();
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	must_put("d/live", "0");
}

static void a_killed_process_is_no_user(void **state)
{
	int ends[2], status;
	pid_t child;
	char byte;

	(void)state;
	make_pair();
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		map(open_node(PAIR), 0, 16, RW, MAP_SHARED);
		_exit(write(ends[1], "x", 1) != 1 || pause());
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	is_in_use();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	must_drop("d/a");
	close(ends[0]);
	close(ends[1]);
}

/* ---- rmdir ---- */

static void rmdir_of_what_was_never_live(void **state)
{
	(void)state;
	must_make("d");
	must_make("d/a");
	must_make("d/b");
	assert_int_equal(drop("d"), ENOTEMPTY);
	must_drop("d/a");
	must_drop("d/b");
	must_drop("d");
	assert_false(exists(full("d")));
}

static void rmdir_of_a_region_takes_an_unused_device_away(void **state)
{
	size_t reserved = reserved_pages();
	struct kregion_region_info info;
	int fd;

	(void)state;
	make_pair();
	assert_int_equal(drop("d"), ENOTEMPTY);
	reads("d/live", "1");
	must_drop("d/a");
	reads("d/live", "0");
	assert_false(exists(PAIR));
	assert_int_equal(reserved_pages(), reserved);

	/* What is left can live, the next region stands behind it. */
	must_make_region("d/a", "vmalloc", "1p");
	must_put("d/live", "1");
	fd = open_node(PAIR);
	get_region_info(fd, 0, &info);
	assert_string_equal((char *)info.name, "b");
	get_region_info(fd, 1, &info);
	assert_string_equal((char *)info.name, "a");
	assert_int_equal(info.offset, 16 * page);
	close(fd);
	must_drop("d/b");
	must_drop("d/a");
	must_drop("d");
	assert_int_equal(reserved_pages(), reserved);
}

/* Files of a directory that is gone are still open. */
static void an_open_attribute_file_outlives_its_directory(void **state)
{
	static const char *const files[] = {
		"d/live", "d/scope", "d/a/backend", "d/a/size", "d/a/cache",
		"d/a/read_only",
	};
	int fd[ARRAY_SIZE(files)], out[ARRAY_SIZE(files)];
	char text[64];
	size_t i;

	(void)state;
	make_pair();
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fd[i] = open_node_flags(full(files[i]), O_RDONLY);
		out[i] = open_node_flags(full(files[i]), O_WRONLY);
	}
	must_drop("d/a");
	must_drop("d/b");
	must_drop("d");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		errno = 0;
		assert_int_equal(read(fd[i], text, sizeof(text)), -1);
		assert_int_equal(errno, ENOENT);
		errno = 0;
		assert_int_equal(write(out[i], "1", 1), -1);
		assert_int_equal(errno, ENOENT);
	}
	/* The same names are other directories. */
	must_make("d");
	must_make("d/a");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		assert_int_equal(write(out[i], "1", 1), -1);
		close(fd[i]);
		close(out[i]);
	}
	reads("d/live", "0");
	reads("d/a/read_only", "0");
}

static void rmmod_is_refused_while_there_is_a_directory(void **state)
{
	(void)state;
	must_make("d");
	assert_int_not_equal(run("rmmod kregion 2>/dev/null"), 0);
	assert_true(exists(full("d")));
	must_make_region("d/a", "vmalloc", "1p");
	must_put("d/live", "1");
	assert_int_not_equal(run("rmmod kregion 2>/dev/null"), 0);
	assert_true(exists(PAIR));
	must_drop("d/a");
	must_drop("d");
	unload();
	assert_false(exists(CONFIGFS));
	load("");
	assert_true(exists(CONFIGFS));
}

/* ---- all at once ---- */

/* Opens, stops and drops of a region that must succeed, in this time at most. */
#define ROUNDS		100
#define MAX_SECONDS	600

/* What was not as it should be, and what was done. */
static const char *volatile wrong;
static volatile int opened, stopped, dropped;
static volatile bool done;

static void expect(bool right, const char *what)
{
	if (!right)
		wrong = what;
}

/* Who has the device open has it, whatever the others do. */
static void *use(void *by_mapping)
{
	const int *map_it = by_mapping;

	while (!done) {
		int fd = open(PAIR, O_RDWR | O_CLOEXEC);
		char *mapping = NULL;

		if (fd < 0) {
			expect(errno == ENOENT || errno == ENODEV ||
			       errno == ENXIO, "open's errno");
			continue;
		}
		if (*map_it) {
			mapping = mmap(NULL, page, RW, MAP_SHARED, fd, 0);
			close(fd);
			expect(mapping != MAP_FAILED, "mmap");
			if (mapping == MAP_FAILED)
				continue;
		}
		expect(put("d/live", "0") == EBUSY, "live 0 while in use");
		expect(drop("d/a") == EBUSY, "rmdir of a region in use");
		expect(put("d/a/size", "1M") == EBUSY, "size while live");
		expect(make("d/c") == EBUSY, "mkdir while live");
		if (mapping) {
			*mapping = 1;
			munmap(mapping, page);
		} else {
			expect(pwrite(fd, "x", 1, 0) == 1, "pwrite");
			close(fd);
		}
		__atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
		/* The other user is not always there either. */
		usleep(random() % 5000);
	}
	return NULL;
}

static void *start_and_stop(void *unused)
{
	time_t end = time(NULL) + MAX_SECONDS;
	int err;

	(void)unused;
	while ((opened < ROUNDS || stopped < ROUNDS || dropped < ROUNDS) &&
	       time(NULL) < end) {
		err = put("d/live", "1");
		/* EINVAL: a region that has no size yet. */
		expect(!err || err == EBUSY || err == EINVAL, "live 1");
		usleep(random() % 2000);
		err = put("d/live", "0");
		expect(!err || err == EBUSY, "live 0");
		stopped += !err;
	}
	return NULL;
}

static void *drop_and_make(void *unused)
{
	int err;

	(void)unused;
	while (!done) {
		err = drop("d/b");
		expect(!err || err == EBUSY || err == ENOENT, "rmdir");
		dropped += !err;
		err = make("d/b");
		expect(!err || err == EBUSY || err == EEXIST, "mkdir");
		if (err)
			continue;
		err = put("d/b/size", "1p");
		expect(!err, "size of a region that was never live");
		usleep(random() % 2000);
	}
	return NULL;
}

static void everything_at_once(void **state)
{
	size_t reserved = reserved_pages();
	int by_file = 0, by_mapping = 1;
	pthread_t threads[4];
	size_t i;

	(void)state;
	make_pair();
	wrong = NULL;
	done = false;
	assert_int_equal(pthread_create(&threads[0], NULL, start_and_stop,
					NULL), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, use, &by_file), 0);
	assert_int_equal(pthread_create(&threads[2], NULL, use, &by_mapping),
			 0);
	assert_int_equal(pthread_create(&threads[3], NULL, drop_and_make,
					NULL), 0);
	pthread_join(threads[0], NULL);
	done = true;
	for (i = 1; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	if (wrong)
		fail_msg("wrong: %s", wrong);
	print_message("# opened %d times, stopped %d, dropped %d\n", opened,
		      stopped, dropped);
	assert_true(opened >= ROUNDS && stopped >= ROUNDS && dropped >= ROUNDS);
	must_put("d/live", "0");
	assert_int_equal(reserved_pages(), reserved);
}

#define A_TEST(name)	cmocka_unit_test_teardown(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(what_is_not_set_has_its_default),
		A_TEST(what_is_written_is_read_back),
		A_TEST(a_wrong_value_changes_nothing_and_is_told),
		A_TEST(a_long_wrong_value_is_cut_in_the_log),
		A_TEST(names_are_plain_and_short),
		A_TEST(a_name_of_31_characters_makes_a_node),
		A_TEST(the_device_is_what_was_asked_for),
		A_TEST(a_cache_attribute_that_ram_has_not_is_refused),
		A_TEST(scope_open_gives_each_file_its_own),
		A_TEST(an_open_that_fails_leaves_the_device_unused),
		A_TEST(two_devices_are_apart),
		A_TEST(a_device_has_256_regions),
		A_TEST(live_wants_a_complete_device),
		A_TEST(a_name_that_another_module_has_is_eexist),
		A_TEST(too_much_memory_is_enomem_and_leaves_nothing),
		A_TEST(no_memory_is_taken_before_live),
		A_TEST(a_live_device_is_not_changed),
		A_TEST(live_can_be_taken_back_again_and_again),
		A_TEST(an_open_file_is_a_user),
		A_TEST(a_mapping_is_a_user),
		A_TEST(another_process_is_a_user),
		A_TEST(a_killed_process_is_no_user),
		A_TEST(rmdir_of_what_was_never_live),
		A_TEST(rmdir_of_a_region_takes_an_unused_device_away),
		A_TEST(an_open_attribute_file_outlives_its_directory),
		A_TEST(rmmod_is_refused_while_there_is_a_directory),
		A_TEST(everything_at_once),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
