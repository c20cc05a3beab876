// SPDX-License-Identifier: GPL-2.0-only
#include "actors.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_ACTORS	64

/* Without a round, or a refusal, for so long an actor hangs. */
#define HANGS_AFTER	120	/* seconds */

/* Refused for so long, one that has something left to do never succeeds. */
#define HOPELESS_AFTER	300	/* seconds */

#define TICKS		10	/* a second */

/* For who waits for a long run. */
#define TELL_EVERY	60	/* seconds */

struct actor {
	const struct kind *kind;
	unsigned int copy;
	unsigned int rounds;	/* that must succeed */
	pid_t pid;
	uint64_t random;
	atomic_ulong successes;
	atomic_ulong refusals;
	char says[256];		/* why it failed */
};

/* Seen by all processes of the test. */
struct stage {
	atomic_bool over;
	struct actor *_Atomic alone;	/* who wants room, or NULL */
	struct actor actors[MAX_ACTORS];
};

static struct stage *stage;
static size_t nr_actors;

unsigned int rounds(unsigned int usual)
{
	return (unsigned int)number_from("KREGION_ROUNDS", usual);
}

/* ---- what an actor may do ---- */

unsigned int copy_of(const struct actor *self)
{
	return self->copy;
}

/* xorshift64 */
unsigned int below(struct actor *self, unsigned int limit)
{
	self->random ^= self->random << 13;
	self->random ^= self->random >> 7;
	self->random ^= self->random << 17;
	return (unsigned int)(self->random >> 16) % limit;
}

void succeeded(struct actor *self)
{
	atomic_fetch_add(&self->successes, 1);
}

void wrong(struct actor *self, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(self->says, sizeof(self->says), format, args);
	va_end(args);
	_exit(1);
}

void refused(struct actor *self, int err)
{
	const int *expected = self->kind->refusals;

	atomic_fetch_add(&self->refusals, 1);
	for (; *expected != NO_MORE_ERRNOS; expected++) {
		if (*expected == err) {
			usleep(below(self, 4000));
			return;
		}
	}
	wrong(self, "is refused by %s", strerror(err));
}

static void change_cpu(struct actor *self)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(below(self, (unsigned int)sysconf(_SC_NPROCESSORS_ONLN)), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void give_way(struct actor *self)
{
	switch (below(self, 8)) {
	case 0:
		change_cpu(self);
		break;
	case 1:
		sched_yield();
		break;
	case 2:
	case 3:
	case 4:
		usleep(below(self, 3000));
		break;
	}
}

void make_room(struct actor *self, bool on)
{
	atomic_store(&stage->alone, on ? self : NULL);
}

/* ---- the run ---- */

static void wait_for_room(struct actor *self)
{
	struct actor *alone;

	do {
		alone = atomic_load(&stage->alone);
		if (!alone || alone == self || atomic_load(&stage->over))
			return;
		usleep(2000);
	} while (below(self, 64));
}

static void play(struct actor *self)
{
	/* Nobody is left when the test is ended. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	catch_sigbus();
	while (!atomic_load(&stage->over)) {
		self->kind->act(self);
		give_way(self);
		wait_for_room(self);
	}
	_exit(0);
}

static void start(struct actor *actor)
{
	pid_t pid = fork_child();

	/* The actor's number is in memory that the child has, too. */
	if (pid == 0)
		play(actor);
	actor->pid = pid;
}

static void cast(const struct kind *kinds, size_t n, unsigned int rounds)
{
	uint64_t seed = (uint64_t)number_from("KREGION_SEED", time(NULL));
	unsigned int copy;
	size_t i;

	print_message("# KREGION_SEED=%llu KREGION_ROUNDS=%u\n",
		      (unsigned long long)seed, rounds);
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(stage, MAP_FAILED);
	nr_actors = 0;
	for (i = 0; i < n; i++) {
		for (copy = 0; copy < kinds[i].copies; copy++) {
			struct actor *actor = &stage->actors[nr_actors++];

			assert_true(nr_actors <= MAX_ACTORS);
			actor->kind = &kinds[i];
			actor->copy = copy;
			actor->rounds = rounds * kinds[i].percent / 100;
			actor->random = (seed + nr_actors) *
					0x9e3779b97f4a7c15ULL | 1;
		}
	}
}

static void print_file(pid_t pid, const char *name)
{
	char line[256];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/%s", pid, name);
	file = fopen(line, "r");
	while (file && fgets(line, sizeof(line), file))
		print_message("#   %s", line);
	if (file)
		fclose(file);
}

static void tell_of_hang(const struct actor *actor)
{
	print_message("# %s %u hangs, pid %d:\n", actor->kind->name,
		      actor->copy, actor->pid);
	print_file(actor->pid, "wchan");
	print_message("\n");
	print_file(actor->pid, "stack");
}

static unsigned long progress(const struct actor *actor)
{
	return atomic_load(&actor->successes) + atomic_load(&actor->refusals);
}

/* Has it ended, which it does not by itself unless something is wrong? */
static bool has_died(struct actor *actor)
{
	int status;

	if (waitpid(actor->pid, &status, WNOHANG) <= 0)
		return false;
	actor->pid = 0;
	if (!actor->says[0])
		snprintf(actor->says, sizeof(actor->says), "died, status %#x",
			 status);
	return true;
}

static void print_table(void)
{
	size_t i;

	for (i = 0; i < nr_actors; i++) {
		const struct actor *actor = &stage->actors[i];

		print_message("# %-12s %u: %8lu done, %8lu refused%s%s\n",
			      actor->kind->name, actor->copy,
			      atomic_load(&actor->successes),
			      atomic_load(&actor->refusals),
			      actor->says[0] ? "; " : "", actor->says);
	}
}

/* For how many ticks a number has stood still. */
struct standstill {
	unsigned long seen;
	unsigned int ticks;
};

static unsigned int ticks_without(struct standstill *standstill,
				  unsigned long now)
{
	if (now != standstill->seen)
		standstill->ticks = 0;
	standstill->seen = now;
	return standstill->ticks++;
}

/* Each must have succeeded once, if it has no rounds to do. */
static bool is_busy(const struct actor *actor)
{
	unsigned int needed = actor->rounds ? actor->rounds : 1;

	return atomic_load(&actor->successes) < needed;
}

/* Until all have done their rounds, with success; false when one has died or hangs. */
static bool watch(void)
{
	struct standstill moves[MAX_ACTORS] = { 0 }, wins[MAX_ACTORS] = { 0 };
	bool busy = true;
	unsigned int ticks = 0;
	size_t i;

	while (busy) {
		usleep(1000000 / TICKS);
		if (++ticks % (TELL_EVERY * TICKS) == 0)
			print_table();
		busy = false;
		for (i = 0; i < nr_actors; i++) {
			struct actor *actor = &stage->actors[i];

			if (has_died(actor))
				return false;
			if (ticks_without(&moves[i], progress(actor)) ==
			    HANGS_AFTER * TICKS) {
				tell_of_hang(actor);
				return false;
			}
			if (ticks_without(&wins[i],
					  atomic_load(&actor->successes)) >=
				    HOPELESS_AFTER * TICKS &&
			    is_busy(actor)) {
				print_message("# %s %u: no success for %d s\n",
					      actor->kind->name, actor->copy,
					      HOPELESS_AFTER);
				return false;
			}
			busy = busy || is_busy(actor);
		}
	}
	return true;
}

/* Each ends with the round that it is in. */
static bool end_all(void)
{
	unsigned int tries;
	bool good = true;
	size_t i;

	atomic_store(&stage->over, true);
	for (i = 0; i < nr_actors; i++) {
		struct actor *actor = &stage->actors[i];
		int status = 0;

		for (tries = 0; actor->pid && tries < HANGS_AFTER * 10;
		     tries++) {
			if (waitpid(actor->pid, &status, WNOHANG) > 0)
				actor->pid = 0;
			else
				usleep(100000);
		}
		if (actor->pid) {
			tell_of_hang(actor);
			kill(actor->pid, SIGKILL);
			good = false;
		}
		good = good && !status;
	}
	return good;
}

void run_actors(const struct kind *kinds, size_t n, unsigned int rounds)
{
	bool good;
	size_t i;

	cast(kinds, n, rounds);
	for (i = 0; i < nr_actors; i++)
		start(&stage->actors[i]);
	good = watch();
	good = end_all() && good;
	print_table();
	for (i = 0; i < nr_actors; i++) {
		if (!atomic_load(&stage->actors[i].successes))
			good = false;
	}
	munmap(stage, sizeof(*stage));
	if (!good)
		fail_msg("an actor failed, see above");
}

/* ---- what is left ---- */

/* What a run may cost the rest of the system: slabs, page tables, tmpfs. */
#define MEMORY_SLACK	(48LL << 20)

static long long available_memory(void)
{
	long long kilobytes = -1;
	char line[128];
	FILE *file;

	assert_int_equal(run("echo 3 >/proc/sys/vm/drop_caches"), 0);
	file = fopen("/proc/meminfo", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "MemAvailable: %lld", &kilobytes) == 1)
			break;
	}
	fclose(file);
	assert_true(kilobytes > 0);
	return kilobytes * 1024;
}

void look_at_machine(struct machine *machine)
{
	machine->reserved = reserved_pages();
	machine->available = available_memory();
}

void assert_nothing_left(const struct machine *before)
{
	static const char *const modules[] = { "kregion_gone", "kregion_writers",
					       "kregion_demo", "kregion_pci",
					       "kregion" };
	struct machine after;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modules); i++)
		remove_module(modules[i]);
	look_at_machine(&after);
	print_message("# available memory before and after: %lld, %lld KiB\n",
		      before->available >> 10, after.available >> 10);
	assert_int_equal(after.reserved, before->reserved);
	assert_true(after.available > before->available - MEMORY_SLACK);
	assert_no_memory_lost();
}
