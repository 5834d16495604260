"""The board's pages: items, meetings, votes, resolutions and the draft of the minutes."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.rehearsal import makes_first
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import ja_datetime, label
from app.presentation.pdf import as_download
from app.resolutions import blueprint, hearing_routes
from app.resolutions.actions import (
    assemble_packet,
    call_meeting,
    cast_vote,
    declare_interest,
    number_minutes,
    open_vote,
    put_on_agenda,
    re_examine,
    record_resolution,
    serve_notice,
)
from app.resolutions.files import minutes_as_file, packet_as_file
from app.resolutions.forms import AgendaForm, MeetingForm, MinutesForm, ReExaminationForm, ResolutionForm, vote_form
from app.resolutions.item_page import ItemView, spread, view_of
from app.resolutions.items_page import page_of_items
from app.resolutions.meeting_page import meeting_page
from app.resolutions.queries import file_of, meetings_held, meetings_to_come, options_now, visible_items
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.person import Person
from models.rules.board import BoardRefused, ItemAct, MeetingMode, item_after
from models.rules.permissions import Permission, may_ever

__all__ = ["hearing_routes"]


@blueprint.get("/")
@asks(Permission.RESOLUTION_LIST)
def items() -> ResponseReturnValue:
    return render_template(
        "resolutions/items.html",
        page=page_of_items(actor_here(), after=request.args.get("after")),
        meetings=[(meeting, MeetingMode(meeting.mode)) for meeting in meetings_to_come(now())],
        held=[(meeting, MeetingMode(meeting.mode)) for meeting in meetings_held(now())],
        may_record=_may_record(),
        now=now(),
    )


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@asks(Permission.RESOLUTION_RECORD)
def new_meeting() -> ResponseReturnValue:
    form = MeetingForm()
    if not form.validate_on_submit():
        return render_template("resolutions/new_meeting.html", form=form)
    call_meeting(held_at=form.held_at(), mode=form.mode.data, actor=actor_here())
    flash(_("理事会を招集しました。議案のページから議題に加えてください。"), "success")
    return redirect(url_for("resolutions.items"))


@blueprint.get("/meetings/<uuid:meeting_id>")
@asks(Permission.RESOLUTION_LIST)
def meeting(meeting_id: uuid.UUID) -> ResponseReturnValue:
    return render_template("resolutions/meeting.html", **meeting_page(_meeting(meeting_id), actor_here()))


@blueprint.post("/meetings/<uuid:meeting_id>/minutes")
@asks(Permission.RESOLUTION_RECORD)
def minutes_number(meeting_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _meeting(meeting_id), MinutesForm()
    if not asked(form, found, subject=ASSOCIATION):
        return render_template("resolutions/meeting.html", **meeting_page(found, actor_here(), refused=form))
    if form.number() == found.minutes_reference:
        form.refuse(form.reference, _("いまと違う番号を入力してください。"))
        return render_template("resolutions/meeting.html", **meeting_page(found, actor_here(), refused=form))
    try:
        number_minutes(found, form.number(), actor=actor_here())
    except BoardRefused as refused:
        form.refuse(form.reference, label(refused.refusal))
        return render_template("resolutions/meeting.html", **meeting_page(found, actor_here(), refused=form))
    flash(_("議事録の番号を記録しました。") if form.number() else _("議事録の番号を取り消しました。"), "success")
    return redirect(url_for("resolutions.meeting", meeting_id=found.id))


@blueprint.get("/items/<uuid:item_id>")
@asks(Permission.RESOLUTION_READ)
def item(item_id: uuid.UUID) -> ResponseReturnValue:
    return _page(_item(item_id, Permission.RESOLUTION_READ))


@blueprint.post("/items/<uuid:item_id>/notice")
@asks(Permission.ESCALATION_SERVE)
@makes_first
def notice(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item_as_seen(item_id)
    serve_notice(found, actor=actor_here())
    flash(_("弁明の機会を会社に通知しました。"), "success")
    return _back(found)


@blueprint.post("/items/<uuid:item_id>/agenda")
@asks(Permission.RESOLUTION_RECORD)
def agenda(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item(item_id, Permission.RESOLUTION_READ)
    form = _agenda_form()
    if not asked(form, found, subject=of_company_file(file_of(found))):
        return _page(found, agenda_form=form)
    try:
        put_on_agenda(found, db().get_one(BoardMeeting, uuid.UUID(form.meeting.data)), actor=actor_here())
    except BoardRefused as refused:
        form.refuse(form.meeting, label(refused.refusal))
        return _page(found, agenda_form=form)
    flash(_("議題に加え、資料を作りました。"), "success")
    return _back(found)


@blueprint.post("/items/<uuid:item_id>/packet")
@asks(Permission.RESOLUTION_RECORD)
def packet(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item_as_seen(item_id)
    assemble_packet(found, actor=actor_here())
    flash(_("資料を作り直しました。"), "success")
    return _back(found)


@blueprint.post("/items/<uuid:item_id>/interest")
@asks(Permission.RESOLUTION_DECLARE_INTEREST)
def interest(item_id: uuid.UUID) -> ResponseReturnValue:
    declare_interest(_item(item_id, Permission.RESOLUTION_READ), actor=actor_here())
    flash(_("利害関係の申告を記録しました。この議案には参加しません。"), "success")
    return redirect(url_for("resolutions.items"))


@blueprint.post("/items/<uuid:item_id>/opening")
@asks(Permission.RESOLUTION_RECORD)
def opening(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item_as_seen(item_id)
    try:
        open_vote(found, actor=actor_here())
    except BoardRefused as refused:
        flash(label(refused.refusal), "error")
        return _back(found)
    flash(_("採決を始めました。"), "success")
    return _back(found)


@blueprint.post("/items/<uuid:item_id>/vote")
@asks(Permission.RESOLUTION_VOTE)
def vote(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item(item_id, Permission.RESOLUTION_READ)
    form = vote_form(options_now(now()), version=found.version)
    if not asked(form, found, subject=of_company_file(file_of(found))):
        return _page(found, vote=form)
    try:
        cast_vote(found, form.option.data, actor=actor_here())
    except BoardRefused as refused:
        flash(label(refused.refusal), "error")
        return _back(found)
    flash(_("投票を受け付けました。"), "success")
    return _back(found)


@blueprint.route("/items/<uuid:item_id>/resolution", methods=["GET", "POST"])
@asks(Permission.RESOLUTION_RECORD)
@makes_first
def resolution(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item(item_id, Permission.RESOLUTION_READ)
    item_after(found.state, ItemAct.RECORD)
    view = view_of(found, actor=actor_here())
    form = ResolutionForm(data={"version": found.version})
    if not asked(form, found, subject=of_company_file(file_of(found))):
        return _resolution_page(view, form)
    try:
        made = record_resolution(
            found,
            reasons=form.reasons.data,
            effect_on=form.effect_on.data,
            immediate_because=form.immediate_because.data,
            present=form.present.data,
            actor=actor_here(),
        )
    except BoardRefused as refused:
        form.refuse_because(refused.refusal)
        return _resolution_page(view, form)
    if made is None:
        flash(_("決議に至りませんでした。認定はそのままで、次の会議に改めて諮ります。"), "warning")
    else:
        flash(_("決議を記録しました: %(option)s", option=label(made.option)), "success")
    return _back(found)


@blueprint.route("/items/<uuid:item_id>/re-examination", methods=["GET", "POST"])
@asks(Permission.RESOLUTION_RECORD)
def re_examination(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item(item_id, Permission.RESOLUTION_READ)
    item_after(found.state, ItemAct.RE_EXAMINE)
    form = ReExaminationForm(data={"version": found.version})
    if not asked(form, found, subject=of_company_file(file_of(found))):
        return render_template("resolutions/re_examination.html", form=form, item=found)
    following = re_examine(found, grounds=form.grounds.data, actor=actor_here())
    flash(_("改めて審議する議案を作りました。会議の議題にしてください。"), "success")
    return _back(following)


@blueprint.get("/items/<uuid:item_id>/minutes")
@asks(Permission.RESOLUTION_READ)
def minutes(item_id: uuid.UUID) -> ResponseReturnValue:
    found = _item(item_id, Permission.RESOLUTION_READ)
    if found.voting_opened_at is None:
        abort(404)
    view = view_of(found, actor=actor_here())
    recorder = db().get(Person, view.resolution.recorded_by_id) if view.resolution else None
    return render_template(
        "resolutions/minutes.html",
        view=view,
        mode=MeetingMode(view.meeting.mode) if view.meeting else None,
        recorder=name_of(recorder),
        votes=spread(view.count.tally or {}),
    )


@blueprint.get("/items/<uuid:item_id>/packet")
@asks(Permission.RESOLUTION_READ)
def packet_file(item_id: uuid.UUID) -> ResponseReturnValue:
    actor = actor_here()
    view = view_of(_item(item_id, Permission.RESOLUTION_READ), actor=actor)
    if view.packet is None:
        abort(404)
    return as_download(packet_as_file(view, actor=actor), "board-packet")


@blueprint.get("/items/<uuid:item_id>/minutes/file")
@asks(Permission.RESOLUTION_READ)
def minutes_file(item_id: uuid.UUID) -> ResponseReturnValue:
    actor, found = actor_here(), _item(item_id, Permission.RESOLUTION_READ)
    view = view_of(found, actor=actor)
    if found.voting_opened_at is None or view.meeting is None:
        abort(404)
    recorder = db().get(Person, view.resolution.recorded_by_id) if view.resolution else None
    return as_download(minutes_as_file(view, recorder=name_of(recorder), actor=actor), "board-minutes")


def _item(item_id: uuid.UUID, permission: Permission) -> BoardItem:
    found: BoardItem = one_or_404(
        select(BoardItem).where(BoardItem.id == item_id, visible_items(actor_here(), permission))
    )
    return found


def _meeting(meeting_id: uuid.UUID) -> BoardMeeting:
    found: BoardMeeting = one_or_404(select(BoardMeeting).where(BoardMeeting.id == meeting_id))
    return found


def _item_as_seen(item_id: uuid.UUID) -> BoardItem:
    """The item for an act that needs nothing but its button, while it is as the button's page showed it."""
    found = _item(item_id, Permission.RESOLUTION_READ)
    must_be_as_seen(found, ChangingForm(), subject=of_company_file(file_of(found)))
    return found


def _page(found: BoardItem, **forms: Any) -> ResponseReturnValue:
    actor = actor_here()
    view = view_of(found, actor=actor)
    agenda_form = forms.get("agenda_form") or _agenda_form(version=found.version)
    vote = forms.get("vote") or vote_form(options_now(now()), version=found.version)
    return render_template(
        "resolutions/item.html",
        view=view,
        may=frozenset(act.value for act in view.acts),
        agenda_form=agenda_form,
        vote_form=vote,
        votes=spread(view.count.tally or {}),
        mode=MeetingMode(view.meeting.mode) if view.meeting else None,
        now=now(),
    )


def _resolution_page(view: ItemView, form: ResolutionForm) -> ResponseReturnValue:
    return render_template("resolutions/resolution.html", form=form, view=view, votes=spread(view.count.tally or {}))


def _agenda_form(version: int | None = None) -> AgendaForm:
    form = AgendaForm(prefix="agenda", data={"version": version} if version is not None else None)
    form.meeting.options = [
        (meeting.id.hex, f"{ja_datetime(meeting.held_at, weekday=True)} {label(MeetingMode(meeting.mode))}")
        for meeting in meetings_to_come(now())
    ]
    return form


def _may_record() -> bool:
    return may_ever(Permission.RESOLUTION_RECORD, actor_here().role)


def _back(found: BoardItem) -> ResponseReturnValue:
    return redirect(url_for("resolutions.item", item_id=found.id))
