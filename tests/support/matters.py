"""One small association with something of each kind in it, and how everybody stands towards it.

The standings are written by hand, from what was done to the matter, and not asked of the program: it is the program's
own idea of them (app/pipeline/standing.py) that the authorisation matrix looks at from outside.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.advice.actions import ask as ask_advice
from app.advisers.actions import acknowledge_secrecy, agree_to_access, ask_access
from app.advisers.queries import showable_parts
from app.applications.actions import begin as begin_application
from app.cases.actions import exclude
from app.companies.actions import give_code
from app.incidents.actions import form_by_hand
from app.incidents.queries import case_of as case_of_group
from app.leaks.actions.beginning import begin_leak
from app.leaks.actions.writing import name_case
from app.pipeline.clock import now, today
from app.pipeline.transaction import commit, db
from models.adviser_access import AdviserAccess
from models.attachment import Attachment
from models.board_item import BoardItem
from models.case import Case
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.incident_member import IncidentMember
from models.recusal import Recusal
from models.reply_task import ReplyTask
from models.rules.adviser_access import AdviceSought
from models.rules.company_advice import AdviceTopic
from models.rules.deadlines import ClockKind
from models.rules.editable_codes import CodeList
from models.rules.editable_texts import EditableText
from models.rules.escalation_ladder import Step
from models.rules.leak import LeakItem, LeakReach
from models.rules.letters import LetterKind
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role, Standing
from models.rules.replies import ReplyWay
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.severity import Severity
from models.site import Site
from tests.support import road
from tests.support.board import in_hearing, proposed
from tests.support.ladder import newest, silent_through
from tests.support.present import company, consulter, person, present
from tests.support.world import MEMBERS

S = Standing
SEEN_BY_NOBODY_ELSE = "この言葉は担当する人と本人だけが読みます。"
"""Written into the consultation that the matrix is about."""
WORDS = "基準を決めかねています。"


@dataclass(frozen=True)
class Matter:
    """One thing that pages are about: what stands for it in addresses, and how people stand towards it."""

    values: Mapping[str, str]
    standings: Mapping[str, Standing] = field(default_factory=dict)
    named_only: bool = False
    """Whether only those are asked who are named, because the others were asked of another matter of its kind."""

    def pairs(self) -> list[tuple[str, Standing]]:
        """Everybody with a standing worth trying: those named, and for each role that is not, somebody with none."""
        named = ROLES if self.named_only else {MEMBERS[key].role for key in self.standings}
        strangers = [next(key for key in FIRST_OF_ROLE.values() if MEMBERS[key].role is role) for role in ROLES - named]
        return [*self.standings.items(), *((key, S.NONE) for key in sorted(strangers))]


FIRST_OF_ROLE = {member.role: key for key, member in reversed(MEMBERS.items())}
ROLES = frozenset(FIRST_OF_ROLE)


def of_company(key: str) -> dict[str, Standing]:
    """A company's own matter: its people are addressed, those of others have nothing to do with it."""
    own = {name: S.ADDRESSEE for name, member in MEMBERS.items() if member.company == key and member.role in _OFFICE}
    others = {"beta_deputy": S.NONE, "beta_representative": S.NONE, "delta_officer": S.NONE}
    desk = {"counselor": S.SAME_OFFICE, "manager": S.SAME_OFFICE, "head": S.SAME_OFFICE}
    return {**{name: s for name, s in others.items() if MEMBERS[name].company != key}, **own, **desk}


_OFFICE = {Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE}
DESK = {
    "counselor": S.ASSIGNED,
    "second_counselor": S.SAME_OFFICE,
    "third_counselor": S.EXCLUDED,
    "manager": S.SAME_OFFICE,
    "head": S.SAME_OFFICE,
}
OFFICE_OF_ALPHA = {
    "alpha_officer": S.ADDRESSEE,
    "alpha_deputy": S.SAME_OFFICE,  # Nothing was handed over to her.
    "alpha_representative": S.NONE,
    "delta_officer": S.NONE,
    "beta_deputy": S.NONE,
    "beta_representative": S.NONE,
}


@dataclass(frozen=True)
class Full:
    """The association after all of it has happened, with the code of the consulter and of another one."""

    matters: dict[str, list[Matter]]
    code: str
    other_code: str
    attachment: str


def a_full_association(app: Flask, give_file: Callable[[str], None]) -> Full:
    """Let something of each kind happen. ``give_file`` gives a file through the pages, with the receipt's code."""
    with app.app_context():
        # Before anything lies with these companies, whose files the clock would then open by itself.
        heard, not_put = in_hearing("epsilon"), proposed("beta")
        commit()
        items = [heard.id, not_put.id]
        case, code = road.triaged(severity=Severity.HIGH, text=SEEN_BY_NOBODY_ELSE)
        exchange = road.in_action(road.routed(case, code))
        road.routed(severity=Severity.HIGH)
        hers = _kept_from(company_key="beta", assignee="manager", excluded="head")
        heads = _kept_from(company_key="gamma", assignee="head", excluded="manager")
        kept = _kept_from(company_key="epsilon", assignee="counselor", excluded="epsilon_officer")
        road.done(lambda: exclude(road.case_of(case), person("third_counselor"), "desk", actor=present("counselor")))
        _, other_code = road.submitted()
        cases = [case.id, hers[0].id, heads[0].id, kept[0].id]
        exchanges = [exchange.id, hers[1].id, heads[1].id, kept[1].id]
    give_file(code)
    with app.app_context():
        heard, not_put = (db().get_one(BoardItem, item_id) for item_id in items)
        case, exchange = db().get_one(Case, cases[0]), db().get_one(Exchange, exchanges[0])
        hers, heads, kept = (
            (db().get_one(Case, cases[one]), db().get_one(Exchange, exchanges[one])) for one in (1, 2, 3)
        )
        attachment = db().scalars(select(Attachment.id).where(Attachment.case_id == case.id)).one()
        of_companies = _of_companies(heard, not_put)
        known = _around_the_case(road.case_of(case), code, exchange)
        known["attachment_id"] = attachment.hex
        about_cases = [
            Matter(known, DESK),
            Matter(_of(hers, known), {"manager": S.ASSIGNED, "head": S.EXCLUDED}, named_only=True),
            Matter(_of(heads, known), {"head": S.ASSIGNED, "manager": S.EXCLUDED}, named_only=True),
        ]
        about_exchanges = [
            Matter(known, {**DESK, **OFFICE_OF_ALPHA}),
            Matter(_of(hers, known), {"beta_deputy": S.ADDRESSEE}, named_only=True),
            Matter(_of(heads, known), {"gamma_representative": S.ADDRESSEE}, named_only=True),
            Matter(_of(kept, known), {"epsilon_officer": S.EXCLUDED}, named_only=True),
        ]
        matters = {"case": about_cases, "exchange": about_exchanges, **of_companies, **_others(case, known)}
        commit()
    return Full(matters, code, other_code, attachment.hex)


def _kept_from(*, company_key: str, assignee: str, excluded: str) -> tuple[Case, Exchange]:
    """A case that lies with a company, in somebody's hands, and from which somebody else is kept."""
    exchange = road.routed(company=company_key, severity=Severity.HIGH)
    road.acknowledged(exchange)
    case = db().get_one(Case, exchange.case_id)

    def change() -> None:
        found = road.case_of(case)
        found.assignee_id = person(assignee).id
        db().add(
            Exclusion(
                id=uuid.uuid4(),
                case_id=found.id,
                person_id=person(excluded).id,
                declared_by="desk",
                declared_at=now(),
            )
        )

    road.done(change)
    return case, exchange


def _of(about: tuple[Case, Exchange], known: dict[str, str]) -> dict[str, str]:
    case, exchange = about
    task = _task_of(case)
    mine = {"number": case.number, "reference": exchange.reference, "task_id": str(task)}
    return {**known, **mine, "company_id": str(exchange.company_id), "copy_id": road.newest_copy(case).id.hex}


def _task_of(case: Case) -> uuid.UUID:
    """A letter that is due to whoever wrote."""
    task = ReplyTask(
        id=uuid.uuid4(), case_id=case.id, way=ReplyWay.POST, opened_at=now(), not_before=now(), due_at=now(), tries=0
    )
    road.done(lambda: db().add(task))
    return task.id


def _around_the_case(case: Case, code: str, exchange: Exchange) -> dict[str, str]:
    """What hangs on the case: each part is addressed by an id of its own."""

    def show() -> uuid.UUID:
        part = next(one for one in showable_parts(road.case_of(case)) if one.kind is CompartmentKind.NARRATIVE)
        return ask_access(
            road.case_of(case),
            person("adviser"),
            part,
            sought=AdviceSought.LAW,
            question="脅しに当たりますか。",
            last_day=today() + timedelta(days=7),
            actor=present("manager"),
        ).id

    access_id = road.done(show)

    def asked() -> AdviserAccess:
        return db().get_one(AdviserAccess, access_id)

    road.done(lambda: agree_to_access(asked(), actor=consulter(code)))
    road.done(lambda: acknowledge_secrecy(asked(), actor=present("adviser")))
    return {
        "number": case.number,
        "reference": exchange.reference,
        "company_id": str(exchange.company_id),
        "copy_id": road.newest_copy(case).id.hex,
        "task_id": str(_task_of(case)),
        "access_id": str(access_id),
        "person_id": str(person("alpha_officer").id),
        "kind": "report",
    }


def _of_companies(item: BoardItem, before_it_is_put: BoardItem) -> dict[str, list[Matter]]:
    """What a company has with the association beside consultations. It takes weeks, which go by here."""
    file = silent_through(Step.E2)
    letter = newest(file).number
    advice = road.done(
        lambda: ask_advice(
            company("alpha"), topic=AdviceTopic.POLICY, text="基準を決めかねています。", actor=present("alpha_officer")
        )
    )
    application = road.done(lambda: begin_application(company("delta"), actor=present("delta_representative")))
    site = db().scalars(select(Site).where(Site.company_id == company("alpha").id)).one()
    road.done(lambda: give_code(site, company("alpha"), actor=present("manager")))
    road.done(lambda: db().add(_recusal(item.id)))
    own = {"company_id": str(company("alpha").id), "site_id": str(site.id)}
    board = {
        "counselor": S.SAME_OFFICE,
        "manager": S.SAME_OFFICE,
        "head": S.SAME_OFFICE,
        "chair": S.ADDRESSEE,
        "director_two": S.EXCLUDED,
    }
    return {
        "company": [Matter(own, of_company("alpha"))],
        "certification": [Matter({**own, "number": "KC-2025-0001"}, of_company("alpha"))],
        "file": [Matter({**own, "number": file.number}, of_company("alpha"))],
        "request": [Matter({**own, "number": str(letter)}, of_company("alpha"))],
        "advice": [Matter({**own, "number": advice.number}, of_company("alpha"))],
        "application": [Matter({**own, "number": application.number, "name": "guideline"}, of_company("delta"))],
        "hearing": [Matter({**own, "number": str(item.notice_number)}, of_company("epsilon"))],
        "item": [
            Matter({**own, "item_id": str(item.id)}, board),
            Matter({**own, "item_id": str(before_it_is_put.id)}, {"chair": S.NONE}, named_only=True),
        ],
    }


def _recusal(item_id: uuid.UUID) -> Recusal:
    return Recusal(
        id=uuid.uuid4(),
        board_item_id=item_id,
        person_id=person("director_two").id,
        ground="declared",
        declared_at=now(),
    )


def _others(case: Case, known: dict[str, str]) -> dict[str, list[Matter]]:
    """A leak that concerns the case, what an adviser is shown of it, a group of many, and somebody's entry."""
    leak = road.done(
        lambda: begin_leak(
            reach=LeakReach.STORE,
            aware_at=now(),
            items={LeakItem.SUMMARY: WORDS},
            actor=present("counselor"),
        )
    )
    road.done(lambda: name_case(leak, road.case_of(case), actor=present("counselor")))
    many = _one_of_many()
    group = road.done(lambda: form_by_hand(road.case_of(many), actor=present("counselor")))
    member = db().scalars(select(IncidentMember.id).where(IncidentMember.group_id == group.id)).first()
    known_group = {"number": case_of_group(group).number, "member_id": str(member)}
    desk = {"counselor": S.SAME_OFFICE, "manager": S.SAME_OFFICE, "head": S.SAME_OFFICE}
    overseen = {"manager": S.SAME_OFFICE, "head": S.SAME_OFFICE, "admin": S.NONE}
    return {
        "leak": [Matter({**known, "number": leak.number}, {**desk, "third_counselor": S.EXCLUDED})],
        "access": [Matter(known, {"adviser": S.ADDRESSEE, "second_adviser": S.NONE})],
        "group": [Matter(known_group, {**desk, "counselor": S.ASSIGNED})],
        "person": [Matter({**known, "person_id": str(person("second_counselor").id)}, overseen)],
        "nothing": [Matter({})],
        "numbers": [Matter({"key": ClockKind.OFFICER_ACK.value})],
        "texts": [Matter({"key": EditableText.STANDING_ANSWER.value})],
        "mails": [Matter({"key": MailKind.UPDATE.value})],
        "code_lists": [Matter({"key": CodeList.HARASSMENT.value})],
        "codes": [Matter({"code": HarassmentType.ABUSE.value})],
        "letters": [Matter({"key": LetterKind.COOPERATION.value})],
        "referrals": [Matter({"key": "working-conditions"})],
    }


def _one_of_many() -> Case:
    return [road.submitted(company="delta")[0] for _each in range(5)][-1]
