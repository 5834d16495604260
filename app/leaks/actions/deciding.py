"""What is decided about a leak: whether a report is needed, that it was made, and that nothing is left to do."""

from __future__ import annotations

from datetime import datetime

from app.clocks.actions import meet_clocks
from app.leaks.actions.days import follow_days
from app.leaks.actions.writing import WHY, act_on, seal_sheet, seal_telling
from app.leaks.queries import items_of, latest_sheet, proposed
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_leak
from app.pipeline.identity import Actor
from models.leak import Leak
from models.leak_sheet import LeakSheet
from models.leak_telling import LeakTelling
from models.rules.leak import FINAL_CLOCKS, SPEEDY_CLOCKS, LeakAct, LeakItem, LeakTold


class ItemsAreMissing(Exception):
    """The full report says all nine items; these have no word yet."""

    def __init__(self, missing: list[LeakItem]) -> None:
        super().__init__("items are missing")
        self.missing = missing


def need_report(leak: Leak, *, actor: Actor) -> None:
    """Decide that a report is needed; the days that were stopped run again from the day of becoming aware."""
    act_on(leak, LeakAct.NEED, actor=actor)
    follow_days(leak)


def spare_report(leak: Leak, why: str, *, actor: Actor) -> None:
    """Decide that no report is needed, and write why; the reason stands in a version of its own."""
    sheet = seal_sheet(leak, {**_items(leak, actor), WHY: why}, actor=actor)
    act_on(leak, LeakAct.SPARE, {"sheet_id": sheet.id.hex, "duty": proposed(leak).value}, actor=actor)
    follow_days(leak)


def record_report(leak: Leak, told: LeakTold, *, told_at: datetime, words: str, actor: Actor) -> LeakTelling:
    """Record that a report left, with the version of the nine items that it stood on. Raises ItemsAreMissing."""
    sheet = _sheet(leak)
    if told is LeakTold.FINAL:
        items = _items(leak, actor)
        missing = [item for item in LeakItem if not items.get(item.value, "").strip()]
        if missing:
            raise ItemsAreMissing(missing)
    act = {LeakTold.SPEEDY: LeakAct.REPORT, LeakTold.FINAL: LeakAct.CONCLUDE}[told]
    telling = seal_telling(leak, told, told_at=told_at, words=words, sheet=sheet, actor=actor)
    act_on(leak, act, {"leak_telling_id": telling.id.hex, "sheet_id": sheet.id.hex}, actor=actor)
    # A full report that comes at once is the preliminary one as well.
    meet_clocks(leak, SPEEDY_CLOCKS | FINAL_CLOCKS if told is LeakTold.FINAL else SPEEDY_CLOCKS)
    follow_days(leak)
    return telling


def end_leak(leak: Leak, *, actor: Actor) -> None:
    """Nothing is left to do."""
    act_on(leak, LeakAct.END, actor=actor)
    follow_days(leak)


def reopen_leak(leak: Leak, *, actor: Actor) -> None:
    """Something more became known."""
    act_on(leak, LeakAct.REOPEN, actor=actor)
    follow_days(leak)


def _sheet(leak: Leak) -> LeakSheet:
    sheet = latest_sheet(leak)
    if sheet is None:
        raise ChangedMeanwhile(of_leak(leak))
    return sheet


def _items(leak: Leak, actor: Actor) -> dict[str, str]:
    return items_of(_sheet(leak), actor=actor)
