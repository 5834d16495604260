"""The two commands install what the pins say, once, and hand on what a person told pip."""

import runpy
import subprocess
from types import SimpleNamespace

import pytest

from tests.support.source_tree import ROOT

PINS = ("bootstrap.txt", "run.txt", "hsm.txt", "s3.txt", "test.txt", "proof.txt")


@pytest.fixture
def install(tmp_path):
    """requirements/install.py as a checkout of its own would run it."""
    (tmp_path / "requirements").mkdir()
    for name in ("install.py", *PINS):
        (tmp_path / "requirements" / name).write_bytes((ROOT / "requirements" / name).read_bytes())
    loaded = SimpleNamespace(**runpy.run_path(str(tmp_path / "requirements" / "install.py")))
    loaded.VENV_PYTHON.parent.mkdir(parents=True)
    loaded.VENV_PYTHON.touch()
    return loaded


def test_nothing_is_installed_before_the_first_time(install):
    assert not install.installed("run")


def test_a_second_start_installs_nothing(install):
    install.STAMP.write_text(install.stamp_of("run"), encoding="utf-8")
    assert install.installed("run")
    assert not install.installed("test")


def test_what_is_there_for_the_tests_serves_the_product_too(install):
    install.STAMP.write_text(install.stamp_of("test"), encoding="utf-8")
    assert install.installed("run")


def test_what_is_there_for_a_far_store_stays_when_the_product_is_started(install, monkeypatch):
    install.STAMP.write_text(install.stamp_of("s3"), encoding="utf-8")
    assert install.installed("run")
    assert not install.installed("test")
    with (install.REQUIREMENTS / "s3.txt").open("a", encoding="utf-8") as pins:
        pins.write("something==1\n")
    assert not install.installed("run")
    synced = []
    monkeypatch.setitem(install.install.__globals__, "make_venv", lambda: None)
    monkeypatch.setitem(install.install.__globals__, "install_with_uv", lambda level: synced.append(level) or True)
    assert install.main(["run"]) == 0
    assert synced == ["s3"]
    assert install.installed("s3")


@pytest.mark.parametrize("name", ["run.txt", "bootstrap.txt"])
def test_a_changed_pin_is_installed(install, name):
    install.STAMP.write_text(install.stamp_of("run"), encoding="utf-8")
    with (install.REQUIREMENTS / name).open("a", encoding="utf-8") as pins:
        pins.write("something==1\n")
    assert not install.installed("run")


def test_a_checkout_that_was_moved_is_set_up_again(install, tmp_path):
    install.STAMP.write_text(install.stamp_of("run").replace(str(tmp_path), "/elsewhere"), encoding="utf-8")
    assert not install.installed("run")


def test_uv_is_told_what_pip_was_told(install, monkeypatch):
    answer = (
        ":env:.find-links='/srv/wheels /srv/more'\n"
        "global.index-url='https://first.example/simple'\n"
        "install.index-url='https://second.example/simple'\n"
        "global.timeout='60'\n"
    )
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: SimpleNamespace(stdout=answer))
    for name in install.UV_BY_PIP_SETTING.values():
        monkeypatch.delenv(name, raising=False)
    told = install.uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://second.example/simple"
    assert told["UV_FIND_LINKS"] == "/srv/wheels,/srv/more"


def test_what_uv_was_told_itself_comes_first(install, monkeypatch):
    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: SimpleNamespace(stdout="global.index-url='https://pip.example/simple'\n")
    )
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert install.uv_environment()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


def test_a_machine_without_venv_is_told_what_to_install(install, monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: SimpleNamespace(returncode=1))
    assert install.main(["run"]) == 1
    told = capsys.readouterr().err
    assert "-venv" in told
    assert "もう一度" in told
