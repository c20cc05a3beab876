#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kregion doctor with the DKMS of bookworm and of trixie. TAP.
exec "$(dirname "$(readlink -f "$0")")/../../device/doctor.t" 6.1 6.12
