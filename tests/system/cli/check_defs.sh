#!/bin/sh
# check_defs.sh -- `tactus defs`: the list in pages, and one def's ports.
. "${srcdir:-.}/tests/system/cli/lib.sh"

start_server "$here/engine.script" tcp://127.0.0.1:0
try 0 defs -u "$url"
is out <<END
sine                 synth     urn:tactus:synthdef:sine:1
gain                 synth     urn:tactus:synthdef:gain:1
END
try 0 defs -u "$url" --json
json 0.name sine
json 1.uri urn:tactus:synthdef:gain:1
json 1.kind synth
try 0 defs -u "$url" sine
is out <<END
A sine.
index  port           kind      dir  range, default, unit
    0  freq           control   in   0 … 24000, default 440 Hz, log
    1  amp            control   in   -8 … 8, default 0.1
    2  phase          control   in   0 … 1, default 0 cycles
    3  out            audio     out
END
try 0 defs -ju "$url" sine
json doc 'A sine.'
json ports.1.name amp
json ports.1.default 0.1
json ports.3.direction output
try 0 defs -u "$url" audio-buffer
is out <<END
Samples.
arguments  i channels, i frames
contents   change
END
try 0 defs -u "$url" impulse
says out 'contents   never change'
try 0 defs -u "$url" buffer-fill
is out <<END
Fill.
arguments  f value
resources  1 of urn:tactus:resource:audio-buffer:1
END
try 0 defs -u "$url" buffer-resample
is out <<END
Resample.
arguments  f rate
results    h frames
resources  1 … 2 of urn:tactus:resource:audio-buffer:1, with exclusive 1 alone
END
try 0 defs -ju "$url" buffer-resample
json def buffer-resample
json results 'h frames'
json most 2
json exclusive 1
try 0 defs -ju "$url" audio-buffer
json arguments 'i channels, i frames'
json mutable 1
try 1 defs -u "$url" sinus
says err 'tactus defs: /def/query: error 404: no def of that name'
try 64 defs -u "$url" sine saw
says err "'saw' is one argument too many"
finish
