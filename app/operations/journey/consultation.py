"""One consultation on its way: written by the worker, read by the desk, answered by the officer, told to the worker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.operations.journey.browser import Browser, RoadBlocked
from app.operations.journey.instance import SILENT, Instance
from app.operations.journey.words import Words
from models.rules.consent import ConsentLevel, consent_from_code
from models.rules.taxonomy import harassment_type, impact, organisational_issue
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.severity import Severity, floor_of

COUNSELOR = "counselor1@kikite.example"
MANAGER = "manager@kikite.example"
RECEIPT = re.compile(r"[0-9A-Z]{4}(?: - [0-9A-Z]{4}){6}")
CASE_NUMBER = re.compile(r"K-[0-9A-Z]{4}-[0-9A-Z]{4}")
REFERENCE = re.compile(r"/office/([^/\"?#]+)$")
MOST_TYPES = 5
FOUND_BY = 40
STAND_ALONE = {
    member.value for taxonomy in (harassment_type, impact, organisational_issue) for member in taxonomy.STANDS_ALONE
}


@dataclass
class Consultation:
    """A row of the file, and what has become of it."""

    row: Mapping[str, Any]
    number: int
    company: str
    receipt: str = ""
    case_number: str = ""
    steps: list[str] = field(default_factory=list)
    end_state: str = ""
    failure: str = ""

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.row.get("facts") or {}
        return facts

    @property
    def text(self) -> str:
        return str(self.row["text"])

    @property
    def consent(self) -> ConsentLevel:
        return consent_from_code(self.facts.get("consent")).level

    @property
    def may_be_told(self) -> bool:
        return self.consent is not ConsentLevel.CN_0

    @property
    def severity(self) -> Severity:
        known = {member.value for member in HarassmentType}
        floor = floor_of([HarassmentType(code) for code in self.row.get("types", ()) if code in known])
        stated = Severity(self.row["severity"])
        return max(stated, floor, key=lambda one: one.value) if floor else stated

    @property
    def is_silenced(self) -> bool:
        """Whether it is put before the company that never answers."""
        return self.may_be_told and self.company == SILENT

    @property
    def words(self) -> Words:
        return Words(self.number, self.row.get("types", ()))

    def did(self, step: str) -> None:
        self.steps.append(step)


def send(consultation: Consultation, instance: Instance) -> None:
    """The worker writes on a phone, checks and sends, and copies the receipt."""
    browser = instance.browser()
    browser.get("/")
    browser.get("/consult")
    browser.send(_form_of(consultation, browser, instance), action="/consult/check")
    chosen = _company_on_check_page(browser, instance.names[consultation.company])
    browser.send({"workplace_id": chosen}, action="/consult/send")
    code = RECEIPT.search(browser.page.text)
    if code is None:
        raise RoadBlocked(f"no receipt on the page after sending: {browser.page.text[:200]}")
    consultation.receipt = code.group(0).replace(" ", "")
    consultation.did("submitted")


def _form_of(consultation: Consultation, browser: Browser, instance: Instance) -> dict[str, str | list[str]]:
    form = browser.page.form_with("text", "consent")
    facts = consultation.facts

    def one(name: str, code: object) -> dict[str, str | list[str]]:
        return {name: str(code)} if code and str(code) in form.offered(name) else {}

    def many(name: str, codes: object, most: int = 99) -> dict[str, str | list[str]]:
        offered = form.offered(name)
        chosen = [str(code) for code in codes or () if str(code) in offered]  # type: ignore[attr-defined]  # a list of the file
        chosen = _together(chosen)[:most]
        return {name: chosen} if chosen else {}

    stated = consent_from_code(facts.get("consent"))
    filled: dict[str, str | list[str]] = {
        "text": consultation.text,
        "workplace": instance.names[consultation.company],
        "employer": str(facts.get("employer_hint") or facts.get("workplace_hint") or "")[:100],
        "client": str(facts.get("client_hint") or "")[:100],
        "consent": stated.level.value,
        **one("channel", consultation.row.get("channel")),
        **one("employment", facts.get("employment")),
        **one("actor", facts.get("actor")),
        **many("types", consultation.row.get("types"), MOST_TYPES),
        **many("impacts", facts.get("impact")),
        **many("requested", facts.get("requested")),
        **many("org_issues", facts.get("org_issues")),
        **many("options", [option.value for option in stated.options]),
    }
    if "impacts" in filled:
        filled |= dict.fromkeys(form.offered("health_consent") and ("health_consent",), "y")
        filled["health_consent"] = next(iter(form.offered("health_consent")), "y")
    return filled


def _together(codes: list[str]) -> list[str]:
    """The codes that a form takes together: whoever names something beside "none of it" means that."""
    return [code for code in codes if code not in STAND_ALONE] or codes[:1]


def _company_on_check_page(browser: Browser, name: str) -> str:
    offered = browser.page.form_with("workplace_id", action="/consult/send").offered("workplace_id")
    for value, words in offered.items():
        if value and name in words:
            return value
    raise RoadBlocked(f"the check page does not offer {name}")


def find_on_the_desk(consultations: list[Consultation], instance: Instance) -> None:
    """A counselor goes through the board, opens what nobody has read, and knows each consultation by its words."""
    desk = instance.signed_in(COUNSELOR)
    waiting = {consultation.number: consultation for consultation in consultations if not consultation.case_number}
    known = {consultation.case_number for consultation in consultations}
    for number in _numbers_on_the_board(desk):
        if number in known:
            continue
        page = desk.get(f"/desk/{number}")
        read = "".join(page.text.split())
        for key, consultation in list(waiting.items()):
            # The whole of it: two people may well begin with the same words.
            if "".join(consultation.text.split()) in read:
                consultation.case_number = number
                del waiting[key]
                break
    if waiting:
        raise RoadBlocked(f"{len(waiting)} consultations are not to be found on the desk's board")


def _numbers_on_the_board(desk: Browser) -> list[str]:
    numbers: list[str] = []
    path: str | None = "/desk/"
    while path is not None:
        page = desk.get(path)
        numbers += [found for found in dict.fromkeys(CASE_NUMBER.findall(page.body)) if found not in numbers]
        path = next((href for href, _words in page.links if "after=" in href), None)
    return numbers


def triage(consultation: Consultation, instance: Instance) -> None:
    """The counselor takes the case, says that it was read, and records codes and severity."""
    desk = _case_page(consultation, instance)
    desk.send(action="/open-triage")
    desk.get(f"/desk/{consultation.case_number}")
    desk.send({"message": consultation.words.acknowledgement()}, action="/message")
    desk.get(f"/desk/{consultation.case_number}/triage")
    form = desk.page.form_with("severity", "types")
    known = [code for code in consultation.row.get("types", ()) if code in form.offered("types")]
    types = _together(known)[:MOST_TYPES] or ["HT-OTH"]
    desk.send({"severity": consultation.severity.value, "types": types}, action="")
    consultation.did("triaged")


def advise(consultation: Consultation, instance: Instance) -> None:
    """Without consent the company learns nothing, and the counselor advises."""
    desk = _case_page(consultation, instance)
    desk.get(f"/desk/{consultation.case_number}/advise")
    desk.send({"advice": consultation.words.advice()})
    consultation.did("advised")


def write_copy(consultation: Consultation, instance: Instance) -> None:
    """The counselor writes what the company may read, and puts it before the worker."""
    desk = _case_page(consultation, instance)
    desk.get(f"/desk/{consultation.case_number}/copy")
    desk.send({"words": instance.names[consultation.company]})
    desk.get(desk.page.link_to(f"/desk/{consultation.case_number}/copy/"))
    sure = next(iter(desk.page.form_with("text", "level").offered("is_right_company")), "y")
    desk.send(
        {
            "text": consultation.words.forwarded_copy(),
            "level": consultation.consent.value,
            "is_right_company": sure,
        }
    )
    consultation.did("copy shown")


def approve(consultation: Consultation, instance: Instance) -> None:
    """The worker returns with the receipt, reads the copy and agrees."""
    worker = return_with_receipt(consultation, instance)
    page = worker.get("/mailbox/copy")
    if consultation.words.forwarded_copy()[:FOUND_BY] not in page.text:
        raise RoadBlocked("the worker is not shown the copy that the company would read")
    offered = page.form_with("decision").offered("decision")
    worker.send({"decision": next(value for value in offered if "approve" in value)})
    consultation.did("approved")


def forward(consultation: Consultation, instance: Instance) -> None:
    """The counselor sends; what is not grave waits out the hold."""
    desk = _case_page(consultation, instance)
    desk.get(desk.page.link_to(f"/desk/{consultation.case_number}/send/"))
    sure = next(iter(desk.page.form_with("is_right").offered("is_right")), "y")
    desk.send({"is_right": sure})
    consultation.did("sent")


def return_with_receipt(consultation: Consultation, instance: Instance) -> Browser:
    """The worker comes back with nothing but the receipt."""
    browser = instance.browser()
    browser.get("/mailbox/enter")
    browser.send({"receipt": consultation.receipt.lower().replace("-", " ")})
    return browser


def review(consultation: Consultation, instance: Instance, *, returns_it: bool) -> None:
    """The counselor reads the report, and sends it back or accepts it."""
    desk = _case_page(consultation, instance)
    if desk.page.has_form("/begin-review"):
        desk.send(action="/begin-review")
    desk.get(f"/desk/{consultation.case_number}/review")
    if returns_it:
        desk.send({"reason": consultation.words.returned_because(), "missing": ["prevention"]})
        consultation.did("report returned")
        return
    desk.send({"accept": "1"})
    consultation.did("reviewed")


def give_feedback(consultation: Consultation, instance: Instance, words: str) -> None:
    """The counselor tells the worker the result."""
    desk = _case_page(consultation, instance)
    desk.get(f"/desk/{consultation.case_number}/feedback")
    desk.send({"feedback": words})
    consultation.did("fed back")


def answer_the_result(consultation: Consultation, instance: Instance, *, is_satisfied: bool) -> None:
    """The worker reads the result, and closes or objects."""
    worker = return_with_receipt(consultation, instance)
    if not is_satisfied:
        worker.send({"reason": consultation.words.not_satisfied()}, action="/mailbox/result")
        consultation.did("not satisfied")
        return
    worker.send(action="/mailbox/result/accept")
    consultation.did("accepted by the worker")


def close(consultation: Consultation, instance: Instance, outcome: str) -> None:
    """The counselor closes; what is grave is closed by two."""
    desk = _case_page(consultation, instance)
    desk.get(f"/desk/{consultation.case_number}/close")
    desk.send({"outcome": outcome})
    manager = instance.signed_in(MANAGER)
    manager.get(f"/desk/{consultation.case_number}?reason=second")
    if manager.page.has_form("/confirm-close"):
        manager.send(action="/confirm-close")
        consultation.did("closed by two")
    else:
        consultation.did("closed")


def state_on_the_desk(consultation: Consultation, instance: Instance) -> str:
    """The state as the desk reads it, and nothing that the company was told where it may not be told."""
    page = instance.signed_in(COUNSELOR).get(f"/desk/{consultation.case_number}?reason=supervision")
    heading = page.text.find(f"相談 {consultation.case_number}", page.text.find("</title>") + 1)
    return page.text[heading : heading + 400]


def _case_page(consultation: Consultation, instance: Instance) -> Browser:
    desk = instance.signed_in(COUNSELOR)
    desk.get(f"/desk/{consultation.case_number}")
    return desk


def answer_as_officer(consultation: Consultation, reference: str, officer: Browser, *, today: str) -> None:
    """The officer opens the copy, acknowledges, acts, replies to the worker and reports."""
    words = consultation.words
    officer.get(f"/office/{reference}")
    if consultation.text[:FOUND_BY] in officer.page.text:
        raise RoadBlocked("the officer is shown the original")
    officer.send(action="/acknowledge")
    officer.send({"action": "AC-LOG", "done_on": today, "note": words.action()}, action="/action")
    officer.send({"text": words.reply()}, action="/reply")
    how = next(value for value in officer.page.form_with("how", action="/response").offered("how") if value)
    officer.send({"how": how, "done_on": today, "note": ""}, action="/response")
    report(consultation, reference, officer)
    consultation.did("acknowledged, acted, replied, reported")


def report(consultation: Consultation, reference: str, officer: Browser) -> None:
    """The officer writes the report, or writes it again."""
    officer.get(f"/office/{reference}/report")
    usable = next(value for value in officer.page.form_with("rule_usable").offered("rule_usable") if value)
    officer.send({**consultation.words.report(), "rule_usable": usable, "actions": ["AC-LOG", "AC-TWO"]})


def open_everything_new(officer: Browser) -> dict[str, str]:
    """The officer's list: opens each copy, and gives its words by reference."""
    opened: dict[str, str] = {}
    path: str | None = "/office/"
    references: list[str] = []
    while path is not None:
        page = officer.get(path)
        for href, _words in page.links:
            found = REFERENCE.search(href)
            if found and found.group(1) not in references:
                references.append(found.group(1))
        path = next((href for href, _words in page.links if "after=" in href), None)
    for reference in references:
        page = officer.get(f"/office/{reference}")
        if page.has_form("/open"):
            page = officer.send(action="/open")
        opened[reference] = page.text
    return opened
