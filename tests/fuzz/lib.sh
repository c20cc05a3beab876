# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of this folder share; source it in the repository's top folder.
. tests/tap.sh

# What KASAN and lockdep find is looked for, but not who allocated a page and who may
# have forgotten it, which triples the time: make soak has that, too.
options=(--timeout 1800 --append "page_owner=off slub_debug=- kmemleak=off")

# in_machine KERNEL COMMAND...: the output goes to $log, and as comments to stdout.
# The exit status is that of the command, or 99 for a finding in the kernel log.
log=$(mktemp)
trap 'rm -f "$log" "$tap_says"' EXIT
in_machine() {
	local kernel=$1
	shift
	tests/fuzz/calls/machine "$kernel" "${options[@]}" --out "build/fuzz/$kernel" \
		-- "$@" >"$log" 2>&1
	local status=$?
	sed 's/^/# /' "$log"
	return $status
}

# kinds_are_all_reached: each kind of call succeeded, and was refused where it can be;
# that of device memory is among them.
kinds_are_all_reached() {
	awk '$1 == "kind" { made[$2] += $3 }
		$1 == "kind" && NF > 3 { refused[$2] += $4 }
		END {
			for (kind in made) {
				kinds++
				if (made[kind] == 0 || (kind in refused && refused[kind] == 0)) {
					print kind, made[kind], refused[kind]
					bad = 1
				}
			}
			exit bad || kinds < 20 || !("pci" in made)
		}' "$log"
}

# calls_were_made NUMBER: the fuzzer came to its end, after so many with all seeds.
calls_were_made() {
	awk -v wanted="$1" '/calls, all as the model says$/ { made += $2 }
		END { exit made < wanted }' "$log"
}

# Half of the calls are the same in each run, half are others; SEED=NUMBER: all from that.
read -ra seeds <<<"${SEED:-1 $((2 + (RANDOM << 15) + RANDOM))}"

# blind KERNEL CALLS: the three tests of a run without coverage.
blind() {
	tests/device/prepare "$1" >&2 && tests/compile "$1" fuzz/calls >&2 || exit 1
	in_machine "$1" tests/fuzz/calls/guest "${seeds[*]}" --calls $(($2 / ${#seeds[@]}))
	point "$1: silent, every answer and byte as the model says, no user left" [ $? = 0 ]
	point "$1: $2 calls were made" calls_were_made "$2"
	point "$1: every kind of call succeeded, and was refused" kinds_are_all_reached
}
