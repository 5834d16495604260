"""An answer to a survey that does not come by its last day is a matter of a request, until it comes or is let off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import clocks_of
from app.control.listings import listings_for
from app.control.page import counted, page_of
from app.control.rows import shown
from app.escalations.comparison import compared
from app.escalations.drafting import text_for
from app.escalations.issuing import pledges_of
from app.escalations.queries import companies_that_owe, counter_sheet, matters_of, owed_by, what_to_ask
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.transaction import db
from app.resolutions.packet import counter_sheet as packet_sheet
from app.resolutions.queries import late_compliance_of
from app.surveys.actions import is_a_survey_to_be_reminded_of, note_answer, open_survey, remind_of_surveys
from models.audit_record import AuditRecord
from models.certification import Certification
from models.clock import Clock
from models.formal_request import FormalRequest
from models.reminder import Reminder
from models.request_matter import RequestMatter
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_duties import Duty
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import CountReason, Step
from models.rules.like_treatment import Outcome
from models.rules.pledges import Pledge
from models.rules.request_lifecycle import RequestState
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation
from tests.support import board, road
from tests.support.ladder import drafted, file_of, issued, just_after, move_to, swept
from tests.support.present import company, person, present
from tests.support.visitor import sign_in

TITLE = "応対の実態調査"
ASKED, CLOSES = date(2026, 11, 24), date(2026, 12, 18)
OVER = datetime(2026, 12, 19, 0, 1, tzinfo=TOKYO)


@pytest.fixture
def asked(app: Flask) -> Flask:
    """A survey that every certified company was asked to answer."""
    with app.app_context():
        opened_now()
    return app


def opened_now(*, closes_on: date = CLOSES, title: str = TITLE) -> SurveyRound:
    return road.done(lambda: open_survey(title=title, asked_on=ASKED, closes_on=closes_on, actor=present("manager")))


def invitation(key: str = "alpha") -> SurveyInvitation:
    query = select(SurveyInvitation).join(SurveyRound, SurveyRound.id == SurveyInvitation.survey_id)
    return db().scalars(query.where(SurveyInvitation.company_id == company(key).id, SurveyRound.title == TITLE)).one()


def answered(on: date | None, *, key: str = "alpha", is_exempt: bool = False) -> None:
    road.done(lambda: note_answer(invitation(key), answered_on=on, is_exempt=is_exempt, actor=present("manager")))
    db().expire_all()


def why_counted(key: str = "alpha") -> list[CountReason]:
    return [line.reason for line in counter_sheet(file_of(key)).lines]


def test_an_unanswered_survey_opens_a_request_that_names_it(asked: Flask) -> None:
    with asked.app_context():
        swept(datetime(2026, 12, 18, 23, 59, 59, tzinfo=TOKYO))
        assert owed_by(company("alpha"), at=now()) == (), "the last day is the company's"
        swept(OVER)
        file = file_of("alpha")
        assert file.next_step == Step.E1.code
        assert [(one.duty, one.survey_invitation_id) for one in what_to_ask(file)] == [(Duty.SURVEY, invitation().id)]
        text = text_for(file, Step.E1)
        assert f"実態調査「{TITLE}」への回答(2026年12月18日が締切でした)" in text
        assert "ご案内した方法で、実態調査に回答すること。" in text
        assert "誓約事項の7" in text
        request = issued(file)
        assert pledges_of(request, Step.E1) == (Pledge.SURVEY,)
        assert company("alpha").id in companies_that_owe(now())
        swept(just_after(request.due_at))
        assert request.state is RequestState.UNMET
        assert why_counted() == [CountReason.UNANSWERED]
        assert file_of("alpha").next_step == Step.E2.code
        assert "誓約事項の7" in text_for(file_of("alpha"), Step.E4)
        number = request.number
    officer = sign_in(asked, "alpha_officer")
    officer.get(f"/escalations/requests/{number}")
    assert TITLE in officer.page.text
    assert "まだ" in officer.page.text


@pytest.mark.parametrize(
    ("days_after_due", "noted_after", "state", "reason"),
    [
        (-1, 0, RequestState.MET, CountReason.MET),
        (0, 0, RequestState.MET, CountReason.MET),
        (0, 3, RequestState.UNMET, CountReason.MET),
        (2, 0, RequestState.UNMET, CountReason.MET_LATE),
    ],
)
def test_an_answer_settles_the_request_by_the_day_on_which_it_came(
    asked: Flask, days_after_due: int, noted_after: int, state: RequestState, reason: CountReason
) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        assert request.due_at is not None
        came = request.due_at + timedelta(days=days_after_due)
        noted_at = came + timedelta(days=noted_after)
        swept(noted_at + timedelta(minutes=0 if noted_at <= request.due_at else 1))
        answered(came.astimezone(TOKYO).date())
        swept()
        assert (request.state, why_counted()) == (state, [reason])
        assert file_of("alpha").next_step is None


def test_an_answer_on_the_last_day_is_owed_by_nobody_even_if_it_is_noted_after_the_letter(asked: Flask) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        swept(just_after(request.due_at))
        assert why_counted() == [CountReason.UNANSWERED]
        answered(CLOSES)
        swept()
        assert why_counted() == [CountReason.MET], "the company had answered, and only the note was late"
        assert file_of("alpha").next_step is None


@pytest.mark.parametrize("is_late", [False, True])
def test_whoever_is_exempted_after_the_letter_is_not_counted(asked: Flask, is_late: bool) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        if is_late:
            swept(just_after(request.due_at))
            assert why_counted() == [CountReason.UNANSWERED]
        answered(None, is_exempt=True)
        ended = RequestState.UNMET if is_late else RequestState.WAIVED
        assert (request.state, request.met_at, why_counted()) == (ended, None, [CountReason.EXEMPTED])
        swept(just_after(request.due_at) + timedelta(days=1))
        assert (request.state, request.met_at, why_counted()) == (ended, None, [CountReason.EXEMPTED])
        assert file_of("alpha").next_step is None
        names = ("request.fulfilled", "request.waived")
        said = db().scalars(select(AuditRecord.name).where(AuditRecord.name.in_(names))).all()
        assert said == ([] if is_late else ["request.waived"])
        assert company("alpha").id not in companies_that_owe(now())
        late = select(AuditRecord.id).where(AuditRecord.name == "request.fulfilled_late")
        assert db().scalars(late).all() == [], "nobody did late what nobody owes"
        number = request.number
    officer = sign_in(asked, "alpha_officer")
    officer.get(f"/escalations/requests/{number}")
    assert "免除" in officer.page.text


def test_a_request_that_ended_by_an_exemption_reads_so_for_the_desk_and_the_company_and_lets_the_file_be_closed(
    asked: Flask,
) -> None:
    with asked.app_context():
        swept(OVER)
        request, file = issued(file_of("alpha")), file_of("alpha")
        running = [clock.kind for clock in clocks_of(request.id) if clock.is_running]
        answered(None, is_exempt=True)
        assert running
        assert all(clock.met_at is None and clock.stopped_at is not None for clock in clocks_of(request.id))
        outcomes = [line.treatment.outcome for like in compared(Step.E1) for line in like.lines if line.taken_at]
        assert outcomes == [Outcome.EXEMPTED]
        assert file.complied_at is not None
        number, of_file = request.number, file.number
    desk = sign_in(asked, "manager")
    assert "免除により終了" in desk.get(f"/escalations/{of_file}").text
    assert "会社が応じたのではなく、協会が回答を免除しました。" in desk.page.text
    assert "会社が応じた日" not in desk.page.text
    desk.get(desk.page.links["計数表を見る"])
    assert "回答を免除したため数えません" in desk.page.text
    officer = sign_in(asked, "alpha_officer")
    for page in ("/escalations/", f"/escalations/requests/{number}"):
        assert "免除により終了" in officer.get(page).text
    assert "回答を届ける" not in officer.page.text


@pytest.mark.parametrize("is_late", [False, True])
def test_a_file_is_closed_after_an_exemption_whether_it_came_before_the_requests_day_or_after_it(
    asked: Flask, is_late: bool
) -> None:
    with asked.app_context():
        swept(OVER)
        request, file = issued(file_of("alpha")), file_of("alpha")
        if is_late:
            swept(just_after(request.due_at))
        exempted_at = now()
        answered(None, is_exempt=True)
        assert (file.complied_at, file.next_step) == (exempted_at, None)
        address = f"/escalations/{file.number}"
    desk = sign_in(asked, "manager")
    assert "会社が応じたのではなく、協会が回答を免除しました。" in desk.get(address).text
    assert "会社が応じました" not in desk.page.text
    desk.send(action="compliance")
    with asked.app_context():
        closed = file_of("alpha")
        assert (closed.state, closed.complied_at, closed.is_open) == (FileState.COMPLIED, exempted_at, False)


@pytest.mark.parametrize("state", [RequestState.UNMET, RequestState.WAIVED])
def test_the_boards_packet_says_of_what_was_exempted_that_it_does_not_count(asked: Flask, state: RequestState) -> None:
    with asked.app_context():
        item = board.proposed()
        first, *others = sorted(
            db().scalars(select(FormalRequest).where(FormalRequest.company_file_id == item.company_file_id)),
            key=lambda one: one.served_at,
        )

        def exempt() -> None:
            matter = db().scalars(select(RequestMatter).where(RequestMatter.formal_request_id == first.id)).one()
            matter.duty, matter.survey_invitation_id = Duty.SURVEY, invitation().id
            first.state = state
            if state is RequestState.WAIVED:
                first.unmet_at = None

        road.done(exempt)
        assert packet_sheet(item).total == len(others) + (state is RequestState.UNMET)
        answered(None, is_exempt=True)
        said = {line.entry.reference: (line.counted, line.reason) for line in packet_sheet(item).lines}
        assert said.pop(first.id.hex) == (False, CountReason.EXEMPTED)
        assert set(said.values()) == {(True, CountReason.UNANSWERED)}
        assert len(said) == len(others)


@pytest.mark.parametrize("other_first", [True, False])
def test_of_two_that_were_asked_the_one_that_was_answered_says_how_the_request_ended(
    asked: Flask, other_first: bool
) -> None:
    with asked.app_context():
        opened_now(title="二つ目の調査")
        swept(OVER)
        request = issued(file_of("alpha"))
        other = select(SurveyInvitation).join(SurveyRound).where(SurveyRound.title != TITLE)
        of_alpha = db().scalars(other.where(SurveyInvitation.company_id == company("alpha").id)).one()

        def exempt() -> None:
            road.done(lambda: note_answer(of_alpha, answered_on=None, is_exempt=True, actor=present("manager")))

        if other_first:
            exempt()
        answered(date(2026, 12, 19))
        if not other_first:
            exempt()
        db().expire_all()
        assert (request.state, why_counted()) == (RequestState.MET, [CountReason.MET])


def test_an_exemption_before_its_day_that_was_noted_by_mistake_makes_nobody_one_who_answered(asked: Flask) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        answered(None, is_exempt=True)
        answered(None)
        assert (request.state, why_counted()) == (RequestState.WAIVED, [CountReason.EXEMPTED])
        swept(just_after(request.due_at))
        assert file_of("alpha").next_step == Step.E1.code, "the answer is owed, and is asked for anew"
        assert why_counted() == [CountReason.EXEMPTED], "nobody could answer what was not asked any more"


@pytest.mark.parametrize("is_exempt", [False, True])
def test_a_file_says_no_longer_that_the_company_complied_when_that_was_noted_by_mistake(
    asked: Flask, is_exempt: bool
) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        swept(just_after(request.due_at))
        answered(None if is_exempt else now().date(), is_exempt=is_exempt)
        assert file_of("alpha").complied_at is not None
        answered(None)
        assert file_of("alpha").complied_at is None
        address = f"/escalations/{file_of('alpha').number}"
    desk = sign_in(asked, "manager")
    assert "求めていたことがすべて果たされました" not in desk.get(address).text
    assert "記録を閉じる" not in desk.page.text
    assert "遵守を記録する" not in desk.page.text


def test_the_board_is_no_longer_told_of_a_late_answer_that_was_noted_by_mistake(asked: Flask) -> None:
    with asked.app_context():
        item = board.proposed()
        last = max(
            db().scalars(select(FormalRequest).where(FormalRequest.company_file_id == item.company_file_id)),
            key=lambda one: one.served_at,
        )

        def ask_for_the_answer() -> None:
            matter = db().scalars(select(RequestMatter).where(RequestMatter.formal_request_id == last.id)).one()
            matter.duty, matter.survey_invitation_id = Duty.SURVEY, invitation().id

        road.done(ask_for_the_answer)
        answered(now().date())
        assert late_compliance_of(item) is not None
        seen = item.version
        answered(None)
        assert late_compliance_of(item) is None
        assert item.version > seen, "a director whose page still shows it is told"


def test_what_was_noted_by_mistake_is_owed_again(asked: Flask) -> None:
    with asked.app_context():
        swept(OVER)
        request = issued(file_of("alpha"))
        swept(just_after(request.due_at))
        answered(None, is_exempt=True)
        answered(None)
        assert [matter.settled_at for matter, _exchange in matters_of(request)] == [None]
        swept()
        assert why_counted() == [CountReason.UNANSWERED]
        assert file_of("alpha").next_step == Step.E2.code
        running = select(Clock).where(Clock.kind == ClockKind.SURVEY_ANSWER, Clock.subject_id == invitation().id)
        clocks = sorted(db().scalars(running), key=lambda one: one.is_running)
        assert [one.is_running for one in clocks] == [False, True]
        assert clocks[0].due_at == clocks[1].due_at, "nobody wins or loses time by a mistake of the desk"
        answered(None)
        assert len(db().scalars(running).all()) == 2, "entered twice, it is waited for once"


def test_a_draft_that_asks_for_an_answer_that_came_is_not_issued(asked: Flask) -> None:
    with asked.app_context():
        swept(OVER)
        file = file_of("alpha")
        drafted(file)
        answered(date(2026, 12, 18))
        with pytest.raises(ChangedMeanwhile):
            issued(file_of("alpha"))


def test_each_survey_is_a_matter_of_its_own(asked: Flask) -> None:
    with asked.app_context():
        opened_now(closes_on=date(2026, 12, 10), title="窓口の設置状況の調査")
        swept(OVER)
        file = file_of("alpha")
        assert [one.duty for one in what_to_ask(file)] == [Duty.SURVEY, Duty.SURVEY]
        text = text_for(file, Step.E1)
        assert TITLE in text
        assert "窓口の設置状況の調査" in text
        request = issued(file)
        answered(date(2026, 12, 19))
        assert request.state is RequestState.SERVED, "one of two is not all"
        matters = db().scalars(select(RequestMatter).where(RequestMatter.formal_request_id == request.id)).all()
        assert sum(one.settled_at is not None for one in matters) == 1


@pytest.mark.parametrize("state", [CertificationState.WITHDRAWN, CertificationState.EXPIRED])
def test_whoever_holds_no_certification_any_more_owes_no_answer(asked: Flask, state: CertificationState) -> None:
    with asked.app_context():
        held = db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()
        road.done(lambda: setattr(held, "state", state))
        swept(OVER)
        assert company("alpha").id not in companies_that_owe(now())
        with pytest.raises(LookupError):
            file_of("alpha")
        assert company("beta").id in companies_that_owe(now())


def test_whoever_was_certified_anew_owes_nothing_of_the_time_before(asked: Flask) -> None:
    with asked.app_context():
        held = db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()
        road.done(lambda: setattr(held, "valid_from", date(2027, 2, 1)))
        swept(datetime(2027, 2, 2, 10, 0, tzinfo=TOKYO))
        assert owed_by(company("alpha"), at=now()) == ()


def test_the_silent_are_reminded_in_the_rhythm_of_all_reminders(asked: Flask) -> None:
    with asked.app_context():
        answered(ASKED, key="beta")
        answered(None, key="gamma", is_exempt=True)
        assert not is_a_survey_to_be_reminded_of()
        move_to(datetime(2026, 12, 16, 12, 0, tzinfo=TOKYO))
        assert is_a_survey_to_be_reminded_of()
        road.done(remind_of_surveys)
        road.done(remind_of_surveys)
        clocks = select(Reminder.kind, SurveyInvitation.company_id).join(Clock, Clock.id == Reminder.clock_id)
        rows = db().execute(clocks.join(SurveyInvitation, SurveyInvitation.id == Clock.subject_id)).all()
        assert {(kind, key) for kind, key in rows} == {("before", company(one).id) for one in ("alpha", "epsilon")}
        assert len(rows) == 2
        told = db().scalars(select(Reminder.person_id).where(Reminder.person_id == person("alpha_officer").id)).all()
        assert len(told) == 1


def test_the_control_room_lists_what_is_awaited_and_nothing_that_is_not(asked: Flask, clock: FixedClock) -> None:
    with asked.app_context():
        answered(None, key="beta", is_exempt=True)
        clock.move(to=datetime(2026, 12, 14, 9, 0, tzinfo=TOKYO))
        listings = listings_for(present("manager"))
        numbers = counted(listings)
        assert numbers["surveys-week"].number == 3
        with asked.test_request_context():
            rows = shown(listings["surveys-week"], page_of(listings["surveys-week"], None).rows, present("manager"))
        assert all(TITLE in row.words and row.about == "実態調査への回答" for row in rows)
        clock.move(to=OVER)
        assert counted(listings_for(present("manager")))["surveys-overdue"].number == 3
        own = company("alpha").id
    officer = sign_in(asked, "alpha_officer")
    officer.get(f"/pledges/{own}")
    assert "実態調査への回答" in officer.page.text


def test_a_survey_ends_on_a_working_day_and_is_answered_after_it_began(asked: Flask) -> None:
    manager = sign_in(asked, "manager")
    manager.get("/surveys/")
    for day_off in ("2026-12-19", "2026-12-30", "2027-01-11"):
        manager.send({"title": "別の調査", "asked_on": "2026-11-24", "closes_on": day_off})
        assert "締切は、協会の営業日にしてください。" in manager.page.text
    with asked.app_context():
        path = f"/surveys/{invitation().survey_id}/{company('alpha').id}"
    manager.get(path)
    manager.send({"standing": "answered", "answered_on": "2026-11-20"})
    assert "回答した日は、調査の始まる日からあとの日付にしてください。" in manager.page.text
    other = sign_in(asked, "manager")
    other.get(path)
    manager.send({"standing": "answered", "answered_on": "2026-11-24"})
    other.send({"standing": "exempt", "answered_on": ""}, status=409)
    with asked.app_context():
        assert not invitation().is_exempt, "the second is told and changes nothing"
