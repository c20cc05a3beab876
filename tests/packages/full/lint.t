#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lintian has nothing to say, not even for information, of the source and binary
# packages as bookworm and trixie build them, each suite's own lintian; 60 s; TAP.
cd "$(dirname "$(readlink -f "$0")")/../../.." || exit 1
. tests/tap.sh
. tests/packages/deb-sources.sh

build_in() { # KERNEL SUITE
	rm -rf "build/lint/$2"
	mkdir -p "build/lint/$2/tree"
	cp -a "${sources[@]}" "build/lint/$2/tree" &&
		tests/packages/toolbox "$1" sh -exc "
			cd build/lint/$2/tree
			dpkg-buildpackage -us -uc"
}

# bookworm's lintian is older than the policy that the packages follow, which
# trixie's demands: 4.7.2.
declare -A unknown=([bookworm]=newer-standards-version [trixie]='')

# Overrides would be shown, too: there are none.
lintian_is_silent() { # KERNEL SUITE
	local said status=0
	said=$(tests/packages/toolbox "$1" sh -c "lintian --pedantic -I -E \
		--show-overrides --allow-root --info \
		${unknown[$2]:+--suppress-tags ${unknown[$2]}} \
		--fail-on error,warning,info,pedantic,experimental,override \
		build/lint/$2/*.changes") || status=$?
	echo "$said"
	[ -z "$said" ] && [ $status = 0 ]
}

for row in "6.1 bookworm" "6.12 trixie"; do
	read -r kernel suite <<<"$row"
	point "$suite builds the packages" build_in "$kernel" "$suite"
	point "$suite's lintian is silent" lintian_is_silent "$kernel" "$suite"
done
plan
