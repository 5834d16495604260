"""Finding cases: the list narrowed by what is known of each, and a search in the words of those one may open."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.cases import blueprint
from app.cases.board import lines_of
from app.cases.narrowing import (
    NOBODY,
    Wanted,
    narrowed,
    needs_a_reason,
    opens_without_reason,
    page_of_cases,
)
from app.cases.queries import people_of_the_desk
from app.cases.search_forms import NarrowingForm, WordsForm
from app.cases.searching import Found, look_through
from app.companies.queries import all_companies, company_named, sites_of
from app.people.queries import name_of
from app.pipeline.access import Writes, asks
from app.pipeline.audit import of_person, record_reading
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import actor_here, person_here
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.choices import FromList
from app.presentation.filters import ja_date
from app.presentation.pagination import Page
from models.case import Case
from models.rules.permissions import Permission, may_ever
from models.rules.readings import ASSIGNED
from models.rules.text_search import words_in


@blueprint.get("/search")
@asks(Permission.CASE_LIST)
def search() -> ResponseReturnValue:
    form, actor = _narrowing_form(), actor_here()
    if not form.validate():
        return _page(form, WordsForm())
    wanted, reason = _wanted(form), form.reason.data
    if reason and wanted.looks_inside and needs_a_reason(actor):
        record_reading(of_person(person_here()), "search.narrow", actor=actor, facts={"reason_code": reason.value})
    page = page_of_cases(
        actor, wanted, with_reason=bool(reason), after=request.args.get("after"), before=request.args.get("before")
    )
    return _page(form, WordsForm(), page=page)


@blueprint.post("/search")
@asks(Permission.CASE_SEARCH, writes=Writes.LATE)
def search_words() -> ResponseReturnValue:
    """Everything is opened and looked through while others may write; then the search is recorded, and then shown."""
    narrowing, form, actor = _narrowing_form(), WordsForm(), actor_here()
    words = words_in(form.words.data or "")
    valid = narrowing.validate() and form.validate_on_submit()
    reason = form.search_reason.data if needs_a_reason(actor) else None
    if valid and not words:
        valid = form.refuse(form.words, form.words.missing())
    if valid and reason is None and not opens_without_reason(actor):
        valid = form.refuse(form.search_reason, form.search_reason.missing())
    if not valid:
        return _page(narrowing, form)
    reach = narrowed(actor, _wanted(narrowing), with_reason=reason is not None, opens=True)
    messages = bool(form.with_messages.data)
    found = look_through(words, reach, actor=actor, after=request.form.get("after"), with_messages=messages)
    facts = {**_counts(found), "with_messages": messages, "reason_code": reason.value if reason else ASSIGNED}
    record_reading(of_person(person_here()), "search.done", actor=actor, facts=facts)
    return _page(narrowing, form, found=found)


def _counts(found: Found) -> dict[str, Any]:
    first, last = (at.astimezone(TOKYO).date().isoformat() if at else None for at in (found.oldest, found.newest))
    return {
        "cases": found.opened,
        "hits": len(found.hits),
        "waiting": found.waiting,
        "first_day": first,
        "last_day": last,
    }


def _narrowing_form() -> NarrowingForm:
    form = NarrowingForm(formdata=request.args)
    form.counselor.options = [
        (NOBODY, _("担当なし")),
        *((person.id.hex, name_of(person)) for person in people_of_the_desk()),
    ]
    form.company.options = [(company.id.hex, name) for company, name in all_companies()]
    company = company_named(uuid.UUID(form.company.data)) if form.company.data else None
    # Sites are offered once a company is chosen; one that was chosen for another company is no choice any more.
    form.site.options = [(site.code, site.name) for site in sites_of(company) if site.code] if company else []
    if not company:
        form.site.process_data(None)
    return form


def _wanted(form: NarrowingForm) -> Wanted:
    return Wanted(**{name: answer for name, answer in form.data.items() if name != "reason"})


def _page(
    form: NarrowingForm, words: WordsForm, *, page: Page[Case] | None = None, found: Found | None = None
) -> ResponseReturnValue:
    actor = actor_here()
    chosen: dict[str, Any] = {
        name: values for name, values in request.args.to_dict(flat=False).items() if any(values) and name in form
    }
    wanted = Wanted() if form.errors else _wanted(form)
    cases = list(page.rows) if page else []
    if found is not None:
        # Asked anew: somebody may have been excluded from a case while it was looked through.
        shown = select(Case).where(
            Case.id.in_([hit.case_id for hit in found.hits]), visible_cases(actor, Permission.CASE_LIST)
        )
        by_id = {case.id: case for case in db().scalars(shown)}
        cases = [by_id[hit.case_id] for hit in found.hits if hit.case_id in by_id]
    return render_template(
        "cases/search.html",
        form=form,
        words_form=words,
        form_with_errors=(form, words),
        page=page,
        found=found,
        lines=lines_of(cases, actor),
        excerpts={hit.case_id: hit.excerpt for hit in found.hits} if found else {},
        now=now(),
        narrows=bool(chosen),
        conditions=[] if form.errors else _conditions(form),
        only_own=wanted.looks_inside and needs_a_reason(actor) and not form.reason.data,
        asks_reason=needs_a_reason(actor),
        may_search=may_ever(Permission.CASE_SEARCH, actor.role),
        reading_reason=(words.search_reason.data if found else form.reason.data),
        words_url=url_for("cases.search_words", **chosen),
        chosen=chosen,
        go_on=_go_on(words, found),
    )


def _conditions(form: NarrowingForm) -> list[tuple[str, str]]:
    """What the list is narrowed by, in the words of the form."""
    found = []
    for asked in form:
        if isinstance(asked, FromList):
            words = [str(option.words) for option in asked.options if option.value in asked.chosen]
        else:
            words = [ja_date(asked.data)] if asked.data else []
        if words:
            found.append((asked.label.text, str(_("、")).join(words)))
    return found


def _go_on(form: WordsForm, found: Found | None) -> dict[str, str]:
    """What the button sends that goes on with older cases: the same words, and where to begin."""
    if found is None or found.next is None:
        return {}
    told = {"words": form.words.data, "after": found.next}
    if form.with_messages.data:
        told["with_messages"] = "1"
    if form.search_reason.data:
        told["search_reason"] = form.search_reason.data.value
    return told
