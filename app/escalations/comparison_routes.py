"""The page that compares companies, for whoever watches that the ladder is the same for all of them."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.escalations import blueprint
from app.escalations.comparison import compared, compared_since
from app.pipeline.access import asks
from app.pipeline.clock import now
from models.rules.escalation_ladder import REQUESTS, Step
from models.rules.like_treatment import Outcome, likeness_policy_at
from models.rules.permissions import Permission

STEPS = (*REQUESTS, Step.E5)
TONES = {
    Outcome.MET: "success",
    Outcome.MET_LATE: "warning",
    Outcome.UNMET: "danger",
    Outcome.RUNNING: "progress",
    Outcome.EXEMPTED: "ended",
    Outcome.RESET: "ended",
    Outcome.NOT_YET: "neutral",
    Outcome.PROPOSED: "info",
    Outcome.ENDED: "ended",
}


@blueprint.get("/comparison")
@asks(Permission.ESCALATION_READ_TREATMENT)
def comparison() -> ResponseReturnValue:
    chosen = request.args.get("step", Step.E1.code)
    if chosen not in {step.code for step in STEPS}:
        abort(404)
    step = Step(chosen)
    likes = compared(step)
    lines = [line for one in likes for line in one.lines]
    return render_template(
        "escalations/comparison.html",
        step=step,
        steps=STEPS,
        likes=likes,
        lines=lines,
        standing_out=sum(bool(line.stands_out) for line in lines),
        taken=sum(line.treatment.outcome is Outcome.PROPOSED for line in lines),
        waiting=sum(line.treatment.outcome is Outcome.NOT_YET for line in lines),
        since=compared_since(),
        policy=likeness_policy_at(now()),
        tones=TONES,
        proposals=step is Step.E5,
    )
