#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# As uml.t, but only each third allocation fails; TAP.
KREGION_STEP=3 exec "$(dirname "$(readlink -f "$0")")/uml.t"
