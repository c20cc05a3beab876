// SPDX-License-Identifier: GPL-2.0-only
/* Bytes and facts are asked for with failing allocations: read, write, ioctl, sysfs. */
#include "inject.h"

#include <sys/ioctl.h>
#include <sys/uio.h>

#define PAGES	32		/* of the default regions */
#define PIECES	16		/* more than the kernel has room for on its stack */

static int fd, pipes[2];
static char expected[PAGES * 4096], bytes[PAGES * 4096];
static struct iovec pieces[PIECES];

/* Nothing of it moved, be it that all went or nothing. */
static void region_is_as_before(void)
{
	static char seen[sizeof(expected)];

	/* A transfer ends where its region does. */
	read_pages(fd, 0, seen, sizeof(seen) / 2);
	read_pages(fd, PAGES / 2, seen + sizeof(seen) / 2, sizeof(seen) / 2);
	assert_memory_equal(seen, expected, sizeof(seen));
}

static void bytes_are_the_region(void)
{
	assert_memory_equal(bytes, expected + page, 4 * page);
	memset(bytes, 0, sizeof(bytes));
}

static int attempt_read(void)
{
	return pread(fd, bytes, 4 * page, (off_t)page) < 0 ? errno : 0;
}

/* Short where a piece or a page cannot be reached. */
static int result_of_pieces(ssize_t len)
{
	if (len < 0)
		return errno;
	return len == (ssize_t)(4 * page) ? 0 : EFAULT;
}

static int attempt_readv(void)
{
	return result_of_pieces(preadv(fd, pieces, PIECES, (off_t)page));
}

static int attempt_writev(void)
{
	return result_of_pieces(pwritev(fd, pieces, PIECES, (off_t)page));
}

static void cut_bytes(void)
{
	unsigned int i;

	for (i = 0; i < PIECES; i++) {
		pieces[i].iov_base = bytes + i * page / 4;
		pieces[i].iov_len = page / 4;
	}
}

static void cut_expected(void)
{
	unsigned int i;

	for (i = 0; i < PIECES; i++) {
		pieces[i].iov_base = expected + page + i * page / 4;
		pieces[i].iov_len = page / 4;
	}
}

/* ---- write(2) of one buffer ---- */

/*
 * It allocates nothing, and copies without asking fail_usercopy. What can fail is its
 * source: pages of a file that is one hole, each of which is made when it is read. They
 * have been there before, as User-Mode Linux dies where a page table cannot be made.
 */
#define SOURCE_SIZE	(4 * page)

static int holes;
static char *source;
static size_t written;

static void make_holes(void)
{
	assert_int_equal(ftruncate(holes, 0), 0);
	assert_int_equal(ftruncate(holes, (off_t)SOURCE_SIZE), 0);
}

static int attempt_write(void)
{
	ssize_t len = pwrite(fd, source, SOURCE_SIZE, (off_t)page);

	written = len < 0 ? 0 : (size_t)len;
	return result_of_pieces(len);
}

/* As many bytes as it says, and no others; what the region had is put back. */
static void as_many_are_written(void)
{
	char seen[4 * 4096];

	read_pages(fd, 1, seen, SOURCE_SIZE);
	write_pages(fd, 1, expected + page, SOURCE_SIZE);
	assert_true(all_zero(seen, written));
	assert_memory_equal(seen + written, expected + page + written,
			    SOURCE_SIZE - written);
	region_is_as_before();
}

static void a_buffer_is_written(void **state)
{
	static const struct operation write_buffer = {
		.name = "write",
		.before = make_holes,
		.attempt = attempt_write,
		.refused = as_many_are_written,
		.finish = as_many_are_written,
		.faults = true,
	};

	(void)state;
	holes = memfd_create("holes", MFD_CLOEXEC);
	assert_true(holes >= 0);
	make_holes();
	source = mmap(NULL, SOURCE_SIZE, PROT_READ, MAP_SHARED | MAP_POPULATE,
		      holes, 0);
	assert_ptr_not_equal(source, MAP_FAILED);
	sweep(&write_buffer);
	unmap(source, SOURCE_SIZE / page);
	close(holes);
}

/* ---- read, readv, writev ---- */

static void bytes_are_read_and_written(void **state)
{
	/* Without an allocation of ours: what fails is the user's memory. */
	static const struct operation operations[] = {
		{
			.name = "read",
			.attempt = attempt_read,
			.finish = bytes_are_the_region,
		}, {
			.name = "readv",
			.before = cut_bytes,
			.attempt = attempt_readv,
			.finish = bytes_are_the_region,
		}, {
			.name = "writev",
			.before = cut_expected,
			.attempt = attempt_writev,
			.refused = region_is_as_before,
			.finish = region_is_as_before,
		},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		sweep(&operations[i]);
}

/* ---- splice ---- */

static void empty_pipes(void)
{
	while (read(pipes[0], bytes, sizeof(bytes)) > 0)
		;
	memset(bytes, 0, sizeof(bytes));
}

/* At the file's position, since one in memory is written back when all is done. */
static void go_to_page(void)
{
	assert_int_equal(lseek(fd, (off_t)page, SEEK_SET), page);
}

static int attempt_splice_from(void)
{
	return splice(fd, NULL, pipes[1], NULL, 4 * page, 0) < 0 ? errno : 0;
}

/* Fewer bytes than were asked for, when there were fewer pages, but those. */
static void pipe_has_the_region(void)
{
	ssize_t len = read(pipes[0], bytes, 4 * page);

	assert_true(len > 0);
	assert_memory_equal(bytes, expected + page, (size_t)len);
	empty_pipes();
}

static void nothing_was_moved(void)
{
	assert_int_equal(lseek(fd, 0, SEEK_CUR), page);
	assert_true(read(pipes[0], bytes, 1) < 0);
	assert_int_equal(errno, EAGAIN);
}

static void fill_pipe(void)
{
	empty_pipes();
	go_to_page();
	assert_int_equal(write(pipes[1], expected + page, 4 * page), 4 * page);
}

static int attempt_splice_to(void)
{
	return splice(pipes[0], NULL, fd, NULL, 4 * page, 0) < 0 ? errno : 0;
}

static void bytes_are_spliced(void **state)
{
	static const struct operation from = {
		.name = "splice from the device",
		.before = go_to_page,
		.attempt = attempt_splice_from,
		.refused = nothing_was_moved,
		.finish = pipe_has_the_region,
	};
	static const struct operation to = {
		.name = "splice to the device",
		.before = fill_pipe,
		.attempt = attempt_splice_to,
		.refused = region_is_as_before,
		.finish = region_is_as_before,
	};

	(void)state;
	assert_int_equal(pipe2(pipes, O_NONBLOCK | O_CLOEXEC), 0);
	sweep(&from);
	sweep(&to);
	close(pipes[0]);
	close(pipes[1]);
}

/* ---- ioctl ---- */

static int attempt_device_info(void)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };

	return ioctl(fd, KREGION_GET_DEVICE_INFO, &info) ? errno : 0;
}

static int attempt_region_info(void)
{
	struct kregion_region_info info = { .argsz = sizeof(info), .index = 1 };

	return ioctl(fd, KREGION_GET_REGION_INFO, &info) ? errno : 0;
}

static int attempt_find_region(void)
{
	struct kregion_region_info info = { .argsz = sizeof(info), .size = 1 };

	return ioctl(fd, KREGION_FIND_REGION, &info) ? errno : 0;
}

static void ioctls_allocate_nothing(void **state)
{
	static const struct operation operations[] = {
		{ "KREGION_GET_DEVICE_INFO", .attempt = attempt_device_info },
		{ "KREGION_GET_REGION_INFO", .attempt = attempt_region_info },
		{ "KREGION_FIND_REGION", .attempt = attempt_find_region },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		sweep(&operations[i]);
}

/* ---- files ---- */

static const char *file_name;

static int attempt_file(void)
{
	int file = open(file_name, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (file < 0)
		return errno;
	if (read(file, bytes, sizeof(bytes)) <= 0)
		err = errno;
	close(file);
	return err;
}

static void files_are_read(void **state)
{
	static const char *const files[] = {
		CLASS "kregion0/mappings",
		CLASS "kregion0/scope",
		CLASS "kregion0/size",
		CLASS "kregion0/regions/1/backend",
		CLASS "kregion0/regions/1/cache",
		CLASS "kregion0/regions/1/name",
		CLASS "kregion0/regions/1/offset",
		CLASS "kregion0/regions/1/phys_addr",
		CLASS "kregion0/regions/1/size",
		DEBUGFS "kregion0/0/pfns",
		DEBUGFS "kregion0/0/reserved",
		"/sys/module/kregion/parameters/regions",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct operation read_file = {
			.name = files[i],
			.attempt = attempt_file,
		};

		file_name = files[i];
		sweep(&read_file);
	}
}

static int setup(void **state)
{
	load("");
	fd = open_node(NODE);
	fill(expected, sizeof(expected), 1);
	write_pages(fd, 0, expected, sizeof(expected) / 2);
	write_pages(fd, PAGES / 2, expected + sizeof(expected) / 2,
		    sizeof(expected) / 2);
	return inject_setup(state);
}

static int teardown(void **state)
{
	close(fd);
	return unload_module(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(a_buffer_is_written),
		failing_test(bytes_are_read_and_written),
		failing_test(bytes_are_spliced),
		failing_test(ioctls_allocate_nothing),
		failing_test(files_are_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
