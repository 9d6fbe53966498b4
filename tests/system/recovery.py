"""What is left when the store is lost or damaged: nothing is announced again.

The judge compares what feed readers see before and after.  Its bad twin is the
same damage with the published feeds taken away, too: it must be caught.
"""
import os
import random
import shutil
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

PAGE = 4096
EXCERPT = "    article-link: /article/{id}\n    content: excerpt\n"
BARE = "    article-link: /article/{id}\n    content: none\n"


def paper(*options):
    return rig.Newsroom("--pace", "100000", *options)


def database(it):
    return os.path.join(it.state, "metrofeed.db")


def asides(it):
    return [n for n in os.listdir(it.state) if ".damaged-" in n]


def round_of(it):
    """Asks, however short ago the last one was."""
    def tried():
        done = it.call("once")
        return done if "not asked" not in done.stdout else None
    return rig.wait_for("a round", tried)


def announced(before, after):
    """The ids whose entry is another than it was, or was not there."""
    return [i for i in after.ids()
            if i not in before.ids() or
            after.entry_bytes(i.rsplit(":", 1)[1]) !=
            before.entry_bytes(i.rsplit(":", 1)[1])]


def lived(site=None):
    """A paper with new and edited articles, and a daemon that knows them."""
    room = paper()
    it = rig.Rig(room.url, site=site)
    assert it.once().returncode == 0
    room.control(do="publish", section="222", n=3)
    it.once()
    room.control(do="edit", id=room.articles("222", 5)[4]["id"], value="text")
    time.sleep(1.1)  # a second must pass for the stamp to show
    it.once()
    assert len(it.feed().entries) == 11
    return room, it


def a_lost_store_comes_back_from_the_feeds():
    for site in (None, EXCERPT, BARE):
        room, it = lived(site)
        try:
            before, ids = it.feed(), it.ids()
            shutil.rmtree(it.state)
            done = it.call("once")
            assert done.returncode == 0, done.stderr
            assert "taken back" in done.stderr, done.stderr
            assert it.feed().same_file(before), announced(before, it.feed())
            assert it.ids() == ids
            first = dict(it.query("SELECT id, first_seen FROM article"))
            changed = dict(it.query("SELECT id, changed FROM article"))
            assert all(first[i] <= changed[i] for i in ids)
            it.judge()
            # and life goes on
            room.control(do="publish", section="222", n=2)
            it.once()
            assert len(announced(before, it.feed())) == 2
            assert it.feed().updated >= before.updated
        finally:
            it.close()
            room.stop()


def without_feeds_the_judge_sees_it():
    room, it = lived()
    try:
        before = it.feed()
        shutil.rmtree(it.state)
        os.unlink(it.path())
        assert it.call("once").returncode == 0
        assert announced(before, it.feed()), "the judge is blind"
        # P4: the ids at least are made from the articles alone
        assert set(it.feed().ids()) <= set(before.ids())
    finally:
        it.close()
        room.stop()


def a_feed_of_another_is_not_taken():
    room, it = lived()
    try:
        before = it.feed().bytes
        shutil.rmtree(it.state)
        for name, bytes_ in (
                ("another section's",
                 before.replace(b"feed/paper/policy", b"feed/paper/other")),
                ("another program's",
                 before.replace(b">metrofeed<", b">other<")),
                ("cut", before[:-20])):
            with open(it.path(), "wb") as f:
                f.write(bytes_)
            done = it.call("once")
            assert done.returncode == 0, done.stderr
            assert "taken back" not in done.stderr, name
            it.judge()
            shutil.rmtree(it.state)
    finally:
        it.close()
        room.stop()


def spoil(bytes_, page, how, dice):
    start = page * PAGE
    if how == "zeroed":
        return bytes_[:start] + b"\0" * PAGE + bytes_[start + PAGE:]
    if how == "noise":
        return bytes_[:start] + dice.randbytes(PAGE) + bytes_[start + PAGE:]
    if how == "cut":
        return bytes_[:start]
    if how == "cut inside":
        return bytes_[:start + dice.randrange(1, PAGE)]
    at, bit = start + dice.randrange(PAGE), 1 << dice.randrange(8)
    return bytes_[:at] + bytes([bytes_[at] ^ bit]) + bytes_[at + 1:]


def every_page_of_the_database_spoilt():
    room, it = lived()
    dice = random.Random(20240305)
    runs = spoilt = set_aside = 0
    try:
        it.call("once")
        before = it.feed()
        with open(database(it), "rb") as f:
            good = f.read()
        assert not os.path.exists(database(it) + "-wal")
        output = it.output + ".good"
        shutil.copytree(it.output, output)
        # for the rounds that find a database that is sound
        time.sleep(1.1)
        for how in ("zeroed", "noise", "cut", "cut inside") + 8 * ("flipped",):
            for page in range(len(good) // PAGE):
                shutil.rmtree(it.state)
                shutil.rmtree(it.output)
                shutil.copytree(output, it.output)
                os.mkdir(it.state)
                with open(database(it), "wb") as f:
                    f.write(spoil(good, page, how, dice))
                done = it.call("once")
                case = (how, page, done.stderr)
                if "store: " in done.stderr and done.returncode == 1:
                    done = round_of(it)  # found in the round: the next one
                if "newer metrofeed" in done.stderr:
                    assert how == "flipped" and page == 0, case
                    continue
                assert done.returncode == 0, case
                runs += 1
                news = announced(before, it.feed())
                if how != "flipped":  # many a bit means nothing
                    spoilt += 1
                    set_aside += len(asides(it)) > 0
                assert it.feed().bytes == before.bytes, (case, news)
        print("# %d of %d with the same bytes" % (runs, runs))
        assert set_aside > spoilt / 2
    finally:
        it.close()
        room.stop()


def damage_found_while_running():
    room, it = lived()
    try:
        it.start()
        rig.wait_for("a round", lambda: it.said("nothing new"))
        before = it.feed()
        db = sqlite3.connect(database(it), timeout=30)
        db.execute("UPDATE section SET rules_hash = 1, body_hash = 1")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        with open(database(it), "r+b") as f:
            for page in range(1, os.path.getsize(database(it)) // PAGE):
                f.seek(page * PAGE)
                f.write(b"\xa5" * PAGE)
        rig.wait_for("a new store",
                     lambda: it.said("made from the published feeds"))
        rig.wait_for("the articles", lambda: len(it.ids()) == 11)
        assert "damaged" in it.status()["store"]
        number = room.articles("222", 1)
        room.control(do="publish", section="222", n=1)
        rig.wait_for("the next article",
                     lambda: len(it.feed().entries) == 12)
        assert len(announced(before, it.feed())) == 1, number
        assert it.process.poll() is None
        assert it.stop() == 0
        assert len(asides(it)) >= 1
    finally:
        it.close()
        room.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        a_lost_store_comes_back_from_the_feeds,
        without_feeds_the_judge_sees_it,
        a_feed_of_another_is_not_taken,
        every_page_of_the_database_spoilt,
        damage_found_while_running,
    ]))
