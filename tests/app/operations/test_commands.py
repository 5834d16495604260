"""Commands say in both languages what came of them, and their status tells the truth."""

import ast
import io
import json
import sys
from pathlib import Path

import pytest
from flask import Flask

from app.operations import demo_data, translations
from app.operations.commands import main
from app.operations.data_folder import MARK, OURS, DataFolder, InUse, NotOurs
from app.operations.demo_data import Interrupted, NotEmpty, SignIn, load_demo, load_demo_if_empty, sign_ins
from app.operations.serving import make_ready
from app.operations.settings import TOGETHER, read_config, unknown_settings
from config import Config
from tests.support.source_tree import ROOT

SETTINGS = (
    "KIKITE_DATA", "KIKITE_DATABASE_URL", "KIKITE_KEYSTORE_URL", "KIKITE_MAIL", "KIKITE_SMTP_HOST",
    "KIKITE_SMTP_USER", "KIKITE_SMTP_PASSWORD", "KIKITE_WORKERS", "KIKITE_SECRETS_DIR", "KIKITE_BASE_URL",
)  # fmt: skip


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An installation of the test's own, named by the environment as it would be."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    monkeypatch.setenv("KIKITE_DATA", str(folder))
    return folder


def answer(monkeypatch, words):
    monkeypatch.setattr(sys, "stdin", io.StringIO(words))


def test_migrate_makes_an_installation_that_only_its_owner_can_enter(data, capsys):
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert "最新" in capsys.readouterr().out
    assert data.stat().st_mode & 0o077 == 0
    assert all(entry.stat().st_mode & 0o077 == 0 for entry in data.iterdir())
    assert {entry.name for entry in data.iterdir()} <= set(OURS)


def test_a_wrong_setting_is_named_in_both_languages(data, monkeypatch, capsys):
    monkeypatch.setenv("KIKITE_WORKERS", "many")
    monkeypatch.setenv("KIKITE_MAIL", "pigeon")
    assert main(["sweep", "--once"]) == 2
    said = capsys.readouterr().err
    assert "KIKITE_WORKERS の値が正しくありません。" in said
    assert "KIKITE_WORKERS is wrong" in said
    assert "KIKITE_MAIL は 'files' or 'smtp' のどれかにしてください。" in said
    assert "pydantic" not in said
    assert "Traceback" not in said


def test_settings_that_do_not_go_together_are_told_and_no_secret_is_shown(data, monkeypatch, capsys):
    monkeypatch.setenv("KIKITE_DATABASE_URL", "postgresql://kikite:a-secret@db.example/kikite")
    assert main(["migrate"]) == 2
    said = capsys.readouterr().err
    assert "両方とも" in said
    assert "set together" in said
    assert "a-secret" not in said


def test_every_refusal_of_the_settings_has_its_japanese():
    tree = ast.parse((ROOT / "config.py").read_text(encoding="utf-8"))
    refused = {
        node.exc.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.args[0], ast.Constant)
    }
    assert refused == set(TOGETHER)


IN_A_BUCKET = {"s3_bucket": "files", "s3_endpoint": "https://s3.kikite.example"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"s3_access_key": "a-key"}, "両方とも"),
        ({"s3_endpoint": "s3.kikite.example"}, "https:// で始まる"),
        ({"s3_endpoint": "ftp://s3.kikite.example"}, "https:// で始まる"),
        ({"s3_endpoint": "http://s3.kikite.example"}, "TLS なし"),
    ],
)
def test_a_bucket_that_cannot_be_used_safely_is_refused(data, monkeypatch, capsys, told, words):
    for name, value in {**IN_A_BUCKET, **told}.items():
        monkeypatch.setenv(f"KIKITE_{name.upper()}", value)
    assert main(["migrate"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "a-key" not in said
    assert not data.exists()


def test_a_bucket_without_the_library_for_it_is_told_how_to_get_it(data, monkeypatch, capsys):
    for name, value in IN_A_BUCKET.items():
        monkeypatch.setenv(f"KIKITE_{name.upper()}", value)
    monkeypatch.setattr("config.find_spec", lambda _name: None)
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.count("requirements/install.py s3") == 2


def test_a_bucket_on_this_machine_needs_no_tls(data):
    assert Config(data=data, s3_bucket="files", s3_endpoint="http://127.0.0.1:9000").s3_bucket == "files"


def test_the_place_for_files_is_tried_and_nothing_stays_there(data, capsys):
    assert main(["files"]) == 0
    said = capsys.readouterr().out
    assert str(data / "files" / "kept") in said
    assert "すべてできました" in said
    assert [path for path in (data / "files").rglob("*") if path.is_file()] == []


def test_a_place_for_files_that_is_not_there_is_told(data, monkeypatch, capsys):
    told = {**IN_A_BUCKET, "s3_endpoint": "http://127.0.0.1:9", "s3_access_key": "a-key", "s3_secret_key": "a-secret"}
    for name, value in told.items():
        monkeypatch.setenv(f"KIKITE_{name.upper()}", value)
    assert main(["files"]) == 1
    said = capsys.readouterr().err
    assert "使えませんでした: StoreGone EndpointConnectionError" in said
    assert "a-secret" not in said


def test_a_secret_may_lie_in_a_file(data, tmp_path, monkeypatch):
    (tmp_path / "kikite_smtp_password").write_text("from a file")
    for name, value in (("MAIL", "smtp"), ("SMTP_HOST", "mail.example"), ("SMTP_USER", "kikite")):
        monkeypatch.setenv(f"KIKITE_{name}", value)
    monkeypatch.setenv("KIKITE_SECRETS_DIR", str(tmp_path))
    assert read_config().smtp_password.value == "from a file"


def test_a_misspelt_setting_is_noticed(data, monkeypatch):
    monkeypatch.setenv("KIKITE_WORKRES", "4")
    assert unknown_settings() == ["KIKITE_WORKRES"]


def test_a_folder_with_other_things_is_left_alone(data, capsys):
    data.mkdir()
    (data / "holiday.jpg").write_bytes(b"a picture")
    assert main(["migrate"]) == 1
    assert "ほかのファイル" in capsys.readouterr().err
    assert [entry.name for entry in data.iterdir()] == ["holiday.jpg"]
    with pytest.raises(NotOurs):
        DataFolder(data).take()


def test_reset_asks_and_empties_only_after_yes(data, monkeypatch, capsys):
    main(["migrate"])
    answer(monkeypatch, "いいえ\n")
    assert main(["reset"]) == 1
    assert (data / "kikite.sqlite3").exists()
    answer(monkeypatch, "")
    assert main(["reset"]) == 1
    assert (data / "kikite.sqlite3").exists()
    (data / "notes.txt").write_text("somebody's own")
    answer(monkeypatch, "はい\n")
    assert main(["reset"]) == 0
    assert [entry.name for entry in data.iterdir()] == ["notes.txt"]
    assert "notes.txt" in capsys.readouterr().out


def test_reset_refuses_a_folder_that_is_not_kikites(data, monkeypatch, capsys):
    data.mkdir()
    (data / "kikite.sqlite3").write_text("somebody else's")
    answer(monkeypatch, "yes\n")
    assert main(["reset"]) == 1
    assert "データフォルダではありません" in capsys.readouterr().err
    assert (data / "kikite.sqlite3").exists()


def test_reset_waits_for_nobody_while_a_server_is_running(data, monkeypatch, capsys):
    main(["migrate"])
    answer(monkeypatch, "yes\n")
    with DataFolder(data).used():
        assert main(["reset"]) == 1
        with pytest.raises(InUse), DataFolder(data).used(alone=True):
            pass
    assert "使われています" in capsys.readouterr().err
    assert (data / MARK).exists()


def test_a_reset_that_was_interrupted_can_be_done_again(data, monkeypatch):
    main(["migrate"])
    (data / "keyring.json").unlink()
    answer(monkeypatch, "yes\n")
    assert main(["reset"]) == 0
    assert list(data.iterdir()) == []


def test_sweep_outbox_verify_head_and_keys_run_one_after_another(data, capsys):
    for command in (["sweep", "--once"], ["outbox", "--once"], ["outbox", "--once", "--again"], ["head"], ["verify"]):
        assert main(command) == 0, command
    (head,) = (data / "heads").iterdir()
    assert main(["verify", "--against", str(head)]) == 0
    assert main(["keys", "add"]) == 0
    assert main(["keys"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()[-2:]]
    assert main(["keys", "activate", listed[1][:8]]) == 0
    assert main(["keys", "reseal"]) == 0
    assert main(["keys", "activate", "no such key"]) == 1
    # What the older key signed still counts.
    assert main(["verify"]) == 0


def test_a_head_that_is_not_ours_is_no_witness(data, tmp_path, capsys):
    (tmp_path / "forged.head").write_bytes(b"\x01" + bytes(64) + b"{}")
    assert main(["verify", "--against", str(tmp_path / "forged.head")]) == 1
    assert main(["verify", "--against", str(tmp_path / "absent.head")]) == 1


def test_a_demonstration_is_not_opened_beyond_this_machine(data, capsys):
    assert main(["serve", "--demo", "--host", "0.0.0.0"]) == 2  # noqa: S104 - it is refused
    assert "この機械の外" in capsys.readouterr().err
    assert not data.exists()


def test_the_tables_of_the_documentation_are_written(data, tmp_path, monkeypatch):
    monkeypatch.setattr("app.operations.commands.TABLES", tmp_path / "generated")
    assert main(["rule-tables"]) == 0
    assert (tmp_path / "generated" / "deadlines.md").exists()


class Loader:
    """A demonstration that enters nobody."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails, self.loaded = fails, 0

    def load(self, _app: Flask) -> list[SignIn]:
        if self.fails:
            raise RuntimeError
        self.loaded += 1
        return [SignIn("相談員", "counselor@kikite.example", "a public password")]


@pytest.fixture
def demo(data, monkeypatch):
    loader = Loader()
    monkeypatch.setattr(demo_data, "_loader", lambda: loader)
    DataFolder(data).take()
    return loader, make_ready(Config(data=data))


def test_the_demonstration_is_loaded_into_an_empty_installation_and_its_sign_ins_are_kept(demo, data):
    loader, made = demo
    load_demo_if_empty(made)
    assert loader.loaded == 1
    assert [each.mail for each in sign_ins(data)] == ["counselor@kikite.example"]
    assert json.loads((data / "demo").read_text(encoding="utf-8"))


def test_the_demonstration_is_never_mixed_into_what_is_there(demo, monkeypatch):
    loader, made = demo
    monkeypatch.setattr(demo_data, "is_empty", lambda _app: False)
    with pytest.raises(NotEmpty):
        load_demo(made)
    load_demo_if_empty(made)
    assert loader.loaded == 0


def test_half_a_demonstration_is_told_and_not_served(demo):
    loader, made = demo
    loader.fails = True
    with pytest.raises(RuntimeError):
        load_demo_if_empty(made)
    loader.fails = False
    with pytest.raises(Interrupted):
        load_demo_if_empty(made)


@pytest.fixture
def project(tmp_path):
    """A small program with a text in Python, one in a page, and a catalogue for English."""
    for name, text in (
        (
            "app/routes.py",
            'from flask_babel import gettext as _, lazy_gettext as _l\n_("送信しました。")\n_l("相談")\n',
        ),
        ("templates/page.html", '<p>{{ _("期限まで%(n)s日", n=3) }}</p>'),
        ("catalogues/en/LC_MESSAGES/messages.po", 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_texts_are_gathered_from_code_and_pages_and_none_is_guessed(project):
    catalogues = project / "catalogues"
    changed = translations.extract(catalogues, root=project)
    assert [path.name for path in changed] == ["messages.pot", "messages.po"]
    english = catalogues / "en" / "LC_MESSAGES" / "messages.po"
    assert sorted(translations.untranslated(english)) == sorted(["送信しました。", "相談", "期限まで%(n)s日"])
    assert translations.extract(catalogues, root=project) == []


def test_a_catalogue_is_compiled_only_when_it_is_newer(project):
    catalogues = project / "catalogues"
    translations.extract(catalogues, root=project)
    (compiled,) = translations.compile_catalogues(catalogues)
    assert compiled.suffix == ".mo"
    assert translations.compile_catalogues(catalogues) == []
    compiled.unlink()
    assert translations.compile_catalogues(catalogues) == [compiled]


def test_a_text_that_is_gone_leaves_the_catalogue(project):
    catalogues = project / "catalogues"
    translations.extract(catalogues, root=project)
    Path(project / "app" / "routes.py").write_text("", encoding="utf-8")
    translations.extract(catalogues, root=project)
    english = catalogues / "en" / "LC_MESSAGES" / "messages.po"
    assert "相談" not in english.read_text(encoding="utf-8")


def test_a_migration_is_drafted_only_when_the_tables_have_changed(data, capsys):
    assert main(["migrate", "--new", "nothing"]) == 0
    assert "変わりはありません" in capsys.readouterr().out
