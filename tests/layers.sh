#!/usr/bin/env bash
# layers.sh [ROOT]: the house's rules (who includes whom, which library lives
# where, what feed/ may touch), read off the sources and off the objects in
# BUILD (build/).  Prints TAP: one case a rule.

set -u
cd "${1:-.}" || exit 1
build=${BUILD:-build}
export LC_ALL=C

rule=0 failed=0 wrong=

complain() {
	wrong="$wrong# $*
"
}

# close_rule NAME
close_rule() {
	rule=$((rule + 1))
	if [ -z "$wrong" ]; then
		echo "ok $rule - $1"
	else
		echo "not ok $rule - $1"
		printf '%s' "$wrong"
		failed=1
	fi
	wrong=
}

# Prints 'file line header' for each include, the header with its < or ".
includes() {
	find "$@" -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
	/^[ \t]*#[ \t]*include/ {
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
		sub(/[>"][^>"]*$/, "")
		print FILENAME, FNR, $0
	}'
}

# --- 1: feed <- config <- daemon <- tests, written from the root -------------

while read -r file line header; do
	case $header in
	\"*) header=${header#\"} ;;
	*) continue ;;
	esac
	case ${file%%/*} in
	feed) allowed='feed' ;;
	config) allowed='feed config' ;;
	daemon) allowed='feed config daemon' ;;
	*) allowed='feed config daemon tests' ;;
	esac
	case " $allowed " in
	*" ${header%%/*} "*)
		[ -e "$header" ] ||
		    complain "$file:$line: no file $header in the root" ;;
	*) complain "$file:$line: ${file%%/*}/ may not include $header" ;;
	esac
done < <(includes feed config daemon tests)
close_rule 'includes run feed <- config <- daemon <- tests'

# --- 2: each library in its own files ----------------------------------------

# header (a pattern), then the files (patterns) that may include it.  Of
# several headers of one library the first row that fits counts.
libraries='
iconv.h              feed/charset.c
gumbo.h              feed/page.c
libxml/xmlwriter.h   feed/xml.c
libxml/xmlsave.h     feed/xml.c
libxml/xpath*        feed/page.c feed/xpath.c
libxml/HTML*         feed/page.c feed/xpath.c
libxml/parser*       feed/page.c feed/xpath.c
libxml/*             feed/page.c feed/xpath.c feed/xml.c
expat*.h             feed/xml.c
pcre2*.h             feed/pattern.c
jansson.h            feed/json_tree.c feed/json_writer.c
curl/*               feed/url.c daemon/fetch*.c
yaml.h               config/document.c
sqlite3.h            daemon/store_*.c
event2/*             daemon/main.c daemon/daemon*.c daemon/section*.c daemon/fetch*.c daemon/serve*.c daemon/workers*.c daemon/hook.c daemon/asker.c daemon/check.c daemon/visit.c daemon/mend.c
'
# What else may stand in < >: the C library's and the kernel's.
system='
assert.h ctype.h errno.h glob.h inttypes.h limits.h math.h setjmp.h signal.h stdarg.h
stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h
time.h dirent.h elf.h fcntl.h fnmatch.h getopt.h grp.h langinfo.h link.h locale.h malloc.h
netdb.h poll.h pwd.h sched.h spawn.h sysexits.h syslog.h termios.h unistd.h
wchar.h sys/* linux/* netinet/* arpa/* net/*
'
# feed/ touches nothing, so it needs few of them.
system_feed='
assert.h errno.h inttypes.h limits.h math.h setjmp.h stdarg.h stdbool.h
stddef.h stdint.h stdio.h stdlib.h string.h unistd.h
'

# matches WORD PATTERN...
matches() {
	local word=$1 pattern
	shift
	for pattern in "$@"; do
		# shellcheck disable=SC2254
		case $word in
		$pattern) return 0 ;;
		esac
	done
	return 1
}

# Where HEADER may be included, as patterns; fails if it is no library's.
home_of() {
	local header files
	while read -r header files; do
		if [ -n "$header" ] && matches "$1" "$header"; then
			echo "$files"
			return 0
		fi
	done <<<"$libraries"
	return 1
}

# The words of the tables are patterns for us, not for the shell.
set -f

while read -r file line header; do
	case $header in
	\<*) header=${header#<} ;;
	*) continue ;;
	esac
	if homes=$(home_of "$header"); then
		matches "$file" $homes || complain \
		    "$file:$line: <$header> belongs in ${homes// / or }"
		continue
	fi
	known=$system
	[ "${file%%/*}" = feed ] && known=$system_feed
	matches "$header" $known || complain \
	    "$file:$line: <$header> is in no table of layers.sh"
done < <(includes feed config daemon)
close_rule 'each library lives in its own files'

# --- 3: no library's header in a header of ours ------------------------------

while read -r file line header; do
	case $file:$header in
	*.h:\<*) ;;
	*) continue ;;
	esac
	if home_of "${header#<}" >/dev/null; then
		complain "$file:$line: a header of ours shows <${header#<}>"
	fi
done < <(includes feed config daemon tests)
close_rule 'the headers show no library'

# --- 4: what the objects in feed/ call ---------------------------------------

# Functions of memory and strings alone, that ask neither locale nor errno nor
# the world; the checked forms are what -D_FORTIFY_SOURCE makes of them.
common='
memccpy memchr memcmp memcpy memmem memmove mempcpy memrchr memset
__memcpy_chk __memmove_chk __memset_chk
strchr strchrnul strcmp strcpy strcspn strlen strncmp strncpy strnlen strpbrk
strrchr strspn strstr strtok_r __strtok_r stpcpy stpncpy __strcpy_chk __strncpy_chk __stpcpy_chk
strtol strtoul strtoll strtoull __isoc23_strtol __isoc23_strtoul
__isoc23_strtoll __isoc23_strtoull
free qsort bsearch abs labs llabs
snprintf vsnprintf __snprintf_chk __vsnprintf_chk
ceil exp floor fabs fmax fmin log log1p log2 pow round lround sqrt
__assert_fail __stack_chk_fail _GLOBAL_OFFSET_TABLE_
'
# And per object, the library that lives there.
own='
charset.o  iconv iconv_open iconv_close __errno_location
memory.o   malloc calloc realloc reallocarray vasprintf __vasprintf_chk write _exit
page.o     gumbo_* kGumbo* xml* html* __xml* _setjmp longjmp __longjmp_chk
xpath.o    xml* html* __xml*
xml.o      xml* __xml* XML_*
pattern.o  pcre2_*
json_tree.o json_*
json_writer.o json_*
url.o      curl_url* curl_free
'

own_of() {
	local object symbols
	while read -r object symbols; do
		[ "$object" = "$1" ] && echo "$symbols"
	done <<<"$own"
}

set +f
sources=(feed/*.c)
set -f
objects=()
for source in "${sources[@]}"; do
	object=$build/${source%.c}.o
	if [ -e "$object" ]; then
		objects+=("$object")
	else
		complain "$source is not built ($object)"
	fi
done

ours=" $(nm -g --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }' |
    tr '\n' ' ') "
for object in "${objects[@]}"; do
	name=${object##*/}
	mine=$(own_of "$name")
	for symbol in $(nm -u "$object" | awk '{ print $2 }'); do
		case $ours in
		*" $symbol "*) continue ;;
		esac
		matches "$symbol" $common $mine ||
		    complain "feed/$name calls $symbol"
	done
done
close_rule 'feed/ calls nothing that touches the world'

# --- 5: feed/ keeps nothing between two calls --------------------------------

# Constants that hold addresses lie in .data.rel.ro: they are relocated once
# and then read only.
for object in "${objects[@]}"; do
	while IFS='|' read -r symbol _ _ type _ _ section; do
		section=${section//[[:space:]]/}
		symbol=${symbol//[[:space:]]/}
		case $section in
		.data.rel.ro*) ;;
		.data* | .bss* | .tdata* | .tbss* | \*COM\* | .lbss* | .ldata*)
			complain "feed/${object##*/}: $symbol can change" ;;
		esac
	done < <(nm --defined-only -f sysv "$object" | grep '|')
done
close_rule 'feed/ has no variable that outlives a call'

echo "1..$rule"
exit $failed
