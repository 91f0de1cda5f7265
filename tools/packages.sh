# packages.sh -- what tactus is built and tested with, as Debian names it.
#
# Sourced by run and check.  Only what dpkg does not have is installed, with
# apt, as root or by sudo; what is installed is said first.
# shellcheck shell=bash disable=SC2034

packages_build="build-essential autoconf automake libtool pkg-config
	libasound2-dev libconfig-dev libev-dev libsndfile1-dev libsamplerate0-dev libkissfft-dev libseccomp-dev
	libjansson-dev"
packages_test="check sox liblo-tools alsa-utils mandoc util-linux
	libjack-jackd2-dev"
# other versions of Debian may lack these; what needs them is skipped, aloud
packages_maybe="clang-22 libclang-rt-22-dev clang-format-14 valgrind
	supercollider-server jackd2"
# for `check --arm64`: the same libraries for a Raspberry Pi, a compiler for it,
# and what runs its programs on another processor
packages_arm64="gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user
	libc6-dev:arm64 libstdc++6:arm64 libasound2-dev:arm64
	libconfig-dev:arm64 libev-dev:arm64 libsndfile1-dev:arm64
	libsamplerate0-dev:arm64 libkissfft-dev:arm64 libseccomp-dev:arm64
	libjansson-dev:arm64 check:arm64"

# Which of these packages are not installed?
packages_missing() {
	local p
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2> /dev/null |
			grep -qx installed || echo "$p"
	done | tr '\n' ' '
}

packages_may_install() {
	test "$(id -u)" = 0 || command -v sudo > /dev/null
}

packages_as_root() {
	if test "$(id -u)" = 0; then
		"$@"
	else
		sudo "$@"
	fi
}

packages_apt() {
	packages_as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# Does this machine's list of packages have it?
packages_known() {
	apt-cache show "$1" > /dev/null 2>&1
}

# packages_install LOG SURE… [-- MAYBE…]: install what is missing; those after
# -- only where this Debian has them.
packages_install() {
	local log=$1 sure=() maybe=() all missing p
	shift
	while test $# -gt 0 && test "$1" != --; do
		sure+=("$1")
		shift
	done
	test $# = 0 || shift
	maybe=("$@")
	if ! command -v dpkg-query > /dev/null; then
		echo "This is no Debian; the following has to be there already:"
		echo "  ${sure[*]} ${maybe[*]}"
		return 0
	fi
	all=$(packages_missing "${sure[@]}")
	missing=$(packages_missing "${maybe[@]}")
	test -n "$all$missing" || return 0
	if ! packages_may_install; then
		test -n "$all" || return 0
		echo "These packages are missing: $all"
		echo "Here is neither root nor sudo to install them. As root:"
		echo "  apt-get update && apt-get install $all"
		return 1
	fi
	: > "$log"
	for p in $all; do
		if ! packages_known "$p"; then
			# a fresh machine has no lists, or old ones
			packages_apt update > "$log" 2>&1 || {
				tail -n 5 "$log"
				echo "apt-get update failed; trying all the same"
			}
			break
		fi
	done
	for p in $missing; do
		! packages_known "$p" || all="$all $p"
	done
	test -n "${all// /}" || return 0
	echo "installing with apt: $all"
	# shellcheck disable=SC2086
	packages_apt install --no-install-recommends $all >> "$log" 2>&1 && return
	# what the lists name may be gone by now
	packages_apt update >> "$log" 2>&1
	# shellcheck disable=SC2086
	packages_apt install --no-install-recommends $all >> "$log" 2>&1 || {
		tail -n 20 "$log"
		echo "apt could not install: $all"
		echo "Mend what it says above (all of it is in $log), or install"
		echo "these packages by hand; then try again."
		return 1
	}
}
