# lib.sh -- what the tests of the command line share. To be sourced.
#
# Run by make check in the build folder, with srcdir in the environment.
set -u
LC_ALL=C.UTF-8
export LC_ALL
unset TACTUS_URL
tactus=$PWD/tactus
server=$PWD/tests/system/osc_server
json_get=$PWD/tests/system/cli/json_get
here=$(cd "${srcdir:-.}" && pwd)/tests/system/cli
work=$(mktemp -d "${TMPDIR:-/tmp}/tactus-cli.XXXXXX")
pid=
failed=0
checks=0

cleanup() {
	stop_server
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# start_server SCRIPT URL: the bound URL is in $url, what it heard in heard
start_server() {
	rm -f "$work/ready"
	mkfifo "$work/ready"
	"$server" "$1" "$2" >"$work/ready" 2>"$work/heard" &
	pid=$!
	url=
	read -r url <"$work/ready" || { echo "no server at $2"; exit 1; }
}

stop_server() {
	if test -n "$pid"; then
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	fi
	pid=
}

# try CODE ARGUMENT…: run tactus; its output is in $work/out and $work/err
try() {
	want=$1
	shift
	checks=$((checks + 1))
	"$tactus" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if test "$got" -ne "$want"; then
		echo "FAILED: tactus $*: exit $got, not $want"
		sed 's/^/  out: /' "$work/out"
		sed 's/^/  err: /' "$work/err"
		failed=$((failed + 1))
	fi
}

# says FILE TEXT…: each text stands somewhere in $work/FILE
says() {
	file=$1
	shift
	for text in "$@"; do
		checks=$((checks + 1))
		if ! grep -qF -- "$text" "$work/$file"; then
			echo "FAILED: '$text' is not in $file:"
			sed 's/^/  /' "$work/$file"
			failed=$((failed + 1))
		fi
	done
}

# hears TEXT…: the server hears each, be it after tactus has ended; what it
# never hears is waited for until make ends the test
hears() {
	for text in "$@"; do
		checks=$((checks + 1))
		grep -qF -- "$text" "$work/heard" ||
			echo "is '$text' heard?"
		until grep -qF -- "$text" "$work/heard"; do
			:
		done
	done
}

# is FILE: $work/FILE is what stands on standard input
is() {
	checks=$((checks + 1))
	if ! diff -u - "$work/$1" >"$work/diff"; then
		echo "FAILED: $1 is not as expected:"
		cat "$work/diff"
		failed=$((failed + 1))
	fi
}

# json PATH VALUE: the JSON in $work/out has VALUE at PATH
json() {
	checks=$((checks + 1))
	value=$("$json_get" "$1" <"$work/out" 2>&1) || value="($value)"
	if test "$value" != "$2"; then
		echo "FAILED: JSON $1 is '$value', not '$2'"
		failed=$((failed + 1))
	fi
}

finish() {
	echo "$checks checks, $failed failed"
	test "$checks" -gt 0 && test "$failed" -eq 0
	exit
}
