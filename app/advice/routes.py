"""The pages of company advice: one list and one thread, for a company and for the desk."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.advice import blueprint
from app.advice.actions import answer_company, ask, end, key_in, write
from app.advice.forms import AskForm, KeyedAskForm, WriteForm
from app.advice.queries import counts, members_who_may_ask, page_of_answered, thread_of, waiting, within_reach
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_company, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, towards_company
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from models.company import Company
from models.company_advice import CompanyAdvice
from models.rules.company_advice import ADVICE_LIFECYCLE, AdviceTopic
from models.rules.people import COMPANY
from models.rules.permissions import Permission, decide


@blueprint.get("/")
@asks(Permission.ADVICE_LIST)
def overview() -> ResponseReturnValue:
    actor = actor_here()
    is_desk = actor.role not in COMPANY
    return render_template(
        "advice/overview.html",
        waiting=[(one, _name(one)) for one in waiting(actor)],
        page=page_of_answered(actor, request.args.get("after")),
        name_of=_name,
        now=now(),
        is_desk=is_desk,
        topics=tuple(AdviceTopic),
        counts=counts(actor) if is_desk else [],
    )


@blueprint.get("/new")
@asks(Permission.ADVICE_LIST)
def new() -> ResponseReturnValue:
    return render_template("advice/new.html", form=_new_form(), is_desk=actor_here().role not in COMPANY)


@blueprint.post("/new")
@asks(Permission.ADVICE_ASK)
def ask_() -> ResponseReturnValue:
    form, actor = AskForm(), actor_here()
    if not form.validate_on_submit():
        return render_template("advice/new.html", form=form, is_desk=False)
    company = db().get_one(Company, actor.person.company_id if actor.person else None)
    begun = ask(company, topic=form.topic.data, text=form.text.data, actor=actor)
    flash(_("協会に届きました。回答があったら、メールでお知らせします。"), "success")
    _answer_who_is_it(begun)
    return redirect(url_for("advice.thread", number=begun.number))


@blueprint.post("/keyed")
@asks(Permission.ADVICE_ANSWER)
def key_in_() -> ResponseReturnValue:
    form, actor = _new_form(), actor_here()
    if not isinstance(form, KeyedAskForm) or not form.validate_on_submit():
        return render_template("advice/new.html", form=form, is_desk=True)
    company = db().get_one(Company, uuid.UUID(form.company.data))
    begun = key_in(company, topic=form.topic.data, text=form.text.data, answer=form.answer.data, actor=actor)
    flash(_("企業相談として記録しました。会社の方も、自分の画面で読めます。"), "success")
    return redirect(url_for("advice.thread", number=begun.number))


@blueprint.get("/<number>")
@asks(Permission.ADVICE_READ)
def thread(number: str) -> ResponseReturnValue:
    return _show(_find(number, Permission.ADVICE_READ))


@blueprint.post("/<number>/write")
@asks(Permission.ADVICE_ASK)
def write_(number: str) -> ResponseReturnValue:
    found, form = _find(number, Permission.ADVICE_ASK), WriteForm()
    if not asked(form, found, subject=of_company(found.company_id)):
        return _show(found, form)
    write(found, form.text.data, actor=actor_here())
    flash(_("書き足しました。回答があったら、メールでお知らせします。"), "success")
    _answer_who_is_it(found)
    return redirect(url_for("advice.thread", number=number))


@blueprint.post("/<number>/answer")
@asks(Permission.ADVICE_ANSWER)
def answer(number: str) -> ResponseReturnValue:
    found, form = _find(number, Permission.ADVICE_ANSWER), WriteForm()
    if not asked(form, found, subject=of_company(found.company_id)):
        return _show(found, form)
    answer_company(found, form.text.data, actor=actor_here())
    flash(_("回答を届けました。"), "success")
    return redirect(url_for("advice.thread", number=number))


@blueprint.post("/<number>/end")
@asks(Permission.ADVICE_ANSWER)
def end_(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ADVICE_ANSWER)
    must_be_as_seen(found, ChangingForm(), subject=of_company(found.company_id))
    end(found, actor=actor_here())
    flash(_("終わりにしました。会社が書き足せば、また回答待ちに戻ります。"), "success")
    return redirect(url_for("advice.thread", number=number))


def _find(number: str, permission: Permission) -> CompanyAdvice:
    found: CompanyAdvice = one_or_404(within_reach(actor_here(), permission).where(CompanyAdvice.number == number))
    return found


def _new_form() -> AskForm:
    if actor_here().role in COMPANY:
        return AskForm()
    form, day = KeyedAskForm(), today()
    form.company.options = [(one.id.hex, one.name_on(day).name) for one in members_who_may_ask()]
    return form


def _name(advice: CompanyAdvice) -> str:
    return db().get_one(Company, advice.company_id).name_on(today()).name


def _answer_who_is_it(advice: CompanyAdvice) -> None:
    # Not the standing answer beside a forwarded copy: here, even that there was a consultation is nobody's to know.
    if advice.asks_who:
        flash(
            _("だれが相談したか、相談があったかどうかは、お答えできません。相談した人を探すことも、お控えください。"),
            "warning",
        )


def _show(found: CompanyAdvice, form: WriteForm | None = None) -> ResponseReturnValue:
    actor = actor_here()
    standing = towards_company(actor, found.company_id)
    record_reading(of_company(found.company_id), "advice.read", actor=actor, facts={"advice_id": found.id.hex})
    acts = {
        row.act.value
        for row in ADVICE_LIFECYCLE.acts_from(found.state)
        if decide(Permission(row.by), role=actor.role, standing=standing)
    }
    return render_template(
        "advice/thread.html",
        advice=found,
        name=_name(found),
        messages_=thread_of(found, actor=actor),
        form=form or WriteForm(formdata=None, data={"version": found.version}),
        acts=acts,
        is_desk=actor.role not in COMPANY,
        phone=current_app.config["KIKITE"].desk_phone,
    )
