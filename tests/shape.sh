#!/bin/sh
# shape.sh -- every file says what it is: licence, then its room card; and
# refers to nothing that whoever has this repository alone cannot read.
set -eu
cd "${srcdir:-.}"

# read_by_all OPTION… PATTERN: grep in all that is written by hand.
read_by_all() {
	for f in include link rt nrt plugins src examples tests bench tools \
		.ci docs man etc debian ./*.md configure.ac Makefile.am; do
		test ! -e "$f" || echo "$f"
	done | xargs grep -rIHs --exclude='*.log' --exclude='*.trs' "$@"
}

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
	# texts that were never here, under their names or by their numbers
	texts='(RULING[S]|SPE[C]|DESIG[N])'
	numbers='([Rr]ulings?|[Ss]pec|[Dd]esign) [0-9]+\.[0-9]'
	read_by_all -nE "\\b($texts\\b|$numbers)" |
		sed 's/$/ (refers to a text that is not here)/' || :
	read_by_all -noE '\bADR [0-9]{4}\b' | while IFS=: read -r f line adr; do
		ls docs/adr/"${adr#ADR }"-*.md > /dev/null 2>&1 ||
			echo "$f:$line: there is no $adr"
	done
)
test -z "$found" || {
	echo "$found"
	exit 1
}
