#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# piuparts installs the packages in a copy of bookworm's root, upgrades them from
# this version to the next, removes and purges them, and looks for what is left;
# 60 s; TAP.
cd "$(dirname "$(readlink -f "$0")")/../../.." || exit 1
tests/vm/host-setup piuparts >&2 || exit 1
tests/packages/build-deb >&2 || exit 1
tests/packages/build-deb --version 9.0.0 build/deb-9.0.0 >&2 || exit 1
. tests/tap.sh

work=$PWD/build/piuparts
rm -rf "$work"
mkdir -p "$work/scripts"
# It is bound into the root, at the same path: one that apt's own user can reach.
served=$(mktemp -d)
trap 'rm -rf "$served" "$tap_says"' EXIT
chmod 755 "$served"
packaging/repo-apt build/deb "$served" >&2 || exit 1

# piuparts runs this in the root before it reads apt's lists.
cat >"$work/scripts/post_chroot_unpack_add_repository" <<END
#!/bin/sh
cp "$served/kregion.asc" /etc/apt/keyrings
cp "$served/kregion.sources" /etc/apt/sources.list.d
END
chmod +x "$work/scripts/"*

# The key that dkms makes for signing modules is dkms's, and may be enrolled.
run_piuparts() (
	. tests/vm/lib.sh
	use_root 6.1
	unshare --mount --pid --fork --kill-child --mount-proc piuparts \
		--existing-chroot="$roots/6.1/rootfs" --tmpdir="$work" \
		--distribution=bookworm --keep-sources-list --no-eatmydata \
		--bindmount="$served" --scriptsdir="$work/scripts" \
		--ignore-regex='/var/lib/dkms/mok\.(key|pub)' \
		--log-file="$work/log" build/deb-9.0.0/*.deb >"$work/out" 2>&1 ||
		{ grep -A 15 -E ' (ERROR|FAIL)' "$work/out"; return 1; }
)

point "piuparts finds nothing" run_piuparts
point "what it installed was built" grep -q 'Installing to /lib/modules' "$work/log"
point "it upgraded from this version" \
	grep -qE "Unpacking kregion-dkms \(9.0.0\) over \(" "$work/log"
plan
