#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that is locked down while the driver is loaded, first "integrity", then
# "confidentiality" (kernel_lockdown(7)): what goes on, what is refused; TAP. What
# Secure Boot adds to it is in tests/packages/secure-boot.t.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
kernel=6.12
tests/device/prepare $kernel >&2 && tests/device/compile $kernel >&2 || exit 1
exec tests/vm/run --kernel $kernel --pci -- tests/device/lockdown-guest
