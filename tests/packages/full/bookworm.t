#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on bookworm. TAP.
exec "$(dirname "$(readlink -f "$0")")/../flows" bookworm a a-live b c d e f g g-live h i
