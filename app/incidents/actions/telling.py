"""A word to everybody in a group: that we read, what the company answered, and that it is over."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import case as choose
from sqlalchemy import or_, select

from app.cases.actions import close_case, end_with_its_group, give_feedback, open_triage, to_the_consulter
from app.cases.queries import gravest_of
from app.clocks.actions import meet_clocks, stop_clocks
from app.clocks.queries import running_clock
from app.incidents.queries import Belonging, belonging_to, case_of
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.incident_group import IncidentGroup
from models.message import Message
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState, closing_needs_second_person
from models.rules.deadlines import ClockKind
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome


def acknowledgement() -> str:
    """What most groups are told first; the counsellor may change it."""
    with force_locale("ja"):
        return str(
            _(
                "ご相談を受け取りました。話してくださって、ありがとうございます。"
                "同じころに、同じ会社について、ほかの方からも相談が届いています。"
                "相談員が一つずつ読み、緊急のものから順にご連絡します。会社には、命や体に危険が迫っているときを除いて、あなたの同意なしに何も伝えません。"
                "まとめた人数として伝えることがあるときは、この画面でお知らせし、入らないこともお選びいただけます。"
            )
        )


def tell_members(group: IncidentGroup, text: str, *, actor: Actor) -> int:
    """Write to everybody in the group at once, each in her own mailbox under her own key. Returns to how many."""
    case = case_of(group)
    must_be_allowed(Permission.CASE_MESSAGE, actor=actor, standing=towards_case(actor, case))
    if case.state is CaseState.RECEIVED:
        open_triage(case, actor=actor)
    told = [one for one in belonging_to(group) if _may_hear(one, actor)]
    for one in told:
        _write(one.case, text, "note", actor=actor)
    _note_telling(group, case, len(told), actor=actor)
    return len(told)


def answer_members(group: IncidentGroup, text: str, *, actor: Actor) -> int:
    """Tell everybody what the one report means for them; whose matter is grave goes on singly all the same.

    It settles nothing for whom nobody has read and weighed yet: the codes she ticked are no reading of her words.
    """
    case = case_of(group)
    give_feedback(case, text, actor=actor)
    # Nobody answers for the group: each answers in her own mailbox.
    stop_clocks(case, [ClockKind.CONSULTER_ANSWER])
    told = [one for one in belonging_to(group) if _may_hear(one, actor)]
    for one in told:
        message = _write(one.case, text, "feedback", actor=actor)
        if _is_enough_for(one):
            _answer_with_the_group(one.case, message, group, actor=actor)
    _note_telling(group, case, len(told), actor=actor)
    return len(told)


def end_together(group: IncidentGroup, outcome: Outcome, *, actor: Actor) -> int:
    """Close the group and everybody whom its answer was enough for. Returns how many consultations ended with it.

    Whoever wrote since, is in danger, is on a way of her own, or was not read yet stays open and is answered singly.
    """
    case = case_of(group)
    people = belonging_to(group)
    if not close_case(case, outcome, actor=actor):
        return 0
    for one, answer in read_since(group, people):
        if _may_hear(one, actor):
            _answer_with_the_group(one.case, answer, group, actor=actor)
    ended = [one for one in people if may_end_with_it(one) and _may_hear(one, actor)]
    for one in ended:
        end_with_its_group(one.case, outcome, standing=_through(group, one.case, actor), actor=actor)
    group.is_gathering = False
    return len(ended)


def read_since(group: IncidentGroup, people: Sequence[Belonging]) -> list[tuple[Belonging, Message]]:
    """Who was weighed after the group was answered and wrote nothing since, each with that answer: it is enough."""
    said = select(Message).where(
        Message.case_id.in_([one.case.id for one in people if _is_enough_for(one)]),
        Message.sent_at >= group.formed_at,
        or_(Message.purpose == "feedback", Message.author == "consulter"),
    )
    # What was said in the same moment as the answer counts as said after it.
    ours_first = choose((Message.author == "consulter", 1), else_=0)
    last = {message.case_id: message for message in db().scalars(said.order_by(Message.sent_at, ours_first))}
    found = [(one, last[one.case.id]) for one in people if one.case.id in last]
    return [(one, answer) for one, answer in found if answer.purpose == "feedback"]


def _is_enough_for(one: Belonging) -> bool:
    return one.is_weighed and not one.is_single and one.case.state is CaseState.TRIAGE


def may_end_with_it(one: Belonging) -> bool:
    """Whether a consultation was answered with the group and waits for nothing more."""
    if one.case.state is not CaseState.ADVICE or one.is_single:
        # Most of a large group, of whom nothing more is asked.
        return False
    own_way = (ClockKind.ACKNOWLEDGE_CONSULTER, ClockKind.ADVICE)
    if any(running_clock(one.case.id, kind) is not None for kind in own_way):
        return False
    return not closing_needs_second_person(gravest_of(one.case))


def _may_hear(one: Belonging, actor: Actor) -> bool:
    """Nobody writes in a matter that must be kept from the writer."""
    return one.case.is_open and towards_case(actor, one.case) is not Standing.EXCLUDED


def _through(group: IncidentGroup, case: Case, actor: Actor) -> Standing:
    """Who has the group acts on those in it, but for one who is excluded from this one."""
    own = towards_case(actor, case)
    return own if own is Standing.EXCLUDED else towards_case(actor, case_of(group))


def _write(case: Case, text: str, purpose: str, *, actor: Actor) -> Message:
    message = to_the_consulter(case, text, purpose, actor=actor)
    case.version += 1
    record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
    return message


def _answer_with_the_group(case: Case, message: Message, group: IncidentGroup, *, actor: Actor) -> None:
    _move(case, CaseAct.ADVISE, {"message_id": message.id.hex}, group, actor=actor)
    meet_clocks(case, [ClockKind.TRIAGE])


def _move(case: Case, act: CaseAct, facts: dict[str, Fact], group: IncidentGroup, *, actor: Actor) -> None:
    standing = _through(group, case, actor)
    perform(CASE_LIFECYCLE, case, act, actor=actor, standing=standing, subject=of_case(case), facts=facts)


def _note_telling(group: IncidentGroup, case: Case, members: int, *, actor: Actor) -> None:
    meet_clocks(case, [ClockKind.ACKNOWLEDGE_GROUP])
    case.version += 1
    facts: dict[str, Fact] = {"group_id": group.id.hex, "members": members}
    record(of_case(case), "incident.tell", actor=actor, facts=facts)
