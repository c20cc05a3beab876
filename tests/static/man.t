#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The man pages: they render, and what they say agrees with the sources; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only scdoc man-db mandoc make gcc libc6-dev libjson-c-dev \
	kmod coreutils >&2 || exit 1
. tests/tap.sh
export LD_LIBRARY_PATH=$PWD/build/static/man

out=$PWD/build/static/man
sources=userspace/man
header=userspace/lib/libkregion.h
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
rm -rf "$out"
mkdir -p "$out"

builds() {
	make -s -C userspace O="$out" man install-man DESTDIR="$out/root" PREFIX=/usr
}

pages() {
	find "$sources" -name '*.scd' -printf '%f\n' | sed 's/\.scd$//' | sort
}

# The names that PAGE is found by, without their section.
names_of() {
	"$sources/names" | awk -v page="$1" '
		$2 == page { sub(/\..$/, "", $1); print $1 }' | sort
}

# each COMMAND...: COMMAND PAGE for all pages; each failure is named.
each() {
	local page status=0
	[ "$(pages | wc -l)" -ge 8 ] || { echo "too few pages"; return 1; }
	while read -r page; do
		"$@" "$page" || { echo "^ $page"; status=1; }
	done < <(pages)
	return $status
}

# ---- form --------------------------------------------------------------------

# With tables and the like (as man does by itself), and without (as lintian does).
renders() {
	local sequence
	for sequence in t ''; do
		MANROFFSEQ=$sequence MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings \
			-E UTF-8 -l -Tutf8 -Z "$out/man/$1" 2>&1 >/dev/null |
			grep . && return 1
	done
	[ -s "$out/man/$1" ]
}

# scdoc writes an empty paragraph here and there, which harms nobody.
mandoc_is_content() {
	! mandoc -T lint -W warning "$out/man/$1" | grep -v 'skipping paragraph macro'
}

text() {
	MANWIDTH=${2-80} LC_ALL=C.UTF-8 man --no-hyphenation -l "$out/man/$1" |
		LC_ALL=C.UTF-8 col -bx
}

fits() {
	! text "$1" | LC_ALL=C.UTF-8 grep -nE '^.{81}'
}

# whatis(1) finds it by its NAME, which says the same as the files do.
is_found_by_its_names() {
	diff <(lexgrog "$out/man/$1" | sed -n 's/^[^"]*"\([^ ]*\) - .*/\1/p' | sort) \
		<(names_of "$1") &&
		"$sources/names" | grep -qxF "$1 $1"
}

has_its_sections() {
	local section
	for section in NAME SYNOPSIS DESCRIPTION EXAMPLES 'SEE ALSO'; do
		grep -qx "# $section" "$sources/$1.scd" || {
			echo "no $section"
			return 1
		}
	done
}

names_the_version() {
	text "$1" | tail -n 1 | grep -q "^kregion $version "
}

# ---- references --------------------------------------------------------------

# References to pages of ours, as "kregion_map.3".
references() {
	grep -oE '\*(lib)?kregion[a-z_-]*\*\([1-8]\)' "$sources/$1.scd" |
		sed -E 's/\*(.*)\*\((.)\)/\1.\2/' | sort -u
}

references_exist() {
	local name status=0
	[ -n "$(references "$1")" ] || return 1
	while read -r name; do
		[ -e "$out/root/usr/share/man/man${name##*.}/$name" ] || {
			echo "no $name"
			status=1
		}
	done < <(references "$1")
	return $status
}

every_name_leads_to_a_page() {
	local name page
	while read -r name page; do
		[ "$(readlink -f "$out/root/usr/share/man/man${name##*.}/$name")" = \
			"$out/root/usr/share/man/man${page##*.}/$page" ] || {
			echo "$name"
			return 1
		}
	done < <("$sources/names")
}

# ---- code --------------------------------------------------------------------

compiles() {
	gcc -x c -fsyntax-only -Wall -Wextra -Werror -Iuserspace/lib -Idriver \
		-I"$out/include" -
}

examples_compile() {
	local block
	while read -r -d '' block; do
		compiles <<<"$block" || return 1
	done < <(tests/static/man-blocks "$1" 'int main[(]')
}

programs_are_run() {
	! tests/static/man-blocks "$1" 'int main[(]' | grep -q . ||
		grep -q "says $1 " tests/device/man.t.sh
}

# A second declaration must agree with the first, so the compiler compares.
synopsis_agrees_with_the_header() {
	local block
	while read -r -d '' block; do
		compiles <<<"$block" || return 1
	done < <(tests/static/man-blocks "$1" '^#include <libkregion.h>\n\n[^#]*[)];')
}

struct() { # NAME: without comments and empty lines
	gcc -fpreprocessed -dD -E -P -x c - | awk -v name="$1" '
		$0 == "struct " name " {" { inside = 1 }
		inside
		/^}/ { inside = 0 }' | tr -s ' \t' ' '
}

structs_agree_with_the_header() {
	local block name
	while read -r -d '' block; do
		name=${block#struct }
		name=${name%% *}
		diff <(struct "$name" <<<"$block") <(struct "$name" <"$header") ||
			return 1
	done < <(tests/static/man-blocks "$1" '^struct ')
}

synopsis_has_its_functions() {
	case $1 in
	kregion_*.3) diff <(names_of "$1") <(tests/static/man-blocks "$1" '^#include <libkregion.h>' |
		tr '\0' '\n' | sed '/main(/,$d' |
		grep -oE '\bkregion_[a-z_]+\(' | tr -d '(' | sort) ;;
	esac
}

# ---- functions and errors ----------------------------------------------------

exported() {
	sed -n 's/^\tkregion_\([a-z_]*\);/kregion_\1/p' userspace/lib/libkregion.map
}

every_function_has_a_page() {
	local function status=0
	[ "$(exported | wc -l)" -ge 19 ] || return 1
	for function in $(exported); do
		[ -e "$out/root/usr/share/man/man3/$function.3" ] || {
			echo "$function"
			status=1
		}
	done
	return $status
}

every_page_is_of_a_function() {
	diff <(exported | sort) <("$sources/names" |
		sed -n 's/^\(kregion_[a-z_]*\)\.3 .*/\1/p' | sort)
}

# "FUNCTION ERRNO" for each errno that the header's comment on the function names.
errors_in_the_header() {
	awk '
		/^\/\*/ { comment = "" }
		/^\/\*/, /\*\// { comment = comment $0 "\n"; next }
		match($0, /kregion_[a-z_]+\(/) {
			function_name = substr($0, RSTART, RLENGTH - 1)
			errors = substr(comment, index(comment, "errno"))
			count = split(errors, words, /[^A-Z0-9_]+/)
			for (i = 1; i <= count; i++)
				if (words[i] ~ /^E[A-Z0-9]+$/)
					print function_name, words[i]
		}' "$header" | sort -u
}

# The names in a page's ERRORS.
errors_in() {
	sed -n '/^# ERRORS$/,/^# [^E]/s/^\*\(E[A-Z0-9]*\)\*$/\1/p' "$1" | sort -u
}

errors_of_the_header_are_in_the_pages() {
	local function errno status=0
	[ "$(errors_in_the_header | wc -l)" -ge 20 ] || return 1
	while read -r function errno; do
		errors_in "$sources/$("$sources/names" |
			sed -n "s/^$function\.3 //p").scd" | grep -qx "$errno" || {
			echo "$function: $errno"
			status=1
		}
	done < <(errors_in_the_header)
	return $status
}

# What the calls of user space are answered, in the driver's files for them.
errors_of_the_driver() {
	grep -ohE -- '-E[A-Z0-9]+\b' driver/{file,io,ioctl,mmap,region}.c |
		tr -d - | sort -u
}

errors_of_the_driver_are_in_kregion_4() {
	[ "$(errors_of_the_driver | wc -l)" -ge 10 ] &&
		[ -z "$(comm -23 <(errors_of_the_driver) \
			<(sed -n '/^# ERRORS$/,/^# FILES/p' "$sources/kregion.4.scd" |
				grep -oE '\bE[A-Z0-9]{3,}\b' | sort -u) | tee /dev/stderr)" ]
}

errors_of_kregion_4_are_known() {
	local errno status=0
	[ "$(errors_in "$sources/kregion.4.scd" | wc -l)" -ge 10 ] || return 1
	for errno in $(errors_in "$sources/kregion.4.scd"); do
		grep -qwr "$errno" driver docs --include='*.[ch]' --include='*.md' || {
			echo "$errno"
			status=1
		}
	done
	return $status
}

# ---- commands ----------------------------------------------------------------

# The first word of each command in the examples: lines that begin with $ or #.
commands() {
	tests/static/man-blocks "$1" '^[$#] ' | tr -d '\0' | sed -n 's/^[$#] \([^ ]*\).*/\1/p' | sort -u
}

commands_exist() {
	local command status=0
	for command in $(commands "$1"); do
		[ -e "userspace/demos/$command.c" ] ||
			{ [ "$command" = kregion ] && [ -d userspace/cli ]; } ||
			PATH=$PATH:/sbin:/usr/sbin command -v "$command" >/dev/null || {
			echo "no command $command"
			status=1
		}
	done
	return $status
}

demos_are_described() {
	local demo
	for demo in userspace/demos/kregion-demo-*.c; do
		demo=$(basename "$demo" .c)
		names_of kregion-demo.1 | grep -qx "$demo" || return 1
		grep -q "^\*$demo\*$" "$sources/kregion-demo.1.scd" || return 1
	done
}

# ---- the command ------------------------------------------------------------

# Names of the commands, from "kregion --help": indented, then what each does.
commands_of_kregion() {
	"$out/kregion" --help | sed -nE 's/^  ([a-z]+)\b.*/\1/p'
}

# Options in a help, as -j and --json.
options_in() {
	grep -oE '(^|[ ,[|])--?[a-zA-Z][a-z-]*' | grep -oE -- '-.*' | sort -u
}

page_has_command() {
	grep -qE "^\*$1\*" "$sources/kregion.1.scd" || echo "no command $1"
}

page_has_options() { # COMMAND...
	local option
	while read -r option; do
		grep -qE -- "\*$option\*" "$sources/kregion.1.scd" ||
			echo "no option $option of kregion $*"
	done < <("$out/kregion" "$@" --help | options_in)
}

missing_in_kregion_1() {
	local command
	page_has_options
	while read -r command; do
		page_has_command "$command"
		page_has_options "$command"
	done < <(commands_of_kregion)
}

commands_and_options_are_in_kregion_1() {
	make -s -C userspace O="$out" "$out/kregion" &&
		[ "$(commands_of_kregion | wc -l)" -ge 9 ] &&
		! missing_in_kregion_1 | grep .
}

# What examples call, as "kregion list".
example_commands_exist() {
	local page command
	while read -r page command; do
		commands_of_kregion | grep -qx "$command" || {
			echo "$page: kregion $command"
			return 1
		}
	done < <(cd "$sources" && grep -E '^[$#] kregion [a-z]' ./*.scd |
		sed -E 's|^\./(.*)\.scd:. kregion ([a-z]+).*|\1 \2|')
}

mkdir -p "$out/include"
ln -sfn "$PWD/driver/uapi" "$out/include/kregion"

point "the pages are built and installed" builds
point "man renders each without a warning" each renders
point "mandoc has nothing to say" each mandoc_is_content
point "no line is wider than 80 columns" each fits
point "whatis finds each by its names" each is_found_by_its_names
point "each has the usual sections" each has_its_sections
point "each names the version" each names_the_version
point "references lead to pages" each references_exist
point "other names lead to their page" every_name_leads_to_a_page
point "examples in C compile" each examples_compile
point "tests/device/man.t.sh runs them" each programs_are_run
point "a synopsis agrees with the header" each synopsis_agrees_with_the_header
point "a synopsis has the functions of its NAME" each synopsis_has_its_functions
point "structs agree with the header" each structs_agree_with_the_header
point "commands in examples exist" each commands_exist
point "every function of the library has a page" every_function_has_a_page
point "every page is of a function that is exported" every_page_is_of_a_function
point "errors that the header names are in the pages" \
	errors_of_the_header_are_in_the_pages
point "errors of the driver are in kregion.4" errors_of_the_driver_are_in_kregion_4
point "errors in kregion.4 are the driver's" errors_of_kregion_4_are_known
point "commands and options of kregion are in kregion.1" \
	commands_and_options_are_in_kregion_1
point "commands of kregion in examples exist" example_commands_exist
point "every demo is described" demos_are_described
plan
