// SPDX-License-Identifier: GPL-2.0-only
#include "traits.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "call.h"
#include "layout.h"
#include "user-memory.h"

#define ANONYMOUS	(MAP_PRIVATE | MAP_ANONYMOUS)
#define MOVE_TO		(MREMAP_MAYMOVE | MREMAP_FIXED)

struct traits traits;

static bool sendfile_from_devices(void)
{
	int in = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int out = memfd_create("probe", MFD_CLOEXEC);
	bool works;

	if (in < 0 || out < 0)
		die("/dev/zero and memfd");
	works = sendfile(out, in, NULL, 1) == 1;
	close(in);
	close(out);
	return works;
}

static long splice_bytes(void)
{
	int in = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int ends[2];
	long bytes;

	if (in < 0 || pipe2(ends, O_CLOEXEC))
		die("/dev/zero and pipe");
	bytes = splice(in, NULL, ends[1], NULL, 32 * PAGE, 0);
	close(in);
	close(ends[0]);
	close(ends[1]);
	return bytes > 0 ? bytes : (long)(16 * PAGE);
}

/* Two pages that are two mappings, and room to move them to. */
static char *probe_memory(void)
{
	char *memory = must_map(NULL, 8 * PAGE, PROT_READ, ANONYMOUS, -1, 0);

	if (mprotect(memory + PAGE, PAGE, PROT_NONE) ||
	    munmap(memory + 2 * PAGE, PAGE))
		die("memory for a probe");
	return memory;
}

static bool mremap_moves_several(void)
{
	char *memory = probe_memory();
	bool moved = mremap(memory, 2 * PAGE, 2 * PAGE, MOVE_TO,
			    memory + 4 * PAGE) != MAP_FAILED;

	munmap(memory, 8 * PAGE);
	return moved;
}

/* A mapping must not grow beyond its end: is the target there after the refusal? */
static bool mremap_checks_first(void)
{
	char *memory = probe_memory();
	bool left;

	if (mremap(memory + PAGE, 2 * PAGE, 3 * PAGE, MOVE_TO,
		   memory + 4 * PAGE) != MAP_FAILED)
		die("mremap of what is not mapped");
	left = is_mapped((uintptr_t)memory + 4 * PAGE);
	munmap(memory, 8 * PAGE);
	return left;
}

/* Advice that changes nothing does not split a mapping, which then may grow. */
static bool stack_is_nohuge(void)
{
	char *memory = must_map(NULL, 2 * PAGE, PROT_READ,
				ANONYMOUS | MAP_STACK, -1, 0);
	char *grown;

	if (madvise(memory, PAGE, MADV_NOHUGEPAGE))
		return false;
	grown = mremap(memory, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
	if (grown == MAP_FAILED) {
		munmap(memory, 2 * PAGE);
		return false;
	}
	munmap(grown, 3 * PAGE);
	return true;
}

/* A range of no bytes: only the advice is looked at. */
static bool knows_advice(int advice)
{
	return madvise((void *)ARENA, 0, advice) == 0;
}

void traits_init(void)
{
	struct statvfs dev;
	int advice;

	if (statvfs("/dev", &dev))
		die("/dev");
	traits.dev_is_noexec = dev.f_flag & ST_NOEXEC;
	traits.sendfile_from_devices = sendfile_from_devices();
	traits.splice_bytes = splice_bytes();
	traits.mremap_moves_several = mremap_moves_several();
	traits.mremap_checks_first = mremap_checks_first();
	traits.stack_is_nohuge = stack_is_nohuge();
	for (advice = 0; advice < MAX_ADVICE; advice++)
		traits.advice[advice] = knows_advice(advice);
}
