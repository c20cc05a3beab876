#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debian's kernels zero all memory when it is allocated, which hides a driver that
# forgets to. Where they do not (init_on_alloc=0), regions start zeroed all the same.
# Not in every machine, as the same parameter turns off the kernel's own checks of the
# pages that are freed ("Bad page state"); TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
kernel=6.12
tests/device/prepare $kernel >&2 && tests/device/compile $kernel >&2 || exit 1
exec tests/vm/run --kernel $kernel --memory 3G --pci --append "init_on_alloc=0 init_on_free=0" -- \
	tests/device/guest stale-memory scope layout
