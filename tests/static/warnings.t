#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The driver builds without one warning, W=1 too, with each kernel's own
# compiler, and the probes of the headers say what that kernel has; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

silent() {
	! grep -iE 'warning|error' "$1" | grep -v BTF
}

built() {
	[ -f "$1/kregion.ko" ] && [ -f "$1/kregion_demo.ko" ] &&
		[ -f "$1/kregion_pci.ko" ]
}

# probed FOLDER "MACRO...": the compiler got these KREGION_HAVE_ macros, no others.
probed() {
	local seen
	seen=$(grep -o 'DKREGION_HAVE_[A-Z_]*' "$1/.main.o.cmd" | sort -u |
		sed 's/DKREGION_HAVE_//' | xargs)
	[ "$seen" = "$2" ] || { echo "'$seen' instead of '$2'"; return 1; }
}

check() {
	local kernel=$1 log=build/$1-warnings.log out=build/$1/module/driver
	tests/static/build-module "$kernel" W=1 >"$log"
	point "$kernel: modules are built" built "$out"
	point "$kernel: no warning with W=1" silent "$log"
	point "$kernel: the probes find what it has" probed "$out" "$2"
}

mkdir -p build
check 5.10 ""
check 6.1 "KMAP_LOCAL_PAGE"
check 6.12 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
check 7.2 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
check 7.3 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
plan
