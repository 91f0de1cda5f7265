#!/bin/sh
# check_config.sh -- `tactus check-config`: sound, wrong, missing.
. "${srcdir:-.}/tests/system/cli/lib.sh"

mkdir "$work/etc"
printf 'audio = { rate = 44100; };\n' >"$work/etc/good.conf"
printf 'audio = {\n  rat = 44100;\n  block = -3;\n};\n' >"$work/etc/bad.conf"
printf 'audio = {\n  rate = \n' >"$work/etc/broken.conf"
try 0 check-config "$work/etc/good.conf"
says out "$work/etc/good.conf: sound"
try 78 check-config "$work/etc/bad.conf"
says err "$work/etc/bad.conf:2:" "$work/etc/bad.conf:3:" rate '2 errors'
is out </dev/null
try 78 check-config "$work/etc/broken.conf"
says err "$work/etc/broken.conf:"
printf 'audio = { driver = "clock"; };\nrealtime = { cpus = [0]; threads = 2; };\n' \
	>"$work/etc/threads.conf"
try 78 check-config "$work/etc/threads.conf"
says err "$work/etc/threads.conf:2: realtime.threads: 2 audio threads" '1 error'
try 66 check-config "$work/etc/none.conf"
says err "$work/etc/none.conf"
try 0 check-config --json "$work/etc/good.conf"
json sound true
json errors '[]'
try 78 check-config --json "$work/etc/bad.conf"
json sound false
json file "$work/etc/bad.conf"
try 64 check-config a b
finish
