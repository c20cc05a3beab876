#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A test of the tests: put old mistakes back into the driver and see the device
# tests fail. A mutant that passes them is not ok; TAP.
# mutants.t [all]: without "all" only the calls of mutant(), not those of rare().
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
number=0

# mutant KERNEL NAME FILE SED-SCRIPT PROGRAM TEST [STATUS]: with SED-SCRIPT
# applied to driver/FILE, TEST of PROGRAM must fail; with STATUS, the run must
# also end with that, 99 for a finding in the kernel log. $append goes to the kernel's
# command line.
append=''
all=${1-}
rare() { [ -z "$all" ] || mutant "$@"; }
mutant() {
	local kernel=$1 name=$2 file=$3 script=$4 program=$5 test=$6
	local out=build/mutants/$kernel-${name// /-} result status
	local tree=build/mutants/$kernel

	number=$((number + 1))
	mkdir -p "$out"
	# One tree for all of a kernel's mutants: only what differs is compiled.
	[ -d "$tree" ] || { mkdir "$tree" && cp -r dkms.conf driver "$tree"; }
	sed -i "$script" "$tree/driver/$file"
	if cmp -s "driver/$file" "$tree/driver/$file"; then
		echo "not ok $number - $kernel: $name: the change does not apply"
		return
	fi
	rm -f "$tree/driver/kregion.ko"
	# shellcheck disable=SC2016
	tests/vm/enter "$kernel" sh -c 'exec make -C "$1" KDIR="$(echo \
		/lib/modules/*/build)"' sh "/kregion/$tree/driver" \
		>"$out/build.log" 2>&1
	cp "driver/$file" "$tree/driver/$file"
	if [ ! -f "$tree/driver/kregion.ko" ]; then
		echo "not ok $number - $kernel: $name: the mutant does not build"
		sed 's/^/# /' "$out/build.log" | tail -n 20
		return
	fi
	tests/vm/run --kernel "$kernel" --memory 3G --pci --append "$append" \
		--out "$out" -- \
		tests/device/with-module "/kregion/$tree/driver" \
		env CMOCKA_MESSAGE_OUTPUT=TAP KREGION_TEST="$test" \
		"/kregion/build/$kernel/tests/$program" \
		>"$out/tap" 2>"$out/err"
	status=$?
	result=$(grep "^not ok.*$test" "$out/tap")
	if [ -n "$result" ] && [ "$status" = "${7:-$status}" ]; then
		echo "ok $number - $kernel: $name: $test fails${7:+, status $status}"
	else
		echo "not ok $number - $kernel: $name: was not seen, status $status"
		tail -n 20 "$out/tap" "$out/err" | sed 's/^/# /'
	fi
}

rm -rf build/mutants
for kernel in ${all:+6.1} 6.12; do
	tests/device/prepare "$kernel" >&2
	tests/device/compile "$kernel" >&2
done

clear='s/ClearPageReserved(page);/(void)page;/'
set='s/SetPageReserved(page);/(void)page;/'
rare 6.1 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions
mutant 6.12 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions 99
rare 6.12 "pages are never reserved" reserve.c "$set" test-reserved-pages \
	default_regions
mutant 6.12 "length is not checked" region.c \
	's/if (!pages || pages > .*/if (!pages)/' test-bounds \
	a_range_that_leaves_the_last_region_is_einval
rare 6.12 "frame number stays in maps" backend-kmalloc.c \
	'/vma->vm_pgoff = pgoff;/d' test-usage maps_shows_the_node_and_the_offset
mutant 6.12 "VM_PAT stays" backend-kmalloc.c '/vm_flags_clear/d' \
	test-mmap-private child_and_parent_write_apart_after_fork
mutant 6.12 "mappings are not revoked" revoke.c \
	'/unmap_mapping_range(kdev/,/;/d' \
	test-pci unbinding_revokes_mappings_and_files
rare 6.12 "RAM is revoked with the device memory" revoke.c \
	's/kregion_region_offset(region),/0,/;s/(loff_t)region->pages.*, 1)/0, 1)/' \
	test-in-kernel ram_outlives_the_device_memory_beside_it
mutant 6.12 "device stays master of the bus" kregion_pci.c \
	'/pci_clear_master/d' test-pci the_device_is_master_of_nothing
rare 6.12 "fault does not look whether the device is gone" mmap.c \
	's/if (!kdev->gone)/if (kdev)/' test-pci \
	unbinding_revokes_mappings_and_files
mutant 6.12 "mappings hang on the node that was opened" file.c \
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
mutant 6.12 "attribute is not set" backend-kmalloc.c \
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
mutant 6.12 "regions of an open file are not freed" file.c \
	's/kregion_space_destroy(space);/;/' test-scope \
	a_descriptor_can_be_passed_on
mutant 6.12 "a device in use is taken away" device.c \
	's/used = kdev->users;/used = false;/' test-configfs \
	an_open_file_is_a_user
mutant 6.12 "regions of a device in use are not pinned" device.c \
	's/err = kdev->owner->hold(.*);/err = 0;/;s/kdev->owner->let_go(.*);/;/' \
	test-configfs a_mapping_is_a_user
mutant 6.12 "a live device is changed" configfs.c \
	'/^static ssize_t region_store/,/^}/s/if (device->kdev)/if (false)/' \
	test-configfs a_live_device_is_not_changed
# Debian's kernels zero all memory when it is allocated: see dirty-memory.t.
append=init_on_alloc=0
mutant 6.12 "kmalloc memory is not zeroed" backend-kmalloc.c \
	's/kzalloc(/kmalloc(/' test-scope a_new_open_starts_zeroed
rare 6.12 "vmalloc memory is not zeroed" backend-vmalloc.c \
	's/gfp | __GFP_ZERO);$/gfp);/' test-scope a_new_open_starts_zeroed
rare 6.12 "write-combine memory is not zeroed" backend-vmalloc.c \
	's/alloc_page(gfp | __GFP_ZERO)/alloc_page(gfp)/' test-scope \
	a_new_open_starts_zeroed
append=''
rare 6.12 "regions of an open file are not charged" file.c \
	's/GFP_KERNEL_ACCOUNT/GFP_KERNEL/' test-scope \
	opens_until_the_cgroup_is_full
mutant 6.12 "anyone is told physical addresses" internal.h \
	's/ns_capable_noaudit(.*CAP_SYS_ADMIN)/true/' test-secrets \
	ioctl_tells_the_address_to_root_alone
rare 6.12 "write by a debugger is lost" mmap.c 's/set_page_dirty(.*);/;/' \
	test-access copy_that_was_swapped_out_is_read_and_written
echo "1..$number"
