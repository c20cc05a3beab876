/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Let the n-th allocation of an operation fail, for n = 1, 2, 3 ... until there are no
 * more, and see that a refusal is right and leaves nothing behind. For kernels with
 * fault injection (debug, uml).
 */
#ifndef KREGION_TEST_INJECT_H
#define KREGION_TEST_INJECT_H

#include "common.h"

/**
 * struct operation - what is done with failing allocations
 * @name: for the output
 * @before: makes ready for one try, or NULL
 * @attempt: the operation, 0 or its errno; it must call nothing but the kernel
 * @refused: what must hold after an errno, or NULL: nothing was made
 * @finish: after a success: that all is there, and undo it; or NULL
 * @errnos: allowed beside ENOMEM and, where what failed is a copy of user memory, EFAULT
 * @faults: it touches user memory that is not there yet: EFAULT where that has no memory
 * @behind: an operation that is refused before the allocations that are of interest:
 *	as many as it has are left out, of pages none, as it may have more of them; or NULL
 * @step: to the next n, 1 unless set; KREGION_SEED draws the first
 * @dense: each n also where others have steps, with KREGION_DENSE=1
 * @survives: no failure is known to make it fail
 * @single: only single failures: it touches user memory, which is tried again and again,
 *	or makes a process, which would have what is set
 * @keeps: what it made stays, and the next one makes more
 */
struct operation {
	const char *name;
	void (*before)(void);
	int (*attempt)(void);
	void (*refused)(void);
	void (*finish)(void);
	int errnos[4];
	const struct operation *behind;
	unsigned int step;
	bool dense;
	bool faults;
	bool survives;
	bool single;
	bool keeps;
};

/*
 * Do an operation again and again, until none of its allocations is left: with the n-th
 * object, then the n-th page failing alone; then with all from the n-th on, which also
 * gets through where a second way is taken after a failure (kvmalloc), and through what
 * is undone. Fails the test at the first thing wrong.
 */
void sweep(const struct operation *operation);

/* With the n-th page failing alone, and without having worked before. */
void sweep_pages(const struct operation *operation);

/* For cmocka's group setup and each test's setup and teardown, see there. */
int inject_setup(void **state);
int note_memory(void **state);
int no_memory_lost(void **state);

/* A test with a look for lost memory behind it, where KREGION_STEP is 1. */
#define failing_test(test) \
	cmocka_unit_test_setup_teardown(test, note_memory, no_memory_lost)

/* finit_module(2) and delete_module(2) of a module that DKMS installed. */
int open_module(const char *name);
int load_module(int fd, const char *args);
int unload_module_now(const char *name);
void must_unload(const char *name);

/* Those that RAM can have on this kernel: their number. */
size_t cache_attributes(const char *const **attributes);

/* Fails the test when it is there, or is not. */
void must_exist(const char *path);
void must_be_gone(const char *path);

#endif /* KREGION_TEST_INJECT_H */
