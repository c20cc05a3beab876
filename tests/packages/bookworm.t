#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on bookworm for make test; full/bookworm.t has all. TAP.
exec "$(dirname "$(readlink -f "$0")")/flows" bookworm b c
