#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/abi.md has every interface that the driver's source has, and no other; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

class=/sys/class/kregion/DEVICE

entries() {
	sed -n 's/^    What:\t*//p' docs/abi.md | sort
}

# names PATTERN FILE...: what the one group of an extended expression matches.
names() {
	local pattern=$1
	shift
	sed -nE "s/^[[:space:]]*$pattern.*/\1/p" "$@"
}

# agrees PREFIX: standard input has the names that stand behind PREFIX in a What.
# A folder, which ends in a slash, is no interface by itself.
agrees() {
	local found
	found=$(sort -u)
	[ -n "$found" ] && diff <(echo "$found") \
		<(entries | sed -n "s|^$1\([a-zA-Z_][a-zA-Z_]*\)$|\1|p")
}

device_attributes() {
	names 'static DEVICE_ATTR[A-Z_]*\(([a-z_]+)' driver/sysfs.c | agrees "$class/"
}

region_attributes() {
	names 'REGION_ATTR\(([a-z_]+), ' driver/sysfs.c |
		agrees "$class/regions/INDEX/"
}

ioctls() {
	sed -nE 's/^#define (KREGION_[A-Z_]+)[[:space:]]+_IO[WR]*\(.*/\1/p' \
		driver/uapi/*.h | agrees ''
}

# Each with the number that the header gives it.
ioctl_numbers() {
	local name number
	while read -r name number; do
		grep -A 6 "What:.*$name$" docs/abi.md | grep -qF "_IO('k', $number)" || {
			echo "$name $number"
			return 1
		}
	done < <(sed -nE 's/^#define (KREGION_[A-Z_]+)[[:space:]]+_IO.*(0x[0-9a-f]+)\)$/\1 \2/p' \
		driver/uapi/*.h)
}

parameters() {
	names 'module_param[a-z_]*\(([a-z_]+),' driver/*.c |
		agrees /sys/module/kregion/parameters/
}

debugfs() {
	names 'debugfs_create_[a-z]+\("([a-z_]+)"' driver/debugfs.c |
		agrees /sys/kernel/debug/kregion/DEVICE/INDEX/
}

tracepoints() {
	{
		names 'TRACE_EVENT\(([a-z_]+),' driver/trace.h
		names 'DEFINE_EVENT\([a-z_]+, ([a-z_]+),' driver/trace.h
	} | agrees /sys/kernel/tracing/events/kregion/
}

configfs() { # device|region PATH
	names "CONFIGFS_ATTR\\($1_, ([a-z_]+)" driver/configfs.c |
		agrees "/sys/kernel/config/kregion/$2/"
}

# Each entry: What once or more, then the others once, in this order.
entries_are_whole() {
	awk '
		function close_entry() {
			if (fields && fields !~ /^(What )+Date (Kernel)?Version Contact Description (Users )?$/) {
				print what ": " fields
				wrong = 1
			}
			fields = ""
		}
		/^    What:/ { if (fields !~ /^(What )*$/) close_entry(); what = $2 }
		/^[^ ]/ { close_entry() }
		/^    [A-Z][A-Za-z]*:\t/ {
			sub(":", "", $1)
			fields = fields $1 " "
			count++
		}
		END { close_entry(); exit wrong || count < 50 }' docs/abi.md
}

none_is_twice() {
	! entries | uniq -d | grep .
}

point "attributes of a device" device_attributes
point "attributes of a region" region_attributes
point "ioctls" ioctls
point "numbers of the ioctls" ioctl_numbers
point "module parameters" parameters
point "files in debugfs" debugfs
point "tracepoints" tracepoints
if [ -e driver/configfs.c ]; then
	point "configfs: files of a device" configfs device NAME
	point "configfs: files of a region" configfs region NAME/REGION
fi
point "each entry has its fields" entries_are_whole
point "no entry is there twice" none_is_twice
plan
