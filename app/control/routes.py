"""The page with all numbers, and the list behind each of them."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.control import blueprint
from app.control.listings import listings_for
from app.control.page import counted, page_of, room
from app.control.rows import shown
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.CONTROL_READ)
def room_() -> ResponseReturnValue:
    return render_template("control/room.html", **room(actor_here()))


@blueprint.get("/<name>")
@asks(Permission.CONTROL_READ)
def listing(name: str) -> ResponseReturnValue:
    actor = actor_here()
    found = listings_for(actor).get(name) or abort(404)
    page = page_of(found, request.args.get("after"))
    return render_template(
        "control/list.html",
        listing=found,
        number=counted({name: found})[name].number,
        rows=shown(found, page.rows, actor),
        page=page,
        at=now(),
    )
