#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two builds of the RPM packages, at other times, with another umask, locale and time
# zone, are the same to the byte; TAP. The path is the same, as in Fedora's builders.
cd "$(dirname "$(readlink -f "$0")")/../../.." || exit 1
. tests/tap.sh
tests/vm/host-setup --only faketime >&2 || exit 1
out=build/reproducible/rpm
first=build/reproducible/rpm.first

build() { # UMASK ENVIRONMENT...
	(
		umask "$1"
		shift
		rm -rf $out
		env "$@" rpm/build $out
	)
}

same() { # FILE
	cmp "$out/$1" "$first/$1" || {
		diff <(rpm -qp --xml "$out/$1") <(rpm -qp --xml "$first/$1")
		return 1
	}
}

rm -rf build/reproducible/rpm*
point "a build" build 022 TZ=UTC LC_ALL=C
mv $out $first
point "another" build 077 TZ=Asia/Kolkata LC_ALL=C.UTF-8 LANGUAGE=de \
	faketime -f +400d
for file in "$first"/*.rpm; do
	point "${file##*/} is the same" same "${file##*/}"
done
[ "$number" = 7 ] || point "five packages" false
plan
