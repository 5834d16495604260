"""A worksheet begins: by somebody of the desk, or by itself when a copy that was taken back had been opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.companies.queries import name_on
from app.custody.actions import make_compartment
from app.leaks.actions.days import follow_days
from app.leaks.actions.writing import name_case, write_items
from app.leaks.queries import who_decides
from app.people.queries import name_of
from app.pipeline.audit import Fact, of_leak, record
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id, new_number
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime, label
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.leak import Leak
from models.person import Person
from models.recall import Recall
from models.recall_reading import RecallReading
from models.rules.leak import LEAK_LIFECYCLE, KeySafety, LeakItem, LeakReach, leak_rules_at
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Standing
from models.rules.permissions import Permission


def begin_leak(
    *,
    reach: LeakReach,
    aware_at: datetime,
    items: Mapping[LeakItem, str],
    key_safety: KeySafety = KeySafety.UNKNOWN,
    recall: Recall | None = None,
    actor: Actor,
) -> Leak:
    """Begin a worksheet with what is known so far; its days run from when the association became aware."""
    must_be_allowed(Permission.LEAK_BEGIN, actor=actor, standing=Standing.NONE)
    if actor.person is None:
        raise ValueError("a person begins a worksheet")
    at = now()
    leak = Leak(
        id=new_id(),
        number=new_number("L"),
        state=LEAK_LIFECYCLE.begins,
        version=1,
        reach=reach,
        key_safety=key_safety,
        triggers="",
        rules_version=leak_rules_at(aware_at).version,
        recall_id=recall.id if recall else None,
        aware_at=aware_at,
        begun_at=at,
        begun_by_id=actor.person.id,
    )
    key_store().make(leak.id, at=at)
    db().add(leak)
    db().flush()
    make_compartment(CompartmentKind.LEAK, leak=leak, actor=actor)
    db().flush()
    facts: dict[str, Fact] = {"reach": reach.value, "recall_id": recall.id.hex if recall else None}
    record(of_leak(leak), "leak.begin", actor=actor, facts=facts)
    write_items(leak, items, actor=actor)
    follow_days(leak)
    for person in who_decides(leak):
        if person.id != actor.id:
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"leak:{leak.id.hex}")
    return leak


def begin_after_recall(case: Case, exchange: Exchange, recall: Recall, *, actor: Actor) -> Leak | None:
    """A copy was taken back: what somebody had opened got into wrong hands; what nobody had opened did not.

    The association was aware from the moment at which somebody asked for the copy back.
    """
    readings = _readings_of(recall)
    if not readings:
        return None
    leak = begin_leak(
        reach=LeakReach.COPY,
        aware_at=recall.asked_at,
        items=_known_so_far(case, exchange, recall, readings),
        key_safety=KeySafety.OPENED,
        recall=recall,
        actor=actor,
    )
    name_case(leak, case, exchange, actor=actor)
    return leak


def _readings_of(recall: Recall) -> Sequence[RecallReading]:
    db().flush()
    kept = select(RecallReading).where(RecallReading.recall_id == recall.id)
    return db().scalars(kept.order_by(RecallReading.first_at)).all()


def _known_so_far(
    case: Case, exchange: Exchange, recall: Recall, readings: Sequence[RecallReading]
) -> dict[LeakItem, str]:
    """What the recall itself proves; the rest is written by people."""
    # The sheet is the association's own paper, whatever language somebody reads its pages in.
    with force_locale("ja"):
        told = exchange.routed_at.astimezone(TOKYO).date() if exchange.routed_at else now().astimezone(TOKYO).date()
        company = name_on(db().get_one(Company, exchange.company_id), told)
        opened = [
            _(
                "%(name)s: 最初 %(first)s、最後 %(last)s、%(times)s回",
                name=name_of(db().get(Person, row.person_id)),
                first=ja_datetime(row.first_at),
                last=ja_datetime(row.last_at),
                times=row.times,
            )
            for row in readings
        ]
        summary = _(
            "相談 %(number)s の転送版を、%(company)sから取り戻しました(理由: %(reason)s)。届けた日時は%(routed)s、"
            "取消しを求めた日時は%(asked)sです。それまでに、会社の%(people)s人が開いていました。",
            number=case.number,
            company=company,
            reason=label(recall.reason),
            routed=ja_datetime(exchange.routed_at) if exchange.routed_at else _("不明"),
            asked=ja_datetime(recall.asked_at),
            people=len(readings),
        )
        return {
            LeakItem.SUMMARY: "\n".join([summary, *opened]),
            LeakItem.CAUSE: label(recall.reason),
        }
