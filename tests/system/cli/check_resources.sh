#!/bin/sh
# check_resources.sh -- `tactus resources`: the list in pages, and holders.
. "${srcdir:-.}/tests/system/cli/lib.sh"

start_server "$here/engine.script" tcp://127.0.0.1:0
try 0 resources -u "$url"
is out <<END
   id  state          class                     bytes  held  by
    3  live           audio-buffer            1.0 MiB     3  node 11, node 12, job 30
    4  constructing   audio-buffer                0 B     0
  200  free-pending   urn:odd                   512 B    40  node 1, node 2, node 3, node 4, node 5, node 6, node 7, node 8, node 9, node 10, node 11, node 12, node 13, node 14, node 15, node 16, …
END
try 0 resources -u "$url" --json
json 0.id 3
json 0.uri urn:tactus:resource:audio-buffer:1
json 0.bytes 1048640
json 0.nodes.1 12
json 0.jobs.0 30
json 1.state constructing
json 2.references 40
try 64 resources -u "$url" more
says err "'more' is one argument too many"
finish
