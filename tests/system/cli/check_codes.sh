#!/bin/sh
# check_codes.sh -- what goes wrong, and how each of it is told.
. "${srcdir:-.}/tests/system/cli/lib.sh"

# nobody there
start_server "$here/engine.script" udp://127.0.0.1:0
udp=$url
stop_server
start_server "$here/engine.script" tcp://127.0.0.1:0
tcp=$url
stop_server
for command in status tree defs 'defs sine' 'send /status' 'send /mute 1' \
	watch; do
	for door in "$udp" "$tcp" "unix://$work/none" \
		"unixgram://$work/none"; do
		# shellcheck disable=SC2086
		try 69 --url "$door" $command
		says err "nobody answers at $door" 'start tactusd'
		is out </dev/null
	done
done

# somebody who is silent, or talks nonsense, or hangs up
cat >"$work/silent" <<'END'
/version
/status
/node/tree
	/node/tree.reply i:0 i:3 i:0 i:-1 group "" "" running
/sync
/def/list
	!raw 2f6162
/def/query
	!close
END
for door in udp://127.0.0.1:0 tcp://127.0.0.1:0; do
	start_server "$work/silent" "$door"
	try 69 -t 0.1 -u "$url" status
	says err "no answer from $url to /version within 0.1 s"
	try 69 -t 0.1 -u "$url" tree
	says err "only a part of the answer from $url to /node/tree"
	try 69 -t 0.1 -u "$url" send /sync 1
	says err "no answer from $url to /sync"
	try 69 -t 0.2 -u "$url" defs
	stop_server
done
start_server "$work/silent" tcp://127.0.0.1:0
try 69 -u "$url" defs sine
says err "$url closed the connection"
stop_server
start_server "$work/silent" udp://127.0.0.1:0
try 69 -u "$url" send -q 5 /def/list
says err 'no OSC packet'
stop_server
printf '/version\n\t!raw 7f000000\n' >"$work/huge"
start_server "$work/huge" tcp://127.0.0.1:0
try 69 -u "$url" status
says err 'a packet of 2130706432 bytes'
stop_server

# usage
try 64
says err 'which command?'
try 64 statu
says err "did you mean 'status'?"
try 64 --bogus status
try 64 status --bogus
says err 'unknown option --bogus' 'see: tactus help status'
try 64 status -x
try 64 status more
try 64 status --url
says err '--url needs URL'
try 64 status --json=yes
try 64 status --timeout 0
try 64 status --timeout soon
for door in localhost udp://localhost udp://:1 udp://h:0 udp://h:70000 \
	unix://relative 'udp://[::1' ''; do
	test -z "$door" || try 64 status --url "$door"
done
says err 'no address of a daemon' udp://HOST:PORT
TACTUS_URL=nonsense
export TACTUS_URL
try 64 status
says err TACTUS_URL
unset TACTUS_URL
try 69 status --url udp://no.such.host.invalid:57140
says err "no host 'no.such.host.invalid'"

# help is no error
for words in help '--help' '-h' 'help status' 'status --help' 'send -h' \
	version --version -V; do
	# shellcheck disable=SC2086
	try 0 $words
	is err </dev/null
done
try 64 help nonsense

# what cannot be written is told
if test -w /dev/full; then
	checks=$((checks + 1))
	"$tactus" help >/dev/full 2>"$work/err"
	code=$?
	test "$code" -eq 74 || {
		echo "FAILED: a full disk: exit $code"
		failed=$((failed + 1))
	}
fi
finish
