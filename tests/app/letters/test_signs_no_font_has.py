"""The board's papers hold words of others: a sign that no font has stands as the geta, and the rest as it is."""

from __future__ import annotations

from datetime import date

import pytest

from app.letters import queries
from app.letters.paper import Paper, paragraphs

NO_FONT_HAS_IT = "\U00013000"


def test_a_sign_that_no_font_has_stands_as_the_geta_and_the_paper_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    pressed: list[Paper] = []
    press = queries.set_as_pdf

    def seen(paper: Paper) -> bytes:
        pressed.append(paper)
        return press(paper)

    monkeypatch.setattr(queries, "set_as_pdf", seen)
    pieces = paragraphs(f"青葉台{NO_FONT_HAS_IT}の件")
    paper = Paper(number="B-1", day=date(2026, 11, 27), title="議案", to=["理事 各位"], sender=["会長"], pieces=pieces)
    assert queries.file_of_paper(paper).startswith(b"%PDF")
    assert pressed[-1].pieces == paragraphs("青葉台〓の件")
