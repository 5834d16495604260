"""The pages of operations: the record of what was done and read, and the mails that left or wait."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.companies.queries import find_companies
from app.operations import blueprint
from app.operations.event_words import words_of
from app.operations.fact_words import short
from app.operations.forms import TrailForm
from app.operations.head_exports import shown_exports
from app.operations.health import health
from app.operations.key_report import ring_keys, standing
from app.operations.key_terms import terms
from app.operations.queries import (
    Asked,
    Delivery,
    case_numbered,
    last_head,
    outbox_page,
    people_called,
    records_by_key,
    trail_page,
)
from app.operations.verification import verify_all
from app.pipeline.access import asks
from app.pipeline.audit import Subject
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.secrets import ring_place
from app.presentation.pagination import Position, decode_position
from models.rules.key_kinds import KEY_RULES
from models.rules.people import COMPANY
from models.rules.permissions import Permission, may_ever
from models.rules.trail_scope import Scope, scopes_of

MOST_FAULTS = 100
NARROWED_BY = ("number", "name", "company_name", "since", "until", "subject", "person")
KINDS = {
    "case": _l("相談案件"),
    "company": _l("会社"),
    "leak": _l("漏えいの記録"),
    "person": _l("登録された人"),
    "association": _l("協会"),
}
DELIVERIES = {
    Delivery.WAITING: _l("送信待ち"),
    Delivery.SENT: _l("送信済み"),
    Delivery.GIVEN_UP: _l("送れませんでした"),
}
FAILURES = {
    "connection": _l("メールサーバーにつながりません"),
    "timeout": _l("メールサーバーが応答しません"),
    "tls": _l("メールサーバーの証明書を確かめられません"),
    "sign_in": _l("メールサーバーへのサインインに失敗しました"),
    "sender_refused": _l("送信元のアドレスが受け付けられません"),
    "refused": _l("宛先が受け付けられません"),
    "not_supported": _l("メールサーバーが暗号化などに対応していません"),
    "server": _l("メールサーバーがエラーを返しました"),
    "disk": _l("ファイルに書けません"),
    "address": _l("宛先のアドレスが正しくありません"),
    "nobody": _l("送る相手が利用を終えたか、案内の期限が過ぎました"),
}


@blueprint.get("/")
@asks(Permission.AUDIT_READ_OWN)
def trail() -> ResponseReturnValue:
    form = TrailForm(formdata=request.args)
    subject, unknown = _subject_asked(form)
    asked = Asked(subject=subject, person_id=_identifier(request.args.get("person")))
    if not unknown and form.validate():
        people, companies = _named(form)
        asked = Asked(subject, asked.person_id, people, companies, form.since.data, form.until.data)
    page = None
    if not form.errors:
        cursor = request.args.get("after")
        page = trail_page(actor_here(), asked, after=_position(cursor), cursor=cursor)
    return render_template(
        "operations/trail.html",
        form=form,
        page=page,
        head=last_head() if Scope.ALL in scopes_of(actor_here().role) else None,
        kinds=KINDS,
        words_of=words_of,
        kept=_kept(*NARROWED_BY),
        is_narrowed=bool(_kept(*NARROWED_BY)),
        scopes=scopes_of(actor_here().role),
        scope=Scope,
        by_number=actor_here().role in COMPANY or Scope.ALL in scopes_of(actor_here().role) or may_list_cases(),
    )


@blueprint.get("/verification")
@asks(Permission.AUDIT_READ_ALL)
def verification() -> ResponseReturnValue:
    # It reads the whole record, and so only when somebody asks for it and not whenever the page is opened.
    found = verify_all() if request.args.get("now") == "1" else None
    return render_template(
        "operations/verification.html",
        found=found,
        faults=[(_chain_words(fault.subject), fault) for fault in found.faults[:MOST_FAULTS]] if found else (),
        keys=records_by_key(),
        head=last_head(),
        exports=shown_exports(),
        at=now(),
    )


def _chain_words(subject: str) -> str:
    kind, _separator, identifier = subject.partition(":")
    words = KINDS.get(kind)
    return f"{words} {short(identifier)}" if words else str(_("署名"))


@blueprint.get("/keys")
@asks(Permission.KEYS_READ)
def keys() -> ResponseReturnValue:
    wrapper = ring_place().wrapper
    return render_template(
        "operations/keys.html",
        ring=ring_keys(),
        wrapped_by=wrapper.name if wrapper is not None else "",
        standing=standing(),
        terms=terms(),
        rules=KEY_RULES,
        at=now(),
    )


@blueprint.get("/outbox")
@asks(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    chosen = request.args.get("state", "")
    if chosen and chosen not in {each.value for each in Delivery}:
        abort(404)
    cursor = request.args.get("after")
    return render_template(
        "operations/outbox.html",
        page=outbox_page(Delivery(chosen) if chosen else None, after=_position(cursor), cursor=cursor),
        chosen=chosen,
        deliveries=DELIVERIES,
        failures=FAILURES,
        kept=_kept("state"),
    )


def _subject_asked(form: TrailForm) -> tuple[Subject | None, bool]:
    """The subject that the address or the form names, and whether the form named one that is not there."""
    kind, _separator, written = request.args.get("subject", "").partition(":")
    identifier = _identifier(written)
    if kind:
        if kind not in KINDS or identifier is None:
            abort(404)
        return Subject(kind, identifier), False
    if not form.number.data:
        return None, False
    case_id = case_numbered(form.number.data.upper(), actor_here())
    if case_id is None:
        form.validate()
        form.refuse(form.number, _("この番号の相談は見つかりません。番号をもう一度確かめてください。"))
        return None, True
    return Subject("case", case_id), False


def _named(form: TrailForm) -> tuple[frozenset[uuid.UUID] | None, frozenset[uuid.UUID] | None]:
    """The people and the companies that the form names; a name that nobody has is said at its field."""
    people = people_called(form.name.data) if form.name.data else None
    if people is not None and not people:
        form.refuse(form.name, _("この名前の人は見つかりません。名前の一部でも探せます。"))
    companies = None
    if form.company_name.data:
        companies = frozenset(company.id for company in find_companies(form.company_name.data))
        if not companies:
            form.refuse(form.company_name, _("この名前の会社は見つかりません。名前の一部でも探せます。"))
    return people, companies


def may_list_cases() -> bool:
    return may_ever(Permission.CASE_LIST, actor_here().role)


def _identifier(written: str | None) -> uuid.UUID | None:
    if not written:
        return None
    try:
        return uuid.UUID(hex=written)
    except ValueError:
        abort(404)


def _position(cursor: str | None) -> Position | None:
    position = decode_position(cursor, str, str)
    if position is None:
        return None
    try:
        at = datetime.fromisoformat(str(position[0]))
        uuid.UUID(str(position[1]))
    except ValueError:
        return None
    return position if at.tzinfo is not None else None


def _kept(*names: str) -> dict[str, Any]:
    """What of the address goes along to the next page."""
    return {name: request.args[name] for name in names if request.args.get(name)}


@blueprint.record_once
def _at_the_top(state: BlueprintSetupState) -> None:
    # Watchers look for it at the root and not under a slice.
    state.app.add_url_rule("/healthz", endpoint="operations.health", view_func=health)
