"""Commands: python -m app COMMAND."""

from __future__ import annotations

from app.operations.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
