# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034	# for the scripts that source this
# What the Debian packages are made of.
sources=(dkms.conf Makefile LICENSE README.md driver userspace debian)
