"""A section or a site under a new name: its past goes on, at both addresses.

The judge compares what a feed reader that polls the old and the new address
sees before and after.  Its bad twin is the same renaming without `formerly`.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

SECTIONS = {"policy": "/newsList/222", "electronics": "/newsList/212"}
SITE = ("    article-link: /article/{id}\n"
        "    formats: [atom, rss, json]\n")
TOP = "base-url: https://feeds.example/"
FORMATS = (".atom", ".rss", ".json")


def paper():
    return rig.Newsroom("--pace", "100000")


def started():
    """A paper, read twice, so that it has a past worth the name."""
    room = paper()
    it = rig.Rig(room.url, dict(SECTIONS), SITE, TOP)
    assert it.once().returncode == 0
    room.control(do="publish", section="222", n=2)
    room.control(do="edit", id=room.articles("222", 5)[4]["id"], value="title")
    assert it.once().returncode == 0
    return room, it


def bytes_of(it, path):
    with open(os.path.join(it.output, path), "rb") as f:
        return f.read()


def feed(it, path):
    return rig.Feed(os.path.join(it.output, path + ".atom"))


def rename(it, old, new, formerly=True):
    """The section's key, and what it was."""
    past = ", formerly: [paper/%s]" % old if formerly else ""
    it.sections[new] = "{url: %s%s}" % (it.sections.pop(old), past)
    it.write()


def entries(it, path):
    """id -> the entry's bytes, without the white space behind it."""
    one = feed(it, path)
    return {i: one.entry_bytes(i.rsplit(":", 1)[1]).strip()
            for i in one.ids()}


def same_at_both(it, old, new):
    for extension in FORMATS:
        paths = [os.path.join(it.output, p + extension) for p in (old, new)]
        assert bytes_of(it, paths[0]) == bytes_of(it, paths[1]), extension
        stamps = [os.stat(p).st_mtime_ns for p in paths]
        assert stamps[0] == stamps[1], extension


def news_go_to_both(room, it, old, new, section="222"):
    """One new article, and nothing else."""
    before, was = entries(it, new), feed(it, new)
    room.control(do="publish", section=section, n=1)
    assert it.once().returncode == 0
    after = entries(it, new)
    assert len(set(after) - set(before)) == 1
    assert all(after[i] == before[i] for i in before if i in after)
    assert feed(it, new).updated >= was.updated
    assert feed(it, new).mtime >= was.mtime + 10 ** 9
    same_at_both(it, old, new)


def a_section_gets_another_name():
    room, it = started()
    try:
        before, site = entries(it, "paper/policy"), entries(it, "paper/all")
        was = feed(it, "paper/policy")
        rename(it, "policy", "industry")
        done = it.call("once")
        assert "paper/industry: carries on paper/policy" in done.stderr
        assert it.once().returncode == 0
        same_at_both(it, "paper/policy", "paper/industry")
        assert entries(it, "paper/industry") == before
        assert entries(it, "paper/all") == site
        now = feed(it, "paper/industry")
        id_of = lambda f: f.root.findtext(rig.ATOM + "id")
        assert id_of(now) == id_of(was), id_of(now)
        assert now.updated == was.updated and now.mtime > was.mtime
        assert now.root.find(rig.ATOM + "link[@rel='self']").get("href") == (
            "https://feeds.example/paper/industry.atom")
        news_go_to_both(room, it, "paper/policy", "paper/industry")
        it.judge("industry")
        it.judge("all")
        # no change, no write
        stamps = [os.stat(os.path.join(it.output, "paper", name))
                  for name in sorted(os.listdir(it.output + "/paper"))]
        assert it.once().returncode == 0
        again = [os.stat(os.path.join(it.output, "paper", name))
                 for name in sorted(os.listdir(it.output + "/paper"))]
        assert ([(s.st_ino, s.st_mtime_ns) for s in stamps]
                == [(s.st_ino, s.st_mtime_ns) for s in again])
        names = {row[0] for row in it.query("SELECT path FROM section")}
        assert names == {"paper/all", "paper/electronics", "paper/industry"}
    finally:
        it.close()
        room.stop()


def without_formerly_the_judge_sees_it():
    room, it = started()
    try:
        before = entries(it, "paper/policy")
        rename(it, "policy", "industry", formerly=False)
        assert it.once().returncode == 0
        assert entries(it, "paper/industry") != before
        # the file of the removed section stays, and the status tells
        assert entries(it, "paper/policy") == before
        assert it.status("policy")["watched"] is False
        try:
            same_at_both(it, "paper/policy", "paper/industry")
        except AssertionError:
            return
        raise AssertionError("the judge is blind")
    finally:
        it.close()
        room.stop()


def a_chain_of_names_and_back():
    room, it = started()
    try:
        before = entries(it, "paper/policy")
        rename(it, "policy", "industry")
        assert it.once().returncode == 0
        it.sections["trade"] = ("{url: /newsList/222, "
                                "formerly: [paper/industry, paper/policy]}")
        del it.sections["industry"]
        it.write()
        assert it.once().returncode == 0
        for old in ("paper/policy", "paper/industry"):
            same_at_both(it, old, "paper/trade")
        assert entries(it, "paper/trade") == before
        news_go_to_both(room, it, "paper/policy", "paper/trade")
        # back to the first
        before = entries(it, "paper/trade")
        it.sections["policy"] = ("{url: /newsList/222, "
                                 "formerly: [paper/trade, paper/industry]}")
        del it.sections["trade"]
        it.write()
        assert it.once().returncode == 0
        assert entries(it, "paper/policy") == before
        news_go_to_both(room, it, "paper/trade", "paper/policy")
        news_go_to_both(room, it, "paper/industry", "paper/policy")
        it.judge("policy")
    finally:
        it.close()
        room.stop()


def a_site_gets_another_name():
    room, it = started()
    try:
        before = {name: entries(it, "paper/" + name)
                  for name in ("policy", "electronics", "all")}
        text = it.text().replace(
            "  paper:\n", "  gazette:\n    formerly: paper\n").replace(
            "      electronics:", "      gadgets: {url: /newsList/212, "
            "formerly: gazette/electronics}\n#")
        it.write(text)
        done = it.once()
        assert done.returncode == 0, done.stderr
        for old, new in (("policy", "policy"), ("electronics", "gadgets"),
                         ("all", "all")):
            same_at_both(it, "paper/" + old, "gazette/" + new)
            assert entries(it, "gazette/" + new) == before[old], new
        news_go_to_both(room, it, "paper/all", "gazette/all")
        same_at_both(it, "paper/policy", "gazette/policy")
    finally:
        it.close()
        room.stop()


def a_section_nobody_watches_stays_in_the_site():
    """Its articles are in the feed of the whole site, whatever that is called
    by now."""
    room, it = started()
    try:
        before = entries(it, "paper/all")
        del it.sections["electronics"]
        it.write()
        assert it.once().returncode == 0
        assert entries(it, "paper/all") == before
        it.write(it.text().replace(
            "  paper:\n", "  gazette:\n    formerly: paper\n"))
        assert it.once().returncode == 0
        assert entries(it, "gazette/all") == before
        same_at_both(it, "paper/all", "gazette/all")
    finally:
        it.close()
        room.stop()


def the_store_is_lost_after_and_together_with_it():
    for together in (False, True):
        room, it = started()
        try:
            before = entries(it, "paper/policy")
            was = feed(it, "paper/policy")
            rename(it, "policy", "industry")
            if not together:
                assert it.once().returncode == 0
            shutil.rmtree(it.state)
            done = it.once()
            assert "taken back" in done.stderr, done.stderr
            assert entries(it, "paper/industry") == before
            assert (feed(it, "paper/industry").root.findtext(rig.ATOM + "id")
                    == was.root.findtext(rig.ATOM + "id"))
            same_at_both(it, "paper/policy", "paper/industry")
            news_go_to_both(room, it, "paper/policy", "paper/industry")
        finally:
            it.close()
            room.stop()


def a_running_daemon_is_told():
    room, it = started()
    try:
        it.start()
        rig.wait_for("the start", lambda: it.said("watching"))
        before = entries(it, "paper/policy")
        rename(it, "policy", "industry")
        it.send(rig.signal.SIGHUP)
        rig.wait_for("the new file", lambda: os.path.exists(
            it.path("industry", ".json")))
        assert it.said("paper/industry: carries on paper/policy")
        assert not it.said("is new") and not it.said("has gone")
        rig.wait_for("both files", lambda: all(
            bytes_of(it, "paper/policy" + e)
            == bytes_of(it, "paper/industry" + e) for e in FORMATS))
        same_at_both(it, "paper/policy", "paper/industry")
        assert entries(it, "paper/industry") == before
        assert it.stop() == 0
    finally:
        it.close()
        room.stop()


def an_old_address_that_cannot_be_written():
    """The new one goes on; it is said once; the old one follows later."""
    room, it = started()
    try:
        text = it.text().replace(
            "  paper:\n", "  gazette:\n    formerly: paper\n")
        it.write(text)
        folder = os.path.join(it.output, "paper")
        os.rename(folder, folder + "-away")
        os.symlink(folder + "-away", folder)
        it.start()
        rig.wait_for("the refusal", lambda: it.said("was not published"))
        for number in range(2):
            room.control(do="publish", section="222", n=1)
            rig.wait_for("news at the new address", lambda: len(
                feed(it, "gazette/policy").entries) == 11 + number)
        with open(it.log, encoding="utf-8") as f:
            said = f.read().count("error: output: ")
        assert said == 1, open(it.log).read()
        os.unlink(folder)
        os.rename(folder + "-away", folder)
        rig.wait_for("the old address", lambda: all(
            bytes_of(it, "paper/policy" + e)
            == bytes_of(it, "gazette/policy" + e) for e in FORMATS))
        assert it.stop() == 0
        same_at_both(it, "paper/policy", "gazette/policy")
    finally:
        it.close()
        room.stop()


def a_later_file_at_the_old_address():
    """Somebody's clock was ahead: no address's time goes back (P7)."""
    room, it = started()
    try:
        rename(it, "policy", "industry")
        assert it.once().returncode == 0
        ahead = os.stat(it.path("policy")).st_mtime + 1000
        os.utime(it.path("policy"), (ahead, ahead))
        for _ in range(2):
            assert it.once().returncode == 0
        same_at_both(it, "paper/policy", "paper/industry")
        assert os.stat(it.path("industry")).st_mtime >= ahead
    finally:
        it.close()
        room.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        a_section_gets_another_name,
        without_formerly_the_judge_sees_it,
        a_chain_of_names_and_back,
        a_site_gets_another_name,
        a_section_nobody_watches_stays_in_the_site,
        the_store_is_lost_after_and_together_with_it,
        a_running_daemon_is_told,
        an_old_address_that_cannot_be_written,
        a_later_file_at_the_old_address,
    ]))
