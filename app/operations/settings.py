"""Reading the settings for a command, and saying in whole sentences what is wrong with them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from config import Config

PREFIX = "KIKITE_"
SECRETS_FOLDER = "KIKITE_SECRETS_DIR"
NOT_SETTINGS = frozenset({SECRETS_FOLDER, "KIKITE_CHROMIUM"})
OF_TESTS = "KIKITE_TEST_"

# What config.py refuses as a whole, in Japanese; the English is its own message.
TOGETHER = {
    "KIKITE_MAIL=smtp needs KIKITE_SMTP_HOST": "KIKITE_MAIL=smtp のときは KIKITE_SMTP_HOST も設定してください。",
    "KIKITE_SMTP_USER needs KIKITE_SMTP_PASSWORD": (
        "KIKITE_SMTP_USER を使うときは KIKITE_SMTP_PASSWORD も設定してください。"
    ),
    "a mail password is never sent without TLS: set KIKITE_SMTP_SECURITY to starttls or tls": (
        "メールのパスワードは TLS なしでは送りません。KIKITE_SMTP_SECURITY を starttls か tls にしてください。"
    ),
    "KIKITE_DATABASE_URL and KIKITE_KEYSTORE_URL are set together: two databases, two backups": (
        "KIKITE_DATABASE_URL と KIKITE_KEYSTORE_URL は両方とも設定してください。"
        "データベースもバックアップも別々に二つ要ります。"
    ),
    "KIKITE_S3_ACCESS_KEY and KIKITE_S3_SECRET_KEY are set together": (
        "KIKITE_S3_ACCESS_KEY と KIKITE_S3_SECRET_KEY は両方とも設定してください。"
    ),
    "KIKITE_S3_ENDPOINT is an address that begins with https://": (
        "KIKITE_S3_ENDPOINT は https:// で始まるアドレスにしてください。"
    ),
    "files leave this machine over TLS only: KIKITE_S3_ENDPOINT begins with https://": (
        "ファイルをこの機械の外へ TLS なしで送ることはできません。KIKITE_S3_ENDPOINT は https:// で始めてください。"
    ),
    "KIKITE_S3_BUCKET needs a library: run python requirements/install.py s3": (
        "KIKITE_S3_BUCKET を使うための部品が入っていません。python requirements/install.py s3 で入れてください。"
    ),
    "KIKITE_SECOND_FACTOR=offered is refused on an https address": (
        "KIKITE_SECOND_FACTOR=offered は https のアドレスでは使えません。"
    ),
    "KIKITE_PASSWORD_PROFILE=for_tests_only is refused on an https address": (
        "KIKITE_PASSWORD_PROFILE=for_tests_only は https のアドレスでは使えません。"
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings, as a sentence in each language."""

    ja: str
    en: str


class SettingsWrong(Exception):
    """The settings cannot be used; nothing was started."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("the settings cannot be used")
        self.problems = problems


def read_config() -> Config:
    """The settings of this process. Raises SettingsWrong with sentences to show."""
    folder = os.environ.get(SECRETS_FOLDER)
    if folder is not None and not Path(folder).is_dir():
        raise SettingsWrong(
            (
                Problem(
                    f"{SECRETS_FOLDER} のフォルダがありません。", f"{SECRETS_FOLDER} names a folder that is not there."
                ),
            )
        )
    try:
        return Config(_secrets_dir=folder)
    except ValidationError as wrong:
        raise SettingsWrong(tuple(_problem(dict(error)) for error in wrong.errors(include_input=False))) from None
    except SettingsError as wrong:
        raise SettingsWrong((Problem("設定を読み取れません。", f"A setting cannot be read: {wrong}."),)) from None


def unknown_settings() -> list[str]:
    """Environment variables that look like settings and are none: most likely misspelt."""
    known = {f"{PREFIX}{name}".upper() for name in Config.model_fields} | NOT_SETTINGS
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and not name.startswith(OF_TESTS) and name.upper() not in known
    )


def _problem(error: dict[str, Any]) -> Problem:
    if not error["loc"]:
        message = str(error["msg"]).removeprefix("Value error, ")
        return Problem(TOGETHER.get(message, "設定の組み合わせが正しくありません。"), f"{message}.")
    name = f"{PREFIX}{error['loc'][0]}".upper()
    expected = (error.get("ctx") or {}).get("expected")
    if expected:
        return Problem(f"{name} は {expected} のどれかにしてください。", f"{name} must be one of {expected}.")
    return Problem(f"{name} の値が正しくありません。", f"{name} is wrong: {error['msg']}.")
