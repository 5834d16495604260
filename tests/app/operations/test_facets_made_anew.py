"""The key of facets is exchanged like every other: what stands under an older one is found, told and made anew."""

from __future__ import annotations

from collections import Counter

from flask import Flask, g
from sqlalchemy import select

from app.cases.actions import open_triage, record_triage
from app.cases.narrowing import Wanted, narrowed
from app.cases.opened import codes_of
from app.cases.queries import gravest_of, named_companies, outcome_of, severity_of
from app.incidents.actions import form_by_hand, gather
from app.operations.facets import COLUMNS, OF_WORDS, tokens_of_keys
from app.operations.key_report import standing
from app.operations.keys import activate, add_key, begin_rotation, renew_all, stale
from app.phone_desk.queries import reply_way_of
from app.pipeline.ids import new_id
from app.pipeline.secrets import facet, ring
from app.pipeline.transaction import db, transaction
from app.retention.queries import content_of_kind
from app.statistics.queries import tables_of
from models.base import Token
from models.case import Case
from models.case_facet import CaseFacet
from models.incident_group import IncidentGroup
from models.registry import metadata
from models.rules.key_kinds import KeyKind
from models.rules.retention import DataKind
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, present

LENGTH = 16
OTHERS = {"receipt.locator", "forwarded_copy.approved_digest"}
"""Of the same length, and made by no key of the ring."""


def let_a_new_key_write() -> bytes:
    added = begin_rotation()
    assert added is not None
    activate(added)
    return added


def made_anew(app: Flask) -> None:
    renew_all(app, lambda *_progress: None)
    as_another_request()


def as_another_request() -> None:
    """What stands there now is read, and nothing that was worked out before."""
    db().rollback()
    db().expire_all()
    for kept in ("codes_behind_tokens", "tokens_of_companies"):
        g.pop(kept, None)


def what_is_known_of(case: Case) -> tuple[object, ...]:
    """All that is read back from the tokens of a case, and what finds it."""
    actor = present("manager")
    finds = [
        Wanted(severity=Severity.MODERATE),
        Wanted(channel=Channel.INBOUND_CALL),
        Wanted(outcome=Outcome.IMPROVED),
        Wanted(employment=Employment.REGULAR),
        Wanted(company=company("alpha").id.hex),
    ]
    found = [set(db().scalars(select(Case.id).where(narrowed(actor, wanted, with_reason=True)))) for wanted in finds]
    kept_long = db().scalars(select(Case.id).where(content_of_kind(DataKind.CASE_CONTENT))).all()
    return (
        severity_of(case),
        gravest_of(case),
        outcome_of(case.outcome_token),
        codes_of(case),
        named_companies(case),
        reply_way_of(case),
        [case.id in ids for ids in found],
        case.id in kept_long,
        tables_of([case]),
    )


def test_whatever_is_read_from_facets_is_the_same_while_their_key_is_exchanged_and_afterwards(app: Flask) -> None:
    with app.app_context():
        exchange = road.closed(employment=Employment.REGULAR, actor=ActorRelation.CUSTOMER)
        case = db().get_one(Case, exchange.case_id)
        before, token = what_is_known_of(case), case.outcome_token
        assert before[0] is not None
        assert before[6] == [before[0] is Severity.MODERATE, True, True, True, True]
        let_a_new_key_write()
        as_another_request()
        assert what_is_known_of(db().get_one(Case, case.id)) == before, "nothing is made anew yet"
        made_anew(app)
        again = db().get_one(Case, case.id)
        assert again.outcome_token != token
        assert what_is_known_of(again) == before


def test_every_facet_is_told_by_its_key_and_none_stands_under_the_older_one_in_the_end(app: Flask) -> None:
    with app.app_context():
        road.closed(employment=Employment.REGULAR)
        older = ring().active_id
        newer = let_a_new_key_write()
        before = {line.key_id: line.count for line in standing() if line.kind is KeyKind.FACET}
        assert set(before) == {older}
        assert stale() >= before[older] > 0
        made_anew(app)
        after = {line.key_id: line.count for line in standing() if line.kind is KeyKind.FACET}
        assert after == {newer: before[older]}
        assert stale() == 0
        known = {token for _field, token in tokens_of_keys([older])}
        assert not known & set(db().scalars(select(CaseFacet.token)))


def test_a_token_of_something_that_is_not_registered_stays_and_is_not_waited_for(app: Flask) -> None:
    with app.app_context():
        case, _code = road.submitted()
        with transaction() as session:
            strange = facet("site", "ZZZZZZ")
            session.add(CaseFacet(id=new_id(), case_id=case.id, field="site", token=strange))
        let_a_new_key_write()
        made_anew(app)
        assert stale() == 0
        assert strange in set(db().scalars(select(CaseFacet.token).where(CaseFacet.case_id == case.id)))


def test_codes_that_are_set_between_two_keys_stand_there_once(app: Flask) -> None:
    types = (HarassmentType.ABUSE, HarassmentType.REPETITION)
    with app.app_context():
        # She said these herself, so that they stand there before triage.
        case, _code = road.submitted(types=types)
        let_a_new_key_write()
        wanted = (*types, HarassmentType.INTIMIDATION)
        road.done(lambda: open_triage(case, actor=present("counselor")))
        road.done(
            lambda: record_triage(
                case, severity=Severity.HIGH, types=wanted, org_issues=(), is_crisis=False, actor=present("counselor")
            )
        )
        assert set(codes_of(case)["harassment_type"]) == set(wanted)
        counted = Counter(db().scalars(select(CaseFacet.field).where(CaseFacet.case_id == case.id)))
        assert counted["harassment_type"] == len(types) + 1
        made_anew(app)
        assert Counter(db().scalars(select(CaseFacet.field).where(CaseFacet.case_id == case.id))) == counted


def test_what_came_before_and_after_the_new_key_forms_one_group(app: Flask) -> None:
    with app.app_context():
        early = [road.submitted()[0] for _one in range(12)]
        let_a_new_key_write()
        late = [road.submitted()[0] for _one in range(8)]
        assert early[0].workplace_token != late[0].workplace_token
        assert road.done(gather) == 1
        (group,) = db().scalars(select(IncidentGroup))
        one_more = road.submitted()[0]
        assert road.done(lambda: form_by_hand(one_more, actor=present("counselor"))).id == group.id
        made_anew(app)
        road.done(gather)
        assert len(db().scalars(select(IncidentGroup)).all()) == 1


def test_the_key_of_facets_is_kept_for_the_record_alone(app: Flask) -> None:
    with app.app_context():
        case = road.triaged(severity=Severity.HIGH)[0]
        first = ring().active_id
        let_a_new_key_write()
        made_anew(app)
        # Nothing was recorded while this one wrote but that it was to write.
        activate(add_key())
        made_anew(app)
        with transaction():
            ring().retire(first, keep=["audit", "facet"])
        assert gravest_of(db().get_one(Case, case.id)) is Severity.HIGH


def test_every_column_of_such_tokens_is_made_anew_or_said_not_to_be() -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Token) and column.type.length == LENGTH
    }
    assert there == {column.name for column in COLUMNS} | OF_WORDS | OTHERS
