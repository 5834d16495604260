"""A bulk export: asked by one, approved by another, made once; facts and dates of what one may open, and no word."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.exports.actions import ask_for_export, make_export
from app.exports.queries import header
from app.joint_acts.actions import JointRefused, approve, lapse_joint_acts
from app.pipeline.clock import FixedClock, now, today
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.exclusion import Exclusion
from models.joint_act import JointAct
from models.rules.bulk_export import ExportScope
from models.rules.joint_acts import JointRefusal, JointState
from tests.support import road
from tests.support.present import company, person, present
from tests.support.report_files import lines_in_workbook
from tests.support.visitor import Visitor, sign_in

REASON = "年度の事業報告のために、件数を数え直すため"


def this_week() -> ExportScope:
    return ExportScope(today() - timedelta(days=6), today())


def approved() -> JointAct:
    act = road.done(lambda: ask_for_export(this_week(), reason=REASON, actor=present("manager")))
    road.done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
    return db().get_one(JointAct, act.id)


def given_out(visitor: Visitor, kind: str = "csv") -> tuple[bytes, dict[str, str]]:
    form = visitor.get("/exports/make").form_with("kind", "is_ready")
    data = {**{name: values[0] for name, values in form.fields.items() if values}, "kind": kind, "is_ready": "1"}
    answer = visitor.client.post(form.action, data=data)
    assert answer.status_code == 200
    return answer.data, dict(answer.headers)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_one_asks_another_approves_and_the_file_is_given_out_once(app: Flask) -> None:
    with app.app_context():
        exchange = road.closed()
        told = road.case_of(db().get_one(type(road.case_at(exchange.reference)), exchange.case_id)).number
        other = road.submitted(company=None)[0].number
        names = [company("alpha").name_on(today()).name]
        day = today()
    manager, head = sign_in(app, "manager"), sign_in(app, "head")
    page = manager.get("/exports/ask")
    assert "相談の番号" in page.text
    manager.send({"first_day": f"{day - timedelta(days=60)}", "last_day": f"{day}", "reason": REASON})
    with app.app_context():
        (act,) = db().scalars(select(JointAct)).all()
    assert "いま書き出せるものはありません" in manager.get("/exports/make").text
    page = head.get(f"/joint/{act.id}")
    assert REASON in page.text
    head.send({"approve-is_read": "1"}, action="/approve")
    content, headers = given_out(manager)
    assert "no-store" in headers["Cache-Control"]
    assert headers["Content-Disposition"].startswith("attachment")
    lines = {line["相談の番号"]: line for line in read(content)}
    assert set(lines) == {told, other}
    assert lines[told]["状態"] == "終結"
    assert lines[told]["伝えた会社の数"] == "1"
    assert lines[told]["最初に報告した日"] >= lines[told]["最初に転送した日"] >= lines[told]["受け付けた日"] > "2026"
    assert lines[other]["最初に転送した日"] == ""
    written = content.decode("utf-8-sig")
    for words in (road.WRITTEN, road.FORWARDED, road.TOLD, *road.REPORT["prevention"].split("。")[:1], *names):
        assert words[:10] not in written
    assert "いま書き出せるものはありません" in manager.get("/exports/make").text
    token = manager.page.form_with("language").fields["csrf_token"][0]
    again = manager.post("/exports/make", {"kind": "csv", "is_ready": "1", "csrf_token": token})
    assert "いま書き出せるものはありません" in again.text, "whoever presses twice is told what to do"
    assert not again.title.startswith("エラー")
    with app.app_context():
        (facts,) = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "export.make"))
        assert json.loads(facts)["exported"] == 2
        assert json.loads(facts)["joint_id"] == act.id.hex
        assert db().get_one(JointAct, act.id).state is JointState.USED


def test_it_is_also_given_out_as_a_workbook(app: Flask) -> None:
    with app.app_context():
        number = road.triaged()[0].number
        approved()
    content, _headers = given_out(sign_in(app, "manager"), "xlsx")
    rows = lines_in_workbook(content)
    with app.test_request_context():
        assert list(rows[0]) == header()
    assert [row[0] for row in rows[1:]] == [number]
    assert "暴言" in "".join(str(cell) for cell in rows[1])


def test_nobody_exports_alone_for_another_or_after_its_time(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        road.submitted()

        def refused(key: str = "manager") -> JointRefusal:
            with pytest.raises(JointRefused) as found:
                road.done(lambda: make_export(actor=present(key)))
            return found.value.refusal

        assert refused() is JointRefusal.NOT_APPROVED
        act = approved()
        assert refused("head") is JointRefusal.NOT_APPROVED
        clock.move(to=act.lapses_at)
        assert refused() is JointRefusal.LAPSED
        road.done(lapse_joint_acts)
        assert refused() is JointRefusal.NOT_APPROVED
        assert db().get_one(JointAct, act.id).state is JointState.LAPSED
        assert db().scalar(select(AuditRecord.id).where(AuditRecord.name == "export.make")) is None


def test_a_case_from_which_somebody_is_kept_is_not_in_her_file(app: Flask) -> None:
    with app.app_context():
        kept_away, open_to_her = road.submitted()[0], road.submitted()[0]
        manager = person("manager")
        road.done(
            lambda: db().add(
                Exclusion(case_id=kept_away.id, person_id=manager.id, declared_by="desk", declared_at=now())
            )
        )
        approved()
        _scope, rows = road.done(lambda: make_export(actor=present("manager")))
        assert [row[0] for row in rows] == [open_to_her.number]


@pytest.mark.parametrize(("first", "last"), [(1, 0), (-10, 1), (-366, 0)])
def test_days_that_cannot_be_exported_are_refused_and_kept_on_the_page(app: Flask, first: int, last: int) -> None:
    with app.app_context():
        day = today()
    manager = sign_in(app, "manager")
    manager.get("/exports/ask")
    page = manager.send(
        {"first_day": f"{day + timedelta(days=first)}", "last_day": f"{day + timedelta(days=last)}", "reason": REASON}
    )
    assert "日" in page.text
    assert REASON in page.html
    with app.app_context():
        assert db().scalars(select(JointAct)).all() == []


def test_only_who_may_ask_finds_the_page(app: Flask) -> None:
    assert "/exports/ask" in sign_in(app, "manager").get("/joint/").html
    assert "/exports/ask" not in sign_in(app, "head").get("/joint/").html
    for key in ("counselor", "head", "auditor", "admin", "chair", "alpha_officer"):
        for path in ("/exports/ask", "/exports/make"):
            assert sign_in(app, key).client.get(path).status_code == 403
