// SPDX-License-Identifier: GPL-2.0-only
/*
 * libkregion where no device is needed: what is no device, names, page
 * arithmetic, and how ranges meet regions. For the last, a memory file stands
 * under a list of regions made here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "spec.h"
#include "wrap.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PAGE		((size_t)sysconf(_SC_PAGESIZE))

#define assert_fails(error, call) do { \
	errno = 0; \
	assert_true((call) == -1); \
	assert_int_equal(errno, error); \
} while (0)

#define assert_null_for(error, call) do { \
	errno = 0; \
	assert_null(call); \
	assert_int_equal(errno, error); \
} while (0)

/* ---- what is no device ---- */

static void no_name_is_refused(void **state)
{
	(void)state;
	assert_null_for(EINVAL, kregion_open(NULL, O_RDONLY));
	assert_null_for(EINVAL, kregion_open("", O_RDONLY));
}

static void long_names_are_refused(void **state)
{
	char name[100];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[31] = '\0';
	assert_null_for(ENOENT, kregion_open(name, O_RDONLY));
	name[31] = 'a';
	name[32] = '\0';
	assert_null_for(EINVAL, kregion_open(name, O_RDONLY));
	name[32] = 'a';
	name[99] = '\0';
	assert_null_for(EINVAL, kregion_open(name, O_RDONLY));
	memset(name, '1', 99);
	assert_null_for(EINVAL, kregion_open(name, O_RDONLY));
	memcpy(name, "kregion-", 8);
	assert_null_for(EINVAL, kregion_open(name, O_RDONLY));
}

static void path_is(const char *device, const char *path)
{
	char buffer[KREGION_PATH_LEN];

	assert_string_equal(kregion_path(device, buffer), path);
}

static void names_mean_nodes(void **state)
{
	(void)state;
	path_is("0", "/dev/kregion0");
	path_is("12", "/dev/kregion12");
	path_is("kregion0", "/dev/kregion0");
	path_is("kregion12", "/dev/kregion12");
	path_is("demo", "/dev/kregion-demo");
	path_is("kregion-demo", "/dev/kregion-demo");
	path_is("kregion-0", "/dev/kregion-0");
	path_is("0a", "/dev/kregion-0a");
	path_is("kregion", "/dev/kregion-kregion");
	path_is("kregion0a", "/dev/kregion-kregion0a");
	path_is("kregio-0", "/dev/kregion-kregio-0");
	path_is("./0", "./0");
	path_is("/", "/");
}

static void names_are_looked_up(void **state)
{
	(void)state;
	assert_null_for(ENOENT, kregion_open("no-such-device", O_RDWR));
	assert_null_for(ENOENT, kregion_open("123456789", O_RDWR));
}

static void paths_are_opened_as_they_are(void **state)
{
	(void)state;
	assert_null_for(ENOENT, kregion_open("/nowhere/at/all", O_RDWR));
	assert_null_for(ENOENT, kregion_open("./nothing", O_RDWR));
	assert_null_for(ENOTDIR, kregion_open("/dev/null/x", O_RDWR));
}

static void no_file_is_created(void **state)
{
	char path[] = "/tmp/kregion-unit-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(unlink(path), 0);
	assert_null_for(EINVAL, kregion_open(path, O_RDWR | O_CREAT));
	assert_int_equal(access(path, F_OK), -1);
}

static void other_files_are_no_device(void **state)
{
	char path[] = "/tmp/kregion-unit-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_null_for(ENOTTY, kregion_open(path, O_RDWR));
	assert_null_for(ENOTTY, kregion_open("/dev/null", O_RDWR));
	assert_null_for(ENOTTY, kregion_open("/dev/zero", O_RDONLY));
	assert_null_for(ENOTTY, kregion_open("/dev/urandom", O_RDONLY));
	assert_null_for(ENOTTY, kregion_open("/tmp", O_RDONLY));
	assert_null_for(EISDIR, kregion_open("/tmp", O_RDWR));
	close(fd);
	unlink(path);
}

static void failed_opens_leave_no_descriptor(void **state)
{
	int before = dup(0);

	(void)state;
	assert_true(before >= 0);
	close(before);
	assert_null(kregion_open("/dev/null", O_RDWR));
	assert_int_equal(dup(0), before);
	close(before);
}

static void bad_descriptors_are_refused(void **state)
{
	(void)state;
	assert_null_for(EBADF, kregion_open_fd(-1));
	assert_null_for(EBADF, kregion_open_fd(1000000));
}

static void refused_descriptor_stays_open(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_null_for(ENOTTY, kregion_open_fd(fds[0]));
	assert_int_equal(fcntl(fds[0], F_GETFD), 0);
	close(fds[0]);
	close(fds[1]);
}

static void nothing_can_be_closed(void **state)
{
	(void)state;
	kregion_close(NULL);
}

/* ---- words for numbers ---- */

static void backends_have_names(void **state)
{
	(void)state;
	assert_string_equal(kregion_backend_name(KREGION_KMALLOC), "kmalloc");
	assert_string_equal(kregion_backend_name(KREGION_VMALLOC), "vmalloc");
	assert_string_equal(kregion_backend_name(KREGION_IOMEM), "iomem");
	assert_string_equal(kregion_backend_name(3), "unknown");
	assert_string_equal(kregion_backend_name(UINT32_MAX), "unknown");
}

static void cachings_have_names(void **state)
{
	(void)state;
	assert_string_equal(kregion_caching_name(KREGION_WRITE_BACK), "wb");
	assert_string_equal(kregion_caching_name(KREGION_WRITE_COMBINE), "wc");
	assert_string_equal(kregion_caching_name(KREGION_UNCACHED), "uc");
	assert_string_equal(kregion_caching_name(3), "unknown");
	assert_string_equal(kregion_caching_name(UINT32_MAX), "unknown");
}

/* The numbers are handed through from the driver's interface. */
static void numbers_are_those_of_the_driver(void **state)
{
	(void)state;
	assert_int_equal(KREGION_KMALLOC, KREGION_BACKEND_KMALLOC);
	assert_int_equal(KREGION_VMALLOC, KREGION_BACKEND_VMALLOC);
	assert_int_equal(KREGION_IOMEM, KREGION_BACKEND_IOMEM);
	assert_int_equal(KREGION_WRITE_BACK, KREGION_CACHE_WB);
	assert_int_equal(KREGION_WRITE_COMBINE, KREGION_CACHE_WC);
	assert_int_equal(KREGION_UNCACHED, KREGION_CACHE_UC);
	assert_int_equal(KREGION_READABLE, KREGION_REGION_READ);
	assert_int_equal(KREGION_WRITABLE, KREGION_REGION_WRITE);
	assert_int_equal(KREGION_MAPPABLE, KREGION_REGION_MMAP);
	assert_int_equal(KREGION_CONTIGUOUS, KREGION_REGION_CONTIGUOUS);
	assert_int_equal(KREGION_PHYS_ADDR, KREGION_REGION_PHYS_ADDR);
}

/* ---- page arithmetic ---- */

static void pages_are(uint64_t offset, size_t length, size_t page_size,
		      uint64_t first, size_t skip, size_t bytes)
{
	struct kregion_pages pages;

	assert_int_equal(kregion_to_pages(offset, length, page_size, &pages),
			 0);
	assert_int_equal(pages.offset, first);
	assert_int_equal(pages.skip, skip);
	assert_int_equal(pages.length, bytes);
}

static void whole_pages_stay_as_they_are(void **state)
{
	(void)state;
	pages_are(0, 4096, 4096, 0, 0, 4096);
	pages_are(8192, 12288, 4096, 8192, 0, 12288);
	pages_are(65536, 65536, 65536, 65536, 0, 65536);
}

static void bytes_are_held_by_their_pages(void **state)
{
	(void)state;
	pages_are(0, 1, 4096, 0, 0, 4096);
	pages_are(4, 8, 4096, 0, 4, 4096);
	pages_are(0x8f00, 0x100, 4096, 0x8000, 0xf00, 4096);
	pages_are(0x8f00, 0x101, 4096, 0x8000, 0xf00, 8192);
	pages_are(4095, 2, 4096, 0, 4095, 8192);
	pages_are(4096, 4097, 4096, 4096, 0, 8192);
	pages_are(0x8f00, 0x101, 65536, 0, 0x8f00, 65536);
}

static void high_offsets_keep_their_bits(void **state)
{
	(void)state;
	pages_are(0x123456789abcull, 1, 4096, 0x123456789000ull, 0xabc, 4096);
	pages_are(INT64_MAX, 1, 4096, INT64_MAX - 4095, 4095, 4096);
	pages_are(UINT64_MAX, 1, 65536, UINT64_MAX - 65535, 65535, 65536);
}

static void too_many_pages_are_refused(void **state)
{
	const size_t most = SIZE_MAX - 4095;
	struct kregion_pages pages;

	(void)state;
	pages_are(0, most, 4096, 0, 0, most);
	pages_are(1, most - 1, 4096, 0, 1, most);
	assert_fails(ENOMEM, kregion_to_pages(0, most + 1, 4096, &pages));
	assert_fails(ENOMEM, kregion_to_pages(1, most, 4096, &pages));
	assert_fails(ENOMEM, kregion_to_pages(0, SIZE_MAX, 4096, &pages));
	assert_fails(ENOMEM, kregion_to_pages(4095, SIZE_MAX, 4096, &pages));
}

/* ---- ranges and regions ---- */

enum { FIRST, SHORT, LAST, REGIONS };

/*
 * A page, a region of ten bytes as device memory may be, two pages; the byte at
 * offset n of the file is (char)(n / 16).
 */
static int make_device(void **state)
{
	struct kregion *device = calloc(1, sizeof(*device));
	size_t i;

	assert_non_null(device);
	device->fd = memfd_create("kregion-unit", MFD_CLOEXEC);
	assert_true(device->fd >= 0);
	device->page_size = PAGE;
	device->size = 4 * PAGE;
	device->count = REGIONS;
	device->entries = calloc(REGIONS, sizeof(*device->entries));
	assert_non_null(device->entries);
	for (i = 0; i < REGIONS; i++) {
		struct kregion_entry *entry = &device->entries[i];

		sprintf(entry->name, "region%zu", i);
		entry->region.index = (unsigned int)i;
		entry->region.flags = KREGION_READABLE | KREGION_WRITABLE |
				      KREGION_MAPPABLE;
		entry->region.offset = i * PAGE;
		entry->region.size = PAGE;
		entry->region.name = entry->name;
	}
	device->entries[SHORT].region.size = 10;
	device->entries[LAST].region.size = 2 * PAGE;
	for (i = 0; i < device->size; i++) {
		char byte = (char)(i / 16);

		assert_int_equal(write(device->fd, &byte, 1), 1);
	}
	*state = device;
	return 0;
}

static int close_device(void **state)
{
	kregion_close(*state);
	return 0;
}

static void getters_tell_the_device(void **state)
{
	struct kregion *device = *state;

	assert_int_equal(kregion_fd(device), device->fd);
	assert_int_equal(kregion_size(device), 4 * PAGE);
	assert_int_equal(kregion_count(device), REGIONS);
	assert_int_equal(kregion_is_private(device), 0);
}

static void regions_are_found_by_index(void **state)
{
	struct kregion *device = *state;
	unsigned int i;

	for (i = 0; i < REGIONS; i++)
		assert_ptr_equal(kregion_by_index(device, i),
				 &device->entries[i].region);
	assert_null_for(ENXIO, kregion_by_index(device, REGIONS));
	assert_null_for(ENXIO, kregion_by_index(device, UINT32_MAX));
}

static void regions_are_found_by_name(void **state)
{
	struct kregion *device = *state;

	assert_int_equal(kregion_by_name(device, "region0")->index, 0);
	assert_int_equal(kregion_by_name(device, "region2")->index, 2);
	assert_null_for(ENOENT, kregion_by_name(device, "region"));
	assert_null_for(ENOENT, kregion_by_name(device, "region22"));
	assert_null_for(ENOENT, kregion_by_name(device, ""));
}

static void offset_is_in(const struct kregion *device, uint64_t offset,
			 unsigned int index)
{
	const struct kregion_region *region = kregion_by_offset(device, offset);

	assert_non_null(region);
	assert_int_equal(region->index, index);
}

static void regions_are_found_by_offset(void **state)
{
	struct kregion *device = *state;

	offset_is_in(device, 0, FIRST);
	offset_is_in(device, PAGE - 1, FIRST);
	offset_is_in(device, PAGE, SHORT);
	offset_is_in(device, PAGE + 9, SHORT);
	offset_is_in(device, 2 * PAGE, LAST);
	offset_is_in(device, 4 * PAGE - 1, LAST);
	assert_null_for(ENXIO, kregion_by_offset(device, PAGE + 10));
	assert_null_for(ENXIO, kregion_by_offset(device, 2 * PAGE - 1));
	assert_null_for(ENXIO, kregion_by_offset(device, 4 * PAGE));
	assert_null_for(ENXIO, kregion_by_offset(device, INT64_MAX));
	assert_null_for(ENXIO, kregion_by_offset(device, UINT64_MAX));
}

static void maps_are_judged_by_bytes(void **state)
{
	const struct {
		uint64_t offset;
		size_t length;
		unsigned int flags;
		int error;
	} refused[] = {
		{ 4 * PAGE, 1, 0, ENXIO },
		{ 4 * PAGE, 0, 0, ENXIO },
		{ 4 * PAGE, SIZE_MAX, ~0u, ENXIO },
		{ PAGE + 10, 1, 0, ENXIO },
		{ UINT64_MAX, 1, 0, ENXIO },
		{ UINT64_MAX - 1, SIZE_MAX, 0, ENXIO },
		{ 0, 0, 0, EINVAL },
		{ 1, 0, 0, EINVAL },
		{ 0, PAGE + 1, 0, EINVAL },
		{ 1, PAGE, 0, EINVAL },
		{ PAGE - 1, 2, 0, EINVAL },
		{ PAGE, 11, 0, EINVAL },
		{ PAGE + 9, 2, 0, EINVAL },
		{ 2 * PAGE, SIZE_MAX, 0, EINVAL },
		{ 0, PAGE, 4, EINVAL },
		{ 0, PAGE, KREGION_MAP_PRIVATE | 1u << 31, EINVAL },
	};
	struct kregion_map map = { .length = 12345 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_fails(refused[i].error,
			     kregion_map(*state, &map, refused[i].offset,
					 refused[i].length, refused[i].flags));
		assert_int_equal(map.length, 12345);
	}
	assert_fails(ENXIO, kregion_map_index(*state, &map, REGIONS, 0));
	assert_fails(ENOENT, kregion_map_name(*state, &map, "none", 0));
	assert_int_equal(map.length, 12345);
}

static void region_that_cannot_be_mapped_is_refused(void **state)
{
	struct kregion *device = *state;
	struct kregion_map map;

	device->entries[LAST].region.flags = KREGION_READABLE;
	assert_fails(EOPNOTSUPP, kregion_map_index(device, &map, LAST, 0));
	assert_fails(EOPNOTSUPP, kregion_map(device, &map, 3 * PAGE, 1,
					     KREGION_MAP_READ_ONLY));
}

static void map_begins_at_the_byte_asked_for(void **state)
{
	struct kregion_map map;

	assert_int_equal(kregion_map(*state, &map, 2 * PAGE + 100, PAGE, 0), 0);
	assert_int_equal(map.length, PAGE);
	assert_int_equal(map.pages_length, 2 * PAGE);
	assert_ptr_equal(map.address, (char *)map.pages + 100);
	assert_int_equal(*(unsigned char *)map.address,
			 (unsigned char)((2 * PAGE + 100) / 16));
	assert_int_equal(kregion_unmap(&map), 0);
}

static void map_by_index_and_name_is_the_whole_region(void **state)
{
	struct kregion_map map;

	assert_int_equal(kregion_map_index(*state, &map, SHORT, 0), 0);
	assert_int_equal(map.length, 10);
	assert_int_equal(map.pages_length, PAGE);
	assert_int_equal(*(unsigned char *)map.address,
			 (unsigned char)(PAGE / 16));
	assert_int_equal(kregion_unmap(&map), 0);
	assert_int_equal(kregion_map_name(*state, &map, "region2", 0), 0);
	assert_int_equal(map.length, 2 * PAGE);
	assert_int_equal(kregion_unmap(&map), 0);
}

static char byte_after_write(const struct kregion *device, unsigned int flags)
{
	struct kregion_map map;
	char byte = 'r';

	assert_int_equal(kregion_write(device, 5, &byte, 1), 0);
	assert_int_equal(kregion_map(device, &map, 5, 1, flags), 0);
	*(char *)map.address = 'w';
	assert_int_equal(kregion_read(device, 5, &byte, 1), 0);
	assert_int_equal(*(char *)map.address, 'w');
	assert_int_equal(kregion_unmap(&map), 0);
	return byte;
}

static void private_map_keeps_its_writes(void **state)
{
	assert_int_equal(byte_after_write(*state, 0), 'w');
	assert_int_equal(byte_after_write(*state, KREGION_MAP_PRIVATE), 'r');
}

/* A system call that writes to such a page answers EFAULT, without a signal. */
static void read_only_map_can_only_be_read(void **state)
{
	static const unsigned int flags[] = {
		KREGION_MAP_READ_ONLY,
		KREGION_MAP_READ_ONLY | KREGION_MAP_PRIVATE,
	};
	struct kregion_map map;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		assert_int_equal(kregion_map_index(*state, &map, FIRST,
						   flags[i]), 0);
		assert_int_equal(*(char *)map.address, 0);
		assert_fails(EFAULT, kregion_read(*state, 2 * PAGE, map.address,
						  1));
		assert_int_equal(kregion_unmap(&map), 0);
	}
}

static void unmap_clears_and_may_be_repeated(void **state)
{
	const struct kregion_map zero = { 0 };
	struct kregion_map map = { 0 };

	assert_int_equal(kregion_unmap(&map), 0);
	assert_int_equal(kregion_unmap(&map), 0);
	assert_int_equal(kregion_map_index(*state, &map, FIRST, 0), 0);
	assert_int_equal(kregion_unmap(&map), 0);
	assert_memory_equal(&map, &zero, sizeof(map));
	assert_int_equal(kregion_unmap(&map), 0);
}

static void unmap_unmaps(void **state)
{
	struct kregion_map map;
	void *pages;

	assert_int_equal(kregion_map_index(*state, &map, FIRST, 0), 0);
	pages = map.pages;
	assert_int_equal(msync(pages, PAGE, MS_ASYNC), 0);
	assert_int_equal(kregion_unmap(&map), 0);
	assert_fails(ENOMEM, msync(pages, PAGE, MS_ASYNC));
}

/* Each call is cut to @most bytes; all but every third one is interrupted. */
static size_t most = SIZE_MAX;
static unsigned int calls;

static int interrupted(void)
{
	if (most == SIZE_MAX || ++calls % 3 == 0)
		return 0;
	errno = EINTR;
	return 1;
}

ssize_t __wrap_pread64(int fd, void *buf, size_t len, off_t at)
{
	if (interrupted())
		return -1;
	return __real_pread64(fd, buf, len < most ? len : most, at);
}

ssize_t __wrap_pwrite64(int fd, const void *buf, size_t len, off_t at)
{
	if (interrupted())
		return -1;
	return __real_pwrite64(fd, buf, len < most ? len : most, at);
}

static void signals_and_short_answers_do_not_matter(void **state)
{
	char out[100], in[100];
	size_t i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (char)(i + 1);
	most = 7;
	calls = 0;
	assert_int_equal(kregion_write(*state, 2 * PAGE, out, sizeof(out)), 0);
	assert_int_equal(calls, 45);	/* 15 answers of at most 7 bytes */
	calls = 0;
	memset(in, 0, sizeof(in));
	assert_int_equal(kregion_read(*state, 2 * PAGE, in, sizeof(in)), 0);
	assert_int_equal(calls, 45);
	most = SIZE_MAX;
	assert_memory_equal(in, out, sizeof(in));
}

static void ranges_are_read_and_written(void **state)
{
	struct kregion *device = *state;
	char out[40], in[40];

	memset(out, 'x', sizeof(out));
	/* From here on regions lie side by side. */
	device->entries[SHORT].region.size = PAGE;
	assert_int_equal(kregion_write(device, 2 * PAGE - 20, out, 40), 0);
	assert_int_equal(kregion_read(device, 2 * PAGE - 20, in, 40), 0);
	assert_memory_equal(in, out, 40);
	assert_int_equal(kregion_read(device, 2 * PAGE + 20, in, 1), 0);
	assert_int_equal(in[0], (char)((2 * PAGE + 20) / 16));
	assert_int_equal(kregion_read(device, 2 * PAGE - 21, in, 1), 0);
	assert_int_equal(in[0], (char)((2 * PAGE - 21) / 16));
}

static void ranges_that_leave_are_refused(void **state)
{
	static const char zeros[64];
	char bytes[64] = "";

	assert_fails(ENXIO, kregion_read(*state, 4 * PAGE, bytes, 1));
	assert_fails(ENXIO, kregion_read(*state, 4 * PAGE - 63, bytes, 64));
	assert_fails(ENXIO, kregion_read(*state, PAGE - 10, bytes, 21));
	assert_fails(ENXIO, kregion_read(*state, PAGE + 10, bytes, 1));
	assert_fails(ENXIO, kregion_read(*state, INT64_MAX, bytes, 1));
	assert_fails(ENXIO, kregion_read(*state, UINT64_MAX, bytes, 1));
	assert_fails(ENXIO, kregion_read(*state, UINT64_MAX - 7, bytes, 64));
	assert_fails(ENXIO, kregion_read(*state, 1, bytes, SIZE_MAX));
	assert_memory_equal(bytes, zeros, sizeof(bytes));

	memset(bytes, 'x', sizeof(bytes));
	assert_fails(ENXIO, kregion_write(*state, 4 * PAGE - 63, bytes, 64));
	assert_fails(ENXIO, kregion_write(*state, PAGE - 10, bytes, 21));
	assert_fails(ENXIO, kregion_write(*state, UINT64_MAX, bytes, 1));
	assert_int_equal(kregion_read(*state, 4 * PAGE - 63, bytes, 1), 0);
	assert_int_equal(bytes[0], (char)((4 * PAGE - 63) / 16));
	assert_int_equal(kregion_read(*state, PAGE - 10, bytes, 20), 0);
	assert_int_equal(bytes[0], (char)((PAGE - 10) / 16));
}

static void no_bytes_are_fine(void **state)
{
	assert_int_equal(kregion_read(*state, 0, NULL, 0), 0);
	assert_int_equal(kregion_write(*state, 0, NULL, 0), 0);
	assert_int_equal(kregion_read(*state, 4 * PAGE, NULL, 0), 0);
}

/* The file ends before the regions do. */
static void end_of_file_is_an_error(void **state)
{
	struct kregion *device = *state;
	char bytes[64];

	assert_int_equal(ftruncate(device->fd, (off_t)(2 * PAGE + 20)), 0);
	assert_fails(ENXIO, kregion_read(device, 2 * PAGE, bytes, 64));
	assert_int_equal(kregion_read(device, 2 * PAGE, bytes, 20), 0);
}

static void errors_of_the_kernel_are_told(void **state)
{
	struct kregion *device = *state;
	int fd = device->fd;
	char path[32];

	sprintf(path, "/proc/self/fd/%d", fd);
	device->fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(device->fd >= 0);
	close(fd);
	assert_fails(EBADF, kregion_write(device, 0, "x", 1));
	assert_fails(EFAULT, kregion_read(device, 0, NULL, 1));
}

/* ---- devices at run time, without the driver ---- */

/* Valid, so that only the other argument can be what is refused. */
#define NAME	"kregion-unit"
#define REGIONS	"vmalloc:1p"

static void skip_where_the_driver_is(void)
{
	if (!access("/sys/kernel/config/kregion", F_OK) ||
	    !access("/sys/class/kregion", F_OK))
		skip();
}

static void wrong_device_names_are_refused(void **state)
{
	static const char * const names[] = {
		NULL, "", "kregion-", "Ring", "a/b", "..", "a b", "a.b",
		"abcdefghijklmnopqrstuvwxyz012345",
		"kregion-abcdefghijklmnopqrstuvwxyz012345",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_fails(EINVAL, kregion_create(names[i], REGIONS));
		assert_fails(EINVAL, kregion_remove(names[i]));
	}
}

static void wrong_regions_are_refused(void **state)
{
	static const char * const regions[] = {
		NULL, "", ",", "vmalloc", "vmalloc:", "vmalloc:0", "vmalloc:-1",
		"malloc:1M", "vmalloc:1M:wt", "vmalloc:1M,", "scope=open",
		"scope=all,vmalloc:1M", "vmalloc:1M;vmalloc:1M",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++)
		assert_fails(EINVAL, kregion_create(NAME, regions[i]));
}

static void too_many_regions_are_refused(void **state)
{
	char text[(KREGION_MAX_REGIONS + 1) * sizeof(REGIONS)];
	char *next = text;
	unsigned int i;

	(void)state;
	for (i = 0; i <= KREGION_MAX_REGIONS; i++)
		next += sprintf(next, "%s%s", i ? "," : "", REGIONS);
	assert_fails(EINVAL, kregion_create(NAME, text));
}

/* A longest name passes the check, and what is missing is the folder. */
static void no_configfs_is_told(void **state)
{
	(void)state;
	skip_where_the_driver_is();
	assert_fails(ENOENT, kregion_create(NAME, REGIONS));
	assert_fails(ENOENT, kregion_create("abcdefghijklmnopqrstuvwxyz01234",
					    "scope=open,vmalloc:1M,kmalloc:64K:ro:name=x"));
	assert_fails(ENOENT, kregion_remove(NAME));
}

static void list_is_empty_without_the_driver(void **state)
{
	char **names;

	(void)state;
	skip_where_the_driver_is();
	names = kregion_list();
	assert_non_null(names);
	assert_null(names[0]);
	free(names);
}

#define with_device(test) \
	cmocka_unit_test_setup_teardown(test, make_device, close_device)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_name_is_refused),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(names_mean_nodes),
		cmocka_unit_test(names_are_looked_up),
		cmocka_unit_test(paths_are_opened_as_they_are),
		cmocka_unit_test(no_file_is_created),
		cmocka_unit_test(other_files_are_no_device),
		cmocka_unit_test(failed_opens_leave_no_descriptor),
		cmocka_unit_test(bad_descriptors_are_refused),
		cmocka_unit_test(refused_descriptor_stays_open),
		cmocka_unit_test(nothing_can_be_closed),
		cmocka_unit_test(backends_have_names),
		cmocka_unit_test(cachings_have_names),
		cmocka_unit_test(numbers_are_those_of_the_driver),
		cmocka_unit_test(whole_pages_stay_as_they_are),
		cmocka_unit_test(bytes_are_held_by_their_pages),
		cmocka_unit_test(high_offsets_keep_their_bits),
		cmocka_unit_test(too_many_pages_are_refused),
		cmocka_unit_test(wrong_device_names_are_refused),
		cmocka_unit_test(wrong_regions_are_refused),
		cmocka_unit_test(too_many_regions_are_refused),
		cmocka_unit_test(no_configfs_is_told),
		cmocka_unit_test(list_is_empty_without_the_driver),
		with_device(getters_tell_the_device),
		with_device(regions_are_found_by_index),
		with_device(regions_are_found_by_name),
		with_device(regions_are_found_by_offset),
		with_device(maps_are_judged_by_bytes),
		with_device(region_that_cannot_be_mapped_is_refused),
		with_device(map_begins_at_the_byte_asked_for),
		with_device(map_by_index_and_name_is_the_whole_region),
		with_device(private_map_keeps_its_writes),
		with_device(read_only_map_can_only_be_read),
		with_device(unmap_clears_and_may_be_repeated),
		with_device(unmap_unmaps),
		with_device(signals_and_short_answers_do_not_matter),
		with_device(ranges_are_read_and_written),
		with_device(ranges_that_leave_are_refused),
		with_device(no_bytes_are_fine),
		with_device(end_of_file_is_an_error),
		with_device(errors_of_the_kernel_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
