"""The page of a letter is made of what its file is made of: other words from a day on change neither of the old one."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
from flask import Flask

from app.letters.actions import reword_letter
from app.letters.queries import file_numbered, paper_numbered, words_on
from app.pipeline.clock import now, today
from models.rules.escalation_ladder import Step
from models.rules.letters import LetterKind, Template
from models.rules.taxonomy.severity import Severity
from tests.support import ladder
from tests.support.present import present
from tests.support.road import done, routed
from tests.support.visitor import sign_in

NEW = "新しい文面による依頼です。"


def test_the_page_has_the_words_of_its_day_as_the_file_has(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = ladder.silent_through(Step.E1)
        first = ladder.newest(file).number
        kind = LetterKind.COOPERATION_AGAIN
        text = NEW + "\n\n" + words_on(kind, today()).text
        tomorrow = Template(kind, today() + timedelta(days=1), text)
        done(lambda: reword_letter(tomorrow, reason="言葉を改めるため", actor=present("head")))
        ladder.move_to(now() + timedelta(days=1))
        second = ladder.issued(ladder.file_of()).number
        made = file_numbered(second, actor=present("head"))
        with pikepdf.open(io.BytesIO(made)) as opened:
            assert opened.open_metadata()["dc:title"] == "再協力依頼書"
        paper = paper_numbered(second, actor=present("head"))
        assert paper is not None
        said = [line for piece in paper.pieces for line in piece.get("lines", ())]
        assert NEW in said
    head = sign_in(app, "head")
    page = head.get(f"/escalations/requests/{second}/letter")
    assert [line for line in said if line.strip() not in page.text] == []
    assert page.h1 == "再協力依頼書"
    assert NEW not in head.get(f"/escalations/requests/{first}/letter").text
