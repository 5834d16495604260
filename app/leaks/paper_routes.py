"""The worksheet leaves the system: to print, and as a file for the authority's form; each leaving is recorded."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.leaks import blueprint
from app.leaks.pages import granted_in_words, shown_leak
from app.leaks.queries import latest_sheet
from app.pipeline.access import asks
from app.pipeline.audit import Fact, of_leak, record_reading
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_leaks
from app.presentation.filters import ja_datetime, label
from app.presentation.spreadsheet import spreadsheet
from models.leak import Leak
from models.rules.permissions import Permission

PRINT, FILE = "print", "file"


@blueprint.get("/<number>/print")
@asks(Permission.LEAK_READ)
def paper(number: str) -> ResponseReturnValue:
    return render_template("leaks/paper.html", **_leaving(number, PRINT))


@blueprint.get("/<number>/file")
@asks(Permission.LEAK_READ)
def file(number: str) -> ResponseReturnValue:
    return _file(_leaving(number, FILE))


def _leaving(number: str, how: str) -> dict[str, Any]:
    actor = actor_here()
    found: Leak = one_or_404(select(Leak).where(Leak.number == number, visible_leaks(actor, Permission.LEAK_READ)))
    sheet = latest_sheet(found)
    facts: dict[str, Fact] = {"how": how, "sheet_id": sheet.id.hex if sheet else None}
    record_reading(of_leak(found), "leak.export", actor=actor, facts=facts)
    return shown_leak(found)


def _file(shown: dict[str, Any]) -> Response:
    leak: Leak = shown["leak"]
    header = [_("区分"), _("項目"), _("内容")]
    return spreadsheet(f"leak-{leak.number}.csv", header, [*_facts(shown), *_nine(shown), *_told(shown), *_keys(shown)])


def _facts(shown: dict[str, Any]) -> list[tuple[object, ...]]:
    leak: Leak = shown["leak"]
    part = _("状況")
    rows: list[tuple[object, ...]] = [
        (part, _("番号"), leak.number),
        (part, _("知った日時"), ja_datetime(leak.aware_at)),
        (part, _("起きたこと"), label(leak.reach)),
        (part, _("鍵の状況"), label(leak.key_safety)),
        (part, _("規則の版"), leak.rules_version),
    ]
    rows += [(part, _("当てはまる場合"), label(one)) for one in shown["triggers"]]
    rows += [(_("期限"), label(clock.kind), ja_datetime(clock.due_at, weekday=True)) for clock in shown["days"]]
    return rows


def _nine(shown: dict[str, Any]) -> list[tuple[object, ...]]:
    newest = shown["newest"]
    if newest is None:
        return []
    part = _("9つの項目(第%(number)s版)", number=newest.row.number)
    return [(part, label(item), newest.items.get(item.value, "")) for item in shown["nine"]]


def _told(shown: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (_("知らせた相手"), f"{label(one.row.told)} {ja_datetime(one.row.told_at)}", one.words) for one in shown["told"]
    ]


def _keys(shown: dict[str, Any]) -> list[tuple[object, ...]]:
    part, proof = _("鍵の台帳"), shown["proof"]
    rows: list[tuple[object, ...]] = [
        (
            part,
            f"{line.case_number} {label(line.kind)}",
            " / ".join(
                (
                    line.id.hex,
                    ja_datetime(line.made_at),
                    ", ".join(line.columns),
                    granted_in_words(line),
                    _shred(line.shred),
                )
            ),
        )
        for line in proof.lines
    ]
    rows += [(part, label(line.kind), f"{line.there} / {', '.join(line.columns)}") for line in proof.whole_store]
    return rows


def _shred(shred: Any) -> str:
    if shred is None:
        return str(_("破棄用の鍵がない"))
    if shred.destroyed_at is not None:
        return str(_("破棄用の鍵は破棄済み(%(at)s)", at=ja_datetime(shred.destroyed_at)))
    return str(_("破棄用の鍵あり(サーバーの鍵 %(key)s)", key=shred.ring_key))
