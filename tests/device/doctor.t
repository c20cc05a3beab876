#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kregion doctor where one machine for all device tests does not do: with DKMS, in the
# root of a kernel, and in a machine of its own that systemd boots; TAP.
# doctor.t.sh has the rest.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
kernel=${1:-6.12}
tests/device/prepare "$kernel" >&2 || exit 1
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

part dkms tests/vm/enter "$kernel" tests/device/doctor-dkms
part boot tests/vm/run --kernel "$kernel" --systemd --timeout 400 \
	--append 'kregion.regions=vmaloc:64K' -- tests/device/doctor-boot
plan
