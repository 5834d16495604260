"""Lists of codes: which stay on offer and why, from which day words hold, and what a change has to keep."""

from __future__ import annotations

import ast
from datetime import date, timedelta

import pytest

from models.rules.editable_codes import (
    CODES,
    HELD,
    MEMBERS,
    CodeList,
    CodeRefusal,
    CodeWording,
    Offer,
    WhyHeld,
    alike_on_some_day,
    codes_on,
    refusal_of_offer,
    refusal_of_words,
)
from models.rules.labelled import Labelled
from models.rules.rule_change import DayRefusal
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.severity import Severity
from tests.support.source_tree import name_of, python_files, tree_of

TODAY = date(2026, 11, 30)
TOMORROW = TODAY + timedelta(days=1)
LATER = TODAY + timedelta(days=10)
_FROM = date(2025, 10, 1)
SHIPPED: dict[Labelled, CodeWording] = {one: CodeWording(one, _FROM, one.ja, one.en) for one in HarassmentType}
NEW = CodeWording(HarassmentType.ABUSE, TOMORROW, "どなる・ひどい言葉", "Shouting, abuse")

# What only reminds, shows or demonstrates depends on no code.
DEPENDS_ON_NONE = (
    "app/operations/demo/",
    "app/operations/journey/",
    "app/operations/simulation/",
    "app/presentation/workers_words.py",
)
ONLY_REMINDERS = {HarassmentType.LONG_RESTRAINT, HarassmentType.REPETITION, HarassmentType.EXCESSIVE_DEMAND}
ONLY_REMINDERS |= {HarassmentType.DISCRIMINATION, HarassmentType.PERSONAL_ATTACK}


def test_a_code_that_the_rules_or_the_program_name_cannot_be_taken_out_of_offer() -> None:
    by_name = {codes.__name__: codes for codes in CODES.values()}
    named = {
        (by_name[node.value.id][node.attr], name_of(path))
        for path in python_files("app", "models")
        if not name_of(path).startswith(DEPENDS_ON_NONE) and not name_of(path).startswith("models/migrations")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in by_name
        and node.attr in by_name[node.value.id].__members__
    }
    assert named, "the search sees the program"
    loose = sorted(f"{code.value} in {path}" for code, path in named if code not in HELD and code not in ONLY_REMINDERS)
    assert not loose, f"Say in HELD why it stays on offer: {loose}"


def test_every_reason_holds_a_code_and_severity_and_consent_stay_whole() -> None:
    assert set(HELD.values()) == set(WhyHeld)
    for codes in (CodeList.SEVERITY, CodeList.CONSENT, CodeList.PERMISSION):
        assert all(code in HELD for code in codes.codes)
    assert HELD[Impact.SUICIDAL_THOUGHTS] is WhyHeld.CRISIS
    assert HELD[CompanyAction.NONE] is WhyHeld.SECOND_LOOK


def test_no_two_lists_share_a_code() -> None:
    assert len(MEMBERS) == sum(len(codes) for codes in CODES.values())


def test_words_hold_from_their_day_until_the_next_and_a_code_comes_back_on_its_day() -> None:
    newer = CodeWording(HarassmentType.ABUSE, LATER, "怒鳴り声", "Shouting")
    offers = [Offer(Channel.REVIEW, TOMORROW, offered=False), Offer(Channel.REVIEW, LATER, offered=True)]
    assert codes_on(TODAY, [newer, NEW], offers).wordings == {}
    tomorrow = codes_on(TOMORROW, [newer, NEW], offers)
    assert tomorrow.wordings == {HarassmentType.ABUSE: NEW}
    assert tomorrow.withdrawn == {Channel.REVIEW: TOMORROW}
    assert codes_on(LATER, [newer, NEW], offers).wordings == {HarassmentType.ABUSE: newer}
    assert codes_on(LATER, [newer, NEW], offers).withdrawn == {}


def changed(**what: object) -> CodeWording:
    return CodeWording(**{**{name: getattr(NEW, name) for name in CodeWording.__dataclass_fields__}, **what})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "taken", "why"),
    [
        (NEW, False, None),
        (changed(valid_from=TODAY), False, DayRefusal.NOT_BEFORE_TOMORROW),
        (changed(valid_from=TODAY + timedelta(days=400)), False, DayRefusal.TOO_FAR),
        (NEW, True, DayRefusal.TAKEN),
        (changed(ja="暴言・怒声", en="Verbal abuse, shouting"), False, CodeRefusal.NO_CHANGE),
        (changed(ja="そ の 他"), False, CodeRefusal.SAME_AS_ANOTHER),
        (changed(en="OTHER"), False, CodeRefusal.SAME_AS_ANOTHER),
        (changed(worker_ja="その他", worker_en="Shouts"), False, CodeRefusal.SAME_AS_ANOTHER),
        (changed(worker_ja="どなられる"), False, CodeRefusal.ONE_LANGUAGE),
    ],
)
def test_words_are_refused_with_their_reason(
    new: CodeWording, taken: bool, why: DayRefusal | CodeRefusal | None
) -> None:
    assert refusal_of_words(new, today=TODAY, taken=taken, rows=[], shipped=SHIPPED) is why


def test_two_codes_that_would_be_called_the_same_only_later_are_found_too() -> None:
    swapped = CodeWording(HarassmentType.OTHER, LATER, "暴言・怒声", "Different")
    assert not alike_on_some_day([NEW, swapped], today=TODAY, shipped=SHIPPED), "abuse is called otherwise by then"
    assert alike_on_some_day([swapped], today=TODAY, shipped=SHIPPED)


@pytest.mark.parametrize(
    ("new", "rows", "why"),
    [
        (Offer(Channel.REVIEW, TOMORROW, offered=False), [], None),
        (Offer(Channel.REVIEW, TODAY, offered=False), [], DayRefusal.NOT_BEFORE_TOMORROW),
        (Offer(Channel.REVIEW, TOMORROW, offered=True), [], CodeRefusal.NO_NEWS),
        (Offer(Severity.LOW, TOMORROW, offered=False), [], CodeRefusal.HELD),
        (
            Offer(Channel.REVIEW, TOMORROW, offered=False),
            [Offer(one, LATER, offered=False) for one in Channel if one not in {Channel.REVIEW, Channel.OTHER}],
            CodeRefusal.TOO_FEW,
        ),
    ],
)
def test_a_withdrawal_is_refused_with_its_reason(
    new: Offer, rows: list[Offer], why: DayRefusal | CodeRefusal | None
) -> None:
    assert refusal_of_offer(new, today=TODAY, taken=False, rows=rows) is why
