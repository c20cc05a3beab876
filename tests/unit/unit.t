#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The unit tests on the host, under the address and undefined sanitizers; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup gcc libc6-dev libcmocka-dev >&2 || exit 1
. tests/tap.sh
mkdir -p build/unit

# run NAME ARGUMENT...: build the test NAME with these arguments of gcc, run it,
# and show its points under NAME, numbered on.
run() {
	local name=$1 ran
	shift
	point "$name: builds" gcc -std=gnu11 -O1 -g -Wall -Wextra -Werror \
		-fsanitize=address,undefined -fno-sanitize-recover=all \
		-o "build/unit/test-$name" "tests/unit/test-$name.c" "$@" -lcmocka
	CMOCKA_MESSAGE_OUTPUT=TAP "build/unit/test-$name" >"build/unit/$name.tap" \
		2>"build/unit/$name.err"
	status=$?
	awk -v name="$name" -v number="$number" '/^(not )?ok / {
		result = /^not/ ? "not ok" : "ok"
		sub(/^(not )?ok [0-9]* *-? */, "")
		print result, ++number, "-", name ": " $0
	}' "build/unit/$name.tap"
	ran=$(grep -cE '^(not )?ok ' "build/unit/$name.tap")
	number=$((number + ran))
	point "$name: all ran, no sanitizer complains" finished "$name" "$ran"
}

# finished NAME RAN: a crash or a leak shows in the exit status.
finished() {
	cat "build/unit/$1.err"
	grep -qx "1\.\.$2" "build/unit/$1.tap" && [ "$status" = 0 ]
}

run spec -Idriver driver/spec.c
run lib -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 '-DKREGION_VERSION=""' \
	-Iuserspace/lib -Idriver/uapi -Idriver userspace/lib/*.c driver/spec.c \
	-Wl,--wrap=pread64,--wrap=pwrite64
plan
