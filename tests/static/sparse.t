#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sparse (C=2) has nothing to say of the driver, but names the mistakes of planted.c;
# TAP. Debian 12's sparse reads the headers of 6.1; the build goes on with a mere note
# where sparse cannot read them, so it must be seen to have checked each file.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/static/findings.sh
mkdir -p build
log=build/sparse.log
tests/static/build-module 6.1@sparse --planted C=2 >"$log"

checked_all() {
	[ "$(grep -c '^ *CHECK ' "$log")" = $(($(number_of_sources) + 1)) ]
}

point "sparse looked at every file" checked_all
point "the driver: nothing found" silent "$log"
point "planted.c: each mistake found" finds sparse "$log"
plan
