#!/usr/bin/env python3
"""Every command that the README and the manuals show: the program's are run,
against newsroom in the place of the addresses; make's targets
must be there.  One that is not known here fails.  Prints TAP."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE / "tests"))
import rig  # noqa: E402

PROGRAM = os.path.abspath(os.environ.get("METROFEED",
                                         HERE / "build" / "metrofeed"))
MANUALS = [HERE / "daemon" / "metrofeed.8", HERE / "config" /
           "metrofeed.conf.5"]
# Not ours, or shown as a part of something else.
OTHERS = re.compile(r"^(apt-get|git|newsboat|systemctl|sudo) ")
results = []


def report(name, problem=None):
    results.append(problem is None)
    print(f"{'ok' if problem is None else 'not ok'} {len(results)} - {name}")
    if problem is not None:
        print("# " + str(problem).replace("\n", "\n# "))


def is_command(line):
    return re.match(r"(?:[A-Z]+=\S+ )*(?:build/)?(?:metrofeed|make|kill)\b",
                    line) is not None and ":" not in line.split()[0]


def commands():
    """The whole text of each, once."""
    found = []
    text = (HERE / "README.md").read_text() + "".join(
        file.read_text() for file in sorted((HERE / "docs").glob("*.md")))
    if (HERE / "CONTRIBUTING.md").exists():
        text += (HERE / "CONTRIBUTING.md").read_text()
    found += re.findall(r"^ {4}(\S.*)$", text, re.M)
    found += [words.replace("\n", " ") for words in
              re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text,
                                              flags=re.S))]
    for manual in MANUALS:
        in_block = False
        for line in manual.read_text().splitlines():
            if line.startswith((".Bd", ".Ed")):
                in_block = line.startswith(".Bd")
            elif line.startswith(".Dl "):
                found.append(line[4:])
            elif in_block:
                found.append(line)
    seen = []
    for line in found:
        line = line.strip()
        if is_command(line) and line not in seen:
            seen.append(line)
    return seen


class House:
    """A newspaper, a daemon that reads it, and the files that commands name."""

    def __init__(self):
        self.room = rig.Newsroom("--pace", "100000")
        site = self.room.url
        self.rig = rig.Rig(site, {"policy": "/newsList/222"})
        text = Path(self.rig.conf).read_text()
        text = text.replace("paper:", "site:").replace("policy:", "section:")
        Path(self.rig.folder, "metrofeed.conf").write_text(text)
        Path(self.rig.folder, "my.conf").write_text(text)
        self.rig.start()
        rig.wait_for("the feed", lambda: os.path.exists(os.path.join(
            self.rig.output, "site", "section.atom")))

    def close(self):
        self.rig.close()
        self.room.stop()

    def run(self, line):
        """None, or what went wrong."""
        line = line.replace("build/metrofeed", "metrofeed")
        if re.fullmatch(r"metrofeed (preview|sections|learn)", line):
            line += " --help"  # named in a sentence
        line = re.sub(r"\bSECTION\b", "site/section", line)
        line = re.sub(r"\bURL\b", "https://www.example.com/x", line)
        line = re.sub(r"https://www\.(metroseoul\.co\.kr|example\.com)\S*",
                      self.room.url + "/newsList/222", line)
        if "pidof" in line:
            line = line.replace("$(pidof metrofeed)",
                                str(self.rig.process.pid))
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.rig.folder, text=True,
            capture_output=True, timeout=120,
            env={**os.environ, "PATH": os.path.dirname(PROGRAM) + ":" +
                 os.environ["PATH"]})
        if done.returncode != 0:
            return f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"
        return None


def no_target(line):
    """None if all that the line names is there: targets and variables of the
    Makefile (make -n would run what calls make again), programs of tests."""
    known = (HERE / "Makefile").read_text() + (
        HERE / "tests/bench/rounds.py").read_text()
    missing = []
    for word in shlex.split(line):
        if word in ("make", "&&", "python3"):
            continue
        source = HERE / word.removeprefix("build/")
        if "=" in word:
            found = re.search(rf"\b{word.split('=')[0]}\b", known)
        elif "/" in word:
            found = source.exists() or source.with_suffix(".c").exists()
        else:
            found = re.search(rf"^{re.escape(word)}:", known, re.M)
        if not found:
            missing.append(word)
    return f"there is no {missing}" if missing else None


def main():
    shown = commands()
    report(f"{len(shown)} commands are shown",
           None if len(shown) > 15 else shown)
    house, later = House(), []
    try:
        for line in shown:
            if OTHERS.match(line):
                continue
            if re.search(r"(^|/)metrofeed run|^metrofeed$", line):
                continue  # the daemon of this house is one
            if line.startswith("make") or re.match(r"[A-Z]+=\S+.* make", line):
                report(line, no_target(line))
            elif "--again" in line:
                later.append(line)  # wants the store for itself
            else:
                report(line, house.run(line))
        house.rig.stop()
        for line in later:
            report(line, house.run(line))
        report("a command that is wrong is found out",
               None if house.run("metrofeed preveiw site/section") else
               "it is not")
        report("a target that is none is found out",
               None if no_target("make chekc") else "it is not")
    finally:
        house.close()


if __name__ == "__main__":
    main()
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
