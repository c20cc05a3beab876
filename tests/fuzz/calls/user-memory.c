// SPDX-License-Identifier: GPL-2.0-only
#include "user-memory.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "random.h"

/* Far from where the kernel puts mappings by itself. */
#define IO_MEMORY	((uint8_t *)0x100000000000ul)
#define SOURCE_MEMORY	((uint8_t *)0x100010000000ul)
#define ARGUMENTS	((uint8_t *)0x100020000000ul)
#define VIEWS		((uint8_t *)0x100030000000ul)

#define RW		(PROT_READ | PROT_WRITE)
#define ANONYMOUS	(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE)

struct argument_page argument_page;
static sigjmp_buf on_fault;
static volatile sig_atomic_t faults_expected, last_fault;

void *must_map(void *address, size_t size, int prot, int flags, int fd,
	       off_t offset)
{
	void *got = mmap(address, size, prot, flags, fd, offset);

	if (got == MAP_FAILED)
		die("mmap of %zu bytes for the fuzzer itself", size);
	return got;
}

static void arguments_init(void)
{
	int fd = memfd_create("arguments", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE))
		die("memfd");
	argument_page.writable = must_map(ARGUMENTS, PAGE, RW,
					  MAP_SHARED | MAP_FIXED_NOREPLACE,
					  fd, 0);
	argument_page.readonly = must_map(ARGUMENTS + 2 * PAGE, PAGE, PROT_READ,
					  MAP_SHARED | MAP_FIXED_NOREPLACE,
					  fd, 0);
	close(fd);
}

static void fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!faults_expected) {
		signal(number, SIG_DFL);
		mismatch("%p cannot be accessed (%s)", info->si_addr,
			 strsignal(number));
	}
	last_fault = number;
	siglongjmp(on_fault, 1);
}

static void faults_init(void)
{
	struct sigaction action = {
		.sa_sigaction = fault,
		.sa_flags = SA_NODEFER | SA_SIGINFO,
	};

	if (sigaction(SIGSEGV, &action, NULL) ||
	    sigaction(SIGBUS, &action, NULL))
		die("sigaction");
}

void user_memory_init(void)
{
	uint64_t *source = must_map(SOURCE_MEMORY, IO_PAGES * PAGE, RW,
				    ANONYMOUS, -1, 0);
	size_t i;

	must_map(IO_MEMORY, IO_PAGES * PAGE, RW, ANONYMOUS, -1, 0);
	memset(IO_MEMORY, 0, IO_PAGES * PAGE);
	for (i = 0; i < IO_PAGES * PAGE / sizeof(*source); i++)
		source[i] = seed_of(1, i).start;
	arguments_init();
	faults_init();
}

bool in_arena(uintptr_t address, size_t size)
{
	return address >= ARENA && size <= ARENA_PAGES * PAGE &&
	       address + size <= ARENA_END;
}

uint8_t *view_memory(unsigned int device)
{
	return VIEWS + 2 * MAX_PAGES * PAGE * device;
}

/* Most often all good; else it ends too early, or is no memory at all. */
static struct buffer draw(uint8_t *memory, size_t size)
{
	uint8_t *end = memory + IO_PAGES * PAGE;
	size_t good;

	if (size > IO_PAGES * PAGE)
		return (struct buffer){ memory, IO_PAGES * PAGE, false };
	switch (below(16)) {
	case 0:
		return (struct buffer){ NULL, 0, false };
	case 1:
		return (struct buffer){ (uint8_t *)KERNEL_ADDRESS, 0, true };
	case 2:
		good = below(size + 1);
		return (struct buffer){ end - good, good, false };
	case 3:
		return (struct buffer){ end - size, size, false };
	default:
		good = IO_PAGES * PAGE - below(IO_PAGES * PAGE - size + 1);
		return (struct buffer){ end - good, good, false };
	}
}

struct buffer draw_buffer(size_t size)
{
	return draw(IO_MEMORY, size);
}

struct buffer draw_source(size_t size)
{
	return draw(SOURCE_MEMORY, size);
}

struct buffer buffer_part(unsigned int index)
{
	return (struct buffer){ IO_MEMORY + index * PART_SIZE, PART_SIZE,
				false };
}

struct buffer source_part(unsigned int index)
{
	return (struct buffer){ SOURCE_MEMORY + index * PART_SIZE, PART_SIZE,
				false };
}

int load_byte(const volatile uint8_t *address, uint8_t *byte)
{
	last_fault = 0;
	faults_expected = 1;
	if (!sigsetjmp(on_fault, 0))
		*byte = *address;
	faults_expected = 0;
	return last_fault;
}

int store_byte(volatile uint8_t *address, uint8_t byte)
{
	last_fault = 0;
	faults_expected = 1;
	if (!sigsetjmp(on_fault, 0))
		*address = byte;
	faults_expected = 0;
	return last_fault;
}

bool is_mapped(uintptr_t address)
{
	return msync((void *)(address & ~(PAGE - 1)), PAGE, MS_ASYNC) == 0;
}
