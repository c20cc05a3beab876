#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Both lintians; make test has trixie's. TAP.
exec "$(dirname "$(readlink -f "$0")")/../lint.t" bookworm trixie
