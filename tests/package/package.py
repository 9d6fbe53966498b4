#!/usr/bin/env python3
"""The Debian package in a booted system: mmdebstrap makes one with the package's
own dependencies, systemd-nspawn boots it without a network, inside.sh runs in
it.  Prints what that prints.  Needs root and some minutes; skips aloud where it
cannot be."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MINUTES = 12
UNIT = """[Unit]
Description=the test
After=multi-user.target systemd-user-sessions.service
[Service]
Type=oneshot
ExecStart=/bin/bash /root/package/inside.sh
StandardOutput=file:/root/package/log
StandardError=file:/root/package/errors
ExecStopPost=/bin/sh -c 'journalctl --no-pager >/root/package/journal; systemctl --no-block poweroff'
"""


def skip(why):
    print(f"skipped: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}:\n"
                 f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def sources(suite):
    """This machine's own apt sources for the suite, not other vendors'."""
    found = []
    for file in ["/etc/apt/sources.list",
                 *sorted(glob.glob("/etc/apt/sources.list.d/*"))]:
        if os.path.isfile(file) and re.search(
                rf"^[^#\n]*\s{suite}([-/\s]|$)", Path(file).read_text(),
                re.M):
            found.append(file)
    return found


def build(version, to):
    run("make", "-s", "deb", f"VERSION={version}", cwd=ROOT)
    made = glob.glob(str(ROOT / f"build/deb/metrofeed_{version}_*.deb"))
    shutil.copy(made[0], to)


def dependencies(deb):
    field = run("dpkg-deb", "-f", deb, "Depends")
    return [re.match(r"\s*(\S+)", one.split("|")[0]).group(1)
            for one in field.split(",")]


def main():
    for tool in ("mmdebstrap", "systemd-nspawn", "dpkg-deb"):
        if shutil.which(tool) is None:
            skip(f"{tool} is not here")
    if os.geteuid() != 0:
        skip("only root can boot a system")
    suite = os.environ.get("SUITE") or run(
        "sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME").strip()
    with tempfile.TemporaryDirectory(prefix="metrofeed-package-") as place:
        os.chmod(place, 0o755)
        system, work = Path(place, "root"), Path(place, "root/root/package")
        old, new = Path(place, "old.deb"), Path(place, "new.deb")
        build("0.0.9", old)
        build(re.search(r"^VERSION = (\S+)", (ROOT / "Makefile").read_text(),
                        re.M).group(1), new)
        wanted = ["systemd", "systemd-sysv", "dbus", "procps", "adduser",
                  "libevent-extra-2.1-7",
                  *dependencies(old)]
        run("mmdebstrap", "--variant=minbase", "--quiet",
            "--include=" + ",".join(wanted), suite, system, *sources(suite))
        work.mkdir()
        for file in (old, new, HERE / "inside.sh",
                     ROOT / "build/tests/newsroom"):
            shutil.copy(file, work)
        (system / "etc/systemd/system/test.service").write_text(UNIT)
        wants = system / "etc/systemd/system/multi-user.target.wants"
        wants.mkdir(exist_ok=True)
        os.symlink("/etc/systemd/system/test.service", wants / "test.service")
        try:
            subprocess.run(
                ["systemd-nspawn", "-D", system, "--boot", "--quiet",
                 "--private-network", "--register=no", "--keep-unit",
                 f"--machine=metrofeed-{os.getpid()}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, timeout=MINUTES * 60, check=False)
        except subprocess.TimeoutExpired:
            print(f"# it did not end within {MINUTES} minutes")
        log = work / "log"
        text = log.read_text() if log.exists() else ""
        print(text, end="")
        errors = work / "errors"
        if errors.exists() and errors.read_text():
            print("# " + errors.read_text().replace("\n", "\n# "))
        if "not ok" in text or "1.." not in text:
            journal = work / "journal"
            if journal.exists():
                lines = journal.read_text().splitlines()[-150:]
                print("\n".join("# " + line for line in lines))
    passed = len(re.findall(r"^ok ", text, re.M))
    failed = len(re.findall(r"^not ok ", text, re.M))
    if not re.search(r"^1\.\.", text, re.M):
        failed += 1
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
