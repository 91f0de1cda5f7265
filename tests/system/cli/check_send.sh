#!/bin/sh
# check_send.sh -- `tactus send`: types, replies, errors, the quiet end.
. "${srcdir:-.}/tests/system/cli/lib.sh"

for door in udp://127.0.0.1:0 "unix://$work/stream"; do
	start_server "$here/engine.script" "$door"
	# types guessed and said
	try 0 send -u "$url" /mute 1 -0.5 drone s:1 h:1 d:2 T F N I '[' 1 ']' \
		-8
	hears '/mute 1 -0.5 "drone" "1" h:1 d:2.0 T F N I [ 1 ] -8'
	is out </dev/null
	try 0 send -u "$url" /version
	is out <<END
/version.reply "tactus" "0.1.0" 1
END
	try 0 send -u "$url" /sync 7
	is out <<END
/synced 7
END
	try 0 send -u "$url" /group/new -1 0 1
	is out <<END
/group/new.reply 1023
END
	# all pages, whatever their order
	try 0 send -u "$url" /def/list
	is out <<END
/def/list.reply 1 2 "urn:tactus:synthdef:gain:1" "synth" "gain"
/def/list.reply 0 2 "urn:tactus:synthdef:sine:1" "synth" "sine"
END
	try 0 send -u "$url" /node/query 12
	says out '/node/info 12 0 2 10 11' '/node/info 12 1 2 10 11'
	# bundles in answers
	try 0 send -u "$url" /both
	is out <<END
/first 1
/second 2
END
	# JSON, one line each
	try 0 send -j -u "$url" /both
	is out <<END
{"address": "/first", "types": "i", "args": [1]}
{"address": "/second", "types": "i", "args": [2]}
END
	try 0 send -j -u "$url" /evil
	json address /evil.reply
	json args.1 00ff
	json args.2 true
	json args.3 null
	json args.4.0 1
	# errors
	try 1 send -u "$url" /boom 7
	says err '/boom: error 422: on is 7; give 0 or 1'
	is out </dev/null
	try 1 send -u "$url" /far 1
	says err '/node/set: error 404: no node 99'
	try 1 send -u "$url" /unknown
	says err '/unknown: error 404: unknown address'
	# in a bundle with a time
	try 0 send -u "$url" --in 0.01 --quiet 0.05 /mute 0
	hears bundle
	# what is refused is not waited for
	patient=$tactus
	printf '#!/bin/sh\nexec timeout 60 "%s" "$@"\n' "$patient" \
		>"$work/hasty"
	chmod +x "$work/hasty"
	tactus=$work/hasty
	try 1 send -u "$url" --in 86000 /ahead
	says err '#bundle: error 422: a time more than an hour ahead'
	tactus=$patient
	try 64 send -u "$url" /mute i:x
	says err 'i: takes a whole number'
	try 64 send -u "$url" /mute '['
	try 64 send -u "$url" mute
	says err "'mute' is no address"
	try 64 send -u "$url"
	try 64 send --in -1 /mute
	stop_server
done
finish
