#!/bin/sh
# instructions.sh -- nothing creeps up: instructions of fixed work, ± 3 %.
#
# bench/count runs under callgrind; what it executes is compared with
# bench/instructions.tsv.  Counts belong to one compiler, one optimisation and
# one clone: gcc 12.2 at -O2, AVX2 (valgrind has no AVX-512, so that is what
# the loader picks under it).  Elsewhere it is skipped, and says why.
#
# INSTRUCTIONS_TO=FILE writes the counts there instead (make instructions).
set -eu
skip() {
	echo "skipped: $1"
	exit 77
}
test "${SANITIZERS:-no}" = no || skip "sanitizers add instructions ($SANITIZERS)"
test "$(uname -m)" = x86_64 || skip "the counts are of x86-64"
grep -qw avx2 /proc/cpuinfo || skip "this processor has no AVX2"
command -v valgrind > /dev/null || skip "there is no valgrind"
case ${COMPILED_WITH-} in
"gcc -O2 -g"* | "gcc -g -O2"*) ;;
*) skip "the counts are of gcc -O2 -g, this is ${COMPILED_WITH:-something else}" ;;
esac
case $COMPILED_WITH in
*-m[a-z]* | *NO_CLONES*) skip "built for another processor: $COMPILED_WITH" ;;
esac
version=$(${CC:-gcc} -dumpfullversion)
test "${version%.*}" = 12.2 || skip "the counts are of gcc 12.2, this is $version"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
valgrind --tool=callgrind --callgrind-out-file="$dir/profile" \
	--collect-atstart=no --toggle-collect=count_measured \
	--dump-after=count_done bench/count > "$dir/names" 2> "$dir/log" || {
	cat "$dir/log"
	exit 1
}
i=0
while read -r name; do
	i=$((i + 1))
	# the n-th profile is of the n-th work
	sed -n "s/^totals: \([0-9]*\).*/$name\t\1/p" "$dir/profile.$i"
done < "$dir/names" > "$dir/counts"
test "$(wc -l < "$dir/counts")" = "$(wc -l < "$dir/names")" || {
	echo "callgrind left $(ls "$dir") for these:"
	cat "$dir/names" "$dir/log"
	exit 1
}
grep -q 'sine_run_8$' "$dir/profile.1" || {
	echo "the sines did not run in vectors of 8: whose are these counts?"
	exit 1
}
if test -n "${INSTRUCTIONS_TO-}"; then
	{
		echo "# instructions of bench/count: gcc 12.2 -O2, AVX2 (make instructions)"
		cat "$dir/counts"
	} > "$INSTRUCTIONS_TO"
	echo "written: $INSTRUCTIONS_TO"
	exit 0
fi
awk -F '\t' '
	/^#/ { next }
	NR == FNR { was[$1] = $2; next }
	!($1 in was) { print $1 ": not in the file"; bad = 1; next }
	{
		part = 100 * ($2 / was[$1] - 1)
		printf "%s\t%d\t%+.2f %%\n", $1, $2, part
		seen[$1] = 1
		if (part > 3) { print "-- it rose: " was[$1] " before"; bad = 1 }
		if (part < -3) { print "-- it fell: " was[$1] " before"; bad = 1 }
	}
	END {
		for (name in was) {
			if (!(name in seen)) { print name ": no longer counted"; bad = 1 }
		}
		if (bad) {
			print "If that is as it should be, say why in the commit, and"
			print "renew bench/instructions.tsv: make instructions"
		}
		exit bad
	}' "${srcdir:-.}/bench/instructions.tsv" "$dir/counts"
