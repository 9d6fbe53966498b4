#!/usr/bin/env python3
"""What npm's parsers of feeds see in ours: the same ids, each once.

    tests/readers/check.py FOLDER

FOLDER is where npm installs what package.json names.  The feeds are those of
two sections of newsroom and of the whole site, in every format; then spoilt
ones, of which each parser must see something else, or it proves nothing.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import feeds  # noqa: E402
import rig  # noqa: E402

FEEDS = ("policy", "electronics", "all")


def install(folder):
    """The parsers at the versions that package.json names; no scripts run."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    done = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
         "--no-package-lock", "--loglevel=error"], cwd=folder, check=False,
        capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit("npm: " + (done.stderr or done.stdout).strip())


def ask(folder, files):
    """(file, parser) -> (ids, error)"""
    done = subprocess.run(
        ["node", str(HERE / "ids.mjs"), str(folder), *map(str, files)],
        check=True, capture_output=True, text=True, timeout=120)
    return {(one["file"], one["name"]): (one["ids"], one["error"])
            for one in json.loads(done.stdout)}


def judge_feeds(folder):
    room = rig.Newsroom("--pace", "100000")
    it = rig.Rig(room.url, {"policy": "/newsList/222",
                            "electronics": "/newsList/212"},
                 "    article-link: /article/{id}\n"
                 "    formats: [atom, rss, json]\n")
    wrong = 0
    try:
        it.once()
        wanted = {path: sorted(it.ids(feed))
                  for feed in FEEDS for path in it.files(feed)}
        assert len(wanted) == 9 and all(wanted.values())
        told = ask(folder, wanted)
        for (path, name), (ids, error) in told.items():
            if error or sorted(map(str, ids)) != wanted[path]:
                wrong += 1
                print(f"{name}: {os.path.relpath(path, it.output)}: "
                      f"{error or ids}, wanted {wanted[path]}")
        print(f"{len(told)} readings of {len(wanted)} feeds, {wrong} wrong")
    finally:
        it.close()
        room.stop()
    return wrong == 0


def judge_parsers(folder):
    """The samples of feeds.py whose ids are not the good one's."""
    missed = 0
    spoilt = folder / "spoilt"
    spoilt.mkdir(exist_ok=True)
    names = ("good", "one id twice", "guid twice", "id twice",
             "one entry lost", "one item lost", "one entry more",
             "one item more")
    for suffix, (good, samples) in feeds.SAMPLES.items():
        for name, spoil, _ in samples:
            if name not in names:
                continue
            path = spoilt / ("sample" + suffix)
            path.write_bytes(spoil(good).encode("utf-8", "surrogateescape"))
            for (_, parser), (ids, error) in ask(folder, [path]).items():
                same = not error and sorted(ids) == feeds.EXPECTED
                if same != (name == "good"):
                    missed += 1
                    print(f"{parser}: {suffix}: {name}: {error or ids}")
    print(f"spoilt feeds: {missed} not seen as such")
    return missed == 0


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for program in ("npm", "node"):
        if shutil.which(program) is None:
            print(f"SKIPPED: {program} is not installed")
            return 0
    folder = pathlib.Path(sys.argv[1]).resolve()
    install(folder)
    parsers = judge_parsers(folder)
    return 0 if judge_feeds(folder) and parsers else 1


if __name__ == "__main__":
    sys.exit(main())
