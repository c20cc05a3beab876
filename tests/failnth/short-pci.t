#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Of what debug.t has: PCI, where each twentieth allocation fails; TAP.
KREGION_STEP=20 KREGION_LOOK=4 exec "$(dirname "$(readlink -f "$0")")/run" debug pci
