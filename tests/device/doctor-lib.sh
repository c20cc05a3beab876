# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Source this: questions to the report of `kregion doctor`.

diagnosis=$(mktemp)

diagnose() {
	kregion doctor "$@" >"$diagnosis" 2>&1
}

# said RESULT CHECK [TEXT [FIX]]: the report has such a line, with TEXT in it, and
# the command behind it begins with FIX. Shows the report when it has not.
said() {
	awk -v start="$(printf '%-8s %s: ' "$1" "$2")" -v text="${3-}" -v fix="${4-}" '
		pending { found = index($0, "         -> " fix) == 1; pending = 0 }
		index($0, start) == 1 && index($0, text) {
			if (fix == "")
				found = 1
			else
				pending = 1
		}
		found { exit }
		END { exit !found }' "$diagnosis" || { cat "$diagnosis"; return 1; }
}

# finds RESULT CHECK [TEXT [FIX]]: examine, then said; the exit status must fit.
finds() {
	local status
	diagnose "${kernel_options[@]}"
	status=$?
	[ "$status" = "$(grep -c -m 1 ^problem "$diagnosis")" ] ||
		{ echo "exit status $status"; cat "$diagnosis"; return 1; }
	said "$@"
}

one_problem() {
	[ "$(grep -c ^problem "$diagnosis")" = 1 ] || { cat "$diagnosis"; return 1; }
}

# The command that the report names for a check.
fix_of() {
	awk -v check="$1:" '
		named && sub(/^ +-> /, "") { print; exit }
		{ named = $2 == check && $1 != "ok" }' "$diagnosis"
}

# mends RESULT CHECK: the command that the last report names makes it RESULT.
mends() {
	local fix
	fix=$(fix_of "$2")
	[ -n "$fix" ] && bash -xec "$fix" && { udevadm settle || :; } && finds "$1" "$2"
}

kernel_options=()
