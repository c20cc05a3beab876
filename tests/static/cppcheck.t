#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# cppcheck has nothing to say of the programs, but names the mistakes of
# planted-program.c; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only cppcheck >&2 || exit 1
. tests/tap.sh
. tests/static/findings.sh

# shellcheck disable=SC2054	# the comma is of one word
options=(
	--quiet --std=c11 --inconclusive
	--enable=warning --enable=performance --enable=portability
	--template='{file}:{line}: {severity}: {message} [{id}]'
	-D_GNU_SOURCE -DKREGION_VERSION='""' -Iuserspace/lib -Iuserspace/cli
	-Idriver/uapi -Idriver
	# cmocka's, which cppcheck has no description of, does not return.
	-D'fail_msg(...)=abort()'
	# NULL is a pointer in every C library for Linux.
	--suppress=varFuncNullUB
	# a ?: b is taken for a step of its own.
	--suppress=selfAssignment
	# gcc -Wformat knows the types; the sign of a constant is no error.
	--suppress=invalidPrintfArgType_uint
	# It does not know that snprintf() sets what its first argument points to.
	--suppress=ctuuninitvar
)

# nothing_found FOLDER: by itself, or functions of tests would be taken for others'.
nothing_found() {
	local -a files
	mapfile -t files < <(find "$1" -name '*.c' ! -path '*/module/*' \
		! -name 'planted*')
	[ ${#files[@]} -gt 0 ] && ! cppcheck "${options[@]}" "${files[@]}" 2>&1 | grep .
}

planted() {
	cppcheck "${options[@]}" "$PWD/tests/static/planted-program.c" \
		>build/cppcheck.log 2>&1
	finds cppcheck build/cppcheck.log planted-program.c
}

mkdir -p build
for folder in userspace/* tests; do
	[ -n "$(find "$folder" -name '*.c')" ] || continue
	point "$folder: nothing found" nothing_found "$folder"
done
point "planted-program.c: each mistake found" planted
plan
