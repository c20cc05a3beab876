#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP test of run: what goes in and what comes out, on one kernel.
#
# shellcheck disable=SC2016,SC2059,SC1003	# odd text is what this is about

run=$(dirname "$(readlink -f "$0")")/run
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=0
guest=("$run" --kernel "${KREGION_SELF_KERNEL:-6.12}@self" --base --out "$dir/out")

# is NAME GOT WANTED
is() {
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf 'got: %s\nwanted: %s\n' "$2" "$3" | sed 's/^/# /'
		sed 's/^/# /' "$dir/stderr"
	fi
}

# in_guest ARGUMENTS...: sets $status; output is in $dir/stdout and $dir/stderr.
in_guest() {
	status=0
	"${guest[@]}" "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null || status=$?
}

# All bytes, then both kinds of line ends, then more than a pipe holds.
in_guest -- bash -c '
	for i in {0..255}; do printf "\\x$(printf %02x "$i")"; done
	printf "a\nb\r\nc"
	seq 20000
	echo to stderr >&2
	printf "%s\n" "$@" >/out/arguments
	echo "$KREGION_KERNEL $PWD $OUT" >/out/environment
	exit 3' \
	name 'two words' "it's" '"$HOME"' '' '*' $'line\nfeed' '\'
{
	for i in {0..255}; do printf "\\x$(printf %02x "$i")"; done
	printf "a\nb\r\nc"
	seq 20000
	echo to stderr
} >"$dir/wanted"
is "exit status 3" "$status" 3
is "output is unmodified" "$(sha256sum <"$dir/stdout")" "$(sha256sum <"$dir/wanted")"
is "arguments pass" "$(cat "$dir/out/arguments")" \
	"$(printf '%s\n' 'two words' "it's" '"$HOME"' '' '*' $'line\nfeed' '\')"
is "environment" "$(cat "$dir/out/environment")" \
	"${KREGION_SELF_KERNEL:-6.12} /kregion /out"
is "whole kernel log" "$(grep -c 'Linux version' "$dir/out/dmesg")" 1
is "no messages" "$(cat "$dir/stderr")" ''

in_guest -- sh -c 'touch /kregion/from-guest /usr/from-guest && exit 255'
is "exit status 255, can write everywhere" "$status" 255
is "to no effect" "$(find "${run%/tests/vm/run}" -maxdepth 1 -name from-guest)" ''

in_guest -- sh -c 'echo "BUG: test" >/dev/kmsg'
is "a finding in the kernel log" "$status" 99
is "is shown" "$(grep -c 'BUG: test' "$dir/stderr")" 1

in_guest -- sh -c 'echo c >/proc/sysrq-trigger'
is "panic" "$status" 98
is "is shown" "$(grep -c 'Kernel panic - not syncing: sysrq' "$dir/stderr")" 1

in_guest --timeout 3 -- sleep 100
is "timeout" "$status" 97

"${guest[@]}" -- sleep 100 >"$dir/stdout" 2>"$dir/stderr" &
pid=$!
running() { pgrep -f "^qemu-system.*$dir/out" | wc -l; }
# wait_for NUMBER: until so many are running, a minute at most.
wait_for() {
	local tries=0
	while [ "$(running)" != "$1" ] && [ $tries -lt 600 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}
wait_for 1
qemu=$(running)
kill -TERM $pid
wait $pid
is "termination" $? 143
wait_for 0
is "ends a running qemu" "$qemu, then $(running)" "1, then 0"
is "and leaves no mount" "$(grep -c "roots/.*/mnt" /proc/self/mounts)" 0

in_guest --kernel 1.0 -- true
is "unknown kernel" "$status" 2
in_guest --base
is "no command" "$status" 2
in_guest --memory lots -- true
is "bad value" "$status" 2
in_guest --what -- true
is "unknown option" "$status" 2
is "is one line" "$(wc -l <"$dir/stderr")" 1
echo "1..$count"
