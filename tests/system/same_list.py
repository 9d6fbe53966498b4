"""Pages that differ at every visit while their list is the same."""
import hashlib
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

PATH = "/newsList/222"


class Paper:
    """A site with one list; whatever stands around it is new each time."""

    def __init__(self, validators=False):
        self.site = rig.Site()
        self.numbers = list(range(2023040108, 2023040100, -1))
        self.visits = 0
        self.before = self.beside = ""
        self.validators = validators
        self.sent = []
        self.site.pages["/robots.txt"] = (404, {}, b"")
        self.site.pages[PATH] = self.page

    def page(self, handler):
        self.visits += 1
        self.sent.append(handler.headers.get("If-None-Match"))
        items = "".join(
            '<li><a href="/article/%d">Rain fell on town %d all night</a>'
            '<p>It went on.</p></li>' % (n, n) for n in self.numbers)
        text = ("<html><head><title>Paper</title><meta name=csrf content=%s>"
                "</head><body><!-- %d --><div>%s<ul class=list>%s</ul>%s</div>"
                "<p>Read by %d</p></body></html>"
                % (hashlib.sha256(b"%d" % self.visits).hexdigest(),
                   self.visits, self.before, items, self.beside, self.visits))
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if self.validators:
            headers["ETag"] = '"visit-%d"' % self.visits
        return (200, headers, text.encode())

    def row(self, it):
        return it.query("SELECT validated, body_hash, etag, window IS NULL"
                        " FROM section WHERE path = 'paper/policy'")[0]

    def round(self, it):
        """Was the page read in full?  The store's time is by the second."""
        before = self.row(it)
        done = it.once()
        assert done.returncode == 0, done.stderr
        after = self.row(it)
        assert after[1] != before[1], "the body's hash stayed"
        return after[0] != before[0]


def the_same_list_is_not_read():
    paper = Paper(validators=True)
    it = rig.Rig(paper.site.url)
    try:
        it.once()
        assert paper.row(it)[3] == 0, "no window"
        before = it.feed()
        for _ in range(3):
            assert not paper.round(it)
            assert it.feed().same_file(before)
            assert paper.row(it)[2] == '"visit-%d"' % paper.visits
        # what the last answer said is echoed, whether or not it was read
        assert paper.sent[-1] == '"visit-%d"' % (paper.visits - 1), paper.sent
        assert it.status()["state"] == "good", it.status()
    finally:
        it.close()
        paper.site.stop()


def another_list_is():
    paper = Paper()
    it = rig.Rig(paper.site.url)
    try:
        it.once()
        numbers = list(paper.numbers)
        for place in range(len(numbers) + 1):
            new = 2023040200 + place
            paper.numbers = numbers[:place] + [new] + numbers[place:]
            assert paper.round(it), "unread with a new article at %d" % place
            assert str(new) in it.feed().numbers(), place
            assert not paper.round(it)
        paper.numbers = numbers[1:]
        assert paper.round(it)
        paper.numbers = numbers[1:3] + numbers[:1] + numbers[3:]
        assert paper.round(it)
        it.judge()
    finally:
        it.close()
        paper.site.stop()


def a_list_of_its_own_beside_it_is():
    paper = Paper()
    it = rig.Rig(paper.site.url)
    try:
        it.once()
        assert not paper.round(it)
        more = ('<ul id=today><li><a href="/article/2023040999">Snow fell on '
                'the hill at noon</a><p>It went on.</p></li></ul>')
        paper.before = more
        assert paper.round(it)
        paper.before = ""
        assert paper.round(it)
        assert not paper.round(it)
        paper.beside = more
        assert paper.round(it)
    finally:
        it.close()
        paper.site.stop()


def other_rules_read_in_full():
    paper = Paper()
    it = rig.Rig(paper.site.url)
    try:
        it.once()
        assert not paper.round(it)
        it.site = "    item: ul.list li\n    fields: {title: a}\n"
        it.write()
        assert paper.round(it)
        assert not paper.round(it)
    finally:
        it.close()
        paper.site.stop()


def once_a_day_it_is_read_in_full():
    paper = Paper()
    it = rig.Rig(paper.site.url)
    try:
        it.once()
        assert not paper.round(it)
        db = sqlite3.connect(os.path.join(it.state, "metrofeed.db"))
        db.execute("UPDATE section SET validated = validated - 86401")
        db.commit()
        db.close()
        assert paper.round(it)
        assert not paper.round(it)
    finally:
        it.close()
        paper.site.stop()


def in_a_running_daemon():
    paper = Paper()
    it = rig.Rig(paper.site.url)
    try:
        it.start()
        rig.wait_for("rounds of the same list",
                     lambda: it.said("paper/policy: the same list"))
        paper.numbers.insert(0, 2023040777)
        rig.wait_for("the new article",
                     lambda: "2023040777" in it.feed().numbers())
        assert it.stop() == 0
    finally:
        it.close()
        paper.site.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        the_same_list_is_not_read,
        another_list_is,
        a_list_of_its_own_beside_it_is,
        other_rules_read_in_full,
        once_a_day_it_is_read_in_full,
        in_a_running_daemon,
    ]))
