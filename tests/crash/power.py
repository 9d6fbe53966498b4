#!/usr/bin/env python3
"""power.py: a power cut before each system call of a round that changes the disk.

The program's folders lie on a file system in a loop image.  It is killed at a
system call, the file system is shut down by ioctl, which drops what was not
synced (with the journal flushed or not), mounted again, and judged; then a round
mends it, and that is judged too.  ext4, ext4 with noauto_da_alloc, which does not
hide a missing fsync before a rename, and XFS.

This models a disk that does what it says.  It reorders nothing inside what was
not synced.  Wants root, loop devices, mkfs.ext4 and mkfs.xfs; without them it
says so and is skipped.
"""
import ctypes
import fcntl
import os
import queue
import shutil
import subprocess
import sys
import tempfile

import judge
import kill as kills
import scene as scenes

SHUTDOWN = 0x8004587D  # _IOR('X', 125, uint32_t): ext4 and XFS
FLUSH_JOURNAL, DROP_ALL = 1, 2
CUTS = {"journal flushed": FLUSH_JOURNAL, "nothing flushed": DROP_ALL}
IMAGE_BYTES = {"ext4": 64 << 20, "xfs": 320 << 20}
MAKE = {"ext4": ("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0"),
        "xfs": ("mkfs.xfs", "-q", "-f")}
# name -> (type, mount options)
SYSTEMS = {"ext4": ("ext4", "loop"),
           "ext4 noauto_da_alloc": ("ext4", "loop,noauto_da_alloc"),
           "XFS": ("xfs", "loop")}
# Where a twin that syncs too little must be caught, and is.
WEAK = ("ext4 noauto_da_alloc", "XFS")
END = ("the end", 0)  # of the round: nothing is killed
CHANGING = kills.WRITING + ("close",)
os.environ["PATH"] += ":/usr/sbin:/sbin"


CLONE_NEWNS = 0x00020000


def own_mounts():
    """A process that copied the list of mounts meanwhile would keep a file
    system alive that we unmount, and the next mount would find the dead one."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    command("mount", "--make-rprivate", "/")


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError("%s: %s" % (" ".join(words), done.stderr.strip()))


class Disk:
    def __init__(self, system):
        self.kind, self.options = SYSTEMS[system]
        self.place = tempfile.mkdtemp(prefix="metrofeed-disk-")
        self.image = os.path.join(self.place, "image")
        self.top = os.path.join(self.place, "disk")
        self.mounted = False
        os.mkdir(self.top)
        with open(self.image, "wb") as f:
            f.truncate(IMAGE_BYTES[self.kind])
        try:
            command(*MAKE[self.kind], self.image)
            self.mount()
        except OSError:
            self.close()
            raise

    def mount(self):
        command("mount", "-t", self.kind, "-o", self.options, self.image,
                self.top)
        self.mounted = True

    def unmount(self):
        """A worker whose daemon was killed takes a moment to go."""
        def done():
            try:
                command("umount", self.top)
                return True
            except OSError as reason:
                if "busy" not in str(reason):
                    raise
                return False
        scenes.rig.wait_for("umount", done, 20)
        self.mounted = False

    def sync(self):
        fd = os.open(self.top, os.O_RDONLY)
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            if libc.syncfs(fd) != 0:
                raise OSError(ctypes.get_errno(), "syncfs")
        finally:
            os.close(fd)

    def cut(self, how):
        fd = os.open(self.top, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, SHUTDOWN, how.to_bytes(4, sys.byteorder))
        finally:
            os.close(fd)
        self.unmount()
        self.mount()

    def close(self):
        if self.mounted:
            self.unmount()
        shutil.rmtree(self.place)


def only_shown(sight):
    """What a feed reader may have seen; a row that nobody was shown and that
    was not synced may go."""
    shown = judge.Sight()
    shown.files = sight.files
    return shown


def cut_at(scene, disk, how, point, twin=None):
    """Reasons, or None if the point was not reached."""
    folder = os.path.join(disk.top, "here")
    shutil.copytree(scene.base, folder, symlinks=True)
    try:
        disk.sync()
        own = scenes.environment(scene.at_s, twin)
        under = () if point == END else scenes.killing(*point)
        done = scenes.run(folder, scene.at_s, under, own)
        if point != END and not scenes.was_killed(done):
            return None
        visible = judge.look(folder)
        disk.cut(how)
        left = judge.look(folder)
        reasons = judge.verdict(judge.whole(left), judge.backed(left),
                                judge.backed(visible, left.rows),
                                judge.follows(scene.start, left))
        if reasons:
            return reasons
        reasons = kills.mended(scene, folder, left)
        return reasons or judge.verdict(
            judge.follows(only_shown(visible), judge.look(folder)))
    finally:
        shutil.rmtree(folder)


def cut_at_each(scene, system, how, points, twin=None):
    """Each job has a disk of its own."""
    disks = queue.Queue()
    made = []
    try:
        for _ in range(scenes.JOBS):
            made.append(Disk(system))
            disks.put(made[-1])

        def work(point):
            disk = disks.get()
            try:
                return cut_at(scene, disk, how, point, twin)
            finally:
                disks.put(disk)
        return scenes.each(points, work)
    finally:
        for disk in made:
            disk.close()


def changing_calls(calls):
    """Between two of these the disk is as it was: one cut stands for all."""
    return [c for c in calls if c[0] in CHANGING] + [END]


def power_cut(name, system, cut):
    def test():
        scene = scenes.SCENES[name]()
        try:
            points = changing_calls(scene.calls())
            kills.sum_up("%s, %s, %s" % (scene.name, system, cut),
                         cut_at_each(scene, system, CUTS[cut], points),
                         "cuts")
        finally:
            scene.close()
    test.__name__ = "power cut: %s, %s, %s" % (name, system, cut)
    return test


def caught(twin):
    """On one of the file systems that show it, whichever cut."""
    def test():
        scene = scenes.SCENES["update"]()
        found = 0
        try:
            points = changing_calls(scene.calls(scenes.environment(
                scene.at_s, twin)))
            points = points[len(points) // 2:]
            for system in WEAK:
                for cut, how in CUTS.items():
                    results = cut_at_each(scene, system, how, points, twin)
                    bad = sum(1 for _, reasons in results if reasons)
                    print("# the %s twin, %s, %s: caught at %d of %d cuts" % (
                        twin, system, cut, bad, len(results)))
                    found += bad
            assert found, "the judge does not see the %s twin" % twin
        finally:
            scene.close()
    test.__name__ = "the judge catches the %s twin" % twin
    return test


def impossible():
    """Why there can be no power cuts here, or nothing."""
    reason = scenes.strace_works()
    if reason:
        return reason
    if os.geteuid() != 0:
        return "only root may mount"
    try:
        own_mounts()
    except OSError as words:
        return str(words)
    for system in SYSTEMS:
        try:
            disk = Disk(system)
        except (OSError, FileNotFoundError) as words:
            return "%s: %s" % (system, words)
        try:
            disk.cut(DROP_ALL)
        except OSError as words:
            return "%s cannot be shut down: %s" % (system, words)
        finally:
            disk.close()
    return ""


def main():
    reason = impossible()
    if reason:
        print("skipped: power cuts: " + reason)
        return 77
    tests = [caught(twin) for twin in ("no-fsync", "normal", "in-place")]
    for system in SYSTEMS:
        for cut in CUTS:
            tests += [power_cut(name, system, cut)
                      for name in ("update", "first", "migration")]
    return scenes.rig.run(tests)


if __name__ == "__main__":
    sys.exit(main())
