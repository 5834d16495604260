"""Reading the settings for a command, and saying in whole sentences what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from app.operations.apart import found_apart
from config import Config, Secret

PREFIX = "KIKITE_"
SECRETS_FOLDER = "KIKITE_SECRETS_DIR"
NOT_SETTINGS = frozenset({SECRETS_FOLDER, "KIKITE_CHROMIUM"})
OF_TESTS = "KIKITE_TEST_"
SETTINGS = tuple(field.name for field in fields(Config))

# What config.py refuses as a whole, in Japanese; the English is its own message.
TOGETHER = {
    "KIKITE_MAIL=smtp needs KIKITE_SMTP_HOST": "KIKITE_MAIL=smtp のときは KIKITE_SMTP_HOST も設定してください。",
    "KIKITE_SMTP_USER needs KIKITE_SMTP_PASSWORD": (
        "KIKITE_SMTP_USER を使うときは KIKITE_SMTP_PASSWORD も設定してください。"
    ),
    "KIKITE_TIMESTAMP_URL and KIKITE_TIMESTAMP_ROOTS are set together": (
        "KIKITE_TIMESTAMP_URL と KIKITE_TIMESTAMP_ROOTS は、両方とも設定してください。"
    ),
    "mail leaves this machine over TLS only: set KIKITE_SMTP_SECURITY to starttls or tls": (
        "メールを TLS なしで外へ送ることはできません。KIKITE_SMTP_SECURITY を starttls か tls にしてください。"
    ),
    "a database elsewhere is asked over TLS: end its address with ?sslmode=verify-full": (
        "別の機械のデータベースには TLS でつなぎます。アドレスの終わりに ?sslmode=verify-full を付けてください。"
    ),
    "a database elsewhere is shown a certificate: name sslcert and sslkey in its address": (
        "別の機械のデータベースには、パスワードではなく証明書でつなぎます。アドレスに sslcert と sslkey を書き、"
        "パスワードを消してください。パスワードは盗まれても分からず、どの機械からでも使えてしまうためです。"
        "証明書をどうしても使えないときだけ、KIKITE_DATABASE_PASSWORD_ALLOWED=true で許せます。"
    ),
    "KIKITE_MIGRATION_DATABASE_URL and KIKITE_MIGRATION_KEYSTORE_URL are set together": (
        "KIKITE_MIGRATION_DATABASE_URL と KIKITE_MIGRATION_KEYSTORE_URL は両方とも設定してください。"
    ),
    "KIKITE_MIGRATION_DATABASE_URL needs KIKITE_DATABASE_URL, whose role is given its rights": (
        "KIKITE_MIGRATION_DATABASE_URL を使うときは KIKITE_DATABASE_URL も設定してください。"
        "そこに書かれた利用者に、使う権利を与えます。"
    ),
    "files are shown to a scanner on this machine only: 127.0.0.1:port or a socket": (
        "ファイルを調べるウイルス対策は、この機械のものだけを使えます。"
        "KIKITE_CLAMD は 127.0.0.1:ポート番号 か、ソケットの場所にしてください。"
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
    "KIKITE_KEYRING_KEY and KIKITE_KEYRING_KEY_BEFORE are 32 random bytes in base64": (
        "KIKITE_KEYRING_KEY と KIKITE_KEYRING_KEY_BEFORE は、無作為な32バイトを base64 で書いたものにしてください"
        "(openssl rand -base64 32 で作れます)。"
    ),
    "KIKITE_KEYRING_WRAPPED_BY=environment needs KIKITE_KEYRING_KEY": (
        "KIKITE_KEYRING_WRAPPED_BY=environment のときは KIKITE_KEYRING_KEY も設定してください。"
    ),
    "KIKITE_VAULT_URL is an address that begins with https://, without a path": (
        "KIKITE_VAULT_URL は https:// で始まり、パスのないアドレスにしてください。"
    ),
    "the ring's key leaves this machine over TLS only: KIKITE_VAULT_URL begins with https://": (
        "鍵束を包む鍵をこの機械の外へ TLS なしで送ることはできません。KIKITE_VAULT_URL は https:// で始めてください。"
    ),
    "KIKITE_KEYRING_WRAPPED_BY=transit needs KIKITE_VAULT_URL": (
        "KIKITE_KEYRING_WRAPPED_BY=transit のときは KIKITE_VAULT_URL も設定してください。"
    ),
    "a Vault is shown one token: set KIKITE_VAULT_TOKEN or KIKITE_VAULT_TOKEN_FILE": (
        "KIKITE_VAULT_TOKEN と KIKITE_VAULT_TOKEN_FILE は、どちらか一つを設定してください。"
    ),
    "KIKITE_PKCS11_LIBRARY, KIKITE_PKCS11_TOKEN and KIKITE_PKCS11_PIN are set together": (
        "KIKITE_PKCS11_LIBRARY、KIKITE_PKCS11_TOKEN、KIKITE_PKCS11_PIN は、すべて設定してください。"
    ),
    "KIKITE_KEYRING_WRAPPED_BY=pkcs11 needs a library: run python requirements/install.py hsm": (
        "KIKITE_KEYRING_WRAPPED_BY=pkcs11 を使うための部品が入っていません。"
        "python requirements/install.py hsm で入れてください。"
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


def read_config(given: Mapping[str, str] | None = None) -> Config:
    """The settings of this process, or those that are given. Raises SettingsWrong with sentences to show."""
    folder = os.environ.get(SECRETS_FOLDER)
    if folder is not None and not Path(folder).is_dir():
        raise SettingsWrong(
            (
                Problem(
                    f"{SECRETS_FOLDER} のフォルダがありません。", f"{SECRETS_FOLDER} names a folder that is not there."
                ),
            )
        )
    found = found_apart(lambda: _read(folder, given))
    if isinstance(found, Config):
        return found
    raise SettingsWrong(found)


def unknown_settings() -> list[str]:
    """Environment variables that look like settings and are none: most likely misspelt."""
    known = {f"{PREFIX}{name}".upper() for name in SETTINGS} | NOT_SETTINGS
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and not name.startswith(OF_TESTS) and name.upper() not in known
    )


def _read(folder: str | None, given: Mapping[str, str] | None) -> Config | tuple[Problem, ...]:
    # The library that reads and checks them is some eight megabytes, which every worker would carry from then on.
    from pydantic import SecretStr, ValidationError, create_model  # noqa: PLC0415
    from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError  # noqa: PLC0415

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(
            env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, secrets_dir=folder
        )

    types = get_type_hints(Config, include_extras=True)
    read: dict[str, Any] = {
        field.name: (SecretStr | None if types[field.name] == Secret | None else types[field.name], field.default)
        for field in fields(Config)
    }
    try:
        model = create_model("Settings", __base__=Settings, **read)
        settings = model() if given is None else model.model_validate(given)
    except ValidationError as wrong:
        return tuple(_problem(dict(error)) for error in wrong.errors(include_input=False))
    except SettingsError as wrong:
        return (Problem("設定を読み取れません。", f"A setting cannot be read: {wrong}."),)
    values = {name: getattr(settings, name) for name in read}
    secret = {name: Secret(it.get_secret_value()) for name, it in values.items() if isinstance(it, SecretStr)}
    try:
        return Config(**values | secret)
    except ValueError as wrong:
        message = str(wrong)
        return (Problem(TOGETHER.get(message, "設定の組み合わせが正しくありません。"), f"{message}."),)


def _problem(error: dict[str, Any]) -> Problem:
    name = f"{PREFIX}{error['loc'][0]}".upper()
    expected = (error.get("ctx") or {}).get("expected")
    if expected:
        return Problem(f"{name} は {expected} のどれかにしてください。", f"{name} must be one of {expected}.")
    return Problem(f"{name} の値が正しくありません。", f"{name} is wrong: {error['msg']}.")
