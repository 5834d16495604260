"""A counselor makes a passkey, comes in with it alone and opens a case; and uses it after the password."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pyotp import TOTP

from app.pipeline.clock import FixedClock
from tests.support.watched import PHONE, Opens, Watched
from tests.support.world import PASSWORD

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")
WORDS = "毎日の電話で、眠れなくなりました。"


@pytest.fixture
def named(app: Flask, served: str) -> Iterator[str]:
    """The address by its name: for a number no browser makes a passkey."""
    before = app.config["KIKITE"]
    address = served.replace("127.0.0.1", "localhost")
    app.config["KIKITE"] = replace(before, base_url=address)
    yield address
    app.config["KIKITE"] = before


def with_authenticator(hers: Watched, named: str, *, computes: bool) -> Watched:
    """A telephone that knows its owner by her finger, and computes or does not."""
    hers.address = named
    session = hers.page.context.new_cdp_session(hers.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasPrf": computes,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return hers


def picture(page: Page, name: str, width: int) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"passkeys-{name}-{width}.png", full_page=True)


def with_app(hers: Watched, clock: FixedClock) -> TOTP:
    hers.sign_in("counselor")
    hers.open("/account/code")
    hers.page.get_by_label("いまのパスワード").fill(PASSWORD)
    hers.press("次へ進む")
    totp = TOTP((hers.page.locator("code").text_content() or "").replace(" ", ""))
    hers.page.get_by_label("確認コード").fill(totp.at(clock.now()))
    hers.press("登録する")
    return totp


def with_passkey(hers: Watched, width: int) -> None:
    hers.open("/account")
    hers.follow("パスキーを登録する")
    picture(hers.page, "make", width)
    assert not hers.runs_over()
    hers.page.get_by_label("パスキーの名前").fill("わたしの電話")
    hers.press("この端末で登録を始める")
    expect(hers.page.get_by_text("わたしの電話").first).to_be_visible()
    picture(hers.page, "account", width)
    assert not hers.runs_over()


def test_a_passkey_that_computes_lets_its_owner_in_alone_and_opens_a_sealed_case(
    opens: Opens, named: str, clock: FixedClock
) -> None:
    worker = opens()
    worker.open("/consult")
    worker.page.locator("[name=text]").fill(WORDS)
    worker.page.locator("[name=channel]").select_option("HC-TELIN")
    worker.page.locator("[name=actor]").select_option("AR-CUS")
    worker.page.locator("main form button").first.click()
    worker.page.locator("main form button").first.click()
    expect(worker.page.locator("#receipt-code")).to_be_visible()

    hers = with_authenticator(opens(), named, computes=True)
    with_app(hers, clock)
    with_passkey(hers, PHONE[0])
    expect(hers.page.get_by_text("これだけで入れる", exact=True)).to_be_visible()
    hers.press("サインアウト")
    picture(hers.page, "door", PHONE[0])
    hers.press("パスキーでサインインする")
    expect(hers.page.get_by_role("heading", name="相談", exact=True)).to_be_visible()
    hers.page.locator("main table a").first.click()
    expect(hers.page.get_by_text(WORDS)).to_be_visible()


def test_one_that_computes_nothing_stands_in_for_the_code_and_without_scripts_the_code_remains(
    opens: Opens, named: str, clock: FixedClock
) -> None:
    hers = with_authenticator(opens(), named, computes=False)
    with_app(hers, clock)
    with_passkey(hers, PHONE[0])
    expect(hers.page.get_by_text("確認コードの代わり", exact=True)).to_be_visible()
    hers.press("サインアウト")
    hers.sign_in("counselor")
    picture(hers.page, "second-step", PHONE[0])
    hers.press("パスキーで確かめる")
    expect(hers.page.get_by_role("heading", name="相談", exact=True)).to_be_visible()
    plain = opens(scripts=False)
    plain.address = named
    plain.sign_in("counselor")
    expect(plain.page.get_by_role("button", name="パスキーで確かめる")).to_be_hidden()
    expect(plain.page.get_by_label("確認コード")).to_be_visible()
