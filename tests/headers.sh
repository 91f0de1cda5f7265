#!/bin/sh
# headers.sh -- each header compiles alone, and twice; public ones in C++ too.
set -eu
top=${srcdir:-.}
cc=${CC:-cc}
cxx=${CXX:-c++}
flags="-fsyntax-only -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -I$top/include"
# kernels are functions that nobody calls before they are included
flags="$flags -Wno-unused-function"
fail=0

# try HEADER AS COMPILER…: AS is how it is included, with its brackets.
try() {
	header=$1 as=$2
	shift 2
	printf '#include %s\n#include %s\nextern int nothing;\n' "$as" "$as" |
		"$@" - || {
		echo "$header does not compile alone: $*"
		fail=1
	}
}

# The folders of some rooms, as permissions.
quotes() {
	for d in "$@"; do
		test ! -d "$top/$d" || find "$top/$d" -type d
	done | sed 's/^/-iquote /' | tr '\n' ' '
}

# room FOLDER ROOMS…: compile its headers with those rooms in sight.
room() {
	test -d "$top/$1" || return 0
	folder=$1
	shift
	sight=$(quotes "$@")
	for h in $(find "$top/$folder" -name '*.h' | sort); do
		# shellcheck disable=SC2086
		try "$h" "\"${h##*/}\"" $cc -x c -std=c11 $flags \
			-I. -iquote "${h%/*}" $sight ${HEADER_CFLAGS:-}
	done
}

for h in $(cd "$top/include" && find . -name '*.h' -o -name '*.hpp' |
	sed 's,^\./,,' | sort); do
	# shellcheck disable=SC2086
	case $h in
	*.h)
		try "$h" "<$h>" $cc -x c -std=c11 $flags
		try "$h" "<$h>" $cxx -x c++ -std=c++17 $flags
		;;
	*.hpp)
		try "$h" "<$h>" $cxx -x c++ -std=c++17 $flags
		;;
	esac
done
room link link
room rt rt link
room nrt nrt link
room plugins
room src src rt nrt link
exit $fail
