// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other system calls can do with a mapping. With test-mmap-*, test-access,
 * test-read-write and test-fork-mremap these are the cells of the table in
 * docs/mapping.md.
 */
#include "common.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)

/* Each kind of mapping: region and sharing. */
static const struct {
	size_t at;
	int flags;
} kinds[] = {
	{ VMALLOC_AT, MAP_SHARED }, { VMALLOC_AT, MAP_PRIVATE },
	{ KMALLOC_AT, MAP_SHARED }, { KMALLOC_AT, MAP_PRIVATE },
};

static int fd;

static int setup(void **state)
{
	load_default(state);
	fd = open_node(NODE);
	return 0;
}

static int teardown(void **state)
{
	close(fd);
	return unload_module(state);
}

static void o_direct_is_refused(void **state)
{
	const char *path = "/out/kregion-o-direct";
	size_t i;
	int file;

	(void)state;
	/* Any file system that accepts O_DIRECT will do. */
	file = open(path, O_RDWR | O_CREAT | O_DIRECT, 0600);
	if (file < 0) {
		path = "/var/tmp/kregion-o-direct";
		file = open_node_flags(path, O_RDWR | O_CREAT | O_DIRECT);
	}
	assert_int_equal(ftruncate(file, 4096), 0);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		void *mapping = map(fd, kinds[i].at, 1, RW, kinds[i].flags);

		errno = 0;
		assert_int_equal(pwrite(file, mapping, 4096, 0), -1);
		assert_int_equal(errno, EFAULT);
		unmap(mapping, 1);
	}
	close(file);
	unlink(path);
}

static void buffered_file_io_works(void **state)
{
	int file = memfd_create("file", 0);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *mapping = map(fd, kinds[i].at, 4, RW, kinds[i].flags);
		char *back = malloc(4 * page);

		fill(mapping, 4 * page, 1);
		assert_int_equal(pwrite(file, mapping, 4 * page, 0), 4 * page);
		assert_int_equal(pread(file, back, 4 * page, 0), 4 * page);
		assert_true(filled(back, 4 * page, 1));
		fill(back, 4 * page, 2);
		assert_int_equal(pwrite(file, back, 4 * page, 0), 4 * page);
		assert_int_equal(pread(file, mapping, 4 * page, 0), 4 * page);
		assert_true(filled(mapping, 4 * page, 2));
		free(back);
		unmap(mapping, 4);
	}
	close(file);
}

static void process_vm_readv_is_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		void *mapping = map(fd, kinds[i].at, 1, RW, kinds[i].flags);
		char buf[64];
		struct iovec local = { buf, sizeof(buf) };
		struct iovec remote = { mapping, sizeof(buf) };

		errno = 0;
		assert_int_equal(process_vm_readv(getpid(), &local, 1, &remote,
						  1, 0), -1);
		assert_int_equal(errno, EFAULT);
		unmap(mapping, 1);
	}
}

static void vmsplice_is_refused(void **state)
{
	int ends[2];
	size_t i;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		void *mapping = map(fd, kinds[i].at, 1, RW, kinds[i].flags);
		struct iovec piece = { mapping, page };

		errno = 0;
		assert_int_equal(vmsplice(ends[1], &piece, 1, 0), -1);
		assert_int_equal(errno, EFAULT);
		unmap(mapping, 1);
	}
	close(ends[0]);
	close(ends[1]);
}

static void mlock_is_accepted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *mapping = map(fd, kinds[i].at, 4, RW, kinds[i].flags);

		fill(mapping, 4 * page, 3);
		assert_int_equal(mlock(mapping, 4 * page), 0);
		assert_true(filled(mapping, 4 * page, 3));
		assert_int_equal(munlock(mapping, 4 * page), 0);
		unmap(mapping, 4);
	}
}

static void msync_is_refused(void **state)
{
	void *mapping = map(fd, VMALLOC_AT, 1, RW, MAP_SHARED);

	(void)state;
	errno = 0;
	assert_int_equal(msync(mapping, page, MS_SYNC), -1);
	assert_int_equal(errno, EINVAL);
	unmap(mapping, 1);
}

/* A page that was written privately is ordinary memory, but only from then on. */
static void shared_futex_is_refused_private_futex_works(void **state)
{
	const uint32_t value = 5;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t *word = map(fd, kinds[i].at, 1, RW, kinds[i].flags);

		write_pages(fd, kinds[i].at, &value, sizeof(value));
		errno = 0;
		assert_int_equal(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL,
					 NULL, 0), -1);
		assert_int_equal(errno, EFAULT);
		errno = 0;
		assert_int_equal(syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE,
					 value + 1, NULL, NULL, 0), -1);
		assert_int_equal(errno, EAGAIN);
		unmap(word, 1);
	}
}

/* A line of a file like /proc/self/status, in KiB. */
static long kib_of(const char *path, const char *key)
{
	FILE *file = fopen(path, "r");
	char line[512];
	long value = -1;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) && value < 0) {
		if (!strncmp(line, key, strlen(key)))
			value = strtol(line + strlen(key), NULL, 10);
	}
	fclose(file);
	return value;
}

/* The kernel's counters are batched, hence the slack of an eighth. */
static void shared_pages_are_not_in_rss_copies_are(void **state)
{
	const size_t pages = 1024;
	const long kib = (long)(pages * page / 1024);
	size_t i;

	(void)state;
	close(fd);
	load("regions=vmalloc:1024p,kmalloc:1024p");
	fd = open_node(NODE);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t at = kinds[i].at == VMALLOC_AT ? 0 : pages;
		char *mapping = map(fd, at, pages, RW, kinds[i].flags);
		long before = kib_of("/proc/self/status", "VmRSS:"), gain;

		fill(mapping, pages * page, 4);
		gain = kib_of("/proc/self/status", "VmRSS:") - before;
		if (kinds[i].flags == MAP_PRIVATE)
			assert_true(gain > kib - kib / 8);
		else
			assert_true(gain < kib / 8);
		unmap(mapping, pages);
	}
	close(fd);
	load("");
	fd = open_node(NODE);
}

/* And not the page frame number, which is for root alone. */
static void maps_shows_the_node_and_the_offset(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		void *mapping = map(fd, kinds[i].at + 3, 1, RW, kinds[i].flags);
		char line[256], expected[128];
		bool found = false;
		FILE *file;

		snprintf(expected, sizeof(expected), "%lx-%lx rw-%c %08zx",
			 (unsigned long)mapping, (unsigned long)mapping + page,
			 kinds[i].flags == MAP_SHARED ? 's' : 'p',
			 (kinds[i].at + 3) * page);
		file = fopen("/proc/self/maps", "r");
		while (fgets(line, sizeof(line), file))
			found |= strstr(line, expected) && strstr(line, NODE);
		fclose(file);
		assert_true(found);
		unmap(mapping, 1);
	}
}

/* Look in a file for the bytes of @needle, each ^ 0x55, and remove it. */
static bool file_has(const char *path, const char *needle, size_t size)
{
	int file = open_node_flags(path, O_RDONLY);
	size_t len = (size_t)lseek(file, 0, SEEK_END), at, i = 0;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_SHARED, file, 0);

	assert_ptr_not_equal(bytes, MAP_FAILED);
	for (at = 0; at + size <= len && i < size; at++) {
		for (i = 0; i < size && bytes[at + i] == (needle[i] ^ 0x55); i++)
			;
	}
	assert_int_equal(munmap(bytes, len), 0);
	close(file);
	unlink(path);
	return i == size;
}

/* Look for @needle, put into a mapping, in the core file of a child that dumps core. */
static bool core_has(const char *needle, size_t size, int from, size_t at,
		     int flags)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t child;
	int status;

	assert_int_equal(run("echo /tmp/kregion-core >/proc/sys/kernel/core_pattern"), 0);
	unlink("/tmp/kregion-core");
	child = fork_child();
	if (child == 0) {
		char *mapping = map(from, at, 1, RW, flags);
		int filter;
		size_t i;

		/* The needle must be in the mapping only, not in our stack. */
		for (i = 0; i < size; i++)
			mapping[i] = (char)(needle[i] ^ 0x55);
		setrlimit(RLIMIT_CORE, &unlimited);
		/* Shared mappings of files too, which are left out by default. */
		filter = open("/proc/self/coredump_filter", O_WRONLY);
		if (write(filter, "0xff", 4) != 4)
			_exit(1);
		abort();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WCOREDUMP(status));
	run("chmod a+r /tmp/kregion-core* 2>/dev/null; mv /tmp/kregion-core* /tmp/kregion-core 2>/dev/null");
	return file_has("/tmp/kregion-core", needle, size);
}

static void core_dump_leaves_mappings_out(void **state)
{
	static const char needle[] = "kregion core dump needle 0123456789";
	int file;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_false(core_has(needle, sizeof(needle), fd, kinds[i].at,
				      kinds[i].flags));
	/* Other memory is in it, so what is looked for can be found. */
	file = open("/tmp/kregion-shared", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(file, (off_t)page), 0);
	assert_true(core_has(needle, sizeof(needle), file, 0, MAP_SHARED));
	close(file);
	unlink("/tmp/kregion-shared");
	assert_true(core_has(needle, sizeof(needle), -1, 0,
			     MAP_PRIVATE | MAP_ANONYMOUS));
}

static void populate_and_locked_flags_are_accepted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *mapping = map(fd, kinds[i].at, 4, RW, kinds[i].flags |
				    MAP_POPULATE | MAP_LOCKED);

		fill(mapping, 4 * page, 5);
		assert_true(filled(mapping, 4 * page, 5));
		unmap(mapping, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(o_direct_is_refused),
		cmocka_unit_test(buffered_file_io_works),
		cmocka_unit_test(process_vm_readv_is_refused),
		cmocka_unit_test(vmsplice_is_refused),
		cmocka_unit_test(mlock_is_accepted),
		cmocka_unit_test(msync_is_refused),
		cmocka_unit_test(shared_futex_is_refused_private_futex_works),
		cmocka_unit_test(shared_pages_are_not_in_rss_copies_are),
		cmocka_unit_test(maps_shows_the_node_and_the_offset),
		cmocka_unit_test(core_dump_leaves_mappings_out),
		cmocka_unit_test(populate_and_locked_flags_are_accepted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
