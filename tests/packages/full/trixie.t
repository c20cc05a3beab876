#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on trixie. TAP.
exec "$(dirname "$(readlink -f "$0")")/../flows" trixie a b c d e e-live f g h i
