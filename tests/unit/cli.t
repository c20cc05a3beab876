#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command kregion without a device: usage, messages, numbers, completion; under
# the address and undefined sanitizers. TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only make gcc libc6-dev libjson-c-dev shellcheck >&2 || exit 1
. tests/tap.sh

out=$PWD/build/unit/cli
mkdir -p "$out"
export LD_LIBRARY_PATH=$out
kregion=$out/kregion
commands=(list info read write fill dump create remove doctor)

builds() {
	make -s -j 2 -C userspace O="$out" CFLAGS="-O1 -g -Wall -Wextra -Werror \
		-fsanitize=address,undefined -fno-sanitize-recover=all" "$kregion"
}

# answers STATUS TEXT ARGUMENT...: exit status, and one line on standard error that
# begins with "kregion: " and has TEXT; nothing on standard output.
answers() {
	local status wanted=$1 text=$2
	shift 2
	"$kregion" "$@" >"$out/stdout" 2>"$out/stderr" </dev/null
	status=$?
	head -n 20 "$out/stdout" "$out/stderr"
	[ $status = "$wanted" ] && [ ! -s "$out/stdout" ] &&
		[ "$(wc -l <"$out/stderr")" = 1 ] &&
		grep -q '^kregion: ' "$out/stderr" &&
		grep -qF -- "$text" "$out/stderr"
}

wrong() { # TEXT ARGUMENT...
	local words=${*:2}
	point "'kregion ${words//$'\n'/?}' is wrong usage: $1" answers 2 "$@"
}

fails() { # TEXT ARGUMENT...
	point "'kregion ${*:2}' fails: $1" answers 1 "$@"
}

helps() {
	"$kregion" "$@" >"$out/help" && head -n 1 "$out/help" | grep "^usage: kregion"
}

help_names_each_command() {
	diff <(printf '%s\n' "${commands[@]}") \
		<("$kregion" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p')
}

no_line_is_wide() {
	local command
	for command in "${commands[@]}"; do
		"$kregion" "$command" --help | grep -nE '^.{91}' && return 1
	done
	return 0
}

full_disk() {
	! "$kregion" "$@" >/dev/full 2>"$out/stderr" &&
		grep 'No space left on device' "$out/stderr"
}

version() {
	[ "$("$kregion" --version)" = "kregion $(sed -n \
		's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)" ]
}

# ---- completion --------------------------------------------------------------

class() {
	rm -rf "$out/class"
	mkdir -p "$out"/class/{kregion0,kregion-ring}/regions/{0,1}
	echo region0 >"$out/class/kregion0/regions/0/name"
	echo region1 >"$out/class/kregion0/regions/1/name"
	echo data >"$out/class/kregion-ring/regions/0/name"
	echo header >"$out/class/kregion-ring/regions/1/name"
}

# completes WORDS WANTED: what is offered for the last one of the words.
completes() {
	local -a words
	read -ra words <<<"$1"
	[ "${1% }" = "$1" ] || words+=('')
	KREGION_CLASS=$out/class bash -c '
		. userspace/cli/kregion.bash-completion
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_kregion
		printf "%s\n" "${COMPREPLY[@]}"' bash "${words[@]}" >"$out/offered"
	diff <(tr ' ' '\n' <<<"$2" | sort) <(sort "$out/offered")
}

offers() { # WORDS WANTED
	point "completion of '$1'" completes "$@"
}

point "builds without a warning" builds
point "--help names each command" help_names_each_command
for command in "${commands[@]}"; do
	point "$command --help" helps "$command" --help
	point "help $command" helps help "$command"
	point "$command --help to a full disk fails" full_disk "$command" --help
done
point "--help to a full disk fails" full_disk --help
point "list --json to a full disk fails" full_disk list --json
point "no help is wider than 90 columns" no_line_is_wide
point "--version" version

wrong 'no command'
wrong "'bogus': expected one of list, info" bogus
wrong "'a?b'" $'a\nb'
wrong "'bogus'" help bogus
wrong "option '--bogus'" list --bogus
wrong "option '-z'" list -zj
wrong "option '--json=5'" list --json=5
wrong '-o needs a value' read 0 -o
wrong "'x' is too much" list x
wrong 'expected kregion read' read
wrong 'expected kregion fill' fill 0
wrong "byte '256': expected a number from 0 to 255" fill 0 256
wrong "byte '-1'" fill 0 -- -1
# Numbers: a byte is judged before the device is opened. 0377 is not octal, and
# the two largest would be 0 if a digit above 64 bits were lost.
for digits in '' ' 1' '1 ' +1 K 0x 0xg 1x 0KK 1.5 0377 256 1K \
	18446744073709551616 0x10000000000000000 17179869184G; do
	wrong "byte '$digits'" fill none "$digits"
done
for digits in 0 010 255 0xff 0XfF 0K 0m 0G 0p; do
	fails "no device 'none'" fill none "$digits"
done
wrong 'expected kregion create' create ring
wrong "'vmalloc': expected ':' and a size" create ring vmalloc
wrong "'malloc': expected a backend" create ring malloc:1M
wrong "'0': expected a size" create ring vmalloc:0
wrong "'wt': expected an attribute" create ring vmalloc:1M:wt
wrong "';' begins a second device" create ring 'vmalloc:1M;vmalloc:1M'
wrong "region name 'live'" create ring vmalloc:1p:name=live
wrong "both named 'region1'" create ring vmalloc:1p:name=region1 vmalloc:1p
wrong "name 'Ring': expected 1 to 31" create Ring vmalloc:1M
wrong "name '': expected" create '' vmalloc:1M
wrong "name 'a/b': expected" remove a/b
fails "no device 'none': kregion list tells" info none
fails "'/dev/null' is no kregion device" info /dev/null
fails "'' is no device" info ''
fails 'no /sys/kernel/config/kregion' create ring vmalloc:1M
fails 'no /sys/kernel/config/kregion' remove kregion-ring
for command in read dump write; do
	fails "no device 'none'" "$command" none
done

class
point "shellcheck has nothing to say of the completion" \
	shellcheck -s bash userspace/cli/kregion.bash-completion
offers 'kregion re' 'read remove'
offers 'kregion help do' 'doctor'
offers 'kregion info ' 'kregion-ring kregion0'
offers 'kregion dump kregion-' 'kregion-ring'
offers 'kregion read kregion0 -r ' 'region0 region1'
offers 'kregion read ring --region h' 'header'
offers 'kregion read -r he' 'header'
offers 'kregion info --j' '--json'
offers 'kregion write --' '--region --input --help'
offers 'kregion create ring v' 'vmalloc:'
offers 'kregion create ring vmalloc : k' ''
offers 'kregion create -o ri' ''
offers 'kregion list ' ''
plan
