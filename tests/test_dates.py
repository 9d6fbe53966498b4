#!/usr/bin/env python3
"""Dates by other judges: the table of tests/dates.txt, Python's zoneinfo for
every zone of the system, Python's email package for the dates of mail.  A
second run, with answers bent on purpose, must be caught.  Prints TAP."""

import datetime
import email.utils
import os
import random
import subprocess
import sys
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.path.join(os.environ.get("BUILD", "build"), "tests", "date_tool")
ZONES = os.environ.get("TZDIR", "/usr/share/zoneinfo")
NOW = 1709607600  # Tuesday, 2024-03-05 12:00 in Seoul
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
PLAIN_EPOCH = datetime.datetime(1970, 1, 1)
# Every change of these is looked at: gaps and overlaps of an hour and of half
# of one, winters that are "daylight saving", the south, days that never were,
# rules in the footer and none.
CHANGING = ["America/New_York", "America/Sao_Paulo", "America/Caracas",
            "America/Nuuk", "America/Santiago", "America/St_Johns",
            "Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll",
            "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata",
            "Asia/Pyongyang", "Asia/Seoul", "Asia/Tehran", "Asia/Tokyo",
            "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney",
            "Europe/Berlin", "Europe/Dublin", "Europe/London",
            "Europe/Moscow", "Europe/Istanbul", "Pacific/Apia",
            "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati"]
results = []


def report(name, problems, asked):
    results.append(not problems)
    print(f"{'ok' if not problems else 'not ok'} {len(results)} - {name}, "
          f"{asked} asked")
    for problem in problems[:12]:
        print(f"# {problem}")


def skip(name, why):
    results.append(True)
    print(f"ok {len(results)} - {name} # SKIP {why}")


def ask(questions, *options):
    """One line of answer for each line of question."""
    lines = "".join("\t".join(str(part) for part in question) + "\n"
                    for question in questions)
    answer = subprocess.run([TOOL, *options], input=lines, text=True,
                            capture_output=True, encoding="utf-8")
    if answer.returncode != 0:
        sys.exit(f"{TOOL}: {answer.stderr}")
    return answer.stdout.splitlines()


# --- the table ---------------------------------------------------------------

SHORT = {"D": "2024-03-05", "Y": "2024-03-04", "M": "2024-03-05 10:23",
         "S": "2024-03-05 10:23:45"}
LENGTHS = [0, 4, 7, 10, 19, 16, 19]  # by precision
RELATIVE = 4


def shown(answer, zone):
    if answer == "-":
        return "no"
    at_s, precision = map(int, answer.split())
    local = datetime.datetime.fromtimestamp(at_s, zone)
    return (("~" if precision == RELATIVE else "")
            + local.strftime("%Y-%m-%d %H:%M:%S")[:LENGTHS[precision]])


def read_table():
    rows, how, language = [], None, None
    with open(os.path.join(HERE, "dates.txt"), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line == "" or line.startswith("#"):
                continue
            if line.startswith("@"):
                how, language = line[1:].split(" ")
                continue
            text, _, wanted = line.rpartition(" => ")
            mark = "+" if text.startswith("+ ") else ""
            rows.append((how, language + mark, text[2:] if mark else text,
                         SHORT.get(wanted, wanted)))
    return rows


def check_table(zone_file):
    rows = read_table()
    zone = datetime.timezone(datetime.timedelta(hours=9))
    answers = ask([(how, zone_file, NOW, language, text)
                   for how, language, text, _ in rows])
    problems = [f"{language} '{text}': {shown(answer, zone)}, not {wanted}"
                for (_, language, text, wanted), answer in zip(rows, answers)
                if shown(answer, zone) != wanted]
    report("the table of dates", problems, len(rows))


# --- zones -------------------------------------------------------------------

def zone_names():
    names = []
    for folder, folders, files in os.walk(ZONES):
        folders[:] = sorted(set(folders) - {"right", "posix"})
        for file in sorted(files):
            path = os.path.join(folder, file)
            with open(path, "rb") as opened:
                if opened.read(4) == b"TZif":
                    names.append(os.path.relpath(path, ZONES))
    return names


def offset_at(zone, at_s):
    at = EPOCH + datetime.timedelta(seconds=at_s)
    return round(at.astimezone(zone).utcoffset().total_seconds())


def unix_of(zone, local_s):
    """A local time, given in seconds as if it were UTC; fold is 0."""
    local = PLAIN_EPOCH + datetime.timedelta(seconds=local_s)
    at = local.replace(tzinfo=zone)
    return round(local_s - at.utcoffset().total_seconds())


def changes_of(zone, first_s, last_s):
    step, found = 20 * 86400, []
    for at in range(first_s, last_s, step):
        low, high = at, at + step
        before = offset_at(zone, low)
        if offset_at(zone, high) == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset_at(zone, middle) == before:
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def times_of(zone, name, chance):
    """Instants, and local times, worth asking about."""
    first, last = 0, 7258118400  # 2200
    instants = [chance.randrange(first, last) for _ in range(40)]
    locals_ = [chance.randrange(first, last) for _ in range(40)]
    if name in CHANGING:
        for change in changes_of(zone, first, 4102444800):
            instants += [change - 1, change, change + 1]
            for offset in {offset_at(zone, change - 1),
                           offset_at(zone, change)}:
                locals_ += [change + offset + more for more in
                            (-3601, -1800, -1, 0, 1, 900, 1800, 3600)]
    return instants, locals_


def civil(local_s):
    at = PLAIN_EPOCH + datetime.timedelta(seconds=local_s)
    return at.year, at.month, at.day, at.hour, at.minute, at.second


def zone_questions():
    chance = random.Random(20240305)
    questions, wanted = [], []
    for name in zone_names():
        path = os.path.join(ZONES, name)
        with open(path, "rb") as file:
            zone = zoneinfo.ZoneInfo.from_file(file, key=name)
        instants, locals_ = times_of(zone, name, chance)
        for at_s in instants:
            questions.append(("offset", path, at_s))
            wanted.append(offset_at(zone, at_s))
        for local_s in locals_:
            questions.append(("unix", path, *civil(local_s)))
            wanted.append(unix_of(zone, local_s))
    return questions, wanted


def zone_problems(questions, wanted, *options):
    return [f"{question}: {answer}, not {right}" for question, answer, right
            in zip(questions, ask(questions, *options), wanted)
            if int(answer) != right]


def check_zones():
    questions, wanted = zone_questions()
    report("every zone as Python's zoneinfo has it",
           zone_problems(questions, wanted), len(questions))
    caught = zone_problems(questions, wanted, "--second-of-overlap")
    report("the bent answers are caught",
           [] if caught else ["none of them was"], len(questions))


# --- texts at other times and places ------------------------------------------

PLACES = ["America/New_York", "America/Sao_Paulo", "America/St_Johns",
          "Asia/Kathmandu", "Asia/Seoul", "Asia/Tehran",
          "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin",
          "Europe/Dublin", "Pacific/Apia", "Pacific/Kiritimati"]
DAY, MINUTE, SECOND = 3, 5, 6  # precisions


def seconds_of(year, month, day, hour=0, minute=0):
    at = datetime.datetime(year, month, day, hour, minute)
    return round((at - PLAIN_EPOCH).total_seconds())


def nows_of(zone):
    """Five past midnight and noon of days that are hard."""
    days = [(2023, 12, 31), (2024, 1, 1), (2024, 2, 29), (2024, 3, 1),
            (2024, 3, 31), (2025, 2, 28), (2038, 1, 20), (2050, 7, 1)]
    for change in changes_of(zone, 1700000000, 1740000000):
        at = PLAIN_EPOCH + datetime.timedelta(
            seconds=change + offset_at(zone, change))
        days += [(at.year, at.month, at.day)]
        at += datetime.timedelta(days=1)
        days += [(at.year, at.month, at.day)]
    for day in days:
        yield unix_of(zone, seconds_of(*day, 0, 5))
        yield unix_of(zone, seconds_of(*day, 12, 0))


def months_before(local, months):
    month = local.year * 12 + local.month - 1 - months
    year, month = divmod(month, 12)
    for day in range(local.day, 27, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return local.replace(year=year, month=month + 1)


def latest_year(zone, now, month, day, hour, minute):
    for back in range(-1, 9):
        year = datetime.datetime.fromtimestamp(now, zone).year - back
        try:
            at = unix_of(zone, seconds_of(year, month, day, hour, minute))
        except ValueError:
            continue
        if at <= now + 2 * 86400:
            return at
    return None


def texts_of(zone, now):
    """What a person would take each text for: language, text, time,
    precision."""
    local = datetime.datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    today = seconds_of(local.year, local.month, local.day)
    yield "en", "today 10:23", unix_of(zone, today + 37380), MINUTE
    yield "en", "yesterday", unix_of(zone, today - 86400), DAY
    yield ("ko", "어제 02:30", unix_of(zone, today - 86400 + 9000), MINUTE)
    yield "ko", "그제", unix_of(zone, today - 2 * 86400), DAY
    yield "ko", "3시간 전", now - 3 * 3600, RELATIVE
    yield "en", "2 days ago", now - 2 * 86400, RELATIVE
    for clock in ((0, 3), (0, 16), (2, 30), (10, 23), (23, 59)):
        at = unix_of(zone, today + clock[0] * 3600 + clock[1] * 60)
        if at > now + 600:
            at = unix_of(zone,
                         today - 86400 + clock[0] * 3600 + clock[1] * 60)
        yield "ko", "%02d:%02d" % clock, at, MINUTE
    for months, text in ((1, "1개월 전"), (12, "1년 전"), (2, "2개월 전")):
        then = months_before(local, months)
        yield ("ko", text, unix_of(zone, round(
            (then - PLAIN_EPOCH).total_seconds())), RELATIVE)
    for number, word in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
                                   "Sun")):
        back = (local.weekday() - number) % 7
        at = unix_of(zone, today - back * 86400 + 9000)
        if at > now + 600:
            at = unix_of(zone, today - (back + 7) * 86400 + 9000)
        yield "en", word + " 02:30", at, MINUTE
    for month, day in ((12, 31), (1, 1), (1, 2), (2, 29), (3, 10), (3, 31),
                       (10, 27), (11, 3)):
        yield ("ko", "%02d-%02d 02:30" % (month, day),
               latest_year(zone, now, month, day, 2, 30), MINUTE)
        yield ("de", "%d.%d." % (day, month),
               latest_year(zone, now, month, day, 0, 0), DAY)


def check_places():
    questions, wanted = [], []
    for name in PLACES:
        path = os.path.join(ZONES, name)
        with open(path, "rb") as file:
            zone = zoneinfo.ZoneInfo.from_file(file, key=name)
        for now in nows_of(zone):
            for language, text, at_s, precision in texts_of(zone, now):
                questions.append(("parse", path, now, language, text))
                wanted.append(f"{at_s} {precision}")
    problems = [f"{question}: {answer}, not {right}" for question, answer,
                right in zip(questions, ask(questions), wanted)
                if answer != right]
    report("the same texts at other times and places", problems,
           len(questions))


# --- mail --------------------------------------------------------------------

def mail_dates(count):
    chance = random.Random(822)
    for _ in range(count):
        hours = chance.randrange(-12, 15)
        zone = datetime.timezone(datetime.timedelta(
            hours=hours, minutes=chance.choice((0, 0, 0, 30, 45))
            if 0 <= hours < 14 else 0))
        at = datetime.datetime.fromtimestamp(
            chance.randrange(800000000, NOW), zone)
        text = email.utils.format_datetime(at)
        yield text
        yield text.split(", ")[1]  # without the weekday
        yield at.strftime("%a, %d %b %y %H:%M:%S %z")
        yield at.strftime("%d %b %Y %H:%M %z")
        yield email.utils.format_datetime(at.astimezone(UTC), usegmt=True)
        yield at.strftime("%a, %d %b %Y %H:%M:%S ") + chance.choice(
            ("GMT", "UT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST",
             "PDT", "Z"))


def check_mail():
    texts = list(mail_dates(400))
    answers = ask([("parse", "-", NOW + 86400, "en-US", text)
                   for text in texts])
    problems = []
    for text, answer in zip(texts, answers):
        right = round(email.utils.parsedate_to_datetime(text)
                      .astimezone(UTC).timestamp())
        if answer == "-" or int(answer.split()[0]) != right:
            problems.append(f"'{text}': {answer}, not {right}")
    report("the dates of mail as Python reads them", problems, len(texts))


def main():
    seoul = os.path.join(ZONES, "Asia/Seoul")
    if os.path.exists(seoul):
        check_table(seoul)
        check_zones()
        check_places()
    else:
        skip("the table of dates", f"no {seoul}")
        skip("every zone as Python's zoneinfo has it", f"no {ZONES}")
    check_mail()
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
