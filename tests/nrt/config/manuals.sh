#!/bin/sh
# manuals.sh -- mandoc finds nothing to complain of in the manual pages.
set -eu
command -v mandoc >/dev/null || {
	echo "SKIP: mandoc is not here: apt install mandoc"
	exit 77
}
for page in "${srcdir:-.}"/man/*.[1-9]; do
	found=$(mandoc -T lint -W warning "$page" 2>&1 |
		grep -v 'mandoc.db' || :)
	test -z "$found" || {
		echo "$found"
		exit 1
	}
done
