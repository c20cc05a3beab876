#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on bullseye. TAP.
exec "$(dirname "$(readlink -f "$0")")/../flows" bullseye a b c d e f g h i
