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
# TEST_JOBS    programs at a time

set -u

TEST_TIMEOUT=${TEST_TIMEOUT:-600}
TEST_JOBS=${TEST_JOBS:-$(($(nproc 2>/dev/null || echo 2) + 2))}
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

place=$(mktemp -d "${TMPDIR:-/tmp}/metrofeed-run.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
all_passed=0 all_failed=0 all_skipped=0

# run INDEX PROGRAM: in the background; leaves .out, and .code when it is done.
run() {
	local words command code started=$SECONDS
	read -r -a words <<<"$2"
	case ${words[0]} in
	*.py) command=("$PYTHON") ;;
	*.sh) command=(bash) ;;
	*) read -r -a command <<<"${RUN_UNDER-}" ;;
	esac
	command+=("${words[@]}")
	timeout -k 10 "$TEST_TIMEOUT" "${command[@]}" >"$place/$1.out" 2>&1 \
	    </dev/null
	code=$?
	echo "$code $((SECONDS - started))" >"$place/$1.tmp"
	mv "$place/$1.tmp" "$place/$1.code"
}

# report INDEX PROGRAM: what came of it, and the sums.
report() {
	local code took passed failed skipped output="$place/$1.out"
	read -r code took <"$place/$1.code"
	read -r passed failed skipped < <(count "$code" "$output")
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
	printf '%-40s %5d passed' "${2##*/}" "$passed"
	[ "$failed" = 0 ] || printf ', %d FAILED' "$failed"
	[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
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
	rm -f "$output" "$place/$1.code"
}

# Scripts first, as they mostly wait; each is reported when it is done.
programs=("$@")
order=()
for index in "${!programs[@]}"; do
	case ${programs[index]} in *.py* | *.sh*) order+=("$index") ;; esac
done
for index in "${!programs[@]}"; do
	case ${programs[index]} in *.py* | *.sh*) ;; *) order+=("$index") ;; esac
done
report_done() {
	local index
	for index in "${order[@]}"; do
		if [ -e "$place/$index.code" ]; then
			report "$index" "${programs[index]}"
		fi
	done
}
running=0
for index in "${order[@]}"; do
	if [ "$running" -ge "$TEST_JOBS" ]; then
		wait -n
		running=$((running - 1))
		report_done
	fi
	run "$index" "${programs[index]}" &
	running=$((running + 1))
done
wait
report_done

echo
printf '%d passed, %d failed' "$all_passed" "$all_failed"
[ "$all_skipped" = 0 ] || printf ', %d skipped' "$all_skipped"
printf '\n'
[ "$all_failed" = 0 ] && [ "$all_passed" -gt 0 ]
