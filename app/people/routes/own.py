"""The own page of whoever serves a company: typing the code of the address, and saying that she still serves."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.people import blueprint
from app.people.actions.addresses import make_address_code, take_address_code
from app.people.actions.posts import confirm_post
from app.people.forms import AddressCodeForm, StillServesForm
from app.people.queries import awaits_code, last_answer, mail_of, may_give_role, name_of, open_check, open_question
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here, person_here
from app.pipeline.transaction import db
from models.person import Person
from models.rules.officer_verification import officers_rule_at
from models.rules.people import COMPANY
from models.rules.permissions import Permission


@blueprint.get("/own")
@asks(Permission.SESSION_READ)
def own_post() -> ResponseReturnValue:
    return _show_own(AddressCodeForm(), StillServesForm())


@blueprint.post("/own/address")
@asks(Permission.SESSION_SECURE)
def check_address() -> ResponseReturnValue:
    form = AddressCodeForm()
    if not form.validate_on_submit():
        return _show_own(form, StillServesForm(formdata=None))
    if not take_address_code(person_here(), form.address_code.data, actor=actor_here()):
        form.refuse(
            form.address_code,
            _(
                "コードが違うか、期限が切れています。もう一度確かめてください。何度か違うと、新しいコードが必要になります。"
            ),
        )
        return _show_own(form, StillServesForm(formdata=None))
    flash(_("確認できました。これから、貴社あての相談をお届けできます。"), "success")
    return redirect(url_for("responses.inbox"))


@blueprint.post("/own/post")
@asks(Permission.SESSION_SECURE)
def still_serves() -> ResponseReturnValue:
    form = StillServesForm()
    if not form.validate_on_submit():
        return _show_own(AddressCodeForm(formdata=None), form)
    if confirm_post(person_here(), actor=actor_here()):
        flash(_("確認しました。ありがとうございます。次は半年後にお尋ねします。"), "success")
    return redirect(url_for("people.own_post"))


@blueprint.post("/<uuid:person_id>/address-code")
@asks(Permission.PEOPLE_MANAGE)
def address_code_(person_id: uuid.UUID) -> ResponseReturnValue:
    found = db().get(Person, person_id)
    if found is None or not found.serves_at(now()) or not may_give_role(actor_here().role, found.role):
        abort(404)
    if not awaits_code(found):
        return redirect(url_for("people.person", person_id=found.id))
    code = make_address_code(found, actor=actor_here())
    holds = officers_rule_at(now()).code_holds.days
    return render_template("people/address_code.html", person=found, name=name_of(found), code=code, days=holds)


def _show_own(address: AddressCodeForm, serves: StillServesForm) -> ResponseReturnValue:
    person = person_here()
    if person.role not in COMPANY:
        abort(404)
    return render_template(
        "people/own_post.html",
        person=person,
        mail=mail_of(person),
        form_with_errors=[address, serves],
        address=address,
        serves=serves,
        awaits=awaits_code(person),
        has_code=open_check(person) is not None,
        asked=open_question(person),
        answered_at=last_answer(person),
    )
