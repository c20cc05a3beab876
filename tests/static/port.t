#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The driver and the programs build for other architectures, too, against Debian's
# headers of their kernels, without one warning; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/static/check-build.sh

# is_for MACHINE FILE...: they are for that machine, as readelf calls it.
is_for() {
	local machine=$1 file
	shift
	for file in "$@"; do
		readelf -h "$file" | grep -E "Machine: +$machine$" || return
	done
}

# programs KERNEL: the library, the command and the demos.
programs() {
	rm -rf "build/$1/port"
	tests/vm/enter "$1" --base make -s -C userspace O="/kregion/build/$1/port" \
		CFLAGS='-O2 -g -Wall -Wextra -Werror'
}

port() {
	local kernel=$1 machine=$2
	check "$kernel" "$3"
	point "$kernel: the modules are for that machine" is_for "$machine" \
		"build/$kernel/module/driver/"kregion{,_demo,_pci}.ko
	point "$kernel: programs are built" programs "$kernel"
	point "$kernel: the programs are for that machine" is_for "$machine" \
		"build/$kernel/port/"{kregion,libkregion.so,kregion-demo-cow}
}

tests/vm/host-setup binutils
port arm64 AArch64 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
port riscv64 RISC-V "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
port i386 'Intel 80386' "KMAP_LOCAL_PAGE"
plan
