#!/usr/bin/env python3
"""another_year.py [--short]: pages that sites really showed, then and now.

For each listing of which the corpus has several dates, the rules of one page
(learned on it; written by hand, where there are some; and loose, the name of an
element alone, where such elements are half right) are read on each other one by
BUILD/tests/heal_tool.  Where they still find the list nothing heals; where they
find nothing that is DRIFT within two rounds; where they go on finding something
else, it is noticed; and nothing is healed at all, for no article of one year is
known in another.  A twin that sees no drift must be caught.  --short: no loose
rules.  The corpus lies outside the project: skipped aloud where it is absent.
"""
import itertools
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import heal  # noqa: E402

HOLDS = .9  # F1: these rules still find the list
FAILS = .5
LOOSE = ("article", "li", "h2", "h3", "tr", "div", "a")


def wanted(meta):
    return [row["url"] for row in meta.get(meta["truth"]) or []]


def f1(found, truth):
    hits = len(set(found) & set(truth))
    return 2 * hits / (len(set(found)) + len(set(truth))) if hits else 0


def tried(old, new, rules, env):
    """What heal_tool says of it; None where nothing is learned."""
    command = [heal.TOOL, "--later", old[1], old[2]["url"],
               str(heal.moment(old[2])), new[1], new[2]["url"],
               str(heal.moment(new[2]))] + ([rules] if rules else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, **env))
    if done.returncode != 0:
        raise SystemExit("%s, %s: %s" % (old[0], new[0], done.stderr[-2000:]))
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if lines[0][0] == "unlearned":
        return None
    found = [line[1] for line in lines if line[0] == "found"]
    last = lines[-1]
    return {"old": f1([line[1] for line in lines if line[0] == "given"],
                      wanted(old[2])),
            "f1": f1(found, wanted(new[2])), "found": len(found),
            "share": len(set(found) & set(wanted(new[2]))) /
            len(set(wanted(new[2]))),
            "noticed": last[1] == "1", "phase": last[2],
            "healed": last[3] == "1"}


def pairs(corpus):
    groups = {}
    for page in heal.corpus_pages(corpus):
        group = page[2].get("redesign_group")
        if group and wanted(page[2]):
            groups.setdefault(group, []).append(page)
    return [pair for group in sorted(groups)
            for pair in itertools.permutations(groups[group], 2)]


def judge(corpus, loose, env):
    """(what was tried, what is wrong with it)"""
    rows, wrong = [], []
    for old, new in pairs(corpus):
        kinds = {"learned": None, "written": heal.rules_of(old[2]),
                 **{"all " + tag: "item: " + tag for tag in loose}}
        for kind, rules in kinds.items():
            if rules is None and kind != "learned":
                continue
            row = tried(old, new, rules, env)
            if row is None or row["old"] < FAILS:
                continue  # no rules of that list
            case = ("%s on %s, %s rules: %d found, F1 %.2f, %.2f of "
                    "the list, %snoticed, %s%s" % (
                old[0], new[0], kind, row["found"], row["f1"], row["share"],
                "" if row["noticed"] else "not ", row["phase"],
                ", healed" if row["healed"] else ""))
            rows.append(dict(row, case=case))
            if row["healed"]:
                wrong.append("healed: " + case)
            elif row["share"] < FAILS and not row["noticed"]:
                wrong.append("not noticed: " + case)
            elif row["found"] == 0 and row["phase"] != "drift":
                wrong.append("no drift: " + case)
    return rows, wrong


def main():
    corpus = os.environ.get("CORPUS", "../shared/corpus")
    if not corpus or not os.path.isdir(corpus):
        print("skipped: no corpus at %s" % corpus)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    loose = () if "--short" in sys.argv[1:] else LOOSE
    rows, wrong = judge(corpus, loose, {})
    for row in rows:
        print("# " + row["case"])
    print("%d cases: %d still find the list, %d find nothing, %d something else"
          % (len(rows), sum(r["f1"] >= HOLDS for r in rows),
             sum(r["found"] == 0 for r in rows),
             sum(r["found"] > 0 and r["share"] < FAILS for r in rows)))
    if not judge(corpus, (), {"HEAL_DEAF": "1"})[1]:
        wrong.append("the twin that sees no drift is not caught")
    for words in wrong:
        print("FAIL " + words)
    print("%d passed, %d failed" % (not wrong, len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
