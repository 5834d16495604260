"""What the company did or failed to do (OI-): the axis that the escalation ladder uses.

Source: domain, 3.5.
"""

from models.rules.labelled import Labelled


class OrganisationalIssue(Labelled):
    """A failing of the company, as told by the worker or seen by the desk."""

    # fmt: off
    NO_SUPPORT          = "OI-NOS", "上司・SVの支援がない",       "No support from superior"
    FORCED_TO_CONTINUE  = "OI-FRC", "対応継続・謝罪の強要",       "Forced to continue or apologise"
    NO_AUTHORITY_TO_END = "OI-NOH", "切電・対応終了の権限がない", "No authority to end contact"
    NO_INSIDE_DESK      = "OI-WIN", "社内窓口がない・機能しない", "Inside desk missing or useless"
    UNFAIR_APPRAISAL    = "OI-EVA", "評価・ノルマへの不当な反映", "Unfair effect on appraisal"
    RETALIATION         = "OI-RET", "相談後の不利益取扱い",       "Retaliation"
    INFORMATION_SPREAD  = "OI-OUT", "情報の範囲外共有・特定行為", "Information spread, attempt to identify"
    NO_HEALTH_CARE      = "OI-MED", "健康への配慮がない",         "No health care"
    CLIENT_NOT_INVOLVED = "OI-CLI", "委託元との調整がされない",   "Client not involved"
    NONE                = "OI-NON", "問題なし・適切",             "None, handled well"
    # fmt: on


# "Handled well" contradicts every failing.
STANDS_ALONE = frozenset({OrganisationalIssue.NONE})
