"""Who is kept from a case is found out once for a page, and anew by whoever writes."""

from __future__ import annotations

from flask import Flask

from app.pipeline.clock import now
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db, transaction
from models.case import Case
from models.exclusion import Exclusion
from models.rules.people import Standing
from tests.support import road
from tests.support.installation import engines_of
from tests.support.present import person, present
from tests.support.statements import heard
from tests.support.visitor import sign_in


def test_a_page_of_a_case_does_not_ask_again_and_again_whether_the_reader_is_kept_from_it(app: Flask):
    with app.app_context():
        number = db().get_one(Case, road.routed().case_id).number
    visitor, said = sign_in(app, "counselor"), []
    with heard(engines_of(app), said.append):
        visitor.get(f"/desk/{number}")
    asked = [one for one in said if "FROM exclusion" in one and "exclusion.person_id = " in one and "EXISTS" not in one]
    # Whoever writes down that messages were seen asks for herself, and the page as a whole.
    assert len(asked) == 2


def test_whoever_is_kept_away_meanwhile_is_so_at_once(app: Flask):
    with app.app_context():
        case = db().get_one(Case, road.triaged()[0].id)
        actor, named = present("counselor"), person("counselor").id
        assert towards_case(actor, case) is not Standing.EXCLUDED
        with transaction():
            assert towards_case(actor, case) is not Standing.EXCLUDED
            db().add(Exclusion(case_id=case.id, person_id=named, declared_by="desk", declared_at=now()))
            db().flush()
            assert towards_case(actor, case) is Standing.EXCLUDED
        assert towards_case(actor, case) is Standing.EXCLUDED
