# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Source this: unload the modules, if need be after udev has closed a new node.

unload() {
	tries=0
	while [ -e /sys/module/kregion ] && [ $tries -lt 1200 ]; do
		rmmod kregion_demo 2>/dev/null
		rmmod kregion 2>/dev/null && return
		tries=$((tries + 1))
		sleep 0.05
	done
	[ ! -e /sys/module/kregion ]
}
