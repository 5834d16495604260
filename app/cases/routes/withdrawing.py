"""The page on which the desk withdraws a consultation because the consulter asked for it."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.forms import WithdrawForm
from app.cases.queries import gravest_of
from app.cases.routes.finding import asked, back_to, find, find_as_seen
from app.consents.queries.told import cannot_undo
from app.phone_desk.actions.withdrawals import confirm_withdrawal, refuse_withdrawal, withdraw_on_request
from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from app.presentation.buttons import pressed
from app.presentation.filters import current_language
from models.rules.case_lifecycle import closing_needs_second_person
from models.rules.permissions import Permission
from models.rules.withdrawal import TakenBack


@blueprint.route("/<number>/withdraw", methods=["GET", "POST"])
@asks(Permission.CASE_CLOSE)
def withdraw(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_CLOSE)
    form = WithdrawForm(data={"version": found.version})
    if asked(form, found):
        is_withdrawn = withdraw_on_request(
            found, form.words.data, asked_by=form.asked_by.data, known_by=form.known_by.data, actor=actor_here()
        )
        if is_withdrawn:
            flash(_("お申し出により、相談を取り下げました。相談者の画面にも、その旨が届きます。"), "success")
        else:
            flash(_("取下げの確認を求めました。管理者が二人目として確認すると取り下げます。"), "info")
        return back_to(found)
    return render_template(
        "cases/withdraw.html",
        case=found,
        form=form,
        cannot_undo=cannot_undo(found, TakenBack.CONSULTATION, current_language()),
        two_people=closing_needs_second_person(gravest_of(found)),
    )


@blueprint.post("/<number>/confirm-withdrawal")
@asks(Permission.CASE_SECOND_CLOSE)
def confirm_withdrawal_(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_SECOND_CLOSE)
    if pressed("answer", "confirm", "refuse") == "refuse":
        refuse_withdrawal(found, actor=actor_here())
        flash(_("取下げを見送りました。相談者の画面にも、その旨が届きます。"), "info")
    else:
        confirm_withdrawal(found, actor=actor_here())
        flash(_("二人目として確認し、相談を取り下げました。相談者の画面にも、その旨が届きます。"), "success")
    return back_to(found)
