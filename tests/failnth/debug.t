#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Failing allocations of what User-Mode Linux does not have: cache attributes, PCI; TAP.
# One failure takes seconds there, so it has each sixth, but each of bind and of opening
# regions that are not write-back, and lost memory is looked for at the end; make coverage
# has each of all, on a kernel without checks.
KREGION_STEP=6 KREGION_DENSE=1 KREGION_LOOK=4 \
	exec "$(dirname "$(readlink -f "$0")")/run" debug caches open map pci
