"""What the pages and papers of a worksheet show: its days, its words, the proof of the keys, and what may be done."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app.leaks.proof import PERSON, RECEIPT, KeyLine, proof_of
from app.leaks.queries import cases_of, days_of, longer_term_waits, proposed, told_of, versions_of
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import towards_leak
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.fields import Asked
from app.presentation.filters import label
from models.leak import Leak
from models.person import Person
from models.rules.leak import LEAK_LIFECYCLE, LeakItem, LeakTrigger, leak_rules_of, triggers_in
from models.rules.people import SeatKind
from models.rules.permissions import Permission, decide


def shown_leak(leak: Leak) -> dict[str, Any]:
    """A worksheet with its words opened; the reading is recorded by whoever calls this."""
    actor = actor_here()
    versions = versions_of(leak, actor=actor)
    return {
        "leak": leak,
        "began_by": name_of(db().get(Person, leak.begun_by_id)),
        "days": days_of(leak),
        "now": now(),
        "rules": leak_rules_of(leak.rules_version),
        "triggers": [one for one in LeakTrigger if one in triggers_in(leak.triggers)],
        "proposed": proposed(leak),
        "longer_term_waits": longer_term_waits(leak),
        "nine": tuple(LeakItem),
        "newest": versions[0] if versions else None,
        "versions": versions,
        "told": told_of(leak, actor=actor),
        "cases": [case for _named, case in cases_of(leak)],
        "proof": proof_of(leak),
        "granted": granted_in_words,
        "acts": acts_open(leak),
    }


def acts_open(leak: Leak) -> set[str]:
    """What the one present may do with a worksheet now."""
    actor = actor_here()
    standing = towards_leak(actor, leak)
    return {
        row.act.value
        for row in LEAK_LIFECYCLE.acts_from(leak.state)
        if decide(Permission(row.by), role=actor.role, standing=standing)
        and all(getattr(leak, fact) is not None for fact in row.needs)
    }


def granted_in_words(line: KeyLine) -> str:
    """To whom a compartment's key is granted now."""
    words = {kind.value: label(kind) for kind in SeatKind} | {
        RECEIPT: str(_("相談者の受付コード")),
        PERSON: str(_("名指しの一人")),
    }
    return str(_("、")).join(f"{words[whom]} {count}" for whom, count in line.open_grants)


def form_page(leak: Leak, form: ChangingForm, heading: str, button: str, *, hint: str) -> str:
    """A page with one form of a worksheet."""
    return render_template(
        "leaks/form.html",
        leak=leak,
        form=form,
        heading=heading,
        button=button,
        hint=hint,
        fields=[one for one in form if isinstance(one, Asked)],
        proposed=proposed(leak),
    )
