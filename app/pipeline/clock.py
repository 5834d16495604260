"""What time it is: the machine's clock, or the moved clock of a private trial instance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, current_app

TOKYO = ZoneInfo("Asia/Tokyo")
OFFSET_FILE = "clock-offset-seconds"


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock(WallClock):
    """The machine's clock moved by what a file in the data folder says; never used by a real installation."""

    def __init__(self, data: Path) -> None:
        self._file = data / OFFSET_FILE
        self._read: tuple[int, float] = (0, 0.0)

    def now(self) -> datetime:
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._read[0]:
                self._read = (stamp, float(self._file.read_text()))
        except FileNotFoundError:
            self._read = (0, 0.0)
        return super().now() + timedelta(seconds=self._read[1])


class FixedClock(WallClock):
    """A clock that a test or the demo loader sets by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, *, to: datetime) -> None:
        self.at = to


def use_clock(app: Flask, clock: WallClock) -> None:
    """Give the application its clock."""
    app.extensions["kikite_clock"] = clock


def now() -> datetime:
    """The present moment, aware and in UTC."""
    clock: WallClock = current_app.extensions["kikite_clock"]
    return clock.now()


def today() -> date:
    """The present day in Japan, whatever the machine's own zone is."""
    return now().astimezone(TOKYO).date()
