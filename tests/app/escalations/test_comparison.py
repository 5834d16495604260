"""The auditor sees that like companies were treated alike, and reads nothing of a consultation."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.escalations.comparison import ComparedLine, compared
from app.pipeline.clock import FixedClock, now
from models.rules.escalation_ladder import ProposalRefusal, Step
from models.rules.like_treatment import Difference, Outcome
from models.rules.request_lifecycle import AnnulReason
from tests.support.ladder import annulled, file_of, just_after, newest, proposed, silent_through, swept
from tests.support.present import company
from tests.support.road import FORWARDED, WRITTEN, routed
from tests.support.visitor import sign_in


def lines_of(step: Step) -> dict[str, list[ComparedLine]]:
    found: dict[str, list[ComparedLine]] = {}
    for likes in compared(step):
        for line in likes.lines:
            found.setdefault(line.company_name, []).append(line)
    return found


def called(key: str) -> str:
    return company(key).name_on(now().date()).name


def test_two_silent_companies_stand_side_by_side_with_days_outcome_and_who_decided(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        routed()
        routed(company="epsilon")
        silent_through(Step.E3)
        first = lines_of(Step.E1)
        (of_alpha,), (of_epsilon,) = first[called("alpha")], first[called("epsilon")]
        assert of_alpha.treatment.like == of_epsilon.treatment.like
        assert of_alpha.treatment.outcome is Outcome.UNMET
        assert of_alpha.decided_by.startswith("名前・manager")
        assert (of_epsilon.treatment.outcome, of_epsilon.decided_by) == (Outcome.NOT_YET, "")
        assert of_epsilon.treatment.waited_days > of_alpha.treatment.waited_days
        (third,) = lines_of(Step.E3)[called("alpha")]
        assert third.decided_by.startswith("名前・head")
        assert not third.treatment.skipped
        # The threshold is met: how long it waits for the head, and then how long it took.
        clock.move(to=now() + timedelta(days=12))
        (waits,) = lines_of(Step.E5)[called("alpha")]
        assert (waits.treatment.outcome, waits.treatment.waited_days) == (Outcome.NOT_YET, 12)
        proposed(file_of())
        (put,) = lines_of(Step.E5)[called("alpha")]
        assert (put.treatment.outcome, put.treatment.waited_days) == (Outcome.PROPOSED, 12)
        assert put.decided_by.startswith("名前・head")
    page = sign_in(app, "auditor").get("/escalations/comparison?step=E5")
    assert "付議の要件に達した、または付議した会社は1社です。付議したのは1社" in page.text
    for words in (WRITTEN, FORWARDED):
        assert words not in page.text


def test_what_was_taken_back_is_named_with_its_reason_and_who_did_it(app: Flask) -> None:
    with app.app_context():
        routed()
        routed(company="epsilon")
        silent_through(Step.E1, company="epsilon")
        file = silent_through(Step.E1)
        annulled(newest(file))
        (back,) = [one for one in lines_of(Step.E1)[called("alpha")] if one.treatment.outcome is Outcome.RESET]
        assert Difference.RESET in back.stands_out
        assert back.why.startswith(f"{AnnulReason.WRONG_FACTS.ja} 名前・manager")


def test_a_company_whose_requests_grew_old_before_the_head_proposed_says_so(app: Flask) -> None:
    with app.app_context():
        routed()
        file = silent_through(Step.E3)
        swept(just_after(newest(file).due_at) + timedelta(days=400))
        (line,) = lines_of(Step.E5)[called("alpha")]
        assert line.treatment.outcome is Outcome.ENDED
        assert line.why == ProposalRefusal.BELOW_THRESHOLD.ja


def test_only_the_auditor_and_the_head_compare(app: Flask) -> None:
    for key, status in (("auditor", 200), ("head", 200), ("manager", 403), ("counselor", 403), ("chair", 403)):
        assert sign_in(app, key).client.get("/escalations/comparison").status_code == status
    assert sign_in(app, "auditor").client.get("/escalations/comparison?step=E9").status_code == 404
