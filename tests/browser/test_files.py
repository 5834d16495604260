"""A worker adds a photo on her phone, with scripts and without, and is told what became of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.rules.attachments import FileRefusal
from tests.support import files, road
from tests.support.watched import DESK, PHONE, Opens, Watched

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")


def entered(app: Flask, opens: Opens, *, scripts: bool, window: tuple[int, int] = PHONE) -> Watched:
    with app.app_context():
        _case, code = road.submitted()
    worker = opens(window, scripts=scripts)
    worker.open("/mailbox/enter")
    worker.page.get_by_label("受付コード").fill(code)
    worker.press("開く")
    worker.follow("ファイルを加える・見る(いま0個)")
    return worker


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_a_photo_is_added_and_looked_at(
    app: Flask, opens: Opens, tmp_path: Path, scripts: bool, window: tuple[int, int]
) -> None:
    """Seen here: 7.37."""
    photo, sound = tmp_path / "IMG_1.jpg", tmp_path / "call.m4a"
    photo.write_bytes(files.photo(1600, 1200))
    sound.write_bytes(files.sound())
    worker = entered(app, opens, scripts=scripts, window=window)
    worker.page.get_by_label("何のファイルか").fill("画面の写真")
    worker.page.get_by_label("加えるファイル").set_input_files(photo)
    worker.page.get_by_role("button", name="送る", exact=True).click()
    worker.page.get_by_text("1個のファイルを受け取りました").wait_for()
    _picture(worker, f"list-{window[0]}")

    worker.page.get_by_label("加えるファイル").set_input_files(sound)
    worker.page.get_by_role("button", name="送る", exact=True).click()
    worker.page.get_by_text(FileRefusal.RECORDING.ja[:20]).first.wait_for()
    expect(worker.page.get_by_text("通話ID").first).to_be_visible()
    _picture(worker, f"refused-{window[0]}-{scripts}")

    worker.follow("ファイル1を見る")
    shown = worker.page.get_by_alt_text("ファイル1の画像")
    shown.wait_for()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
    assert worker.page.evaluate("document.documentElement.scrollWidth") <= window[0]
    _picture(worker, f"file-{window[0]}")


def _picture(worker: Watched, name: str) -> None:
    if PICTURES:
        worker.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
