#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make install and make uninstall, from source, in a throw-away root; TAP.
cd "$(dirname "$(readlink -f "$0")")/../../.." || exit 1
kernel=6.1
. tests/tap.sh

# shellcheck disable=SC2016
point "make install, make uninstall: nothing is left" tests/vm/enter $kernel --base bash -euxc '
	# What is there now, without logs, caches and what users keep by design.
	files() { find / -xdev -type f \( -path "/usr/*" -o -path "/lib/modules/*" \
		-o -path "/var/lib/dkms/*" -o -path "/etc/*" \) -printf "%p\n" |
		grep -vE "modules\.|/mok\.|/etc/(group|gshadow)|\.pyc$" | sort; }
	files >/tmp/before
	mkdir /tmp/tree && cp -r /kregion/{Makefile,dkms.conf,driver,userspace} /tmp/tree
	cd /tmp/tree
	make install KVER="$KVER" BUILD=/tmp/build
	modinfo -k "$KVER" kregion kregion_demo kregion_pci
	test -f /usr/src/kregion-headers/kregion.mk
	test -f /var/lib/dkms/kregion/kernel-"$KVER"-*/module/Module.symvers
	ldconfig -p | grep "libkregion.so.0 .*/usr/local/lib"
	test -x /usr/local/bin/kregion-demo-cow
	test -f /usr/lib/udev/rules.d/60-kregion.rules
	getent group kregion
	make uninstall KVER="$KVER" BUILD=/tmp/build
	! modinfo -k "$KVER" kregion
	files >/tmp/after
	diff /tmp/before /tmp/after
	'
plan
