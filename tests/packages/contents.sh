# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by the tests of .deb and RPM: the files that packages of both hold, but for
# documentation and licences.

# pages SECTION...: the man pages of these sections, compressed.
pages() {
	userspace/man/names |
		sed -n "s|^\([^ ]*\.\([$*]\)\) .*|/usr/share/man/man\2/\1.gz|p"
}

# dkms_files VERSION: kregion-dkms, whose DKMS version is VERSION.
dkms_files() {
	{
		echo dkms.conf
		find driver -name '*.[ch]' ! -name '*.mod.c'
		printf '%s\n' driver/{Kbuild,Makefile,keep-symvers,kregion.mk}
	} | sed "s|^|/usr/src/kregion-$1/|" | cat - <(printf '%s\n' \
		/etc/modprobe.d/kregion.conf \
		/usr/lib/modules-load.d/kregion.conf \
		/usr/lib/sysusers.d/kregion.conf \
		/usr/lib/udev/rules.d/60-kregion.rules \
		/usr/src/kregion-headers/{kregion.h,spec.h,kregion.mk} \
		/usr/src/kregion-headers/uapi/kregion.h) | sort
}

# tool_files: the command and the demos.
tool_files() {
	{
		find userspace/demos -name '*.c' -printf '/usr/bin/%f\n' | sed 's/\.c$//'
		printf '%s\n' /usr/bin/kregion \
			/usr/share/bash-completion/completions/kregion
		pages 1 4
	} | sort
}
