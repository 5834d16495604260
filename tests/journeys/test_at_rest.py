"""After the whole road, driven over HTTP, neither a thief nor a server without people finds what anybody wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.operations.journey.consultation import Consultation
from app.operations.journey.instance import running
from app.operations.journey.run import read_file, travel
from app.operations.journey.words import GROUNDS, REASONS
from app.pipeline.secrets import ring
from models.rules.labelled import Labelled
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from models.sealed import seal_by_server
from tests.support import road
from tests.support.at_rest import bytes_of, found_in, opened_with_server_keys, phrases_of
from tests.support.present import person
from tests.support.typed import Before, Typed, found_at_rest

PLANTED_NAME = "架空田もえぎ"
PLANTED_MAIL = "moegi.kakuuda@planted.example"
PLANTED_PHONE = "080-0000-4821"
FACETS: tuple[type[Labelled], ...] = (HarassmentType, Channel, Impact, Outcome)


@dataclass
class Travelled:
    """What the journey left behind."""

    app: Flask
    consultations: list[Consultation]
    facts: dict[str, str]


def rows() -> list[dict[str, Any]]:
    """Three who may be told (one of them before the silent company) and one who may not."""
    written = (
        "深夜の電話で三時間にわたり罵声を浴び、名前を名乗るよう迫られました。",
        "同じ人から一日に二十回も電話があり、出るのが怖くなりました。",
        "返品を断ると、家まで行くと言われました。帰り道が怖いです。",
        "上司に相談しても、よくあることだと言われるだけでした。",
    )
    contact = f"相手は{PLANTED_NAME}と名乗り、{PLANTED_PHONE}に折り返せ、{PLANTED_MAIL}に謝罪文を送れと言いました。"
    return [
        {
            "id": f"planted-{number}",
            "channel": "HC-TELIN",
            "types": ["HT-ABU", "HT-REP"],
            "severity": "S3",
            "text": text + contact,
            "facts": {"consent": consent, "impact": ["IM-FEA", "IM-SLP"], "employer_hint": "植込み商事株式会社"},
        }
        for number, (text, consent) in enumerate(zip(written, ("CN-2", "CN-3", "CN-1", None), strict=True), start=1)
    ]


@pytest.fixture(scope="module")
def travelled(
    tmp_path_factory: pytest.TempPathFactory, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[Travelled]:
    folder = tmp_path_factory.mktemp("journey")
    file = folder / "planted.json"
    file.write_text(json.dumps(rows(), ensure_ascii=False), encoding="utf-8")
    consultations = read_file(file)
    databases = request.getfixturevalue("two_databases") if database_kind == "postgresql" else {}
    settings = {**databases, "password_profile": "for_tests_only"}
    with running(folder / "data", settings=settings, log=folder / "server.log") as instance:
        facts = travel(consultations, instance)
        yield Travelled(instance.app, consultations, facts)


@pytest.fixture(scope="module")
def everything(travelled: Travelled) -> list[tuple[str, bytes]]:
    log = travelled.app.config["KIKITE"].data.parent / "server.log"
    return [*bytes_of(travelled.app), ("server.log", log.read_bytes())]


@pytest.fixture(scope="module")
def written(travelled: Travelled) -> set[str]:
    """Pieces of every text that anybody wrote on the way."""
    texts: list[str] = [GROUNDS, REASONS]
    for one in travelled.consultations:
        words = one.words
        texts += [one.text, words.acknowledgement(), words.action(), words.reply(), words.feedback(), words.advice()]
        texts += [words.forwarded_copy(), words.returned_because(), *words.report().values(), words.not_satisfied()]
        texts += [one.receipt, one.receipt.replace("-", ""), str(one.facts.get("employer_hint", ""))]
    pieces = {piece for text in texts if text for piece in phrases_of(text)}
    return pieces | {PLANTED_NAME, PLANTED_MAIL, PLANTED_PHONE, PLANTED_PHONE.replace("-", "")}


def test_every_consultation_ends_as_its_consent_allows_and_the_silent_company_is_off_the_list(travelled: Travelled):
    assert [one.failure for one in travelled.consultations if one.failure] == []
    assert {one.end_state for one in travelled.consultations} == {"closed"}
    assert travelled.facts["listed before"] == "yes"
    assert travelled.facts["listed after the effect"] == "no"


def test_no_byte_of_the_installation_holds_what_anybody_wrote(everything: list[tuple[str, bytes]], written: set[str]):
    """7.2: Given the database file and backups without the key service, when an administrator searches for a phrase of
    the consultation, then nothing readable is found, including in logs, search indexes and temp files.
    """
    assert len(everything) > 100, "the search itself must see the whole installation"
    assert found_in(everything, written) == []


def test_no_byte_of_the_installation_names_a_facet(everything: list[tuple[str, bytes]]):
    labels = {
        words
        for members in FACETS
        for member in members
        for words in (member.ja, member.en)
        # Short everyday words, such as 「その他」, also stand in the law's and the calendar's own vocabulary.
        if len(words) > 5
    } | {member.criteria[0] for member in Severity}
    assert found_in(everything, labels) == []


def test_the_server_alone_with_all_its_keys_opens_nothing_that_was_written(travelled: Travelled, written: set[str]):
    opened = opened_with_server_keys(travelled.app)
    assert opened, "what the server itself must use, such as an officer's address, does open with its keys"
    assert found_in(opened, written) == []


def test_a_planted_phrase_would_be_found(travelled: Travelled, everything: list[tuple[str, bytes]]):
    """The search is worth something: it finds what is there, in each of the spellings that are used."""
    known = travelled.consultations[0].text[:12]
    for spelled in (known.encode(), known.encode("utf-16-le"), json.dumps(known).encode(), known.encode("shift_jis")):
        assert found_in([("planted", b"\x00" * 7 + spelled + b"\xff")], [known])


TYPED = "架空田もえぎさんが、090-0000-4821に電話をかけてきました。"


def test_what_a_journey_leaves_lying_about_is_found_and_so_is_what_the_server_opens_alone(app: Flask):
    """The search at the end of every journey (tests/journeys/conftest.py) is worth something."""
    before, typed = Before(app), Typed()
    typed.note_sent("/consult", {"text": TYPED, "csrf_token": "x" * 40})
    with app.app_context():
        road.submitted()
        assert found_at_rest(app, before, typed) == []
        road.done(lambda: seal_by_server(person("counselor"), "sealed_post", TYPED, ring=ring()))
        assert found_at_rest(app, before, typed) != []
        road.done(lambda: seal_by_server(person("counselor"), "sealed_post", "主任", ring=ring()))
    note = app.config["KIKITE"].data / "note.txt"
    for spelled in (TYPED.encode(), TYPED.encode("shift_jis"), TYPED.encode("utf-16-le").hex().encode()):
        note.write_bytes(b"-" * 5_000 + spelled)
        assert found_at_rest(app, before, typed) != []
    note.unlink()
    assert found_at_rest(app, before, typed) == []
