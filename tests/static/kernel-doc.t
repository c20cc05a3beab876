#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every non-static function of the driver has kernel-doc, and the kernel's own
# kernel-doc has nothing to say about any; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
cache=${KREGION_CACHE:-$HOME/.cache/kregion}
tests/static/checkpatch driver/main.c >/dev/null || exit 1

mapfile -t files < <(find driver -name '*.[ch]' ! -name '*.mod.c' | sort)

output=$(perl "$cache/checkpatch/scripts/kernel-doc" -none "${files[@]}" 2>&1 |
	grep -v '^[0-9]* warnings')
if [ -z "$output" ]; then
	echo "ok 1 - kernel-doc has nothing to say"
else
	echo "not ok 1 - kernel-doc has nothing to say"
	echo "# ${output//$'\n'/$'\n'# }"
fi

# A definition at the start of a line, with its name and "(", and not static.
missing=$(awk '
	/^\/\*\*/ { doc = 1 }
	/^static|^module_|^EXPORT|^MODULE|^DEFINE|^DECLARE/ { doc = 0 }
	/^[a-z].*[a-z_]+\(/ && !/^static/ && !/;$/ && !/^(struct|enum) .*=/ && !/^extern/ {
		if (!doc) print FILENAME ":" FNR ": " $0
		doc = 0
	}
	/^}/ { doc = 0 }
	' driver/*.c | grep -vE ':(module_|DEFINE_|late_)')
if [ -z "$missing" ]; then
	echo "ok 2 - every function that is not static is documented"
else
	echo "not ok 2 - every function that is not static is documented"
	echo "# ${missing//$'\n'/$'\n'# }"
fi
echo 1..2
