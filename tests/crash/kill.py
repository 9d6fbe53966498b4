#!/usr/bin/env python3
"""kill.py [--short]: kill -9 at every system call of a round, then run again.

For each scene and each system call of the main process, from the opening of the
configuration to the end: the kill (asserted), a look at what it left, a round an
hour later, and the judge on both.  Then a second kill, in the round that mends
the first one.  The twins that break the order of writing must be caught.

--short: all calls of an update that change the disk, and a sample by a fixed
seed of its other calls and of a migration's.
"""
import random
import shutil
import sys

import judge
import scene as scenes

# Calls that change what is on the disk.
WRITING = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename",
           "renameat", "unlink", "unlinkat", "ftruncate", "mkdir", "mkdirat",
           "utimensat")
# How often these come depends on when the network answers.
TIMED = ("epoll_wait", "epoll_ctl", "epoll_pwait", "recvfrom", "sendto",
         "recvmsg", "sendmsg", "read", "poll", "ppoll", "getsockopt",
         "setsockopt", "getsockname", "getpeername", "ioctl", "fcntl",
         "socket", "connect", "wait4", "rt_sigaction", "rt_sigprocmask",
         "rt_sigreturn", "brk", "mmap", "munmap", "mremap", "madvise",
         "futex", "kill", "waitid", "getpid", "clock_gettime", "mprotect")
SHORT_REST = 12
SHORT_SAMPLE = 48
NESTED_FIRST = 24
NESTED_SECOND = 24


def mended(scene, folder, at_kill):
    """A round that nothing disturbs, an hour later."""
    done = scenes.run(folder, scene.at_s + 2 * scenes.HOUR_S)
    if done.returncode != 0:
        return ["the round after it ended with %d: %s" % (
            done.returncode, done.stderr[-300:])]
    end = judge.look(folder)
    return judge.verdict(judge.settled(end, scene.clean),
                         judge.follows(at_kill, end),
                         judge.follows(scene.start, end))


def kill(scene, folder, before, at_s, point, twin=None):
    """(what is seen after the kill, reasons), or None if it came too late."""
    done = scenes.run(folder, at_s, scenes.killing(*point),
                      scenes.environment(at_s, twin))
    if not scenes.was_killed(done):
        assert done.returncode == 0, done.stderr
        return None
    sight = judge.look(folder)
    return sight, judge.verdict(judge.whole(sight), judge.backed(sight),
                                judge.follows(before, sight))


def kill_once(scene, point, twin=None):
    folder = scene.copy()
    try:
        killed = kill(scene, folder, scene.start, scene.at_s, point, twin)
        if killed is None:
            return None
        sight, reasons = killed
        return reasons or mended(scene, folder, sight)
    finally:
        shutil.rmtree(folder)


def kill_twice(scene, points):
    """points: of the round, and of the one that mends it."""
    folder = scene.copy()
    try:
        killed = kill(scene, folder, scene.start, scene.at_s, points[0])
        if killed is None:
            return None
        sight, reasons = killed
        again = kill(scene, folder, sight, scene.at_s + scenes.HOUR_S,
                     points[1])
        if reasons or again is None:
            return reasons or None
        sight, reasons = again
        return reasons or mended(scene, folder, sight)
    finally:
        shutil.rmtree(folder)


def sum_up(what, results, things="kill points", timed=TIMED):
    """Prints N of N; raises if a point failed or was missed."""
    missed = [point for point, reasons in results if reasons is None]
    reached = len(results) - len(missed)
    bad = [(point, reasons) for point, reasons in results if reasons]
    print("# %s: %d of %d %s safe" % (what, reached - len(bad), reached,
                                      things))
    if missed:
        print("# %s: %d calls not reached this time" % (what, len(missed)))
    for point, reasons in bad[:10]:
        print("# %s at %s: %s" % (what, point, "; ".join(reasons)[:1500]))
    untimed = [point for point in missed if point[0] not in timed]
    assert not bad, "%d %s are not safe" % (len(bad), things)
    assert not untimed, "not reached: %s" % untimed[:10]
    assert reached > 0.8 * len(results), "most calls were not reached"


def sample(calls, count):
    return random.Random(4287).sample(calls, min(count, len(calls)))


def every_call(calls):
    return calls


def writing_calls(calls):
    """And some of the others."""
    return [c for c in calls if c[0] in WRITING] + sample(
        [c for c in calls if c[0] not in WRITING], SHORT_REST)


def some_writing_calls(calls):
    return sample([c for c in calls if c[0] in WRITING], SHORT_SAMPLE)


def kill_at(choose, name):
    def test():
        scene = scenes.SCENES[name]()
        try:
            points = choose(scene.calls())
            sum_up(scene.name, scenes.each(
                points, lambda point: kill_once(scene, point)))
        finally:
            scene.close()
    test.__name__ = "kill at %s: %s" % (
        choose.__name__.replace("_", " "), name)
    return test


def second_kill(name, first_count, second_count):
    """Where the second one falls is counted in a round that mends a kill."""
    def test():
        scene = scenes.SCENES[name]()
        try:
            pick = random.Random(7946)
            calls = [c for c in scene.calls() if c[0] in WRITING]
            pairs = []
            for one in pick.sample(calls, min(first_count, len(calls))):
                folder = scene.copy()
                if kill(scene, folder, scene.start, scene.at_s,
                        one) is not None:
                    mending = [c for c in scenes.calls_of(
                        folder, scene.at_s + scenes.HOUR_S)
                        if c[0] in WRITING]
                    pairs += [(one, two) for two in pick.sample(
                        mending, min(second_count, len(mending)))]
                shutil.rmtree(folder)
            results = scenes.each(pairs, lambda p: kill_twice(scene, p))
            sum_up(scene.name + ", a second kill",
                   [(p[1], reasons) for p, reasons in results])
        finally:
            scene.close()
    test.__name__ = "a second kill while the first is mended: " + name
    return test


def caught(twin, short):
    def test():
        scene = scenes.SCENES["update"]()
        try:
            points = [c for c in scene.calls(scenes.environment(
                scene.at_s, twin)) if c[0] in WRITING]
            if short:  # the end of the round, where it publishes
                points = points[len(points) // 2:]
            results = scenes.each(
                points, lambda point: kill_once(scene, point, twin))
            bad = [p for p, reasons in results if reasons]
            print("# the %s twin: caught at %d of %d kill points" % (
                twin, len(bad), len(results)))
            assert bad, "the judge does not see the %s twin" % twin
        finally:
            scene.close()
    test.__name__ = "the judge catches the %s twin" % twin
    return test


def main():
    short = "--short" in sys.argv[1:]
    reason = scenes.strace_works()
    if reason:
        print("skipped: kill points: " + reason)
        return 77
    tests = [caught(twin, short) for twin in ("in-place", "early")]
    if short:
        tests += [kill_at(writing_calls, "update"),
                  kill_at(some_writing_calls, "migration"),
                  second_kill("update", 3, 4)]
    else:
        tests += [kill_at(every_call, name) for name in scenes.SCENES]
        tests += [second_kill(name, NESTED_FIRST, NESTED_SECOND)
                  for name in ("first", "update", "migration")]
    return scenes.rig.run(tests)


if __name__ == "__main__":
    sys.exit(main())
