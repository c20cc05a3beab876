#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module that is not ours: the example of docs/in-kernel.md, built in a folder of
# its own against the installed package; TAP.
. tests/tap.sh
. tests/device/unload.sh
example=build/$KREGION_KERNEL/tests/example/kregion_sensor.ko

counter() { od -A n -t u4 -N 4 /dev/kregion-sensor | tr -d ' '; }

counts() {
	local before after
	before=$(counter)
	for _ in {1..200}; do
		sleep 0.1
		after=$(counter)
		[ "$after" = "$before" ] || break
	done
	echo "$before then $after"
	[ "$after" -gt "$before" ]
}

read_only() { ! dd if=/dev/zero of=/dev/kregion-sensor count=1 conv=notrunc; }
holds_kregion() { ! rmmod kregion && [ -e /sys/module/kregion/holders/kregion_sensor ]; }
depends() { modinfo -F depends "$example" | grep -qx kregion; }
gone() { [ ! -e /dev/kregion-sensor ]; }
no_symbols() { ! insmod "$example"; }
refused_without() {
	dmesg | grep "kregion_sensor: Unknown symbol __kregion_device_register"
}

unload
point needs_kregion depends
point is_refused_without_kregion no_symbols
point the_log_says_which_symbol refused_without
modprobe kregion
point loads insmod "$example"
point its_region_ticks counts
point user_space_may_not_write read_only
point kregion_cannot_go_before_it holds_kregion
point unloads rmmod kregion_sensor
point its_node_is_gone gone
unload
plan
