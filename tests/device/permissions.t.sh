#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Mode and owner of every file that the driver makes, in /dev, sysfs, debugfs, configfs
# and tracefs: a file that is not in the list fails, and so does a line of the list
# without a file. And nobody but root can write to any of them, but members of the group
# to the nodes; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/device/unload.sh

config=/sys/kernel/config/kregion
lab=$config/lab
found=$(mktemp)
ivshmem=$(grep -ls 0x1110 /sys/bus/pci/devices/*/device | cut -d/ -f6)

# Modes (regular expressions), owner, path (a pattern in which * is no slash). "?": the
# kernel's own files, which not every kernel has.
list() {
	cat <<-'END'
		660	root:kregion	/dev/kregion*
		755	root:root	CLASS
		777	root:root	CLASS/kregion*
		755	root:root	DEVICE
		444	root:root	DEVICE/dev
		777	root:root ?	DEVICE/device
		444	root:root	DEVICE/mappings
		444	root:root	DEVICE/scope
		444	root:root	DEVICE/size
		777	root:root	DEVICE/subsystem
		644	root:root	DEVICE/uevent
		755	root:root	DEVICE/regions
		755	root:root	DEVICE/regions/*
		444	root:root	DEVICE/regions/*/backend
		444	root:root	DEVICE/regions/*/cache
		444	root:root	DEVICE/regions/*/name
		444	root:root	DEVICE/regions/*/offset
		400	root:root	DEVICE/regions/*/phys_addr
		444	root:root	DEVICE/regions/*/size
		755	root:root ?	DEVICE/power
		[64]44	root:root ?	DEVICE/power/*
		755	root:root	MODULE
		444	root:root	MODULE/parameters/regions
		200	root:root	MODULE/uevent
		755	root:root ?	MODULE/drivers
		755	root:root	MODULE/holders
		755	root:root ?	MODULE/notes
		755	root:root	MODULE/parameters
		755	root:root ?	MODULE/sections
		777	root:root ?	MODULE/drivers/*
		777	root:root ?	MODULE/holders/*
		444	root:root ?	MODULE/notes/*
		400	root:root ?	MODULE/sections/*
		444	root:root ?	MODULE/*
		755	root:root	DEBUGFS
		755	root:root	DEBUGFS/*
		755	root:root	DEBUGFS/*/*
		400	root:root	DEBUGFS/*/*/pfns
		400	root:root	DEBUGFS/*/*/reserved
		755	root:root	CONFIGFS
		755	root:root	CONFIGFS/*
		644	root:root	CONFIGFS/*/live
		644	root:root	CONFIGFS/*/scope
		755	root:root	CONFIGFS/*/*
		644	root:root	CONFIGFS/*/*/backend
		644	root:root	CONFIGFS/*/*/cache
		644	root:root	CONFIGFS/*/*/read_only
		644	root:root	CONFIGFS/*/*/size
		7[05][05]	root:root	EVENTS
		64[04]	root:root	EVENTS/enable
		64[04]	root:root	EVENTS/filter
		7[05][05]	root:root	EVENTS/*
		[64]4[04]	root:root	EVENTS/*/*
	END
	[ -z "$ivshmem" ] || cat <<-'END'
		755	root:root	PCI
		777	root:root	PCI/module
		200	root:root	PCI/bind
		200	root:root	PCI/new_id
		200	root:root	PCI/remove_id
		200	root:root	PCI/uevent
		200	root:root	PCI/unbind
		777	root:root	PCI/0000:*
	END
}

# The folders, by the words that the list has for them.
folders() {
	local device
	echo "CLASS /sys/class/kregion"
	for device in /sys/class/kregion/*; do
		echo "DEVICE $(readlink -f "$device")"
	done
	echo "MODULE /sys/module/kregion"
	[ -z "$ivshmem" ] || echo "MODULE /sys/module/kregion_pci"
	[ -z "$ivshmem" ] || echo "PCI /sys/bus/pci/drivers/kregion_pci"
	echo "DEBUGFS /sys/kernel/debug/kregion"
	echo "CONFIGFS $config"
	echo "EVENTS /sys/kernel/tracing/events/kregion"
}

# MODE OWNER PATH, the path as in the list, then as it is.
find_all() {
	local word folder
	find /dev -name 'kregion*' -printf '%m %u:%g %p %p\n'
	folders | while read -r word folder; do
		find "$folder" -printf "%m %u:%g $word/%P %p\n"
	done | sed 's|/ | |'
}

# One awk run: every file has its line, every line its file.
agrees_with_list() {
	list >/tmp/list
	awk '
		function expression(glob) {
			gsub(/[.]/, "[.]", glob)
			gsub(/\*/, "[^/]*", glob)
			return "^" glob "$"
		}
		FNR == NR {
			optional[FNR] = $3 == "?"
			mode[FNR] = "^" $1 "$"
			owner[FNR] = $2
			name[FNR] = $NF
			path[FNR] = expression($NF)
			lines = FNR
			next
		}
		{
			for (i = 1; i <= lines && $3 !~ path[i]; i++)
				;
			if (i > lines)
				print "not in the list: " $0
			else if ($1 !~ mode[i] || $2 != owner[i])
				print "wrong mode or owner: " $0
			else {
				seen[i] = 1
				right++
				next
			}
			wrong = 1
		}
		END {
			for (i = 1; i <= lines; i++) {
				if (seen[i] || optional[i])
					continue
				print "no such file: " name[i]
				wrong = 1
			}
			print right + 0 " files"
			exit wrong
		}' /tmp/list "$found"
}

# What the user that setpriv's arguments make can write to, or make a file in.
writable() {
	# shellcheck disable=SC2016	# for the other shell
	cut -d' ' -f4- "$found" | setpriv "$@" bash -c '
		while read -r file; do
			if [ -L "$file" ]; then
				continue
			elif [ -d "$file" ]; then
				[ ! -w "$file" ] && ! : >"$file/mine" || echo "$file"
			else
				! : >>"$file" || echo "$file"
			fi
		done 2>/dev/null'
}

stranger=(--reuid nobody --regid nogroup --clear-groups)
member=(--reuid nobody --regid nogroup --groups kregion)

a_stranger_writes_nothing() {
	[ "$(writable "${stranger[@]}")" = "" ]
}

a_member_writes_to_the_nodes() {
	diff <(writable "${member[@]}" | sort) <(printf '%s\n' /dev/kregion* | sort)
}

# The same search does find what is for all.
the_search_finds() {
	echo "666 root:root /dev/null /dev/null" >"$found"
	[ "$(writable "${stranger[@]}")" = /dev/null ]
}

# The folders above debugfs and tracefs keep all others from what lies in them.
kernel_folders_are_closed() {
	[ "$(stat -c %a:%U /sys/kernel/debug)" = 700:root ] &&
		[ "$(stat -c %a:%U /sys/kernel/tracing)" = 700:root ]
}

make_everything() {
	modprobe kregion "regions=vmalloc:4p,kmalloc:4p;scope=open,vmalloc:4p" || return
	[ -d $config ] || /run/busybox mount -t configfs configfs /sys/kernel/config
	mkdir $lab $lab/r && echo 64K >$lab/r/size && echo 1 >$lab/live || return
	[ -z "$ivshmem" ] || {
		modprobe kregion_pci &&
			echo kregion_pci >"/sys/bus/pci/devices/$ivshmem/driver_override" &&
			echo "$ivshmem" >/sys/bus/pci/drivers/kregion_pci/bind
	} || return
	udevadm settle
	find_all >"$found"
}

remove_everything() {
	[ -z "$ivshmem" ] || {
		rmmod kregion_pci
		echo >"/sys/bus/pci/devices/$ivshmem/driver_override"
	}
	echo 0 >$lab/live && rmdir $lab/r $lab && unload
}

unload
point every_kind_of_device_is_there make_everything
point every_file_has_its_mode_and_owner agrees_with_list
point kernel_folders_are_closed kernel_folders_are_closed
point a_stranger_writes_nothing a_stranger_writes_nothing
point a_member_writes_to_the_nodes a_member_writes_to_the_nodes
point the_search_finds the_search_finds
point nothing_is_left remove_everything
rm -f "$found"
plan
