"""What the pages at the door share: what follows the password, and how somebody comes in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from app.custody.actions import do_what_waits
from app.pipeline.clock import now
from app.pipeline.identity import Actor, Door, begin_visit, remember_visit
from app.pipeline.inside import inside
from app.sign_in.actions import signed_in
from app.sign_in.forms import CodeForm, SignInForm
from app.sign_in.home import home_of
from app.sign_in.passkeys import as_told, has_passkey, wanted_of_one_there
from app.sign_in.second_factor import awaited_of, begin_to_set_up
from app.sign_in.signatures import house_here
from models.person import Person
from models.rules.second_factor import Awaits, Ceremony
from models.rules.sign_in_tries import tries_rule_at

PAGE_OF = {Awaits.CODE: "sign_in.enter_code", Awaits.ENROLMENT: "sign_in.set_up_code"}


def after_the_password(person: Person, private_key: bytes, *, onward: str | None = None) -> Response:
    """The second step where one is due, in a session that opens nothing yet; else the first page."""
    awaited = awaited_of(person)
    if awaited is None:
        return come_in(person, private_key, make_response(redirect(first_page(person, onward))))
    if awaited is Awaits.ENROLMENT:
        # Always a new secret: one that was shown before may have been seen by somebody else who had the password.
        begin_to_set_up(person)
    token = begin_visit(Door.STAFF, private_key=private_key, person=person, awaits=awaited)
    page = url_for(PAGE_OF[awaited], next=inside(onward) or None)
    return remember_visit(make_response(redirect(page)), Door.STAFF, token)


def come_in(person: Person, private_key: bytes, response: Response) -> Response:
    """Everything that was asked for has been shown: the session begins, and the answer carries the browser's half."""
    arrival = signed_in(person, private_key)
    do_what_waits(arrival.actor)
    if arrival.failed_before >= tries_rule_at(now()).told_from:
        flash(
            _(
                "前回のサインインのあと、あなたのアドレスで%(count)s回、サインインの失敗がありました。"
                "心当たりがないときは、パスワードを変えて、事務局に知らせてください。",
                count=arrival.failed_before,
            ),
            "warning",
        )
    token = begin_visit(Door.STAFF, private_key=private_key, person=person)
    return remember_visit(response, Door.STAFF, token)


def first_page(person: Person, onward: str | None) -> str:
    """The page that was asked for before the door stood in the way, or the one on which the role begins."""
    return inside(onward) or home_of(person.role)


def show_door(form: SignInForm, *, refused: bool = False, errors: Sequence[str] = ()) -> str:
    """The page at the door: a password, or a passkey where the browser has one."""
    house = house_here()
    wanted = wanted_of_one_there(Ceremony.SIGN_IN, house) if house is not None else None
    return render_template(
        "sign_in/sign_in.html",
        form=form,
        refused=refused,
        page_errors=list(errors),
        wanted=as_told(wanted) if wanted else "",
        challenge=wanted["challenge"] if wanted else "",
    )


def show_second_step(waiting: Actor, form: CodeForm, *, refused: bool = False, errors: Sequence[str] = ()) -> str:
    """The page of the second step: a code, or a passkey where there is one."""
    house, person, visit = house_here(), waiting.person, waiting.visit
    wanted = None
    if house is not None and person is not None and visit is not None and has_passkey(person):
        wanted = wanted_of_one_there(Ceremony.SECOND_STEP, house, person=person, bound=visit.id)
    return render_template(
        "sign_in/enter_code.html",
        form=form,
        refused=refused,
        page_errors=list(errors),
        wanted=as_told(wanted) if wanted else "",
        challenge=wanted["challenge"] if wanted else "",
    )
