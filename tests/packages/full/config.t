#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# /etc/modprobe.d/kregion.conf as a user edits it: obeyed at boot and at a reload,
# kept by an upgrade; a mistake in it is told, and the machine boots; 120 s; TAP.
cd "$(dirname "$(readlink -f "$0")")/../../.." || exit 1
tests/packages/build-deb >&2 || exit 1
tests/packages/build-deb --version 9.0.0 build/deb-9.0.0 >&2 || exit 1
rm -rf build/vm/6.12@config	# the last run's edits
tests/vm/install 6.12@config build/deb/{kregion-dkms,kregion-utils,libkregion0}_*.deb || exit 1
. tests/tap.sh

conf=/etc/modprobe.d/kregion.conf

root() { tests/vm/enter 6.12@config --keep bash -exc "$1"; }

# The first example, with another value and without its comment sign.
edit() { # REGIONS
	root "sed -i '0,/^#*options kregion/s/^#*options kregion .*/options kregion regions=$1/' $conf
		grep -x 'options kregion regions=$1' $conf"
}

# boot FUNCTION: of config-guest. Its points are shown when one failed.
boot() {
	local status=0 said
	said=$(nice tests/vm/run --kernel 6.12@config --systemd --timeout 900 \
		-- tests/packages/config-guest "$1") || status=$?
	echo "$said"
	[ $status = 0 ] && grep -qE '^1\.\.[1-9]' <<<"$said" && ! grep '^not ok' <<<"$said"
}

# By plain apt: the setting of the test's root that answers dpkg's question about
# edited files is taken away.
upgrade() {
	root "sed -i '/confold/d' /etc/dpkg/dpkg.cfg.d/*
		! apt-config dump | grep conf
		sum=\$(sha256sum $conf)
		apt-get -y --no-install-recommends install ./build/deb-9.0.0/{kregion-dkms,kregion-utils,libkregion0}_*.deb </dev/null
		[ \$(dpkg-query -W -f '\${Version}' kregion-dkms) = 9.0.0 ]
		modinfo -k \$KVER -F version kregion | grep -x 9.0.0
		sha256sum --check <<<\"\$sum\""
}

point "the example becomes a setting" edit vmalloc:8p:name=edited
point "it is obeyed at boot, another after a reload" boot edited
point "an upgrade asks nothing and keeps it" upgrade
point "a setting with a mistake" edit vmaloc:8p
point "the machine boots, the service has failed, the log and doctor say why" boot wrong
plan
