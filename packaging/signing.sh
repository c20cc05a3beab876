# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Source this to sign a repository: makes the key unless it is there, sets $key to
# its fingerprint and GNUPGHOME to its folder: $KREGION_KEYS or build/keys, outside
# of what is published. Whoever publishes keeps it: users trust this key.
#
# One at a time, as at the end of the script gpg's agent is stopped.

export GNUPGHOME=${KREGION_KEYS:-$PWD/build/keys}

owner='kregion archive <kregion@example.org>'

# Nothing when there is no key yet, which gpg takes for an error.
key_fingerprint() {
	{ gpg --batch --list-secret-keys --with-colons "$owner" 2>/dev/null || :; } |
		awk -F: '$1 == "fpr" && !seen++ { print $10 }'
}

sign() { gpg --batch --yes --quiet --local-user "$key" "$@"; }

tests/vm/host-setup --only gpg gpg-agent
(umask 077 && mkdir -p "$GNUPGHOME")
exec 9>"$GNUPGHOME/lock"
flock 9
trap 'gpgconf --kill all' EXIT

key=$(key_fingerprint)
[ -n "$key" ] || {
	gpg --batch --quiet --passphrase '' --quick-gen-key \
		"$owner" ed25519 sign never
	key=$(key_fingerprint)
	echo "made a signing key in $GNUPGHOME: keep it, users will trust it" >&2
}
