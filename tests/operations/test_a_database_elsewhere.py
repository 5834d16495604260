"""A database on another machine: both sides show a certificate, and the service's role only works with rows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.operations.file_removal import erase_files
from app.operations.heads import gather_head
from app.operations.keys import activate, begin_rotation, renew_all
from app.operations.schema import SchemaBehind, bring_up
from app.operations.sweep import sweep
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock, use_clock
from app.pipeline.secrets import key_store
from app.pipeline.transaction import transaction
from config import Config, Secret
from tests.conftest import STARTS_AT
from tests.support import road
from tests.support.certificates import Authority, Shown
from tests.support.installation import engines_of
from tests.support.postgres import running_postgres
from tests.support.source_tree import ROOT
from tests.support.world import build_world

HOST = "db.kikite.example"
HBA = """
local   all  postgres             trust
hostssl all  kikite,kikite_owner  127.0.0.1/32  cert
hostnossl all all                 all           reject
"""
REFUSED = psycopg.errors.InsufficientPrivilege


@dataclass(frozen=True)
class Elsewhere:
    """A server as it would stand on another machine, reached here under that machine's name."""

    port: int
    authority: Authority
    service: Shown
    owner: Shown
    stranger: Shown
    others: Authority

    def url(
        self, role: str, database: str, shown: Shown | None, *, host: str = HOST, believed: Path | None = None
    ) -> str:
        more = f"&sslcert={shown.certificate}&sslkey={shown.key}" if shown else "&sslcert=none&sslkey=none"
        root = believed or self.authority.file
        place = f"{host}:{self.port}/{database}?hostaddr=127.0.0.1"
        return f"postgresql://{role}@{place}&sslmode=verify-full&sslrootcert={root}{more}"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder, port = tmp_path_factory.mktemp("certificates"), free_port()
    authority, others = Authority(folder), Authority(folder, "strangers")

    def prepared(of_server: Path) -> dict[str, str]:
        shown = authority.server(HOST)
        for file, name in ((shown.certificate, "server.crt"), (shown.key, "server.key"), (authority.file, "ca.crt")):
            (of_server / name).write_bytes(file.read_bytes())
            (of_server / name).chmod(0o600)
        (of_server / "hba").write_text(HBA, encoding="utf-8")
        return {
            "listen_addresses": "127.0.0.1", "port": str(port), "ssl": "on", "hba_file": str(of_server / "hba"),
            "ssl_cert_file": str(of_server / "server.crt"), "ssl_key_file": str(of_server / "server.key"),
            "ssl_ca_file": str(of_server / "ca.crt"),
        }  # fmt: skip

    with running_postgres(prepared=prepared) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in (ROOT / "deploy" / "database-roles.sql").read_text(encoding="utf-8").split(";"):
                words = "\n".join(line for line in statement.splitlines() if not line.startswith("--"))
                if words.strip():
                    connection.execute(words)
        names = [authority.client("kikite"), authority.client("kikite_owner"), others.client("kikite")]
        yield Elsewhere(port, authority, *names, others)


@pytest.mark.parametrize("fault", ["no certificate", "of another authority", "of another role", "a server of another"])
def test_whoever_shows_no_right_certificate_does_not_come_in(elsewhere: Elsewhere, fault: str) -> None:
    url = {
        "no certificate": elsewhere.url("kikite", "kikite", None),
        "of another authority": elsewhere.url("kikite", "kikite", elsewhere.stranger),
        "of another role": elsewhere.url("kikite_owner", "kikite", elsewhere.service),
        "a server of another": elsewhere.url("kikite", "kikite", elsewhere.service, believed=elsewhere.others.file),
    }[fault]
    with pytest.raises(psycopg.OperationalError, match=r"certificate|unknown ca"):
        psycopg.connect(url)


def test_a_server_of_another_name_is_not_believed(elsewhere: Elsewhere) -> None:
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        psycopg.connect(elsewhere.url("kikite", "kikite", elsewhere.service, host="other.kikite.example"))


def config_of(elsewhere: Elsewhere, data: Path) -> Config:
    urls = [Secret(elsewhere.url("kikite", name, elsewhere.service)) for name in ("kikite", "kikite_keys")]
    return Config(data=data, database_url=urls[0], keystore_url=urls[1], password_profile="for_tests_only")


@pytest.fixture(scope="module")
def service(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service with its own role, over tables that another role has made."""
    data = tmp_path_factory.mktemp("elsewhere")
    config = config_of(elsewhere, data / "data")
    app = create_app(config)
    with pytest.raises(SchemaBehind):
        bring_up(app)
    assert config.database_url is not None
    assert config.keystore_url is not None
    told = {
        "KIKITE_DATA": str(data / "of-migrations"),
        "KIKITE_DATABASE_URL": config.database_url.value,
        "KIKITE_KEYSTORE_URL": config.keystore_url.value,
        "KIKITE_MIGRATION_DATABASE_URL": elsewhere.url("kikite_owner", "kikite", elsewhere.owner),
        "KIKITE_MIGRATION_KEYSTORE_URL": elsewhere.url("kikite_owner", "kikite_keys", elsewhere.owner),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIKITE_")} | told
    for _again in range(2):
        subprocess.run([sys.executable, "-m", "app", "migrate"], env=environment, cwd=ROOT, check=True)
    # The owner's role opens nothing, and so none of the server's keys is made for it.
    assert not (data / "of-migrations" / "keyring.json").exists()
    bring_up(app)
    use_clock(app, FixedClock(STARTS_AT))
    yield app
    for engine in engines_of(app):
        engine.dispose()


def test_the_service_does_all_its_work_with_rows_alone(service: Flask) -> None:
    with service.app_context():
        with transaction():
            build_world()
        case_id = road.closed().case_id
        assert gather_head().row.chains > 0
        added = begin_rotation()
        assert added is not None
        activate(added)
    assert renew_all(service, lambda *_progress: None) > 0
    assert sweep(service).failed == ()
    with service.app_context():
        key_store().destroy(case_id, at=STARTS_AT)
        erase_files()
        assert verify_all().ok


FORBIDDEN = (
    "CREATE TABLE more (id integer)",
    "DROP TABLE case_facet",
    "ALTER TABLE person ADD COLUMN more integer",
    "TRUNCATE audit_record",
    "UPDATE audit_record SET facts = '{}'",
    "DELETE FROM audit_record",
    "UPDATE audit_head SET chains = 0",
    "DELETE FROM audit_head",
    "DELETE FROM audit_chain",
    "ALTER TABLE audit_record DISABLE TRIGGER ALL",
    "CREATE OR REPLACE FUNCTION refuse_to_change_the_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET ROLE kikite_owner",
    "CREATE SCHEMA more",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_services_role_makes_drops_and_rewrites_nothing(
    service: Flask, elsewhere: Elsewhere, statement: str
) -> None:
    url = elsewhere.url("kikite", "kikite", elsewhere.service)
    with psycopg.connect(url) as connection, pytest.raises(REFUSED):
        connection.execute(statement)
