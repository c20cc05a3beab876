#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A machine whose CPU has no PAT (kernel parameter "nopat"): wc is refused there with a
# line that says so, the rest works; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
kernel=6.12
tests/device/prepare $kernel >&2 && tests/device/compile $kernel >&2 || exit 1
exec tests/vm/run --kernel $kernel --pci --append nopat -- tests/device/nopat-guest
