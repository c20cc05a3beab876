#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command kregion, the demos, the library and its tests, built with the address and
# undefined sanitizers, on real devices: what they find ends the program, and its test
# fails; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
kernel=6.12
out=/kregion/build/$kernel/sanitized
build() { # MAKE-ARGUMENT...
	tests/vm/enter $kernel make -s -j2 O=$out CFLAGS="-O1 -g -Wall -Wextra -Werror \
		-fsanitize=address,undefined -fno-sanitize-recover=all" "$@" >&2
}

tests/device/prepare $kernel >&2 && tests/device/compile $kernel >&2 &&
	build -C userspace && build -C tests/device $out/test-lib || exit 1
exec tests/vm/run --kernel $kernel --memory 3G --timeout 900 --pci -- \
	env LD_LIBRARY_PATH=$out KREGION_PROGRAMS=$out \
	sh -c "PATH=$out:\$PATH exec tests/device/guest cli demos lib"
