"""A word about consent that a consulter gives by telephone, and what of it may be keyed for her.

Source: domain, 3.8 (raising the level needs the consulter's own act), 4.2 (lost code) and 7.17. The desk keys her word and
never its own: a wider one is keyed only when it was read back to her, and never where somebody else told us of her.
"""

from models.rules.consent import Consent, ConsentLevel, ConsentOption, is_raised
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.keyed_intake import WAYS_IN, ReadBack, Source
from models.rules.taxonomy.intake_route import IntakeRoute

SPOKEN = (ReadBack.READ_ALOUD, ReadBack.NOT_YET)
"""How what was said on the telephone may have been confirmed."""


def tells_more(before: Consent, level: ConsentLevel, options: frozenset[ConsentOption]) -> bool:
    """Whether anything is allowed that was not before, in whatever respect."""
    return is_raised(before.level, level) or bool(options - before.options)


def may_be_keyed(*, raises: bool, read_back: ReadBack, route: IntakeRoute | None) -> Decision:
    """Whether the desk may key this word: less may always be keyed, more only with the care of her own act."""
    if read_back not in SPOKEN:
        return refused("not_spoken")
    if not raises:
        return ALLOWED
    way = WAYS_IN.get(route) if route is not None else None
    if way is not None and way.source is Source.SOMEBODY_ELSE:
        return refused("somebody_else_told_us")
    return ALLOWED if read_back is ReadBack.READ_ALOUD else refused("not_read_back")
