#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The unit tests on the host, under the address and undefined sanitizers; TAP.
set -e
cd "$(dirname "$(readlink -f "$0")")/../.."
tests/vm/host-setup gcc libc6-dev libcmocka-dev >&2
mkdir -p build/unit
gcc -std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined \
	-fno-sanitize-recover=all -Idriver -o build/unit/test-spec \
	tests/unit/test-spec.c driver/spec.c -lcmocka
CMOCKA_MESSAGE_OUTPUT=TAP exec build/unit/test-spec
