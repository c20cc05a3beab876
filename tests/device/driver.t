#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tests/kernels/driver/NAME.t are links to this file: the device tests on that kernel, but
# for those of programs and texts, which on one kernel say as much.
cd "$(dirname "$0")/../../.." && exec tests/device/run "$(basename "$0" .t)" --driver
