// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sysfs, debugfs and the tracepoints show, and to whom. Nobody but root
 * may learn where in memory a region lies.
 */
#include "common.h"

#include <grp.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define DEVICE		CLASS "kregion0/"
#define PARAMETER	"/sys/module/kregion/parameters/regions"
#define RW		(PROT_READ | PROT_WRITE)

/* ---- files ---- */

static void mode_is(const char *path, unsigned int mode)
{
	struct stat st;

	if (stat(path, &st))
		fail_msg("%s: %s", path, strerror(errno));
	if ((st.st_mode & 07777) != mode || st.st_uid != 0)
		fail_msg("%s: mode %o of user %u", path, st.st_mode & 07777,
			 st.st_uid);
}

static void text_is(const char *path, const char *wanted)
{
	char text[128];

	read_text(path, text, sizeof(text));
	if (strcmp(text, wanted))
		fail_msg("%s: '%s', not '%s'", path, text, wanted);
}

/* One value, one newline, nothing behind. */
static void is_one_line(const char *path)
{
	char text[256];
	int fd = open_node_flags(path, O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text));

	assert_true(len > 1 && (size_t)len < sizeof(text));
	assert_ptr_equal(memchr(text, '\n', (size_t)len), text + len - 1);
	close(fd);
}

static const char *region_file(unsigned int index, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), DEVICE "regions/%u/%s", index, name);
	return path;
}

/* A file for all to read and none to write. */
static void public_file(const char *path, const char *wanted)
{
	mode_is(path, 0444);
	is_one_line(path);
	text_is(path, wanted);
}

static void device_files_are_right(void **state)
{
	struct stat st;
	char text[32];

	(void)state;
	public_file(DEVICE "size", "131072");
	public_file(DEVICE "mappings", "0");
	public_file(DEVICE "scope", "shared");
	assert_int_equal(stat(NODE, &st), 0);
	snprintf(text, sizeof(text), "%u:%u", major(st.st_rdev),
		 minor(st.st_rdev));
	public_file(DEVICE "dev", text);
}

static void uevent_names_the_node(void **state)
{
	char text[512], wanted[32];
	struct stat st;
	ssize_t len;
	int fd = open_node_flags(DEVICE "uevent", O_RDONLY);

	(void)state;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(len > 0);
	text[len] = '\0';
	assert_non_null(strstr(text, "DEVNAME=kregion0\n"));
	assert_int_equal(stat(NODE, &st), 0);
	snprintf(wanted, sizeof(wanted), "MAJOR=%u\n", major(st.st_rdev));
	assert_non_null(strstr(text, wanted));
	assert_non_null(strstr(text, "MINOR=0\n"));
}

static void region_files_are_right(void **state)
{
	(void)state;
	public_file(region_file(0, "backend"), "vmalloc");
	public_file(region_file(0, "name"), "region0");
	public_file(region_file(0, "size"), "65536");
	public_file(region_file(0, "offset"), "0");
	public_file(region_file(0, "cache"), "wb");

	public_file(region_file(1, "backend"), "kmalloc");
	public_file(region_file(1, "name"), "region1");
	public_file(region_file(1, "size"), "65536");
	public_file(region_file(1, "offset"), "65536");
	public_file(region_file(1, "cache"), "wb");

	assert_int_not_equal(access(DEVICE "regions/2", F_OK), 0);
}

static void only_contiguous_memory_has_an_address(void **state)
{
	(void)state;
	assert_int_not_equal(access(region_file(0, "phys_addr"), F_OK), 0);
	mode_is(region_file(1, "phys_addr"), 0400);
	is_one_line(region_file(1, "phys_addr"));
}

/* docs/abi.md has them all: a new one needs a test here. */
static void there_are_no_other_files(void **state)
{
	(void)state;
	assert_int_equal(run("test \"$(cd " DEVICE "regions/0 && echo *)\" ="
			     " 'backend cache name offset size'"), 0);
	assert_int_equal(run("test \"$(cd " DEVICE "regions/1 && echo *)\" ="
			     " 'backend cache name offset phys_addr size'"), 0);
	assert_int_equal(run("test \"$(cd " DEVICE "regions && echo *)\" ="
			     " '0 1'"), 0);
	/* power: where the kernel has power management. */
	assert_int_equal(run("test \"$(ls " DEVICE " | grep -vx power | xargs)\" ="
			     " 'dev mappings regions scope size subsystem"
			     " uevent'"), 0);
}

static void sysfs_and_ioctl_agree(void **state)
{
	static const char *const backends[] = { "kmalloc", "vmalloc" };
	struct kregion_device_info device = { .argsz = sizeof(device) };
	unsigned int i;
	int fd;

	(void)state;
	load("'regions=kmalloc:3p:name=first,vmalloc:100K:ro,kmalloc:5000,"
	     "vmalloc:1:name=name-of-31-characters----------'");
	fd = open_node(NODE);
	assert_int_equal(ioctl(fd, KREGION_GET_DEVICE_INFO, &device), 0);
	assert_int_equal(device.nr_regions, 4);
	assert_int_equal(read_number(DEVICE "size"), device.size);
	for (i = 0; i < device.nr_regions; i++) {
		struct kregion_region_info info = {
			.argsz = sizeof(info),
			.index = i,
		};
		bool has_address;

		assert_int_equal(ioctl(fd, KREGION_GET_REGION_INFO, &info), 0);
		public_file(region_file(i, "name"), (char *)info.name);
		public_file(region_file(i, "backend"), backends[info.backend]);
		assert_int_equal(read_number(region_file(i, "size")),
				 info.size);
		assert_int_equal(read_number(region_file(i, "offset")),
				 info.offset);
		assert_int_equal(info.cache, KREGION_CACHE_WB);
		public_file(region_file(i, "cache"), "wb");
		has_address = !access(region_file(i, "phys_addr"), F_OK);
		assert_int_equal(has_address,
				 !!(info.flags & KREGION_REGION_CONTIGUOUS));
	}
	close(fd);
	load("");
}

/* ---- mappings ---- */

static void mappings_are_counted(void **state)
{
	int fd = open_node(NODE);
	char *a, *b;

	(void)state;
	assert_int_equal(mappings(), 0);
	a = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	assert_int_equal(mappings(), 1);
	b = map(fd, KMALLOC_AT, 1, PROT_READ, MAP_PRIVATE);
	assert_int_equal(mappings(), 2);
	close(fd);
	assert_int_equal(mappings(), 2);
	unmap(a, REGION_PAGES);
	assert_int_equal(mappings(), 1);
	unmap(b, 1);
	assert_int_equal(mappings(), 0);
}

/* A hole makes two of one; a piece from an end leaves one. */
static void pieces_of_a_mapping_are_counted(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		char *address = map(fd, at[i], REGION_PAGES, RW, MAP_SHARED);

		unmap(address, 1);
		assert_int_equal(mappings(), 1);
		unmap(address + (REGION_PAGES - 1) * page, 1);
		assert_int_equal(mappings(), 1);
		unmap(address + 5 * page, 2);
		assert_int_equal(mappings(), 2);
		assert_int_equal(mprotect(address + 10 * page, page, PROT_READ),
				 0);
		assert_int_equal(mappings(), 4);
		unmap(address, REGION_PAGES);
		assert_int_equal(mappings(), 0);
	}
	close(fd);
}

/* The child tells by a byte that it is there, and ends by one. */
static void fork_and_exit_are_counted(void **state)
{
	int fd = open_node(NODE), up[2], down[2];
	char *a = map(fd, VMALLOC_AT, 2, RW, MAP_SHARED);
	char *b = map(fd, KMALLOC_AT, 2, RW, MAP_PRIVATE);
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	assert_int_equal(mappings(), 2);
	child = fork_child();
	if (child == 0) {
		byte = 1;
		_exit(write(up[1], &byte, 1) != 1 ||
		      read(down[0], &byte, 1) != 1);
	}
	assert_int_equal(read(up[0], &byte, 1), 1);
	assert_int_equal(mappings(), 4);
	assert_int_equal(write(down[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(mappings(), 2);
	unmap(a, 2);
	unmap(b, 2);
	assert_int_equal(mappings(), 0);
	close(up[0]);
	close(up[1]);
	close(down[0]);
	close(down[1]);
	close(fd);
}

static void moving_a_mapping_keeps_the_count(void **state)
{
	int fd = open_node(NODE);
	void *from = map(fd, KMALLOC_AT, 4, RW, MAP_SHARED);
	void *to = mmap(NULL, 4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	(void)state;
	assert_ptr_not_equal(to, MAP_FAILED);
	assert_ptr_equal(mremap(from, 4 * page, 4 * page,
				MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	assert_int_equal(mappings(), 1);
	unmap(to, 4);
	assert_int_equal(mappings(), 0);
	close(fd);
}

static void each_device_counts_its_own(void **state)
{
	void *address;
	int fd;

	(void)state;
	load("'regions=vmalloc:1p;kmalloc:1p'");
	fd = open_node("/dev/kregion1");
	address = map(fd, 0, 1, PROT_READ, MAP_SHARED);
	text_is(CLASS "kregion0/mappings", "0");
	text_is(CLASS "kregion1/mappings", "1");
	unmap(address, 1);
	text_is(CLASS "kregion1/mappings", "0");
	close(fd);
	load("");
}

/* ---- what only root may see ---- */

static void phys_addr_is_that_of_the_first_page(void **state)
{
	uint64_t pfns[REGION_PAGES];
	unsigned long long address;
	size_t i;

	(void)state;
	address = (unsigned long long)read_number(region_file(1, "phys_addr"));
	read_pfns("kregion0", 1, pfns, REGION_PAGES);
	assert_true(address != 0 && address % page == 0);
	assert_true(address / page == pfns[0]);
	for (i = 1; i < REGION_PAGES; i++)
		assert_true(pfns[i] == pfns[0] + i);
}

/* Root's own view of the two files, so that the next test means something. */
static void debugfs_is_for_root(void **state)
{
	(void)state;
	mode_is("/sys/kernel/debug", 0700);
	mode_is(DEBUGFS "kregion0/0/pfns", 0400);
	mode_is(DEBUGFS "kregion0/1/pfns", 0400);
	mode_is(DEBUGFS "kregion0/0/reserved", 0400);
	mode_is(DEBUGFS "kregion0/1/reserved", 0400);
	is_one_line(DEBUGFS "kregion0/0/reserved");
}

/* What open(2) of @path gives nobody: 0 or the errno. */
static int open_as_nobody(const char *path, int flags)
{
	pid_t child = fork_child();
	int status;

	if (child == 0) {
		become_nobody();
		_exit(open(path, flags) < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void nobody_sees_what_is_public(void **state)
{
	(void)state;
	assert_int_equal(open_as_nobody(DEVICE "size", O_RDONLY), 0);
	assert_int_equal(open_as_nobody(DEVICE "mappings", O_RDONLY), 0);
	assert_int_equal(open_as_nobody(region_file(1, "name"), O_RDONLY), 0);
	assert_int_equal(open_as_nobody(region_file(1, "offset"), O_RDONLY), 0);
}

static void nobody_sees_no_address_and_writes_nothing(void **state)
{
	(void)state;
	assert_int_equal(open_as_nobody(region_file(1, "phys_addr"), O_RDONLY),
			 EACCES);
	assert_int_equal(open_as_nobody(DEBUGFS, O_RDONLY | O_DIRECTORY),
			 EACCES);
	assert_int_equal(open_as_nobody(DEBUGFS "kregion0/0/pfns", O_RDONLY),
			 EACCES);
	assert_int_equal(open_as_nobody(DEBUGFS "kregion0/1/pfns", O_RDONLY),
			 EACCES);
	assert_int_equal(open_as_nobody(DEBUGFS "kregion0/1/reserved",
					O_RDONLY), EACCES);
	assert_int_equal(open_as_nobody(DEVICE "size", O_WRONLY), EACCES);
	assert_int_equal(open_as_nobody(DEVICE "uevent", O_WRONLY), EACCES);
	assert_int_equal(open_as_nobody(region_file(0, "name"), O_WRONLY),
			 EACCES);
	assert_int_equal(open_as_nobody(PARAMETER, O_WRONLY), EACCES);
}

static int open_as_nobody_or_member(bool member)
{
	struct group *group = getgrnam("kregion");
	pid_t child;
	int status;

	assert_non_null(group);
	child = fork_child();
	if (child == 0) {
		gid_t gid = group->gr_gid;

		if (setgroups(member, &gid) || setgid(NOBODY) || setuid(NOBODY))
			_exit(100);
		_exit(open(NODE, O_RDWR) < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void node_is_for_root_and_the_group_kregion(void **state)
{
	struct group *group = getgrnam("kregion");
	struct stat before, after;
	int failed;

	(void)state;
	assert_non_null(group);
	assert_int_equal(run("udevadm settle && udevadm control --stop-exec-queue"), 0);
	failed = try_load("") || stat(NODE, &before);
	/* Before anything can end the test: all later ones need udev. */
	assert_int_equal(run("udevadm control --start-exec-queue && udevadm settle"), 0);
	assert_false(failed);
	assert_int_equal(before.st_mode & 07777, 0600);
	assert_int_equal(before.st_uid, 0);
	assert_int_equal(before.st_gid, 0);

	mode_is(NODE, 0660);
	assert_int_equal(stat(NODE, &after), 0);
	assert_int_equal(after.st_gid, group->gr_gid);
	assert_int_equal(open_as_nobody_or_member(false), EACCES);
	assert_int_equal(open_as_nobody_or_member(true), 0);
}

/* Does nobody find @expression in any file that he can read? */
static bool nobody_finds(const char *expression)
{
	int status;
	pid_t child = fork_child();

	if (child == 0) {
		become_nobody();
		/* grep -r follows no link; DEVICE is one. */
		_exit(run("grep -rsaE '%s' \"$(realpath " DEVICE ")\""
			  " /sys/module/kregion | grep -q ''", expression));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status) == 0;
}

static void nobody_finds_no_kernel_address(void **state)
{
	char address[32];

	(void)state;
	assert_true(nobody_finds("^kmalloc$"));
	assert_true(nobody_finds("^vmalloc:16p"));
	assert_false(nobody_finds("ffff[0-9a-f]{12}"));
	read_text(region_file(1, "phys_addr"), address, sizeof(address));
	assert_memory_equal(address, "0x", 2);
	assert_false(nobody_finds(address + 2));
}

/* ---- tracepoints ---- */

static const char *trace;

static unsigned int count_trace(const char *event)
{
	const char *at = trace;
	unsigned int n = 0;

	for (; (at = strstr(at, event)); at++)
		n++;
	return n;
}

static void traced(const char *line)
{
	if (count_trace(line) != 1)
		fail_msg("'%s' is there %u times in:\n%s", line,
			 count_trace(line), trace);
}

static void all_events_exist(void **state)
{
	static const char *const events[] = {
		"kregion_mmap", "kregion_munmap", "kregion_refused",
		"kregion_region_alloc", "kregion_region_free",
	};
	char path[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), "events/kregion/%s/format",
			 events[i]);
		if (access(tracefs(path), R_OK))
			fail_msg("no %s", path);
	}
}

static void mapping_is_traced(void **state)
{
	int fd = open_node(NODE);
	char *a, *b, *c;

	(void)state;
	trace_start();
	a = map(fd, VMALLOC_AT + 3, 5, RW, MAP_SHARED);
	b = map(fd, KMALLOC_AT + 2, 4, RW, MAP_PRIVATE);
	c = map(fd, KMALLOC_AT, 16, PROT_READ, MAP_SHARED);
	unmap(a, 5);
	unmap(b, 4);
	unmap(c, 16);
	trace = trace_stop();
	assert_int_equal(count_trace(" kregion_"), 6);
	traced(" kregion_mmap: minor=0 region=0 offset_in_region=12288"
	       " len=20480\n");
	traced(" kregion_mmap: minor=0 region=1 offset_in_region=8192"
	       " len=16384\n");
	traced(" kregion_mmap: minor=0 region=1 offset_in_region=0"
	       " len=65536\n");
	traced(" kregion_munmap: minor=0 region=0 offset_in_region=12288"
	       " len=20480\n");
	/* The kernel itself changes the offset of a private one. */
	traced(" kregion_munmap: minor=0 region=1 offset_in_region=8192"
	       " len=16384\n");
	traced(" kregion_munmap: minor=0 region=1 offset_in_region=0"
	       " len=65536\n");
	close(fd);
}

static void what_is_refused_is_traced(void **state)
{
	struct kregion_region_info info = {
		.argsz = sizeof(info),
		.offset = 100,
		.size = 65536,
	};
	int fd = open_node(NODE);

	(void)state;
	trace_start();
	refuse_map(fd, (off_t)(DEVICE_PAGES * page), page, RW, MAP_SHARED,
		   ENXIO);
	refuse_map(fd, 0, DEVICE_PAGES * page, RW, MAP_SHARED, EINVAL);
	assert_int_equal(pwrite(fd, "xyz", 3, (off_t)(DEVICE_PAGES * page)),
			 -1);
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &info), -1);
	trace = trace_stop();
	assert_int_equal(count_trace(" kregion_"), 4);
	traced(" kregion_refused: minor=0 op=mmap offset=131072 len=4096"
	       " err=-6\n");
	traced(" kregion_refused: minor=0 op=mmap offset=0 len=131072"
	       " err=-22\n");
	traced(" kregion_refused: minor=0 op=write offset=131072 len=3"
	       " err=-28\n");
	traced(" kregion_refused: minor=0 op=find offset=100 len=65536"
	       " err=-22\n");
	close(fd);
}

/*
 * The events of kregion.ko go when it is unloaded, so the device whose coming
 * and going is traced is one of another module.
 */
static void allocation_and_freeing_are_traced(void **state)
{
	(void)state;
	trace_start();
	assert_int_equal(run("modprobe kregion_demo"), 0);
	remove_module("kregion_demo");
	trace = trace_stop();
	traced(" kregion_region_alloc: minor=1 region=0 backend=vmalloc"
	       " offset=0 size=65536\n");
	traced(" kregion_region_alloc: minor=1 region=1 backend=kmalloc"
	       " offset=65536 size=65536\n");
	traced(" kregion_region_alloc: minor=1 region=2 backend=kmalloc"
	       " offset=131072 size=4096\n");
	traced(" kregion_region_free: minor=1 region=0 backend=vmalloc"
	       " offset=0 size=65536\n");
	traced(" kregion_region_free: minor=1 region=1 backend=kmalloc"
	       " offset=65536 size=65536\n");
	traced(" kregion_region_free: minor=1 region=2 backend=kmalloc"
	       " offset=131072 size=4096\n");
	assert_null(strstr(trace, "ffff"));
}

static void nothing_is_traced_when_it_is_off(void **state)
{
	int fd = open_node(NODE);

	(void)state;
	write_trace("events/kregion/enable", "0");
	write_trace("trace", "\n");
	unmap(map(fd, 0, 1, RW, MAP_SHARED), 1);
	trace = trace_stop();
	assert_int_equal(count_trace(" kregion_"), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(device_files_are_right),
		cmocka_unit_test(uevent_names_the_node),
		cmocka_unit_test(region_files_are_right),
		cmocka_unit_test(only_contiguous_memory_has_an_address),
		cmocka_unit_test(there_are_no_other_files),
		cmocka_unit_test(sysfs_and_ioctl_agree),
		cmocka_unit_test(mappings_are_counted),
		cmocka_unit_test(pieces_of_a_mapping_are_counted),
		cmocka_unit_test(fork_and_exit_are_counted),
		cmocka_unit_test(moving_a_mapping_keeps_the_count),
		cmocka_unit_test(each_device_counts_its_own),
		cmocka_unit_test(phys_addr_is_that_of_the_first_page),
		cmocka_unit_test(debugfs_is_for_root),
		cmocka_unit_test(nobody_sees_what_is_public),
		cmocka_unit_test(nobody_sees_no_address_and_writes_nothing),
		cmocka_unit_test(node_is_for_root_and_the_group_kregion),
		cmocka_unit_test(nobody_finds_no_kernel_address),
		cmocka_unit_test(all_events_exist),
		cmocka_unit_test(mapping_is_traced),
		cmocka_unit_test(what_is_refused_is_traced),
		cmocka_unit_test(allocation_and_freeing_are_traced),
		cmocka_unit_test(nothing_is_traced_when_it_is_off),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
