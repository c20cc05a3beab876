#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on sid for make test; full/sid.t has all. TAP.
exec "$(dirname "$(readlink -f "$0")")/flows" sid i
