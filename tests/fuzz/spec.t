#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# spec.t [SECONDS]: the parser of regions= (fuzz-spec.c) and of single words and numbers
# (fuzz-words.c) under libFuzzer with the address and undefined sanitizers; TAP.
# Without SECONDS (or KREGION_FUZZ_SECONDS) a fixed number of inputs each. The seed is
# printed, and KREGION_FUZZ_SEED sets it: the same seed gives the same inputs. An input
# that breaks something is kept, and the command that replays it is shown.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only clang-19 libclang-rt-19-dev libc6-dev >&2 || exit 1
. tests/tap.sh

seconds=${1:-${KREGION_FUZZ_SECONDS-}}
seed=${KREGION_FUZZ_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
out=build/fuzz
mkdir -p $out

builds() { # NAME SOURCE...
	clang-19 -std=gnu11 -O1 -g -Wall -Wextra -Werror -D_GNU_SOURCE \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-Idriver -Idriver/uapi -Iuserspace/lib -Iuserspace/cli \
		-o "$out/fuzz-$1" "tests/fuzz/fuzz-$1.c" "${@:2}"
}

# fuzz NAME RUNS [OPTION]...: from the corpus in the tree, in a copy.
fuzz() {
	local name=$1 runs=$2 limit status
	shift 2
	limit=-runs=$runs
	[ -z "$seconds" ] || limit=-max_total_time=$seconds
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name/corpus"
	[ ! -d "tests/fuzz/$name-corpus" ] ||
		cp "tests/fuzz/$name-corpus"/* "$out/$name/corpus"
	"$out/fuzz-$name" "$limit" "-seed=$seed" "-artifact_prefix=$out/$name/" "$@" \
		-print_final_stats=1 "$out/$name/corpus" >"$out/$name/log" 2>&1
	status=$?
	echo "# $name: seed $seed, $(sed -n \
		's/^stat::number_of_executed_units: *//p' "$out/$name/log") inputs," \
		"$(find "$out/$name/corpus" -type f | wc -l) kept in $out/$name/corpus" >&3
	[ $status = 0 ] || show_crash "$name"
	return $status
}

show_crash() {
	local file
	tail -n 40 "$out/$1/log"
	for file in "$out/$1"/{crash,leak,timeout,oom}-*; do
		[ ! -e "$file" ] || echo "replay: $out/fuzz-$1 $file"
	done
}

exec 3>&1
point "the parser of regions= builds" builds spec driver/spec.c
point "the parser of regions= keeps its promises" fuzz spec 500000 \
	-max_len=4096 -dict=tests/fuzz/spec.dict
point "words and numbers build" builds words driver/spec.c userspace/cli/args.c
point "words and numbers mean what they should" fuzz words 2000000 \
	-max_len=64 -dict=tests/fuzz/spec.dict
plan
