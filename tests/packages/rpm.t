#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Upgrade flows on the RPM root, in short form. TAP.
exec "$(dirname "$(readlink -f "$0")")/rpm-flows" b
