// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion-demo-status [DEVICE]: a page that the kernel writes and programs read.
 *
 * The module kregion_demo keeps a status page: a magic word, and a time and a
 * counter that it updates ten times a second. The program maps it read-only and
 * shared, and once more private and writable: a write through that one stays in
 * the program. Then it reads time and counter so that both are of the same
 * update: the kernel makes a sequence number odd before it changes them and even
 * after, so a copy is good when the number was even before and is the same after.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libkregion.h>
#include "kregion_demo.h"

#define OWN_WORD	0x12345678u
#define READINGS	5
#define MAX_TRIES	1000

typedef volatile struct kregion_demo_status status_page;

struct reading {
	__u64 time_ns;
	__u64 counter;
};

static int show_mappings(status_page *shared, status_page *copy)
{
	int ok = shared->magic == KREGION_DEMO_MAGIC &&
		 copy->magic == KREGION_DEMO_MAGIC;

	printf("read-only shared mapping: 0x%08x\n", shared->magic);
	printf("private writable mapping: 0x%08x\n", copy->magic);
	copy->magic = OWN_WORD;
	printf("after writing 0x%08x privately: shared 0x%08x, private 0x%08x\n",
	       OWN_WORD, shared->magic, copy->magic);
	if (ok && shared->magic == KREGION_DEMO_MAGIC &&
	    copy->magic == OWN_WORD)
		return 0;
	fprintf(stderr, "NOT OK: expected 0x%08x, and 0x%08x where written\n",
		KREGION_DEMO_MAGIC, OWN_WORD);
	return 1;
}

static int show_refusal(const struct kregion *device)
{
	struct kregion_map map;

	if (!kregion_map_name(device, &map, "status", 0)) {
		kregion_unmap(&map);
		errno = 0;
	}
	printf("shared writable mapping: %s\n", strerror(errno));
	if (errno == EACCES)
		return 0;
	fprintf(stderr, "NOT OK: expected %s\n", strerror(EACCES));
	return 1;
}

/* Copy time and counter of one and the same update. */
static int read_status(status_page *status, struct reading *reading)
{
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		__u32 before = __atomic_load_n(&status->sequence,
					       __ATOMIC_ACQUIRE);

		reading->time_ns = status->time_ns;
		reading->counter = status->counter;
		/* Both are read before the sequence is read again. */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(before & 1) && status->sequence == before)
			return 0;
	}
	fprintf(stderr, "sequence %u: odd or changing in %d tries, expected an even one that stays\n",
		status->sequence, tries);
	return 1;
}

static int show_updates(status_page *status)
{
	const struct timespec pause = { .tv_nsec = 250000000 };
	struct reading last = { 0 };
	int i, failures = 0;

	for (i = 0; i < READINGS; i++) {
		struct reading now;

		if (i)
			nanosleep(&pause, NULL);
		if (read_status(status, &now))
			return 1;
		printf("counter %llu, time %llu.%03llu s\n",
		       (unsigned long long)now.counter,
		       (unsigned long long)now.time_ns / 1000000000,
		       (unsigned long long)now.time_ns / 1000000 % 1000);
		if (i && (now.counter <= last.counter ||
			  now.time_ns <= last.time_ns)) {
			fprintf(stderr, "NOT OK: expected both above %llu and %llu ns\n",
				(unsigned long long)last.counter,
				(unsigned long long)last.time_ns);
			failures++;
		}
		last = now;
	}
	return failures;
}

static int show(const struct kregion *device)
{
	struct kregion_map shared, copy;
	int failures;

	if (kregion_map_name(device, &shared, "status", KREGION_MAP_READ_ONLY) ||
	    kregion_map_name(device, &copy, "status", KREGION_MAP_PRIVATE)) {
		perror("cannot map a region named \"status\"");
		return 1;
	}
	failures = show_mappings(shared.address, copy.address);
	failures += show_refusal(device);
	failures += show_updates(shared.address);
	kregion_unmap(&copy);
	kregion_unmap(&shared);
	return failures;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "demo";
	struct kregion *device;
	int failures;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [DEVICE]\n", argv[0]);
		return 2;
	}
	/* To read and write, so that the region is what refuses a write. */
	device = kregion_open(name, O_RDWR);
	if (!device) {
		fprintf(stderr, "%s: %s (is kregion_demo loaded?)\n", name,
			strerror(errno));
		return 1;
	}
	failures = show(device);
	kregion_close(device);
	return failures ? 1 : 0;
}
