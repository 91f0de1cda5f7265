#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check_symbols.sh -- what a built-in plugin imports and exports.
#
# A plugin that imports libm would differ from CPU to CPU, one that imports
# malloc would break the audio thread.  Run in the build folder.
set -eu
: "${NM:=nm}"

dir=plugins/.libs
may='memcpy|memset|memmove|memcmp|bcmp|strcmp|__memcpy_chk|__memset_chk'
may="$may|__stack_chk_fail|__stack_chk_guard"
weak='__cxa_finalize|__gmon_start__|_ITM_.*'
made='__asan_.*|__ubsan_.*|__tsan_.*|__rtsan_.*|__sanitizer_.*'
# workers alone are in these: they may format and use libm
workers='buffer-jobs'
libm='(cos|sin|tan|sincos|exp|exp2|log|log10|pow|sqrt)f?'
libm="$libm|(f(abs|max|min|mod)|floor|ceil|l{0,2}round)f?"
text='(__)?v?snprintf(_chk)?|__memmove_chk|qsort'

count=0
for so in "$dir"/*.so; do
	more=memcpy
	if basename "$so" .so | grep -Eqx "$workers"; then
		more="$libm|$text"
	fi
	wrong=$($NM -D --undefined-only "$so" | awk '{ print $NF }' |
		sed 's/@.*//' | grep -Evx "$may|$more|$weak|$made" || true)
	if [ -n "$wrong" ]; then
		echo "$so imports: $wrong" >&2
		exit 1
	fi
	shown=$($NM -D --defined-only "$so" | awk '{ print $NF }' |
		grep -Evx "$made|_init|_fini" || true)
	if [ "$shown" != tactus_plugin ]; then
		echo "$so exports: $shown (only tactus_plugin may be)" >&2
		exit 1
	fi
	count=$((count + 1))
done
want=$(find "${srcdir:-.}/plugins" -mindepth 1 -maxdepth 1 -type d | wc -l)
if [ "$count" -ne "$want" ]; then
	echo "$count plugins in $dir, not $want" >&2
	exit 1
fi
# the check itself must be able to fail
if ! $NM -D --undefined-only /bin/sh | grep -Eq 'malloc|free'; then
	echo "$NM does not show what /bin/sh imports" >&2
	exit 1
fi
echo "$count plugins import nothing but $may; $workers: libm and text, too"
