"""The tables of the documentation are those of the rules."""

from itertools import chain
from pathlib import Path

import pytest

from app.operations.rule_tables import tables, write_tables
from models.rules.audit_events import EVENTS, LIFECYCLES
from models.rules.permissions import Permission
from models.rules.sealed_fields import SEALED_FIELDS

COMMITTED = Path(__file__).parents[2] / "docs" / "generated"
REMEDY = (
    "docs/generated differs from models/rules; write it anew with "
    "`python -c 'from pathlib import Path; from app.operations.rule_tables import write_tables; "
    'write_tables(Path("docs/generated"))\'` and commit it with the rule'
)


@pytest.mark.parametrize("name", sorted(tables()))
def test_the_committed_table_equals_the_one_the_rules_make(name: str) -> None:
    assert (COMMITTED / name).read_text(encoding="utf-8") == tables()[name], REMEDY


def test_no_table_is_left_over_from_a_rule_that_is_gone() -> None:
    assert {path.name for path in COMMITTED.iterdir()} == set(tables()), REMEDY


def test_writing_makes_the_folder_and_every_file(tmp_path: Path) -> None:
    written = write_tables(tmp_path / "docs" / "tables")
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == tables()


def test_nothing_in_the_rules_is_missing_from_its_table() -> None:
    made = tables()
    assert all(f"`{permission.code}`" in made["permissions.md"] for permission in Permission)
    assert all(f"`{name}`" in made["audit-events.md"] for name in EVENTS)
    assert all(f"`{field.name}`" in made["sealed-fields.md"] for field in SEALED_FIELDS)
    rows = sum(line.startswith("| ") for line in made["lifecycles.md"].splitlines())
    assert rows >= len(list(chain.from_iterable(LIFECYCLES)))


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name: str) -> None:
    width = 0
    for line in tables()[name].splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = line.replace("\\|", "").count("|")
        width = width or cells
        assert cells == width, line
