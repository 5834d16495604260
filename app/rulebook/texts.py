"""The rows of the texts that the secretariat words: every wording that was entered, and what each holds."""

from __future__ import annotations

import json

from models.rule_change import RuleChange
from models.rules.editable_texts import EditableText, Wording


def wording_in(change: RuleChange) -> Wording:
    """The wording that a row holds."""
    value = json.loads(change.value)
    return Wording(EditableText(change.key), change.valid_from, value["ja"], value["en"])
