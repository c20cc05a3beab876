// SPDX-License-Identifier: GPL-2.0-only
/* fork, mremap, munmap of parts, mprotect and madvise on a mapping. */
#include "common.h"

#include <signal.h>
#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)

static const size_t starts[] = { VMALLOC_AT, KMALLOC_AT };

static void fork_shares_a_shared_mapping(void **state)
{
	int fd = open_node(NODE), status;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW,
				    MAP_SHARED);
		pid_t child;

		fill(mapping, REGION_PAGES * page, 1);
		child = fork_child();
		if (child == 0) {
			bool ok = filled(mapping, REGION_PAGES * page, 1);

			fill(mapping, REGION_PAGES * page, 2);
			_exit(!ok);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_true(filled(mapping, REGION_PAGES * page, 2));
		assert_int_equal(mappings(), 1);
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
}

static void dontfork_mapping_is_not_in_the_child(void **state)
{
	int fd = open_node(NODE), status;
	char *mapping = map(fd, 0, 1, RW, MAP_SHARED);
	pid_t child;

	(void)state;
	assert_int_equal(madvise(mapping, page, MADV_DONTFORK), 0);
	child = fork_child();
	if (child == 0)
		_exit(*(volatile char *)mapping);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	unmap(mapping, 1);
	close(fd);
}

static void mremap_moves(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		char *mapping = map(fd, starts[i / 2], REGION_PAGES, RW,
				    flags[i % 2]);
		char *target = mmap(NULL, size, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		fill(mapping, size, 3);
		assert_ptr_equal(mremap(mapping, size, size,
					MREMAP_MAYMOVE | MREMAP_FIXED, target),
				 target);
		assert_true(filled(target, size, 3));
		fill(target, size, 4);
		assert_true(filled(target, size, 4));
		assert_int_equal(mappings(), 1);
		unmap(target, REGION_PAGES);
		assert_int_equal(mappings(), 0);
	}
	close(fd);
}

static void mremap_shrinks_but_does_not_grow(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW,
				    MAP_SHARED);

		fill(mapping, size, 5);
		assert_ptr_equal(mremap(mapping, size, size / 2, 0), mapping);
		assert_true(filled(mapping, size / 2, 5));
		errno = 0;
		assert_ptr_equal(mremap(mapping, size / 2, size, MREMAP_MAYMOVE),
				 MAP_FAILED);
		assert_int_equal(errno, EFAULT);
		assert_true(filled(mapping, size / 2, 5));
		assert_int_equal(mappings(), 1);
		unmap(mapping, REGION_PAGES / 2);
	}
	close(fd);
}

static void hole_leaves_both_sides_in_place(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		char *mapping = map(fd, starts[i / 2], REGION_PAGES, RW,
				    flags[i % 2]);
		char *copy = malloc(size);

		fill(mapping, size, 6);
		fill(copy, size, 6);
		assert_int_equal(munmap(mapping + 5 * page, 2 * page), 0);
		assert_int_equal(mappings(), 2);
		assert_memory_equal(mapping, copy, 5 * page);
		assert_memory_equal(mapping + 7 * page, copy + 7 * page,
				    9 * page);
		assert_int_equal(munmap(mapping, size), 0);
		assert_int_equal(mappings(), 0);
		free(copy);
	}
	close(fd);
}

static void mprotect_takes_and_gives_write(void **state)
{
	int fd = open_node(NODE), status;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		volatile char *mapping = map(fd, starts[i], 2, RW, MAP_SHARED);
		pid_t child;

		mapping[0] = 1;
		assert_int_equal(mprotect((void *)mapping, page, PROT_READ), 0);
		child = fork_child();
		if (child == 0) {
			mapping[0] = 2;
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
		assert_int_equal(mapping[0], 1);
		assert_int_equal(mprotect((void *)mapping, page, RW), 0);
		mapping[0] = 3;
		assert_int_equal(mapping[0], 3);
		unmap((void *)mapping, 2);
	}
	close(fd);
}

static void dontneed_is_refused_and_loses_nothing(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		char *mapping = map(fd, starts[i / 2], 4, RW, flags[i % 2]);

		fill(mapping, 4 * page, 7);
		errno = 0;
		assert_int_equal(madvise(mapping, 4 * page, MADV_DONTNEED), -1);
		assert_int_equal(errno, EINVAL);
		assert_true(filled(mapping, 4 * page, 7));
		unmap(mapping, 4);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fork_shares_a_shared_mapping),
		cmocka_unit_test(dontfork_mapping_is_not_in_the_child),
		cmocka_unit_test(mremap_moves),
		cmocka_unit_test(mremap_shrinks_but_does_not_grow),
		cmocka_unit_test(hole_leaves_both_sides_in_place),
		cmocka_unit_test(mprotect_takes_and_gives_write),
		cmocka_unit_test(dontneed_is_refused_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
