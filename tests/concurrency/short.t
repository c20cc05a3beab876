#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A few rounds of each test of this folder, on Debian's kernel; TAP.
cd "$(dirname "$0")/../.." && KREGION_TURNS=1 exec tests/concurrency/run 6.12 10
