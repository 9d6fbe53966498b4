#!/bin/sh
# deps.sh GROUP: fetch the packages that a target needs and that are missing.
#
# GROUP is build, check, lint, bench, crash, page, peers, readers, deb,
# package or web.  Each package is first asked of pkg-config or of the command
# it brings, so that on a machine that has all of them this runs nothing and
# needs no root.  On Debian and Ubuntu the apt-get line is shown and then run, with sudo where
# we are not root, and on a terminal only after a yes.  Elsewhere the missing
# things are listed by name.

set -u

group=${1:-build}
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
CC=${CC:-cc}

missing=        # Debian's names, for apt-get
missing_names=  # the projects' own names, for everybody else

want() {
	missing="$missing $1"
	missing_names="$missing_names${missing_names:+,} $2"
}

# command_or COMMAND PACKAGE [NAME]
command_or() {
	command -v "$1" >/dev/null 2>&1 || want "$2" "${3:-$1}"
}

# library MODULE VERSION PACKAGE: at least VERSION of a pkg-config module
library() {
	"$PKG_CONFIG" --atleast-version="$2" "$1" >/dev/null 2>&1 && return
	if "$PKG_CONFIG" --exists "$1" >/dev/null 2>&1; then
		echo "deps: $1 is $("$PKG_CONFIG" --modversion "$1")," \
		    "but $2 or newer is needed" >&2
		exit 1
	fi
	want "$3" "$1"
}

file_or() {
	for candidate in $1; do
		[ -e "$candidate" ] && return
	done
	want "$2" "$2"
}

compiles() {
	echo "$1" | "$CC" -E - >/dev/null 2>&1
}

needs_build() {
	command_or "$CC" gcc "a C compiler"
	command_or make make
	command_or "$PKG_CONFIG" pkg-config
	compiles '#include <stdio.h>' || want libc6-dev "the C library's headers"
	library libcurl 7.88 libcurl4-openssl-dev
	library libxml-2.0 2.9 libxml2-dev
	library libevent_core 2.1 libevent-dev
	library libevent_extra 2.1 libevent-dev
	library gumbo 0.10 libgumbo-dev
	library expat 2.4 libexpat1-dev
	library yaml-0.1 0.2 libyaml-dev
	library sqlite3 3.35 libsqlite3-dev
	library libpcre2-8 10.32 libpcre2-dev
	library jansson 2.8 libjansson-dev
	file_or "/etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem
	    /etc/pki/tls/certs/ca-bundle.crt" ca-certificates
	file_or /usr/share/zoneinfo/Asia/Seoul tzdata
}

needs_check() {
	library cmocka 1.1 libcmocka-dev
	command_or nm binutils
	command_or bash bash
	command_or python3 python3
	command_or xmllint libxml2-utils
	command_or sqlite3 sqlite3
	command_or mandoc mandoc
	command_or curl curl
	command_or sfeed sfeed
	command_or newsboat newsboat
	python=python3
	[ -x /usr/bin/python3 ] && python=/usr/bin/python3
	"$python" -c 'import feedparser' 2>/dev/null ||
	    want python3-feedparser "feedparser for Python 3"
	"$python" -c 'import jsonschema' 2>/dev/null ||
	    want python3-jsonschema "jsonschema for Python 3"
	"$python" -c 'import yaml' 2>/dev/null ||
	    want python3-yaml "PyYAML for Python 3"
}

needs_lint() {
	command_or clang clang
	command_or clang-format clang-format
	command_or cppcheck cppcheck
	command_or mandoc mandoc
	# The fuzzer's and the sanitizers' runtime is a package of its own.
	runtime=$(clang -print-resource-dir 2>/dev/null)/lib
	find "$runtime" -name 'libclang_rt.fuzzer*.a' 2>/dev/null |
	    grep -q . || want libclang-rt-dev "clang's compiler-rt"
}

needs_bench() {
	command_or valgrind valgrind
	[ -x /usr/sbin/nginx ] || command_or nginx nginx-light
}

needs_crash() {
	command_or strace strace
	[ -x /usr/sbin/mkfs.ext4 ] || command_or mkfs.ext4 e2fsprogs
	[ -x /usr/sbin/mkfs.xfs ] || command_or mkfs.xfs xfsprogs
	command_or mount mount
}

# npm and node are bigger than all else here: who has them has them.
needs_page() {
	command_or chromium chromium
	file_or "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
	    /usr/share/fonts/truetype/nanum/NanumGothic.ttf" fonts-noto-cjk
}

needs_readers() {
	command_or sfeed_update sfeed
	command_or curl curl
	command_or newsboat newsboat
	command_or r2e rss2email
	[ -x /usr/sbin/nginx ] || command_or nginx nginx-light
}

needs_peers() {
	[ -x /usr/sbin/nginx ] || command_or nginx nginx-light
	command_or nghttpd nghttp2-server
	command_or openssl openssl
	python=python3
	[ -x /usr/bin/python3 ] && python=/usr/bin/python3
	"$python" -c 'import h2' 2>/dev/null ||
	    want python3-h2 "h2 for Python 3"
}

needs_deb() {
	command_or dpkg-buildpackage dpkg-dev
	command_or dh debhelper
	command_or fakeroot fakeroot
	command_or lintian lintian
}

needs_package() {
	command_or mmdebstrap mmdebstrap
	command_or systemd-nspawn systemd-container
}

needs_web() {
	[ -x /usr/sbin/nginx ] || command_or nginx nginx-light
	command_or caddy caddy
	command_or promtool prometheus "promtool (of prometheus)"
}

case $group in
build | check | lint | bench | crash | page | peers | readers | deb | package | \
    web)
	needs_$group
	;;
*)
	echo "usage: deps.sh GROUP; see the head of this file" >&2
	exit 2
	;;
esac

[ -n "$missing" ] || exit 0

# In order, each once.
missing=$(printf '%s\n' $missing | awk '!seen[$0]++ { printf " %s", $0 }')

if ! command -v apt-get >/dev/null 2>&1; then
	echo "deps: missing here ($group):$missing_names" >&2
	echo "deps: please install them (with their development files);" \
	    "on Debian they are called:$missing" >&2
	exit 1
fi

install="apt-get install -y --no-install-recommends$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "deps: missing here; as root, run:" >&2
		echo "    $install" >&2
		exit 1
	fi
	as_root=sudo
	[ -t 0 ] || as_root="sudo -n"
fi

echo "deps: $as_root${as_root:+ }$install"
if [ -n "$as_root" ] && [ -t 0 ]; then
	printf 'deps: run this now? [Y/n] '
	read -r answer || answer=n
	case $answer in
	'' | [Yy]*) ;;
	*) exit 1 ;;
	esac
fi

as_root() {
	$as_root env DEBIAN_FRONTEND=noninteractive "$@"
}

# A package that brings a service must not start it: invoke-rc.d and systemd's
# helper both ask this file.  One that is already there has its own reasons.
policy=/usr/sbin/policy-rc.d
ours=
if [ ! -e $policy ]; then
	ours=yes
	trap '[ -z "$ours" ] || as_root rm -f $policy' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' |
	    as_root sh -c "cat >$policy && chmod 755 $policy"
fi

if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
	as_root apt-get -q update || exit 1
fi
# Lists can be older than what the mirror still holds; then once more.
if ! as_root $install; then
	as_root apt-get -q update && as_root $install || exit 1
fi

# Nor at the next boot: we start our own, and only for a test.
for package in $missing; do
	case $package in
	nginx-light) service=nginx ;;
	caddy | prometheus) service=$package ;;
	*) continue ;;
	esac
	command -v systemctl >/dev/null 2>&1 &&
	    as_root systemctl disable $service >/dev/null 2>&1
done
exit 0
