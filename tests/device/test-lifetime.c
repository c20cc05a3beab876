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

/* ---- while the module loads ---- */

/*
 * Load with many devices, each of which waits for devtmpfs, so that others get to run
 * between the first node and the end; then with @last. modprobe's exit status.
 */
#define MANY		64
#define LAST_NODE	"/dev/kregion64"

static int load_slowly(const char *last)
{
	char regions[MANY * sizeof("vmalloc:1p;")] = "";
	int i;

	for (i = 0; i < MANY; i++)
		strcat(regions, "vmalloc:1p;");
	return run("modprobe kregion 'regions=%s%s' 2>/dev/null", regions,
		   last);
}

static int load_many(void)
{
	return load_slowly("vmalloc:1p");
}

/* What open_early() returns beside 0 and errno. */
enum { NOT_READABLE = 200, NOT_ALL_THERE };

/* Open the node as soon as it is there; 0, or the errno of that. */
static int open_early(void)
{
	char byte;
	int fd;

	do {
		fd = open(NODE, O_RDWR);
	} while (fd < 0 && errno == ENOENT);
	if (fd < 0)
		return errno;
	if (pread(fd, &byte, 1, 0) != 1)
		return NOT_READABLE;
	/* All of the load is done, not the first device alone. */
	if (access(LAST_NODE, F_OK))
		return NOT_ALL_THERE;
	return 0;
}

static pid_t start(int (*work)(void))
{
	pid_t child = fork_child();

	if (child == 0) {
		alarm(120);
		_exit(work());
	}
	return child;
}

static int end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void nobody_is_in_a_module_whose_load_fails(void **state)
{
	pid_t opener;
	int answer;

	(void)state;
	unload();
	opener = start(open_early);
	assert_int_not_equal(load_slowly("vmalloc:64G"), 0);
	/* ENXIO: it had found the node, but not the device. */
	answer = end_of(opener);
	assert_true(answer == ENODEV || answer == ENXIO);
	assert_int_not_equal(access("/sys/module/kregion", F_OK), 0);
	load("");
}

static void an_open_waits_for_the_end_of_the_load(void **state)
{
	pid_t opener;

	(void)state;
	unload();
	opener = start(open_early);
	assert_int_equal(load_many(), 0);
	assert_int_equal(end_of(opener), 0);
	load("");
}

/* Has the file this word; no, when it is not there. */
static bool file_has(const char *path, const char *word)
{
	char text[512] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return false;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strstr(text, word);
}

static bool is_loading(void)
{
	return file_has("/sys/module/kregion/initstate", "coming");
}

static bool waits(pid_t child)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", child);
	return file_has(path, "State:\tD");
}

/* Is an opener that waits for the load killed before that ends? */
static bool is_killed_while_it_waits(void)
{
	pid_t opener, loader;
	bool loading;
	int status;

	unload();
	opener = start(open_early);
	loader = start(load_many);
	while (waitpid(loader, &status, WNOHANG) == 0 &&
	       !(is_loading() && !access(NODE, F_OK) && waits(opener)))
		;
	kill(opener, SIGKILL);
	assert_int_equal(waitpid(opener, &status, 0), opener);
	loading = is_loading();
	waitpid(loader, NULL, 0);
	return loading && WIFSIGNALED(status);
}

/* The load may end in between, but not each time. */
static void an_open_that_waits_can_be_killed(void **state)
{
	int tries = 10;

	(void)state;
	while (!is_killed_while_it_waits())
		assert_int_not_equal(--tries, 0);
	load("");
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
		cmocka_unit_test(nobody_is_in_a_module_whose_load_fails),
		cmocka_unit_test(an_open_waits_for_the_end_of_the_load),
		cmocka_unit_test(an_open_that_waits_can_be_killed),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
