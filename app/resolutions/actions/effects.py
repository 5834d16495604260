"""What follows a revocation: the company's objection, and the day on which it takes effect."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.certifications.actions import revoke
from app.certifications.queries import certification_of
from app.clocks.actions import meet_clocks, stop_clocks
from app.pipeline.acting import perform
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from app.resolutions.actions.hearings import seal_explanation, tell_company, tell_secretariat
from app.resolutions.queries import file_of, objection_due_at, objection_to, resolution_of
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.explanation import Explanation
from models.resolution import Resolution
from models.rules.board import BoardOption, BoardRefusal, BoardRefused, ItemAct, ItemState
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import Standing


def raise_objection(item: BoardItem, *, text: str, actor: Actor) -> Explanation:
    """The company objects to its revocation: once, within the period that its letter names (E9)."""
    resolution, file, due_at = resolution_of(item), file_of(item), objection_due_at(item)
    if resolution is None or resolution.option is not BoardOption.REVOKE or due_at is None:
        raise NotAllowedNow("board_item", ItemState(item.state), ItemAct.RE_EXAMINE)
    if objection_to(item) is not None:
        raise BoardRefused(BoardRefusal.OBJECTED_ALREADY)
    if now() > due_at:
        raise BoardRefused(BoardRefusal.OBJECTION_CLOSED)
    objection = seal_explanation(item, file, text=text, wants_to_attend=False, actor=actor)
    perform(
        FILE_LIFECYCLE,
        file,
        FileAct.OBJECT,
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts={"resolution_id": resolution.id.hex},
    )
    item.version += 1
    meet_clocks(item, [ClockKind.OBJECTION])
    tell_secretariat(actor=actor, key=objection.id.hex)
    return objection


def due_effects(at: Moment) -> Select[CompanyFile, Resolution]:
    """The revocations whose day has come, and which the board does not hear again."""
    return (
        select(CompanyFile, Resolution)
        .join(BoardItem, BoardItem.company_file_id == CompanyFile.id)
        .join(Resolution, Resolution.board_item_id == BoardItem.id)
        .where(
            CompanyFile.state == FileState.DECIDED,
            BoardItem.state == ItemState.DECIDED.value,
            Resolution.option == BoardOption.REVOKE,
            Resolution.effect_at <= at,
            ~select(BoardItem.id)
            .where(BoardItem.follows_id == Resolution.board_item_id)
            .correlate(Resolution)
            .exists(),
        )
    )


def take_due_effects() -> int:
    """Put every revocation whose day has come into effect (E10). Returns how many.

    The public list needs no such sweep: it reads the state that was recorded for that moment with the resolution.
    """
    due = (
        due_effects(now())
        .order_by(Resolution.effect_at, Resolution.id)
        .with_for_update(of=CompanyFile, skip_locked=True)
    )
    decided = [(file, resolution) for file, resolution in db().execute(due)]
    return one_by_one(decided, lambda pair: _take_effect(*pair), work="take_due_effects")


def _take_effect(file: CompanyFile, resolution: Resolution) -> bool:
    perform(
        FILE_LIFECYCLE,
        file,
        FileAct.TAKE_EFFECT,
        actor=THE_CLOCK,
        standing=Standing.NONE,
        subject=of_company_file(file),
        facts={"resolution_id": resolution.id.hex},
    )
    file.is_open = False
    stop_clocks(file)
    # The time to object is over before the day from which it holds.
    stop_clocks(db().get_one(BoardItem, resolution.board_item_id))
    certification = certification_of(file.company_id)
    if certification is not None:
        revoke(certification, resolution)
    tell_company(file, actor=THE_CLOCK, key=f"effect:{resolution.id.hex}")
    tell_secretariat(actor=THE_CLOCK, key=f"effect:{resolution.id.hex}")
    return True
