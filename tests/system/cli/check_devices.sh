#!/bin/sh
# check_devices.sh -- `tactus devices` on PCMs that need no card.
. "${srcdir:-.}/tests/system/cli/lib.sh"

cat >"$work/asound.conf" <<END
pcm.nothing { type null }
pcm.tape { type file; slave.pcm nothing; file "$work/tape"; format raw }
END
ALSA_CONFIG_PATH=$work/asound.conf
export ALSA_CONFIG_PATH
try 0 devices nothing tape
says out nothing tape 'playback 1 to ' 'S32_LE S24_3LE S24_LE S16_LE FLOAT_LE' \
	'44100 48000' 'and any between' 'smallest period'
is err </dev/null
try 0 devices nothing --json
json 0.pcm nothing
json 0.playback.mmap true
json 0.playback.formats.0 S32_LE
json 0.capture.rates.0 8000
try 66 devices nothing nowhere
says err "PCM 'nowhere' cannot be opened" 'aplay -L'
says out nothing
unset ALSA_CONFIG_PATH
try 0 devices --json
if test -e /proc/asound/cards && grep -q '^ *0' /proc/asound/cards; then
	echo "this machine has a card: its listing is not compared"
	try 0 devices
else
	is out <<END
[]
END
	try 0 devices
	says out 'no sound card on this machine' 'tactus devices PCM'
fi
try 64 devices --bogus
finish
