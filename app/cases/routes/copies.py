"""The forwarded copy on its pages: the company is picked and confirmed, the copy is written beside the original."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions import draft_copy, put_copy
from app.cases.actions.copies import ACT_BY_STATE
from app.cases.forms import CopyForm, SearchForm
from app.cases.opened import group_size_in, identity_of, narrative_of
from app.cases.queries import exchanges_of, latest_copy, may_draft, named_companies, party_of, road_to
from app.cases.routes.finding import asked, back_to, find, must_be_as_seen, note_reading, part_of
from app.cases.words import words_if_there_are
from app.companies.queries import find_standing_companies, former_names, name_on
from app.consents.queries import consent_in_force
from app.custody.queries import compartment_of_case
from app.pipeline.access import asks
from app.pipeline.audit import of_case, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor, actor_here
from app.pipeline.transaction import db
from app.presentation.filters import current_language, label
from app.responses.queries import copy_text
from models.case import Case
from models.company import Company
from models.forwarded_copy import ForwardedCopy
from models.rules.consent import DEFAULT, levels_to_propose, what_the_company_gets
from models.rules.decision import Decision
from models.rules.forwarded_copy import About, Traced, barred_at, fields_in_forwarded_copy, narrowing, traces_in
from models.rules.membership import Route
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.rules.small_groups import is_small, small_group_rule_at


@blueprint.route("/<number>/copy", methods=["GET", "POST"])
@asks(Permission.CASE_PREPARE_COPY)
def pick_company(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_PREPARE_COPY)
    form = SearchForm()
    # A name that is searched for is sent in the body: an address would stand in logs and in the browser's history.
    matches = find_standing_companies(form.words.data) if form.validate_on_submit() else None
    begun = [db().get_one(Company, exchange.company_id) for exchange in exchanges_of(found)]
    named = list(dict.fromkeys([*named_companies(found).values(), *begun]))
    return render_template(
        "cases/pick_company.html",
        case=found,
        form=form,
        named=[_card(found, company) for company in named],
        matches=None if matches is None else [_card(found, company) for company in matches],
        writable=is_writable(found),
    )


def is_writable(case: Case) -> bool:
    return case.state in ACT_BY_STATE and case.severity_token is not None


def _card(case: Case, company: Company) -> dict[str, object]:
    name = company.name_on(today())
    return {
        "company": company,
        "name": name.name,
        "kana": name.kana,
        "former": former_names(company, today()),
        "road": road_to(company),
        "party": party_of(case, company),
    }


@blueprint.route("/<number>/copy/<company_id>", methods=["GET", "POST"])
@asks(Permission.CASE_PREPARE_COPY)
def write_copy(number: str, company_id: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_PREPARE_COPY)
    company = company_or_404(company_id)
    if not is_writable(found) or road_to(company) is Route.ADVICE_ONLY:
        return redirect(url_for("cases.pick_company", number=number))
    form = copy_form(found, company)
    if not asked(form, found):
        return copy_page(found, company, form)
    traces = _traces(found, form, actor_here())
    # The reading was recorded and committed by itself, and somebody may have acted in between.
    must_be_as_seen(found)
    barred = barred_at(form.level.data, traces)
    allowed = may_draft(found, company, form.level.data)
    if barred:
        form.refuse(form.text, _("会社に伝えてはならないものが残っています: %(what)s", what=_listed(barred)))
    if not allowed:
        form.refuse(form.level, why_not(allowed))
    is_draft = bool(request.form.get("draft"))
    if not is_draft and points_to_one_person(form, traces) and not form.small_group_seen.data:
        form.refuse(
            form.small_group_seen,
            _(
                "人数の少ない職場では、次の記載から一人に絞られることがあります: %(what)s。"
                "ぼかすか、読み直してチェックを入れてください。",
                what=_listed(narrowing(traces)),
            ),
        )
    if form.errors:
        return copy_page(found, company, form, traces=traces)
    copy = draft_copy(found, company, text=form.text.data, level=form.level.data, actor=actor_here())
    if is_draft:
        flash(_("下書きを保存しました。相談者にはまだ見えていません。"), "success")
    else:
        put_copy(found, copy, actor=actor_here())
        flash(_("転送版を相談者に示しました。承認されるまで、会社には何も伝わりません。"), "success")
    return back_to(found, "copies")


REFUSALS: dict[str, Callable[[], str]] = {
    "not_a_member": lambda: _(
        "会員ではない会社には、協会から連絡できません。助言と外部の相談先の案内で対応してください。"
    ),
    "successor_not_verified": lambda: _(
        "相談者の会社は、この会社に合併しました。事務局が責任者を確かめて引き継ぎを済ませるまで、この会社には伝えられません。"
    ),
    "above_the_consent": lambda: _("相談者が同意している範囲を超えています。"),
    "party_not_consented": lambda: _(
        "この会社への共有には、相談者の別の同意が要ります。先にメッセージで尋ね、同意の画面で選んでもらってください。"
    ),
    "consent_is_none": lambda: _("相談者は会社に伝えることに同意していません。"),
    "counts_changed": lambda: _(
        "承認したあとに、人数に入る方が変わりました。まとめの転送版を作り直し、もう一度承認を受けてください。"
    ),
    "preview_not_approved": lambda: _("相談者はこの転送版をまだ承認していません。"),
}


def why_not(decision: Decision) -> str:
    """What the desk is told when a company may not be told."""
    return REFUSALS[decision.reason]()


@blueprint.post("/<number>/put/<copy_id>")
@asks(Permission.CASE_PREPARE_COPY)
def put(number: str, copy_id: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_PREPARE_COPY)
    copy: ForwardedCopy = part_of(ForwardedCopy, copy_id, found)
    must_be_as_seen(found)
    put_copy(found, copy, actor=actor_here())
    flash(_("転送版を相談者に示しました。承認されるまで、会社には何も伝わりません。"), "success")
    return back_to(found, "copies")


def company_or_404(company_id: str) -> Company:
    try:
        found = db().get(Company, uuid.UUID(company_id))
    except ValueError:
        found = None
    if found is None:
        abort(404)
    return found


def copy_form(case: Case, company: Company, *, text: str | None = None, level: str = "") -> CopyForm:
    """The form of a copy: as it was sent, or with a text that was prepared on another page."""
    version = {"version": case.version}
    form = CopyForm(data=version) if text is None else CopyForm(formdata=None, data={**version, "text": text})
    consented = consent_in_force(case, company_id=company.id).level
    form.level.options = levels_to_propose(consented)
    if text is not None:
        form.level.process_data(level)
    elif not form.is_submitted():
        form.level.process_data(consented if consented is not DEFAULT else None)
    return form


def copy_page(
    case: Case, company: Company, form: CopyForm, *, traces: tuple[Traced, ...] = (), was_masked: bool = False
) -> ResponseReturnValue:
    """The copy beside the original."""
    actor = actor_here()
    note_reading(case, "narrative", "forwarded")
    narrative = narrative_of(case, actor=actor)
    size = group_size_in(narrative)
    exchange = next((one for one in exchanges_of(case) if one.company_id == company.id and one.state != "closed"), None)
    before = latest_copy(exchange) if exchange else None
    if not form.is_submitted():
        form.group_size.process_data(size)
        if before is not None:
            form.text.data = copy_text(before, actor=actor)
            form.level.process_data(before.level)
    elif was_masked:
        form.group_size.process_data(size)
    consent = consent_in_force(case, company_id=company.id)
    barred = barred_at(form.level.data, traces) if form.level.data else ()
    return render_template(
        "cases/copy.html",
        case=case,
        card=_card(case, company),
        company_name=name_on(company, today()),
        form=form,
        original=narrative["text"],
        happened=narrative["happened"],
        group_size=size,
        is_small=is_small(size, small_group_rule_at(now())),
        was_masked=was_masked,
        warnings=[traced for traced in traces if traced not in barred],
        consent=consent,
        levels=[
            (level, what_the_company_gets(level, current_language()), sorted(fields_in_forwarded_copy(level)))
            for level in levels_to_propose(consent.level)
        ],
        refusal=_refusal(case, company, form),
    )


def points_to_one_person(form: CopyForm, traces: tuple[Traced, ...]) -> bool:
    """Whether something in the copy is true of so few people that it names one of them."""
    return bool(narrowing(traces)) and is_small(form.group_size.data, small_group_rule_at(now()))


def _refusal(case: Case, company: Company, form: CopyForm) -> str:
    lowest = form.level.options[0].means
    decision = may_draft(case, company, lowest)
    return "" if decision else why_not(decision)


def _traces(case: Case, form: CopyForm, actor: Actor) -> tuple[Traced, ...]:
    """What in a copy points to the consulter; a registered handler's session compares it with her name as well."""
    note_reading(case, "narrative")
    name = contact = ""
    identity = compartment_of_case(case, CompartmentKind.IDENTITY)
    if identity is not None and actor.held.opens(identity):
        record_reading(of_case(case), "case.read_identity", actor=actor, facts={"reason_code": "copy"})
        known = identity_of(case, actor=actor)
        name, contact = known["name"], known["contact"]
    original = narrative_of(case, actor=actor)["text"]
    text = form.text.data
    return traces_in(text, About(original, case.received_at, name, contact), words_if_there_are(text) or ())


def _listed(traces: tuple[Traced, ...]) -> str:
    return str(_("、")).join(_with_words(traced) for traced in traces)


def _with_words(traced: Traced) -> str:
    if not traced.words:
        return label(traced.trace)
    words = "".join(_("「%(words)s」", words=words) for words in traced.words)
    return f"{label(traced.trace)}{words}"
