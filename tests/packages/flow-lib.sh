# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034	# version, old and new are for flows
#
# Sourced by flows and rpm-flows: the suites, the states of a machine that flows start from, and
# how to change and boot them.
#
# A state is an overlay on the cached root of a kernel, NAME@flow-STATE, which
# tests/vm/enter and tests/vm/run take. It is made once and copied for each flow:
#
#	old		one kernel, an older one than the suite's newest, with headers
#	installed	the same with kregion
#	two		the suite's newest kernel has been added to that

. tests/tap.sh

cache=${KREGION_CACHE:-$HOME/.cache/kregion}
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
inside=tests/packages/flow-root
label=flow

say() { printf '[%3d s] %s\n' "$SECONDS" "$*" >&2; }

# The root of a suite, by the name of its newest kernel in tests/vm/kernels.
root_of() {
	case $1 in
	bullseye) echo 5.10 ;;
	bookworm) echo 6.1 ;;
	trixie) echo 6.12 ;;
	trixie-backports) echo 7.3 ;;
	sid) echo 7.2 ;;
	*) echo "flows: no suite '$1'" >&2; return 1 ;;
	esac
}

use_suite() {
	suite=$1
	name=$(root_of "$suite") || exit 2
	archives=$cache/apt/$suite
	work=build/flows/$suite
	tests/vm/host-setup
	tests/vm/root "$name" >/dev/null || exit 1
	mkdir -p "$archives/partial" "$work"
	exec 7>>"$work/lock"
	flock 7
	: >"$work/log"
}

spec_of() { echo "$name@$label-$1"; }
overlay() { echo "build/vm/$(spec_of "$1")"; }

# in_root STATE COMMAND...: change the state. Its output is added to the log; on
# failure the end of it is shown. Others may use the same archives.
in_root() {
	changing --keep "$@"
}

# try STATE COMMAND...: the same, but the state stays as it is.
try() {
	changing '' "$@"
}

changing() {
	local keep=$1 state=$2 status=0
	shift 2
	KREGION_APT_ARCHIVES=$archives flock "$archives/.lock" nice tests/vm/enter \
		"$(spec_of "$state")" ${keep:+"$keep"} "$@" >"$work/out" 2>&1 || status=$?
	{
		printf '==== %s: %s (status %s)\n' "$state" "$*" "$status"
		cat "$work/out"
	} >>"$work/log"
	[ "$status" = 0 ] || tail -n 40 "$work/out"
	return "$status"
}

# said PATTERN: the last command's output has it.
said() {
	grep -E -- "$1" "$work/out" || {
		echo "no '$1' in:"
		tail -n 40 "$work/out"
		return 1
	}
}

copy_state() {
	local from to
	from=$(overlay "$1") to=$(overlay "$2")
	rm -rf "$to"
	mkdir -p "$to/work"
	cp -a "$from"/{upper,stamp,kernels} "$to"
}

# What the first state is made from. The archive moves on, so it is made again in
# another week.
old_key() {
	{
		cat "$cache/roots/$name/stamp" "$inside" tests/packages/flow-lib.sh
		stat -c %Y "$cache/roots/$name/stamp"
		date +%G-%V
	} | sha256sum
}

# The others hold the packages, too.
key_with_packages() {
	cat "$(overlay old)"/{key,kernels} build/deb/*.deb | sha256sum
}

# make_state STATE KEY COMMAND...: unless it is there.
make_state() {
	local state=$1 key=$2 folder
	shift 2
	folder=$(overlay "$state")
	[ "$(cat "$folder/key" 2>/dev/null)" != "$key" ] || return 0
	say "$suite: preparing the state \"$state\""
	"$@" || {
		echo "# could not prepare the state \"$state\" of $suite, see $work/log"
		exit 1
	}
	echo "$key" >"$folder/key"
}

make_old() {
	rm -rf "$(overlay old)"
	tests/vm/install "$name@flow-old" &&
		in_root old $inside prepare "$suite" &&
		sed -n 's/^KERNELS: //p' "$work/out" >"$(overlay old)/kernels"
}

make_installed() {
	copy_state old installed
	publish build/deb
	in_root installed $inside add_repository "/kregion/$work/repo" &&
		in_root installed $inside install_package "${packages[@]}" || return
	[ "$suite" != bullseye ] || in_root installed make -s -C userspace \
		O="/kregion/build/$name/userspace"	# found by its PATH
}

make_two() {
	copy_state installed two
	in_root two $inside install_package linux-image-amd64 linux-headers-amd64
}

# The programs need a newer C library than bullseye's.
packages_of() {
	packages=(kregion-dkms)
	[ "$suite" = bullseye ] ||
		packages+=(kregion-utils libkregion0 libkregion-dev)
}

# have STATE: makes it and those before it, sets $old and $new.
have() {
	packages_of
	make_state old "$(old_key)" make_old
	read -r old new <"$(overlay old)/kernels"
	[ "$1" != old ] || return 0
	make_state installed "$(key_with_packages)" make_installed
	[ "$1" != installed ] || return 0
	make_state two "$(key_with_packages)" make_two
}

# publish FOLDER: make a signed repository of the packages in it.
publish() {
	# What could not be built has said why.
	[ -n "$1" ] || exit 1
	packaging/repo-apt --url "file:/kregion/$work/repo" "$1" "$work/repo" >/dev/null
}

# break_on KERNEL: the shell command that makes the compiler refuse the source there.
break_on() {
	# shellcheck disable=SC2016	# make's variables
	echo '
		printf "%s\n" "ccflags-\$(if \$(filter '"$1"',\$(KERNELRELEASE)),y) +=" \
			" -DBROKEN_HERE" | paste -sd "" >>driver/Kbuild
		printf "%s\n" "#ifdef BROKEN_HERE" "#error broken on purpose" "#endif" \
			>>driver/main.c'
}

# variant VERSION [KERNEL]: build the packages as VERSION, with a source that the
# compiler refuses on KERNEL; print their folder.
variant() {
	local edit='' out=build/variants/$1${2:+-broken-on-$2}
	[ -z "${2-}" ] || edit=$(break_on "$2")
	tests/packages/build-deb --version "$1" --edit "$edit" "$out" >&2 || exit 1
	echo "$out"
}

# boot STATE KERNEL PREFIX COMMAND...: by the root's own systemd. The points of the
# guest's command are passed on, each as "PREFIX: NAME".
boot() {
	local state=$1 kernel=$2 prefix=$3 status=0
	shift 3
	say "$suite: booting $kernel"
	nice tests/vm/run --kernel "$(spec_of "$state")" --version "$kernel" --systemd \
		--timeout 1800 --pci -- "$@" >"$work/guest" 2>"$work/guest.err" ||
		status=$?
	awk -v prefix="$prefix" -v number="$number" '
		/^1\.\.[0-9]+$/ { planned = substr($0, 4) + 0; next }
		/^(not )?ok / {
			result = $1 == "ok" ? "ok" : "not ok"
			sub(/^(not )?ok [0-9]* *-? */, "")
			print result, ++number, "-", prefix ": " $0
			ran++
			next
		}
		/./ { print "# " $0 }
		END { exit !(ran && ran == planned) }
	' "$work/guest" >"$work/guest.tap" || status="$status, not all points ran"
	cat "$work/guest.tap"
	number=$((number + $(grep -cE '^(not )?ok ' "$work/guest.tap")))
	point "$prefix: the machine ran to its end, its kernel log is clean" \
		ran_well "$status"
}

ran_well() {
	[ "$1" = 0 ] || {
		echo "status $1"
		cat "$work/guest.err"
		return 1
	}
}

# flow_point NAME COMMAND...
flow_point() {
	local text=$1
	shift
	point "$suite: $flow: $text" "$@"
}

# built STATE VERSION KERNEL: DKMS says so, and modinfo.
built() {
	try "$1" $inside built "$2" "$3"
}
not_built() {
	try "$1" $inside not_built "$2"
}
not_installed() {
	try "$1" $inside not_installed "$2"
}

# one file, without its compression, is the same in two states
same_module() {
	local kernel=$3 sums
	sums=$(for state in "$1" "$2"; do
		try "$state" $inside module_sum "$kernel" >&2 || exit
		tail -n 1 "$work/out"
	done) || return
	echo "$sums"
	[ "$(echo "$sums" | sort -u | wc -l)" = 1 ]
}

files_of() { # STATE NAME
	try "$1" $inside files && cp "$work/out" "$work/files-$2"
}

# The old kernel's version is in each file that may go; links in / name kernels.
only_kernel_changed() {
	local gone=(-e "${old%-amd64}" -e /vmlinuz -e /initrd.img)
	diff <(grep -vF "${gone[@]}" "$work/files-before") \
		<(grep -vF "${gone[@]}" "$work/files-after")
}

# left_behind NAME FILE...: files-NAME has nothing more than files-before, but for
# FILEs and what stays on purpose: the group; the key that DKMS made, which the
# user may have enrolled.
left_behind() {
	local now=$work/files-$1
	shift
	{
		printf '%s\n' "$@"
		printf '%s\n' /etc/group /etc/gshadow /etc/group- /etc/gshadow- \
			/var/lib/dkms/mok.key /var/lib/dkms/mok.pub
	} >"$work/stays"
	diff <(without_stays "$work/files-before") <(without_stays "$now")
}
without_stays() {
	awk -v stays="$work/stays" '
		BEGIN { while ((getline file <stays) > 0) stay[file] }
		!($1 in stay)' "$1"
}

# run_flows FLOW...
run_flows() {
	local flow start
	for flow in "$@"; do
		declare -F "flow_$flow" >/dev/null || {
			echo "${0##*/}: no flow '$flow'" >&2
			exit 2
		}
		start=$SECONDS
		say "$suite: flow $flow"
		"flow_$flow"
		echo "# $suite: $flow took $((SECONDS - start)) s"
	done
	plan
}
