// SPDX-License-Identifier: GPL-2.0-only
/* read, write, llseek, vectors, splice and sendfile. */
#include "common.h"

#include <signal.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define DEVICE_SIZE	(DEVICE_PAGES * page)
#define BORDER		((off_t)(KMALLOC_AT * page))	/* of the two regions */

static void seek_end_gives_the_total_size(void **state)
{
	int fd = open_node(NODE);

	(void)state;
	assert_int_equal(lseek(fd, 0, SEEK_END), DEVICE_SIZE);
	assert_int_equal(lseek(fd, -5, SEEK_END), DEVICE_SIZE - 5);
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	assert_int_equal(lseek(fd, 7, SEEK_CUR), 14);
	errno = 0;
	assert_int_equal(lseek(fd, -1, SEEK_SET), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lseek(fd, (off_t)DEVICE_SIZE + 1, SEEK_SET), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 14);
	close(fd);
}

static void any_offset_and_length_within_a_region(void **state)
{
	static const size_t lengths[] = { 1, 2, 7, 4095, 4096, 4097, 20000 };
	int fd = open_node(NODE);
	char *buf = malloc(20000), *all = malloc(DEVICE_SIZE);
	size_t i;
	off_t at;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		for (at = 3; at + 20000 < BORDER; at += 9001) {
			size_t length = lengths[i];
			off_t kmalloc_at = BORDER + at;

			fill(buf, length, (unsigned int)at);
			assert_int_equal(pwrite(fd, buf, length, at), length);
			assert_int_equal(pwrite(fd, buf, length, kmalloc_at),
					 length);
			memset(buf, 0, length);
			assert_int_equal(pread(fd, buf, length, at), length);
			assert_true(filled(buf, length, (unsigned int)at));
			memset(buf, 0, length);
			assert_int_equal(pread(fd, buf, length, kmalloc_at),
					 length);
			assert_true(filled(buf, length, (unsigned int)at));
		}
	}
	free(buf);
	free(all);
	close(fd);
}

static void write_changes_nothing_beside_its_range(void **state)
{
	int fd = open_node(NODE);
	char *before = malloc(DEVICE_SIZE), *after = malloc(DEVICE_SIZE);

	(void)state;
	fill(before, DEVICE_SIZE, 1);
	write_pages(fd, 0, before, (size_t)BORDER);
	write_pages(fd, KMALLOC_AT, before + BORDER, DEVICE_SIZE - (size_t)BORDER);
	memset(before + 12345, 0xee, 777);
	assert_int_equal(pwrite(fd, before + 12345, 777, 12345), 777);
	read_pages(fd, 0, after, (size_t)BORDER);
	read_pages(fd, KMALLOC_AT, after + BORDER, DEVICE_SIZE - (size_t)BORDER);
	assert_memory_equal(before, after, DEVICE_SIZE);
	free(before);
	free(after);
	close(fd);
}

static void short_at_a_regions_end_then_goes_on(void **state)
{
	int fd = open_node(NODE);
	char *buf = malloc(DEVICE_SIZE);

	(void)state;
	assert_int_equal(pread(fd, buf, 100, BORDER - 10), 10);
	assert_int_equal(pwrite(fd, buf, 100, BORDER - 10), 10);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(read(fd, buf, DEVICE_SIZE), BORDER);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), BORDER);
	assert_int_equal(read(fd, buf, DEVICE_SIZE), DEVICE_SIZE - (size_t)BORDER);
	assert_int_equal(read(fd, buf, DEVICE_SIZE), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), DEVICE_SIZE);
	free(buf);
	close(fd);
}

static void end_of_device_reads_0_and_refuses_writes(void **state)
{
	static const off_t behind[] = { 0, 1, 4096, 1LL << 40 };
	int fd = open_node(NODE);
	char byte = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(behind); i++) {
		off_t at = (off_t)DEVICE_SIZE + behind[i];

		assert_int_equal(pread(fd, &byte, 1, at), 0);
		errno = 0;
		assert_int_equal(pwrite(fd, &byte, 1, at), -1);
		assert_int_equal(errno, ENOSPC);
		assert_int_equal(pwrite(fd, &byte, 0, at), 0);
	}
	assert_int_equal(pread(fd, &byte, 1, INT64_MAX - 1), 0);
	errno = 0;
	assert_int_equal(pread(fd, &byte, 1, -1), -1);
	assert_int_equal(errno, EINVAL);
	close(fd);
}

static void no_bytes_asked_is_no_error(void **state)
{
	int fd = open_node(NODE);
	char byte = 0;

	(void)state;
	assert_int_equal(pread(fd, &byte, 0, 0), 0);
	assert_int_equal(pwrite(fd, &byte, 0, 0), 0);
	close(fd);
}

static void bad_pointer_is_efault_and_moves_nothing(void **state)
{
	int fd = open_node(NODE);
	char *bad = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *buf = malloc(page);
	ssize_t len;

	(void)state;
	fill(buf, page, 3);
	write_pages(fd, 0, buf, page);
	assert_int_equal(munmap(bad + page, page), 0);

	errno = 0;
	assert_int_equal(write(fd, bad + page, 10), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(read(fd, bad + page, 10), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);

	/* Half good: what could be copied is counted. */
	len = pread(fd, bad + page - 10, 20, 0);
	assert_true(len >= 1 && len <= 10);
	read_pages(fd, 0, buf, page);
	assert_true(filled(buf, page, 3));
	munmap(bad, page);
	free(buf);
	close(fd);
}

/* Neither zeroes nor leftovers behind what could be copied. */
static void half_bad_buffer_changes_nothing_behind_it(void **state)
{
	int fd = open_node(NODE), vector;
	char *bad = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *before = malloc(page), *after = malloc(page);
	struct iovec piece = { bad + page - 10, 20 };

	(void)state;
	assert_int_equal(munmap(bad + page, page), 0);
	memset(bad, 0x77, page);
	for (vector = 0; vector < 2; vector++) {
		ssize_t n;

		fill(before, page, 4);
		write_pages(fd, 0, before, page);
		n = vector ? pwritev(fd, &piece, 1, 100) :
			     pwrite(fd, piece.iov_base, piece.iov_len, 100);
		assert_true(n >= 1 && n <= 10);
		memset(before + 100, 0x77, (size_t)n);
		read_pages(fd, 0, after, page);
		assert_memory_equal(before, after, page);
	}
	munmap(bad, page);
	free(before);
	free(after);
	close(fd);
}

static void access_mode_of_the_descriptor_counts(void **state)
{
	int reader = open_node_flags(NODE, O_RDONLY);
	int writer = open_node_flags(NODE, O_WRONLY);
	char byte = 1;

	(void)state;
	errno = 0;
	assert_int_equal(write(reader, &byte, 1), -1);
	assert_int_equal(errno, EBADF);
	errno = 0;
	assert_int_equal(read(writer, &byte, 1), -1);
	assert_int_equal(errno, EBADF);
	close(reader);
	close(writer);
}

static void vectors_and_preadv2(void **state)
{
	int fd = open_node(NODE);
	char a[100], b[5000], back[5100];
	struct iovec out[] = { { a, sizeof(a) }, { b, sizeof(b) } };
	struct iovec in = { back, sizeof(back) };

	(void)state;
	fill(a, sizeof(a), 1);
	fill(b, sizeof(b), 2);
	assert_int_equal(pwritev(fd, out, 2, 4000), 5100);
	assert_int_equal(preadv2(fd, &in, 1, 4000, 0), 5100);
	assert_memory_equal(back, a, sizeof(a));
	assert_memory_equal(back + sizeof(a), b, sizeof(b));
	close(fd);
}

static void splice_out_and_in(void **state)
{
	int fd = open_node(NODE), ends[2];
	char buf[4096], back[4096];
	loff_t from = BORDER + 4096, to = 8192;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	fill(buf, sizeof(buf), 9);
	assert_int_equal(pwrite(fd, buf, sizeof(buf), from), sizeof(buf));
	assert_int_equal(splice(fd, &from, ends[1], NULL, 4096, 0), 4096);
	assert_int_equal(splice(ends[0], NULL, fd, &to, 4096, 0), 4096);
	assert_int_equal(pread(fd, back, sizeof(back), 8192), sizeof(back));
	assert_memory_equal(buf, back, sizeof(buf));

	from = (loff_t)DEVICE_SIZE;
	assert_int_equal(splice(fd, &from, ends[1], NULL, 4096, 0), 0);
	close(ends[0]);
	close(ends[1]);
	close(fd);
}

/* Before 6.0 sendfile(2) reads from regular files and block devices only. */
static void sendfile_to_a_file(void **state)
{
	int fd = open_node(NODE), file = memfd_create("copy", 0);
	char *buf = malloc(DEVICE_SIZE), *back = malloc(DEVICE_SIZE);
	size_t done = 0;

	(void)state;
	fill(buf, DEVICE_SIZE, 11);
	write_pages(fd, 0, buf, (size_t)BORDER);
	write_pages(fd, KMALLOC_AT, buf + BORDER, DEVICE_SIZE - (size_t)BORDER);
	errno = 0;
	while (done < DEVICE_SIZE) {
		ssize_t n = sendfile(file, fd, NULL, DEVICE_SIZE - done);

		if (n < 0 && errno == EINVAL && !kernel_at_least(6, 0))
			break;
		assert_true(n > 0);
		done += (size_t)n;
	}
	assert_int_equal(pread(file, back, DEVICE_SIZE, 0), done);
	assert_memory_equal(buf, back, done);
	free(buf);
	free(back);
	close(file);
	close(fd);
}

/* Return how a child ended that was killed when the first byte had arrived. */
static int kill_while_it_writes(int fd, const struct iovec *parts, int n,
				const volatile char *mapping)
{
	pid_t child = fork_child();
	int status;

	if (child == 0)
		_exit(pwritev(fd, parts, n, 0) < 0);
	while (!mapping[0]) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/*
 * The child writes 256 MiB in one call. The parent kills it as soon as it sees
 * the first byte arrive: the last one must never arrive. On a busy machine the parent
 * may see it late, hence some tries.
 */
static void large_copy_can_be_killed(void **state)
{
	enum { SIZE = 256 << 20, PART = 1 << 20, TRIES = 5 };
	struct iovec parts[SIZE / PART];
	volatile char *mapping;
	int fd, status, tries;
	char *ones;
	size_t i;

	(void)state;
	load("regions=vmalloc:256M");
	fd = open_node(NODE);
	mapping = map(fd, 0, SIZE / page, PROT_READ, MAP_SHARED);
	ones = calloc(1, PART);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i] = (struct iovec){ ones, PART };

	for (tries = 0; tries < TRIES; tries++) {
		memset(ones, 0, PART);
		assert_int_equal(pwritev(fd, parts, ARRAY_SIZE(parts), 0),
				 SIZE);
		memset(ones, 1, PART);
		status = kill_while_it_writes(fd, parts, ARRAY_SIZE(parts),
					      mapping);
		if (WIFSIGNALED(status) && !mapping[SIZE - 1])
			break;
	}
	assert_true(WIFSIGNALED(status));
	assert_int_equal(mapping[SIZE - 1], 0);

	/* Left alone, the same call copies everything. */
	assert_int_equal(pwritev(fd, parts, ARRAY_SIZE(parts), 0), SIZE);
	assert_int_equal(mapping[SIZE - 1], 1);
	unmap((void *)mapping, SIZE / page);
	free(ones);
	close(fd);
	load("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seek_end_gives_the_total_size),
		cmocka_unit_test(any_offset_and_length_within_a_region),
		cmocka_unit_test(write_changes_nothing_beside_its_range),
		cmocka_unit_test(short_at_a_regions_end_then_goes_on),
		cmocka_unit_test(end_of_device_reads_0_and_refuses_writes),
		cmocka_unit_test(no_bytes_asked_is_no_error),
		cmocka_unit_test(bad_pointer_is_efault_and_moves_nothing),
		cmocka_unit_test(half_bad_buffer_changes_nothing_behind_it),
		cmocka_unit_test(access_mode_of_the_descriptor_counts),
		cmocka_unit_test(vectors_and_preadv2),
		cmocka_unit_test(splice_out_and_in),
		cmocka_unit_test(sendfile_to_a_file),
		cmocka_unit_test(large_copy_can_be_killed),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
