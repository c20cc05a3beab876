#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Of short.t what takes devices away from their users, and all at once, where KASAN and
# lockdep look on; TAP.
cd "$(dirname "$0")/../.." && KREGION_TURNS=1 exec tests/concurrency/run debug 2 vanish storm
