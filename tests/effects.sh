#!/bin/sh
# effects.sh -- the real-time marks bite: at compile time and at run time.
#
# Small files are made against our own mark.h, each with one offence, and
# given to clang: -Wfunction-effects must refuse it, or RealtimeSanitizer must
# stop the program; trust must quiet both, and clean code must pass.
set -eu
top=${srcdir:-.}
work=effects.tmp
failed=0
clang=
for c in ${CC:-} clang-22 clang-21 clang-20 clang; do
	if command -v "$c" > /dev/null && $c -dM -E -x c /dev/null 2> /dev/null |
		awk '$2 == "__clang_major__" && $3 >= 20 { ok = 1 }
			END { exit !ok }'; then
		clang=$c
		break
	fi
done
test -n "$clang" || {
	echo "skipped: no clang of version 20 or later is installed"
	exit 77
}
rm -rf $work
mkdir $work
trap 'rm -rf $work' EXIT
flags="-std=c11 -D_GNU_SOURCE -O1 -iquote $top/link -I$top/include"

# put LINE…: the file to be judged.
put() {
	{
		echo '#include <pthread.h>'
		echo '#include <stdio.h>'
		echo '#include <stdlib.h>'
		echo '#include <string.h>'
		echo '#include "mark.h"'
		printf '%s\n' "$@"
	} > $work/f.c
}

compiles() {
	# shellcheck disable=SC2086
	$clang $flags -Wfunction-effects -Werror -fsyntax-only $work/f.c \
		> $work/log 2>&1
}

accepted() {
	if compiles; then
		echo "ok - $1"
	else
		cat $work/log
		echo "not ok - $1"
		failed=1
	fi
}

refused() {
	if compiles; then
		echo "not ok - $1 (it compiled)"
		failed=1
	elif ! grep -q 'Wfunction-effects' $work/log; then
		cat $work/log
		echo "not ok - $1 (for another reason)"
		failed=1
	else
		echo "ok - $1"
	fi
}

put 'TACTUS_RT int f(int *p);' \
	'TACTUS_RT static int g(int i) { return i + 1; }' \
	'TACTUS_RT int f(int *p) { memset(p, 0, 4); return g(*p); }'
accepted "clang accepts marked code that keeps its promise"
put 'TACTUS_RT void *f(void);' \
	'TACTUS_RT void *f(void) { return malloc(8); }'
refused "clang refuses malloc in marked code"
put 'TACTUS_RT void f(void *p);' \
	'TACTUS_RT void f(void *p) { free(p); }'
refused "clang refuses free in marked code"
put 'TACTUS_RT void f(pthread_mutex_t *m);' \
	'TACTUS_RT void f(pthread_mutex_t *m) { pthread_mutex_lock(m); }'
refused "clang refuses a lock in marked code"
put 'TACTUS_RT void f(void);' 'TACTUS_RT void f(void) { printf("x\n"); }'
refused "clang refuses printf in marked code"
put '#include <unistd.h>' 'TACTUS_RT void f(void);' \
	'TACTUS_RT void f(void) { syscall(202); }'
refused "clang refuses a futex in marked code"
put 'void g(void);' 'TACTUS_RT void f(void);' \
	'TACTUS_RT void f(void) { g(); }'
refused "clang refuses a call to what is declared without the mark"
put 'void g(void);' 'struct s { TACTUS_RT void (*call)(void); };' \
	'void h(struct s *s);' 'void h(struct s *s) { s->call = g; }'
refused "clang refuses an unmarked function where a marked one is wanted"
put '#include <tactus/plugin.h>' \
	'static void p(const TactusWorld *w, TactusSynth *s, uint32_t n)' \
	'{ (void)w; (void)s; (void)n; printf("x\n"); }' \
	'extern const TactusSynthDef d;' \
	'const TactusSynthDef d = {.process = p};'
refused "clang refuses a plugin whose process is not marked"
put 'TACTUS_RT void f(void (*g)(void));' \
	'TACTUS_RT void f(void (*g)(void)) { g(); }'
refused "clang refuses a call through an unmarked pointer"
put 'TACTUS_RT int f(void);' \
	'TACTUS_RT int f(void) { static int n; return n++; }'
refused "clang refuses a static local in marked code"
put 'TACTUS_RT int f(void);' \
	'TACTUS_RT int f(void) { static _Thread_local int n; return n++; }'
refused "clang refuses a thread-local in marked code"
put 'TACTUS_RT void f(void);' 'TACTUS_RT void f(void) {' \
	'TACTUS_RT_TRUST_BEGIN("to be tested")' 'printf("x\n");' \
	'TACTUS_RT_TRUST_END' '}'
accepted "clang accepts printf inside of trust"
put 'TACTUS_RT void f(void);' 'TACTUS_RT void f(void) {' \
	'TACTUS_RT_TRUST_BEGIN("to be tested")' 'printf("x\n");' \
	'TACTUS_RT_TRUST_END' 'printf("y\n");' '}'
refused "clang refuses printf behind the end of trust"

# --- at run time: a printf that the compiler cannot see -------------------

echo 'int main(void) { return 0; }' > $work/f.c
# shellcheck disable=SC2086
if ! $clang -fsanitize=realtime $work/f.c -o $work/f > $work/log 2>&1 ||
	! $work/f > $work/log 2>&1; then
	echo "ok - RealtimeSanitizer # SKIP its run time is not installed"
	exit $failed
fi

# hidden MIDDLE…: main calls f, which is marked and does MIDDLE with say().
hidden() {
	put 'typedef TACTUS_RT void marked(const char *);' \
		'union disguise { void (*plain)(const char *); marked *rt; };' \
		'static void say_it(const char *s) { printf("%s\n", s); }' \
		'static union disguise say = {.plain = say_it};' \
		'TACTUS_RT void f(void);' 'TACTUS_RT void f(void) {' "$@" '}' \
		'int main(void) { setvbuf(stdout, NULL, _IONBF, 0);' \
		'f(); puts("came home"); return 0; }'
	compiles || {
		cat $work/log
		echo "not ok - the disguise compiles"
		failed=1
	}
	# shellcheck disable=SC2086
	$clang $flags -g -fsanitize=realtime $work/f.c -o $work/f
	$work/f > $work/log 2>&1
}

if hidden 'say.rt("hidden");'; then
	cat $work/log
	echo "not ok - RealtimeSanitizer stops a hidden printf (it ran)"
	failed=1
elif grep -q 'RealtimeSanitizer: unsafe-library-call' $work/log &&
	! grep -q 'came home' $work/log; then
	echo "ok - RealtimeSanitizer stops a hidden printf"
else
	cat $work/log
	echo "not ok - RealtimeSanitizer stops a hidden printf"
	failed=1
fi
if hidden 'TACTUS_RT_TRUST_BEGIN("to be tested")' 'say.rt("trusted");' \
	'TACTUS_RT_TRUST_END' && grep -q trusted $work/log &&
	grep -q 'came home' $work/log; then
	echo "ok - RealtimeSanitizer lets through what is trusted"
else
	cat $work/log
	echo "not ok - RealtimeSanitizer lets through what is trusted"
	failed=1
fi
if hidden 'TACTUS_RT_TRUST_BEGIN("to be tested")' 'say.rt("trusted");' \
	'TACTUS_RT_TRUST_END' 'say.rt("hidden");'; then
	cat $work/log
	echo "not ok - RealtimeSanitizer is awake behind the end of trust"
	failed=1
elif grep -q 'unsafe-library-call' $work/log; then
	echo "ok - RealtimeSanitizer is awake behind the end of trust"
else
	cat $work/log
	echo "not ok - RealtimeSanitizer is awake behind the end of trust"
	failed=1
fi
if hidden '(void)0;' && grep -q 'came home' $work/log; then
	echo "ok - RealtimeSanitizer lets clean code run"
else
	cat $work/log
	echo "not ok - RealtimeSanitizer lets clean code run"
	failed=1
fi
exit $failed
