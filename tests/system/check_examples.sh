#!/bin/sh
# check_examples.sh -- what the documents tell to type is typed, against a
# daemon for each document: nothing of it is refused.  And what they say that
# the default pools are enough for is made.
. "${srcdir:-.}/tests/system/lib.sh"
tactus=$here/tactus
source=$(cd "${srcdir:-.}" && pwd)
media=$work/media
mkdir "$media" "$work/build"
ln -s "$tactus" "$work/build/tactus"
PATH=$work/build:$PATH
command -v oscsend >/dev/null || {
	echo "oscsend (liblo-tools) is not here: its lines are left out"
	oscsend=no
}

# stat NAME: what /stats says
stat() {
	tactus send /stats | sed -n "s,.*\"$1\" d:\([0-9]*\).*,\1,p"
}

# commands FILE: what stands there to be typed, as it is typed here.  Left out
# is what has no end (watch), what is about this machine (devices,
# check-config), and the end of the daemon.
commands() {
	case $1 in
	*.md) sed -n 's/^    //p' "$source/$1" ;;
	*) sed -e 's/^\.Dl //' -e 's/\\-/-/g' "$source/$1" ;;
	esac | sed -n -e 's,build/tactus ,tactus ,g' -e 's/ | jq .*//' \
		-e 's/\(localhost\|127.0.0.1\) 57140/127.0.0.1 '"$port"/ \
		-e 's/tactus send /&-q 0.05 /' \
		-e '/^tactus /p' -e '/^oscsend /p' -e '/^for .*; done$/p' |
		sed -e '/ watch/d' -e '/tactus devices/d' \
			-e '/tactus check-config/d' -e '/ \/quit/d'
}

# follow FILE LEAST: type it all, LEAST lines or more
follow() {
	start_daemon --set audio.driver=clock \
		--set "media.directories=[\"$media\"]" \
		--set "media.record=\"$media\""
	TACTUS_URL=$url
	export TACTUS_URL
	# what the examples play
	for file in rain.wav wind.flac; do
		test -f "$media/$file" && continue
		tactus send -w /resource/new audio-buffer 200 [ 1 4800 ] &&
			tactus send -w /job/new buffer-save 200 0 [ 200 ] \
				[ $file ] &&
			tactus send -w /resource/free 200
	done >"$work/out" 2>&1
	check "there are sounds to play: $(cat "$work/out")" \
		test -f "$media/wind.flac"
	commands "$1" >"$work/lines"
	check "$1 has $2 lines to type" test "$(wc -l <"$work/lines")" -ge "$2"
	while read -r line <&4; do
		case $line in
		oscsend*) test "${oscsend:-yes}" = yes || continue ;;
		esac
		sh -c "$line" >"$work/out" 2>&1 </dev/null
		code=$?
		check "$1: $line: exit $code, $(cat "$work/out")" \
			test $code -eq 0
	done 4<"$work/lines"
	# whatever was refused, and too late to be heard
	tactus send /sync 1 >"$work/out" 2>&1
	errors=$(stat errors)
	check "$1: $errors errors" test "$errors" = 0
	stop_daemon
	rm -f "$media/take.wav"
}

follow README.md 30
follow docs/osc-api.md 12
follow man/tactus-osc.7 30
follow man/tactus.1 12

# enough NUMBER DEF TEXT: so many can be made and no more, as TEXT says
tr '\n' ' ' <"$source/man/tactus-plugin.7" | sed 's/\\ / /g' >"$work/page"
enough() {
	check "tactus-plugin.7 says '$3'" grep -qF "$3" "$work/page"
	for id in $(seq $(($1 + 1))); do
		tactus send --quiet 0.01 /synth/new "$2" "$id" 0 1
	done >"$work/out" 2>&1
	made=$(tactus send /node/tree/statistics | sed 's/.* //')
	check "$made of $2 were made, not $1" test "$made" = "$1"
	tactus send /clear
	tactus send /sync 1 >"$work/out" 2>&1
}
start_daemon --set audio.driver=offline
TACTUS_URL=$url
enough 12 delay 'enough for 12 delays of 2 seconds at 48 kHz'
enough 15 reverb '320 KiB at 48 kHz, of which the default pools have enough for fifteen'
enough 6 convolver 'enough for six convolvers of 3 seconds at 48 kHz'
tactus send /quit >"$work/out" 2>&1
wait "$daemon"
daemon=
finish
