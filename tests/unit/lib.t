#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# libkregion as it is built and installed, and how the demos take a wrong call;
# on the host, without a device. TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only make gcc libc6-dev g++ binutils pkg-config libjson-c-dev scdoc >&2 || exit 1
. tests/tap.sh

out=$PWD/build/unit/lib
root=$out/root
header=userspace/lib/libkregion.h
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
so=$out/libkregion.so.$version
rm -rf "$out"
mkdir -p "$out"

in_userspace() {
	make -s -j 2 -C userspace O="$out" PREFIX=/opt/k \
		CFLAGS="-O2 -g -Wall -Wextra -Wconversion -Werror" "$@"
}

builds_for_32_bit() {
	in_userspace O="$out/32" \
		CFLAGS="-m32 -O2 -Wall -Wextra -Wconversion -Werror" \
		"$out/32/libkregion.a"
}

# A header that cannot be used stands before the real one.
missing_json_c_is_said() {
	mkdir -p "$out/no/json-c" &&
		echo '#error' >"$out/no/json-c/json.h" &&
		! in_userspace O="$out/no" CPPFLAGS="-I$out/no" "$out/no/kregion" \
			2>"$out/said" &&
		grep -v '^make' "$out/said" >"$out/lines"
	cat "$out/said"
	[ "$(wc -l <"$out/lines")" = 1 ] && grep -q 'package libjson-c-dev' "$out/lines"
}

# ---- the shared library ------------------------------------------------------

# The compiler's own list of what the header declares.
declared() {
	gcc -x c -fsyntax-only -aux-info "$out/prototypes" "$header"
	grep -F libkregion.h "$out/prototypes" |
		grep -oE '\bkregion_[a-z_]+ \(' | tr -d ' (' | sort
}

exported() {
	nm -D --defined-only "$so" | awk '$2 != "A" { print $3 }'
}

exports_what_the_header_declares() {
	[ "$(declared | wc -l)" -ge 15 ] &&
		diff <(declared | sed 's/$/@@LIBKREGION_0.1/') <(exported | sort)
}

no_variables() {
	! nm "$so" | grep -i ' [bdc] ' | grep kregion
}

dynamic() {
	readelf -dW "$so" | sed -n "s/.*($1).*\[\(.*\)\]/\1/p"
}

soname() {
	[ "$(dynamic SONAME)" = libkregion.so.0 ] &&
		[ "$(readlink "$out/libkregion.so")" = libkregion.so.0 ] &&
		[ "$(readlink "$out/libkregion.so.0")" = "libkregion.so.$version" ]
}

needs_only_libc() {
	[ "$(dynamic NEEDED)" = libc.so.6 ]
}

# ---- the header --------------------------------------------------------------

header_compiles() { # COMPILER STANDARD LANGUAGE
	echo '#include "libkregion.h"' | "$1" "-std=$2" -x "$3" -fsyntax-only \
		-Wall -Wextra -Wpedantic -Werror -Iuserspace/lib -
}

# ---- installed ---------------------------------------------------------------

installed() {
	(cd "$root/opt/k" && find . ! -type d | sort)
}

wanted_files() {
	(cd userspace/demos && printf './bin/%s\n' kregion-demo-*.c | sed 's/\.c$//')
	echo ./bin/kregion
	echo ./share/bash-completion/completions/kregion
	printf './include/%s\n' libkregion.h kregion/kregion.h kregion/kregion_demo.h
	printf './lib/libkregion.%s\n' a so so.0 "so.$version"
	echo ./lib/pkgconfig/libkregion.pc
	userspace/man/names | sed 's|^\([^ ]*\.\(.\)\) .*|./share/man/man\2/\1|'
}

install_puts_all_in_place() {
	in_userspace DESTDIR="$root" install &&
		diff <(wanted_files | sort) <(installed)
}

libdir_moves_the_library() {
	in_userspace DESTDIR="$root/2" LIBDIR=/opt/k/lib64 install &&
		[ -f "$root/2/opt/k/lib64/libkregion.so.$version" ] &&
		grep -x libdir=/opt/k/lib64 \
			"$root/2/opt/k/lib64/pkgconfig/libkregion.pc" &&
		[ ! -e "$root/2/opt/k/lib" ] &&
		in_userspace DESTDIR="$root/2" LIBDIR=/opt/k/lib64 uninstall &&
		! find "$root/2" ! -type d | grep .
}

uninstall_leaves_nothing() {
	in_userspace DESTDIR="$root" uninstall && ! find "$root" ! -type d | grep .
}

pkgconf() {
	PKG_CONFIG_LIBDIR=$root/opt/k/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root \
		pkg-config "$@" libkregion
}

pkg_config_knows_the_version() {
	[ "$(pkgconf --modversion)" = "$version" ]
}

# user NAME [OPTION...]: a program with the flags that pkg-config tells.
user() {
	local name=$1
	shift
	cat >"$out/$name.c" <<-'END'
		#include <libkregion.h>
		#include <kregion/kregion.h>
		#include <kregion/kregion_demo.h>
		#include <stdio.h>
		int main(void)
		{
			return kregion_open("/dev/null", 0) ||
			       puts(kregion_version()) < 0;
		}
	END
	# shellcheck disable=SC2046
	gcc -Wall -Wextra -Werror -o "$out/$name" "$out/$name.c" \
		$(pkgconf --cflags) "$@" $(pkgconf --libs)
}

shared_program() {
	user shared && readelf -dW "$out/shared" | grep -F '[libkregion.so.0]' &&
		[ "$(LD_LIBRARY_PATH=$root/opt/k/lib "$out/shared")" = "$version" ]
}

static_program() {
	user static -static && [ "$("$out/static")" = "$version" ]
}

# ---- demos -------------------------------------------------------------------

# answers STATUS TEXT PROGRAM ARGUMENT...: exit status, and the error that is told.
answers() {
	local status text=$2
	"$out/kregion-demo-$3" "${@:4}" >"$out/said" 2>&1
	status=$?
	cat "$out/said"
	[ $status = "$1" ] && grep -qF -- "$text" "$out/said"
}

is_one_file() {
	! readelf -dW "$out/kregion-demo-$1" | grep libkregion
}

point "builds without a warning" in_userspace all
point "without json-c's headers one line says so" missing_json_c_is_said
if echo | gcc -m32 -E -include stdio.h - >/dev/null 2>&1; then
	point "builds for 32 bit" builds_for_32_bit
else
	skip "builds for 32 bit" "no 32-bit C library"
fi
point "exports exactly what the header declares" exports_what_the_header_declares
point "has no variable" no_variables
point "soname and links" soname
point "needs only the C library" needs_only_libc
point "the header compiles as C11" header_compiles gcc c11 c
point "the header compiles as C++11" header_compiles g++ c++11 c++
point "the header compiles as C++20" header_compiles g++ c++20 c++
point "make install: all files, nothing else" install_puts_all_in_place
point "pkg-config knows the version of dkms.conf" pkg_config_knows_the_version
point "a program is linked and runs" shared_program
point "a program is linked statically and runs" static_program
point "make uninstall: nothing is left" uninstall_leaves_nothing
point "LIBDIR moves the library" libdir_moves_the_library

for demo in cow scopes status address registers; do
	point "demo $demo: too many arguments are wrong usage" \
		answers 2 usage: "$demo" a b c d
	point "demo $demo: needs no libkregion.so" is_one_file "$demo"
done
for demo in cow status address registers; do
	point "demo $demo: a file that is no device is named" \
		answers 1 "/dev/null: Inappropriate ioctl" "$demo" /dev/null
done
point "demo scopes: a file that is no device is named" \
	answers 1 "/dev/null: Inappropriate ioctl" scopes /dev/null 3 0
for address in x 4x -4 5 0x100000000000000000 ''; do
	point "demo registers: '$address' is no address" \
		answers 2 usage: registers /dev/null "$address"
done
plan
