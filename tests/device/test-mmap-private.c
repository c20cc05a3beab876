// SPDX-License-Identifier: GPL-2.0-only
/* Private mappings: copy on write, page by page, the region stays as it is. */
#include "common.h"

#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)

static const size_t starts[] = { VMALLOC_AT, KMALLOC_AT };
static const size_t region_size_pages = REGION_PAGES;

static void fill_region(int fd, size_t at, unsigned int seed)
{
	size_t size = region_size_pages * page;
	char *buf = malloc(size);

	fill(buf, size, seed);
	write_pages(fd, at, buf, size);
	free(buf);
}

static bool region_filled(int fd, size_t at, unsigned int seed)
{
	size_t size = region_size_pages * page;
	char *buf = malloc(size);
	bool ok;

	read_pages(fd, at, buf, size);
	ok = filled(buf, size, seed);
	free(buf);
	return ok;
}

static void write_stays_private(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping;

		fill_region(fd, starts[i], 1);
		mapping = map(fd, starts[i], REGION_PAGES, RW, MAP_PRIVATE);
		assert_true(filled(mapping, size, 1));
		fill(mapping, size, 2);
		assert_true(filled(mapping, size, 2));
		assert_true(region_filled(fd, starts[i], 1));
		unmap(mapping, REGION_PAGES);
		assert_true(region_filled(fd, starts[i], 1));
	}
	close(fd);
}

static void unwritten_page_shows_the_region_written_page_the_copy(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping;

		fill_region(fd, starts[i], 3);
		mapping = map(fd, starts[i], REGION_PAGES, RW, MAP_PRIVATE);
		mapping[5 * page] ^= 0xff;
		fill_region(fd, starts[i], 4);

		/* Only page 5 was written, so only page 5 is a copy. */
		mapping[5 * page] ^= 0xff;
		assert_true(filled(mapping, 5 * page, 4));
		fill_region(fd, starts[i], 3);
		assert_true(filled(mapping, REGION_PAGES * page, 3));
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
}

static void two_private_mappings_are_apart(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *first = map(fd, starts[i], REGION_PAGES, RW, MAP_PRIVATE);
		char *second = map(fd, starts[i], REGION_PAGES, RW,
				   MAP_PRIVATE);

		fill_region(fd, starts[i], 5);
		fill(first, size, 6);
		fill(second, size, 7);
		assert_true(filled(first, size, 6));
		assert_true(filled(second, size, 7));
		assert_true(region_filled(fd, starts[i], 5));
		unmap(first, REGION_PAGES);
		unmap(second, REGION_PAGES);
	}
	close(fd);
}

static void read_only_descriptor_can_map_private_writable(void **state)
{
	int fd = open_node(NODE), read_only = open_node_flags(NODE, O_RDONLY);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(read_only, starts[i], REGION_PAGES, RW,
				    MAP_PRIVATE);

		fill_region(fd, starts[i], 8);
		fill(mapping, size, 9);
		assert_true(region_filled(fd, starts[i], 8));
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
	close(read_only);
}

static void read_only_private_mapping_becomes_writable(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, PROT_READ,
				    MAP_PRIVATE);

		fill_region(fd, starts[i], 10);
		assert_int_equal(mprotect(mapping, size, RW), 0);
		fill(mapping, size, 11);
		assert_true(filled(mapping, size, 11));
		assert_true(region_filled(fd, starts[i], 10));
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
}

static void child_and_parent_write_apart_after_fork(void **state)
{
	int fd = open_node(NODE), status;
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW,
				    MAP_PRIVATE);
		pid_t child;

		fill_region(fd, starts[i], 12);
		fill(mapping, size / 2, 13);
		child = fork_child();
		if (child == 0) {
			bool ok = filled(mapping, size / 2, 13);

			fill(mapping, size, 14);
			_exit(!(ok && filled(mapping, size, 14)));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_true(filled(mapping, size / 2, 13));
		assert_true(region_filled(fd, starts[i], 12));
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
}

static void part_of_a_region_from_its_middle(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *buf = malloc(REGION_PAGES * page);
		char *mapping;

		fill_region(fd, starts[i], 15);
		fill(buf, REGION_PAGES * page, 15);
		mapping = map(fd, starts[i] + 7, 3, RW, MAP_PRIVATE);
		assert_memory_equal(mapping, buf + 7 * page, 3 * page);
		memset(mapping, 0, 3 * page);
		assert_true(region_filled(fd, starts[i], 15));
		unmap(mapping, 3);
		free(buf);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_stays_private),
		cmocka_unit_test(unwritten_page_shows_the_region_written_page_the_copy),
		cmocka_unit_test(two_private_mappings_are_apart),
		cmocka_unit_test(read_only_descriptor_can_map_private_writable),
		cmocka_unit_test(read_only_private_mapping_becomes_writable),
		cmocka_unit_test(child_and_parent_write_apart_after_fork),
		cmocka_unit_test(part_of_a_region_from_its_middle),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
