#!/usr/bin/env python3
"""CPU and memory of a round over many sections, beside the floor of its parts.

Pages of 100 KB (PAGE_KB) with 20 items, served by nginx on many loopback
addresses (HOSTS: a fifth of the sections, 2,000 at most); the daemon is asked
for each round; its start is in the first.  CPU is that of the daemon and its
workers; memory is the greatest sum of their PSS.  Ratios are what counts: all
sides are measured in this run.  Then the daemon goes by its own timetable, 100
rounds a second at most, beside 50 hosts that say nothing: how late rounds begin.

SECTIONS (several numbers: how each round grows), SITES, PAGE_KB and DEFAULTS
("all: false") are for more of them, or for others; PEERS=no leaves out what
people use instead, PACED=no the timetable.
"""
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PROGRAM = os.environ["METROFEED"]
FLOOR = os.environ["FLOOR"]
# Several sizes, one after the other: SECTIONS="100 1000 10000".
SIZES = [int(n) for n in os.environ.get("SECTIONS", "1000").split()]
SECTIONS = SIZES[0]
PEERS = os.environ.get("PEERS", "yes") == "yes"
PACED = os.environ.get("PACED", "yes") == "yes"
STALLED = 50
PAGE_KB = int(os.environ.get("PAGE_KB", "100"))
MORE = os.environ.get("DEFAULTS", "")  # e.g. "all: false"
PORT = int(os.environ.get("PORT", "18080"))


def hosts():
    return int(os.environ.get("HOSTS", 0)) or max(1, min(2000, SECTIONS // 5))


def sites():
    return int(os.environ.get("SITES", 0)) or hosts()


def address(host):
    return "127.%d.%d.%d" % (host // 62500, host // 250 % 250, host % 250 + 1)


FILLER = ("<div class=\"box\"><a href=\"/menu/%d\">메뉴</a><p>이 자리는 목록이 "
          "아닌 것으로 찬다.</p><span class=\"tag\">%d</span></div>\n")


def page(section, first, count=20):
    items = "".join(
        '<li class="news"><a href="/article/2024030550%04d%02d"><img src='
        '"/image/%d.jpg" alt=""></a><h3><a href="/article/2024030550%04d%02d">'
        '%d번 시장에서 들어온 %d번째 소식, 오늘도 새로 열린다</a></h3><p>%s</p>'
        '<span class="date">2024-03-05 %02d:%02d:00</span></li>\n'
        % (section, n, n, section, n, section, n,
           "가게마다 불이 켜지고 손님이 든다. " * 8, 8 + n // 60, n % 60)
        for n in range(first + count - 1, first - 1, -1))
    head = ("<!DOCTYPE html><html lang=\"ko\"><head><meta charset=\"utf-8\">"
            "<title>%d번 시장</title></head><body><div class=\"main\">"
            "<ul class=\"list\">\n" % section)
    tail = "</ul></div><div class=\"rest\">\n"
    body = head + items + tail
    n = 0
    while len(body.encode()) < PAGE_KB * 1024:
        body += "".join(FILLER % (n + k, n + k) for k in range(50))
        n += 50
    return (body + "</div></body></html>\n").encode()


NGINX = """
daemon off; worker_processes 1; pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log crit;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path %(folder)s/t1;
  proxy_temp_path %(folder)s/t2; fastcgi_temp_path %(folder)s/t3;
  uwsgi_temp_path %(folder)s/t4; scgi_temp_path %(folder)s/t5;
  types { text/html html; } charset utf-8; keepalive_requests 100000;
  %(extra)s
  server { listen 127.0.0.0:%(port)d; }
  server { listen 0.0.0.0:%(port)d default_server; root %(folder)s/www; }
}
""".replace("  server { listen 127.0.0.0:%(port)d; }\n", "")


class Nginx:
    def __init__(self, folder, validators):
        conf = os.path.join(folder, "nginx.conf")
        extra = "" if validators else (
            "etag off; if_modified_since off; add_header Last-Modified '';")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(NGINX % {"folder": folder, "port": PORT, "extra": extra})
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([nginx, "-c", conf])
        for _ in range(200):
            try:
                urllib.request.urlopen(
                    "http://127.0.0.1:%d/0.html" % PORT, timeout=5).read()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def pss_kb(pid):
    try:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            for line in f:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def cpu_us(pid):
    """Of all threads of the daemon and its workers, by the scheduler."""
    total = 0
    for each in [pid] + children(pid):
        tasks = "/proc/%d/task" % each
        try:
            for task in os.listdir(tasks):
                with open("%s/%s/schedstat" % (tasks, task)) as f:
                    total += int(f.read().split()[0])
        except OSError:
            pass
    return total / 1000


class Daemon:
    def __init__(self, folder):
        self.state = folder + "/state/metrofeed.db"
        self.process = subprocess.Popen(
            [PROGRAM, "run", "-c", folder + "/metrofeed.conf"],
            stderr=subprocess.DEVNULL)
        self.spent = 0
        self.rounds = 0

    def good(self):
        """Good rounds so far."""
        try:
            db = sqlite3.connect("file:%s?mode=ro" % self.state, uri=True,
                                 timeout=10)
            row = db.execute(
                "SELECT sum(rounds_good), max(reason) FROM section"
                " WHERE path NOT LIKE 'stalled/%'").fetchone()
            db.close()
        except sqlite3.OperationalError:
            return 0
        if row[1]:
            raise SystemExit("a round failed: " + row[1])
        return row[0] or 0

    def wait_for(self, count):
        for _ in range(max(6000, 6 * SECTIONS)):
            if self.good() >= count:
                return
            time.sleep(0.2)
        raise SystemExit("a round did not end")

    def done(self):
        return self.good() == SECTIONS * (self.rounds + 1)

    def round(self):
        """CPU microseconds a section and peak PSS in MB."""
        peak = 0
        if self.rounds > 0:
            time.sleep(1.5)  # min-interval
            self.spent = cpu_us(self.process.pid)
            self.process.send_signal(signal.SIGUSR1)
        for turn in range(max(6000, 6 * SECTIONS)):
            total = sum(pss_kb(p) for p in
                        [self.process.pid] + children(self.process.pid))
            peak = max(peak, total)
            time.sleep(0.02)
            if turn % 20 == 19 and self.done():
                break
        else:
            raise SystemExit("a round did not end")
        time.sleep(0.5)  # the last batch
        self.rounds += 1
        return ((cpu_us(self.process.pid) - self.spent) / SECTIONS,
                peak / 1024)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def url(section):
    return "http://%s:%d/%d.html" % (address(section % hosts()), PORT, section)


def fetch_floor(validated):
    lines = []
    for section in range(SECTIONS):
        etag = ""
        if validated:
            request = urllib.request.Request(url(section), method="HEAD")
            with urllib.request.urlopen(request, timeout=10) as answer:
                etag = answer.headers["ETag"]
        lines.append("%s %s\n" % (url(section), etag))
    done = subprocess.run([FLOOR, "fetch", str(SECTIONS)],
        input="".join(lines), capture_output=True, text=True, check=True)
    return float(done.stdout)


def write_pages(folder, first, token=""):
    """`token` stands before the list and behind it."""
    stamp = ("<p>%s</p>" % token).encode() if token else b""
    for section in range(SECTIONS):
        text = page(section, first)
        if stamp:
            text = (text.replace(b'<div class="main">',
                                 stamp + b'<div class="main">', 1)
                    .replace(b"</body>", stamp + b"</body>", 1))
        with open("%s/www/%d.html" % (folder, section), "wb") as f:
            f.write(text)


class Peer:
    """What people use instead, where the machine has it."""

    def __init__(self, name, command):
        self.name, self.rows = name, {}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write("".join(
                url(section) + "\n" for section in range(SECTIONS)))
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def round(self, kind):
        try:
            self.process.stdin.write("round\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        self.peak = 0
        over = threading.Event()

        def watch():
            while not over.wait(0.02):
                self.peak = max(self.peak, pss_kb(self.process.pid))
        watcher = threading.Thread(target=watch)
        watcher.start()
        line = self.process.stdout.readline()
        over.set()
        watcher.join()
        if line:
            self.rows[kind] = (float(line), self.peak / 1024)
        return bool(line)

    def stop(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.process.stdout.close()


def start_peers():
    here = os.path.dirname(os.path.abspath(__file__))
    peers = [
        ("http.client and lxml", "python3-lxml from the distribution",
         [sys.executable, here + "/peer_lxml.py"]),
        ("Node, cheerio and feed",
         "`npm install cheerio feed`, NODE_PATH=.../node_modules",
         ["node", here + "/peer_cheerio.mjs"]),
        # told of a CA file it fetches by curl, as it does under php-fpm
        ("RSS-Bridge", "php-cli and rss-bridge from the distribution",
         ["php", "-d", "curl.cainfo=/etc/ssl/certs/ca-certificates.crt",
          here + "/peer_rss_bridge.php"]),
    ]
    running = []
    for name, needs, command in peers:
        if shutil.which(command[0]) is None:
            print("skipped: %s: wants %s" % (name, needs))
            continue
        peer = Peer(name, command)
        if peer.round("first round"):
            running.append(peer)
        else:
            print("skipped: %s: wants %s" % (name, needs))
            peer.stop()
    return running


def show_peers(peers, rows):
    ours = {name: cpu for name, cpu, _ in rows}
    for peer in peers:
        for kind, (cpu, peak) in peer.rows.items():
            print("%-24s %-22s %7.0f us, %5.1f times ours, peak %.0f MB"
                  % (peer.name, kind, cpu, cpu / ours[kind], peak))


def write_conf(folder, interval="1h", stalled_port=0):
    with open(folder + "/metrofeed.conf", "w", encoding="utf-8") as f:
        f.write("output: out\nstate: state\nindex: off\ndefaults:\n"
                "  allow-private: true\n  host-gap: 0s\n  min-interval: 1s\n"
                "  interval: %s\n  timezone: Asia/Seoul\n" % interval
                + ("  %s\n" % MORE if MORE else "") + "rules:\n"
                "  news:\n    item: li.news\n    fields: {title: h3 a, "
                "text: p, date: .date, image: img}\nsites:\n")
        for site in range(sites()):
            f.write("  site%d:\n    url: http://%s:%d\n"
                    "    use: news\n    sections:\n"
                    % (site, address(site % hosts()), PORT))
            for section in range(site, SECTIONS, sites()):
                f.write("      s%d: %s\n" % (section, url(section)))
        if stalled_port:
            f.write("  stalled:\n    robots: ignore\n    sections:\n")
            for host in range(STALLED):
                f.write("      s%d: http://127.200.0.%d:%d/\n"
                        % (host, host + 1, stalled_port))


class Stalled:
    """Hosts that take a request and say nothing."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("0.0.0.0", 0))
        self.socket.listen(4 * STALLED)
        self.port = self.socket.getsockname()[1]


def paced(folder):
    """By the timetable: share of a core, and how late rounds begin."""
    stalled = Stalled()
    interval = max(20, SECTIONS // 100)
    write_conf(folder, "%ds" % interval, stalled.port)
    db = sqlite3.connect(folder + "/state/metrofeed.db")
    db.execute("UPDATE section SET due = unixepoch() + 5 + abs(random()) %% %d"
               % interval)
    db.commit()
    db.close()
    daemon = Daemon(folder)
    before = daemon.good()
    try:
        daemon.wait_for(before + SECTIONS)  # each has its ETag again
        start, spent, count = time.time(), cpu_us(daemon.process.pid), (
            daemon.good())
        # the daemon tells how late it was every half minute
        time.sleep(max(interval, 45))
        share = (cpu_us(daemon.process.pid) - spent) / 1e4 / (
            time.time() - start)
        rate = (daemon.good() - count) / (time.time() - start)
        told = json.loads(subprocess.run(
            [PROGRAM, "status", "--json", "-c", folder + "/metrofeed.conf"],
            capture_output=True, text=True, check=True).stdout)[0]
    finally:
        daemon.stop()
        stalled.socket.close()
    return ("by the timetable, %.0f rounds a second beside %d silent hosts: "
            "%.2f %% of a core, late by %d ms at p99, by %d ms at worst"
            % (rate, STALLED, share, told["late-p99-ms"],
               told["late-worst-ms"]))


def measure():
    folder = tempfile.mkdtemp(prefix="metrofeed-bench-")
    os.chmod(folder, 0o755)
    os.mkdir(folder + "/www")
    write_conf(folder)
    write_pages(folder, 1)
    server = Nginx(folder, True)
    try:
        parse = subprocess.run(
            [FLOOR, "parse", folder + "/www/0.html", "300"],
            capture_output=True, text=True, check=True).stdout.split()
        libxml2, gumbo = float(parse[0]), float(parse[1])
        fetch_200, fetch_304 = fetch_floor(False), fetch_floor(True)
        daemon = Daemon(folder)
        rows = [("first round", *daemon.round())]
        rows.append(("unchanged, 304", *daemon.round()))
        server.stop()
        server = Nginx(folder, False)
        rows.append(("unchanged, 200", *daemon.round()))
        peers = start_peers() if PEERS else []
        write_pages(folder, 1, "7f3a9c21")
        rows.append(("same list", *daemon.round()))
        for peer in peers:
            peer.round("same list")
        write_pages(folder, 2, "7f3a9c22")
        rows.append(("one new article each", *daemon.round()))
        for peer in peers:
            peer.round("one new article each")
            peer.stop()
        daemon.stop()
        if PACED:
            server.stop()
            server = Nginx(folder, True)
            timetable = paced(folder)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("%d sections of %d sites on %d hosts, pages of %d KB with 20 items"
          % (SECTIONS, sites(), hosts(), PAGE_KB))
    print("floor, CPU us a page: libxml2 parse %.0f, gumbo parse %.0f, "
          "curl multi 200 %.0f, 304 %.0f"
          % (libxml2, gumbo, fetch_200, fetch_304))
    print("%-22s %10s %10s %10s %10s %9s" % ("round", "CPU us", "/ gumbo",
          "/ libxml2", "/ fetch", "peak MB"))
    for name, cpu, peak in rows:
        floor = fetch_304 if "304" in name else fetch_200
        print("%-22s %10.0f %10.2f %10.2f %10.1f %9.1f"
              % (name, cpu, cpu / gumbo, cpu / libxml2, cpu / floor, peak))
    print("304s at an interval of 15 minutes: %.2f %% of a core"
          % (rows[1][1] * SECTIONS / 900e4))
    if PACED:
        print(timetable)
    show_peers(peers, rows)
    return rows


def grow():
    """The same at several sizes: what each costs a section, and how that
    grows; 1.0 is a straight line."""
    global SECTIONS
    found = {}
    for SECTIONS in SIZES:
        found[SECTIONS] = measure()
    if len(SIZES) < 2:
        return 0
    print("CPU us a section, beside that of %d sections" % SIZES[0])
    for at, (name, first, _) in enumerate(found[SIZES[0]]):
        print("%-22s" % name + "".join(
            "  %d: %.0f (%.2f)" % (size, found[size][at][1],
                                   found[size][at][1] / first)
            for size in SIZES))
    return 0


if __name__ == "__main__":
    sys.exit(grow())
