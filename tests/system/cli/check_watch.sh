#!/bin/sh
# check_watch.sh -- `tactus watch`: patterns, the count, Ctrl-C.
. "${srcdir:-.}/tests/system/cli/lib.sh"

cat >"$work/script" <<'END'
/notify 1
	/notify.reply i:1
	/node/new i:10
	/trigger i:10 i:1 f:0.5
	/node/new i:11
	/node/ended i:10
/notify 0
	/notify.reply i:0
END
for door in udp://127.0.0.1:0 tcp://127.0.0.1:0; do
	start_server "$work/script" "$door"
	try 0 watch -u "$url" --count 4
	is out <<END
/node/new 10
/trigger 10 1 0.5
/node/new 11
/node/ended 10
END
	hears '/notify 1' '/notify 0'
	try 0 watch -u "$url" -n 2 '/node/{new,done}'
	is out <<END
/node/new 10
/node/new 11
END
	try 0 watch -u "$url" -n 1 '/node/e*'
	is out <<END
/node/ended 10
END
	try 0 watch -j -u "$url" -n 1 /trigger
	json args.2 0.5

	# Ctrl-C: ends well, and says so to the daemon
	stop_server
	start_server "$work/script" "$door"
	mkfifo "$work/seen"
	"$tactus" watch -u "$url" >"$work/seen" 2>"$work/err" &
	watcher=$!
	# held open, or the watcher would end of a broken pipe
	exec 3<"$work/seen"
	read -r line <&3
	kill -INT "$watcher" 2>/dev/null
	wait "$watcher"
	code=$?
	exec 3<&-
	rm "$work/seen"
	checks=$((checks + 1))
	if test "$code" -ne 0 || test "$line" != '/node/new 10'; then
		echo "FAILED: Ctrl-C: exit $code, line $line"
		cat "$work/err"
		failed=$((failed + 1))
	fi
	stop_server
done
try 64 watch '/node/[a'
says err 'a bracket is not closed'
try 64 watch node
says err 'a pattern begins with /'
try 64 watch /a /b
try 64 watch --count 0
printf '/notify\n' >"$work/deaf"
start_server "$work/deaf" udp://127.0.0.1:0
try 69 watch -t 0.1 -u "$url"
says err 'no answer from' /notify
stop_server
printf '/notify\n\t/error /notify i:429 "all 64 slots are taken"\n' \
	>"$work/full"
start_server "$work/full" udp://127.0.0.1:0
try 1 watch -u "$url"
says err 'error 429: all 64 slots'
stop_server
printf '/notify\n\t/notify.reply i:1\n\t!close\n' >"$work/end"
start_server "$work/end" tcp://127.0.0.1:0
try 69 watch -u "$url"
says err 'closed the connection'
finish
