#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on trixie-backports. TAP.
exec "$(dirname "$(readlink -f "$0")")/../flows" trixie-backports a b c d e f g h i
