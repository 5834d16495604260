"""Begins an examination: loads this folder, the rules and the sealing, and nothing of the application around them."""

from __future__ import annotations

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def begin() -> int:
    """Stand empty packages in for the application's own, which would load all of it, and go to work."""
    sys.path.insert(0, str(ROOT))
    for name in ("app", "app.attachments"):
        package = types.ModuleType(name)
        package.__path__ = [str(ROOT.joinpath(*name.split(".")))]
        sys.modules[name] = package
    from app.attachments.examination.work import main  # noqa: PLC0415 - only findable from here on

    return main()


if __name__ == "__main__":
    sys.exit(begin())
