#!/bin/sh
# format.sh -- every C file is as clang-format 14 leaves it.
#
# The version is pinned: others break multi-line macros elsewhere.
set -eu
cd "${srcdir:-.}"
tool=
for t in clang-format-14 clang-format; do
	if command -v $t > /dev/null && $t --version | grep -q 'version 14\.'; then
		tool=$t
		break
	fi
done
test -n "$tool" || {
	echo "skipped: clang-format 14 is not installed"
	exit 77
}
for d in include link rt nrt plugins src examples tests bench; do
	test ! -d "$d" || find "$d" -name '*.[ch]' -o -name '*.hpp' \
		-o -name '*.cpp'
done | sort | xargs "$tool" --dry-run -Werror -style=file
