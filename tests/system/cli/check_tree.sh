#!/bin/sh
# check_tree.sh -- `tactus tree`: shape, ports, nodes that end meanwhile.
. "${srcdir:-.}/tests/system/cli/lib.sh"

start_server "$here/engine.script" udp://127.0.0.1:0
try 0 tree -u "$url"
is out <<END
0 group
├─ 10 group "voices"
│  ├─ 11 sine "drone"
│  │  freq 440 Hz,  amp 0.1 ← bus 3,  phase 0 cycles,  out → playback 0
│  │  out → 12 in1
│  └─ 12 patch-cable (paused)
│     in0 ← bus 5 feedback,  in0 ← 12 out1 feedback,  in1 ← 11 out
│     out0 → bus 6 replace,  out1 → 12 in0 feedback,  out1 → 13 port 7
└─ 13 gain (inactive)
END
try 0 tree -u "$url" --brief
is out <<END
0 group
├─ 10 group "voices"
│  ├─ 11 sine "drone"
│  └─ 12 patch-cable (paused)
└─ 13 gain (inactive)
END
LC_ALL=C
try 0 tree -u "$url"
says out 'out -> 12 in1' 'in0 <- 12 out1 feedback'
try 0 tree -b -u "$url"
is out <<END
0 group
|- 10 group "voices"
|  |- 11 sine "drone"
|  \`- 12 patch-cable (paused)
\`- 13 gain (inactive)
END
LC_ALL=C.UTF-8
try 0 tree -u "$url" --json
json id 0
json children.0.key voices
json children.0.children.0.def urn:tactus:synthdef:sine:1
json children.0.children.0.ports.1.value 0.1
json children.0.children.0.ports.1.bus 3
json children.0.children.0.ports.3.kind audio
json children.0.children.0.ports.3.direction output
json children.0.children.1.state paused
json children.0.children.1.ports.0.flags 2
json children.1.ports '[]'
json children.1.connections '[]'
json children.0.children.0.connections '[{"source":11,"out":3,"destination":12,"in":1,"flags":0}]'
json children.0.children.1.connections.0.flags 2
json children.0.children.1.connections.2.in 7
try 0 tree -u "$url" 10
hears '/node/tree 10'
try 64 tree -u "$url" x
says err "'x': give the id"
finish
