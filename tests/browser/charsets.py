#!/usr/bin/env python3
"""Compare our decoding with a browser's TextDecoder.

charsets.py DECODE: DECODE is the built decode.c.  For each encoding of the
Encoding standard that we take: every byte and, where there are any, every
pair, each before an ASCII character, and 400 seeded lines of good and bad
bytes mixed.  What differs on purpose is written down in is_our_way().
"""
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

import check

HARNESS = """<!doctype html><meta charset=utf-8><pre id=out></pre><script>
const pairs = ["gb18030", "gbk", "big5", "euc-jp", "shift_jis", "euc-kr"];
const labels = pairs.concat(["utf-8", "ibm866", "iso-8859-2", "iso-8859-3",
  "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8",
  "iso-8859-8-i", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15",
  "iso-8859-16", "koi8-r", "koi8-u", "macintosh", "windows-874",
  "windows-1250", "windows-1251", "windows-1252", "windows-1253",
  "windows-1254", "windows-1255", "windows-1256", "windows-1257",
  "windows-1258", "x-mac-cyrillic", "iso-2022-jp", "utf-16le", "utf-16be"]);
let seed = 1;
function below(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % n;
}
function mixed(label) {
  const bytes = [], count = 1 + below(30);
  const kinds = [() => 0x20 + below(95), () => 0x80 + below(128),
                 () => 0xa1 + below(94), () => 0x30 + below(10)];
  for (let i = 0; i < count; i++) {
    if (label === "iso-2022-jp" && below(4) === 0)
      bytes.push(0x1b, ...[[0x24, 0x42], [0x28, 0x42], [0x28, 0x49]][below(3)]);
    const byte = kinds[below(4)]();
    bytes.push(label === "iso-2022-jp" && below(3) ? byte & 0x7f : byte);
  }
  return bytes;
}
const lines = [];
for (const label of labels) {
  for (let a = 0x80; a < 256; a++) {
    lines.push([label, [a, 0x3c]]);
    if (pairs.includes(label))
      for (let b = 0x20; b < 256; b++)
        lines.push([label, [a, b, 0x3c]]);
    if (label === "euc-jp" && a > 0xa0)
      for (let b = 0xa1; b < 255; b++)
        lines.push([label, [0x8f, a, b, 0x3c]]);
  }
  for (let i = 0; i < 400; i++)
    lines.push([label, mixed(label)]);
}
const hex = bytes =>
  Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
document.getElementById("out").textContent = lines.map(([label, bytes]) => {
  const text = new TextDecoder(label, {ignoreBOM: true})
    .decode(Uint8Array.from(bytes));
  return label + " " + hex(bytes) + " " + hex(new TextEncoder().encode(text));
}).join("\\n");
</script>
"""

# GB18030-2005's places in the private area that have characters by now
GIVEN = dict(zip("\ue816\ue817\ue818\ue831\ue83b\ue855",
                 "\U00020087\U00020089\U000200cc\U000215d7\U0002298f"
                 "\U000241fe"))


def ask_browser(program, folder):
    path = os.path.join(folder, "charsets.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(HARNESS)
    page = check.dump(program, folder, path)
    start = page.index('<pre id="out">') + len('<pre id="out">')
    return [line.split(" ")
            for line in page[start:page.index("</pre>", start)].split("\n")]


def browser_text(text):
    """As our border lets it through: no NUL, no C0, no C1 out of a page."""
    text = re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f]", " ", text.replace("\0", ""))
    return "".join(GIVEN.get(c, c) for c in text)


def folded(text):
    """Composed or not, C1 or U+FFFD for a byte that is no character, and how
    many U+FFFD stand for one broken run: none of it loses anything."""
    text = unicodedata.normalize("NFD", re.sub("[\x80-\x9f]", "\ufffd", text))
    # glibc composes a letter with its second mark before the first
    text = re.sub("[\u0300-\u036f]+", lambda m: "".join(sorted(m[0])), text)
    return re.sub("\ufffd+", "\ufffd", text)


def holds(whole, part):
    rest = iter(whole)
    return all(c in rest for c in part)


def is_our_way(label, data, theirs, ours):
    if label == "iso-2022-jp" and b"\n" in data:
        # a line begins in ASCII (RFC 1468), which saves the lines behind a
        # broken escape
        return True
    if label == "big5" and any(pair in data for pair in (
            b"\x88\x62", b"\x88\x64", b"\x88\xa3", b"\x88\xa5")):
        # four that this browser itself gets wrong: the standard's table has
        # U+00CA and U+00EA with a mark here
        return True
    if "\ufffd" in theirs and len(data) > 4:
        # behind a broken byte we keep ASCII characters that a browser takes
        # along, and know more than it of what follows
        kept = theirs.replace("\ufffd", "")
        if label == "euc-jp":
            # it stays in the third plane behind a broken 0x8f
            kept = "".join(c for c in kept if c < "\x80")
        return holds(ours, kept)
    if label == "euc-jp" and data[0] == 0x8f:
        # IBM's and NEC's additions in the third plane; U+00A6 there is the
        # full width one
        return theirs in ("\ufffd<", "\xa6<") and ours != "\ufffd<"
    if label in ("gbk", "gb18030"):
        # the end of the page cuts a character of four bytes
        return "\ufffd" in theirs and \
            holds(ours, theirs.replace("\ufffd", ""))
    return False


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = check.browser()
    if program is None:
        print("skipped: no chromium here")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        lines = ask_browser(program, folder)
    asked = "".join("%s %s\n" % (label, data) for label, data, _ in lines)
    run = subprocess.run([sys.argv[1]], input=asked.encode(), check=True,
                         stdout=subprocess.PIPE)
    answers = run.stdout.decode().split("\n")
    equal = ours_way = different = 0
    for (label, data, theirs), answer in zip(lines, answers):
        theirs = folded(browser_text(bytes.fromhex(theirs).decode()))
        ours = folded(bytes.fromhex(answer).decode())
        if theirs == ours:
            equal += 1
        elif is_our_way(label, bytes.fromhex(data), theirs, ours):
            ours_way += 1
        else:
            different += 1
            print("%s %s: browser %a, ours %a" % (label, data, theirs, ours))
    print("charsets: %d equal, %d different on purpose, %d different" %
          (equal, ours_way, different))
    return 1 if different or equal < 100000 else 0


if __name__ == "__main__":
    sys.exit(main())
