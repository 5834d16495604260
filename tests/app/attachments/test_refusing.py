"""Files that are not taken: each with its reason in words, with nothing of it kept, and nothing else lost."""

from __future__ import annotations

import errno
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.attachments import examiner
from app.attachments.examination.findings import Order, Refused
from app.pipeline.file_store import DataFolderStore, Staged
from app.pipeline.transaction import db
from models.attachment import Attachment
from models.audit_record import AuditRecord
from models.rules.attachments import FileRefusal
from tests.app.attachments.conftest import Hers, give
from tests.support import files


def stored(app: Flask) -> list[str]:
    """Every file in the place for files."""
    folder: Path = app.config["KIKITE"].data / "files"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def rows(app: Flask) -> int:
    with app.app_context():
        return len(db().scalars(select(Attachment)).all())


def refusals(app: Flask) -> list[str]:
    with app.app_context():
        return [one.facts for one in db().scalars(select(AuditRecord)) if one.name == "attachment.refuse"]


HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(3000)
BAD = [
    ("zip_bomb", files.zip_bomb, FileRefusal.BOMB),
    ("image_bomb", files.image_bomb, FileRefusal.BOMB),
    ("empty", lambda: b"", FileRefusal.EMPTY),
    ("moving", files.moving_picture, FileRefusal.MOVING),
    ("heic", lambda: HEIC, FileRefusal.HEIC),
    ("recording", files.sound, FileRefusal.RECORDING),
    ("program_named_jpg", lambda: b"MZ" + bytes(4000), FileRefusal.UNKNOWN),
    ("noise", lambda: bytes(range(256)) * 40, FileRefusal.UNKNOWN),
    ("half_a_photo", lambda: files.photo(900, 900)[:9000], FileRefusal.DAMAGED),
    ("half_a_document", lambda: files.office()[:-200], FileRefusal.DAMAGED),
    ("no_pdf", lambda: b"%PDF-1.7\nnothing of a document follows\n", FileRefusal.DAMAGED),
    ("macros", lambda: files.office(extra={"word/vbaProject.bin": b"x"}), FileRefusal.MACROS),
    ("old_macros", lambda: files.old_word(macros=True), FileRefusal.MACROS),
    ("some_zip", lambda: zipped({"readme.txt": b"hello"}), FileRefusal.UNKNOWN),
    (
        "java_archive_in_office_clothes",
        lambda: zipped({"[Content_Types].xml": b"", "a.class": b""}),
        FileRefusal.UNKNOWN,
    ),
]


def zipped(parts: dict[str, bytes]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return written.getvalue()


@pytest.mark.parametrize(("made", "why"), [(made, why) for _name, made, why in BAD], ids=[name for name, *_ in BAD])
def test_what_is_not_taken_is_refused_with_its_reason_and_leaves_nothing(
    app: Flask, hers: Hers, made: Any, why: FileRefusal
) -> None:
    page = give(hers.visitor, (made(), "holiday.jpg"), about="言葉は消えません")
    assert why.ja in page.text
    assert page.title.startswith("エラー")
    assert page.form_with("about").fields["about"] == ["言葉は消えません"]
    assert (stored(app), rows(app)) == ([], 0)
    assert refusals(app) == [f'{{"reason_code":"{why.value}"}}']


def test_a_polyglot_keeps_only_what_it_is_shown_as(hers: Hers) -> None:
    """A photo with a program or a page behind it, and a PDF with an archive behind it, come back without these."""
    behind = zipped({"evil.html": b"<script>alert(1)</script>"}) + b"<script>alert(2)</script>"
    for number, made in enumerate((files.photo(more=behind), files.pdf(more=behind)), start=1):
        give(hers.visitor, (made, "a.jpg"))
        hers.visitor.get(hers.visitor.page.links[f"ファイル{number}を見る"])
        plain = hers.visitor.client.get(hers.visitor.page.links["ダウンロードする"]).data
        assert b"evil.html" not in plain
        assert b"<script>" not in plain


def test_a_wrong_extension_decides_nothing(hers: Hers) -> None:
    page = give(hers.visitor, (files.photo(), "document.pdf"), (files.pdf(), "picture.jpg"))
    assert "2個のファイルを受け取りました" in page.text
    assert "写真・画像(JPEG)" in page.text


def test_a_locked_pdf_is_taken_and_the_page_says_what_could_not_be_done(hers: Hers) -> None:
    page = give(hers.visitor, (files.pdf(password="himitsu"), "locked.pdf"))
    assert "パスワードで守られているため" in page.text
    assert "取り除いてあります" not in page.text


def test_an_old_document_is_taken_and_the_page_says_what_could_not_be_done(hers: Hers) -> None:
    page = give(hers.visitor, (files.old_word(), "old.doc"), (files.old_word(locked=True), "locked.docx"))
    assert "以前の形式のため" in page.text
    assert "パスワードで守られているため" in page.text
    assert "取り除いてあります" not in page.text


def test_a_name_of_ten_thousand_letters_is_no_matter(hers: Hers) -> None:
    page = give(hers.visitor, (files.photo(), "長" * 10_000 + ".jpg"))
    assert "1個のファイルを受け取りました" in page.text


def test_of_several_files_the_good_ones_are_kept_and_the_others_named(app: Flask, hers: Hers) -> None:
    page = give(hers.visitor, (files.photo(), "a.jpg"), (files.sound(), "b.m4a"), (files.pdf(), "c.pdf"))
    assert "2個のファイルを受け取りました" in page.text
    assert "通話ID" in page.text
    assert rows(app) == 2


def test_no_more_than_the_rules_allow_come_at_once(hers: Hers) -> None:
    page = give(hers.visitor, *[(b"a text", f"{number}.txt") for number in range(12)])
    assert "10個のファイルを受け取りました" in page.text
    assert FileRefusal.TOO_MANY.ja in page.text


def test_choosing_nothing_says_so(app: Flask, hers: Hers) -> None:
    page = give(hers.visitor, (b"", ""))
    assert "ファイルを選んでください" in page.text
    assert refusals(app) == []


def test_words_that_are_too_long_come_back_and_nothing_is_kept(app: Flask, hers: Hers) -> None:
    page = give(hers.visitor, (files.photo(), "a.jpg"), about="あ" * 250)
    assert "200文字まで" in page.text
    assert stored(app) == []


def test_a_sending_that_breaks_off_leaves_nothing(app: Flask, hers: Hers) -> None:
    form = hers.visitor.get("/mailbox/files").form_with("files")
    token = form.fields["csrf_token"][0]
    start = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    ).encode()
    for body in (start + files.photo()[:2000], start, start[:-2], b"--b", b"", b"\xff" * 5000):
        answer = hers.visitor.client.post(
            "/mailbox/files", data=body, content_type="multipart/form-data; boundary=b", headers={"Accept": "text/html"}
        )
        assert answer.status_code == 400
        assert "保存していません" in answer.get_data(as_text=True) or "token" in answer.get_data(as_text=True)
    assert (stored(app), rows(app)) == ([], 0)
    assert "まだファイルはありません" in hers.visitor.get("/mailbox/files").text


@pytest.mark.parametrize("token", ["", "forged"], ids=["missing", "forged"])
def test_a_form_that_is_not_ours_gives_nothing(app: Flask, hers: Hers, token: str) -> None:
    data = {**({"csrf_token": token} if token else {}), "files": (BytesIO(files.photo()), "a.jpg")}
    answer = hers.visitor.client.post("/mailbox/files", data=data, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert (stored(app), rows(app)) == ([], 0)


def test_a_file_before_its_token_is_not_taken(app: Flask, hers: Hers) -> None:
    token = hers.visitor.get("/mailbox/files").form_with("files").fields["csrf_token"][0]
    after = f'\r\n--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--b--\r\n'
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        + files.photo()
        + after.encode()
    )
    answer = hers.visitor.client.post("/mailbox/files", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert (stored(app), rows(app)) == ([], 0)


@pytest.mark.parametrize("moment", ["arriving", "keeping"])
def test_a_full_store_says_so_and_loses_nothing_else(
    app: Flask, hers: Hers, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(hers.visitor, (files.photo(), "first.jpg"), about="はじめの一枚")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    if moment == "arriving":
        monkeypatch.setattr("app.attachments.receiving.StreamSealer.write", full)
    else:
        monkeypatch.setattr(DataFolderStore, "keep", full)
    page = give(hers.visitor, (files.photo(), "second.jpg"), about="二枚目の言葉", status=503)
    assert "いまはファイルを保存できません" in page.text
    assert page.form_with("about").fields["about"] == ["二枚目の言葉"]
    assert "はじめの一枚" in page.text
    monkeypatch.undo()
    assert rows(app) == 1
    assert len(stored(app)) == 2
    assert "1個のファイルを受け取りました" in give(hers.visitor, (files.photo(), "second.jpg")).text


def test_a_store_that_goes_away_in_the_middle_says_so(app: Flask, hers: Hers, monkeypatch: pytest.MonkeyPatch) -> None:
    give(hers.visitor, (files.photo(), "first.jpg"))
    folder: Path = app.config["KIKITE"].data / "files"
    keep = DataFolderStore.keep

    def gone(self: DataFolderStore, staged: Staged, name: str) -> None:
        shutil.move(folder, folder.with_name("elsewhere"))
        keep(self, staged, name)

    monkeypatch.setattr(DataFolderStore, "keep", gone)
    page = give(hers.visitor, (files.photo(), "second.jpg"), status=503)
    assert "いまはファイルを保存できません" in page.text
    path = hers.visitor.page.links["ファイル1を見る"]
    hers.visitor.get(path)
    content = hers.visitor.page.links["ダウンロードする"]
    assert hers.visitor.client.get(content).status_code == 503
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(folder.with_name("elsewhere"), folder)
    assert hers.visitor.client.get(content).status_code == 200
    assert rows(app) == 1


def test_an_examiner_that_dies_refuses_the_file(app: Flask, hers: Hers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.attachments.examiner.PROGRAM", "/dev/null")
    page = give(hers.visitor, (files.photo(), "a.jpg"))
    assert FileRefusal.DAMAGED.ja in page.text
    assert (stored(app), rows(app)) == ([], 0)


def test_who_waits_too_long_for_the_examiner_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner, "LONGEST_WAIT", 0.01)
    order = Order("0" * 32, "2025-10", 0, 0, 0, bytes(32), bytes(32))
    with examiner.AT_ONCE, pytest.raises(Refused) as refused:
        examiner.examine_apart(order)
    assert refused.value.why is FileRefusal.UNCHECKED
    assert examiner.AT_ONCE.acquire(timeout=0), "the place is free again"
    examiner.AT_ONCE.release()
