"""The pages of leak worksheets: the list, one worksheet, and what is written and decided in it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.leaks import blueprint, paper_routes
from app.leaks.actions.beginning import begin_leak
from app.leaks.actions.deciding import ItemsAreMissing, end_leak, need_report, record_report, reopen_leak, spare_report
from app.leaks.actions.writing import assess, name_case, puts_off, tell, write_items
from app.leaks.forms import AssessForm, BeginForm, ItemsForm, NameCaseForm, ReportForm, SpareForm, TellForm
from app.leaks.pages import form_page, shown_leak
from app.leaks.queries import MOST_SHOWN, case_to_name, items_of, latest_sheet, leaks_shown
from app.pipeline import acting
from app.pipeline.access import asks
from app.pipeline.audit import of_leak, record_reading
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_leaks
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from models.leak import Leak
from models.rules.leak import LeakItem, triggers_in
from models.rules.permissions import Permission, may_ever

# Imported so that their routes are registered with these.
__all__ = ["paper_routes"]


@blueprint.get("/")
@asks(Permission.LEAK_LIST)
def overview() -> ResponseReturnValue:
    actor = actor_here()
    return render_template(
        "leaks/overview.html",
        leaks=leaks_shown(actor),
        most=MOST_SHOWN,
        now=now(),
        may_read=may_ever(Permission.LEAK_READ, actor.role),
        may_begin=may_ever(Permission.LEAK_BEGIN, actor.role),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@asks(Permission.LEAK_BEGIN)
def begin() -> ResponseReturnValue:
    at, actor = now().astimezone(TOKYO), actor_here()
    form = BeginForm(data={"aware_day": at.date(), "aware_time": at.time()})
    if not form.validate_on_submit():
        return render_template("leaks/new.html", form=form)
    case = case_to_name(form.case.data, actor) if form.case.data else None
    if form.case.data and case is None:
        form.refuse(form.case, _("その番号の相談は見つかりません。番号を確かめるか、空けておいてください。"))
        return render_template("leaks/new.html", form=form)
    begun = begin_leak(
        reach=form.reach.data, aware_at=form.aware_at(), items={LeakItem.SUMMARY: form.summary.data}, actor=actor
    )
    if case is not None:
        name_case(begun, case, actor=actor)
    flash(_("漏えいの記録を始めました。管理者と事務局長にお知らせしました。"), "success")
    return _to(begun)


@blueprint.get("/<number>")
@asks(Permission.LEAK_READ)
def leak(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.LEAK_READ)
    return _show(found)


@blueprint.route("/<number>/items", methods=["GET", "POST"])
@asks(Permission.LEAK_WRITE)
def items(number: str) -> ResponseReturnValue:
    found, actor = _find(number, Permission.LEAK_WRITE), actor_here()
    form = ItemsForm()
    if form.is_submitted() and _asked(form, found):
        write_items(found, form.items(), actor=actor)
        flash(_("9つの項目を、新しい版として残しました。"), "success")
        return _to(found)
    if not form.is_submitted():
        record_reading(of_leak(found), "leak.read", actor=actor, facts={})
        sheet = latest_sheet(found)
        known: dict[str, Any] = dict(items_of(sheet, actor=actor)) if sheet else {}
        form = ItemsForm(formdata=None, data={**known, "version": found.version})
    return form_page(found, form, _("9つの項目を書く"), _("この内容で残す"), hint="items")


@blueprint.route("/<number>/assess", methods=["GET", "POST"])
@asks(Permission.LEAK_WRITE)
def weigh(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.LEAK_WRITE)
    aware = found.aware_at.astimezone(TOKYO)
    known = {
        "version": found.version,
        "aware_day": aware.date(),
        "aware_time": aware.time(),
        "reach": found.reach,
        "key_safety": found.key_safety,
        "triggers": triggers_in(found.triggers),
    }
    form = AssessForm(data=known)
    valid = _asked(form, found)
    if valid and puts_off(found, form.aware_at()) and not may_ever(Permission.LEAK_JUDGE, actor_here().role):
        words = _("後の日に改めると、法律の期限が延びます。後の日にできるのは、管理者か事務局長だけです。")
        valid = form.refuse(form.aware_day, words)
    if not valid:
        return form_page(found, form, _("漏えいの状況を見直す"), _("この内容に改める"), hint="assess")
    assess(
        found,
        aware_at=form.aware_at(),
        reach=form.reach.data,
        key_safety=form.key_safety.data,
        triggers=form.triggers.data,
        actor=actor_here(),
    )
    flash(_("状況を改めました。期限は、この内容に合わせてあります。"), "success")
    return _to(found)


@blueprint.post("/<number>/cases")
@asks(Permission.LEAK_WRITE)
def add_case(number: str) -> ResponseReturnValue:
    found, form, actor = _find(number, Permission.LEAK_WRITE), NameCaseForm(), actor_here()
    if not _asked(form, found):
        return _show(found, form)
    case = case_to_name(form.case.data, actor)
    if case is None:
        form.refuse(form.case, _("その番号の相談は見つかりません。番号を確かめてください。"))
        return _show(found, form)
    is_new = name_case(found, case, actor=actor)
    flash(
        _("関係する相談に加えました。") if is_new else _("その相談は、もう入っています。"),
        "success" if is_new else "info",
    )
    return _to(found)


@blueprint.route("/<number>/tell", methods=["GET", "POST"])
@asks(Permission.LEAK_WRITE)
def note_telling(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.LEAK_WRITE)
    form = TellForm(data={"version": found.version})
    if not _asked(form, found):
        return form_page(found, form, _("知らせたことを記録する"), _("記録する"), hint="tell")
    tell(found, form.told.data, told_at=form.told_at(), words=form.words.data, actor=actor_here())
    flash(_("知らせたことを記録しました。"), "success")
    return _to(found)


@blueprint.route("/<number>/report", methods=["GET", "POST"])
@asks(Permission.LEAK_JUDGE)
def report(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.LEAK_JUDGE)
    form = ReportForm(data={"version": found.version})
    if not _asked(form, found):
        return form_page(found, form, _("報告したことを記録する"), _("報告を記録する"), hint="report")
    try:
        record_report(found, form.told.data, told_at=form.told_at(), words=form.words.data, actor=actor_here())
    except ItemsAreMissing as refusal:
        missing = str(_("、")).join(label(item) for item in refusal.missing)
        form.refuse(
            form.told,
            _(
                "確報には、9つの項目のすべてが必要です。分からないものも「調査したが不明」などと書いてから、"
                "記録してください: %(missing)s",
                missing=missing,
            ),
        )
        return form_page(found, form, _("報告したことを記録する"), _("報告を記録する"), hint="report")
    flash(_("報告を、そのときの項目の版と一緒に残しました。"), "success")
    return _to(found)


@blueprint.route("/<number>/spare", methods=["GET", "POST"])
@asks(Permission.LEAK_JUDGE)
def spare(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.LEAK_JUDGE)
    form = SpareForm(data={"version": found.version})
    if not _asked(form, found):
        return form_page(found, form, _("報告は不要と判断する"), _("報告は不要と判断する"), hint="spare")
    spare_report(found, form.why.data, actor=actor_here())
    flash(_("報告は不要と判断し、理由を残しました。期限は止まっています。"), "success")
    return _to(found)


@blueprint.post("/<number>/need")
@asks(Permission.LEAK_JUDGE)
def need(number: str) -> ResponseReturnValue:
    found = _as_seen(number)
    need_report(found, actor=actor_here())
    flash(_("報告が必要と判断しました。期限までに提出し、ここに記録してください。"), "success")
    return _to(found)


@blueprint.post("/<number>/end")
@asks(Permission.LEAK_JUDGE)
def end_(number: str) -> ResponseReturnValue:
    found = _as_seen(number)
    end_leak(found, actor=actor_here())
    flash(_("漏えいの記録を終えました。"), "success")
    return _to(found)


@blueprint.post("/<number>/reopen")
@asks(Permission.LEAK_JUDGE)
def reopen_(number: str) -> ResponseReturnValue:
    found = _as_seen(number)
    reopen_leak(found, actor=actor_here())
    flash(_("漏えいの記録を開き直しました。"), "success")
    return _to(found)


def _find(number: str, permission: Permission) -> Leak:
    found: Leak = one_or_404(select(Leak).where(Leak.number == number, visible_leaks(actor_here(), permission)))
    return found


def _as_seen(number: str) -> Leak:
    found = _find(number, Permission.LEAK_JUDGE)
    acting.must_be_as_seen(found, ChangingForm(), subject=of_leak(found))
    return found


def _asked(form: ChangingForm, found: Leak) -> bool:
    return acting.asked(form, found, subject=of_leak(found))


def _to(found: Leak) -> ResponseReturnValue:
    return redirect(url_for("leaks.leak", number=found.number))


def _show(found: Leak, form: NameCaseForm | None = None) -> str:
    db().expire(found)
    record_reading(of_leak(found), "leak.read", actor=actor_here(), facts={})
    return render_template(
        "leaks/leak.html",
        case_form=form or NameCaseForm(formdata=None, data={"version": found.version}),
        **shown_leak(found),
    )
