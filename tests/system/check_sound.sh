#!/bin/sh
# check_sound.sh -- oscsend of liblo plays a sine, sox measures what is heard.
. "${srcdir:-.}/tests/system/lib.sh"

for tool in oscsend sox; do
	command -v $tool >/dev/null || {
		echo "skipped: $tool is not installed (apt install" \
			"liblo-tools sox)"
		exit 77
	}
done

# is_near VALUE WANTED TOLERANCE
is_near() {
	awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN {
		d = a - b
		exit !(a ~ /^-?[0-9.]+$/ && d <= t && -d <= t)
	}'
}

# measure FILE: $frequency in Hz, $peak and $rms in dB, of one second
measure() {
	sox "$1" "$work/part.wav" remix 1 trim 1 1
	sox "$work/part.wav" -n stats 2>"$work/stats"
	peak=$(awk '/^Pk lev dB/ { print $4 }' "$work/stats")
	rms=$(awk '/^RMS lev dB/ { print $4 }' "$work/stats")
	# the times of the first and the last rise through 0
	frequency=$(sox "$work/part.wav" -t dat - | awk '
		/^;/ { next }
		{
			n++
			if (n > 1 && last < 0 && $2 >= 0) {
				at = n - $2 / ($2 - last)
				if (!rises++) { first = at }
				end = at
			}
			last = $2
		}
		END {
			if (rises > 1) {
				print (rises - 1) * 48000 / (end - first)
			}
		}')
}

play() {
	oscsend 127.0.0.1 "$port" /synth/new siii sine 1000 0 1
	oscsend 127.0.0.1 "$port" /node/set isfsf 1000 freq 1000 amp 0.251189
	oscsend 127.0.0.1 "$port" /synth/map/output isii 1000 out 0 1
	oscsend 127.0.0.1 "$port" /synth/activate i 1000
}

sample() {
	"$here/tactus" send -u "$url" /time |
		sed -n 's,^/time.reply .* h:\([0-9]*\) .*,\1,p'
}

start_daemon --set audio.driver=offline --set "audio.tap=$work/offline.wav"
play
oscsend 127.0.0.1 "$port" /offline/run i 144000
while test "$(sample)" -lt 144000; do
	:
done
stop_daemon
measure "$work/offline.wav"
check "offline: $frequency Hz" is_near "$frequency" 1000 0.1
check "offline: peak $peak dB" is_near "$peak" -12 0.05
check "offline: RMS $rms dB" is_near "$rms" -15.01 0.05

# a machine that is too busy loses frames: then it is tried again
for try in 1 2 3; do
	start_daemon --set audio.driver=clock --set "audio.tap=$work/clock.wav"
	play
	while test "$(sample)" -lt 120000; do
		:
	done
	xruns=$("$here/tactus" send -u "$url" /stats |
		sed -n 's,.* "xruns" d:\([0-9]*\).*,\1,p')
	stop_daemon
	test "$xruns" != 0 || break
	echo "try $try: $xruns xruns"
done
measure "$work/clock.wav"
check "clock: $frequency Hz" is_near "$frequency" 1000 0.1
check "clock: peak $peak dB" is_near "$peak" -12 0.05
check "clock: RMS $rms dB" is_near "$rms" -15.01 0.05
finish
