"""Which numbers of the rules the secretariat may change, between which bounds, and why not further (domain 6.3).

A number is the length of a clock, for each severity where the clock depends on it, or a limit of files. What stands in
no row here is changed in no page: a term that a letter or the board's own rules name, or one that is set by law.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from models.rules.attachments import MEBIBYTE, AttachmentPolicy
from models.rules.deadlines import BY_ITS_OWN_DAY, BySeverity, ClockKind, DeadlinePolicy, Term, Unit
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.rule_change import Amended, RuleKind, latest
from models.rules.taxonomy.severity import Severity

LONGEST_AHEAD = timedelta(days=366)


class AmendmentRefusal(Labelled):
    """Why a number cannot be changed so."""

    # fmt: off
    NOT_BEFORE_TOMORROW = "not_before_tomorrow", "始まる日は、明日からの日付にしてください。今日までに始まったものは変えられません。", "The first day must be tomorrow or later."
    TOO_FAR             = "too_far",             "始まる日が先すぎます。1年先までの日付にしてください。", "The first day is more than a year ahead."
    TOO_SMALL           = "too_small",           "小さすぎます。変えられる範囲の数にしてください。", "The number is too small."
    TOO_LARGE           = "too_large",           "大きすぎます。変えられる範囲の数にしてください。", "The number is too large."
    TAKEN               = "taken",               "その日から始まる変更が、もうあります。取り消してから、入力し直してください。", "Another change begins on that day."
    NO_CHANGE           = "no_change",           "その日の決まりと同じ数です。変更はいりません。", "The number is the same on that day."
    OUT_OF_ORDER        = "out_of_order",        "ほかの期限と順番が合わなくなります。下の「守る順番」を確かめてください。", "It would no longer fit the order of the deadlines."
    # fmt: on


@dataclass(frozen=True, slots=True)
class Amendable:
    """A number that may be changed: from ``least`` to ``most``, and the reason for these bounds."""

    key: str
    kind: RuleKind
    ja: str
    en: str
    unit: str
    least: int
    most: int
    why_ja: str
    why_en: str

    def label(self, locale: str) -> str:
        """What the number is of."""
        return self.en if locale.lower().startswith("en") else self.ja

    def why(self, locale: str) -> str:
        """Why not further."""
        return self.why_en if locale.lower().startswith("en") else self.why_ja

    @property
    def depends_on_severity(self) -> bool:
        """Whether there is such a number for each severity."""
        return self.kind is RuleKind.DEADLINE and ":" in self.key

    def is_of(self, clock: ClockKind, severity: Severity | None) -> bool:
        """Whether this is the number that a clock of a case of this severity runs by."""
        code, _colon, grade = self.key.partition(":")
        return code == clock.code and grade in {"", severity.value if severity else "unknown"}

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The orders in which this number has to stay."""
        return tuple(pair for pair in ORDER if self.key in pair)


_C, _S = ClockKind, Severity
# fmt: off
_OF_CLOCKS: tuple[tuple[ClockKind, str, int, int, str, str], ...] = (
    # clock                     severity  least most  why not further
    (_C.ACKNOWLEDGE_CONSULTER,  "",         1,   5, "相談した方を待たせないため、長くて5営業日です。",            "Five business days at most, so that nobody waits longer for a first answer."),
    (_C.ACKNOWLEDGE_OUTER,      "",         1,   5, "相談した方を待たせないため、長くて5営業日です。",            "Five business days at most, so that nobody waits longer for a first answer."),
    (_C.ACKNOWLEDGE_GROUP,      "",         1,   2, "グループの方にも、受け付けたことを早くお知らせします。",     "A group is told soon, too, that its words arrived."),
    (_C.TRIAGE,                 "unknown",  1,   2, "重大さがわからないうちは、急いで確かめます。",               "As long as the severity is unknown it may be high."),
    (_C.TRIAGE,                 "S1",       1,   5, "軽微でも、1週間のうちに確かめます。",                        "A light matter is looked at within a week."),
    (_C.TRIAGE,                 "S2",       1,   3, "受付の連絡と前後しないように、短くします。",                 "Kept short, so that it goes with the acknowledgement."),
    (_C.TRIAGE,                 "S3",       1,   2, "重大な相談は、長くても次の次の営業日に確かめます。",         "A serious matter waits two business days at most."),
    (_C.TRIAGE,                 "S4",       1,   2, "緊急の相談は、窓口の時間で2時間を超えて待たせません。",      "An urgent matter waits no more than two hours of desk time."),
    (_C.CONSULTER_ANSWER,       "",        10,  60, "相談した方が考える時間を残し、3か月を超えないようにします。", "Time to think, and no more than about three months."),
    (_C.CONSENT_ANSWER,         "",        10,  60, "相談した方が考える時間を残し、3か月を超えないようにします。", "Time to think, and no more than about three months."),
    (_C.SEND_HOLD,              "S1",       1,  72, "送る前に思い直せる時間です。なくすことはできません。",       "The time to think again before sending; it cannot be none."),
    (_C.SEND_HOLD,              "S2",       1,  72, "送る前に思い直せる時間です。なくすことはできません。",       "The time to think again before sending; it cannot be none."),
    (_C.ROUTE,                  "",         1,   3, "同意をいただいてから、止めておかないためです。",             "What was consented to does not lie still."),
    (_C.OFFICER_ACK,            "",         1,   5, "受領の確認に1週間はかけません。",                            "Acknowledging takes no more than a week."),
    (_C.INITIAL_REPORT,         "",         5,  12, "公益通報者保護法の20日の目安に間に合わせます。",             "Kept below the twenty days of the whistleblower act."),
    (_C.FINAL_REPORT,           "",        15,  60, "結果の案内を3か月のうちに終えるためです。",                  "So that the consulter hears the result within three months."),
    (_C.REPORT_EXTENSION,       "",         1,  20, "延長は1回、20営業日までと決まっています。",                  "One extension of up to twenty business days."),
    (_C.REVIEW,                 "",         1,  10, "報告を受け取ったまま、止めておかないためです。",             "A report does not lie still."),
    (_C.FEEDBACK,               "",         1,  10, "結果がわかったら、早くお知らせします。",                     "What is known is told soon."),
    (_C.PROGRESS_NOTE,          "",         7,  30, "長くても30日に一度は、途中経過をお知らせします。",           "A note every thirty days at least."),
    (_C.FEEDBACK_OUTER,         "",         1,   3, "どんなときも、3か月のうちに結果をお知らせします。",          "The result is told within three months in any case."),
    (_C.ADVICE,                 "",         3,  20, "助言は1か月のうちにお返しします。",                          "Advice is given within a month."),
    (_C.VACANCY,                "",         5,  20, "責任者のいない期間を長くしないためです。",                   "A company is not without an officer for long."),
    (_C.PLEDGE_CONFIRMATION,    "",        10,  60, "会社が九つの誓約を確かめられる日数を残します。",             "Time for a company to look at all nine pledges."),
    (_C.REMINDER_E0,            "",         1,   5, "督促から次の段階までの間です。",                             "The time between a reminder and the next step."),
    (_C.REQUEST_E1,             "",         3,  20, "会社が答えを用意できる日数を残します。",                     "Time for a company to answer."),
    (_C.REQUEST_E2,             "",         3,  20, "会社が答えを用意できる日数を残します。",                     "Time for a company to answer."),
    (_C.REQUEST_E3,             "",         5,  30, "会社が計画を用意できる日数を残します。",                     "Time for a company to make a plan."),
    (_C.REQUEST_E3_PROOF,       "",        10,  60, "会社が計画を実施できる日数を残します。",                     "Time for a company to carry out its plan."),
    (_C.REQUEST_E4,             "",         5,  30, "会社が答えを用意できる日数を残します。",                     "Time for a company to answer."),
    (_C.OBJECTION,              "",        14,  60, "不服を申し立てる期間は、14日より短くできません。",           "No less than fourteen days to object."),
    (_C.RETALIATION_WATCH,      "",        12,  24, "公益通報者保護法が1年間を推定の期間とするためです。",        "The whistleblower act presumes retaliation for one year."),
    (_C.REOPEN,                 "",        12,  24, "終わったあとも、1年は再開できます。",                        "A closed case may be reopened for a year."),
    (_C.RECEIPT_VALID,          "",        12,  36, "再開できる間は、受付コードで入れます。",                     "As long as a case may be reopened its receipt opens it."),
)

NOT_AMENDABLE = frozenset({
    *(_C.EXPLANATION, _C.STOP_USE, _C.SCOPE_UPDATE, _C.PUBLICATION),
    *(_C.LEAK_SPEEDY_GOAL, _C.LEAK_SPEEDY, _C.LEAK_FINAL, _C.LEAK_FINAL_WRONGFUL),
    *BY_ITS_OWN_DAY,
})
"""Terms that the board's own rules and the letters name, or the law, or the last day of each survey; the hold of S3 and
S4 is none, and stays so."""

_OF_FILES: tuple[tuple[str, str, str, str, int, int], ...] = (
    # field            日本語                      English                                  unit    least most
    ("largest",         "1つのファイルの大きさ",     "Size of one file",                      "mebibytes", 10,  200),
    ("largest_picture", "1つの写真・画像の大きさ",   "Size of one picture",                   "mebibytes",  5,   50),
    ("most_files",      "1件の相談のファイルの数",   "Files of one consultation",             "files",      5,   40),
    ("most_bytes",      "1件の相談のファイルの合計", "All files of one consultation",         "mebibytes", 50, 1000),
    ("most_at_once",    "一度に送れるファイルの数",  "Files given at once",                   "files",      1,   10),
)

# What must stay in this order, for each day: the first no longer than the second.
ORDER: tuple[tuple[str, str], ...] = (
    ("acknowledge_consulter", "acknowledge_outer"),
    ("acknowledge_group",     "acknowledge_outer"),
    ("triage:S3",             "triage:S2"),
    ("triage:S2",             "triage:S1"),
    ("officer_ack",           "initial_report"),
    ("initial_report",        "final_report"),
    ("reopen",                "receipt_valid"),
    ("attachment:largest_picture", "attachment:largest"),
    ("attachment:largest",         "attachment:most_bytes"),
    ("attachment:most_at_once",    "attachment:most_files"),
)
# fmt: on

_IN_MEBIBYTES = frozenset(field for field, _ja, _en, unit, _least, _most in _OF_FILES if unit == "mebibytes")
_WHY_FILES = ("初めの大きさまでしか試していないため、それより大きくはできません。", "Nothing larger than what is shipped was tried.")


def _of_clock(clock: ClockKind, severity: str, unit: Unit) -> tuple[str, str, str]:
    grade = {"": ("", ""), "unknown": ("(重大さが未定)", " (severity unknown)")}.get(severity)
    if grade is None:
        grade = (f"({severity} {Severity(severity).ja})", f" ({severity} {Severity(severity).en})")
    return f"{clock.ja}{grade[0]}", f"{clock.en}{grade[1]}", unit.value


def amendables(policy: DeadlinePolicy) -> Mapping[str, Amendable]:
    """Every number that may be changed, by its key, in the order of the page; the policy tells the units."""
    found = {}
    for clock, severity, least, most, why_ja, why_en in _OF_CLOCKS:
        key = f"{clock.code}:{severity}" if severity else clock.code
        ja, en, unit = _of_clock(clock, severity, _term(policy, key).unit)
        found[key] = Amendable(key, RuleKind.DEADLINE, ja, en, unit, least, most, why_ja, why_en)
    for field, ja, en, unit, least, most in _OF_FILES:
        key = f"attachment:{field}"
        found[key] = Amendable(key, RuleKind.LIMIT, ja, en, unit, least, most, *_WHY_FILES)
    return MappingProxyType(found)


def _term(policy: DeadlinePolicy, key: str) -> Term:
    clock, _colon, severity = key.partition(":")
    return policy.term(ClockKind(clock), Severity(severity) if severity not in {"", "unknown"} else None)


def amount(key: str, *, deadlines: DeadlinePolicy, files: AttachmentPolicy) -> int:
    """How much a number is by the rows in force."""
    kind, _colon, field = key.partition(":")
    if kind != "attachment":
        return _term(deadlines, key).amount
    held: int = getattr(files, field)
    return held // MEBIBYTE if field in _IN_MEBIBYTES else held


def amended_deadlines(
    policies: Sequence[DeadlinePolicy], amendments: Iterable[Amended]
) -> tuple[DeadlinePolicy, ...]:
    """The shipped rows with the amendments: one row more for each day on which something changes.

    An amendment holds from its day until another of the same number takes over, over newer shipped rows too.
    """
    known = tuple(amendments)
    days = sorted({row.valid_from for row in policies} | {row.valid_from for row in known})
    return tuple(_policy_on(day, policies, latest(known, day)) for day in days)


def _policy_on(day: date, policies: Sequence[DeadlinePolicy], rows: Mapping[str, Amended]) -> DeadlinePolicy:
    in_order = sorted(policies, key=lambda row: row.valid_from)
    base = next((row for row in reversed(in_order) if row.valid_from <= day), in_order[0])
    if not rows:
        return base
    clocks = dict(base.clocks)
    for row in rows.values():
        code, _colon, severity = row.key.partition(":")
        clocks[ClockKind(code)] = _amended(clocks[ClockKind(code)], severity, row.amount)
    return DeadlinePolicy(f"{base.version}+{day:%Y%m%d}", day, MappingProxyType(clocks))


def _amended(entry: Term | BySeverity, severity: str, amount: int) -> Term | BySeverity:
    if isinstance(entry, Term):
        return replace(entry, amount=amount)
    if severity == "unknown":
        return replace(entry, unknown=replace(entry.unknown, amount=amount))
    grade = Severity(severity)
    return replace(entry, terms=MappingProxyType({**entry.terms, grade: replace(entry.terms[grade], amount=amount)}))


def amended_files(policies: Sequence[AttachmentPolicy], amendments: Iterable[Amended]) -> tuple[AttachmentPolicy, ...]:
    """The same for the limits of files; a row keeps the version of the shipped one, by which a file is examined."""
    known = tuple(amendments)
    days = sorted({row.valid_from for row in policies} | {row.valid_from for row in known})
    found = []
    for day in days:
        in_order = sorted(policies, key=lambda row: row.valid_from)
        base = next((row for row in reversed(in_order) if row.valid_from <= day), in_order[0])
        changes = {row.key.partition(":")[2]: row.amount for row in latest(known, day).values()}
        found.append(_limits_on(day, base, changes))
    return tuple(found)


def _limits_on(day: date, base: AttachmentPolicy, changes: Mapping[str, int]) -> AttachmentPolicy:
    def of(field: str, held: int) -> int:
        if field not in changes:
            return held
        return changes[field] * MEBIBYTE if field in _IN_MEBIBYTES else changes[field]

    return replace(
        base,
        valid_from=day,
        largest=of("largest", base.largest),
        largest_picture=of("largest_picture", base.largest_picture),
        most_files=of("most_files", base.most_files),
        most_bytes=of("most_bytes", base.most_bytes),
        most_at_once=of("most_at_once", base.most_at_once),
    )


def may_amend(number: Amendable, new: int, *, valid_from: date, today: date, now_is: int, taken: bool) -> Decision:
    """Whether a number may become another one from a day on, as far as the number itself tells."""
    refusals = {
        AmendmentRefusal.NOT_BEFORE_TOMORROW: valid_from <= today,
        AmendmentRefusal.TOO_FAR: valid_from > today + LONGEST_AHEAD,
        AmendmentRefusal.TOO_SMALL: new < number.least,
        AmendmentRefusal.TOO_LARGE: new > number.most,
        AmendmentRefusal.TAKEN: taken,
        AmendmentRefusal.NO_CHANGE: new == now_is,
    }
    found = next((refusal for refusal, holds in refusals.items() if holds), None)
    return refused(found.code) if found else ALLOWED


def out_of_order(amounts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """The pairs that do not stand in their order."""
    return tuple((first, second) for first, second in ORDER if amounts[first] > amounts[second])
