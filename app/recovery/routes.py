"""The pages of recovery kits: which there are, making and ending one, trying it out, and getting keys back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.custody.queries import seat_of
from app.joint_acts.actions import JointRefused, ask_for
from app.joint_acts.queries import approval_for, open_act
from app.people.queries import name_of, serving
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.presentation.qr import qr
from app.recovery import blueprint
from app.recovery.actions import end_kit, make_kit, note_wrong_cards, of_kit, of_seat, recover, try_out
from app.recovery.forms import (
    AskKitForm,
    AskRecoveryForm,
    CardsForm,
    EndKitForm,
    cards_form_of,
    make_form_of,
)
from app.recovery.giving import may_be_given
from app.recovery.queries import KitRefused, cards_wanted, seats_with_kits, shown_kit
from models.person import Person
from models.recovery_kit import RecoveryKit
from models.rules.joint_acts import JointKind
from models.rules.people import MAY_HOLD, SeatKind
from models.rules.permissions import Permission, may_ever
from models.rules.recovery import SEATS_WITH_KITS
from models.seat import Seat


@blueprint.get("/")
@asks(Permission.RECOVERY_READ)
def overview() -> ResponseReturnValue:
    needed, cards = cards_wanted()
    return render_template(
        "recovery/overview.html", seats=seats_with_kits(), needed=needed, cards=cards, may_act=_may_act()
    )


@blueprint.get("/kits/<uuid:kit_id>")
@asks(Permission.RECOVERY_READ)
def kit(kit_id: uuid.UUID) -> ResponseReturnValue:
    return _show(_find(kit_id))


@blueprint.route("/seats/<kind>/ask", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def ask_kit(kind: str) -> ResponseReturnValue:
    seat, form = _seat(kind), AskKitForm()
    if form.validate_on_submit():
        try:
            act = ask_for(JointKind.RECOVERY_KIT, subject=of_seat(seat), reason=form.reason.data, actor=actor_here())
        except JointRefused as refused:
            form.refuse(form.reason, label(refused.refusal))
        else:
            flash(_("申し出ました。二人目が認めると、ここからカードを作れます。"), "success")
            return redirect(url_for("joint_acts.act", joint_id=act.id))
    return render_template("recovery/ask_kit.html", seat=seat, form=form)


@blueprint.route("/seats/<kind>/make", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def make(kind: str) -> ResponseReturnValue:
    seat, (needed, cards) = _seat(kind), cards_wanted()
    form = make_form_of(cards)()
    approved = approval_for(JointKind.RECOVERY_KIT, subject=of_seat(seat), actor=actor_here()) is not None
    if form.validate_on_submit():
        try:
            made, printed = make_kit(seat, [one.data for one in form.keepers()], actor=actor_here())
        except (KitRefused, JointRefused) as refused:
            # Where nothing is approved any more there is no form: the page says what to do.
            if approved:
                form.refuse(form.is_ready, label(refused.refusal))
        else:
            drawn = [(card, qr("\n".join(card.rows))) for card in printed]
            return render_template("recovery/cards.html", kit=made, seat=seat, cards=drawn)
    return render_template(
        "recovery/make.html",
        seat=seat,
        form=form,
        needed=needed,
        cards=cards,
        approved=approved,
        keepers=form.keepers(),
    )


@blueprint.post("/kits/<uuid:kit_id>/end")
@asks(Permission.KEYS_FIRST_SHARE)
def end(kit_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(kit_id), EndKitForm()
    if not asked(form, found, subject=ASSOCIATION):
        return _show(found, ending=form)
    try:
        end_kit(found, actor=actor_here())
    except KitRefused as refused:
        form.refuse(form.is_sure, label(refused.refusal))
        return _show(found, ending=form)
    flash(_("使えなくしました。カードは、細かく裁断して捨ててください。"), "success")
    return redirect(url_for("recovery.kit", kit_id=found.id))


@blueprint.route("/kits/<uuid:kit_id>/drill", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def drill(kit_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(kit_id)
    form = cards_form_of(found.needed)(data={"version": found.version})
    if _typed(form, found, lambda: try_out(found, form.typed(), actor=actor_here())):
        flash(_("カードから、席の鍵を開けられました。相談は、ひとつも開いていません。"), "success")
        return redirect(url_for("recovery.kit", kit_id=found.id))
    return render_template("recovery/drill.html", shown=shown_kit(found), form=form, cards=form.fields_of_cards())


@blueprint.route("/kits/<uuid:kit_id>/ask", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def ask_recovery(kit_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(kit_id), AskRecoveryForm()
    people = _may_get(found)
    form.person.options = [(one.id.hex, f"{name_of(one)}({label(one.role)})") for one in people]
    if form.validate_on_submit():
        chosen = next(one for one in people if one.id.hex == form.person.data)
        try:
            act = ask_for(
                JointKind.KEY_RECOVERY,
                subject=of_kit(found),
                concerns=chosen,
                reason=form.reason.data,
                actor=actor_here(),
            )
        except JointRefused as refused:
            form.refuse(form.person, label(refused.refusal))
        else:
            flash(_("申し出ました。二人目が認めると、カードを持つ人と集まって、鍵を戻せます。"), "success")
            return redirect(url_for("joint_acts.act", joint_id=act.id))
    return render_template("recovery/ask_recovery.html", shown=shown_kit(found), form=form)


@blueprint.route("/kits/<uuid:kit_id>/open", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def open_(kit_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(kit_id)
    form = cards_form_of(found.needed)(data={"version": found.version})
    if _typed(form, found, lambda: recover(found, form.typed(), actor=actor_here())):
        flash(_("席の鍵を渡しました。その人は、いまから相談を開けます。"), "success")
        return redirect(url_for("recovery.kit", kit_id=found.id))
    act = open_act(JointKind.KEY_RECOVERY, found.id)
    approved = approval_for(JointKind.KEY_RECOVERY, subject=of_kit(found), actor=actor_here())
    return render_template(
        "recovery/open.html",
        shown=shown_kit(found),
        form=form,
        cards=form.fields_of_cards(),
        approved=approved,
        who=name_of(db().get(Person, act.concerns_id)) if act and act.concerns_id else "",
    )


def _typed(form: CardsForm, found: RecoveryKit, do: Callable[[], object]) -> bool:
    """Whether the cards came in order and did what they were typed for; what did not open is recorded."""
    if not asked(form, found, subject=ASSOCIATION):
        return False
    try:
        do()
    except KitRefused as refused:
        note_wrong_cards(found, refused.refusal, actor=actor_here())
        form.refuse(form.fields_of_cards()[refused.card or 0], label(refused.refusal))
    except JointRefused as refused:
        form.refuse(form.fields_of_cards()[0], label(refused.refusal))
    else:
        return True
    return False


def _may_get(found: RecoveryKit) -> list[Person]:
    seat = db().get_one(Seat, found.seat_id)
    return [one for one in serving(now(), *sorted(MAY_HOLD[seat.kind])) if may_be_given(seat, one)]


def _may_act() -> bool:
    return may_ever(Permission.KEYS_FIRST_SHARE, actor_here().role)


def _seat(kind: str) -> Seat:
    if kind not in {one.value for one in SEATS_WITH_KITS}:
        abort(404)
    return seat_of(SeatKind(kind)) or abort(404)


def _find(kit_id: uuid.UUID) -> RecoveryKit:
    found: RecoveryKit = one_or_404(select(RecoveryKit).where(RecoveryKit.id == kit_id))
    return found


def _show(found: RecoveryKit, *, ending: EndKitForm | None = None) -> ResponseReturnValue:
    return render_template(
        "recovery/kit.html",
        shown=shown_kit(found),
        form=ending or EndKitForm(formdata=None, data={"version": found.version}),
        may_act=_may_act(),
    )
