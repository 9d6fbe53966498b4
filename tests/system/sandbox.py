"""Workers locked in and a daemon kept to its folders, and both still at work."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import fault_server  # noqa: E402
import rig  # noqa: E402

TOOL = os.path.join(os.environ.get("BUILD", "build"), "tests/without_tool")
# these builds leave the lock-down out
LEFT_OUT = os.path.basename(os.environ.get("BUILD", "build")) in (
    "sanitized", "valgrind", "fuzz")
PAGE = ("<!DOCTYPE html><html lang=ko><meta charset=utf-8><title>산업</title>"
        "<ul>%s</ul>")
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(count=8):
    return (PAGE % "".join(
        '<li><h3><a href="/article/2024030550%04d">%d번째 소식: 시장이 다시 '
        '열렸다</a></h3><p>새 소식이 전해졌다. %d</p><span class=date>'
        '2024-03-05 09:%02d</span></li>' % (n, n, n * 7, n)
        for n in range(count, 0, -1))).encode()


def landlock_here():
    """As the kernel says it, without our code."""
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall(444, None, 0, 1) > 0  # landlock_create_ruleset


def workers(it):
    return [pid for pid, words in rig.children(it.process.pid)
            if "metrofeed-worker" in words]


def proc_status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


def proc_limits(pid):
    with open("/proc/%d/limits" % pid) as f:
        rows = [re.split(r"  +", line.strip()) for line in f]
    return {row[0]: row[1] for row in rows}


def locked_worker(it):
    """One that has read a page, so it is locked in."""
    rig.wait_for("the feed", lambda: os.path.exists(it.path()))
    rig.wait_for("words", lambda: it.status()["workers"])
    return workers(it)[0]


def running(site, test):
    it = rig.Rig(site.url, {"policy": "/list"})
    site.pages["/list"] = (200, HTML, page())
    try:
        test(it)
        it.stop()
    finally:
        it.close()
        site.stop()


def the_worker_has_nothing_but_its_socket():
    if LEFT_OUT:
        raise rig.Skip("this build leaves the lock-down out")

    def test(it):
        it.start()
        pid = locked_worker(it)
        about = proc_status(pid)
        assert about["Seccomp"] == "2", about
        assert about["NoNewPrivs"] == "1", about
        for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            assert int(about[name], 16) == 0, (name, about[name])
        assert about["Threads"] == "1", about
        fds = os.listdir("/proc/%d/fd" % pid)
        assert fds == ["3"], fds
        assert os.readlink("/proc/%d/fd/3" % pid).startswith("socket:")
        limits = proc_limits(pid)
        assert limits["Max address space"] == str(512 << 20), limits
        for name in ("Max core file size", "Max file size",
                     "Max open files", "Max processes"):
            assert limits[name] == "0", (name, limits[name])
        assert int(limits["Max cpu time"]) <= 10, limits
        state = it.status()
        assert state["locked-in"] is landlock_here(), state
        assert "seccomp" in state["workers"], state
        assert "workers: " + state["workers"] in it.call("status").stdout
    running(rig.Site(), test)


def left_out_is_said():
    if not LEFT_OUT:
        raise rig.Skip("this build locks its workers in")

    def test(it):
        it.start()
        locked_worker(it)
        assert it.status()["locked-in"] is False
        assert it.status()["workers"] == "not locked in"
    running(rig.Site(), test)


def before_the_first_page_nothing_is_claimed():
    def test(it):
        it.once()
        assert it.status()["workers"] is not None
        site.pages["/list"] = (503, {}, b"")
        it.start()
        rig.wait_for("a start", lambda: it.status()["workers"] is None)
        assert it.status()["locked-in"] is None
        assert "workers:" not in it.call("status").stdout
    site = rig.Site()
    running(site, test)


def a_kernel_that_lacks_a_piece():
    """The feed is published, the log says it once, and so does status."""
    if LEFT_OUT:
        raise rig.Skip("this build leaves the lock-down out")
    for lacks in ("landlock", "seccomp", "landlock,seccomp"):
        names = [{"landlock": "Landlock"}.get(n, n) for n in lacks.split(",")]

        def test(it):
            rig.wait_for("rounds", lambda: os.path.exists(it.path()))
            state = rig.wait_for("words", lambda: it.status()["workers"]
                                 and it.status())
            assert state["locked-in"] is False, state
            without = state["workers"].split("without ")[1]
            for name in names:
                assert name in without, state
            assert ("seccomp" in without) == ("seccomp" in names), state
            about = proc_status(workers(it)[0])
            # the tool's own filter counts, too
            assert about["NoNewPrivs"] == "1", about
            # another worker gets the same, and says nothing new
            for pid in workers(it):
                os.kill(pid, signal.SIGKILL)
            site.pages["/list"] = (200, HTML, page(9))
            rig.wait_for("news", lambda: len(it.feed().entries) == 9)
            with open(it.log, encoding="utf-8") as f:
                lines = [line for line in f if "locked in" in line]
            assert len(lines) == 1 and "warning" in lines[0], lines
        site = rig.Site()
        it = rig.Rig(site.url, {"policy": "/list"})
        site.pages["/list"] = (200, HTML, page())
        try:
            it.start(under=[TOOL, lacks])
            test(it)
            it.stop()
        finally:
            it.close()
            site.stop()


def without_privileges():
    """Root's daemon and anybody's are locked in alike."""
    if LEFT_OUT:
        raise rig.Skip("this build leaves the lock-down out")
    if os.geteuid() != 0:
        raise rig.Skip("whoever runs this has none")
    # a place from which nobody may run it
    place = tempfile.mkdtemp(prefix="metrofeed-")
    program = rig.PROGRAM
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    site.pages["/list"] = (200, HTML, page())
    try:
        os.chmod(place, 0o755)
        rig.PROGRAM = shutil.copy(program, place)
        for folder in (it.folder, it.output, it.state):
            os.makedirs(folder, exist_ok=True)
            os.chown(folder, 65534, 65534)
        it.start(user=65534, group=65534, extra_groups=[])
        about = proc_status(locked_worker(it))
        assert about["Uid"].split()[0] == "65534", about
        assert about["Seccomp"] == "2", about
        assert it.status()["locked-in"] is landlock_here(), it.status()
        assert len(it.feed().entries) == 8
        it.stop()
    finally:
        rig.PROGRAM = program
        shutil.rmtree(place, ignore_errors=True)
        it.close()
        site.stop()


def a_stopped_worker_delays_its_own_section_alone():
    """One of two workers stands still: its page is given up at the deadline,
    the other section's pages are read meanwhile."""
    def test(it):
        it.start()
        rig.wait_for("the feed", lambda: os.path.exists(it.path()))
        before = it.feed()
        pid = workers(it)[0]
        os.kill(pid, signal.SIGSTOP)
        for turn in range(3):
            site.pages["/other"] = (200, HTML, page(9 + turn))
            rig.wait_for("news of the other",
                         lambda: os.path.exists(it.path("other")) and
                         len(it.feed("other").entries) == 9 + turn)
        rig.wait_for("the deadline", lambda: it.said("was not read within")
                     or not os.path.exists("/proc/%d" % pid))
        assert it.feed().same_file(before)
        site.pages["/list"] = (200, HTML, page(9))
        rig.wait_for("the section's return",
                     lambda: len(it.feed().entries) == 9)
    site = rig.Site()
    site.pages["/list"] = (200, HTML, page())
    site.pages["/other"] = (200, HTML, page())
    it = rig.Rig(site.url, {"policy": "/list", "other": "/other"})
    try:
        test(it)
        it.stop()
    finally:
        it.close()
        site.stop()


def published(it, site, count):
    site.pages["/list"] = (200, HTML, page(count))
    rig.wait_for("news", lambda: os.path.exists(it.path()) and
                 len(it.feed().entries) == count)


def cookies(site):
    return [headers.get("Cookie") for _, _, headers in site.requests]


def a_reload_reaches_what_was_named_at_the_start():
    """A secret in a folder of the configuration is read again, also when an
    editor has replaced it; one elsewhere wants a restart, and the log says so.
    The twin, without Landlock, takes both."""
    if LEFT_OUT:
        raise rig.Skip("this build leaves the lock-down out")
    for kept in (True, False):
        if kept and not landlock_here():
            continue
        site = rig.Site()
        it = rig.Rig(site.url, {"policy": "/list"})
        elsewhere = tempfile.mkdtemp(prefix="metrofeed-")
        near = os.path.join(it.folder, "secrets")
        os.mkdir(near)
        names = [os.path.join(folder, "cookie") for folder in (near, elsewhere)]
        for name in names:
            with open(name, "w", encoding="ascii") as f:
                f.write("of=%s\n" % os.path.basename(os.path.dirname(name)))
        plain = it.site
        try:
            it.site = plain + "    cookie-file: %s\n" % names[0]
            it.write()
            site.pages["/list"] = (200, HTML, page())
            it.start(under=[] if kept else [TOOL, "landlock"])
            published(it, site, 9)
            assert ("Landlock" in it.status()["daemon"]) == kept, it.status()
            assert cookies(site)[-1] == "of=secrets", cookies(site)
            with open(names[0] + "~", "w", encoding="ascii") as f:
                f.write("of=editor\n")
            os.rename(names[0] + "~", names[0])
            rig.wait_for("the new secret",
                         lambda: cookies(site)[-1] == "of=editor")
            it.site = plain + "    cookie-file: %s\n" % names[1]
            it.write()
            it.send(signal.SIGHUP)
            if kept:
                rig.wait_for("the refusal",
                             lambda: it.said("restart for that"))
                assert it.said(names[1] + " lies in a folder")
                published(it, site, 10)
                assert cookies(site)[-1] == "of=editor", cookies(site)[-1]
                assert it.stop() == 0
                it.start()  # as the log says
            rig.wait_for("the other secret", lambda: cookies(site)[-1] ==
                         "of=" + os.path.basename(elsewhere))
            published(it, site, 11)
            assert it.stop() == 0
        finally:
            shutil.rmtree(elsewhere, ignore_errors=True)
            it.close()
            site.stop()


def an_upgrade_and_a_moved_output():
    """The program's file is replaced and the output made anew under a running
    daemon: workers still start, and the feed is published again."""
    if LEFT_OUT:
        raise rig.Skip("this build starts its workers by a path")
    place = tempfile.mkdtemp(prefix="metrofeed-")
    program = rig.PROGRAM
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    try:
        rig.PROGRAM = shutil.copy(program, place)
        it.start()
        published(it, site, 8)
        os.rename(shutil.copy(program, place + "/new"), rig.PROGRAM)
        for pid in workers(it):
            os.kill(pid, signal.SIGKILL)
        published(it, site, 9)
        shutil.rmtree(place)
        for pid in workers(it):
            os.kill(pid, signal.SIGKILL)
        published(it, site, 10)
        os.rename(it.output, it.output + ".old")
        os.mkdir(it.output)
        published(it, site, 11)
        assert it.stop() == 0
    finally:
        rig.PROGRAM = program
        shutil.rmtree(place, ignore_errors=True)
        it.close()
        site.stop()


def a_link_as_output():
    """The folder behind the link is made anew, and then the link leads to
    another one beside it."""
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    real = tempfile.mkdtemp(prefix="metrofeed-")
    try:
        for name in ("one", "two"):
            os.mkdir(os.path.join(real, name))
        os.symlink(os.path.join(real, "one"), it.output)
        it.start()
        published(it, site, 8)
        os.rename(os.path.join(real, "one"), os.path.join(real, "old"))
        os.mkdir(os.path.join(real, "one"))
        published(it, site, 9)
        os.unlink(it.output)
        os.symlink(os.path.join(real, "two"), it.output)
        published(it, site, 10)
        assert os.path.exists(os.path.join(real, "two/paper/policy.atom"))
        assert it.stop() == 0
    finally:
        shutil.rmtree(real, ignore_errors=True)
        it.close()
        site.stop()


def an_output_that_is_mounted_and_unmounted():
    site = rig.Site()
    it = rig.Rig(site.url, {"policy": "/list"})
    mounted = False
    try:
        it.start()
        published(it, site, 8)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "none", it.output],
            capture_output=True).returncode == 0
        if not mounted:
            raise rig.Skip("wants to mount")
        published(it, site, 9)
        subprocess.run(["umount", "-l", it.output], check=True)
        mounted = False
        published(it, site, 10)
        assert it.stop() == 0
    finally:
        if mounted:
            subprocess.run(["umount", "-l", it.output])
        it.close()
        site.stop()


def names_and_certificates():
    """getaddrinfo with its libraries, and an authority of one's own, after
    the daemon has given up the rest."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        raise rig.Skip("wants root for a hosts file of its own")
    if not os.path.exists("/etc/hosts"):
        raise rig.Skip("no /etc/hosts to put another one over")
    if subprocess.run(["unshare", "-m", "true"]).returncode:
        raise rig.Skip("no mounts of its own here")
    site = rig.Site()
    place = tempfile.mkdtemp(prefix="metrofeed-")
    authority, _ = fault_server.make_certificates(place)
    port = site.server.server_address[1]
    it = rig.Rig("https://localhost:%d" % port, {"policy": "/list"},
                 site="    article-link: /article/{id}\n"
                      "    tls: {ca-file: %s}\n" % authority)
    hosts = os.path.join(it.folder, "hosts")
    with open(hosts, "w", encoding="ascii") as f:
        f.write("127.0.0.1 localhost paper.test\n")
    in_namespace = ["unshare", "-m", "sh", "-c",
                    'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    try:
        # a name that only the hosts file knows, then TLS
        plain = rig.Rig("http://paper.test:%d" % port, {"policy": "/list"})
        try:
            plain.start(under=in_namespace)
            published(plain, site, 8)
            assert plain.stop() == 0
        finally:
            plain.close()
        site.server.socket = fault_server.tls_context(
            place, "good").wrap_socket(site.server.socket, server_side=True)
        it.start()
        published(it, site, 9)
        assert it.stop() == 0
    finally:
        shutil.rmtree(place, ignore_errors=True)
        it.close()
        site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        the_worker_has_nothing_but_its_socket,
        left_out_is_said,
        before_the_first_page_nothing_is_claimed,
        a_kernel_that_lacks_a_piece,
        without_privileges,
        a_stopped_worker_delays_its_own_section_alone,
        a_reload_reaches_what_was_named_at_the_start,
        an_upgrade_and_a_moved_output,
        a_link_as_output,
        an_output_that_is_mounted_and_unmounted,
        names_and_certificates,
    ]))
