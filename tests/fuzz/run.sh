#!/bin/sh
# run.sh -- fuzz for real: run.sh SECONDS [TARGET...]
#
# With clang's libFuzzer where that is installed (CLANG names it, else
# clang-22 or clang), else with the driver's own mutations and the address
# sanitizer; it says which.  Finds stay in ./fuzz-finds, and end it with 1.
set -eu

seconds=${1:?usage: run.sh SECONDS [fuzz_osc fuzz_slip fuzz_text fuzz_url fuzz_sound fuzz_dispatch]}
shift
test $# -gt 0 || set -- fuzz_osc fuzz_slip fuzz_text fuzz_url fuzz_sound \
	fuzz_dispatch
case $seconds in *[!0-9]* | '') echo "run.sh: $seconds: not seconds" >&2; exit 64 ;; esac

top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/tests/fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
finds=$(pwd)/fuzz-finds
sources="$top/nrt/osc/osc_read.c $top/nrt/osc/osc_write.c
	$top/nrt/osc/osc_text.c $top/nrt/osc/osc_text_parse.c
	$top/nrt/config/printable.c
	$top/nrt/net/slip.c $top/nrt/net/url.c $top/nrt/net/cidr.c"
# what fuzz_sound needs beside them
sound_sources="$top/nrt/host/beneath.c $top/nrt/host/media.c
	$top/nrt/host/media_draft.c $top/nrt/host/sound.c
	$top/nrt/host/sound_format.c $top/nrt/config/log.c"
sound_flags="-iquote $top/nrt/host $(pkg-config --cflags sndfile)"
sound_libs="$(pkg-config --libs sndfile) -lpthread -lm"
# what fuzz_dispatch needs: both rooms and the tests' own, whole
dispatch_sources="$here/compose.c $here/guests.c $top/tests/nrt/office/rooms.c
	$(ls "$top"/link/*.c "$top"/rt/*.c "$top"/rt/*/*.c \
		"$top"/nrt/audio/*.c "$top"/nrt/config/*.c "$top"/nrt/host/*.c \
		"$top"/nrt/net/*.c "$top"/nrt/office/*.c "$top"/nrt/osc/*.c \
		"$top"/nrt/work/*.c | grep -v config_doc)"
dispatch_packages="alsa libseccomp libconfig sndfile samplerate kissfft-float"
flags="-std=c11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer
	-fno-sanitize-recover=undefined -I$top/include -iquote $top/link
	-iquote $top/nrt/osc -iquote $top/nrt/net -iquote $top/nrt/config
	-iquote $top/tests/nrt/osc"

# One file for each line of hex.
unpack() { # seeds, folder
	awk -v folder="$2" '
	function digit(c) { return index("0123456789abcdef", c) - 1 }
	{
		sub(/#.*/, ""); gsub(/[ \t]/, "")
		if ($0 == "") next
		text = ""
		for (i = 1; i < length($0); i += 2)
			text = text sprintf("\\%03o", digit(substr($0, i, 1)) * 16 + digit(substr($0, i + 1, 1)))
		printf "printf %c%s%c > %s/seed%d\n", 39, text, 39, folder, NR
	}' "$1" | sh
}

# all_of FOLDER COMMAND…: compile the sources of standard input, side by side.
all_of() {
	folder=$1
	shift
	mkdir -p "$folder"
	xargs -P "${CHECK_JOBS:-1}" -n 8 sh -c '
		folder=$1 command=$2
		shift 2
		for f in "$@"; do
			o=$folder/$(echo "${f#'"$top"'/}" | tr / -).o
			$command -c "$f" -o "$o" || exit 255
		done' sh "$folder" "$*"
}

# plugins FOLDER COMPILER…: the plugins as they are shipped, but to be fuzzed.
plugins() {
	folder=$1
	shift
	mkdir -p "$folder"
	for p in "$top"/plugins/*/; do
		echo "$p"
	done | xargs -P "${CHECK_JOBS:-1}" -n 1 sh -c '
		folder=$1 command=$2 plugin=$3
		$command -fPIC -shared -iquote "$plugin" "$plugin"/*.c \
			-o "$folder/$(basename "$plugin").so"' sh "$folder" "$*"
}

clang=
for c in ${CLANG:-} clang-22 clang; do
	if echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n);
	int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d == 0 && n; }' |
	    "$c" -x c - -fsanitize=fuzzer -o "$work/probe" 2>/dev/null; then
		clang=$c
		break
	fi
done

mkdir -p "$finds"
for t in "$@"; do
	test -f "$here/$t.c" || { echo "run.sh: no target $t" >&2; exit 64; }
	more= libs= dict= from=$sources
	compiler="${CC:-cc} $flags -fsanitize=address,undefined"
	test -z "$clang" ||
		compiler="$clang $flags -fsanitize=fuzzer-no-link,address,undefined"
	if test "$t" = fuzz_sound; then
		more="$sound_flags $sound_sources" libs=$sound_libs
	elif test "$t" = fuzz_dispatch; then
		more="-I$here/alone -I$work -iquote $top/nrt/office
			-iquote $top/nrt/audio -iquote $top/nrt/host
			-iquote $top/nrt/work -iquote $top/rt
			-iquote $top/rt/graph -iquote $top/rt/run
			-iquote $top/rt/resource -iquote $top/tests/nrt/office
			-iquote $top/tests/rt -iquote $top/tests/link
			-DPLUGINS_BUILT=\"$work/plugins\" -DCONFDIR=\"/nowhere\"
			-DPLUGINDIR=\"/nowhere\" -ffp-contract=off
			$(pkg-config --cflags $dispatch_packages)"
		libs="$work/objects/*.o $(pkg-config --libs $dispatch_packages)
			-lev -lpthread -ldl -lm"
		dict="-dict=$here/seeds/$t.dict"
		from=
		echo '#define PACKAGE_VERSION "fuzzed"' > "$work/config.h"
		echo "$dispatch_sources" | all_of "$work/objects" $compiler $more
		plugins "$work/plugins" $compiler -ffp-contract=off
	fi
	if test -n "$clang"; then
		echo "$t: libFuzzer of $clang, $seconds s"
		# shellcheck disable=SC2086
		"$clang" $flags -fsanitize=fuzzer,address,undefined \
			-o "$work/$t" "$here/$t.c" $from $more $libs
		mkdir "$work/$t.seeds"
		unpack "$here/seeds/$t.txt" "$work/$t.seeds"
		"$work/$t" -max_total_time="$seconds" -timeout=10 \
			-max_len=4096 -verbosity=0 -print_final_stats=1 $dict \
			-artifact_prefix="$finds/$t-" "$work/$t.seeds" \
			2> "$work/log" || { cat "$work/log"; exit 1; }
		sed -n 's/^stat::number_of_executed_units: */  inputs: /p' \
			"$work/log"
	else
		echo "$t: no libFuzzer here; the driver mutates, $seconds s"
		# shellcheck disable=SC2086
		"${CC:-cc}" $flags -fsanitize=address,undefined \
			-o "$work/$t" "$here/$t.c" "$here/driver.c" $from \
			$more $libs
		"$work/$t" -s "$seconds" "$here/seeds/$t.txt"
	fi
done
rmdir "$finds" 2>/dev/null || :
