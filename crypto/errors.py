"""What may go wrong: one failure for everything that does not open, one for a receipt that was mistyped."""


class CannotOpen(Exception):
    """What was given does not open with what was given.

    A wrong key, another context, an altered byte, a missing end and an unknown version all raise this same error,
    without a message: whoever probes must not learn which of them it was.
    """


class ReceiptMistyped(ValueError):
    """What was typed cannot be a receipt code: a symbol too many, too few, foreign or wrong.

    It says nothing about whether a receipt exists; it is decided from the typed text alone.
    """
