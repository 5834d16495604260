"""The masking proposal on its page: what was found in a text, and what the counsellor makes of each."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import blueprint
from app.cases.masking import Examined, MaskingForm, examined, masking_form
from app.cases.opened import group_size_in, narrative_of
from app.cases.queries import road_to
from app.cases.routes.copies import company_or_404, copy_form, copy_page, is_writable
from app.cases.routes.finding import find, note_reading
from app.companies.queries import name_on
from app.pipeline.access import asks
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from models.case import Case
from models.company import Company
from models.rules.membership import Route
from models.rules.permissions import Permission
from models.rules.small_groups import is_small, small_group_rule_at


@blueprint.route("/<number>/copy/<company_id>/masking", methods=["GET", "POST"])
@asks(Permission.CASE_PREPARE_COPY)
def propose_masking(number: str, company_id: str) -> ResponseReturnValue:
    """What was found in the original, or in the copy as it is being written; nothing of either is stored."""
    found, company = find(number, Permission.CASE_PREPARE_COPY), company_or_404(company_id)
    if not is_writable(found) or road_to(company) is Route.ADVICE_ONLY:
        return redirect(url_for("cases.pick_company", number=number))
    note_reading(found, "narrative")
    written, level = narrative_of(found, actor=actor_here())["text"], ""
    if request.method == "POST":
        form = copy_form(found, company)
        written, level = form.text.data, form.level.data.value if form.level.data else ""
    seen = examined(written)
    return _masking_page(found, company, seen, masking_form(seen, level=level, version=found.version, answered=False))


@blueprint.post("/<number>/copy/<company_id>/masked")
@asks(Permission.CASE_PREPARE_COPY)
def take_masking(number: str, company_id: str) -> ResponseReturnValue:
    """The text as it was decided stands in the form of the copy, to be read and worked on."""
    found, company = find(number, Permission.CASE_PREPARE_COPY), company_or_404(company_id)
    seen = examined(request.form.get("source", ""))
    level = request.form.get("level", "")
    form = masking_form(seen, level=level, version=found.version, answered=True)
    if request.form.get("shape") != seen.shape:
        note_reading(found, "narrative")
        fresh = masking_form(seen, level=level, version=found.version, answered=False)
        return _masking_page(found, company, seen, fresh, changed=True)
    if not form.validate():
        note_reading(found, "narrative")
        return _masking_page(found, company, seen, form)
    return copy_page(
        found, company, copy_form(found, company, text=form.result(seen.text), level=level), was_masked=True
    )


def _masking_page(
    case: Case, company: Company, seen: Examined, form: MaskingForm, *, changed: bool = False
) -> ResponseReturnValue:
    size = group_size_in(narrative_of(case, actor=actor_here()))
    return render_template(
        "cases/masking.html",
        case=case,
        company=company,
        company_name=name_on(company, today()),
        seen=seen,
        form=form,
        changed=changed,
        is_small=is_small(size, small_group_rule_at(now())),
        group_size=size,
    )
