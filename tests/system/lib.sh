# lib.sh -- a daemon for the tests that are scripts.  To be sourced.
#
# Run by make check in the build folder, with srcdir in the environment.  The
# daemon's log comes through a pipe, so that nobody has to wait for a file.
set -u
LC_ALL=C.UTF-8
export LC_ALL
unset TACTUS_URL
here=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/tactus-system.XXXXXX")
daemon=
failed=0
checks=0

cleanup() {
	test -z "$daemon" || kill -KILL "$daemon" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# threads SET…: how many there are to be: what TACTUS_TEST_THREADS says; where
# time is real no more than there are processors
threads() {
	wanted=${TACTUS_TEST_THREADS:-1}
	case $* in
	*audio.driver=offline*) ;;
	*) test "$wanted" -le "$(nproc)" || wanted=$(nproc) ;;
	esac
	echo "$wanted"
}

# start_daemon SET…: its UDP port is in $port, its URL in $url
start_daemon() {
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	: >"$work/tactus.conf"
	set -- --config="$work/tactus.conf" \
		--set "realtime.threads=$(threads "$@")" "$@"
	test "${SANITIZERS:-no}" = no || set -- --no-realtime "$@"
	"$here/tactusd" "$@" \
		--set "plugins.path=[\"$here/plugins/.libs\"]" \
		--set 'osc.listeners=({ url = "udp://127.0.0.1:0";
			role = "admin"; })' 2>"$work/pipe" &
	daemon=$!
	exec 3<"$work/pipe"
	url=
	: >"$work/log"
	while read -r line <&3; do
		printf '%s\n' "$line" >>"$work/log"
		case $line in
		*'listening on udp://'*) url=${line##* } ;;
		*'tactusd: ready'*) break ;;
		esac
	done
	test -n "$url" || {
		echo "the daemon did not start:"
		cat "$work/log"
		exit 1
	}
	port=${url##*:}
	# whoever logs must find a reader
	cat <&3 >>"$work/log" &
	exec 3<&-
}

# stop_daemon: by SIGTERM; it has to end well
stop_daemon() {
	kill "$daemon"
	wait "$daemon"
	code=$?
	daemon=
	check "the daemon ends with 0, not $code" test "$code" -eq 0
}

# check WHAT COMMAND…: the command must succeed
check() {
	what=$1
	shift
	checks=$((checks + 1))
	"$@" || {
		echo "FAILED: $what"
		failed=$((failed + 1))
	}
}

finish() {
	echo "$checks checks, $failed failed"
	test "$checks" -gt 0 && test "$failed" -eq 0
	exit
}
