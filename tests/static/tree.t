#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The repository itself: its top level, licences, scripts, spelling; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup shellcheck codespell git >&2
. tests/tap.sh

tracked() { git ls-files --cached --others --exclude-standard; }

top_level() {
	diff <(tracked | cut -d/ -f1 | sort -u) <(printf '%s\n' .ci .clang-format \
		.editorconfig .gitignore CHANGELOG.md LICENSE LICENSE-syscall-note \
		.clang-tidy Makefile README.md debian dkms.conf docs driver packaging rpm \
		tests userspace | sort)
}

licences() {
	local file line status=0
	while read -r file; do
		case $file in
		LICENSE* | *.md | .* | debian/* | *.txt | */kernels/*.t | */*-corpus/*) continue ;;
		driver/uapi/*) line='GPL-2.0 WITH Linux-syscall-note' ;;
		*) line='GPL-2.0-only' ;;
		esac
		head -n 3 "$file" | grep -qE "SPDX-License-Identifier: $line( \*/)?$" || {
			echo "$file"
			status=1
		}
	done < <(tracked)
	return $status
}

shell_scripts() {
	tracked | while read -r file; do
		head -c 30 "$file" | grep -qE '^#!/bin/(ba)?sh' && echo "$file"
	done
}

scripts_are_clean() {
	local -a scripts
	mapfile -t scripts < <(shell_scripts)
	shellcheck -x -P SCRIPTDIR "${scripts[@]}"
}

help_lists_all() {
	diff <(sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile | sort -u) \
		<(make -s help | cut -d' ' -f1 | sort -u)
}

spelling() {
	local -a files
	mapfile -t files < <(tracked | grep -v '^LICENSE')
	codespell -L iput,fpr "${files[@]}"	# a function of the kernel; a field of gpg
}

one_version() {
	[ "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)" = \
		"$(dpkg-parsechangelog -S Version)" ]
}

# The first heading with a number, as "## [0.1.0] - 2026-11-21".
changelog_has_the_version() {
	local heading
	heading=$(grep -m 1 '^## \[[0-9]' CHANGELOG.md)
	echo "$heading"
	[[ $heading =~ ^##\ \[([0-9.]+)\]\ -\ [0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] &&
		grep -qx "PACKAGE_VERSION=\"${BASH_REMATCH[1]}\"" dkms.conf
}

# docs/mapping.md and docs/security.md name the test behind each cell or promise as
# TOPIC:NAME; of a script NAME may be followed by what a variable of it holds.
named_tests() {
	# shellcheck disable=SC2016
	grep -oE '`[a-z0-9-]+:[a-z0-9_]+`' "$1" | tr -d '`' | sort -u
}

is_test() {
	local file
	for file in "tests/device/$1.t.sh" "tests/device/$1-guest"; do
		[ -e "$file" ] || continue
		grep -qE "^[[:space:]]*point \"?$2([\" ]|_\\$)" "$file"
		return
	done
	grep -qE "^[[:space:]]+[A-Za-z_]+\($2[),]" "tests/device/test-$1.c"
}

named_tests_exist() { # PAGE LEAST: at least so many are named
	local topic name number=0
	while IFS=: read -r topic name; do
		is_test "$topic" "$name" || { echo "$topic:$name"; return 1; }
		number=$((number + 1))
	done < <(named_tests "$1")
	[ $number -ge "$2" ] || { echo "only $number tests are named"; return 1; }
}

point "the top level holds what it should" top_level
point "every source has its SPDX line" licences
point "shellcheck has nothing to say" scripts_are_clean
point "make help lists every target" help_lists_all
point "spelling" spelling
point "dkms.conf and debian/changelog name one version" one_version
point "CHANGELOG.md begins with the version of dkms.conf" changelog_has_the_version
point "docs/mapping.md names tests that exist" named_tests_exist docs/mapping.md 15
point "docs/security.md names tests that exist" named_tests_exist docs/security.md 60
point "each mutant's change finds its place in the driver" tests/device/mutants.t apply
plan
