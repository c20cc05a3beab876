#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on trixie-backports for make test; full/trixie-backports.t has all. TAP.
exec "$(dirname "$(readlink -f "$0")")/flows" trixie-backports i
