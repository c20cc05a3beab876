#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Of the device tests of which User-Mode Linux has all that they need, those that debug.t
# does not have; TAP.
cd "$(dirname "$0")/../.." && exec tests/device/run uml compat out-of-tree \
	read-write
