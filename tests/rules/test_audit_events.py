"""A record holds exactly the facts of its event, and no fact can hold a person's words."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.audit_events import EVENTS, FACET_FACTS, LIFECYCLES, LONGEST_FACT, OTHER_EVENTS, check
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity

ROWS = tuple(chain.from_iterable(LIFECYCLES))
TOKEN = "0123456789abcdef" * 2


APP = Path(__file__).parents[2] / "app"


def recorded_in_the_program() -> dict[str, tuple[str, set[str] | None]]:
    """Every call that records a written-out event: place -> name, and facts where they are spelt out."""
    found = {}
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {"record", "record_reading"}:
                continue
            facts = next((keyword.value for keyword in node.keywords if keyword.arg == "facts"), None)
            spelt_out = {key.value for key in facts.keys if key} if isinstance(facts, ast.Dict) else None
            for name in (arg.value for arg in node.args if isinstance(arg, ast.Constant)):
                found[f"{path.relative_to(APP)}:{node.lineno}"] = (name, spelt_out)
    return found


def fitting(name: str) -> dict[str, object]:
    """Facts that this event takes."""
    return {fact: TOKEN if fact in FACET_FACTS else "a-code" for fact in EVENTS[name]}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.while_in}-{row.act}")
def test_every_row_of_every_lifecycle_has_an_event_with_exactly_its_facts(row: object) -> None:
    assert EVENTS[row.event] == set(row.gives)


def test_no_event_beside_the_lifecycles_takes_the_name_of_one_in_them() -> None:
    assert not set(OTHER_EVENTS) & {row.event for row in ROWS}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_is_named_subject_and_act_and_fits_its_column(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", name)
    assert len(name) <= 60


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_with_exactly_its_facts_is_accepted_and_one_more_or_less_is_not(name: str) -> None:
    facts = fitting(name)
    check(name, facts)
    with pytest.raises(ValueError, match="records"):
        check(name, {**facts, "one_more": 1})
    for left_out in facts:
        with pytest.raises(ValueError, match="records"):
            check(name, {fact: value for fact, value in facts.items() if fact != left_out})


def test_what_the_program_records_is_an_event_with_exactly_its_facts() -> None:
    calls = recorded_in_the_program()
    assert calls
    for place, (name, facts) in calls.items():
        assert name in EVENTS, f"app/{place}: add {name} with its facts to models/rules/audit_events.py"
        assert facts is None or facts == EVENTS[name], f"app/{place}: {name} records {sorted(EVENTS[name])}"


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(ValueError, match="is no event"):
        check("case.forget", {})


@pytest.mark.parametrize(
    "words",
    [
        "怒鳴られました",
        "two words",
        "line\nbreak",
        "tab\there",
        "",
        "person@example.jp",
        "山",
        "ｶﾀｶﾅ",
        "a" * (LONGEST_FACT + 1),
        "\x00",
        "\u202eabc",
        "🙂",
        " leading",
        "naïve",
    ],
)
def test_words_and_addresses_cannot_enter_a_record(words: str) -> None:
    with pytest.raises(ValueError, match="not an identifier or a code") as refused:
        check("case.read_identity", {"reason_code": words})
    assert not words or words not in str(refused.value)


@pytest.mark.parametrize("value", [1.5, b"bytes", ["a"], {"a": 1}, ("a",)])
def test_a_fact_is_a_code_a_number_a_truth_value_or_nothing(value: object) -> None:
    with pytest.raises(ValueError, match="not an identifier or a code"):
        check("case.read_identity", {"reason_code": value})


@pytest.mark.parametrize(
    "value", [None, True, 0, -3, "A-2026-0001", "2026-11-24T09:00:00+09:00", "f" * 64, "0b6f" * 8, "triage/again_2.1"]
)
def test_identifiers_codes_moments_and_numbers_are_taken(value: object) -> None:
    check("case.read_identity", {"reason_code": value})


@pytest.mark.parametrize("code", [*HarassmentType, *Severity, *Channel, *Outcome, *Impact])
def test_no_facet_stands_in_any_fact_in_clear(code: str) -> None:
    with pytest.raises(ValueError, match="not an identifier or a code"):
        check("case.read_identity", {"reason_code": code})
    with pytest.raises(ValueError, match="not an identifier or a code"):
        check("case.closed", {"outcome": code})


@pytest.mark.parametrize("value", [1, True, "closed", TOKEN.upper(), "abc"])
def test_a_facet_is_recorded_as_its_token_alone(value: object) -> None:
    with pytest.raises(ValueError, match="not an identifier or a code"):
        check("case.triage_recorded", {"severity": value})
    check("case.triage_recorded", {"severity": TOKEN})


@pytest.mark.parametrize("level", ConsentLevel)
def test_a_consent_level_is_no_facet_and_is_recorded(level: ConsentLevel) -> None:
    check("consent.give", {"consent_id": "c1", "company_id": None, "level": level})


def test_every_fact_that_could_hold_a_facet_is_held_to_tokens() -> None:
    facts = frozenset().union(*EVENTS.values())
    assert {"severity", "outcome"} <= FACET_FACTS <= facts
    assert not facts & {"type", "types", "channel", "impact", "employment", "text", "name", "mail", "reason", "note"}


@given(st.text(min_size=1))
def test_whatever_is_taken_is_short_plain_ascii_without_spaces(text: str) -> None:
    try:
        check("case.read_identity", {"reason_code": text})
    except ValueError:
        return
    assert text.isascii()
    assert len(text) <= LONGEST_FACT
    assert not re.search(r"\s", text)
