"""The machine that a run was made on, so that its figures can be read next year."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from app.pipeline.database import sqlite_library

LIBRARIES = ("flask", "werkzeug", "sqlalchemy", "cryptography", "gunicorn")
KIB = 1024


def machine(database: str) -> list[tuple[str, str]]:
    """What to name beside the figures: processor, memory, system, Python, libraries, database."""
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{_memory_mib() / KIB:.1f} GiB"),
        ("System", f"{platform.system()} {platform.release()} ({_distribution()})"),
        ("Python", platform.python_version()),
        ("Libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES)),
        ("Database", database),
        ("Load before the run", f"{os.getloadavg()[0]:.1f}"),
    ]


def database_name(kind: str, server_version: str = "") -> str:
    if kind == "postgresql":
        return f"PostgreSQL {server_version}"
    return f"SQLite {sqlite_library().sqlite_version}, WAL, synchronous=FULL, one writer at a time"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_mib() -> float:
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / KIB
    return 0.0


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "unnamed"
