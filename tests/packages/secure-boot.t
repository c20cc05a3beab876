#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module under Secure Boot, by the path a Debian machine boots: without the
# key of DKMS among the machine owner's keys it is refused, with it it works. TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/tap.sh

kernels=(6.1 6.12)
kernel=6.12
out=build/secure-boot
parts=/kregion/build/$kernel/secure-boot
owner=605dab50-e046-4300-abb6-3dd810dd8b23	# who is named as having put it there: shim

tests/vm/host-setup ovmf >&2 || exit 1
for name in "${kernels[@]}"; do
	tests/device/prepare "$name" >&2 || exit 1
done
rm -rf "$out"
mkdir -p "$out"/{without,with}

sign_with_another_key() {
	# shellcheck disable=SC2016	# for the root's shell
	tests/vm/enter $kernel bash -euc '
		openssl req -new -x509 -newkey rsa:2048 -nodes -subj "/CN=another key/" \
			-keyout /tmp/key -out /tmp/certificate
		"/lib/modules/$KVER/build/scripts/sign-file" sha256 \
			/tmp/key /tmp/certificate "$1/unsigned.ko" "$1/other.ko"
		modinfo -F signer "$1/other.ko" | grep "another key"' - "$parts"
}

# Variables of a firmware as it is sold, with Microsoft's keys; then the key of
# DKMS among the machine owner's keys as well, where MokManager would put it.
make_variables() {
	cp /usr/share/OVMF/OVMF_VARS_4M.ms.fd $out/without/variables
	tests/vm/enter $kernel sh -euc "
		apt-get -q update
		apt-get -y --no-install-recommends install python3-virt-firmware
		virt-fw-vars -i /kregion/$out/without/variables \
			-o /kregion/$out/with/variables --add-mok $owner $parts/mok.pem"
}

boot() { # boot without|with
	tests/vm/run --kernel $kernel --out "$out/$1" --secure-boot "$out/$1/variables" \
		-- tests/packages/secure-boot-guest "$parts"
}

said() { # said RUN FILE LINE: the whole line is there
	grep -qx -- "$3" "$out/$1/$2" || {
		cat "$out/$1/$2"
		return 1
	}
}

enforced() {
	said "$1" secure-boot ' *1' &&
		said "$1" lockdown 'none \[integrity\] confidentiality' &&
		grep 'secureboot: Secure boot enabled' "$out/$1/dmesg"
}

refused() { # refused RUN MODULE MESSAGE
	said "$1" "$2" 'status 1' && said "$1" "$2" ".*: $3"
}

in_log() {
	grep "$2" "$out/$1/dmesg" || {
		tail "$out/$1/dmesg"
		return 1
	}
}

no_device() { said without node 'status 2'; }

works() {
	said with module 'status 0' && said with node 'status 0' &&
		said with demo 'status 0'
}

command_that_enrols() {
	said without doctor 'status 1' &&
		grep 'mokutil --import /var/lib/dkms/mok.pub' $out/without/doctor
}

nothing_to_enrol() {
	grep "^ok  *signature: .*Secure Boot on" $out/with/doctor
}

for name in "${kernels[@]}"; do
	point "$name: /var/lib/dkms/mok.pub made the signature of the module" tests/vm/enter \
		"$name" tests/packages/signed-module "/kregion/build/$name/secure-boot"
done
point "a module signed by another key" sign_with_another_key
point "variables of a firmware, with and without the key" make_variables

point "a machine without the key" boot without
point "Secure Boot is enforced, the kernel locked down" enforced without
point "the module is refused" refused without module "Key was rejected by service"
point "the log tells why" in_log without "Loading of module with unavailable key is rejected"
point "there is no device" no_device

point "a machine with the key" boot with
point "Secure Boot is enforced there, too" enforced with
point "the module, its device and a demo work" works
point "a module without signature is refused" refused with unsigned "Key was rejected by service"
point "a module signed by another key is refused" refused with other "Key was rejected by service"

if [ -e userspace/cli/doctor.c ]; then
	point "doctor names the command that enrols the key" command_that_enrols
	point "doctor is content with the key" nothing_to_enrol
else
	skip "doctor names the command that enrols the key" "no doctor yet"
	skip "doctor is content with the key" "no doctor yet"
fi
plan
