#!/usr/bin/env python3
"""A web server that misbehaves on purpose: one path for each fault.

    fault_server.py [--port 0] [--seconds 120] [--until-eof] [--tls DIR]

Prints its port as the first line, then "second PORT" for the same paths on
another one, and serves on 127.0.0.1 until the seconds are over, or standard
input with --until-eof: it ends with the test that holds it.  With --tls,
DIR gets keys and certificates made by openssl, and the third line is "tls GOOD
EXPIRED WRONG-NAME CUT RESET GOAWAY": the ports of the same paths behind a
good, an expired and a misnamed certificate, one that cuts the answer without
a farewell, and two HTTP/2 servers that break the first of each two
connections; DIR/ca.pem signed them all.  Without openssl that line is
"tls none".

/turn/... answers with the listing until the server has turned bad (`bad`, an
event), and from then on with the fault of that name.  Without keep-alive, so
that the fault meets a new connection.

/log tells as JSON what was asked: {"counts": {path: n}, "requests": [{"path",
"headers", "at"}], "connections": n}; "at" in seconds, monotonic.  /reset-log forgets it.

As a module: server = FaultServer().start(); server.url("/listing");
server.log(); server.stop().
"""

import argparse
import base64
import email.utils
import gzip
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib

FAULT_SECONDS = 30  # no fault is stretched longer than this
LOG_MAX = 5000

TITLES = [
    "한빛전자, 바람으로 도는 선풍기 공개",
    "느티나무길 새 도서관, 내달 문 연다",
    "구름은행 \"잔돈 적금 금리 올린다\"",
    "강변시, 밤 버스 세 노선 늘려",
    "두루미호 세 번째 시험 비행 마쳐",
    "솔밭시장 상인회, 배달 수레 함께 쓴다",
    "푸른들 농협, 사과 값 안정 대책 내놔",
    "별마루 천문대, 유성우 관측회 연다",
]


def listing(count=len(TITLES)):
    items = "\n".join(
        '<li class="item"><a href="/article/%d"><h3>%s</h3></a>'
        "<p>%s. 자세한 내용은 기사에 있다.</p>"
        '<span class="date">2026-11-%02d 09:%02d</span></li>'
        % (20261100 + i, TITLES[i % len(TITLES)], TITLES[i % len(TITLES)],
           24 - i % 20, i % 60)
        for i in range(count))
    return ("<!DOCTYPE html><html lang=ko><head><meta charset=utf-8>"
            "<title>느티나무 신문</title></head><body><ul>%s</ul></body>"
            "</html>" % items).encode()


def plain(title, text):
    return ("<!DOCTYPE html><html lang=ko><head><meta charset=utf-8><title>%s"
            "</title></head><body><p>%s</p></body></html>"
            % (title, text)).encode()


# The same few addresses as people and attackers spell them; {port} is the
# server's own.
PRIVATE = [
    "http://127.0.0.1:{port}/secret", "http://2130706433:{port}/secret",
    "http://0x7f.1:{port}/secret", "http://127.1:{port}/secret",
    "http://0177.0.0.1:{port}/secret", "http://0:{port}/secret",
    "http://0.0.0.0:{port}/secret", "http://[::1]:{port}/secret",
    "http://[::]:{port}/secret", "http://[::ffff:127.0.0.1]:{port}/secret",
    "http://[::ffff:7f00:1]:{port}/secret", "//localhost:{port}/secret",
    "http://10.0.0.1:{port}/secret", "http://192.168.0.1:{port}/secret",
    "http://172.16.0.1:{port}/secret", "http://169.254.169.254:{port}/",
    "http://100.64.0.1:{port}/secret", "http://[fe80::1]:{port}/secret",
    "http://[fc00::1]:{port}/secret", "http://[64:ff9b::7f00:1]:{port}/",
]

REASONS = {200: "OK", 204: "No Content", 301: "Moved Permanently",
           302: "Found", 304: "Not Modified", 308: "Permanent Redirect",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           410: "Gone", 429: "Too Many Requests",
           500: "Internal Server Error", 503: "Service Unavailable"}

RETRY_AFTER = {
    "seconds": lambda: "120",
    "zero": lambda: "0",
    "date": lambda: email.utils.formatdate(time.time() + 600, usegmt=True),
    "past": lambda: "Sun, 06 Nov 1994 08:49:37 GMT",
    "far": lambda: email.utils.formatdate(time.time() + 9e8, usegmt=True),
    "huge": lambda: "99999999999999999999",
    "negative": lambda: "-30",
    "junk": lambda: "soon",
    "words": lambda: "5 minutes",
    "empty": lambda: "",
    "none": None,
}

PATHS = {}


def path(name):
    def note(function):
        PATHS[name] = function
        return function
    return note


class Request:
    """A request's head, and the means to answer it rightly or wrongly."""

    def __init__(self, server, connection, head):
        lines = head.decode("latin-1").split("\r\n")
        words = (lines[0].split(" ") + ["", "", ""])[:3]
        self.server = server
        self.connection = connection
        self.method, self.target = words[0], words[1]
        self.headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                self.headers[name.strip().lower()] = value.strip()
        split = urllib.parse.urlsplit(self.target)
        self.path = split.path
        self.query = dict(urllib.parse.parse_qsl(
            split.query, keep_blank_values=True))
        self.keep = False

    def send(self, data):
        self.connection.sendall(data)

    def head(self, *lines, status=200):
        head = ["HTTP/1.1 %d %s" % (status, REASONS.get(status, "Whatever"))]
        head += lines
        self.send(("\r\n".join(head) + "\r\n\r\n").encode("utf-8"))

    def answer(self, body=b"", *lines, status=200,
               content_type="text/html; charset=utf-8"):
        self.keep = True
        if status != 304 and status != 204:
            lines += ("Content-Length: %d" % len(body),)
            if content_type:
                lines += ("Content-Type: " + content_type,)
        self.head(*lines, status=status)
        self.send(body)

    def for_ever(self, data, pause=0.0):
        end = time.monotonic() + FAULT_SECONDS
        while time.monotonic() < end and not self.server.stopping.is_set():
            self.send(data)
            if pause:
                self.server.stopping.wait(pause)

    def drip(self, data, pause=0.1):
        for byte in data:
            if self.server.stopping.wait(pause):
                return
            self.send(bytes([byte]))


# ---- answers that are right ----

@path("/listing")
def _(r):
    r.answer(listing())


@path("/secret")
def _(r):
    r.answer(plain("비밀", "아무도 보면 안 되는 쪽"))


@path("/gzip")
def _(r):
    r.answer(gzip.compress(listing()), "Content-Encoding: gzip")


@path("/deflate")
def _(r):
    r.answer(zlib.compress(listing()), "Content-Encoding: deflate")


@path("/chunked")
def _(r):
    r.keep = True
    r.head("Transfer-Encoding: chunked", "Content-Type: text/html")
    body = listing()
    for i in range(0, len(body), 100):
        part = body[i:i + 100]
        r.send(b"%x\r\n%s\r\n" % (len(part), part))
    r.send(b"0\r\n\r\n")


@path("/close-delimited")
def _(r):
    r.head("Content-Type: text/html")
    r.send(listing())


@path("/continue")
def _(r):
    r.send(b"HTTP/1.1 103 Early Hints\r\nETag: \"wrong\"\r\n\r\n")
    r.answer(listing(), 'ETag: "right"')


@path("/bytes")
def _(r):
    r.answer(b"x" * int(r.query.get("count", "1000")),
             content_type="text/plain")


@path("/gzip-bytes")
def _(r):
    r.answer(gzip.compress(b"x" * int(r.query.get("count", "1000"))),
             "Content-Encoding: gzip")


@path("/nap")
def _(r):
    r.server.stopping.wait(float(r.query.get("seconds", "0.05")))
    r.answer(listing())


@path("/close-after")
def _(r):
    r.answer(listing(), "Connection: close")
    r.keep = False


@path("/validators")
def _(r):
    lines = ('ETag: W/"느티-7:a,b"', "Last-Modified: Mon, 23 Nov 2026 "
             "00:00:00 GMT")
    seen = r.headers.get("if-none-match", "").encode("latin-1").decode(
        "utf-8", "replace")
    if seen == 'W/"느티-7:a,b"' or (
            not seen and "if-modified-since" in r.headers):
        r.answer(b"", *lines, status=304)
    else:
        r.answer(listing(), *lines)


@path("/echo")
def _(r):
    r.answer(json.dumps(r.headers).encode(),
             content_type="application/json")


# ---- slow ones ----

@path("/silent")
def _(r):
    r.server.stopping.wait(FAULT_SECONDS)


@path("/slow-headers")
def _(r):
    r.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 40)


@path("/slow-body")
def _(r):
    r.head("Content-Length: 400")
    r.drip(listing()[:400])


@path("/drip")
def _(r):
    """A byte a second."""
    r.head("Content-Type: text/html")
    r.for_ever(b"x", 1.0)


# ---- cut ones ----

@path("/truncated-chunked")
def _(r):
    r.head("Transfer-Encoding: chunked")
    r.send(b"%x\r\n%s\r\n" % (100, listing()[:100]))


@path("/truncated-chunk")
def _(r):
    r.head("Transfer-Encoding: chunked")
    r.send(b"%x\r\n%s" % (1000, listing()[:100]))


@path("/truncated-length")
def _(r):
    body = listing()
    r.head("Content-Length: %d" % (len(body) + 1000))
    r.send(body)


@path("/short-length")
def _(r):
    body = listing()
    r.head("Content-Length: %d" % (len(body) // 2), "Connection: close")
    r.send(body)


@path("/cut-close")
def _(r):
    body = listing()
    r.head("Content-Type: text/html")
    r.send(body[:int(r.query.get("at", len(body) // 2))])


@path("/cut-gzip")
def _(r):
    body = gzip.compress(listing())
    body = body[:int(r.query.get("at", len(body) // 2))]
    r.answer(body, "Content-Encoding: gzip")


@path("/no-answer")
def _(r):
    pass


@path("/reset")
def _(r):
    r.head("Content-Length: 1000")
    r.send(b"x" * 10)
    r.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))


# ---- against the protocol ----

@path("/two-lengths")
def _(r):
    body = listing()
    r.head("Content-Length: %d" % len(body),
           "Content-Length: %d" % (len(body) - 10))
    r.send(body)


@path("/negative-length")
def _(r):
    r.head("Content-Length: -1")
    r.send(listing())


@path("/huge-length")
def _(r):
    r.head("Content-Length: 99999999999999999999999")
    r.send(listing())


@path("/long-length")
def _(r):
    r.head("Content-Length: 9000000000")
    r.for_ever(b"x" * 65536)


@path("/bad-chunk")
def _(r):
    r.head("Transfer-Encoding: chunked")
    r.send(b"zz\r\n" + listing())


@path("/http09")
def _(r):
    r.send(listing())


@path("/not-http")
def _(r):
    r.send(b"SSH-2.0-faults\r\n" * 3)


@path("/garbage-gzip")
def _(r):
    r.answer(b"\x00\xff\x13" * 200, "Content-Encoding: gzip")


@path("/encodings-50")
def _(r):
    r.answer(listing(), "Content-Encoding: " + ", ".join(["gzip"] * 50))


@path("/unknown-encoding")
def _(r):
    r.answer(listing(), "Content-Encoding: hangul")


# ---- endless ones and bombs ----

@path("/endless-body")
def _(r):
    r.head("Content-Type: text/html")
    r.for_ever(b"x" * 65536)


@path("/endless-chunked")
def _(r):
    r.head("Transfer-Encoding: chunked")
    r.for_ever(b"10000\r\n" + b"x" * 65536 + b"\r\n")


@path("/endless-header")
def _(r):
    r.send(b"HTTP/1.1 200 OK\r\n")
    r.for_ever(b"X-More: " + b"y" * 1000 + b"\r\n")


@path("/endless-header-line")
def _(r):
    r.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    r.for_ever(b"y" * 65536)


@path("/endless-1xx")
def _(r):
    r.for_ever(b"HTTP/1.1 102 Processing\r\nX-Wait: a little\r\n\r\n" * 50)


def bomb(megabytes, wrap):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, wrap)
    block = b"\0" * (1 << 20)
    parts = [squeeze.compress(block) for _ in range(megabytes)]
    return b"".join(parts) + squeeze.flush()


@path("/bomb-gzip")
def _(r):
    r.answer(bomb(50, 31), "Content-Encoding: gzip")


@path("/bomb-deflate")
def _(r):
    r.answer(bomb(50, 15), "Content-Encoding: deflate")


@path("/bomb-gzip-twice")
def _(r):
    r.answer(gzip.compress(bomb(100, 31)), "Content-Encoding: gzip, gzip")


def bomb_zstd(megabytes):
    """Blocks of one byte said 128 Ki times (RFC 8878 3.1.1.2)."""
    count = megabytes * 8
    blocks = [struct.pack("<I", 131072 << 3 | 1 << 1 | (i == count - 1))[:3]
              + b"\0" for i in range(count)]
    return b"\x28\xb5\x2f\xfd\x00\x38" + b"".join(blocks)


@path("/bomb-zstd")
def _(r):
    r.answer(bomb_zstd(50), "Content-Encoding: zstd")


# brotli.compress(b"\0" * (50 << 20), quality=11, lgwin=24)
BOMB_BR = base64.b64decode(
    "z///f/gnAOKxQCD3/p/////wTwDEYQGA7v0/////4Z8AiMMiAN37//z//8A/ARCHBQC69x8=")


@path("/bomb-br")
def _(r):
    r.answer(BOMB_BR, "Content-Encoding: br")


# ---- redirects ----

def redirect(r, to, status=302):
    r.answer(b"", "Location: " + to, status=status)


@path("/redirect")
def _(r):
    redirect(r, r.query.get("to", "/listing"),
             int(r.query.get("status", "302")))


@path("/redirect-loop")
def _(r):
    redirect(r, "/redirect-loop")


@path("/redirect-ping")
def _(r):
    redirect(r, "/redirect-pong")


@path("/redirect-pong")
def _(r):
    redirect(r, "/redirect-ping")


@path("/redirect-file")
def _(r):
    redirect(r, "file:///etc/passwd")


@path("/redirect-ftp")
def _(r):
    redirect(r, "ftp://127.0.0.1/list")


@path("/redirect-gopher")
def _(r):
    redirect(r, "gopher://127.0.0.1:70/_x")


@path("/redirect-user")
def _(r):
    redirect(r, "http://someone:secret@127.0.0.1:%d/listing" % r.server.port)


@path("/redirect-escape")
def _(r):
    redirect(r, "mailto:\x1b[31mred")


@path("/redirect-nowhere")
def _(r):
    r.answer(b"", status=302)


@path("/redirect-long")
def _(r):
    redirect(r, "/listing?" + "x" * 1500)


@path("/redirect-too-long")
def _(r):
    redirect(r, "/listing?" + "x" * 5000)


@path("/redirect-slow")
def _(r):
    r.server.stopping.wait(0.6)
    redirect(r, r.query.get("to", "/redirect-slow"))


@path("/redirect-korean")
def _(r):
    redirect(r, "/목록?구역=경제 면")


@path("/%EB%AA%A9%EB%A1%9D")
def _(r):
    r.answer(listing())


@path("/301")
def _(r):
    redirect(r, "/listing", 301)


@path("/308")
def _(r):
    redirect(r, "/listing", 308)


@path("/301-then-302")
def _(r):
    redirect(r, "/redirect?to=/listing", 301)


@path("/302-then-301")
def _(r):
    redirect(r, "/301", 302)


@path("/301-validators")
def _(r):
    redirect(r, "/validators", 301)


# ---- right for HTTP, wrong for a feed ----

@path("/304")
def _(r):
    r.answer(b"", 'ETag: "always"', status=304)


@path("/empty")
def _(r):
    r.answer(b"")


@path("/captcha")
def _(r):
    r.answer(plain("잠시만요", "사람인지 확인하고 있습니다. 그림 속 숫자를 "
                   "넣어 주세요. <form><input name=code></form>"))


@path("/maintenance")
def _(r):
    r.answer(plain("점검 중", "더 나은 신문을 위해 03:00부터 점검합니다."))


@path("/login")
def _(r):
    r.answer(plain("들어가기", "<form action=/login method=post><input "
                   "name=id><input name=pw type=password></form>"))


@path("/json")
def _(r):
    r.answer(json.dumps({"articles": TITLES}, ensure_ascii=False).encode(),
             content_type="application/json")


class Listener:
    """One port; threads are daemons and end with the process or stop()."""

    def __init__(self, owner, port=0, context=None, serve=None):
        self.owner = owner
        self.context = context
        self.serve = serve or owner.serve
        self.socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.owner.stopping.is_set():
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.run, args=(connection,),
                             daemon=True).start()

    def run(self, connection):
        try:
            connection.settimeout(FAULT_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                connection = self.context.wrap_socket(
                    connection, server_side=True)
            self.owner.count_connection()
            self.serve(connection)
        except OSError:
            pass  # they hung up, which is what most of these are for
        finally:
            connection.close()

    def close(self):
        # shutdown wakes accept, close alone does not
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class FaultServer:
    def __init__(self, port=0):
        self.wanted_port = port
        self.port = 0
        self.stopping = threading.Event()
        self.bad = threading.Event()
        self.lock = threading.Lock()
        self.listeners = []
        self.pairs = {}
        self.forget()

    def start(self):
        listener = Listener(self, self.wanted_port)
        self.port = listener.port
        self.listeners.append(listener)
        return self

    def listen(self, context, serve=None):
        listener = Listener(self, 0, context, serve)
        self.listeners.append(listener)
        return listener.port

    def stop(self):
        self.stopping.set()
        for listener in self.listeners:
            listener.close()

    def url(self, name):
        return "http://127.0.0.1:%d%s" % (self.port, name)

    def forget(self):
        with self.lock:
            self.counts, self.requests, self.connections = {}, [], 0

    def count_connection(self):
        with self.lock:
            self.connections += 1

    def log(self):
        with self.lock:
            return {"counts": dict(self.counts),
                    "requests": list(self.requests),
                    "connections": self.connections}

    def note(self, request):
        with self.lock:
            self.counts[request.path] = self.counts.get(request.path, 0) + 1
            if len(self.requests) < LOG_MAX:
                self.requests.append(
                    {"path": request.target, "headers": request.headers,
                     "at": time.monotonic()})

    def serve(self, connection):
        data = b""
        while not self.stopping.is_set():
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more or len(data) > 1 << 20:
                    return
                data += more
            head, _, data = data.partition(b"\r\n\r\n")
            request = Request(self, connection, head)
            self.answer(request)
            if not request.keep:
                return

    def answer(self, request):
        name = request.path
        if name == "/log":
            request.answer(json.dumps(self.log()).encode(),
                           content_type="application/json")
            return
        if name == "/reset-log":
            self.forget()
            request.answer(b"")
            return
        self.note(request)
        if name.startswith("/turn/"):
            if not self.bad.is_set():
                request.answer(listing(), "Connection: close")
                request.keep = False
                return
            name = name[len("/turn"):]
        parts = name.split("/")
        if name in PATHS:
            PATHS[name](request)
        elif parts[1] == "status" and parts[2:3] and parts[2].isdigit():
            status = int(parts[2])
            request.answer(plain(str(status), "안 됩니다"), status=status)
        elif parts[1] == "private" and parts[2:3] and parts[2].isdigit():
            port = request.query.get("port", str(self.port))
            redirect(request, PRIVATE[int(parts[2])].replace("{port}", port))
        elif parts[1] == "hops" and parts[2:3] and parts[2].isdigit():
            left = int(parts[2])
            redirect(request, "/hops/%d" % (left - 1) if left > 1
                     else "/listing")
        elif parts[1] == "retry-after" and parts[2:3]:
            status = int(request.query.get("status", "503"))
            value = RETRY_AFTER.get(parts[2])
            lines = ("Retry-After: " + value(),) if value else ()
            request.answer(plain("바쁩니다", "조금 뒤에"), *lines,
                           status=status)
        elif parts[1] in ("401", "403", "404", "410", "429", "500", "503"):
            request.answer(plain(parts[1], "안 됩니다"), status=int(parts[1]))
        else:
            request.answer(plain("404", "그런 쪽은 없습니다"), status=404)

    # ---- TLS ----

    def serve_cut(self, connection):
        """Ends in the middle of the answer, without TLS's farewell."""
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                           b"\r\n" + listing()[:300])
        os.close(connection.detach())

    def serve_h2(self, connection, fault):
        """HTTP/2 of the plainest kind.  The first connection of each pair is
        ended by the fault, the second one answers."""
        with self.lock:
            self.pairs[fault] = self.pairs.get(fault, 0) + 1
            is_bad = self.pairs[fault] % 2 == 1

        def frame(kind, flags, stream, body=b""):
            connection.sendall(struct.pack(
                ">BHBBI", len(body) >> 16, len(body) & 0xffff, kind, flags,
                stream) + body)

        stream = connection.makefile("rb")
        stream.read(24)
        frame(4, 0, 0)
        while True:
            head = stream.read(9)
            if len(head) < 9:
                return
            high, low, kind, flags, number = struct.unpack(">BHBBI", head)
            stream.read(high << 16 | low)
            if kind == 4 and not flags & 1:
                frame(4, 1, 0)
            if kind != 1:
                continue
            if not is_bad:
                body = listing()
                frame(1, 4, number, b"\x88")  # :status 200
                frame(0, 1, number, body)
            elif fault == "reset":
                frame(3, 0, number, struct.pack(">I", 2))
            else:
                frame(7, 0, 0, struct.pack(">II", 0, 2))
                return

    def start_tls(self, folder):
        ca, names = make_certificates(folder)
        ports = []
        for name in names:
            ports.append(self.listen(tls_context(folder, name)))
        good = tls_context(folder, "good")
        ports.append(self.listen(good, self.serve_cut))
        for fault in ("reset", "goaway"):
            context = tls_context(folder, "good")
            context.set_alpn_protocols(["h2"])
            ports.append(self.listen(
                context, lambda c, fault=fault: self.serve_h2(c, fault)))
        return ca, ports


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """An authority and what it signed: good, expired, and of another name."""
    ca, ca_key = (os.path.join(folder, "ca" + end) for end in (".pem", ".key"))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days",
            "2", "-subj", "/CN=faults",
            "-addext", "basicConstraints=critical,CA:TRUE")
    names = {"good": "IP:127.0.0.1,DNS:localhost",
             "expired": "IP:127.0.0.1,DNS:localhost",
             "wrong": "DNS:other.example"}
    for name, subject in names.items():
        base = os.path.join(folder, name)
        openssl("req", *curve, "-keyout", base + ".key", "-out",
                base + ".csr", "-subj", "/CN=" + name)
        with open(base + ".ext", "w", encoding="ascii") as file:
            file.write("subjectAltName=%s\n" % subject)
        openssl("x509", "-req", "-in", base + ".csr", "-CA", ca, "-CAkey",
                ca_key, "-CAcreateserial", "-extfile", base + ".ext", "-days",
                "0" if name == "expired" else "2", "-out", base + ".pem")
    return ca, list(names)


def tls_context(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    base = os.path.join(folder, name)
    context.load_cert_chain(base + ".pem", base + ".key")
    return context


def end_with_input(server):
    while os.read(0, 4096):
        pass
    server.stopping.set()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--until-eof", action="store_true")
    parser.add_argument("--tls", metavar="DIR")
    options = parser.parse_args()
    server = FaultServer(options.port).start()
    print(server.port, flush=True)
    print("second", server.listen(None), flush=True)
    if options.tls:
        try:
            ports = server.start_tls(options.tls)[1]
            print("tls", *ports, flush=True)
        except (OSError, subprocess.CalledProcessError):
            print("tls none", flush=True)
    if options.until_eof:
        threading.Thread(target=end_with_input, daemon=True,
                         args=(server,)).start()
    try:
        server.stopping.wait(options.seconds)
    except KeyboardInterrupt:
        pass
    server.stop()
    # threads that still talk are daemons
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
