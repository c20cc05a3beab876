#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The driver in a 32-bit kernel, Debian's for i386, whose addresses end at 4 GiB; TAP.
# There is no system around it: a busybox runs i386-init.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh
. tests/static/check-build.sh
out=build/i386/machine

# The kernel and a busybox; in the root, as its apt knows that architecture.
fetch() {
	rm -rf $out/{unpacked,initrd,tap,console}
	mkdir -p $out
	# shellcheck disable=SC2016	# the root's variables
	tests/vm/enter i386 --base sh -ec 'cd "/kregion/$1"
		ls debs/linux-image-"$KVER"_* >/dev/null 2>&1 || {
			rm -rf debs
			mkdir debs
			cd debs
			apt-get -q download "linux-image-$KVER:i386" busybox-static:i386
		}' sh $out
	for deb in "$out"/debs/*.deb; do dpkg-deb -x "$deb" $out/unpacked; done
}

make_initrd() {
	local new=$out/initrd.new
	rm -rf $new
	mkdir -p $new/{bin,dev,proc,sys,tmp}
	cp $out/unpacked/bin/busybox $new/bin
	find $out/unpacked -name configfs.ko -exec cp {} $new \;
	cp build/i386/module/driver/kregion.ko tests/tap.sh $new
	cp tests/device/i386-init $new/init
	(cd $new && find . | cpio -o -H newc --quiet) >$out/initrd
}

boot() {
	timeout -k 5 300 qemu-system-i386 -nodefaults -display none -no-reboot -cpu max -m 1G \
		-kernel $out/unpacked/boot/vmlinuz-* -initrd $out/initrd -append \
		'console=ttyS0 panic=-1' -serial file:$out/console -serial file:$out/tap
}

tests/vm/host-setup qemu-system-x86 cpio >&2
check i386 "KMAP_LOCAL_PAGE"
{ fetch && make_initrd && boot; } >&2 || echo "i386.t: no machine, or it hung" >&2
while IFS= read -r line; do
	point "i386: ${line#*- }" [ "${line%% *}" = ok ]
done < <(tr -d '\r' <$out/tap | grep -E '^(not )?ok')
point "i386: all 5 tests ran" grep -q '^1\.\.5' $out/tap
point "i386: the kernel log is clean" tests/vm/klog $out/console
plan
