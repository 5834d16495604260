"""The pages on which a consultation is written, checked, sent and receipted; no address of theirs names anything."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask import Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from app.intake import blueprint
from app.intake.actions import Receipted, Sent, seal_consultation, sent_before, store_consultation
from app.intake.answers import Answers, answers_from
from app.intake.carried import Carried, carry, new_sheet, read_carried, secret_of
from app.intake.forms import CheckForm, IntakeForm, offer_companies
from app.intake.queries import Candidate, desk_hours, maskings, offered_companies, second_looks, sure_ones
from app.intake.summary import summary_of
from app.pipeline.access import public
from app.pipeline.database import DatabaseBusy
from app.pipeline.errors import give_up_storing
from app.presentation.code_words import codes_of
from app.presentation.kept_page import kept_page
from app.referrals.queries import crisis_lines, help_lines
from app.rulebook.queries import text_in_force
from models.rules.consent import DEFAULT
from models.rules.editable_texts import EditableText

PARTIES_OF_FIELDS = {"employer_id": "employer", "workplace_id": "workplace", "client_id": "client"}
SHEET_PLACE = "{the name of this sheet}"
GROUP_PLACES = tuple(f"{{group {number} of the receipt}}" for number in range(1, 8))
TRY_AGAIN_AFTER_SECONDS = "30"


@blueprint.get("/")
@public()
def start() -> ResponseReturnValue:
    return render_template(
        "intake/start.html",
        desk=desk_hours(),
        phone=current_app.config["KIKITE"].desk_phone,
        readers=text_in_force(EditableText.READER_NOTICE),
        lines=help_lines(),
    )


@blueprint.context_processor
def numbers_to_call() -> dict[str, object]:
    """The crisis lines, for whichever page of these shows the form."""
    return {"crisis_numbers": crisis_lines()}


@blueprint.get("/consult")
@public()
def write() -> ResponseReturnValue:
    # It is what most people wait for.
    form = IntakeForm()
    form.sheet.data = SHEET_PLACE
    numbers = crisis_lines()
    return kept_page(
        "intake/write.html",
        variant=(numbers, codes_of(DEFAULT)),
        places={SHEET_PLACE: new_sheet()},
        form=form,
        crisis_numbers=numbers,
    )


@blueprint.post("/consult/check")
@public()
def check() -> ResponseReturnValue:
    form = IntakeForm()
    if not form.validate():
        return render_template("intake/write.html", form=form)
    before = sent_before(secret_of(str(form.sheet.data), tuple(form.answered())))
    # Somebody went back from the receipt, and the browser repeated the check page: this was sent already.
    return _check_page(form) if before is None else _receipt_page(before)


@blueprint.post("/consult/send")
@public()
def send() -> ResponseReturnValue:
    carried = carried_here()
    if carried is None:
        return render_template("intake/write.html", form=IntakeForm(None), page_errors=[unreadable()])
    if "back" in request.form:
        return render_template("intake/write.html", form=_form_of(carried))
    answers = checked_answers(carried)
    if answers is None:
        form = _form_of(carried)
        return _check_page(form, again=True) if form.validate() else render_template("intake/write.html", form=form)
    if not carried.is_fresh:
        before = sent_before(carried.secret)
        return _receipt_page(before) if before else _check_page(_form_of(carried), again=True)
    sealed = seal_consultation(answers, once=carried.secret)
    # Drawn before the pen is taken: nobody who waits to write waits for a page.
    page = _receipt_page(sealed.receipted)
    receipted = store_consultation(sealed, is_all=True)
    return page if receipted is sealed.receipted else _receipt_page(receipted)


def _check_page(form: IntakeForm, *, again: bool = False) -> str:
    """Everything as it will be stored, carried along in the page: nothing of it is stored yet."""
    found = companies_offered(form)
    check_form = CheckForm(formdata=None)
    for field, companies in found.items():
        offer_companies(check_form[field], companies)
    answered = tuple(form.answered())
    answers = answers_from(answered, {})
    is_member = any(company.is_member for companies in found.values() for company in companies)
    return render_template(
        "intake/check.html",
        check_form=check_form,
        asked=tuple(found),
        carried=carry(
            answered,
            {field: [company.id.hex for company in found[field]] for field in found},
            sheet=str(form.sheet.data),
        ),
        written=summary_of(form),
        looks=second_looks(answers, found=is_member),
        maskings=maskings(answers),
        inside_desks=inside_desks(found),
        again=again,
        is_crisis=answers.shows_danger,
        lines=crisis_lines(),
    )


def inside_desks(found: Mapping[str, Sequence[Candidate]]) -> list[Candidate]:
    """The companies she works for that have a desk of their own; never those that are only of a similar name."""
    sure = (one for field in ("employer_id", "workplace_id") for one in sure_ones(found.get(field, ())))
    return list({company.id: company for company in sure if company.inside_desk}.values())


def companies_offered(form: IntakeForm) -> dict[str, list[Candidate]]:
    """The registered companies to choose from, by the field of the check page that asks."""
    typed = {party: form[party].data or "" for party in PARTIES_OF_FIELDS.values()}
    offered = offered_companies(typed, form.site_code.data or "")
    return {field: offered[party] for field, party in PARTIES_OF_FIELDS.items() if offered.get(party)}


def carried_here() -> Carried | None:
    return read_carried(request.form.get("carried"))


def _form_of(carried: Carried) -> IntakeForm:
    """The form as it was when it was checked, to be written on or shown again."""
    return IntakeForm(MultiDict([*carried.answered, ("sheet", carried.sheet)]))


def checked_answers(carried: Carried) -> Answers | None:
    """The answers that were checked, with the companies chosen among those offered; None if they must be checked again.

    They must be when somebody else made them, or when a code has left its list since.
    """
    if not carried.is_ours:
        return None
    chosen = {
        party: uuid.UUID(hex=company)
        for field, party in PARTIES_OF_FIELDS.items()
        if (company := request.form.get(field, "")) in carried.offered.get(field, ())
    }
    try:
        return answers_from(carried.answered, chosen)
    except ValueError:
        return None


def unreadable() -> str:
    words = _("送信された内容を読み取れませんでした。まだ何も保存していません。お手数ですが、もう一度書いてください。")
    return str(words)


def _receipt_page(receipted: Receipted) -> str:
    desk, already = desk_hours(), receipted.sent is Sent.ALREADY
    if receipted.sent is Sent.TOO_LATE_TO_SHOW:
        phone = current_app.config["KIKITE"].desk_phone
        return render_template("intake/too_late.html", is_crisis=receipted.is_crisis, lines=crisis_lines(), phone=phone)
    code = receipted.code.split("-")
    groups = GROUP_PLACES[: len(code)]
    return kept_page(
        "intake/receipt.html",
        variant=(receipted.is_crisis, already, desk.open_now, desk.answer_by, len(groups)),
        places=dict(zip(groups, code, strict=True)),
        groups=groups,
        already=already,
        is_crisis=receipted.is_crisis,
        lines=crisis_lines(),
        desk=desk,
    )


@blueprint.errorhandler(CSRFError)
def not_from_this_page(_error: CSRFError) -> Response:
    """The page was too old, or not ours: what was typed is put back into a fresh form, and nothing was stored."""
    carried = carried_here()
    form = IntakeForm() if carried is None else _form_of(carried)
    message = _(
        "ページを開いてから時間がたったため、送信できませんでした。まだ何も保存していません。もう一度、確認へ進んでください。"
    )
    return make_response(render_template("intake/write.html", form=form, page_errors=[message]), 400)


@blueprint.errorhandler(DatabaseBusy)
@blueprint.errorhandler(DBAPIError)
@blueprint.errorhandler(OSError)
def not_stored(error: Exception) -> Response:
    """Nothing of it was stored; the page says so, shows the text to copy, and can send the same page again."""
    give_up_storing(error)
    carried = carried_here()
    form = IntakeForm() if carried is None else _form_of(carried)
    if carried is None:
        fields = [("sheet", str(form.sheet.data)), *form.answered()]
    else:
        chosen = [(field, request.form[field]) for field in PARTIES_OF_FIELDS if field in request.form]
        fields = [("carried", request.form["carried"]), *chosen]
    page = render_template("intake/not_stored.html", action=request.path, fields=fields, written=summary_of(form))
    response = make_response(page, 503)
    response.headers["Retry-After"] = TRY_AGAIN_AFTER_SECONDS
    return response
