#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# doctor.t [KERNEL...]: kregion doctor on a kernel: one thing after the other broken in a
# machine; with DKMS, in the kernel's root; after a boot by systemd with a wrong regions=.
# Without arguments on 6.12, but for DKMS; packages/full/doctor.t has all. TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

# part NAME COMMAND...: the TAP of a command, its points numbered on.
part() {
	local name=$1 ran
	shift
	"$@" >"$tap_says.part"
	point "$name: exit status 0" [ $? = 0 ]
	awk -v name="$name" -v number="$number" '
		/^(not )?ok / {
			result = /^not/ ? "not ok" : "ok"
			sub(/^(not )?ok [0-9]* *-? */, "")
			print result, ++number, "-", name ": " $0
		}
		/^#/' "$tap_says.part"
	ran=$(grep -cE '^(not )?ok ' "$tap_says.part")
	number=$((number + ran))
	point "$name: all ran" grep -qx "1\.\.$ran" "$tap_says.part"
	rm "$tap_says.part"
}

for kernel in "${@:-6.12}"; do
	tests/device/prepare "$kernel" >&2 || exit 1
	part "$kernel, broken" tests/vm/run --kernel "$kernel" --timeout 600 -- tests/device/doctor-broken
	[ $# = 0 ] || part "$kernel, dkms" tests/vm/enter "$kernel" tests/device/doctor-dkms
	part "$kernel, boot" tests/vm/run --kernel "$kernel" --systemd --timeout 400 \
		--append 'kregion.regions=vmaloc:64K' -- tests/device/doctor-boot
done
plan
