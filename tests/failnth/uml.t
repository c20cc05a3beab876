#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Failing allocations, all but those of PCI and of cache attributes, on User-Mode Linux,
# where they take seconds; TAP.
exec "$(dirname "$(readlink -f "$0")")/run" uml load open map transfer configfs
