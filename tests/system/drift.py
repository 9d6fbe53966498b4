"""A page that changes under its rules: the change is noticed within two rounds
and named in words, the feed stays as it was, and nothing is made of pages that
are merely empty, edited or shuffled."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

HTML = {"Content-Type": "text/html; charset=utf-8"}
RULES = ("    item: 'ul.news > li'\n"
         "    fields: {title: 'h3', author: '.by', link: 'h3 a'}\n")


def item(n, style="old"):
    link = "/article/202403055%05d" % n
    title = "%d번째 소식: 시장이 다시 열렸다" % n
    date = "2024-03-05 09:%02d:00" % (n % 60)
    if style == "old":
        return ('<li><h3><a href="%s">%s</a></h3><span class="by">홍길동 기자</span>'
                "%s</li>" % (link, title, date))
    if style == "resigned":
        return ('<li><h3><a href="%s">%s</a></h3><em class="writer">홍길동 기자'
                "</em>%s</li>" % (link, title, date))
    if style == "table":
        return ('<tr><td><strong><a href="%s">%s</a></strong></td><td>%s</td>'
                "</tr>" % (link, title, date))
    if style == "unsigned":
        return '<li><h3><a href="%s">%s</a></h3></li>' % (link, title)
    if style == "untitled":
        return '<li><h4><a href="%s">%s</a></h4></li>' % (link, title)
    return ('<article class="card"><h2 class="card-title"><a href="%s">%s</a>'
            '</h2><time>%s</time></article>' % (link, title, date))


def page(numbers, style="old", note=""):
    items = "".join(item(n, style) for n in numbers)
    body = {"new": '<div class="cards">%s</div>',
            "table": '<table class="board"><tbody>%s</tbody></table>'}.get(
                style, '<ul class="news">%s</ul>') % items
    return (200, HTML, ("<!DOCTYPE html><html lang=ko><head><meta charset="
                        "utf-8><title>산업</title></head><body><!-- %s -->%s"
                        "<p>발행인 새벽</p></body></html>"
                        % (note, body)).encode())


class Watched:
    def __init__(self, rules=RULES):
        self.site = rig.Site()
        self.rig = rig.Rig(self.site.url, {"policy": "/list"},
                           site="    article-link: /article/{id}\n" + rules)
        self.last = 12

    def asked(self):
        return [r for r in self.site.requests if r[1] == "/list"]

    def round(self, answer):
        self.site.pages["/list"] = answer
        before = len(self.asked())

        def tried():
            done = self.rig.call("once")
            return done if len(self.asked()) > before else None
        return rig.wait_for("a round", tried)

    def settle(self, rounds=6):
        """So many good rounds, each with a new article."""
        for _ in range(rounds):
            done = self.round(page(range(self.last, self.last - 12, -1)))
            assert done.returncode == 0, done.stderr
            self.last += 1
        self.last -= 1

    def numbers(self):
        return range(self.last, self.last - 12, -1)

    def close(self):
        self.rig.close()
        self.site.stop()


def a_list_that_goes_is_noticed_in_two_rounds():
    it = Watched()
    try:
        it.settle()
        before = it.rig.feed()
        it.last += 2
        done = it.round(page(it.numbers(), "new"))
        assert done.returncode == 1
        status = it.rig.status()
        assert status["stage"] == "suspect", status
        assert status["rules"] == "suspect", status
        assert "no article where 12 are usual" in status["reason"], status
        assert "suspect: no article where 12 are usual" in done.stderr
        # the second look comes as soon as it may, and asks for all of it
        assert it.rig.query("SELECT due - round FROM section WHERE path ="
                            " 'paper/policy'") == [(1,)]
        done = it.round(page(it.numbers(), "new"))
        assert done.returncode == 1
        status = it.rig.status()
        assert status["stage"] == "drift" and status["rules"] == "drift"
        assert it.rig.feed().same_file(before)
        # what the known articles stand in now
        assert "item '.card'" in status["reason"], status
        assert "known articles found again" in status["reason"], status
        words = it.rig.call("status").stdout
        assert "drift: no article where 12 are usual" in words, words
        # and once the old page is back, all that came meanwhile, once
        done = it.round(page(it.numbers()))
        assert done.returncode == 0, done.stderr
        assert it.rig.status()["rules"] == "ok"
        assert len(it.rig.feed().entries) == len(before.entries) + 2
        it.rig.judge()
    finally:
        it.close()


def one_bad_round_publishes_nothing_and_costs_nothing():
    it = Watched()
    try:
        it.settle()
        before = it.rig.feed()
        it.last += 1
        assert it.round(page(it.numbers(), "new")).returncode == 1
        assert it.rig.feed().same_file(before)
        assert it.round(page(it.numbers())).returncode == 0
        assert it.rig.status()["rules"] == "ok"
        assert len(it.rig.feed().entries) == len(before.entries) + 1
        # what the bad round measured says nothing of what is usual
        assert it.rig.query("SELECT count(*), sum(bad) FROM reading"
                            ) == [(8, 1)]
    finally:
        it.close()


def titles_that_go_are_named():
    it = Watched()
    try:
        it.settle()
        for stage in ("suspect", "drift"):
            it.round(page(it.numbers(), "untitled"))
            status = it.rig.status()
            assert status["stage"] == stage
            assert ("title: filled in 6 of 6 rounds, today 0 of 12"
                    in status["reason"]), status
    finally:
        it.close()


def a_field_that_dies_is_told_from_a_list():
    it = Watched()
    try:
        it.settle()
        it.last += 1
        said = ""
        for _ in range(3):
            done = it.round(page(it.numbers(), "unsigned", note=len(it.asked())))
            assert done.returncode == 0, done.stderr
            said += done.stderr
            it.last += 1
        it.last -= 1
        status = it.rig.status()
        assert status["state"] == "good"
        assert status["unusual"] == (
            "author: filled in 6 of 8 rounds, today 0 of 12"), status
        assert said.count("unusual: author") == 1, said
        assert "  unusual: author" in it.rig.call("status").stdout
        assert len(it.rig.feed().entries) == 20
    finally:
        it.close()


def a_list_that_is_empty_is_no_drift():
    for rules, stage in ((RULES, "extract"),
                         (RULES + "    empty-ok: true\n", None)):
        it = Watched(rules)
        try:
            it.settle()
            before = it.rig.feed()
            for _ in range(3):
                it.round(page([], note=len(it.asked())))
                status = it.rig.status()
                assert status["rules"] == "ok", status
                assert status["stage"] == stage, status
                assert stage is None or "is there, and empty" in \
                    status["reason"], status
            assert len(it.rig.feed().entries) == len(before.entries)
        finally:
            it.close()


def other_rules_begin_anew():
    """What a person has mended is not held against what was before."""
    it = Watched()
    try:
        it.settle()
        for _ in range(2):
            it.round(page(it.numbers(), "new"))
        assert it.rig.status()["rules"] == "drift"
        it.rig.site = ("    article-link: /article/{id}\n"
                       "    item: '.cards > .card'\n")
        it.rig.write()
        done = it.round(page(it.numbers(), "new"))
        assert done.returncode == 0, done.stderr
        assert it.rig.status()["rules"] == "ok"
        it.rig.judge()
    finally:
        it.close()


def the_first_rounds_are_believed():
    """However odd a person's rules look: short titles, links to nowhere."""
    it = Watched("    item: 'ul.news > li'\n    fields: {title: a}\n")
    try:
        odd = "".join('<li><a href="/article/20240305500%03d">속보</a></li>'
                      % n for n in range(12))
        for note in range(3):
            done = it.round((200, HTML, ("<html><body><!-- %d --><ul class="
                                         "news>%s</ul></body></html>"
                                         % (note, odd)).encode()))
            assert done.returncode == 0, done.stderr
        assert it.rig.status()["unusual"] is None
    finally:
        it.close()


if __name__ == "__main__":
    sys.exit(rig.run([a_list_that_goes_is_noticed_in_two_rounds,
                      one_bad_round_publishes_nothing_and_costs_nothing,
                      titles_that_go_are_named,
                      a_field_that_dies_is_told_from_a_list,
                      a_list_that_is_empty_is_no_drift,
                      other_rules_begin_anew,
                      the_first_rounds_are_believed]))
