"""What is done with groups: they gather, their copy is made and approved, all in them hear, they end together."""

from __future__ import annotations

from app.incidents.actions.gathering import form_by_hand, gather, take_out

__all__ = ["form_by_hand", "gather", "take_out"]
