#!/bin/sh
# check_commands.sh -- `tactus` and the daemon that it was made for.
. "${srcdir:-.}/tests/system/lib.sh"
tactus=$here/tactus
json_get=$here/tests/system/cli/json_get
source=$(cd "${srcdir:-.}" && pwd)

# run CODE ARGUMENT…: its output is in $work/out and $work/err
run() {
	want=$1
	shift
	"$tactus" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	check "tactus $*: exit $got, not $want: $(cat "$work/err")" \
		test "$got" -eq "$want"
}

# is FILE: $work/FILE is what stands on standard input
is() {
	check "$1 is not as expected" diff -u - "$work/$1"
}

# says FILE TEXT…: each text stands somewhere in $work/FILE
says() {
	file=$1
	shift
	for text in "$@"; do
		check "'$text' is not in $file: $(cat "$work/$file")" \
			grep -qF -- "$text" "$work/$file"
	done
}

# json PATH VALUE: the JSON in $work/out has VALUE at PATH
json() {
	value=$("$json_get" "$1" <"$work/out" 2>&1)
	check "JSON $1 is '$value', not '$2'" test "$value" = "$2"
}

start_daemon --set audio.driver=offline
TACTUS_URL=$url
export TACTUS_URL

run 0 send /group/new 1 0 0
run 0 send /node/name 1 voices
run 0 send /synth/new sine 2 1 0 [ freq 330.0 ]
run 0 send /synth/map/output 2 out 0 1
run 0 send /synth/map/control 2 amp 3 0
run 0 send /synth/activate 2
run 0 send /synth/new patch-cable 3 1 1 [ ] [ channels 2 ]
run 0 send /synth/map/input 3 in0 5 2
run 0 send /synth/map/output 3 out0 6 4
run 0 send /group/new -1 0 1
is out <<END
/group/new.reply 1023
END
run 1 send /node/free 99
says err '/node/free: error 404: no node 99'
run 1 send /nothing
says err 'error 404' 'no such address'

run 0 tree
is out <<END
0 group
├─ 1 group "voices"
│  ├─ 2 sine
│  │  freq 330 Hz,  amp 0.1 ← bus 3,  phase 0 cycles,  out → playback 0
│  └─ 3 patch-cable (inactive)
│     in0 ← bus 5 feedback,  in1 ← nothing,  out0 → bus 6 replace
│     out1 → nothing
└─ 1023 group
END
run 0 tree --json
json id 0
json children.0.key voices
json children.0.children.0.def urn:tactus:synthdef:sine:1
json children.0.children.0.ports.0.value 330.0
json children.0.children.0.ports.3.direction output
json children.0.children.1.state inactive
json children.1.id 1023
for member in id kind def key state children ports connections index name \
	direction value bus flags; do
	says out "\"$member\":"
	check "tactus(1) does not tell of $member" \
		grep -q "\.\(Li\|Pq Li\).* $member\( \|\$\)" "$source/man/tactus.1"
done
run 0 tree --brief 1
is out <<END
1 group "voices"
├─ 2 sine
└─ 3 patch-cable (inactive)
END

run 0 status
says out "at $url: running" 'offline, 48000 Hz, block 64' \
	'nodes     5: 2 synths, 3 groups'
run 0 status --json
json status.nodes 5
json status.driver offline
json status.state running
json stats.malformed 0
json stats.pool_1048576_free 2
run 0 send /mute 1
run 0 status --json
json status.state muted

run 0 defs
for def in adsr asr-envelope done-after filter gain lfo mixer noise pan \
	patch-cable pulse saw sine trigger-to-message; do
	says out "urn:tactus:synthdef:$def:1"
done
run 0 defs --json
json 0.uri urn:tactus:synthdef:adsr:1
run 0 defs sine
says out 'freq' 'default 440 Hz' '0 … 24000'
run 1 defs sinus
says err 'sinus'

run 0 send --json /node/tree/statistics
json address /node/tree/statistics.reply
json args.0 3
run 0 send /offline/run 1000
is out <<END
/offline/run.reply h:1000
END

# --wait: what it begins is over, and how it went is told
run 0 send --wait /resource/new audio-buffer 1 [ 1 100 ]
is out <<END
/resource/ready 1
END
run 0 send -w /job/new buffer-stats 7 0 [ 1 ]
is out <<END
/job/done 7 0.0 0.0 0.0
END
run 1 send -w /job/new buffer-save 7 0 [ 1 ] [ sound.xyz ]
says out '/job/failed 7' 'its ending names no format'
run 1 send -w /job/new buffer-stats 7 0 [ 2 ]
says err '/job/new: error 404: no resource 2'
is out </dev/null
run 1 send -w /resource/new sine 2
says err 'no resource class "sine"' 'a synth has that name: /synth/new'
run 1 send -w /resource/new audio-buffer 2 [ nothing.wav ]
says out '/resource/error 2' 'nothing.wav'
run 0 resources
says out '1  live           audio-buffer'
run 0 send -w /resource/query 1
says out '/resource/info 1'
run 0 send -w -j /resource/free 1
json address /resource/destroyed
json args.0 1
run 0 send -w /group/new -1 0 1
says out '/group/new.reply'
run 64 send -w --in 1 /resource/free 1
says err '--wait and --in'
run 0 status
says out 'resources 0, 0 B; references 0; jobs 0' 'works     waiting 0'

# whatever the daemon counts stands in the manual
run 0 send /stats
sed 's/^[^ ]* //' "$work/out" | tr ' ' '\n' | sed -n 's/^"\(.*\)"$/\1/p' |
	sed 's/^pool_[0-9]*_free/pool_/; s/^thread_[0-9]*_load/thread_/' |
	sort -u >"$work/names"
check "/stats has names" test "$(wc -l <"$work/names")" -ge 20
while read -r name; do
	check "tactus-osc.7 does not tell of $name" \
		grep -qF -- "$name" "$source/man/tactus-osc.7"
done <"$work/names"

# watch: what comes once it has subscribed
clients() {
	"$tactus" send /stats | sed -n 's,.*"clients" d:\([0-9]*\).*,\1,p'
}
"$tactus" watch --count 3 >"$work/watched" 2>&1 &
watcher=$!
"$tactus" watch --json --count 1 '/node/ended' >"$work/json" 2>&1 &
json_watcher=$!
while test "$(clients)" != 2; do
	:
done
run 0 send /group/new 50 0 0
run 0 send /node/free 50
run 0 send /group/new 51 0 0
wait "$watcher"
check 'watch ends with 0' test $? -eq 0
wait "$json_watcher"
check 'watch --json ends with 0' test $? -eq 0
is watched <<END
/node/new 50
/node/ended 50
/node/new 51
END
cp "$work/json" "$work/out"
json address /node/ended
json args.0 50

run 0 send /quit
is out <<END
/quit.reply
END
wait "$daemon"
check '/quit ends the daemon with 0' test $? -eq 0
daemon=
run 69 status --timeout 1
finish
