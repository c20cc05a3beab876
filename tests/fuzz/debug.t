#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 200,000 random calls on the debug kernel, checked against a model; TAP. Half of
# them from seed 1, half from one that is drawn; SEED=NUMBER: all from that.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/fuzz/lib.sh
blind debug 200000
plan
