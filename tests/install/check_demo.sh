#!/bin/sh
# check_demo.sh -- the demonstration of tools/run is understood and heard.
. "${srcdir:-.}/tests/system/lib.sh"

demo=${srcdir:-.}/tools/demo.sh
command -v bash > /dev/null || {
	echo "skipped: bash is not installed (apt install bash)"
	exit 77
}

# said WORD…: each stands in the tree
said() {
	for word in "$@"; do
		grep -qF "$word" "$work/tree" || return 1
	done
}

stat() {
	"$here/tactus" send -u "$url" /stats |
		sed -n "s,.* \"$1\" d:\([0-9]*\).*,\1,p"
}

sample() {
	"$here/tactus" send -u "$url" /time |
		sed -n 's,^/time.reply .* h:\([0-9]*\) .*,\1,p'
}

# between LEAST NUMBER MOST
between() {
	awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { exit !(a < b && b < c) }'
}

start_daemon --set audio.driver=clock --set "audio.tap=$work/demo.wav"
check "the demonstration is taken whole" bash "$demo" start "$url" "$work"
check "a phrase is taken whole" bash "$demo" phrase "$url" "$work"
"$here/tactus" -u "$url" tree > "$work/tree"
check "its nodes are in the tree" said '"drone"' '"sweep"' '"main"' \
	'cutoff' '← bus 11' '← capture 0' '→ playback 1' 'recorder'
"$here/tactus" -u "$url" resources > "$work/tree"
check "it records into a buffer" said 'audio-buffer' 'node 23'
# a second of the phrase, whose first note comes after half of one
from=$(sample)
while test "$(sample)" -lt $((from + 48000)); do
	:
done
check "nothing of it is refused" test "$(stat errors)" = 0
check "no frame is not a number" test "$(stat nan)" = 0
stop_daemon
peak=$(tests/install/hear peak "$work/demo.wav")
check "its peak is $peak" between 0.1 "$peak" 0.9
finish
