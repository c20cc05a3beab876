#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# clang-tidy with the checks of .clang-tidy has nothing to say of the programs, but
# names the mistakes of planted-program.c; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only clang-tidy-19 libc6-dev libjson-c-dev libcmocka-dev >&2 || exit 1
. tests/tap.sh
. tests/static/findings.sh
mkdir -p build
log=build/clang-tidy.log

mapfile -t programs < <(find userspace -name '*.c' | sort)

# shellcheck disable=SC2016	# the arguments of the inner shell
printf '%s\0' "${programs[@]}" tests/static/planted-program.c | xargs -0 -n 8 -P 2 \
	sh -c 'exec clang-tidy-19 --quiet "$@" -- -std=gnu11 -D_GNU_SOURCE \
		-D_FILE_OFFSET_BITS=64 "-DKREGION_VERSION=\"\"" -Iuserspace/lib \
		-Iuserspace/cli -Idriver/uapi -Idriver' sh >"$log" 2>&1

nothing_found() {
	! grep -E ': (warning|error): ' "$log" | grep -v '/planted-program\.c:'
}

point "${#programs[@]} programs: nothing found" nothing_found
point "planted-program.c: each mistake found" finds tidy "$log" planted-program.c
plan
