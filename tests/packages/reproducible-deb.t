#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two builds of one tree are the same to the byte: elsewhere, 400 days later, by
# another user, in another language, from files of other times; 40 s; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/packages/build-deb >&2 || exit 1	# what a build needs is here
tests/vm/host-setup --only faketime locales >&2 || exit 1
. tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work" "$tap_says"' EXIT
. tests/packages/deb-sources.sh

# Turkish letters have another upper case, its dates another form.
languages() {
	mkdir "$work/locale" &&
		localedef -i tr_TR -f UTF-8 "$work/locale/tr_TR.UTF-8"
}

first() {
	mkdir "$work/kregion" && cp -r --parents "${sources[@]}" "$work/kregion" || return
	env -C "$work/kregion" -i PATH="$PATH" HOME=/root USER=root TZ=UTC LC_ALL=C \
		DEB_BUILD_OPTIONS=parallel=1 dpkg-buildpackage -us -uc
}

# By nobody, from files that were created last name first.
second() (
	mkdir -p "$work/other/a/kregion" && find "${sources[@]}" ! -type d | sort -r |
		xargs cp --parents -t "$work/other/a/kregion" || return
	chown -R nobody:nogroup "$work/other"
	chmod 755 "$work"
	umask 077
	as_nobody() {
		setpriv --reuid nobody --regid nogroup --clear-groups \
			env -C "$work/other/a/kregion" -i PATH="$PATH" HOME=/nowhere \
			USER=nobody TZ=Asia/Kolkata LOCPATH="$work/locale" \
			LC_ALL=tr_TR.UTF-8 LANGUAGE=tr DEB_BUILD_OPTIONS=parallel=4 \
			faketime -f +400d "$@"
	}
	as_nobody dpkg-buildpackage -us -uc --build=source || return
	# Older than the changelog, too.
	find "$work/other/a/kregion" -exec touch -h -d 2020-02-29 {} +
	as_nobody dpkg-buildpackage -us -uc --build=binary
)

same_files() { # NUMBER FILE...
	local file status=0 number=$1
	shift
	for file in "$@"; do
		cmp "$file" "other/a/$file" || status=1
	done
	echo "$# files"
	[ $status = 0 ] && [ $# = "$number" ]
}

same_debs() { (cd "$work" && same_files 6 ./*.deb); }
same_source() { (cd "$work" && same_files 2 ./*.dsc ./*.tar.xz); }

point "a language with other rules" languages
point "a build" first
point "another build" second
point "the binary packages are the same" same_debs
point "the source package is the same" same_source
plan
