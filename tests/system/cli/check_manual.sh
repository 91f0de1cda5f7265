#!/bin/sh
# check_manual.sh -- the manual pages name every command, option and address.
. "${srcdir:-.}/tests/system/cli/lib.sh"
page=$here/../../../man/tactus.1
osc=$here/../../../man/tactus-osc.7

# page_has FILE LINE: some line of the page begins so
page_has() {
	checks=$((checks + 1))
	if ! awk -v want="$2" 'index($0, want) == 1 &&
		(length($0) == length(want) ||
		substr($0, length(want) + 1, 1) == " ") { found = 1 }
		END { exit !found }' "$1"; then
		echo "FAILED: ${1##*/} has no line '$2'"
		failed=$((failed + 1))
	fi
}

try 0 help
commands=$(sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' "$work/out")
for command in $commands render; do
	page_has "$page" ".It Ic $command"
	try 0 help "$command"
	case $command in help | version) continue ;; esac
	options=$(sed -n 's/^  -\(.\), --\([a-z]*\).*/\1:\2/p' "$work/out")
	for option in $options; do
		page_has "$page" ".It Fl ${option%%:*} , Fl -${option#*:}"
	done
done
test "$(echo "$commands" | wc -w)" -ge 9 || {
	echo "FAILED: help names too few commands: $commands"
	failed=$((failed + 1))
}
for code in 0 1 64 66 69 71 74 78; do
	page_has "$page" ".It $code"
done
# what the dispatcher knows, with the role that it asks for
table=$here/../../../nrt/office/address.c
known=$(tr '\n\t' '  ' <"$table" | tr -s ' ' | sed 's/{"/\n{"/g' |
	sed -n 's/^{"\(\/[^"]*\)".*ROLE_\([A-Z]*\).*/\1:\2/p')
test "$(echo "$known" | wc -w)" -ge 30 || {
	echo "FAILED: the dispatcher's table was not understood: $known"
	failed=$((failed + 1))
}
for entry in $known; do
	address=${entry%%:*}
	role=$(echo "${entry#*:}" | tr '[:upper:]' '[:lower:]')
	page_has "$osc" ".It Ic $address"
	checks=$((checks + 1))
	awk -v want=".It Ic $address" -v role=".Pq $role" '
		found && $0 == role { right = 1 }
		{ found = $0 == want || index($0, want " ") == 1 }
		END { exit !right }' "$osc" || {
		echo "FAILED: tactus-osc.7: $address does not say $role"
		failed=$((failed + 1))
	}
	checks=$((checks + 1))
	grep -F "| \`$address\` |" "$here/../../../docs/osc-api.md" |
		grep -qF "| $role |" || {
		echo "FAILED: osc-api.md: $address does not say $role"
		failed=$((failed + 1))
	}
done

# what is sent unasked, and what answers under another name
for address in /node/new /node/done /node/ended /node/fault /trigger /late \
	/error /resource/info /resource/ready /resource/error \
	/resource/destroyed /job/done /job/failed /job/progress /audio/lost /audio/back /meter.levels /synced /node/info; do
	page_has "$osc" ".It Ic $address"
	checks=$((checks + 1))
	grep -qF "| \`$address\` |" "$here/../../../docs/osc-api.md" || {
		echo "FAILED: osc-api.md does not tell of $address"
		failed=$((failed + 1))
	}
done

# what the log says, as tactusd(8) quotes it
while read -r words; do
	checks=$((checks + 1))
	grep -qF -- "$words" "$here/../../../man/tactusd.8" &&
		grep -rqF -- "$words" "$here/../../../nrt" \
			"$here/../../../rt" "$here/../../../src" || {
		echo "FAILED: '$words' is not both in tactusd.8 and in the code"
		failed=$((failed + 1))
	}
done <<END
the last line repeated
lines held back in
is out of range:
audio threads, but
is refused (
sound may break
the audio thread
cannot be pinned to CPU
it is tried again for each file
takes longer than
s: given up
works: abandoned:
, running for
nothing more is written after
END

# what /stats counts
counted=$(sed -n -e 's/.*add_stat([^"]*"\([a-z_]*\)".*/\1/p' \
	-e 's/.*add_gauge([^"]*"\([a-z_]*\)".*/\1/p' \
	-e 's/^[^a-z]*{"\([a-z_]*\)", *GAUGE_.*/\1/p' \
	"$here/../../../nrt/office/engine.c")
test "$(echo "$counted" | wc -w)" -ge 20 || {
	echo "FAILED: the numbers of /stats were not found: $counted"
	failed=$((failed + 1))
}
for name in $counted; do
	checks=$((checks + 1))
	grep -q "^\.\(It \)*Li\(.* \)* *$name\( \|\$\)" "$osc" || {
		echo "FAILED: tactus-osc.7: /stats has $name"
		failed=$((failed + 1))
	}
	checks=$((checks + 1))
	grep '^.packets ' "$here/../../../docs/osc-api.md" |
		tr '` ' '\n\n' | grep -qx "$name" || {
		echo "FAILED: osc-api.md: /stats has $name"
		failed=$((failed + 1))
	}
done
for code in 400 403 404 409 413 422 429 500 503 504; do
	page_has "$osc" ".It $code"
done
if command -v mandoc >/dev/null; then
	checks=$((checks + 1))
	if ! mandoc -T lint -W warning "$page" "$osc"; then
		echo "FAILED: mandoc has warnings"
		failed=$((failed + 1))
	fi
else
	echo "mandoc is not installed: the pages were not linted"
fi
finish
