#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# As uml.t, but only each sixth allocation fails, and lost memory is looked for once, at
# the end; TAP.
KREGION_STEP=6 KREGION_LOOK=4 exec "$(dirname "$(readlink -f "$0")")/uml.t"
