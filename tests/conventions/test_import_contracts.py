"""The arrows between the folders point one way; what import-linter cannot say is said here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT, imports_of, module_of, name_of, python_files, tree_of

STANDARD_LIBRARY = sys.stdlib_module_names
SLICE_DOORS = {"actions", "queries"}
LAYERS_OF_A_SLICE = {"commands": 3, "routes": 3, "forms": 2, "actions": 1, "queries": 1}
NOT_SLICES = {"pipeline", "presentation", "static", "translations"}
MAY_READ_SETTINGS = ("app", "app.__main__", "app.operations")


def test_the_contracts_in_pyproject_hold():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_crypto_imports_the_standard_library_and_cryptography_alone():
    # The second reads and writes what time-stamping services say, by the first (app/operations/timestamps.py).
    allowed = STANDARD_LIBRARY | {"crypto", "cryptography", "rfc3161_client"}
    assert not imports_outside(python_files("crypto"), allowed)


def test_settings_know_nothing_of_ours():
    allowed = STANDARD_LIBRARY | {"annotated_types"}
    assert not imports_outside(python_files("config.py"), allowed)


def test_rules_import_the_standard_library_and_the_holiday_calendar_alone():
    files = [path for path in python_files("models") if module_of(path).startswith("models.rules")]
    assert not imports_outside(files, STANDARD_LIBRARY | {"holidays", "models"})
    above = [
        f"{name_of(path)}:{line} imports {name}"
        for path in files
        for name, line in imports_of(path).items()
        if name.startswith("models.") and not name.startswith("models.rules")
    ]
    assert not above


def test_models_import_what_is_kept_and_what_it_may_become_and_nothing_of_the_web():
    """Inside a function, under TYPE_CHECKING or by a name that is worked out, it would be the same arrow."""
    allowed = STANDARD_LIBRARY - {"importlib"} | {"alembic", "crypto", "holidays", "models", "sqlalchemy"}
    by_name = [
        f"{name_of(path)}:{node.lineno} calls {node.id}"
        for path in python_files("models")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name) and node.id in {"__import__", "eval", "exec"}
    ]
    wrong = imports_outside(python_files("models"), allowed) + by_name
    assert not wrong, f"Let app hand in what models need: {wrong}"


def test_models_take_only_types_from_crypto_outside_sealed():
    """Sealing and opening have one home, models/sealed.py; a table may name a type of crypto, never call it."""
    wrong = [
        f"{name_of(path)}:{node.lineno} takes {alias.name} from {node.module}"
        for path in python_files("models")
        if module_of(path) != "models.sealed"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "crypto"
        for alias in node.names
        if not alias.name[:1].isupper()
    ]
    assert not wrong, f"Seal and open in models/sealed.py: {wrong}"


def test_settings_are_read_where_the_program_is_put_together_and_nowhere_else():
    wrong = [
        f"{name_of(path)}:{line}"
        for path in python_files("app", "models", "crypto")
        if not is_within(module_of(path), MAY_READ_SETTINGS)
        for name, line in imports_of(path).items()
        if name.split(".")[0] == "config"
    ]
    assert not wrong, f"Hand the setting in instead of importing config: {wrong}"


def test_a_slice_reaches_another_only_through_its_actions_and_queries():
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path, own in modules_of_slices()
        for name, line in imports_of(path).items()
        if (other := slice_of(name)) and other != own and not SLICE_DOORS & set(name.split(".")[2:3])
    ]
    assert not wrong, f"Ask the other slice's actions or queries: {wrong}"


def test_inside_a_slice_routes_lean_on_forms_and_forms_on_actions_and_queries():
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path, own in modules_of_slices()
        for name, line in imports_of(path).items()
        if slice_of(name) == own and layer_of(name) > layer_of(module_of(path)) > 0
    ]
    assert not wrong, f"Routes import forms, forms import actions and queries, never the other way: {wrong}"


def test_actions_and_queries_know_no_request_no_form_and_no_page():
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path, _own in modules_of_slices()
        if layer_of(module_of(path)) == 1
        for name, line in imports_of(path).items()
        if name.split(".")[0] in {"wtforms", "flask_wtf", "jinja2"}
        or name in {"flask.request", "flask.render_template"}
    ]
    assert not wrong, f"Hand the values in from the route: {wrong}"


def test_the_pipeline_and_the_presentation_know_no_slice():
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path in python_files("app")
        if module_of(path).split(".")[1:2] and module_of(path).split(".")[1] in NOT_SLICES
        for name, line in imports_of(path).items()
        if slice_of(name)
    ]
    assert not wrong, f"Let the slice register itself with the pipeline: {wrong}"


def test_rules_load_without_the_database_library_or_the_web():
    """An auditor, or a calculation elsewhere, can run the rules with nothing but Python."""
    modules = sorted(module_of(path) for path in python_files("models") if module_of(path).startswith("models.rules"))
    above = {"sqlalchemy", "flask", "cryptography", "pydantic", "crypto", "app", "config"}
    program = (
        f"import importlib, sys; [importlib.import_module(name) for name in {modules!r}]; "
        f"print(*sorted({above!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def imports_outside(files: list[Path], allowed: set[str] | frozenset[str]) -> list[str]:
    return [
        f"{name_of(path)}:{line} imports {name}"
        for path in files
        for name, line in imports_of(path).items()
        if name.split(".")[0] not in allowed
    ]


def is_within(module: str, places: tuple[str, ...]) -> bool:
    # "app" means app/__init__.py alone, not everything beneath it.
    return any(module == place or (place != "app" and module.startswith(f"{place}.")) for place in places)


def slice_of(module: str) -> str | None:
    """The slice that a module of app belongs to, told by its being a folder."""
    parts = module.split(".")
    is_slice = (
        len(parts) > 1 and parts[0] == "app" and parts[1] not in NOT_SLICES and (ROOT / "app" / parts[1]).is_dir()
    )
    return parts[1] if is_slice else None


def layer_of(module: str) -> int:
    return LAYERS_OF_A_SLICE.get((*module.split("."), "", "", "")[2], 0)


def modules_of_slices() -> Iterator[tuple[Path, str]]:
    for path in python_files("app"):
        own = slice_of(module_of(path))
        if own:
            yield path, own


def test_what_serves_carries_nothing_that_is_needed_only_for_a_moment():
    """Each of these is some megabytes in every worker; whoever needs one loads it then, most in a process apart."""
    heavy = {
        "pydantic",
        "segno",
        "sudachipy",
        "holidays.countries",
        "PIL",
        "pikepdf",
        "pypdf",
        "typst",
        "xlsxwriter",
        "boto3",
        "odfdo",
        "psycopg",
        "sqlalchemy.dialects.postgresql",
        "sqlite3",
    }
    program = f"import sys, app.operations.commands; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
