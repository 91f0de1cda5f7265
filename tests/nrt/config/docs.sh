#!/bin/sh
# docs.sh -- the shipped tactus.conf and the reference in tactus.conf(5) are
# what the table of settings says.  To mend: see what config_doc prints.
set -eu
top=${srcdir:-.}
fail=0

./config_doc conf | diff -u "$top/etc/tactus.conf" - || {
	echo "etc/tactus.conf is not what './config_doc conf' prints"
	fail=1
}
sed -n '/^\.\\" settings: begin/,/^\.\\" settings: end/p' \
	"$top/man/tactus.conf.5" | sed '1d;$d' >docs.man
test -s docs.man || {
	echo "man/tactus.conf.5 has no settings between its marks"
	fail=1
}
./config_doc man | diff -u docs.man - || {
	echo "man/tactus.conf.5: SETTINGS are not what './config_doc man' prints"
	fail=1
}
rm -f docs.man
exit $fail
