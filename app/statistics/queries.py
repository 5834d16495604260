"""The counts of one year: of those who allowed it, by coded answers, with what is too small taken out.

They are counted once, when the report of the year is made; afterwards they are read from it (app/statistics/report.py).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.consents.queries import who_allow
from app.pipeline.clock import now
from app.pipeline.secrets import facets
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.case import Case
from models.case_facet import CaseFacet
from models.clock import Clock
from models.exchange import Exchange
from models.rules.board import start_of_day
from models.rules.consent import may_count
from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.small_cells import Shown, choices_of_many, parts_of_a_whole
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan

FIRST_MONTH = 4
"""A fiscal year (年度) begins in April."""
TOLD = "told"
"""The table of what companies were asked, on which what is said of them depends."""


class WhoWasTold(Labelled):
    """What a company was asked, if one was asked at all; a member without certification stands by itself (7.11)."""

    # fmt: off
    CERTIFIED   = "certified",   "認定された会社に伝えた",       "Told a certified company"
    UNCERTIFIED = "uncertified", "認定のない会員に依頼した",     "Asked a member without certification"
    NOBODY      = "nobody",      "会社には伝えていない",         "No company was told"
    # fmt: on


class LimitKept(Labelled):
    """Whether an outer limit of what the consulter was promised was kept (6.3)."""

    # fmt: off
    IN_TIME      = "in_time",      "期限までに行った",                 "Done by its day"
    LATE         = "late",         "期限を過ぎた",                     "Later than its day"
    ENDED_BEFORE = "ended_before", "期限の前に終わった、または途中",   "Over before its day, or still running"
    NOT_COUNTED  = "not_counted",  "数えていない",                     "Not measured"
    # fmt: on


@dataclass(frozen=True)
class Table:
    """One table of the page: its name, its title, and the words and number of each line."""

    name: str
    title: str
    shown: Shown[str]


@dataclass(frozen=True)
class Year:
    """A fiscal year that is over."""

    begins: int

    @property
    def words(self) -> str:
        return str(_("%(year)s年度", year=self.begins))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first of the next."""
        first, next_ = (date(year, FIRST_MONTH, 1) for year in (self.begins, self.begins + 1))
        return start_of_day(first), start_of_day(next_)


def years_over() -> tuple[Year, ...]:
    """The fiscal years that are over, the newest first: the counts of one that runs would tell of each newcomer."""
    first = db().scalar(select(func.min(Case.received_at)))
    if first is None:
        return ()
    newest = _fiscal_year(in_japan(now()).date()) - 1
    return tuple(Year(year) for year in range(newest, _fiscal_year(in_japan(first).date()) - 1, -1))


def tables_of(cases: Sequence[Case]) -> Sequence[Table]:
    """Every table of a year's cases, ready to be shown."""
    ids = frozenset(case.id for case in cases)
    single = (
        (_("重大さ"), Severity, "severity", _("まだ審査していない"), (case.severity_token for case in cases)),
        (_("どこでの出来事か"), Channel, "channel", _("答えなし"), (case.channel_token for case in cases)),
        (_("終わり方"), Outcome, "outcome", _("まだ終わっていない"), (case.outcome_token for case in cases)),
    )
    tables = [
        Table(field, str(title), parts_of_a_whole(_by_code(codes, field, tokens, str(none))))
        for title, codes, field, none, tokens in single
    ]
    tables.append(Table(TOLD, str(_("会社への連絡")), parts_of_a_whole(_by_who_was_told(ids))))
    for title, kind in (
        (_("相談者への最初の連絡(最終期限まで)"), ClockKind.ACKNOWLEDGE_OUTER),
        (_("結果のご案内(最終期限まで)"), ClockKind.FEEDBACK_OUTER),
    ):
        kept = {label(one): count for one, count in limits_kept(ids, kind).items()}
        tables.append(Table(kind.code, str(title), parts_of_a_whole(kept)))
    return [*tables, *_tables_of_answers(cases, ids)]


def _tables_of_answers(cases: Sequence[Case], ids: frozenset[uuid.UUID]) -> list[Table]:
    facets = _facets_of(ids)
    tables: list[Table] = []
    for title, codes, field in (
        (_("届き方"), IntakeRoute, "intake_route"),
        (_("働き方"), Employment, "employment"),
        (_("相手の立場"), ActorRelation, "actor_relation"),
    ):
        tokens = (facets[field].get(case.id, (None,))[0] for case in cases)
        tables.append(Table(field, str(title), parts_of_a_whole(_by_code(codes, field, tokens, str(_("答えなし"))))))
    for title, choices, field in (
        (_("言動の類型(いくつでも)"), HarassmentType, "harassment_type"),
        (_("職場のこと(いくつでも)"), OrganisationalIssue, "organisational_issue"),
        (_("希望したこと(いくつでも)"), RequestedHelp, "requested_help"),
    ):
        chosen = (token for tokens in facets[field].values() for token in tokens)
        counts = {word: count for word, count in _by_code(choices, field, chosen, "").items() if word}
        tables.append(Table(field, str(title), choices_of_many(counts, people=len(cases))))
    return tables


def _fiscal_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def counted(year: Year) -> Sequence[Case]:
    """The year's cases of those who allow it now, each consultation once."""
    begins, ends = year.span
    twice = facets("outcome", Outcome.DUPLICATE.value)
    cases = db().scalars(select(Case).where(Case.received_at >= begins, Case.received_at < ends)).all()
    allowed = who_allow(may_count, (case.id for case in cases))
    return [case for case in cases if case.id in allowed and case.outcome_token not in twice]


def _by_code(codes: type[Labelled], field: str, tokens: Iterable[bytes | None], none: str) -> dict[str, int]:
    # The association words its codes itself; one that is called like the last line is still a line of its own.
    named = {code: label(code) if label(code) != none else f"{label(code)} ({code.value})" for code in codes}
    words = {token: name for code, name in named.items() for token in facets(field, code.value)}
    counted = Counter(words.get(token, none) if token else none for token in tokens)
    return {word: counted[word] for word in dict.fromkeys([*words.values(), none])}


def who_was_told(case_ids: frozenset[uuid.UUID]) -> dict[uuid.UUID, WhoWasTold]:
    """Of each case of which a company was told, what that company is; a certified one where there are both."""
    told: dict[uuid.UUID, WhoWasTold] = {}
    routed = select(Exchange.case_id, Exchange.feeds_ladder).where(
        Exchange.case_id.in_(list(case_ids)), Exchange.routed_at.is_not(None)
    )
    for case_id, feeds_ladder in db().execute(routed):
        if feeds_ladder or case_id not in told:
            told[case_id] = WhoWasTold.CERTIFIED if feeds_ladder else WhoWasTold.UNCERTIFIED
    return told


def _by_who_was_told(case_ids: frozenset[uuid.UUID]) -> dict[str, int]:
    told = who_was_told(case_ids)
    counted = Counter(told.get(case_id, WhoWasTold.NOBODY) for case_id in case_ids)
    return {label(one): counted[one] for one in WhoWasTold}


def limits_kept(case_ids: frozenset[uuid.UUID], kind: ClockKind) -> dict[LimitKept, int]:
    """How many kept an outer limit, by the clock that was started last where there was more than one."""
    newest = {
        clock.subject_id: clock
        for clock in db().scalars(
            select(Clock).where(Clock.subject_id.in_(list(case_ids)), Clock.kind == kind).order_by(Clock.started_at)
        )
    }
    counted = Counter(of_limit(newest.get(case_id)) for case_id in case_ids)
    return {one: counted[one] for one in LimitKept}


def of_limit(clock: Clock | None) -> LimitKept:
    """What became of one clock."""
    if clock is None:
        return LimitKept.NOT_COUNTED
    ended = clock.met_at or clock.stopped_at or now()
    if ended > clock.due_at:
        return LimitKept.LATE
    return LimitKept.IN_TIME if clock.met_at else LimitKept.ENDED_BEFORE


def _facets_of(case_ids: frozenset[uuid.UUID]) -> dict[str, dict[uuid.UUID, list[bytes]]]:
    found: dict[str, dict[uuid.UUID, list[bytes]]] = {
        field: {}
        for field in (
            "intake_route",
            "employment",
            "actor_relation",
            "harassment_type",
            "organisational_issue",
            "requested_help",
        )
    }
    rows = db().execute(
        select(CaseFacet.case_id, CaseFacet.field, CaseFacet.token).where(CaseFacet.case_id.in_(list(case_ids)))
    )
    for case_id, field, token in rows:
        if field in found:
            found[field].setdefault(case_id, []).append(token)
    return found
