"""make journey: every consultation of a file on its whole road, and a table of what became of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.operations.journey import consultation as step
from app.operations.journey import silence
from app.operations.journey.browser import RoadBlocked
from app.operations.journey.consultation import Consultation
from app.operations.journey.instance import ANSWERING, SILENT, Blocked, Instance, running
from app.operations.terminal import complain, say

# The silent company is given every fifth of those that may be told, so that the rest shows the other road.
SILENT_EVERY = 5
OBJECTS_TO_THE_RESULT = 3
RETURNED_ONCE = 2


class NotConsultations(Exception):
    """The file is not a list of consultations; the message says where it stops being one."""


def run(file: Path, data: Path) -> int:
    """Drive the file's consultations along the road. Gives 0 when every one ended as its consent allows."""
    try:
        consultations = read_file(file)
    except (OSError, ValueError, NotConsultations) as wrong:
        complain(f"ファイルを読めません: {wrong}", f"The file cannot be read: {wrong}")
        return 2
    try:
        with running(data) as instance:
            facts = travel(consultations, instance)
    except (Blocked, RoadBlocked, OSError) as blocked:
        _print_table(consultations)
        _print_failures(consultations)
        complain(f"途中で止まりました: {blocked}", f"The journey stopped: {blocked}")
        return 1
    _print_table(consultations)
    for name, value in facts.items():
        print(f"  {name}: {value}")
    wrong_ends = _print_failures(consultations)
    say(f"データは {data} に残っています。", f"The data is left in {data}.")
    return 1 if wrong_ends or facts.get("listed after the effect") != "no" else 0


def read_file(file: Path) -> list[Consultation]:
    """The consultations of a file; unknown keys are passed over."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not rows:
        raise NotConsultations("a list of consultations was expected")
    found: list[Consultation] = []
    told = 0
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not {"id", "text", "severity"} <= set(row):
            raise NotConsultations(f"row {number} needs id, text and severity")
        one = Consultation(row, number, ANSWERING[number % len(ANSWERING)])
        if one.may_be_told:
            if told % SILENT_EVERY == 0:
                one.company = SILENT
            told += 1
        found.append(one)
    if not any(one.is_silenced for one in found):
        raise NotConsultations("at least one consultation must allow the company to be told (CN-1, CN-2 or CN-3)")
    return found


def travel(consultations: list[Consultation], instance: Instance) -> dict[str, str]:
    """Take every consultation along its road, and the silent company along the other; gives the facts of that road."""
    facts = {"listed before": _yes(silence.is_listed(instance))}
    told = [one for one in consultations if one.may_be_told]
    answered = [one for one in told if not one.is_silenced]
    silenced = [one for one in told if one.is_silenced]
    _each(consultations, step.send, instance)
    if all(one.failure for one in consultations):
        raise RoadBlocked("not one consultation could be sent")
    step.find_on_the_desk([one for one in consultations if one.receipt], instance)
    _each(consultations, step.triage, instance)
    kept = [one for one in consultations if not one.may_be_told]
    _each(kept, step.advise, instance)
    _each(told, step.write_copy, instance)
    _each(told, step.approve, instance)
    _each(told, step.forward, instance)
    if all(one.failure for one in silenced):
        raise RoadBlocked("nothing could be put before the silent company")
    _each(kept, lambda one, there: step.close(one, there, "OC-ADV"), instance)
    instance.move_to(instance.now() + timedelta(hours=25))
    instance.move_working_days(1)
    _officers_answer(answered, instance)
    _desk_concludes(answered, instance)
    facts |= _the_silent_road(silenced, instance)
    _check_ends(consultations, instance)
    return facts


def _each(
    consultations: Iterable[Consultation], act: Callable[[Consultation, Instance], object], instance: Instance
) -> None:
    """Take one step with each; what blocks one consultation is said of it and does not stop the others."""
    for one in consultations:
        if one.failure:
            continue
        try:
            act(one, instance)
        except RoadBlocked as blocked:
            one.failure = str(blocked)


def _officers_answer(answered: list[Consultation], instance: Instance) -> None:
    for company in ANSWERING:
        officer = instance.signed_in(instance.officers[company])
        opened = step.open_everything_new(officer)
        for one in answered:
            if one.company != company or one.failure:
                continue
            copy = one.words.forwarded_copy()[: step.FOUND_BY]
            reference = next((reference for reference, text in opened.items() if copy in text), None)
            if reference is None:
                one.failure = "the officer's list does not hold the copy"
                continue
            try:
                step.answer_as_officer(one, reference, officer, today=f"{instance.now():%Y-%m-%d}")
                if _place(one, answered) == RETURNED_ONCE:
                    step.review(one, instance, returns_it=True)
                    step.report(one, reference, officer)
                    one.did("reported again")
            except RoadBlocked as blocked:
                one.failure = str(blocked)


def _desk_concludes(answered: list[Consultation], instance: Instance) -> None:
    instance.move_working_days(1)
    _each(answered, lambda one, there: step.review(one, there, returns_it=False), instance)
    _each(answered, lambda one, there: step.give_feedback(one, there, one.words.feedback()), instance)
    for one in answered:
        if _place(one, answered) == OBJECTS_TO_THE_RESULT:
            _each([one], lambda each, there: step.answer_the_result(each, there, is_satisfied=False), instance)
            _each([one], lambda each, there: step.review(each, there, returns_it=False), instance)
            _each([one], lambda each, there: step.give_feedback(each, there, each.words.feedback()), instance)
    _each(answered, lambda one, there: step.answer_the_result(one, there, is_satisfied=True), instance)


def _the_silent_road(silenced: list[Consultation], instance: Instance) -> dict[str, str]:
    facts = {"requests": ", ".join(silence.climb(instance))}
    item = silence.put_to_the_board(instance)
    facts["proposed"] = f"{instance.now():%Y-%m-%d}"
    silence.hear(instance, item)
    _each(silenced, _conclude, instance)
    facts["board"] = str(silence.decide(instance, item))
    facts["listed after the decision, before its effect"] = _yes(silence.is_listed(instance))
    facts["off the list on"] = silence.wait_for_effect(instance)
    facts["listed after the effect"] = _yes(silence.is_listed(instance))
    return facts


def _conclude(one: Consultation, instance: Instance) -> None:
    manager = instance.signed_in(step.MANAGER)
    manager.get(f"/desk/{one.case_number}?reason=escalation")
    manager.send(action="/conclude/")
    one.did("concluded without an answer")
    step.give_feedback(one, instance, one.words.feedback_without_answer())
    step.close(one, instance, "OC-NRS")


def _check_ends(consultations: list[Consultation], instance: Instance) -> None:
    for one in consultations:
        if one.failure:
            continue
        try:
            head = step.state_on_the_desk(one, instance)
        except RoadBlocked as blocked:
            one.failure = str(blocked)
            continue
        one.end_state = "closed" if "終結" in head else head[:40]
        if one.end_state != "closed":
            one.failure = f"it should be closed and is: {one.end_state}"


def _place(one: Consultation, among: list[Consultation]) -> int:
    return among.index(one) + 1


def _yes(value: bool) -> str:  # noqa: FBT001 - a word for a fact
    return "yes" if value else "no"


def _print_table(consultations: Iterable[Consultation]) -> None:
    rows = [_row(one) for one in consultations]
    header = {"id": "id", "consent": "consent", "severity": "S", "company": "company", "end": "end", "road": "road"}
    widths = {name: max(len(row[name]) for row in (header, *rows)) for name in header}
    for row in (header, *rows):
        print("  ".join(row[name].ljust(widths[name]) for name in header))


def _print_failures(consultations: Iterable[Consultation]) -> int:
    failed = [one for one in consultations if one.failure]
    for one in failed:
        print(f"  {one.row['id']}: {one.failure}")
    return len(failed)


def _row(one: Consultation) -> Mapping[str, Any]:
    return {
        "id": str(one.row["id"]),
        "consent": one.consent.value,
        "severity": one.severity.value,
        "company": "silent" if one.is_silenced else "answers" if one.may_be_told else "not told",
        "end": one.end_state or "FAILED",
        "road": " > ".join(one.steps),
    }
