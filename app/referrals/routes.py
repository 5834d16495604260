"""The page of the numbers and desks that consulters are shown."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.pipeline.access import asks
from app.referrals import blueprint
from models.rules.help_lines import Knowledge, every_line
from models.rules.permissions import Permission


@blueprint.get("/desk/referrals")
@asks(Permission.RULEBOOK_READ)
def overview() -> ResponseReturnValue:
    lines = every_line()
    waiting = sum(line.knowledge is Knowledge.NOT_YET for line in lines)
    return render_template("referrals/overview.html", lines=lines, waiting=waiting)
