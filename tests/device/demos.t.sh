#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The demo programs: they pass, say what the sources want to see, and their exit
# status is not 0 when they see something else; TAP.
. tests/tap.sh
. tests/device/unload.sh

run() { "$@" >/tmp/demo 2>&1 || { cat /tmp/demo; return 1; }; }
fails() { ! run "$@"; }
status_is() {
	local wanted=$1
	shift
	"$@" >/tmp/demo 2>&1
	[ $? = "$wanted" ] || { cat /tmp/demo; return 1; }
}
said() { grep -F -- "$1" /tmp/demo || { cat /tmp/demo; return 1; }; }
said_like() { grep -E -- "$1" /tmp/demo || { cat /tmp/demo; return 1; }; }

# The address of the machine's edu device, and its node.
edu=$(grep -l 0x11e8 /sys/bus/pci/devices/*/device | cut -d/ -f6)
node=/dev/kregion-pci-${edu//[:.]/-}

bind_edu() {
	modprobe kregion_pci
	echo kregion_pci >"/sys/bus/pci/devices/$edu/driver_override"
	echo "$edu" >/sys/bus/pci/drivers_probe
}

unbind_edu() {
	echo "$edu" >/sys/bus/pci/drivers/kregion_pci/unbind
	echo >"/sys/bus/pci/devices/$edu/driver_override"
	rmmod kregion_pci
}

as_nobody() { setpriv --reuid nobody --regid kregion --clear-groups "$@"; }

wait_for_group() {
	for _ in {1..600}; do
		[ "$(stat -c %G /dev/kregion0)" != kregion ] || return 0
		sleep 0.1
	done
	return 1
}

# RAM is write-combine on x86 alone.
type="wc"
[ -e "build/$KREGION_KERNEL/tests/module/kregion_caches.ko" ] || type=wb
modprobe kregion "regions=vmalloc:16p,kmalloc:16p;kmalloc:16p:$type,vmalloc:16p:$type;scope=open,vmalloc:1p;scope=open,kmalloc:1p"
modprobe kregion_demo

# S1
point status_passes run kregion-demo-status
point status_shared said "read-only shared mapping: 0xbbbbbbbb"
point status_private said "private writable mapping: 0xbbbbbbbb"
point status_copy_on_write said "after writing 0x12345678 privately: shared 0xbbbbbbbb, private 0x12345678"
point status_shared_is_read_only said "shared writable mapping: Permission denied"
point status_ticks said_like "^counter [0-9]+, time [0-9.]+ s"
point status_fails_without_the_record fails kregion-demo-status 0

# S2
bind_edu
point registers_passes run kregion-demo-registers
point registers_address said "address 0x4: page at 0x0, 4 bytes into it"
point registers_identification said "identification 0x010000ed"
point registers_liveness said "liveness: wrote 0x12345678, read 0xedcba987"
point registers_factorial said "factorial of 10: 3628800"
point registers_by_node run kregion-demo-registers "$node" 4
point registers_outside_the_bar status_is 1 kregion-demo-registers "$node" 0x100000
point registers_says_why said "0x100000"
point registers_bad_number status_is 2 kregion-demo-registers "$node" 0x4z
point registers_wrong_place_is_noticed fails kregion-demo-registers "$node" 0x80
unbind_edu
point registers_fails_without_a_device fails kregion-demo-registers

# S3
for device in 0 1; do
	wc=" wc"
	[ $device$type = 1wc ] || wc=""
	point "cow_passes_on_$device" run kregion-demo-cow $device
	for region in vmalloc kmalloc; do
		point "cow_shared_$region$wc" said "$region$wc region, MAP_SHARED : the mapping has \"new\", read() sees \"new\": ok"
		point "cow_private_$region$wc" said "$region$wc region, MAP_PRIVATE: the mapping has \"new\", read() sees \"old\": ok"
	done
done

# S4a, S4b
point scopes_passes run kregion-demo-scopes 2 3 0
point scopes_first said_like "^device 0, first open: +0_A$"
point scopes_second said_like "^device 0, second open: +0_B$"
point scopes_other_device said_like "^device 1, first open: +1_A$"
point scopes_past_the_end said_like "of 4096: No such device or address$"
point scopes_shared said "shared device, second opener sees: shared value"
point scopes_fails_on_shared_devices fails kregion-demo-scopes 0 3 0
point scopes_fails_on_a_private_shared_device fails kregion-demo-scopes 2 3 2

# S4c
point address_passes run kregion-demo-address 0
point address_is_told_to_root said "physical address 0x$(printf %x "$(cat /sys/class/kregion/kregion0/regions/1/phys_addr)")"
point address_of_scattered_pages said "scattered pages, no one address"
point udev_gives_the_node_to_the_group wait_for_group
point address_passes_for_others run as_nobody "$(command -v kregion-demo-address)" 0
point address_is_hidden_from_others said "physical address: hidden (root only)"

# S5
point regions_passes run kregion-demo-regions
point regions_shows_the_vmalloc_text said '"hello from the kernel: this is the vmalloc region"'
point regions_shows_the_kmalloc_text said '"hello from the kernel: this is the kmalloc region"'
point regions_shows_the_number said "  1000"
point regions_refuses_another_offset said "page offset 1000: No such device or address"
point regions_refuses_too_much said "17 pages of a region of 16: Invalid argument"
point regions_fails_without_the_texts fails kregion-demo-regions /dev/kregion0
point regions_fails_without_the_node fails kregion-demo-regions /dev/nothing

unload
modprobe kregion 'regions=vmalloc:16p,kmalloc:16p:ro'
point cow_fails_on_a_read_only_region fails kregion-demo-cow
unload

# All of them, under headings, in the order of the rows.
headings_are_in_order() {
	diff <(grep -oE '^== S[0-9][abc, S0-9]*' /tmp/demo) - <<-END
		== S1
		== S2
		== S3
		== S3
		== S4a, S4b
		== S4c
		== S5
	END
}
point run_all_passes run userspace/demos/run-all
point run_all_has_the_rows_in_order headings_are_in_order
point run_all_leaves_nothing_loaded [ ! -e /sys/module/kregion ]
plan
