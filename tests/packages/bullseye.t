#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on bullseye for make test; full/bullseye.t has all. TAP.
exec "$(dirname "$(readlink -f "$0")")/flows" bullseye i
