# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of this folder share. Sourced, never run.

set -euo pipefail
umask 022	# roots and overlays are looked into by every user of a guest

vm_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
repo=$(readlink -f "$vm_dir/../..")
roots=${KREGION_CACHE:-$HOME/.cache/kregion}/roots
debug_cache=${KREGION_CACHE:-$HOME/.cache/kregion}/debug
# Used by the scripts that source this file.
# shellcheck disable=SC2034
build=$repo/build/vm

say() { printf '[%3d s] %s\n' "$SECONDS" "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
usage() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 2; }

need_root() { [ "$(id -u)" = 0 ] || fail "needs root"; }

kernel_names() { awk '!/^#/ && NF { print $1 }' "$vm_dir/kernels"; }

# The row of one kernel: name and places.
kernel_row() { awk -v name="$1" '$1 == name' "$vm_dir/kernels"; }

# A kernel is asked for as NAME or NAME@LABEL. The label gives a second,
# independent overlay on the same cached root.
kernel_of() {
	[ -n "$(kernel_row "${1%%@*}")" ] ||
		usage "unknown kernel '${1%%@*}', known are: $(kernel_names | xargs)"
	case $1 in
	*[!A-Za-z0-9.@_-]*) usage "bad label in '$1'" ;;
	esac
	printf '%s\n' "${1%%@*}"
}

# lock FD FILE shared|exclusive: wait for a lock that lasts until FD is closed
# by this process and by every process that inherited it.
lock() {
	local how=-s
	[ "$3" = shared ] || how=-x
	mkdir -p "$(dirname "$2")"
	eval "exec $1>>\"\$2\""
	flock -n $how "$1" || {
		say "waiting, another process uses what $2 guards"
		flock $how "$1"
	}
}

# use_root NAME: make sure that the cached root is there, and keep it from being
# replaced while this process or one of its children lives (descriptors 6 to 8).
use_root() {
	local base maker=root
	base=$(base_of "$1")
	case $(kernel_row "$1") in
	*built-on:*) maker=debug-root ;;
	*cross-on:*) maker=cross-root ;;
	esac
	"$vm_dir/$maker" "$1" >/dev/null
	lock 8 "$roots/$1.lock" shared
	[ -z "$base" ] || lock 7 "$roots/$base.lock" shared
	[ $maker != debug-root ] || lock 6 "$debug_cache/tools.lock" shared
	[ -e "$roots/$1/stamp" ] || fail "the root of $1 vanished, try again"
}

# base_of NAME: the root that the root of this kernel lies on, if there is one.
base_of() { kernel_row "$1" | sed -n 's/.*[[:blank:]][a-z]*-on://p'; }

# root_layers NAME: the folders that a root's file system is made of, top first.
root_layers() { cat "$roots/$1/below" 2>/dev/null || echo "$roots/$1/rootfs"; }

# build_layers NAME: those of the file system that modules and programs for it are
# built in: the same, but for another architecture.
build_layers() { cat "$roots/$1/builder" 2>/dev/null || root_layers "$1"; }

# mount_root MOUNTPOINT LOWER [UPPER WORK]: the root file system, an overlay if
# there is more than one folder, with the repository at /kregion. Without UPPER
# nothing may write to it. Call only within a private mount namespace.
mount_root() {
	local options=lowerdir=$2
	[ $# = 2 ] || options+=,upperdir=$3,workdir=$4
	case $options in
	*[:,]*) mount -t overlay -o "$options" overlay "$1" ;;
	*) mount --bind "$2" "$1" ;;
	esac
	mount --bind "$repo" "$1/kregion"
}

# Changes whenever the cached root of NAME is another one.
root_id() { printf '%s %s\n' "$(cat "$roots/$1/stamp")" "$(stat -c %Y "$roots/$1/stamp")"; }

# use_overlay SPEC shared|exclusive: what `install` made for SPEC, on the root
# that use_root holds. Nobody replaces it while this process or one of its
# children lives (descriptor 9).
use_overlay() {
	lock 9 "$build/$1.lock" "$2"
	[ "$(head -n 1 "$build/$1/stamp" 2>/dev/null)" = "$(root_id "${1%%@*}")" ] ||
		fail "nothing is installed on $1: use tests/vm/install, or --base"
}

# below SPEC: the folders that the overlay of SPEC lies on, top first: the cached root,
# or what the file "below" of the overlay says. For building, build_below.
below() { cat "$build/$1/below" 2>/dev/null || root_layers "${1%%@*}"; }
build_below() { cat "$build/$1/below" 2>/dev/null || build_layers "${1%%@*}"; }

# isolated COMMAND...: run in private mount and process namespaces. All of it
# ends with this script, however this one ends, and no mount is left. On return
# $result is the exit status. Sets the traps of the script; what is to be done
# at its end goes into at_exit, which gets the exit status.
result=0
isolated_pid=''
at_exit() { :; }
# shellcheck disable=SC2317	# called by the trap
end_isolated() {
	local status=$?
	[ -z "$isolated_pid" ] || {
		kill -KILL "$isolated_pid"
		wait "$isolated_pid"	# or the shell tells of the killing
	} 2>/dev/null || :
	at_exit $status
}
isolated() {
	trap end_isolated EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	result=0
	# A background process would get no standard input otherwise, and a
	# foreground one would keep the shell from acting on signals.
	exec 3<&0
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
		"$@" <&3 3<&- &
	isolated_pid=$!
	exec 3<&-
	# shellcheck disable=SC2034	# for the caller
	wait $isolated_pid || result=$?
	isolated_pid=''
}
