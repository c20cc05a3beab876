#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The RPM packages hold what they should and nothing else, and rpmlint is content; TAP.
# That they install, build and work is shown by rpm.t.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
rpm/build >&2 || exit 1
tests/vm/host-setup --only rpmlint >&2
. tests/tap.sh
. tests/packages/contents.sh

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
packages=(kregion kregion-dkms libkregion libkregion-devel)

one() { echo build/rpm/"$1-$version"-*.{x86_64,noarch}.rpm | tr ' ' '\n' | grep -v '\*'; }

# Without folders, and what Fedora adds of documentation and licences.
files() {
	rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$(one "$1")" |
		sed -n 's/^[^d][^ ]* //p' | grep -vE '^/usr/share/(doc|licenses)/' | sort
}

dkms_version() { rpm -qp --qf '%{VERSION}-%{RELEASE}' "$(one kregion-dkms)"; }

dkms_package() {
	diff <(files kregion-dkms) <(dkms_files "$(dkms_version)")
}

kregion_package() {
	diff <(files kregion) <(tool_files)
}

library_package() {
	diff <(files libkregion) <(printf '%s\n' /usr/lib64/libkregion.so.0 \
		"/usr/lib64/libkregion.so.$version")
}

development_package() {
	diff <(files libkregion-devel) <({
		printf '%s\n' /usr/include/kregion/kregion{,_demo}.h \
			/usr/include/libkregion.h /usr/lib64/libkregion.{a,so} \
			/usr/lib64/pkgconfig/libkregion.pc
		pages 3
	} | sort)
}

# With the release, which no other file of the package names.
dkms_conf_has_the_release() {
	rpm2cpio "$(one kregion-dkms)" | cpio -i --quiet --to-stdout '*/dkms.conf' |
		grep -x "PACKAGE_VERSION=\"$(dkms_version)\""
}

keeps_configuration() {
	local flags
	flags=$(rpm -qp --qf '[%{FILENAMES} %{FILEFLAGS:fflags}\n]' "$(one kregion-dkms)")
	echo "$flags" | grep -x '/etc/modprobe.d/kregion.conf cn'
}

never_asks_the_running_kernel() {
	! grep -n 'uname' rpm/kregion.spec
}

rpmlint_is_content() {
	rpmlint -c rpm/rpmlint.toml build/rpm/*.rpm | tee /dev/stderr |
		grep -q ' 0 errors, 0 warnings,'
}

[ "$(for package in "${packages[@]}"; do one "$package"; done | wc -l)" = 4 ] || exit 1
point "kregion-dkms holds the source and the system files" dkms_package
point "kregion holds the command, the demos and their man pages" kregion_package
point "libkregion holds the library" library_package
point "libkregion-devel holds what programs are built with" development_package
point "DKMS knows the package by version and release" dkms_conf_has_the_release
point "an upgrade keeps a changed configuration" keeps_configuration
point "nothing asks for the running kernel" never_asks_the_running_kernel
point "rpmlint has nothing to say" rpmlint_is_content
plan
