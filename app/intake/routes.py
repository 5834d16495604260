"""The pages on which a consultation is written, checked, sent and receipted; no address of theirs names anything."""

from __future__ import annotations

import uuid

from flask import Response, current_app, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError

from app.intake import blueprint
from app.intake.actions import Receipted, Sent, sent_before, submit_consultation
from app.intake.forms import CheckForm, IntakeForm, offer_companies
from app.intake.once import Once, new_once, read_once
from app.intake.queries import candidates, desk_hours, existing_companies, maskings, second_looks
from app.intake.summary import summary_of
from app.pipeline.access import public
from app.pipeline.database import DatabaseBusy
from app.pipeline.errors import give_up_storing
from app.presentation.filters import current_language
from models.rules.help_lines import HELP_LINES, crisis_lines

PARTIES_OF_FIELDS = {"employer_id": "employer", "workplace_id": "workplace", "client_id": "client"}
TOKEN_PLACE = "{the token of this visitor}"  # noqa: S105 - a place, not a token
TRY_AGAIN_AFTER_SECONDS = "30"


@blueprint.get("/")
@public()
def start() -> ResponseReturnValue:
    return render_template(
        "intake/start.html",
        desk=desk_hours(),
        phone=current_app.config["KIKITE"].desk_phone,
        lines=HELP_LINES,
        checked_on=min(line.as_of for line in HELP_LINES),
    )


@blueprint.get("/consult")
@public()
def write() -> ResponseReturnValue:
    # The empty form is the same for everybody but for the token in it, and it is what most people wait for.
    if "_flashes" in session:
        return render_template("intake/write.html", form=IntakeForm())
    language, token = current_language(), generate_csrf()
    pages: dict[str, str] = current_app.extensions.setdefault("kikite_empty_forms", {})
    if language not in pages:
        pages[language] = render_template("intake/write.html", form=IntakeForm()).replace(token, TOKEN_PLACE)
    return pages[language].replace(TOKEN_PLACE, token)


@blueprint.post("/consult/check")
@public()
def check() -> ResponseReturnValue:
    form = IntakeForm()
    if not form.validate():
        return render_template("intake/write.html", form=form)
    return _check_page(form)


@blueprint.post("/consult/send")
@public()
def send() -> ResponseReturnValue:
    form = IntakeForm()
    if "back" in request.form or not form.validate():
        return render_template("intake/write.html", form=form)
    once = read_once(request.form.get("once"))
    if once is None:
        return _check_page(form, again=True)
    if not once.is_fresh:
        before = sent_before(once.secret)
        return _receipt_page(before) if before else _check_page(form, again=True)
    return _receipt_page(submit_consultation(form.answers(_confirmed()), once=once.secret))


def _check_page(form: IntakeForm, *, again: bool = False) -> str:
    """Everything as it will be stored, carried along in hidden fields: nothing of it is stored yet."""
    found = {field: candidates(form[party].data) for field, party in PARTIES_OF_FIELDS.items() if form[party].data}
    check_form = CheckForm(formdata=None, data={"once": new_once()})
    for field, companies in found.items():
        offer_companies(check_form[field], companies)
    answers = form.answers({})
    is_member = any(company.is_member for companies in found.values() for company in companies)
    return render_template(
        "intake/check.html",
        check_form=check_form,
        asked=tuple(found),
        answered=tuple(form.answered()),
        written=summary_of(form),
        looks=second_looks(answers, found=is_member),
        maskings=maskings(answers),
        again=again,
    )


def _confirmed() -> dict[str, uuid.UUID | None]:
    """The companies that were chosen on the check page, as far as they exist."""
    chosen: dict[str, uuid.UUID] = {}
    for field, party in PARTIES_OF_FIELDS.items():
        try:
            chosen[party] = uuid.UUID(hex=request.form.get(field, ""))
        except ValueError:
            continue
    known = existing_companies(chosen.values())
    return {party: company_id for party, company_id in chosen.items() if company_id in known}


def _receipt_page(receipted: Receipted) -> str:
    template = "intake/too_late.html" if receipted.sent is Sent.TOO_LATE_TO_SHOW else "intake/receipt.html"
    return render_template(
        template,
        groups=receipted.code.split("-"),
        already=receipted.sent is Sent.ALREADY,
        is_crisis=receipted.is_crisis,
        lines=crisis_lines(),
        desk=desk_hours(),
    )


@blueprint.errorhandler(CSRFError)
def not_from_this_page(_error: CSRFError) -> Response:
    """The page was too old, or not ours: what was typed is put back into a fresh form, and nothing was stored."""
    form = IntakeForm()
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
    form = IntakeForm()
    carried: Once | None = read_once(request.form.get("once"))
    also = [(field, request.form.get(field, "")) for field in PARTIES_OF_FIELDS if request.form.get(field)]
    if carried is not None:
        also.append(("once", request.form["once"]))
    page = render_template(
        "intake/not_stored.html", action=request.path, fields=[*form.answered(), *also], written=summary_of(form)
    )
    response = make_response(page, 503)
    response.headers["Retry-After"] = TRY_AGAIN_AFTER_SECONDS
    return response
