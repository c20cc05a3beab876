// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scope open: each open file has regions of its own, zeroed, charged to the opener,
 * and freed when the last descriptor and the last mapping are gone.
 */
#include "common.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define RW		(PROT_READ | PROT_WRITE)
#define LAYOUT		"regions='scope=open,vmalloc:16p,kmalloc:16p'"

static int load_open(void **state)
{
	(void)state;
	load(LAYOUT);
	return 0;
}

static void write_word(int fd, size_t at, uint32_t word)
{
	assert_int_equal(pwrite(fd, &word, sizeof(word), (off_t)(at * page)),
			 sizeof(word));
}

static uint32_t read_word(int fd, size_t at)
{
	uint32_t word;

	assert_int_equal(pread(fd, &word, sizeof(word), (off_t)(at * page)),
			 sizeof(word));
	return word;
}

/* ---- what it shows ---- */

static void sysfs_and_ioctl_tell_the_scope(void **state)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	char text[16];
	int fd = open_node(NODE);

	(void)state;
	read_text(CLASS "kregion0/scope", text, sizeof(text));
	assert_string_equal(text, "open");
	assert_int_equal(ioctl(fd, KREGION_GET_DEVICE_INFO, &info), 0);
	assert_int_equal(info.flags, KREGION_DEVICE_SCOPE_OPEN);
	assert_int_equal(info.nr_regions, 2);
	assert_int_equal(info.size, DEVICE_PAGES * page);
	/* There is no memory before an open, so there is no address. */
	assert_int_not_equal(access(CLASS "kregion0/regions/1/phys_addr", F_OK),
			     0);
	assert_int_not_equal(access(DEBUGFS "kregion0/0", F_OK), 0);
	close(fd);
}

static void each_open_has_its_own_address(void **state)
{
	uint64_t address[2];
	int fd[2], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct kregion_region_info info = {
			.argsz = sizeof(info),
			.index = 1,
		};

		fd[i] = open_node(NODE);
		assert_int_equal(ioctl(fd[i], KREGION_GET_REGION_INFO, &info),
				 0);
		assert_true(info.flags & KREGION_REGION_PHYS_ADDR);
		address[i] = info.phys_addr;
		assert_int_equal(page_flags(info.phys_addr / page) >>
				 KPF_RESERVED & 1, !page_flags_are_enforced());
	}
	assert_int_not_equal(address[0], address[1]);
	close(fd[0]);
	close(fd[1]);
	for (i = 0; i < 2; i++)
		assert_false(page_flags(address[i] / page) >> KPF_RESERVED & 1);
}

/* ---- whose bytes ---- */

static void opens_are_apart(void **state)
{
	char *buf = malloc(DEVICE_PAGES * page);
	int fd[3], i, at;

	(void)state;
	for (i = 0; i < 3; i++)
		fd[i] = open_node(NODE);
	for (i = 0; i < 3; i++) {
		for (at = 0; at < DEVICE_PAGES; at += REGION_PAGES) {
			read_pages(fd[i], at, buf, REGION_PAGES * page);
			assert_true(all_zero(buf, REGION_PAGES * page));
			fill(buf, REGION_PAGES * page, i * 2 + !!at);
			write_pages(fd[i], at, buf, REGION_PAGES * page);
		}
	}
	for (i = 0; i < 3; i++) {
		for (at = 0; at < DEVICE_PAGES; at += REGION_PAGES) {
			read_pages(fd[i], at, buf, REGION_PAGES * page);
			assert_true(filled(buf, REGION_PAGES * page,
					   i * 2 + !!at));
		}
		close(fd[i]);
	}
	free(buf);
}

static void leave_bytes_and_look_for_them(void)
{
	int i, at;

	for (i = 0; i < 20; i++) {
		int fd = open_node(NODE);

		for (at = 0; at < DEVICE_PAGES; at += REGION_PAGES) {
			char *mapping = map(fd, at, REGION_PAGES, RW,
					    MAP_SHARED);

			assert_true(all_zero(mapping, REGION_PAGES * page));
			memset(mapping, 0xa5, REGION_PAGES * page);
			unmap(mapping, REGION_PAGES);
		}
		close(fd);
	}
}

/* What one left behind is never seen by the next, though it gets the same pages. */
static void a_new_open_starts_zeroed(void **state)
{
	leave_bytes_and_look_for_them();
	if (ram_has_types()) {
		load("regions='scope=open,vmalloc:16p:wc,kmalloc:16p:uc'");
		leave_bytes_and_look_for_them();
	}
	load_open(state);
}

static void mapping_and_file_are_the_same_bytes(void **state)
{
	int fd = open_node(NODE), other = open_node(NODE), at;

	(void)state;
	for (at = 0; at < DEVICE_PAGES; at += REGION_PAGES) {
		uint32_t *shared = map(fd, at, 1, RW, MAP_SHARED);
		uint32_t *copy = map(fd, at, 1, RW, MAP_PRIVATE);

		*shared = 7;
		assert_int_equal(read_word(fd, at), 7);
		assert_int_equal(*copy, 7);
		*copy = 8;
		assert_int_equal(read_word(fd, at), 7);
		write_word(fd, at, 9);
		assert_int_equal(*shared, 9);
		assert_int_equal(read_word(other, at), 0);
		unmap(shared, 1);
		unmap(copy, 1);
	}
	close(fd);
	close(other);
}

static void limits_are_those_of_scope_shared(void **state)
{
	struct kregion_region_info find = { .argsz = sizeof(find) };
	int fd = open_node(NODE);
	char buf[100] = "";

	(void)state;
	refuse_map(fd, (off_t)(DEVICE_PAGES * page), page, RW, MAP_SHARED,
		   ENXIO);
	refuse_map(fd, (off_t)((REGION_PAGES - 1) * page), 2 * page, RW,
		   MAP_SHARED, EINVAL);
	assert_int_equal(pwrite(fd, buf, sizeof(buf),
				(off_t)(DEVICE_PAGES * page)), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(pwrite(fd, buf, sizeof(buf),
				(off_t)(DEVICE_PAGES * page - 10)), 10);
	assert_int_equal(pread(fd, buf, sizeof(buf),
			       (off_t)(DEVICE_PAGES * page)), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), DEVICE_PAGES * page);
	find.offset = (REGION_PAGES + 1) * page;
	find.size = (REGION_PAGES - 1) * page;
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &find), 0);
	assert_int_equal(find.backend, KREGION_BACKEND_KMALLOC);
	memset(&find, 0, sizeof(find));
	find.argsz = sizeof(find);
	find.offset = DEVICE_PAGES * page;
	find.size = 1;
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &find), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(ioctl(fd, _IO(KREGION_IOC_TYPE, 0x3f), &find), -1);
	assert_int_equal(errno, ENOTTY);
	close(fd);
}

/* ---- how long ---- */

/* Pages of one open that have the flag, see driver/reserve.c. */
static size_t reserved_by_one(void)
{
	return page_flags_are_enforced() ? REGION_PAGES : DEVICE_PAGES;
}

static void dup_and_fork_share_one_open(void **state)
{
	size_t before = reserved_pages();
	int fd = open_node(NODE), copy = dup(fd), status, ends[2];
	pid_t child;
	char byte;

	(void)state;
	write_word(fd, VMALLOC_AT, 1);
	assert_int_equal(read_word(copy, VMALLOC_AT), 1);
	close(fd);
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		uint32_t *mapping = map(copy, KMALLOC_AT, 1, RW, MAP_SHARED);

		*mapping = 3;
		close(ends[1]);
		unmap(mapping, 1);
		/* Until the parent has closed its own, and looked. */
		if (read(ends[0], &byte, 1))
			_exit(1);
		_exit(read_word(copy, VMALLOC_AT) != 1 ||
		      read_word(copy, KMALLOC_AT) != 3);
	}
	close(ends[0]);
	close(copy);
	/* Now only the child's descriptor holds it. */
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(reserved_pages(), before);
}

static void send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	assert_int_equal(sendmsg(socket, &msg, 0), 1);
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	assert_int_equal(recvmsg(socket, &msg, 0), 1);
	assert_non_null(CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* The receiver gets the sender's regions, also when the sender is gone. */
static void a_descriptor_can_be_passed_on(void **state)
{
	size_t before = reserved_pages();
	int sockets[2], status, fd;
	pid_t child;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	child = fork_child();
	if (child == 0) {
		fd = open_node(NODE);
		write_word(fd, VMALLOC_AT, 0x1234);
		send_fd(sockets[1], fd);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* Now only the message in the socket holds it. */
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	fd = receive_fd(sockets[0]);
	assert_int_equal(read_word(fd, VMALLOC_AT), 0x1234);
	close(fd);
	close(sockets[0]);
	close(sockets[1]);
	assert_int_equal(reserved_pages(), before);
}

/* The regions live by whichever of descriptor, mapping and child's mapping is last. */
static void a_mapping_outlives_close(void **state)
{
	size_t before = reserved_pages();
	int fd = open_node(NODE), ends[2], status;
	char *mapping = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	char *second = map(fd, KMALLOC_AT, 1, RW, MAP_PRIVATE), byte = 0;
	pid_t child;

	(void)state;
	fill(mapping, REGION_PAGES * page, 1);
	close(fd);
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1))
			_exit(1);
		_exit(!filled(mapping, REGION_PAGES * page, 1));
	}
	close(ends[0]);
	unmap(mapping, REGION_PAGES);
	unmap(second, 1);
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(reserved_pages(), before);
	assert_int_equal(mappings(), 0);
}

static void a_killed_process_leaves_nothing(void **state)
{
	size_t before = reserved_pages();
	int ends[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork_child();
	if (child == 0) {
		memset(map(open_node(NODE), 0, REGION_PAGES, RW, MAP_SHARED), 1,
		       REGION_PAGES * page);
		if (write(ends[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(reserved_pages(), before + reserved_by_one());
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(reserved_pages(), before);
	close(ends[0]);
	close(ends[1]);
}

/* ---- many ---- */

#define MANY	1000
#define THREADS	8

static int many[MANY];

static void *open_some(void *arg)
{
	size_t i;

	for (i = (size_t)arg; i < MANY; i += THREADS) {
		uint32_t word = (uint32_t)i + 1;

		many[i] = open(NODE, O_RDWR | O_CLOEXEC);
		if (many[i] < 0 ||
		    pwrite(many[i], &word, sizeof(word), 0) != sizeof(word))
			return (void *)1;
	}
	return NULL;
}

static void a_thousand_opens_at_once(void **state)
{
	struct rlimit limit = { MANY + 100, MANY + 100 };
	size_t before = reserved_pages(), i;
	pthread_t threads[THREADS];
	void *failed;

	(void)state;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, open_some,
						(void *)i), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(reserved_pages(), before + MANY * reserved_by_one());
	for (i = 0; i < MANY; i++)
		assert_int_equal(read_word(many[i], 0), i + 1);
	for (i = 0; i < MANY; i++)
		close(many[i]);
	assert_int_equal(reserved_pages(), before);
}

#define CGROUP	"/tmp/cgroup"
#define LIMIT	(64 << 20)

/* A cgroup of so many bytes. sid's root has no mount(8). */
static void make_cgroup(int limit)
{
	assert_int_equal(run("mkdir -p " CGROUP
			     " && /run/busybox mount -t cgroup2 none " CGROUP
			     " && echo +memory >" CGROUP
			     "/cgroup.subtree_control && mkdir " CGROUP
			     "/limited && echo %d >" CGROUP
			     "/limited/memory.max", limit), 0);
}

static void remove_cgroup(void)
{
	assert_int_equal(run("rmdir " CGROUP
			     "/limited && /run/busybox umount " CGROUP), 0);
}

/* Only the process is in the cgroup, on one CPU. */
static void enter_cgroup(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one) ||
	    run("echo %d >" CGROUP "/limited/cgroup.procs", (int)getpid()))
		_exit(202);
}

/* Open until it fails: how often it worked; that ENOMEM was the reason. */
static int opens_until_enomem(void)
{
	int n = 0, fd;

	while ((fd = open(NODE, O_RDWR)) >= 0) {
		char buf[64];

		/* The memory is charged at open, so use does not fail. */
		if (pwrite(fd, buf, sizeof(buf), 0) != sizeof(buf))
			_exit(200);
		n++;
	}
	_exit(errno == ENOMEM ? n : 201);
}

/* Pages of RAM that are not write-back. */
static long other_types(void)
{
	if (!ram_has_types())
		return 0;
	return strtol(ask_caches("count"), NULL, 10);
}

static void opens_in_cgroup(const char *layout)
{
	size_t before, per_open;
	int status, opens, round;
	long types;

	load(layout);
	if (ram_has_types())
		insert_test_module("kregion_caches");
	before = reserved_pages();
	types = other_types();
	close(open_node(NODE));
	per_open = (size_t)read_number(CLASS "kregion0/size");
	make_cgroup(LIMIT);
	for (round = 0; round < 3; round++) {
		pid_t child = fork_child();

		if (child == 0) {
			enter_cgroup();
			opens_until_enomem();
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		/* Refused, not killed. */
		assert_true(WIFEXITED(status));
		opens = WEXITSTATUS(status);
		assert_true(opens >= (int)(LIMIT / per_open / 2));
		assert_true(opens <= (int)(LIMIT / per_open));
		assert_int_equal(reserved_pages(), before);
		/* Also of the open that failed half way. */
		assert_int_equal(other_types(), types);
	}
	remove_module("kregion_caches");
	/* Only what is shared with the rest of the system may linger. */
	assert_int_equal(run("grep -q 'oom_kill 0' " CGROUP
			     "/limited/memory.events"), 0);
	assert_true(read_number(CGROUP "/limited/memory.current") < 8 << 20);
	remove_cgroup();
}

static void opens_until_the_cgroup_is_full(void **state)
{
	(void)state;
	opens_in_cgroup("regions='scope=open,vmalloc:512K,kmalloc:512K'");
	if (ram_has_types())
		opens_in_cgroup("regions='scope=open,vmalloc:512K:wc,kmalloc:512K:uc'");
	load_open(NULL);
}

/* A CPU takes 64 pages at once from the limit, to be used later. */
#define STOCK		(64 * 4096)

static long long charged(void)
{
	return read_number(CGROUP "/limited/memory.current");
}

static size_t charge_of_metadata;

/* 0, or what was wrong: charged at open with its lists of pages, not at close. */
static int open_is_charged(void)
{
	long long before = charged(), after;
	long long size = read_number(CLASS "kregion0/size");
	int fd = open(NODE, O_RDWR);

	if (fd < 0)
		return 3;
	after = charged();
	if (after - before < size + (long long)charge_of_metadata - STOCK)
		return 4;
	close(fd);
	return charged() - before <= 2 * STOCK ? 0 : 5;
}

static void is_charged(const char *layout, size_t metadata)
{
	load(layout);
	charge_of_metadata = metadata;
	make_cgroup(768 << 20);
	assert_int_equal(as(enter_cgroup, open_is_charged), 0);
	remove_cgroup();
}

/*
 * Each kind of memory; of the large ones also the lists of frame numbers and pages,
 * which are larger than what a CPU has in stock.
 */
static void opens_are_charged_until_they_are_closed(void **state)
{
	size_t list = (512 << 20) / page * sizeof(void *);

	(void)state;
	is_charged("regions='scope=open,kmalloc:4M,kmalloc:4M,kmalloc:4M'", 0);
	is_charged("regions='scope=open,vmalloc:512M'", list);
	if (ram_has_types()) {
		is_charged("regions='scope=open,kmalloc:4M:wc,kmalloc:4M:uc'",
			   0);
		is_charged("regions='scope=open,vmalloc:512M:wc'", 2 * list);
	}
	load_open(NULL);
}

/* Not even memory that is a thousand times the machine's leaves a trace. */
static void an_open_without_memory_is_enomem_and_silent(void **state)
{
	size_t before;
	int i;

	(void)state;
	load("regions='scope=open,vmalloc:1p,kmalloc:4M,vmalloc:1024G'");
	before = reserved_pages();
	log_mark();
	for (i = 0; i < 3; i++) {
		assert_int_equal(open(NODE, O_RDWR), -1);
		assert_int_equal(errno, ENOMEM);
	}
	assert_null(strstr(log_since_mark(), "kregion"));
	assert_int_equal(reserved_pages(), before);
	load_open(NULL);
}

static void two_devices_of_different_scope(void **state)
{
	int shared[2], own[2], i;

	(void)state;
	load("regions='vmalloc:1p;scope=open,vmalloc:1p'");
	for (i = 0; i < 2; i++) {
		shared[i] = open_node(NODE);
		own[i] = open_node("/dev/kregion1");
	}
	write_word(shared[0], 0, 1);
	write_word(own[0], 0, 2);
	assert_int_equal(read_word(shared[1], 0), 1);
	assert_int_equal(read_word(own[1], 0), 0);
	for (i = 0; i < 2; i++) {
		close(shared[i]);
		close(own[i]);
	}
	load_open(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sysfs_and_ioctl_tell_the_scope),
		cmocka_unit_test(each_open_has_its_own_address),
		cmocka_unit_test(opens_are_apart),
		cmocka_unit_test(a_new_open_starts_zeroed),
		cmocka_unit_test(mapping_and_file_are_the_same_bytes),
		cmocka_unit_test(limits_are_those_of_scope_shared),
		cmocka_unit_test(dup_and_fork_share_one_open),
		cmocka_unit_test(a_descriptor_can_be_passed_on),
		cmocka_unit_test(a_mapping_outlives_close),
		cmocka_unit_test(a_killed_process_leaves_nothing),
		cmocka_unit_test(a_thousand_opens_at_once),
		cmocka_unit_test(opens_until_the_cgroup_is_full),
		cmocka_unit_test(opens_are_charged_until_they_are_closed),
		cmocka_unit_test(an_open_without_memory_is_enomem_and_silent),
		cmocka_unit_test(two_devices_of_different_scope),
	};

	return cmocka_run_group_tests(tests, load_open, unload_module);
}
