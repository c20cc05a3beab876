#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every non-static function of the driver has kernel-doc, and the kernel's own
# kernel-doc has nothing to say about any; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
scripts=$(tests/static/kernel-scripts) || exit 1

mapfile -t files < <(find driver -name '*.[ch]' ! -name '*.mod.c' | sort)

silent() {
	! perl "$scripts/scripts/kernel-doc" -none "${files[@]}" 2>&1 |
		grep -v '^[0-9]* warnings'
}

# A definition starts a line, has "(" and no ";", and is not static.
all_documented() {
	awk '
		/^\/\*\*/ { documented = 1 }
		/^static|^module_|^[A-Z]/ { documented = 0 }
		/^[a-z].*[a-z_]+\(/ && !/^(static|extern|module_)/ && !/;$/ && !/ = \{/ {
			if (!documented) {
				print FILENAME ":" FNR ": " $0
				missing = 1
			}
		}
		/^}/ { documented = 0 }
		END { exit missing }' driver/*.c
}

point "kernel-doc has nothing to say" silent
point "every function that is not static is documented" all_documented
plan
