#!/usr/bin/env bash
# run.sh PROGRAM...: run test programs and scripts, count their test cases.
#
# A program is a cmocka one, or a script (.sh, .py) that prints TAP, or that
# ends in a line 'N passed, N failed', or that only exits 0 or not; the last
# counts as one case.  It may come with options, in one word.  What failed is shown with its output; the last line is
# 'N passed, N failed', with ', N skipped' where some were.  Exits 1 when
# anything failed, died, hung or was planned and did not come.
#
# RUN_UNDER    a command that compiled programs run under (valgrind ...)
# TEST_TIMEOUT seconds that one program may take

set -u

TEST_TIMEOUT=${TEST_TIMEOUT:-600}
PYTHON=${PYTHON:-python3}
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1:halt_on_error=1}

# Reads a program's output; prints 'passed failed skipped'.  cmocka before 1.1.6
# calls a skipped test 'not ok 3 # SKIP name'.  A failed group setup comes as
# 'not ok 0', its tests' results are missing then.
count() {
	awk -v code="$1" '
	/^1\.\.[0-9]+/ { planned += substr($1, 4) }
	/^(not )?ok( |$)/ {
		if (toupper($0) ~ /# *SKIP/) skipped++
		else if (/^not ok/ && toupper($0) !~ /# *TODO/) failed++
		else passed++
	}
	/^[0-9]+ passed, [0-9]+ failed/ {
		summary = 1
		s_passed = $1
		s_failed = $3
		s_skipped = ($6 ~ /^skipped/) ? $5 : 0
	}
	END {
		seen = passed + failed + skipped
		if (summary && !seen) {
			passed = s_passed
			failed = s_failed
			skipped = s_skipped
		} else if (!seen && !planned) {
			if (code == 77) skipped = 1
			else if (code == 0) passed = 1
			else failed = 1
		} else if (seen < planned) {
			failed += planned - seen
		}
		if (code != 0 && code != 77 && !failed) failed = 1
		print passed + 0, failed + 0, skipped + 0
	}' "$2"
}

output=$(mktemp "${TMPDIR:-/tmp}/metrofeed-run.XXXXXX") || exit 1
trap 'rm -f "$output"' EXIT
all_passed=0 all_failed=0 all_skipped=0

for program in "$@"; do
	read -r -a words <<<"$program"
	case ${words[0]} in
	*.py) command=("$PYTHON") ;;
	*.sh) command=(bash) ;;
	*) read -r -a command <<<"${RUN_UNDER-}" ;;
	esac
	command+=("${words[@]}")
	started=$SECONDS
	timeout -k 10 "$TEST_TIMEOUT" "${command[@]}" >"$output" 2>&1 \
	    </dev/null
	code=$?
	read -r passed failed skipped < <(count "$code" "$output")
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
	printf '%-40s %5d passed' "${program##*/}" "$passed"
	[ "$failed" = 0 ] || printf ', %d FAILED' "$failed"
	[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
	took=$((SECONDS - started))
	[ "$took" -lt 3 ] || printf '  (%d s)' "$took"
	printf '\n'
	if [ "$failed" != 0 ]; then
		case $code in
		0) ;;
		124 | 137) echo "    took over $TEST_TIMEOUT s" ;;
		*) echo "    ended with $code" ;;
		esac
		# The lines around what failed; a long log's end.
		grep -v '^ok ' "$output" | tail -n 120 | sed 's/^/    /'
	elif [ "$skipped" != 0 ]; then
		grep -i '# *skip\|^skipped' "$output" | head -n 5 |
		    sed 's/^/    /'
	fi
done

echo
printf '%d passed, %d failed' "$all_passed" "$all_failed"
[ "$all_skipped" = 0 ] || printf ', %d skipped' "$all_skipped"
printf '\n'
[ "$all_failed" = 0 ] && [ "$all_passed" -gt 0 ]
