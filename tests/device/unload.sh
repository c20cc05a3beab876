# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Source this: unload the modules, if need be after udev has closed a new node.

# By the clock: where each access is checked, one try takes half a second.
unload() {
	read -r now _ </proc/uptime
	end=$((${now%.*} + 90))
	while [ -e /sys/module/kregion ] && [ "${now%.*}" -lt $end ]; do
		rmmod kregion_demo 2>/dev/null
		rmmod kregion_pci 2>/dev/null
		rmmod kregion 2>/dev/null && return
		sleep 0.05
		read -r now _ </proc/uptime
	done
	[ ! -e /sys/module/kregion ]
}
