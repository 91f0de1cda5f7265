#!/bin/sh
# benches.sh -- every benchmark still runs, and measures something.
#
# Each of BENCHES is run once, with as few repetitions as it knows; it passes
# when it ends well and prints figures that are numbers.  How large they are
# does not matter here: no test depends on the speed of a machine.  What
# `compare` renders is compared with scsynth's sound, where that is installed;
# sound that differs fails.
set -eu
test "${SANITIZERS:-no}" = no || {
	echo "skipped: nothing is measured with sanitizers ($SANITIZERS)"
	exit 77
}
# of another build that somebody measures: not what is tested here
unset BENCH_BUILDS
BENCH_REPEAT=1
export BENCH_REPEAT
bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge NAME FILE: a line of figures has eight fields, the last five of which
# are numbers, in order.
judge() {
	awk -F '\t' -v name="$1" '
		# a table of goals ends them
		$1 == "row" { exit }
		NF == 8 && $1 != "name" {
			figures++
			good = 1
			for (i = 4; i <= 8; i++) {
				good = good && $i ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/
				good = good && (i == 4 || $i >= $(i - 1))
			}
			if (!good) {
				print "# " name ": no figures: " $0
				wrong++
			}
		}
		END { exit figures == 0 || wrong > 0 }' "$2"
}

for b in $BENCHES; do
	if timeout -k 5 200 "$b" > "$work/out" 2> "$work/err" &&
		judge "$b" "$work/out"; then
		echo "ok $b"
	else
		echo "not ok $b"
		tail -n 20 "$work/out" "$work/err" | sed 's/^/# /'
		bad=1
	fi
	# what one machine cannot measure is said
	sed -n '/^skipped: /p' "$work/out"
done
exit $bad
