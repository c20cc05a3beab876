#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A million random calls on Debian's kernel, checked against a model; TAP. Half of
# them from seed 1, half from one that is drawn; SEED=NUMBER: all from that.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/fuzz/lib.sh
blind 6.12 1000000
plan
