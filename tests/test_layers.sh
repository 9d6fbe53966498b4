#!/usr/bin/env bash
# Does layers.sh see it?  Each rule is broken in a small house of its own; the
# run there must fail in that rule and name the culprit.  Prints TAP.

set -u
cd "$(dirname "$0")/.." || exit 1
CC=${CC:-cc}

place=$(mktemp -d "${TMPDIR:-/tmp}/metrofeed-layers.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
copy=$place/copy
case_number=0 failed=0

house() {
	rm -rf "$copy"
	cp -a "$place/house" "$copy"
}

# All is well in it: what is judged here is layers.sh alone, whatever state the
# real house is in.
found_house() {
	mkdir -p "$copy"/{feed,config,daemon,tests,build/feed}
	cp tests/layers.sh "$copy/tests/"
	cat >"$copy/feed/memory.h" <<-'END'
		#include <stddef.h>
		void *xmalloc(size_t);
	END
	cat >"$copy/feed/memory.c" <<-'END'
		#include "feed/memory.h"
		#include <stdlib.h>
		#include <unistd.h>
		void *xmalloc(size_t size)
		{
			void *block = malloc(size);
			if (block == NULL)
				_exit(70);
			return block;
		}
	END
	cat >"$copy/feed/text.c" <<-'END'
		#include <string.h>
		#include "feed/memory.h"
		static const char *const words[] = {"one", "two"};
		const char *word(int i);
		const char *word(int i) { return words[i & 1]; }
		char *copy_of(const char *);
		char *copy_of(const char *s)
		{ return strcpy(xmalloc(strlen(s) + 1), s); }
	END
	echo '#include "feed/memory.h"' >"$copy/config/config.h"
	echo '#include "config/config.h"' >"$copy/daemon/store_db.c"
	echo '#include <sqlite3.h>' >>"$copy/daemon/store_db.c"
	echo '#include "daemon/store_db.c"' >"$copy/tests/test_store.c"
	touch "$copy"/feed/{page,xpath,xml}.c
	build_feed
	mv "$copy" "$place/house"
}

build_feed() {
	local source
	for source in "$copy"/feed/*.c; do
		(cd "$copy" && $CC -O1 -fPIE -I. -c "feed/${source##*/}" \
		    -o "build/feed/$(basename "$source" .c).o")
	done
}

# break_with NAME COMPLAINT FILE LINE: adds the line to the file; the complaint
# is a pattern that layers.sh must print.
names=() complaints=()
break_with() {
	echo "$4" >>"$copy/$3"
	names+=("$1")
	complaints+=("$2")
}

tap() {
	case_number=$((case_number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $case_number - $2"
	else
		echo "not ok $case_number - $2"
		failed=1
	fi
}

# judge RULES: runs layers.sh on the broken house.  Exactly these rules must
# fail (in their order; none, if all is well), and each breach must be named.
judge() {
	local output code i broken
	[ "${1#*[45]}" = "$1" ] || build_feed
	output=$(cd "$copy" && BUILD=build bash tests/layers.sh 2>&1)
	code=$?
	broken=$(sed -n 's/^not ok \([0-9]*\) .*/\1/p' <<<"$output" | xargs)
	[ "$broken" = "$1" ] && [ $code = $((${#1} > 0)) ]
	tap $? "broken rules: ${1:-none}"
	[ "$broken" = "$1" ] || sed 's/^/# /' <<<"$output"
	for i in "${!names[@]}"; do
		grep -q -- "${complaints[i]}" <<<"$output"
		tap $? "${names[i]}"
	done
	names=() complaints=()
	house
}

found_house
house
judge ''

break_with 'feed/ includes daemon/' 'text.c:.*may not include daemon/log.h' \
    feed/text.c '#include "daemon/log.h"'
break_with 'feed/ includes config/' 'may not include config/schema.h' \
    feed/text.c '#include "config/schema.h"'
break_with 'config/ includes daemon/' 'config/ may not include daemon/log.h' \
    config/config.h '#include "daemon/log.h"'
break_with 'daemon/ includes tests/' 'daemon/ may not include tests/' \
    daemon/store_db.c '#include "tests/newsroom.h"'
break_with 'an include not written from the root' 'may not include memory.h' \
    feed/text.c '#include "memory.h"'
break_with 'an include of nothing' 'no file feed/nothing.h' \
    config/config.h '#include "feed/nothing.h"'
judge 1

while read -r file header; do
	break_with "$file includes <$header>" "# $file:.* <$header>" "$file" \
	    "#include <$header>"
done <<'END'
feed/text.c iconv.h
daemon/store_db.c iconv.h
feed/text.c gumbo.h
daemon/store_db.c gumbo.h
feed/text.c libxml/tree.h
daemon/store_db.c libxml/parser.h
feed/page.c libxml/xmlwriter.h
feed/xpath.c libxml/xmlwriter.h
feed/xml.c libxml/xpath.h
feed/xml.c libxml/HTMLparser.h
feed/page.c expat.h
feed/text.c pcre2.h
config/rules.c pcre2.h
feed/text.c curl/curl.h
daemon/update.c curl/curl.h
daemon/store_db.c yaml.h
feed/text.c yaml.h
config/schema.c yaml.h
daemon/update.c sqlite3.h
feed/text.c sqlite3.h
feed/text.c event2/event.h
daemon/store_db.c event2/event.h
config/schema.c event2/event.h
daemon/worker.c event2/event.h
feed/text.c zlib/zlib.h
daemon/store_db.c unicode/ucol.h
feed/text.c time.h
feed/text.c sys/socket.h
feed/text.c locale.h
END
judge 2

# In the wrong house that breaks the second rule as well.
for file in feed/memory.h config/config.h daemon/store.h tests/tool.h; do
	break_with "$file shows a library" \
	    "# $file:.*a header of ours shows <event2/event.h>" "$file" \
	    '#include <event2/event.h>'
done
judge '2 3'

while read -r symbol line; do
	break_with "feed/ calls $symbol" "# feed/text.o calls $symbol\$" \
	    feed/text.c "$line"
done <<'END'
open int open(const char *, int, ...); int f_open(void); int f_open(void) { return open("x", 0); }
socket int socket(int, int, int); int f_socket(void); int f_socket(void) { return socket(1, 1, 0); }
time long time(long *); long f_time(void); long f_time(void) { return time(0); }
clock_gettime int clock_gettime(int, void *); int f_clock_gettime(void *); int f_clock_gettime(void *p) { return clock_gettime(0, p); }
printf int printf(const char *, ...); void f_printf(int); void f_printf(int i) { printf("%d", i); }
puts int puts(const char *); int f_puts(const char *); int f_puts(const char *s) { return puts(s); }
getenv char *getenv(const char *); char *f_getenv(void); char *f_getenv(void) { return getenv("X"); }
setlocale char *setlocale(int, const char *); char *f_setlocale(void); char *f_setlocale(void) { return setlocale(0, ""); }
localtime void *localtime(long *); void *f_localtime(long *); void *f_localtime(long *t) { return localtime(t); }
mktime long mktime(void *); long f_mktime(void *); long f_mktime(void *t) { return mktime(t); }
strtod double strtod(const char *, char **); double f_strtod(const char *); double f_strtod(const char *s) { return strtod(s, 0); }
malloc void *malloc(size_t); void *f_malloc(size_t); void *f_malloc(size_t n) { return malloc(n); }
write long write(int, const void *, size_t); long f_write(void); long f_write(void) { return write(2, "x", 1); }
_exit void _exit(int); void f__exit(void); void f__exit(void) { _exit(1); }
iconv size_t iconv(void *, char **, size_t *, char **, size_t *); size_t f_iconv(void); size_t f_iconv(void) { return iconv(0, 0, 0, 0, 0); }
curl_url void *curl_url(void); void *f_curl_url(void); void *f_curl_url(void) { return curl_url(); }
END
judge 4

echo 'int late(void);' >"$copy/feed/late.c"
output=$(cd "$copy" && BUILD=build bash tests/layers.sh 2>&1) ||
    grep -q 'feed/late.c is not built' <<<"$output"
tap $? 'feed/ has a source that was not built'
house

while read -r name line; do
	break_with "feed/ keeps $name" "# feed/text.o: $name.* can change" \
	    feed/text.c "$line"
done <<'END'
data int data = 1;
bss int bss; int *f(void); int *f(void) { return &bss; }
inner int *g(void); int *g(void) { static int inner; return &inner; }
filled int *h(void); int *h(void) { static int filled = 3; return &filled; }
threads __thread int threads; int *i(void); int *i(void) { return &threads; }
names const char *names[] = {"a", "b"};
END
judge 5

echo "1..$case_number"
exit $failed
