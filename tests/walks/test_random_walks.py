"""Random walks by all roles over several cases and companies: nobody sees more than she may, and nothing is lost."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from app.cases.queries import exchanges_of, latest_copy
from app.custody.actions import do_what_waits
from app.intake.answers import NamedCompany
from app.operations.sweep import CLOCKWORK
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.case import Case
from models.clock import Clock
from models.compartment import Compartment
from models.message import Message
from models.outbox_message import OutboxMessage
from models.rules.case_clocks import RUNS_IN
from models.rules.case_lifecycle import FACTS_ONLY_WHEN_CLOSED, CaseState, facts_of
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.deadlines import ClockKind
from tests.conftest import STARTS_AT
from tests.support import road
from tests.support.installation import Installation
from tests.support.present import company
from tests.support.told_at_the_end import TOLD_AT_THE_END
from tests.support.world import MEMBERS
from tests.walks.acts import ADVISER, COMPANY, CONSULTER, DESK, TELEPHONE, USUALLY
from tests.walks.coverage import Coverage, ways_of
from tests.walks.everybody import may_open, may_read, opens, reads, somebody, the_consulter, tries

MOST_STEPS = 60
MOST_CASES = 4
WALKS = int(os.environ.get("KIKITE_TEST_WALKS", "15"))
DESK_PEOPLE = ("counselor", "second_counselor", "third_counselor", "manager", "head")
COMPANY_PEOPLE = tuple(key for key, member in MEMBERS.items() if member.company and member.role.value != "director")
ACTS: Mapping[str, Mapping[str, Callable[..., object]]] = {
    "desk": DESK,
    "manager": DESK,
    "company": COMPANY,
    "consulter": CONSULTER,
    "adviser": ADVISER,
    "telephone": TELEPHONE,
}
# Half of what happens leads on, mostly in the first case; the other half is anybody trying anything.
KINDS = (
    *("usual",) * 12,
    *("desk",) * 3,
    *("company",) * 2,
    *("consulter",) * 2,
    *("adviser", "telephone", "time", "signs_in", "somebody_writes"),
)
PLACES = st.sampled_from((0, 0, 0, 1, 1, 2, 3))
CONSENTS = st.sampled_from((ConsentLevel.CN_2, ConsentLevel.CN_3, *ConsentLevel))
Draw = Callable[[st.SearchStrategy[Any]], Any]

# Walks that come to fewer places promise less than they seem to.
EVERY_RUN_COMES_TO = frozenset(
    {
        CaseState.AWAIT_CONSENT,
        CaseState.READY,
        CaseState.ROUTED,
        CaseState.ACKED,
        CaseState.IN_ACTION,
        CaseState.REPORTED,
        CaseState.REVIEW,
        CaseState.FEEDBACK,
        CaseState.ADVICE,
        CaseState.CLOSED,
    }
)


class Walks(RuleBasedStateMachine):
    """Everybody acts, and time passes."""

    installation: Installation
    coverage: Coverage
    """Where any case of any walk has been, and by which acts."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(STARTS_AT)
        self.app = self.installation.fresh(self.clock)
        self.inside = ExitStack()
        self.inside.enter_context(self.app.app_context())
        self.codes: list[tuple[str, str]] = []
        self.messages = self.mails = self.steps = 0
        self.changed = True
        self.done: Counter[tuple[CaseState, str]] = Counter()

    def teardown(self) -> None:
        """In the end everybody tries every key there is, and the record is whole."""
        try:
            self._everybody_tries_everything()
            verified = verify_all()
            assert not verified.faults, verified.faults
            for case in db().scalars(select(Case)):
                self.coverage.add(ways_of(case))
        finally:
            self.inside.close()
            self.installation.let_go()

    @initialize(consent=CONSENTS)
    def begin(self, consent: ConsentLevel) -> None:
        self._submit(consent, ("alpha", "beta"), danger=False)

    @rule(kind=st.sampled_from(KINDS), place=PLACES, data=st.data())
    def something_happens(self, kind: str, place: int, data: st.DataObject) -> None:
        """One rule, because of several Hypothesis leaves some out for a whole walk, and then nothing leads on."""
        self.changed = False
        getattr(self, f"_{kind}")(place, data.draw)

    def _usual(self, place: int, draw: Draw) -> None:
        """Of what usually comes next: one that can be done now, and that was done least in this walk."""
        case = self._case(place)
        state, first = case.state, draw(st.integers(0, 3))
        usual = USUALLY[state]
        turns = [usual[(first + turn) % len(usual)] for turn in range(len(usual))]
        for who, act in sorted(dict.fromkeys(turns), key=lambda one: self.done[state, one[1]]):
            actor = self._one_who_usually_does(who, place, case)
            if actor is not None and self._try(case, who, act, actor):
                self.done[state, act] += 1
                return
            case = self._case(place)
        # Whoever has nothing to do waits: for the hold of a copy, mostly.
        self._let_hours_pass(25)

    def _somebody_writes(self, _place: int, draw: Draw) -> None:
        if len(self.codes) < MOST_CASES:
            companies = draw(st.sampled_from((("beta", "alpha"), ("alpha",))))
            self._submit(draw(CONSENTS), companies, danger=draw(st.booleans()))

    def _desk(self, place: int, draw: Draw) -> None:
        act, who = draw(st.sampled_from(sorted(DESK))), draw(st.sampled_from(DESK_PEOPLE))
        self._try(self._case(place), "desk", act, somebody(who))

    def _company(self, place: int, draw: Draw) -> None:
        act, who = draw(st.sampled_from(sorted(COMPANY))), draw(st.sampled_from(COMPANY_PEOPLE))
        self._try(self._case(place), "company", act, somebody(who))

    def _adviser(self, place: int, draw: Draw) -> None:
        act, who = (
            draw(st.sampled_from(sorted(ADVISER))),
            draw(st.sampled_from(("adviser", "adviser", "second_adviser"))),
        )
        self._try(self._case(place), "adviser", act, somebody(who))

    def _consulter(self, place: int, draw: Draw) -> None:
        """Mostly on her own case; on another's, nothing may come of it."""
        act, own = draw(st.sampled_from(sorted(CONSULTER))), draw(st.sampled_from((None, None, 0, 1)))
        actor = the_consulter(self._code(place if own is None else own))
        case = self._case(place)
        done = self._try(case, "consulter", act, actor)
        assert not done or (actor.receipt is not None and actor.receipt.case_id == case.id), act

    def _telephone(self, place: int, draw: Draw) -> None:
        """She says her code by telephone; with the code of another's case nothing may come of it."""
        act, own = draw(st.sampled_from(sorted(TELEPHONE))), draw(st.sampled_from((None, None, 0)))
        case, code = self._case(place), self._code(place if own is None else own)
        done = self._try(case, "telephone", act, somebody(draw(st.sampled_from(DESK_PEOPLE))), code)
        assert not done or code == self._code(place), act

    def _time(self, _place: int, draw: Draw) -> None:
        """Time passes, and the clock works."""
        self._let_hours_pass(draw(st.sampled_from((1, 25, 24 * 4, 24 * 12, 24 * 40))))

    def _let_hours_pass(self, hours: int) -> None:
        self.clock.move(to=self.clock.now() + timedelta(hours=hours))
        for work in CLOCKWORK:
            assert tries(work.do), work.name
        self.changed = True

    def _signs_in(self, _place: int, draw: Draw) -> None:
        who = draw(st.sampled_from(("counselor", "head", "alpha_officer", "beta_deputy")))
        self.changed = tries(lambda: do_what_waits(somebody(who)))

    @invariant()
    def each_case_holds_what_its_state_requires(self) -> None:
        if not self.changed:
            return
        for case in db().scalars(select(Case)):
            for fact in facts_of(case.state):
                assert _fact(case, fact) is not None, f"{case.state.code} without {fact}"
            if case.state is not CaseState.CLOSED:
                assert not [fact for fact in FACTS_ONLY_WHEN_CLOSED if _fact(case, fact) is not None]
            assert case.is_open == (case.state is not CaseState.CLOSED), case.state
            copies = [latest_copy(exchange) for exchange in exchanges_of(case)]
            if case.state is CaseState.READY:
                assert [copy for copy in copies if copy is not None and copy.approved_at is not None]
            if case.state is CaseState.ROUTED:
                assert [exchange for exchange in exchanges_of(case) if exchange.addressee_id is not None]

    @invariant()
    def no_clock_is_lost_or_runs_twice(self) -> None:
        if not self.changed:
            return
        running = db().execute(
            select(Clock.subject_id, Clock.kind, func.count())
            .where(Clock.met_at.is_(None), Clock.stopped_at.is_(None))
            .group_by(Clock.subject_id, Clock.kind)
        )
        kinds: dict[object, set[ClockKind]] = {}
        for subject_id, kind, number in running:
            assert number == 1, kind
            kinds.setdefault(subject_id, set()).add(kind)
        for case in db().scalars(select(Case)):
            of_case = kinds.get(case.id, set())
            if case.state is CaseState.CLOSED:
                assert not of_case, f"closed, and {of_case} runs on"
            runs = RUNS_IN[case.state]
            if runs.of_case:
                assert of_case & set(runs.of_case), f"{case.state.code}: only {of_case} runs"
            if runs.of_exchange:
                lying = [exchange for exchange in exchanges_of(case) if exchange.state == "routed"]
                of_companies = [kinds.get(exchange.id, set()) & set(runs.of_exchange) for exchange in lying]
                assert any(of_companies), f"{case.state.code}: no company is waited for"
            for exchange in exchanges_of(case):
                if exchange.state == "closed":
                    assert not kinds.get(exchange.id), "closed to the company, and a clock runs on"

    @invariant()
    def no_message_and_no_mail_is_lost_or_doubled(self) -> None:
        messages = db().scalar(select(func.count()).select_from(Message)) or 0
        mails = db().scalar(select(func.count()).select_from(OutboxMessage)) or 0
        assert messages >= self.messages
        assert mails >= self.mails
        keys = db().scalar(select(func.count(func.distinct(OutboxMessage.idempotency_key))))
        assert keys == mails
        self.messages, self.mails = messages, mails

    @invariant()
    def one_who_may_not_open_something_does_not(self) -> None:
        """One of everybody after each step that changed something; in the end all of them."""
        if not self.changed:
            return
        self.steps += 1
        keys = sorted(MEMBERS)
        self._tries_everything(keys[self.steps % len(keys)])
        for access in db().scalars(select(AdviserAccess)).all():
            case = db().get_one(Case, access.case_id)
            assert not (case.state is CaseState.CLOSED and may_read(access)), "closed, and the adviser reads on"
            assert reads(access) == may_read(access), access.ended_how

    def _submit(self, consent: ConsentLevel, companies: tuple[str, ...], *, danger: bool) -> None:
        named = [NamedCompany(company(key).names[-1].name, company(key).id) for key in companies]
        case, code = road.submitted(
            consent=consent,
            company=None,
            workplace=named[0],
            employer=named[-1],
            options=(ConsentOption.CN_EP, ConsentOption.CN_ST),
            **({"text": "もう消えたいです。"} if danger else {}),
        )
        self.codes.append((case.id.hex, code))
        self.changed = True

    def _code(self, place: int) -> str:
        return self.codes[place % len(self.codes)][1]

    def _case(self, place: int) -> Case:
        return db().get_one(Case, uuid.UUID(hex=self.codes[place % len(self.codes)][0]), populate_existing=True)

    def _try(self, case: Case, who: str, act: str, actor: Actor, *more: str) -> bool:
        before = db().scalar(select(func.count()).select_from(Message)) or 0
        done = tries(lambda: ACTS[who][act](case, actor, *more))
        self.changed = self.changed or done
        after = db().scalar(select(func.count()).select_from(Message)) or 0
        assert done or after == before, "what was refused left a message"
        if done:
            note(f"{case.number}: {act} by {actor.role.code} makes {self._state_of(case)}")
        return done

    def _state_of(self, case: Case) -> str:
        return db().get_one(Case, case.id, populate_existing=True).state.code

    def _one_who_usually_does(self, who: str, place: int, case: Case) -> Actor | None:
        if who == "consulter":
            return the_consulter(self._code(place))
        if who == "adviser":
            return somebody("adviser")
        if who == "company":
            lying = [exchange for exchange in exchanges_of(case) if exchange.state == "routed"]
            return somebody(road.officer_of(lying[0])) if lying else None
        if who == "manager":
            return somebody("manager")
        return somebody(road.assignee(case) if case.assignee_id else "counselor")

    def _everybody_tries_everything(self) -> None:
        for key in MEMBERS:
            self._tries_everything(key)
        for _case_id, code in self.codes:
            actor = the_consulter(code)
            assert actor.receipt is not None
            for compartment in db().scalars(select(Compartment).where(Compartment.case_id.is_not(None))):
                if opens(actor, compartment):
                    assert compartment.case_id == actor.receipt.case_id, "a stranger's case"

    def _tries_everything(self, key: str) -> None:
        actor = somebody(key)
        for compartment in db().scalars(select(Compartment).where(Compartment.case_id.is_not(None))).all():
            if opens(actor, compartment):
                assert may_open(key, compartment), f"{key} opens {compartment.kind.code}"


def _fact(case: Case, fact: str) -> object:
    """What a case holds of this: as itself, as a facet's token, or on what passes between it and a company."""
    for column in (f"{fact}_token", fact):
        if hasattr(type(case), column):
            return getattr(case, column)
    return next((found for one in exchanges_of(case) if (found := getattr(one, fact)) is not None), None)


def test_random_walks_of_all_roles_show_nobody_more_and_lose_nothing(
    installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Set KIKITE_TEST_WALKS to walk more often than each run does."""

    class HereAndNow(Walks):
        pass

    HereAndNow.installation, HereAndNow.coverage = installation, Coverage()
    run_state_machine_as_test(
        HereAndNow,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=MOST_STEPS,
            derandomize="KIKITE_TEST_WALKS" not in os.environ,
            deadline=None,
            # A walk that fails is told as it was walked: to make it shorter takes longer than to read it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    record_property(TOLD_AT_THE_END, HereAndNow.coverage.in_words())
    missed = EVERY_RUN_COMES_TO - HereAndNow.coverage.states
    assert not missed, HereAndNow.coverage.in_words()
