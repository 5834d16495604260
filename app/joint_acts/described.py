"""How each kind of act that takes two reads: said by the slice that it belongs to, and asked by the page of all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.pipeline.identity import Actor
from models.joint_act import JointAct
from models.rules.joint_acts import JointKind


def _everybody(_actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class Described:
    """An act as its slice knows it."""

    words: str
    """What it is about, for those who decide: no content of any case."""
    page: Callable[[], str] | None = None
    """The address where whoever asked goes on once it is approved; asked for on a page alone."""
    kept_away: frozenset[uuid.UUID] = frozenset()
    """Who must not decide about it, beside the one who asked and the one whom it names."""
    words_for_others: str = ""
    """What it is about, for whoever may see that there is such an act and not of which matter it is."""
    is_within_reach: Callable[[Actor], bool] = _everybody
    """Whether somebody may see of which matter it is, and why it was asked."""

    def words_for(self, actor: Actor) -> str:
        """What it is about, as this person may read it."""
        return self.words if self.is_within_reach(actor) else self.words_for_others


Describe = TypeVar("Describe", bound=Callable[[JointAct], Described])
_DESCRIBES: dict[JointKind, Callable[[JointAct], Described]] = {}


def describes(kind: JointKind) -> Callable[[Describe], Describe]:
    """This function says how acts of a kind read."""

    def keep(function: Describe) -> Describe:
        _DESCRIBES[kind] = function
        return function

    return keep


def described(act: JointAct) -> Described:
    """What an act is about; a kind of which no slice has said anything reads as its name alone."""
    function = _DESCRIBES.get(act.kind)
    return function(act) if function is not None else Described("")
