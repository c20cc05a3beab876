#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The apt repository of make repo, used as README.md says: apt installs by name
# from it, and refuses it when it was changed or is signed by another key; 60 s; TAP.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
tests/vm/host-setup --only python3 >&2 || exit 1
tests/packages/build-deb >&2 || exit 1
. tests/tap.sh

work=$PWD/build/repo-apt
rm -rf "$work"
mkdir -p "$work"

# Another user of this machine may have the port: the kernel picks one.
python3 -u - "$work" >"$work/port" <<'END' &
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
handler.func.log_message = lambda *args: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port)
server.serve_forever()
END
server=$!
trap 'kill $server; rm -rf "$tap_says"' EXIT
until [ -s "$work/port" ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat "$work/port")

publish() { # NAME [KEYS]
	KREGION_KEYS=${2:-$PWD/build/keys} packaging/repo-apt --url "$url/$1" build/deb "$work/$1" >&2
}

# What README.md tells a user of Debian to type, with this test's address.
commands() { # NAME
	sed -n 's|^    ||; \|^/usr/lib/apt/apt-helper |p; /^apt update/p' README.md |
		sed "s|https://example.org/kregion/apt/|$url/$1/|"
}

# as_user COMMANDS: in a root that is thrown away.
as_user() {
	tests/vm/enter 6.12 --base bash -exc "
		unset http_proxy
		export DEBIAN_FRONTEND=noninteractive
		apt() { apt-get -y --no-install-recommends \
			-o APT::Update::Error-Mode=any \"\$@\"; }
		$1"
}

three_lines() {
	commands good
	[ "$(commands good | wc -l)" = 3 ]
}

installs() {
	as_user "$(commands good)
		dpkg-query -W kregion-dkms kregion-utils
		dkms status | grep 'kregion.*installed'
		modinfo -k \$KVER kregion"
}

# refuses NAME MESSAGE: apt, with the key of the good one.
refuses() {
	local said
	! said=$(as_user "$(commands "$1" | sed "s|$url/$1/kregion.asc|$url/good/kregion.asc|")" 2>&1) || {
		echo "it was accepted"
		return 1
	}
	echo "$said" | tail -n 30
	grep -qE "$2" <<<"$said" && ! grep -q '^Unpacking kregion' <<<"$said"
}

changed_index() {
	publish index &&
		sed -i 's/^Version: .*/Version: 9.0/' "$work"/index/dists/stable/main/binary-amd64/Packages &&
		xz -kf "$work"/index/dists/stable/main/binary-amd64/Packages &&
		refuses index 'Hash Sum mismatch|unexpected size'
}

changed_package() {
	publish package || return
	for deb in "$work"/package/pool/kregion-dkms_*.deb; do
		printf x | dd of="$deb" bs=1 seek=1000 conv=notrunc status=none
	done
	refuses package 'Hash Sum mismatch'
}

other_key() {
	publish other "$work/keys" && refuses other 'NO_PUBKEY|not signed|Missing key'
}

point "README.md has three lines" three_lines
point "a repository" publish good
point "apt installs by name from it" installs
point "a changed list is refused" changed_index
point "a changed package is refused" changed_package
point "another key is refused" other_key
plan
