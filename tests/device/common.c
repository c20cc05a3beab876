// SPDX-License-Identifier: GPL-2.0-only
#include "common.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

size_t page;

__attribute__((constructor)) static void init(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	cmocka_set_test_filter(getenv("KREGION_TEST"));
}

int run(const char *format, ...)
{
	char command[8192];
	va_list args;
	int status, len;

	va_start(args, format);
	len = vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	assert_true(len > 0 && len < (int)sizeof(command));
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool kernel_at_least(int major, int minor)
{
	struct utsname name;
	int have_major, have_minor, n;

	assert_int_equal(uname(&name), 0);
	n = sscanf(name.release, "%d.%d", &have_major, &have_minor);
	assert_int_equal(n, 2);
	return have_major > major ||
	       (have_major == major && have_minor >= minor);
}

pid_t fork_child(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS };
	pid_t child = fork();
	size_t i;

	assert_true(child >= 0);
	for (i = 0; child == 0 && i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	return child;
}

void stay_root(void)
{
}

static void become_user(size_t groups, gid_t group)
{
	if (setgroups(groups, &group) || setgid(NOBODY) || setuid(NOBODY))
		_exit(100);
	/* As after execve(2): its own /proc/self is its own again. */
	if (prctl(PR_SET_DUMPABLE, 1))
		_exit(100);
}

void become_nobody(void)
{
	become_user(0, NOBODY);
}

void become_member(void)
{
	struct group *group = getgrnam("kregion");

	if (!group)
		_exit(100);
	become_user(1, group->gr_gid);
}

void become_root_without_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	if (syscall(SYS_capset, &header, none))
		_exit(100);
}

static void write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(102);
	close(fd);
}

void become_root_of_a_user_namespace(void)
{
	become_member();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		_exit(101);
	write_map("/proc/self/uid_map", "0 65534 1");
	write_map("/proc/self/setgroups", "deny");
	write_map("/proc/self/gid_map", "0 65534 1");
	if (getuid() || getgid())
		_exit(103);
}

int as(void (*become)(void), int (*check)(void))
{
	pid_t child = fork_child();
	int status;

	if (child == 0) {
		become();
		_exit(check());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

long number_from(const char *variable, long usual)
{
	const char *text = getenv(variable);

	return text ? strtol(text, NULL, 0) : usual;
}

/* Of 50 ms, while udev is idle; while it is not, only the topic's limit counts. */
#define UDEV_TRIES	1200

/* The file is there as long as udev has events to do: `udevadm settle` looks at it, too. */
static bool udev_is_idle(void)
{
	return access("/run/udev/queue", F_OK) != 0;
}

void wait_for_group(const char *node)
{
	struct group *group = getgrnam("kregion");
	struct stat st;
	int tries;

	assert_non_null(group);
	for (tries = 0; tries < UDEV_TRIES; tries += udev_is_idle()) {
		if (!stat(node, &st) && st.st_gid == group->gr_gid)
			return;
		usleep(50000);
	}
	fail_msg("udev does not give %s to the group", node);
}

void remove_module(const char *name)
{
	char path[64];
	int tries;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	/* udev may still hold a new node open for a moment. */
	for (tries = 0; tries < UDEV_TRIES; tries += udev_is_idle()) {
		if (access(path, F_OK))
			return;
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return;
		usleep(50000);
	}
	fail_msg("%s cannot be unloaded", name);
}

#define MODULES		"/kregion/build/$KREGION_KERNEL/tests/module/"

bool ram_has_types(void)
{
	return run("test -e " MODULES "kregion_caches.ko") == 0;
}

void insert_test_module(const char *name)
{
	if (run("insmod " MODULES "%s.ko", name))
		fail_msg("%s cannot be loaded", name);
}

void unload(void)
{
	remove_module("kregion");
}

int try_load(const char *args)
{
	unload();
	return run("modprobe -q kregion %s", args);
}

void load(const char *args)
{
	if (try_load(args))
		fail_msg("modprobe kregion %s failed", args);
}

int load_default(void **state)
{
	(void)state;
	load("");
	return 0;
}

int unload_module(void **state)
{
	(void)state;
	unload();
	return 0;
}

void mount_configfs(void)
{
	if (access(CONFIGFS, F_OK) == 0)
		return;
	if (mount("configfs", "/sys/kernel/config", "configfs", 0, NULL))
		fail_msg("configfs cannot be mounted: %s", strerror(errno));
	assert_int_equal(access(CONFIGFS, F_OK), 0);
}

int open_node_flags(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fail_msg("open %s: %s", path, strerror(errno));
	return fd;
}

int open_node(const char *path)
{
	return open_node_flags(path, O_RDWR);
}

void *try_map(int fd, size_t page_offset, size_t pages, int prot, int flags)
{
	return mmap(NULL, pages * page, prot, flags, fd,
		    (off_t)(page_offset * page));
}

void *map(int fd, size_t page_offset, size_t pages, int prot, int flags)
{
	void *address = try_map(fd, page_offset, pages, prot, flags);

	if (address == MAP_FAILED)
		fail_msg("mmap of %zu pages at page %zu: %s", pages,
			 page_offset, strerror(errno));
	return address;
}

void unmap(void *address, size_t pages)
{
	assert_int_equal(munmap(address, pages * page), 0);
}

void refuse_map(int fd, off_t offset, size_t length, int prot, int flags,
		int err)
{
	int before = mappings();
	void *address;
	int seen;

	address = mmap(NULL, length, prot, flags, fd, offset);
	seen = errno;
	if (address != MAP_FAILED)
		munmap(address, length);
	if (address != MAP_FAILED)
		fail_msg("mmap of %#zx bytes at %#llx was not refused", length,
			 (unsigned long long)offset);
	assert_int_equal(seen, err);
	assert_int_equal(mappings(), before);
}

void read_text(const char *path, char *text, size_t size)
{
	int fd = open_node_flags(path, O_RDONLY);
	ssize_t len = read(fd, text, size - 1);

	if (len < 0)
		fail_msg("read %s: %s", path, strerror(errno));
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(fd);
}

long long read_number(const char *path)
{
	char text[64], *end;
	long long number;

	read_text(path, text, sizeof(text));
	number = strtoll(text, &end, 0);
	if (end == text || *end)
		fail_msg("%s: '%s' is no number", path, text);
	return number;
}

int mappings(void)
{
	return (int)read_number(CLASS "kregion0/mappings");
}

void read_pfns(const char *device, unsigned int index, uint64_t *pfns,
	       size_t n)
{
	char path[128];
	FILE *file;
	size_t i;

	snprintf(path, sizeof(path), DEBUGFS "%s/%u/pfns", device, index);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	for (i = 0; i < n; i++) {
		unsigned long long pfn;

		if (fscanf(file, "%llu", &pfn) != 1)
			fail_msg("%s: only %zu of %zu lines", path, i, n);
		pfns[i] = pfn;
	}
	fclose(file);
}

uint64_t page_flags(uint64_t pfn)
{
	int fd = open_node_flags("/proc/kpageflags", O_RDONLY);
	uint64_t flags;

	assert_int_equal(pread(fd, &flags, sizeof(flags),
			       (off_t)(pfn * sizeof(flags))), sizeof(flags));
	close(fd);
	return flags;
}

const char *ask_caches(const char *format, ...)
{
	static char text[64];
	int fd = open_node("/sys/kernel/debug/kregion_caches");
	ssize_t len;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (write(fd, text, strlen(text)) < 0)
		fail_msg("%s: %s", text, strerror(errno));
	len = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0);
	text[len - 1] = '\0';
	close(fd);
	return text;
}

/* As tests/vm/kernels calls it. */
static bool kernel_is(const char *name)
{
	const char *kernel = getenv("KREGION_KERNEL");

	return kernel && !strcmp(kernel, name);
}

bool is_uml(void)
{
	return kernel_is("uml");
}

void skip_on_uml(const char *why)
{
	if (!is_uml())
		return;
	print_message("# User-Mode Linux %s\n", why);
	skip();
}

bool page_flags_are_enforced(void)
{
	return is_uml() || kernel_is("debug") || kernel_is("kcsan");
}

size_t reserved_pages(void)
{
	static uint64_t flags[16384];
	size_t reserved = 0;
	int fd = open_node_flags("/proc/kpageflags", O_RDONLY);
	ssize_t len, i;

	while ((len = read(fd, flags, sizeof(flags))) > 0) {
		for (i = 0; i < len / (ssize_t)sizeof(flags[0]); i++)
			reserved += flags[i] >> KPF_RESERVED & 1;
	}
	close(fd);
	return reserved;
}

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

void tell_kmemleak(const char *command)
{
	int fd;

	if (access(KMEMLEAK, F_OK))
		return;
	fd = open_node_flags(KMEMLEAK, O_WRONLY);
	assert_int_equal(write(fd, command, strlen(command)), strlen(command));
	close(fd);
}

void assert_no_memory_lost(void)
{
	static char text[65536];
	FILE *report = popen("/kregion/tests/device/lost-memory 2>&1", "re");
	size_t len;

	assert_non_null(report);
	len = fread(text, 1, sizeof(text) - 1, report);
	text[len] = '\0';
	if (pclose(report) || len)
		fail_msg("memory is lost:\n%s", text);
}

static __thread sigjmp_buf on_sigbus;
static __thread volatile bool reading;

/* Where nobody can_read(), the program ends. */
static void sigbus(int number)
{
	if (!reading)
		abort();
	siglongjmp(on_sigbus, number);
}

void catch_sigbus(void)
{
	struct sigaction action = { .sa_handler = sigbus };

	assert_int_equal(sigaction(SIGBUS, &action, NULL), 0);
}

bool can_read(const volatile uint32_t *address, uint32_t *word)
{
	if (sigsetjmp(on_sigbus, 1)) {
		reading = false;
		return false;
	}
	reading = true;
	*word = *address;
	reading = false;
	return true;
}

bool is_revoked(const volatile uint32_t *address)
{
	uint32_t word;

	return !can_read(address, &word);
}

static uint8_t pattern(size_t i, unsigned int seed)
{
	return (uint8_t)(i * 31 + i / 4096 * 7 + seed * 101 + 1);
}

void fill(void *address, size_t size, unsigned int seed)
{
	uint8_t *bytes = address;
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = pattern(i, seed);
}

bool filled(const void *address, size_t size, unsigned int seed)
{
	const uint8_t *bytes = address;
	size_t i;

	for (i = 0; i < size; i++) {
		if (bytes[i] != pattern(i, seed))
			return false;
	}
	return true;
}

bool all_zero(const void *address, size_t size)
{
	const uint8_t *bytes = address;

	return size == 0 || (!bytes[0] && !memcmp(bytes, bytes + 1, size - 1));
}

void read_pages(int fd, size_t at, void *buf, size_t size)
{
	assert_int_equal(pread(fd, buf, size, (off_t)(at * page)), size);
}

void write_pages(int fd, size_t at, const void *buf, size_t size)
{
	assert_int_equal(pwrite(fd, buf, size, (off_t)(at * page)), size);
}

/* The mark is a line of its own in the log. */
static char mark[64];
static char log_text[1 << 22];

void log_mark(void)
{
	static int number;
	int fd = open_node_flags("/dev/kmsg", O_WRONLY);

	/* Without the newline the line stays open, and unseen until the next one. */
	snprintf(mark, sizeof(mark), "test mark %d.%d\n", (int)getpid(),
		 number++);
	assert_int_equal(write(fd, mark, strlen(mark)), strlen(mark));
	close(fd);
}

const char *log_since_mark(void)
{
	enum { SYSLOG_ACTION_READ_ALL = 3 };
	int len = klogctl(SYSLOG_ACTION_READ_ALL, log_text,
			  sizeof(log_text) - 1);
	char *found;

	assert_true(len >= 0);
	log_text[len] = '\0';
	found = strstr(log_text, mark);
	assert_non_null(found);
	return found + strlen(mark);
}

void assert_log_is_silent(void)
{
	/* Beside the two, who could speak of what the program does. */
	const char *const words[] = { "kregion", program_invocation_short_name,
				      "x86/", "alloc", "mmap" };
	const char *log = log_since_mark();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strstr(log, words[i]))
			fail_msg("the log says: %s", log);
	}
}

const char *tracefs(const char *file)
{
	static char path[128];
	const char *root = "/sys/kernel/tracing";

	if (access("/sys/kernel/tracing/trace", F_OK))
		root = "/sys/kernel/debug/tracing";
	snprintf(path, sizeof(path), "%s/%s", root, file);
	return path;
}

void write_trace(const char *file, const char *text)
{
	int fd = open_node_flags(tracefs(file), O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

void trace_start(void)
{
	write_trace("events/kregion/enable", "0");
	write_trace("trace", "\n");
	write_trace("events/kregion/enable", "1");
}

const char *trace_stop(void)
{
	static char trace[1 << 18];
	size_t len = 0;
	ssize_t n;
	int fd;

	write_trace("events/kregion/enable", "0");
	fd = open_node_flags(tracefs("trace"), O_RDONLY);
	while ((n = read(fd, trace + len, sizeof(trace) - 1 - len)) > 0)
		len += (size_t)n;
	assert_int_equal(n, 0);
	trace[len] = '\0';
	close(fd);
	return trace;
}

void get_region_info(int fd, unsigned int index,
		     struct kregion_region_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = index;
	if (ioctl(fd, KREGION_GET_REGION_INFO, info))
		fail_msg("region %u: %s", index, strerror(errno));
}

unsigned int count_regions(int fd)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };

	assert_int_equal(ioctl(fd, KREGION_GET_DEVICE_INFO, &info), 0);
	return info.nr_regions;
}
