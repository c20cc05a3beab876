#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of README.md compile and print what they should; TAP.
. tests/tap.sh
. tests/device/unload.sh
work=$(mktemp -d)
cd "$work" || exit 1
modprobe kregion

# block LANGUAGE NUMBER FILE: the code block of that language with that number.
block() {
	awk -v start="\`\`\`$1" -v number="$2" '
		$0 == start { inside = ++seen == number; next }
		/^```/ { inside = 0 } inside' /kregion/README.md >"$3"
}

c_example() {
	block c 1 example.c
	gcc -Wall -Werror -o example example.c && [ "$(./example)" = hello ]
}

python_example() {
	block python 1 example.py
	dd if=/dev/zero of=/dev/kregion0 bs=4096 seek=16 count=16 conv=notrunc
	[ "$(python3 example.py)" = hello ]
}

library_example() {
	block c 2 with-library.c
	# shellcheck disable=SC2046	# words for the compiler
	gcc -Wall -Werror -o with-library with-library.c \
		$(pkg-config --cflags --libs libkregion) &&
		ldd with-library | grep -qE "libkregion.so.0 => (/usr)?/lib" &&
		[ "$(./with-library)" = "region1 hello" ]
}

scope_example() {
	unload
	modprobe kregion 'regions=vmalloc:16p;scope=open,vmalloc:1M,kmalloc:64K:wc'
	[ "$(cat /sys/class/kregion/kregion1/scope)" = open ] &&
		[ "$(cat /sys/class/kregion/kregion1/regions/1/cache)" = wc ]
}

regions_example() {
	unload
	modprobe kregion 'regions=vmalloc:64M,kmalloc:1M:name=ring;vmalloc:16p:ro'
	[ "$(cat /sys/class/kregion/kregion0/regions/1/name)" = ring ] &&
		[ "$(cat /sys/class/kregion/kregion1/size)" = 65536 ]
}

configfs_example() {
	unload
	block sh 1 make.sh
	block sh 2 remove.sh
	bash -e make.sh && [ "$(cat /sys/class/kregion/kregion-lab/size)" = 1114112 ] &&
		[ "$(cat /sys/class/kregion/kregion-lab/regions/1/name)" = ring ] &&
		[ -c /dev/kregion-lab ] && ! rmmod kregion &&
		bash -e remove.sh && [ ! -e /dev/kregion-lab ]
}

# As systemd does; sid's root has no mount(8).
modprobe configfs
grep -q " configfs " /proc/mounts ||
	/run/busybox mount -t configfs configfs /sys/kernel/config
if gcc --version >/dev/null 2>&1; then
	point c_example c_example
else
	skip c_example "this system has no compiler of its own"
fi
point python_example python_example
if [ -e /usr/include/libkregion.h ]; then
	point library_example library_example
else
	skip library_example "the package of the library is not for this system"
fi
point regions_example regions_example
if [ -e "/kregion/build/$KREGION_KERNEL/tests/module/kregion_caches.ko" ]; then
	point scope_example scope_example
else
	skip scope_example "RAM is write-combine on x86 alone"
fi
point configfs_example configfs_example
unload
plan
