"""Sending on its pages: look once more, send, change the addressee, take back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions import (
    Sending,
    arrange_sending,
    confirm_recall,
    may_go_out,
    recall,
    refuse_recall,
    reroute,
    return_to_ready,
    return_to_triage,
    route_again,
)
from app.cases.forms import RecallForm, RerouteForm, SendForm
from app.cases.queries import goes_again, latest_copy, may_send, road_to, severity_of, who_receives
from app.cases.recalls import read_proof
from app.cases.routes.copies import why_not
from app.cases.routes.finding import asked, back_to, find, find_as_seen, find_exchange, may_read_at_once, note_reading
from app.clocks.queries import calendar
from app.consents.queries import consent_in_force
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import actor_here
from app.pipeline.transaction import db
from app.presentation.buttons import pressed
from app.responses.queries import copy_text
from app.rulebook.queries import deadlines_at
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.person import Person
from models.rules.deadlines import ClockKind, due
from models.rules.permissions import Permission
from models.rules.routing import Addressee

WHAT_BECAME: dict[Sending, tuple[Callable[[], str], str]] = {
    Sending.DELIVERED: (lambda: _("責任者へ転送しました。"), "success"),
    Sending.WAITS: (lambda: _("転送を予約しました。待ち時間が過ぎるまでは、取り消せば何も届きません。"), "success"),
    Sending.ASK_FIRST: (
        lambda: _("見せてはならない方が宛先に関わるため、送っていません。先に相談者に尋ね、了承を得てください。"),
        "warning",
    ),
    Sending.NOT_AS_APPROVED: (
        lambda: _(
            "相談者が承認した文章と同じものか確かめられないため、送っていません。転送版を書き直し、もう一度相談者に示してください。"
        ),
        "warning",
    ),
    Sending.NOBODY: (
        lambda: _(
            "会社に届けられる方がいないため、送っていません。会社に後任の登録を求め、相談者に状況を伝えてください。"
        ),
        "warning",
    ),
}


@blueprint.route("/<number>/send/<reference>", methods=["GET", "POST"])
@asks(Permission.CASE_ROUTE)
def send(number: str, reference: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_ROUTE)
    exchange = find_exchange(found, reference)
    form = SendForm(data={"version": found.version})
    allowed = may_send(found, exchange) if goes_again(found, exchange) else may_go_out(found, exchange)
    if not allowed or not asked(form, found):
        return _send_page(found, exchange, form, "" if allowed else why_not(allowed))
    act = route_again if goes_again(found, exchange) else arrange_sending
    became = act(found, exchange, consulter_agrees=bool(form.consulter_agrees.data), actor=actor_here())
    words, category = WHAT_BECAME[became]
    flash(words(), category)
    return back_to(found, "copies")


@blueprint.route("/<number>/reroute/<reference>", methods=["GET", "POST"])
@asks(Permission.CASE_ROUTE)
def reroute_(number: str, reference: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_ROUTE)
    exchange = find_exchange(found, reference)
    form = RerouteForm(data={"version": found.version})
    if not asked(form, found):
        return _reason_page(found, form, _("宛先を変更する"), _("宛先を変更する"))
    reroute(found, exchange, form.reason.data.value, actor=actor_here())
    flash(_("これまでの宛先の方は、もう読めません。新しい宛先へ送ってください。"), "success")
    return back_to(found, "copies")


@blueprint.route("/<number>/recall/<reference>", methods=["GET", "POST"])
@asks(Permission.CASE_RECALL)
def recall_(number: str, reference: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_RECALL)
    exchange = find_exchange(found, reference)
    form = RecallForm(data={"version": found.version})
    if not asked(form, found):
        heading, delivered = _("転送を取り消す"), exchange.state == "routed"
        button = _("取消しの確認を求める") if delivered else _("取り消す")
        return _reason_page(found, form, heading, button, opened_at=exchange.opened_at, two_recall=delivered)
    if recall(found, exchange, form.reason.data, actor=actor_here()):
        flash(_("転送の予約を取り消しました。会社には何も届いていません。"), "success")
    else:
        flash(_("転送の取消しの確認を求めました。会社の画面には、いまから表示されません。"), "info")
    return back_to(found, "copies")


@blueprint.post("/<number>/recall/<reference>/answer")
@asks(Permission.CASE_SECOND_RECALL)
def answer_recall(number: str, reference: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_SECOND_RECALL)
    exchange = find_exchange(found, reference)
    if pressed("answer", "confirm", "refuse") == "refuse":
        refuse_recall(found, exchange, actor=actor_here())
        flash(_("転送を取り消さないことにしました。会社の画面に、ふたたび表示されます。"), "info")
    elif read_proof(confirm_recall(found, exchange, actor=actor_here())):
        flash(_("転送を取り消しました。会社はすでに開いています。漏えいへの対応を始めてください。"), "warning")
    else:
        flash(_("転送を取り消しました。会社はまだ開いていませんでした。"), "success")
    return back_to(found, "copies")


@blueprint.post("/<number>/to-ready")
@asks(Permission.CASE_RECALL)
def to_ready(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_RECALL)
    return_to_ready(found, actor=actor_here())
    flash(_("転送の準備に戻しました。"), "success")
    return back_to(found)


@blueprint.post("/<number>/to-triage")
@asks(Permission.CASE_RECALL)
def to_triage(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_RECALL)
    return_to_triage(found, actor=actor_here())
    flash(_("受付審査に戻しました。"), "success")
    return back_to(found)


def _send_page(case: Case, exchange: Exchange, form: SendForm, refusal: str) -> ResponseReturnValue:
    copy, text = latest_copy(exchange), None
    if copy is not None and may_read_at_once(case):
        note_reading(case, "forwarded")
        text = copy_text(copy, actor=actor_here())
    at = now()
    hold = due(ClockKind.SEND_HOLD, from_=at, calendar=calendar(), policy=deadlines_at(at), severity=severity_of(case))
    company = db().get_one(Company, exchange.company_id)
    return render_template(
        "cases/send.html",
        case=case,
        exchange=exchange,
        form=form,
        refusal=refusal,
        copy=copy,
        text=text,
        company=company,
        company_name=company.name_on(at.astimezone(TOKYO).date()),
        road=road_to(company),
        consent=consent_in_force(case, company_id=company.id),
        to=_to(case, exchange),
        hold=hold if hold.due_at > at and not goes_again(case, exchange) else None,
    )


def _to(case: Case, exchange: Exchange) -> dict[str, Any]:
    to = who_receives(case, exchange.company_id)
    if not isinstance(to, Addressee):
        return {"nobody": to.reason, "people": [], "ask_first": False, "vacancies": sorted(to.vacancies)}
    people = [db().get_one(Person, uuid.UUID(person_id)) for person_id in to.person_ids]
    return {
        "nobody": None,
        "people": [(name_of(person), person.role) for person in people],
        "ask_first": to.asks_the_consulter_first,
        "vacancies": sorted(to.vacancies),
    }


def _reason_page(
    case: Case, form: RerouteForm | RecallForm, heading: str, button: str, **shown: Any
) -> ResponseReturnValue:
    return render_template(
        "cases/write.html", case=case, form=form, fields=[form.reason], heading=heading, button=button, **shown
    )
