// SPDX-License-Identifier: GPL-2.0-only
/*
 * A record that two threads of the kernel write and a program reads through a mapping:
 * by the protocol of uapi/kregion_demo.h no read is torn. A read counts when the
 * protocol says that it is whole; then all fields must belong to one update.
 */
#include "common.h"

#include <sched.h>

#include "module/kregion_writers.h"

#define WRITERS		"/dev/kregion-writers"
#define MODULE		"/kregion/build/$KREGION_KERNEL/tests/module/kregion_writers.ko"
#define READS		10000000
#define CHANGES		1000	/* of them more than these with another content */
#define CHANGES_BY_TURNS 100	/* CPUs that take turns see little of each other */

typedef const volatile struct kregion_writers_record record_t;

static void copy_fields(record_t *from, struct kregion_writers_record *to)
{
	int i;

	to->writer = from->writer;
	to->counter = from->counter;
	to->updates[0] = from->updates[0];
	to->updates[1] = from->updates[1];
	for (i = 0; i < KREGION_WRITERS_WORDS; i++)
		to->words[i] = from->words[i];
}

static bool is_whole(const struct kregion_writers_record *record)
{
	uint64_t i;

	if (record->updates[0] + record->updates[1] != record->counter)
		return false;
	for (i = 0; i < KREGION_WRITERS_WORDS; i++) {
		if (record->words[i] != record->counter * (i + 1) + record->writer)
			return false;
	}
	return true;
}

/* As a program must: false when a writer was at work. */
static bool read_record(record_t *from, struct kregion_writers_record *to)
{
	to->sequence = from->sequence;
	if (to->sequence % 2)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	copy_fields(from, to);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return from->sequence == to->sequence;
}

static record_t *start_writers(const char *args)
{
	record_t *record;
	int fd;

	remove_module("kregion_writers");
	assert_int_equal(run("insmod " MODULE " %s", args), 0);
	fd = open_node_flags(WRITERS, O_RDONLY);
	record = map(fd, 0, 1, PROT_READ, MAP_SHARED);
	close(fd);
	return record;
}

static void stop_writers(record_t *record)
{
	unmap((void *)record, 1);
	remove_module("kregion_writers");
}

static void both_have_written(const struct kregion_writers_record *first,
			      const struct kregion_writers_record *last)
{
	print_message("# updates by the writers meanwhile: %llu and %llu\n",
		      (unsigned long long)(last->updates[0] - first->updates[0]),
		      (unsigned long long)(last->updates[1] - first->updates[1]));
	assert_true(last->updates[0] > first->updates[0]);
	assert_true(last->updates[1] > first->updates[1]);
}

static void no_read_is_torn(void **state)
{
	struct kregion_writers_record first = { 0 }, record = { 0 };
	unsigned long wanted = getenv("KREGION_TURNS") ? CHANGES_BY_TURNS :
							 CHANGES;
	unsigned long reads = 0, again = 0, changes = 0;
	record_t *shared = start_writers("");
	uint64_t counter = 0;

	(void)state;
	while (!read_record(shared, &first))
		sched_yield();
	while (reads < READS || changes <= wanted) {
		if (!read_record(shared, &record)) {
			again++;
			continue;
		}
		if (!is_whole(&record))
			fail_msg("read %lu is torn", reads);
		assert_true(record.counter >= counter);
		changes += record.counter > counter;
		counter = record.counter;
		reads++;
	}
	print_message("# %lu reads, none torn, of %lu updates; %lu were read again\n",
		      reads, changes, again);
	both_have_written(&first, &record);
	stop_writers(shared);
}

/* The check above can fail: this goes on until it has. */
static void without_the_sequence_a_read_is_torn(void **state)
{
	record_t *shared = start_writers("careless=1");
	struct kregion_writers_record record;
	unsigned long reads = 0;

	(void)state;
	do {
		copy_fields(shared, &record);
		reads++;
	} while (is_whole(&record));
	print_message("# read %lu is torn\n", reads);
	stop_writers(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_read_is_torn),
		cmocka_unit_test(without_the_sequence_a_read_is_torn),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
