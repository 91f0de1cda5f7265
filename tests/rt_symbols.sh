#!/bin/sh
# rt_symbols.sh -- what the audio thread's objects import is in a list.
#
# A net, not a proof: it cannot see through function pointers, which clang
# does.  Objects of *_setup.c are left out: they run before rt starts and
# after it has ended; so what they define may not be called from rt either.
# tests/rt_symbols.allow says who may import what, and why.
set -eu
if test "${SANITIZERS:-no}" != no; then
	echo "skipped: the objects call their sanitizers ($SANITIZERS)"
	exit 77
fi
allow=${srcdir:-.}/tests/rt_symbols.allow
work=rt_symbols.tmp
rm -rf $work
mkdir $work
trap 'rm -rf $work' EXIT

# The stem "rt/clock" of "./rt/libtactus_rt_a-clock.o".
objects=$(find . -name '*.o' \( -path './rt/*' -o -path './link/*' \) \
	! -name '*_setup.o' | sort)
test -n "$objects" || {
	echo "no objects of rt/ and link/ in $(pwd)"
	exit 1
}
plugins=$(find . -name '*.o' -path './plugins/*/.libs/*' -o \
	-name '*.o' -path './plugins/.libs/*' | sort)

# name_imports LIST: "stem symbol" a line, what they define among themselves
# left out. (LIST is split: these are names of ours, without blanks.)
# shellcheck disable=SC2086
name_imports() {
	nm -g --defined-only $1 | awk 'NF == 3 { print $3 }' |
		sort -u > $work/own
	for o in $1; do
		stem=$(echo "$o" | sed 's,^\./,,; s,\.libs/,,; s,[^/]*-\([^/-]*\)\.o$,\1,; s,\.o$,,')
		nm -u "$o" | sed -n 's/^ *[Uw] //p' | sed 's/@.*//' |
			sort -u | comm -23 - $work/own | sed "s|^|$stem |"
	done
}

# Print those imports that no line of the allow list covers.
refuse() {
	awk -v room="$1" '
		NR == FNR {
			if ($0 !~ /^#/ && NF > 2) { n++; who[n] = $1; what[n] = $2 }
			next
		}
		{
			ok = 0
			folder = $1
			sub("/[^/]*$", "", folder)
			for (i = 1; i <= n && !ok; i++) {
				ok = (who[i] == room || who[i] == folder ||
					who[i] == $1) &&
					$2 ~ ("^" what[i] "$")
			}
			if (!ok) { print $1 ".c: imports " $2 }
		}' "$allow" -
}

bad=$(
	name_imports "$objects" | refuse 'rt'
	test -z "$plugins" || name_imports "$plugins" | refuse 'plugins'
)
test -z "$bad" || {
	echo "not in tests/rt_symbols.allow:"
	echo "$bad"
	exit 1
}
