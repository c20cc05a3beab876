#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command kregion on real devices. Prints TAP. Runs as root on the default
# device, which it loads, and on PCI devices.
#
# shellcheck disable=SC2317	# the functions are called by point

. tests/tap.sh
. tests/device/unload.sh
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
kregion=$(command -v kregion) || exit 1
# The package's own has the library where the system looks for it.
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-/kregion/build/$KREGION_KERNEL/userspace}
half=65536	# bytes in each of the default device's two regions
size=$((2 * half))

# refuses TEXT ARGUMENT...: fails with one line that has TEXT.
refuses() {
	local text=$1
	shift
	"$kregion" "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null
	[ $? = 1 ] || return
	cat "$dir/stderr"
	[ "$(wc -l <"$dir/stderr")" = 1 ] && grep -qF -- "$text" "$dir/stderr"
}

# ---- list, info --------------------------------------------------------------

lists_the_device() {
	"$kregion" list >"$dir/list" &&
		grep -qE '^kregion0 +128 KiB +2 +shared +0$' "$dir/list"
}

json_is_what_sysfs_says() {
	"$kregion" list --json >"$dir/list" && "$kregion" info --json >"$dir/info" &&
		python3 - "$dir" <<-'END'
			import json, sys
			c = "/sys/class/kregion/kregion0/"
			read = lambda name: open(c + name).read().strip()
			[d] = json.load(open(sys.argv[1] + "/list"))
			assert d == {"name": "kregion0", "node": "/dev/kregion0", "scope": read("scope"),
			    "size": int(read("size")), "mappings": int(read("mappings")), "regions": 2}, d
			info = json.load(open(sys.argv[1] + "/info"))
			assert (info["name"], info["size"], info["scope"]) == ("kregion0", d["size"], d["scope"])
			assert len(info["regions"]) == 2
			for r in info["regions"]:
			    file = "regions/%d/" % r["index"]
			    for name in "backend", "name", "cache":
			        assert r[name] == read(file + name), (r, name)
			    for name in "offset", "size":
			        assert r[name] == int(read(file + name)), (r, name)
			    assert r["readable"] and r["writable"] and r["mappable"]
			    contiguous = r["backend"] == "kmalloc"
			    assert r["contiguous"] == contiguous
			    assert r["phys_addr"] == (read(file + "phys_addr") if contiguous else None), r
		END
}

info_has_a_line_for_each_region() {
	"$kregion" info kregion0 >"$dir/info" &&
		grep -qE '^ +0 +region0 +vmalloc +wb +rw +0 +64 KiB +-$' "$dir/info" &&
		grep -qE '^ +1 +region1 +kmalloc +wb +rw +0x10000 +64 KiB +0x' "$dir/info"
}

# ---- read, write, fill, dump -------------------------------------------------

writes_and_reads_all() {
	head -c $size /dev/urandom >"$dir/noise"
	"$kregion" write 0 <"$dir/noise" && cmp "$dir/noise" /dev/kregion0 &&
		"$kregion" read 0 >"$dir/copy" && cmp "$dir/noise" "$dir/copy" &&
		"$kregion" read -o "$dir/copy2" /dev/kregion0 &&
		cmp "$dir/noise" "$dir/copy2"
}

# part OFFSET LENGTH FILE: those bytes of the file.
part() { tail -c +$(($1 + 1)) "$3" | head -c "$2"; }

reads_any_range() {
	local offset length
	for range in 0:1 1:1 4095:2 $((half - 3)):7 $((half + 5)):$((half - 5)) 100:$half; do
		offset=${range%:*} length=${range#*:}
		"$kregion" read 0 "$offset" "$length" | cmp - <(part "$offset" \
			"$length" "$dir/noise") || return
	done
	"$kregion" read 0 0x10 1K | cmp - <(part 16 1024 "$dir/noise") &&
		"$kregion" read 0 16p 1p | cmp - <(part $half 4096 "$dir/noise")
}

region_counts_from_its_start() {
	"$kregion" read -r region1 0 16 32 | cmp - <(part $((half + 16)) 32 "$dir/noise") &&
		"$kregion" read -r 1 0 | cmp - <(part $half $half "$dir/noise") &&
		refuses 'expected below 65536' read -r region1 0 64K &&
		refuses 'expected at most 65535' read -r region1 0 1 64K &&
		refuses "has no region 'region2'" read -r region2 0
}

fills() {
	"$kregion" write -i "$dir/noise" 0 && "$kregion" fill 0 0xa5 70000 3 &&
		"$kregion" read 0 >"$dir/copy" &&
		cmp "$dir/copy" <(part 0 70000 "$dir/noise"; printf '\245\245\245'
			part 70003 $size "$dir/noise")
}

# too_long COMMAND...: with input that does not fit nothing has changed.
input_that_does_not_fit_changes_nothing() {
	"$kregion" read 0 >"$dir/before"
	head -c $((size + 1)) /dev/zero >"$dir/long"
	refuses 'is longer than the 131072 bytes' write -i "$dir/long" 0 &&
		cmp "$dir/before" /dev/kregion0
}

length_wants_that_many() {
	printf 'abcdef' >"$dir/six"
	"$kregion" write -i "$dir/six" 0 10 4 &&
		[ "$("$kregion" read 0 10 4)" = abcd ] &&
		refuses 'ended after 6 bytes: expected 7' write -i "$dir/six" 0 10 7
}

# A message must not be stored where the device got the number of standard error.
no_message_goes_into_the_device() {
	"$kregion" read 0 >"$dir/before"
	! "$kregion" write -i "$dir/long" 0 2>&- && cmp "$dir/before" /dev/kregion0 &&
		! "$kregion" write 0 64 <&- && cmp "$dir/before" /dev/kregion0
}

# busybox stars a last line that is shorter and begins as the one before: no such here.
dumps_as_hexdump() {
	local range
	"$kregion" fill 0 0 && printf 'some text\001\377' | "$kregion" write 0 33
	"$kregion" write -r 1 -i "$dir/six" 0 &&
	for range in '0 131072' '33 1' '0 16' '20 17' '30 100' '65530 10'; do
		# shellcheck disable=SC2086
		set -- $range
		"$kregion" dump 0 "$1" "$2" >"$dir/ours" || return
		/run/busybox hexdump -C -s "$1" -n "$2" /dev/kregion0 >"$dir/theirs"
		diff "$dir/ours" "$dir/theirs" || return
	done
}

copies_what_is_large() {
	"$kregion" create large vmalloc:64M || return
	head -c 64M /dev/urandom >"$dir/large"
	"$kregion" write -i "$dir/large" large && cmp "$dir/large" /dev/kregion-large &&
		"$kregion" read large | cmp - "$dir/large"
	local status=$?
	"$kregion" remove large
	rm -f "$dir/large"
	return $status
}

# A pipe that fills slowly, so that the copy takes longer than a second.
progress_shows_on_a_terminal_only() {
	python3 - "$kregion" <<-'END' || return
		import os, pty, subprocess, sys, time
		def errors(make):
		    reader, writer = make()
		    p = subprocess.Popen([sys.argv[1], "write", "0"], stdin=subprocess.PIPE,
		                         stderr=writer)
		    for i in range(4):
		        p.stdin.write(b"x" * 100); p.stdin.flush(); time.sleep(0.5)
		    p.stdin.close()
		    assert p.wait() == 0
		    os.close(writer)
		    try: return os.read(reader, 4096)
		    except OSError: return b""
		assert errors(os.pipe) == b""
	END
	"$kregion" create slow vmalloc:256M || return
	python3 - "$kregion" <<-'END'
		import os, pty, subprocess, sys, time
		reader, writer = pty.openpty()
		p = subprocess.Popen([sys.argv[1], "write", "slow"], stdin=subprocess.PIPE,
		                     stderr=writer)
		for i in range(8):
		    p.stdin.write(b"x" * (1 << 20)); p.stdin.flush(); time.sleep(0.4)
		p.stdin.close()
		assert p.wait() == 0
		text = os.read(reader, 65536)
		assert b" MiB/s" in text and text.endswith(b"\r\033[K"), text
	END
	local status=$?
	"$kregion" remove slow
	return $status
}

full_disk() { ! "$kregion" read 0 >/dev/full 2>"$dir/stderr" && cat "$dir/stderr" &&
	grep -q 'No space left on device' "$dir/stderr"; }

a_reader_that_leaves_ends_it() {
	"$kregion" read 0 | head -c 10 >"$dir/ten"
	[ "${PIPESTATUS[0]}" = 141 ] || [ "${PIPESTATUS[0]}" = 0 ] || return
	[ "$(wc -c <"$dir/ten")" = 10 ]
}

# ---- who may, and what may not be written ------------------------------------

as_stranger() {
	setpriv --reuid=nobody --regid=nogroup --clear-groups env \
		LD_LIBRARY_PATH="$LD_LIBRARY_PATH" "$kregion" "$@" 2>"$dir/stderr"
}

a_stranger_is_told_of_the_group() {
	as_stranger list | grep kregion0 &&
		! as_stranger info 0 &&
		grep -q 'permission denied: expected root or a member of group kregion' \
			"$dir/stderr" &&
		! as_stranger create x vmalloc:1p &&
		grep -q 'permission denied: expected root$' "$dir/stderr"
}

a_read_only_region_stays() {
	"$kregion" create readonly vmalloc:1p vmalloc:1p:ro:name=fixed || return
	refuses 'at 4096: the region there is read-only' fill -r fixed readonly 1 &&
		"$kregion" info readonly | grep -E '^ +1 +fixed +vmalloc +wb +ro '
	local status=$?
	"$kregion" remove readonly
	return $status
}

# ---- create, remove ----------------------------------------------------------

creates_what_is_asked() {
	"$kregion" create --open ring vmalloc:1M kmalloc:8K:name=header:ro || return
	"$kregion" info --json ring >"$dir/info"
	"$kregion" list | grep -E '^kregion-ring +1032 KiB +2 +open +0$' &&
		python3 - "$dir/info" <<-'END'
			import json, sys
			info = json.load(open(sys.argv[1]))
			assert (info["name"], info["scope"]) == ("kregion-ring", "open"), info
			have = [(r["name"], r["backend"], r["size"], r["offset"], r["writable"])
			        for r in info["regions"]]
			assert have == [("region0", "vmalloc", 1 << 20, 0, True),
			                ("header", "kmalloc", 8192, 1 << 20, False)], have
		END
}

is_gone() { [ ! -e /dev/kregion-ring ] && [ ! -e /sys/kernel/config/kregion/ring ]; }

# With a file open, and with a mapping alone.
is_not_removed_while_in_use() {
	exec 5</dev/kregion-ring
	refuses "cannot remove 'ring': it is in use (fuser -v /dev/kregion-ring)" \
		remove kregion-ring || return
	exec 5<&-
	python3 -c '
import mmap, os, sys
fd = os.open("/dev/kregion-ring", os.O_RDWR)
m = mmap.mmap(fd, 4096); os.close(fd)
print("mapped", flush=True); sys.stdin.readline()' <"$dir/fifo" >"$dir/mapped" &
	exec 6>"$dir/fifo"
	until grep -q mapped "$dir/mapped"; do sleep 0.1; done
	refuses 'it is in use' remove ring
	local status=$?
	exec 6>&-
	wait
	return $status
}

# refused_create TEXT NAME REGION...: and nothing is left.
refused_create() {
	local name=$2
	refuses "$1" create "${@:2}" && [ ! -e "/dev/kregion-$name" ] &&
		[ ! -e "/sys/kernel/config/kregion/$name" ]
}

name_that_is_taken() {
	refuses 'there is a device of that name' create ring vmalloc:1p &&
		[ -e /dev/kregion-ring ]
}

# ---- device memory -----------------------------------------------------------

# ivshmem's BAR2 is a file of the host: any offset and length can be compared.
device_memory_at_any_offset() {
	local bdf name
	bdf=$(lspci_of 1af4:1110) || return
	name=pci-$(echo "$bdf" | tr ':.' '--')
	modprobe kregion_pci
	echo kregion_pci >"/sys/bus/pci/devices/$bdf/driver_override"
	echo "$bdf" >/sys/bus/pci/drivers_probe
	head -c 5000 /dev/urandom >"$dir/bar"
	"$kregion" write -r bar2 -i "$dir/bar" "$name" 3 &&
		"$kregion" read -r bar2 "$name" 3 5000 | cmp - "$dir/bar" &&
		cmp <(tail -c +4 /out/ivshmem | head -c 5000) "$dir/bar" &&
		"$kregion" read -r bar2 "$name" 10 1 | cmp - <(part 7 1 "$dir/bar")
	local status=$?
	echo "$bdf" >/sys/bus/pci/drivers/kregion_pci/unbind
	echo >"/sys/bus/pci/devices/$bdf/driver_override"
	rmmod kregion_pci
	return $status
}
lspci_of() { # VENDOR:DEVICE
	local path
	for path in /sys/bus/pci/devices/*; do
		[ "$(cat "$path/vendor"):$(cat "$path/device")" = "0x${1%:*}:0x${1#*:}" ] || continue
		basename "$path"
		return
	done
	return 1
}

# ---- completion --------------------------------------------------------------

completes_real_names() {
	bash -c '. userspace/cli/kregion.bash-completion
		COMP_WORDS=(kregion dump 0 -r "") COMP_CWORD=4
		_kregion; echo "${COMPREPLY[@]}"' | grep -qx 'region0 region1'
}

unload
modprobe kregion || exit 1
mountpoint -q /sys/kernel/config 2>/dev/null || grep -q ' /sys/kernel/config ' /proc/mounts ||
	/run/busybox mount -t configfs configfs /sys/kernel/config
mkfifo "$dir/fifo"

point "list: the default device" lists_the_device
point "list, info --json: as sysfs has it" json_is_what_sysfs_says
point "info: a line for each region" info_has_a_line_for_each_region
point "write, read: the whole device" writes_and_reads_all
point "read: any range" reads_any_range
point "-r: offsets count from the region's start" region_counts_from_its_start
point "fill: that range and no more" fills
point "write: input that does not fit changes nothing" \
	input_that_does_not_fit_changes_nothing
point "write: LENGTH wants that many" length_wants_that_many
point "write: no message goes into the device" no_message_goes_into_the_device
point "dump: as hexdump -C" dumps_as_hexdump
point "read, write: 64 MiB" copies_what_is_large
point "write: progress on a terminal only" progress_shows_on_a_terminal_only
point "read: a full disk is an error" full_disk
point "read: a reader that leaves ends it" a_reader_that_leaves_ends_it
point "offset behind the end" refuses 'offset 131072: expected below 131072' read 0 131072
point "length behind the end" refuses 'length 2: expected at most 1' dump 0 131071 2
point "a stranger is told of the group" a_stranger_is_told_of_the_group
point "a read-only region stays" a_read_only_region_stays
point "create: what is asked" creates_what_is_asked
point "create: a name that is taken" name_that_is_taken
point "remove: not while in use" is_not_removed_while_in_use
point "remove" "$kregion" remove ring
point "remove: node and folder are gone" is_gone
point "remove: again" refuses 'expected a device that kregion create made' remove ring
point "remove: a device of the module parameter" refuses \
	'expected a device that kregion create made' remove kregion0
point "create: too large for kmalloc" refused_create 'the kernel log (dmesg) says why' \
	big kmalloc:1G
point "create: no memory" refused_create 'Cannot allocate memory' huge vmalloc:64G
point "device memory at any offset" device_memory_at_any_offset
point "completion: real names" completes_real_names

rm -rf "$dir"
point "the module unloads" unload
plan
