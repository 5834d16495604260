"""The pages of audits: a sample is drawn and checked, and unusual reading is shown."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audits import blueprint
from app.audits.actions import DayNotOver, LookedIntoAlready, NotByHerself, draw_sample, look_into
from app.audits.forms import LookedIntoForm, SampleForm
from app.audits.readings import SHOWN_DAYS, ShownAlert, alerts_for, finding_for, remark_on
from app.audits.samples import drawn_cases, drawn_requests, is_as_it_was, sample_numbered, samples
from app.custody.actions import ASSOCIATION
from app.operations.queries import last_head, words_of
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission
from models.rules.readings import is_whole
from models.rules.sampling import SampleOf
from models.unusual_reading import UnusualReading

LARGEST_NUMBER = 2**31 - 1


@blueprint.get("/samples")
@asks(Permission.AUDIT_READ_SAMPLE)
def sampling() -> ResponseReturnValue:
    return render_template("audits/samples.html", form=SampleForm(), samples=samples())


@blueprint.post("/samples")
@asks(Permission.AUDIT_SAMPLE)
def draw() -> ResponseReturnValue:
    form = SampleForm()
    if not form.validate_on_submit():
        return render_template("audits/samples.html", form=form, samples=samples())
    number = draw_sample(
        form.what.data, form.first_day.data, form.last_day.data, size=form.size.data, actor=actor_here()
    )
    flash(_("乱数の種を記録し、抜き取りました。"), "success")
    return redirect(url_for("audits.sample", number=number))


@blueprint.get("/samples/<int:number>")
@asks(Permission.AUDIT_READ_SAMPLE)
def sample(number: int) -> ResponseReturnValue:
    found = sample_numbered(number) if number <= LARGEST_NUMBER else None
    if found is None:
        abort(404)
    return render_template(
        "audits/sample.html",
        sample=found,
        as_it_was=is_as_it_was(found),
        cases=drawn_cases(found) if found.what is SampleOf.CASES else (),
        requests=drawn_requests(found) if found.what is SampleOf.REQUESTS else (),
        head=last_head(),
        words_of=words_of,
    )


@blueprint.get("/readings")
@asks(Permission.AUDIT_READ_UNUSUAL)
def readings() -> ResponseReturnValue:
    alerts, policy = alerts_for(actor_here())
    return render_template("audits/readings.html", alerts=alerts, policy=policy, shown_days=SHOWN_DAYS)


@blueprint.get("/readings/<uuid:finding_id>")
@asks(Permission.AUDIT_READ_UNUSUAL)
def finding(finding_id: uuid.UUID) -> ResponseReturnValue:
    return _show(finding_id)


@blueprint.post("/readings/<uuid:finding_id>")
@asks(Permission.AUDIT_LOOK_INTO)
def look_into_(finding_id: uuid.UUID) -> ResponseReturnValue:
    form, (_shown, found) = LookedIntoForm(), _find(finding_id)
    if not asked(form, found, subject=ASSOCIATION):
        return _show(finding_id, form)
    try:
        look_into(found, form.remark.data, actor=actor_here())
    except NotByHerself:
        form.refuse(form.remark, _("ご自身の閲覧は、別の人が確かめます。"))
        return _show(finding_id, form)
    except DayNotOver:
        form.refuse(form.remark, _("その日のうちは、閲覧がまだ増えることがあります。翌日から書きとめられます。"))
        return _show(finding_id, form)
    except LookedIntoAlready:
        form.refuse(form.remark, _("すでに確かめられています。"))
        return _show(finding_id, form)
    flash(_("確かめたことを書きとめました。"), "success")
    return redirect(url_for("audits.readings"))


def _find(finding_id: uuid.UUID) -> tuple[ShownAlert, UnusualReading]:
    """What is shown to whoever is here, and its row."""
    shown = finding_for(finding_id, actor_here())
    if shown is None or shown.finding is None:
        abort(404)
    return shown, shown.finding


def _show(finding_id: uuid.UUID, form: LookedIntoForm | None = None) -> ResponseReturnValue:
    shown, found = _find(finding_id)
    return render_template(
        "audits/finding.html",
        shown=shown,
        finding=found,
        remark=remark_on(found),
        is_own=found.person_id == actor_here().id,
        day_is_over=is_whole(found.day, today=today()),
        form=form or LookedIntoForm(formdata=None, data={"version": found.version}),
    )
