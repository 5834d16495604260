"""The page on which the desk keys what a consulter says by telephone about what a company may be told."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.cases.queries import named_companies
from app.companies.queries import name_on
from app.consents.queries import companies_in_question, consent_in_force
from app.consents.queries.told import cannot_undo
from app.phone_desk import blueprint
from app.phone_desk.actions.consents import Caller, NotKeyed, Word, key_consent
from app.phone_desk.forms import SpokenConsentForm
from app.phone_desk.queries import is_handler
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_case
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.presentation.fields import Asked
from app.presentation.filters import current_language
from models.case import Case
from models.rules.consent import ConsentLevel, ConsentOption, what_the_company_gets
from models.rules.known_by import KnownBy
from models.rules.permissions import Permission
from models.rules.withdrawal import TakenBack


@blueprint.route("/consent/<number>", methods=["GET", "POST"])
@asks(Permission.CASE_KEY_CONSENT)
def spoken_consent(number: str) -> ResponseReturnValue:
    actor = actor_here()
    reach = visible_cases(actor, Permission.CASE_KEY_CONSENT)
    case: Case = one_or_404(select(Case).where(Case.number == number, reach))
    form = _form_for(case)
    if not asked(form, case, subject=of_case(case)):
        return _page(case, form)
    by_code = form.check.data is KnownBy.RECEIPT
    caller = Caller(code=form.receipt.data if by_code else "", secret_words=() if by_code else form.told())
    company_id = uuid.UUID(form.company.data) if form.company.data else None
    word = Word(form.level.data, form.uses.data, company_id)
    try:
        entry = key_consent(case, word, caller, read_back=form.read_back.data, actor=actor)
    except NotKeyed as refusal:
        field, words = _refusal(form, refusal.reason)
        form.refuse(field, words)
        return _page(case, form)
    if entry is None:
        flash(_("いまの範囲と同じなので、何も変えていません。"), "info")
    else:
        flash(_("ご本人の言葉として台帳に入力し、ご本人の画面にも届けました。"), "success")
    return redirect(url_for("cases.consents", number=case.number))


def _form_for(case: Case) -> SpokenConsentForm:
    known = consent_in_force(case)
    form = SpokenConsentForm(data={"version": case.version, "uses": known.options})
    day = today()
    form.company.options = [
        (one.id.hex, name_on(one, day)) for one in companies_in_question(case, named_companies(case).values())
    ]
    return form


def _page(case: Case, form: SpokenConsentForm) -> str:
    language = current_language()
    return render_template(
        "phone_desk/consent.html",
        case=case,
        form=form,
        now_allowed=consent_in_force(case),
        levels=[(level, what_the_company_gets(level, language)) for level in ConsentLevel],
        uses=[(option, what_the_company_gets(option, language)) for option in ConsentOption],
        cannot_undo=cannot_undo(case, TakenBack.CONSENT, language),
        is_handler=is_handler(actor_here()),
    )


def _refusal(form: SpokenConsentForm, reason: str) -> tuple[Asked, str]:
    if reason == "too_many_tries":
        return form.check, _("この24時間に確かめられる回数を超えました。答えは比べていません。時間をおいてください。")
    if reason == "somebody_else_told_us":
        return form.level, _(
            "ご本人以外の方からうかがった相談です。範囲を広げることは、ご本人が受付コードの画面から行います。"
        )
    if reason == "not_read_back":
        return form.read_back, _("範囲を広げるときは、読み返してご本人に確かめてから入力してください。")
    if reason == "waits_for_her_page":
        return form.company, _(
            "転送版の確認を待っているあいだは、会社ごとの範囲はご本人の画面から変えていただきます。"
            "すべての会社についてなら、ここで入力できます。"
        )
    return form.check, _(
        "ご本人と確かめられませんでした。何も変えていません。相談があるかどうかも含めて、お答えしないでください。"
    )
