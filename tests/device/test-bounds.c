// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mmap(2) and mprotect(2) refuse, with which errno, and that a refused
 * request changes nothing: neither the regions nor the number of mappings.
 */
#include "common.h"

#include <signal.h>
#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)
#define RX	(PROT_READ | PROT_EXEC)

#define DEVICE_SIZE	(DEVICE_PAGES * page)

static int fd;			/* the node, for reading and writing */
static uint8_t *contents;	/* what the device holds */

/* Both regions get a pattern that differs at each byte. */
static int open_and_fill(void **state)
{
	const size_t half = REGION_PAGES * page;

	(void)state;
	contents = malloc(DEVICE_SIZE);
	assert_non_null(contents);
	fill(contents, DEVICE_SIZE, 3);
	fd = open_node(NODE);
	write_pages(fd, VMALLOC_AT, contents, half);
	write_pages(fd, KMALLOC_AT, contents + half, half);
	return 0;
}

static int close_and_free(void **state)
{
	(void)state;
	close(fd);
	free(contents);
	return 0;
}

/* As open_and_fill(): with nothing but zeros in read-only regions. */
static int load_readonly(void **state)
{
	(void)state;
	load("'regions=vmalloc:16p:ro,kmalloc:16p:ro'");
	contents = calloc(1, DEVICE_SIZE);
	assert_non_null(contents);
	fd = open_node(NODE);
	return 0;
}

static int unload_readonly(void **state)
{
	close_and_free(state);
	return load_default(state);
}

/* The device holds what it held at first. */
static void is_unchanged(void)
{
	const size_t half = REGION_PAGES * page;
	uint8_t *now = malloc(DEVICE_SIZE);

	assert_non_null(now);
	read_pages(fd, VMALLOC_AT, now, half);
	read_pages(fd, KMALLOC_AT, now + half, half);
	if (memcmp(now, contents, DEVICE_SIZE))
		fail_msg("the contents have changed");
	free(now);
}

static void refuse(size_t at, size_t pages, int prot, int flags, int err)
{
	refuse_map(fd, (off_t)(at * page), pages * page, prot, flags, err);
	is_unchanged();
}

/* However it is asked for. */
static void refuse_range(size_t at, size_t pages, int err)
{
	refuse(at, pages, PROT_READ, MAP_SHARED, err);
	refuse(at, pages, RW, MAP_SHARED, err);
	refuse(at, pages, PROT_READ, MAP_PRIVATE, err);
	refuse(at, pages, RW, MAP_PRIVATE, err);
}

static void refuse_protect(void *address, size_t pages, int prot, int err)
{
	int before = mappings();

	errno = 0;
	assert_int_equal(mprotect(address, pages * page, prot), -1);
	assert_int_equal(errno, err);
	assert_int_equal(mappings(), before);
	is_unchanged();
}

/* ---- ranges ---- */

static void no_region_at_the_offset_is_enxio(void **state)
{
	(void)state;
	refuse_range(DEVICE_PAGES, 1, ENXIO);
	refuse_range(DEVICE_PAGES, 100, ENXIO);
	refuse_range(DEVICE_PAGES + 1, 1, ENXIO);
	refuse_range((size_t)1 << 20, 1, ENXIO);
	/* Where 32 and 63 bits end, in bytes and in pages. */
	refuse_range((size_t)1 << 32 >> 12, 1, ENXIO);
	refuse_range(((size_t)1 << 32) + 1, 1, ENXIO);
	refuse_range(((size_t)1 << 51) - 1, 1, ENXIO);
	refuse_range((size_t)1 << 51, 1, ENXIO);
}

/*
 * The kernel lets no mapping end within the last page of 2^64 bytes: it answers
 * EOVERFLOW itself. What is one page lower comes to the driver.
 */
static void largest_offset_is_enxio_and_beyond_is_eoverflow(void **state)
{
	const size_t last = ((size_t)1 << 52) - 1;

	(void)state;
	refuse_range(last - 1, 1, ENXIO);
	refuse_range(last - 16, 16, ENXIO);
	refuse_range(last, 1, EOVERFLOW);
	refuse_range(last - 1, 2, EOVERFLOW);
	refuse_range(last, 2, EOVERFLOW);
	refuse_range(last - 15, 16, EOVERFLOW);
	refuse_range(last, DEVICE_PAGES, EOVERFLOW);
}

/* In the first region, a sum of offset and length wraps to a small one. */
static void a_length_that_wraps_is_refused_by_the_kernel(void **state)
{
	(void)state;
	refuse_map(fd, (off_t)page, (size_t)0 - page, PROT_READ, MAP_SHARED,
		   ENOMEM);
	refuse_map(fd, (off_t)page, SIZE_MAX, PROT_READ, MAP_SHARED, ENOMEM);
	refuse_map(fd, 0, (size_t)1 << 63, PROT_READ, MAP_SHARED, ENOMEM);
	is_unchanged();
}

static void a_range_that_leaves_the_last_region_is_einval(void **state)
{
	(void)state;
	refuse_range(DEVICE_PAGES - 1, 2, EINVAL);
	refuse_range(KMALLOC_AT, REGION_PAGES + 1, EINVAL);
	refuse_range(KMALLOC_AT + 5, REGION_PAGES, EINVAL);
	/* Less than the memory: a private one is counted against it. */
	refuse_range(DEVICE_PAGES - 1, (size_t)1 << 17, EINVAL);
	/* About the longest that finds a place in 2^47 bytes of addresses. */
	refuse(DEVICE_PAGES - 1, (size_t)1 << 33, PROT_READ, MAP_SHARED,
	       EINVAL);
}

static void a_range_over_two_regions_is_einval(void **state)
{
	(void)state;
	refuse_range(VMALLOC_AT, DEVICE_PAGES, EINVAL);
	refuse_range(VMALLOC_AT, REGION_PAGES + 1, EINVAL);
	refuse_range(KMALLOC_AT - 1, 2, EINVAL);
	refuse_range(KMALLOC_AT - 1, REGION_PAGES + 2, EINVAL);
}

static void a_length_of_0_is_einval(void **state)
{
	(void)state;
	refuse_range(VMALLOC_AT, 0, EINVAL);
	refuse_range(KMALLOC_AT, 0, EINVAL);
	refuse_range(DEVICE_PAGES, 0, EINVAL);
}

static void an_offset_inside_a_page_is_einval(void **state)
{
	const off_t offsets[] = { 1, 512, (off_t)page - 1, (off_t)page + 1,
				  (off_t)(KMALLOC_AT * page) + 8 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		refuse_map(fd, offsets[i], page, PROT_READ, MAP_SHARED, EINVAL);
		refuse_map(fd, offsets[i], page, RW, MAP_PRIVATE, EINVAL);
	}
	is_unchanged();
}

/*
 * Every start and length within the device: mapped where it lies in one region,
 * and then the right bytes are seen.
 */
static void every_range_is(int flags)
{
	int before = mappings();
	size_t at, pages;

	for (at = 0; at < DEVICE_PAGES; at++) {
		for (pages = 1; pages <= DEVICE_PAGES - at; pages++) {
			size_t last = at + pages - 1;
			bool inside = at / REGION_PAGES == last / REGION_PAGES;
			uint8_t *address;

			errno = 0;
			address = try_map(fd, at, pages, RW, flags);
			if (!inside) {
				assert_ptr_equal(address, MAP_FAILED);
				assert_int_equal(errno, EINVAL);
				continue;
			}
			if (address == MAP_FAILED)
				fail_msg("%zu pages at %zu: %s", pages, at,
					 strerror(errno));
			if (memcmp(address, contents + at * page,
				   pages * page))
				fail_msg("%zu pages at %zu: wrong bytes", pages,
					 at);
			unmap(address, pages);
		}
	}
	assert_int_equal(mappings(), before);
	is_unchanged();
}

static void every_shared_range_is_right(void **state)
{
	(void)state;
	every_range_is(MAP_SHARED);
}

static void every_private_range_is_right(void **state)
{
	(void)state;
	every_range_is(MAP_PRIVATE);
}

/* A length need not be whole pages: the kernel rounds it up. */
static void a_length_is_rounded_up_to_pages(void **state)
{
	uint8_t *address;

	(void)state;
	address = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd,
		       (off_t)(KMALLOC_AT * page));
	assert_ptr_not_equal(address, MAP_FAILED);
	assert_memory_equal(address, contents + KMALLOC_AT * page, page);
	unmap(address, 1);
	refuse_map(fd, (off_t)((KMALLOC_AT - 1) * page), page + 1, PROT_READ,
		   MAP_SHARED, EINVAL);
	refuse_map(fd, (off_t)((DEVICE_PAGES - 1) * page), page + 1, PROT_READ,
		   MAP_SHARED, EINVAL);
	is_unchanged();
}

/* ---- permissions ---- */

static void exec_is_eperm(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		refuse(at[i], 1, PROT_EXEC, MAP_SHARED, EPERM);
		refuse(at[i], 1, PROT_EXEC, MAP_PRIVATE, EPERM);
		refuse(at[i], REGION_PAGES, RX, MAP_SHARED, EPERM);
		refuse(at[i], REGION_PAGES, RX, MAP_PRIVATE, EPERM);
		refuse(at[i], 2, RW | PROT_EXEC, MAP_SHARED, EPERM);
		refuse(at[i], 2, RW | PROT_EXEC, MAP_PRIVATE, EPERM);
	}
}

static void exec_cannot_be_had_later(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (j = 0; j < ARRAY_SIZE(flags); j++) {
			void *address = map(fd, at[i], 2, RW, flags[j]);

			refuse_protect(address, 2, PROT_EXEC, EACCES);
			refuse_protect(address, 2, RX, EACCES);
			refuse_protect(address, 1, RW | PROT_EXEC, EACCES);
			unmap(address, 2);
		}
	}
}

/* To run what is mapped at @address kills a child by a signal. */
static void is_not_executable(void *address)
{
	void (*code)(void) = (void (*)(void))(uintptr_t)address;
	pid_t child = fork_child();
	int status;

	if (child == 0) {
		code();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void a_mapping_is_not_executable(void **state)
{
	const uint8_t ret = 0xc3;	/* of x86 */
	uint8_t *address;

	(void)state;
	contents[0] = ret;
	write_pages(fd, 0, &ret, 1);
	address = map(fd, 0, 1, RW, MAP_SHARED);
	is_not_executable(address);
	unmap(address, 1);
	is_unchanged();
}

static void shared_writing_needs_a_descriptor_for_writing(void **state)
{
	int all = fd;

	(void)state;
	fd = open_node_flags(NODE, O_RDONLY);
	refuse(VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED, EACCES);
	refuse(KMALLOC_AT, REGION_PAGES, RW, MAP_SHARED, EACCES);
	refuse(KMALLOC_AT, 1, PROT_WRITE, MAP_SHARED, EACCES);
	close(fd);
	fd = all;
}

static void shared_writing_cannot_be_had_later(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	int readable = open_node_flags(NODE, O_RDONLY);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		uint8_t *address = map(readable, at[i], REGION_PAGES, PROT_READ,
				       MAP_SHARED);

		refuse_protect(address, REGION_PAGES, RW, EACCES);
		refuse_protect(address, 1, PROT_WRITE, EACCES);
		/* Still a mapping of the region. */
		assert_memory_equal(address, contents + at[i] * page,
				    REGION_PAGES * page);
		unmap(address, REGION_PAGES);
	}
	close(readable);
}

static void mapping_needs_a_descriptor_for_reading(void **state)
{
	int writable = open_node_flags(NODE, O_WRONLY);
	int before = mappings();

	(void)state;
	refuse_map(writable, 0, page, PROT_READ, MAP_SHARED, EACCES);
	refuse_map(writable, 0, page, PROT_WRITE, MAP_SHARED, EACCES);
	refuse_map(writable, 0, page, PROT_READ, MAP_PRIVATE, EACCES);
	assert_int_equal(mappings(), before);
	is_unchanged();
	close(writable);
}

/* A private mapping of a descriptor or region for reading may be written to. */
static void private_copy_leaves_the_region(int of)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		const uint8_t *there = contents + at[i] * page;
		uint8_t *shared = map(of, at[i], REGION_PAGES, PROT_READ,
				      MAP_SHARED);
		uint8_t *mine = map(of, at[i], REGION_PAGES, RW, MAP_PRIVATE);

		assert_memory_equal(mine, there, REGION_PAGES * page);
		memset(mine + 3 * page, 0x5a, page);
		assert_int_equal(mine[3 * page], 0x5a);
		assert_int_equal(mine[4 * page - 1], 0x5a);
		assert_memory_equal(mine, there, 3 * page);
		assert_memory_equal(mine + 4 * page, there + 4 * page,
				    (REGION_PAGES - 4) * page);
		assert_memory_equal(shared, there, REGION_PAGES * page);
		is_unchanged();
		unmap(mine, REGION_PAGES);
		unmap(shared, REGION_PAGES);
	}
}

static void private_writing_needs_no_descriptor_for_writing(void **state)
{
	int readable = open_node_flags(NODE, O_RDONLY);

	(void)state;
	private_copy_leaves_the_region(readable);
	close(readable);
}

static void private_writing_can_be_had_later(void **state)
{
	int readable = open_node_flags(NODE, O_RDONLY);
	uint8_t *mine = map(readable, KMALLOC_AT, 2, PROT_READ, MAP_PRIVATE);

	(void)state;
	assert_int_equal(mprotect(mine, 2 * page, RW), 0);
	memset(mine, 0x5a, page);
	assert_memory_equal(mine + page, contents + (KMALLOC_AT + 1) * page,
			    page);
	is_unchanged();
	unmap(mine, 2);
	close(readable);
}

/* ---- read-only regions ---- */

static void readonly_region_refuses_shared_writing(void **state)
{
	(void)state;
	refuse(VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED, EACCES);
	refuse(KMALLOC_AT, REGION_PAGES, RW, MAP_SHARED, EACCES);
	refuse(KMALLOC_AT + 3, 1, PROT_WRITE, MAP_SHARED, EACCES);
	/* Where nothing is, that comes first. */
	refuse(DEVICE_PAGES, 1, RW, MAP_SHARED, ENXIO);
	refuse(KMALLOC_AT - 1, 2, RW, MAP_SHARED, EINVAL);
	refuse(VMALLOC_AT, 1, RX, MAP_SHARED, EPERM);
}

static void readonly_region_cannot_be_made_writable(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		uint8_t *address = map(fd, at[i], REGION_PAGES, PROT_READ,
				       MAP_SHARED);

		refuse_protect(address, REGION_PAGES, RW, EACCES);
		refuse_protect(address + page, 1, PROT_WRITE, EACCES);
		assert_true(all_zero(address, REGION_PAGES * page));
		unmap(address, REGION_PAGES);
	}
}

static void readonly_region_may_be_copied_on_write(void **state)
{
	(void)state;
	private_copy_leaves_the_region(fd);
}

static void refuse_write(size_t offset)
{
	errno = 0;
	assert_int_equal(pwrite(fd, "no", 2, (off_t)offset), -1);
	assert_int_equal(errno, EPERM);
	is_unchanged();
}

static void readonly_region_refuses_write_with_eperm(void **state)
{
	(void)state;
	refuse_write(0);
	refuse_write(REGION_PAGES * page - 1);
	refuse_write(KMALLOC_AT * page);
	refuse_write(DEVICE_SIZE - 1);
	/* Behind the end there is no region to be read-only. */
	errno = 0;
	assert_int_equal(pwrite(fd, "no", 2, (off_t)DEVICE_SIZE), -1);
	assert_int_equal(errno, ENOSPC);
}

#define on_default(test) \
	cmocka_unit_test_setup_teardown(test, open_and_fill, close_and_free)
#define on_readonly(test) \
	cmocka_unit_test_setup_teardown(test, load_readonly, unload_readonly)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_default(no_region_at_the_offset_is_enxio),
		on_default(largest_offset_is_enxio_and_beyond_is_eoverflow),
		on_default(a_length_that_wraps_is_refused_by_the_kernel),
		on_default(a_range_that_leaves_the_last_region_is_einval),
		on_default(a_range_over_two_regions_is_einval),
		on_default(a_length_of_0_is_einval),
		on_default(an_offset_inside_a_page_is_einval),
		on_default(every_shared_range_is_right),
		on_default(every_private_range_is_right),
		on_default(a_length_is_rounded_up_to_pages),
		on_default(exec_is_eperm),
		on_default(exec_cannot_be_had_later),
		on_default(a_mapping_is_not_executable),
		on_default(shared_writing_needs_a_descriptor_for_writing),
		on_default(shared_writing_cannot_be_had_later),
		on_default(mapping_needs_a_descriptor_for_reading),
		on_default(private_writing_needs_no_descriptor_for_writing),
		on_default(private_writing_can_be_had_later),
		on_readonly(readonly_region_refuses_shared_writing),
		on_readonly(readonly_region_cannot_be_made_writable),
		on_readonly(readonly_region_may_be_copied_on_write),
		on_readonly(readonly_region_refuses_write_with_eperm),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
