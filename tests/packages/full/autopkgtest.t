#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Both autopkgtests; make test has load-and-map. TAP.
exec "$(dirname "$(readlink -f "$0")")/../autopkgtest.t" all
