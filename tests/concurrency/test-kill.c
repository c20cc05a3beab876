// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals in the middle of large copies. A process that is killed copies no more than
 * the chunk that it is at, and what it leaves is a prefix of what it was to copy; a
 * signal with a handler shortens nothing.
 *
 * Each actor has a region, or a BAR, of its own.
 */
#include "actors.h"
#include "pci.h"

#include <limits.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#define RW		(PROT_READ | PROT_WRITE)
#define REGIONS		"regions=vmalloc:8M,kmalloc:4M,vmalloc:8M,kmalloc:4M,vmalloc:4M"
#define RAM_CHUNK	(1024 * 1024UL)	/* driver/file.c */
#define BAR_CHUNK	256UL		/* driver/io.c */

static struct function ivshmem = { .id = IVSHMEM };

/* What is copied, by whom. */
struct job {
	const char *node;
	unsigned int region;
	size_t chunk;
	bool write;
	/* Set when the actor starts. */
	int fd;
	off_t offset;
	size_t size;
	char *source;
	char *target;		/* what the copy changes, shared with the child */
	unsigned int usual_us;	/* of a whole copy */
};

static struct job jobs[] = {
	{ NODE, 0, RAM_CHUNK, .write = true },
	{ NODE, 1, RAM_CHUNK, .write = true },
	{ NODE, 2, RAM_CHUNK, .write = false },
	{ NODE, 3, RAM_CHUNK, .write = false },
	{ ivshmem.node, 1, BAR_CHUNK, .write = true },
};

static void *anonymous(struct actor *self, size_t size)
{
	void *address = mmap(NULL, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (address == MAP_FAILED)
		wrong(self, "no memory");
	return address;
}

static ssize_t copy(const struct job *job)
{
	if (job->write)
		return pwrite(job->fd, job->source, job->size, job->offset);
	return pread(job->fd, job->target, job->size, job->offset);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void prepare(struct actor *self, struct job *job)
{
	struct kregion_region_info info;
	unsigned int i, took;
	uint64_t before;
	char *mapping;

	job->fd = open(job->node, O_RDWR | O_CLOEXEC);
	if (job->fd < 0)
		wrong(self, "open %s: %s", job->node, strerror(errno));
	get_region_info(job->fd, job->region, &info);
	job->size = info.size;
	job->offset = (off_t)info.offset;
	mapping = mmap(NULL, job->size, RW, MAP_SHARED, job->fd, job->offset);
	if (mapping == MAP_FAILED)
		wrong(self, "mmap: %s", strerror(errno));
	job->source = job->write ? anonymous(self, job->size) : mapping;
	job->target = job->write ? mapping : anonymous(self, job->size);
	/* Once to have all pages there, then to see how long it takes undisturbed. */
	copy(job);
	job->usual_us = UINT_MAX;
	for (i = 0; i < 3; i++) {
		before = now_us();
		if (copy(job) != (ssize_t)job->size)
			wrong(self, "a copy is short: %s", strerror(errno));
		took = (unsigned int)(now_us() - before) + 1;
		if (took < job->usual_us)
			job->usual_us = took;
	}
}

/* A child that has its buffers mapped and starts to copy when this returns. */
static pid_t start_copy(struct actor *self, const struct job *job)
{
	int ready[2];
	pid_t child;
	char byte;

	if (pipe(ready))
		wrong(self, "pipe: %s", strerror(errno));
	child = fork_child();
	if (child == 0) {
		if (write(ready[1], "", 1) != 1)
			_exit(2);
		_exit(copy(job) != (ssize_t)job->size);
	}
	if (read(ready[0], &byte, 1) != 1)
		wrong(self, "no child");
	close(ready[0]);
	close(ready[1]);
	return child;
}

static bool all_are(const char *bytes, size_t size, char value)
{
	return !size || (bytes[0] == value && !memcmp(bytes, bytes + 1, size - 1));
}

/* How many bytes are @value, up to the first that is not: in long steps first. */
static size_t run_of(const char *bytes, size_t size, char value)
{
	size_t i = 0, step = 64 * 1024;

	for (; step; step /= 256) {
		while (size - i >= step && all_are(bytes + i, step, value))
			i += step;
	}
	return i;
}

/* A prefix of @new, in whole chunks, then nothing but @old; return its length. */
static size_t copied(struct actor *self, const struct job *job, char new,
		     char old)
{
	const char *target = job->target;
	size_t done = run_of(target, job->size, new);

	if (done % job->chunk)
		wrong(self, "killed after %zu bytes, not a number of chunks",
		      done);
	if (run_of(target + done, job->size - done, old) != job->size - done)
		wrong(self, "other bytes behind byte %zu", done);
	return done;
}

static void kill_a_copy(struct actor *self)
{
	struct job *job = &jobs[copy_of(self)];
	int status;
	size_t done;
	pid_t child;

	if (!job->usual_us)
		prepare(self, job);
	memset(job->source, 'n', job->size);
	memset(job->target, 'o', job->size);
	child = start_copy(self, job);
	usleep(below(self, job->usual_us));
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child)
		wrong(self, "waitpid: %s", strerror(errno));
	if (!WIFSIGNALED(status) && WEXITSTATUS(status))
		wrong(self, "the child's copy failed");
	done = copied(self, job, 'n', 'o');
	if (done == 0)
		refused(self, EAGAIN);	/* killed before */
	else if (done == job->size)
		refused(self, ESRCH);	/* killed after, or too late to matter */
	else
		succeeded(self);
}

/* ---- signals that have a handler ---- */

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

static void send_signals(unsigned int period_us)
{
	struct sigaction action = { .sa_handler = count_signal };
	struct itimerval timer = {
		.it_interval.tv_usec = period_us,
		.it_value.tv_usec = period_us,
	};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Succeeds when a signal came while it copied. */
static void copy_under_signals(struct actor *self)
{
	static struct job job = { NODE, 4, RAM_CHUNK, .write = true };
	static char value;
	int before;

	if (!job.usual_us) {
		prepare(self, &job);
		send_signals(2000);
	}
	memset(job.source, ++value, job.size);
	before = signals;
	if (copy(&job) != (ssize_t)job.size)
		wrong(self, "a signal with a handler cuts a write");
	if (signals != before)
		succeeded(self);
	if (run_of(job.target, job.size, value) != job.size)
		wrong(self, "a signal leaves a gap");
	memset(job.source, 0, job.size);
	if (pread(job.fd, job.source, job.size, job.offset) !=
	    (ssize_t)job.size)
		wrong(self, "a signal with a handler cuts a read");
	if (run_of(job.source, job.size, value) != job.size)
		wrong(self, "a signal leaves a gap in a read");
}

/* ---- the test ---- */

static const struct kind kinds[] = {
	{ "kill", ARRAY_SIZE(jobs), 100, kill_a_copy, { EAGAIN, ESRCH } },
	{ "signals", 1, 0, copy_under_signals, { NO_MORE_ERRNOS } },
};

static void signals_in_large_copies(void **state)
{
	struct machine before;

	(void)state;
	unload();
	look_at_machine(&before);
	load("'" REGIONS "'");
	assert_int_equal(run("modprobe kregion_pci"), 0);
	find_function(&ivshmem);
	assert_int_equal(try_bind(&ivshmem), 0);
	run_actors(kinds, ARRAY_SIZE(kinds), rounds(40));
	override(&ivshmem, "\n");
	assert_nothing_left(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_in_large_copies),
	};

	return cmocka_run_group_tests(tests, load_default, NULL);
}
