#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every upgrade flow on the RPM root. TAP.
exec "$(dirname "$(readlink -f "$0")")/../rpm-flows" a b c d e f g g-live h
