#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# host-setup when tests that run side by side want packages, on a machine that has none
# of them and no package lists; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

# shellcheck disable=SC2016	# for the shell in the root
two_at_once() {
	tests/vm/enter 6.12 --base bash -c '
		for package in hello ed; do
			tests/vm/host-setup --only "$package" & jobs+=($!)
		done
		for job in "${jobs[@]}"; do wait "$job" || exit; done
		hello && ed --version'
}

# shellcheck disable=SC2016
is_silent_when_all_is_there() {
	tests/vm/enter 6.12 --base bash -c '[ -z "$(tests/vm/host-setup --only bash 2>&1)" ]'
}

an_unknown_one_is_named() {
	local out
	! out=$(tests/vm/enter 6.12 --base tests/vm/host-setup --only no-such-package 2>&1) &&
		[[ $out == *"could not install: no-such-package"* ]]
}

point two_at_once two_at_once
point is_silent_when_all_is_there is_silent_when_all_is_there
point an_unknown_one_is_named an_unknown_one_is_named
plan
