#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# clang builds the driver with W=1 and without a warning, and its analyser finds
# nothing; but both name the mistakes of planted.c; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only clang-19 make libelf1 >&2 || exit 1
. tests/tap.sh
. tests/static/findings.sh
mkdir -p build
log=build/clang.log
out=build/6.1@clang/module/driver

# The analyser takes sparse's place in the kernel's build, without its options.
# 6.1: of newer headers clang has to warn in all files.
analyser=(
	clang-19 --analyze -Xanalyzer -analyzer-output=text
	-Wno-unknown-warning-option -Wno-macro-redefined
	-include "$PWD/tests/static/analyzer.h"
)
tests/static/build-module 6.1@clang --clang --planted W=1 C=2 \
	CHECK="${analyser[*]}" CHECKFLAGS= >"$log"

built() {
	[ -f $out/kregion.ko ] && [ -f $out/kregion_demo.ko ] &&
		[ -f $out/kregion_pci.ko ]
}

by_clang() {
	strings -a $out/kregion.ko | grep '^clang version\|^Debian clang version'
}

analysed_all() {
	[ "$(grep -c '^ *CHECK ' "$log")" = $(($(number_of_sources) + 1)) ]
}

point "modules are built" built
point "clang has built them" by_clang
point "every file was analysed" analysed_all
point "the driver: nothing found" silent "$log"
point "planted.c: each mistake found by the compiler" finds clang "$log"
point "planted.c: each mistake found by the analyser" finds analyze "$log"
plan
