"""What leaves this machine does so over TLS, to whom it was meant for, or the settings are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, Secret

FAR = "postgresql://kikite:a-secret@db.kikite.example/kikite"
SHOWN = "sslcert=/etc/kikite/db.crt&sslkey=/etc/kikite/db.key"
BY_CERTIFICATE = "postgresql://kikite@db.kikite.example/kikite?sslmode=verify-full"


def told(**more: object) -> Config:
    return Config(data=Path("nowhere"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "end", ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-full&sslmode=disable"]
)
def test_a_database_on_another_machine_is_reached_over_checked_tls_or_not_at_all(end: str):
    for name, other in (("database_url", "keystore_url"), ("keystore_url", "database_url")):
        with pytest.raises(ValueError, match="over TLS") as refused:
            told(**{name: Secret(FAR + end), other: Secret("postgresql://kikite@127.0.0.1/kikite")})
        assert "a-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        f"{BY_CERTIFICATE}&{SHOWN}",
        f"postgresql://kikite@db.kikite.example/kikite?sslmode=verify-ca&sslrootcert=/etc/kikite/ca.pem&{SHOWN}",
        "postgresql://kikite@127.0.0.1:5432/kikite",
        "postgresql://kikite@localhost/kikite",
        "postgresql://kikite@[::1]/kikite",
        "postgresql:///kikite",
        "postgresql://kikite@/kikite?host=/run/postgresql",
    ],
)
def test_a_database_on_this_machine_or_over_checked_tls_is_taken(url: str):
    assert told(database_url=Secret(url), keystore_url=Secret(url)).database_url is not None


@pytest.mark.parametrize("named", ["host=127.0.0.1,db.kikite.example", "hostaddr=192.0.2.7", "service=far"])
def test_a_host_that_is_named_beside_the_address_is_looked_at_too(named: str):
    url = f"postgresql://kikite@/kikite?{named}"
    with pytest.raises(ValueError, match="over TLS"):
        told(database_url=Secret(url), keystore_url=Secret(url))


@pytest.mark.parametrize(
    "url",
    [
        f"{FAR}?sslmode=verify-full",
        f"{FAR}?sslmode=verify-full&{SHOWN}",
        f"{BY_CERTIFICATE}&{SHOWN}&password=a-secret",
        f"{BY_CERTIFICATE}&{SHOWN}&passfile=/etc/kikite/pass",
        f"{BY_CERTIFICATE}&sslcert=/etc/kikite/db.crt",
        BY_CERTIFICATE,
    ],
)
def test_a_database_on_another_machine_is_shown_a_certificate_and_no_password(url: str):
    for of in ("", "migration_"):
        names = {f"{of}database_url": Secret(url), f"{of}keystore_url": Secret(url)}
        own = {} if not of else {name: Secret("postgresql:///kikite") for name in ("database_url", "keystore_url")}
        with pytest.raises(ValueError, match="shown a certificate") as refused:
            told(**names, **own)
        assert "a-secret" not in str(refused.value)
        assert told(**names, **own, database_password_allowed=True).database_password_allowed


def test_mail_and_files_go_to_no_other_machine_in_clear():
    with pytest.raises(ValueError, match="over TLS"):
        told(mail="smtp", smtp_host="mail.kikite.example", smtp_security="none")
    assert told(mail="smtp", smtp_host="127.0.0.1", smtp_security="none").smtp_host
    with pytest.raises(ValueError, match="on this machine"):
        told(clamd="scanner.kikite.example:3310")
    for here in ("127.0.0.1:3310", "/run/clamav/clamd.ctl"):
        assert told(clamd=here).clamd == here
