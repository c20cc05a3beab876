// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once: programs that open, map, read and write, devices that come and go
 * by configfs, by PCI and with their modules, readers of sysfs and debugfs, kill -9.
 *
 * Who has a device open may rely on it, unless it is PCI: so each actor checks that
 * what it holds works, and has in it what it wrote.
 */
#include "actors.h"
#include "pci.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kregion_demo.h"

#define RW		(PROT_READ | PROT_WRITE)
#define REGIONS		"regions=vmalloc:16p,kmalloc:16p;scope=open,vmalloc:16p,kmalloc:4p:wc"
#define PRIVATE_NODE	"/dev/kregion1"
#define PRIVATE_PAGES	20
#define DEMO_NODE	"/dev/kregion-demo"
#define CONFIG_NODE	"/dev/kregion-storm-"
#define CONFIG_PAGES	8

static struct function functions[] = { { .id = EDU }, { .id = IVSHMEM } };
#define edu		functions[0]

/* ---- small steps ---- */

static int try_open(struct actor *self, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		refused(self, errno);
	return fd;
}

/* Of a device that is open, and so there. */
static void *must_map(struct actor *self, int fd, size_t at, size_t pages,
		      int flags)
{
	void *address = try_map(fd, at, pages, RW, flags);

	if (address == MAP_FAILED)
		wrong(self, "mmap of %zu pages at %zu: %s", pages, at,
		      strerror(errno));
	return address;
}

static void must_copy(struct actor *self, ssize_t done, size_t size)
{
	if (done != (ssize_t)size)
		wrong(self, "copied %zd of %zu bytes: %s", done, size,
		      strerror(errno));
}

/* ---- the regions of the module itself ---- */

static void open_and_ask(struct actor *self)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	int fd = try_open(self, NODE), other;

	if (fd < 0)
		return;
	other = dup(fd);
	close(fd);
	if (ioctl(other, KREGION_GET_DEVICE_INFO, &info))
		wrong(self, "ioctl: %s", strerror(errno));
	if (info.nr_regions != 2)
		wrong(self, "a device of %u regions", info.nr_regions);
	close(other);
	succeeded(self);
}

/* One page for each actor that writes to both regions, behind each other. */
static size_t page_of(const struct actor *self, unsigned int first)
{
	return first + copy_of(self);
}

static void fork_and_look(struct actor *self, const void *address,
			  unsigned int seed)
{
	pid_t child = fork_child();
	int status;

	if (child == 0)
		_exit(!filled(address, page, seed));
	if (waitpid(child, &status, 0) != child || status)
		wrong(self, "a child sees other bytes, status %#x", status);
}

static void map_and_look(struct actor *self)
{
	size_t at = page_of(self, below(self, 2) ? KMALLOC_AT : VMALLOC_AT);
	unsigned int seed = below(self, 1000);
	int fd = try_open(self, NODE);
	char *shared, *private, *many;

	if (fd < 0)
		return;
	many = must_map(self, fd, VMALLOC_AT, REGION_PAGES, MAP_SHARED);
	shared = must_map(self, fd, at, 1, MAP_SHARED);
	private = must_map(self, fd, at, 1, MAP_PRIVATE);
	close(fd);
	fill(shared, page, seed);
	if (!filled(private, page, seed))
		wrong(self, "a private mapping does not show the region");
	fill(private, page, seed + 1);
	if (!filled(shared, page, seed) || !filled(private, page, seed + 1))
		wrong(self, "a private mapping is not apart");
	if (below(self, 4) == 0)
		fork_and_look(self, private, seed + 1);
	unmap(many + page, REGION_PAGES / 2);
	give_way(self);
	unmap(shared, 1);
	unmap(private, 1);
	unmap(many, REGION_PAGES);
	succeeded(self);
}

static void write_and_read(struct actor *self)
{
	static char bytes[4096], seen[4096];
	off_t at = (off_t)(page_of(self, 8 + (below(self, 2) ? KMALLOC_AT :
							       VMALLOC_AT)) *
			   page);
	unsigned int seed = below(self, 1000);
	int fd = try_open(self, NODE);

	if (fd < 0)
		return;
	fill(bytes, sizeof(bytes), seed);
	must_copy(self, pwrite(fd, bytes, sizeof(bytes), at), sizeof(bytes));
	give_way(self);
	must_copy(self, pread(fd, seen, sizeof(seen), at), sizeof(seen));
	if (memcmp(bytes, seen, sizeof(bytes)))
		wrong(self, "other bytes than were written");
	close(fd);
	succeeded(self);
}

static void own_regions(struct actor *self)
{
	size_t size = PRIVATE_PAGES * page, vmalloc = 16 * page;
	unsigned int seed = below(self, 1000);
	int fd = try_open(self, PRIVATE_NODE);
	char *bytes, *buf;

	if (fd < 0)
		return;
	buf = malloc(size);
	must_copy(self, pread(fd, buf, vmalloc, 0), vmalloc);
	bytes = must_map(self, fd, 16, 4, MAP_SHARED);
	if (!all_zero(buf, vmalloc) || !all_zero(bytes, 4 * page))
		wrong(self, "regions of a new file are not zeroed");
	fill(bytes, 4 * page, seed);
	give_way(self);
	must_copy(self, pread(fd, buf, 4 * page, (off_t)vmalloc), 4 * page);
	if (!filled(buf, 4 * page, seed))
		wrong(self, "another file's bytes");
	close(fd);
	unmap(bytes, 4);
	free(buf);
	succeeded(self);
}

/* ---- configfs ---- */

/* A directory that others may use for a moment. */
static void remove_directory(struct actor *self, const char *path)
{
	while (rmdir(path))
		refused(self, errno);
}

static void stop(struct actor *self, const char *live)
{
	int err;

	while ((err = put(live, "0")))
		refused(self, err);
}

static void use_own(struct actor *self, const char *node, const char *live)
{
	unsigned int seed = below(self, 1000);
	int fd = open(node, O_RDWR | O_CLOEXEC), err;
	char *address;

	if (fd < 0)
		wrong(self, "open of a live device: %s", strerror(errno));
	address = must_map(self, fd, 0, CONFIG_PAGES, MAP_SHARED);
	close(fd);
	if (!all_zero(address, CONFIG_PAGES * page))
		wrong(self, "a new device is not zeroed");
	fill(address, CONFIG_PAGES * page, seed);
	err = put(live, "0");
	if (err != EBUSY)
		wrong(self, "live=0 of a mapped device: %s", strerror(err));
	if (!filled(address, CONFIG_PAGES * page, seed))
		wrong(self, "bytes of a mapped device changed");
	unmap(address, CONFIG_PAGES);
}

/* Nothing in here is refused because of others, but what takes the device away. */
static void create_and_remove(struct actor *self)
{
	char device[64], region[80], path[96], live[80], node[64];
	int err;

	snprintf(device, sizeof(device), CONFIGFS "storm-%u", copy_of(self));
	snprintf(node, sizeof(node), CONFIG_NODE "%u", copy_of(self));
	snprintf(region, sizeof(region), "%s/r", device);
	snprintf(live, sizeof(live), "%s/live", device);
	snprintf(path, sizeof(path), "%s/size", region);
	if (mkdir(device, 0700)) {
		/* configfs_mkdir() has EINVAL for a module that is going. */
		refused(self, errno == EINVAL ? ENOENT : errno);
		return;
	}
	if (mkdir(region, 0700))
		wrong(self, "mkdir %s: %s", region, strerror(errno));
	err = put(path, "8p");
	if (!err)
		err = put(live, "1");
	if (err)
		wrong(self, "a device cannot be made: %s", strerror(err));
	use_own(self, node, live);
	if (below(self, 2))
		stop(self, live);
	remove_directory(self, region);
	remove_directory(self, device);
	succeeded(self);
	usleep(below(self, 10000));
}

/* Who got it open keeps it. */
static void use_created(struct actor *self)
{
	char node[64], byte;
	char *address;
	int fd;

	snprintf(node, sizeof(node), CONFIG_NODE "%u", below(self, 2));
	fd = try_open(self, node);
	if (fd < 0)
		return;
	address = must_map(self, fd, 0, CONFIG_PAGES, MAP_SHARED);
	must_copy(self, pread(fd, &byte, 1, 0), 1);
	close(fd);
	(void)*(volatile char *)address;
	unmap(address, CONFIG_PAGES);
	succeeded(self);
}

/* ---- PCI ---- */

static void pull_out(struct actor *self, const struct function *function)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), PCI "devices/%s/remove",
		 function->address);
	err = put(path, "1");
	if (!err)
		err = put(PCI "rescan", "1");
	snprintf(path, sizeof(path), PCI "devices/%s/driver_override",
		 function->address);
	if (!err)
		err = put(path, "kregion_pci\n");
	if (err)
		wrong(self, "remove and rescan: %s", strerror(err));
}

/* The module may come and go meanwhile; when it comes, it takes both. */
static void bind_and_unbind(struct actor *self)
{
	const struct function *function = &functions[copy_of(self)];
	int err = put(DRIVER "bind", function->address);

	if (err)
		refused(self, err);
	if (err == ENOENT)
		return;
	usleep(below(self, 20000));
	if (below(self, 8) == 0)
		pull_out(self, function);
	err = put(DRIVER "unbind", function->address);
	if (err)
		refused(self, err);
	else
		succeeded(self);
}

static void read_identity(struct actor *self, volatile uint32_t *registers,
			  int fd)
{
	uint32_t word;
	int i;

	for (i = 0; i < 100; i++) {
		if (!can_read(registers, &word))
			return;
		if (word != EDU_ID_VALUE)
			wrong(self, "%#x in the register by pointer", word);
		if (pread(fd, &word, 4, 0) == 4) {
			if (word != EDU_ID_VALUE)
				wrong(self, "%#x in the register by read",
				      word);
		} else if (errno != ENODEV) {
			wrong(self, "pread: %s", strerror(errno));
		}
	}
}

static void use_registers(struct actor *self)
{
	int fd = try_open(self, edu.node);
	void *registers;

	if (fd < 0)
		return;
	registers = try_map(fd, 0, 1, RW, MAP_SHARED);
	if (registers == MAP_FAILED) {
		refused(self, errno);
	} else {
		read_identity(self, registers, fd);
		unmap(registers, 1);
		succeeded(self);
	}
	close(fd);
}

/* ---- modules ---- */

static const char *const modules[] = { "kregion", "kregion_pci",
				       "kregion_demo" };

/* Unpacked, so that a round does not start programs. */
static void unpack_modules(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		if (run("f=$(modinfo -n %s) && case $f in *.xz) xz -dc $f ;; *) cat $f ;; esac >/tmp/%s.ko",
			modules[i], modules[i]))
			fail_msg("%s: no file", modules[i]);
	}
}

static int insert(size_t module)
{
	char path[64];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/tmp/%s.ko", modules[module]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (syscall(SYS_finit_module, fd, module ? "" : REGIONS, 0))
		err = errno;
	close(fd);
	return err;
}

/* For a moment in which nobody has it open, if there is one soon. */
static bool try_remove(struct actor *self, size_t module)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (!syscall(SYS_delete_module, modules[module], O_NONBLOCK))
			return true;
		refused(self, errno);
	}
	return false;
}

static void insert_again(struct actor *self, size_t first, size_t end)
{
	for (; first < end; first++) {
		int err = insert(first);

		if (err)
			wrong(self, "%s does not load: %s", modules[first],
			      strerror(err));
	}
}

/* All of them, or one that none of the others needs. */
static void unload_and_load(struct actor *self)
{
	size_t end = ARRAY_SIZE(modules), first = 0, left;

	if (below(self, 2)) {
		first = 1 + below(self, (unsigned int)end - 1);
		end = first + 1;
	}
	make_room(self, true);
	for (left = end; left > first && try_remove(self, left - 1); left--)
		continue;
	make_room(self, false);
	insert_again(self, left, end);
	if (left == first)
		succeeded(self);
	usleep(below(self, 400000));
}

static void read_demo(struct actor *self)
{
	const struct kregion_demo_status *status;
	int fd = open(DEMO_NODE, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		refused(self, errno);
		return;
	}
	status = try_map(fd, KREGION_DEMO_STATUS_PAGE, 1, PROT_READ,
			 MAP_SHARED);
	if (status == MAP_FAILED || status->magic != KREGION_DEMO_MAGIC)
		wrong(self, "no status page");
	close(fd);
	give_way(self);
	unmap((void *)status, 1);
	succeeded(self);
}

/* ---- who looks on, who is killed ---- */

static void read_files(struct actor *self)
{
	static const char *const paths[] = {
		CLASS "kregion0/size", CLASS "kregion0/mappings",
		CLASS "kregion0/regions/0/offset",
		CLASS "kregion1/regions/1/cache",
		CLASS "kregion-storm-0/regions/0/size",
		CLASS "kregion-storm-1/mappings",
		CLASS "kregion-demo/regions/2/name",
		DEBUGFS "kregion0/0/pfns", DEBUGFS "kregion0/1/reserved",
		DEBUGFS "kregion-storm-0/0/pfns",
		DEBUGFS "kregion-demo/0/reserved",
		CONFIGFS "storm-0/live", CONFIGFS "storm-1/r/size",
		"/sys/module/kregion/parameters/regions",
	};
	char text[4096];
	int fd = open(paths[below(self, ARRAY_SIZE(paths))],
		      O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		refused(self, errno);
		return;
	}
	give_way(self);
	if (read(fd, text, sizeof(text)) < 0)
		refused(self, errno);
	else
		succeeded(self);
	close(fd);
}

static void __attribute__((noreturn)) use_until_killed(void)
{
	static char buf[REGION_PAGES * 4096];

	for (;;) {
		int fd = open(NODE, O_RDWR | O_CLOEXEC);
		char *address;

		if (fd < 0)
			continue;
		address = try_map(fd, KMALLOC_AT, REGION_PAGES, RW, MAP_PRIVATE);
		if (address != MAP_FAILED)
			*address = 1;
		(void)!pread(fd, buf, sizeof(buf), 0);
		if (address != MAP_FAILED)
			unmap(address, REGION_PAGES);
		close(fd);
	}
}

static void be_killed(struct actor *self)
{
	pid_t child = fork_child();
	int status;

	if (child == 0)
		use_until_killed();
	usleep(below(self, 5000));
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child ||
	    !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		wrong(self, "a killed process ends with status %#x", status);
	succeeded(self);
	usleep(below(self, 5000));
}

/* ---- the test ---- */

static const struct kind kinds[] = {
	{ "open", 2, 0, open_and_ask, { ENOENT, ENXIO, ENODEV } },
	{ "map", 2, 0, map_and_look, { ENOENT, ENXIO, ENODEV } },
	{ "copy", 2, 0, write_and_read, { ENOENT, ENXIO, ENODEV } },
	{ "own regions", 1, 0, own_regions, { ENOENT, ENXIO, ENODEV } },
	{ "configfs", 2, 100, create_and_remove, { ENOENT, EBUSY } },
	{ "created", 1, 0, use_created, { ENOENT, ENXIO, ENODEV } },
	{ "bind", 2, 100, bind_and_unbind, { ENOENT, ENODEV, EBUSY } },
	{ "registers", 2, 0, use_registers, { ENOENT, ENXIO, ENODEV } },
	{ "modules", 1, 20, unload_and_load, { EAGAIN, EBUSY } },
	{ "demo", 1, 0, read_demo, { ENOENT, ENXIO, ENODEV } },
	{ "files", 1, 0, read_files, { ENOENT, ENXIO, ENODEV, EIO } },
	{ "killed", 1, 0, be_killed, { NO_MORE_ERRNOS } },
};

static void unbind_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		override(&functions[i], "\n");
}

static void everything_at_once(void **state)
{
	struct machine before;
	size_t i;

	(void)state;
	catch_sigbus();
	look_at_machine(&before);
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		assert_int_equal(insert(i), 0);
	mount_configfs();
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		override(&functions[i], "kregion_pci\n");
	run_actors(kinds, ARRAY_SIZE(kinds), rounds(50));
	unbind_all();
	assert_nothing_left(&before);
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	/* Once, with what it depends on, which stays. */
	load("");
	unload();
	unpack_modules();
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		find_function(&functions[i]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_at_once),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
