#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP test of the benchmark: that it measures and that it notices what is
# missing. What the figures are is nobody's failure.

here=$(dirname "$(readlink -f "$0")")
cd "$here/../.." || exit
. tests/tap.sh
kernel=${KREGION_BENCH_KERNEL:-6.12}
lines=build/bench/$kernel-quick.txt
png=build/bench/$kernel-quick.png
dir=$(mktemp -d)
trap 'rm -rf "$dir" "$tap_says"' EXIT

# row START NUMBERS: one line starts so, and as many positive numbers follow.
row() {
	awk -v start="$1 " -v numbers="$2" '
		index($0, start) == 1 {
			rows++
			n = split(substr($0, length(start) + 1), number, " ")
			for (i = 1; i <= n; i++)
				positive += number[i] ~ /^[1-9][0-9]*$/
		}
		END { exit !(rows == 1 && n == numbers && positive == n) }' \
		"$lines"
}

# refuses: standard input is no complete file, and the report says so.
refuses() {
	cat >"$dir/lines"
	! tests/bench/report "$dir/lines" >/dev/null 2>"$dir/errors" &&
		grep -q '^report: ' "$dir/errors"
}

point "the benchmark runs on $kernel" tests/bench/run --quick "$kernel"
for name in kmalloc vmalloc memfd; do
	for size in 65536 262144 1048576 4194304; do
		point "map $name shared $size" row "map $name shared $size" 3
	done
	for size in 65536 4194304; do
		point "map $name private $size" row "map $name private $size" 3
	done
done
for name in kmalloc vmalloc memfd null; do
	for size in 4096 65536 1048576; do
		point "$name pread $size" row "call $name pread $size" 1
		point "$name pwrite $size" row "call $name pwrite $size" 1
	done
done
for name in kmalloc vmalloc null; do
	point "$name open+close" row "call $name open+close 0" 1
done
point "the plot is a picture" grep -q PNG "$png"
point "report takes the whole file" tests/bench/report "$lines"
point "report refuses an empty file" refuses </dev/null
point "report refuses a file without its end" refuses < <(head -n -1 "$lines")
point "report refuses a file without a line" refuses < <(sed 10d "$lines")
point "report refuses half a line" refuses < <(head -c -4 "$lines")
point "report refuses a cost of 0" refuses < \
	<(sed '10s/[0-9]*$/0/' "$lines")
point "report refuses a missing row" refuses < <(
	sed '/^call vmalloc pread 4096 /d; s/^end .*//' "$lines" | grep . \
		>"$dir/fewer"
	cat "$dir/fewer"
	echo "end $(wc -l <"$dir/fewer")")
plan
