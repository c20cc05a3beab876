// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile 32-bit callers: the system calls of 32-bit programs, made from a 64-bit one
 * (int 0x80), which can put more into a register than a 32-bit program has. x86-64
 * only; that both kinds of programs see the same is in test-ioctl.c.
 */
#include "common.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#ifdef __x86_64__

#define RW		(PROT_READ | PROT_WRITE)
#define SCRATCH_PAGES	4

static int fd;
static char *low;	/* memory below 4 GiB, where a 32-bit pointer leads */

/* Numbers of the 32-bit system calls. */
#define GETPID		20
#define READ		3
#define WRITE		4
#define MUNMAP		91
#define IOCTL		54
#define LLSEEK		140
#define READV		145
#define PREAD64		180
#define PWRITE64	181
#define MMAP2		192

/* 0 or more, or an errno below 0. Bits above 32 of an argument stay in the register. */
static long call32(long number, long a, long b, long c, long d, long e, long f)
{
	long ret;

	/* The sixth argument is in rbp, which the compiler may be using. */
	asm volatile("xchg %[f], %%rbp\n\t"
		     "int $0x80\n\t"
		     "xchg %[f], %%rbp"
		     : "=a"(ret), [f] "+&r"(f)
		     : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
		     : "r8", "r9", "r10", "r11", "memory", "cc");
	return (int)ret;
}

#define call32(n, a, b, c, d, e, f) \
	call32(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
	       (long)(f))

static int setup(void **state)
{
	load_default(state);
	fd = open_node(NODE);
	low = mmap(NULL, SCRATCH_PAGES * page, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(low, MAP_FAILED);
	return 0;
}

static int teardown(void **state)
{
	munmap(low, SCRATCH_PAGES * page);
	close(fd);
	return unload_module(state);
}

static struct kregion_region_info *start(void)
{
	struct kregion_region_info *info = (void *)low;

	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = 1;
	return info;
}

/* What lies above 4 GiB in a register is no part of a 32-bit pointer. */
static void a_pointer_is_cut_to_32_bits(void **state)
{
	struct kregion_region_info *info = start();
	long high = 1L << 40;

	(void)state;
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO,
				(long)low | high, 0, 0, 0), 0);
	assert_int_equal(info->offset, REGION_PAGES * page);
	/* An address that is good for 64 bits, and none when it is cut. */
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO, high, 0, 0,
				0), -EFAULT);
	assert_int_equal(call32(PREAD64, fd, high, 1, 0, 0, 0), -EFAULT);
	/* Nor is a pointer that ends, or begins, in the kernel. */
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO, -8L, 0, 0,
				0), -EFAULT);
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO,
				0xffffffff81000000, 0, 0, 0), -EFAULT);
}

static void a_command_and_an_index_are_cut_too(void **state)
{
	struct kregion_region_info *info = start();

	(void)state;
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO | 1L << 32,
				low, 0, 0, 0), 0);
	start();
	info->index = ~0U;
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO, low, 0, 0,
				0), -ENXIO);
	start();
	info->argsz = ~0U;
	assert_int_equal(call32(IOCTL, fd, KREGION_GET_REGION_INFO, low, 0, 0,
				0), -E2BIG);
	start();
	info->index = 0;
	info->offset = ~0ULL;
	info->size = ~0ULL;
	assert_int_equal(call32(IOCTL, fd, KREGION_FIND_REGION, low, 0, 0, 0),
			 -ENXIO);
	start();
	info->index = 0;
	info->offset = 1ULL << 32;
	info->size = 1;
	assert_int_equal(call32(IOCTL, fd, KREGION_FIND_REGION, low, 0, 0, 0),
			 -ENXIO);
	assert_int_equal(call32(IOCTL, fd, 0, low, 0, 0, 0), -ENOTTY);
	assert_int_equal(call32(IOCTL, fd, ~0L, low, 0, 0, 0), -ENOTTY);
}

static long map32(size_t length, int prot, int flags, unsigned long page_offset)
{
	return call32(MMAP2, 0, length, prot, flags, fd, page_offset);
}

/* mmap2 counts its offset in pages: 2^44 bytes, where 64-bit programs have 2^63. */
static void mmap2_has_the_same_bounds(void **state)
{
	static const unsigned long beyond[] = {
		DEVICE_PAGES, 0x80000, 0x100000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000 | DEVICE_PAGES,
	};
	size_t i;
	long at;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		assert_int_equal(map32(page, RW, MAP_SHARED, beyond[i]),
				 -ENXIO);
	assert_int_equal(map32(17 * page, RW, MAP_SHARED, 0), -EINVAL);
	assert_int_equal(map32(2 * page, RW, MAP_SHARED, 15), -EINVAL);
	assert_int_equal(map32(0, RW, MAP_SHARED, 0), -EINVAL);
	assert_int_equal(map32(page, RW | PROT_EXEC, MAP_SHARED, 0), -EPERM);
	at = map32(0xfffff000, RW, MAP_SHARED, 0);
	assert_true(at == -EINVAL || at == -ENOMEM);
	assert_int_equal(mappings(), 0);
}

static void mmap2_maps_the_page_of_its_offset(void **state)
{
	uint32_t word = 0x12345678;
	long at;

	(void)state;
	assert_int_equal(pwrite(fd, &word, sizeof(word),
				(off_t)((KMALLOC_AT + 3) * page)),
			 sizeof(word));
	at = map32(page, RW, MAP_SHARED | MAP_32BIT, KMALLOC_AT + 3);
	assert_true(at > 0 || at < -4095);
	assert_int_equal(*(uint32_t *)(at & 0xffffffff), 0x12345678);
	assert_int_equal(call32(MUNMAP, at, page, 0, 0, 0, 0), 0);
}

/* The position comes in two halves, the count never below 0. */
static void positions_and_counts_are_checked(void **state)
{
	size_t size = DEVICE_PAGES * page;

	(void)state;
	assert_int_equal(call32(PREAD64, fd, low, 8, size - 4, 0, 0), 4);
	assert_int_equal(call32(PREAD64, fd, low, 8, size, 0, 0), 0);
	assert_int_equal(call32(PREAD64, fd, low, 8, 0, 1, 0), 0);
	assert_int_equal(call32(PREAD64, fd, low, 8, 0, 0x7fffffff, 0), 0);
	assert_int_equal(call32(PREAD64, fd, low, 8, 0, 0x80000000, 0),
			 -EINVAL);
	assert_int_equal(call32(PWRITE64, fd, low, 8, 0, 1, 0), -ENOSPC);
	/* Only what is there is read, however much is asked for. */
	assert_int_equal(call32(PREAD64, fd, low, 0x7fffffff, size - 4, 0, 0),
			 4);
	assert_int_equal(call32(PREAD64, fd, low, 0xffffffff, size - 4, 0, 0),
			 4);
}

static void seeking_is_checked(void **state)
{
	uint64_t *position = (void *)low;
	size_t size = DEVICE_PAGES * page;

	(void)state;
	assert_int_equal(call32(LLSEEK, fd, 0, size, low, SEEK_SET, 0), 0);
	assert_int_equal(*position, size);
	assert_int_equal(call32(READ, fd, low + 8, 1, 0, 0, 0), 0);
	assert_int_equal(call32(WRITE, fd, low + 8, 1, 0, 0, 0), -ENOSPC);
	assert_int_equal(call32(LLSEEK, fd, 0, size + 1, low, SEEK_SET, 0),
			 -EINVAL);
	assert_int_equal(call32(LLSEEK, fd, 1, 0, low, SEEK_SET, 0), -EINVAL);
	assert_int_equal(call32(LLSEEK, fd, ~0U, ~0U, low, SEEK_SET, 0),
			 -EINVAL);
	assert_int_equal(call32(LLSEEK, fd, ~0U, (uint32_t)-1, low, SEEK_CUR,
				0), 0);
	assert_int_equal(*position, size - 1);
	assert_int_equal(call32(LLSEEK, fd, 0, 0, low, SEEK_SET, 0), 0);
}

/* Vectors of 32 bits: two words each, a pointer and a length. */
static void vectors_are_checked(void **state)
{
	uint32_t *vector = (void *)low;
	uint32_t buf = (uint32_t)(uintptr_t)low + 64;

	(void)state;
	lseek(fd, 0, SEEK_SET);
	vector[0] = buf;
	vector[1] = 8;
	vector[2] = buf + 8;
	vector[3] = 8;
	assert_int_equal(call32(READV, fd, vector, 2, 0, 0, 0), 16);
	vector[3] = 0xffffffff;
	assert_int_equal(call32(READV, fd, vector, 2, 0, 0, 0), -EINVAL);
	vector[0] = 0xfffff000;
	vector[3] = 8;
	assert_true(call32(READV, fd, vector, 1, 0, 0, 0) < 0);
	assert_int_equal(call32(READV, fd, vector, 0x7fffffff, 0, 0, 0),
			 -EINVAL);
	lseek(fd, 0, SEEK_SET);
}

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pointer_is_cut_to_32_bits),
		cmocka_unit_test(a_command_and_an_index_are_cut_too),
		cmocka_unit_test(mmap2_has_the_same_bounds),
		cmocka_unit_test(mmap2_maps_the_page_of_its_offset),
		cmocka_unit_test(positions_and_counts_are_checked),
		cmocka_unit_test(seeking_is_checked),
		cmocka_unit_test(vectors_are_checked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* Where there are no such calls, as in User-Mode Linux, the child is killed. */
static bool has_calls(void)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(call32(GETPID, 0, 0, 0, 0, 0, 0) != getpid());
	return waitpid(child, &status, 0) == child && !status;
}

#else

static int run_all(void)
{
	return 1;
}

static bool has_calls(void)
{
	return false;
}

#endif

static void there_are_no_such_callers(void **state)
{
	(void)state;
	print_message("this kernel has no 32-bit system calls of x86\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest none[] = {
		cmocka_unit_test(there_are_no_such_callers),
	};

	if (has_calls())
		return run_all();
	return cmocka_run_group_tests(none, NULL, NULL);
}
