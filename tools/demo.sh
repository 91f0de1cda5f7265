#!/bin/bash
# demo.sh -- a small demonstration, all of it made over OSC.
#
# usage: tools/demo.sh start|phrase URL [FOLDER [RATE]]
#   start   groups, a drone and the input through a moving filter, a ramp, and
#           five seconds of the drone recorded and played again, slowly
#   phrase  one phrase of notes, as bundles that carry their time
#
# URL is udp://HOST:PORT of the daemon, FOLDER takes scratch files, RATE is
# the engine's, in Hz.
set -eu
what=${1:?} url=${2:?} folder=${3:-.} rate=${4:-48000}
host=${url#udp://} port=${host##*:} host=${host%:*}

# --- OSC by hand: bundles and time tags, which the command line has not ----

hex=          # the bundle in the making, in hexadecimal
declare -A known # floats that were worked out before

put_int() {
	local h
	printf -v h '%08x' $(($1 & 0xffffffff))
	hex+=$h
}
# 32 bits of a float; awk does the sums.
put_float() {
	if test -z "${known[$1]:-}"; then
		known[$1]=$(LC_ALL=C awk -v x="$1" 'BEGIN {
			if (x == 0) { printf "00000000"; exit }
			if (x < 0) { sign = 1; x = -x }
			e = 127
			while (x >= 2) { x /= 2; e++ }
			while (x < 1) { x *= 2; e-- }
			m = int((x - 1) * 8388608 + 0.5)
			# in halves: some awks print no more than 31 bits
			printf "%04x%04x", sign * 32768 + e * 128 + \
				int(m / 65536), m % 65536
		}')
	fi
	hex+=${known[$1]}
}
# A string with its zeros, up to a multiple of four.
put_string() {
	local i h
	for ((i = 0; i < ${#1}; i++)); do
		printf -v h '%02x' "'${1:i:1}"
		hex+=$h
	done
	hex+=00
	for ((i = ${#1} + 1; i % 4 != 0; i++)); do
		hex+=00
	done
}
# A bundle's element: ADDRESS TYPES ARGUMENT…
put_message() {
	local before=$hex address=$1 types=$2 i h
	shift 2
	hex=
	put_string "$address"
	put_string ",$types"
	for ((i = 0; i < ${#types}; i++)); do
		case ${types:i:1} in
		i) put_int "$1" && shift ;;
		f) put_float "$1" && shift ;;
		s) put_string "$1" && shift ;;
		esac
	done
	printf -v h '%08x' $((${#hex} / 2))
	hex=$before$h$hex
}
# Begin a bundle for so many milliseconds after $origin (ns since 1970); for
# at once without one.
begin() {
	local ns h=0000000000000001
	if test $# -gt 0; then
		ns=$((origin + $1 * 1000000))
		printf -v h '%08x%08x' \
			$(((ns / 1000000000 + 2208988800) & 0xffffffff)) \
			$((ns % 1000000000 * 4294967296 / 1000000000))
	fi
	hex=
	put_string '#bundle'
	hex+=$h
}
# Send the bundle as one datagram.
post() {
	local i escaped=
	for ((i = 0; i < ${#hex}; i += 2)); do
		escaped+="\\x${hex:i:2}"
	done
	printf '%b' "$escaped" > "$folder/packet"
	# one read, one write: one datagram
	cat "$folder/packet" >&4
}

# Wait until an answer of that address has come, or an error, five seconds at
# the most; what comes is kept.
await() {
	local i
	for ((i = 0; i < 50; i++)); do
		timeout 0.1 cat <&4 >> "$folder/answers" || :
		grep -aq "$1" "$folder/answers" && return 0
		grep -aq /error "$folder/answers" && return 1
	done
	return 1
}

# --- what is played -------------------------------------------------------

# The buses: 10 the drone, 11 the filters' cutoff, 12 the mix, 22 the input,
# 40… the notes.
start() {
	begin
	# groups: what sounds stands before what works on it
	put_message /group/new iii 1 0 1
	put_message /group/new iii 2 0 1

	# a slow lfo moves the cutoff of both filters
	put_message /synth/new 'siii[sfsfsf]' lfo 12 1 0 \
		freq 0.11 amp 1400 offset 1800
	put_message /synth/map/output isii 12 out 11 0

	# a drone of two voices
	put_message /synth/new 'siii[sfsf]' saw 10 1 1 freq 55 amp 0.12
	put_message /synth/map/output isii 10 out 10 0
	put_message /synth/new 'siii[sfsfsf]' pulse 11 1 1 \
		freq 82.6 amp 0.08 width 0.5
	put_message /synth/map/output isii 11 out 10 0
	put_message /synth/new 'siii[sf]' filter 20 2 1 q 3
	put_message /synth/map/input isii 20 in 10 0
	put_message /synth/map/control isii 20 cutoff 11 0
	put_message /synth/map/output isii 20 out 12 0

	# what comes in at the card's first input, softly: a microphone and a
	# loudspeaker in one room must not howl
	put_message /synth/new 'siii[sf]' filter 21 2 1 q 2
	put_message /synth/map/input isii 21 in 0 1
	put_message /synth/map/control isii 21 cutoff 11 0
	put_message /synth/map/output isii 21 out 22 0
	put_message /synth/new 'siii[sf]' gain 22 2 1 gain 0.25
	put_message /synth/map/input isii 22 in 22 0
	put_message /synth/map/output isii 22 out 12 0

	# the mix, panned to both outputs
	put_message /synth/new 'siii[sf]' pan 30 2 1 position -0.8
	put_message /synth/map/input isii 30 in 12 0
	put_message /synth/map/output isii 30 out0 0 1
	put_message /synth/map/output isii 30 out1 1 1
	for id in 12 10 11 20 21 22 30; do
		put_message /synth/activate i $id
	done
	put_message /node/name is 10 drone
	put_message /node/name is 20 sweep
	put_message /node/name is 30 main
	# a ramp of six seconds moves it over
	put_message /node/set 'is[ff]' 30 position 0.4 6
	# a worker makes a buffer of five seconds: both voices come round in
	# that time, so that the loop is not heard
	put_message /resource/new 'si[ii]' audio-buffer 10 1 $((5 * rate))
	put_message /sync i 1
	post
	await /synced || return 0
	origin=$(date +%s%N)
	begin
	put_message /synth/new 'siii[si]' recorder 23 2 0 buffer 10
	put_message /synth/map/input isii 23 in 10 0
	put_message /synth/property/doneFlags/set ii 23 1
	put_message /synth/activate i 23
	post
	begin 5500
	put_message /synth/new 'siii[sisfsfsf]' sampler 13 1 1 \
		buffer 10 rate 0.5 loop 1 attack 3
	put_message /synth/map/output isii 13 out 10 0
	put_message /node/name is 13 slow
	put_message /synth/activate i 13
	post
}

# note NUMBER MILLISECONDS FREQ: a group with a sine and its envelope, which
# frees the group when it has ended; all of it in one bundle with its time.
note() {
	local g=$((100 + $1 * 3)) s=$((101 + $1 * 3)) e=$((102 + $1 * 3))
	local bus=$((40 + $1))
	begin "$2"
	put_message /group/new iii $g 1 1
	put_message /synth/new 'siii[sfsf]' sine $s $g 1 freq "$3" amp 0.2
	put_message /synth/map/output isii $s out $bus 0
	put_message /synth/new 'siii[sfsfsfsf]' asr-envelope $e $g 1 \
		attack 0.01 sustain_time 0.15 sustain_level 1 release 0.8
	put_message /synth/map/input isii $e in $bus 0
	put_message /synth/map/output isii $e out 12 0
	put_message /synth/property/doneFlags/set ii $e 16
	put_message /synth/activate i $s
	put_message /synth/activate i $e
	post
}

phrase() {
	local n=0 freq
	origin=$(date +%s%N)
	for freq in 220 277.18 329.63 440 415.3 329.63 277.18 246.94; do
		note $n $((500 + n * 375)) $freq
		n=$((n + 1))
	done
}

exec 4<> "/dev/udp/$host/$port"
: > "$folder/answers"
case $what in
start) start ;;
phrase) phrase ;;
*) echo "demo.sh: no such thing as $what" >&2 && exit 64 ;;
esac
# refusals come back to where the bundle came from
timeout 0.3 cat <&4 >> "$folder/answers" || :
if grep -aq '/error' "$folder/answers"; then
	echo "demo: the engine refused some of it:" >&2
	tr -c '[:print:]' ' ' < "$folder/answers" | tr -s ' ' >&2
	echo >&2
	exit 1
fi
