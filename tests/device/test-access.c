// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another process looks into a mapping: ptrace(2), /proc/PID/mem and gdb. What
 * they see and change is what the process itself would.
 */
#include "common.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)
#define WORD	0x1122334455667788L

static const size_t starts[] = { VMALLOC_AT, KMALLOC_AT };

/* A stopped and traced child with the same mappings as its parent. */
static pid_t start_tracee(void)
{
	pid_t child = fork_child();
	int status;

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status));
	return child;
}

static void end_tracee(pid_t child)
{
	int status;

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static long peek(pid_t child, const void *address)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, child, address, NULL);
	assert_int_equal(errno, 0);
	return word;
}

static int open_mem(pid_t child)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)child);
	return open_node(path);
}

static off_t at(const void *address)
{
	return (off_t)(uintptr_t)address;
}

static void shared_mapping_is_read_and_written(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW,
				    MAP_SHARED);
		pid_t child = start_tracee();
		long *word = (long *)(mapping + 3 * page + 8);

		fill(mapping, REGION_PAGES * page, 1);
		assert_int_equal(peek(child, word), *word);
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, word, WORD), 0);
		assert_int_equal(*word, WORD);
		assert_int_equal(peek(child, word), WORD);
		end_tracee(child);
		unmap(mapping, REGION_PAGES);
	}
	close(fd);
}

static void proc_mem_copies_across_pages_up_to_the_end(void **state)
{
	int fd = open_node(NODE);
	size_t size = REGION_PAGES * page, i;
	char *buf = malloc(size);

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		char *mapping = map(fd, starts[i], REGION_PAGES, RW,
				    MAP_SHARED);
		pid_t child = start_tracee();
		int mem = open_mem(child);

		fill(mapping, size, 2);
		assert_int_equal(pread(mem, buf, size, at(mapping)), size);
		assert_true(filled(buf, size, 2));
		assert_int_equal(pread(mem, buf, 5000, at(mapping) + 4001), 5000);
		assert_memory_equal(buf, mapping + 4001, 5000);
		fill(buf, size, 3);
		assert_int_equal(pwrite(mem, buf, size, at(mapping)), size);
		assert_true(filled(mapping, size, 3));
		close(mem);
		end_tracee(child);
		unmap(mapping, REGION_PAGES);
	}
	free(buf);
	close(fd);
}

/* The second half of a split mapping must not show the first half's pages. */
static void part_and_split_mappings_show_their_own_pages(void **state)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		char *mapping = map(fd, starts[i / 2] + 2, 9, RW,
				    flags[i % 2]);
		char *buf = malloc(REGION_PAGES * page);
		pid_t child;
		int mem;

		fill(buf, REGION_PAGES * page, 4);
		write_pages(fd, starts[i / 2], buf, REGION_PAGES * page);
		assert_int_equal(munmap(mapping + 3 * page, page), 0);
		child = start_tracee();
		mem = open_mem(child);
		assert_int_equal(pread(mem, buf, page, at(mapping)), page);
		assert_memory_equal(buf, mapping, page);
		assert_int_equal(pread(mem, buf, page, at(mapping) + 7 * (off_t)page),
				 page);
		assert_memory_equal(buf, mapping + 7 * page, page);
		close(mem);
		end_tracee(child);
		munmap(mapping, 9 * page);
		free(buf);
	}
	close(fd);
}

/* A breakpoint in a private mapping must never get into the region. */
static void private_mapping_shows_the_copy_and_keeps_the_region(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		long *mapping = map(fd, starts[i], 2, RW, MAP_PRIVATE);
		long *second = mapping + page / sizeof(long);
		long old[2] = { 11, 22 }, now;
		pid_t child;

		write_pages(fd, starts[i], &old[0], sizeof(old[0]));
		write_pages(fd, starts[i] + 1, &old[1], sizeof(old[1]));
		child = fork_child();
		if (child == 0) {
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
			*mapping = 33;	/* page 0 becomes the child's copy */
			raise(SIGSTOP);
			_exit(*mapping != 44);
		}
		assert_int_equal(waitpid(child, NULL, 0), child);

		assert_int_equal(peek(child, mapping), 33);
		assert_int_equal(peek(child, second), 22);
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, mapping, 44L), 0);
		assert_int_equal(peek(child, mapping), 44);

		/* Not copied yet: refused rather than written to the region. */
		errno = 0;
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, second, 55L), -1);
		assert_int_equal(errno, EIO);
		assert_int_equal(peek(child, second), 22);

		read_pages(fd, starts[i], &now, sizeof(now));
		assert_int_equal(now, 11);
		read_pages(fd, starts[i] + 1, &now, sizeof(now));
		assert_int_equal(now, 22);
		assert_int_equal(*mapping, 11);
		end_tracee(child);
		unmap(mapping, 2);
	}
	close(fd);
}

/* After a fork both processes share the copy: a poke must not reach both. */
static void poke_does_not_reach_a_copy_shared_by_fork(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		long *mapping = map(fd, starts[i], 1, RW, MAP_PRIVATE);
		pid_t child;

		*mapping = 66;
		child = start_tracee();
		assert_int_equal(peek(child, mapping), 66);
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, mapping, 77L), 0);
		assert_int_equal(peek(child, mapping), 77);
		assert_int_equal(*mapping, 66);
		end_tracee(child);
		unmap(mapping, 1);
	}
	close(fd);
}

static void read_only_shared_mapping_refuses_a_poke(void **state)
{
	int fd = open_node(NODE), read_only = open_node_flags(NODE, O_RDONLY);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		long *mapping = map(read_only, starts[i], 1, PROT_READ,
				    MAP_SHARED);
		long old = 88;
		pid_t child;

		write_pages(fd, starts[i], &old, sizeof(old));
		child = start_tracee();
		assert_int_equal(peek(child, mapping), 88);
		errno = 0;
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, mapping, 99L), -1);
		assert_int_equal(errno, EIO);
		assert_int_equal(*mapping, 88);
		end_tracee(child);
		unmap(mapping, 1);
	}
	close(fd);
	close(read_only);
}

#define CGROUP	"/tmp/kregion-cgroup"

/*
 * A loop device to swap to, not zram: only from a device that works in the
 * background does a page come back clean and keep its place in swap. busybox,
 * which every guest has, since not every root has losetup.
 */
static bool start_swap(void)
{
	return !run("modprobe -q loop && truncate -s 64M /dev/shm/swap && "
		    "b=/run/busybox && $b losetup /dev/loop0 /dev/shm/swap && "
		    "$b mkswap /dev/loop0 >/dev/null && "
		    "$b swapon /dev/loop0 && mkdir -p " CGROUP " && "
		    "$b mount -t cgroup2 none " CGROUP " && "
		    "echo +memory >" CGROUP "/cgroup.subtree_control && "
		    "mkdir " CGROUP "/tracee");
}

static void end_swap(void)
{
	assert_int_equal(run("b=/run/busybox; rmdir " CGROUP "/tracee; "
			     "$b umount " CGROUP "; $b swapoff /dev/loop0; "
			     "$b losetup -d /dev/loop0; rm /dev/shm/swap"), 0);
}

/*
 * Lowering memory.high reclaims what the group has, as far as that goes at once:
 * some rounds in any case, more until something is in swap.
 */
static void swap_out(pid_t child)
{
	assert_int_equal(run("i=0; while [ $i -lt 100 ]; do i=$((i + 1)); "
			     "echo 0 >" CGROUP "/tracee/memory.high; "
			     "echo max >" CGROUP "/tracee/memory.high; "
			     "[ $i -lt 5 ] || "
			     "grep -q 'VmSwap:.* 0 kB' /proc/%d/status || "
			     "exit 0; sleep 0.05; done; exit 1",
			     (int)child), 0);
}

static void copy_that_was_swapped_out_is_read_and_written(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	if (!start_swap()) {
		print_message("# no loop device or no memory cgroup here\n");
		close(fd);
		skip();
	}
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		long *mapping = map(fd, starts[i], 1, RW, MAP_PRIVATE);
		pid_t child = fork_child();

		if (child == 0) {
			run("echo %d >" CGROUP "/tracee/cgroup.procs",
			    (int)getpid());
			*mapping = 111;
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
			raise(SIGSTOP);
			_exit(0);
		}
		assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
		swap_out(child);
		assert_int_equal(peek(child, mapping), 111);
		assert_int_equal(ptrace(PTRACE_POKEDATA, child, mapping, 222L), 0);
		swap_out(child);
		assert_int_equal(peek(child, mapping), 222);
		end_tracee(child);
		unmap(mapping, 1);
	}
	close(fd);
	end_swap();
}

/* gdb stops this very process; it must print the word by its address. */
static void gdb_prints_a_mapping(void **state)
{
	int fd = open_node(NODE);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		long *mapping = map(fd, starts[i], 1, RW, MAP_SHARED);
		pid_t child;

		*mapping = WORD;
		child = fork_child();
		if (child == 0) {
			pause();
			_exit(0);
		}
		assert_int_equal(run("gdb -nx -q -batch -p %d -ex 'x/gx %p' "
				     "-ex 'set {long}%p = 0x77' 2>/dev/null | "
				     "grep -q 0x1122334455667788", (int)child,
				     (void *)mapping, (void *)mapping), 0);
		assert_int_equal(*mapping, 0x77);
		end_tracee(child);
		unmap(mapping, 1);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_mapping_is_read_and_written),
		cmocka_unit_test(proc_mem_copies_across_pages_up_to_the_end),
		cmocka_unit_test(part_and_split_mappings_show_their_own_pages),
		cmocka_unit_test(private_mapping_shows_the_copy_and_keeps_the_region),
		cmocka_unit_test(poke_does_not_reach_a_copy_shared_by_fork),
		cmocka_unit_test(read_only_shared_mapping_refuses_a_poke),
		cmocka_unit_test(copy_that_was_swapped_out_is_read_and_written),
		cmocka_unit_test(gdb_prints_a_mapping),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
