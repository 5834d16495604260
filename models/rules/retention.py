"""How long each kind of data is kept, and what happens then: dated rows, so that a change does not rewrite the past.

Source: domain, 6.7 (lower table), 7.18 (merging) and 2.1 (limitation), with the default of 1.8. The terms are proposals of
the product; an association that decides otherwise adds a row with the day from which it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.labelled import Labelled
from models.rules.taxonomy.outcome import KEPT_SHORTER, Outcome


class DataKind(Labelled):
    """A kind of data that has one term."""

    # fmt: off
    CASE_CONTENT    = "case_content",    "相談の内容・やりとり・添付",       "Case content, messages, attachments"
    IDENTITY        = "identity",        "氏名・連絡先",                     "Identity block"
    SHORT_CASE      = "short_case",      "助言のみ・対象外・重複",           "Advice only, out of scope, duplicates"
    DRAFT           = "draft",           "送信されなかった下書き",           "Abandoned drafts"
    COMPANY_FILE    = "company_file",    "会社別の記録・正式な要請",         "Company file, formal requests"
    RESOLUTION      = "resolution",      "理事会の決議・議事録の番号",       "Board resolutions, minutes reference"
    REVOCATION      = "revocation",      "取消しの登録",                     "Revocations in the register"
    AUDIT_LOG       = "audit_log",       "閲覧・操作の記録",                 "Access and audit log"
    TECHNICAL_LOG   = "technical_log",   "技術的な記録",                     "Technical logs"
    CONSENT_RECORD  = "consent_record",  "同意と提供の記録",                 "Consent and provision records"
    STATISTICS      = "statistics",      "統計",                             "Statistics"
    RECEIPT         = "receipt",         "受付コード",                         "Receipt code"
    # fmt: on


class Then(Labelled):
    """What happens when the term is over."""

    # fmt: off
    DESTROY_CASE_KEY     = "destroy_case_key",     "相談の鍵を破棄し、符号を残す",      "Destroy the case key"
    DESTROY_IDENTITY_KEY = "destroy_identity_key", "氏名・連絡先の鍵を破棄する",        "Destroy the identity key"
    REVIEW               = "review",               "残すかどうかを見直す",              "Review"
    ROLL                 = "roll",                 "消去し、連鎖の値だけを残す",        "Roll, keep the hash chain"
    KILL                 = "kill",                 "使えなくする",                      "Kill the code"
    DESTROY_WITH_CASE    = "destroy_with_case",    "相談とともに消去する",              "Goes with the case"
    NEVER_STORED         = "never_stored",         "はじめからサーバーに保存しない",    "Never stored on the server"
    KEPT                 = "kept",                 "残す",                              "Kept"
    # fmt: on


class CountedFrom(Labelled):
    """The event that starts the term."""

    # fmt: off
    CLOSURE  = "closure",  "終結",   "Closure"
    CREATION = "creation", "作成",   "Creation"
    # fmt: on


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One row: the months a kind is kept (``None`` is for good), from what, what then, and since when the row holds."""

    kind: DataKind
    since: date
    months: int | None
    counted_from: CountedFrom
    then: Then
    may_be_held: bool = False


_START = date(2025, 10, 1)

_CLOSURE = CountedFrom.CLOSURE
_CREATION = CountedFrom.CREATION

# A legal hold stops the destruction of case content and identity for as long as it lasts. Identity goes earlier when
# the consulter asks for it and nothing is held. Consent records live as long as their case, and three years at least:
# see consent_record_until.
# fmt: off
RETENTION: tuple[RetentionRule, ...] = (
    #             kind                     since   months counted from what then
    RetentionRule(DataKind.CASE_CONTENT,   _START,    60, _CLOSURE,    Then.DESTROY_CASE_KEY,     may_be_held=True),
    RetentionRule(DataKind.IDENTITY,       _START,    60, _CLOSURE,    Then.DESTROY_IDENTITY_KEY, may_be_held=True),
    RetentionRule(DataKind.SHORT_CASE,     _START,    12, _CLOSURE,    Then.DESTROY_CASE_KEY,     may_be_held=True),
    RetentionRule(DataKind.DRAFT,          _START,     0, _CREATION,   Then.NEVER_STORED),
    RetentionRule(DataKind.COMPANY_FILE,   _START,   120, _CLOSURE,    Then.REVIEW),
    RetentionRule(DataKind.RESOLUTION,     _START,   120, _CREATION,   Then.REVIEW),
    RetentionRule(DataKind.REVOCATION,     _START,  None, _CREATION,   Then.KEPT),
    RetentionRule(DataKind.AUDIT_LOG,      _START,    60, _CREATION,   Then.ROLL),
    RetentionRule(DataKind.TECHNICAL_LOG,  _START,    13, _CREATION,   Then.ROLL),
    RetentionRule(DataKind.CONSENT_RECORD, _START,    36, _CREATION,   Then.DESTROY_WITH_CASE),
    RetentionRule(DataKind.STATISTICS,     _START,  None, _CREATION,   Then.KEPT),
    RetentionRule(DataKind.RECEIPT,        _START,    12, _CLOSURE,    Then.KILL),
)
# fmt: on

# A published count below this is shown as "fewer than", never as a number (domain, 6.7 and 7.42).
SMALLEST_CELL = 5


def rule_on(kind: DataKind, day: date, *, rules: Sequence[RetentionRule] = RETENTION) -> RetentionRule:
    """The row that holds for a kind on a day: the latest one that has begun.

    Raises:
        LookupError: no row for this kind had begun on that day.
    """
    begun = [rule for rule in rules if rule.kind is kind and rule.since <= day]
    if not begun:
        raise LookupError(f"no retention rule for {kind.code} on {day.isoformat()}")
    return max(begun, key=lambda rule: rule.since)


def months_after(start: date, months: int) -> date:
    """The first day after a term of months that begins on ``start``.

    Counted as the Civil Code does (article 143): the term ends with the day before the corresponding day, and where the
    last month has no such day, with the last day of that month.
    """
    years, month = divmod(start.month - 1 + months, 12)
    try:
        return date(start.year + years, month + 1, start.day)
    except ValueError:
        first_of_next = divmod(start.month + months, 12)
        return date(start.year + first_of_next[0], first_of_next[1] + 1, 1)


def latest_start_over(months: int, today: date) -> date:
    """The latest day on which a term of months may have begun that is over today: what to look for in a table."""
    years, month = divmod(today.month - 1 - months, 12)
    first_of_next = divmod(today.month - months, 12)
    last_day = (date(today.year + first_of_next[0], first_of_next[1] + 1, 1) - timedelta(days=1)).day
    return date(today.year + years, month + 1, min(today.day, last_day))


def kept_until(rule: RetentionRule, start: date) -> date | None:
    """The first day on which the row's ``then`` is due; ``None`` when it never is."""
    return None if rule.months is None else months_after(start, rule.months)


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case, as far as its term needs it: when it was closed and how; neither while it is open."""

    closed_on: date | None
    outcome: Outcome | None

    @property
    def kind(self) -> DataKind:
        """Which row holds for it."""
        return DataKind.SHORT_CASE if self.outcome in KEPT_SHORTER else DataKind.CASE_CONTENT


def case_kept_until(
    case: EndedCase, *, went_up_in: EndedCase | None = None, rules: Sequence[RetentionRule] = RETENTION
) -> date | None:
    """The first day on which a case's content is due; None while no term has begun.

    What went up in another case lies in that one's thread, and both receipts lead there: it goes when that one goes, and
    not after the short term of a duplicate (7.18). Where that one went up in a third, the last of them is handed in.
    """
    counts = went_up_in or case
    if counts.closed_on is None:
        return None
    return kept_until(rule_on(counts.kind, counts.closed_on, rules=rules), counts.closed_on)


def consent_record_until(rule: RetentionRule, *, recorded: date, case_kept_until: date | None) -> date | None:
    """The first day on which a consent or provision record goes: with its case, and not before its own term is over."""
    own = kept_until(rule, recorded)
    return None if own is None or case_kept_until is None else max(own, case_kept_until)
