#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A test of the tests: put old mistakes back into the driver and see the device
# tests fail. A mutant that passes them is not ok; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
number=0

# mutant KERNEL NAME FILE SED-SCRIPT PROGRAM TEST [STATUS]: with SED-SCRIPT
# applied to driver/FILE, TEST of PROGRAM must fail; with STATUS, the run must
# also end with that, 99 for a finding in the kernel log.
mutant() {
	local kernel=$1 name=$2 file=$3 script=$4 program=$5 test=$6
	local out=build/mutants/$kernel-${name// /-} result status

	number=$((number + 1))
	rm -rf "$out"
	mkdir -p "$out/tree"
	cp -r dkms.conf driver "$out/tree"
	sed -i "$script" "$out/tree/driver/$file"
	if cmp -s "driver/$file" "$out/tree/driver/$file"; then
		echo "not ok $number - $kernel: $name: the change does not apply"
		return
	fi
	# shellcheck disable=SC2016
	tests/vm/enter "$kernel" sh -c 'exec make -C "$1" KDIR="$(echo \
		/lib/modules/*/build)"' sh "/kregion/$out/tree/driver" \
		>"$out/build.log" 2>&1
	if [ ! -f "$out/tree/driver/kregion.ko" ]; then
		echo "not ok $number - $kernel: $name: the mutant does not build"
		sed 's/^/# /' "$out/build.log" | tail -n 20
		return
	fi
	tests/vm/run --kernel "$kernel" --memory 2G --out "$out" -- \
		tests/device/with-module "/kregion/$out/tree/driver" \
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

for kernel in 6.1 6.12; do
	tests/device/prepare "$kernel" >&2
	tests/device/compile "$kernel" >&2
done

clear='s/ClearPageReserved(page);/(void)page;/'
set='s/SetPageReserved(page);/(void)page;/'
mutant 6.1 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions
mutant 6.12 "pages stay reserved" reserve.c "$clear" test-reserved-pages \
	default_regions 99
mutant 6.12 "pages are never reserved" reserve.c "$set" test-reserved-pages \
	default_regions
mutant 6.12 "length is not checked" region.c \
	's/if (!pages || pages > .*/if (!pages)/' test-bounds \
	a_range_that_leaves_the_last_region_is_einval
mutant 6.12 "frame number stays in maps" backend-kmalloc.c \
	'/vma->vm_pgoff = pgoff;/d' test-usage maps_shows_the_node_and_the_offset
mutant 6.12 "VM_PAT stays" backend-kmalloc.c '/vm_flags_clear/d' \
	test-mmap-private child_and_parent_write_apart_after_fork
mutant 6.12 "write by a debugger is lost" mmap.c 's/set_page_dirty(.*);/;/' \
	test-access copy_that_was_swapped_out_is_read_and_written
echo "1..$number"
