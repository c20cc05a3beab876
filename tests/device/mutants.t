#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A test of the tests: put mistakes into the driver, one at a time, and see the device
# tests fail. A mutant that passes them is not ok; TAP.
#
# mutants.t [all | WORDS]: all of them, or those whose kernel and name have WORDS in
# them; without argument the calls of mutant() only, not those of rare().
# mutants.t apply: only see that each change still finds its place in the driver.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
only=${1-}
mutants=build/mutants
number=0 caught=0

# Of tests/vm/run. User-Mode Linux, which is there in seconds, has no PCI, no cache
# attributes, no second CPU and no private mappings.
declare -A options=(
	[uml]='--memory 1G'
	[6.12]='--memory 3G --pci'
	[6.1]='--memory 3G --pci'
	[debug]='--memory 1G --pci'
)
# KREGION_LOOK of tests/failnth: a look takes seconds there.
declare -A look=([debug]=50)
declare -A tests=()	# of each kernel: PROGRAM:TEST ...

# mutant KERNEL NAME FILE SED-SCRIPT PROGRAM TEST [STATUS]: with SED-SCRIPT applied to
# driver/FILE, TEST of PROGRAM must fail; with STATUS, the run must end with that: 99 for
# a finding in the kernel log, 98 for a panic, which are enough. $more are options of
# tests/vm/run.
more=''
mutant() {
	[[ -z $only || $only = all || $only = apply || "$1: $2" = *"$only"* ]] || return
	"$step" "$@"
}
rare() { [ -z "$only" ] || mutant "$@"; }

collect() { tests[$1]+=" $5:$6"; }

# run_tests KERNEL OUT MODULES TEST...: in a machine, with the modules of that folder.
run_tests() {
	local kernel=$1 out=$2 modules=$3 words
	shift 3
	read -ra words <<<"${options[$kernel]} $more"
	# shellcheck disable=SC2016	# the guest's variables
	tests/vm/run --kernel "$kernel" "${words[@]}" --timeout 1500 --out "$out" \
		-- tests/device/with-module "$modules" \
		env CMOCKA_MESSAGE_OUTPUT=TAP "KREGION_LOOK=${look[$kernel]:-1}" \
		bash -c 'for test; do
			KREGION_TEST=${test#*:} "build/$KREGION_KERNEL/tests/${test%:*}"
		done' bash "$@" >"$out/tap" 2>"$out/err"
}

# One tree for all of a kernel's mutants: only what differs is compiled.
build() { # KERNEL
	rm -f "$mutants/$1/driver/kregion.ko"
	# shellcheck disable=SC2016
	tests/vm/enter "$1" sh -c 'exec make -C "$1" KDIR="$(echo \
		/lib/modules/*/build)"' sh "/kregion/$mutants/$1/driver"
	[ -f "$mutants/$1/driver/kregion.ko" ]
}

# prepare KERNEL: build the driver as it is, and see all tests pass on it.
prepare() {
	local out=$mutants/$1-unchanged list
	mkdir -p "$mutants/$1" "$out"
	cp -r dkms.conf driver "$mutants/$1"
	mapfile -t list < <(tr ' ' '\n' <<<"${tests[$1]# }" | sort -u)
	tests/device/prepare "$1" >&2 && tests/device/compile "$1" >&2 &&
		tests/compile "$1" failnth >&2 && tests/compile "$1" concurrency >&2 &&
		build "$1" >"$out/build.log" 2>&1 &&
		run_tests "$1" "$out" "$mutants/$1/driver" "${list[@]}" &&
		! grep '^not ok' "$out/tap" >&2
}

failed() { # WHY FILE...
	echo "not ok $number - $1"
	shift
	tail -n 20 "$@" | sed 's/^/# /'
}

# The name of each whose change changes nothing.
apply() { ! sed "$4" "driver/$3" | cmp -s - "driver/$3" || echo "$1: $2"; }

try() {
	local kernel=$1 file=driver/$3 script=$4 test=$6 wanted=${7-}
	local title="$1: $2" out=$mutants/$1-${2// /-} status

	number=$((number + 1))
	mkdir -p "$out"
	sed "$script" "$file" >"$mutants/$kernel/$file"
	! cmp -s "$file" "$mutants/$kernel/$file" || {
		failed "$title: the change does not apply" /dev/null
		return
	}
	build "$kernel" >"$out/build.log" 2>&1
	status=$?
	cp "$file" "$mutants/$kernel/$file"
	[ $status = 0 ] || {
		failed "$title: the mutant does not build" "$out/build.log"
		return
	}
	run_tests "$kernel" "$out" "$mutants/$kernel/driver" "$5:$test"
	status=$?
	if [ $status = "${wanted:-$status}" ] &&
		{ [ "$wanted" = 99 ] ||
		{ [ "$wanted" = 98 ] && grep -q "Kernel panic" "$out/console"; } ||
		grep -q "^not ok.* $test" "$out/tap"; }; then
		caught=$((caught + 1))
		echo "ok $number - $title: $test fails${wanted:+, status $wanted}"
	else
		failed "$title: was not seen, status $status" "$out"/{tap,err}
	fi
}

all_mutants() {
# ---- ranges ----

mutant uml "length is not checked" region.c \
	's/if (!pages || pages > .*/if (!pages)/' test-bounds \
	a_range_that_leaves_the_last_region_is_einval
rare uml "device ends a page late" region.c 's/page >= space->pages/page > space->pages/' \
	test-bounds no_region_at_the_offset_is_enxio
rare uml "a region begins a page late" region.c 's/\.first <= page/.first < page/' \
	test-read-write short_at_a_regions_end_then_goes_on
rare uml "search stops too early" region.c 's/high - low > 1/high - low > 2/' \
	test-layout many_regions_in_a_device
rare uml "sums of offset and size may overflow" ioctl.c \
	's/check_add_overflow(info.offset, info.size - 1, &end)/((end = info.offset + info.size - 1), 0)/;s/size > region->bytes - skip/skip + size > region->bytes/' \
	test-ioctl find_of_a_range_that_overflows_is_einval
rare uml "wrong errno behind the end" file.c 's/-ENOSPC/-ENXIO/' test-read-write \
	end_of_device_reads_0_and_refuses_writes
rare uml "sizes are rounded down" region.c 's/ + !!(pages & ~PAGE_MASK)//' test-layout \
	sizes_are_rounded_up_to_pages
rare uml "a device too many" params.c 's/nr++ == KREGION_MAX_DEVICES/nr++ > KREGION_MAX_DEVICES/' \
	test-layout device_257_is_refused
rare uml "a size may overflow" spec.c \
	's/__builtin_mul_overflow(size, factor, &size))/((size *= factor), 0))/' \
	test-layout bad_text_leaves_nothing_but_one_line_of_log

# ---- pages and memory ----

clear='s/ClearPageReserved(page);/(void)page;/'
set='s/SetPageReserved(page);/(void)page;/'
rare 6.1 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions
rare 6.12 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions 99
mutant uml "pages stay reserved" reserve.c "$clear" test-configfs \
	live_can_be_taken_back_again_and_again 99
rare 6.12 "pages are never reserved" reserve.c "$set" test-reserved-pages \
	default_regions
mutant uml "kmalloc memory is not zeroed" backend-kmalloc.c \
	's/kzalloc(/kmalloc(/' test-scope a_new_open_starts_zeroed
rare uml "vmalloc memory is not zeroed" backend-vmalloc.c \
	's/gfp | __GFP_ZERO);$/gfp);/' test-scope a_new_open_starts_zeroed
# Debian's kernels zero all memory when it is allocated: see dirty-memory.t.
more='--append init_on_alloc=0'
rare 6.12 "write-combine memory is not zeroed" backend-vmalloc.c \
	's/alloc_page(gfp | __GFP_ZERO)/alloc_page(gfp)/' test-scope \
	a_new_open_starts_zeroed
more=''
rare 6.12 "regions of an open file are not charged" file.c \
	's/GFP_KERNEL_ACCOUNT/GFP_KERNEL/' test-scope \
	opens_until_the_cgroup_is_full
# User-Mode Linux cannot even power off when devices have lost their module.
rare 6.12 "regions of a failed load stay" params.c \
	'/^	if (err)$/,/kregion_params_exit();/s/kregion_params_exit();/;/' \
	test-layout \
	no_memory_for_the_second_device_leaves_none

# ---- mappings ----

rare 6.12 "frame number stays in maps" backend-kmalloc.c \
	'/vma->vm_pgoff = pgoff;/d' test-usage maps_shows_the_node_and_the_offset
rare 6.12 "VM_PAT stays" backend-kmalloc.c '/vm_flags_clear/d' \
	test-mmap-private child_and_parent_write_apart_after_fork
rare 6.12 "a mapping may become executable" mmap.c '/vm_flags_clear(vma, VM_MAYEXEC)/d' \
	test-bounds exec_cannot_be_had_later
rare uml "a read-only region may become writable" mmap.c \
	'/kregion_region_readonly(region) && vma->vm_flags/,+1d' test-bounds \
	readonly_region_cannot_be_made_writable
rare uml "a read-only region is mapped for writing" mmap.c 's/return -EACCES;/return 0;/' \
	test-bounds readonly_region_refuses_shared_writing
rare uml "a read-only region is written" file.c 's/if (kregion_region_readonly(region))/if (false)/' \
	test-bounds readonly_region_refuses_write_with_eperm
rare uml "the wrong page is mapped" mmap.c 's/pgoff - region->first, vma);/0, vma);/' \
	test-bounds every_shared_range_is_right
rare 6.12 "a mapping that ends is still counted" mmap.c 's/atomic_dec(.*);/;/' test-sysfs \
	mappings_are_counted
rare 6.12 "the mapping of a child is not counted" mmap.c '/^	\.open = /d' test-sysfs \
	fork_and_exit_are_counted
rare 6.12 "write by a debugger is lost" mmap.c 's/set_page_dirty(.*);/;/' \
	test-access copy_that_was_swapped_out_is_read_and_written

# ---- reading and writing ----

rare uml "a bad page zeroes the region" file.c \
	's/__copy_from_user_inatomic(/copy_from_user(/' test-read-write \
	half_bad_buffer_changes_nothing_behind_it
rare uml "a large copy cannot be killed" file.c 's/return fatal_signal_pending.*/return false;/' \
	test-read-write large_copy_can_be_killed
rare uml "position stays" file.c 's/\*pos += done;/;/' test-read-write \
	short_at_a_regions_end_then_goes_on

# ---- ioctl ----

rare uml "argsz is not checked" ioctl.c 's/if (argsz < min_size)/if (false)/' test-ioctl \
	a_smaller_argsz_is_einval
rare uml "more is copied out than asked for" ioctl.c 's/min_t(size_t, argsz, size)/size/' \
	test-ioctl an_older_argsz_gets_what_it_knows
rare uml "unknown bytes are ignored" ioctl.c \
	's/err = copy_struct_from_user(info, size, arg, argsz);/memset(info, 0, size);\n	err = copy_from_user(info, arg, min_t(size_t, size, argsz)) ? -EFAULT : 0;/' \
	test-ioctl an_unknown_byte_that_is_not_zero_is_e2big
rare 6.12 "anyone is told physical addresses" internal.h \
	's/ns_capable_noaudit(.*CAP_SYS_ADMIN)/true/' test-secrets \
	ioctl_tells_the_address_to_root_alone

# ---- device memory ----

rare 6.12 "mappings are not revoked" revoke.c \
	'/unmap_mapping_range(kdev/,/;/d' \
	test-pci unbinding_revokes_mappings_and_files
rare 6.12 "RAM is revoked with the device memory" revoke.c \
	's/kregion_region_offset(region),/0,/;s/(loff_t)region->pages.*, 1)/0, 1)/' \
	test-in-kernel ram_outlives_the_device_memory_beside_it
rare 6.12 "device stays master of the bus" kregion_pci.c \
	'/pci_clear_master/d' test-pci the_device_is_master_of_nothing
rare 6.12 "fault does not look whether the device is gone" mmap.c \
	's/if (!READ_ONCE(kdev->gone))/if (kdev)/' test-pci \
	unbinding_revokes_mappings_and_files
rare 6.12 "mappings hang on the node that was opened" file.c \
	'/file->f_mapping =/d' test-pci a_second_node_is_revoked_too
rare 6.12 "device memory has private copies" mmap.c \
	's/device_memory && vma_copies_writes(vma)/device_memory \&\& !vma/' \
	test-pci a_private_writable_mapping_is_refused
rare 6.12 "end of a BAR is not checked" io.c \
	's/if (offset >= region->bytes)/if (false)/' test-pci \
	an_address_outside_the_bar_is_refused
rare 6.12 "alignment of an access is not checked" io.c \
	's/if (offset & (width - 1))/if (false)/' test-pci \
	an_unaligned_access_is_einval
rare 6.12 "RAM passes as device memory" backend-iomem.c \
	's/!= REGION_DISJOINT/== 1000/' test-in-kernel ram_is_no_device_memory

# ---- cache attributes ----

rare 6.12 "attribute is not set" backend-kmalloc.c \
	's/if (!kregion_cache_set(.*))/if (true)/' test-cache \
	all_aliases_have_the_attribute
rare 6.12 "kernel keeps a write-back alias" backend-vmalloc.c \
	's/VM_MAP, prot)/VM_MAP, PAGE_KERNEL)/' test-cache \
	all_aliases_have_the_attribute
rare 6.12 "copies are not write-back" mmap.c \
	's/	return region->backend->map/	vma->vm_page_prot = prot;\n&/' \
	test-cache a_private_copy_is_write_back
rare 6.12 "memory is not made write-back again" cache.c \
	's/report(set_pages_array_wb(pages, nr), nr)/0/' test-cache \
	freed_pages_are_write_back

# ---- devices and who uses them ----

rare 6.12 "regions of an open file are not freed" file.c \
	's/kregion_space_destroy(space);/;/' test-scope \
	a_descriptor_can_be_passed_on
rare uml "a device in use is taken away" device.c \
	's/used = kdev->users;/used = false;/' test-configfs \
	an_open_file_is_a_user
rare uml "a user that goes is still counted" device.c 's/if (!--kdev->users/if (false/' \
	test-configfs an_open_file_is_a_user
rare uml "regions of a device in use are not pinned" device.c \
	's/err = kdev->owner->hold(.*);/err = 0;/;s/kdev->owner->let_go(.*);/;/' \
	test-configfs an_open_file_is_a_user
rare uml "a failed open is a user for ever" file.c \
	'/^	if (err)$/,/kregion_device_unuse/s/kregion_device_unuse(kdev);/;/' test-configfs \
	an_open_that_fails_leaves_the_device_unused
rare uml "a live device is changed" configfs.c \
	'/^static ssize_t region_store/,/^}/s/if (device->kdev)/if (false)/' \
	test-configfs a_live_device_is_not_changed
rare uml "a removed region is still counted" configfs.c 's/device->nr_regions--;/;/' \
	test-configfs a_device_has_256_regions
rare uml "a removed device keeps its memory" device.c \
	'/kregion_revoke(kdev);/{n;s/put_device(&kdev->dev);/;/}' test-configfs \
	live_can_be_taken_back_again_and_again
rare uml "a removed device keeps its number" device.c 's/ida_free(.*);/;/' test-configfs \
	live_can_be_taken_back_again_and_again
# Nobody but page_poison=1 sees user space write to a page that is free.
rare uml "RAM is freed while it is mapped" revoke.c \
	'/^static void revoke_region/,/^}/s/return;/return kregion_unreserve_pages(region), region->backend->free(region), (void)(kdev->space->nr_allocated = 0);/;/^void kregion_revoke(/,/^}/s/!kdev->inode/!kdev->space/' \
	test-gone name_is_free_again_and_leads_to_new_memory 99
rare uml "a name is given twice" device.c 's/if (device_name_taken(.*))/if (false)/' test-gone \
	name_that_is_taken_is_refused 99
rare uml "an open file does not hold its module" device.c '/kdev->cdev.owner = module;/d' \
	test-demo demo_stays_while_its_node_is_open
rare uml "a file of a gone device can be read" file.c \
	'/find_readable(/,/^}/s/if (READ_ONCE(space->kdev->gone))/if (false)/' test-gone \
	open_file_fails_with_enodev
rare uml "who opens does not wait for the load" device.c \
	's/int err = kregion_wait_for_load();/int err = 0;/' test-lifetime \
	nobody_is_in_a_module_whose_load_fails
rare uml "who waits for a load cannot be killed" main.c \
	's/return wait_for_completion_killable(&load_ended);/wait_for_completion(\&load_ended);\n\treturn 0;/' \
	test-lifetime an_open_that_waits_can_be_killed
# The race is a few instructions wide; with a nap between them it is met at once.
rare 6.12 "users are counted without a lock" device.c \
	'1i #include <linux/delay.h>
	/^int kregion_device_use(/,/^}/s/kdev->users++;/{ unsigned int users = kdev->users; msleep(1); kdev->users = users + 1; }/
	/^int kregion_device_use(/,/^}/s/mutex_\(un\)\?lock(.*);/;/
	/^void kregion_device_unuse(/,/^}/s/mutex_\(un\)\?lock(.*);/;/' \
	test-configfs everything_at_once 98

# lockdep tells it each time, a race once in a while.
rare debug "device memory is touched without a lock" io.c 's/\(down\|up\)_read(.*);/;/' \
	test-pci edu_answers_by_read_and_write 99

# ---- errors on the way ----

rare uml "memory without a list of frames stays" backend-vmalloc.c \
	'/if (!region->pfns)/,/}/s/free_memory(region);/;/' test-failnth-open \
	each_open_has_one_region
# kmemleak does not know pages by themselves: page_owner does.
rare debug "pages of a half-made array stay" backend-vmalloc.c \
	's/free_pages_array(pages, i + !!pages\[i\])/kvfree(pages)/' test-failnth-open \
	each_open_has_one_region
rare debug "pages of a region that is not write-back stay" backend-vmalloc.c \
	's/free_pages_array(region->page_array, region->pages)/kvfree(region->page_array)/' \
	test-failnth-open each_open_has_one_region
rare uml "regions of a failed open stay" region.c \
	'/^struct kregion_space \*kregion_space_copy/,/^}/s/kregion_space_destroy(space);/;/' \
	test-failnth-open each_open_has_several_regions
rare uml "a node without its folders stays" device.c \
	'/kregion_sysfs_add(kdev);/,/}/s/cdev_device_del(.*);/;/' test-failnth-configfs \
	a_device_becomes_live
rare uml "a wrong list of regions is no error" sysfs.c \
	'/^int kregion_sysfs_add/,/^}/s/return err;/return 0;/' test-failnth-configfs \
	a_device_becomes_live

# ---- what is told to whom ----

rare uml "everyone reads addresses in sysfs" sysfs.c 's/phys_addr, 0400/phys_addr, 0444/' \
	test-sysfs nobody_sees_no_address_and_writes_nothing
rare uml "everyone reads debugfs" debugfs.c 's/"pfns", 0400/"pfns", 0444/' test-sysfs \
	debugfs_is_for_root
rare 6.12 "a node is for a group before udev says which" device.c \
	's/^static struct class kregion_class = {/static char *node(const struct device *dev, umode_t *mode)\n{\n	if (mode)\n		*mode = 0660;\n	return NULL;\n}\n\n&\n	.devnode = node,/' \
	test-sysfs node_is_for_root_and_the_group_kregion
rare uml "tracepoints tell physical addresses" trace.h \
	's/= (u64)pages << PAGE_SHIFT/= (u64)region->backend->pfn(region, page) << PAGE_SHIFT/' \
	test-secrets the_trace_shows_no_address
rare 6.12 "pagemap tells frames to root" mmap.c 's/VM_IO | VM_PFNMAP/VM_IO/' test-secrets \
	pagemap_shows_no_frame
rare 6.12 "a refused mapping is logged" mmap.c \
	's/return -EPERM;/return pr_info("kregion: refused\\n"), -EPERM;/' test-hostile \
	a_member_cannot_fill_the_log
rare 6.12 "a touch of a gone device is logged" mmap.c \
	's/	up_read(&kdev->revoke_lock);/&\n	if (ret == VM_FAULT_SIGBUS)\n		pr_info("kregion: gone\\n");/' \
	test-pci a_member_cannot_fill_the_log
}

if [ "$only" = apply ]; then
	step=apply
	! all_mutants | grep .
	exit
fi

rm -rf $mutants
step=collect
all_mutants
for kernel in "${!tests[@]}"; do
	prepare "$kernel" || {
		echo "Bail out! $kernel: no machine, or the tests do not pass as it is"
		exit 1
	}
done
step=try
all_mutants
echo "1..$number"
echo "# $caught of $number mutants caught"
[ "$number" -gt 0 ] && [ "$caught" = "$number" ]
