#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A million random calls on Debian's kernel, checked against a model; TAP. SEED=NUMBER
# makes others than those of the default, 1.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/fuzz/lib.sh
blind 6.12 1000000
plan
