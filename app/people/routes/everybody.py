"""The pages about accounts: who serves, with which seats; registering, inviting, and ending a service."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.companies.queries import company_named, standing_companies
from app.custody.actions import pass_on_to
from app.custody.queries import who_asks_colleagues
from app.people import blueprint
from app.people.actions import LastHolder, end_service, invite, register_person
from app.people.forms import EndForm, LastEndForm, LossForm, PassOnForm, RegisterForm
from app.people.queries import (
    House,
    alone_on,
    awaits_code,
    last_answer,
    mail_of,
    may_give_role,
    name_of,
    open_check,
    open_invitation,
    open_question,
    page_of_people,
    post_of,
    registrable_roles,
    seats_and_waits,
)
from app.pipeline.access import asks
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.transaction import db
from app.recovery.queries import cards_open_what_hangs_on
from models.person import Person
from models.rules.people import COMPANY, Role
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.PEOPLE_READ)
def overview() -> ResponseReturnValue:
    house = House.of(request.args.get("show"))
    page = page_of_people(house, after=request.args.get("after"))
    return render_template("people/overview.html", house=house, houses=House, page=page, now=now())


@blueprint.get("/new")
@asks(Permission.PEOPLE_READ)
def new() -> ResponseReturnValue:
    typed = request.args.get("company", "")
    start = {"role": request.args.get("role"), "company": typed}
    return render_template("people/new.html", form=_register_form(data=start))


@blueprint.post("/new")
@asks(Permission.PEOPLE_MANAGE)
def register() -> ResponseReturnValue:
    form = _register_form()
    if not form.validate_on_submit():
        return render_template("people/new.html", form=form)
    person = register_person(
        form.role.data,
        name=form.name.data,
        mail=form.mail.data,
        actor=actor_here(),
        company=company_named(uuid.UUID(form.company.data)) if form.company.data else None,
        post=form.post.data,
        is_handler=bool(form.is_handler.data),
        is_chair=bool(form.is_chair.data),
    )
    invite(person, actor=actor_here())
    flash(
        _("登録し、ご案内のメールを送りました。本人がリンクからパスワードを決めると、使えるようになります。"), "success"
    )
    return redirect(url_for("people.person", person_id=person.id))


@blueprint.get("/<uuid:person_id>")
@asks(Permission.PEOPLE_READ)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(person_id)
    return _show(found, _end_form(found))


@blueprint.post("/<uuid:person_id>/invite")
@asks(Permission.PEOPLE_MANAGE)
def invite_(person_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(person_id), LossForm(prefix="loss")
    if not found.serves_at(now()) or not may_give_role(actor_here().role, found.role):
        abort(404)
    is_last = found.verified_at is not None and bool(alone_on(found))
    if is_last and not form.validate_on_submit():
        return _show(found, _end_form(found), losing=form)
    invite(found, actor=actor_here(), accepts_loss=is_last)
    flash(_("ご案内のメールを送りました。前に送ったリンクは使えなくなりました。"), "success")
    return redirect(url_for("people.person", person_id=found.id))


@blueprint.post("/<uuid:person_id>/end")
@asks(Permission.PEOPLE_MANAGE)
def end(person_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(person_id)
    form = _end_form(found)
    if not found.serves_at(now()) or not form.validate_on_submit():
        return _show(found, form)
    try:
        end_service(found, actor=actor_here(), relies_on_cards=isinstance(form, LastEndForm))
    except LastHolder:
        form.refuse(form.sure, _("この人だけが開ける文書があります。先に、後任に鍵を渡してください。"))
        return _show(found, form)
    flash(_("利用を終わらせました。この人は、いまから何も開けません。"), "success")
    return redirect(url_for("people.person", person_id=found.id))


@blueprint.route("/<uuid:person_id>/pass-on", methods=["GET", "POST"])
@asks(Permission.SEAT_PASS_ON)
def pass_on_(person_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(person_id), PassOnForm()
    if found.id not in {one.id for one in who_asks_colleagues(actor_here())}:
        abort(404)
    if form.validate_on_submit():
        pass_on_to(found, actor=actor_here())
        flash(_("鍵を渡しました。その人は、いまから前の文書も開けます。"), "success")
        return redirect(url_for("sign_in.home"))
    return render_template("people/pass_on.html", person=found, name=name_of(found), form=form)


def _end_form(found: Person) -> EndForm | LastEndForm:
    return LastEndForm() if alone_on(found) and cards_open_what_hangs_on(found) else EndForm()


def _find(person_id: uuid.UUID) -> Person:
    found = db().get(Person, person_id)
    if found is None:
        abort(404)
    return found


def _register_form(data: dict[str, str | None] | None = None) -> RegisterForm:
    form = RegisterForm(data=data)
    form.role.options = registrable_roles(actor_here().role)
    form.company.options = [(company.id.hex, name) for company, name in standing_companies()]
    return form


def _show(found: Person, form: EndForm | LastEndForm, *, losing: LossForm | None = None) -> ResponseReturnValue:
    return render_template(
        "people/person.html",
        person=found,
        name=name_of(found),
        mail=mail_of(found),
        post=post_of(found),
        today=today(),
        company=company_named(found.company_id),
        seats=seats_and_waits(found),
        alone_on=alone_on(found),
        by_cards=isinstance(form, LastEndForm),
        losing=losing or LossForm(formdata=None, prefix="loss"),
        invitation=open_invitation(found),
        awaits_code=awaits_code(found),
        check=open_check(found),
        asked=open_question(found),
        answered_at=last_answer(found),
        may_invite=may_give_role(actor_here().role, found.role),
        is_officer=found.role is Role.OFFICER,
        in_company=found.role in COMPANY,
        serves=found.serves_at(now()),
        me=actor_here().id,
        form=form,
    )
