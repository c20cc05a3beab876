#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gcc -fanalyzer has nothing to say of the driver, but names the mistakes of planted.c;
# TAP. By itself it knows none of the kernel's allocators: analyzer.h tells it.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/static/findings.sh
mkdir -p build
log=build/analyzer.log
out=build/6.12@analyzer/module/driver

# Without -fno-delete-null-pointer-checks of the kernel, or NULL counts as an address.
# The functions of analyzer.h exist nowhere, so what is compiled is not linked.
flags=(
	-fanalyzer -fdelete-null-pointer-checks
	-ftrack-macro-expansion=0 -fdiagnostics-plain-output
	-include /kregion/tests/static/analyzer.h
)
tests/static/build-module 6.12@analyzer --planted KCFLAGS="${flags[*]}" >"$log"

analysed_all() {
	local source
	for source in driver/*.c; do
		source=${source##*/}
		case $source in *.mod.c) continue ;; esac
		[ -e "$out/${source%.c}.o" ] || { echo "$source"; return 1; }
	done
	[ -e "$out/planted.o" ]
}

point "every file was analysed" analysed_all
point "the driver: nothing found" silent "$log"
point "planted.c: each mistake found" finds gcc "$log"
plan
