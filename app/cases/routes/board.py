"""The board: what is due, and when."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import blueprint
from app.cases.board import TABS, lines_of, page_of_board
from app.custody.queries import how_much_waits, who_asks_colleagues
from app.duty.queries import on_duty, sounding
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.CASE_LIST)
def board() -> ResponseReturnValue:
    actor = actor_here()
    tab = request.args.get("show", "all")
    tab = tab if tab in TABS else "all"
    page = page_of_board(actor, tab, after=request.args.get("after"), before=request.args.get("before"))
    found = sounding(actor)
    alarms, cases = [alarm for alarm, _case in found], [case for _alarm, case in found]
    return render_template(
        "cases/board.html",
        tab=tab,
        tab_links=[(words, url_for("cases.board", show=key), key == tab) for key, words in TABS.items()],
        page=page,
        lines=lines_of(page.rows, actor),
        now=now(),
        alarms=list(zip(alarms, lines_of(cases, actor), strict=True)),
        on_duty=[name_of(person) for person in on_duty(now())],
        waiting=how_much_waits(),
        colleagues=[(one.id, name_of(one)) for one in who_asks_colleagues(actor)],
    )
