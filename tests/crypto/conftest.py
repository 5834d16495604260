"""What the tests of sealed formats share: the frozen vectors."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent / "vectors"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], dict[str, Any]]:
    """Read one file of vectors by its name. A file that must change means a new format version, not a new file."""
    return lambda name: json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
