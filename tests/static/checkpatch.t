#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# checkpatch --strict over all C of the tree; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

# clean IGNORED-TYPES FILE...: nothing but the totals of clean files is printed.
clean() {
	local ignore=$1
	shift
	! tests/static/checkpatch ${ignore:+--ignore "$ignore"} "$@" |
		grep -v '^total: 0 errors, 0 warnings, 0 checks'
}

mapfile -t driver < <(find driver -name '*.[ch]' ! -name trace.h ! -name compat.h \
	! -name '*.mod.c' | sort)
mapfile -t programs < <(find userspace tests -name '*.[ch]' | sort)
# Programs use the C library's types and cmocka's names.
program_types=PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE,NEW_TYPEDEFS
program_types+=,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME
program_types+=,OPEN_ENDED_LINE,SPLIT_STRING,LONG_LINE_STRING

point "driver" clean "" "${driver[@]}"
# The macros of tracepoints have a layout of their own in the whole kernel.
point "driver, tracepoints" clean OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT \
	driver/trace.h
# It names what newer kernels deprecate: that is its purpose.
point "driver, compat.h" clean DEPRECATED_API driver/compat.h
point "userspace and tests" clean "$program_types" "${programs[@]}"
plan
