"""How and where one is signed in: the own password, second step and sessions; and another's lost telephone."""

from __future__ import annotations

import uuid

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.people.actions import change_password as put_under_new_password
from app.people.actions import lock_of
from app.people.queries import may_give_role, name_of
from app.pipeline.access import Writes, asks
from app.pipeline.clock import now
from app.pipeline.identity import Door, actor_here, begin_visit, person_here, remember_visit
from app.pipeline.transaction import begin_writing, db
from app.presentation.qr import qr
from app.sign_in import blueprint
from app.sign_in.actions import end_sessions, open_own_key
from app.sign_in.forms import ChangePasswordForm, CodeForm, PresentPasswordForm, ResetCodeForm
from app.sign_in.passkeys import listed_passkeys, may_add_passkey
from app.sign_in.queries import sessions_of, visit_here
from app.sign_in.second_factor import (
    begin_to_set_up,
    codes_left,
    has_second_factor,
    is_the_first_code,
    new_emergency_codes,
    new_secret_of,
    reset_second_factor,
    set_up,
)
from app.sign_in.signatures import house_here
from models.person import Person
from models.rules.permissions import Permission


@blueprint.get("/account")
@asks(Permission.SESSION_READ)
def account() -> ResponseReturnValue:
    person = person_here()
    return render_template(
        "sign_in/account.html",
        has_code=has_second_factor(person),
        left=codes_left(person),
        passkeys=listed_passkeys(person),
        may_add=may_add_passkey(person),
        is_house=house_here() is not None,
        sessions=sessions_of(person),
        here=visit_here(),
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@asks(Permission.SESSION_SECURE, writes=Writes.LATE)
def change_password() -> ResponseReturnValue:
    person = person_here()
    form = ChangePasswordForm()
    form.owner = person
    if not form.validate_on_submit():
        return render_template("sign_in/change_password.html", form=form)
    # What is slow is done before the pen is taken: the new lock is made, and the old one opened.
    locked = lock_of(person, actor_here().held.private_key, form.password.data)
    opened = open_own_key(person, form.current_password.data)
    if opened is None:
        form.refuse(form.current_password, _("いまのパスワードが違います。もう一度入力してください。"))
        return render_template("sign_in/change_password.html", form=form, refused=True)
    put_under_new_password(opened.person, locked, actor=actor_here())
    flash(_("パスワードを変えました。ほかの画面や端末で開いていたものは、すべて終わりました。"), "success")
    token = begin_visit(Door.STAFF, private_key=opened.private_key, person=opened.person)
    return remember_visit(make_response(redirect(url_for("sign_in.account"))), Door.STAFF, token)


@blueprint.route("/account/code", methods=["GET", "POST"])
@asks(Permission.SESSION_SECURE, writes=Writes.LATE)
def renew_code() -> ResponseReturnValue:
    form = PresentPasswordForm()
    if not form.validate_on_submit():
        return render_template("sign_in/renew_code.html", form=form, has_code=has_second_factor(person_here()))
    if open_own_key(person_here(), form.current_password.data) is None:
        form.refuse(form.current_password, _("いまのパスワードが違います。もう一度入力してください。"))
        return render_template("sign_in/renew_code.html", form=form, has_code=has_second_factor(person_here()))
    # Whoever else has a session of hers would see the new secret beside her.
    end_sessions(person_here(), but=visit_here(), actor=actor_here())
    begin_to_set_up(person_here())
    return redirect(url_for("sign_in.confirm_code"))


@blueprint.route("/account/code/new", methods=["GET", "POST"])
@asks(Permission.SESSION_SECURE, writes=Writes.LATE)
def confirm_code() -> ResponseReturnValue:
    person, form = person_here(), CodeForm()
    secret = new_secret_of(person)
    if secret is None:
        return redirect(url_for("sign_in.renew_code"))
    shown = {"form": form, "secret": secret, "picture": qr(secret.address)}
    if not form.validate_on_submit():
        return render_template("sign_in/set_up_code.html", **shown)
    codes = new_emergency_codes() if is_the_first_code(person, form.one_time_code.data) else {}
    begin_writing()
    if not codes or not set_up(person, form.one_time_code.data, codes, actor=actor_here()):
        form.refuse(form.one_time_code, _("コードが違います。確認アプリに出ている新しい数字を入力してください。"))
        return render_template("sign_in/set_up_code.html", **shown)
    return render_template("sign_in/emergency_codes.html", codes=codes, onward=url_for("sign_in.account"))


@blueprint.post("/account/sessions/<uuid:visit_id>/end")
@asks(Permission.SESSION_SECURE)
def end_one(visit_id: uuid.UUID) -> ResponseReturnValue:
    if end_sessions(person_here(), but=visit_here(), only=visit_id, actor=actor_here()):
        flash(_("その端末のサインインを終わらせました。"), "success")
    return redirect(url_for("sign_in.account"))


@blueprint.post("/account/sessions/end")
@asks(Permission.SESSION_SECURE)
def end_others() -> ResponseReturnValue:
    end_sessions(person_here(), but=visit_here(), actor=actor_here())
    flash(_("この画面のほかは、すべてサインアウトしました。"), "success")
    return redirect(url_for("sign_in.account"))


@blueprint.route("/people/<uuid:person_id>/code", methods=["GET", "POST"])
@asks(Permission.PEOPLE_MANAGE)
def reset_code(person_id: uuid.UUID) -> ResponseReturnValue:
    found = db().get(Person, person_id)
    may = found is not None and found.serves_at(now()) and may_give_role(actor_here().role, found.role)
    if found is None or not may or found.id == person_here().id:
        abort(404)
    form = ResetCodeForm()
    if not has_second_factor(found) or not form.validate_on_submit():
        return render_template(
            "sign_in/reset_code.html", form=form, person=found, name=name_of(found), has_code=has_second_factor(found)
        )
    reset_second_factor(found, form.reason.data, actor=actor_here())
    flash(_("確認コードの設定を取り消し、本人にメールで知らせました。"), "success")
    return redirect(url_for("people.person", person_id=found.id))
