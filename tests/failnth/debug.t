#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Failing allocations of what User-Mode Linux does not have: cache attributes, PCI; TAP.
# Looks at all pages, and loading, take seconds there: make coverage has one for each
# failure.
KREGION_LOOK=4 exec "$(dirname "$(readlink -f "$0")")/run" debug caches open map pci
