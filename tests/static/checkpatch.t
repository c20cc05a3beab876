#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# checkpatch --strict over all C of the tree; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
number=0

# files NAME, IGNORED TYPES (comma-separated, may be empty), FILE...
files() {
	local name=$1 ignore=$2 output
	shift 2
	number=$((number + 1))
	output=$(tests/static/checkpatch ${ignore:+--ignore "$ignore"} "$@" |
		grep -v '^total: 0 errors, 0 warnings, 0 checks')
	if [ -z "$output" ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		echo "# ${output//$'\n'/$'\n'# }"
	fi
}

mapfile -t driver < <(find driver -name '*.[ch]' ! -name trace.h ! -name compat.h \
	! -name '*.mod.c' | sort)
files "driver" "" "${driver[@]}"
# The macros of tracepoints have a layout of their own in the whole kernel.
files "driver, tracepoints" OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT driver/trace.h
# It names what newer kernels deprecate: that is its purpose.
files "driver, compat.h" DEPRECATED_API driver/compat.h
# Programs use the C library's types and cmocka's names.
mapfile -t programs < <(find userspace tests -name '*.[ch]' | sort)
files "userspace and tests" \
	PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME,NEW_TYPEDEFS,OPEN_ENDED_LINE,SPLIT_STRING,LONG_LINE_STRING \
	"${programs[@]}"
echo "1..$number"
