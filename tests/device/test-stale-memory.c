// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was in memory before it became a region, or an ioctl's answer, is never seen.
 * The kernel can hide a mistake, as it zeroes what it hands out; dirty-memory.t runs
 * this where it does not.
 */
#include "common.h"

#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define RW		(PROT_READ | PROT_WRITE)
#define DIRTY		"/sys/module/kregion_dirty/parameters/"

/* Each backend in sizes of a slab's object, of pages, and of a part of a page. */
#define WB_REGIONS	"vmalloc:64p,kmalloc:64p,kmalloc:1p,kmalloc:2p,kmalloc:5p,vmalloc:1p," \
			"vmalloc:5000,kmalloc:100,kmalloc:12300,vmalloc:1"
#define CACHE_REGIONS	",vmalloc:16p:wc,kmalloc:16p:wc,vmalloc:16p:uc,kmalloc:16p:uc" \
			",vmalloc:100:wc,kmalloc:100:uc,kmalloc:1M:wc,vmalloc:1M:uc"

/* With @begin before and @end behind; not every machine has wc and uc. */
static void load_regions(const char *begin, const char *end)
{
	char args[512];

	snprintf(args, sizeof(args), "regions='%s" WB_REGIONS CACHE_REGIONS
		 "%s'", begin, end);
	if (!try_load(args))
		return;
	print_message("no wc and uc here\n");
	snprintf(args, sizeof(args), "regions='%s" WB_REGIONS "%s'", begin, end);
	load(args);
}

static int setup(void **state)
{
	load_default(state);
	insert_test_module("kregion_dirty");
	return 0;
}

static int teardown(void **state)
{
	remove_module("kregion_dirty");
	return unload_module(state);
}

static bool kernel_zeroes_nothing(void)
{
	return !run("grep -q init_on_alloc=0 /proc/cmdline");
}

/* A lot of what is free, by a process that leaves it so: it is handed out first. */
static void a_process_fills_memory(void)
{
	pid_t child = fork_child();
	struct sysinfo info;
	size_t size;
	char *memory;
	int status;

	if (child == 0) {
		sysinfo(&info);
		size = info.freeram * info.mem_unit / 4;
		memory = mmap(NULL, size, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		if (memory == MAP_FAILED)
			_exit(1);
		madvise(memory, size, MADV_HUGEPAGE);
		memset(memory, 0x5a, size);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* And the kernel's caches, from which most regions come. */
static void the_kernel_fills_memory(void)
{
	assert_int_equal(run("echo 1 >" DIRTY "fill"), 0);
}

static void is_zero(const char *how, unsigned int region, const char *bytes,
		    size_t size)
{
	size_t i;

	if (all_zero(bytes, size))
		return;
	for (i = 0; !bytes[i];)
		i++;
	fail_msg("region %u by %s: byte %zu is %#x", region, how, i,
		 (unsigned char)bytes[i]);
}

/* Every byte of a region, by every way to it. */
static void region_is_zero(int fd, unsigned int index)
{
	struct kregion_region_info info;
	char *mapping, *buf;
	size_t size;
	int mem;

	get_region_info(fd, index, &info);
	size = info.size;
	assert_true(size && size % page == 0);
	buf = malloc(size);
	memset(buf, 0x11, size);
	assert_int_equal(pread(fd, buf, size, (off_t)info.offset), size);
	is_zero("read", index, buf, size);

	mapping = map(fd, info.offset / page, size / page, RW, MAP_SHARED);
	is_zero("a shared mapping", index, mapping, size);
	mem = open_node("/proc/self/mem");
	memset(buf, 0x11, size);
	assert_int_equal(pread(mem, buf, size, (off_t)(uintptr_t)mapping),
			 size);
	is_zero("/proc/self/mem", index, buf, size);
	unmap(mapping, size / page);

	/* Also of the copies that the kernel makes. */
	mapping = map(fd, info.offset / page, size / page, RW, MAP_PRIVATE);
	is_zero("a private mapping", index, mapping, size);
	for (size_t i = 0; i < size; i += page)
		mapping[i] = 0;
	is_zero("private copies", index, mapping, size);
	unmap(mapping, size / page);
	close(mem);
	free(buf);
}

static void node_is_zero(void)
{
	int fd = open_node(NODE);
	unsigned int i, nr = count_regions(fd);

	assert_true(nr > 1);
	for (i = 0; i < nr; i++)
		region_is_zero(fd, i);
	close(fd);
}

/* That the two above do leave their pattern: without it the tests show nothing. */
static void memory_is_dirty_before(void **state)
{
	(void)state;
	if (!kernel_zeroes_nothing()) {
		print_message("this kernel zeroes by itself\n");
		return;
	}
	the_kernel_fills_memory();
	assert_true(read_number(DIRTY "left") >= 256);
}

static void regions_show_nothing_of_a_process(void **state)
{
	(void)state;
	unload();
	a_process_fills_memory();
	load_regions("", "");
	node_is_zero();
	load_regions("scope=open,", "");
	a_process_fills_memory();
	node_is_zero();
}

static void regions_show_nothing_of_the_kernel(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		unload();
		the_kernel_fills_memory();
		load_regions("", "");
		node_is_zero();
	}
	load_regions("scope=open,", "");
	for (i = 0; i < 2; i++) {
		the_kernel_fills_memory();
		node_is_zero();
	}
}

static void fill_device(const char *node)
{
	int fd = open_node(node);
	char buf[4096];
	off_t at = 0;

	memset(buf, 0xa5, sizeof(buf));
	while (pwrite(fd, buf, sizeof(buf), at) > 0)
		at += sizeof(buf);
	close(fd);
}

/* A device that is made again, smaller, has nothing of its bytes before. */
static void a_smaller_size_shows_nothing_of_the_larger(void **state)
{
	static const char *const sizes[] = { "1M", "64K", "20K", "4096", "1" };
	size_t i;

	(void)state;
	mount_configfs();
	assert_int_equal(run("cd " CONFIGFS " && mkdir lab lab/v lab/k"
			     " && echo kmalloc >lab/k/backend"), 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		int fd;

		/* udev may still look at the node. */
		assert_int_equal(run("udevadm settle; cd " CONFIGFS
				     " && echo 0 >lab/live"
				     " && echo %s >lab/v/size"
				     " && echo %s >lab/k/size"
				     " && echo 1 >lab/live", sizes[i],
				     sizes[i]), 0);
		fd = open_node("/dev/kregion-lab");
		region_is_zero(fd, 0);
		region_is_zero(fd, 1);
		close(fd);
		fill_device("/dev/kregion-lab");
	}
	assert_int_equal(run("udevadm settle; cd " CONFIGFS
			     " && echo 0 >lab/live && rmdir lab/v lab/k lab"),
			 0);
}

/* ---- answers of ioctls ---- */

/* All bytes of an answer are known: what is no field's value is 0. */
static void region_answers_are_whole(int fd, unsigned int index)
{
	struct kregion_region_info got[2] = {
		{ .argsz = sizeof(got[0]), .index = index },
		{ .argsz = sizeof(got[0]), .size = 1 },
	};
	struct kregion_region_info want;
	char path[128], text[64];

	memset(&want, 0, sizeof(want));
	want.argsz = sizeof(want);
	want.index = index;
	snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/offset", index);
	want.offset = (uint64_t)read_number(path);
	snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/size", index);
	want.size = (uint64_t)read_number(path);
	snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/backend",
		 index);
	read_text(path, text, sizeof(text));
	want.backend = strcmp(text, "kmalloc") ? KREGION_BACKEND_VMALLOC :
						 KREGION_BACKEND_KMALLOC;
	want.flags = KREGION_REGION_READ | KREGION_REGION_WRITE |
		     KREGION_REGION_MMAP |
		     (strcmp(text, "kmalloc") ? 0 : KREGION_REGION_CONTIGUOUS);
	snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/name", index);
	read_text(path, text, sizeof(text));
	memcpy(want.name, text, strlen(text));

	got[1].offset = want.offset;
	assert_int_equal(ioctl(fd, KREGION_GET_REGION_INFO, &got[0]), 0);
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &got[1]), 0);
	want.cache = got[0].cache;
	assert_true(want.cache <= KREGION_CACHE_UC);
	assert_memory_equal(&got[0], &want, sizeof(want));
	assert_memory_equal(&got[1], &want, sizeof(want));
}

static void device_answer_is_whole(int fd, unsigned int nr_regions)
{
	struct kregion_device_info got = { .argsz = sizeof(got) }, want;

	memset(&want, 0, sizeof(want));
	want.argsz = sizeof(want);
	want.nr_regions = nr_regions;
	want.page_size = (uint32_t)page;
	want.size = (uint64_t)read_number(CLASS "kregion0/size");
	assert_int_equal(ioctl(fd, KREGION_GET_DEVICE_INFO, &got), 0);
	assert_memory_equal(&got, &want, sizeof(want));
}

/* Behind a short name, in what pads a struct, on the kernel's stack. */
static void answers_show_nothing_of_the_kernel(void **state)
{
	pid_t child;
	int status;

	(void)state;
	unload();
	the_kernel_fills_memory();
	load_regions("", ",vmalloc:1p:name=x");
	the_kernel_fills_memory();
	child = fork_child();
	if (child == 0) {
		int fd = open_node(NODE);
		unsigned int i, nr = count_regions(fd);

		/* Not root, whom addresses are told. */
		assert_int_equal(setuid(NOBODY), 0);
		device_answer_is_whole(fd, nr);
		for (i = 0; i < nr; i++)
			region_answers_are_whole(fd, i);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_dirty_before),
		cmocka_unit_test(regions_show_nothing_of_a_process),
		cmocka_unit_test(regions_show_nothing_of_the_kernel),
		cmocka_unit_test(a_smaller_size_shows_nothing_of_the_larger),
		cmocka_unit_test(answers_show_nothing_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
