"""A copy of her own consultation to take along: what she may read here, as a file for reading and one for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, make_response, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.consents.queries.shown import shown_history, shown_provisions
from app.custody.queries import opened_statement
from app.mailbox.pages import shown_message
from app.mailbox.previews import previews
from app.mailbox.queries import Said, conversation
from app.mailbox.readings import openings_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime, label
from app.presentation.workers_words import to_the_worker
from crypto import CannotOpen
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.people import CompartmentKind
from models.rules.taxonomy.impact import Impact

# The name tells nobody who finds the file what it is of.
FILE_NAME = "copy"


@dataclass(frozen=True, repr=False)
class Entry:
    """One thing that was written or done: when, by whom, what it is, and its words."""

    at: str
    by: str
    note: str
    text: str


@dataclass(frozen=True, repr=False)
class Part:
    """A part of the copy."""

    heading: str
    entries: tuple[Entry, ...]


def parts_of(case: Case, *, actor: Actor) -> list[Part]:
    """Everything that she may read of her consultation, opened; called only after the reading was recorded."""
    said = conversation(case, actor=actor)
    return [
        Part(_("最初に書いたこと"), tuple(_written(case, actor))),
        Part(_("やりとり"), _messages(said)),
        Part(_("結果のご案内"), _messages(one for one in said if one.purpose == "feedback")),
        Part(_("会社に伝える文章"), tuple(_copies(case, actor))),
        Part(_("会社に渡したもの"), tuple(_provided(case))),
        Part(_("あなたが決めたこと"), tuple(_decided(case))),
        Part(_("あなたの相談を開いた記録"), tuple(_opened(case))),
    ]


def as_page(parts: Sequence[Part]) -> Response:
    """A page that needs nothing but itself: every browser opens it, without a connection."""
    words = render_template("mailbox/own_copy_file.html", parts=parts, made_at=now())
    return _file(words, "text/html", "html")


def as_data(parts: Sequence[Part]) -> Response:
    """The same for programs."""
    whole = {"made_at": now().isoformat(timespec="seconds"), "parts": [asdict(part) for part in parts]}
    return _file(json.dumps(whole, ensure_ascii=False, indent=2), "application/json", "json")


def _file(words: str, kind: str, ending: str) -> Response:
    response = make_response(words)
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}.{ending}"'
    return response


def _written(case: Case, actor: Actor) -> Iterable[Entry]:
    at, by = ja_datetime(case.received_at), _("あなた")
    narrative, health = (_part(case, kind, actor) for kind in (CompartmentKind.NARRATIVE, CompartmentKind.HEALTH))
    texts = ((_("相談の内容"), "text"), (_("いつ・どの対応で"), "happened"), (_("見せてほしくない人"), "keep_from"))
    yield from (Entry(at, by, note, str(narrative[name])) for note, name in texts if narrative.get(name))
    impacts = _("、").join(label(Impact(code)) for code in health.get("impacts", []))
    if impacts or health.get("text"):
        yield Entry(at, by, _("心身への影響"), "\n".join(one for one in (impacts, health.get("text", "")) if one))


def _part(case: Case, kind: CompartmentKind, actor: Actor) -> dict[str, Any]:
    """What she wrote of one part; nothing where there is none."""
    try:
        return opened_statement(case, kind, actor=actor)
    except CannotOpen:
        return {}


def _messages(said: Iterable[Said]) -> tuple[Entry, ...]:
    shown = (shown_message(one) for one in said)
    return tuple(Entry(ja_datetime(one.at), str(one.by), str(one.note), one.body) for one in shown)


def _copies(case: Case, actor: Actor) -> Iterable[Entry]:
    copies = db().scalars(
        select(ForwardedCopy)
        .join(Exchange, Exchange.id == ForwardedCopy.exchange_id)
        .where(Exchange.case_id == case.id, ForwardedCopy.put_at.is_not(None))
        .order_by(ForwardedCopy.exchange_id, ForwardedCopy.number)
    )
    for one in previews(copies.all(), actor=actor):
        decided = _("伝えてよいと答えました") if one.copy.approved_at else _("伝えないと答えました")
        note = _("第%(number)s版", number=one.copy.number)
        at = ja_datetime(one.copy.put_at) if one.copy.put_at else ""
        yield Entry(at, one.company, note if one.waits else f"{note} {decided}", one.text)
        for opinion in one.opinions:
            yield Entry(ja_datetime(opinion.at), _("あなた"), _("あなたの意見"), opinion.text)


def _provided(case: Case) -> Iterable[Entry]:
    for one in shown_provisions(case, for_the_desk=False):
        yield Entry(ja_datetime(one.at), f"{one.company} {one.person}", one.what, to_the_worker(one.level, one.at))


def _decided(case: Case) -> Iterable[Entry]:
    for one in reversed(shown_history(case, for_the_desk=False)):
        options = _("、").join(to_the_worker(option, one.at) for option in sorted(one.options))
        words = "\n".join((to_the_worker(one.level, one.at), options)).strip()
        yield Entry(ja_datetime(one.at), one.by, f"{one.reach} {one.act}", words)


def _opened(case: Case) -> Iterable[Entry]:
    for one in reversed(openings_of(case)):
        yield Entry(ja_datetime(one.at), one.who, str(one.what), one.why)
