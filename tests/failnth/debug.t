#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Failing allocations of what User-Mode Linux does not have: cache attributes, PCI; TAP.
exec "$(dirname "$(readlink -f "$0")")/run" debug caches open map pci
