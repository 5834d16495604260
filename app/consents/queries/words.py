"""What the consulter is told in her thread about an emergency, and about a consent that the desk keyed for her."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.presentation.filters import ja_datetime, label
from models.consent_entry import ConsentEntry
from models.emergency_telling import EmergencyTelling
from models.rules.consent import ConsentOption
from models.rules.consent_ledger import options_in
from models.rules.emergency_telling import EmergencyOutcome


def words_of_decision(telling: EmergencyTelling, told: str, reason: str) -> str:
    """Two people decided: what is to be told to whom, and why."""
    # She wrote in Japanese, or the desk did for her; whoever reads the desk's pages in English writes to her as well.
    with force_locale("ja"):
        basis = (
            _("あらかじめいただいていた、危険なときの同意にもとづくものです。")
            if telling.was_allowed
            else _("あなたの同意は、まだいただいていません。命や体を守るために、例外として行うものです。")
        )
        return "\n".join(
            (
                _(
                    "命や体に危険が迫っていると、協会の二人で確かめ、あなたを守るために必要な最小限のことを伝えることにしました。"
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
                    "命や体の危険のために伝えることにした件の、その後をお知らせします。結果: %(outcome)s(%(at)s)",
                    outcome=label(outcome),
                    at=ja_datetime(at),
                ),
                "",
                words,
            )
        )


def words_of_keyed_consent(entry: ConsentEntry, company: str | None) -> str:
    """What the desk keyed for her, so that she sees it and can say that it is wrong."""
    with force_locale("ja"):
        chosen = options_in(entry.options)
        uses = str(_("、")).join(label(one) for one in ConsentOption if one in chosen) or _("なし")
        lines = [
            _("お電話でうかがったとおりに、会社に伝えてよい範囲を入力しました。"),
            "",
            _("どの会社に: %(company)s", company=company or _("すべての会社")),
            _("伝えてよい範囲: %(level)s", level=label(entry.level)),
        ]
        if company is None:
            lines.append(_("使いみち: %(uses)s", uses=uses))
        if entry.caller_check is not None and entry.read_back is not None:
            lines.append(
                _(
                    "ご本人の確かめ方: %(check)s。%(read_back)s。",
                    check=label(entry.caller_check),
                    read_back=label(entry.read_back),
                )
            )
        lines += [
            "",
            _(
                "違っているとき、考えが変わったときは、この画面の「いま許していること」から、いつでも変えられます。"
                "覚えのないことが書かれていたら、すぐにこの画面かお電話でお知らせください。"
            ),
        ]
        return "\n".join(lines)
