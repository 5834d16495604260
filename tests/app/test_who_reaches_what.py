"""No address is a secret that protects anything: what is another's is not there, to be read or to be done."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import exclude
from app.people.actions import end_service
from app.pipeline.access import ask_of
from app.pipeline.transaction import commit, db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.board import in_hearing
from tests.support.ladder import newest, silent_through
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in

# Each stands outside of a different wall. Alpha's case is the counsellor's, its copy lies with alpha's officer, alpha
# was written to formally, and epsilon is heard; the third counsellor is kept from alpha's case, and the adviser was
# shown nothing of it.
OUTSIDE = {
    "second_counselor": {"cases", "advisers"},
    "third_counselor": {"cases", "advisers"},
    "adviser": {"cases", "advisers", "responses", "hearings", "files", "letters", "companies", "certifications"},
    "alpha_deputy": {"responses", "hearings", "files"},
    "alpha_representative": {"responses", "hearings", "files"},
    "beta_deputy": {"responses", "hearings", "files", "letters", "companies", "certifications"},
    "beta_representative": {"responses", "hearings", "files", "letters", "companies", "certifications"},
    "epsilon_officer": {"responses", "files", "letters", "companies", "certifications"},
}


def wall_of(endpoint: str, address: str) -> str:
    """Behind which wall an address lies."""
    for part, wall in (("/requests/", "letters"), ("/hearings/", "hearings"), ("/decisions/", "hearings")):
        if part in address:
            return wall
    return {"escalations": "files"}.get(endpoint.partition(".")[0], endpoint.partition(".")[0])


def with_identifiers(rule: Any, known: dict[str, dict[str, str]]) -> str | None:
    """The address of a page about what is really there; None where it names nothing."""
    address: str = rule.rule
    wall = wall_of(rule.endpoint, address)
    for name, converter in rule._converters.items():
        value = known.get(wall, {}).get(name, known["any"].get(name))
        if value is None:
            return None
        kind = type(converter).__name__.removesuffix("Converter").casefold()
        address = address.replace(f"<uuid:{name}>" if kind == "uuid" else f"<{name}>", value)
    return address if rule.arguments else None


def a_full_association(app: Flask) -> dict[str, dict[str, str]]:
    """Something behind each wall, and how it is addressed."""
    with app.app_context():
        exchange = road.in_action(road.routed(severity=Severity.HIGH))
        road.routed(severity=Severity.HIGH)
        case = db().get_one(Case, exchange.case_id)
        road.done(lambda: exclude(case, person("third_counselor"), "desk", actor=present("counselor")))
        file = silent_through(Step.E2)
        letter = newest(file).number
        item = in_hearing("epsilon")
        commit()
        return {
            "cases": {"number": case.number},
            "advisers": {"number": case.number},
            "files": {"number": file.number},
            "letters": {"number": str(letter)},
            "hearings": {"number": str(item.notice_number)},
            "certifications": {"number": "KC-2025-0001"},
            "any": {
                "reference": exchange.reference,
                "company_id": str(company("alpha").id),
                "person_id": str(person("alpha_officer").id),
                "item_id": str(item.id),
                "file_id": str(file.id),
                "copy_id": str(road.newest_copy(case).id),
                "extension_id": str(item.id),
                "task_id": str(item.id),
                "access_id": str(item.id),
            },
        }


def acts(app: Flask) -> int:
    with app.app_context():
        quiet = ("person.sign_in", "seat.grant")
        return db().scalar(select(func.count()).select_from(AuditRecord).where(AuditRecord.name.not_in(quiet))) or 0


def test_what_is_another_ones_is_not_there_to_be_read_or_to_be_done(app: Flask):
    known = a_full_association(app)
    visitors = {key: sign_in(app, key) for key in OUTSIDE}
    before, tried, reached = acts(app), 0, []
    for key, walls in OUTSIDE.items():
        token = visitors[key].page.form_with("csrf_token").fields["csrf_token"][0]
        for rule in app.url_map.iter_rules():
            address = with_identifiers(rule, known)
            if address is None or wall_of(rule.endpoint, address) not in walls:
                continue
            for method in {"GET", "POST"} & set(rule.methods or ()):
                send = visitors[key].client.get if method == "GET" else visitors[key].client.post
                status = send(address, data={"csrf_token": token, "version": "1", "sure": "1"}).status_code
                tried += 1
                if status not in {403, 404}:
                    reached.append((key, method, rule.rule, status))
    assert not reached
    assert tried > 150
    assert acts(app) == before, "something was recorded, and so it was done or read"


def test_the_same_addresses_open_for_those_whose_they_are(app: Flask):
    """Without this, the test above could pass by asking for what is nowhere."""
    known = a_full_association(app)
    for key, address in (
        ("counselor", f"/desk/{known['cases']['number']}"),
        ("counselor", f"/desk/{known['cases']['number']}/advisers"),
        ("alpha_officer", f"/office/{known['any']['reference']}"),
        ("alpha_officer", f"/escalations/requests/{known['letters']['number']}"),
        ("head", f"/escalations/{known['files']['number']}"),
        ("epsilon_officer", f"/board/hearings/{known['hearings']['number']}"),
        ("alpha_representative", f"/companies/{known['any']['company_id']}"),
    ):
        assert sign_in(app, key).client.get(address).status_code == 200, (key, address)


def test_whoever_was_ended_reaches_nothing_with_the_session_that_was_open(app: Flask):
    visitor = sign_in(app, "second_counselor")
    with app.app_context():
        road.done(lambda: end_service(person("second_counselor"), actor=present("manager")))
    for rule in app.url_map.iter_rules():
        ask = ask_of(app, rule.endpoint)
        asks_staff = ask is not None and ask.permission is not None and ask.permission.resource != "mailbox"
        if asks_staff and "GET" in (rule.methods or set()) and not rule.arguments:
            answer = visitor.client.get(rule.rule)
            assert answer.status_code == 302, rule.rule
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule
    again = Visitor(app)
    again.get("/sign-in")
    again.send({"mail": "second_counselor@kikite.example", "password": "a long password for tests"}, status=401)
