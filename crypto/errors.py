"""What may go wrong: one failure for all that does not open, and one for each kind of paper that was mistyped."""


class CannotOpen(Exception):
    """What was given does not open with what was given.

    A wrong key, another context, an altered byte, a missing end and an unknown version all raise this same error,
    without a message: whoever probes must not learn which of them it was.
    """


class ReceiptMistyped(ValueError):
    """What was typed cannot be a receipt code: a symbol too many, too few, foreign or wrong.

    It says nothing about whether a receipt exists; it is decided from the typed text alone.
    """


class CardMistyped(ValueError):
    """What was typed cannot be a recovery card: too long, too short, or with a wrong symbol.

    ``row`` is the one row, from 1, of which that is certain; None when the whole does not fit.
    """

    def __init__(self, row: int | None = None) -> None:
        super().__init__("a card was mistyped")
        self.row = row
