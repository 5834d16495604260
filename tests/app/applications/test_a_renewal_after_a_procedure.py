"""A renewal that was filed in time goes on when the board ends a procedure only after the term."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.applications.actions import open_renewals
from app.certifications.queries import held_certification
from app.pipeline.clock import today
from app.pipeline.transaction import db
from models.rules.certification_lifecycle import CertificationState
from tests.support.present import company
from tests.support.road import done


def test_what_was_filed_before_a_procedure_that_outlasted_the_term_is_opened_again(app: Flask) -> None:
    with app.app_context():

        def the_procedure_ended_after_the_term() -> None:
            certification = held_certification(company("alpha").id)
            assert certification is not None
            certification.state = CertificationState.CERTIFIED
            certification.valid_to = today() - timedelta(days=3)
            certification.renewal_filed_on = today() - timedelta(days=40)

        done(the_procedure_ended_after_the_term)
        done(open_renewals)
        db().expire_all()
        again = held_certification(company("alpha").id)
        assert again is not None
        assert again.state is CertificationState.RENEWAL_OPEN, "certified for ever, and nobody is asked for a renewal"
