#!/usr/bin/env python3
"""A whole `once` under valgrind, daemon and workers: no leak, no bad access.

METROFEED must be a build that valgrind can run (make VALGRIND=1).
"""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig  # noqa: E402

# glibc's loader reads ahead in its own strings when a converter is opened
SUPPRESSED = """{
  loader
  Memcheck:Addr8
  fun:strncmp
  fun:is_dst
  ...
}
"""


def a_whole_once_leaks_nothing():
    room = rig.Newsroom("--pace", "100000")
    it = rig.Rig(room.url, {"policy": "/newsList/222",
                            "society": "/newsList/13"})
    suppressions = os.path.join(it.folder, "suppressions")
    logs = os.path.join(it.folder, "valgrind")
    with open(suppressions, "w", encoding="utf-8") as f:
        f.write(SUPPRESSED)
    try:
        done = subprocess.run(
            ["valgrind", "--leak-check=full", "--trace-children=yes",
             "--show-leak-kinds=definite,indirect,possible",
             "--suppressions=" + suppressions, "--log-file=%s.%%p" % logs,
             rig.PROGRAM, "once", "-c", it.conf],
            capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert len(it.feed().entries) == 8
        reports = glob.glob(logs + ".*")
        # the daemon and at least one worker, or nothing was looked at
        assert len(reports) >= 2, reports
        for report in reports:
            with open(report, encoding="utf-8", errors="replace") as f:
                text = f.read()
            found = re.search(r"ERROR SUMMARY: (\d+) errors", text)
            assert found and found.group(1) == "0", text
    finally:
        it.close()
        room.stop()


if __name__ == "__main__":
    sys.exit(rig.run([a_whole_once_leaks_nothing]))
