"""What the pages about external advisers show: to the desk, to the consulter, and to the adviser."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from app.advisers.forms import AdviceForm, AskForm, PromiseForm, WordForm
from app.advisers.queries import (
    advisers_for,
    opened_part,
    question_of,
    showable_parts,
    shown_of,
)
from app.companies.queries import name_on
from app.people.queries import name_of, post_of
from app.pipeline.audit import of_case, record_reading
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db
from app.presentation.filters import label
from crypto import CannotOpen
from models.adviser_access import AdviserAccess
from models.case import Case
from models.company import Company
from models.compartment import Compartment
from models.exchange import Exchange
from models.rules.adviser_access import AccessState, last_day_of
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission, decide


def part_words(compartment: Compartment) -> str:
    """What a part is called; a copy by the company it went to, since there may be several."""
    words = label(compartment.kind)
    if compartment.exchange_id is None:
        return words
    company = db().get_one(Company, db().get_one(Exchange, compartment.exchange_id).company_id)
    return f"{words} ({name_on(company, today())})"


def part_for_her(compartment: Compartment) -> str:
    """The same part in the words of whoever is asked to show it, with all that lies in it, and will."""
    if compartment.kind is CompartmentKind.NARRATIVE:
        return str(_("最初に書いた内容と、相談員とのやりとり(最後の日までに書くものも含みます)"))
    if compartment.kind is CompartmentKind.HEALTH:
        return str(_("体や心への影響について書いたこと"))
    return str(_("会社に伝えた文章と、会社からの返事 (%(part)s)", part=part_words(compartment)))


def ask_form(case: Case) -> AskForm:
    """The form for asking, with whoever and whatever may be chosen for this case."""
    form = AskForm(data={"version": case.version})
    form.adviser.options = [
        (one.id.hex, f"{name_of(one)} ({post_of(one)})" if post_of(one) else name_of(one)) for one in advisers_for(case)
    ]
    form.part.options = [(one.id.hex, part_words(one)) for one in showable_parts(case)]
    return form


def ask_page(case: Case, form: AskForm) -> str:
    actor = actor_here()
    may_ask = bool(decide(Permission.ADVISER_GRANT, role=actor.role, standing=towards_case(actor, case)))
    return render_template(
        "advisers/of_case.html",
        case=case,
        rows=[(one, part_words(one.compartment)) for one in shown_of(case)],
        form=form,
        may_ask=may_ask and bool(form.part.options),
        nobody=not form.adviser.options,
        ended=AccessState.ENDED,
    )


def her_page(case: Case) -> str:
    """All that was asked and shown of her case; the questions lie in parts that her receipt opens."""
    actor = actor_here()
    version = {"version": str(case.version)}
    return render_template(
        "advisers/own.html",
        case=case,
        rows=[(one, part_for_her(one.compartment), question_of(one.access, actor=actor)) for one in shown_of(case)],
        form=WordForm(formdata=None, data=version),
        states=AccessState,
        session_ends_at=actor.visit.ends_at if actor.visit else None,
    )


def part_page(access: AdviserAccess, *, promise: PromiseForm | None = None, advice: AdviceForm | None = None) -> str:
    """The promise first; then the one part, whose reading is recorded before it opens."""
    case = db().get_one(Case, access.case_id)
    last_day = last_day_of(access.ends_at)
    if access.acknowledged_at is None:
        form = promise or PromiseForm()
        return render_template("advisers/promise.html", access=access, case=case, form=form, last_day=last_day)
    actor = actor_here()
    kind = db().get_one(Compartment, access.compartment_id).kind
    facts = {"access_id": access.id.hex, "compartment": kind.value}
    record_reading(of_case(case), "adviser.read", actor=actor, facts=dict(facts))
    db().refresh(access)
    try:
        part = opened_part(access, actor=actor)
    except CannotOpen:
        return render_template("advisers/closed.html")
    authors = {"consulter": _("相談者"), "desk": _("相談窓口"), "officer": _("会社の責任者")}
    lines = [{"at": one.at, "by": authors[one.author], "body": one.body, "mine": False} for one in part.lines]
    return render_template(
        "advisers/part.html",
        access=access,
        case=case,
        last_day=last_day,
        kind=kind,
        part=part,
        lines=lines,
        form=advice or AdviceForm(),
    )
