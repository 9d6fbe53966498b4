#!/usr/bin/env bash
# Every manual page is quiet under mandoc's own judgement.  Prints TAP.

set -u
cd "$(dirname "$0")/.." || exit 1

number=0 failed=0
for manual in daemon/*.8 config/*.5; do
	[ -e "$manual" ] || continue
	number=$((number + 1))
	if output=$(mandoc -T lint -W warning "$manual" 2>&1) &&
	    [ -z "$output" ]; then
		echo "ok $number - $manual"
	else
		echo "not ok $number - $manual"
		sed 's/^/# /' <<<"$output"
		failed=1
	fi
done
if [ $number = 0 ]; then
	echo "1..1"
	echo "ok 1 # SKIP no manual pages yet"
else
	echo "1..$number"
fi
exit $failed
