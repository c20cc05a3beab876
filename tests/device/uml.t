#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The device tests of which User-Mode Linux has all that they need, on it; TAP.
cd "$(dirname "$0")/../.." && exec tests/device/run uml compat demo ioctl mmap-shared \
	out-of-tree read-write
