"""Rules that find nothing any more heal: what is proposed, what is adopted, what
is given up again.  No article is lost or announced twice, no id changes, the
person's file stays as it is."""
import concurrent.futures
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import drift  # noqa: E402
import rig  # noqa: E402
from drift import page  # noqa: E402

AUTO = drift.RULES + "    heal: auto\n"
BLOCKED = (200, drift.HTML, "<html><head><title>Just a moment...</title></head>"
           "<body><div id='cf-challenge-running' class='turnstile-wrapper'>"
           "</div></body></html>".encode())


class Healing(drift.Watched):
    def __init__(self, rules=AUTO):
        super().__init__(rules)
        self.all = set(range(1, 13))

    def turn(self, style, new=1, **more):
        """A round on a page with so many new articles."""
        self.last += new
        self.all |= set(self.numbers())
        done = self.round(page(self.numbers(), style, len(self.asked()),
                               **more))
        return done, self.rig.status()

    def settle(self, rounds=2):
        super().settle(rounds)
        self.all |= set(range(1, self.last + 1))

    def check(self):
        """Each article once, under the id of its number."""
        ids = [number for number, in self.rig.query("SELECT id FROM article")]
        assert len(ids) == len(set(ids))
        numbers = sorted(int(i.rsplit(":", 1)[1]) - 20240305500000
                         for i in ids)
        assert numbers == sorted(self.all), (numbers, sorted(self.all))
        self.rig.judge()

    def heal(self, style="new"):
        """Suspect, drift with a proposal, confirmed: healed."""
        for stage in ("suspect", "drift", "probation"):
            done, status = self.turn(style)
            assert done.returncode == 1, done.stderr
            assert status["rules"] == stage, (stage, status)
        return status


def it_heals_after_two_fetches_that_agree():
    it = Healing()
    try:
        it.settle()
        text = open(it.rig.conf, encoding="utf-8").read()
        before = it.rig.feed()
        _, status = it.turn("new")
        assert status["proposed"] is None and status["healed"] is None
        done, status = it.turn("new")
        assert "item '.card'" in status["proposed"], status
        assert status["healed"] is None, status
        assert "would do: " in done.stderr
        # what would be confirmed is asked for as soon as may be
        assert it.rig.query("SELECT due - round FROM section WHERE path ="
                            " 'paper/policy'") == [(1,)]
        done, status = it.turn("new")
        assert "item '.card'" in status["healed"], status
        assert "known articles found again" in status["found"], status
        assert "is what it is read by from now on" in done.stderr, done.stderr
        assert it.rig.feed().same_file(before)
        done, status = it.turn("new")
        assert done.returncode == 0, done.stderr
        assert status["state"] == "good" and status["rules"] == "probation"
        words = it.rig.call("status").stdout
        assert "healed" in words and "watched for 4 rounds more" in words, words
        assert len(it.rig.feed().entries) == len(before.entries) + 4
        for _ in range(4):
            done, status = it.turn("new")
            assert done.returncode == 0, done.stderr
        assert status["rules"] == "ok", status
        assert open(it.rig.conf, encoding="utf-8").read() == text
        # nothing was edited, as feed readers would see it
        then = it.rig.feed()
        for entry in before.ids():
            number = entry.rsplit(":", 1)[1]
            if number in then.numbers():
                assert then.entry_bytes(number) == before.entry_bytes(number)
        it.check()
    finally:
        it.close()


def the_stanza_can_be_pasted():
    for rules in (AUTO, drift.RULES):
        it = Healing(rules)
        try:
            it.settle()
            for _ in range(3):
                _, status = it.turn("new")
            shown = it.rig.call("status", "paper/policy").stdout
            stanza = status["stanza"]
            assert stanza in shown, shown
            assert stanza.count("\n") >= 3, stanza
            text = it.rig.text().replace("      policy: /list\n", stanza)
            assert text != it.rig.text()
            it.rig.write(text)
            done = it.rig.call("check")
            assert done.returncode == 0, done.stderr
            # also where blanks at the beginning of lines are lost
            folded = "      " + "\n       ".join(
                line.strip() for line in stanza.splitlines()) + "\n"
            it.rig.write(it.rig.text().replace("      policy: /list\n", folded))
            assert it.rig.call("check").returncode == 0
            it.rig.write(text)
            done, status = it.turn("new")
            assert done.returncode == 0, done.stderr
            assert status["rules"] == "ok" and status["healed"] is None
            assert status["stanza"] is None and status["proposed"] is None
            it.check()
        finally:
            it.close()


def a_persons_rules_only_propose():
    it = Healing(drift.RULES)
    try:
        it.settle()
        before = it.rig.feed()
        for _ in range(6):
            done, status = it.turn("new")
            assert done.returncode == 1
        assert status["rules"] == "drift" and status["healed"] is None
        assert "item '.card'" in status["proposed"], status
        assert it.rig.feed().same_file(before)
        # said aloud, it is used; the proposal is looked at once more
        it.rig.site = "    article-link: /article/{id}\n" + AUTO
        it.rig.write()
        done, status = it.turn("new")
        assert status["healed"] is not None, status
        done, status = it.turn("new")
        assert done.returncode == 0, done.stderr
        it.all -= set(range(18, it.last - 11))  # they went by unseen
        it.check()
    finally:
        it.close()


def off_looks_for_nothing():
    it = Healing(drift.RULES + "    heal: off\n")
    try:
        it.settle()
        for _ in range(3):
            _, status = it.turn("new")
        assert status["rules"] == "drift" and status["proposed"] is None
        assert status["stanza"] is None
    finally:
        it.close()


def old_rules_that_work_again_win():
    it = Healing()
    try:
        it.settle()
        it.heal()
        # an A/B test: both pages are read, with no failure between
        for style in ("new", "old", "new", "old", "new"):
            done, status = it.turn(style)
            assert done.returncode == 0, (style, done.stderr)
            assert status["healed"] is not None
        for left in range(5, 0, -1):
            done, status = it.turn("old")
            assert done.returncode == 0, done.stderr
        assert "the healed ones are given up" in done.stderr, done.stderr
        assert status["healed"] is None and status["rules"] == "ok", status
        done, status = it.turn("old")
        assert done.returncode == 0 and status["rules"] == "ok"
        it.check()
    finally:
        it.close()


def a_second_redesign_heals_too():
    it = Healing()
    try:
        it.settle()
        it.heal()
        for _ in range(6):
            done, status = it.turn("new")
            assert done.returncode == 0, done.stderr
        first = status["healed"]
        it.heal("table")
        done, status = it.turn("table")
        assert done.returncode == 0, done.stderr
        assert status["healed"] != first, status
        it.check()
    finally:
        it.close()


def probation_ends_with_the_old_rules():
    it = Healing()
    try:
        it.settle()
        it.heal()
        done, status = it.turn("new")
        assert done.returncode == 0
        done, status = it.turn("table")
        assert done.returncode == 1
        assert status["rules"] == "drift" and status["healed"] is None, status
        assert "no article where 12 are usual" in status["reason"], status
        # what comes then is healed like any other change
        for _ in range(2):
            _, status = it.turn("table")
        assert status["rules"] == "probation", status
        done, status = it.turn("table")
        assert done.returncode == 0, done.stderr
        it.check()
    finally:
        it.close()


def a_blocked_page_heals_nothing():
    it = Healing()
    try:
        it.settle()
        for _ in range(4):
            done = it.round(BLOCKED)
            status = it.rig.status()
            assert status["stage"] == "blocked", status
            assert status["rules"] == "ok", status
            assert status["proposed"] is None and status["healed"] is None
        it.turn("new")
        it.turn("new")
        for _ in range(3):  # nor is anything confirmed by it
            it.round(BLOCKED)
            assert it.rig.status()["healed"] is None
        it.turn("new")
        done, status = it.turn("new")
        assert done.returncode == 0, done.stderr
        it.check()
    finally:
        it.close()


def a_flood_is_held():
    """The healed list is right today, and tomorrow's first page has twelve
    articles that nobody has seen, all of them dated before the last round."""
    it = Healing()
    try:
        it.settle()
        it.heal()
        before = it.rig.feed()
        numbers = [n for n in range(200, 210)] + [it.last, it.last - 1]
        done = it.round(page(numbers, "new", "flood"))
        status = it.rig.status()
        assert done.returncode == 1, done.stderr
        assert "as new that are not" in status["reason"], status
        assert status["healed"] is None and status["rules"] == "drift"
        assert it.rig.feed().same_file(before)
        for _ in range(5):  # proposed it may be, but not adopted
            done, status = it.turn("new")
            assert done.returncode == 1
            assert status["healed"] is None, status
        assert "item '.card'" in status["proposed"], status
    finally:
        it.close()


def healed_rules_outlive_the_program_and_are_forgotten_on_demand():
    it = Healing()
    try:
        it.settle()
        it.heal()  # each round is a process of its own
        done, status = it.turn("new")
        assert done.returncode == 0
        shown = it.rig.call("preview", "paper/policy")
        assert shown.returncode == 0, shown.stderr
        assert "rules: healed" in shown.stdout, shown.stdout
        assert "item: rule '.card'" in shown.stdout, shown.stdout
        assert status["stanza"] in shown.stdout, shown.stdout
        shown = json.loads(it.rig.call("preview", "--json",
                                       "paper/policy").stdout)
        assert len(shown["articles"]) == 12 and shown["healed"], shown
        done = it.rig.call("learn", "--again", "paper/policy")
        assert done.returncode == 0, done.stderr
        assert it.rig.query("SELECT count(*) FROM healed") == [(0,)]
        assert it.rig.status()["healed"] is None
        done, status = it.turn("new")
        assert done.returncode == 1
    finally:
        it.close()


def other_configured_rules_forget_healed_ones():
    """Also when the old ones are written once more."""
    it = Healing()
    try:
        it.settle()
        it.heal()
        assert it.turn("new")[0].returncode == 0
        before = it.rig.site
        it.rig.site = before.replace("'h3 a'", "'h3 > a'")
        it.rig.write()
        done, status = it.turn("new")
        assert done.returncode == 1 and status["healed"] is None, status
        it.rig.site = before
        it.rig.write()
        done, status = it.turn("new")
        assert done.returncode == 1 and status["healed"] is None, status
    finally:
        it.close()


def a_field_that_dies_heals_alone():
    """The author moves: the list, its titles and dates stay by their rules."""
    for rules, healed in ((AUTO, True), (drift.RULES, False)):
        it = Healing(rules)
        try:
            it.settle(6)
            for _ in range(2):
                done, status = it.turn("resigned")
                assert done.returncode == 0, done.stderr
                assert "author: filled in" in status["unusual"], status
            assert "author '.writer'" in status["proposed"], status
            assert ("degraded: author: found no more where the rules look"
                    in done.stderr), done.stderr
            done, status = it.turn("resigned")
            assert done.returncode == 0, done.stderr
            assert (status["healed"] is not None) == healed, status
            assert "item '" in status["healed" if healed else "proposed"]
            if healed:
                rules = it.rig.query("SELECT rules FROM healed")[0][0]
                assert "keep: item\n" in rules and "keep: title\n" in rules
                for _ in range(2):
                    done, status = it.turn("resigned")
                    assert done.returncode == 0, done.stderr
                    assert status["unusual"] is None, status
                bare = it.rig.query("SELECT author FROM article ORDER BY"
                                    " first_seen DESC, position LIMIT 1")
                assert bare == [("홍길동 기자",)], bare
            it.check()
        finally:
            it.close()


def side_by_side(tests):
    """Most of the time they wait for min-interval."""
    def later(test):
        future = pool.submit(test)

        def result():
            future.result()
        result.__name__ = test.__name__
        return result
    pool = concurrent.futures.ThreadPoolExecutor(4)
    return [later(test) for test in tests]


if __name__ == "__main__":
    sys.exit(rig.run(side_by_side([
        it_heals_after_two_fetches_that_agree,
        the_stanza_can_be_pasted,
        a_persons_rules_only_propose,
        off_looks_for_nothing,
        old_rules_that_work_again_win,
        a_second_redesign_heals_too,
        probation_ends_with_the_old_rules,
        a_blocked_page_heals_nothing,
        a_flood_is_held,
        healed_rules_outlive_the_program_and_are_forgotten_on_demand,
        other_configured_rules_forget_healed_ones,
        a_field_that_dies_heals_alone])))
