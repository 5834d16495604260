"""The scenarios of what a company gets to read and to see, in their own words (domain 7.36, 7.37)."""

from __future__ import annotations

import io

from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.cases.queries import latest_copy
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from models.attachment import Attachment
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.severity import Severity
from tests.app.attachments.conftest import give
from tests.support import files, road
from tests.support.at_rest import bytes_of, found_in, phrases_of
from tests.support.present import present
from tests.support.visitor import Visitor, enter, sign_in

NAME, PHONE, ADDRESS = "田中宏", "090-1234-5678", "東京都千代田区架空町一丁目2番3号"
STORY = (
    f"お客様の{NAME}から、毎日のように電話がありました。番号は{PHONE}です。"
    f"住所は{ADDRESS}だと言い、いまから行くと一時間も怒鳴られました。"
)
RECORDING = "会社の持ちものでもあるためです"


def test_masking_is_proposed_the_copy_has_it_masked_and_the_original_remains_only_in_ciphertext(app: Flask) -> None:
    """7.36: Given a text containing the customer's name, phone and address, when saved, then masking is proposed, the
    forwarded copy has it masked, and the original remains only in ciphertext.
    """
    with app.app_context():
        case, code = road.triaged(text=STORY, severity=Severity.HIGH, consent=ConsentLevel.CN_2)
        number = case.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}/copy")
    desk.get(next(url for words, url in desk.page.links.items() if "転送版を書く" in words))
    desk.get(next(url for words, url in desk.page.links.items() if "伏せる案" in words))
    for words in (NAME, PHONE, "架空町"):
        assert words in " ".join(form_words(desk)), f"{words} is not proposed"
    desk.send(action="/masked")
    masked = desk.page.form_with("text").fields["text"][0]
    assert not [words for words in (NAME, PHONE, ADDRESS) if words in masked]
    # Word for word, but for what was covered, it would still be the original: the counselor says it in other words.
    written = masked.replace("毎日のように電話がありました", "くり返し電話があったとのことです").replace(
        "一時間も怒鳴られました", "長い時間の暴言があったとのことです"
    )
    desk.send({"level": "CN-2", "text": written, "group_size": "over_20", "is_right_company": "1"})
    assert "転送版を相談者に示しました" in desk.page.text
    worker = enter(app, code)
    worker.get("/mailbox/copy")
    worker.send({"decision": "approve"})
    with app.app_context():
        reference = db().scalars(select(Exchange.reference)).one()
    desk.get(f"/desk/{number}/send/{reference}")
    desk.send({"is_right": "1"})
    with app.app_context():
        exchange = db().scalars(select(Exchange)).one()
        copy = latest_copy(exchange)
        assert exchange.state == "routed"
        assert copy is not None
        sent = copy_text(copy, actor=present("alpha_officer"))
        assert sent == written
        assert not [words for words in (NAME, PHONE, ADDRESS) if words in sent]
        assert found_in(bytes_of(app), {*phrases_of(STORY), *phrases_of(written), NAME, PHONE, ADDRESS}) == []
        assert STORY in sign_in_and_read(app, number)


def form_words(visitor: Visitor) -> list[str]:
    """What the questions of the proposal say."""
    return [" ".join("".join(legend.itertext()).split()) for legend in visitor.page.root.iter("legend")]


def sign_in_and_read(app: Flask, number: str) -> str:
    return sign_in(app, "counselor").get(f"/desk/{number}").text


def test_a_photo_loses_its_location_and_device_and_an_audio_file_is_refused_with_the_reason(app: Flask) -> None:
    """7.37: Given a photo from a phone, when attached, then location and device data are gone and an audio file is
    refused with the reason.
    """
    with app.app_context():
        case, code = road.triaged()
        number = case.number
    worker = enter(app, code)
    give(worker, (files.photo(), "IMG_0815.JPG"))
    assert "場所・機器・作成者などの情報は取り除いてあります" in worker.page.text
    give(worker, (files.sound(), "call.m4a"))
    assert worker.page.title.startswith("エラー")
    assert RECORDING in worker.page.text
    desk = sign_in(app, "counselor")
    for visitor, page in ((worker, "/mailbox/files"), (desk, f"/cases/{number}/files")):
        photo = downloaded(visitor, page)
        assert not [mark for mark in files.MARKS if mark in photo]
        assert not Image.open(io.BytesIO(photo)).getexif()
    with app.app_context():
        assert db().scalars(select(Attachment.giver)).all() == ["consulter"]
        refused = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "attachment.refuse")).all()
        assert len(refused) == 1
        assert found_in(bytes_of(app), [mark.decode("latin-1") for mark in files.MARKS]) == []
        assert db().scalars(select(Case.number)).all() == [number]


def downloaded(visitor: Visitor, page: str) -> bytes:
    visitor.get(page)
    visitor.get(visitor.page.links["ファイル1を見る"])
    answer = visitor.client.get(visitor.page.links["ダウンロードする"])
    assert answer.status_code == 200
    return bytes(answer.data)
