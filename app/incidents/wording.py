"""The words of a grouped copy: numbers, weeks and the names of themes, and nothing that anybody wrote."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from app.presentation.filters import ja_date, label
from models.rules.group_counts import CountedTheme, GroupCounts


def copy_words(counts: GroupCounts, *, smallest: int) -> str:
    """What the company's officer reads. It is Japanese, whoever makes it."""
    with force_locale("ja"):
        parts = [_opening(counts), _how_it_counts(smallest)]
        headings = {
            "harassment_type": _("お客様などの行為"),
            "organisational_issue": _("会社の対応についての声"),
            "requested_help": _("望まれていること"),
        }
        parts += [_block(headings[kind], themes) for kind, themes in counts.themes.items() if themes]
        parts.append(
            _(
                "事実を確かめ、働く人への対応と再発の防止を、一つの報告にまとめてお知らせください。"
                "だれが相談したかを調べたり、心当たりの人に尋ねたりしないでください。"
            )
        )
        return "\n\n".join(parts)


def _opening(counts: GroupCounts) -> str:
    weeks = _("、").join(_("%(day)sからの週", day=ja_date(week)) for week in counts.weeks)
    return str(
        _(
            "同じ時期に、貴社の仕事について%(people)s人以上の方から相談が届きました(%(weeks)s)。"
            "一人ひとりの文章ではなく、人数としてまとめてお伝えします。",
            people=counts.people_at_least,
            weeks=weeks,
        )
    )


def _how_it_counts(smallest: int) -> str:
    return str(
        _(
            "人数は%(smallest)s人ごとに切り捨てた数です。一人が複数を選べます。"
            "%(smallest)s人に満たないもの、ほかの数との差から少ない人数が分かるものは載せていません。",
            smallest=smallest,
        )
    )


def _block(heading: str, themes: tuple[CountedTheme, ...]) -> str:
    lines = [_("・%(theme)s: %(people)s人以上", theme=label(one.theme), people=one.at_least) for one in themes]
    return "\n".join([_("【%(heading)s】", heading=heading), *lines])
