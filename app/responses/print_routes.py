"""The forwarded copy on paper: a reason first, then a page that says on every sheet whose copy it is."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.audit import of_case, record_reading
from app.pipeline.identity import actor_here
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime
from app.responses import blueprint
from app.responses.actions import print_copy
from app.responses.forms import PrintForm
from app.responses.pages import back_to, copy_fact, find
from app.responses.queries import copy_text
from app.responses.queries.printed import copy_to_print
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.person import Person
from models.printed_copy import PrintedCopy
from models.rules.permissions import Permission


@blueprint.get("/<reference>/print")
@asks(Permission.RESPONSE_READ)
def before_printing(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_PRINT)
    if not _is_readable(found):
        return back_to(found)
    return render_template("responses/before_printing.html", exchange=found, form=PrintForm())


@blueprint.post("/<reference>/print")
@asks(Permission.RESPONSE_PRINT)
def print_(reference: str) -> ResponseReturnValue:
    found, form = find(reference, Permission.RESPONSE_PRINT), PrintForm()
    if not form.validate_on_submit():
        return render_template("responses/before_printing.html", exchange=found, form=form)
    printed = print_copy(found, form.reason.data, actor=actor_here())
    return redirect(url_for("responses.on_paper", reference=found.reference, number=printed.number))


@blueprint.get("/<reference>/print/<int:number>")
@asks(Permission.RESPONSE_READ)
def on_paper(reference: str, number: int) -> ResponseReturnValue:
    found, actor = find(reference, Permission.RESPONSE_PRINT), actor_here()
    printed = copy_to_print(found, number, actor=actor) if _is_readable(found) else None
    if printed is None:
        abort(404)
    record_reading(of_case(found.case_id), "copy.view", actor=actor, facts=copy_fact(found))
    return render_template(
        "responses/on_paper.html",
        exchange=found,
        printed=printed,
        mark=_mark(found, printed),
        text=copy_text(db().get_one(ForwardedCopy, printed.copy_id), actor=actor),
    )


def _is_readable(found: Exchange) -> bool:
    return found.state == "routed" and found.opened_at is not None


def _mark(found: Exchange, printed: PrintedCopy) -> str:
    """Who, when and which copy: what stands on every sheet."""
    return str(
        _(
            "%(reference)s 控え%(number)s %(name)s %(moment)s",
            reference=found.reference,
            number=printed.number,
            name=name_of(db().get_one(Person, printed.person_id)),
            moment=ja_datetime(printed.printed_at),
        )
    )
