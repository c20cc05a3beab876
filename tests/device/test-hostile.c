// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a member of the group may try with a node and its mappings, beyond what it is
 * for: none of it gives more than the region's bytes, for no longer than the mapping.
 */
#include "common.h"

#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define RW		(PROT_READ | PROT_WRITE)
#define RWX		(RW | PROT_EXEC)
#define RO_AT		32	/* page offset of a region for reading only */
#define LAYOUT		"regions=vmalloc:16p,kmalloc:16p,vmalloc:16p:ro"

static int load_layout(void **state)
{
	(void)state;
	load(LAYOUT);
	wait_for_group(NODE);
	return 0;
}

/* The regions' own bytes, a pattern that is different in each. */
static void fill_regions(int fd)
{
	char *buf = malloc(REGION_PAGES * page);

	fill(buf, REGION_PAGES * page, VMALLOC_AT);
	write_pages(fd, VMALLOC_AT, buf, REGION_PAGES * page);
	fill(buf, REGION_PAGES * page, KMALLOC_AT);
	write_pages(fd, KMALLOC_AT, buf, REGION_PAGES * page);
	free(buf);
}

static bool region_is_filled(int fd, size_t at)
{
	char *buf = malloc(REGION_PAGES * page);
	bool right;

	read_pages(fd, at, buf, REGION_PAGES * page);
	right = filled(buf, REGION_PAGES * page, at);
	free(buf);
	return right;
}

/* Look at a @mapping of the region at page @at; @fd is open for writing. */
typedef void (*check_fn)(int fd, char *mapping, size_t at, int flags);

/* Do @check for each region that can be written, mapped in each way. */
static void check_mappings(check_fn check)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(NODE);
	size_t at, i;

	for (at = 0; at < DEVICE_PAGES; at += REGION_PAGES) {
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			char *mapping;

			fill_regions(fd);
			mapping = map(fd, at, REGION_PAGES, RW, flags[i]);
			check(fd, mapping, at, flags[i]);
			unmap(mapping, REGION_PAGES);
		}
	}
	assert_int_equal(mappings(), 0);
	close(fd);
}

/* ---- code ---- */

/* Old programs get PROT_EXEC with each PROT_READ. */
static int exec_by_personality(void)
{
	static const size_t at[] = { VMALLOC_AT, KMALLOC_AT, RO_AT };
	int fd = open(NODE, O_RDWR);
	char *mapping;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		mapping = try_map(fd, at[i], 1, PROT_READ, MAP_SHARED);
		if (mapping == MAP_FAILED)
			return 3;
		personality(READ_IMPLIES_EXEC);
		if (try_map(fd, at[i], 1, PROT_READ, MAP_SHARED) != MAP_FAILED ||
		    errno != EPERM)
			return 4;
		if (try_map(fd, at[i], 1, PROT_READ, MAP_PRIVATE) !=
		    MAP_FAILED || errno != EPERM)
			return 5;
		/* Here the kernel asks what the mapping may become. */
		if (mprotect(mapping, page, PROT_READ))
			return 6;
		personality(PER_LINUX);
		if (!run("grep '^%lx-[0-9a-f]* r.x' /proc/%d/maps",
			 (unsigned long)mapping, (int)getpid()))
			return 7;
	}
	return 0;
}

static void personality_makes_nothing_executable(void **state)
{
	(void)state;
	assert_int_equal(as(become_member, exec_by_personality), 0);
}

static void protection_keys_check(int fd, char *mapping, size_t at, int flags)
{
	static const int prots[] = { PROT_EXEC, PROT_READ | PROT_EXEC, RWX };
	int key = (int)syscall(SYS_pkey_alloc, 0, 0), keys[] = { -1, key };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		assert_ptr_equal(try_map(fd, at, 1, prots[i], flags),
				 MAP_FAILED);
		assert_int_equal(errno, EPERM);
		/* Where the CPU has no keys, only -1 is one. */
		for (j = 0; j < ARRAY_SIZE(keys); j++) {
			assert_int_equal(syscall(SYS_pkey_mprotect, mapping,
						 page, prots[i], keys[j]), -1);
			assert_int_equal(errno, EACCES);
			if (key < 0)
				break;
		}
	}
	if (key >= 0)
		syscall(SYS_pkey_free, key);
}

static void protection_keys_make_nothing_executable(void **state)
{
	(void)state;
	/* Of no page: 0 where there is such a call. */
	if (syscall(SYS_pkey_mprotect, NULL, 0, 0, -1)) {
		print_message("protection keys: %s\n", strerror(errno));
		skip();
	}
	check_mappings(protection_keys_check);
}

static void the_node_is_no_program(void **state)
{
	(void)state;
	assert_int_equal(execl(NODE, NODE, NULL), -1);
	assert_int_equal(errno, EACCES);
}

/* ---- mappings bent and moved ---- */

#define COPIED	0x77	/* what a process has in its own copy of the first page */

static char *big_buf;

/* A mapping shows its region, but for what was copied. */
static bool shows_region(const char *mapping, size_t at, bool copied)
{
	memcpy(big_buf, mapping, REGION_PAGES * page);
	if (copied && big_buf[0] != COPIED)
		return false;
	if (copied)
		fill(big_buf, page, at);
	return filled(big_buf, REGION_PAGES * page, at);
}

static void advice_check(int fd, char *mapping, size_t at, int flags)
{
	bool copied = flags == MAP_PRIVATE;
	pid_t child = fork_child();
	int status, advice;

	if (child == 0) {
		if (copied)
			memset(mapping, COPIED, page);
		become_nobody();
		for (advice = 0; advice < 128; advice++) {
			int ret = madvise(mapping, REGION_PAGES * page, advice);

			/* It stays out of core dumps and other ways to pages. */
			if (advice == MADV_DODUMP && !ret)
				_exit(200);
			if (!shows_region(mapping, at, copied) ||
			    !region_is_filled(fd, at))
				_exit(advice + 1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		fail_msg("madvise %d of region %zu, flags %#x, status %#x",
			 WEXITSTATUS(status) - 1, at, flags, status);
}

static void no_advice_changes_a_byte(void **state)
{
	(void)state;
	big_buf = malloc(REGION_PAGES * page);
	check_mappings(advice_check);
	free(big_buf);
}

/* The old call that gives a mapping another offset: bounds and rights as for mmap. */
static void remap_file_pages_is_checked(void **state)
{
	static const struct {
		size_t at, pages;
		int err;
	} refused[] = {
		{ RO_AT + REGION_PAGES, 1, ENXIO },
		{ KMALLOC_AT - 1, 2, EINVAL },
		{ RO_AT, 1, EACCES },
	};
	int fd = open_node(NODE);
	char *mapping;
	size_t i;

	(void)state;
	fill_regions(fd);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		mapping = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
		assert_int_equal(remap_file_pages(mapping,
						  refused[i].pages * page, 0,
						  refused[i].at, 0), -1);
		assert_int_equal(errno, refused[i].err);
		munmap(mapping, REGION_PAGES * page);
	}
	mapping = map(fd, VMALLOC_AT, REGION_PAGES, RW, MAP_SHARED);
	assert_int_equal(remap_file_pages(mapping, page, 0, KMALLOC_AT, 0), 0);
	assert_true(filled(mapping, page, KMALLOC_AT));
	unmap(mapping, REGION_PAGES);
	assert_int_equal(mappings(), 0);
	close(fd);
}

#ifndef MREMAP_DONTUNMAP	/* as in bullseye */
#define MREMAP_DONTUNMAP	4
#endif

static void second_mapping_check(int fd, char *mapping, size_t at, int flags)
{
	(void)fd;
	/* A size of 0 asks for a second mapping of the same pages. */
	assert_ptr_equal(mremap(mapping, 0, REGION_PAGES * page,
				MREMAP_MAYMOVE), MAP_FAILED);
	assert_int_equal(errno, flags == MAP_SHARED ? EFAULT : EINVAL);
	assert_ptr_equal(mremap(mapping, 0, 2 * REGION_PAGES * page,
				MREMAP_MAYMOVE), MAP_FAILED);
	assert_ptr_equal(mremap(mapping, page, page,
				MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL),
			 MAP_FAILED);
	assert_int_equal(mappings(), 1);
	assert_true(filled(mapping, REGION_PAGES * page, at));
}

static void mremap_makes_no_second_mapping(void **state)
{
	(void)state;
	check_mappings(second_mapping_check);
}

/* ---- faults that a process handles itself ---- */

static int fault_handler(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	if (!ioctl(fd, UFFDIO_API, &api))
		return fd;
	close(fd);
	return -1;
}

static int handle(int handler, char *mapping, uint64_t mode)
{
	struct uffdio_register range = {
		.range = { (uintptr_t)mapping, REGION_PAGES * page },
		.mode = mode,
	};

	return ioctl(handler, UFFDIO_REGISTER, &range);
}

#define WP_ASYNC	0x8000	/* UFFD_FEATURE_WP_ASYNC, 6.7 */

/* Write protection that ends by itself, which 6.7 has for any kind of memory. */
static void protect_for_a_while(char *mapping, size_t at)
{
	int handler = fault_handler(WP_ASYNC);
	struct uffdio_writeprotect protect = {
		.range = { (uintptr_t)mapping, REGION_PAGES * page },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	if (handler < 0)
		return;
	if (!handle(handler, mapping, UFFDIO_REGISTER_MODE_WP) &&
	    !ioctl(handler, UFFDIO_WRITEPROTECT, &protect)) {
		assert_true(filled(mapping, REGION_PAGES * page, at));
		mapping[0] = 0x77;
		assert_int_equal(mapping[0], 0x77);
	}
	close(handler);
}

static void own_faults_check(int fd, char *mapping, size_t at, int flags)
{
	static const uint64_t modes[] = { 1, 2, 4 };	/* missing, wp, minor */
	int handler = fault_handler(0);
	char byte, before = mapping[0];
	size_t i;

	assert_true(handler >= 0);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_int_equal(handle(handler, mapping, modes[i]), -1);
		assert_int_equal(errno, EINVAL);
	}
	close(handler);
	protect_for_a_while(mapping, at);
	mapping[0] = 0x78;
	assert_int_equal(pread(fd, &byte, 1, (off_t)(at * page)), 1);
	assert_true((byte == 0x78) == (flags == MAP_SHARED));
	mapping[0] = before;
	assert_true(filled(mapping, REGION_PAGES * page, at));
}

static void userfaultfd_gets_no_faults(void **state)
{
	(void)state;
	if (access("/proc/sys/vm/unprivileged_userfaultfd", F_OK)) {
		print_message("this kernel has no userfaultfd\n");
		skip();
	}
	check_mappings(own_faults_check);
}

/* ---- io_uring ---- */

struct ring {
	int fd;
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *sqes;
};

static bool open_ring(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return false;
	assert_true(ring->params.features & IORING_FEAT_SINGLE_MMAP);
	ring->rings = mmap(NULL, page, RW, MAP_SHARED, ring->fd,
			   IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, page, RW, MAP_SHARED, ring->fd,
			  IORING_OFF_SQES);
	assert_ptr_not_equal(ring->rings, MAP_FAILED);
	assert_ptr_not_equal(ring->sqes, MAP_FAILED);
	return true;
}

static void close_ring(struct ring *ring)
{
	munmap(ring->rings, page);
	munmap(ring->sqes, page);
	close(ring->fd);
}

static uint32_t *ring_word(struct ring *ring, uint32_t offset)
{
	return (uint32_t *)(ring->rings + offset);
}

/* One request and its answer. */
static int by_ring(struct ring *ring, int opcode, int fd, void *buf,
		   size_t len, size_t offset)
{
	uint32_t *tail = ring_word(ring, ring->params.sq_off.tail);
	uint32_t *head = ring_word(ring, ring->params.cq_off.head);
	uint32_t index = *tail & *ring_word(ring,
					    ring->params.sq_off.ring_mask);
	struct io_uring_cqe *cqes =
		(struct io_uring_cqe *)(ring->rings + ring->params.cq_off.cqes);
	int res;

	ring->sqes[index] = (struct io_uring_sqe){
		.opcode = (uint8_t)opcode,
		.fd = fd,
		.addr = (uintptr_t)buf,
		.len = (uint32_t)len,
		.off = offset,
	};
	ring_word(ring, ring->params.sq_off.array)[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	assert_int_equal(syscall(SYS_io_uring_enter, ring->fd, 1, 1,
				 IORING_ENTER_GETEVENTS, NULL, 0), 1);
	res = cqes[*head & *ring_word(ring, ring->params.cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

/* Requests run elsewhere than in the process's system call, with the same answers. */
static void io_uring_gives_what_read_and_write_give(void **state)
{
	int fd = open_node(NODE), reader = open_node_flags(NODE, O_RDONLY);
	size_t size = REGION_PAGES * page;
	char *buf = malloc(size), *mapping;
	struct ring ring;
	struct iovec iov;

	(void)state;
	if (!open_ring(&ring)) {
		print_message("io_uring: %s\n", strerror(errno));
		skip();
	}
	fill_regions(fd);
	memset(buf, 0, size);
	assert_int_equal(by_ring(&ring, IORING_OP_READ, fd, buf, size,
				 KMALLOC_AT * page), size);
	assert_true(filled(buf, size, KMALLOC_AT));
	assert_int_equal(by_ring(&ring, IORING_OP_READ, fd, buf, size,
				 size - 100), 100);
	assert_int_equal(by_ring(&ring, IORING_OP_READ, fd, buf, size,
				 (RO_AT + REGION_PAGES) * page), 0);
	assert_int_equal(by_ring(&ring, IORING_OP_READ, fd, NULL, size, 0),
			 -EFAULT);
	assert_int_equal(by_ring(&ring, IORING_OP_WRITE, fd, buf, 100, size),
			 100);
	assert_int_equal(by_ring(&ring, IORING_OP_WRITE, fd, buf, 1,
				 RO_AT * page), -EPERM);
	assert_int_equal(by_ring(&ring, IORING_OP_WRITE, fd, buf, 1,
				 (RO_AT + REGION_PAGES) * page), -ENOSPC);
	assert_int_equal(by_ring(&ring, IORING_OP_WRITE, reader, buf, 1, 0),
			 -EBADF);
	/* Pages of a region are not to be had. */
	mapping = map(fd, VMALLOC_AT, 1, RW, MAP_SHARED);
	iov = (struct iovec){ mapping, page };
	assert_int_equal(syscall(SYS_io_uring_register, ring.fd,
				 IORING_REGISTER_BUFFERS, &iov, 1), -1);
	assert_int_equal(errno, EFAULT);
	unmap(mapping, 1);
	close_ring(&ring);
	free(buf);
	close(reader);
	close(fd);
}

/* ---- a descriptor that was passed on ---- */

static int passed;

/* 0, or what the passed descriptor gave too much. */
static int has_no_more_than_passed(void)
{
	char path[64], byte;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", passed);
	if (pread(passed, &byte, 1, 0) != 1)
		return 3;
	if (pwrite(passed, &byte, 1, 0) >= 0 || errno != EBADF)
		return 4;
	if (try_map(passed, 0, 1, RW, MAP_SHARED) != MAP_FAILED)
		return 5;
	if (open(path, O_RDWR) >= 0 || errno != EACCES)
		return 6;
	if (open(path, O_RDONLY) >= 0 || errno != EACCES)
		return 7;
	if (fchmod(passed, 0666) == 0 || errno != EPERM)
		return 8;
	if (fchown(passed, NOBODY, NOBODY) == 0 || errno != EPERM)
		return 9;
	return 0;
}

static void a_passed_descriptor_gives_no_more_than_itself(void **state)
{
	(void)state;
	passed = open_node_flags(NODE, O_RDONLY);
	assert_int_equal(as(become_nobody, has_no_more_than_passed), 0);
	close(passed);
}

/* ---- the log ---- */

#define ATTEMPTS	50
#define HUGE		";scope=open,vmalloc:1024G'"

/* Whatever is refused; the third device has no memory for an open. */
static int be_refused(void)
{
	struct kregion_region_info info = { .argsz = sizeof(info) };
	int shared = open(NODE, O_RDWR), own = open("/dev/kregion1", O_RDWR), i;
	char *mapping;

	if (shared < 0 || own < 0)
		return 3;
	for (i = 0; i < ATTEMPTS; i++) {
		if (open("/dev/kregion2", O_RDWR) >= 0)
			return 4;
		if (try_map(shared, 1000, 1, RW, MAP_SHARED) != MAP_FAILED ||
		    try_map(shared, 0, 1, RWX, MAP_SHARED) != MAP_FAILED ||
		    try_map(shared, 0, 1000, RW, MAP_PRIVATE) != MAP_FAILED)
			return 5;
		info.index = 1000;
		if (!ioctl(shared, KREGION_GET_REGION_INFO, &info) ||
		    !ioctl(shared, _IO(KREGION_IOC_TYPE, 0x3f), &info) ||
		    !ioctl(shared, KREGION_FIND_REGION, NULL))
			return 6;
		if (pwrite(shared, &info, 1, 1 << 30) >= 0)
			return 7;
		mapping = try_map(own, 0, 4, RW, i % 2 ? MAP_SHARED :
							 MAP_PRIVATE);
		if (mapping == MAP_FAILED)
			return 8;
		mapping[0] = 1;
		munmap(mapping + page, page);
		if (mremap(mapping, page, 8 * page, MREMAP_MAYMOVE) !=
		    MAP_FAILED)
			return 9;
		munmap(mapping, 4 * page);
		close(open("/dev/kregion1", O_RDWR));
	}
	return 0;
}

static void a_member_cannot_fill_the_log(void **state)
{
	(void)state;
	/* Not every machine has wc and uc. */
	if (try_load("regions='vmalloc:4p;scope=open,kmalloc:4p:wc,vmalloc:4p:uc" HUGE)) {
		print_message("no wc and uc here\n");
		load("regions='vmalloc:4p;scope=open,kmalloc:4p,vmalloc:4p" HUGE);
	}
	wait_for_group(NODE);
	wait_for_group("/dev/kregion1");
	wait_for_group("/dev/kregion2");
	log_mark();
	assert_int_equal(as(become_member, be_refused), 0);
	assert_log_is_silent();
	load_layout(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(personality_makes_nothing_executable),
		cmocka_unit_test(protection_keys_make_nothing_executable),
		cmocka_unit_test(the_node_is_no_program),
		cmocka_unit_test(no_advice_changes_a_byte),
		cmocka_unit_test(remap_file_pages_is_checked),
		cmocka_unit_test(mremap_makes_no_second_mapping),
		cmocka_unit_test(userfaultfd_gets_no_faults),
		cmocka_unit_test(io_uring_gives_what_read_and_write_give),
		cmocka_unit_test(a_passed_descriptor_gives_no_more_than_itself),
		cmocka_unit_test(a_member_cannot_fill_the_log),
	};

	return cmocka_run_group_tests(tests, load_layout, unload_module);
}
