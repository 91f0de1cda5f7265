#!/bin/sh
# shape.sh -- every file says what it is: licence, then its room card.
set -eu
cd "${srcdir:-.}"
found=$(
	for d in include link rt nrt plugins src examples tests bench tools \
		.ci; do
		test ! -d "$d" || find "$d" -type f \( -name '*.[ch]' \
			-o -name '*.hpp' -o -name '*.cpp' -o -name '*.sh' \
			-o -path 'tools/*' -o -path '.ci/*' \)
	done | sort | while read -r f; do
		case $f in
		*.[ch] | *.hpp | *.cpp)
			head -n 1 "$f" |
				grep -qF 'SPDX-License-Identifier: MIT' ||
				echo "$f: its first line is not the licence"
			;;
		esac
		head -n 6 "$f" | grep -qE "^( \*|#) ${f##*/} -- [^ ]" ||
			echo "$f: no room card (\"${f##*/} -- what it is\")"
	done
	# a bare name for each mark: no macro that hides control flow
	grep -rnE '\b(TODO|FIXME|XXX)\b' include link rt nrt plugins src \
		--include='*.[ch]' --include='*.hpp' |
		sed 's/$/ (left undone)/' || :
)
test -z "$found" || {
	echo "$found"
	exit 1
}
