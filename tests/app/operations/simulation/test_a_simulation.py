"""A small association over a few months: it keeps every rule, and the same seed tells the same story."""

from __future__ import annotations

import pytest

from app.operations.simulation.run import run, simulate, told

SEED, COMPANIES, DAYS = 5, 8, 75
LEAST_LINES = 5


def test_the_same_seed_tells_the_same_story_and_every_day_is_looked_over(capsys: pytest.CaptureFixture[str]) -> None:
    simulation = simulate(seed=SEED, companies=COMPANIES, days=DAYS)
    lines = told(simulation)
    assert f"days looked over: {DAYS + 1}" in lines
    assert len(lines) > LEAST_LINES, "hardly anything happened"
    assert run(seed=SEED, companies=COMPANIES, years=DAYS / 365.25) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"seed {SEED}, {COMPANIES} companies, {DAYS} days from 2026-04-01"
    assert [line for line in printed if line in lines] == lines
