#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sparse (C=2) has nothing to say; TAP. Debian 12's sparse reads the headers of
# 6.1; the build goes on with a mere note where sparse cannot read them, so it
# must be seen to have checked each file.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
mkdir -p build
log=build/sparse.log
tests/static/build-module 6.1@sparse --planted C=2 >"$log"

sources=$(find driver -maxdepth 1 -name '*.c' ! -name '*.mod.c' | wc -l)

checked_all() {
	[ "$(grep -c '^ *CHECK ' "$log")" = "$sources" ]
}

silent() {
	! grep -E 'warning|error' "$log" | grep -v BTF
}

point "sparse looked at $sources files" checked_all
point "sparse is silent" silent
plan
