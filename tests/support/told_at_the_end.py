"""What a test has measured is told under the run's last lines, from whichever process it ran in."""

from __future__ import annotations

import pytest

TOLD_AT_THE_END = "told_at_the_end"
"""The name of the property that a test records for it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, words in report.user_properties:
                if name == TOLD_AT_THE_END:
                    terminalreporter.write_line(str(words))
