"""The service as it is installed to run: what only the tests need is out of its reach, and so out of its memory."""

from __future__ import annotations

import re
import sysconfig
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path

PINS = Path(__file__).parent.parent / "requirements" / "run.txt"
PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)
WITHOUT_SITE_PACKAGES = "-S"
"""Python's own setting: only what PYTHONPATH names is found beside the standard library."""


def only_what_runs(folder: Path) -> dict[str, str]:
    """Links in a folder to what run.txt pins, and the environment in which nothing else is found."""
    folder.mkdir()
    installed = Path(sysconfig.get_path("purelib"))
    names = {
        file.parts[0]
        for pinned in PINNED.findall(PINS.read_text(encoding="utf-8"))
        for file in _files_of(pinned)
        if file.parts[0] not in {"..", "__pycache__"}
    }
    for name in names:
        (folder / name).symlink_to(installed / name)
    return {"PYTHONPATH": str(folder)}


def _files_of(pinned: str) -> list[PackagePath]:
    try:
        return distribution(pinned).files or []
    except PackageNotFoundError:
        # Pinned for other machines than this one.
        return []
