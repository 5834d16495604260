"""The server as it is really started: ready, quick at the first page, silent about visitors, and gone when told."""

import os
import re
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.operations import serving
from app.operations.serving import NoPort, config_for, take_port
from config import Config
from tests.support.started import running

WORKER_LIMIT_KB = 120_000
FEW = 10


def workers_of(process):
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children]


def threads_of(pid):
    """One, until somebody is answered; the clock has a second one from the beginning."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def resident_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1))


def eventually(question, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False


def test_an_installation_from_nothing_serves_works_by_the_clock_and_stops(tmp_path):
    data = tmp_path / "data"
    with running(data) as (process, address, said):
        with httpx.Client(base_url=address) as browser:
            for path in ("/", "/sign-in", "/healthz"):
                begun = time.monotonic()
                assert browser.get(path).status_code == 200, path
                assert time.monotonic() - begun < 2
            assert browser.get("/healthz").text == "ok\n"
            for _ in range(40):
                browser.get("/sign-in")
        assert {resident_kb(pid) < WORKER_LIMIT_KB for pid in workers_of(process)} == {True}
        # The scheduler has had its turn: the first head of the record is signed.
        assert eventually(lambda: list((data / "heads").glob("*.head")))
        for one in workers_of(process):
            # Whether it answers or works by the clock, another one takes its place.
            os.kill(one, signal.SIGKILL)
            assert eventually(lambda one=one: len(workers_of(process)) == 3 and one not in workers_of(process))
            assert httpx.get(f"{address}/healthz").status_code == 200
        before = set(workers_of(process))
        # As when the terminal is closed: all are replaced, and one of the new ones works by the clock.
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: len(workers_of(process)) == 3 and not before & set(workers_of(process)))
        assert eventually(lambda: sorted(threads_of(pid) for pid in workers_of(process)) == [1, 1, 2])
        assert httpx.get(f"{address}/healthz").status_code == 200
    assert process.returncode == 0
    whole = "".join(said)
    assert whole.count("Stopped.") == 1
    # Nobody's address and no path is written down; the killed worker is.
    assert "GET" not in whole
    assert "sign-in" not in whole
    assert whole.count("127.0.0.1") == 2
    assert not eventually(lambda: _answers(address), 0.5)
    assert data.stat().st_mode & 0o077 == 0


def _answers(address):
    try:
        return httpx.get(f"{address}/healthz", timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def test_a_master_that_is_killed_leaves_an_installation_that_starts_again(tmp_path):
    data = tmp_path / "data"
    with running(data) as (process, address, _said):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    with running(data) as (_process, address, _said):
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_port_that_is_taken_is_said_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NoPort):
            take_port("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken():
    with take_port("127.0.0.1", None) as first, take_port("127.0.0.1", None) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= 8000


def test_the_address_in_mails_is_the_one_that_was_set_or_the_one_that_was_taken():
    with take_port("127.0.0.1", None) as listener:
        assert config_for(Config(), listener).base_url == f"http://127.0.0.1:{listener.getsockname()[1]}"
        set_ = Config(base_url="https://kikite.example")
        assert config_for(set_, listener).base_url == "https://kikite.example"


@pytest.fixture
def compiled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were compiled, all of which a start of its own process would have compiled."""
    seen: list[str] = []
    compile_one = app.jinja_env._compile

    def noted(source: str, filename: str) -> Any:
        seen.append(filename)
        return compile_one(source, filename)

    monkeypatch.setattr(app.jinja_env, "_compile", noted)
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", None)
    monkeypatch.setattr(serving, "apart", lambda work: work())
    return seen


@pytest.fixture
def a_few_pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were no more templates than these: to compile them all takes long."""
    few = app.jinja_env.list_templates(extensions=("html", "txt"))[:FEW]
    monkeypatch.setattr(app.jinja_env, "list_templates", lambda **_which: few)


def _start(app: Flask) -> None:
    app.jinja_env.cache.clear()
    serving.warm_up(app)


def test_pages_are_compiled_once_and_kept_with_the_compiled_code(
    app: Flask, compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    _start(app)
    assert len(compiled) > 100
    compiled.clear()
    _start(app)
    assert compiled == []
    one = next(tmp_path.rglob("__jinja2_*"))
    one.write_bytes(one.read_bytes()[:40])
    _start(app)
    assert len(compiled) == 1


@pytest.mark.usefixtures("a_few_pages")
@pytest.mark.parametrize("kept", ["not at all", "nowhere"])
def test_where_no_compiled_code_is_kept_neither_are_pages(
    app: Flask, compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
):
    file = tmp_path / "no folder"
    file.write_text("")
    monkeypatch.setattr(sys, "pycache_prefix", str(file if kept == "nowhere" else tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", kept == "not at all")
    _start(app)
    assert len(compiled) >= FEW
    assert list(tmp_path.rglob("__jinja2_*")) == []


def test_what_joins_classes_to_tables_is_done_once_and_not_by_each_worker(app: Flask):
    class Apart(DeclarativeBase):
        """What the application has not asked anything of so far."""

    class Thing(Apart):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)

    try:
        assert not Thing.__mapper__.configured
        _start(app)
        assert Thing.__mapper__.configured
    finally:
        Apart.registry.dispose()
