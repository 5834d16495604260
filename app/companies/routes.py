"""The pages of companies: the list with its search, an entry with names, sites and officers, and what changes it."""

from __future__ import annotations

import uuid

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.clocks.queries import calendar, running_clock
from app.companies import blueprint
from app.companies.actions import (
    MembershipRefused,
    add_site,
    change_entry,
    change_member_type,
    end_membership,
    end_relation,
    give_code,
    join_again,
    register_company,
    relate_companies,
    rename_company,
    set_corporate_number,
)
from app.companies.forms import (
    CompanyForm,
    DrawCodeForm,
    EndRelationForm,
    EntryForm,
    JoinAgainForm,
    LeaveForm,
    MemberTypeForm,
    NumberForm,
    RelationForm,
    RenameForm,
    SiteForm,
)
from app.companies.queries import (
    Related,
    find_companies,
    page_of_companies,
    relations_of,
    sites_of,
    standing_companies,
)
from app.escalations.queries import file_of_company
from app.people.queries import companies_with_officer, name_of, officers_of, post_of, serving, silent_posts
from app.pipeline.access import asks
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor, actor_here
from app.pipeline.standing import one_or_404, visible_companies
from app.pipeline.transaction import db
from app.presentation.choices import Option
from app.presentation.due import time_left
from app.presentation.fields import Day
from app.presentation.filters import ja_date, label
from app.presentation.pagination import Page
from app.presentation.typed_text import tidy
from app.successions.queries import standing_merger_of, successions_of
from models.company import Company
from models.company_file import CompanyFile
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.membership import MembershipRefusal, owes_an_officer
from models.rules.people import SECRETARIAT, Role
from models.rules.permissions import Permission, may_ever
from models.rules.site_code import shown_site_code
from models.site import Site
from models.succession import Succession

LONGEST_SEARCH = 100
MOST_FOUND = 25


@blueprint.get("/")
@asks(Permission.COMPANY_LIST)
def overview() -> ResponseReturnValue:
    words = tidy(request.args.get("q", "")[:LONGEST_SEARCH], lines=False)
    if words:
        page = Page(tuple(find_companies(words, most=MOST_FOUND)), None, None)
    else:
        page = page_of_companies(request.args.get("after"))
    return render_template(
        "companies/overview.html",
        words=words,
        page=page,
        today=today(),
        with_officer=companies_with_officer([company.id for company in page.rows], at=now()),
    )


@blueprint.get("/new")
@asks(Permission.COMPANY_LIST)
def new() -> ResponseReturnValue:
    return render_template("companies/new.html", form=CompanyForm())


@blueprint.post("/new")
@asks(Permission.COMPANY_MANAGE)
def register() -> ResponseReturnValue:
    form = CompanyForm()
    if not form.validate_on_submit():
        return render_template("companies/new.html", form=form)
    company = register_company(
        name=form.name.data,
        kana=form.kana.data,
        english=form.english.data,
        actor=actor_here(),
        member_type=form.member_type.data,
        operator_type=form.operator_type.data,
        corporate_number=form.number(),
        prefecture=form.prefecture.data,
        address=form.address.data,
        joined_on=form.joined_on.data,
    )
    flash(_("会社を登録しました。次に、責任者を登録してください。"), "success")
    return _to(company)


@blueprint.get("/<uuid:company_id>")
@asks(Permission.COMPANY_READ)
def company(company_id: uuid.UUID) -> ResponseReturnValue:
    return _show(_find(company_id, Permission.COMPANY_READ))


@blueprint.post("/<uuid:company_id>/rename")
@asks(Permission.COMPANY_MANAGE)
def rename(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), RenameForm(prefix="rename")
    if not form.validate_on_submit() or not form.fits(found):
        return _show(found, renaming=form)
    rename_company(
        found,
        name=form.name.data,
        kana=form.kana.data,
        english=form.english.data,
        from_=form.from_.data,
        actor=actor_here(),
    )
    flash(_("名前の変更を登録しました。前の名前でも見つかります。"), "success")
    return _to(found)


@blueprint.post("/<uuid:company_id>/number")
@asks(Permission.COMPANY_MANAGE)
def number(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), NumberForm(prefix="number")
    if not form.validate_on_submit() or not form.fits():
        return _show(found, numbering=form)
    set_corporate_number(found, form.number(), actor=actor_here())
    flash(_("法人番号を登録しました。"), "success")
    return _to(found)


@blueprint.post("/<uuid:company_id>/entry")
@asks(Permission.COMPANY_MANAGE)
def entry(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), EntryForm(prefix="entry")
    if not form.validate_on_submit():
        return _show(found, changing=form)
    change_entry(
        found,
        prefecture=form.prefecture.data,
        address=form.address.data,
        operator_type=form.operator_type.data,
        inside_desk=form.inside_desk.data,
        actor=actor_here(),
    )
    flash(_("登録の内容を変えました。"), "success")
    return _to(found)


@blueprint.post("/<uuid:company_id>/sites")
@asks(Permission.COMPANY_MANAGE)
def site(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), SiteForm(prefix="site")
    if not form.validate_on_submit():
        return _show(found, siting=form)
    if not form.is_new_to(found):
        return _show(found, siting=form)
    add_site(found, name=form.site.data, prefecture=form.prefecture.data, address=form.address.data, actor=actor_here())
    flash(_("拠点を登録しました。"), "success")
    return _to(found)


@blueprint.post("/<uuid:company_id>/sites/<uuid:site_id>/code")
@asks(Permission.COMPANY_MANAGE)
def draw_code(company_id: uuid.UUID, site_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.COMPANY_MANAGE)
    give_code(_site_of(found, site_id), found, actor=actor_here())
    return redirect(url_for("companies.poster", company_id=found.id, site_id=site_id))


@blueprint.get("/<uuid:company_id>/sites/<uuid:site_id>/poster")
@asks(Permission.COMPANY_READ)
def poster(company_id: uuid.UUID, site_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.COMPANY_READ)
    site = _site_of(found, site_id)
    if site.code is None:
        abort(404)
    settings = current_app.config["KIKITE"]
    return render_template(
        "companies/poster.html",
        company=found.name_on(today()).name,
        site=site.name,
        code=shown_site_code(site.code),
        address=settings.base_url,
        phone=settings.desk_phone,
        back_url=url_for("companies.company", company_id=found.id),
    )


def _site_of(company: Company, site_id: uuid.UUID) -> Site:
    site: Site = one_or_404(select(Site).where(Site.id == site_id, Site.company_id == company.id))
    return site


@blueprint.post("/<uuid:company_id>/leave")
@asks(Permission.COMPANY_MANAGE)
def leave(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), LeaveForm(prefix="leave")
    if not form.validate_on_submit() or not form.fits():
        return _show(found, leaving=form)
    try:
        end_membership(found, left_on=form.left_on.data, actor=actor_here())
    except MembershipRefused as refused:
        form.refuse(form.left_on, label(refused.refusal))
        return _show(found, leaving=form)
    flash(_("会員資格の終わりを登録しました。"), "success")
    return _to(found)


@blueprint.post("/<uuid:company_id>/join-again")
@asks(Permission.COMPANY_MANAGE)
def join_again_(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), JoinAgainForm(prefix="join")
    if not form.validate_on_submit() or not form.fits():
        return _show(found, joining=form)
    is_back = found.left_on is not None
    try:
        join_again(found, member_type=form.member_type.data, joined_on=form.joined_on.data, actor=actor_here())
    except MembershipRefused as refused:
        _refuse_membership(form, form.joined_on, refused.refusal)
        return _show(found, joining=form)
    flash(
        _("再入会を登録しました。認定は、あらためて申請が必要です。") if is_back else _("入会を登録しました。"),
        "success",
    )
    return _to(found)


@blueprint.post("/<uuid:company_id>/member-type")
@asks(Permission.COMPANY_MANAGE)
def member_type(company_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(company_id, Permission.COMPANY_MANAGE), MemberTypeForm(prefix="type")
    if not form.validate_on_submit():
        return _show(found, retyping=form)
    try:
        change_member_type(found, form.member_type.data, on=form.from_.data, actor=actor_here())
    except MembershipRefused as refused:
        _refuse_membership(form, form.from_, refused.refusal)
        return _show(found, retyping=form)
    flash(_("会員の種別の変更を登録しました。"), "success")
    return _to(found)


OF_THE_TYPE = frozenset({MembershipRefusal.NO_TYPE, MembershipRefusal.SAME_TYPE, MembershipRefusal.HAS_CERTIFICATION})


def _refuse_membership(form: JoinAgainForm | MemberTypeForm, of_day: Day, refusal: MembershipRefusal) -> None:
    """Say it beside what it is about."""
    form.refuse(form.member_type if refusal in OF_THE_TYPE else of_day, label(refusal))


@blueprint.route("/<uuid:company_id>/relations", methods=["GET", "POST"])
@asks(Permission.COMPANY_MANAGE)
def relations(company_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.COMPANY_MANAGE)
    form = _relation_form(found)
    if not form.validate_on_submit() or not form.is_new_to(found):
        return _show_relations(found, relating=form)
    pair = (form.other.data, found) if form.side.data == "client" else (found, form.other.data)
    relate_companies(client=pair[0], agency=pair[1], from_=form.from_.data, actor=actor_here())
    flash(_("委託の関係を登録しました。"), "success")
    return redirect(url_for("companies.relations", company_id=found.id))


@blueprint.post("/<uuid:company_id>/relations/end")
@asks(Permission.COMPANY_MANAGE)
def end_relation_(company_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.COMPANY_MANAGE)
    form = _end_relation_form(found)
    if not form.validate_on_submit() or not form.fits():
        return _show_relations(found, ending=form)
    end_relation(form.related.data, on=form.last_day.data, actor=actor_here())
    flash(_("委託の関係の終わりを登録しました。"), "success")
    return redirect(url_for("companies.relations", company_id=found.id))


def _relation_form(company: Company) -> RelationForm:
    form = RelationForm(prefix="relate")
    form.other.options = [
        Option(one.id.hex, name, answer=one) for one, name in standing_companies() if one.id != company.id
    ]
    return form


def _end_relation_form(company: Company) -> EndRelationForm:
    form = EndRelationForm(prefix="end")
    form.related.options = [
        Option(one.relation.id.hex, f"{_side_of(one)} {one.other.name_on(today()).name}", answer=one.relation)
        for one in relations_of(company)
        if one.relation.valid_to is None
    ]
    return form


def _side_of(related: Related) -> str:
    return str(_("委託元") if related.is_client else _("受託先"))


def _show_relations(
    company: Company, *, relating: RelationForm | None = None, ending: EndRelationForm | None = None
) -> ResponseReturnValue:
    relating = relating or _relation_form(company)
    ending = ending or _end_relation_form(company)
    return render_template(
        "companies/relations.html",
        company=company,
        name=company.name_on(today()).name,
        relations=_shown_relations(company),
        relating=relating,
        ending=ending,
        form_with_errors=[relating, ending],
    )


def _shown_relations(company: Company) -> list[tuple[Related, str, str, str]]:
    """Each with the other one's name, what it is, and who its officers are now: with whom joint rules are agreed."""
    at = now()
    shown = []
    for one in relations_of(company):
        officers = serving(at, Role.OFFICER, Role.DEPUTY, company_id=one.other.id)
        names = _("、").join(name_of(person) for person in officers)
        shown.append((one, one.other.name_on(today()).name, _side_of(one), names))
    return shown


def _may_join(company: Company) -> bool:
    """Whether it is no member, or none any more, and could be: a company that is absorbed never will."""
    was_never = company.joined_on is None
    has_left = company.left_on is not None and not company.is_member_on(today())
    return (was_never or has_left) and standing_merger_of(company.id) is None


def _find(company_id: uuid.UUID, permission: Permission) -> Company:
    reach = visible_companies(actor_here(), permission)
    found: Company = one_or_404(select(Company).where(Company.id == company_id, reach))
    return found


def _successions(company: Company, role: Role) -> list[tuple[Succession, str]]:
    """What it came from and what became of it, for whoever may see such entries."""
    if not may_ever(Permission.SUCCESSION_READ, role):
        return []
    lines = []
    for one in successions_of(company, actor_here()):
        other_id = one.successor_id if one.predecessor_id == company.id else one.predecessor_id
        other = db().get_one(Company, other_id).name_on(today()).name
        words = _("%(day)s %(kind)s: %(other)sへ", day=ja_date(one.effective_on), kind=label(one.kind), other=other)
        if one.successor_id == company.id:
            words = _(
                "%(day)s %(kind)s: %(other)sから", day=ja_date(one.effective_on), kind=label(one.kind), other=other
            )
        lines.append((one, str(words)))
    return lines


def _to(found: Company) -> ResponseReturnValue:
    return redirect(url_for("companies.company", company_id=found.id))


def _frozen_file(company: Company, actor: Actor) -> CompanyFile | None:
    """The file that was frozen when the company left, for whoever may read it."""
    file = file_of_company(company.id)
    if file is None or file.state is not FileState.FROZEN:
        return None
    return file if may_ever(Permission.ESCALATION_READ, actor.role) and actor.role in SECRETARIAT else None


def _entry_form(company: Company) -> EntryForm:
    return EntryForm(
        formdata=None,
        prefix="entry",
        data={
            "prefecture": company.prefecture,
            "address": company.address,
            "operator_type": company.operator_type,
            "inside_desk": company.inside_desk or "",
        },
    )


def _show(
    found: Company,
    *,
    renaming: RenameForm | None = None,
    numbering: NumberForm | None = None,
    siting: SiteForm | None = None,
    leaving: LeaveForm | None = None,
    joining: JoinAgainForm | None = None,
    retyping: MemberTypeForm | None = None,
    changing: EntryForm | None = None,
) -> ResponseReturnValue:
    at = now()
    vacancy = running_clock(found.id, ClockKind.VACANCY)
    forms = {
        "changing": changing or _entry_form(found),
        "renaming": renaming or RenameForm(formdata=None, prefix="rename"),
        "numbering": numbering or NumberForm(formdata=None, prefix="number"),
        "siting": siting or SiteForm(formdata=None, prefix="site"),
        "leaving": leaving or LeaveForm(formdata=None, prefix="leave"),
        "drawing": DrawCodeForm(formdata=None),
        "joining": joining or JoinAgainForm(formdata=None, prefix="join"),
        "retyping": retyping or MemberTypeForm(formdata=None, prefix="type"),
    }
    role = actor_here().role
    return render_template(
        "companies/company.html",
        company=found,
        name=found.name_on(today()),
        silent=silent_posts(found.id),
        officers=[(person, name_of(person), post_of(person)) for person in officers_of(found.id, at=at)],
        vacancy=vacancy,
        vacancy_left=time_left(vacancy.due_at, at=at, calendar=calendar()) if vacancy else None,
        sites=[(site, shown_site_code(site.code) if site.code else "") for site in sites_of(found)],
        relations=_shown_relations(found),
        is_member=found.is_member_on(today()),
        needs_officer=found.is_member_on(today())
        and owes_an_officer(found.member_type)
        and found.id not in companies_with_officer([found.id], at=at),
        memberships=found.stretches(),
        may_join=_may_join(found),
        successions=_successions(found, role),
        enters_successions=may_ever(Permission.SUCCESSION_ENTER, role),
        frozen=_frozen_file(found, actor_here()),
        manages=may_ever(Permission.COMPANY_MANAGE, role),
        manages_people=may_ever(Permission.PEOPLE_MANAGE, role),
        at=at,
        form_with_errors=list(forms.values()),
        **forms,
    )
