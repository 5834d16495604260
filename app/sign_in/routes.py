"""The pages at the door: signing in, signing out, and setting a password by a one-time link."""

from __future__ import annotations

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.custody.actions import do_what_waits
from app.people.actions import change_password as put_under_new_password
from app.people.actions import lock_of, person_of_link, sign_up, use_link
from app.pipeline.access import Writes, asks, public
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import (
    Actor,
    Door,
    actor_here,
    begin_visit,
    end_visit,
    forget_visit,
    person_here,
    remember_visit,
)
from app.pipeline.inside import inside
from app.pipeline.transaction import begin_writing, keep_despite_refusal
from app.sign_in import blueprint
from app.sign_in.actions import open_own_key, open_with_password, signed_in
from app.sign_in.forms import ChangePasswordForm, SignInForm, SignUpForm
from app.sign_in.home import home_of
from models.rules.permissions import Permission
from models.rules.sign_in_tries import tries_rule_at


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public()
def sign_in() -> ResponseReturnValue:
    form = SignInForm(data={"next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return render_template("sign_in/sign_in.html", form=form)
    opened = open_with_password(form.mail.data, form.password.data)
    if opened is None:
        keep_despite_refusal()
        form.refuse(form.password, _("メールアドレスかパスワードが違います。もう一度入力してください。"))
        return render_template("sign_in/sign_in.html", form=form, refused=True), 401
    person = opened.person
    actor = signed_in(person, opened.private_key, form.password.data)
    do_what_waits(actor)
    _tell_of_failures(opened.failed_before)
    token = begin_visit(Door.STAFF, private_key=opened.private_key, person=person)
    return remember_visit(make_response(redirect(inside(form.next.data) or home_of(person.role))), Door.STAFF, token)


@blueprint.post("/sign-out")
@asks(Permission.SESSION_SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    actor = actor_here()
    record(of_person(person_here()), "person.sign_out", actor=actor, facts={})
    end_visit(actor)
    return forget_visit(make_response(redirect(url_for("sign_in.sign_in"))), Door.STAFF)


@blueprint.route("/account/password", methods=["GET", "POST"])
@asks(Permission.SESSION_SECURE, writes=Writes.LATE)
def change_password() -> ResponseReturnValue:
    person = person_here()
    form = ChangePasswordForm()
    form.owner = person
    if not form.validate_on_submit():
        return render_template("sign_in/change_password.html", form=form)
    # What is slow is done before the pen is taken: the old lock is opened, and the new one made.
    locked = lock_of(person, actor_here().held.private_key, form.password.data)
    opened = open_own_key(person, form.current_password.data)
    if opened is None:
        form.refuse(form.current_password, _("いまのパスワードが違います。もう一度入力してください。"))
        return render_template("sign_in/change_password.html", form=form, refused=True)
    put_under_new_password(opened.person, locked, actor=actor_here())
    flash(_("パスワードを変えました。ほかの画面や端末で開いていたものは、すべて終わりました。"), "success")
    token = begin_visit(Door.STAFF, private_key=opened.private_key, person=opened.person)
    return remember_visit(make_response(redirect(home_of(opened.person.role))), Door.STAFF, token)


def _tell_of_failures(failed: int) -> None:
    if failed >= tries_rule_at(now()).told_from:
        flash(
            _(
                "前回のサインインのあと、あなたのアドレスで%(count)s回、サインインの失敗がありました。"
                "心当たりがないときは、パスワードを変えて、事務局に知らせてください。",
                count=failed,
            ),
            "warning",
        )


@blueprint.get("/home")
@asks(Permission.SESSION_SIGN_OUT)
def home() -> ResponseReturnValue:
    return redirect(home_of(actor_here().role))


@blueprint.route("/sign-up/<token>", methods=["GET", "POST"])
@public()
def set_password(token: str) -> ResponseReturnValue:
    found = person_of_link(token)
    if found is None:
        abort(404)
    form = SignUpForm()
    form.owner = found[0]
    if not form.validate_on_submit():
        return render_template("sign_in/sign_up.html", form=form)
    begin_writing()
    found = person_of_link(token)
    if found is None:
        abort(404)
    person, link = found
    use_link(link)
    private_key = sign_up(person, form.password.data, actor=Actor(person.role, person=person))
    signed_in(person, private_key, form.password.data)
    visit = begin_visit(Door.STAFF, private_key=private_key, person=person)
    return remember_visit(make_response(redirect(home_of(person.role))), Door.STAFF, visit)
