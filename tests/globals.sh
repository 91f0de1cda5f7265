#!/bin/sh
# globals.sh -- nothing is written that is not owned: no mutable globals.
#
# Two engines in one process must not meet.  What the objects of the rooms
# keep in .data and .bss is looked at; tables that are const but for the
# loader's relocations (.data.rel.ro) are fine.  The few exceptions stand in
# tests/globals.allow, each with its reason.
set -eu
if test "${SANITIZERS:-no}" != no; then
	echo "skipped: sanitizers keep data of their own ($SANITIZERS)"
	exit 77
fi
objects=$(find . -name '*.o' \( -path './rt/*' -o -path './link/*' \
	-o -path './nrt/*' -o -path './plugins/*' \) | sort)
test -n "$objects" || {
	echo "no objects in $(pwd)"
	exit 1
}
bad=$(for o in $objects; do
	# "rt/clock" of "./rt/libtactus_rt_a-clock.o"
	stem=$(echo "$o" | sed 's,^\./,,; s,\.libs/,,
		s,[^/]*-\([^/-]*\)\.o$,\1,; s,\.o$,,')
	nm -f sysv "$o" | awk -F'|' -v stem="$stem" '
		NF == 7 && $4 ~ /OBJECT|TLS/ {
			gsub(/ /, "", $1)
			# marks of arm64: where data begins, an anchor for it
			if ($1 ~ /^(\$d|\.LANCHOR)/) { next }
			if ($7 ~ /^ *(\.t?(data|bss)(\.[^r].*)?|COMMON|\*COM\*)$/) {
				print stem, $1
			}
		}'
done | awk '
	NR == FNR {
		if ($0 !~ /^#/ && NF > 2) { n++; who[n] = $1; what[n] = $2 }
		next
	}
	{
		ok = 0
		for (i = 1; i <= n && !ok; i++) {
			ok = who[i] == $1 && $2 ~ ("^" what[i] "(\\.[0-9]+)?$")
		}
		if (!ok) { print $1 ".c: " $2 " can be written" }
	}' "${srcdir:-.}/tests/globals.allow" -)
test -z "$bad" || {
	echo "$bad"
	exit 1
}
