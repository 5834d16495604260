"""The board's papers as files: nothing of a consultation reaches the packet, and the minutes say who was excluded."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import commit, db
from app.resolutions.actions import call_meeting, put_on_agenda, record_resolution, serve_notice
from app.resolutions.files import minutes_as_file, packet_as_file, packet_as_paper
from app.resolutions.item_page import view_of
from models.audit_record import AuditRecord
from models.rules.board import BoardOption, MeetingMode
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.support import board, ladder
from tests.support.present import company, present
from tests.support.road import approved, copied, done, routed, triaged
from tests.support.visitor import sign_in

WORDS = [f"夜勤の席で聞いた言葉{place:03d}番" for place in range(90)]
NAMES = [f"種田ひそか{place:03d}" for place in range(50)]
DAYS = [f"2026年{1 + place % 10}月{1 + place % 28}日{place % 24}時{place:02d}分" for place in range(60)]
FINE_DATE = re.compile(r"\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\d{4}/\d")


def test_a_packet_for_a_company_whose_cases_contain_200_planted_phrases_names_and_dates_contains_none_of_them(
    app: Flask, clock: FixedClock
) -> None:
    planted = [*WORDS, *NAMES, *DAYS]
    assert len(set(planted)) == 200
    with app.app_context():
        for third in range(3):
            part = "。".join(planted[third::3])
            case, code = triaged(severity=Severity.HIGH, text=part, name=NAMES[third])
            copy = copied(case, text=part)
            approved(case, code, copy)
            routed(case, code)
        item = ladder.proposed(ladder.silent_through(Step.E4))
        done(lambda: serve_notice(item, actor=present("manager")))
        clock.move(to=now() + timedelta(days=30))
        held = now() + timedelta(days=10)
        manager = present("manager")
        meeting = done(lambda: call_meeting(held_at=held, mode=MeetingMode.ONLINE, actor=manager))
        done(lambda: put_on_agenda(item, meeting, actor=present("manager")))
        chair = present("chair")
        paper = packet_as_paper(view_of(item, actor=chair))
        said = json.dumps(paper.as_data(), ensure_ascii=False)
        assert [phrase for phrase in planted if phrase in said] == []
        assert FINE_DATE.findall(said) == []
        assert case.number not in said
        # It says something all the same: who, why, and each of the four requests.
        assert company("alpha").name_on(now().date()).name in said
        assert ladder.GROUNDS in said
        assert all(f'"{step.value}"' in said for step in (Step.E1, Step.E2, Step.E3, Step.E4))
        made = packet_as_file(view_of(item, actor=chair), actor=chair)
        assert made == packet_as_file(view_of(item, actor=chair), actor=chair)
        facts = [json.loads(one) for one in db().scalars(select(AuditRecord.facts).where(_made_file()))]
        assert [one["file_digest"] for one in facts] == [hashlib.sha256(made).hexdigest()] * 2


def test_the_minutes_draft_is_a_file_that_names_who_was_excluded_and_directors_alone_save_the_packet(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        item = board.voting(clock)
        board.all_vote(item, BoardOption.REVOKE)
        record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        commit()
        view = view_of(item, actor=present("manager"))
        assert view.recused
        assert minutes_as_file(view, recorder="記録 する人", actor=present("manager")).startswith(b"%PDF-")
        path = f"/board/items/{item.id}"
    for below in ("/packet", "/minutes/file"):
        assert sign_in(app, "chair").client.get(path + below).mimetype == "application/pdf"
        assert sign_in(app, "alpha_representative").client.get(path + below).status_code == 403
    assert sign_in(app, "director_of_alpha").client.get(path + "/packet").status_code == 404


def _made_file() -> object:
    return AuditRecord.name == "board.make_file"
