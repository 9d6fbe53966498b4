#!/usr/bin/env python3
"""The examples of metrofeed.conf(5): the program takes each where the manual
says that its key stands.  And the JSON Schema of `check --json-schema`: it is
one, it takes what the program takes (all examples, metrofeed.conf.example, the
README's), and refuses what an editor should mark.  Prints TAP; the schema's
part wants jsonschema and PyYAML and skips aloud without them."""

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROGRAM = HERE / os.environ.get("BUILD", "build") / "metrofeed"
MANUAL = HERE / "config" / "metrofeed.conf.5"
results = []

# Where the keys of a part of the manual stand; {} is the example.
TOP = "output: /tmp/f\nstate: /tmp/s\n{}\nsites: {{p: {{url: 'https://p.example'}}}}\n"
SITE = ("output: /tmp/f\nstate: /tmp/s\nrules: {{board: {{item: li}}}}\n"
        "sites:\n  p:\n    url: https://p.example\n    {}\n")
SECTION = ("output: /tmp/f\nstate: /tmp/s\nrules: {{board: {{item: li}}}}\n"
           "sites:\n  p:\n    url: https://p.example\n    sections:\n"
           "      a:\n        url: /a\n        {}\n")
FIELDS = ("output: /tmp/f\nstate: /tmp/s\nsites:\n  p:\n"
          "    url: https://p.example\n    item: li\n    fields:\n      {}\n")
PARTS = {
    "Keys of the file": [TOP],
    "Keys of sites and sections": [SITE],
    "Keys of defaults, sites and sections": [SITE, SECTION],
    "Fields": [FIELDS],
}
SECTIONS = ("output: /tmp/f\nstate: /tmp/s\nsites:\n  p:\n"
            "    url: https://p.example\n    sections:\n      {}\n")
# Stand in a site or in a section alone; or are shown with their section.
ONLY = {"sections": [SITE], "all": [SITE], "url": [SECTION],
        "formerly": [SECTIONS]}

# The program refuses them, and an editor should, too.
BAD = [
    "sites: [a]",
    "sites: {p: {url: 'https://p.example', intervall: 30m}}",
    "sites: {p: {url: 'https://p.example', interval: 30}}",
    "sites: {p: {url: 'https://p.example', interval: 30 min}}",
    "sites: {p: {url: 'https://p.example', pages: 0}}",
    "sites: {p: {url: 'https://p.example', pages: 21}}",
    "sites: {p: {url: 'https://p.example', pages: many}}",
    "sites: {p: {url: 'https://p.example', content: some}}",
    "sites: {p: {url: 'https://p.example', formats: [atom, opml]}}",
    "sites: {p: {url: 'https://p.example', formats: []}}",
    "sites: {p: {url: 'https://p.example', entries: {least: 5}}}",
    "sites: {p: {url: 'https://p.example', entries: 1001}}",
    "sites: {p: {url: 'https://p.example', empty-ok: maybe}}",
    "sites: {p: {url: 'https://p.example', tls: {verify: maybe}}}",
    "sites: {p: {url: 'https://p.example', headers: {X: {path: a}}}}",
    "sites: {p: {url: 'https://p.example', only: '^x'}}",
    "sites: {p: {url: 'https://p.example', only: {date: x}}}",
    "sites: {p: {url: 'https://p.example', fields: {titel: h3}}}",
    "sites: {p: {url: 'https://p.example', fields: {title: []}}}",
    "sites: {p: {url: 'https://p.example', item: {css: li}}}",
    "sites: {p: {url: 'https://p.example', article-link: {regex: x}}}",
    "sites: {p: {sections: {A b: 'https://p.example/a'}}}",
    "sites: {p: {sections: ['https://p.example/a']}}",
    "sites: {p: {url: 'https://p.example', output: /tmp/x}}",
    "sites: {p: {url: 'https://p.example'}}\nfeeds: /tmp/f",
    "sites: {p: {url: 'https://p.example'}}\nrules: {b: {pages: 2}}",
    "sites: {p: {url: 'https://p.example'}}\ndefaults: {url: /a}",
    "sites: {p: {url: 'https://p.example'}}\ninclude: {a: b}",
]


def report(name, problems):
    results.append(not problems)
    print(f"{'ok' if not problems else 'not ok'} {len(results)} - {name}")
    for problem in problems[:20]:
        print("# " + problem.replace("\n", "\n# "))


def skip(name, why):
    results.append(True)
    print(f"ok {len(results)} - {name} # SKIP {why}")


def plain(line):
    """mdoc's escapes -> characters."""
    for escape, character in (("\\(aq", "'"), ("\\(dq", '"'), ("\\e", "\\"),
                              ("\\&", "")):
        line = line.replace(escape, character)
    return line


def examples():
    """(key, example, the files that it may stand in)"""
    part, key, found = None, None, []
    for line in MANUAL.read_text().splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            part, key = line[4:], None
        elif line.startswith(".It Ic "):
            key = line[7:].split()[0]
        elif line.startswith(".Dl ") and key and part in PARTS:
            found.append((key, plain(line[4:]), ONLY.get(key, PARTS[part])))
    return found


def whole(name):
    """The example under EXAMPLES, or the README's configuration."""
    if name == "manual":
        lines = MANUAL.read_text().split(".Sh EXAMPLES")[1].splitlines()
        begin = lines.index(".Bd -literal -offset indent")
        return plain("\n".join(lines[begin + 1:lines.index(".Ed")]))
    text = (HERE / "README.md").read_text().split("## A configuration")[1]
    block = re.search(r"((?:    .*\n|\n)+)", text).group(1)
    return textwrap.dedent(block)


def check(text, folder):
    """What the program says; "" if it takes the configuration."""
    file = Path(folder) / "metrofeed.conf"
    file.write_text(text)
    (Path(folder) / "conf.d").mkdir(exist_ok=True)
    done = subprocess.run([PROGRAM, "check", "-c", file], text=True,
                          capture_output=True, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr + "!"


def documents(folder):
    """Every example as a whole configuration, by name; files that it names
    are there."""
    for name in ("key.txt", "token", "cookie", "ca.pem"):
        (Path(folder) / name).write_text("x\n")
    for key, example, places in examples():
        text = example.replace("/etc/metrofeed/", folder + "/")
        for number, place in enumerate(places):
            # in place of the line that stands there already
            place = re.sub(rf"^( *){key}: (.*\n)(?=(?s:.*)^\1{{}})",
                           "", place, flags=re.M)
            document = place.format(text)
            if key == "sites":
                document = "output: /tmp/f\nstate: /tmp/s\n" + text
            yield f"{key} ({number})", document
    yield "EXAMPLES", whole("manual")
    yield "README", whole("readme")
    yield "metrofeed.conf.example", (HERE / "metrofeed.conf.example"
                                     ).read_text()


def errors_of(validator, text, yaml):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:80]}"
            for error in validator.iter_errors(yaml.safe_load(text))]


def main():
    with tempfile.TemporaryDirectory(prefix="metrofeed-conf-") as folder:
        good = list(documents(folder))
        said = [(name, check(text, folder)) for name, text in good]
        report(f"the program takes {len(good)} examples",
               [f"{name}: {words}" for name, words in said if words])
        enough = len(good) > 70
        report("there is an example of nearly everything",
               [] if enough else [f"only {len(good)} found"])
        head = "output: /tmp/f\nstate: /tmp/s\n"
        taken = [text for text in BAD if not check(head + text, folder)]
        report(f"the program refuses {len(BAD)} bad ones", taken)

    done = subprocess.run([PROGRAM, "check", "--json-schema"], text=True,
                          capture_output=True, timeout=60)
    report("the schema is JSON", [] if done.returncode == 0 and
           isinstance(json.loads(done.stdout), dict) else [done.stderr])
    try:
        import jsonschema
        import yaml
    except ImportError as absent:
        skip("the schema by another judge", absent)
        return
    schema = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    refused = [(name, errors_of(validator, text, yaml)) for name, text in good]
    report("the schema takes all examples",
           [f"{name}: {errors}" for name, errors in refused if errors])
    report("the schema refuses the bad ones",
           [text for text in BAD if not errors_of(validator, text, yaml)])
    # The bad twin: a schema that takes any map where the sites stand.
    schema["properties"]["sites"] = {"type": "object"}
    twin = jsonschema.Draft7Validator(schema)
    caught = [text for text in BAD if not errors_of(twin, text, yaml)]
    report("one that looks at no site is found out",
           [] if len(caught) > 15 else [f"only {len(caught)} differ"])


if __name__ == "__main__":
    main()
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
