"""What somebody is told whose company is no member: why no company is written to, and where else she can turn."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from app.referrals.queries import public_desks
from models.rules.help_lines import HelpLine


def referral_words() -> str:
    """A beginning for the advice, in the consulter's language; the counselor writes it on."""
    with force_locale("ja"):
        opening = _(
            "お勤めの会社は、この協会の会員ではないため、協会から会社に連絡することはできません。"
            "そのかわり、できることを一緒に考え、ほかの相談先をご案内します。"
        )
        nearest = _(
            "お住まいの都道府県の労働局にある「総合労働相談コーナー」では、職場のことを無料で相談できます。"
            "都道府県や市区町村の労働相談の窓口も使えます。"
            "あなたの画面の「ほかの相談先を見る」から、都道府県ごとの窓口を見られます。"
        )
        lines = [_in_one_line(line) for line in public_desks()]
        return "\n".join([str(opening), "", str(nearest), *lines, ""])


def _in_one_line(line: HelpLine) -> str:
    """A place as it stands in a letter; what nobody has checked says that it may change."""
    if not line.number:
        return f"{line.ja} {line.find_ja}"
    hours = line.when_ja if line.seen else "。".join(part for part in (line.when_ja, _("変わることがあります")) if part)
    return f"{line.number} {line.ja}({hours})" if hours else f"{line.number} {line.ja}"
