#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The driver builds without one warning, W=1 too, with each kernel's own
# compiler, and the probes of the headers say what that kernel has; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/static/check-build.sh

check 5.10 ""
check 6.1 "KMAP_LOCAL_PAGE"
check 6.12 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
check 7.2 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
check 7.3 "COPY_SPLICE_READ KMAP_LOCAL_PAGE VM_FLAGS_SET"
plan
