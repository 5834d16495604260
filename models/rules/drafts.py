"""What an officer may begin to write and keep, before the association or the worker sees a word of it."""

from models.rules.labelled import Labelled

LONGEST_DRAFT = 60_000
"""Signs in all the answers of one draft: more than the report's own limits add up to, and far less than a burden."""


class DraftKind(Labelled):
    """What a draft will become."""

    # fmt: off
    REPORT = "report", "報告書",       "Report"
    REPLY  = "reply",  "働く人への返信", "Reply to the worker"
    # fmt: on
