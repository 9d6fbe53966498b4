#!/usr/bin/env bash
# Does run.sh count what it is told, and does it notice what it is not told?
# Prints TAP.

set -u
cd "$(dirname "$0")/.." || exit 1

place=$(mktemp -d "${TMPDIR:-/tmp}/metrofeed-runs.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
number=0 failed=0

# expect NAME LAST-LINE EXIT-STATUS, with a script on standard input
expect() {
	local output code
	number=$((number + 1))
	cat >"$place/case.sh"
	output=$(TEST_TIMEOUT=2 RUN_UNDER='' bash tests/run.sh \
	    "$place/case.sh" 2>&1)
	code=$?
	if [ "$(tail -n 1 <<<"$output")" = "$2" ] && [ $code = "$3" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		sed 's/^/# /' <<<"$output"
		failed=1
	fi
}

expect 'TAP that is all well' '2 passed, 0 failed' 0 <<'END'
printf '1..2\nok 1 - a\nok 2 - b\n'
END
expect 'TAP with a failure' '1 passed, 1 failed' 1 <<'END'
printf '1..2\nok 1 - a\nnot ok 2 - b\n'; exit 1
END
expect 'a failure that the exit status hides' '1 passed, 1 failed' 1 <<'END'
printf '1..2\nok 1 - a\nnot ok 2 - b\n'
END
expect 'an exit status that TAP hides' '1 passed, 1 failed' 1 <<'END'
printf '1..1\nok 1 - a\n'; exit 3
END
expect 'tests that were planned and did not come' '1 passed, 2 failed' 1 <<'END'
printf '1..3\nok 1 - a\n'
END
expect 'a death on the way' '1 passed, 1 failed' 1 <<'END'
printf '1..2\nok 1 - a\n'; kill -SEGV $$
END
expect 'a death before the first word' '0 passed, 1 failed' 1 <<'END'
kill -SEGV $$
END
expect 'a test that hangs' '1 passed, 1 failed' 1 <<'END'
printf '1..2\nok 1 - a\n'; sleep 20
END
expect 'two groups of cmocka' '3 passed, 1 failed' 1 <<'END'
printf '1..2\nok 1 - a\nok 2 - b\n# ok - x\n'
printf '1..2\nok 1 - c\nnot ok 2 - d\n# not ok - y\n'; exit 1
END
expect 'skipped, as cmocka says it' '1 passed, 0 failed, 1 skipped' 0 <<'END'
printf '1..2\nok 1 - a\nnot ok 2 # SKIP b\n'
END
expect 'skipped, as TAP says it' '1 passed, 0 failed, 1 skipped' 0 <<'END'
printf '1..2\nok 1 - a\nok 2 # skip no corpus\n'
END
expect 'nothing but a sum' '3 passed, 1 failed, 2 skipped' 1 <<'END'
echo '3 passed, 1 failed, 2 skipped'; exit 1
END
expect 'nothing but an exit status' '1 passed, 0 failed' 0 <<'END'
echo fine
END
expect 'nothing but a bad exit status' '0 passed, 1 failed' 1 <<'END'
exit 1
END
# A run in which nothing was tested is not a good one.
expect 'all of it skipped' '0 passed, 0 failed, 1 skipped' 1 <<'END'
exit 77
END

# Many at a time, each counted once, whatever ends first.
number=$((number + 1))
for i in 1 2 3 4 5 6 7 8 9; do
	printf 'sleep 0.%d; echo "%d passed, 0 failed"\n' $((9 - i)) $i \
	    >"$place/many$i.sh"
done
echo 'echo "0 passed, 1 failed"' >"$place/many9.sh"
output=$(TEST_JOBS=3 bash tests/run.sh "$place"/many?.sh)
if [ "$(tail -n 1 <<<"$output")" = '36 passed, 1 failed' ] &&
    [ "$(grep -c '^many' <<<"$output")" = 9 ]; then
	echo "ok $number - nine programs, three at a time"
else
	echo "not ok $number - nine programs, three at a time"
	sed 's/^/# /' <<<"$output"
	failed=1
fi

echo "1..$number"
exit $failed
