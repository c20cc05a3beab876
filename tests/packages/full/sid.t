#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on sid. TAP.
exec "$(dirname "$(readlink -f "$0")")/../flows" sid a b c d e f g g-live h i
