#!/usr/bin/env python3
"""errors.py [--short]: every call that touches the disk fails once, each way it can.

strace fails the n-th call of one name in the main process, for each n of a round
and each error, and lets all others be.  The program must end by itself, cleanly
or having carried on; what is published is whole; and the next round, which
nothing disturbs, has everything and announces nothing twice.

--short: an update, a share of its calls, each with one of the errors in turn;
other ones each minute.
"""
import shutil
import subprocess
import sys

import judge
import kill as kills
import scene as scenes

ERRORS = ("ENOSPC", "EIO", "EROFS", "EMFILE", "EINTR")
# Not fcntl: a local disk is not asked for the locks, and one that SQLite cannot
# give back it waits for ten seconds at each call.
FAILING = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename",
           "renameat", "close", "ftruncate", "unlink", "unlinkat", "mkdir",
           "mkdirat", "utimensat", "flock", "getdents64", "getrandom",
           "socketpair", "clone3", "pipe2", "socket")
SHORT = ("openat", "write", "pwrite64", "fsync", "fdatasync", "renameat",
         "ftruncate", "unlink", "mkdir", "utimensat")
SHORT_CALLS = 64


def failing(point):
    name, n, error = point
    return ("strace", "-o", "/dev/null", "-e", "trace=" + name, "-e",
            "inject=%s:error=%s:when=%d" % (name, error, n))


def ended_well(done):
    """0, a failed round, a refusal to begin; not a signal, not an abort."""
    return done.returncode in (0, 1, 2)


def fail_once(scene, point, twin=None):
    folder = scene.copy()
    try:
        try:
            done = scenes.run(folder, scene.at_s, failing(point),
                              scenes.environment(scene.at_s, twin))
        except subprocess.TimeoutExpired:
            return ["it never ended"]
        sight = judge.look(folder)
        reasons = judge.verdict(judge.whole(sight), judge.backed(sight),
                                judge.follows(scene.start, sight))
        if not ended_well(done):
            reasons.append("it ended with %d: %s" % (done.returncode,
                                                     done.stderr[-300:]))
        return reasons or kills.mended(scene, folder, sight)
    finally:
        shutil.rmtree(folder)


def every_error(calls):
    return [(*call, error) for call in calls if call[0] in FAILING
            for error in ERRORS]


def one_error_each(calls):
    calls = [call for call in calls if call[0] in SHORT]
    return [(*call, ERRORS[(i + scenes.TURN) % len(ERRORS)])
            for i, call in enumerate(scenes.share("calls", calls,
                                                  SHORT_CALLS))]


def fail_at(choose, name):
    def test():
        scene = scenes.SCENES[name]()
        try:
            kills.sum_up(scene.name, scenes.each(
                choose(scene.calls()),
                lambda point: fail_once(scene, point)), "failures")
        finally:
            scene.close()
    test.__name__ = "%s at a call: %s" % (choose.__name__.replace("_", " "),
                                          name)
    return test


def caught(twin, names):
    def test():
        scene = scenes.SCENES["update"]()
        try:
            points = [(*call, "ENOSPC") for call in scene.calls(
                scenes.environment(scene.at_s, twin)) if call[0] in names]
            results = scenes.each(
                points, lambda point: fail_once(scene, point, twin))
            bad = [p for p, reasons in results if reasons]
            print("# the %s twin: caught at %d of %d failures" % (
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
        print("skipped: failing calls: " + reason)
        return 77
    tests = [caught("careless", ("write",)),
             caught("uncommitted", ("fdatasync",))]
    if short:
        tests.append(fail_at(one_error_each, "update"))
    else:
        tests += [fail_at(every_error, name)
                  for name in ("first", "update", "migration")]
    return scenes.rig.run(tests)


if __name__ == "__main__":
    sys.exit(main())
