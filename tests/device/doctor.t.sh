#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kregion doctor in the virtual machine: break one thing, see the line that says so
# and the command that mends it, run that command, see the line ok again; TAP.
# What needs DKMS to build is in tests/device/doctor.t.
. tests/tap.sh
. tests/device/unload.sh
. tests/device/doctor-lib.sh

# Where the package is not installed, as its programs need a newer C library.
[ -x /usr/bin/kregion ] ||
	export LD_LIBRARY_PATH=/kregion/build/$KREGION_KERNEL/userspace

kernel=$(uname -r)
module=$(modinfo -n kregion)
version=$(modinfo -F version kregion)
away=$(mktemp -d)
own=/etc/modprobe.d/doctor-test.conf
boot=/etc/modules-load.d/kregion.conf
shopt -s nullglob
unload
modprobe kregion
udevadm settle

# ---- all is well -------------------------------------------------------------

healthy() {
	diagnose && ! grep -E '^(problem|warning|skipped)' "$diagnosis" &&
		[ "$(grep -c '^ok ' "$diagnosis")" = 12 ]
}

json() {
	kregion doctor --json >"$away/json" && python3 - "$away/json" <<-'END'
	import json, sys
	lines = json.load(open(sys.argv[1]))
	assert [line["check"] for line in lines][:3] == ["package", "dkms", "headers"]
	assert all(line["result"] == "ok" and line["fix"] is None for line in lines)
	assert all(set(line) == {"check", "result", "text", "fix"} for line in lines)
	END
}

json_of_a_problem() {
	chgrp 0 /dev/kregion0
	kregion doctor --json >"$away/json"
	[ $? = 1 ] && python3 - "$away/json" <<-'END'
	import json, sys
	[node] = [line for line in json.load(open(sys.argv[1])) if line["check"] == "node"]
	assert node["result"] == "problem" and "udevadm trigger" in node["fix"], node
	END
}

wrong_usage() {
	local arguments
	for arguments in --wrong extra --kernel '--kernel /'; do
		# shellcheck disable=SC2086	# words
		kregion doctor $arguments >"$away/out"
		[ $? = 2 ] && [ ! -s "$away/out" ] || return 1
	done
	kregion doctor --help | grep -q -- --kernel
}

point healthy healthy
point json json
point json_of_a_problem json_of_a_problem
point json_and_text_agree finds problem node
point trigger_mends_it mends ok node
point wrong_usage wrong_usage

# ---- module and DKMS ---------------------------------------------------------

headers_gone() {
	mv "/lib/modules/$kernel/build" "$away/build"
	finds warning headers "those of $kernel are missing" \
		"apt install linux-headers-$kernel"
}

# The module is gone, too: one problem, the headers; DKMS only waits for them.
headers_gone_before_build() {
	mv "$module" "$away/"
	mv /var/lib/dkms/kregion/kernel-* "$away/"
	finds problem headers "no module can be built" \
		"apt install linux-headers-$kernel" &&
		finds skipped dkms "no headers" && one_problem
}

not_built() {
	mv "$away/build" "/lib/modules/$kernel/build"
	finds problem dkms "$version is not built for $kernel" \
		"dkms install kregion/$version -k $kernel"
}

not_built_and_not_loaded() {
	unload
	finds skipped loaded "no module that this kernel takes" &&
		finds problem dkms "" "dkms install kregion/$version -k $kernel" &&
		one_problem
}

file_gone() {
	mv "$away"/kernel-* /var/lib/dkms/kregion/
	finds problem dkms "its kregion.ko is gone" \
		"dkms install --force kregion/$version -k $kernel"
}

file_back() {
	mv "$away/${module##*/}" "$module"
	finds ok dkms "$version is installed for $kernel"
}

another_kernel() {
	diagnose --kernel 9.9.9-none
	grep -q '^problem  dkms: no kernel 9.9.9-none is installed' "$diagnosis" &&
		grep -q '^skipped  loaded: another kernel is running' "$diagnosis"
}

point headers_gone headers_gone
point headers_gone_before_build headers_gone_before_build
point not_built not_built
point not_built_and_not_loaded not_built_and_not_loaded
point file_gone file_gone
point file_back file_back
point another_kernel another_kernel

# ---- loaded ------------------------------------------------------------------

not_loaded() {
	finds problem loaded "not loaded" "modprobe kregion"
}

refused_by_hand() {
	unload
	! modprobe kregion regions=vmaloc:64K &&
		finds problem loaded \
			"the kernel log says: kregion: regions=: 'vmaloc': expected a backend" \
			"modprobe kregion"
}

point not_loaded not_loaded
point modprobe_loads_it mends ok loaded
point refused_by_hand refused_by_hand
point modprobe_loads_it_again mends ok loaded

# ---- version -----------------------------------------------------------------

# A copy of the module, without its signature, that differs in one string.
changed_module() { # SED-SCRIPT FILE
	case $module in
	*.xz) xz -dc "$module" ;;
	*) cat "$module" ;;
	esac >"$2"
	objcopy "$2"
	LC_ALL=C sed -i "$1" "$2"
}

older_is_loaded() {
	unload
	changed_module 's/srcversion=...../srcversion=00000/' "$away/kregion.ko"
	insmod "$away/kregion.ko" && udevadm settle &&
		finds warning version "the loaded one serves until it is reloaded" \
			"modprobe -r kregion && modprobe -a kregion"
}

older_has_holders() {
	unload
	insmod "$away/kregion.ko" && modprobe kregion_demo && udevadm settle &&
		finds warning version "" \
			"modprobe -r kregion_demo kregion && modprobe -a kregion kregion_demo"
}

older_in_use() {
	unload
	insmod "$away/kregion.ko" && udevadm settle && exec 7<>/dev/kregion0 &&
		finds warning version "in use: close its files first"
	local status=$?
	exec 7>&-
	return $status
}

tools_differ() {
	unload
	cp -p "$module" "$away/saved"
	changed_module 's/\(.\)version='"$version"'/\1version=9.9.9/' "$away/new.ko"
	case $module in
	*.xz) xz -c "$away/new.ko" >"$module" ;;
	*) cp "$away/new.ko" "$module" ;;
	esac
	finds warning version "tools are $version, the module is 9.9.9" \
		"apt update && apt install kregion-dkms kregion-utils libkregion0"
	local status=$?
	cp -p "$away/saved" "$module"
	return $status
}

point older_is_loaded older_is_loaded
point reload_mends_it mends ok version
point older_has_holders older_has_holders
point reload_with_holders mends ok version
point older_in_use older_in_use
point tools_differ tools_differ
unload
modprobe kregion
udevadm settle

# ---- group, node, access -----------------------------------------------------

wrong_group() {
	chgrp 0 /dev/kregion0
	finds problem node "/dev/kregion0 is crw-rw---- root root" \
		"udevadm trigger --action=add --subsystem-match=kregion"
}

wrong_mode() {
	chmod 0666 /dev/kregion0
	finds problem node "/dev/kregion0 is crw-rw-rw- root kregion"
}

node_missing() {
	rm /dev/kregion0
	finds problem node "/dev/kregion0 is missing" \
		"modprobe -r kregion && modprobe -a kregion"
}

rule_missing() {
	mv /usr/lib/udev/rules.d/60-kregion.rules "$away/"
	chgrp 0 /dev/kregion0
	finds problem node "" "apt install --reinstall kregion-dkms && udevadm"
	local status=$?
	mv "$away/60-kregion.rules" /usr/lib/udev/rules.d/
	chgrp kregion /dev/kregion0
	return $status
}

group_missing() {
	sed -i.doctor /^kregion:/d /etc/group /etc/gshadow
	finds problem group "no group kregion" "systemd-sysusers kregion.conf && udevadm" &&
		finds skipped access "no group kregion" &&
		one_problem
}

as_nobody() { # GROUPS
	setpriv --reuid nobody --regid nogroup "$@" kregion doctor >"$diagnosis" 2>&1
}

no_member() {
	as_nobody --clear-groups
	[ $? = 1 ] &&
		said problem access "nobody is not in group kregion" "adduser nobody kregion" &&
		grep -q "^The commands are root's" "$diagnosis"
}

new_member() {
	sed -i 's/^\(kregion:.*\)/\1nobody/' /etc/group
	{ as_nobody --clear-groups; [ $? = 1 ]; } &&
		said problem access "not in this session" "newgrp kregion"
}

member() {
	as_nobody --init-groups && said ok access "nobody is in group kregion" &&
		said ok group "members: nobody"
}

behind_sudo() {
	SUDO_USER=daemon diagnose
	said problem access "daemon is not in group kregion" "adduser daemon kregion"
}

point wrong_group wrong_group
point trigger_mends_the_group mends ok node
point wrong_mode wrong_mode
point trigger_mends_the_mode mends ok node
point node_missing node_missing
point reload_makes_the_node mends ok node
point rule_missing rule_missing
point group_missing group_missing
point sysusers_makes_the_group mends ok group
point group_of_the_node_is_back finds ok node
point no_member no_member
point new_member new_member
point member member
point behind_sudo behind_sudo
sed -i 's/^\(kregion:.*:\)nobody$/\1/' /etc/group

# ---- configuration -----------------------------------------------------------

bad_regions() {
	unload
	echo 'options kregion regions=vmalloc:64Q' >"$own"
	! modprobe kregion &&
		finds problem options \
			"$own:1: regions=: '64Q': expected a size" \
			"sensible-editor +1 $own && modprobe kregion" &&
		finds skipped loaded "as its options are wrong; the kernel log says: kregion: regions=: '64Q'" &&
		one_problem
}

good_regions() {
	cat >"$own" <<-'END'
	# two devices
	options kregion \
	  regions=vmalloc:64K,kmalloc:1M:name=ring;scope=open,vmalloc:2p
	END
	modprobe kregion && udevadm settle && finds ok options "regions= is right"
}

twice() {
	echo 'options kregion regions=vmalloc:1M' >>"$own"
	finds warning options "$own:4: regions= is given again" "sensible-editor +4 $own"
}

unknown_parameter() {
	echo 'options kregion region=vmalloc:1M dyndbg=+p' >"$own"
	finds warning options "$own:1: kregion has no parameter 'region'" &&
		[ "$(grep -c ^warning "$diagnosis")" = 1 ]
}

blacklisted() {
	echo 'blacklist kregion' >"$own"
	finds warning options "$own:1: 'blacklist kregion' keeps it from being loaded"
}

another_module() {
	echo 'options kregion_demo regions=x' >"$own"
	finds ok options "no regions= is given"
}

hidden_by_etc() {
	echo 'options kregion regions=nonsense' >/usr/lib/modprobe.d/doctor-test.conf
	finds ok options "no regions= is given"
	local status=$?
	rm "$own"
	finds problem options "/usr/lib/modprobe.d/doctor-test.conf:1:" || status=1
	rm /usr/lib/modprobe.d/doctor-test.conf
	return $status
}

boot_masked() {
	ln -s /dev/null "$boot"
	finds warning boot "$boot hides the package's" "rm $boot"
}

boot_forgotten() {
	mv /usr/lib/modules-load.d/kregion.conf "$away/"
	finds warning boot "no file in modules-load.d names kregion" \
		"echo kregion >$boot"
}

point bad_regions bad_regions
point good_regions good_regions
point twice twice
point unknown_parameter unknown_parameter
point blacklisted blacklisted
point another_module another_module
point hidden_by_etc hidden_by_etc
point boot_masked boot_masked
point rm_unmasks_it mends ok boot
point boot_forgotten boot_forgotten
point echo_mends_it mends ok boot
rm -f "$boot"
mv "$away/kregion.conf" /usr/lib/modules-load.d/

point healthy_again healthy
unload
rm -r "$away"
plan
