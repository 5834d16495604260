"""Ways by which a signed head of the record leaves this machine, so that whoever rules here cannot take it back."""

from __future__ import annotations

from datetime import timedelta

from models.rules.labelled import Labelled

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
SHOWN = 14
"""So many of the newest are shown."""
MAIL_SUBJECT = "記録の署名 / Signed head of the record"
MAIL_WORDS = (
    "このメールは、記録がここまで続いていたことの控えです。消さずに保管してください。\n"
    "Please keep this mail: it shows how far the record had reached."
)
"""What the mail with a head says before its numbers. Who keeps it may read either language."""


class HeadWay(Labelled):
    """A way out."""

    # fmt: off
    MAIL      = "mail",      "メール",             "Mail"
    TIMESTAMP = "timestamp", "時刻の証明(外部)",   "Time-stamp of another"
    # fmt: on


class HeadFailure(Labelled):
    """Why a head has not left yet."""

    # fmt: off
    NOT_SENT  = "not_sent",  "メールを渡せませんでした",           "The mail could not be handed over"
    NO_ANSWER = "no_answer", "相手から答えがありませんでした",     "No answer"
    REFUSED   = "refused",   "相手に断られました",                 "Refused"
    NO_PROOF  = "no_proof",  "答えが証明になりませんでした",       "The answer proved nothing"
    NO_FILE   = "no_file",   "署名のファイルがありません",         "The file of the head is missing"
    # fmt: on


def next_wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed."""
    doubled: int = 1 << min(max(0, attempts - 1), 16)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)
