#!/usr/bin/env bash
# fresh.sh: does what the README says work on a bare system?  A minimal root is
# made from this machine's own apt sources, gets git and make and nothing else,
# clones the last commit, and runs `make run` (FRESH_SECONDS of it) and
# `make check`.  FRESH_SUITE=trixie takes another release from the same mirror.
# Needs mmdebstrap and either root or user namespaces; takes
# some minutes and 1.5 GB under TMPDIR, and leaves nothing behind.

set -u
cd "$(dirname "$0")/.." || exit 1

seconds=${FRESH_SECONDS:-20}
own=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
suite=${FRESH_SUITE:-$own}

if ! command -v mmdebstrap >/dev/null 2>&1; then
	echo "skipped: mmdebstrap is not here (apt-get install mmdebstrap)"
	echo "0 passed, 0 failed, 2 skipped"
	exit 0
fi
[ -n "$suite" ] || { echo "fresh: which suite? set FRESH_SUITE" >&2; exit 1; }

place=$(mktemp -d "${TMPDIR:-/tmp}/metrofeed-fresh.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"

# The distribution's own sources, not those of other vendors.
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
	[ -f "$file" ] &&
	    grep -Eq "^[^#]*[[:space:]]$own([-/[:space:]]|\$)" "$file" ||
	    continue
	copy=$place/$(basename "$file")
	sed "s/$own/$suite/g" "$file" >"$copy"
	sources+=("$copy")
done
[ ${#sources[@]} -gt 0 ] || { echo "fresh: no sources for $suite" >&2; exit 1; }

[ -z "$(git status --porcelain)" ] ||
    echo "fresh: what is not committed is not looked at"
git bundle create -q "$place/metrofeed.bundle" HEAD || exit 1

# What happens inside, and nothing of this machine's surroundings goes in.
cat >"$place/inside.sh" <<END
# an installer's, which a minimal root lacks
[ -e /etc/hosts ] || echo "127.0.0.1 localhost" >/etc/hosts
cd /root || exit 1
git clone -q /tmp/metrofeed.bundle metrofeed && cd metrofeed || exit 1
git checkout -q --detach FETCH_HEAD 2>/dev/null
echo "== DEMO_SECONDS=$seconds make run"
DEMO_SECONDS=$seconds make run && echo "fresh: ok run" ||
    echo "fresh: not ok run"
echo "== make check"
make check && echo "fresh: ok check" || echo "fresh: not ok check"
END

# The hook gets /proc, /dev and the name servers from mmdebstrap; what comes
# out of it all is thrown away.
TMPDIR=$place mmdebstrap --variant=minbase --include=git,make --quiet \
    --customize-hook="upload $place/metrofeed.bundle /tmp/metrofeed.bundle" \
    --customize-hook="upload $place/inside.sh /tmp/inside.sh" \
    --customize-hook='chroot "$1" env -i HOME=/root LANG=C.UTF-8 \
	TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	bash /tmp/inside.sh </dev/null' \
    --format=null "$suite" - "${sources[@]}" 2>&1 | tee "$place/log"

passed=$(grep -c '^fresh: ok ' "$place/log")
echo
echo "$passed passed, $((2 - passed)) failed"
[ "$passed" = 2 ]
