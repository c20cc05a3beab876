#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The demo programs: they pass, say what the sources want to see, and their exit
# status is not 0 when they see something else; TAP.
. tests/tap.sh
. tests/device/unload.sh

run() { "$@" >/tmp/demo 2>&1 || { cat /tmp/demo; return 1; }; }
fails() { ! run "$@"; }
said() { grep -F -- "$1" /tmp/demo || { cat /tmp/demo; return 1; }; }

modprobe kregion
modprobe kregion_demo
point regions_passes run kregion-demo-regions
point regions_shows_the_vmalloc_text said '"hello from the kernel: this is the vmalloc region"'
point regions_shows_the_kmalloc_text said '"hello from the kernel: this is the kmalloc region"'
point regions_shows_the_number said "  1000"
point regions_refuses_another_offset said "page offset 1000: No such device or address"
point regions_refuses_too_much said "17 pages of a region of 16: Invalid argument"
point cow_passes run kregion-demo-cow
for region in vmalloc kmalloc; do
	point "cow_shared_$region" said "$region region, MAP_SHARED : the mapping has \"new\", read() sees \"new\": ok"
	point "cow_private_$region" said "$region region, MAP_PRIVATE: the mapping has \"new\", read() sees \"old\": ok"
done
point regions_fails_without_the_texts fails kregion-demo-regions /dev/kregion0
point regions_fails_without_the_node fails kregion-demo-regions /dev/nothing
unload
modprobe kregion 'regions=vmalloc:16p,kmalloc:16p:ro'
point cow_fails_on_a_read_only_region fails kregion-demo-cow
unload
plan
