#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own semantic patches (scripts/coccinelle), as make coccicheck runs them
# for a module: nothing is reported of the driver, but the mistakes of planted.c; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only coccinelle >&2 || exit 1
scripts=$(tests/static/kernel-scripts)/scripts/coccinelle || exit 1
. tests/tap.sh
. tests/static/findings.sh

out=$PWD/build/coccinelle
log=$out/log
rm -rf "$out"
mkdir -p "$out/driver" "$out/logs"
cp driver/*.[ch] tests/static/planted.c "$out/driver"
rm -f "$out"/driver/*.mod.c

# report SCRIPT: what it finds, into a log of its own; "failed" there if it cannot run.
report() {
	local options log
	options=$(sed -n 's|^/// *Options: *||p; s|^// *Options: *||p' "$1" | head -n 1)
	log=$out/logs/$(basename "$1")
	# shellcheck disable=SC2086	# several options
	spatch -D report --very-quiet --no-show-diff $options --cocci-file "$1" \
		--dir "$out/driver" >"$log" 2>"$log.err" </dev/null ||
		{ echo failed; cat "$log.err"; } >>"$log"
}
export -f report
export out

# Those with OCaml in them would need a compiler for it.
mapfile -t patches < <(grep -rl 'virtual report' "$scripts" --include='*.cocci' |
	xargs grep -L 'script:ocaml' | sort)
# shellcheck disable=SC2016	# the argument of the inner shell
printf '%s\0' "${patches[@]}" | xargs -0 -n 1 -P 2 bash -c 'report "$1"' bash
cat "$out"/logs/*.cocci >"$log"

all_ran() {
	[ ${#patches[@]} -ge 60 ] &&
		[ "$(find "$out/logs" -name '*.cocci' | wc -l)" = ${#patches[@]} ] &&
		! grep -l '^failed$' "$out"/logs/*.cocci
}

nothing_found() {
	! grep -E '/driver/[^/]*:[0-9]+' "$log" | grep -v '/planted\.c:'
}

point "${#patches[@]} semantic patches ran" all_ran
point "the driver: nothing found" nothing_found
point "planted.c: each mistake found" finds coccinelle "$log"
plan
