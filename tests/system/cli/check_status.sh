#!/bin/sh
# check_status.sh -- `tactus status` over every transport, as text and JSON.
. "${srcdir:-.}/tests/system/cli/lib.sh"

for door in udp://127.0.0.1:0 tcp://127.0.0.1:0 "unix://$work/stream" \
	"unixgram://$work/dgram"; do
	start_server "$here/engine.script" "$door"
	try 0 status --url "$url"
	is out <<END
tactus 0.1.0 at $url: running
audio     clock, 48000 Hz, block 64 (1.33 ms)
load      3.1 % on average, 7.5 % at most
threads   2, load 31.2 %, 28.0 %; 12 wide at most, levels 4
          late helpers 3
nodes     5: 3 synths, 2 groups; connections 3
resources 3, 1.5 MiB; references 4; jobs 1
works     waiting 0, running 1, timed out 1, workers 3
xruns     2, 128 frames lost; late messages 1
          woke late 1, device stalled 1
rights    real-time scheduling granted
          locked memory NOT GRANTED: set LimitMEMLOCK= in the unit, or memlock in /etc/security/limits.d (or realtime.lock_memory is off)
osc       packets 1234, errors 2, malformed 0, denied 0, dropped by the kernel 0, clients 1
waiting   events 0, commands 0
faults    frames not a number 0, plugin faults 0, page faults on audio threads 0
pools     free 256 B: 2047, 1024 B: 512
END
	is err </dev/null
	stop_server
done

start_server "$here/engine.script" udp://127.0.0.1:0
try 0 --url "$url" status --all
says out 'future_number            0.5' 'pool_256_free            2047'
try 0 status --json -u "$url"
json version 0.1.0
json abi 1
json url "$url"
json status.nodes 5
json status.load_avg 0.031
json status.state running
json stats.packets 1234
json stats.future_number 0.5

# the environment names the daemon; the option is stronger
TACTUS_URL=$url
export TACTUS_URL
try 0 status
says out "at $url"
try 69 status --url "unix://$work/none"
unset TACTUS_URL
finish
