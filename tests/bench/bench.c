// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench REPETITIONS TEST TARGET...: what a target costs in instructions.
 *
 * TEST is one of:
 *	shared, private		mmap(2), one write to each page, munmap(2)
 *	copy			pread(2) and pwrite(2)
 *	open			open(2) and close(2)
 * TARGET is the path of a kregion node with one region, memfd:BYTES for a memfd
 * whose pages are there already, or /dev/null.
 *
 * Output, a line each; the numbers at the end are instructions:
 *	map NAME shared|private BYTES MAP TOUCH UNMAP
 *	call NAME pread|pwrite|open+close BYTES CALL
 *
 * Run it in a machine under icount with one instruction a nanosecond: then the
 * time stamp counter counts instructions. What is printed is the least of the
 * repetitions, that is, the one that no interrupt hit.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kregion.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct target {
	const char *name;
	const char *path;
	int fd;
	size_t size;		/* 0: there is no memory in it */
	int map_flags;
};

struct map_cost {
	uint64_t map, touch, unmap;
};

typedef ssize_t (*copy_fn)(int fd, void *buf, size_t len, off_t offset);

static unsigned int repetitions;
static size_t page;
static uint64_t clock_cost;	/* of two instructions() in a row */

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "bench: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static inline uint64_t instructions(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static uint64_t between(uint64_t start, uint64_t end)
{
	return end - start - clock_cost;
}

static void keep_least(uint64_t *least, uint64_t value)
{
	if (value < *least)
		*least = value;
}

static void measure_clock(void)
{
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < 100; i++) {
		uint64_t start = instructions();

		keep_least(&least, instructions() - start);
	}
	clock_cost = least;
}

/* Nothing else may run meanwhile; lift the limit that would stop this. */
static void take_cpu(void)
{
	struct sched_param param = { .sched_priority = 50 };
	int fd = open("/proc/sys/kernel/sched_rt_runtime_us", O_WRONLY);

	if (fd < 0 || write(fd, "-1", 2) != 2 || close(fd))
		die("sched_rt_runtime_us: %s", strerror(errno));
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO: %s", strerror(errno));
}

/* Let the kernel do what it put off before, such as to free memory. */
static void settle(void)
{
	usleep(100000);
}

/* ---- targets ---- */

static void open_memfd(struct target *target, const char *size)
{
	char *end, *address;

	target->name = "memfd";
	target->map_flags = MAP_POPULATE;
	target->size = strtoull(size, &end, 10);
	if (*end || !target->size)
		die("bad size '%s'", size);
	target->fd = memfd_create("bench", MFD_CLOEXEC);
	if (target->fd < 0 || ftruncate(target->fd, (off_t)target->size))
		die("memfd: %s", strerror(errno));
	address = mmap(NULL, target->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       target->fd, 0);
	if (address == MAP_FAILED)
		die("mmap memfd: %s", strerror(errno));
	memset(address, 1, target->size);
	munmap(address, target->size);
}

static const char *backend_name(unsigned int backend)
{
	switch (backend) {
	case KREGION_BACKEND_KMALLOC:
		return "kmalloc";
	case KREGION_BACKEND_VMALLOC:
		return "vmalloc";
	default:
		die("unknown backend %u", backend);
	}
}

static void open_region(struct target *target)
{
	struct kregion_region_info info = { .argsz = sizeof(info) };

	if (ioctl(target->fd, KREGION_GET_REGION_INFO, &info))
		die("%s: no region: %s", target->path, strerror(errno));
	target->name = backend_name(info.backend);
	target->size = info.size;
}

static struct target open_target(const char *text)
{
	struct target target = { .path = text };

	if (!strncmp(text, "memfd:", strlen("memfd:"))) {
		open_memfd(&target, text + strlen("memfd:"));
		return target;
	}
	target.fd = open(text, O_RDWR | O_CLOEXEC);
	if (target.fd < 0)
		die("open %s: %s", text, strerror(errno));
	if (!strcmp(text, "/dev/null"))
		target.name = "null";
	else
		open_region(&target);
	return target;
}

/* ---- mappings ---- */

static struct map_cost map_once(const struct target *target, int flags)
{
	uint64_t start, mapped, touched, unmapped;
	volatile char *address;
	size_t at;
	int err;

	start = instructions();
	address = mmap(NULL, target->size, PROT_READ | PROT_WRITE, flags,
		       target->fd, 0);
	mapped = instructions();
	if (address == MAP_FAILED)
		die("mmap %s: %s", target->path, strerror(errno));
	for (at = 0; at < target->size; at += page)
		address[at] = 1;
	touched = instructions();
	err = munmap((void *)address, target->size);
	unmapped = instructions();
	if (err)
		die("munmap %s: %s", target->path, strerror(errno));
	return (struct map_cost){
		.map = between(start, mapped),
		.touch = between(mapped, touched),
		.unmap = between(touched, unmapped),
	};
}

/* Three are enough where interrupts are a small part of the cost. */
static unsigned int map_repetitions(size_t size)
{
	return size > 16 << 20 ? 3 : repetitions;
}

static void measure_map(const struct target *target, const char *sharing,
			int flags)
{
	struct map_cost least = { UINT64_MAX, UINT64_MAX, UINT64_MAX };
	unsigned int i;

	if (!target->size)
		die("%s cannot be mapped", target->path);
	settle();
	map_once(target, flags);
	for (i = 0; i < map_repetitions(target->size); i++) {
		struct map_cost cost = map_once(target, flags);

		keep_least(&least.map, cost.map);
		keep_least(&least.touch, cost.touch);
		keep_least(&least.unmap, cost.unmap);
	}
	printf("map %s %s %zu %llu %llu %llu\n", target->name, sharing,
	       target->size, (unsigned long long)least.map,
	       (unsigned long long)least.touch,
	       (unsigned long long)least.unmap);
}

static void measure_shared(const struct target *target)
{
	measure_map(target, "shared", MAP_SHARED | target->map_flags);
}

static void measure_private(const struct target *target)
{
	measure_map(target, "private", MAP_PRIVATE | target->map_flags);
}

/* ---- calls ---- */

static ssize_t copy_out(int fd, void *buf, size_t len, off_t offset)
{
	return pread(fd, buf, len, offset);
}

static ssize_t copy_in(int fd, void *buf, size_t len, off_t offset)
{
	return pwrite(fd, buf, len, offset);
}

static void print_call(const struct target *target, const char *call,
		       size_t size, uint64_t cost)
{
	printf("call %s %s %zu %llu\n", target->name, call, size,
	       (unsigned long long)cost);
}

static uint64_t copy_once(const struct target *target, copy_fn copy, char *buf,
			  size_t size, size_t expected)
{
	uint64_t start = instructions();
	ssize_t done = copy(target->fd, buf, size, 0);
	uint64_t end = instructions();

	if (done != (ssize_t)expected)
		die("%s: %zd instead of %zu bytes copied: %s", target->path,
		    done, expected, strerror(errno));
	return between(start, end);
}

static void measure_copy_size(const struct target *target, const char *call,
			      copy_fn copy, size_t size)
{
	/* Reading /dev/null finds the end of file. */
	size_t expected = copy == copy_out && !target->size ? 0 : size;
	uint64_t least = UINT64_MAX;
	char *buf = aligned_alloc(page, size);
	unsigned int i;

	if (!buf)
		die("no memory");
	memset(buf, 1, size);
	settle();
	copy_once(target, copy, buf, size, expected);
	for (i = 0; i < repetitions; i++)
		keep_least(&least, copy_once(target, copy, buf, size, expected));
	free(buf);
	print_call(target, call, size, least);
}

static void measure_copy(const struct target *target)
{
	static const size_t sizes[] = { 4 << 10, 64 << 10, 1 << 20 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		measure_copy_size(target, "pread", copy_out, sizes[i]);
		measure_copy_size(target, "pwrite", copy_in, sizes[i]);
	}
}

static uint64_t open_once(const struct target *target)
{
	uint64_t start = instructions();
	int fd = open(target->path, O_RDWR);
	int err = close(fd);
	uint64_t end = instructions();

	if (fd < 0 || err)
		die("%s: cannot be opened and closed", target->path);
	return between(start, end);
}

static void measure_open(const struct target *target)
{
	uint64_t least = UINT64_MAX;
	unsigned int i;

	settle();
	open_once(target);
	for (i = 0; i < repetitions; i++)
		keep_least(&least, open_once(target));
	print_call(target, "open+close", 0, least);
}

static const struct {
	const char *name;
	void (*measure)(const struct target *target);
} tests[] = {
	{ "shared", measure_shared },
	{ "private", measure_private },
	{ "copy", measure_copy },
	{ "open", measure_open },
};

static void run_test(const char *name, const struct target *target)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!strcmp(name, tests[i].name)) {
			tests[i].measure(target);
			return;
		}
	}
	die("unknown test '%s'", name);
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 4)
		die("usage: bench REPETITIONS TEST TARGET...");
	repetitions = (unsigned int)strtoul(argv[1], NULL, 10);
	if (!repetitions)
		die("bad number of repetitions '%s'", argv[1]);
	page = (size_t)sysconf(_SC_PAGESIZE);
	take_cpu();
	measure_clock();
	for (i = 3; i < argc; i++) {
		struct target target = open_target(argv[i]);

		run_test(argv[2], &target);
		close(target.fd);
	}
	if (fflush(stdout) || ferror(stdout))
		die("output: %s", strerror(errno));
	return 0;
}
