"""The file of a letter: PDF/A with its font, the same bytes from the same data, and never a hole."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from app.letters.paper import Paper, heading, paragraphs, table
from app.letters.press import LACKING, NotInTheFont, set_as_pdf, signs_outside

RARE = "\U00020bb7野家・髙﨑・﨑・①㈱・侮\ufa30"
WORDS = f"拝啓 ありがとうございます。#evil[x] *太字* $x$ @a <b>\n二行目 {RARE}\n\n敬具\n\n記\n\n1. 期限\n\n以上"


def paper(words: str = WORDS, **changed: object) -> Paper:
    given = {
        "number": "E1-2026-0001",
        "day": date(2026, 11, 27),
        "title": "協力依頼書",
        "to": ("アルファ株式会社 御中", "責任者 様"),
        "sender": ("一般社団法人 協会", "事務局"),
        "pieces": [*paragraphs(words), heading("要請"), table(("番号", "期限"), [("E1", "2026年12月4日")])],
    }
    return Paper(**{**given, **changed})  # type: ignore[arg-type]


def test_the_same_letter_has_the_same_bytes_in_two_processes_and_in_another_time_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = set_as_pdf(paper())
    monkeypatch.setenv("TZ", "America/New_York")
    assert set_as_pdf(paper()) == first
    assert set_as_pdf(paper(number="E1-2026-0002")) != first


def test_the_file_keeps_what_pdf_a_asks_for_and_says_its_language_and_title() -> None:
    with pikepdf.open(io.BytesIO(set_as_pdf(paper()))) as file:
        meta = file.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert (meta["dc:title"], str(file.Root.Lang)) == ("協力依頼書", "ja-JP")
        assert bool(file.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in file.Root
        assert not file.is_encrypted
        intent = file.Root.OutputIntents[0]
        assert (intent.S, "/DestOutputProfile" in intent) == ("/GTS_PDFA1", True)
        # Nothing runs, nothing is enclosed, nothing leads out; A4 to within a point.
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(file.Root.keys())
        assert "/EmbeddedFiles" not in file.Root.get("/Names", {})
        width, height = (float(one) for one in file.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (595, 842)
        fonts = [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
        described = [one.FontDescriptor for one in fonts if "/FontDescriptor" in one]
        assert described
        assert all("/FontFile3" in one or "/FontFile2" in one for one in described)
        # A subset has six letters before its name; the whole font would be six megabytes.
        assert all(str(one.FontName)[7] == "+" for one in described)


def test_a_sign_that_no_font_has_is_refused_by_its_name() -> None:
    with pytest.raises(NotInTheFont) as refused:
        set_as_pdf(paper("会社の名前は😀です。"))
    assert refused.value.signs == "😀"


def test_every_sign_of_the_common_japanese_set_can_be_set_so_that_the_quick_look_tells_the_truth() -> None:
    signs = {bytes(code).decode("cp932", "ignore") for lead in range(0x81, 0xFD) for code in _pairs(lead)}
    printable = sorted(sign for sign in signs if len(sign) == 1 and sign.isprintable() and sign not in LACKING)
    assert len(printable) > 7_000
    assert set_as_pdf(paper("".join(printable)))
    assert signs_outside("".join(printable) + RARE) == ""
    assert signs_outside("名前😀") == "😀"
    assert signs_outside(LACKING) == LACKING


def _pairs(lead: int) -> list[tuple[int, int]]:
    return [(lead, trail) for trail in range(0x40, 0xFD)]


def test_the_process_that_serves_loads_neither_the_setter_nor_the_font() -> None:
    asks = (
        "import sys, app.letters.press, app.letters.actions, app.statistics.files; "
        "print({'typst', 'pylopdf_fonts_jp', 'pikepdf', 'xlsxwriter'} & set(sys.modules))"
    )
    done = subprocess.run(
        (sys.executable, "-c", asks),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "set()"
