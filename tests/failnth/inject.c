// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel counts down the number in /proc/thread-self/fail-nth at each allocation,
 * and fails the one at which it gets 0 (Documentation/fault-injection). After that the
 * settings in debugfs hold: here that all allocations fail of a task that has
 * make-it-fail set.
 */
#include "inject.h"

#include <sys/klog.h>
#include <sys/syscall.h>

#define DEBUG		"/sys/kernel/debug/"
#define COPIES_LEFT	DEBUG "fail_usercopy/times"
#define MAX_POINTS	20000

#define SYSLOG_ACTION_CONSOLE_LEVEL	8

enum how {
	OBJECT,	/* the n-th of the slab allocator alone */
	PAGE,	/* the n-th of the page allocator alone */
	REST,	/* all from the n-th of both on */
};

static int fail_nth, make_it_fail;

static const char *const names[] = {
	[OBJECT] = "one object",
	[PAGE] = "one page",
	[REST] = "all from one on",
};

/* ---- arming ---- */

/* Copies from user memory are counted too: a failure may hit this very write. */
static void put(int fd, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);
	int tries;

	for (tries = 0; tries < 3; tries++) {
		if (pwrite(fd, text, (size_t)len, 0) == len)
			return;
	}
	abort();
}

static void set(const char *path, const char *text)
{
	int fd = open_node_flags(path, O_WRONLY);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void arm(unsigned int n, enum how how)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	set(COPIES_LEFT, "1");
	put(make_it_fail, how == REST ? "1" : "0");
	put(fail_nth, text);
}

/* Return how many more allocations it would have taken, 0 if one failed. */
static unsigned int disarm(void)
{
	char text[16] = "1";	/* when the failure hits this very read */

	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		text[0] = '1';
	put(make_it_fail, "0");
	put(fail_nth, "0");
	return (unsigned int)strtoul(text, NULL, 10);
}

/*
 * Was it a copy of user memory that failed, no allocation? The kernel counts down how
 * many more may fail, though fail-nth does not ask for that.
 */
static bool copy_failed(void)
{
	return read_number(COPIES_LEFT) == 0;
}

/*
 * What of it is counted. Objects and pages apart, since a slab that is full takes pages
 * now and then: where they are counted together, the n-th is another one each time, and
 * some are never hit.
 */
static void choose(enum how how)
{
	set(DEBUG "failslab/cache-filter", how == PAGE ? "Y" : "N");
	set(DEBUG "fail_page_alloc/min-order", how == OBJECT ? "30" : "0");
}

/* All allocations, also those that may sleep; nothing is said in the log. */
static void set_attributes(void)
{
	static const char *const values[][2] = {
		{ "task-filter", "Y" },	/* first, or all would fail */
		{ "ignore-gfp-wait", "N" },
		{ "verbose", "0" },
		{ "interval", "1" },
		{ "times", "-1" },
		{ "space", "0" },
		{ "probability", "100" },
	};
	char path[64];
	size_t i;

	set(DEBUG "fail_page_alloc/ignore-gfp-highmem", "N");
	set(DEBUG "fail_usercopy/verbose", "0");
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		snprintf(path, sizeof(path), DEBUG "failslab/%s", values[i][0]);
		set(path, values[i][1]);
		snprintf(path, sizeof(path), DEBUG "fail_page_alloc/%s",
			 values[i][0]);
		set(path, values[i][1]);
	}
}

/*
 * All memory of this program is there before anything fails, as a fault of its own
 * would be counted, and be tried again for ever where all allocations fail.
 */
int inject_setup(void **state)
{
	char stack[65536];

	(void)state;
	if (access(DEBUG "failslab", F_OK))
		fail_msg("this kernel has no fault injection, see --kernel debug, gcov and uml");
	memset(stack, 1, sizeof(stack));
	assert_int_equal(mlockall(MCL_CURRENT), 0);
	set_attributes();
	tell_kmemleak("scan=off");
	/* What the kernel says of each failure takes longer than all else. */
	assert_int_equal(klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 4), 0);
	fail_nth = open_node("/proc/thread-self/fail-nth");
	make_it_fail = open_node("/proc/thread-self/make-it-fail");
	return 0;
}

/* ---- a sweep ---- */

static unsigned int positive_from(const char *variable)
{
	long number = number_from(variable, 1);

	if (number < 1)
		fail_msg("%s=%ld is not from 1 on", variable, number);
	return (unsigned int)number;
}

/* Short forms take every KREGION_STEP-th, from one on that KREGION_SEED draws. */
static unsigned int short_step(void)
{
	return positive_from("KREGION_STEP");
}

/* After the first failure and each so-many-th all is looked at, and it must work. */
static unsigned int look_each(void)
{
	return positive_from("KREGION_LOOK");
}

/* PG_reserved pages of the machine when a sweep begins. */
static size_t reserved;

struct tally {
	unsigned int points;
	unsigned int survived;
	unsigned int errnos[134];
};

static bool errno_is_allowed(const struct operation *operation, int err)
{
	size_t i;

	if (err == ENOMEM)
		return true;
	/* Of a failed allocation it says nothing. */
	if (err == EFAULT)
		return operation->faults || copy_failed();
	for (i = 0; i < ARRAY_SIZE(operation->errnos); i++) {
		if (err == operation->errnos[i])
			return true;
	}
	return false;
}

static void finish(const struct operation *operation)
{
	if (operation->finish)
		operation->finish();
}

static void must_work(const struct operation *operation)
{
	int err;

	if (operation->before)
		operation->before();
	err = operation->attempt();
	if (err)
		fail_msg("it fails with %s without a failing allocation",
			 strerror(err));
	finish(operation);
}

/* A try whose n-th allocation failed. */
static void judge(const struct operation *operation, int err,
		  struct tally *tally)
{
	tally->points++;
	if (!err) {
		tally->survived++;
		finish(operation);
		return;
	}
	tally->errnos[err]++;
	if (!errno_is_allowed(operation, err))
		fail_msg("fails with %s", strerror(err));
	if (operation->refused)
		operation->refused();
}

/* Return the errno, and in @left how many more allocations it would have taken. */
static int attempt(const struct operation *operation, unsigned int n,
		   enum how how, unsigned int *left)
{
	int err;

	if (operation->before)
		operation->before();
	arm(n, how);
	err = operation->attempt();
	*left = disarm();
	return err;
}

/* Return whether there was an n-th allocation. */
static bool try(const struct operation *operation, unsigned int n, enum how how,
		struct tally *tally)
{
	unsigned int left;
	int err = attempt(operation, n, how, &left);

	if (left) {
		assert_int_equal(err, 0);
		finish(operation);
		return false;
	}
	judge(operation, err, tally);
	if (err && (tally->points - tally->survived - 1) % look_each() == 0) {
		if (!operation->keeps)
			assert_int_equal(reserved_pages(), reserved);
		must_work(operation);
	}
	return true;
}

static void print_tally(const struct operation *operation, enum how how,
			unsigned int first, const struct tally *tally)
{
	unsigned int i;

	printf("# %.60s, %s: from %u, %u points, %u survived", operation->name,
	       names[how], first, tally->points, tally->survived);
	for (i = 0; i < ARRAY_SIZE(tally->errnos); i++) {
		if (tally->errnos[i])
			printf(", %u %s", tally->errnos[i], strerrorname_np((int)i));
	}
	printf("\n");
	fflush(stdout);
}

/* Allocations of an operation that is not made to fail, whatever it returns. */
static unsigned int count_points(const struct operation *operation,
				 enum how how)
{
	unsigned int left;
	int err = attempt(operation, MAX_POINTS, how, &left);

	assert_true(left > 0);
	if (!err)
		finish(operation);
	return MAX_POINTS - left;
}

/* Where a sweep is, for when the test ends there. */
static char at_name[64];
static enum how at_how;
static unsigned int at_point;

static unsigned int step_of(const struct operation *operation)
{
	if (operation->dense && number_from("KREGION_DENSE", 0))
		return 1;
	return (operation->step ? operation->step : 1) * short_step();
}

/* Each @step-th, until so many have failed; return how many have. */
static unsigned int sweep_one_way(const struct operation *operation,
				  enum how how, unsigned int step,
				  unsigned int enough)
{
	unsigned int first = 1 + (unsigned int)number_from("KREGION_SEED", 0) % step;
	struct tally tally = { 0 };

	choose(how);
	if (operation->behind && how != PAGE)
		first += count_points(operation->behind, how);
	snprintf(at_name, sizeof(at_name), "%s", operation->name);
	at_how = how;
	at_point = first;
	while (tally.points - tally.survived < enough &&
	       try(operation, at_point, how, &tally)) {
		at_point += step;
		assert_true(at_point < MAX_POINTS);
	}
	print_tally(operation, how, first, &tally);
	at_name[0] = '\0';
	return tally.points - tally.survived;
}

/* It can fail: where all that were drawn are survived, another one is looked for. */
static void sweep_ways(const struct operation *operation, enum how from,
		       enum how to)
{
	unsigned int step = step_of(operation), failed = 0;
	enum how how;

	for (how = from; how <= to; how++)
		failed += sweep_one_way(operation, how, step, MAX_POINTS);
	if (operation->survives)
		return;
	for (how = from; !failed && how <= to; how++)
		failed = sweep_one_way(operation, how, 1, 1);
	assert_true(failed > 0);
}

void sweep(const struct operation *operation)
{
	reserved = reserved_pages();
	must_work(operation);
	sweep_ways(operation, OBJECT, operation->single ? PAGE : REST);
	assert_int_equal(reserved_pages(), reserved);
}

void sweep_pages(const struct operation *operation)
{
	reserved = reserved_pages();
	sweep_ways(operation, PAGE, PAGE);
}

/* ---- lost memory ---- */

/* Pages, in KiB, that the kernel cannot say the use of: from alloc_page() and the like. */
static long pages_of_unknown_use(void)
{
	static const struct {
		const char *name;
		int sign;
	} known[] = {
		{ "MemTotal:", 1 }, { "MemFree:", -1 }, { "Buffers:", -1 },
		{ "Cached:", -1 }, { "SwapCached:", -1 }, { "AnonPages:", -1 },
		{ "Slab:", -1 }, { "KernelStack:", -1 }, { "PageTables:", -1 },
		{ "SecPageTables:", -1 }, { "VmallocUsed:", -1 },
		{ "Percpu:", -1 },
	};
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128], name[64];
	long sum = 0, value;
	size_t i;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %ld", name, &value) != 2)
			continue;
		for (i = 0; i < ARRAY_SIZE(known); i++) {
			if (!strcmp(name, known[i].name))
				sum += known[i].sign * value;
		}
	}
	fclose(file);
	return sum;
}

static long unknown_before;

/* cmocka's setup of each test. */
int note_memory(void **state)
{
	(void)state;
	tell_kmemleak("clear");
	unknown_before = pages_of_unknown_use();
	return 0;
}

/* cmocka's teardown of each test: tell where it failed, or look for lost memory. */
int no_memory_lost(void **state)
{
	(void)state;
	if (at_name[0]) {
		printf("# at %s, %s: %u\n", at_name, names[at_how], at_point);
		at_name[0] = '\0';
		return 0;
	}
	/* It takes 6 s: short forms leave it to tests/device/guest, at the end. */
	if (short_step() == 1)
		assert_no_memory_lost();
	printf("# pages of unknown use: %+ld KiB\n",
	       pages_of_unknown_use() - unknown_before);
	return 0;
}

/* ---- modules ---- */

/*
 * A copy in memory, as the root file system of a guest is the host's: failing
 * allocations would go to what reads that, which waits for ever.
 */
int open_module(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/shm/%s.ko", name);
	if (run("cp /lib/modules/$(uname -r)/updates/dkms/%s.ko %s", name, path))
		fail_msg("no %s.ko in /lib/modules", name);
	return open_node_flags(path, O_RDONLY);
}

int load_module(int fd, const char *args)
{
	return syscall(SYS_finit_module, fd, args, 0) ? errno : 0;
}

/* udev may still hold a new node open for a moment. */
int unload_module_now(const char *name)
{
	int tries;

	for (tries = 0; tries < 3000; tries++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return 0;
		usleep(20000);
	}
	return errno;
}

void must_unload(const char *name)
{
	assert_int_equal(unload_module_now(name), 0);
}

/* ---- what the machine has ---- */

size_t cache_attributes(const char *const **attributes)
{
	static const char *const all[] = { "wb", "wc", "uc" };

	/* User-Mode Linux has no page tables of the CPU's own. */
	*attributes = all;
	return is_uml() ? 1 : ARRAY_SIZE(all);
}

void must_exist(const char *path)
{
	if (access(path, F_OK))
		fail_msg("%s is not there", path);
}

void must_be_gone(const char *path)
{
	if (!access(path, F_OK))
		fail_msg("%s is there", path);
}
