// SPDX-License-Identifier: GPL-2.0-only
/* What another module may ask of kregion_device_register(), and what is refused. */
#include "common.h"

#include <inttypes.h>
#include <sys/ioctl.h>

#include "spec.h"

#define RW		(PROT_READ | PROT_WRITE)
#define TRY		"/dev/kregion-try"
#define PARAM		"/sys/module/kregion_try/parameters/device"
#define NAME_PARAM	"/sys/module/kregion_try/parameters/name"

/* Nothing is there in our machine, no RAM; it can be read. */
#ifdef __aarch64__
#define NO_DEVICE	0x3e000000ULL
#else
#define NO_DEVICE	0xfed40000ULL
#endif

struct description {
	unsigned int scope, prepare, backend, cache, flags;
	uint64_t address;
	int64_t size;
};

static int setup(void **state)
{
	load_default(state);
	insert_test_module("kregion_try");
	return 0;
}

static int teardown(void **state)
{
	remove_module("kregion_try");
	return unload_module(state);
}

/* 0 or the errno of the registration. */
static int try_text(const char *text)
{
	int fd = open_node_flags(PARAM, O_WRONLY);
	int err = write(fd, text, strlen(text)) < 0 ? errno : 0;

	close(fd);
	return err;
}

static int try(const struct description *d)
{
	char text[128];

	snprintf(text, sizeof(text), "%u %u, %u %u %u %" PRIu64 " %" PRId64,
		 d->scope, d->prepare, d->backend, d->cache, d->flags,
		 d->address, d->size);
	return try_text(text);
}

static void drop(void)
{
	assert_int_equal(run("echo none >" PARAM), 0);
}

/* Refused with EINVAL and one line that says @expected; no device is left. */
static void refuse(const struct description *d, const char *expected)
{
	const char *log;

	log_mark();
	if (try(d) != EINVAL)
		fail_msg("not refused: %s", expected);
	assert_int_not_equal(access(TRY, F_OK), 0);
	log = log_since_mark();
	if (!strstr(log, expected))
		fail_msg("the log lacks '%s':%s", expected, log);
}

/* The first address of RAM above 1 MiB. */
static uint64_t ram(void)
{
	char line[128];
	uint64_t start, end, found = 0;
	FILE *file = fopen("/proc/iomem", "r");

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file)) {
		if (strstr(line, "System RAM") &&
		    sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2 &&
		    start >= 1 << 20)
			found = start;
	}
	fclose(file);
	assert_int_not_equal(found, 0);
	return found;
}

static void good_descriptions_work(void **state)
{
	static const struct description good[] = {
		{ 0, 0, KREGION_BACKEND_VMALLOC, KREGION_CACHE_WB, 0, 0, 4096 },
		{ 0, 1, KREGION_BACKEND_KMALLOC, KREGION_CACHE_WC, 0, 0, 4096 },
		{ 1, 0, KREGION_BACKEND_VMALLOC, KREGION_CACHE_UC, 1, 0, 4096 },
		{ 0, 0, KREGION_BACKEND_IOMEM, KREGION_CACHE_UC, 0, NO_DEVICE,
		  4096 },
		{ 0, 0, KREGION_BACKEND_IOMEM, KREGION_CACHE_WC, 0, NO_DEVICE,
		  8192 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		if (good[i].backend != KREGION_BACKEND_IOMEM &&
		    good[i].cache != KREGION_CACHE_WB && !ram_has_types()) {
			refuse(&good[i], NO_TYPES);
			continue;
		}
		assert_int_equal(try(&good[i]), 0);
		assert_int_equal(access(TRY, F_OK), 0);
		drop();
		assert_int_not_equal(access(TRY, F_OK), 0);
	}
}

static void unknown_numbers_are_refused(void **state)
{
	(void)state;
	refuse(&(struct description){ .scope = 2, .backend = 1, .size = 4096 },
	       "expected scope shared or open");
	refuse(&(struct description){ .backend = 3, .size = 4096 },
	       "expected a backend that exists");
	refuse(&(struct description){ .backend = 1, .cache = 3, .size = 4096 },
	       ram_has_types() ? "expected cache attribute wb, wc or uc" :
				 NO_TYPES);
	refuse(&(struct description){ .backend = 1, .flags = 4, .size = 4096 },
	       "expected known flags only");
	refuse(&(struct description){ .backend = 1 }, "expected a size");
}

static void a_device_without_regions_is_refused(void **state)
{
	(void)state;
	log_mark();
	assert_int_equal(try_text("0 0"), EINVAL);
	assert_int_not_equal(access(TRY, F_OK), 0);
	assert_non_null(strstr(log_since_mark(),
			       "0 regions: expected 1 to 256"));
}

static void the_name_is_that_of_the_node(void **state)
{
	const struct description d = { .backend = 1, .size = 4096 };
	char name[64];

	(void)state;
	assert_int_equal(try(&d), 0);
	read_text(PARAM, name, sizeof(name));
	assert_string_equal(name, TRY + strlen("/dev/"));
	drop();
}

/* A module may have the name from outside: nobody's terminal shall obey it. */
static void a_wrong_name_is_escaped_in_the_log(void **state)
{
	const struct description d = { .backend = 1, .size = 4096 };

	(void)state;
	assert_int_equal(run("printf 'red\\033[31m' >" NAME_PARAM), 0);
	refuse(&d, "device 'red\\e[31m': expected a name");
	assert_null(strchr(log_since_mark(), '\033'));
	/* Not closed by a NUL where a name ends. */
	assert_int_equal(run("printf '%%040d' 7 >" NAME_PARAM), 0);
	refuse(&d, "device '00000000000000000000000000000000': expected");
	assert_int_equal(run("printf try >" NAME_PARAM), 0);
	assert_int_equal(try(&d), 0);
	drop();
}

static void scope_open_cannot_be_prepared(void **state)
{
	const struct description d = {
		.scope = 1, .prepare = 1, .backend = 1, .size = 4096,
	};

	(void)state;
	refuse(&d, "expected no prepare() with scope open");
}

static void scope_open_has_no_device_memory(void **state)
{
	const struct description d = {
		.scope = 1, .backend = KREGION_BACKEND_IOMEM,
		.cache = KREGION_CACHE_UC, .address = NO_DEVICE, .size = 4096,
	};

	(void)state;
	refuse(&d, "expected scope shared for device memory");
}

static void ram_takes_no_address(void **state)
{
	const struct description d[] = {
		{ .backend = 1, .address = NO_DEVICE, .size = 4096 },
		{ .flags = KREGION_SPEC_OWNS_PAGE, .size = 4096 },
	};

	(void)state;
	refuse(&d[0], "expected no address but for device memory");
	refuse(&d[1], "expected no address but for device memory");
}

/* RAM is never reachable by way of device memory. */
static void ram_is_no_device_memory(void **state)
{
	const uint64_t start = ram();
	const struct {
		uint64_t address;
		int64_t size;
	} ranges[] = {
		{ start, 4096 }, { start + (16 << 20), 4096 },
		{ start + 123, 1 }, { start - 4096, 8192 },
		{ start, 1LL << 40 },
#ifdef __x86_64__
		{ 4096, 4096 },
		/* Behind the RAM below 640 KiB, but in its last page. */
		{ 0x9fc00, 16 },
#endif
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		refuse(&(struct description){
			.backend = KREGION_BACKEND_IOMEM,
			.cache = i % 2 ? KREGION_CACHE_WC : KREGION_CACHE_UC,
			.address = ranges[i].address,
			.size = ranges[i].size,
		}, "there is RAM at that address");
}

static void a_wrong_range_of_device_memory_is_refused(void **state)
{
	struct description d = {
		.backend = KREGION_BACKEND_IOMEM,
		.cache = KREGION_CACHE_UC,
		.address = NO_DEVICE,
	};

	(void)state;
	refuse(&d, "expected a size");
	d.address = 0;
	d.size = 4096;
	refuse(&d, "expected the physical address");
	d.address = UINT64_MAX - 4094;
	refuse(&d, "expected the physical address");
	d.address = NO_DEVICE;
	d.cache = KREGION_CACHE_WB;
	refuse(&d, "expected cache attribute wc or uc");
}

/* 100 bytes at NO_DEVICE + @shift; the node's answer to a mapping of its page. */
static int map_small_range(unsigned int shift, unsigned int flags)
{
	const struct description d = {
		.backend = KREGION_BACKEND_IOMEM,
		.cache = KREGION_CACHE_UC,
		.flags = flags,
		.address = NO_DEVICE + shift,
		.size = 100,
	};
	struct kregion_region_info info = { .argsz = sizeof(info) };
	int fd, err = 0;
	void *address;

	assert_int_equal(try(&d), 0);
	fd = open_node(TRY);
	assert_int_equal(ioctl(fd, KREGION_GET_REGION_INFO, &info), 0);
	assert_int_equal(info.size, 100);
	assert_int_equal(info.phys_addr, NO_DEVICE + shift);
	address = try_map(fd, 0, 1, PROT_READ, MAP_SHARED);
	if (address == MAP_FAILED)
		err = errno;
	else
		unmap(address, 1);
	assert_int_equal(!!(info.flags & KREGION_REGION_MMAP), !err);
	close(fd);
	drop();
	return err;
}

/* What else is in the page is not the region's to show. */
static void a_part_of_a_page_is_mapped_only_when_owned(void **state)
{
	(void)state;
	assert_int_equal(map_small_range(0, 0), EOPNOTSUPP);
	assert_int_equal(map_small_range(0, KREGION_SPEC_OWNS_PAGE), 0);
	assert_int_equal(map_small_range(4, 0), EOPNOTSUPP);
	assert_int_equal(map_small_range(4, KREGION_SPEC_OWNS_PAGE),
			 EOPNOTSUPP);
}

/* A device of both kinds: only the device memory is taken away with it. */
static void ram_outlives_the_device_memory_beside_it(void **state)
{
	uint32_t *shared, *copy, *registers, word;
	char text[128];
	int fd;

	(void)state;
	snprintf(text, sizeof(text), "0 0, %u 0 0 0 16384, %u %u 0 %llu 4096",
		 KREGION_BACKEND_KMALLOC, KREGION_BACKEND_IOMEM,
		 KREGION_CACHE_UC, NO_DEVICE);
	assert_int_equal(try_text(text), 0);
	fd = open_node(TRY);
	shared = map(fd, 0, 4, RW, MAP_SHARED);
	copy = map(fd, 0, 4, RW, MAP_PRIVATE);
	registers = map(fd, 4, 1, RW, MAP_SHARED);
	close(fd);
	*shared = 1;
	*copy = 2;
	catch_sigbus();
	assert_true(can_read(registers, &word));
	drop();
	assert_true(is_revoked(registers));
	assert_true(can_read(shared, &word));
	assert_int_equal(word, 1);
	assert_true(can_read(copy, &word));
	assert_int_equal(word, 2);
	unmap(shared, 4);
	unmap(copy, 4);
	unmap(registers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_descriptions_work),
		cmocka_unit_test(unknown_numbers_are_refused),
		cmocka_unit_test(a_device_without_regions_is_refused),
		cmocka_unit_test(the_name_is_that_of_the_node),
		cmocka_unit_test(a_wrong_name_is_escaped_in_the_log),
		cmocka_unit_test(scope_open_cannot_be_prepared),
		cmocka_unit_test(scope_open_has_no_device_memory),
		cmocka_unit_test(ram_takes_no_address),
		cmocka_unit_test(ram_is_no_device_memory),
		cmocka_unit_test(a_wrong_range_of_device_memory_is_refused),
		cmocka_unit_test(a_part_of_a_page_is_mapped_only_when_owned),
		cmocka_unit_test(ram_outlives_the_device_memory_beside_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
