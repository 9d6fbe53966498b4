#!/usr/bin/env bash
# inside.sh: what happens in a booted system: the package is installed, enabled,
# used, broken, upgraded and purged.  Prints TAP and turns the system off.
# Beside it lie old.deb and new.deb (a later version) and newsroom.

here=$(cd "$(dirname "$0")" && pwd)
conf=/etc/metrofeed/metrofeed.conf
lib=/var/lib/metrofeed
number=0

# check NAME COMMAND...: the command says what is wrong by its exit status.
check() {
	local name=$1 said
	shift
	number=$((number + 1))
	if said=$("$@" 2>&1); then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '%s\n' "$said" | tail -n 20 | sed 's/^/# /'
	fi
}

# until_true SECONDS COMMAND...
until_true() {
	local left=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || { echo "in vain: $*"; return 1; }
		sleep 0.2
	done
}

pid() { systemctl show -P MainPID metrofeed; }
not() { ! "$@"; }
says() { grep -qF -- "$1" "$2" || { cat "$2"; return 1; }; }
journal() { journalctl -q -u metrofeed "$@" --no-pager; }
journal_has() { journal -p "$1..$1" | grep -qF -- "$2" || { journal; return 1; }; }

configure() { # SECTIONS [OUTPUT]
	cat >$conf <<-END
	output: ${2:-$lib/feeds}
	state: $lib/state
	sites:
	  paper:
	    url: $paper
	    language: ko
	    timezone: Asia/Seoul
	    allow-private: true
	    host-gap: 0s
	    min-interval: 1s
	    interval: 2s
	    article-link: /article/{id}
	    sections: $1
	END
}

# --- installed: nothing runs, nobody is asked --------------------------------

dpkg -i "$here/old.deb" >/tmp/install.log 2>&1
check "it is installed" test $? = 0
check "it names the one command" says "systemctl enable --now metrofeed" \
    /tmp/install.log
check "it does not run" not systemctl is-active metrofeed
check "it is not enabled" not systemctl is-enabled metrofeed
check "its user is there" getent passwd metrofeed
check "its folders are its own" sh -c \
    "[ \$(stat -c %U:%a $lib/feeds $lib/state | sort -u) = metrofeed:755 ]"
check "its configuration is good" metrofeed check -c $conf
check "the manuals are there" sh -c \
    'dpkg -L metrofeed | grep -q man8/metrofeed.8 &&
    dpkg -L metrofeed | grep -q man5/metrofeed.conf.5'

# --- enabled -----------------------------------------------------------------

"$here/newsroom" --pace 5 >/tmp/newsroom.out 2>&1 &
newsroom=$!
check "newsroom is there" until_true 20 grep -q 'listening on' \
    /tmp/newsroom.out
paper=$(sed -n 's/^newsroom listening on //p' /tmp/newsroom.out)
case $paper in http*) ;; *) paper=http://$paper ;; esac

configure '{policy: /newsList/222}'
check "one command starts it" systemctl enable --now metrofeed
check "it is active" systemctl is-active metrofeed
check "the feed comes" until_true 60 test -s $lib/feeds/paper/policy.atom
check "anybody reads the feed" su -s /bin/sh nobody -c \
    "cat $lib/feeds/paper/policy.atom"
check "anybody reads the status" su -s /bin/sh nobody -c \
    "metrofeed status -c $conf"

# --- the hardening is in force -----------------------------------------------

proc_is() { # FIELD VALUE
	local got
	got=$(sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pid)/status")
	[ "$got" = "$2" ] || { echo "$1 is $got"; return 1; }
}
inside() { nsenter -t "$(pid)" -m -- "$@"; }
check "it is nobody special" sh -c \
    "[ \$(stat -c %U /proc/$(pid)) = metrofeed ]"
check "it has no capability" proc_is CapEff 0000000000000000
check "it cannot get one" proc_is NoNewPrivs 1
check "its calls are filtered" proc_is Seccomp 2
check "the system is read-only to it" not inside touch /etc/written
check "homes are hidden from it" not inside ls /root/.bashrc
check "its own folder it may write" inside touch $lib/state/written
rm -f $lib/state/written
exposure() {
	local level
	level=$(systemd-analyze security metrofeed --no-pager 2>/dev/null |
	    sed -n 's/.*exposure level for metrofeed.service: \([0-9.]*\).*/\1/p')
	echo "# systemd-analyze security: $level" >&3
	awk -v level="$level" 'BEGIN { exit !(level != "" && level <= 1.5) }'
}
exec 3>&1
check "systemd's own judgement: 1.5 at most" exposure
check "the worker is locked in" sh -c \
    "metrofeed status -c $conf | grep -q 'locked in'"

# --- the journal, reload, restart --------------------------------------------

check "news is told at info" journal_has info "paper/policy:"
configure '{policy: /newsList/222, jobs: /newsList/228}'
systemctl reload metrofeed
check "a reload brings the new section" until_true 60 \
    test -s $lib/feeds/paper/jobs.atom
configure '{policy: /newsList/222, jobs: {url: /newsList/228, intervall: 1h}}'
systemctl reload metrofeed
check "a bad file is an error in the journal" until_true 20 \
    journal_has err "intervall"
check "and it goes on with the old one" systemctl is-active metrofeed
configure '{policy: /newsList/222, gone: /no-such-page}'
systemctl reload metrofeed
check "a page that is missing is a warning" until_true 60 \
    journal_has warning "paper/gone"
configure '{policy: /newsList/222, jobs: /newsList/228}'
systemctl reload metrofeed

before=$(pid)
[ "$before" = 0 ] || kill -KILL "$before"
restarted() {
	[ "$(pid)" != "$before" ] && [ "$(pid)" != 0 ] &&
	    systemctl is-active metrofeed
}
check "killed, it is started again" until_true 60 restarted
mkdir -p /run/systemd/system/metrofeed.service.d
printf '[Service]\nWatchdogSec=3s\nTimeoutAbortSec=2s\n' \
    >/run/systemd/system/metrofeed.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart metrofeed
sleep 8
check "the watchdog is content with one that lives" systemctl is-active \
    metrofeed
before=$(pid)
[ "$before" = 0 ] || kill -STOP "$before"
check "one that hangs it ends and starts again" until_true 90 restarted
rm -r /run/systemd/system/metrofeed.service.d
systemctl daemon-reload

systemctl stop metrofeed
configure '{policy: [}'
systemctl start metrofeed 2>/dev/null
sleep 1
check "a broken configuration ends it for good" sh -c \
    '[ "$(systemctl show -P SubState metrofeed)" = failed ]'
systemctl reset-failed metrofeed

# --- an output elsewhere -----------------------------------------------------

configure '{policy: /newsList/222}' /srv/feeds
metrofeed check -c $conf >/tmp/advice
check "check names the drop-in" says 'ReadWritePaths="/srv/feeds"' /tmp/advice
# As it is told, but with a file in the editor's place.
sh -c "$(grep 'install -d' /tmp/advice)"
mkdir -p /etc/systemd/system/metrofeed.service.d
sed -n '/\[Service\]/,/restart/p' /tmp/advice | grep -v systemctl |
    sed 's/^ *//' >/etc/systemd/system/metrofeed.service.d/override.conf
systemctl daemon-reload
systemctl restart metrofeed
check "with it the feed comes there" until_true 60 \
    test -s /srv/feeds/paper/policy.atom
rm -r /etc/systemd/system/metrofeed.service.d /srv/feeds
systemctl daemon-reload
configure '{policy: /newsList/222, jobs: /newsList/228}'
systemctl restart metrofeed
until_true 60 test -s $lib/feeds/paper/policy.atom

# --- upgrade -----------------------------------------------------------------

before=$(pid) version=$(metrofeed --version)
ids() { grep -o '<id>[^<]*' $lib/feeds/paper/policy.atom | sort; }
ids >/tmp/ids
dpkg --force-confold -i "$here/new.deb" >/tmp/upgrade.log 2>&1
check "it is upgraded" test $? = 0
check "to another version" test "$(metrofeed --version)" != "$version"
check "which runs in place of the old" until_true 60 restarted
check "the configuration stays" says /newsList/228 $conf
ids_kept() { [ -z "$(comm -23 /tmp/ids <(ids))" ]; }
check "and so do the articles" ids_kept
check "nothing was an error" not journal_has err "store:"

# --- away --------------------------------------------------------------------

apt-get purge -y metrofeed >/tmp/purge.log 2>&1 ||
    dpkg --purge metrofeed >/tmp/purge.log 2>&1
check "it is purged" not dpkg -s metrofeed
check "it runs no more" not pgrep -x metrofeed
left() {
	find / -xdev \( -path /proc -o -path /sys -o -path "$here" \
	    -o -path /tmp -o -path /var/log -o -path /run \) -prune -o \
	    -name '*metrofeed*' -print | tee /tmp/left
	[ ! -s /tmp/left ]
}
check "nothing is left" left
check "nor its user" not getent passwd metrofeed

kill $newsroom
echo "1..$number"
