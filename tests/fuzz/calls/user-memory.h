/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer's own memory that calls are given: buffers, good and bad, the area that
 * mappings are put into, and accesses by pointer that may fail. All at fixed
 * addresses, so that a run can be repeated.
 */
#ifndef KREGION_FUZZ_USER_MEMORY_H
#define KREGION_FUZZ_USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "layout.h"

/* Nothing else is here, and the pages beside it stay empty. */
#define ARENA		0x200000000000ul
#define ARENA_PAGES	1024ul
#define ARENA_END	(ARENA + ARENA_PAGES * PAGE)

/* More than the largest address space of a process: always refused. */
#define HUGE_LENGTH	0x200000000000000ul

#define KERNEL_ADDRESS	0xffff888000001000ul
#define IO_PAGES	72ul

/* User memory at @address, of which the first @good bytes are accessible. */
struct buffer {
	uint8_t *address;
	size_t good;
	bool outside;		/* not an address of user space at all */
};

void user_memory_init(void);
void *must_map(void *address, size_t size, int prot, int flags, int fd,
	       off_t offset);

bool in_arena(uintptr_t address, size_t size);
uint8_t *view_memory(unsigned int device);

/* A buffer for @size bytes to read into: most often good for more than that. */
struct buffer draw_buffer(size_t size);
/* The same to write from: random bytes that are never changed. */
struct buffer draw_source(size_t size);
/* Part @index of three of the memory of draw_buffer() and draw_source(). */
struct buffer buffer_part(unsigned int index);
struct buffer source_part(unsigned int index);
#define PART_SIZE	(IO_PAGES / 3 * PAGE)

/*
 * A page twice, followed by nothing: to prepare arguments in and, at @readonly, to
 * have them read from but not written to.
 */
struct argument_page {
	uint8_t *writable;
	uint8_t *readonly;
};

extern struct argument_page argument_page;

/* Access one byte by pointer; 0, SIGSEGV or SIGBUS. */
int load_byte(const volatile uint8_t *address, uint8_t *byte);
int store_byte(volatile uint8_t *address, uint8_t byte);

/* Is there a mapping at all, whatever its protection? */
bool is_mapped(uintptr_t address);

#endif /* KREGION_FUZZ_USER_MEMORY_H */
