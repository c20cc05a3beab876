#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages hold what they should and nothing else; that they install
# and build is shown by each kernel's device tests, which use nothing else. TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/packages/build-deb >&2 || exit 1
. tests/tap.sh
. tests/packages/contents.sh

files() { # the files of a package, without those that Debian's policy adds
	dpkg-deb --fsys-tarfile build/deb/"$1"_*.deb | tar -t |
		grep -vE '/$|/usr/share/doc/' | sed 's/^\.//' | sort
}

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

dkms_package() {
	diff <(files kregion-dkms) <(dkms_files "$version")
}

utils_package() {
	diff <(files kregion-utils) <(tool_files)
}

library_package() {
	diff <(files libkregion0) <(printf '%s\n' \
		"/usr/lib/$(gcc -print-multiarch)/libkregion.so.0" \
		"/usr/lib/$(gcc -print-multiarch)/libkregion.so.$version")
}

development_package() {
	local lib
	lib=/usr/lib/$(gcc -print-multiarch)
	diff <(files libkregion-dev) <({
		printf '%s\n' /usr/include/kregion/kregion{,_demo}.h \
			/usr/include/libkregion.h "$lib"/libkregion.{a,so} \
			"$lib/pkgconfig/libkregion.pc"
		pages 3
	} | sort)
}

library_depends() {
	dpkg-deb -f build/deb/libkregion-dev_*.deb Depends |
		grep "libkregion0 (= $version)"
}

command_depends() {
	dpkg-deb -f build/deb/kregion-utils_*.deb Depends | grep -w libkregion0 |
		grep -w libjson-c5
}

# Whatever kernel runs here, another one may be meant: in a chroot, an image.
never_asks_the_running_kernel() {
	! grep -n 'uname' dkms.conf driver/Kbuild debian/*inst debian/rules
}

point "kregion-dkms holds the source and the system files" dkms_package
point "kregion-utils holds the command, the demos, their man pages" utils_package
point "libkregion0 holds the library" library_package
point "libkregion-dev holds what programs are built with" development_package
point "libkregion-dev depends on its library" library_depends
point "kregion-utils depends on the libraries" command_depends
point "nothing asks for the running kernel" never_asks_the_running_kernel
plan
