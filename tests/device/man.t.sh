#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The programs in the man pages do on a device what the pages say; TAP.
. tests/tap.sh
. tests/device/unload.sh
work=$(mktemp -d)

# program PAGE: its one program, compiled with the installed library.
program() {
	tests/static/man-blocks "$1" 'int main[(]' | tr -d '\0' >"$work/$1.c"
	# shellcheck disable=SC2046	# words for the linker
	gcc -Wall -Werror -o "$work/$1" "$work/$1.c" \
		$(pkg-config --cflags --libs libkregion)
}

# says PAGE TEXT: the program ends well, and this is all that it says.
says() {
	program "$1" && diff <("$work/$1" || echo "exit status $?") <(echo "$2")
}

unload
modprobe kregion regions=vmalloc:64K,kmalloc:64K:name=ring || exit 1
if [ ! -e /usr/include/libkregion.h ]; then
	skip man "the package of the library is not for this system"
else
	point kregion.4 says kregion.4 hello
	point libkregion.3 says libkregion.3 "region0: vmalloc, 65536 bytes
ring: kmalloc, 65536 bytes"
	point "libkregion.3 leaves its word" cmp -n 6 /dev/kregion0 <(printf 'hello\0')
	point kregion_open.3 says kregion_open.3 "0: 131072 bytes"
	point kregion_by_index.3 says kregion_by_index.3 "65536 bytes at offset 65536"
	dd if=/dev/zero of=/dev/kregion0 bs=64K count=2 conv=notrunc 2>/dev/null
	point kregion_map.3 says kregion_map.3 1
	point "kregion_map.3 goes on counting" says kregion_map.3 2
	point kregion_read.3 says kregion_read.3 hello
	point kregion_list.3 says kregion_list.3 kregion0
	point kregion_create.3 says kregion_create.3 "1048576 bytes"
	point kregion_backend_name.3 says kregion_backend_name.3 \
		"libkregion $(pkg-config --modversion libkregion)"
fi
unload
plan
