"""The pages of the mailbox. Their addresses are the same for everybody: the receipt alone decides what they show."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import Unauthorized

from app.cases.queries import named_companies
from app.consents.queries import companies_in_question, consent_in_force
from app.consents.queries.emergency import tellings_of
from app.consents.queries.shown import in_force_for, shown_history, shown_provisions
from app.consents.queries.told import cannot_undo
from app.mailbox import actions, blueprint, queries
from app.mailbox.actions.one_company import set_consent_for
from app.mailbox.forms import (
    AcceptForm,
    AnswerForm,
    CompanyConsentForm,
    ConsentForm,
    CopyForm,
    EnterForm,
    NotSatisfiedForm,
    SureForm,
    WithdrawForm,
    WriteForm,
    slip_of_the_pen,
)
from app.mailbox.own_copy import Part, as_data, as_page, parts_of
from app.mailbox.pages import mailbox_page
from app.mailbox.previews import previews
from app.mailbox.readings import openings_of
from app.pipeline.access import asks, public
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_case, record_reading
from app.pipeline.errors import typed_texts
from app.pipeline.identity import Door, actor_here, begin_visit, end_visit, forget_visit, remember_visit
from app.pipeline.standing import one_or_404
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import current_language
from crypto import ReceiptMistyped
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.case_lifecycle import CONSENT_MAY_BE_WITHDRAWN, OVER
from models.rules.consent import ConsentOption
from models.rules.emergency_telling import EmergencyAnswer
from models.rules.permissions import Permission
from models.rules.withdrawal import TakenBack


@blueprint.route("/enter", methods=["GET", "POST"])
@public()
def enter() -> ResponseReturnValue:
    form = EnterForm()
    if not form.validate_on_submit():
        return _door(form)
    try:
        entered = actions.enter(form.receipt.data)
    except ReceiptMistyped:
        form.refuse(form.receipt, slip_of_the_pen(form.receipt.data))
        return _door(form)
    if entered is None:
        form.refuse(form.receipt, _("この受付コードでは開けませんでした。控えと見比べて、もう一度入力してください。"))
        return _door(form)
    token = begin_visit(Door.MAILBOX, private_key=entered.private_key, receipt=entered.receipt)
    page = "attachments.own_files" if form.then.data == "files" else "mailbox.read"
    return remember_visit(make_response(redirect(url_for(page))), Door.MAILBOX, token)


def _door(form: EnterForm) -> ResponseReturnValue:
    phone = current_app.config["KIKITE"].desk_phone
    return render_template("mailbox/enter.html", form=form, months=queries.receipt_months(ends_now=False), phone=phone)


@blueprint.get("")
@asks(Permission.MAILBOX_READ)
def read() -> ResponseReturnValue:
    return mailbox_page(queries.own_case(actor_here(), Permission.MAILBOX_READ), actor=actor_here())


@blueprint.post("/write")
@asks(Permission.MAILBOX_WRITE)
def write() -> ResponseReturnValue:
    actor, form = actor_here(), WriteForm()
    case = queries.own_case(actor, Permission.MAILBOX_WRITE)
    if not form.validate():
        return mailbox_page(case, actor=actor, form=form)
    if not queries.may_write_more(case):
        form.refuse(
            form.message,
            _(
                "送れる回数を超えました。この文章は、まだ送られていません。控えておき、時間をおいてから送ってください。"
                "お急ぎのときや、命や体に危険があるときは、電話をお使いください。"
            ),
        )
        return mailbox_page(case, actor=actor, form=form)
    actions.write(case, form.message.data, actor=actor)
    return _done(_("相談員に送りました。"))


@blueprint.post("/answer")
@asks(Permission.MAILBOX_WRITE)
def answer() -> ResponseReturnValue:
    actor, form = actor_here(), AnswerForm()
    case = _case_as_seen(form, Permission.MAILBOX_WRITE)
    if not form.validate():
        return mailbox_page(case, actor=actor, form=form)
    actions.answer(case, form.reply.data, actor=actor)
    return _done(_("お答えを送りました。"))


@blueprint.get("/copy")
@asks(Permission.MAILBOX_READ)
def copies() -> ResponseReturnValue:
    return _copies_page(queries.own_case(actor_here(), Permission.MAILBOX_READ))


@blueprint.post("/copy")
@asks(Permission.MAILBOX_CONSENT)
def decide_copy() -> ResponseReturnValue:
    actor, form = actor_here(), CopyForm()
    case = queries.own_case(actor, Permission.MAILBOX_CONSENT)
    if form.validate_on_submit() and (overtaken := _overtaken(case, form)):
        return _copies_page(case, overtaken=overtaken, kept=form), HTTPStatus.CONFLICT
    if not asked(form, case, subject=of_case(case)):
        return _copies_page(case, refused=form)
    copy = _own_copy(case, form.copy_id.data or "")
    comment = form.comment.data
    if form.decision.data == "approve":
        actions.approve_copy(case, copy, seen=form.text_seen.data or "", comment=comment, actor=actor)
        return _done(_("この内容で会社に伝えることを承りました。送ったときは、この画面でお知らせします。"))
    if form.decision.data == "change":
        actions.ask_for_change(case, copy, comment=comment, actor=actor)
        return _done(_("直してほしいところを相談員に送りました。直した文章を、もう一度お見せします。"))
    actions.decline_copy(case, copy, comment=comment, actor=actor)
    return _done(_("この文章は会社に伝えません。"))


def _overtaken(case: Case, form: CopyForm) -> ForwardedCopy | None:
    """The copy that she decided about, when a newer version lies before her instead."""
    copy = _own_copy(case, form.copy_id.data or "")
    return copy if queries.put_after(case, copy) is not None else None


@blueprint.get("/consent")
@asks(Permission.MAILBOX_READ)
def consent() -> ResponseReturnValue:
    return _consent_page(queries.own_case(actor_here(), Permission.MAILBOX_READ))


@blueprint.post("/consent")
@asks(Permission.MAILBOX_CONSENT)
def change_consent() -> ResponseReturnValue:
    actor = actor_here()
    case = queries.own_case(actor, Permission.MAILBOX_CONSENT)
    form = ConsentForm(now=consent_in_force(case))
    if not asked(form, case, subject=of_case(case)):
        return _consent_page(case, form=form)
    if not queries.may_widen_now(case, consent_in_force(case), form.level.data, form.options.data):
        form.refuse(form.level, _not_wider_today())
        return _consent_page(case, form=form)
    changed = actions.set_consent(case, form.level.data, form.options.data, actor=actor)
    return _done(_("会社に伝えてよい範囲を変えました。") if changed else _("変わったところはありません。"))


@blueprint.get("/consents")
@asks(Permission.MAILBOX_READ)
def consents() -> ResponseReturnValue:
    return _ledger_page(queries.own_case(actor_here(), Permission.MAILBOX_READ))


@blueprint.get("/readings")
@asks(Permission.MAILBOX_READ)
def readings() -> ResponseReturnValue:
    return _page("mailbox/readings.html", openings=openings_of(queries.own_case(actor_here(), Permission.MAILBOX_READ)))


@blueprint.get("/own")
@asks(Permission.MAILBOX_READ)
def own() -> ResponseReturnValue:
    case = queries.own_case(actor_here(), Permission.MAILBOX_READ)
    return _page("mailbox/own_copy.html", is_over=case.state in OVER)


@blueprint.get("/own/page")
@asks(Permission.MAILBOX_READ)
def own_page() -> ResponseReturnValue:
    return as_page(_taken_along("page"))


@blueprint.get("/own/data")
@asks(Permission.MAILBOX_READ)
def own_data() -> ResponseReturnValue:
    return as_data(_taken_along("data"))


@blueprint.post("/own/wish")
@asks(Permission.MAILBOX_WRITE)
def wish_erasure() -> ResponseReturnValue:
    actor = actor_here()
    case = queries.own_case(actor, Permission.MAILBOX_WRITE)
    if not queries.may_write_more(case):
        flash(_("送れる回数を超えました。時間をおいてから、もう一度お試しください。"), "error")
        return redirect(url_for("mailbox.own"))
    actions.wish_erasure(case, _("残す期間が終わる前に、相談の内容を消去してほしいと望みます。"), actor=actor)
    return _done(_("消去を望まれていることを、相談員に伝えました。お返事は、この画面に届きます。"))


def _taken_along(how: str) -> list[Part]:
    actor = actor_here()
    case = queries.own_case(actor, Permission.MAILBOX_READ)
    record_reading(of_case(case), "case.export_own", actor=actor, facts={"how": how})
    return parts_of(case, actor=actor)


@blueprint.post("/consents")
@asks(Permission.MAILBOX_CONSENT)
def change_for_company() -> ResponseReturnValue:
    actor = actor_here()
    case = queries.own_case(actor, Permission.MAILBOX_CONSENT)
    form = CompanyConsentForm(widest=consent_in_force(case).level)
    if not asked(form, case, subject=of_case(case)):
        return _ledger_page(case, refused=form)
    company = _her_company(case, form.company_id.data or "")
    if not queries.may_widen_now(case, consent_in_force(case, company_id=company.id), form.level.data, ()):
        form.refuse(form.level, _not_wider_today())
        return _ledger_page(case, refused=form)
    changed = set_consent_for(case, company.id, form.level.data, actor=actor)
    flash(_("この会社に伝えてよい範囲を変えました。") if changed else _("変わったところはありません。"), "success")
    return redirect(url_for("mailbox.consents"))


def _not_wider_today() -> str:
    return str(
        _(
            "短い間に何度も変えられたため、これより広げることは、まだできません。いまの範囲は、変わっていません。"
            "せばめることと取り消すことは、いつでもできます。広げたいときは、1日おいてもう一度選ぶか、相談員にお知らせください。"
        )
    )


@blueprint.post("/consent/withdraw")
@asks(Permission.MAILBOX_CONSENT)
def withdraw_consent() -> ResponseReturnValue:
    actor, form = actor_here(), SureForm()
    case = queries.own_case(actor, Permission.MAILBOX_CONSENT)
    if not asked(form, case, subject=of_case(case)):
        return _consent_page(case, sure=form)
    actions.withdraw_consent(case, actor=actor)
    return _done(_("同意を取り消しました。これから先、会社には何も伝えません。"))


@blueprint.post("/result")
@asks(Permission.MAILBOX_WRITE)
def not_satisfied() -> ResponseReturnValue:
    actor, form = actor_here(), NotSatisfiedForm()
    case = _case_as_seen(form, Permission.MAILBOX_WRITE)
    if not form.validate():
        return mailbox_page(case, actor=actor, form=form)
    actions.say_not_satisfied(case, form.reason.data, actor=actor)
    return _done(_("納得できないことを承りました。事務局がもう一度確認します。"))


@blueprint.post("/result/accept")
@asks(Permission.MAILBOX_CLOSE)
def accept() -> ResponseReturnValue:
    case = _case_as_seen(AcceptForm(), Permission.MAILBOX_CLOSE)
    actions.accept_result(case, actor=actor_here())
    return _done(_("結果を確認していただきました。このご相談は終わりです。"))


@blueprint.get("/withdraw")
@asks(Permission.MAILBOX_READ)
def before_withdrawing() -> ResponseReturnValue:
    return _withdraw_page(queries.own_case(actor_here(), Permission.MAILBOX_READ))


@blueprint.post("/withdraw")
@asks(Permission.MAILBOX_WITHDRAW)
def withdraw() -> ResponseReturnValue:
    actor, form = actor_here(), WithdrawForm()
    case = queries.own_case(actor, Permission.MAILBOX_WITHDRAW)
    if not asked(form, case, subject=of_case(case)):
        return _withdraw_page(case, form=form)
    actions.withdraw(case, form.parting.data, actor=actor)
    return _done(_("相談を取り下げました。"))


@blueprint.post("/leave")
@asks(Permission.MAILBOX_WRITE)
def leave() -> ResponseReturnValue:
    end_visit(actor_here())
    return forget_visit(make_response(redirect(url_for("intake.start"))), Door.MAILBOX)


@blueprint.errorhandler(Unauthorized)
def ended(_error: Unauthorized) -> Response:
    """The session was over before this was sent: what was typed is shown for copying, and the way in is named."""
    return make_response(render_template("mailbox/ended.html", typed=typed_texts()), 401)


def _case_as_seen(form: ChangingForm, permission: Permission) -> Case:
    case = queries.own_case(actor_here(), permission)
    must_be_as_seen(case, form, subject=of_case(case))
    return case


def _own_copy(case: Case, copy_id: str) -> ForwardedCopy:
    try:
        wanted = uuid.UUID(hex=copy_id)
    except ValueError:
        abort(404)
    copy: ForwardedCopy = one_or_404(
        select(ForwardedCopy)
        .join(Exchange, Exchange.id == ForwardedCopy.exchange_id)
        .where(ForwardedCopy.id == wanted, Exchange.case_id == case.id)
    )
    return copy


def _done(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("mailbox.read"))


def _copies_page(
    case: Case,
    *,
    refused: CopyForm | None = None,
    overtaken: ForwardedCopy | None = None,
    kept: CopyForm | None = None,
) -> str:
    """The copies before her; instead of one that was ``overtaken``, the newer version and what she had typed."""
    actor = actor_here()
    if request.method == "GET" or overtaken is not None:
        for copy in queries.pending_copies(case):
            record_reading(of_case(case), "copy.view", actor=actor, facts={"copy_id": copy.id.hex})
    copies = queries.put_copies(case, pending_only=False)
    shown = previews(copies, actor=actor, looked_at=overtaken.id if overtaken else None)
    typed = kept.comment.data if kept else ""
    forms = {
        preview.copy.id: CopyForm(
            formdata=None,
            place=place,
            data={
                "version": str(case.version),
                "copy_id": preview.copy.id.hex,
                "text_seen": preview.seen,
                "comment": typed if overtaken and preview.copy.exchange_id == overtaken.exchange_id else "",
            },
        )
        for place, preview in enumerate(shown, start=2)
        if preview.waits
    }
    if refused is not None:
        forms.update({copy_id: refused for copy_id in forms if copy_id.hex == refused.copy_id.data})
    return _page(
        "mailbox/copies.html", case=case, previews=shown, forms=forms, form=refused, overtaken=overtaken is not None
    )


def _consent_page(case: Case, *, form: ConsentForm | None = None, sure: SureForm | None = None) -> str:
    version = {"version": str(case.version)}
    return _page(
        "mailbox/consent.html",
        case=case,
        consent=consent_in_force(case),
        consent_form=form or ConsentForm(formdata=None, now=consent_in_force(case), data=version),
        sure_form=sure or SureForm(formdata=None, data=version),
        form=form or sure,
        may_withdraw=case.state in CONSENT_MAY_BE_WITHDRAWN,
        cannot_undo=cannot_undo(case, TakenBack.CONSENT, current_language()),
    )


def _ledger_page(case: Case, *, refused: CompanyConsentForm | None = None) -> str:
    general = consent_in_force(case)
    companies = in_force_for(case, companies_in_question(case, named_companies(case).values()))
    forms = {
        one.company.id: CompanyConsentForm(
            formdata=None,
            place=place,
            widest=general.level,
            data={"version": str(case.version), "company_id": one.company.id.hex, "level": one.consent.level},
        )
        for place, one in enumerate(companies, start=2)
    }
    if refused is not None:
        forms.update({one: refused for one in forms if one.hex == refused.company_id.data})
    return _page(
        "mailbox/consents.html",
        case=case,
        consent=general,
        options=tuple(ConsentOption),
        companies=companies,
        forms=forms,
        form=refused,
        is_over=case.state in OVER,
        cannot_undo={
            one.company.id: cannot_undo(case, TakenBack.CONSENT, current_language(), company_id=one.company.id).words
            for one in companies
        },
        history=shown_history(case, for_the_desk=False),
        provisions=shown_provisions(case, for_the_desk=False),
        tellings=[one for one in tellings_of(case, actor=actor_here()) if one.row.answer is EmergencyAnswer.AGREED],
    )


def _her_company(case: Case, company_id: str) -> Company:
    named = companies_in_question(case, named_companies(case).values())
    found = next((one for one in named if one.id.hex == company_id), None)
    if found is None:
        abort(404)
    return found


def _withdraw_page(case: Case, *, form: WithdrawForm | None = None) -> str:
    return _page(
        "mailbox/withdraw.html",
        case=case,
        form=form or WithdrawForm(formdata=None, data={"version": str(case.version)}),
        cannot_undo=cannot_undo(case, TakenBack.CONSULTATION, current_language()),
    )


def _page(template: str, **shown: Any) -> str:
    visit = actor_here().visit
    return render_template(template, session_ends_at=visit.ends_at if visit else None, **shown)
