#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of README.md compile and print what they should; TAP.
. tests/tap.sh
. tests/device/unload.sh
work=$(mktemp -d)
cd "$work" || exit 1
modprobe kregion

# block LANGUAGE FILE: the first code block of that language.
block() {
	awk -v start="\`\`\`$1" '$0 == start { inside = 1; next }
		/^```/ { inside = 0 } inside' /kregion/README.md >"$2"
}

c_example() {
	block c example.c
	gcc -Wall -Werror -o example example.c && [ "$(./example)" = hello ]
}

python_example() {
	block python example.py
	dd if=/dev/zero of=/dev/kregion0 bs=4096 seek=16 count=16 conv=notrunc
	[ "$(python3 example.py)" = hello ]
}

regions_example() {
	unload
	modprobe kregion 'regions=vmalloc:64M,kmalloc:1M:name=ring;vmalloc:16p:ro'
	[ "$(cat /sys/class/kregion/kregion0/regions/1/name)" = ring ] &&
		[ "$(cat /sys/class/kregion/kregion1/size)" = 65536 ]
}

point c_example c_example
point python_example python_example
point regions_example regions_example
unload
plan
