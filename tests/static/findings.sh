# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the log of an analyser says of a copy of the driver that has planted.c in it, and
# of planted mistakes. Sourced.

# silent LOG: of the driver's own files nothing. Headers are the kernel's business.
silent() {
	! grep -E '/driver/[^/]*: (fatal |internal compiler )?(warning|error):' "$1" |
		grep -vE '/planted\.c:|"pr_fmt" (macro )?redefined'
}

# finds TOOL LOG [FILE]: each line of planted.c, or FILE, that ends in that name.
finds() {
	local line status=0 file=tests/static/${3-planted.c}
	for line in $(grep -n "/\*.*\b$1\b.*\*/$" "$file" | cut -d: -f1); do
		grep -qF "/${file##*/}:$line:" "$2" || {
			echo "not found: $(sed -n "${line}p" "$file")"
			status=1
		}
	done
	[ -n "${line-}" ] && return $status
}

# number_of_sources: the driver's own files that the compiler sees.
number_of_sources() {
	find driver -maxdepth 1 -name '*.c' ! -name '*.mod.c' | wc -l
}
