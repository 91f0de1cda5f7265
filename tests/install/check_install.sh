#!/bin/sh
# check_install.sh -- what is installed is whole: a stranger's plugin is built
# against it, loaded, and heard; and uninstalling leaves nothing.
#
# Run by make check in the build folder.
set -u
LC_ALL=C.UTF-8
export LC_ALL
unset TACTUS_URL MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
work=$(mktemp -d "${TMPDIR:-/tmp}/tactus-install.XXXXXX")
dest=$work/dest
daemon=
checks=0
failed=0

cleanup() {
	test -z "$daemon" || kill "$daemon" 2> /dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# want WORDS COMMAND…: count it, and say what failed with all that it said
want() {
	words=$1
	shift
	checks=$((checks + 1))
	"$@" > "$work/said" 2>&1 || {
		echo "FAILED: $words"
		tail -n 20 "$work/said" | sed 's/^/  /'
		failed=$((failed + 1))
		return 1
	}
}


# dir NAME: where the build installs such things, in full
dir() {
	printf 'print-one:\n\t@echo $(%s)\n' "$1" > "$work/print.mk"
	make -s --no-print-directory -f Makefile -f "$work/print.mk" print-one
}

install_it() {
	make -s install DESTDIR="$dest"
}

uninstall_it() {
	make -s uninstall DESTDIR="$dest"
}

want "make install DESTDIR=…" install_it || { cat "$work/said"; exit 1; }
plugins=$dest$(dir plugindir)
conf=$dest$(dir confdir)
man=$dest$(dir mandir)
pc=$dest$(dir pkgconfigdir)
doc=$dest$(dir docdir)
includes=$(dir tactusincludedir)
tactus=$dest$(dir bindir)/tactus
tactusd=$dest$(dir sbindir)/tactusd

# --- what lies where ------------------------------------------------------

for f in "$tactus" "$tactusd" "$plugins/sine.so" "$conf/tactus.conf" \
	"$conf/conf.d/lan.conf.example" "$pc/tactus.pc" "$doc/README.md" \
	"$doc/examples/plugin-gain/Makefile" \
	"$doc/examples/plugin-curve/curve.h" \
	"$doc/examples/plugin-steps/plugin-steps.cpp" "$man/man8/tactusd.8" \
	"$man/man1/tactus.1" "$man/man5/tactus.conf.5" \
	"$man/man7/tactus-osc.7" "$man/man7/tactus-plugin.7" \
	"$dest$(dir includedir)/tactus/plugin.h" \
	"$dest$(dir includedir)/tactus/plugin.hpp" \
	"$dest$(dir includedir)/tactus/cpp/synth.hpp" \
	"$dest$(dir includedir)/tactus/resources/audio_buffer.h"; do
	want "${f#"$dest"} is installed" test -f "$f"
done
only_objects() {
	! find "$plugins" -type f ! -name '*.so' | grep .
}
want "the folder of plugins holds shared objects alone" only_objects
no_archives() {
	! find "$dest" -name '*.a' -o -name '*.la' | grep .
}
want "no archive of libtool's is installed" no_archives
if command -v man > /dev/null; then
	for page in 8:tactusd 1:tactus 5:tactus.conf 7:tactus-osc \
		7:tactus-plugin; do
		want "man finds ${page#*:}" \
			man -M "$man" -w "${page%%:*}" "${page#*:}"
	done
fi

# --- the administrator's file is his own ----------------------------------

want "the shipped configuration is right" \
	"$tactusd" --check -c "$conf/tactus.conf"
names_plugins() {
	grep -qF "\"$(dir plugindir)\"" "$conf/tactus.conf"
}
want "the shipped configuration names this build's plugins" names_plugins
cp "$conf/tactus.conf" "$work/shipped"
echo '# mine' >> "$conf/tactus.conf"
cp "$conf/tactus.conf" "$work/mine"
want "make install again" install_it
want "a second install leaves the configuration as it was" \
	cmp "$work/mine" "$conf/tactus.conf"

# --- a plugin from outside ------------------------------------------------

PKG_CONFIG_PATH=$pc
PKG_CONFIG_SYSROOT_DIR=$dest
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
abi_is_told() {
	test "$(pkg-config --variable=abi tactus)" = \
		"$(sed -n 's/^#define TACTUS_ABI_VERSION //p' \
			"$dest$(dir includedir)/tactus/plugin.h")"
}
want "pkg-config tells the ABI of the header" abi_is_told
# as its Makefile says: the path on the command line
build_example() (
	unset PKG_CONFIG_PATH
	make -C "$work/$1" PKG_CONFIG_PATH="$pc" CFLAGS="-O2 -Werror" \
		CXXFLAGS="-O2 -Werror"
)
install_example() (
	unset PKG_CONFIG_SYSROOT_DIR
	make -C "$work/$1" install DESTDIR="$dest"
)
examples="plugin-gain plugin-curve plugin-steps"
for example in $examples; do
	cp -r "$doc/examples/$example" "$work/$example"
	chmod -R u+w "$work/$example"
	want "$example is built with pkg-config alone" build_example "$example"
	want "$example is installed where pkg-config says" \
		install_example "$example"
	want "$example lies among the others" test -f "$plugins/$example.so"
done

hear=$PWD/tests/install/hear
"$hear" score "$work/score.osc" || exit 1
cd "$work" || exit 1
want "tactus render plays through it" "$tactus" render score.osc -o out.wav \
	--set "plugins.path=[\"$plugins\"]" --set audio.rate=48000 \
	--threads "${TACTUS_TEST_THREADS:-1}"
want "what is heard is the sine times its gain" "$hear" check out.wav

# --- the daemon -----------------------------------------------------------

url=unix://$work/osc.sock
TACTUS_URL=$url
export TACTUS_URL
"$tactusd" -c "$conf/tactus.conf" --set audio.driver=offline \
	--set "realtime.threads=${TACTUS_TEST_THREADS:-1}" \
	--set "plugins.path=[\"$plugins\"]" \
	--set "osc.listeners=({ url=\"$url\"; role=\"admin\"; })" \
	2> log < /dev/null &
daemon=$!
answers() {
	tries=0
	until "$tactus" status; do
		tries=$((tries + 1))
		test $tries -lt 300 && kill -0 "$daemon" || { cat log; return 1; }
		sleep 0.1
	done
}
want "the installed daemon answers" answers
want "it knows the def of the example" "$tactus" defs my-gain
said_gain() {
	"$tactus" defs my-gain | grep -q 'gain .*0 … 4, default 1'
}
want "and its ports" said_gain

# what the others do: a resource is made, played, and worked on

# shows ADDRESS WORDS ARGUMENT…: an answer to it has the words, at last
shows() {
	address=$1 seen=$2
	shift 2
	tries=0
	until "$tactus" send "$address" "$@" | grep -F -e "$seen"; do
		tries=$((tries + 1))
		test $tries -lt 100 && kill -0 "$daemon" || {
			"$tactus" send "$address" "$@"
			tail -n 5 log
			return 1
		}
		sleep 0.1
	done
}
# refuses WORDS ADDRESS ARGUMENT…: the client is told why
refuses() {
	reason=$1
	shift
	if "$tactus" send "$@" > refused 2>&1; then
		echo "it was taken: $*"
		return 1
	fi
	cat refused
	grep -qF -e "$reason" refused
}
want "a curve is taken" "$tactus" send /resource/new s:curve i:1 \
	'[' f:0 f:1 f:0.5 ']'
want "steps are taken" "$tactus" send /resource/new s:steps i:2 \
	'[' f:0.25 f:-0.5 ']'
want "a curve is made" shows /resource/query '"live"' i:1
want "steps are made" shows /resource/query '"live"' i:2
want "a curve of one point is refused" refuses "2 points or more" \
	/resource/new s:curve i:3 '[' f:0 ']'
want "steps of words are refused" refuses "argument 2 (level)" \
	/resource/new s:steps i:3 '[' f:0 s:high ']'
want "a player is made" "$tactus" send /synth/new s:curve-player i:10 i:0 i:1
want "it is given its curve" "$tactus" send /node/set i:10 s:curve i:1
want "another is made" "$tactus" send /synth/new s:step-player i:11 i:0 i:1
want "it is given its steps" "$tactus" send /node/set i:11 s:steps i:2
want "time goes on" "$tactus" send /offline/run i:4800
want "the curve is held by its player" shows /resource/query '[ 10 ]' i:1
want "steps are held by theirs" shows /resource/query '[ 11 ]' i:2
want "steps of another class are refused" refuses 422 \
	/node/set i:11 s:steps i:1
want "a curve is turned round" "$tactus" send /job/new s:curve-reverse i:1 i:0 \
	'[' i:1 ']'
want "steps are scaled" "$tactus" send /job/new s:steps-scale i:2 i:0 \
	'[' i:2 ']' '[' f:0.5 ']'
want "not alone, while they are held" refuses 409 \
	/job/new s:steps-scale i:2 i:1 '[' i:2 ']' '[' f:0.5 ']'
want "a factor that is too large is refused" refuses "argument 1 (factor)" \
	/job/new s:steps-scale i:3 i:0 '[' i:2 ']' '[' f:9 ']'
want "players end" "$tactus" send /node/free i:10
want "all of them" "$tactus" send /node/free i:11
want "time goes on again" "$tactus" send /offline/run i:4800
want "steps are scaled alone" "$tactus" send /job/new s:steps-scale i:2 i:1 \
	'[' i:2 ']' '[' f:0.5 ']'
want "the curve is free of them" "$tactus" send /resource/free i:1
want "and is gone" refuses 404 /resource/query i:1
want "it ends when told to" "$tactus" send /quit
wait "$daemon"
code=$?
daemon=
want "it ends with code 0, not $code" test "$code" = 0
cd - > /dev/null || exit 1

# --- gone again -----------------------------------------------------------

for example in $examples; do
	rm -f "$plugins/$example.so"
done
want "make uninstall" uninstall_it
leaves() {
	test "$(find "$dest" -type f)" = "$1"
}
want "make uninstall leaves the changed configuration alone" \
	leaves "$conf/tactus.conf"
cp "$work/shipped" "$conf/tactus.conf"
want "make uninstall with the shipped one" uninstall_it
want "nothing is left" leaves ""
no_folders() {
	for d in "$plugins" "$conf" "$doc" "$dest$includes"; do
		test ! -e "$d" || { echo "${d#"$dest"}" && return 1; }
	done
}
want "not even a folder of its own" no_folders

echo "$checks checks, $failed failed"
test "$failed" = 0
