#!/bin/sh
# check_compile.sh -- the C++ headers compile clean, and refuse what is wrong.
#
# Every compiler that is installed, with and without exceptions; clang of
# version 20 and later proves the marks too.  Small files, each with one
# offence, must not compile, and for the right reason.
set -eu
top=${srcdir:-.}
work=cpp.tmp
failed=0
checks=0
rm -rf $work
mkdir $work
trap 'rm -rf $work' EXIT
flags="-std=c++17 -O1 -I$top/include -iquote $top/tests/plugins/cpp
	-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
	-Wcast-qual -Wfloat-conversion -Wdouble-promotion -Werror"

# has COMPILER -Wfunction-effects?
proves() {
	$1 -dM -E -x c /dev/null 2> /dev/null |
		awk '$2 == "__clang_major__" && $3 >= 20 { ok = 1 }
			END { exit !ok }'
}

# compile FILE FLAGS…: with the compiler of the day
compile() {
	file=$1
	shift
	# shellcheck disable=SC2086
	$compiler $flags "$@" -c -o $work/out.o "$file" > $work/log 2>&1
}

failure() {
	echo "FAILED: $compiler: $1"
	head -n 20 $work/log
	failed=$((failed + 1))
}

accepted() {
	words=$1
	shift
	checks=$((checks + 1))
	compile "$@" || failure "$words"
}

# refused REASON WORDS FLAGS…: what stands in f.cpp
refused() {
	reason=$1 words=$2
	shift 2
	checks=$((checks + 1))
	if compile $work/f.cpp "$@"; then
		failure "$words: it compiled"
	elif ! grep -q -e "$reason" $work/log; then
		failure "$words: for another reason"
	fi
}

# put MEMBERS…: a synth with these members, and its def
put() {
	{
		echo '#include <tactus/plugin.hpp>'
		echo 'using namespace tactus;'
		echo 'struct S {'
		echo 'static constexpr const char *uri = "u", *name = "n";'
		printf '%s\n' "$@"
		echo '};'
		echo 'extern const TactusSynthDef *d;'
		echo 'const TactusSynthDef *d = &SynthDef<S>::def;'
	} > $work/f.cpp
}
ports='static constexpr Port ports[] = {audio_out("out")};'
process='TACTUS_RT void process(Context &, std::uint32_t) {}'

# put_work CLASS DEF: a class of resources or jobs
put_work() {
	{
		echo '#include <tactus/plugin.hpp>'
		echo 'using namespace tactus;'
		echo 'struct L { int a; };'
		echo "struct W $1;"
		echo "extern const $2 *d;"
		echo "const $2 *d = &$3<W>::def;"
	} > $work/f.cpp
}
names='static constexpr const char *uri = "u", *name = "n";'

# the example of the manual, as it stands there
awk '/^\.Bd/ { block = ""; next }
	/^\.Ed/ { if (block ~ /plugin\.hpp/) { printf "%s", block } }
	{ gsub(/\\e/, "\\"); block = block $0 "\n" }' \
	"$top/man/tactus-plugin.7" > $work/manual.cpp
grep -q tactus_plugin $work/manual.cpp || {
	echo "FAILED: the manual's example in C++ was not found"
	failed=1
}

tried= proved=
for compiler in "${CXX:-c++}" g++ clang++ clang++-22; do
	# what is the same under another name once
	real=$(command -v "${compiler%% *}") || continue
	real=$(readlink -f "$real")
	case " $tried " in *" $real "*) continue ;; esac
	tried="$tried $real"
	effects=-Wall
	! proves "$compiler" || effects=-Wfunction-effects

	accepted "the plugin with exceptions" \
		"$top/tests/plugins/cpp/plugin_cpp.cpp"
	accepted "the plugin without them" \
		"$top/tests/plugins/cpp/plugin_plain.cpp" -fno-exceptions \
		$effects
	accepted "the plugin without them, compiled with them" \
		"$top/tests/plugins/cpp/plugin_plain.cpp" $effects
	accepted "the same without a library's checks" \
		"$top/tests/plugins/cpp/plugin_plain.cpp" -O2 -DNDEBUG \
		-fno-rtti -fno-exceptions
	for e in "$top"/examples/plugin-steps/*.cpp; do
		accepted "the example" "$e" $effects
	done
	accepted "the manual's example" $work/manual.cpp $effects

	put "$ports" "$process"
	accepted "a synth that is nothing but process" $work/f.cpp $effects
	put "$ports" "$process" 'int activate(int) { return 0; }'
	refused 'activate is void activate(Context &)' "activate of its own"
	put "$ports" "$process" 'void bind(Context &, void *) {}'
	refused 'bind is void bind' "bind of its own"
	put "$ports" "$process" 'void process_many(int) {}'
	refused 'process_many is static' "process_many of its own"
	put "$ports" "$process" 'char all[20000];'
	refused 'TACTUS_CONSTRUCT_BYTES' "a synth that is too large"
	put "$ports" "$process" 'S(int) {}'
	refused 'its constructor is Synth(Context' "a constructor of its own"
	put "$process" 'static constexpr Port ports[] = {audio_out("out"),' \
		'control("freq", 0, 1, 0)};'
	refused 'ports stand in this order' "a control behind an output"
	put "$process" 'static constexpr Port ports[] = {audio_out(' \
		'"a_name_of_more_than_thirty_one_bytes")};'
	refused "a port's name is shorter" "a name that is too long"

	put_work "{ $names W(Host &, const Arguments &, Job &) {} }" \
		TactusResourceDef ResourceDef
	accepted "a class that is its own layout" $work/f.cpp
	put_work "{ $names using layout = L;
		W(Host &, const Arguments &, Job &) {} }" \
		TactusResourceDef ResourceDef
	refused 'derives from its layout' "a class that is not its layout"
	put_work "{ $names W(Host &) {} }" TactusResourceDef ResourceDef
	refused 'its constructor is Class' "a constructor of its own"
	put_work "{ $names static void check(int) {}
		W(Host &, const Arguments &, Job &) {} }" \
		TactusResourceDef ResourceDef
	refused 'check is static void check' "a check of its own"
	put_work "{ $names static constexpr std::uint32_t least = 2, most = 1;
		static void perform(Host &, const Resources<void> &,
		const Arguments &, Job &) {} }" TactusJobDef JobDef
	refused 'a job takes least' "a job that takes less than it needs"

	test $effects != -Wall || continue
	proved=yes
	put "$ports" 'void process(Context &, std::uint32_t)' \
		'{ delete new int; }'
	accepted "an unmarked process, where nothing is to be proved" \
		$work/f.cpp
	refused function-effects "a process that allocates" $effects
	put "$ports" 'TACTUS_RT void process(Context &, std::uint32_t)' \
		'{ throw 1; }'
	refused function-effects "a marked process that throws" $effects
	put "$ports" "$process" \
		'TACTUS_RT S(Context &c) : r(c, 1) {}' \
		'ResourceRef<AudioBuffer> r;'
	refused function-effects "a marked constructor that may throw" $effects
	put "$ports" "$process" \
		'TACTUS_RT S(Context &c) : r(try_acquire<AudioBuffer>(c, 1)) {}' \
		'std::optional<ResourceRef<AudioBuffer>> r;'
	accepted "a marked constructor that does not" $work/f.cpp $effects
done
test -n "$tried" || {
	echo "no compiler for C++ was found"
	exit 1
}
test -n "$proved" ||
	echo "no clang of version 20 or later: the marks were not proved"
echo "$checks checks with$tried, $failed failed"
test "$failed" = 0
