// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion_pci is loaded, bound and unbound, and device memory is mapped and touched,
 * with failing allocations. On ivshmem-plain, whose registers are smaller than a page.
 */
#include "inject.h"

#include "pci.h"

#define FAR		((char *)0x2000000000)

static int module, fd, zero;
static struct function ivshmem = { .id = IVSHMEM };

/* ---- the function ---- */

/* Lines of /proc/iomem that are held in the name of the driver. */
static int held(void)
{
	FILE *file = fopen("/proc/iomem", "r");
	char line[256];
	int lines = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		lines += !!strstr(line, "kregion_pci");
	fclose(file);
	return lines;
}

static void is_not_bound(void)
{
	char path[128];

	snprintf(path, sizeof(path), DRIVER "%s", ivshmem.address);
	must_be_gone(path);
	must_be_gone(ivshmem.node);
	snprintf(path, sizeof(path), CLASS "%s", ivshmem.node + 5);
	must_be_gone(path);
	snprintf(path, sizeof(path), DEBUGFS "%s", ivshmem.node + 5);
	must_be_gone(path);
	snprintf(path, sizeof(path), PCI "devices/%s/enable", ivshmem.address);
	assert_int_equal(read_number(path), 0);
	assert_int_equal(held(), 0);
}

static int attempt_bind(void)
{
	return put(DRIVER "bind", ivshmem.address);
}

static int attempt_unbind(void)
{
	return put(DRIVER "unbind", ivshmem.address);
}

static void must_bind(void)
{
	assert_int_equal(attempt_bind(), 0);
}

static void must_unbind(void)
{
	assert_int_equal(attempt_unbind(), 0);
	is_not_bound();
}

/* Two BARs, and the rest of the page behind the smaller one. */
static void is_bound(void)
{
	char path[128];

	must_exist(ivshmem.node);
	snprintf(path, sizeof(path), CLASS "%s/regions/1/size", ivshmem.node + 5);
	assert_int_equal(read_number(path), 1 << 20);
	assert_int_equal(held(), 3);
}

static void look_and_unbind(void)
{
	is_bound();
	must_unbind();
}

/* ---- load, bind, unbind ---- */

static int attempt_load(void)
{
	return load_module(module, "");
}

static void is_not_loaded(void)
{
	must_be_gone("/sys/module/kregion_pci");
	must_be_gone(DRIVER);
}

static void unload_pci(void)
{
	must_exist("/sys/module/kregion_pci");
	must_unload("kregion_pci");
	override(&ivshmem, "\n");
	is_not_loaded();
}

static void the_driver_is_loaded(void **state)
{
	/* EINVAL: what the kernel makes of a folder without memory, module_add_driver(). */
	static const struct operation load_driver = {
		.name = "kregion_pci",
		.attempt = attempt_load,
		.refused = is_not_loaded,
		.finish = unload_pci,
		.errnos = { EINVAL },
	};

	(void)state;
	sweep(&load_driver);
}

/* Where memory failed, the kernel says so and loads it without files to bind by. */
static void load_driver(void)
{
	assert_int_equal(attempt_load(), 0);
	must_exist(DRIVER "bind");
	override(&ivshmem, "kregion_pci");
}

static void a_function_is_bound(void **state)
{
	/* EBUSY: what the kernel makes of any reason for which a BAR is not held. */
	static const struct operation bind = {
		.name = "bind",
		.attempt = attempt_bind,
		.refused = is_not_bound,
		.finish = look_and_unbind,
		.errnos = { EBUSY },
		.dense = true,
	};

	(void)state;
	load_driver();
	sweep(&bind);
	unload_pci();
}

static void a_function_is_unbound(void **state)
{
	static const struct operation unbind = {
		.name = "unbind",
		.before = must_bind,
		.attempt = attempt_unbind,
		.refused = look_and_unbind,
		.finish = is_not_bound,
	};

	(void)state;
	load_driver();
	sweep(&unbind);
	unload_pci();
}

/* ---- device memory ---- */

static off_t memory_at;

static void bind_and_open(void)
{
	char path[128];

	load_driver();
	must_bind();
	fd = open_node(ivshmem.node);
	snprintf(path, sizeof(path), CLASS "%s/regions/1/offset", ivshmem.node + 5);
	memory_at = (off_t)read_number(path);
}

static void close_and_unbind(void)
{
	close(fd);
	must_unbind();
	unload_pci();
}

static int live_mappings(void)
{
	char path[128];

	snprintf(path, sizeof(path), CLASS "%s/mappings", ivshmem.node + 5);
	return (int)read_number(path);
}

static int attempt_map(void)
{
	void *map = mmap(FAR, 16 * page, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED_NOREPLACE, fd, memory_at);

	return map == MAP_FAILED ? errno : 0;
}

static void nothing_is_mapped(void)
{
	assert_int_equal(live_mappings(), 0);
}

static void unmap_memory(void)
{
	assert_int_equal(live_mappings(), 1);
	unmap(FAR, 16);
	nothing_is_mapped();
}

static void must_map(void)
{
	assert_int_equal(attempt_map(), 0);
}

static int attempt_store(void)
{
	FAR[5 * page + 1] = 77;
	return 0;
}

static void byte_is_there(void)
{
	char byte;

	assert_int_equal(pread(fd, &byte, 1,
			       memory_at + 5 * (off_t)page + 1), 1);
	assert_int_equal(byte, 77);
	FAR[5 * page + 1] = 0;
	unmap_memory();
}

/* The kernel takes the fault, and gives up when there is no memory. */
static int attempt_read_into(void)
{
	ssize_t len = pread(zero, FAR + 5 * page, page, 0);

	return len < 0 ? errno : len == (ssize_t)page ? 0 : EFAULT;
}

static int attempt_read(void)
{
	char bytes[64];

	return pread(fd, bytes, sizeof(bytes), memory_at) < 0 ? errno : 0;
}

static void device_memory_is_used(void **state)
{
	static const struct operation operations[] = {
		{
			.name = "mmap of device memory",
			.attempt = attempt_map,
			.refused = nothing_is_mapped,
			.finish = unmap_memory,
		}, {
			.name = "first store into device memory",
			.before = must_map,
			.attempt = attempt_store,
			.finish = byte_is_there,
			.survives = true,
			.single = true,
		}, {
			.name = "read(2) into device memory",
			.before = must_map,
			.attempt = attempt_read_into,
			.refused = unmap_memory,
			.finish = unmap_memory,
			.faults = true,
		}, {
			.name = "read of device memory",
			.attempt = attempt_read,
		},
	};
	size_t i;

	(void)state;
	bind_and_open();
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		sweep(&operations[i]);
	close_and_unbind();
}

static int setup(void **state)
{
	load("");
	find_function(&ivshmem);
	module = open_module("kregion_pci");
	zero = open_node("/dev/zero");
	return inject_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(the_driver_is_loaded),
		failing_test(a_function_is_bound),
		failing_test(a_function_is_unbound),
		failing_test(device_memory_is_used),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
