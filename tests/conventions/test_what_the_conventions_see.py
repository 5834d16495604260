"""The conventions see what they are for: each fault is planted in a copy of the code, and they fail at its line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.source_tree import name_of, project_files

SHAPE, IMPORTS = "tests/conventions/test_shape_of_the_code.py", "tests/conventions/test_import_contracts.py"
HELD_BY = (
    f"{SHAPE}::test_nothing_commits_but_the_transaction",
    f"{SHAPE}::test_only_the_pipeline_and_the_commands_end_a_transaction",
    f"{IMPORTS}::test_the_contracts_in_pyproject_hold",
    f"{IMPORTS}::test_rules_import_the_standard_library_and_the_holiday_calendar_alone",
    f"{IMPORTS}::test_models_import_what_is_kept_and_what_it_may_become_and_nothing_of_the_web",
    # No fault is planted for this one: that it passes shows that the copy was read at all.
    f"{IMPORTS}::test_settings_know_nothing_of_ours",
)
COPIED = ("app", "models", "crypto", "tests", "config.py", "pyproject.toml")
# Each stands in a function of its own that nobody calls, so that the copy still loads.
FLASK = {
    "models/case.py": "import flask",
    "models/rules/routing.py": "from flask import g",
    "models/schema.py": "import importlib; importlib.import_module('flask')",
    "models/sealed.py": "__import__('flask')",
    "models/migrations/env.py": "import werkzeug",
}
COMMITS = {
    "app/cases/actions/closing.py": "from app.pipeline.transaction import db; db().commit()",
    "app/cases/actions/triage.py": "from app.pipeline.transaction import commit; commit()",
    "app/cases/routes/case.py": "from app.pipeline.transaction import commit as done; done()",
    "app/cases/offers.py": "from app.pipeline.transaction import transaction\n    with transaction(): pass",
    "app/custody/actions.py": "from app.pipeline import transaction",
    "app/escalations/drafting.py": "import app.pipeline.transaction as t; t.commit()",
    "app/intake/actions.py": "from app.pipeline.transaction import db; db().connection().exec_driver_sql('COMMIT')",
    "app/mailbox/actions/__init__.py": "from app.pipeline.transaction import db; last = db().commit",
    "app/people/actions/posts.py": "from app.pipeline.transaction import db; db().connection().begin()",
    "app/responses/queries/keyed.py": "from app.pipeline.transaction import roll_back; roll_back()",
}


def test_flask_under_models_and_a_commit_in_an_action_each_fail_a_convention(tmp_path: Path):
    copy_of_the_code(tmp_path)
    planted = {file: plant(tmp_path / file, fault) for file, fault in {**FLASK, **COMMITS}.items()}
    told = conventions_on(tmp_path)
    unseen = [file for file, lines in planted.items() if not any(f"{file}:{line}" in told for line in lines)]
    assert not unseen, told[-3000:]


def copy_of_the_code(folder: Path) -> None:
    for path in project_files():
        if name_of(path).split("/")[0] in COPIED:
            there = folder / name_of(path)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)


def plant(file: Path, fault: str) -> range:
    """Put a fault at the end of a file; gives the lines on which it stands."""
    before = file.read_text(encoding="utf-8").rstrip("\n")
    file.write_text(f"{before}\n\n\ndef _planted():\n    {fault}\n", encoding="utf-8")
    first = len(before.splitlines()) + 4
    return range(first, first + fault.count("\n") + 1)


def conventions_on(folder: Path) -> str:
    plainly = ("-p", "no:cacheprovider", "-p", "no:xdist", "--noconftest", "--tb=long")
    command = [sys.executable, "-m", "pytest", "-q", *plainly, *HELD_BY]
    # The runner's own variables would make the copy believe that it is a part of this very run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert " passed" in done.stdout, done.stdout + done.stderr
    return done.stdout
