"""Passkeys: making and removing one's own, and coming in with one, at the door or after the password."""

from __future__ import annotations

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import Writes, asks, public
from app.pipeline.identity import actor_here, person_here, who_awaits
from app.pipeline.transaction import begin_writing, keep_despite_refusal
from app.presentation.filters import label
from app.sign_in import blueprint
from app.sign_in.forms import CodeForm, NewPasskeyForm, PasskeyForm, SignInForm
from app.sign_in.passkeys import (
    add_passkey,
    as_told,
    come_by_passkey,
    may_add_passkey,
    read_new,
    read_one_there,
    remove_passkey,
    take_passkey,
    wanted_of_a_new_one,
)
from app.sign_in.queries import visit_here
from app.sign_in.routes.arriving import come_in, first_page, show_door, show_second_step
from app.sign_in.signatures import House, house_here
from models.rules.device_names import device_of
from models.rules.permissions import Permission
from models.rules.second_factor import Awaits, Ceremony


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@asks(Permission.SESSION_SECURE, writes=Writes.LATE)
def add_passkey_() -> ResponseReturnValue:
    house, session = house_here(), visit_here()
    if house is None or session is None or not may_add_passkey(person_here()):
        return redirect(url_for("sign_in.account"))
    form = NewPasskeyForm(data={"name": label(device_of(request.user_agent.string))})
    if not form.validate_on_submit():
        return _ask_for_a_new_one(form, house, session)
    signed = read_new(form.answer(), house, bound=session)
    begin_writing()
    made = None
    if signed is not None:
        made = add_passkey(person_here(), signed, form.name.data, form.answer(), actor=actor_here())
    if made is None:
        form.refuse(form.name, _("パスキーを登録できませんでした。もう一度、はじめから試してください。"))
        return _ask_for_a_new_one(form, house, session)
    if made.locked_private_key is not None:
        flash(_("パスキーを登録しました。次からは、これだけで入れます。"), "success")
    else:
        flash(_("パスキーを登録しました。パスワードのあとの、確認コードの代わりに使えます。"), "success")
    return redirect(url_for("sign_in.account"))


@blueprint.post("/account/passkeys/<uuid:passkey_id>/remove")
@asks(Permission.SESSION_SECURE)
def remove_passkey_(passkey_id: uuid.UUID) -> ResponseReturnValue:
    if remove_passkey(person_here(), passkey_id, actor=actor_here()):
        flash(_("パスキーを消しました。端末の側に残っているものも、端末の設定から消してください。"), "success")
    return redirect(url_for("sign_in.account"))


@blueprint.post("/sign-in/passkey")
@public()
def by_passkey() -> ResponseReturnValue:
    house, form = house_here(), PasskeyForm()
    came, is_asked = None, form.validate_on_submit()
    if house is not None and is_asked:
        answer = form.answer()
        came = come_by_passkey(answer, read_one_there(answer, Ceremony.SIGN_IN, house))
    if came is None:
        keep_despite_refusal()
        words = _("このパスキーでは入れませんでした。もう一度試すか、パスワードでサインインしてください。")
        door = show_door(SignInForm(formdata=None, data={"next": form.next.data or ""}), errors=[words])
        return door, 401 if is_asked else 400
    onward = make_response(redirect(first_page(came.person, form.next.data)))
    return come_in(came.person, came.private_key, onward)


@blueprint.post("/sign-in/code/passkey")
@public()
def second_step_by_passkey() -> ResponseReturnValue:
    waiting, house, form = who_awaits(Awaits.CODE), house_here(), PasskeyForm()
    if waiting is None or waiting.person is None or waiting.visit is None:
        return redirect(url_for("sign_in.sign_in"))
    taken = False
    if house is not None and form.validate_on_submit():
        answer, bound = form.answer(), waiting.visit.id
        signed = read_one_there(answer, Ceremony.SECOND_STEP, house, person=waiting.person, bound=bound)
        taken = take_passkey(waiting, answer, signed)
    # Asked again under the lock, as for a code.
    if not taken or who_awaits(Awaits.CODE) is None:
        keep_despite_refusal()
        words = _("このパスキーでは確かめられませんでした。もう一度試すか、確認コードを入力してください。")
        again = CodeForm(formdata=None, data={"next": form.next.data or ""})
        return show_second_step(waiting, again, refused=True, errors=[words]), 401
    onward = make_response(redirect(first_page(waiting.person, form.next.data)))
    return come_in(waiting.person, waiting.held.private_key, onward)


def _ask_for_a_new_one(form: NewPasskeyForm, house: House, session: uuid.UUID) -> ResponseReturnValue:
    wanted = wanted_of_a_new_one(person_here(), house, bound=session)
    return render_template("sign_in/add_passkey.html", form=form, wanted=as_told(wanted), challenge=wanted["challenge"])
