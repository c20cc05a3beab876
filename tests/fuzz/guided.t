#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random calls guided by the coverage of our modules: they reach 95 of 100 places that as
# many blind ones reach, and the corpus that is left reaches all that they do with a
# tenth of the calls; TAP.
# That is of seed 1, or of SEED=NUMBER; fewer calls are made from a seed that is drawn.
# "make soak" does so for longer.
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/fuzz/lib.sh
kernel=${KERNEL:-debug}
calls=30000
others=4000

# reached PATTERN COLUMN-WORD: the number before that word in the first such line.
reached() {
	awk -v pattern="$1" -v word="$2" '$0 ~ pattern {
		for (i = 2; i <= NF; i++)
			if ($i == word) { print $(i - 1); exit }
	}' "$log"
}

# WORD: guided calls reached as many as blind ones, but for a few: neither of them come
# to all that can be reached, and which ones each meets is chance.
as_many() {
	local blind guided
	blind=$(reached '^fuzz: blind:' "$1")
	guided=$(reached '^fuzz: guided:' "$1")
	echo "blind $blind, guided $guided"
	[ $((guided * 100)) -ge $((blind * 95)) ] && [ "$blind" -gt 0 ]
}

corpus_reaches() {
	echo "corpus $(reached ' programs of ' places), guided $guided"
	[ "$(reached ' programs of ' places)" -ge "$guided" ]
}

corpus_is_small() {
	local made
	made=$(reached 'calls, all as the model says' calls,)
	echo "$made calls"
	[ "${made:-0}" -gt 0 ] && [ $((made * 20)) -le $calls ]
}

tests/device/prepare "$kernel" >&2 && tests/compile "$kernel" fuzz/calls >&2 || exit 1
modules=$(tests/fuzz/calls/kcov-module "$kernel") || exit 1
echo "# the modules have $(cat "$modules/places") places, many of them out of reach of these calls"
in_machine "$kernel" tests/device/with-module "$modules" tests/fuzz/calls/guest \
	"${seeds[0]}" --calls "$calls" --guided --save /out
point "silent, every answer and byte as the model says, no user left" [ $? = 0 ]
point "$calls calls were made" calls_were_made "$calls"
point "guided calls reach 95 of 100 places that blind ones reach" as_many places
point "guided calls reach 95 of 100 steps that blind ones reach" as_many steps
guided=$(reached '^fuzz: guided:' places)
# Without a second seed the last command is none.
in_machine "$kernel" tests/device/with-module "$modules" sh -ec \
	"tests/fuzz/calls/guest ${seeds[0]} --replay /kregion/build/fuzz/$kernel/corpus --cover
	${seeds[1]:+tests/fuzz/calls/guest ${seeds[1]} --calls $others --guided}"
point "the replay and the other seed are silent, and as the model says" [ $? = 0 ]
point "the corpus replays, and reaches what the guided calls reached" corpus_reaches
point "with a tenth of the calls" corpus_is_small
plan
