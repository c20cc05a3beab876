// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that is unregistered while files and mappings of it are alive: the
 * files fail with ENODEV, the mappings keep their memory until they are gone.
 */
#include "common.h"

#include <sys/ioctl.h>

#define RW		(PROT_READ | PROT_WRITE)
#define GONE		"/dev/kregion-gone"
#define PARAM		"/sys/module/kregion_gone/parameters/on"
#define ALL_PAGES	(2 * REGION_PAGES)

static uint64_t pfns[ALL_PAGES];

static int set_on(int on)
{
	return run("echo %d 2>/dev/null >" PARAM, on);
}

/* A node opens as soon as it is there; its owner changes later. */
static int open_gone(void)
{
	assert_int_equal(set_on(1), 0);
	read_pfns("kregion-gone", 0, pfns, REGION_PAGES);
	read_pfns("kregion-gone", 1, pfns + REGION_PAGES, REGION_PAGES);
	return open_node(GONE);
}

static size_t count_reserved(void)
{
	size_t i, reserved = 0;

	for (i = 0; i < ALL_PAGES; i++)
		reserved += page_flags(pfns[i]) >> KPF_RESERVED & 1;
	return reserved;
}

static int setup(void **state)
{
	load_default(state);
	insert_test_module("kregion_gone");
	return 0;
}

static int teardown(void **state)
{
	remove_module("kregion_gone");
	return unload_module(state);
}

static void assert_enodev(long result)
{
	assert_int_equal(result, -1);
	assert_int_equal(errno, ENODEV);
}

static void open_file_fails_with_enodev(void **state)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	int fd = open_gone();
	char byte = 0;

	(void)state;
	assert_int_equal(set_on(0), 0);
	assert_int_not_equal(access(GONE, F_OK), 0);
	assert_int_not_equal(access(CLASS "kregion-gone", F_OK), 0);
	assert_int_not_equal(access(DEBUGFS "kregion-gone", F_OK), 0);
	assert_enodev(pread(fd, &byte, 1, 0));
	assert_enodev(pwrite(fd, &byte, 1, 0));
	assert_enodev(ioctl(fd, KREGION_GET_DEVICE_INFO, &info));
	assert_enodev((long)try_map(fd, 0, 1, RW, MAP_SHARED));
	close(fd);
}

static void mapping_keeps_its_memory(void **state)
{
	int fd = open_gone();
	size_t size = REGION_PAGES * page, i;
	size_t reserved = count_reserved();
	char *mapping[4];

	(void)state;
	/* Not kmalloc's pages where the flag's rules are enforced, see reserve.c. */
	assert_int_equal(reserved, page_flags_are_enforced() ? REGION_PAGES :
							      ALL_PAGES);
	for (i = 0; i < 4; i++) {
		mapping[i] = map(fd, i / 2 * REGION_PAGES, REGION_PAGES, RW,
				 i % 2 ? MAP_PRIVATE : MAP_SHARED);
		fill(mapping[i], size, (unsigned int)i);
	}
	assert_int_equal(set_on(0), 0);
	close(fd);
	assert_int_equal(count_reserved(), reserved);
	for (i = 0; i < 4; i++) {
		assert_true(filled(mapping[i], size, (unsigned int)i));
		fill(mapping[i], size, (unsigned int)i + 4);
		assert_true(filled(mapping[i], size, (unsigned int)i + 4));
	}
	for (i = 0; i < 3; i++)
		unmap(mapping[i], REGION_PAGES);
	assert_int_equal(count_reserved(), reserved);
	unmap(mapping[3], REGION_PAGES);
	assert_int_equal(count_reserved(), 0);
}

static void name_is_free_again_and_leads_to_new_memory(void **state)
{
	int old = open_gone(), new;
	char *mapping = map(old, 0, 1, RW, MAP_SHARED), byte;

	(void)state;
	assert_int_equal(set_on(0), 0);
	memset(mapping, 1, page);
	new = open_gone();
	memset(mapping, 2, page);
	assert_int_equal(pread(new, &byte, 1, 0), 1);
	assert_int_equal(byte, 0);
	assert_enodev(pread(old, &byte, 1, 0));
	close(old);
	close(new);
	unmap(mapping, 1);
	assert_int_equal(set_on(0), 0);
}

static void name_that_is_taken_is_refused(void **state)
{
	char *mapping;
	int fd = open_gone();

	(void)state;
	mapping = map(fd, 0, 1, RW, MAP_SHARED);
	fill(mapping, page, 1);
	assert_int_not_equal(set_on(1), 0);
	assert_true(filled(mapping, page, 1));
	assert_int_equal(access(GONE, F_OK), 0);
	unmap(mapping, 1);
	close(fd);
	assert_int_equal(set_on(0), 0);
}

static void module_stays_while_a_file_of_a_gone_device_is_open(void **state)
{
	int fd = open_gone();

	(void)state;
	assert_int_equal(set_on(0), 0);
	assert_int_not_equal(run("rmmod kregion_gone 2>/dev/null"), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_file_fails_with_enodev),
		cmocka_unit_test(mapping_keeps_its_memory),
		cmocka_unit_test(name_is_free_again_and_leads_to_new_memory),
		cmocka_unit_test(name_that_is_taken_is_refused),
		cmocka_unit_test(module_stays_while_a_file_of_a_gone_device_is_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
