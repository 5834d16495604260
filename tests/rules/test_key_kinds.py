"""Every kind of key stands in one table, and the code derives for nothing that the table does not name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.operations.key_report import OF_PURPOSE
from models.rules.key_kinds import KEPT, KEY_RULES, NOTED, OF_THE_RING, KeyKind, Place, Renewal, term_ends
from models.rules.sealed_fields import ServerPurpose
from tests.support.source_tree import ROOT

ASKED = re.compile(r"\b(?:stable|derived|stable_id|ids_for)\(\s*([\"']\w+[\"']|_?[A-Z_]+)\s*[,)]")
NAMED = re.compile(r"^(_?[A-Z_]+)(?:: Final)? = \"([\w-]+)\"$", re.MULTILINE)


def purposes_asked_for() -> set[str]:
    """What the application derives a key for, by the words in its code; a constant is looked up where it stands."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")}
    everywhere = {name: value for text in texts.values() for name, value in NAMED.findall(text)}
    found = set()
    for text in texts.values():
        here = everywhere | dict(NAMED.findall(text))
        for word in ASKED.findall(text):
            found.add(word.strip("\"'") if word[0] in "\"'" else here[word])
    return found


def test_the_ring_is_asked_for_nothing_that_the_table_does_not_name() -> None:
    named = {rule.purpose for rule in KEY_RULES.values() if rule.purpose}
    by_the_inventory = {purpose.code for purpose in ServerPurpose}
    assert purposes_asked_for() | by_the_inventory == named
    assert len(purposes_asked_for()) > 8


def test_every_kind_has_its_rule_and_whatever_is_replaced_has_a_term() -> None:
    assert set(KEY_RULES) == set(KeyKind)
    without = {kind for kind, rule in KEY_RULES.items() if rule.months is None}
    assert {KEY_RULES[kind].renewal for kind in without} <= {
        Renewal.STAYS, Renewal.BY_EVENT, Renewal.ITS_LIFE, Renewal.OUTSIDE,
    }  # fmt: skip
    assert {kind for kind in without if KEY_RULES[kind].renewal is Renewal.OUTSIDE} == {KeyKind.TLS}
    assert all(KEY_RULES[kind].purpose for kind in OF_THE_RING)
    assert all(KEY_RULES[kind].lies is Place.OUTSIDE for kind in NOTED)
    assert set(KEPT.values()) == {"audit", "audit-head", "facet", "files"}


def test_a_term_is_over_on_the_same_day_of_a_later_month() -> None:
    assert term_ends(KeyKind.SEAT, datetime(2024, 2, 29, 9, 30, tzinfo=UTC)) == datetime(2025, 2, 28, 9, 30, tzinfo=UTC)
    assert term_ends(KeyKind.SHRED, datetime(2024, 2, 29, tzinfo=UTC)) is None


def test_whatever_the_ring_seals_has_its_kind_and_is_sealed_anew() -> None:
    """A purpose without a kind would be counted nowhere, and its key retired while something still lies under it."""
    resealed = {rule.purpose for rule in KEY_RULES.values() if rule.renewal is Renewal.RESEALED}
    assert {purpose.code for purpose in ServerPurpose} <= resealed
    assert set(OF_PURPOSE) == set(ServerPurpose)
