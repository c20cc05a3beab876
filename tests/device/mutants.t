#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A test of the tests: put old mistakes back into the driver and see the device
# tests fail. A mutant that passes them is not ok; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
number=0

# mutant KERNEL NAME FILE SED-SCRIPT TOPIC PATTERN: with SED-SCRIPT applied to
# driver/FILE, the topic's output must have a "not ok" line that matches PATTERN.
mutant() {
	local kernel=$1 name=$2 file=$3 script=$4 topic=$5 pattern=$6
	local out=build/mutants/$kernel-${name// /-} result

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
	# A mutant may soil the kernel log; its status is not the question.
	tests/vm/run --kernel "$kernel" --memory 3G --out "$out" -- \
		tests/device/with-module "/kregion/$out/tree/driver" \
		tests/device/guest "$topic" >"$out/tap" 2>"$out/err"
	result=$(grep '^not ok' "$out/tap" | grep -E "$pattern" | head -n 1)
	if [ -n "$result" ]; then
		echo "ok $number - $kernel: $name: seen as \"${result#not ok * - }\""
	else
		echo "not ok $number - $kernel: $name: was not seen"
		tail -n 20 "$out/tap" "$out/err" | sed 's/^/# /'
	fi
}

for kernel in 6.1 6.12; do
	tests/device/prepare "$kernel" >&2
	tests/device/compile "$kernel" >&2
done

clear='s/ClearPageReserved(page);/(void)page;/'
set='s/SetPageReserved(page);/(void)page;/'
mutant 6.1 "pages stay reserved" reserve.c "$clear" reserved-pages default_regions
mutant 6.12 "pages stay reserved" reserve.c "$clear" reserved-pages default_regions
mutant 6.12 "kernel log of reserved pages" reserve.c "$clear" reserved-pages \
	"kernel log is clean"
mutant 6.12 "pages are never reserved" reserve.c "$set" reserved-pages \
	default_regions
echo "1..$number"
