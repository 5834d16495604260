"""Signed heads leave by mail and to a time-stamping service, are tried again until they have, and are verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.fetching import Bounds
from app.operations.head_exports import export_heads, verify_timestamps
from app.operations.heads import gather_head
from app.operations.timestamps import read_timestamp, timestamp_request
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from crypto import CannotOpen
from models.head_export import HeadExport
from models.rules.head_exports import FIRST_WAIT, HeadFailure, HeadWay, next_wait
from tests.support.time_stamping import Service, answer_to, make_authority, time_stamping
from tests.support.visitor import sign_in

ONLY_HERE = Bounds(may_reach=lambda ip: ip.is_loopback, is_address=lambda _address: True)


@pytest.fixture
def service(app: Flask, tmp_path: Path) -> Iterator[Service]:
    """An installation whose heads go to an address and to a time-stamping service."""
    before = app.config["KIKITE"]
    with time_stamping(tmp_path) as service:
        app.config["KIKITE"] = replace(
            before,
            heads_mail="keeper@elsewhere.example",
            timestamp_url=service.address,
            timestamp_roots=service.roots,
        )
        yield service
    app.config["KIKITE"] = before


def exports() -> dict[HeadWay, HeadExport]:
    return {one.way: one for one in db().scalars(select(HeadExport).execution_options(populate_existing=True))}


def test_a_head_is_mailed_and_time_stamped_once_and_both_tell_nothing_of_a_case(app: Flask, service: Service) -> None:
    with app.app_context():
        assert export_heads(bounds=ONLY_HERE) == 0, "there is no head yet"
        head = gather_head().row
        assert export_heads(bounds=ONLY_HERE) == 2
        assert export_heads(bounds=ONLY_HERE) == 0
        assert service.answered == 1
        stamped = verify_timestamps()
        assert stamped is not None
        assert (stamped.count, stamped.unproved) == (1, ())
        assert verify_all().ok
        folder: Path = app.config["KIKITE"].data / "mail"
        mail = message_from_bytes((folder / f"head-{head.digest.hex()[:16]}.eml").read_bytes(), policy=policy.default)
        assert mail["To"] == "keeper@elsewhere.example"
        text = mail.get_content()
        assert head.digest.hex() in text
        assert head.signature.hex() in text
        assert "case:" not in text
    page = sign_in(app, "auditor").get("/operations/verification?now=1")
    assert "時刻の証明(外部)" in page.text
    assert "済み" in page.text


def test_what_did_not_leave_is_tried_again_later_and_shown(app: Flask, service: Service, clock: FixedClock) -> None:
    with app.app_context():
        gather_head()
        for status, spoil, why in (
            (503, False, HeadFailure.REFUSED),
            (200, True, HeadFailure.NO_PROOF),
        ):
            service.status, service.spoil = status, spoil
            assert export_heads(bounds=ONLY_HERE) == (1 if status == 503 else 0), "the mail leaves, the other waits"
            stamp = exports()[HeadWay.TIMESTAMP]
            assert (stamp.last_failure, stamp.done_at, stamp.proof) == (why, None, None)
            assert export_heads(bounds=ONLY_HERE) == 0, "not before its time"
            db().rollback()
            clock.move(to=stamp.next_try_at)
        assert export_heads() == 0, "an address of this machine is none of the public network"
        assert exports()[HeadWay.TIMESTAMP].last_failure is HeadFailure.NO_ANSWER
        clock.move(to=exports()[HeadWay.TIMESTAMP].next_try_at)
        db().rollback()
    assert "やり直します" in sign_in(app, "auditor").get("/operations/verification").text
    with app.app_context():
        service.spoil = False
        assert export_heads(bounds=ONLY_HERE) == 1
        assert exports()[HeadWay.TIMESTAMP].attempts == 4
    assert [next_wait(attempts) / FIRST_WAIT for attempts in (0, 1, 2, 3, 99)] == [1, 1, 2, 4, 36]


def test_a_head_or_a_time_stamp_that_was_changed_is_found(app: Flask, service: Service) -> None:
    with app.app_context():
        signed = gather_head()
        export_heads(bounds=ONLY_HERE)
        with transaction():
            stamp = exports()[HeadWay.TIMESTAMP]
            assert stamp.proof is not None
            kept, stamp.proof = stamp.proof, stamp.proof[:-1] + bytes([stamp.proof[-1] ^ 1])
        assert [fault.at for fault in verify_all().faults] == [0]
        with transaction():
            exports()[HeadWay.TIMESTAMP].proof = kept
        assert verify_all().ok
        signed.file.write_bytes(signed.file.read_bytes() + b" ")
        assert len(verify_all().faults) == 2, "neither the head nor what was stamped is that file any more"
    assert service.answered == 1


def test_an_answer_proves_only_what_was_asked_under_a_root_that_is_trusted(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        make_authority(folder)
    query, nonce = timestamp_request(b"a head")
    answer, roots = answer_to(query, here), (here / "root.pem").read_bytes()
    assert read_timestamp(answer, b"a head", roots=roots, nonce=nonce).tzinfo is not None
    wrong = [
        (answer, b"another head", roots, nonce),
        (answer, b"a head", roots, nonce + 1),
        (answer, b"a head", (elsewhere / "root.pem").read_bytes(), nonce),
        (b"", b"a head", roots, nonce),
        (answer + bytes(70_000), b"a head", roots, nonce),
    ]
    wrong += [(answer[:length], b"a head", roots, nonce) for length in range(1, len(answer), 97)]
    for given, message, trusted, asked in wrong:
        with pytest.raises(CannotOpen):
            read_timestamp(given, message, roots=trusted, nonce=asked)
