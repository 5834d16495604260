"""How a company stands towards each pledge, read from facts that say nothing of any single case (domain 1.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from models.rules.company_file_lifecycle import FileState
from models.rules.labelled import Labelled
from models.rules.pledge_confirmation import Keeping
from models.rules.pledges import Pledge
from models.rules.retention import SMALLEST_CELL


class PledgeState(Labelled):
    """The word in which a company stands towards a pledge; each pledge has its own few of them."""

    # fmt: off
    NOT_SAID       = "not_said",       "未実施",             "Not done yet"
    SAID           = "said",           "実施済",             "Done"
    NEEDS_WORK     = "needs_work",     "要改善",             "To be improved"
    OUTDATED       = "outdated",       "期限切れ",           "Out of date"

    VACANT         = "vacant",         "空席",               "Vacant"
    DEPUTISED      = "deputised",      "代理中",             "The deputy acts"
    UNVERIFIED     = "unverified",     "本人の登録待ち",     "Not verified yet"
    ACTIVE         = "active",         "有効",               "In office"

    UNDER_REVISION = "under_revision", "改定中",             "Under revision"
    LINK_BROKEN    = "link_broken",    "ページを確認できない", "The page could not be checked"
    PUBLISHED      = "published",      "公開済",             "Published"
    PLAN_PASSED    = "plan_passed",    "予定超過",           "The planned day has passed"
    PLANNED        = "planned",        "公開予定",           "To be published"
    NOT_KNOWN      = "not_known",      "未確認",             "Not checked yet"

    CHANGING       = "changing",       "変更中",             "Changing"
    SET_UP         = "set_up",         "設置済",             "Set up"

    NOT_IN_PLACE   = "not_in_place",   "未整備",             "Not in place"
    OFTEN_LATE     = "often_late",     "期限の遅れが多い",   "Often late"
    PARTLY         = "partly",         "一部",               "Partly"
    IN_PLACE       = "in_place",       "整備済",             "In place"

    WITHHELD       = "withheld",       "示しません",         "Not shown"
    OVERDUE        = "overdue",        "期限超過",           "Overdue"
    UNDER_WAY      = "under_way",      "対応中",             "Under way"
    REPORTED       = "reported",       "報告済",             "Reported"
    NOTHING_CAME   = "nothing_came",   "お届けなし",         "Nothing was forwarded"

    NOT_ASKED      = "not_asked",      "案内なし",           "No survey yet"
    EXEMPT         = "exempt",         "免除",               "Exempt"
    ANSWERED       = "answered",       "回答済",             "Answered"
    UNANSWERED     = "unanswered",     "未回答",             "Not answered"
    ASKED          = "asked",          "案内済",             "Asked"

    AGREEING       = "agreeing",       "合意中",             "Being agreed"
    REGISTERED     = "registered",     "登録済",             "Registered"
    NONE_ENTERED   = "none_entered",   "登録なし",           "None registered"

    CALM           = "calm",           "平常",               "Calm"
    REQUESTING     = "requesting",     "協力依頼中",         "Cooperation requested"
    IMPROVEMENT    = "improvement",    "改善要求中",         "Improvement required"
    PROPOSED       = "proposed",       "付議",               "Before the board"
    HEARING        = "hearing",        "弁明手続",           "Hearing the company"
    DECIDED        = "decided",        "決議済",             "Decided"
    FROZEN         = "frozen",         "凍結",               "Frozen"
    # fmt: on


class Survey(Labelled):
    """Where a company stands towards the newest survey that it was asked to answer."""

    # fmt: off
    ASKED      = "asked",      "案内済", "Asked"
    ANSWERED   = "answered",   "回答済", "Answered"
    UNANSWERED = "unanswered", "未回答", "Not answered"
    EXEMPT     = "exempt",     "免除",   "Exempt"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Post:
    """Who serves as officer: registered, has signed up with the own address, and whether a deputy is there instead."""

    registered: bool = False
    verified: bool = False
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Of how many deadlines that are over a company kept how many."""

    counted: int = 0
    in_time: int = 0


@dataclass(frozen=True, slots=True)
class Forwarded:
    """How many consultations lie with a company, are overdue, and were reported on. Counts, and nothing else."""

    under_way: int = 0
    overdue: int = 0
    reported: int = 0

    @property
    def total(self) -> int:
        return self.under_way + self.overdue + self.reported


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What is known of a company. ``forwarded`` and ``file`` are None for whoever may not be told of them."""

    today: date
    said_on: date | None = None
    confirmation_overdue: bool = False
    keeping: Mapping[Pledge, Keeping] = field(default_factory=dict)
    post: Post = Post()
    has_policy_page: bool = False
    policy_planned_on: date | None = None
    page_is_there: bool | None = None
    has_desk: bool = False
    kept: Kept = Kept()
    forwarded: Forwarded | None = None
    survey: Survey | None = None
    has_relations: bool = False
    file: FileState | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """While this holds, and no row above it of the same pledge, the company stands so."""

    pledge: Pledge
    state: PledgeState
    holds: Callable[[StandingFacts], bool]


OFTEN_LATE_BELOW = 90
"""In percent: the target for acknowledgements in time that the association has set itself (domain 5.2)."""


def _says(pledge: Pledge, keeping: Keeping) -> Callable[[StandingFacts], bool]:
    return lambda facts: facts.keeping.get(pledge) is keeping


def _is_often_late(facts: StandingFacts) -> bool:
    # Of fewer deadlines nothing is concluded: a single late one is no habit.
    kept = facts.kept
    return kept.counted >= SMALLEST_CELL and kept.in_time * 100 < kept.counted * OFTEN_LATE_BELOW


def _in(*states: FileState) -> Callable[[StandingFacts], bool]:
    return lambda facts: facts.file in states


def _always(_facts: StandingFacts) -> bool:
    return True


_P, _S, _K, _F = Pledge, PledgeState, Keeping, FileState
# fmt: off
STANDING: tuple[Row, ...] = (
    #   pledge         state              while
    Row(_P.GUIDELINE,   _S.OUTDATED,       lambda facts: facts.confirmation_overdue),
    Row(_P.GUIDELINE,   _S.NEEDS_WORK,     _says(_P.GUIDELINE, _K.NOT_KEPT)),
    Row(_P.GUIDELINE,   _S.SAID,           lambda facts: facts.said_on is not None),
    Row(_P.GUIDELINE,   _S.NOT_SAID,       _always),

    Row(_P.OFFICER,     _S.ACTIVE,         lambda facts: facts.post.verified),
    Row(_P.OFFICER,     _S.UNVERIFIED,     lambda facts: facts.post.registered),
    Row(_P.OFFICER,     _S.DEPUTISED,      lambda facts: facts.post.deputy),
    Row(_P.OFFICER,     _S.VACANT,         _always),

    Row(_P.POLICY,      _S.UNDER_REVISION, lambda facts: facts.keeping.get(_P.POLICY) in {_K.CHANGED, _K.NOT_KEPT}),
    Row(_P.POLICY,      _S.LINK_BROKEN,    lambda facts: facts.has_policy_page and facts.page_is_there is False),
    Row(_P.POLICY,      _S.PUBLISHED,      lambda facts: facts.has_policy_page),
    Row(_P.POLICY,      _S.PLAN_PASSED,    lambda facts: facts.policy_planned_on is not None and facts.policy_planned_on < facts.today),
    Row(_P.POLICY,      _S.PLANNED,        lambda facts: facts.policy_planned_on is not None),
    Row(_P.POLICY,      _S.NOT_KNOWN,      _always),

    Row(_P.DESK,        _S.CHANGING,       lambda facts: facts.keeping.get(_P.DESK) in {_K.CHANGED, _K.NOT_KEPT}),
    Row(_P.DESK,        _S.SET_UP,         lambda facts: facts.has_desk or facts.keeping.get(_P.DESK) is _K.KEPT),
    Row(_P.DESK,        _S.NOT_KNOWN,      _always),

    Row(_P.RESPONSE,    _S.NOT_IN_PLACE,   _says(_P.RESPONSE, _K.NOT_KEPT)),
    Row(_P.RESPONSE,    _S.OFTEN_LATE,     _is_often_late),
    Row(_P.RESPONSE,    _S.PARTLY,         _says(_P.RESPONSE, _K.CHANGED)),
    Row(_P.RESPONSE,    _S.IN_PLACE,       lambda facts: facts.said_on is not None),
    Row(_P.RESPONSE,    _S.NOT_KNOWN,      _always),

    Row(_P.REPORT,      _S.WITHHELD,       lambda facts: facts.forwarded is None),
    Row(_P.REPORT,      _S.OVERDUE,        lambda facts: facts.forwarded is not None and facts.forwarded.overdue > 0),
    Row(_P.REPORT,      _S.UNDER_WAY,      lambda facts: facts.forwarded is not None and facts.forwarded.under_way > 0),
    Row(_P.REPORT,      _S.REPORTED,       lambda facts: facts.forwarded is not None and facts.forwarded.reported > 0),
    Row(_P.REPORT,      _S.NOTHING_CAME,   _always),

    Row(_P.SURVEY,      _S.ANSWERED,       lambda facts: facts.survey is Survey.ANSWERED),
    Row(_P.SURVEY,      _S.EXEMPT,         lambda facts: facts.survey is Survey.EXEMPT),
    Row(_P.SURVEY,      _S.UNANSWERED,     lambda facts: facts.survey is Survey.UNANSWERED),
    Row(_P.SURVEY,      _S.ASKED,          lambda facts: facts.survey is Survey.ASKED),
    Row(_P.SURVEY,      _S.NOT_ASKED,      _always),

    Row(_P.OUTSOURCING, _S.NOT_IN_PLACE,   _says(_P.OUTSOURCING, _K.NOT_KEPT)),
    Row(_P.OUTSOURCING, _S.AGREEING,       _says(_P.OUTSOURCING, _K.CHANGED)),
    Row(_P.OUTSOURCING, _S.REGISTERED,     lambda facts: facts.has_relations),
    Row(_P.OUTSOURCING, _S.NONE_ENTERED,   _always),

    Row(_P.REVOCATION,  _S.WITHHELD,       lambda facts: facts.file is None),
    Row(_P.REVOCATION,  _S.REQUESTING,     _in(_F.REQUESTING)),
    Row(_P.REVOCATION,  _S.IMPROVEMENT,    _in(_F.IMPROVEMENT)),
    Row(_P.REVOCATION,  _S.PROPOSED,       _in(_F.PROPOSED)),
    Row(_P.REVOCATION,  _S.HEARING,        _in(_F.HEARING)),
    Row(_P.REVOCATION,  _S.DECIDED,        _in(_F.DECIDED, _F.EFFECTIVE)),
    Row(_P.REVOCATION,  _S.FROZEN,         _in(_F.FROZEN)),
    Row(_P.REVOCATION,  _S.CALM,           _always),
)
# fmt: on

TONE: Mapping[PledgeState, str] = MappingProxyType(
    {
        **dict.fromkeys(PledgeState, "neutral"),
        **dict.fromkeys((_S.SAID, _S.ACTIVE, _S.PUBLISHED, _S.SET_UP, _S.IN_PLACE, _S.REPORTED), "success"),
        **dict.fromkeys((_S.ANSWERED, _S.REGISTERED, _S.CALM), "success"),
        **dict.fromkeys((_S.NEEDS_WORK, _S.DEPUTISED, _S.UNVERIFIED, _S.UNDER_REVISION, _S.LINK_BROKEN), "warning"),
        **dict.fromkeys((_S.CHANGING, _S.PARTLY, _S.OFTEN_LATE, _S.AGREEING, _S.REQUESTING, _S.UNANSWERED), "warning"),
        **dict.fromkeys((_S.PLAN_PASSED, _S.NOT_IN_PLACE, _S.NOT_SAID), "warning"),
        **dict.fromkeys((_S.OUTDATED, _S.VACANT, _S.OVERDUE, _S.IMPROVEMENT), "danger"),
        **dict.fromkeys((_S.PROPOSED, _S.HEARING, _S.DECIDED), "danger"),
        **dict.fromkeys((_S.UNDER_WAY, _S.ASKED, _S.PLANNED), "progress"),
    }
)


def standing_of(pledge: Pledge, facts: StandingFacts) -> PledgeState:
    """The first row of a pledge that holds."""
    return next(row.state for row in STANDING if row.pledge is pledge and row.holds(facts))


def told_to_a_company(file: FileState) -> FileState:
    """What a company may know of its own file: that it lies before the board it learns by the notice, and not before."""
    return FileState.IMPROVEMENT if file is FileState.PROPOSED else file
