"""disk.py [--all]: disks that fail while the daemon runs, and are well again: what was published
stays (P1, P3), the log says it once and once that it is over, `status` shows it
meanwhile, and then all that was missed is published at once, without asking the
site again; nothing is lost or announced twice (P2), no time goes back (P7), no
section is asked sooner than min-interval (P8).

Faults come from a preloaded piece (tests/crash/disk.c), from small file systems,
unmounting and prlimit; what wants root is skipped aloud without it.

Without --all a share of the preloaded faults, other ones each minute.
"""
import errno
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "../crash"))
import judge  # noqa: E402
import rig  # noqa: E402
import scene as scenes  # noqa: E402

DISK = os.path.abspath(os.path.join(scenes.BUILD, "tests/crash/disk.so"))
SECTIONS = ["policy", "diary", "town"]
FILES = ["paper/%s.atom" % name for name in SECTIONS + ["all"]]
MIN_INTERVAL_S = 2
SHORT = 5  # faults of each place, without --all
INSIDE = "METROFEED_OWN_MOUNTS"


class Place:
    """A paper of three sections, its daemon with a round an hour (or when asked
    for one), a judge of each look at its folders."""

    def __init__(self, before_start=None, twin=None):
        self.paper = scenes.Paper(SECTIONS)
        self.it = rig.Rig(self.paper.site.url)
        self.it.write(self.paper.configuration().replace(
            "interval: 1h", "interval: 6h").replace(
                "min-interval: 1s", "min-interval: %ds" % MIN_INTERVAL_S))
        self.faults = os.path.join(self.it.folder, "faults")
        self.last = 3
        self.mounts = []
        self.show()
        if before_start:
            before_start(self)
        own = dict(os.environ, DISK_FAULTS=self.faults)
        if os.path.exists(DISK):
            own["LD_PRELOAD"] = DISK
        if twin:
            own.update(LD_PRELOAD=scenes.TWIN + " " + DISK, TWIN=twin)
        self.own = own
        self.start()
        rig.wait_for("the first feeds", self.is_up_to_date)
        self.seen = judge.look(self.it.folder)

    def start(self):
        before = self.log().count("watching") if os.path.exists(
            self.it.log) else 0
        self.it.start(env=self.own)
        rig.wait_for("the loop", lambda: self.log().count("watching") >
                     before)

    def show(self):
        self.paper.show(range(1, self.last + 1))

    def requests(self):
        return len([r for r in self.paper.site.requests
                    if r[1].startswith("/list/")])

    def news(self):
        """One article more in each section, and a round of each."""
        self.last += 1
        self.show()
        before = self.requests()
        self.ask(lambda: self.requests() >= before + len(SECTIONS))

    def ask(self, done):
        """As often as min-interval wants it."""
        def asked():
            if done():
                return True
            self.it.send(signal.SIGUSR1)
            time.sleep(0.2)
            return False
        rig.wait_for("a round of each", asked)

    def path(self, name):
        return os.path.join(self.it.output, name)

    def bytes(self):
        found = {}
        for name in FILES:
            if os.path.exists(self.path(name)):
                with open(self.path(name), "rb") as f:
                    found[name] = f.read()
        return found

    def is_up_to_date(self):
        have = self.bytes()
        return len(have) == len(FILES) and all(
            re.search(rb"%d\xeb\xb2\x88\xec\xa7\xb8" % self.last, have[name])
            for name in FILES)

    def log(self):
        with open(self.it.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def said(self, what, level="error: "):
        return len(re.findall("^.*%s%s: .*$" % (level, what), self.log(),
                              re.M))

    def told(self, what):
        done = self.it.call("status", "--json")
        return rig.json.loads(done.stdout)[0][what] if (
            done.returncode == 0) else None

    def fail(self, folder, kinds, reason):
        with open(self.faults + ".new", "w", encoding="ascii") as f:
            f.write("%s %s %d\n" % (folder, kinds, reason))
        os.rename(self.faults + ".new", self.faults)

    def heal(self):
        os.unlink(self.faults)

    def judge(self):
        """Against the last look; and that nobody was asked too soon."""
        sight = judge.look(self.it.folder)
        reasons = judge.verdict(judge.whole(sight), judge.backed(sight),
                                judge.follows(self.seen, sight))
        assert not reasons, reasons
        self.seen = sight
        last = {}
        for at, path, _ in self.paper.site.requests:
            # the row has whole seconds
            assert at - last.get(path, -9) > MIN_INTERVAL_S - 1, (
                "P8: %s after %.2f s" % (path, at - last[path]))
            last[path] = at

    def over(self, what, times=1):
        rig.wait_for("well again", lambda: self.log().count(
            what + ": well again") == times)
        rig.wait_for("status says so", lambda: self.told(what) is None)

    def mount(self, *words):
        if subprocess.run(["mount", *words],
                          capture_output=True).returncode != 0:
            raise rig.Skip("no right to mount here")
        self.mounts.append(words[-1])

    def unmount(self, path):
        subprocess.run(["umount", "-l", path], check=True)
        self.mounts.remove(path)

    def close(self):
        self.it.close()
        for path in reversed(self.mounts):
            subprocess.run(["umount", "-l", path], capture_output=True)
        self.paper.site.stop()


def wants_shim():
    if not os.path.exists(DISK):
        raise rig.Skip("the program as it is built alone is preloaded")


# --- the output -------------------------------------------------------------------

def an_output_moved_away_and_back():
    place = Place()
    try:
        for turn in (1, 2):
            old = place.bytes()
            away = place.it.output + ".away"
            os.rename(place.it.output, away)
            rig.wait_for("status", lambda: place.told("output"))
            assert "No such file" in place.told("output")
            place.news()
            place.news()
            assert place.said("output") == turn, place.log()
            assert not os.path.exists(place.it.output), "made again"
            os.rename(away, place.it.output)
            asked = place.requests()
            rig.wait_for("all feeds", place.is_up_to_date)
            place.over("output", turn)
            assert place.requests() == asked, "the site was asked for it"
            assert place.bytes() != old
            assert place.said("output") == turn, place.log()
            place.judge()
        assert place.it.stop() == 0
    finally:
        place.close()


def an_output_deleted_and_made_again():
    place = Place()
    try:
        shutil.rmtree(place.it.output)
        rig.wait_for("status", lambda: place.told("output"))
        assert not os.path.exists(place.it.output)
        asked = place.requests()
        os.mkdir(place.it.output)
        rig.wait_for("all feeds", place.is_up_to_date)
        place.over("output")
        # in one step, so that it is never gone
        os.mkdir(place.it.output + ".new")
        os.rename(place.it.output, place.it.output + ".old")
        os.rename(place.it.output + ".new", place.it.output)
        rig.wait_for("all feeds again", place.is_up_to_date)
        assert place.requests() == asked, "the site was asked for it"
        place.judge()
        assert place.it.stop() == 0
    finally:
        place.close()


def an_output_that_is_not_mounted_any_more():
    def mounted(place):
        place.disk = place.it.folder + "/disk"
        os.mkdir(place.disk)
        os.mkdir(place.it.output)
        place.mount("-t", "tmpfs", "none", place.disk)
        place.mount("--bind", place.disk, place.it.output)
    place = None
    try:
        place = Place(mounted)
        place.unmount(place.it.output)
        rig.wait_for("status", lambda: place.told("output"))
        assert "not mounted any more" in place.told("output")
        place.news()
        assert os.listdir(place.it.output) == [], "published below the mount"
        assert place.said("output") == 1, place.log()
        asked = place.requests()
        place.mount("--bind", place.disk, place.it.output)
        rig.wait_for("all feeds", place.is_up_to_date)
        place.over("output")
        assert place.requests() == asked
        place.judge()
        assert place.it.stop() == 0
    finally:
        if place:
            place.close()


def feeds_changed_while_nobody_looked():
    place = Place()
    try:
        assert place.it.stop() == 0
        want = place.bytes()
        os.unlink(place.path(FILES[0]))
        with open(place.path(FILES[1]), "w", encoding="ascii") as f:
            f.write("<feed/>")
        status = os.stat(place.path(FILES[3]))
        with open(place.path(FILES[3]), "r+b") as f:
            f.seek(100)
            f.write(b"#")
        os.utime(place.path(FILES[3]),
                 ns=(status.st_atime_ns, status.st_mtime_ns))
        asked = place.requests()
        place.start()
        rig.wait_for("all feeds", lambda: place.bytes() == want)
        assert place.requests() == asked
        assert place.it.stop() == 0
        place.judge()
        # and by `once`, of a section that may not be asked yet
        os.unlink(place.path(FILES[0]))
        place.it.call("once", "paper/diary", env=place.own)
        assert place.bytes() == want
    finally:
        place.close()


REASONS = ("ENOSPC", "EIO", "EROFS", "EMFILE", "EDQUOT", "EACCES")


def fail_and_heal(place, what, folder, kinds, name, turn):
    """One fault, met by news in all sections."""
    case = (what, kinds, name)
    old = place.bytes()
    place.fail(folder, kinds, getattr(errno, name))
    place.news()
    rig.wait_for("status at %s %s %s" % case, lambda: place.said(what) >= turn)
    if kinds != "sync":  # then it is there, but may not be on the disk
        assert place.bytes() == old, case
    place.heal()
    asked = place.requests()
    rig.wait_for("all feeds after %s %s %s" % case, place.is_up_to_date)
    place.over(what, turn)
    assert place.said(what) == turn, (case, place.log())
    place.judge()
    return asked


def each_fault(what, folder_of, all_kinds, may_ask):
    wants_shim()
    points = [(kinds, name) for kinds in all_kinds for name in REASONS]
    if "--all" not in sys.argv:
        points = scenes.share("faults of the " + what, points, SHORT)
    place = Place()
    try:
        for turn, (kinds, name) in enumerate(points, 1):
            asked = fail_and_heal(place, what, folder_of(place), kinds, name,
                                  turn)
            assert may_ask or place.requests() == asked, "asked the site"
        assert place.it.stop() == 0
        left = judge.look(place.it.folder).temporary
        assert not left, "temporary files stay: %s" % left
        print("# %s: %d of %d faults kept, said once, recovered" % (
            what, len(points), len(points)))
    finally:
        place.close()


def each_fault_of_the_output():
    each_fault("output", lambda place: place.it.output,
               ("open", "write", "sync", "rename"), False)


def each_fault_of_the_state():
    """The rounds that were not recorded come again."""
    each_fault("store", lambda place: place.it.state, ("write", "sync"), True)


def the_judge_catches_the_careless_twin():
    """A write that fails counts as done."""
    wants_shim()
    place = Place(twin="careless")
    try:
        place.fail(place.it.output, "write", errno.ENOSPC)
        place.news()
        rig.wait_for("what it publishes then", lambda: judge.verdict(
            judge.whole(judge.look(place.it.folder))))
    finally:
        place.close()


def a_full_disk():
    """A real one, under the output and then under the state."""
    for what in ("output", "store"):
        def small(place):
            place.disk = (place.it.output if what == "output"
                          else place.it.state)
            os.mkdir(place.disk)
            place.mount("-t", "tmpfs", "-o", "size=2m", "none", place.disk)
        place = None
        try:
            place = Place(small)
            ballast = place.disk + "/ballast"
            with open(ballast, "wb", buffering=0) as f:
                try:
                    while True:
                        f.write(b"x" * 4096)
                except OSError as full:
                    assert full.errno == errno.ENOSPC
            old = place.bytes()
            while not place.said(what):  # the log has some room of its own
                place.news()
                with open(ballast, "ab", buffering=0) as f:
                    try:
                        while True:
                            f.write(b"x" * 4096)
                    except OSError:
                        pass
            told = rig.wait_for("status", lambda: place.told(what))
            assert "full" in told or "No space" in told, told
            if what == "output":
                assert place.bytes() == old
            os.unlink(ballast)
            rig.wait_for("all feeds", place.is_up_to_date)
            place.over(what)
            assert place.said(what) == 1, place.log()
            place.judge()
            assert place.it.stop() == 0
        finally:
            if place:
                place.close()


def no_descriptors():
    place = Place()
    pid = place.it.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    try:
        # none is left for a file: the highest one in use is the last
        highest = max(int(n) for n in os.listdir("/proc/%d/fd" % pid))
        os.rename(place.path("paper"), place.path("gone"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE,
                         (min(3, highest), limits[1]))
        place.last += 1
        place.show()
        place.it.send(signal.SIGUSR1)
        rig.wait_for("the complaint", lambda: "Too many open" in place.log())
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        place.ask(place.is_up_to_date)
        rig.wait_for("status", lambda: place.told("output") is None and
                     place.told("store") is None)
        shutil.rmtree(place.path("gone"))
        place.judge()
        assert place.it.stop() == 0
    finally:
        place.close()


# --- the state --------------------------------------------------------------------

def rows(place):
    return sorted(place.it.query(
        "SELECT section, id, first_seen FROM article"))


def a_state_moved_away_and_back():
    place = Place()
    try:
        away = place.it.state + ".away"
        before = rows(place)
        os.rename(place.it.state, away)
        rig.wait_for("the complaint", lambda: place.said("store"))
        assert not os.path.exists(place.it.state), "made again"
        place.news()
        rig.wait_for("news all the same", place.is_up_to_date)
        os.rename(away, place.it.state)
        place.over("store")
        assert place.said("store") == 1, place.log()
        assert set(before) < set(rows(place))
        place.judge()
        assert place.it.stop() == 0
    finally:
        place.close()


def a_state_deleted_and_made_again():
    place = Place()
    try:
        place.news()
        rig.wait_for("news", place.is_up_to_date)
        before = rows(place)
        shutil.rmtree(place.it.state)
        rig.wait_for("the complaint", lambda: place.said("store"))
        assert not os.path.exists(place.it.state), "made again"
        os.mkdir(place.it.state)
        place.over("store")
        assert rows(place) == before, "recorded articles were lost"
        assert place.it.call("once").returncode == 1, "the lock is lost"
        place.news()
        rig.wait_for("news", place.is_up_to_date)
        place.judge()
        assert place.it.stop() == 0
        place.start()
        place.news()
        rig.wait_for("news", place.is_up_to_date)
        place.judge()
    finally:
        place.close()


def another_state_in_its_place():
    place = Place()
    try:
        copy = place.it.folder + "/copy"
        assert place.it.stop() == 0
        shutil.copytree(place.it.state, copy)
        place.start()
        place.news()
        rig.wait_for("news", place.is_up_to_date)
        place.judge()
        os.rename(place.it.state, place.it.state + ".old")
        os.rename(copy, place.it.state)
        rig.wait_for("the other one", lambda: "is used from now on"
                     in place.log())
        place.news()
        rig.wait_for("news", place.is_up_to_date)
        place.judge()
        assert place.it.stop() == 0
    finally:
        place.close()


def main():
    tests = [
        an_output_moved_away_and_back,
        an_output_deleted_and_made_again,
        an_output_that_is_not_mounted_any_more,
        feeds_changed_while_nobody_looked,
        each_fault_of_the_output,
        each_fault_of_the_state,
        the_judge_catches_the_careless_twin,
        a_full_disk,
        no_descriptors,
        a_state_moved_away_and_back,
        a_state_deleted_and_made_again,
        another_state_in_its_place,
    ]
    only = [t for t in tests if t.__name__ in sys.argv[1:]]
    if os.geteuid() == 0 and INSIDE not in os.environ and shutil.which(
            "unshare"):
        enter = ["unshare", "-m", "--propagation", "private"]
        if subprocess.run([*enter, "true"], capture_output=True).returncode == 0:
            return subprocess.run([*enter, sys.executable, __file__,
                                   *sys.argv[1:]],
                                  env=dict(os.environ, **{INSIDE: "1"})
                                  ).returncode
    return rig.run(only or tests)


if __name__ == "__main__":
    sys.exit(main())
