/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the device tests share: loading the module, opening and mapping, files
 * of one value, patterns. Each tests/device/test-TOPIC.c is one cmocka program
 * that runs as root in a virtual machine on the module that DKMS installed.
 *
 * KREGION_TEST=NAME in the environment picks one test of a program.
 *
 * Where a helper fails for a reason that no test is about, it fails the test.
 */
#ifndef KREGION_TEST_COMMON_H
#define KREGION_TEST_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "kregion.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NODE		"/dev/kregion0"
#define CLASS		"/sys/class/kregion/"
#define DEBUGFS		"/sys/kernel/debug/kregion/"
#define CONFIGFS	"/sys/kernel/config/kregion/"
#define NOBODY		65534

/* The default layout: two regions of 16 pages. */
#define REGION_PAGES	16
#define VMALLOC_AT	0	/* page offset of the vmalloc region */
#define KMALLOC_AT	16	/* page offset of the kmalloc region */
#define DEVICE_PAGES	32

extern size_t page;		/* bytes in a page */

/* Run a shell command made by printf; the exit status, -1 for a signal. */
int run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * modprobe / rmmod. load() unloads first and passes @args; it fails the test
 * when the module does not load. try_load() returns modprobe's exit status.
 */
void load(const char *args);
int try_load(const char *args);
void unload(void);

/* For cmocka's group setup and teardown: the default layout, and unloading. */
int load_default(void **state);
int unload_module(void **state);

/* One of the tests' own modules, or kregion_demo, kregion_pci: fails the test. */
void insert_test_module(const char *name);
void remove_module(const char *name);

/* With the module loaded, which loads configfs: mount that if it is not. */
void mount_configfs(void);

/* Is the running kernel of this version or newer? */
bool kernel_at_least(int major, int minor);

/* fork(2) whose child dies of SIGSEGV and the like, instead of going to cmocka. */
pid_t fork_child(void);

/*
 * Run @check in a child that @become made another: 0, or what it returned. nobody is
 * a stranger, a member is of the group that may use the nodes. Root of a user
 * namespace is such a member with a namespace of mounts, too; root without
 * capabilities is user 0 of a container that is no user namespace.
 */
int as(void (*become)(void), int (*check)(void));
void stay_root(void);
void become_nobody(void);
void become_member(void);
void become_root_of_a_user_namespace(void);
void become_root_without_capabilities(void);

/* udev has given the node to the group, a moment after it was there. */
void wait_for_group(const char *node);

/* open(2) that fails the test; as O_RDWR. */
int open_node(const char *path);
int open_node_flags(const char *path, int flags);

/* mmap(2) by page offset and pages; map() fails the test, try_map() does not. */
void *map(int fd, size_t page_offset, size_t pages, int prot, int flags);
void *try_map(int fd, size_t page_offset, size_t pages, int prot, int flags);
void unmap(void *address, size_t pages);

/* mmap(2) must fail with @err and leave the number of live mappings alone. */
void refuse_map(int fd, off_t offset, size_t length, int prot, int flags,
		int err);

/* A text file of one value, without the newline; fails the test if unreadable. */
void read_text(const char *path, char *text, size_t size);
long long read_number(const char *path);

/* What the ioctls tell; fail the test if they fail. */
void get_region_info(int fd, unsigned int index,
		     struct kregion_region_info *info);
unsigned int count_regions(int fd);

/* Live mappings of /dev/kregion0, from sysfs. */
int mappings(void);

/* Page frame numbers of region @index of device @name from debugfs: @n of them. */
void read_pfns(const char *device, unsigned int index, uint64_t *pfns,
	       size_t n);

/*
 * From catch_sigbus() to the end of the test, can_read() reads a word of a mapping
 * and is false when that is a SIGBUS. For any thread.
 */
void catch_sigbus(void);
bool can_read(const volatile uint32_t *address, uint32_t *word);
bool is_revoked(const volatile uint32_t *address);

/* PG_reserved pages of the whole machine, where ours would show. */
size_t reserved_pages(void);

/* A number from the environment, @usual when it is not set there. */
long number_from(const char *variable, long usual);

/* Does nothing on kernels without kmemleak. */
void tell_kmemleak(const char *command);

/* With no device left: see lost-memory. It takes seconds where there is kmemleak. */
void assert_no_memory_lost(void);

/* Bits of /proc/kpageflags, and the word for one page. */
#define KPF_SLAB		7
#define KPF_COMPOUND_HEAD	15
#define KPF_COMPOUND_TAIL	16
#define KPF_RESERVED		32
uint64_t page_flags(uint64_t pfn);

/* What User-Mode Linux does not have is tested on the other debug kernels alone. */
bool is_uml(void);
void skip_on_uml(const char *why);

/* Does the kernel check who may have a flag of pages (CONFIG_DEBUG_VM_PGFLAGS)? */
bool page_flags_are_enforced(void);

/*
 * Can RAM be wc or uc here? It can on x86, for which alone kregion_caches is built.
 * Elsewhere a region that is to be so is refused with these words.
 */
bool ram_has_types(void);
#define NO_TYPES \
	"expected cache attribute wb: RAM has no other on this architecture"

/* The answer of the module kregion_caches to a question, see there. */
const char *ask_caches(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Fill with, and check for, a pattern that differs at each byte and @seed. */
void fill(void *address, size_t size, unsigned int seed);
bool filled(const void *address, size_t size, unsigned int seed);
bool all_zero(const void *address, size_t size);

/* pread(2)/pwrite(2) of exactly @size bytes at page offset @at. */
void read_pages(int fd, size_t at, void *buf, size_t size);
void write_pages(int fd, size_t at, const void *buf, size_t size);

/* The bytes of the kernel log since log_mark(), as text; NULL-terminated. */
void log_mark(void);
const char *log_since_mark(void);

/* Fail if the driver, or the kernel of this program, has said anything since then. */
void assert_log_is_silent(void);

/*
 * The driver's tracepoints: trace_start() begins with an empty trace, trace_stop() gives
 * its text, which stays until the next one.
 */
const char *tracefs(const char *file);
void write_trace(const char *file, const char *text);
void trace_start(void);
const char *trace_stop(void);

#endif /* KREGION_TEST_COMMON_H */
