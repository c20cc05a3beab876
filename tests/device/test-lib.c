// SPDX-License-Identifier: GPL-2.0-only
/* libkregion on real devices; what needs none is tested in tests/unit. */
#include "common.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "libkregion.h"

#define LAYOUT(cache) \
	"'regions=vmalloc:3p:name=first,kmalloc:2p:" cache ":name=second,vmalloc:1p:ro:name=third;" \
	"scope=open,vmalloc:2p'"

static struct kregion *device;

static int load_layout(void **state)
{
	(void)state;
	load(ram_has_types() ? LAYOUT("wc") : LAYOUT("wb"));
	return 0;
}

static int open_device(void **state)
{
	(void)state;
	device = kregion_open("0", O_RDWR);
	return device ? 0 : -1;
}

static int close_device(void **state)
{
	(void)state;
	kregion_close(device);
	return mappings();
}

static void fails_with(int result, int err)
{
	assert_int_equal(result, -1);
	assert_int_equal(errno, err);
}

/* ---- devices ---- */

static void opens_by_number_name_and_path(void **state)
{
	static const char *const names[] = { "0", "kregion0", NODE, "demo",
					     "kregion-demo",
					     "/dev/kregion-demo" };
	size_t i;

	(void)state;
	assert_int_equal(run("modprobe kregion_demo"), 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct kregion *other = kregion_open(names[i], O_RDWR);

		if (!other)
			fail_msg("%s: %s", names[i], strerror(errno));
		assert_int_equal(kregion_count(other), 3);
		assert_int_equal(fcntl(kregion_fd(other), F_GETFD), FD_CLOEXEC);
		kregion_close(other);
	}
	remove_module("kregion_demo");
	assert_null(kregion_open("demo", O_RDWR));
	assert_int_equal(errno, ENOENT);
	assert_null(kregion_open("77", O_RDWR));
	assert_int_equal(errno, ENOENT);
}

static void takes_an_open_descriptor(void **state)
{
	int fd = open_node(NODE);
	struct kregion *other = kregion_open_fd(fd);

	(void)state;
	assert_non_null(other);
	assert_int_equal(kregion_fd(other), fd);
	kregion_close(other);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void regions_are_told(void **state)
{
	const struct kregion_region *region;

	(void)state;
	assert_int_equal(kregion_size(device), 6 * page);
	assert_int_equal(kregion_is_private(device), 0);
	assert_int_equal(kregion_count(device), 3);

	region = kregion_by_index(device, 0);
	assert_int_equal(region->index, 0);
	assert_int_equal(region->flags, KREGION_READABLE | KREGION_WRITABLE |
					KREGION_MAPPABLE);
	assert_int_equal(region->backend, KREGION_VMALLOC);
	assert_int_equal(region->caching, KREGION_WRITE_BACK);
	assert_int_equal(region->offset, 0);
	assert_int_equal(region->size, 3 * page);
	assert_int_equal(region->phys_addr, 0);
	assert_string_equal(region->name, "first");

	region = kregion_by_name(device, "second");
	assert_int_equal(region->index, 1);
	assert_int_equal(region->flags, KREGION_READABLE | KREGION_WRITABLE |
					KREGION_MAPPABLE | KREGION_CONTIGUOUS |
					KREGION_PHYS_ADDR);
	assert_int_equal(region->backend, KREGION_KMALLOC);
	assert_int_equal(region->caching, ram_has_types() ?
			 KREGION_WRITE_COMBINE : KREGION_WRITE_BACK);
	assert_int_equal(region->offset, 3 * page);
	assert_int_equal(region->phys_addr,
			 read_number(CLASS "kregion0/regions/1/phys_addr"));

	region = kregion_by_offset(device, 6 * page - 1);
	assert_int_equal(region->index, 2);
	assert_int_equal(region->flags, KREGION_READABLE | KREGION_MAPPABLE);
	assert_null(kregion_by_offset(device, 6 * page));
	assert_int_equal(errno, ENXIO);
	assert_null(kregion_by_index(device, 3));
	assert_int_equal(errno, ENXIO);
	assert_null(kregion_by_name(device, "fourth"));
	assert_int_equal(errno, ENOENT);
}

static void scope_open_is_told(void **state)
{
	struct kregion *first = kregion_open("1", O_RDWR);
	struct kregion *second = kregion_open("1", O_RDWR);
	char seen[4] = "xxx";

	(void)state;
	assert_non_null(first);
	assert_non_null(second);
	assert_int_equal(kregion_is_private(first), 1);
	assert_int_equal(kregion_write(first, 100, "one", 4), 0);
	assert_int_equal(kregion_read(second, 100, seen, 4), 0);
	assert_true(all_zero(seen, 4));
	kregion_close(first);
	kregion_close(second);
}

/* ---- mappings ---- */

static void maps_whole_regions(void **state)
{
	struct kregion_map by_index, by_name;

	(void)state;
	assert_int_equal(kregion_map_index(device, &by_index, 1, 0), 0);
	assert_int_equal(kregion_map_name(device, &by_name, "second", 0), 0);
	assert_int_equal(mappings(), 2);
	assert_int_equal(by_index.length, 2 * page);
	fill(by_index.address, 2 * page, 1);
	assert_true(filled(by_name.address, 2 * page, 1));
	assert_int_equal(kregion_unmap(&by_index), 0);
	assert_int_equal(kregion_unmap(&by_name), 0);
	assert_int_equal(mappings(), 0);
	assert_int_equal(kregion_unmap(&by_name), 0);
}

/* Each offset of two pages, each length that a border may matter to. */
static void maps_from_any_byte(void **state)
{
	const size_t lengths[] = { 1, 2, page - 1, page, page + 1 };
	char *buf = malloc(3 * page);
	size_t offset, i;

	(void)state;
	fill(buf, 3 * page, 2);
	assert_int_equal(kregion_write(device, 0, buf, 3 * page), 0);
	for (offset = 0; offset < 2 * page; offset += 61) {
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			struct kregion_map map;

			if (offset + lengths[i] > 3 * page)
				continue;
			assert_int_equal(kregion_map(device, &map, offset,
						     lengths[i], 0), 0);
			assert_memory_equal(map.address, buf + offset,
					    lengths[i]);
			assert_int_equal((uintptr_t)map.address % page,
					 offset % page);
			assert_int_equal(mappings(), 1);
			assert_int_equal(kregion_unmap(&map), 0);
			assert_int_equal(mappings(), 0);
		}
	}
	free(buf);
}

static void private_and_read_only_are_so(void **state)
{
	struct kregion_map copy, shared;

	(void)state;
	assert_int_equal(kregion_write(device, 0, "old", 4), 0);
	assert_int_equal(kregion_map(device, &copy, 0, 4, KREGION_MAP_PRIVATE),
			 0);
	assert_int_equal(kregion_map(device, &shared, 0, 4,
				     KREGION_MAP_READ_ONLY), 0);
	strcpy(copy.address, "new");
	assert_string_equal((char *)shared.address, "old");
	assert_int_equal(mprotect(shared.pages, shared.pages_length,
				  PROT_READ), 0);
	kregion_unmap(&copy);
	kregion_unmap(&shared);

	/* A read-only region. */
	fails_with(kregion_map_name(device, &copy, "third", 0), EACCES);
	assert_int_equal(kregion_map_name(device, &copy, "third",
					  KREGION_MAP_READ_ONLY), 0);
	assert_true(all_zero(copy.address, page));
	kregion_unmap(&copy);
	assert_int_equal(kregion_map_name(device, &copy, "third",
					  KREGION_MAP_PRIVATE), 0);
	memset(copy.address, 1, page);
	kregion_unmap(&copy);
}

static void a_read_only_device_maps_read_only(void **state)
{
	struct kregion *reader = kregion_open("0", O_RDONLY);
	struct kregion_map map;

	(void)state;
	fails_with(kregion_map_index(reader, &map, 0, 0), EACCES);
	assert_int_equal(kregion_map_index(reader, &map, 0,
					   KREGION_MAP_READ_ONLY), 0);
	kregion_unmap(&map);
	fails_with(kregion_write(reader, 0, "a", 1), EBADF);
	kregion_close(reader);
}

static void wrong_ranges_are_refused(void **state)
{
	struct kregion_map map = { 0 }, before = map;

	(void)state;
	fails_with(kregion_map(device, &map, 6 * page, 1, 0), ENXIO);
	fails_with(kregion_map(device, &map, UINT64_MAX, 1, 0), ENXIO);
	fails_with(kregion_map(device, &map, 0, 0, 0), EINVAL);
	fails_with(kregion_map(device, &map, 0, 3 * page + 1, 0), EINVAL);
	fails_with(kregion_map(device, &map, 3 * page - 1, 2, 0), EINVAL);
	fails_with(kregion_map(device, &map, 1, SIZE_MAX, 0), EINVAL);
	fails_with(kregion_map(device, &map, 0, 1, 4), EINVAL);
	fails_with(kregion_map_index(device, &map, 3, 0), ENXIO);
	fails_with(kregion_map_name(device, &map, "none", 0), ENOENT);
	assert_memory_equal(&map, &before, sizeof(map));
	assert_int_equal(mappings(), 0);
}

static void a_mapping_outlives_its_device(void **state)
{
	struct kregion *other = kregion_open("0", O_RDWR);
	struct kregion_map map;

	(void)state;
	assert_int_equal(kregion_map(other, &map, 5, 10, 0), 0);
	kregion_close(other);
	strcpy(map.address, "alive");
	assert_int_equal(kregion_unmap(&map), 0);
}

/* ---- reading and writing ---- */

static void reads_and_writes_over_borders(void **state)
{
	char *buf = malloc(6 * page), *seen = malloc(6 * page);

	(void)state;
	fill(buf, 5 * page, 3);
	assert_int_equal(kregion_write(device, 0, buf, 5 * page), 0);
	assert_int_equal(kregion_read(device, 0, seen, 6 * page), 0);
	assert_memory_equal(buf, seen, 5 * page);
	assert_true(all_zero(seen + 5 * page, page));
	assert_int_equal(kregion_read(device, 3 * page - 7, seen, 14), 0);
	assert_memory_equal(buf + 3 * page - 7, seen, 14);
	assert_int_equal(kregion_read(device, 0, seen, 0), 0);
	free(buf);
	free(seen);
}

static void what_leaves_the_device_moves_nothing(void **state)
{
	char buf[8] = "", seen[8];

	(void)state;
	memset(seen, 7, sizeof(seen));
	memset(buf, 7, sizeof(buf));
	fails_with(kregion_read(device, 6 * page - 4, seen, 8), ENXIO);
	assert_memory_equal(buf, seen, 8);
	fails_with(kregion_read(device, UINT64_MAX - 3, seen, 8), ENXIO);
	fails_with(kregion_write(device, 6 * page, buf, 1), ENXIO);
	/* The third region is read-only; the second one is written before. */
	fails_with(kregion_write(device, 5 * page - 4, buf, 8), EPERM);
	assert_int_equal(kregion_read(device, 5 * page - 4, seen, 4), 0);
	assert_memory_equal(buf, seen, 4);
	fails_with(kregion_read(device, 0, NULL, 8), EFAULT);
}

#define THREADS	8
#define ROUNDS	200

/* Each its own page of one device, with all calls. */
static void *use_one_device(void *arg)
{
	size_t at = (size_t)arg * 512;
	struct kregion_map map;
	char buf[512];
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		fill(buf, sizeof(buf), (unsigned int)at + i);
		if (kregion_write(device, at, buf, sizeof(buf)) ||
		    kregion_map(device, &map, at, sizeof(buf), 0) ||
		    !filled(map.address, sizeof(buf), (unsigned int)at + i))
			return (void *)1;
		memset(map.address, 0, sizeof(buf));
		if (kregion_unmap(&map) ||
		    kregion_read(device, at, buf, sizeof(buf)) ||
		    !all_zero(buf, sizeof(buf)))
			return (void *)2;
	}
	return NULL;
}

static void threads_share_one_device(void **state)
{
	pthread_t threads[THREADS];
	void *failed;
	size_t i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						use_one_device, (void *)i), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
}

#define with_device(test) \
	cmocka_unit_test_setup_teardown(test, open_device, close_device)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_by_number_name_and_path),
		cmocka_unit_test(takes_an_open_descriptor),
		with_device(regions_are_told),
		cmocka_unit_test(scope_open_is_told),
		with_device(maps_whole_regions),
		with_device(maps_from_any_byte),
		with_device(private_and_read_only_are_so),
		with_device(a_read_only_device_maps_read_only),
		with_device(wrong_ranges_are_refused),
		with_device(a_mapping_outlives_its_device),
		with_device(reads_and_writes_over_borders),
		with_device(what_leaves_the_device_moves_nothing),
		with_device(threads_share_one_device),
	};

	return cmocka_run_group_tests(tests, load_layout, unload_module);
}
