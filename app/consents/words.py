"""What the consulter is told in her thread about an emergency, and about a consent that the desk keyed for her."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.presentation.filters import ja_datetime, label
from models.emergency_telling import EmergencyTelling
from models.rules.emergency import EmergencyOutcome


def words_of_decision(telling: EmergencyTelling, told: str, reason: str) -> str:
    """Two people decided: what is to be told to whom, and why."""
    # She wrote in Japanese, or the desk did for her; whoever reads the desk's pages in English writes to her as well.
    with force_locale("ja"):
        basis = (
            _("あらかじめいただいていた、危険なときの同意にもとづくものです。")
            if telling.was_allowed
            else _("あなたの同意は、まだいただいていません。いのちや身体を守るために、例外として行うものです。")
        )
        return "\n".join(
            (
                _(
                    "いのちや身体に危険が迫っていると、協会の二人で確かめ、あなたを守るために必要な最小限のことを伝えることにしました。"
                ),
                basis,
                "",
                _("だれに、何を伝えるか:"),
                told,
                "",
                _("理由:"),
                reason,
                "",
                _(
                    "伝えたかどうかは、あらためてこの画面でお知らせします。驚かれたことと思います。"
                    "お気持ちや、事実と違うことがあれば、いつでもここにお書きください。"
                ),
            )
        )


def words_of_outcome(outcome: EmergencyOutcome, at: datetime, words: str) -> str:
    """What became of it."""
    with force_locale("ja"):
        return "\n".join(
            (
                _(
                    "いのちや身体の危険のために伝えることにした件の、その後をお知らせします。結果: %(outcome)s(%(at)s)",
                    outcome=label(outcome),
                    at=ja_datetime(at),
                ),
                "",
                words,
            )
        )
