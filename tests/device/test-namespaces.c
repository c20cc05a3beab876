// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers: root of a user namespace is the user who made it, and a node there gives
 * what its owner, group and mode give, and what the device cgroup lets through.
 */
#include "common.h"

#include <linux/bpf.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#define RW		(PROT_READ | PROT_WRITE)
#define PCI		"/sys/bus/pci/"
#define PLACE		"/tmp/container"

static dev_t number;		/* of the node */

static int setup(void **state)
{
	struct stat st;

	load_default(state);
	insert_test_module("kregion_gone");
	mount_configfs();
	wait_for_group(NODE);
	assert_int_equal(stat(NODE, &st), 0);
	number = st.st_rdev;
	assert_int_equal(mkdir(CONFIGFS "lab", 0755), 0);
	assert_int_equal(mkdir(PLACE, 0755), 0);
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(rmdir(CONFIGFS "lab"), 0);
	assert_int_equal(rmdir(PLACE), 0);
	remove_module("kregion_gone");
	return unload_module(state);
}

/* ---- root of a user namespace ---- */

/* open(2) must fail with @err. */
static bool is_closed(const char *path, int flags, int err)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == err;
}

/* There where the kernel has power management. */
#define POWER	CLASS "kregion0/power/control"

/* Each number is a place in the list, told when the test fails. */
static int opens_what_is_roots(void)
{
	static const struct {
		const char *path;
		int flags;
	} files[] = {
		{ CLASS "kregion0/uevent", O_WRONLY },
		{ CLASS "kregion0/regions/1/phys_addr", O_RDONLY },
		{ "/sys/module/kregion/uevent", O_WRONLY },
		{ "/sys/module/kregion/parameters/regions", O_WRONLY },
		{ CONFIGFS "lab/live", O_WRONLY },
		{ CONFIGFS "lab/scope", O_WRONLY },
		{ "/sys/kernel/debug", O_RDONLY },
		{ DEBUGFS "kregion0/1/pfns", O_RDONLY },
		{ "/sys/kernel/tracing/events/kregion/enable", O_WRONLY },
		{ "/proc/kpageflags", O_RDONLY },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (!is_closed(files[i].path, files[i].flags, EACCES))
			return (int)i + 1;
	}
	if (!access(POWER, F_OK) && !is_closed(POWER, O_WRONLY, EACCES))
		return (int)i + 1;
	return 0;
}

static int does_what_is_roots(void)
{
	if (!mkdir(CONFIGFS "mine", 0755) || errno != EACCES)
		return 1;
	if (!rmdir(CONFIGFS "lab") || errno != EACCES)
		return 2;
	if (!mknod("/tmp/node", S_IFCHR | 0666, number) || errno != EPERM)
		return 3;
	if (!chmod(NODE, 0666) || errno != EPERM)
		return 4;
	if (!chown(NODE, 0, (gid_t)-1) || errno != EPERM)
		return 5;
	if (!unlink(NODE) || errno != EACCES)
		return 6;
	if (!mount("configfs", PLACE, "configfs", 0, NULL) || errno != EPERM)
		return 7;
	if (!mount("debugfs", PLACE, "debugfs", 0, NULL) || errno != EPERM)
		return 8;
	if (!mount("devtmpfs", PLACE, "devtmpfs", 0, NULL) || errno != EPERM)
		return 9;
	if (!syscall(SYS_finit_module, 0, "", 0) || errno != EPERM)
		return 10;
	if (!syscall(SYS_delete_module, "kregion_gone", O_NONBLOCK) ||
	    errno != EPERM)
		return 11;
	return 0;
}

static void root_of_a_user_namespace_opens_nothing_of_roots(void **state)
{
	(void)state;
	/* Root can, so the list means something. */
	assert_int_equal(as(stay_root, opens_what_is_roots), 1);
	assert_int_equal(as(become_root_of_a_user_namespace,
			    opens_what_is_roots), 0);
}

static void root_of_a_user_namespace_does_nothing_of_roots(void **state)
{
	(void)state;
	assert_int_equal(as(become_root_of_a_user_namespace,
			    does_what_is_roots), 0);
	assert_int_equal(access(NODE, F_OK), 0);
	assert_int_equal(access("/sys/module/kregion_gone", F_OK), 0);
}

/* A device of PCI is given away, and its driver told of others, by root alone. */
static int gives_pci_devices(void)
{
	if (!is_closed(PCI "drivers_probe", O_WRONLY, EACCES))
		return 1;
	if (!is_closed(PCI "drivers/kregion_pci/bind", O_WRONLY, EACCES))
		return 2;
	if (!is_closed(PCI "drivers/kregion_pci/unbind", O_WRONLY, EACCES))
		return 3;
	if (!is_closed(PCI "drivers/kregion_pci/new_id", O_WRONLY, EACCES))
		return 4;
	if (run("for file in " PCI "devices/*/driver_override; do"
		" [ -e $file ] || exit 1; { ! echo x >$file; } 2>/dev/null || exit 1;"
		" done"))
		return 5;
	return 0;
}

static void root_of_a_user_namespace_gives_no_pci_device(void **state)
{
	(void)state;
	if (access(PCI, F_OK)) {
		print_message("this machine has no PCI\n");
		skip();
	}
	assert_int_equal(run("modprobe kregion_pci"), 0);
	assert_int_equal(as(become_root_of_a_user_namespace,
			    gives_pci_devices), 0);
	remove_module("kregion_pci");
}

static void become_stranger_with_a_user_namespace(void)
{
	become_nobody();
	if (unshare(CLONE_NEWUSER))
		_exit(101);
}

static int opens_node(void)
{
	return is_closed(NODE, O_RDONLY, EACCES) ? 0 : 1;
}

static void a_user_namespace_opens_no_node(void **state)
{
	(void)state;
	assert_int_equal(as(become_stranger_with_a_user_namespace, opens_node),
			 0);
}

/* ---- a node inside a container ---- */

/* The node as containers get it: bound over a file in a file system of their own. */
static int uses_a_bound_node(void)
{
	struct kregion_region_info info = { .argsz = sizeof(info), .index = 1 };
	char byte = 0x5a;
	int fd;

	if (mount("none", PLACE, "tmpfs", 0, NULL))
		return 1;
	close(open(PLACE "/node", O_CREAT | O_WRONLY, 0666));
	if (mount(NODE, PLACE "/node", NULL, MS_BIND, NULL))
		return 2;
	fd = open(PLACE "/node", O_RDWR);
	if (fd < 0)
		return 3;
	if (pwrite(fd, &byte, 1, 0) != 1 ||
	    try_map(fd, 0, 1, RW, MAP_SHARED) == MAP_FAILED)
		return 4;
	if (ioctl(fd, KREGION_GET_REGION_INFO, &info) || info.phys_addr)
		return 5;
	if (!mknod(PLACE "/other", S_IFCHR | 0666, number) || errno != EPERM)
		return 6;
	return 0;
}

static void a_bound_node_gives_what_its_mode_gives(void **state)
{
	int fd = open_node(NODE);
	char byte;

	(void)state;
	assert_int_equal(as(become_root_of_a_user_namespace,
			    uses_a_bound_node), 0);
	assert_int_equal(pread(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 0x5a);
	close(fd);
}

static void no_node_opens_where_devices_are_off(void **state)
{
	(void)state;
	assert_int_equal(mount("none", PLACE, "tmpfs", MS_NODEV, NULL), 0);
	assert_int_equal(mknod(PLACE "/node", S_IFCHR | 0666, number), 0);
	assert_true(is_closed(PLACE "/node", O_RDWR, EACCES));
	assert_int_equal(umount(PLACE), 0);
}

/* Whoever may make nodes decides who opens them: the driver has no list of its own. */
static int opens_a_node_made_for_all(void)
{
	return is_closed(NODE, O_RDWR, EACCES) &&
	       open(PLACE "/node", O_RDWR) >= 0 ? 0 : 1;
}

static void a_node_that_root_made_has_the_mode_that_root_gave(void **state)
{
	(void)state;
	assert_int_equal(mount("none", PLACE, "tmpfs", 0, NULL), 0);
	assert_int_equal(mknod(PLACE "/node", S_IFCHR, number), 0);
	assert_int_equal(chmod(PLACE "/node", 0666), 0);
	assert_int_equal(as(become_nobody, opens_a_node_made_for_all), 0);
	assert_int_equal(umount(PLACE), 0);
}

/* ---- the device cgroup, DeviceAllow= of systemd ---- */

#define INSN(_code, _dst, _src, _off, _imm) \
	{ .code = (_code), .dst_reg = (_dst), .src_reg = (_src), .off = (_off), \
	  .imm = (_imm) }

/* A filter that keeps @access (BPF_DEVCG_ACC_*) of the node's major number out. */
static int load_filter(int access)
{
	struct bpf_insn filter[] = {
		INSN(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1,
		     offsetof(struct bpf_cgroup_dev_ctx, major), 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_2, 0, 3,
		     (int)major(number)),
		INSN(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1,
		     offsetof(struct bpf_cgroup_dev_ctx, access_type), 0),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_2, 0, 0,
		     access << 16),
		INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_2, 0, 2, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uintptr_t)filter,
		.insn_cnt = ARRAY_SIZE(filter),
		.license = (uintptr_t)"GPL",
	};

	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static void attach(int cgroup, int filter)
{
	union bpf_attr attr = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)filter,
		.attach_type = BPF_CGROUP_DEVICE,
	};

	assert_int_equal(syscall(SYS_bpf, BPF_PROG_ATTACH, &attr,
				 sizeof(attr)), 0);
}

static void enter_cgroup(void)
{
	if (run("echo %d >" PLACE "/lab/cgroup.procs", (int)getpid()))
		_exit(101);
}

static int may_read_only(void)
{
	int fd = open(NODE, O_RDONLY);

	if (fd < 0)
		return 1;
	if (try_map(fd, 0, 1, RW, MAP_SHARED) != MAP_FAILED)
		return 2;
	return is_closed(NODE, O_RDWR, EPERM) ? 0 : 3;
}

static int may_do_nothing(void)
{
	if (!is_closed(NODE, O_RDONLY, EPERM) ||
	    !is_closed(NODE, O_WRONLY, EPERM))
		return 1;
	if (!mknod("/tmp/node", S_IFCHR | 0666, number) || errno != EPERM)
		return 2;
	/* It keeps nothing else out. */
	return open("/dev/null", O_RDWR) < 0 ? 3 : 0;
}

/* Also for root with all capabilities. */
static void in_cgroup_without(int access, int (*check)(void))
{
	int cgroup, filter;

	assert_int_equal(mkdir(PLACE "/lab", 0755), 0);
	cgroup = open_node_flags(PLACE "/lab", O_RDONLY | O_DIRECTORY);
	filter = load_filter(access);
	assert_true(filter >= 0);
	attach(cgroup, filter);
	assert_int_equal(as(enter_cgroup, check), 0);
	close(filter);
	close(cgroup);
	assert_int_equal(rmdir(PLACE "/lab"), 0);
}

static void a_device_cgroup_is_obeyed(void **state)
{
	(void)state;
	if (access("/proc/sys/kernel/unprivileged_bpf_disabled", F_OK)) {
		print_message("this kernel has no BPF for a device cgroup\n");
		skip();
	}
	assert_int_equal(mount("none", PLACE, "cgroup2", 0, NULL), 0);
	in_cgroup_without(BPF_DEVCG_ACC_WRITE, may_read_only);
	in_cgroup_without(BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE |
			  BPF_DEVCG_ACC_MKNOD, may_do_nothing);
	assert_int_equal(umount(PLACE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_of_a_user_namespace_opens_nothing_of_roots),
		cmocka_unit_test(root_of_a_user_namespace_does_nothing_of_roots),
		cmocka_unit_test(root_of_a_user_namespace_gives_no_pci_device),
		cmocka_unit_test(a_user_namespace_opens_no_node),
		cmocka_unit_test(a_bound_node_gives_what_its_mode_gives),
		cmocka_unit_test(no_node_opens_where_devices_are_off),
		cmocka_unit_test(a_node_that_root_made_has_the_mode_that_root_gave),
		cmocka_unit_test(a_device_cgroup_is_obeyed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
