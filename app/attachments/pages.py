"""The pages about files, the same in all three places: the list with its form, one file, and its content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attachments import actions, queries
from app.attachments.evidence import EvidencePlace
from app.attachments.forms import ActForm, GiveForm, OfferForm
from app.attachments.places import DESK, OWN, Place
from app.attachments.queries import Card
from app.attachments.receiving import Reception, reception
from app.mailbox.queries import company_names
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.errors import give_up_storing
from app.pipeline.identity import needs_noting, note_seen
from app.pipeline.standing import towards_case
from app.pipeline.transaction import begin_writing, db
from app.pipeline.uploads import BrokenOff
from app.presentation.buttons import pressed
from app.presentation.filters import label
from app.rulebook.queries import file_limits_at
from models.person import Person
from models.rules.attachments import MEBIBYTE, FileRefusal
from models.rules.permissions import Permission, decide

CLOSED_IN = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A file that is opened by itself may load nothing and run nothing, whatever it holds."""
AnyPlace = Place | EvidencePlace
Find = Callable[[], AnyPlace]


def list_page(
    place: AnyPlace,
    *,
    form: GiveForm | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
    noted: bool = False,
) -> Response:
    """All files of a place, and the form for another one."""
    if not noted:
        place.note_list()
    count, _size = place.room()
    policy = file_limits_at(now())
    page = render_template(
        "attachments/files.html",
        place=place,
        cards=queries.cards_of(place.query, actor=place.actor),
        companies=_companies(place),
        by=_giver_words(place),
        form=form or GiveForm(formdata=None),
        page_errors=list(problems),
        has_room=count > 0,
        room=count,
        largest=policy.largest,
        largest_words=f"{policy.largest // MEBIBYTE}",
        largest_picture_words=f"{policy.largest_picture // MEBIBYTE}",
        most_at_once=policy.most_at_once,
        session_ends_at=place.actor.visit.ends_at if place.actor.visit else None,
    )
    return make_response(page, status)


def give(find: Find) -> ResponseReturnValue:
    """Take the files of a form: they are stored as a whole before the answer says so, or the answer says why not."""
    form = GiveForm(formdata=None)
    try:
        with reception() as received:
            received.read()
            _take_words(form)
            if not form.check_about():
                return _refused(find(), form, [])
            received.examine()
            return _answer_to(find, form, received)
    except BrokenOff:
        words = _(
            "送っている途中で切れてしまいました。ファイルは保存していません。電波の良いところで、もう一度送ってください。"
        )
        return _refused(find(), _take_words(form), [words], status=400)
    except OSError as error:
        give_up_storing(error)
        words = _(
            "いまはファイルを保存できません(置き場所がいっぱいか、使えない状態です)。このファイルは保存していません。"
            "これまでに届いたものは残っています。しばらくしてから、もう一度送ってください。"
        )
        return _refused(find(), _take_words(form), [words], status=503)


def _take_words(form: GiveForm) -> GiveForm:
    """Put into the form what was typed, as far as it arrived."""
    form.about.process_formdata([request.form.get("about", "")])
    return form


def _answer_to(find: Find, form: GiveForm, received: Reception) -> ResponseReturnValue:
    why = [label(one) for one in dict.fromkeys(received.refused)]
    place = find()
    if not received.kept and not _asked_by_script():
        # The list is shown again at once, and that it is read is recorded before anything else is.
        place.note_list()
    begin_writing()
    # The files took their time to arrive: whoever sent them may not be allowed to any more.
    place = find()
    if place.actor.visit is not None and needs_noting(place.actor):
        note_seen(place.actor, place.door)
    place.note_refused(received.refused)
    if not received.kept:
        return _refused(place, form, why or [form.files.missing()], noted=True)
    try:
        added = place.add(received.kept, form.about.data)
    except actions.NoRoom:
        received.give_back()
        flash(label(FileRefusal.TOO_MANY), "error")
        return _go_to(place.url("files"))
    flash(_("%(count)s個のファイルを受け取りました。", count=len(added)), "success")
    for words in why:
        flash(_("受け取れなかったファイルがあります。%(why)s", why=words), "error")
    return _go_to(place.url("files"))


def _go_to(address: str) -> ResponseReturnValue:
    """Where to go from here: a script that shows the progress is told, a browser is sent."""
    return jsonify(next=address) if _asked_by_script() else redirect(address, code=303)


def _refused(
    place: AnyPlace, form: GiveForm, words: list[str], *, status: int = 200, noted: bool = False
) -> ResponseReturnValue:
    """The list again, with what was typed, and what is wrong beside its field or above the page."""
    problems = [*map(str, form.about.errors), *words]
    if _asked_by_script():
        return jsonify(refused=problems), status
    if status != 200:  # noqa: PLR2004 - not the form is wrong then, but what became of the sending
        return list_page(place, form=form, problems=words, status=status, noted=noted)
    form.files.errors = words
    return list_page(place, form=form, noted=noted)


def _asked_by_script() -> bool:
    return request.headers.get("Accept") == "application/json"


def file_page(place: AnyPlace, attachment_id: str, *, offer_form: OfferForm | None = None) -> ResponseReturnValue:
    """One file: what it is, a look at it where that needs nothing to run, and what can be done with it."""
    row = queries.one_of(place.query, attachment_id)
    place.note_list()
    card = queries.card_of(row, actor=place.actor)
    text, more = "", False
    if card.is_text:
        place.note_opening(row, "content")
        text, more = queries.beginning_of_text(card)
    return render_template(
        "attachments/file.html",
        place=place,
        card=card,
        text=text,
        more=more,
        by=_giver_words(place),
        companies=_companies(place),
        form=offer_form,
        offer_form=offer_form or _offer_form(place, card),
        act_form=ActForm(formdata=None),
        decides=place.side == OWN and card.waits_for_consent,
        session_ends_at=place.actor.visit.ends_at if place.actor.visit else None,
    )


def download(place: AnyPlace, attachment_id: str) -> ResponseReturnValue:
    """A file's content, to be saved and never shown inside this site."""
    row = queries.one_of(place.query, attachment_id)
    place.note_opening(row, "content")
    card = queries.card_of(row, actor=place.actor)
    return _stream(lambda: queries.content_of(card), "application/octet-stream", card.download_name, card.row.size)


def picture(place: AnyPlace, attachment_id: str) -> ResponseReturnValue:
    """A picture's preview, which was drawn anew when it came."""
    row = queries.one_of(place.query, attachment_id)
    place.note_opening(row, "preview")
    card = queries.card_of(row, actor=place.actor)
    if not card.is_picture:
        abort(404)
    return _stream(lambda: queries.preview_of(card), f"image/{card.kind.value}", None, None)


def _stream(pieces: Callable[[], Any], kind: str, name: str | None, size: int | None) -> Response:
    try:
        response = Response(pieces(), content_type=kind, direct_passthrough=True)
    except OSError as error:
        give_up_storing(error)
        return make_response(render_template("attachments/gone.html"), 503)
    response.headers["Content-Security-Policy"] = CLOSED_IN
    if name is not None:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if size is not None:
        response.content_length = size
    return response


def take_away(place: AnyPlace, attachment_id: str) -> ResponseReturnValue:
    """Remove a file for good."""
    if ActForm().validate():
        place.remove(queries.one_of(place.query, attachment_id))
        flash(_("ファイルを取り除きました。"), "success")
    return redirect(place.url("files"), code=303)


def offer_page(place: Place, attachment_id: str) -> ResponseReturnValue:
    """Ask the consulter whether a company may have a file."""
    row = queries.one_of(place.query, attachment_id)
    card = queries.card_of(row, actor=place.actor)
    form = _offer_form(place, card, sent=True)
    if form is None:
        abort(404)
    if not form.validate():
        return file_page(place, attachment_id, offer_form=form)
    exchange = next(one for one in queries.offered_to(place.case) if one.reference == form.exchange.data)
    actions.offer(row, exchange, actor=place.actor)
    flash(_("会社に渡してよいかを、相談者に尋ねました。承認されるまで、会社には見えません。"), "success")
    return redirect(place.url("files"), code=303)


def decide_page(place: Place, attachment_id: str) -> ResponseReturnValue:
    """The consulter's word about a file that a company might be given."""
    row = queries.one_of(place.query, attachment_id)
    if ActForm().validate():
        if pressed("decision", "approve", "decline") == "approve":
            actions.approve(row, actor=place.actor)
            flash(_("このファイルを会社に渡すことを承りました。"), "success")
        else:
            actions.decline(row, actor=place.actor)
            flash(_("このファイルは会社に渡しません。"), "success")
    return redirect(place.url("files"), code=303)


def _offer_form(place: AnyPlace, card: Card, *, sent: bool = False) -> OfferForm | None:
    """The form for offering a file, where that can be done at all."""
    if not isinstance(place, Place):
        return None
    allowed = decide(Permission.CASE_PREPARE_COPY, role=place.actor.role, standing=_standing(place))
    is_original = card.row.copy_of_id is None and card.row.giver != "officer"
    companies = [
        (exchange.reference, _companies(place)[exchange.id.hex]) for exchange in queries.offered_to(place.case)
    ]
    if place.side != DESK or not allowed or not is_original or not companies:
        return None
    return OfferForm(companies=companies) if sent else OfferForm(formdata=None, companies=companies)


def _standing(place: Place) -> Any:
    return towards_case(place.actor, place.case)


def _companies(place: AnyPlace) -> dict[str, str]:
    if not isinstance(place, Place):
        return {}
    return {exchange.id.hex: name for exchange, name in company_names(place.case)}


def _giver_words(place: AnyPlace) -> Callable[[Card], str]:
    """Who gave a file, as the one who reads the page would call them."""
    if not isinstance(place, Place):
        return place.by

    def by(card: Card) -> str:
        if place.side == OWN:
            return str(_("あなた") if card.row.giver == "consulter" else _("相談員"))
        if card.row.giver == "consulter":
            return str(_("相談者"))
        if place.side == DESK and card.row.person_id is not None:
            return str(name_of(db().get(Person, card.row.person_id)))
        return str(_("貴社") if card.row.giver == "officer" else _("協会の相談窓口"))

    return by
