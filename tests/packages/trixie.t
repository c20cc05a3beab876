#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on trixie for make test; full/trixie.t has all. TAP.
exec "$(dirname "$(readlink -f "$0")")/flows" trixie d
