#!/bin/sh
# gates.sh -- the gates shut: a planted offence is refused by each.
#
# A small tree is made in the build folder, with the real rules and one
# offence at a time.
set -eu
top=$(cd "${srcdir:-.}" && pwd)
work=$(pwd)/gates.tmp
cc=${CC:-cc}
failed=0
trap 'rm -rf "$work"' EXIT

# A clean tree of one file per room.
clean() {
	rm -rf "$work"
	mkdir -p "$work/include/tactus" "$work/link" "$work/rt/graph" \
		"$work/nrt/osc" "$work/plugins/tone" "$work/src" \
		"$work/tests" "$work/docs/adr"
	cp "$top"/docs/adr/*.md "$work/docs/adr/"
	cp "$top/tests/layers.allow" "$top/tests/rt_symbols.allow" \
		"$top/tests/globals.allow" \
		"$work/tests/"
	cp "$top/.clang-format" "$work/"
	for f in link/a.h rt/b.h rt/graph/t.h nrt/osc/c.h; do
		put $f 'extern int nothing;'
	done
	put rt/alsa.c '#include <alsa/asoundlib.h>' '#include "b.h"'
	put rt/b.c '#include "a.h"' '#include "t.h"'
	put rt/b_setup.c '#include <stdlib.h>' '#include "b.h"'
	put nrt/osc/c.c '#include <stdio.h>' '#include "a.h"'
	put plugins/tone/tone.c '#include <tactus/plugin.h>'
	put src/d.c '#include "b.h"' '#include "c.h"'
}

# put FILE LINE…: a file with its licence, its card and those lines.
put() {
	name=$1
	shift
	{
		echo '/* SPDX-License-Identifier: MIT */'
		echo '/*'
		echo " * ${name##*/} -- a file to be judged."
		echo ' */'
		printf '%s\n' "$@"
	} > "$work/$name"
}

# gate NAME: run it on the small tree.
gate() {
	(cd "$work" && CC=$cc SANITIZERS=no srcdir=. sh "$top/tests/$1.sh") \
		> "$work.log" 2>&1
}

passes() {
	if gate "$1"; then
		echo "ok - $2"
	else
		cat "$work.log"
		echo "not ok - $2"
		failed=1
	fi
}

# refuses GATE WORDS SENTENCE: it fails, and says why.
refuses() {
	if gate "$1"; then
		echo "not ok - $3 (it was let through)"
		failed=1
	elif ! grep -q -- "$2" "$work.log"; then
		cat "$work.log"
		echo "not ok - $3 (not for the reason planted)"
		failed=1
	else
		echo "ok - $3"
	fi
	clean
}

clean
passes layers "layers accept a clean tree"
put rt/b.c '#include "c.h"'
refuses layers 'b.c: "c.h" is in none of' "layers refuse rt that includes nrt"
put nrt/osc/c.c '#include "b.h"'
refuses layers 'c.c: "b.h" is in none of' "layers refuse nrt that includes rt"
put rt/b.c '#include "../nrt/osc/c.h"'
refuses layers 'is a path' "layers refuse an include that is a path"
put rt/b.c '#include <stdio.h>'
refuses layers '<stdio.h> may not' "layers refuse <stdio.h> in rt"
put rt/b.c '#include <alsa/asoundlib.h>'
refuses layers 'b.c: <alsa' "layers refuse ALSA outside of alsa.c"
put link/a.h '#include <pthread.h>'
refuses layers '<pthread.h> may not' "layers refuse threads in link"
put plugins/tone/tone.c '#include "a.h"'
refuses layers 'tone.c: "a.h"' "layers refuse a plugin that includes link"
put include/tactus/p.h '#include "a.h"'
refuses layers 'p.h: "a.h"' "layers refuse a public header that includes ours"
put rt/b.c 'TACTUS_RT_TRUST_BEGIN("because")'
refuses layers 'b.c: trust' "layers refuse trust outside of its four files"
put rt/b.c 'static _Atomic int flag;'
refuses layers 'b.c:5: atomics' "layers refuse atomics in rt, the executor apart"
put rt/crew.c '#include <stdatomic.h>' 'static _Atomic int flag;'
passes layers "layers accept atomics in the executor"
clean

passes shape "shape accepts a clean tree"
echo 'int a;' > "$work/link/z.c"
refuses shape 'z.c: no room card' "shape refuses a file without its card"
put rt/b.c 'int a;' && mv "$work/rt/b.c" "$work/rt/e.c"
refuses shape 'e.c: no room card' "shape refuses another file's card"
put rt/b.c '/* no fences (DES''IGN 10.14) */'
refuses shape 'rt/b.c:5:.*not here' "shape refuses a text that is not there"
put tests/d.c '/* what RUL''INGS say */'
refuses shape 'tests/d.c:5:.*not here' "shape refuses it without a number"
echo 'As spec'' 5.3 has it.' > "$work/docs/e.md"
refuses shape 'docs/e.md:1:.*not here' "shape refuses it in documents"
put rt/b.c '/* the tree as it stands (AD''R 9999) */'
refuses shape 'rt/b.c:5: there is no' "shape refuses a decision that is not there"

# object FILE LINE…: compile it where its room's objects lie.
object() {
	stem=$1
	shift
	put "$stem.c" "$@"
	$cc -O2 -w -c "$work/$stem.c" -o "$work/$stem.o"
}
object rt/b 'void f(char *p);' 'void f(char *p) { p[0] = 1; }'
passes rt_symbols "rt_symbols accept an object that imports nothing"
object rt/b 'void *malloc(unsigned long);' \
	'void *f(void);' 'void *f(void) { return malloc(8); }'
refuses rt_symbols 'rt/b.c: imports malloc' "rt_symbols refuse malloc in rt"
object rt/b 'int printf(const char *, ...);' \
	'void f(int i) { printf("%d", i); }'
refuses rt_symbols 'rt/b.c: imports printf' "rt_symbols refuse printf in rt"
object rt/b 'long syscall(long, ...);' 'void f(void);' \
	'void f(void) { syscall(202); }'
refuses rt_symbols 'rt/b.c: imports syscall' \
	"rt_symbols refuse a futex outside of wait.c"
object rt/b 'float sinf(float);' 'float f(float x) { return sinf(x); }'
refuses rt_symbols 'rt/b.c: imports sinf' "rt_symbols refuse libm in rt"
object rt/b 'long write(int, void *, long);' \
	'long f(void *p) { return write(1, p, 1); }'
refuses rt_symbols 'rt/b.c: imports write' \
	"rt_symbols refuse in one file what another may import"
object rt/b_setup 'int h(void);' 'int h(void) { return 1; }'
object rt/b 'int h(void);' 'int f(void) { return h(); }'
refuses rt_symbols 'rt/b.c: imports h' \
	"rt_symbols refuse rt that calls what only runs before it"

object rt/b 'static const int t[] = {1, 2};' \
	'int f(int i) { return t[i]; }'
passes globals "globals accept a table that is const"
object rt/b 'int counter;' 'int f(void) { return counter++; }'
refuses globals 'counter can be written' "globals refuse a counter"
object rt/b 'int f(void) { static int n = 3; return n++; }'
refuses globals 'can be written' "globals refuse a static local"
rm -f "$work.log"

if command -v clang-format-14 > /dev/null; then
	for f in $(find "$work" -name '*.[ch]'); do
		clang-format-14 -i -style=file "$f"
	done
	passes format "format accepts what clang-format wrote"
	put rt/b.c 'int f( void ){return 1;}'
	refuses format 'b.c' "format refuses another layout"
else
	echo "ok - format # SKIP clang-format-14 is not installed"
fi

cp "$top/include/tactus/mark.h" "$top/include/tactus/plugin.h" \
	"$work/include/tactus/"
passes headers "headers accept a clean tree"
put rt/b.h 'int f(uint32_t x);'
refuses headers 'b.h does not compile alone' \
	"headers refuse one that needs another before it"
put include/tactus/p.h 'extern int class;'
refuses headers 'p.h does not compile alone' \
	"headers refuse a public one that C++ cannot read"
rm -f "$work.log"
exit $failed
