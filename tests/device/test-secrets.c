// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical addresses are for root alone, kernel addresses for nobody: what a user who
 * may open the node can find in ioctl answers, sysfs, the log and /proc/self, and what
 * the trace tells.
 */
#include "common.h"

#include <inttypes.h>
#include <sys/ioctl.h>

#define RW		(PROT_READ | PROT_WRITE)
#define LAYOUT(cache)	"regions=kmalloc:4p,kmalloc:4p:" cache ",vmalloc:4p"
#define REGIONS		3

/* Of the contiguous regions, as root sees them. */
static uint64_t address[2];

static int load_layout(void **state)
{
	char path[64];
	int i;

	(void)state;
	load(ram_has_types() ? LAYOUT("wc") : LAYOUT("wb"));
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path),
			 CLASS "kregion0/regions/%d/phys_addr", i);
		address[i] = (uint64_t)read_number(path);
		assert_int_not_equal(address[i], 0);
	}
	return 0;
}

static bool holds_an_address(const void *bytes, size_t len)
{
	int i;

	for (i = 0; i < 2; i++) {
		uint64_t pfn = address[i] / page;

		if (memmem(bytes, len, &address[i], sizeof(address[i])) ||
		    memmem(bytes, len, &pfn, sizeof(pfn)))
			return true;
	}
	return false;
}

/* 1: an ioctl told an address; 2: a flag says that it did; 3: it failed. */
static int ioctl_tells(void)
{
	int fd = open(NODE, O_RDWR);
	unsigned int i;

	for (i = 0; i < REGIONS; i++) {
		struct kregion_region_info info[2] = {
			{ .argsz = sizeof(info[0]), .index = i },
			{ .argsz = sizeof(info[0]), .size = 1,
			  .offset = i * 4 * page },
		};

		if (ioctl(fd, KREGION_GET_REGION_INFO, &info[0]) ||
		    ioctl(fd, KREGION_FIND_REGION, &info[1]))
			return 3;
		if (memcmp(&info[0], &info[1], sizeof(info[0])))
			return 4;
		if (info[0].flags & KREGION_REGION_PHYS_ADDR)
			return 2;
		if (info[0].phys_addr ||
		    holds_an_address(info, sizeof(info)))
			return 1;
	}
	return 0;
}

static void ioctl_tells_the_address_to_root_alone(void **state)
{
	(void)state;
	wait_for_group(NODE);
	assert_int_equal(as(stay_root, ioctl_tells), 2);
	assert_int_equal(as(become_member, ioctl_tells), 0);
}

static void root_of_a_user_namespace_is_an_ordinary_user(void **state)
{
	int status;

	(void)state;
	wait_for_group(NODE);
	status = as(become_root_of_a_user_namespace, ioctl_tells);
	assert_int_equal(status, 0);
}

/* 0: open(2) or read(2) fails; 1: a byte can be read. */
static int file_tells(const char *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static int files_tell(void)
{
	return file_tells(CLASS "kregion0/regions/0/phys_addr") +
	       file_tells(CLASS "kregion0/regions/1/phys_addr") +
	       file_tells(DEBUGFS "kregion0/0/pfns") +
	       file_tells(DEBUGFS "kregion0/2/pfns");
}

static void root_without_capabilities_is_told_no_address(void **state)
{
	(void)state;
	assert_int_equal(as(stay_root, files_tell), 4);
	assert_int_equal(as(become_root_without_capabilities, files_tell), 0);
	assert_int_equal(as(become_root_without_capabilities, ioctl_tells), 0);
}

/* An address of the kernel's half: 16 digits of hex, or 20 decimal ones. */
static bool begins_with_a_kernel_address(const char *text)
{
	return (!strncmp(text, "ffff", 4) &&
		strspn(text, "0123456789abcdef") >= 16) ||
	       (!strncmp(text, "18446", 5) && strspn(text, "0123456789") >= 20);
}

/* The address, or a kernel address, as text in any spelling. */
static bool text_tells(const char *text)
{
	char spelled[64];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(spelled, sizeof(spelled), "%" PRIx64, address[i]);
		if (strstr(text, spelled))
			return true;
		snprintf(spelled, sizeof(spelled), "%" PRIu64, address[i]);
		if (strstr(text, spelled))
			return true;
	}
	for (; *text; text++) {
		if (begins_with_a_kernel_address(text))
			return true;
	}
	return false;
}

static char text[1 << 18];

/* All lines of @path that have @word. */
static void read_lines(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	size_t len = 0;
	char line[512];

	if (!file)
		_exit(103);
	text[0] = '\0';
	while (fgets(line, sizeof(line), file) &&
	       len + sizeof(line) < sizeof(text)) {
		if (strstr(line, word))
			len += (size_t)sprintf(text + len, "%s", line);
	}
	fclose(file);
}

/* Map all regions in every way, look at all that /proc says of the mappings. */
static int proc_tells(void)
{
	static const char *const files[] = { "/proc/self/maps",
					     "/proc/self/smaps",
					     "/proc/self/numa_maps" };
	int fd = open(NODE, O_RDWR);
	char *mapping;
	size_t i;

	for (i = 0; i < REGIONS * 2; i++) {
		mapping = try_map(fd, i / 2 * 4, 4, RW,
				  i % 2 ? MAP_PRIVATE : MAP_SHARED);
		if (mapping == MAP_FAILED)
			return 3;
		mapping[page] = 1;
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		const char *c;
		int lines = 0;

		/* Only kernels for several memory nodes have numa_maps. */
		if (i == 2 && access(files[i], F_OK))
			continue;
		read_lines(files[i], i == 2 ? "file=" : NODE);
		if (text_tells(text))
			return 1;
		for (c = text; (c = strchr(c, '\n')); c++)
			lines++;
		/* Each mapping is there, with its own offset. */
		if (i < 2 && lines < REGIONS * 2)
			return 4;
		if (i < 2 && (!strstr(text, " 00000000 ") ||
			      !strstr(text, " 00004000 ") ||
			      !strstr(text, " 00008000 ")))
			return 5;
	}
	return 0;
}

static void maps_show_no_address(void **state)
{
	(void)state;
	wait_for_group(NODE);
	assert_int_equal(as(become_member, proc_tells), 0);
	assert_int_equal(as(stay_root, proc_tells), 0);
}

/* The frame number, bits 0 .. 54, that this process is told of the page at @address. */
static uint64_t frame_of(const void *address)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (pread(pagemap, &entry, sizeof(entry),
		  (off_t)((uintptr_t)address / page * sizeof(entry))) != sizeof(entry))
		_exit(103);
	close(pagemap);
	return entry & ((1ULL << 55) - 1);
}

/* Of a page of ordinary memory. */
static int pagemap_tells_frames(void)
{
	char byte = 1;

	return frame_of(&byte) != 0;
}

static int pagemap_tells(void)
{
	int fd = open(NODE, O_RDWR), i;
	volatile char *mapping;

	for (i = 0; i < REGIONS * 2; i++) {
		mapping = try_map(fd, (size_t)i / 2 * 4, 4, RW,
				  i % 2 ? MAP_PRIVATE : MAP_SHARED);
		if (mapping == MAP_FAILED)
			return 3;
		(void)mapping[0];
		if (frame_of((void *)mapping))
			return 1;
	}
	return 0;
}

/* The kernel tells frames to root alone, but root is not told those of a region. */
static void pagemap_shows_no_frame(void **state)
{
	(void)state;
	wait_for_group(NODE);
	assert_int_equal(as(become_member, pagemap_tells), 0);
	assert_int_equal(as(stay_root, pagemap_tells_frames), 1);
	assert_int_equal(as(stay_root, pagemap_tells), 0);
}

#define FIND	" grep -rsaiE '%s' \"$(realpath " CLASS "kregion0)\"" \
		" /sys/module/kregion | grep -q ''"
#define AS_USER	"setpriv --reuid nobody --regid kregion --clear-groups"

static void sysfs_shows_no_address(void **state)
{
	char pattern[64];
	int i;

	(void)state;
	/* He does find what is public: the search works. */
	assert_int_equal(run(AS_USER FIND, "^vmalloc$"), 0);
	for (i = 0; i < 2; i++) {
		snprintf(pattern, sizeof(pattern), "%" PRIx64 "|%" PRIu64,
			 address[i], address[i]);
		assert_int_equal(run(AS_USER FIND, pattern), 1);
		assert_int_equal(run(FIND, pattern), 0);
	}
	assert_int_equal(run(AS_USER FIND, "ffff[0-9a-f]{12}"), 1);
}

/* From loading to unloading, with all that is refused in between. */
static void the_log_shows_no_address(void **state)
{
	const char *log;
	int fd;

	(void)state;
	log_mark();
	load_layout(NULL);
	fd = open_node(NODE);
	assert_ptr_equal(try_map(fd, 100, 1, RW, MAP_SHARED), MAP_FAILED);
	close(fd);
	unload();
	log = log_since_mark();
	assert_non_null(strstr(log, "kregion0: created"));
	/* Not only our own lines: x86's memory types speak of ranges, too. */
	if (text_tells(log))
		fail_msg("the log says: %s", log);
	load_layout(NULL);
}

/* All that a mapping, reading, writing and what is refused leave in the trace. */
static void the_trace_shows_no_address(void **state)
{
	struct kregion_region_info info = { .argsz = sizeof(info) };
	const char *trace;
	char byte = 0;
	int fd, i;

	(void)state;
	fd = open_node(NODE);
	trace_start();
	for (i = 0; i < REGIONS; i++) {
		char *mapping = map(fd, (size_t)i * 4, 4, RW, MAP_SHARED);

		assert_int_equal(pread(fd, &byte, 1, (off_t)(i * 4 * page)), 1);
		assert_int_equal(pwrite(fd, &byte, 1, (off_t)(i * 4 * page)), 1);
		unmap(mapping, 4);
	}
	assert_ptr_equal(try_map(fd, 100, 1, RW, MAP_SHARED), MAP_FAILED);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)(100 * page)), -1);
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &info), -1);
	trace = trace_stop();
	close(fd);
	assert_non_null(strstr(trace, " kregion_mmap: "));
	assert_non_null(strstr(trace, " kregion_munmap: "));
	assert_non_null(strstr(trace, " op=mmap "));
	assert_non_null(strstr(trace, " op=write "));
	assert_non_null(strstr(trace, " op=find "));
	if (text_tells(trace))
		fail_msg("the trace says: %s", trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ioctl_tells_the_address_to_root_alone),
		cmocka_unit_test(root_of_a_user_namespace_is_an_ordinary_user),
		cmocka_unit_test(root_without_capabilities_is_told_no_address),
		cmocka_unit_test(maps_show_no_address),
		cmocka_unit_test(pagemap_shows_no_frame),
		cmocka_unit_test(sysfs_shows_no_address),
		cmocka_unit_test(the_log_shows_no_address),
		cmocka_unit_test(the_trace_shows_no_address),
	};

	return cmocka_run_group_tests(tests, load_layout, unload_module);
}
