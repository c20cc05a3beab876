# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# TAP for test scripts: source this, call point for each test, plan at the end.
# shellcheck disable=SC2034	# for the scripts that source this

export LC_ALL=C
number=0
tap_says=$(mktemp)
trap 'rm -f "$tap_says"' EXIT

# point NAME COMMAND...: ok when the command succeeds; otherwise what it prints is
# shown as comments.
point() {
	tap_name=$1
	shift
	number=$((number + 1))
	if "$@" >"$tap_says" 2>&1; then
		echo "ok $number - $tap_name"
	else
		echo "not ok $number - $tap_name"
		sed 's/^/# /' "$tap_says"
	fi
}

# skip NAME WHY: a test that cannot run here.
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

plan() {
	echo "1..$number"
}
