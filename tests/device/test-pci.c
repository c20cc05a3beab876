// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion_pci on the devices that tests/vm/devices lists: registers of "edu", memory
 * of "ivshmem-plain", which is the host's file /out/ivshmem, and devices with BARs
 * that are no memory. And what is left for user space when a device is taken away.
 */
#include "common.h"
#include "pci.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define RW		(PROT_READ | PROT_WRITE)
#define HOST_FILE	"/out/ivshmem"
#define HOLD		"/sys/module/kregion_try/parameters/hold"
#define MEMORY_SIZE	(1024 * 1024)

/* More registers of edu. Below 0x80 only 4-byte accesses count. */
#define EDU_LIVENESS	0x04
#define EDU_FACTORIAL	0x08
#define EDU_STATUS	0x20

static struct function edu = { .id = EDU };
static struct function ivshmem = { .id = IVSHMEM };
static struct function testdev = { .id = "1b36 0005" };
static struct function uhci = { .id = "8086 7020" };

/* ---- sysfs of PCI ---- */

static void bind(const struct function *function)
{
	assert_int_equal(try_bind(function), 0);
	assert_int_equal(access(function->node, F_OK), 0);
}

static void unbind(const struct function *function)
{
	assert_int_equal(put(DRIVER "unbind", function->address), 0);
	override(function, "\n");
	assert_int_not_equal(access(function->node, F_OK), 0);
}

static bool is_bound(const struct function *function)
{
	char path[128];

	snprintf(path, sizeof(path), DRIVER "%s", function->address);
	return !access(path, F_OK);
}

/* Start of a BAR in the device's own file "resource". */
static unsigned long long resource_start(const struct function *function,
					 int bar)
{
	char path[128], line[128];
	FILE *file;

	snprintf(path, sizeof(path), PCI "devices/%s/resource",
		 function->address);
	file = fopen(path, "r");
	assert_non_null(file);
	for (; bar >= 0; bar--)
		assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	return strtoull(line, NULL, 16);
}

static void region_file_is(const struct function *function, int index,
			   const char *name, const char *wanted)
{
	char path[160], text[64];

	snprintf(path, sizeof(path), CLASS "%s/regions/%d/%s",
		 function->node + strlen("/dev/"), index, name);
	read_text(path, text, sizeof(text));
	assert_string_equal(text, wanted);
}

static void regions_are(const struct function *function, int index, int bar,
			const char *cache, unsigned long long offset,
			unsigned long long size)
{
	char text[64];

	region_file_is(function, index, "backend", "iomem");
	region_file_is(function, index, "cache", cache);
	snprintf(text, sizeof(text), "bar%d", bar);
	region_file_is(function, index, "name", text);
	snprintf(text, sizeof(text), "%llu", offset);
	region_file_is(function, index, "offset", text);
	snprintf(text, sizeof(text), "%llu", size);
	region_file_is(function, index, "size", text);
	snprintf(text, sizeof(text), "%#llx", resource_start(function, bar));
	region_file_is(function, index, "phys_addr", text);
}

static int setup(void **state)
{
	load_default(state);
	find_function(&edu);
	find_function(&ivshmem);
	find_function(&testdev);
	find_function(&uhci);
	return run("modprobe kregion_pci");
}

static int teardown(void **state)
{
	remove_module("kregion_pci");
	return unload_module(state);
}

/* ---- binding ---- */

static void no_device_is_taken_without_being_given(void **state)
{
	(void)state;
	assert_int_equal(run("ls /dev/kregion-pci-* 2>/dev/null"), 2);
	assert_false(is_bound(&edu));
	/* Not even when the bus looks for drivers. */
	assert_int_equal(put(PCI "drivers_probe", edu.address), 0);
	assert_false(is_bound(&edu));
	assert_int_equal(put(DRIVER "bind", edu.address), ENODEV);
	assert_false(is_bound(&edu));
}

static void driver_override_gives_one(void **state)
{
	(void)state;
	override(&edu, "kregion_pci\n");
	assert_int_equal(put(PCI "drivers_probe", edu.address), 0);
	assert_true(is_bound(&edu));
	assert_int_equal(access(edu.node, F_OK), 0);
	unbind(&edu);
}

static void new_id_gives_all_of_a_kind(void **state)
{
	(void)state;
	assert_int_equal(put(DRIVER "new_id", edu.id), 0);
	assert_true(is_bound(&edu));
	assert_false(is_bound(&ivshmem));
	assert_int_equal(access(edu.node, F_OK), 0);
	assert_int_equal(put(DRIVER "remove_id", edu.id), 0);
	unbind(&edu);
}

static void regions_are_the_memory_bars(void **state)
{
	(void)state;
	bind(&edu);
	bind(&ivshmem);
	regions_are(&edu, 0, 0, "uc", 0, 1 << 20);
	/* A BAR that is smaller than a page takes a page of the address space. */
	regions_are(&ivshmem, 0, 0, "uc", 0, 256);
	regions_are(&ivshmem, 1, 2, "wc", page, MEMORY_SIZE);
	unbind(&edu);
	unbind(&ivshmem);
}

static void a_bar_of_io_ports_is_left_out(void **state)
{
	char line[160];

	(void)state;
	log_mark();
	bind(&testdev);
	snprintf(line, sizeof(line),
		 "kregion_pci %s: BAR 1 is left out: I/O ports, no memory",
		 testdev.address);
	assert_non_null(strstr(log_since_mark(), line));
	regions_are(&testdev, 0, 0, "uc", 0, 4096);
	assert_int_equal(read_number(CLASS "kregion0/size"),
			 DEVICE_PAGES * page);
	unbind(&testdev);
}

static void a_device_without_memory_bar_is_refused(void **state)
{
	char line[160];

	(void)state;
	log_mark();
	assert_int_equal(try_bind(&uhci), ENODEV);
	assert_false(is_bound(&uhci));
	assert_int_not_equal(access(uhci.node, F_OK), 0);
	snprintf(line, sizeof(line),
		 "kregion_pci %s: expected a device with a memory BAR",
		 uhci.address);
	assert_non_null(strstr(log_since_mark(), line));
	override(&uhci, "\n");
}

static void module_stays_while_the_node_is_open(void **state)
{
	char *mapping;
	int fd;

	(void)state;
	bind(&edu);
	fd = open_node(edu.node);
	assert_int_not_equal(run("rmmod kregion_pci 2>/dev/null"), 0);
	mapping = map(fd, 0, 1, RW, MAP_SHARED);
	close(fd);
	assert_int_not_equal(run("rmmod kregion_pci 2>/dev/null"), 0);
	unmap(mapping, 1);
	/* A bound device alone does not hold it. */
	remove_module("kregion_pci");
	assert_int_not_equal(access(edu.node, F_OK), 0);
	override(&edu, "\n");
	assert_int_equal(run("modprobe kregion_pci"), 0);
	assert_false(is_bound(&edu));
}

/* Bits of the command register, at byte 4 of the configuration space. */
#define COMMAND_MASTER		0x0004
#define COMMAND_INTX_DISABLE	0x0400

static void config(const struct function *function, off_t at, void *word,
		   size_t size, bool write)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PCI "devices/%s/config",
		 function->address);
	fd = open_node(path);
	if (write)
		assert_int_equal(pwrite(fd, word, size, at), size);
	else
		assert_int_equal(pread(fd, word, size, at), size);
	close(fd);
}

static uint16_t command(const struct function *function, int set)
{
	uint16_t word;

	config(function, 4, &word, 2, false);
	if (set) {
		word |= (uint16_t)set;
		config(function, 4, &word, 2, true);
		config(function, 4, &word, 2, false);
	}
	return word;
}

/*
 * Who may open the node commands the device: it must not reach RAM, whoever has let
 * it before, nor raise an interrupt that nobody answers.
 */
static void the_device_is_master_of_nothing(void **state)
{
	(void)state;
	assert_true(command(&edu, COMMAND_MASTER) & COMMAND_MASTER);
	bind(&edu);
	assert_false(command(&edu, 0) & COMMAND_MASTER);
	assert_true(command(&edu, 0) & COMMAND_INTX_DISABLE);
	unbind(&edu);
}

/* ---- messages: interrupts that a device sends by a write to memory ---- */

#define EDU_RAISE	0x60
#define EDU_ACKNOWLEDGE	0x64
#define MESSAGE		0x5a5a

/* Where the capability of messages (MSI) begins. */
static off_t message_capability(const struct function *function)
{
	uint8_t at, header[2];

	config(function, 0x34, &at, 1, false);
	while (at) {
		config(function, at, header, sizeof(header), false);
		if (header[0] == 0x05)
			return at;
		at = header[1];
	}
	fail_msg("%s has no messages", function->address);
	return 0;
}

/* Messages go to @address; 0 turns them off. */
static void send_messages_to(const struct function *function, uint64_t address)
{
	off_t at = message_capability(function);
	uint16_t control, message = MESSAGE;

	config(function, at + 2, &control, 2, false);
	assert_true(control & 0x80);	/* of 64 bits */
	control = (uint16_t)(address ? control | 1 : control & ~1);
	config(function, at + 4, &address, 8, true);
	config(function, at + 12, &message, 2, true);
	config(function, at + 2, &control, 2, true);
}

static void raise_interrupt(int fd)
{
	uint32_t one = 1;

	assert_int_equal(pwrite(fd, &one, 4, EDU_RAISE), 4);
	assert_int_equal(pwrite(fd, &one, 4, EDU_ACKNOWLEDGE), 4);
}

/*
 * A message is a write to any address that the device is told. The table of MSI-X, which
 * lies in a BAR and so in user space's hands, is the same in another place.
 */
static void the_device_writes_to_no_memory(void **state)
{
	volatile uint32_t *region;
	int ram = open_node(NODE), fd;

	(void)state;
	/* Whoever has let it before. */
	command(&edu, COMMAND_MASTER);
	bind(&edu);
	fd = open_node(edu.node);
	region = map(ram, KMALLOC_AT, 1, RW, MAP_SHARED);
	send_messages_to(&edu, (uint64_t)read_number(CLASS
					"kregion0/regions/1/phys_addr"));
	raise_interrupt(fd);
	assert_int_equal(region[0], 0);
	/* It would, if root let it: so the test can fail. */
	command(&edu, COMMAND_MASTER);
	raise_interrupt(fd);
	assert_int_equal(region[0], MESSAGE);
	send_messages_to(&edu, 0);
	region[0] = 0;
	unmap((void *)region, 1);
	close(fd);
	close(ram);
	unbind(&edu);
}

/* ---- registers ---- */

static uint32_t read_register(int fd, off_t at)
{
	uint32_t word;

	assert_int_equal(pread(fd, &word, sizeof(word), at), sizeof(word));
	return word;
}

static void write_register(int fd, off_t at, uint32_t word)
{
	assert_int_equal(pwrite(fd, &word, sizeof(word), at), sizeof(word));
}

static void edu_answers_by_read_and_write(void **state)
{
	int fd;

	(void)state;
	bind(&edu);
	fd = open_node(edu.node);
	assert_int_equal(read_register(fd, EDU_ID), EDU_ID_VALUE);
	write_register(fd, EDU_LIVENESS, 0x12345678);
	assert_int_equal(read_register(fd, EDU_LIVENESS), ~0x12345678u);
	write_register(fd, EDU_FACTORIAL, 10);
	while (read_register(fd, EDU_STATUS) & 1)
		usleep(1000);
	assert_int_equal(read_register(fd, EDU_FACTORIAL), 3628800);
	close(fd);
	unbind(&edu);
}

static void edu_answers_by_pointer(void **state)
{
	volatile uint32_t *registers;
	int fd;

	(void)state;
	bind(&edu);
	fd = open_node(edu.node);
	registers = map(fd, 0, 1, RW, MAP_SHARED);
	close(fd);
	assert_int_equal(registers[EDU_ID / 4], EDU_ID_VALUE);
	registers[EDU_LIVENESS / 4] = 0xcafe;
	assert_int_equal(registers[EDU_LIVENESS / 4], ~0xcafeu);
	registers[EDU_FACTORIAL / 4] = 12;
	while (registers[EDU_STATUS / 4] & 1)
		usleep(1000);
	assert_int_equal(registers[EDU_FACTORIAL / 4], 479001600);
	unmap((void *)registers, 1);
	unbind(&edu);
}

/* On x86, a bus error is read as ones or zeros. */
#ifdef __x86_64__
#define BUS_ERRORS	false
#else
#define BUS_ERRORS	true
#endif

/*
 * QEMU answers zeros to an access of edu that is narrower than 4 bytes, or a bus error,
 * and edu ones to a wider one, so the width shows.
 */
static void length_is_the_width_of_the_access(void **state)
{
	uint8_t bytes[12], ones[8];
	uint32_t word;
	int fd;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	bind(&edu);
	fd = open_node(edu.node);
	if (!BUS_ERRORS) {
		assert_int_equal(pread(fd, bytes, 1, EDU_ID), 1);
		assert_true(all_zero(bytes, 1));
		assert_int_equal(pread(fd, bytes, 2, EDU_ID), 2);
		assert_true(all_zero(bytes, 2));
	}
	assert_int_equal(pread(fd, bytes, 8, EDU_ID), 8);
	assert_memory_equal(bytes, ones, 8);
	/* Twelve bytes are three words. */
	write_register(fd, EDU_LIVENESS, 5);
	assert_int_equal(pread(fd, bytes, 12, EDU_ID), 12);
	memcpy(&word, bytes, 4);
	assert_int_equal(word, EDU_ID_VALUE);
	memcpy(&word, bytes + 4, 4);
	assert_int_equal(word, ~5u);
	close(fd);
	unbind(&edu);
}

/* The first byte of edu's page through a mapping: what becomes of who reads it. */
static int read_a_byte(void)
{
	volatile uint8_t *bytes;
	int fd = open_node(edu.node), status;
	pid_t child;

	bytes = map(fd, 0, 1, PROT_READ, MAP_SHARED);
	close(fd);
	child = fork_child();
	if (child == 0) {
		(void)*bytes;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	unmap((void *)bytes, 1);
	return status;
}

static void a_bus_error_kills_the_process_alone(void **state)
{
	int status;

	(void)state;
	bind(&edu);
	status = read_a_byte();
	if (BUS_ERRORS)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	else
		assert_int_equal(status, 0);
	unbind(&edu);
}

/* Where the kernel would not outlive a bus error, it makes no access for strangers. */
static void stranger_reads_and_writes(int fd)
{
	volatile uint32_t *registers = map(fd, 0, 1, RW, MAP_SHARED);
	ssize_t wanted = BUS_ERRORS ? -1 : 4;
	uint32_t word = 3;
	int error = 0;

	if (setgid(65534) || setuid(65534))
		_exit(1);
	if (pread(fd, &word, 4, EDU_ID) != wanted || (BUS_ERRORS && errno != EPERM))
		error = 2;
	if (pwrite(fd, &word, 4, EDU_LIVENESS) != wanted ||
	    (BUS_ERRORS && errno != EPERM))
		error = 3;
	if (registers[EDU_ID / 4] != EDU_ID_VALUE)
		error = 4;
	_exit(error);
}

static void read_and_write_may_be_for_root_alone(void **state)
{
	int fd, status;
	pid_t child;

	(void)state;
	bind(&edu);
	fd = open_node(edu.node);
	child = fork_child();
	if (child == 0)
		stranger_reads_and_writes(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
	unbind(&edu);
}

static void an_unaligned_access_is_einval(void **state)
{
	static const struct {
		size_t len;
		off_t at;
	} cases[] = {
		{ 4, 1 }, { 4, 2 }, { 4, 3 }, { 2, 1 }, { 8, 4 }, { 8, 1 },
		{ 16, 4 }, { 12, 2 }, { 4096, 4 }, { 6, 1 },
	};
	char buf[4096] = "";
	size_t i;
	int fd;

	(void)state;
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		off_t at = (off_t)page + cases[i].at;

		assert_int_equal(pread(fd, buf, cases[i].len, at), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(pwrite(fd, buf, cases[i].len, at), -1);
		assert_int_equal(errno, EINVAL);
	}
	/* Odd lengths go byte by byte, from anywhere. */
	assert_int_equal(pread(fd, buf, 3, (off_t)page + 1), 3);
	assert_int_equal(pread(fd, buf, 2, (off_t)page + 2), 2);
	close(fd);
	unbind(&ivshmem);
}

/* ---- limits ---- */

static void an_address_outside_the_bar_is_refused(void **state)
{
	struct kregion_region_info info = { .argsz = sizeof(info) };
	off_t end = (off_t)page + MEMORY_SIZE;
	char buf[16] = "";
	int fd;

	(void)state;
	bind(&ivshmem);
	fd = open_node(ivshmem.node);

	/* Behind the 256 bytes of BAR 0, but in its page. */
	assert_int_equal(pread(fd, buf, 4, 256), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(pwrite(fd, buf, 4, 256), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(pread(fd, buf, 1, (off_t)page - 1), -1);
	assert_int_equal(errno, ENXIO);
	/* Short at its end. */
	assert_int_equal(pread(fd, buf, 8, 252), 4);
	info.offset = 252;
	info.size = 8;
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &info), -1);
	assert_int_equal(errno, EINVAL);
	info.offset = 256;
	info.size = 1;
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &info), -1);
	assert_int_equal(errno, ENXIO);
	info.offset = 252;
	info.size = 4;
	assert_int_equal(ioctl(fd, KREGION_FIND_REGION, &info), 0);
	assert_int_equal(info.backend, KREGION_BACKEND_IOMEM);

	assert_int_equal(pread(fd, buf, 4, end), 0);
	assert_int_equal(pwrite(fd, buf, 4, end), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(lseek(fd, 0, SEEK_END), end);
	assert_ptr_equal(try_map(fd, 0, 2, RW, MAP_SHARED), MAP_FAILED);
	assert_int_equal(errno, EINVAL);
	assert_ptr_equal(try_map(fd, 1, MEMORY_SIZE / page + 1, RW, MAP_SHARED),
			 MAP_FAILED);
	assert_int_equal(errno, EINVAL);
	assert_ptr_equal(try_map(fd, MEMORY_SIZE / page + 1, 1, RW, MAP_SHARED),
			 MAP_FAILED);
	assert_int_equal(errno, ENXIO);
	close(fd);
	unbind(&ivshmem);
}

/* The 256 bytes of BAR 0 are alone in their page, unless another driver has the rest. */
static void a_page_that_another_driver_shares_is_not_mapped(void **state)
{
	char path[128], resources[512];
	unsigned long long start, end;
	void *registers;
	uint32_t word;
	int fd;

	(void)state;
	insert_test_module("kregion_try");
	snprintf(path, sizeof(path), PCI "devices/%s/resource",
		 ivshmem.address);
	read_text(path, resources, sizeof(resources));
	if (sscanf(resources, "%llx %llx", &start, &end) != 2)
		fail_msg("%s is no range of addresses", resources);
	assert_int_equal(end - start, 255);
	assert_int_equal(run("echo %#llx 16 >" HOLD, end + 1), 0);
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	assert_ptr_equal(try_map(fd, 0, 1, RW, MAP_SHARED), MAP_FAILED);
	assert_int_equal(errno, EOPNOTSUPP);
	assert_int_equal(pread(fd, &word, 4, 0), 4);
	close(fd);
	unbind(&ivshmem);

	assert_int_equal(run("echo 0 0 >" HOLD), 0);
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	registers = map(fd, 0, 1, RW, MAP_SHARED);
	unmap(registers, 1);
	close(fd);
	unbind(&ivshmem);
	remove_module("kregion_try");
}

static void bad_user_memory_is_efault(void **state)
{
	char *pages = mmap(NULL, 2 * page, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
	int fd;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(munmap(pages + page, page), 0);
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	assert_int_equal(pread(fd, pages + page, 4, (off_t)page), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(pwrite(fd, pages + page, 4, (off_t)page), -1);
	assert_int_equal(errno, EFAULT);
	/* What fits is transferred. */
	assert_int_equal(pread(fd, pages, 2 * page, (off_t)page), page);
	close(fd);
	unbind(&ivshmem);
	unmap(pages, 1);
}

static void a_private_writable_mapping_is_refused(void **state)
{
	char *mapping;
	int fd;

	(void)state;
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	assert_ptr_equal(try_map(fd, 1, 1, RW, MAP_PRIVATE), MAP_FAILED);
	assert_int_equal(errno, EOPNOTSUPP);
	assert_ptr_equal(try_map(fd, 1, 1, PROT_READ | PROT_EXEC, MAP_SHARED),
			 MAP_FAILED);
	assert_int_equal(errno, EPERM);
	/* To read, private is as good as shared, and stays so. */
	mapping = map(fd, 1, 1, PROT_READ, MAP_PRIVATE);
	assert_int_equal(mprotect(mapping, page, RW), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(pwrite(fd, "abcd", 4, (off_t)page), 4);
	assert_memory_equal(mapping, "abcd", 4);
	unmap(mapping, 1);
	close(fd);

	fd = open_node_flags(ivshmem.node, O_RDONLY);
	assert_ptr_equal(try_map(fd, 1, 1, RW, MAP_SHARED), MAP_FAILED);
	assert_int_equal(errno, EACCES);
	unmap(map(fd, 1, 1, PROT_READ, MAP_SHARED), 1);
	close(fd);
	unbind(&ivshmem);
}

/* ---- memory of a device ---- */

static void host_file(bool write, char *buf, size_t len, off_t at)
{
	int fd = open_node(HOST_FILE);

	if (write)
		assert_int_equal(pwrite(fd, buf, len, at), len);
	else
		assert_int_equal(pread(fd, buf, len, at), len);
	close(fd);
}

static void the_host_sees_what_the_guest_writes_and_the_reverse(void **state)
{
	char *buf = malloc(MEMORY_SIZE), *mapping;
	int fd;

	(void)state;
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	mapping = map(fd, 1, MEMORY_SIZE / page, RW, MAP_SHARED);

	fill(mapping, MEMORY_SIZE, 1);
	host_file(false, buf, MEMORY_SIZE, 0);
	assert_true(filled(buf, MEMORY_SIZE, 1));

	fill(buf, MEMORY_SIZE, 2);
	host_file(true, buf, MEMORY_SIZE, 0);
	assert_true(filled(mapping, MEMORY_SIZE, 2));
	memset(buf, 0, MEMORY_SIZE);
	read_pages(fd, 1, buf, MEMORY_SIZE);
	assert_true(filled(buf, MEMORY_SIZE, 2));

	fill(buf, MEMORY_SIZE, 3);
	write_pages(fd, 1, buf, MEMORY_SIZE);
	assert_true(filled(mapping, MEMORY_SIZE, 3));
	memset(buf, 0, MEMORY_SIZE);
	host_file(false, buf, MEMORY_SIZE, 0);
	assert_true(filled(buf, MEMORY_SIZE, 3));

	unmap(mapping, MEMORY_SIZE / page);
	close(fd);
	unbind(&ivshmem);
	free(buf);
}

static void vectors_and_streams_work(void **state)
{
	char first[100], second[200];
	struct iovec iov[] = {
		{ first, sizeof(first) }, { second, sizeof(second) },
	};
	char command[256];
	int fd;

	(void)state;
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	fill(first, sizeof(first), 1);
	fill(second, sizeof(second), 2);
	assert_int_equal(pwritev(fd, iov, 2, (off_t)page), 300);
	memset(first, 0, sizeof(first));
	memset(second, 0, sizeof(second));
	assert_int_equal(preadv(fd, iov, 2, (off_t)page), 300);
	assert_true(filled(first, sizeof(first), 1));
	assert_true(filled(second, sizeof(second), 2));
	close(fd);
	snprintf(command, sizeof(command),
		 "dd if=%s bs=4096 skip=1 status=none | cmp - " HOST_FILE,
		 ivshmem.node);
	assert_int_equal(run("%s", command), 0);
	unbind(&ivshmem);
}

static void a_debugger_reads_and_writes(void **state)
{
	int fd, mem = open_node("/proc/self/mem");
	volatile uint32_t *registers;
	uint32_t word = 77;

	(void)state;
	bind(&edu);
	fd = open_node(edu.node);
	registers = map(fd, 0, 1, RW, MAP_SHARED);
	assert_int_equal(pwrite(mem, &word, 4, (off_t)&registers[1]), 4);
	assert_int_equal(registers[1], ~77u);
	assert_int_equal(pread(mem, &word, 4, (off_t)&registers[1]), 4);
	assert_int_equal(word, ~77u);
	unbind(&edu);
	assert_int_equal(pread(mem, &word, 4, (off_t)&registers[1]), -1);
	unmap((void *)registers, 1);
	close(fd);
	close(mem);
}

static void type_is(const volatile char *address, const char *wanted)
{
	(void)*address;
	assert_string_equal(ask_caches("user %#lx", (unsigned long)address),
			    wanted);
}

/* Read from the page table by the test's module. */
static void the_attribute_is_real(void **state)
{
	static const char *const wanted[] = { "user=uc direct=none",
					      "user=wc direct=none" };
	int fd, i, status;

	(void)state;
	if (!ram_has_types()) {
		print_message("# kregion_caches reads page tables of x86\n");
		skip();
	}
	insert_test_module("kregion_caches");
	bind(&ivshmem);
	fd = open_node(ivshmem.node);
	for (i = 0; i < 2; i++) {
		char *mapping = map(fd, (size_t)i, 1, RW, MAP_SHARED);
		pid_t child;

		type_is(mapping, wanted[i]);
		assert_int_equal(mprotect(mapping, page, PROT_READ), 0);
		assert_int_equal(mprotect(mapping, page, RW), 0);
		type_is(mapping, wanted[i]);
		mapping = mremap(mapping, page, page,
				 MREMAP_MAYMOVE | MREMAP_FIXED,
				 (void *)0x100000000000);
		assert_ptr_not_equal(mapping, MAP_FAILED);
		type_is(mapping, wanted[i]);
		child = fork_child();
		if (child == 0) {
			type_is(mapping, wanted[i]);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		unmap(mapping, 1);
	}
	close(fd);
	unbind(&ivshmem);
	remove_module("kregion_caches");
}

/* ---- a device that goes ---- */

static void assert_enodev(long result)
{
	assert_int_equal(result, -1);
	assert_int_equal(errno, ENODEV);
}

static void unbinding_revokes_mappings_and_files(void **state)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	volatile uint32_t *touched, *untouched, *read_only;
	uint32_t word = 0;
	int fd, new;

	(void)state;
	catch_sigbus();
	bind(&edu);
	fd = open_node(edu.node);
	touched = map(fd, 0, 1, RW, MAP_SHARED);
	untouched = map(fd, 0, 1, RW, MAP_SHARED);
	read_only = map(fd, 0, 1, PROT_READ, MAP_PRIVATE);
	assert_int_equal(*touched, EDU_ID_VALUE);
	assert_int_equal(*read_only, EDU_ID_VALUE);
	unbind(&edu);

	assert_true(is_revoked(touched));
	assert_true(is_revoked(untouched));
	assert_true(is_revoked(read_only));
	assert_enodev(pread(fd, &word, 4, 0));
	assert_enodev(pwrite(fd, &word, 4, 4));
	assert_enodev(ioctl(fd, KREGION_GET_DEVICE_INFO, &info));
	assert_enodev((long)try_map(fd, 0, 1, RW, MAP_SHARED));

	/* The device again is another device: the old file stays dead. */
	bind(&edu);
	new = open_node(edu.node);
	assert_int_equal(read_register(new, EDU_ID), EDU_ID_VALUE);
	assert_true(is_revoked(touched));
	assert_enodev(pread(fd, &word, 4, 0));
	close(new);
	unbind(&edu);
	unmap((void *)touched, 1);
	unmap((void *)untouched, 1);
	unmap((void *)read_only, 1);
	close(fd);
}

#define ATTEMPTS	50

/* How a child ends that has the mapping of 4 pages, cuts it up and reads it. */
static int end_of_child(char *mapping)
{
	pid_t child = fork_child();
	int status;

	if (child == 0) {
		munmap(mapping + page, page);
		mremap(mapping + 2 * page, page, 8 * page, MREMAP_MAYMOVE);
		mprotect(mapping, page, PROT_READ);
		(void)*(volatile uint32_t *)mapping;
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : status;
}

/* Whatever is refused, and what the kernel may find odd. */
static int be_refused(void)
{
	int fd = open(ivshmem.node, O_RDWR), i;
	uint32_t words[2];
	char *mapping;

	for (i = 0; i < ATTEMPTS; i++) {
		if (try_map(fd, 1, 1, RW, MAP_PRIVATE) != MAP_FAILED ||
		    try_map(fd, 1, 1, RW | PROT_EXEC, MAP_SHARED) != MAP_FAILED ||
		    try_map(fd, 0, 2, RW, MAP_SHARED) != MAP_FAILED ||
		    try_map(fd, 1000, 1, RW, MAP_SHARED) != MAP_FAILED)
			return 3;
		if (pread(fd, words, 4, (off_t)page + 1) >= 0 ||
		    pwrite(fd, words, 8, (off_t)page + 4) >= 0 ||
		    pread(fd, words, 4, 256) >= 0)
			return 4;
		mapping = try_map(fd, 0, 1, RW, MAP_SHARED);
		if (mapping == MAP_FAILED || mprotect(mapping, page, RW) ||
		    munmap(mapping, page))
			return 5;
		mapping = try_map(fd, 1, 4, RW, MAP_SHARED);
		if (mapping == MAP_FAILED || end_of_child(mapping) ||
		    munmap(mapping + page, page) || end_of_child(mapping) ||
		    munmap(mapping, 4 * page))
			return 6;
	}
	return 0;
}

/* Of the device that is gone then. */
static int held;
static char *held_mapping;

static int be_refused_the_device(void)
{
	struct kregion_device_info info = { .argsz = sizeof(info) };
	int mem = open("/proc/self/mem", O_RDWR), i;
	uint32_t word;

	for (i = 0; i < ATTEMPTS; i++) {
		if (pread(held, &word, 4, (off_t)page) >= 0 ||
		    pwrite(held, &word, 4, (off_t)page) >= 0 ||
		    !ioctl(held, KREGION_GET_DEVICE_INFO, &info) ||
		    try_map(held, 1, 1, RW, MAP_SHARED) != MAP_FAILED ||
		    open(ivshmem.node, O_RDWR) >= 0)
			return 3;
		if (pread(mem, &word, 4, (off_t)held_mapping) >= 0)
			return 4;
		if (end_of_child(held_mapping) != SIGBUS)
			return 5;
	}
	return 0;
}

static void a_member_cannot_fill_the_log(void **state)
{
	(void)state;
	bind(&ivshmem);
	wait_for_group(ivshmem.node);
	held = open_node(ivshmem.node);
	held_mapping = map(held, 1, 4, RW, MAP_SHARED);
	log_mark();
	assert_int_equal(as(become_member, be_refused), 0);
	unbind(&ivshmem);
	assert_int_equal(as(become_member, be_refused_the_device), 0);
	unmap(held_mapping, 4);
	close(held);
	assert_log_is_silent();
}

/* As in a container: another inode, another address_space. */
static void a_second_node_is_revoked_too(void **state)
{
	volatile uint32_t *mapping;
	struct stat st;
	int fd;

	(void)state;
	catch_sigbus();
	bind(&edu);
	assert_int_equal(stat(edu.node, &st), 0);
	assert_int_equal(mknod("/tmp/second", S_IFCHR | 0600, st.st_rdev), 0);
	fd = open_node("/tmp/second");
	mapping = map(fd, 0, 1, RW, MAP_SHARED);
	close(fd);
	assert_int_equal(*mapping, EDU_ID_VALUE);
	unbind(&edu);
	assert_true(is_revoked(mapping));
	unmap((void *)mapping, 1);
	assert_int_equal(open("/tmp/second", O_RDWR), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(unlink("/tmp/second"), 0);
}

static void another_process_is_revoked_too(void **state)
{
	volatile uint32_t *mapping;
	int fd, from[2], to[2], status;
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(from), 0);
	assert_int_equal(pipe(to), 0);
	bind(&edu);
	fd = open_node(edu.node);
	mapping = map(fd, 0, 1, RW, MAP_SHARED);
	assert_int_equal(*mapping, EDU_ID_VALUE);
	child = fork_child();
	if (child == 0) {
		if (*mapping != EDU_ID_VALUE || write(from[1], "", 1) != 1 ||
		    read(to[0], &byte, 1) != 1)
			_exit(1);
		(void)*mapping;
		_exit(2);	/* not reached: nobody catches SIGBUS here */
	}
	close(from[1]);	/* so that the child's end is seen */
	assert_int_equal(read(from[0], &byte, 1), 1);
	unbind(&edu);
	assert_int_equal(write(to[1], "", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
	unmap((void *)mapping, 1);
	close(fd);
	close(from[0]);
	close(to[0]);
	close(to[1]);
}

/* As when it is pulled out: the device itself goes, not just its driver. */
static void removing_the_device_revokes_too(void **state)
{
	volatile uint32_t *mapping;
	char path[128];
	uint32_t word;
	int fd;

	(void)state;
	catch_sigbus();
	bind(&edu);
	fd = open_node(edu.node);
	mapping = map(fd, 0, 1, RW, MAP_SHARED);
	assert_int_equal(*mapping, EDU_ID_VALUE);
	snprintf(path, sizeof(path), PCI "devices/%s/remove", edu.address);
	assert_int_equal(put(path, "1"), 0);
	assert_true(is_revoked(mapping));
	assert_enodev(pread(fd, &word, 4, 0));
	assert_int_not_equal(access(edu.node, F_OK), 0);
	unmap((void *)mapping, 1);
	close(fd);
	assert_int_equal(put(PCI "rescan", "1"), 0);
	bind(&edu);
	unbind(&edu);
}

#define ROUNDS	15
#define PATIENCE	60	/* seconds: an emulated machine may be slow */

/* One keeps its mapping until that is revoked, the others come and go. */
static struct user {
	bool stays;
	atomic_int mapped, revoked;
	atomic_int wrong;	/* enum sight */
} users[] = { { .stays = true }, { 0 }, { 0 } };

static atomic_bool stop;
static atomic_long refused;

enum sight { HERE, REVOKED, WRONG_WORD, WRONG_ERRNO };

static enum sight look(const volatile uint32_t *mapping, int fd)
{
	uint32_t word;
	int i;

	for (i = 0; i < 200; i++) {
		if (!can_read(mapping, &word))
			return REVOKED;
		if (word != EDU_ID_VALUE)
			return WRONG_WORD;
		if (pread(fd, &word, 4, 0) < 0 && errno != ENODEV)
			return WRONG_ERRNO;
	}
	return HERE;
}

/* The last unbinding is before the end: a look after that is asked for sees it. */
static enum sight look_at_it(const struct user *user,
			     const volatile uint32_t *mapping, int fd)
{
	enum sight sight;
	bool last;

	do {
		last = !user->stays || atomic_load(&stop);
		sight = look(mapping, fd);
	} while (sight == HERE && !last);
	return sight;
}

/* Open, map, look, read, unmap, as fast as it goes, on a device that comes and goes. */
static void *use(void *arg)
{
	struct user *user = arg;

	while (!atomic_load(&stop)) {
		volatile uint32_t *mapping = MAP_FAILED;
		int fd = open(edu.node, O_RDWR | O_CLOEXEC);
		enum sight sight;

		if (fd >= 0)
			mapping = mmap(NULL, page, RW, MAP_SHARED, fd, 0);
		if (mapping == MAP_FAILED) {
			atomic_fetch_add(&refused, 1);
			if (fd >= 0)
				close(fd);
			usleep(500);
			continue;
		}
		atomic_fetch_add(&user->mapped, 1);
		sight = look_at_it(user, mapping, fd);
		munmap((void *)mapping, page);
		close(fd);
		if (sight == REVOKED)
			atomic_fetch_add(&user->revoked, 1);
		if (sight > REVOKED)
			atomic_store(&user->wrong, sight);
	}
	return NULL;
}

/* In the first round all have it, later the one who keeps it. */
static bool is_used(int round)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(users); i++) {
		if ((round == 0 || users[i].stays) &&
		    atomic_load(&users[i].mapped) <= round)
			return false;
	}
	return true;
}

/* It is in use when it goes, at any moment of that. */
static bool wait_for_use(int round)
{
	time_t end = time(NULL) + PATIENCE;

	while (!is_used(round)) {
		if (time(NULL) > end)
			return false;
		usleep(1000);
	}
	usleep((unsigned int)(rand() % 20000));
	return true;
}

static void unbinding_while_others_map_and_unmap(void **state)
{
	pthread_t threads[ARRAY_SIZE(users)];
	bool used = true;
	size_t i;
	int round;

	(void)state;
	catch_sigbus();
	override(&edu, "kregion_pci\n");
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use,
						&users[i]), 0);
	for (round = 0; round < ROUNDS && used; round++) {
		if (put(DRIVER "bind", edu.address))
			break;
		used = wait_for_use(round);
		if (put(DRIVER "unbind", edu.address))
			break;
	}
	atomic_store(&stop, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		print_message("# user %zu: %d mappings, %d of them revoked in use\n",
			      i, atomic_load(&users[i].mapped),
			      atomic_load(&users[i].revoked));
	}
	print_message("# %d rounds, %ld opens refused\n", round,
		      atomic_load(&refused));
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(atomic_load(&users[i].wrong), HERE);
	assert_true(used);
	assert_int_equal(round, ROUNDS);
	assert_int_equal(atomic_load(&users[0].revoked), ROUNDS);
	bind(&edu);
	unbind(&edu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_device_is_taken_without_being_given),
		cmocka_unit_test(driver_override_gives_one),
		cmocka_unit_test(new_id_gives_all_of_a_kind),
		cmocka_unit_test(regions_are_the_memory_bars),
		cmocka_unit_test(a_bar_of_io_ports_is_left_out),
		cmocka_unit_test(a_device_without_memory_bar_is_refused),
		cmocka_unit_test(module_stays_while_the_node_is_open),
		cmocka_unit_test(the_device_is_master_of_nothing),
		cmocka_unit_test(the_device_writes_to_no_memory),
		cmocka_unit_test(edu_answers_by_read_and_write),
		cmocka_unit_test(edu_answers_by_pointer),
		cmocka_unit_test(length_is_the_width_of_the_access),
		cmocka_unit_test(a_bus_error_kills_the_process_alone),
		cmocka_unit_test(read_and_write_may_be_for_root_alone),
		cmocka_unit_test(an_unaligned_access_is_einval),
		cmocka_unit_test(an_address_outside_the_bar_is_refused),
		cmocka_unit_test(a_page_that_another_driver_shares_is_not_mapped),
		cmocka_unit_test(bad_user_memory_is_efault),
		cmocka_unit_test(a_private_writable_mapping_is_refused),
		cmocka_unit_test(the_host_sees_what_the_guest_writes_and_the_reverse),
		cmocka_unit_test(vectors_and_streams_work),
		cmocka_unit_test(a_debugger_reads_and_writes),
		cmocka_unit_test(the_attribute_is_real),
		cmocka_unit_test(unbinding_revokes_mappings_and_files),
		cmocka_unit_test(a_member_cannot_fill_the_log),
		cmocka_unit_test(a_second_node_is_revoked_too),
		cmocka_unit_test(another_process_is_revoked_too),
		cmocka_unit_test(removing_the_device_revokes_too),
		cmocka_unit_test(unbinding_while_others_map_and_unmap),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
