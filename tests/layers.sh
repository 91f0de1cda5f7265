#!/bin/sh
# layers.sh -- who may include whom.  The table at the end is the rule;
# tests/layers.allow lists the few exceptions, each with its reason.
set -eu
cd "${srcdir:-.}"
allow=tests/layers.allow

# Is there a line "file header reason …" for this file and header?
allowed() {
	test -f $allow && awk -v f="$1" -v h="$2" '
		$1 == f && $2 == h && NF > 2 { ok = 1 }
		END { exit !ok }' $allow
}

# room FILES HOMES HEADERS: the files may include, in quotes, what lies in one
# of HOMES, and in angles what matches HEADERS.
room() {
	for f in $1; do
		sed -n 's/^ *# *include *\([<"][^>"]*[>"]\).*/\1/p' "$f" |
		while read -r h; do
			case $h in
			\"*/*)
				echo "$f: $h is a path" ;;
			\"*)
				name=${h#\"} name=${name%\"} ok=
				for d in $2; do
					test ! -e "$d/$name" || ok=1
				done
				test "$name" != config.h || ok=$4
				test -n "$ok" ||
					echo "$f: $h is in none of: $2" ;;
			*)
				echo "$h" | grep -qE "^($3)\$" ||
					allowed "$f" "$h" ||
					echo "$f: $h may not be used here" ;;
			esac
		done
	done
}

# The C files of a folder that exist, one a line; setup files apart.
files() {
	test ! -d "$1" || find "$1" -name '*.[ch]' -o -name '*.hpp' | sort
}
runs() {
	files "$1" | grep -vE '_setup\.[ch]$' || :
}
setup() {
	files "$1" | grep -E '_setup\.[ch]$' || :
}
# The folders under some, which are homes too.
folders() {
	for d in "$@"; do
		test ! -d "$d" || find "$d" -type d
	done | sort | tr '\n' ' '
}

c='errno|float|inttypes|limits|math|stdalign|stdbool|stddef|stdint|string'
plain="<($c|stdatomic)\.h>|<tactus/[a-z_/]+\.h>"
# memcpy and the limits of float are all that inline helpers need beyond types
public='<(float|limits|stdbool|stddef|stdint|string)\.h>|<tactus/[a-z_/]+\.(h|hpp)>'
plugin="<($c|assert|ctype|stdarg|stdio|stdlib)\.h>|<tactus/[a-z_/]+\.h>"
rt="<($c)\.h>|<tactus/[a-z_/]+\.h>"

all=$(
	room "$(files include)" '' "$public|<c[a-z]+>" ''
	room "$(runs link)" link "$plain" ''
	room "$(setup link)" link '.*' 1
	room "$(runs rt)" "$(folders rt link)" "$rt" ''
	room "$(setup rt)" "$(folders rt link)" '.*' 1
	room "$(files nrt)" "$(folders nrt link)" '.*' 1
	for p in plugins/*/; do
		test ! -d "$p" || room "$(files "$p")" "$p" "$plugin" ''
	done
	room "$(find plugins -maxdepth 1 -name '*.[ch]' | sort)" plugins \
		"$plugin" ''
	room "$(files src)" "$(folders src rt nrt link)" '.*' 1

	# what the compiler cannot prove is told in four files alone
	grep -rlE 'TACTUS_RT_TRUST_(BEGIN|END|PRAGMA_)|__rtsan_|Wfunction-effects' \
		include link rt nrt plugins src bench --include='*.[ch]' |
		grep -vxE '(rt/(alsa|clock|wait)\.c|link/fft\.c|(link|include/tactus)/mark\.h)' |
		sed 's/$/: trust where it may not be/' || :
	# atomics are in link/ alone, whatever they are called
	grep -rnE '_Atomic|\batomic_[a-z]+|__(atomic|sync)_[a-z]+|\bvolatile\b' \
		rt plugins --include='*.[ch]' | grep -vE ' \* |asm' |
		cut -d: -f1,2 | while IFS=: read -r f line; do
			allowed "$f" '<stdatomic.h>' ||
				echo "$f:$line: atomics are in link/ alone"
		done
)
test -z "$all" || {
	echo "$all"
	exit 1
}
