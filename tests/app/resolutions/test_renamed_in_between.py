"""A company that is renamed between the notice and the resolution: each letter bears the name of its day (7.32)."""

from __future__ import annotations

from flask import Flask

from app.companies.actions import rename_company
from app.letters.queries import Said, letter_numbered
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from app.resolutions.actions import notify, record_resolution
from models.compartment import Compartment
from models.rules.board import BoardOption
from models.sealed import open_answers
from tests.support.board import all_vote, keep, voting
from tests.support.present import company, present

OLD, NEW = "青葉台コンタクト株式会社", "あおば台コミュニケーションズ株式会社"


def addressed(number: str | None) -> str:
    found = letter_numbered(number)
    assert found is not None
    assert found.compartment_id is not None
    key = present("head").held.compartment_key(db().get_one(Compartment, found.compartment_id))
    return str(Said.kept(open_answers(found, "sealed_values", key=key)))


def test_the_notice_keeps_the_old_name_and_the_decision_has_the_new_one(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        names = {"name": NEW, "kana": "アオバダイコミュニケーションズ", "english": "Aobadai Communications"}
        rename_company(company("alpha"), **names, from_=today(), actor=present("manager"))
        keep()
        all_vote(item, BoardOption.REVOKE)
        resolution = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        keep()
        notify(resolution, actor=present("manager"))
        keep()
        assert OLD in addressed(item.notice_number)
        assert NEW not in addressed(item.notice_number)
        told = addressed(resolution.notice_number)
        assert NEW in told
        assert OLD not in told
