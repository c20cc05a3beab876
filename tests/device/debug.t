#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Device tests that take seconds where the kernel checks each access, on the debug kernel;
# tests/kernels/debug.t has them all. TAP.
cd "$(dirname "$0")/../.." && KREGION_MEMORY=1G exec tests/device/run debug demo \
	fork-mremap gone in-kernel ioctl mmap-private mmap-shared
