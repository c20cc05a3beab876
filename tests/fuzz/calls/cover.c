// SPDX-License-Identifier: GPL-2.0-only
#include "cover.h"

#include <fcntl.h>
#include <linux/kcov.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "random.h"
#include "user-memory.h"

#define ENTRIES	(64ul << 10)

static uint64_t *trace;		/* a count, and as many program counters */

/* Something that goes nowhere near the driver must not be recorded. */
static void others_are_silent(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	cover_start();
	if (read(fd, &byte, 1) != 1)
		die("/dev/zero");
	close(fd);
	if (__atomic_load_n(&trace[0], __ATOMIC_RELAXED))
		die("the whole kernel is instrumented, not our modules alone");
}

static void driver_speaks(void)
{
	int fd = open("/dev/kregion0", O_RDWR | O_CLOEXEC);

	cover_start();
	lseek(fd, 0, SEEK_SET);
	close(fd);
	if (!__atomic_load_n(&trace[0], __ATOMIC_RELAXED))
		die("kregion is not built with KCOV_INSTRUMENT=y");
}

void cover_init(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, ENTRIES))
		die("kcov");
	trace = must_map(NULL, ENTRIES * sizeof(*trace), PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);
	if (ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		die("KCOV_ENABLE");
	others_are_silent();
	driver_speaks();
}

void cover_start(void)
{
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

/* True when it was not there. */
static bool add(struct cover_set *set, uint64_t key)
{
	size_t at = (key * 0x9e3779b97f4a7c15 >> 32) % COVER_KEYS;

	while (set->keys[at] && set->keys[at] != key)
		at = (at + 1) % COVER_KEYS;
	if (set->keys[at])
		return false;
	if (set->len == COVER_KEYS / 2)
		die("more places or steps than cover.h has room for");
	set->keys[at] = key;
	set->len++;
	return true;
}

bool cover_collect(struct cover *cover)
{
	uint64_t number = __atomic_load_n(&trace[0], __ATOMIC_RELAXED), last = 0;
	unsigned int before = cover->pcs.len + cover->edges.len;
	uint64_t i;

	for (i = 1; i <= number; i++) {
		add(&cover->pcs, trace[i]);
		/* Modules lie within 2 GiB: the low halves tell places apart. */
		add(&cover->edges, trace[i] << 32 | (uint32_t)last);
		last = trace[i];
	}
	return cover->pcs.len + cover->edges.len > before;
}
