"""The list as files for another site: whole files, today's companies alone, and no folder of somebody else's."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask

from app.operations import registry_export as export
from app.operations.registry_export import FolderNotOurs, export_registry
from app.pipeline.clock import FixedClock
from tests.app.registry.test_the_public_list import ALPHA, NUMBER, revoke

PAGE = f"company-{NUMBER}.html"


def exported(app: Flask, folder: Path) -> dict[str, str]:
    with app.app_context():
        export_registry(folder)
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if not file.name.startswith(".")}


def test_the_export_says_what_the_list_says_in_both_languages_and_leads_to_the_live_status(
    app: Flask, tmp_path: Path
) -> None:
    files = exported(app, tmp_path / "site")
    for path in ("registry.json", "registry/keys.json"):
        served = json.loads(app.test_client().get(f"/{path}").data)
        assert json.loads(files[path.rpartition("/")[2]]) == served
    served = json.loads(files["registry.json"])
    companies = [f"company-{one['number']}.html" for one in served["companies"]]
    order = [files["index.html"].index(f'"{name}"') for name in companies]
    assert companies
    assert order == sorted(order)
    assert ALPHA in files[PAGE]
    assert "Aobadai Contact" in files[f"company-{NUMBER}.en.html"]
    assert f'{app.config["KIKITE"].base_url}/registry/{NUMBER}"' in files[PAGE]
    for name, text in files.items():
        if name.endswith(".html"):
            parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
            links = {a.get("href", "") for a in parser.parse(text).iter("a")}
            assert {one for one in links if "://" not in one} <= set(files), name
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "site").iterdir()}
    assert modes == {0o644}


def test_a_company_that_is_revoked_is_gone_from_the_folder_with_the_next_export(
    app: Flask, clock: FixedClock, tmp_path: Path
) -> None:
    _item, effect_at = revoke(app, clock)
    clock.move(to=effect_at - timedelta(seconds=1))
    before = exported(app, tmp_path)
    assert PAGE in before
    assert "誓約事項9" not in "".join(before.values())
    clock.move(to=effect_at)
    after = exported(app, tmp_path)
    assert not [name for name in after if NUMBER in name]
    assert "誓約事項9" in after["index.html"]


def test_an_export_that_is_killed_leaves_whole_files_and_the_next_one_finishes(
    app: Flask, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, sync, left = Path.replace, os.fsync, [0]

    def or_be_killed(act: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            return act(*given)

        return counted

    monkeypatch.setattr(export.Path, "replace", or_be_killed(replace))
    monkeypatch.setattr(export.os, "fsync", or_be_killed(sync))
    shown: dict[str, str] = {}
    # The first two while the folder becomes ours, then while files are made, listed, and put in place.
    for killed_at in (1, 2, 4, -1, 4, 16, 18, 24, -1):
        clock.move(to=clock.now() + timedelta(days=1))
        left[0] = killed_at
        if killed_at < 0:
            shown = exported(app, tmp_path)
            assert not list(tmp_path.glob(".*.new"))
            continue
        with pytest.raises(KeyboardInterrupt):
            exported(app, tmp_path)
        after_it = {file.name: file.read_text("utf-8") for file in tmp_path.glob("[!.]*")}
        assert set(after_it) == set(shown)
        assert all(text.endswith(("</html>", "}\n")) for text in after_it.values())


def test_a_folder_with_files_of_somebody_else_is_not_touched_nor_is_a_file_outside(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    theirs = tmp_path / "site" / "index.html"
    theirs.write_text("ours", "utf-8")
    with pytest.raises(FolderNotOurs):
        exported(app, tmp_path / "site")
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["index.html"]
    theirs.unlink()
    outside = tmp_path / "kept.html"
    outside.write_text("kept", "utf-8")
    exported(app, tmp_path / "site")
    (tmp_path / "site" / export.LIST_OF_OURS).write_text("../kept.html\n..\n.\n", "utf-8")
    exported(app, tmp_path / "site")
    assert outside.read_text("utf-8") == "kept"
