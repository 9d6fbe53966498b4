#!/usr/bin/env python3
"""A start with many sections on many hosts, all of them due: no storm."""
import asyncio
import os
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

HOSTS = 200  # addresses of the loopback network
EACH = 3     # sections of a host
GAP_S = 1.0
# daemon.c: so many at once, and so many more that do not answer at once
ACTIVE = 24
SLOW = 128
SAME_S = 0.25  # a busy machine may note the first of two later than it came


def host(number):
    return "127.9.%d.%d" % (number // 100, number % 100 + 1)


LOST_S = 1  # a batch is 200 ms; a busy machine takes longer


class Crowd:
    """All hosts in one server, that answers after a while and keeps count."""

    def __init__(self, answer_s=0.02):
        self.answer_s = answer_s
        self.times = {}  # by host: when it was asked
        self.pages = {}  # by host and path: likewise
        self.active = self.most = self.connections = 0
        self.loop = asyncio.new_event_loop()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("0.0.0.0", 0))
        self.port = self.socket.getsockname()[1]
        started = threading.Event()

        async def serve():
            await asyncio.start_server(self.answer, sock=self.socket,
                                       backlog=1000)
            started.set()
        self.loop.create_task(serve())
        self.thread = threading.Thread(target=self.loop.run_forever,
                                       daemon=True)
        self.thread.start()
        started.wait(10)

    async def answer(self, reader, writer):
        here = writer.get_extra_info("sockname")[0]
        self.connections += 1
        try:
            while True:
                line = await reader.readline()
                if not line:
                    break
                self.times.setdefault(here, []).append(time.monotonic())
                self.active += 1
                self.most = max(self.most, self.active)
                while (await reader.readline()).strip():
                    pass
                path = line.split()[1].decode()
                key = (here, path)
                self.pages.setdefault(key, []).append(time.monotonic())
                await asyncio.sleep(self.answer_s)
                self.active -= 1
                body = b"" if path == "/robots.txt" else (
                    "<title>골목</title><ul>" + "".join(
                        "<li><a href='/article/20240305500%03d'>%d번째 골목 "
                        "이야기</a></li>" % (n, n) for n in range(5))
                    + "</ul></body></html>").encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; "
                             b"charset=utf-8\r\nContent-Length: %d\r\n\r\n"
                             % len(body) + body)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def closest_s(self):
        """The least time between two requests to one host."""
        return min(b - a for times in self.times.values()
                   for a, b in zip(times, times[1:]))

    def sections(self):
        return {"s%d-%d" % (number, k): "http://%s:%d/list%d"
                % (host(number), self.port, k)
                for number in range(HOSTS) for k in range(EACH)}

    def read(self):
        """How many of the sections' pages were asked for."""
        return sum(path.startswith("/list") for _, path in self.pages)

    def stop(self):
        async def end():
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.loop.stop()
        asyncio.run_coroutine_threadsafe(end(), self.loop)
        self.thread.join()
        self.loop.close()
        self.socket.close()


def rig_of(crowd):
    it = rig.Rig("http://%s:%d/" % (host(0), crowd.port), crowd.sections())
    it.write(it.text().replace("    host-gap: 0s", "    host-gap: 1s")
             .replace("    interval: 1s", "    interval: 1h")
             .replace("    min-interval: 1s", "    min-interval: 10m"))
    return it


def all_new_at_once():
    """Also when it is killed in the middle and started again."""
    crowd = Crowd()
    it = rig_of(crowd)
    try:
        it.start()
        rig.wait_for("a third of them",
                     lambda: crowd.read() >= HOSTS * EACH / 3)
        it.stop(signal.SIGKILL)
        killed = time.monotonic()
        it.start()
        rig.wait_for("all of them", lambda: crowd.read() == HOSTS * EACH)
        assert it.stop() == 0
        print("# %d at once at most; to one host no closer than %.3f s"
              % (crowd.most, crowd.closest_s()))
        assert crowd.most <= ACTIVE + SLOW, crowd.most
        assert crowd.closest_s() >= GAP_S - SAME_S, crowd.closest_s()
        # whose round began before the kill is not asked again, but for what
        # the last batch had not written yet
        again = {key: killed - times[0] for key, times in crowd.pages.items()
                 if len(times) > 1 and key[1] != "/robots.txt"}
        assert all(ago < LOST_S for ago in again.values()), again
    finally:
        it.close()
        crowd.stop()


def open_to(pid, port):
    """Connections of the process to that port."""
    own = set()
    for fd in os.listdir("/proc/%d/fd" % pid):
        try:
            own.add(os.readlink("/proc/%d/fd/%s" % (pid, fd))[8:-1])
        except OSError:
            pass
    with open("/proc/%d/net/tcp" % pid, encoding="ascii") as f:
        rows = [line.split() for line in f][1:]
    return sum(row[9] in own and int(row[2].split(":")[1], 16) == port
               for row in rows)


def a_host_asked_seldom_is_let_go():
    """Its last connection is closed behind the answer; one that is asked again
    within a minute keeps it."""
    for interval, stays in (("1h", 0), ("1m", 1)):
        crowd = Crowd()
        it = rig.Rig("http://%s:%d/" % (host(0), crowd.port),
                     {"s%d" % n: "/list%d" % n for n in range(EACH)})
        it.write(it.text().replace("    interval: 1s",
                                   "    interval: " + interval))
        try:
            it.start()
            rig.wait_for("a round of each", lambda: it.query(
                "SELECT min(rounds_good), count(*) FROM section WHERE path"
                " <> 'paper/all'") == [(1, EACH)])
            assert open_to(it.process.pid, crowd.port) == stays, interval
            # one for robots.txt and all pages that wait
            assert crowd.connections == 1, crowd.connections
            assert it.stop() == 0
        finally:
            it.close()
            crowd.stop()


def the_count_sees_a_storm():
    """Without a gap the hosts are asked more closely, and a client that knows
    no bound is seen to know none."""
    crowd = Crowd(answer_s=1)
    it = rig.Rig("http://%s:%d/" % (host(0), crowd.port),
                 {"s%d" % n: "/list%d" % n for n in range(30)})
    try:
        clients = [socket.create_connection((host(n), crowd.port))
                   for n in range(ACTIVE + SLOW + 1)]
        for client in clients:
            client.sendall(b"GET /x HTTP/1.1\r\n\r\n")
        rig.wait_for("the storm", lambda: crowd.most > ACTIVE + SLOW)
        for client in clients:
            client.close()
        rig.wait_for("its end", lambda: crowd.active == 0)
        crowd.times.clear()
        crowd.answer_s = 0.001
        it.start()
        rig.wait_for("all of one host", lambda: crowd.read() >= 30)
        assert crowd.closest_s() < GAP_S - SAME_S
        assert it.stop() == 0
    finally:
        it.close()
        crowd.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        all_new_at_once,
        a_host_asked_seldom_is_let_go,
        the_count_sees_a_storm,
    ]))
