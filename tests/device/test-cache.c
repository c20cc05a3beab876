// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache attributes, read from the entries of the page tables by the test's module
 * kregion_caches: the user's mapping, the kernel's map of all memory, and the address
 * that the kernel uses must agree, and memory must be write-back again when it is
 * freed.
 */
#include "common.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#define RW		(PROT_READ | PROT_WRITE)
#define CACHES_MODULE	"kregion_caches"
#define CACHES		"/dev/kregion-caches"
#define PAGES		5	/* in each region of the module's device */

static const struct {
	const char *backend, *type;
} regions[] = {
	{ "kmalloc", "wb" }, { "kmalloc", "wc" }, { "kmalloc", "uc" },
	{ "vmalloc", "wb" }, { "vmalloc", "wc" }, { "vmalloc", "uc" },
};

static const char *ask_user(const volatile char *address)
{
	(void)*address;	/* so that there is an entry */
	return ask_caches("user %#lx", (unsigned long)address);
}

static void types_are(const char *seen, const char *format, const char *type)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), format, type, type);
	assert_string_equal(seen, wanted);
}

static long count(void)
{
	return strtol(ask_caches("count"), NULL, 10);
}

static int setup(void **state)
{
	load_default(state);
	insert_test_module(CACHES_MODULE);
	return 0;
}

static int teardown(void **state)
{
	remove_module(CACHES_MODULE);
	return unload_module(state);
}

static void all_aliases_have_the_attribute(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(CACHES);
	size_t i, j, p;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		for (j = 0; j < ARRAY_SIZE(flags); j++) {
			char *mapping = map(fd, i * PAGES, PAGES, RW, flags[j]);

			for (p = 0; p < PAGES; p++)
				types_are(ask_user(mapping + p * page),
					  "user=%s direct=%s", regions[i].type);
			unmap(mapping, PAGES);
		}
		for (p = 0; p < PAGES; p++)
			types_are(ask_caches("kernel %zu %zu", i, p), "kernel=%s",
				  regions[i].type);
	}
	close(fd);
}

static void sysfs_and_ioctl_tell_the_attribute(void **state)
{
	static const unsigned int numbers[] = {
		KREGION_CACHE_WB, KREGION_CACHE_WC, KREGION_CACHE_UC,
	};
	int fd = open_node(CACHES);
	char path[64], text[16];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		struct kregion_region_info info = {
			.argsz = sizeof(info),
			.index = i,
		};

		snprintf(path, sizeof(path),
			 CLASS "kregion-caches/regions/%u/cache", i);
		read_text(path, text, sizeof(text));
		assert_string_equal(text, regions[i].type);
		assert_int_equal(ioctl(fd, KREGION_GET_REGION_INFO, &info), 0);
		assert_int_equal(info.cache, numbers[i % 3]);
	}
	close(fd);
}

/* A copy is a page like any other of the process. */
static void a_private_copy_is_write_back(void **state)
{
	int fd = open_node(CACHES);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		char *mapping = map(fd, i * PAGES, PAGES, RW, MAP_PRIVATE);

		mapping[page] = 1;
		types_are(ask_user(mapping), "user=%s direct=%s",
			  regions[i].type);
		types_are(ask_user(mapping + page), "user=%s direct=%s", "wb");
		unmap(mapping, PAGES);
	}
	close(fd);
}

static void the_attribute_outlives_mprotect_mremap_and_fork(void **state)
{
	int fd = open_node(CACHES), status;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		char *mapping = map(fd, i * PAGES, PAGES, RW, MAP_SHARED);
		pid_t child;

		assert_int_equal(mprotect(mapping, PAGES * page, PROT_READ),
				 0);
		assert_int_equal(mprotect(mapping, PAGES * page, RW), 0);
		types_are(ask_user(mapping), "user=%s direct=%s",
			  regions[i].type);
		mapping = mremap(mapping, PAGES * page, PAGES * page,
				 MREMAP_MAYMOVE | MREMAP_FIXED,
				 (void *)0x100000000000);
		assert_ptr_not_equal(mapping, MAP_FAILED);
		types_are(ask_user(mapping), "user=%s direct=%s",
			  regions[i].type);
		child = fork_child();
		if (child == 0) {
			types_are(ask_user(mapping), "user=%s direct=%s",
				  regions[i].type);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		unmap(mapping, PAGES);
	}
	close(fd);
}

static void bytes_are_the_same_by_mapping_and_file(void **state)
{
	int fd = open_node(CACHES);
	char *buf = malloc(PAGES * page);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		char *mapping = map(fd, i * PAGES, PAGES, RW, MAP_SHARED);

		fill(buf, PAGES * page, (unsigned int)i);
		write_pages(fd, i * PAGES, buf, PAGES * page);
		assert_true(filled(mapping, PAGES * page, (unsigned int)i));
		fill(mapping, PAGES * page, (unsigned int)i + 10);
		read_pages(fd, i * PAGES, buf, PAGES * page);
		assert_true(filled(buf, PAGES * page, (unsigned int)i + 10));
		unmap(mapping, PAGES);
	}
	free(buf);
	close(fd);
}

/* ---- write-back again ---- */

static void freed_pages_are_write_back(void **state)
{
	static uint64_t pfns[4][64];
	size_t i, j;
	long before = count();

	(void)state;
	remove_module(CACHES_MODULE);
	load("regions=kmalloc:64p:wc,vmalloc:64p:wc,kmalloc:64p:uc,vmalloc:64p:uc");
	insert_test_module(CACHES_MODULE);
	for (i = 0; i < 4; i++) {
		read_pfns("kregion0", (unsigned int)i, pfns[i], 64);
		for (j = 0; j < 64; j++)
			types_are(ask_caches("pfn %llu", (unsigned long long)pfns[i][j]),
				  "direct=%s", i < 2 ? "wc" : "uc");
	}
	assert_int_equal(count(), before + 4 * 64);
	remove_module(CACHES_MODULE);
	load("");
	insert_test_module(CACHES_MODULE);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 64; j++) {
			const char *now = ask_caches("pfn %llu",
					      (unsigned long long)pfns[i][j]);

			/* The module's own regions may lie there now. */
			if (strcmp(now, "direct=wb"))
				before--;
		}
	}
	assert_true(count() >= before);
	assert_int_equal(count(), 4 * PAGES);
}

static void scope_open_gives_and_takes_the_attribute(void **state)
{
	long before = count();
	int i, fd[3];

	(void)state;
	remove_module(CACHES_MODULE);
	load("regions='scope=open,kmalloc:4p:wc,vmalloc:4p:uc'");
	insert_test_module(CACHES_MODULE);
	for (i = 0; i < 3; i++) {
		char *mapping;

		fd[i] = open_node(NODE);
		mapping = map(fd[i], 0, 4, RW, MAP_SHARED);
		types_are(ask_user(mapping), "user=%s direct=%s", "wc");
		unmap(mapping, 4);
		mapping = map(fd[i], 4, 4, RW, MAP_SHARED);
		types_are(ask_user(mapping), "user=%s direct=%s", "uc");
		unmap(mapping, 4);
		assert_int_equal(count(), before + (i + 1) * 8);
	}
	for (i = 0; i < 3; i++)
		close(fd[i]);
	assert_int_equal(count(), before);
}

/* Each path on which something was made before something failed. */
static void a_failed_load_leaves_no_attribute(void **state)
{
	static const char *const layouts[] = {
		"kmalloc:1M:wc,vmalloc:8M:uc,vmalloc:1024G",
		"vmalloc:8M:wc,kmalloc:1M:uc,vmalloc:1024G:wc",
		"kmalloc:1M:uc,vmalloc:1024G:uc",
		"vmalloc:1p:wc;kmalloc:1p:uc;vmalloc:1024G:wc",
	};
	long before = count();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		char args[128];

		remove_module(CACHES_MODULE);
		snprintf(args, sizeof(args), "'regions=%s'", layouts[i]);
		assert_int_not_equal(try_load(args), 0);
		load("");
		insert_test_module(CACHES_MODULE);
		assert_int_equal(count(), before);
	}
}

static void large_regions_have_it_too(void **state)
{
	int fd;
	char *mapping;
	size_t i;

	(void)state;
	remove_module(CACHES_MODULE);
	load("regions=kmalloc:4M:wc,vmalloc:64M:wc");
	insert_test_module(CACHES_MODULE);
	fd = open_node(NODE);
	mapping = map(fd, 1024, 16384, RW, MAP_SHARED);
	for (i = 0; i < 16384; i += 371)
		types_are(ask_user(mapping + i * page), "user=%s direct=%s",
			  "wc");
	assert_true(all_zero(mapping, 1 << 20));
	unmap(mapping, 16384);
	close(fd);
	remove_module(CACHES_MODULE);
	load("");
	insert_test_module(CACHES_MODULE);
	assert_int_equal(count(), 4 * PAGES);
}

/* ---- where RAM is write-back and nothing else ---- */

static void another_attribute_is_refused(void **state)
{
	static const char *const backends[] = { "kmalloc", "vmalloc" };
	static const char *const types[] = { "wc", "uc" };
	char text[64], line[192];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "%s:64K:%s", backends[i / 2],
			 types[i % 2]);
		snprintf(line, sizeof(line), "'regions=vmalloc:1p;%s'", text);
		unload();
		log_mark();
		assert_int_not_equal(try_load(line), 0);
		snprintf(line, sizeof(line), "'%s': " NO_TYPES "\n", text);
		assert_non_null(strstr(log_since_mark(), line));
		assert_int_not_equal(access(NODE, F_OK), 0);
	}
}

static void write_back_may_be_asked_for(void **state)
{
	char text[16];

	(void)state;
	load("regions=kmalloc:1p:wb,vmalloc:1p:wb");
	read_text(CLASS "kregion0/regions/0/cache", text, sizeof(text));
	assert_string_equal(text, "wb");
	read_text(CLASS "kregion0/regions/1/cache", text, sizeof(text));
	assert_string_equal(text, "wb");
}

int main(void)
{
	const struct CMUnitTest refusals[] = {
		cmocka_unit_test(another_attribute_is_refused),
		cmocka_unit_test(write_back_may_be_asked_for),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_aliases_have_the_attribute),
		cmocka_unit_test(sysfs_and_ioctl_tell_the_attribute),
		cmocka_unit_test(a_private_copy_is_write_back),
		cmocka_unit_test(the_attribute_outlives_mprotect_mremap_and_fork),
		cmocka_unit_test(bytes_are_the_same_by_mapping_and_file),
		cmocka_unit_test(freed_pages_are_write_back),
		cmocka_unit_test(scope_open_gives_and_takes_the_attribute),
		cmocka_unit_test(a_failed_load_leaves_no_attribute),
		cmocka_unit_test(large_regions_have_it_too),
	};

	if (!ram_has_types())
		return cmocka_run_group_tests(refusals, load_default,
					      unload_module);
	return cmocka_run_group_tests(tests, setup, teardown);
}
