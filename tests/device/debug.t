#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The device tests that matter most where the kernel checks each access, on the debug
# kernel; tests/kernels/debug.t has them all. TAP.
cd "$(dirname "$0")/../.." && exec tests/device/run debug demo fork-mremap gone \
	hostile in-kernel ioctl lib mmap-private mmap-shared pci read-write
