// SPDX-License-Identifier: GPL-2.0-only
/* The module kregion_demo: data of the kernel in regions for user programs. */
#include "common.h"

#include <time.h>

#include "kregion_demo.h"

_Static_assert(offsetof(struct kregion_demo_text, hello) == 0, "offset");
_Static_assert(offsetof(struct kregion_demo_text, number) == 400, "offset");
_Static_assert(offsetof(struct kregion_demo_text, bye) == 416, "offset");
_Static_assert(sizeof(struct kregion_demo_text) == 512, "size");
_Static_assert(offsetof(struct kregion_demo_status, sequence) == 4, "offset");
_Static_assert(offsetof(struct kregion_demo_status, time_ns) == 8, "offset");
_Static_assert(offsetof(struct kregion_demo_status, counter) == 16, "offset");
_Static_assert(sizeof(struct kregion_demo_status) == 24, "size");

#define DEMO_NODE	"/dev/kregion-demo"
#define TEXT_PAGES	16
#define PATIENCE_NS	60000000000ULL	/* an emulated machine may be slow */
#define RW		(PROT_READ | PROT_WRITE)

struct status {
	uint64_t time_ns;
	uint64_t counter;
};

static int load_demo(void **state)
{
	(void)state;
	remove_module("kregion_demo");
	load("");
	assert_int_equal(run("modprobe kregion_demo"), 0);
	return 0;
}

static int unload_all(void **state)
{
	remove_module("kregion_demo");
	return unload_module(state);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static const volatile struct kregion_demo_status *map_status(void)
{
	int fd = open_node_flags(DEMO_NODE, O_RDONLY);
	void *address = map(fd, KREGION_DEMO_STATUS_PAGE, 1, PROT_READ,
			    MAP_SHARED);

	close(fd);
	return address;
}

static void unmap_status(const volatile struct kregion_demo_status *status)
{
	unmap((void *)(uintptr_t)status, 1);
}

/* One try to read: false when the kernel was writing. */
static bool try_read(const volatile struct kregion_demo_status *status,
		     struct status *copy, uint32_t *sequence)
{
	*sequence = status->sequence;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	copy->time_ns = status->time_ns;
	copy->counter = status->counter;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return !(*sequence & 1) && status->sequence == *sequence;
}

static struct status
read_status(const volatile struct kregion_demo_status *status)
{
	struct status copy;
	uint32_t sequence;

	while (!try_read(status, &copy, &sequence))
		;
	return copy;
}

/* ---- the text regions ---- */

static void text_is(const struct kregion_demo_text *text, const char *backend)
{
	static const uint8_t zero[12];
	char hello[400] = "";

	snprintf(hello, sizeof(hello), KREGION_DEMO_HELLO, backend);
	assert_memory_equal(text->hello, hello, sizeof(hello));
	assert_int_equal(text->number, KREGION_DEMO_NUMBER);
	assert_memory_equal(text->pad, zero, sizeof(zero));
	assert_string_equal(text->bye, KREGION_DEMO_BYE);
}

static void both_texts_are_there(void **state)
{
	static const struct {
		size_t at;
		const char *backend;
	} regions[] = {
		{ KREGION_DEMO_VMALLOC_PAGE, "vmalloc" },
		{ KREGION_DEMO_KMALLOC_PAGE, "kmalloc" },
	};
	int fd = open_node(DEMO_NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		struct kregion_demo_text text;
		char *address = map(fd, regions[i].at, TEXT_PAGES, PROT_READ,
				    MAP_SHARED);

		text_is((void *)address, regions[i].backend);
		assert_true(all_zero(address + sizeof(text),
				     TEXT_PAGES * page - sizeof(text)));
		read_pages(fd, regions[i].at, &text, sizeof(text));
		text_is(&text, regions[i].backend);
		unmap(address, TEXT_PAGES);
	}
	close(fd);
}

/* By hand, at the bytes that a program without our header would use. */
static void the_number_is_at_byte_400_and_the_end_at_416(void **state)
{
	const size_t at[] = { 0, 16 };
	int fd = open_node(DEMO_NODE);
	char text[33];
	int32_t number;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		off_t start = (off_t)(at[i] * page);

		assert_int_equal(pread(fd, text, 21, start), 21);
		assert_memory_equal(text, "hello from the kernel", 21);
		assert_int_equal(pread(fd, &number, 4, start + 400), 4);
		assert_int_equal(number, 1000);
		assert_int_equal(pread(fd, text, 33, start + 416), 33);
		assert_string_equal(text, "the number above is one thousand");
	}
	close(fd);
}

/* The kernel wrote the text once: it is the user's to change. */
static void text_regions_can_be_written(void **state)
{
	int fd = open_node(DEMO_NODE);
	char *address = map(fd, KREGION_DEMO_KMALLOC_PAGE, TEXT_PAGES, RW,
			    MAP_SHARED);
	char byte;

	(void)state;
	address[TEXT_PAGES * page - 1] = 'x';
	assert_int_equal(pread(fd, &byte, 1,
			       (off_t)(KREGION_DEMO_STATUS_PAGE * page) - 1),
			 1);
	assert_int_equal(byte, 'x');
	address[TEXT_PAGES * page - 1] = 0;
	unmap(address, TEXT_PAGES);
	close(fd);
}

static void the_device_has_three_regions(void **state)
{
	int fd = open_node(DEMO_NODE);
	char text[32];

	(void)state;
	assert_int_equal(lseek(fd, 0, SEEK_END), 33 * page);
	read_text(CLASS "kregion-demo/regions/0/name", text, sizeof(text));
	assert_string_equal(text, "vmalloc");
	read_text(CLASS "kregion-demo/regions/1/name", text, sizeof(text));
	assert_string_equal(text, "kmalloc");
	read_text(CLASS "kregion-demo/regions/2/name", text, sizeof(text));
	assert_string_equal(text, "status");
	assert_int_not_equal(access(CLASS "kregion-demo/regions/3", F_OK), 0);
	/* The default device is beside it, untouched. */
	assert_int_equal(access(NODE, F_OK), 0);
	close(fd);
}

/* ---- the status page ---- */

static void status_has_its_magic(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();

	(void)state;
	assert_true(status->magic == KREGION_DEMO_MAGIC);
	assert_true(all_zero((char *)(uintptr_t)status + sizeof(*status),
			     page - sizeof(*status)));
	unmap_status(status);
}

static void counter_advances_by_10_a_second(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();
	struct status first, last;
	uint64_t start, end;

	(void)state;
	start = now_ns();
	first = read_status(status);
	do {
		usleep(50000);
		last = read_status(status);
		end = now_ns();
	} while (last.counter < first.counter + 5 &&
		 end - start < PATIENCE_NS);
	assert_true(last.counter >= first.counter + 5);
	/* Not faster than it promises: 5 steps of 0.1 s, but for the first. */
	assert_true(last.counter - first.counter <=
		    (end - start) / 100000000 + 2);
	assert_true(last.time_ns - first.time_ns > 300000000ULL);
	unmap_status(status);
}

/* CLOCK_MONOTONIC: the kernel's time is a user's time. */
static void time_is_that_of_the_last_update(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();
	struct status first = read_status(status), next;
	uint64_t before, after;

	(void)state;
	before = now_ns();
	assert_true(first.time_ns <= before);
	do {
		usleep(10000);
		next = read_status(status);
	} while (next.counter == first.counter &&
		 now_ns() - before < PATIENCE_NS);
	after = now_ns();
	assert_true(next.counter > first.counter);
	assert_true(next.time_ns > before - 1000000000ULL);
	assert_true(next.time_ns <= after);
	assert_true(next.time_ns > first.time_ns);
	unmap_status(status);
}

/*
 * A reader that follows the sequence never sees time or counter go back, nor
 * one of them without the other, and each update steps the sequence by 2.
 */
static void reads_are_never_torn(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();
	struct status last = read_status(status), copy;
	uint32_t sequence, last_sequence;
	unsigned int reads = 0, changes = 0;
	uint64_t end = now_ns() + PATIENCE_NS;

	(void)state;
	while (!try_read(status, &last, &last_sequence))
		;
	/* As many as asked for, and as long as it takes to see some change. */
	while ((reads < 100000 || changes < 3) && now_ns() < end) {
		if (!try_read(status, &copy, &sequence))
			continue;
		reads++;
		assert_true(copy.counter * 2 == sequence);
		if (sequence == last_sequence) {
			assert_true(copy.counter == last.counter);
			assert_true(copy.time_ns == last.time_ns);
			continue;
		}
		changes++;
		assert_true(copy.counter > last.counter);
		assert_true(copy.time_ns > last.time_ns);
		assert_true(sequence - last_sequence ==
			    2 * (copy.counter - last.counter));
		last = copy;
		last_sequence = sequence;
	}
	assert_true(reads >= 100000);
	assert_true(changes >= 3);
	unmap_status(status);
}

static void status_is_readonly_for_users(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();
	const off_t offset = (off_t)(KREGION_DEMO_STATUS_PAGE * page);
	int fd = open_node(DEMO_NODE);
	void *address;

	(void)state;
	errno = 0;
	assert_ptr_equal(try_map(fd, KREGION_DEMO_STATUS_PAGE, 1, RW,
				 MAP_SHARED), MAP_FAILED);
	assert_int_equal(errno, EACCES);
	errno = 0;
	assert_int_equal(pwrite(fd, "no", 2, offset), -1);
	assert_int_equal(errno, EPERM);
	address = map(fd, KREGION_DEMO_STATUS_PAGE, 1, PROT_READ, MAP_SHARED);
	errno = 0;
	assert_int_equal(mprotect(address, page, RW), -1);
	assert_int_equal(errno, EACCES);
	assert_true(status->magic == KREGION_DEMO_MAGIC);
	unmap(address, 1);
	unmap_status(status);
	close(fd);
}

/* ---- unloading ---- */

static void rmmod_is_refused(const char *module)
{
	char path[64];

	assert_int_not_equal(run("rmmod %s 2>/dev/null", module), 0);
	snprintf(path, sizeof(path), "/sys/module/%s", module);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(access(DEMO_NODE, F_OK), 0);
}

static void kregion_stays_while_the_demo_is_loaded(void **state)
{
	(void)state;
	rmmod_is_refused("kregion");
	assert_int_equal(access(NODE, F_OK), 0);
}

static void demo_stays_while_its_node_is_open(void **state)
{
	int fd = open_node_flags(DEMO_NODE, O_RDONLY);
	char byte;

	(void)state;
	rmmod_is_refused("kregion_demo");
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, 'h');
	close(fd);
	remove_module("kregion_demo");
	assert_int_not_equal(access(DEMO_NODE, F_OK), 0);
	assert_int_equal(run("modprobe kregion_demo"), 0);
}

/* An open file of the other device is no reason to stay. */
static void demo_goes_while_another_device_is_open(void **state)
{
	int fd = open_node(NODE);

	(void)state;
	remove_module("kregion_demo");
	assert_int_not_equal(access(DEMO_NODE, F_OK), 0);
	close(fd);
	assert_int_equal(run("modprobe kregion_demo"), 0);
}

static void demo_stays_while_it_is_mapped(void **state)
{
	const volatile struct kregion_demo_status *status = map_status();
	struct status first = read_status(status), last;
	int tries = 0;

	(void)state;
	rmmod_is_refused("kregion_demo");
	/* And goes on counting. */
	do {
		usleep(50000);
		last = read_status(status);
	} while (last.counter < first.counter + 2 && ++tries < 200);
	assert_true(last.counter >= first.counter + 2);
	unmap_status(status);
	remove_module("kregion_demo");
	assert_int_not_equal(access(DEMO_NODE, F_OK), 0);
	assert_int_equal(run("modprobe kregion_demo"), 0);
}

static void unloading_removes_the_node_and_leaves_the_other(void **state)
{
	(void)state;
	remove_module("kregion_demo");
	assert_int_not_equal(access(DEMO_NODE, F_OK), 0);
	assert_int_not_equal(access(CLASS "kregion-demo", F_OK), 0);
	assert_int_not_equal(access(DEBUGFS "kregion-demo", F_OK), 0);
	assert_int_equal(access(NODE, F_OK), 0);
	assert_int_equal(access(DEBUGFS "kregion0", F_OK), 0);
	assert_int_equal(run("modprobe kregion_demo"), 0);
}

/* Each load starts anew: the counter too. */
static void loading_again_works(void **state)
{
	const volatile struct kregion_demo_status *status;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		remove_module("kregion_demo");
		assert_int_not_equal(access(DEMO_NODE, F_OK), 0);
		assert_int_equal(run("modprobe kregion_demo"), 0);
		both_texts_are_there(state);
		status = map_status();
		assert_true(status->magic == KREGION_DEMO_MAGIC);
		assert_true(read_status(status).counter < 100);
		unmap_status(status);
	}
}

static void loading_brings_kregion_with_it(void **state)
{
	unload_all(state);
	assert_int_equal(run("modprobe kregion_demo"), 0);
	assert_int_equal(access("/sys/module/kregion", F_OK), 0);
	both_texts_are_there(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_texts_are_there),
		cmocka_unit_test(the_number_is_at_byte_400_and_the_end_at_416),
		cmocka_unit_test(text_regions_can_be_written),
		cmocka_unit_test(the_device_has_three_regions),
		cmocka_unit_test(status_has_its_magic),
		cmocka_unit_test(counter_advances_by_10_a_second),
		cmocka_unit_test(time_is_that_of_the_last_update),
		cmocka_unit_test(reads_are_never_torn),
		cmocka_unit_test(status_is_readonly_for_users),
		cmocka_unit_test(kregion_stays_while_the_demo_is_loaded),
		cmocka_unit_test(demo_stays_while_its_node_is_open),
		cmocka_unit_test(demo_goes_while_another_device_is_open),
		cmocka_unit_test(demo_stays_while_it_is_mapped),
		cmocka_unit_test(
			unloading_removes_the_node_and_leaves_the_other),
		cmocka_unit_test(loading_again_works),
		cmocka_unit_test(loading_brings_kregion_with_it),
	};

	return cmocka_run_group_tests(tests, load_demo, unload_all);
}
