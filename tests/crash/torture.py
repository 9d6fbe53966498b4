#!/usr/bin/env python3
"""torture.py [--short]: every allocation in a round fails once.

A preloaded piece stands in as the allocator of SQLite, libcurl or libevent and
fails the n-th request; n rises until none is hit.  The program must end by
itself or carry on, and the next round must have everything and announce nothing
twice.  libcurl, libevent and the program itself ask the allocators that end it
(feed/memory.h): there the n-th is a death at a place that no system call marks.

--short: a share of them, other ones each minute.
"""
import os
import shutil
import subprocess
import sys

import judge
import kill as kills
import scene as scenes

ALLOCATIONS = os.path.abspath(os.path.join(scenes.BUILD,
                                           "tests/crash/allocations.so"))
HIT = "allocation failed here"
LIBRARIES = ("sqlite", "curl", "event")
OUT_OF_MEMORY = 70  # feed/memory.c
OWN_SAMPLE = 400
TWIN_LAST = 160
SHORT_SAMPLE = 24
MOST = 1 << 16


def tortured(scene, folder, of, n, twin=None):
    own = scenes.environment(scene.at_s, twin, (ALLOCATIONS,), FAIL_OF=of,
                             FAIL_AT=str(n))
    return scenes.run(folder, scene.at_s, (), own)


def ended_well(done, of):
    """By itself: a good round, a failed one, a refusal to begin."""
    return done.returncode in (0, 1, 2) or (
        done.returncode == OUT_OF_MEMORY and of != "sqlite")


def fail_at(scene, of, n, twin=None):
    """Reasons, or None when there were fewer allocations."""
    folder = scene.copy()
    try:
        try:
            done = tortured(scene, folder, of, n, twin)
        except subprocess.TimeoutExpired:
            return ["it never ended"]
        if HIT not in done.stderr:
            return None
        sight = judge.look(folder)
        reasons = judge.verdict(judge.whole(sight), judge.backed(sight),
                                judge.follows(scene.start, sight))
        if not ended_well(done, of):
            reasons.append("it ended with %d: %s" % (done.returncode,
                                                     done.stderr[-300:]))
        return reasons or kills.mended(scene, folder, sight)
    finally:
        shutil.rmtree(folder)


def count(scene, of):
    """How many there are in a round; a little more or less each time."""
    low, high = 0, 64
    folder = scene.copy()

    def is_hit(n):
        shutil.rmtree(folder)
        shutil.copytree(scene.base, folder)
        return HIT in tortured(scene, folder, of, n).stderr
    try:
        while high < MOST and is_hit(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if is_hit(middle):
                low = middle
            else:
                high = middle
    finally:
        shutil.rmtree(folder)
    assert low > 10, "the %s allocator is not asked" % of
    return low


def torture(name, of, most=None):
    def test():
        scene = scenes.SCENES[name]()
        try:
            points = list(range(1, count(scene, of) + 1))
            if most is not None:
                points = scenes.share("%s allocations" % of, points, most)
            results = scenes.each(points, lambda n: fail_at(scene, of, n))
            kills.sum_up("%s, %s" % (scene.name, of),
                         [((of, n), reasons) for n, reasons in results],
                         "failed allocations", (of,))
        finally:
            scene.close()
    test.__name__ = "%s allocations fail: %s" % (of, name)
    return test


def caught(twin, of):
    def test():
        scene = scenes.SCENES["update"]()
        try:
            # a round publishes at its end
            last = count(scene, of)
            points = list(range(last - TWIN_LAST, last + 1))
            results = scenes.each(
                points, lambda n: fail_at(scene, of, n, twin))
            bad = [n for n, reasons in results if reasons]
            print("# the %s twin: caught at %d of %d failed allocations" % (
                twin, len(bad), len(results)))
            assert bad, "the judge does not see the %s twin" % twin
        finally:
            scene.close()
    test.__name__ = "the judge catches the %s twin" % twin
    return test


def main():
    short = "--short" in sys.argv[1:]
    if short:
        tests = [torture("update", of, SHORT_SAMPLE)
                 for of in (*LIBRARIES, "own")]
    else:
        tests = [caught("early", "own")]
        tests += [torture(name, of) for name in ("update", "first")
                  for of in LIBRARIES]
        tests += [torture("update", "own", OWN_SAMPLE)]
    return scenes.rig.run(tests)


if __name__ == "__main__":
    sys.exit(main())
