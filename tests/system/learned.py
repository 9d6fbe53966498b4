"""Sections without `item` learn their rules, read by them, and forget them."""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

ITEM = "<li class='%s'><h3><a href='/article/100%02d/the-bakery-of-the-old-" \
    "town'>The %d. bakery of the old town opens its doors</a></h3><p>All " \
    "night long the ovens of house number %d were lit, it was said.</p>" \
    "<time datetime='2024-03-05T10:%02d:00Z'>x</time></li>"


def page(numbers, name="story"):
    return "<html><head><title>Town - Paper</title></head><body><ul>" + \
        "".join(ITEM % (name, i, i, i, i) for i in numbers) + \
        "</ul></body></html>"


class Page:
    """A site of one page, and a rig that reads it."""

    def __init__(self, html):
        self.site = rig.Site()
        self.put(html)
        self.it = rig.Rig(self.site.url, {"town": "/town"},
                          site="    robots: ignore\n")

    def put(self, html):
        self.site.pages["/town"] = (
            200, {"Content-Type": "text/html; charset=utf-8"}, html.encode())

    def close(self):
        self.it.close()
        self.site.stop()

    def learned(self):
        rows = self.it.query("SELECT rules, items, evidence FROM learned")
        return rows[0] if rows else None

    def titles(self):
        return sorted(int(title.split()[1].rstrip(".")) for (title,) in
                      self.it.query("SELECT title FROM article"))


def the_first_good_round_learns_and_the_next_reads_by_it():
    one = Page(page(range(10, 30)))
    try:
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert "learned: item '.story'" in done.stderr, done.stderr
        rules, items, evidence = one.learned()
        assert rules.startswith("item: .story\n"), rules
        assert items == 20 and "20 of 20" in evidence, (items, evidence)
        first = one.titles()
        assert first == list(range(10, 30))
        one.put(page(range(12, 32)))
        shown = json.loads(one.it.call("preview", "--json",
                                       "paper/town").stdout)
        assert shown["item"].startswith("rule '.story' 20"), shown["item"]
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert "learned" not in done.stderr, done.stderr
        assert one.titles() == list(range(10, 32))
        status = json.loads(one.it.call("status", "--json").stdout)
        row = [s for s in status if s["section"] == "paper/town"][0]
        assert row["learned"].startswith("item '.story'"), row
        assert "learned" in one.it.call("status").stdout
        assert "rules: learned" in one.it.call("preview", "paper/town").stdout
    finally:
        one.close()


def rules_give_the_articles_that_inference_gives():
    """The same rows, edits included, in a section that may learn and in one
    whose rules are forgotten before each round."""
    room = rig.Newsroom()
    learns, forgets = (rig.Rig(room.url, site="    robots: ignore\n")
                       for _ in range(2))
    try:
        for turn in range(4):
            room.control(do="publish", section="222", n=2)
            number = room.articles("222", 3)[2]["id"]
            room.control(do="edit", id=number, value="text")
            done = forgets.call("learn", "--again", "paper/policy")
            assert done.returncode == 0, done.stderr
            for it in (learns, forgets):
                done = it.once()
                assert done.returncode == 0, done.stderr
            if turn > 0:
                shown = json.loads(learns.call("preview", "--json",
                                               "paper/policy").stdout)
                assert shown["item"].startswith("rule '"), shown["item"]
            rows = [it.query("SELECT id, link, title, author, image, text,"
                             " published, precision FROM article ORDER BY id")
                    for it in (learns, forgets)]
            assert rows[0] == rows[1] and len(rows[0]) >= 8, turn
        assert "item: " in learns.query("SELECT rules FROM learned")[0][0]
    finally:
        learns.close()
        forgets.close()
        room.stop()


def a_redesign_is_inferred_in_the_same_round():
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        one.put(page(range(15, 35), name="entry"))
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert "do not find what they did" in done.stderr, done.stderr
        assert one.titles() == list(range(10, 35))
        assert one.learned()[0].startswith("item: .entry\n"), one.learned()
    finally:
        one.close()


def the_same_number_of_poorer_items_is_inferred():
    """The class moves from the item to its heading: as many items, but their
    texts and dates stand elsewhere."""
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        one.put(page(range(12, 32), name="x").replace("<h3>",
                                                      "<h3 class='story'>"))
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert one.titles() == list(range(10, 32))
        bare = one.it.query("SELECT count(*) FROM article WHERE text IS NULL"
                            " OR precision = 0")
        assert bare == [(0,)], bare
    finally:
        one.close()


def a_most_read_list_under_the_old_name_is_not_believed():
    """The old class goes to another list, longer than the one it had."""
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        menu = "".join("<li class='story'><a href='/topic/%d'>Topic %d</a>"
                       "</li>" % (i, i) for i in range(60))
        one.put(page(range(12, 32), name="entry").replace(
            "<ul>", "<nav><ul>" + menu + "</ul></nav><div><ul>"))
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert one.titles() == list(range(10, 32)), one.titles()
    finally:
        one.close()


def a_list_that_half_loses_its_class_is_whole():
    """Of 20 items four still have the class."""
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        half = page(range(14, 34), name="entry").replace(
            "<li class='entry'>", "<li class='story'>", 4)
        one.put(half)
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert one.titles() == list(range(10, 34)), one.titles()
    finally:
        one.close()


def another_list_than_the_sections_is_not_believed():
    """The list has gone, and twelve other articles are all that is there, dated
    after the last round."""
    one = Page(page(range(10, 30)))
    try:
        for last in range(30, 33):
            assert one.it.once().returncode == 0
            one.put(page(range(last - 19, last + 1)))
        assert one.it.once().returncode == 0
        before = one.titles()
        soon = iter(range(20))
        other = re.sub(
            r"2024-03-05T[^']*", lambda _: time.strftime(
                "%Y-%m-%dT%H:%M:00Z", time.gmtime(
                    time.time() + 120 + 60 * next(soon))),
            page(range(60, 80), name="entry"))
        for stage in ("suspect", "drift", "drift"):
            one.put(other.replace("</ul>", "</ul><!-- %s -->" % stage))
            done = one.it.once()
            assert done.returncode == 1, done.stderr
            row = one.it.status("town")
            assert row["stage"] == stage, row
            assert "has 0 known articles of 20" in row["reason"], row
            assert row["healed"] is None, row
            assert one.titles() == before
        one.put(page(range(14, 34)))
        done = one.it.once()
        assert done.returncode == 0, done.stderr
        assert one.titles() == list(range(10, 34))
    finally:
        one.close()


def other_addresses_heal_by_the_gates():
    """Nothing is as it was but the titles: too much for one round."""
    one = Page(page(range(10, 30)))
    try:
        for last in range(30, 36):
            assert one.it.once().returncode == 0
            one.put(page(range(last - 19, last + 1)))
        ids = one.it.query("SELECT id FROM article ORDER BY id")

        def rebuilt(last, name="entry"):
            return re.sub("<p>.*?</p>", "", page(
                range(last - 19, last + 1), name)).replace(
                    "/article/100", "/s/story.html?n=").replace(
                        "/the-bakery-of-the-old-town", "")

        def until_well(*how):
            for turn in range(6):
                one.put(rebuilt(*how).replace("</ul>", "</ul><!-- %d -->"
                                              % turn))
                if one.it.once().returncode == 0:
                    return turn, one.it.status("town")
            raise AssertionError(one.it.status("town"))
        turn, row = until_well(36)
        assert row["rules"] == "probation", row
        assert turn == 3 and row["healed"] is not None, (turn, row)
        assert one.titles() == list(range(10, 37)), one.titles()
        assert set(ids) <= set(one.it.query("SELECT id FROM article"))
        # and once more, when nobody watches the healed rules any more
        for last in range(37, 41):
            one.put(rebuilt(last))
            assert one.it.once().returncode == 0
        assert one.it.status("town")["rules"] == "ok"
        until_well(41, "third")
        assert one.titles() == list(range(10, 42)), one.titles()
        assert len(one.it.query("SELECT id FROM article")) == 32
    finally:
        one.close()


def again_forgets_and_not_beside_a_daemon():
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        assert one.learned() is not None
        assert one.it.call("learn", "--again").returncode == 2
        assert one.it.call("learn", "--again", "paper/none").returncode == 2
        one.it.start()
        before = one.it.rounds()
        rig.wait_for("a round", lambda: one.it.rounds() != before)
        done = one.it.call("learn", "--again", "paper/town")
        assert done.returncode == 1 and "another metrofeed" in done.stderr
        assert one.learned() is not None
        one.it.stop()
        done = one.it.call("learn", "--again", "paper/town")
        assert done.returncode == 0, done.stderr
        assert one.learned() is None
    finally:
        one.close()


def other_configured_rules_make_it_learn_anew():
    one = Page(page(range(10, 30)))
    try:
        assert one.it.once().returncode == 0
        assert "title: " in one.learned()[0], one.learned()
        one.it.site = "    robots: ignore\n    fields: {title: h3 a}\n"
        one.it.write()
        one.put(page(range(11, 31)))
        assert one.it.once().returncode == 0
        assert "title: " not in one.learned()[0], one.learned()
        one.it.site = "    robots: ignore\n    item: li\n"
        one.it.write()
        one.put(page(range(12, 32)))
        done = one.it.once()
        assert done.returncode == 0 and "learned" not in done.stderr
        row = json.loads(one.it.call("status", "--json").stdout)[0]
        assert row["learned"] is None, row
    finally:
        one.close()


def what_a_filter_leaves_out_is_learned_from():
    one = Page(page(range(10, 30)))
    try:
        one.it.site = "    robots: ignore\n    skip: {title: 'The 1'}\n"
        one.it.write()
        assert one.it.once().returncode == 0
        assert one.titles() == list(range(20, 30))
        rules, items, _ = one.learned()
        assert rules.startswith("item: .story\n") and items == 20
    finally:
        one.close()


if __name__ == "__main__":
    sys.exit(rig.run([
        the_first_good_round_learns_and_the_next_reads_by_it,
        rules_give_the_articles_that_inference_gives,
        a_redesign_is_inferred_in_the_same_round,
        the_same_number_of_poorer_items_is_inferred,
        a_most_read_list_under_the_old_name_is_not_believed,
        a_list_that_half_loses_its_class_is_whole,
        another_list_than_the_sections_is_not_believed,
        other_addresses_heal_by_the_gates,
        again_forgets_and_not_beside_a_daemon,
        other_configured_rules_make_it_learn_anew,
        what_a_filter_leaves_out_is_learned_from,
    ]))
