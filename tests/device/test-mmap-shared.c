// SPDX-License-Identifier: GPL-2.0-only
/* Shared mappings: every mapping, read() and write() see the same bytes. */
#include "common.h"

#define RW	(PROT_READ | PROT_WRITE)

static const size_t starts[] = { VMALLOC_AT, KMALLOC_AT };

static void mapping_and_file_are_the_same_bytes(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;
	char *buf = malloc(size);

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW, MAP_SHARED);

		fill(mapping, size, 1);
		read_pages(fd, starts[i], buf, size);
		assert_true(filled(buf, size, 1));

		fill(buf, size, 2);
		write_pages(fd, starts[i], buf, size);
		assert_true(filled(mapping, size, 2));
		unmap(mapping, REGION_PAGES);
	}
	free(buf);
	close(fd);
}

static void two_mappings_of_two_openers_agree(void **state)
{
	int fd1 = open_node(NODE), fd2 = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *first = map(fd1, starts[i], REGION_PAGES, RW, MAP_SHARED);
		char *second = map(fd2, starts[i], REGION_PAGES, RW, MAP_SHARED);

		fill(first, size, 3);
		assert_true(filled(second, size, 3));
		fill(second, size, 4);
		assert_true(filled(first, size, 4));
		unmap(first, REGION_PAGES);
		unmap(second, REGION_PAGES);
	}
	close(fd1);
	close(fd2);
}

static void regions_do_not_overlap(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page;
	char *vmalloc = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	char *kmalloc = map(fd, KMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);

	(void)state;
	fill(vmalloc, size, 5);
	fill(kmalloc, size, 6);
	assert_true(filled(vmalloc, size, 5));
	assert_true(filled(kmalloc, size, 6));
	unmap(vmalloc, REGION_PAGES);
	unmap(kmalloc, REGION_PAGES);
	close(fd);
}

static void part_from_any_page_shows_its_place(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i, first;
	char *buf = malloc(size);

	(void)state;
	fill(buf, size, 7);
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		write_pages(fd, starts[i], buf, size);
		for (first = 0; first < REGION_PAGES; first++) {
			size_t pages = (REGION_PAGES - first + 1) / 2;
			char *part = map(fd, starts[i] + first, pages,
					 PROT_READ, MAP_SHARED);

			assert_memory_equal(part, buf + first * page,
					    pages * page);
			unmap(part, pages);
		}
	}
	free(buf);
	close(fd);
}

static void read_only_descriptor_can_map_read_only(void **state)
{
	int fd = open_node(NODE), read_only = open_node_flags(NODE, O_RDONLY);
	char *writer = map(fd, VMALLOC_AT, 1, RW, MAP_SHARED);
	char *reader = map(read_only, VMALLOC_AT, 1, PROT_READ, MAP_SHARED);

	(void)state;
	fill(writer, page, 8);
	assert_true(filled(reader, page, 8));
	unmap(writer, 1);
	unmap(reader, 1);
	close(fd);
	close(read_only);
}

/* 80 MiB is more than one chunk of the walk in backend-vmalloc.c. */
static void large_vmalloc_region_is_mapped_in_order(void **state)
{
	const size_t pages = 80UL << 20 >> 12;
	uint64_t *words;
	size_t i, wrong = 0;
	int fd;

	(void)state;
	load("regions=vmalloc:80M");
	fd = open_node(NODE);
	words = map(fd, 0, pages, RW, MAP_SHARED | MAP_POPULATE);
	for (i = 0; i < pages; i++)
		words[i * page / sizeof(*words)] = i ^ 0x5a5a;
	for (i = 0; i < pages; i += 101) {
		uint64_t word;

		read_pages(fd, i, &word, sizeof(word));
		wrong += word != (i ^ 0x5a5a);
	}
	assert_int_equal(wrong, 0);
	unmap(words, pages);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mapping_and_file_are_the_same_bytes),
		cmocka_unit_test(two_mappings_of_two_openers_agree),
		cmocka_unit_test(regions_do_not_overlap),
		cmocka_unit_test(part_from_any_page_shows_its_place),
		cmocka_unit_test(read_only_descriptor_can_map_read_only),
		cmocka_unit_test(large_vmalloc_region_is_mapped_in_order),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
