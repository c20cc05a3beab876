// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls of a node: what they tell, what they refuse. */
#include "common.h"

#include <libgen.h>
#include <limits.h>
#include <sys/ioctl.h>

/* The layout is part of the interface: 32-bit and 64-bit programs share it. */
_Static_assert(sizeof(struct kregion_device_info) == 24, "size");
_Static_assert(offsetof(struct kregion_device_info, argsz) == 0, "offset");
_Static_assert(offsetof(struct kregion_device_info, flags) == 4, "offset");
_Static_assert(offsetof(struct kregion_device_info, nr_regions) == 8, "offset");
_Static_assert(offsetof(struct kregion_device_info, page_size) == 12, "offset");
_Static_assert(offsetof(struct kregion_device_info, size) == 16, "offset");

_Static_assert(sizeof(struct kregion_region_info) == 80, "size");
_Static_assert(offsetof(struct kregion_region_info, argsz) == 0, "offset");
_Static_assert(offsetof(struct kregion_region_info, flags) == 4, "offset");
_Static_assert(offsetof(struct kregion_region_info, index) == 8, "offset");
_Static_assert(offsetof(struct kregion_region_info, backend) == 12, "offset");
_Static_assert(offsetof(struct kregion_region_info, offset) == 16, "offset");
_Static_assert(offsetof(struct kregion_region_info, size) == 24, "offset");
_Static_assert(offsetof(struct kregion_region_info, cache) == 32, "offset");
_Static_assert(offsetof(struct kregion_region_info, reserved) == 36, "offset");
_Static_assert(offsetof(struct kregion_region_info, name) == 40, "offset");
_Static_assert(offsetof(struct kregion_region_info, phys_addr) == 72, "offset");
_Static_assert(KREGION_NAME_LEN == 32, "name");

_Static_assert(KREGION_GET_DEVICE_INFO == 0x6b40, "number");
_Static_assert(KREGION_GET_REGION_INFO == 0x6b41, "number");
_Static_assert(KREGION_FIND_REGION == 0x6b42, "number");

#define REGION_SIZE	(REGION_PAGES * page)
#define DEVICE_SIZE	(DEVICE_PAGES * page)

/*
 * A struct with what may lie behind it, up to more than a page: @bytes is what
 * the driver gets and @before what it got, to see what it has changed.
 */
struct request {
	union {
		struct kregion_device_info device;
		struct kregion_region_info region;
		uint8_t bytes[3 * 4096];
	};
	uint8_t before[3 * 4096];
};

static int fd;
static struct request request;
static const char *device = "kregion0";	/* that fd is open on */

static int open_default(void **state)
{
	(void)state;
	memset(&request, 0, sizeof(request));
	fd = open_node(NODE);
	return 0;
}

static int close_default(void **state)
{
	(void)state;
	assert_int_equal(mappings(), 0);
	close(fd);
	return 0;
}

/* A request of all zeros but for its argsz. */
static void start(unsigned int argsz)
{
	memset(&request, 0, sizeof(request));
	request.device.argsz = argsz;
}

/* Send it: 0 or the errno; a refused one must come back as it was. */
static int send(unsigned long command)
{
	memcpy(request.before, request.bytes, sizeof(request.bytes));
	errno = 0;
	if (ioctl(fd, command, &request) == 0)
		return 0;
	assert_memory_equal(request.before, request.bytes,
			    sizeof(request.bytes));
	return errno;
}

static int get_device(void)
{
	start(sizeof(struct kregion_device_info));
	return send(KREGION_GET_DEVICE_INFO);
}

static int get_region(unsigned int index)
{
	start(sizeof(struct kregion_region_info));
	request.region.index = index;
	return send(KREGION_GET_REGION_INFO);
}

static int find(uint64_t offset, uint64_t size)
{
	start(sizeof(struct kregion_region_info));
	request.region.offset = offset;
	request.region.size = size;
	return send(KREGION_FIND_REGION);
}

static void region_is(unsigned int index, unsigned int flags,
		      unsigned int backend, uint64_t offset, uint64_t size,
		      const char *name)
{
	struct kregion_region_info wanted = {
		.argsz = sizeof(wanted),
		.flags = flags,
		.index = index,
		.backend = backend,
		.offset = offset,
		.size = size,
		.cache = KREGION_CACHE_WB,
	};

	if (flags & KREGION_REGION_PHYS_ADDR) {
		char path[128];

		snprintf(path, sizeof(path), CLASS "%s/regions/%u/phys_addr",
			 device, index);
		wanted.phys_addr = (uint64_t)read_number(path);
	}
	/* All of the name: nothing may leak behind its NUL. */
	memcpy(wanted.name, name, strlen(name));
	assert_memory_equal(&request.region, &wanted, sizeof(wanted));
}

#define READ_WRITE_MMAP \
	(KREGION_REGION_READ | KREGION_REGION_WRITE | KREGION_REGION_MMAP)

/* And told to root where. */
#define CONTIGUOUS \
	(KREGION_REGION_CONTIGUOUS | KREGION_REGION_PHYS_ADDR)

static void is_default_region(unsigned int index)
{
	if (index == 0)
		region_is(0, READ_WRITE_MMAP, KREGION_BACKEND_VMALLOC, 0,
			  REGION_SIZE, "region0");
	else
		region_is(1, READ_WRITE_MMAP | CONTIGUOUS,
			  KREGION_BACKEND_KMALLOC, REGION_SIZE, REGION_SIZE,
			  "region1");
}

/* ---- what they tell ---- */

static void device_info_is_right(void **state)
{
	struct kregion_device_info wanted = {
		.argsz = sizeof(wanted),
		.nr_regions = 2,
		.page_size = (uint32_t)page,
		.size = DEVICE_SIZE,
	};

	(void)state;
	assert_int_equal(get_device(), 0);
	assert_memory_equal(&request.device, &wanted, sizeof(wanted));
}

static void region_info_is_right(void **state)
{
	(void)state;
	assert_int_equal(get_region(0), 0);
	is_default_region(0);
	assert_int_equal(get_region(1), 0);
	is_default_region(1);
}

/* On a descriptor for reading, and for writing, as well. */
static void any_descriptor_will_do(void **state)
{
	const int modes[] = { O_RDONLY, O_WRONLY };
	int both = fd;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		fd = open_node_flags(NODE, modes[i]);
		assert_int_equal(get_device(), 0);
		assert_int_equal(request.device.nr_regions, 2);
		assert_int_equal(get_region(1), 0);
		is_default_region(1);
		close(fd);
	}
	fd = both;
}

static void each_device_tells_of_its_own_regions(void **state)
{
	const unsigned int readonly = KREGION_REGION_READ |
				      KREGION_REGION_MMAP;
	int first = fd;

	(void)state;
	close(first);
	load("'regions=vmalloc:3p:ro:name=in,kmalloc:5000:name=out,"
	     "kmalloc:1p:ro;"
	     "kmalloc:4M:name=a-name-of-31-characters------31'");

	fd = open_node("/dev/kregion0");
	assert_int_equal(get_device(), 0);
	assert_int_equal(request.device.nr_regions, 3);
	assert_int_equal(request.device.size, 6 * page);
	assert_int_equal(get_region(0), 0);
	region_is(0, readonly, KREGION_BACKEND_VMALLOC, 0, 3 * page, "in");
	assert_int_equal(get_region(1), 0);
	region_is(1, READ_WRITE_MMAP | CONTIGUOUS, KREGION_BACKEND_KMALLOC,
		  3 * page, 2 * page, "out");
	assert_int_equal(get_region(2), 0);
	region_is(2, readonly | CONTIGUOUS, KREGION_BACKEND_KMALLOC, 5 * page,
		  page, "region2");
	assert_int_equal(get_region(3), ENXIO);
	close(fd);

	fd = open_node("/dev/kregion1");
	device = "kregion1";
	assert_int_equal(get_device(), 0);
	assert_int_equal(request.device.nr_regions, 1);
	assert_int_equal(request.device.size, 4 << 20);
	assert_int_equal(get_region(0), 0);
	region_is(0, READ_WRITE_MMAP | CONTIGUOUS, KREGION_BACKEND_KMALLOC, 0,
		  4 << 20, "a-name-of-31-characters------31");
	assert_int_equal(get_region(1), ENXIO);
	close(fd);

	load("");
	device = "kregion0";
	fd = open_node(NODE);
}

static void an_index_without_region_is_enxio(void **state)
{
	(void)state;
	assert_int_equal(get_region(2), ENXIO);
	assert_int_equal(get_region(3), ENXIO);
	assert_int_equal(get_region(256), ENXIO);
	assert_int_equal(get_region(0x7fffffff), ENXIO);
	assert_int_equal(get_region(0x80000000), ENXIO);
	assert_int_equal(get_region(0xffffffff), ENXIO);
}

/* ---- argsz ---- */

static const struct command {
	unsigned long number;
	unsigned int least;	/* the first published size */
	unsigned int size;
} commands[] = {
	{ KREGION_GET_DEVICE_INFO, 24, sizeof(struct kregion_device_info) },
	{ KREGION_GET_REGION_INFO, 72, sizeof(struct kregion_region_info) },
	{ KREGION_FIND_REGION, 72, sizeof(struct kregion_region_info) },
};

/* A good request, of a struct that has grown to @argsz bytes. */
static void start_good(const struct command *command, unsigned int argsz)
{
	start(argsz);
	if (command->number == KREGION_FIND_REGION)
		request.region.size = 1;
}

static void a_smaller_argsz_is_einval(void **state)
{
	size_t i;
	unsigned int argsz;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		for (argsz = 0; argsz < commands[i].least; argsz++) {
			start_good(&commands[i], argsz);
			assert_int_equal(send(commands[i].number), EINVAL);
		}
	}
}

/* A program that was built when the struct ended with the name. */
static void an_older_argsz_gets_what_it_knows(void **state)
{
	unsigned int argsz;

	(void)state;
	for (argsz = 72; argsz <= 80; argsz += 8) {
		start(argsz);
		request.region.index = 1;
		assert_int_equal(send(KREGION_GET_REGION_INFO), 0);
		assert_int_equal(request.region.argsz, 80);
		assert_string_equal((char *)request.region.name, "region1");
		if (argsz == 80)
			assert_int_not_equal(request.region.phys_addr, 0);
		else
			assert_int_equal(request.region.phys_addr, 0);
	}
}

static void a_larger_argsz_with_zeros_works(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const unsigned int size = commands[i].size;
		const unsigned int sizes[] = { size, size + 1, size + 8, 4095,
					       4096 };

		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			start_good(&commands[i], sizes[j]);
			assert_int_equal(send(commands[i].number), 0);
			assert_int_equal(request.device.argsz, size);
			assert_true(all_zero(request.bytes + size,
					     sizeof(request.bytes) - size));
			if (i == 0)
				assert_int_equal(request.device.nr_regions, 2);
			else
				is_default_region(0);
		}
	}
}

static void an_unknown_byte_that_is_not_zero_is_e2big(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const unsigned int size = commands[i].size;
		const unsigned int at[] = { size, size + 7, 1000, 4095 };

		for (j = 0; j < ARRAY_SIZE(at); j++) {
			start_good(&commands[i], 4096);
			request.bytes[at[j]] = 1;
			assert_int_equal(send(commands[i].number), E2BIG);
			start_good(&commands[i], at[j] + 1);
			request.bytes[at[j]] = 0x80;
			assert_int_equal(send(commands[i].number), E2BIG);
		}
	}
}

static void an_argsz_of_more_than_a_page_is_e2big(void **state)
{
	const unsigned int sizes[] = { 4097, 8192, 0x7fffffff, 0x80000000,
				       0xffffffff };
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			start_good(&commands[i], sizes[j]);
			assert_int_equal(send(commands[i].number), E2BIG);
		}
	}
}

/* They belong to the caller, whatever they hold: not read, not written. */
static void bytes_behind_argsz_are_left_alone(void **state)
{
	const unsigned int more[] = { 0, 1, 56 };
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		for (j = 0; j < ARRAY_SIZE(more); j++) {
			const unsigned int argsz = commands[i].size + more[j];
			const size_t left = sizeof(request.bytes) - argsz;

			start_good(&commands[i], argsz);
			memset(request.bytes + argsz, 0xa5, left);
			assert_int_equal(send(commands[i].number), 0);
			assert_memory_equal(request.bytes + argsz,
					    request.before + argsz, left);
		}
	}
}

/* A struct that ends where the readable memory ends. */
static void no_byte_behind_argsz_is_touched(void **state)
{
	uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(munmap(pages + page, page), 0);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		void *arg = pages + page - commands[i].size;

		start_good(&commands[i], commands[i].size);
		memcpy(arg, request.bytes, commands[i].size);
		assert_int_equal(ioctl(fd, commands[i].number, arg), 0);
	}
	unmap(pages, 1);
}

/* ---- fields that are no input ---- */

/* Each single byte of the struct from @from to @to must be 0 on input. */
static void must_be_zero(const struct command *command, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++) {
		start_good(command, command->size);
		request.bytes[i] ^= 1;
		if (send(command->number) != EINVAL)
			fail_msg("command %#lx does not mind byte %zu",
				 command->number, i);
		start_good(command, command->size);
		request.bytes[i] |= 0x80;
		assert_int_equal(send(command->number), EINVAL);
	}
}

static void a_field_that_is_no_input_must_be_zero(void **state)
{
	const size_t index = offsetof(struct kregion_region_info, index);
	const size_t backend = offsetof(struct kregion_region_info, backend);
	const size_t offset = offsetof(struct kregion_region_info, offset);
	const size_t cache = offsetof(struct kregion_region_info, cache);

	(void)state;
	must_be_zero(&commands[0], sizeof(__u32), commands[0].size);
	must_be_zero(&commands[1], sizeof(__u32), index);
	must_be_zero(&commands[1], backend, commands[1].size);
	must_be_zero(&commands[2], sizeof(__u32), offset);
	must_be_zero(&commands[2], cache, commands[2].size);
}

/* ---- KREGION_FIND_REGION ---- */

static void found(uint64_t offset, uint64_t size, unsigned int index)
{
	assert_int_equal(find(offset, size), 0);
	is_default_region(index);
}

static void find_sees_every_byte_of_a_region(void **state)
{
	(void)state;
	found(0, 1, 0);
	found(0, REGION_SIZE, 0);
	found(1, REGION_SIZE - 1, 0);
	found(page - 1, 2, 0);
	found(REGION_SIZE - 1, 1, 0);
	found(REGION_SIZE, 1, 1);
	found(REGION_SIZE, REGION_SIZE, 1);
	found(REGION_SIZE + 12345, 6789, 1);
	found(DEVICE_SIZE - 1, 1, 1);
}

static void find_where_no_region_is_is_enxio(void **state)
{
	(void)state;
	assert_int_equal(find(DEVICE_SIZE, 1), ENXIO);
	assert_int_equal(find(DEVICE_SIZE, 0), ENXIO);
	assert_int_equal(find(DEVICE_SIZE + 1, UINT64_MAX), ENXIO);
	assert_int_equal(find(1ULL << 32, 1), ENXIO);
	assert_int_equal(find((1ULL << 63) - 1, 1), ENXIO);
	assert_int_equal(find(1ULL << 63, 1), ENXIO);
	assert_int_equal(find(1ULL << 63, 1ULL << 63), ENXIO);
	assert_int_equal(find(UINT64_MAX, 1), ENXIO);
	assert_int_equal(find(UINT64_MAX, 2), ENXIO);
	assert_int_equal(find(UINT64_MAX, UINT64_MAX), ENXIO);
}

static void find_of_a_range_that_leaves_its_region_is_einval(void **state)
{
	(void)state;
	assert_int_equal(find(0, REGION_SIZE + 1), EINVAL);
	assert_int_equal(find(REGION_SIZE - 1, 2), EINVAL);
	assert_int_equal(find(0, DEVICE_SIZE), EINVAL);
	assert_int_equal(find(DEVICE_SIZE - 1, 2), EINVAL);
	assert_int_equal(find(REGION_SIZE, REGION_SIZE + 1), EINVAL);
	assert_int_equal(find(0, 1ULL << 32), EINVAL);
	assert_int_equal(find(0, 1ULL << 63), EINVAL);
	assert_int_equal(find(0, UINT64_MAX), EINVAL);
}

static void find_of_a_range_that_overflows_is_einval(void **state)
{
	(void)state;
	assert_int_equal(find(1, UINT64_MAX), EINVAL);
	assert_int_equal(find(page, UINT64_MAX), EINVAL);
	assert_int_equal(find(page, UINT64_MAX - page + 1), EINVAL);
	assert_int_equal(find(page, UINT64_MAX - page + 2), EINVAL);
	assert_int_equal(find(REGION_SIZE, UINT64_MAX - 1), EINVAL);
	assert_int_equal(find(DEVICE_SIZE - 1, UINT64_MAX), EINVAL);
}

static void find_of_no_byte_is_einval(void **state)
{
	(void)state;
	assert_int_equal(find(0, 0), EINVAL);
	assert_int_equal(find(1, 0), EINVAL);
	assert_int_equal(find(REGION_SIZE, 0), EINVAL);
	assert_int_equal(find(DEVICE_SIZE - 1, 0), EINVAL);
}

/* ---- pointers and commands ---- */

static void refuse_pointer(unsigned long command, void *pointer)
{
	errno = 0;
	assert_int_equal(ioctl(fd, command, pointer), -1);
	assert_int_equal(errno, EFAULT);
}

static void a_bad_pointer_is_efault(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		refuse_pointer(commands[i].number, NULL);
		refuse_pointer(commands[i].number, (void *)1);
		refuse_pointer(commands[i].number, (void *)-4096L);
		/* The kernel's half of the addresses. */
		refuse_pointer(commands[i].number, (void *)(1UL << 63));
	}
}

static void memory_that_ends_too_early_is_efault(void **state)
{
	uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i, there;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(munmap(pages + page, page), 0);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		for (there = 1; there < commands[i].size; there++) {
			uint8_t *arg = pages + page - there;

			start_good(&commands[i], commands[i].size);
			memcpy(arg, request.bytes, there);
			refuse_pointer(commands[i].number, arg);
		}
	}
	unmap(pages, 1);
}

static void memory_that_cannot_be_written_is_efault(void **state)
{
	void *arg = mmap(NULL, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	(void)state;
	assert_ptr_not_equal(arg, MAP_FAILED);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_int_equal(mprotect(arg, page, PROT_READ | PROT_WRITE),
				 0);
		start_good(&commands[i], commands[i].size);
		memcpy(arg, request.bytes, commands[i].size);
		assert_int_equal(mprotect(arg, page, PROT_READ), 0);
		refuse_pointer(commands[i].number, arg);
		assert_memory_equal(arg, request.bytes, commands[i].size);
	}
	unmap(arg, 1);
}

static void an_unknown_command_is_enotty(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		if (i >= 0x40 && i <= 0x42)
			continue;
		start(sizeof(struct kregion_region_info));
		assert_int_equal(send(_IO(KREGION_IOC_TYPE, i)), ENOTTY);
	}
	start(sizeof(struct kregion_device_info));
	/* The right number with a size, a direction or another type. */
	assert_int_equal(send(_IOWR(KREGION_IOC_TYPE, 0x40,
				    struct kregion_device_info)), ENOTTY);
	assert_int_equal(send(_IO('K', 0x40)), ENOTTY);
	assert_int_equal(send(0), ENOTTY);
	assert_int_equal(send(0xffffffff), ENOTTY);
}

/* ---- 32-bit programs ---- */

/* The folder of the test programs of this kernel. */
static const char *build_folder(void)
{
	const char *kernel = getenv("KREGION_KERNEL");
	static char path[PATH_MAX], self[PATH_MAX];
	ssize_t len;

	if (kernel) {
		snprintf(path, sizeof(path), "/kregion/build/%s/tests", kernel);
		return path;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(len > 0);
	self[len] = '\0';
	return dirname(self);
}

static void output_of(char *text, size_t size, const char *program,
		      const char *arg)
{
	char command[2 * PATH_MAX];
	FILE *out;
	size_t len;

	snprintf(command, sizeof(command), "%s %s 2>&1", program, arg);
	out = popen(command, "r");
	assert_non_null(out);
	len = fread(text, 1, size - 1, out);
	text[len] = '\0';
	if (pclose(out))
		fail_msg("%s: %s", command, text);
}

static void a_32_bit_program_sees_the_same(void **state)
{
	const char *program32 = "/kregion/build/tests/ioctl-print-32";
	char program[PATH_MAX + 16], ours[8192], theirs[8192];

	(void)state;
	skip_on_uml("runs no 32-bit programs of a 64-bit machine");
#ifndef __x86_64__
	print_message("# the 32-bit program is x86's\n");
	skip();
#endif
	snprintf(program, sizeof(program), "%s/ioctl-print", build_folder());
	output_of(ours, sizeof(ours), program, "--long");
	output_of(theirs, sizeof(theirs), program32, "--long");
	assert_string_equal(ours, "long: 8 bytes\n");
	assert_string_equal(theirs, "long: 4 bytes\n");

	output_of(ours, sizeof(ours), program, NODE);
	output_of(theirs, sizeof(theirs), program32, NODE);
	assert_non_null(strstr(ours, "name=region1 phys_addr=0x"));
	assert_non_null(strstr(ours, "find 2^63: -1 No such device or"));
	assert_non_null(strstr(ours, "unknown: -1 Inappropriate ioctl"));
	assert_string_equal(ours, theirs);
}

#define on_default(test) \
	cmocka_unit_test_setup_teardown(test, open_default, close_default)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_default(device_info_is_right),
		on_default(region_info_is_right),
		on_default(any_descriptor_will_do),
		on_default(each_device_tells_of_its_own_regions),
		on_default(an_index_without_region_is_enxio),
		on_default(a_smaller_argsz_is_einval),
		on_default(an_older_argsz_gets_what_it_knows),
		on_default(a_larger_argsz_with_zeros_works),
		on_default(an_unknown_byte_that_is_not_zero_is_e2big),
		on_default(an_argsz_of_more_than_a_page_is_e2big),
		on_default(bytes_behind_argsz_are_left_alone),
		on_default(no_byte_behind_argsz_is_touched),
		on_default(a_field_that_is_no_input_must_be_zero),
		on_default(find_sees_every_byte_of_a_region),
		on_default(find_where_no_region_is_is_enxio),
		on_default(find_of_a_range_that_leaves_its_region_is_einval),
		on_default(find_of_a_range_that_overflows_is_einval),
		on_default(find_of_no_byte_is_einval),
		on_default(a_bad_pointer_is_efault),
		on_default(memory_that_ends_too_early_is_efault),
		on_default(memory_that_cannot_be_written_is_efault),
		on_default(an_unknown_command_is_enotty),
		on_default(a_32_bit_program_sees_the_same),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
