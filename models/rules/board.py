"""How the board takes up an item, hears, votes and decides (domain section 6.4, E5 to E10; section 2.5).

The item's own steps, who is excluded, what a meeting needs, and from which moment a decision holds.
How long before it the company has its notice: ``deadlines`` (EXPLANATION). What a packet leaves out: ``app/resolutions/packet.py``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.lifecycle import NotAllowedNow
from models.rules.working_days import JST, in_japan


class ItemState(Labelled):
    """Where an item of the board is."""

    # fmt: off
    PROPOSED  = "proposed",  "付議済・通知前",   "Proposed, notice to come"
    HEARING   = "hearing",   "弁明を待つ",       "Awaiting the explanation"
    READY     = "ready",     "審議できる",       "Ready for the board"
    VOTING    = "voting",    "採決中",           "Voting"
    DECIDED   = "decided",   "決議済",           "Decided"
    UNDECIDED = "undecided", "決議に至らず",     "No decision"
    # fmt: on


class ItemAct(Labelled):
    """What may be done with an item; the words are those on its button."""

    # fmt: off
    SERVE_NOTICE     = "serve_notice",     "弁明の機会を通知する",         "Serve the notice to explain"
    EXPLAIN          = "explain",          "弁明書を出す",                 "Submit the explanation"
    RECORD_SILENCE   = "record_silence",   "弁明がなかったことを記録する", "Record that no explanation came"
    PUT_ON_AGENDA    = "put_on_agenda",    "会議の議題にする",             "Put on the agenda"
    DECLARE_INTEREST = "declare_interest", "利害関係を申告する",           "Declare an interest"
    OPEN_VOTE        = "open_vote",        "採決を始める",                 "Open the vote"
    VOTE             = "vote",             "投票する",                     "Vote"
    RECORD           = "record",           "採決を締めて記録する",         "Close the vote and record it"
    RE_EXAMINE       = "re_examine",       "再審査に付す",                 "Take up again"
    END_WITH_MEMBERSHIP = "end_with_membership", "会員資格とともに終える",  "End with the membership"
    # fmt: on


@dataclass(frozen=True, slots=True)
class ItemStep:
    """While in these states, whoever holds this permission may; None leaves the state as it is."""

    while_in: frozenset[ItemState]
    makes: ItemState | None
    by: str


_S, _A = ItemState, ItemAct
# A recorded vote makes DECIDED, or UNDECIDED when there is no quorum or no majority. The file's lifecycle and the audit
# events are named in company_file_lifecycle; this table is the item's own.
# fmt: off
ITEM_STEPS: Mapping[ItemAct, ItemStep] = MappingProxyType({
    _A.SERVE_NOTICE:     ItemStep(frozenset({_S.PROPOSED}),                        _S.HEARING, "escalation:serve"),
    _A.EXPLAIN:          ItemStep(frozenset({_S.HEARING, _S.READY}),               _S.READY,   "escalation:answer"),
    _A.RECORD_SILENCE:   ItemStep(frozenset({_S.HEARING}),                         _S.READY,   "system:clock"),
    _A.PUT_ON_AGENDA:    ItemStep(frozenset({_S.HEARING, _S.READY}),               None,       "resolution:record"),
    _A.DECLARE_INTEREST: ItemStep(frozenset({_S.HEARING, _S.READY, _S.VOTING}),    None,       "resolution:declare_interest"),
    _A.OPEN_VOTE:        ItemStep(frozenset({_S.HEARING, _S.READY}),               _S.VOTING,  "resolution:record"),
    _A.VOTE:             ItemStep(frozenset({_S.VOTING}),                          None,       "resolution:vote"),
    _A.RECORD:           ItemStep(frozenset({_S.VOTING}),                          _S.DECIDED, "resolution:record"),
    _A.RE_EXAMINE:       ItemStep(frozenset({_S.DECIDED}),                         None,       "resolution:record"),
    # Nothing is left to be revoked: the certification lapsed, and the file is frozen as it was.
    _A.END_WITH_MEMBERSHIP: ItemStep(frozenset({_S.PROPOSED, _S.HEARING, _S.READY, _S.VOTING}), _S.UNDECIDED, "certification:effect"),
})
# fmt: on


def item_after(state: str, act: ItemAct) -> ItemState:
    """The state an act leads to. Raises NotAllowedNow when the act does not exist in this state."""
    here, step = ItemState(state), ITEM_STEPS[act]
    if here not in step.while_in:
        raise NotAllowedNow("board_item", here, act)
    return step.makes or here


def item_allows(state: str, act: ItemAct) -> bool:
    """Whether the table has this act in this state."""
    return ItemState(state) in ITEM_STEPS[act].while_in


class RecusalGround(Labelled):
    """Why a director takes no part in an item."""

    # fmt: off
    OWN_COMPANY     = "own_company",     "対象の会社に所属",           "Belongs to the company concerned"
    RELATED_COMPANY = "related_company", "委託元・受託先の関係",       "Belongs to its client or agency"
    DECLARED        = "declared",        "本人の申告",                 "Declared an interest"
    # fmt: on


def recusal_ground(*, director_of: object, company: object, related: Collection[object]) -> RecusalGround | None:
    """Why the register excludes a director of this company from an item about that one; None when it does not."""
    if director_of is None:
        return None
    if director_of == company:
        return RecusalGround.OWN_COMPANY
    return RecusalGround.RELATED_COMPANY if director_of in related else None


class MeetingMode(Labelled):
    """How the board meets."""

    # fmt: off
    IN_PERSON = "in_person", "対面",     "In person"
    ONLINE    = "online",    "オンライン", "Online"
    WRITTEN   = "written",   "書面決議", "Written resolution"
    # fmt: on


class ImmediateReason(Labelled):
    """Why a revocation takes effect before the objection period is over."""

    # fmt: off
    CONTINUED_HARM = "continued_harm", "働く人への害が続いている",     "Harm to workers continues"
    FALSE_MARK     = "false_mark",     "マークが誤解を招いている",     "The mark misleads the public"
    COMPANY_AGREES = "company_agrees", "会社が取消しに同意している",   "The company agrees"
    # fmt: on


class StopUsePlace(Labelled):
    """Where a company must stop using the mark."""

    # fmt: off
    WEBSITE       = "website",       "ウェブサイト",         "Website"
    PRINTED       = "printed",       "印刷物・資料",         "Printed matter"
    BUSINESS_CARD = "business_card", "名刺・メールの署名",   "Business cards and mail signatures"
    RECRUITING    = "recruiting",    "求人・採用の資料",     "Recruiting material"
    PREMISES      = "premises",      "事業所内の掲示",       "Notices on the premises"
    # fmt: on


class BoardRefusal(Labelled):
    """Why the board's next step cannot be taken now; shown to whoever tried."""

    # fmt: off
    BEFORE_EARLIEST   = "before_earliest",   "弁明の期限の日より前の会議では審議できません。",                   "The meeting is before the day on which the time to explain ends."
    MEETING_IS_OVER   = "meeting_is_over",   "その会議はもう終わっています。これからの会議を選んでください。",   "That meeting is over; choose one to come."
    NO_MEETING        = "no_meeting",        "先に会議の議題にしてください。",                                   "Put the item on the agenda of a meeting first."
    NOT_BEGUN         = "not_begun",         "会議の開始時刻になるまで、採決は始められません。",                 "The vote cannot open before the meeting begins."
    STILL_EXPLAINING  = "still_explaining",  "会社が弁明できる間は、採決を始められません。",                     "The vote cannot open while the company can still explain."
    EFFECT_TOO_EARLY  = "effect_too_early",  "効力発生日は、不服申立ての期間が終わった翌日以降にしてください。", "The effect date must lie after the objection period."
    ALREADY_VOTED     = "already_voted",     "この議案には、すでに投票しています。",                             "You have voted on this item."
    OBJECTION_CLOSED  = "objection_closed",  "不服申立ての期間は終わりました。",                                 "The time to object is over."
    OBJECTED_ALREADY  = "objected_already",  "不服申立ては一度だけです。すでに受け付けています。",               "An objection can be raised once, and was."
    MEETING_TO_COME   = "meeting_to_come",   "議事録の番号は、会議が始まってから記録できます。",                 "The minutes get their number once the meeting has begun."
    NUMBER_IS_TAKEN   = "number_is_taken",   "この番号は、ほかの会議の議事録に付いています。",                   "The minutes of another meeting have this number."
    COUNT_IS_WRONG    = "count_is_wrong",    "出席者の数が、投票した理事の数や参加できる理事の数と合いません。", "The number present does not fit the votes or the directors."
    # fmt: on


class BoardRefused(Exception):
    """The step was refused for one of the reasons above; nothing was done."""

    def __init__(self, refusal: BoardRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


NOTICE_DAYS = 7
"""Directors and the auditor get the packet a week before; a shorter notice needs the consent of all of them (2.5)."""


def notice_is_short(*, told_at: datetime, held_at: datetime) -> bool:
    """Whether the agenda went out less than a week before the meeting."""
    return in_japan(held_at).date() - in_japan(told_at).date() < timedelta(days=NOTICE_DAYS)


def may_put_on_agenda(*, held_at: datetime, explanation_due_at: datetime, now: datetime) -> Decision:
    """Whether an item may go to a meeting: not before the day on which the time to explain ends (scenario 7.25)."""
    if held_at <= now:
        return refused(BoardRefusal.MEETING_IS_OVER.code)
    if in_japan(held_at).date() < in_japan(explanation_due_at).date():
        return refused(BoardRefusal.BEFORE_EARLIEST.code)
    return ALLOWED


def may_open_vote(
    *, held_at: datetime | None, explanation_due_at: datetime, has_explained: bool, now: datetime
) -> Decision:
    """Whether the vote may open: at the meeting, and when the company explained or its time to do so is over."""
    if held_at is None:
        return refused(BoardRefusal.NO_MEETING.code)
    if now < held_at:
        return refused(BoardRefusal.NOT_BEGUN.code)
    if not has_explained and now <= explanation_due_at:
        return refused(BoardRefusal.STILL_EXPLAINING.code)
    return ALLOWED


class BoardOption(Labelled):
    """What the board may decide on a file."""

    # fmt: off
    NO_ACTION   = "no_action",   "措置なし",                 "No action"
    WARNING     = "warning",     "厳重注意",                 "Warning"
    CONDITIONAL = "conditional", "条件付き継続",             "Conditional continuation"
    SUSPEND     = "suspend",     "一時停止",                 "Suspension"
    REVOKE      = "revoke",      "取消",                     "Revocation"
    DEFER       = "defer",       "事実確認のため継続審議",   "Defer for facts"
    # fmt: on


class BoardReason(Labelled):
    """Why the board decided, or did not."""

    # fmt: off
    CARRIED     = "carried",     "出席した理事の過半数で決しました。",         "Carried by a majority of those present."
    NO_QUORUM   = "no_quorum",   "定足数に達しないため、決議はありません。",   "No decision: there is no quorum."
    NO_MAJORITY = "no_majority", "過半数に達しないため、決議はありません。",   "No decision: no option has a majority."
    # fmt: on


@dataclass(frozen=True, slots=True)
class BoardOutcome:
    """What a vote came to. Without a decision the certification stays as it is (scenario 7.27)."""

    option: BoardOption | None
    votes_for: int
    reason: BoardReason

    @property
    def decided(self) -> bool:
        """Whether the board decided anything."""
        return self.option is not None


def quorum(directors: int, excluded: int) -> int:
    """How many must be present: more than half of the directors who may take part in this item."""
    if not 0 <= excluded <= directors:
        raise ValueError("the excluded are some of the directors")
    return (directors - excluded) // 2 + 1


def reason_of_count(*, votes_for: int, present: int, eligible: int, mode: MeetingMode) -> BoardReason:
    """Whether so many votes for one thing carry it: more than half of the eligible present, more than half of them for it.

    ``eligible`` are the directors without the excluded, ``present`` those of them who are there, voting or abstaining. A
    written resolution needs every director who may take part to agree (2.5). Raises ValueError for counts that no meeting
    can have.
    """
    if not 0 <= votes_for <= present <= eligible:
        raise ValueError("there are more votes than directors to cast them")
    if present < quorum(eligible, 0):
        return BoardReason.NO_QUORUM
    needed = eligible if mode is MeetingMode.WRITTEN else present // 2 + 1
    return BoardReason.CARRIED if votes_for >= needed else BoardReason.NO_MAJORITY


def decision_of(votes: Mapping[BoardOption, int], *, present: int, eligible: int, mode: MeetingMode) -> BoardOutcome:
    """What a vote came to; a tie or no quorum decides nothing (scenario 7.27)."""
    if any(count < 0 for count in votes.values()) or sum(votes.values()) > present:
        raise ValueError("there are more votes than directors to cast them")
    leading = max(votes, key=lambda option: votes[option], default=None)
    most = 0 if leading is None else votes[leading]
    reason = reason_of_count(votes_for=most, present=present, eligible=eligible, mode=mode)
    return BoardOutcome(leading if reason is BoardReason.CARRIED else None, most, reason)


def offered_options(*, suspension_exists: bool) -> tuple[BoardOption, ...]:
    """What the board may choose from; suspension only from the day on which the rules have it."""
    return tuple(option for option in BoardOption if suspension_exists or option is not BoardOption.SUSPEND)


def start_of_day(day: date) -> datetime:
    """00:00 of a day in Japan."""
    return datetime.combine(day, time(), JST)


def effect_moment(
    *, effect_on: date | None, objection_due_at: datetime, immediate: bool, now: datetime
) -> datetime | None:
    """From which moment a revocation holds: 00:00 of its day, by default the day after the objection period.

    None when the day that was asked for lies inside the objection period and no immediate effect was ordered.
    """
    if immediate:
        return max(start_of_day(effect_on), now) if effect_on else now
    earliest = start_of_day(in_japan(objection_due_at).date() + timedelta(days=1))
    if effect_on is None:
        return earliest
    return start_of_day(effect_on) if start_of_day(effect_on) >= earliest else None
