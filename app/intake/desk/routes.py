"""The pages on which the desk keys a consultation: asked as one talks, read back, stored, and receipted by voice."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from app.intake.actions import Keyed, Receipted, Sent, sent_before, submit_consultation
from app.intake.answers import answers_from
from app.intake.carried import Carried, carry
from app.intake.desk import blueprint
from app.intake.desk.forms import KeyedForm, ReadBackForm
from app.intake.desk.script import OPENING, READ_BACK, SCRIPTS
from app.intake.forms import offer_companies
from app.intake.queries import desk_hours, second_looks
from app.intake.routes import PARTIES_OF_FIELDS, carried_here, checked_answers, companies_offered, unreadable
from app.intake.summary import PARTS, Parts, summary_of
from app.pipeline.access import Writes, asks
from app.pipeline.database import DatabaseBusy
from app.pipeline.errors import give_up_storing
from app.pipeline.identity import actor_here
from app.presentation.spoken_receipt import shown_receipt
from app.referrals.queries import crisis_lines
from models.rules.keyed_intake import WAYS_IN
from models.rules.permissions import Permission

TRY_AGAIN_AFTER_SECONDS = "30"
ALL_PARTS: Parts = (
    (_l("届き方"), ("route", "arrived_on")),
    *PARTS,
    (_l("お返事の届け方"), ("reply_way", "phone", "call_on", "call_slot", "address", "reply_notes")),
)


@blueprint.route("/consult", methods=["GET", "POST"])
@asks(Permission.CASE_KEY_IN, writes=Writes.LATE)
def write() -> ResponseReturnValue:
    form = KeyedForm()
    return _read_back_page(form) if form.validate_on_submit() else _form_page(form)


@blueprint.post("/consult/send")
@asks(Permission.CASE_KEY_IN, writes=Writes.LATE)
def send() -> ResponseReturnValue:
    carried = carried_here()
    if carried is None:
        return _form_page(KeyedForm(), page_errors=[unreadable()])
    form = _form_of(carried)
    if "back" in request.form or not form.validate():
        return _form_page(form)
    answers, asked = checked_answers(carried), ReadBackForm(route=form.route.data)
    if answers is None or not asked.read_back.validate(asked):
        return _read_back_page(form, refused=asked if answers else None)
    if not carried.is_fresh:
        before = sent_before(carried.secret)
        return _receipt_page(before, form) if before else _read_back_page(form)
    keyed = Keyed(actor_here(), form.arrived_on.data, asked.read_back.data)
    return _receipt_page(submit_consultation(form.with_the_way(answers), once=carried.secret, keyed=keyed), form)


def _form_of(carried: Carried) -> KeyedForm:
    """The form as it was read back."""
    return KeyedForm(MultiDict([*carried.answered, ("sheet", carried.sheet)]))


def _form_page(form: KeyedForm, **shown: object) -> str:
    return render_template(
        "keying/write.html", form=form, opening=OPENING, scripts=SCRIPTS, lines=crisis_lines(), **shown
    )


def _read_back_page(form: KeyedForm, *, refused: ReadBackForm | None = None) -> str:
    """Everything as it will be stored, to be read out; nothing of it is stored yet."""
    found = companies_offered(form)
    check = refused or ReadBackForm(formdata=None, route=form.route.data)
    for field, companies in found.items():
        offer_companies(check[field], companies)
    is_member = any(company.is_member for companies in found.values() for company in companies)
    answered = tuple(form.answered())
    offered = {field: [company.id.hex for company in companies] for field, companies in found.items()}
    return render_template(
        "keying/read_back.html",
        form=refused,
        check=check,
        carried=request.form["carried"] if refused else carry(answered, offered, sheet=str(form.sheet.data)),
        asked=tuple(found),
        written=summary_of(form, ALL_PARTS),
        looks=second_looks(answers_from(answered, {}), found=is_member),
        script=READ_BACK if WAYS_IN[form.route.data].is_spoken else None,
    )


def _receipt_page(receipted: Receipted, form: KeyedForm) -> str:
    if receipted.sent is Sent.TOO_LATE_TO_SHOW:
        return render_template("keying/too_late.html")
    return render_template(
        "phone_desk/receipt.html",
        **shown_receipt(receipted.code),
        is_spoken=WAYS_IN[form.route.data].is_spoken,
        is_crisis=receipted.is_crisis,
        lines=crisis_lines(),
        desk=desk_hours(),
        renewed=False,
    )


@blueprint.errorhandler(CSRFError)
def not_from_this_page(_error: CSRFError) -> Response:
    """The page was too old, or not ours: what was keyed is put back into a fresh form, and nothing was stored."""
    carried = carried_here()
    message = _(
        "ページを開いてから時間がたったため、先へ進めませんでした。まだ何も保存していません。もう一度、確認へ進んでください。"
    )
    return make_response(_form_page(_form_of(carried) if carried else KeyedForm(), page_errors=[message]), 400)


@blueprint.errorhandler(DatabaseBusy)
@blueprint.errorhandler(DBAPIError)
@blueprint.errorhandler(OSError)
def not_stored(error: Exception) -> Response:
    """Nothing of it was stored; the page says so, shows the words to copy, and can send the same page again."""
    give_up_storing(error)
    carried = carried_here()
    form = KeyedForm() if carried is None else _form_of(carried)
    sent = ("carried", *PARTIES_OF_FIELDS, "read_back")
    also = [(name, request.form[name]) for name in sent if request.form.get(name)]
    page = render_template(
        "intake/not_stored.html",
        action=request.path,
        fields=also if carried else list(form.answered()),
        written=summary_of(form, ALL_PARTS),
    )
    response = make_response(page, 503)
    response.headers["Retry-After"] = TRY_AGAIN_AFTER_SECONDS
    return response
