#!/bin/sh
# globals.sh -- nothing is written that is not owned: no mutable globals.
#
# Two engines in one process must not meet.  What the objects of the rooms
# keep in .data and .bss is looked at; tables that are const but for the
# loader's relocations (.data.rel.ro) are fine.
set -eu
if test "${SANITIZERS:-no}" != no; then
	echo "skipped: sanitizers keep data of their own ($SANITIZERS)"
	exit 77
fi
# nrt/config/log.c keeps the level and the mutex of the one standard error
objects=$(find . -name '*.o' \( -path './rt/*' -o -path './link/*' \
	-o -path './nrt/*' -o -path './plugins/*' \) ! -path './nrt/config/*log.o' |
	sort)
test -n "$objects" || {
	echo "no objects in $(pwd)"
	exit 1
}
bad=$(for o in $objects; do
	nm -f sysv "$o" | awk -F'|' -v o="$o" '
		NF == 7 && $4 ~ /OBJECT|TLS/ {
			gsub(/ /, "", $1)
			if ($7 ~ /^ *(\.t?(data|bss)(\.[^r].*)?|COMMON|\*COM\*)$/) {
				print o ": " $1 " can be written"
			}
		}'
done)
test -z "$bad" || {
	echo "$bad"
	exit 1
}
