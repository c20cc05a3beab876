#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of README.md compile and print what they should; TAP.
work=$(mktemp -d)
cd "$work" || exit 1
modprobe kregion

# block LANGUAGE FILE: the first code block of that language.
block() {
	awk -v start="\`\`\`$1" '$0 == start { inside = 1; next }
		/^```/ { inside = 0 } inside' /kregion/README.md >"$2"
}

check() { # NUMBER NAME OUTPUT
	if [ "$3" = hello ]; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		echo "# it printed '$3'"
	fi
}

block c example.c
gcc -Wall -Werror -o example example.c
check 1 c_example "$(./example)"
dd if=/dev/zero of=/dev/kregion0 bs=4096 seek=16 count=16 conv=notrunc status=none
block python example.py
check 2 python_example "$(python3 example.py)"

modprobe -r kregion
modprobe kregion 'regions=vmalloc:64M,kmalloc:1M:name=ring;vmalloc:16p:ro'
if [ "$(cat /sys/class/kregion/kregion0/regions/1/name)" = ring ] &&
	[ "$(cat /sys/class/kregion/kregion1/size)" = 65536 ]; then
	echo "ok 3 - regions_example"
else
	echo "not ok 3 - regions_example"
fi
modprobe -r kregion
echo 1..3
