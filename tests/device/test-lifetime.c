// SPDX-License-Identifier: GPL-2.0-only
/* What keeps a device alive, and what does not. */
#include "common.h"

#include <signal.h>
#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)

static void assert_rmmod_refused(void)
{
	assert_int_not_equal(run("rmmod kregion 2>/dev/null"), 0);
	assert_int_equal(access("/sys/module/kregion", F_OK), 0);
	assert_int_equal(access(NODE, F_OK), 0);
}

static void assert_rmmod_works(void)
{
	unload();
	assert_int_not_equal(access("/sys/module/kregion", F_OK), 0);
	assert_int_not_equal(access(NODE, F_OK), 0);
	load("");
}

static void rmmod_is_refused_while_open(void **state)
{
	int fd = open_node(NODE);

	(void)state;
	assert_rmmod_refused();
	close(fd);
	assert_rmmod_works();
}

static void rmmod_is_refused_while_mapped_after_close(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	static const size_t starts[] = { VMALLOC_AT, KMALLOC_AT };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		int fd = open_node(NODE);
		char *mapping = map(fd, starts[i / 2], 1, RW, flags[i % 2]);

		close(fd);
		assert_rmmod_refused();
		unmap(mapping, 1);
		assert_rmmod_works();
	}
}

static void mapping_works_after_close(void **state)
{
	int fd = open_node(NODE);
	char *first = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	char *second = map(fd, KMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	char *buf = malloc(REGION_PAGES * page);

	(void)state;
	close(fd);
	fill(first, REGION_PAGES * page, 1);
	fill(second, REGION_PAGES * page, 2);

	fd = open_node(NODE);
	read_pages(fd, VMALLOC_AT, buf, REGION_PAGES * page);
	assert_true(filled(buf, REGION_PAGES * page, 1));
	read_pages(fd, KMALLOC_AT, buf, REGION_PAGES * page);
	assert_true(filled(buf, REGION_PAGES * page, 2));
	close(fd);
	unmap(first, REGION_PAGES);
	unmap(second, REGION_PAGES);
	free(buf);
}

static void duplicate_descriptor_keeps_the_module(void **state)
{
	int fd = open_node(NODE), copy = dup(fd);

	(void)state;
	close(fd);
	assert_rmmod_refused();
	close(copy);
	assert_rmmod_works();
}

static void child_keeps_the_module_until_it_ends(void **state)
{
	int fd = open_node(NODE), ends[2], status;
	char byte = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	close(fd);
	close(ends[0]);
	assert_rmmod_refused();
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_rmmod_works();
}

static void killed_process_leaves_nothing_behind(void **state)
{
	int ends[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		int fd = open_node(NODE);
		char *mapping = map(fd, 0, REGION_PAGES, RW, MAP_PRIVATE);

		memset(mapping, 1, REGION_PAGES * page);
		if (write(ends[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(mappings(), 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(mappings(), 0);
	close(ends[0]);
	close(ends[1]);
	assert_rmmod_works();
}

static void loads_and_unloads_many_times(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		unload();
		load(i % 2 ? "regions=vmalloc:1M,kmalloc:1M" : "");
	}
	load("");
}

/* Opening races with unloading: either side may lose, nothing may break. */
static void opening_while_unloading(void **state)
{
	pid_t child = fork_child();
	int i, status, unloaded = 0;

	(void)state;
	if (child == 0) {
		for (;;) {
			int fd = open(NODE, O_RDWR);
			char byte;

			if (fd < 0)
				continue;
			if (pread(fd, &byte, 1, 0) != 1)
				_exit(1);
			close(fd);
		}
	}
	for (i = 0; i < 5 || (!unloaded && i < 100); i++) {
		unloaded += !run("rmmod kregion 2>/dev/null");
		run("modprobe kregion");
	}
	assert_true(unloaded > 0);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_rmmod_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rmmod_is_refused_while_open),
		cmocka_unit_test(rmmod_is_refused_while_mapped_after_close),
		cmocka_unit_test(mapping_works_after_close),
		cmocka_unit_test(duplicate_descriptor_keeps_the_module),
		cmocka_unit_test(child_keeps_the_module_until_it_ends),
		cmocka_unit_test(killed_process_leaves_nothing_behind),
		cmocka_unit_test(loads_and_unloads_many_times),
		cmocka_unit_test(opening_while_unloading),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
