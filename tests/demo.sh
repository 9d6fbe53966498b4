#!/usr/bin/env bash
# demo.sh [BUILD] [LISTEN]: a newspaper that goes on publishing, metrofeed
# beside it, and the addresses to subscribe to.  Runs until Ctrl-C, or for
# DEMO_SECONDS after the feeds are there.  Each run begins anew, with another
# day of the paper: everything lies in BUILD/demo.

set -u
build=$(cd "${1:-build}" && pwd) || exit 1
listen=${2:-127.0.0.1:8080}
seconds=${DEMO_SECONDS:-0}
demo=$build/demo
newsroom_pid= metrofeed_pid=

# Only what was started here, by its number.
end() {
	trap '' INT TERM
	for pid in $metrofeed_pid $newsroom_pid; do
		kill "$pid" 2>/dev/null
	done
	for pid in $metrofeed_pid $newsroom_pid; do
		wait "$pid" 2>/dev/null
	done
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

trap end EXIT
trap 'echo; exit 0' INT TERM

# In the foreground, but a signal need not wait for it.
nap() {
	sleep "$1" &
	wait $!
}

is_taken() {
	(exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

# get HOST PORT PATH: the status line of the answer
get() {
	(
		exec 3<>"/dev/tcp/$1/$2" || exit
		printf 'GET %s HTTP/1.0\r\nHost: %s:%s\r\n\r\n' "$3" "$1" \
		    "$2" >&3
		head -n 1 <&3
	) 2>/dev/null
}

# Where others reach this machine; nothing if it has no network.
lan_address() {
	hostname -I 2>/dev/null | awk '{ print $1 }'
}

host=${listen%:*} port=${listen##*:}
case $host in
0.0.0.0 | '*' | '') here=127.0.0.1 show=$(lan_address) ;;
*) here=$host show=$host ;;
esac
show=${show:-$here}
wanted=$port
while is_taken "$here" "$port"; do
	port=$((port + 1))
	[ "$port" -lt $((wanted + 50)) ] || fail "no free port from $wanted on"
done
[ "$port" = "$wanted" ] || echo "demo: port $wanted is taken, using $port"

rm -rf "$demo"
mkdir -p "$demo" || exit 1
"$build/tests/newsroom" --pace 20 >"$demo/newsroom.out" &
newsroom_pid=$!
for _ in $(seq 100); do
	paper=$(sed -n 's/^newsroom listening on //p' "$demo/newsroom.out")
	[ -z "$paper" ] || break
	kill -0 $newsroom_pid 2>/dev/null || fail "newsroom did not start"
	nap 0.1
done
[ -n "$paper" ] || fail "newsroom says nothing"

# No selectors: where the articles are is found out.
cat >"$demo/metrofeed.conf" <<END
output: $demo/feeds
state: $demo/state
base-url: http://$show:$port/

sites:
  metro-demo:
    title: 새벽신문
    url: $paper
    language: ko
    timezone: Asia/Seoul
    article-link: /article/{id}
    allow-private: true         # it is on this machine
    host-gap: 0s
    min-interval: 1s
    interval: 10s
    sections:
      policy: {title: 산업 > 정책, url: /newsList/222}
      electronics: {title: 산업 > 전기/전자, url: /newsList/212}
      insurance: {title: 금융 > 보험, url: /newsList/207}
      jobs: {title: 경제 > 창업/취업, url: /newsList/228}
      briefs: /newsList/314
END
feeds='all policy electronics insurance jobs briefs'

"$build/metrofeed" run -c "$demo/metrofeed.conf" --listen "$host:$port" &
metrofeed_pid=$!

# All of them, and by way of the server.
are_there() {
	local name
	for name in $feeds; do
		[ -s "$demo/feeds/metro-demo/$name.atom" ] || return 1
	done
	case $(get "$here" "$port" "/metro-demo/policy.atom") in
	*' 200 '*) return 0 ;;
	*) return 1 ;;
	esac
}

for _ in $(seq 300); do
	are_there && break
	kill -0 $metrofeed_pid 2>/dev/null || fail "metrofeed has ended"
	nap 0.2
done
are_there || fail "no feeds after a minute"

echo
echo "A small newspaper on $paper/ goes on publishing; metrofeed watches it."
echo "Look at it on http://$here:$port/ or subscribe in a feed reader to"
echo
for name in $feeds; do
	echo "    http://$here:$port/metro-demo/$name.atom"
	[ "$show" = "$here" ] ||
	    echo "    http://$show:$port/metro-demo/$name.atom"
done
echo
if [ "$here" = "$host" ]; then
	echo "Other machines: LISTEN=0.0.0.0:$port make run"
fi
echo "The configuration: ${demo#"$PWD"/}/metrofeed.conf    To end it: Ctrl-C"
echo

began=$SECONDS
while [ "$seconds" = 0 ] || [ $((SECONDS - began)) -lt "$seconds" ]; do
	kill -0 $metrofeed_pid 2>/dev/null || fail "metrofeed has ended"
	kill -0 $newsroom_pid 2>/dev/null || fail "newsroom has ended"
	nap 1
done
are_there || fail "the feeds are gone"
echo "demo: done"
