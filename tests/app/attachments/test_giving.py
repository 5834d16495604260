"""Files given by a consulter: cleaned, sealed, shown and taken away again."""

from __future__ import annotations

import io

import pikepdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.pipeline.transaction import db
from models.attachment import Attachment
from tests.app.attachments.conftest import Hers, give
from tests.support import files


def content(hers: Hers, number: int = 1) -> bytes:
    """What a file's download gives."""
    hers.visitor.get("/mailbox/files")
    hers.visitor.get(hers.visitor.page.links[f"ファイル{number}を見る"])
    answer = hers.visitor.client.get(hers.visitor.page.links["ダウンロードする"])
    assert answer.status_code == 200
    return answer.data


def test_a_photo_from_a_phone_loses_its_place_and_its_device(hers: Hers) -> None:
    """7.37, first half."""
    page = give(hers.visitor, (files.photo(), "IMG_0815.JPG"), about="画面の写真")
    assert "1個のファイルを受け取りました" in page.text
    assert "場所・機器・作成者などの情報は取り除いてあります" in page.text
    assert "画面の写真" in page.text
    plain = content(hers)
    assert not any(mark in plain for mark in files.MARKS)
    image = Image.open(io.BytesIO(plain))
    assert not image.getexif()
    # It was lying on its side, and only the note that went said so.
    assert image.size == (200, 320)


def test_a_recording_is_refused_with_the_reason_and_what_to_give_instead(hers: Hers) -> None:
    """7.37, second half, and finding 9."""
    page = give(hers.visitor, (files.sound(), "call.m4a"))
    assert page.title.startswith("エラー")
    assert "会社の持ちものでもあるためです" in page.text
    assert "通話ID" in page.text
    assert "まだファイルはありません" in page.text


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (files.screenshot(), "PNG"),
        (files.photo_of_two(), "JPEG"),
        (files.office("word"), "Word"),
        (files.office("excel"), "Excel"),
        (files.office("powerpoint"), "PowerPoint"),
        (files.pdf(), "PDF"),
    ],
    ids=["screenshot", "photo_of_two", "word", "excel", "powerpoint", "pdf"],
)
def test_whatever_is_taken_comes_back_without_its_maker(hers: Hers, made: bytes, kind: str) -> None:
    page = give(hers.visitor, (made, "whatever.bin"))
    assert kind in page.text
    assert "取り除いてあります" in page.text
    assert kind == "JPEG" or any(mark in files.unpacked(made) for mark in files.MARKS)
    plain = content(hers)
    assert [mark for mark in files.MARKS if mark in files.unpacked(plain)] == []
    if kind == "PDF":
        with pikepdf.open(io.BytesIO(plain)) as opened:
            assert "/OpenAction" not in opened.Root
            assert not opened.attachments
            assert "/Info" not in opened.trailer or not opened.docinfo
        assert "自動で動く仕組みを取り除きました" in page.text
        assert "埋め込まれていた別のファイルを取り除きました" in page.text


def test_a_text_is_shown_as_text_and_nothing_in_it_runs(hers: Hers) -> None:
    give(hers.visitor, ("<script>alert(1)</script>\nお客様からの暴言".encode("cp932"), "note.html"))
    hers.visitor.get("/mailbox/files")
    page = hers.visitor.get(hers.visitor.page.links["ファイル1を見る"])
    assert "お客様からの暴言" in page.text
    assert "<script>alert" not in page.html


def test_a_download_says_nothing_by_its_name_and_can_run_nothing(hers: Hers) -> None:
    give(hers.visitor, (files.photo(), "田中の診断書.jpg"))
    hers.visitor.get("/mailbox/files")
    hers.visitor.get(hers.visitor.page.links["ファイル1を見る"])
    answer = hers.visitor.client.get(hers.visitor.page.links["ダウンロードする"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="file-1.jpg"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "診断書" not in hers.visitor.page.html


def test_a_file_that_is_taken_away_opens_for_nobody(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (files.photo(), "a.jpg"))
    with app.app_context():
        row = db().scalars(select(Attachment)).one()
        path = f"/mailbox/files/{row.id.hex}"
    hers.visitor.get(path)
    hers.visitor.send({}, action="/remove")
    assert "まだファイルはありません" in hers.visitor.page.text
    assert hers.visitor.client.get(path).status_code == 404
    assert hers.visitor.client.get(f"{path}/content").status_code == 404
    with app.app_context():
        gone = db().scalars(select(Attachment)).one()
        assert (gone.sealed_card, gone.removed_at is not None) == (None, True)
