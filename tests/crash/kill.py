#!/usr/bin/env python3
"""kill.py [--short]: kill -9 at every system call of a round, then run again.

For each scene and each system call of the main process, from the opening of the
configuration to the end: the kill (asserted), a look at what it left, a round an
hour later, and the judge on both.  Then a second kill, in the round that mends
the first one: in each state that a first kill leaves, at every call that changes
the disk.  The twins that break the order of writing must be caught.

--short: a share of an update's calls that change the disk, of its others, of a
migration's, and of the second kills; another one each minute.
"""
import os
import re
import shutil
import sqlite3
import sys
import tempfile

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
# Points of the short run.
SHORT_WRITING = 40
SHORT_REST = 12
SHORT_MIGRATION = 24
SHORT_STATES = 2
SHORT_SECOND = 5
DIGITS = re.compile(r"\.metrofeed-[0-9a-f]{16}\.")


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


def kill_again(scene, folder, before, point):
    """In the round that mends a folder that a kill left; on a copy."""
    folder = scene.copy(folder)
    try:
        killed = kill(scene, folder, before, scene.at_s + scenes.HOUR_S,
                      point)
        if killed is None:
            return None
        sight, reasons = killed
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
    # all counts may have had two batches where this run had one
    assert len(untimed) <= len(results) // 50, "not reached: %s" % untimed[:10]
    assert reached > 0.8 * len(results), "most calls were not reached"


def every_call(calls):
    return calls


def is_writing(call):
    return call[0] in WRITING


def writing_calls(calls):
    """And some of the others."""
    return (scenes.share("calls that change the disk",
                         [c for c in calls if is_writing(c)], SHORT_WRITING) +
            scenes.share("other calls",
                         [c for c in calls if not is_writing(c)], SHORT_REST))


def some_writing_calls(calls):
    return scenes.share("calls that change the disk",
                        [c for c in calls if is_writing(c)], SHORT_MIGRATION)


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


# --- a second kill --------------------------------------------------------------

def rows_of(state):
    """All that the database holds, as the next round will find it."""
    copy = tempfile.mkdtemp(prefix="metrofeed-look-")
    try:
        for name in judge.DATABASE:
            if os.path.exists(os.path.join(state, name)):
                shutil.copy(os.path.join(state, name), copy)
        db = sqlite3.connect(os.path.join(copy, judge.DATABASE[0]))
        try:
            return tuple(db.iterdump())
        finally:
            db.close()
    finally:
        shutil.rmtree(copy)


def state_of(folder):
    """What a mending round could tell from another: equal states mend alike."""
    files = []
    for top in ("out", "state"):
        for place, _, names in os.walk(os.path.join(folder, top)):
            for name in names:
                path = os.path.join(place, name)
                kept = b""
                if top == "out":
                    with open(path, "rb") as f:
                        kept = f.read()
                files.append((DIGITS.sub(".metrofeed-*.",
                                         os.path.relpath(path, folder)),
                              os.path.getsize(path) > 0, kept))
    return tuple(sorted(files)), rows_of(os.path.join(folder, "state"))


def states_left(scene, calls):
    """[(folder, what is seen in it)]: one of each state that a kill at one of
    the calls leaves."""
    found = {}

    def work(point):
        folder = scene.copy()
        killed = kill(scene, folder, scene.start, scene.at_s, point)
        if killed is not None and found.setdefault(
                state_of(folder), (folder, killed[0]))[0] == folder:
            return
        shutil.rmtree(folder)
    scenes.each(calls, work)
    return list(found.values())


def second_kill(name, most_states=None, most_calls=None):
    def test():
        scene = scenes.SCENES[name]()
        results = []
        try:
            calls = [c for c in scene.calls() if is_writing(c)]
            if most_states is not None:
                calls = scenes.share("first kills", calls, most_states)
            states = states_left(scene, calls)
            for folder, sight in states:
                points = [c for c in scene.calls(
                    None, folder, scene.at_s + scenes.HOUR_S)
                          if is_writing(c)]
                if most_calls is not None:
                    points = scenes.share("second kills", points, most_calls)
                results += scenes.each(
                    points, lambda point: kill_again(scene, folder, sight,
                                                     point))
            sum_up("%s, a second kill in %d states that the first one leaves"
                   % (scene.name, len(states)), results)
        finally:
            scene.close()
    test.__name__ = "a second kill while the first is mended: " + name
    return test


def caught(twin, short):
    def test():
        scene = scenes.SCENES["update"]()
        try:
            points = [c for c in scene.calls(scenes.environment(
                scene.at_s, twin)) if is_writing(c)]
            if short:  # the end of the round, where it publishes
                points = points[len(points) // 2:]
            bad = tried = 0
            # a few at a time: one is enough for the short run
            for i in range(0, len(points), scenes.JOBS):
                results = scenes.each(
                    points[i:i + scenes.JOBS],
                    lambda point: kill_once(scene, point, twin))
                tried += len(results)
                bad += sum(1 for _, reasons in results if reasons)
                if short and bad:
                    break
            print("# the %s twin: caught at %d of %d kill points" % (
                twin, bad, tried))
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
                  second_kill("update", SHORT_STATES, SHORT_SECOND)]
    else:
        tests += [kill_at(every_call, name) for name in scenes.SCENES]
        tests += [second_kill(name)
                  for name in ("first", "update", "edit", "migration",
                               "renaming")]
    return scenes.rig.run(tests)


if __name__ == "__main__":
    sys.exit(main())
