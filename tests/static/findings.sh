# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the log of an analyser says of a copy of the driver that has planted.c in it.
# Sourced.

# silent LOG: of the driver's own files nothing. Headers are the kernel's business.
silent() {
	! grep -E '/driver/[^/]*: (fatal |internal compiler )?(warning|error):' "$1" |
		grep -vE '/planted\.c:|"pr_fmt" (macro )?redefined'
}

# finds TOOL LOG: each line of planted.c that ends in that name.
finds() {
	local line status=0
	for line in $(grep -n "/\*.*\b$1\b.*\*/$" tests/static/planted.c | cut -d: -f1); do
		grep -qE "/planted\.c:$line:" "$2" || {
			echo "not found: $(sed -n "${line}p" tests/static/planted.c)"
			status=1
		}
	done
	[ -n "${line-}" ] && return $status
}

# number_of_sources: files that the compiler sees, planted.c too.
number_of_sources() {
	find driver -maxdepth 1 -name '*.c' ! -name '*.mod.c' | wc -l
}
