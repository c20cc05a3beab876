#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# autopkgtest.t [all]: the packages' autopkgtest load-and-map in a virtual machine of
# trixie; with "all" dkms's own, too, by autopkgtest in a throw-away root of bookworm; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/device/prepare 6.12 >&2 || exit 1
. tests/tap.sh

load_and_map() {
	tests/vm/run --kernel 6.12 --timeout 600 -- debian/tests/load-and-map
}

# Only this one, for here is no machine to load a module into. "revert" is what
# --base does after each run. 8: all that ran has passed, and was superficial.
dkms_autopkgtest() {
	# shellcheck disable=SC2016	# the root's variables
	tests/vm/enter 6.1 --base bash -c '
		apt-get -qy --no-install-recommends install autopkgtest autodep8 &&
		autopkgtest --test-name=dkms-autopkgtest \
			--ignore-restrictions=breaks-testbed --output-dir=/tmp/out \
			build/deb/*.deb build/deb/*.dsc -- null
		[[ $? = [08] ]] &&
		grep -q "^dkms-autopkgtest  *PASS" /tmp/out/summary &&
		grep -q "^I: PASS $KVER" /tmp/out/*-stdout'
}

point "load-and-map passes in a virtual machine" load_and_map
[ "${1-}" != all ] || point "dkms-autopkgtest passes" dkms_autopkgtest
plan
