# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For warnings.t and port.t: what is asked of a build of the driver. With tests/tap.sh.

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

# check KERNEL "MACRO..."
check() {
	local kernel=$1 log=build/$1-warnings.log out=build/$1/module/driver
	mkdir -p build
	tests/static/build-module "$kernel" W=1 >"$log"
	point "$kernel: modules are built" built "$out"
	point "$kernel: no warning with W=1" silent "$log"
	point "$kernel: the probes find what it has" probed "$out" "$2"
}
