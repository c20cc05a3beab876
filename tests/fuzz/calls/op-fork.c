// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork: the child has the model, too, so it goes on with calls of its own. What it does
 * to regions and file positions is seen by the parent, which waits for it; what it does
 * to its own mappings, copies and descriptors is not.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "model.h"
#include "ops.h"

bool is_child;

static void be_child(uint64_t seed) __attribute__((noreturn));
static void be_child(uint64_t seed)
{
	uint64_t calls = 5 + below(20), i;

	model_forked();
	op_access_init();
	audit_all();
	for (i = 0; i < calls; i++)
		run_call(seed_of(seed, i));
	audit_counts();
	_exit(0);
}

void op_fork(void)
{
	uint64_t seed = random_number();
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		is_child = true;
		be_child(seed);
	}
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	/* A child that found something has told of it. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		_exit(1);
	if (status)
		mismatch("the child ended with status %#x", status);
	check(0, want_value(0));
}
