"""The pages at the door: signing in, signing out, and setting a password by a one-time link."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.people.actions import person_of_link, sign_up, use_link
from app.people.queries import alone_on
from app.pipeline.access import asks, public
from app.pipeline.audit import of_person, record
from app.pipeline.identity import (
    Actor,
    Door,
    actor_here,
    end_visit,
    forget_visit,
    person_here,
)
from app.pipeline.transaction import begin_writing, keep_despite_refusal
from app.sign_in import blueprint
from app.sign_in.actions import open_with_password, renew_lock
from app.sign_in.forms import SignInForm, SignUpForm
from app.sign_in.home import home_of
from app.sign_in.routes.arriving import after_the_password, show_door
from models.rules.permissions import Permission


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public()
def sign_in() -> ResponseReturnValue:
    form = SignInForm(data={"next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return show_door(form)
    opened = open_with_password(form.mail.data, form.password.data)
    if opened is None:
        keep_despite_refusal()
        form.refuse(form.password, _("メールアドレスかパスワードが違います。もう一度入力してください。"))
        return show_door(form, refused=True), 401
    renew_lock(opened.person, opened.private_key, form.password.data)
    return after_the_password(opened.person, opened.private_key, onward=form.next.data)


@blueprint.post("/sign-out")
@asks(Permission.SESSION_SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    actor = actor_here()
    record(of_person(person_here()), "person.sign_out", actor=actor, facts={})
    end_visit(actor)
    return forget_visit(make_response(redirect(url_for("sign_in.sign_in", out=1))), Door.STAFF)


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
    if person.public_key is not None and alone_on(person) and not link.accepts_loss:
        form.refuse(
            form.password,
            _(
                "あなたの席の鍵を持つ人が、ほかにいなくなりました。いま決め直すと、前の文書が開けなくなります。事務局に連絡してください。"
            ),
        )
        return render_template("sign_in/sign_up.html", form=form)
    use_link(link)
    private_key = sign_up(person, form.password.data, actor=Actor(person.role, person=person))
    # A new password is no way past the second step.
    return after_the_password(person, private_key)
