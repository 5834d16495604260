"""The second step at the door: a code, or setting one up where the rules ask for it and there is none."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import public
from app.pipeline.identity import who_awaits
from app.pipeline.transaction import begin_writing, keep_despite_refusal
from app.presentation.qr import qr
from app.sign_in import blueprint
from app.sign_in.actions import take_second_step
from app.sign_in.forms import CodeForm
from app.sign_in.routes.arriving import come_in, first_page, show_second_step
from app.sign_in.second_factor import has_second_factor, is_the_first_code, new_emergency_codes, new_secret_of, set_up
from models.rules.second_factor import Awaits


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public()
def enter_code() -> ResponseReturnValue:
    waiting = who_awaits(Awaits.CODE)
    if waiting is None or waiting.person is None:
        return redirect(url_for("sign_in.sign_in"))
    form = CodeForm(data={"next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return show_second_step(waiting, form)
    used = take_second_step(waiting, form.one_time_code.data)
    # Asked again under the lock: whoever changed the password or ended the sessions meanwhile has sent this one away.
    if used is None or who_awaits(Awaits.CODE) is None:
        keep_despite_refusal()
        form.refuse(form.one_time_code, _("コードが違うか、もう使われています。新しい数字に変わるのを待ってください。"))
        return show_second_step(waiting, form, refused=True), 401
    if used.left is not None:
        flash(
            _(
                "緊急用コードを1つ使いました。残りは%(left)s個です。"
                "少なくなったら、サインインの設定で、確認アプリを登録し直してください。",
                left=used.left,
            ),
            "warning",
        )
    onward = make_response(redirect(first_page(waiting.person, form.next.data)))
    return come_in(waiting.person, waiting.held.private_key, onward)


@blueprint.route("/sign-in/set-up", methods=["GET", "POST"])
@public()
def set_up_code() -> ResponseReturnValue:
    waiting = who_awaits(Awaits.ENROLMENT)
    secret = new_secret_of(waiting.person) if waiting is not None and waiting.person is not None else None
    if waiting is None or waiting.person is None or secret is None or has_second_factor(waiting.person):
        return redirect(url_for("sign_in.sign_in"))
    person, form = waiting.person, CodeForm(data={"next": request.args.get("next", "")})
    shown = {"form": form, "secret": secret, "picture": qr(secret.address), "at_the_door": True}
    if not form.validate_on_submit():
        return render_template("sign_in/set_up_code.html", **shown)
    # The codes for emergencies are slow to hash: made when the first code is right, and before the pen is taken.
    codes = new_emergency_codes() if is_the_first_code(person, form.one_time_code.data) else {}
    begin_writing()
    still = who_awaits(Awaits.ENROLMENT) is not None
    if not still or not codes or not set_up(person, form.one_time_code.data, codes, actor=waiting):
        form.refuse(form.one_time_code, _("コードが違います。確認アプリに出ている新しい数字を入力してください。"))
        return render_template("sign_in/set_up_code.html", **shown)
    page = render_template("sign_in/emergency_codes.html", codes=codes, onward=first_page(person, form.next.data))
    return come_in(person, waiting.held.private_key, make_response(page))
