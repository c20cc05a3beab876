#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tests/kernels/NAME.t are links to this file: the device tests on that kernel.
cd "$(dirname "$0")/../.." && exec tests/device/run "$(basename "$0" .t)"
