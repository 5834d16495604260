"""The marks by which the desk narrows its list of cases, and which of them tell something of what is inside."""

from models.rules.labelled import Labelled


class CaseMark(Labelled):
    """Something that a case has or has not. ``inside`` marks narrow only among what one may open anyway."""

    # fmt: off
    CRISIS    = "crisis",    "緊急の確認が必要",             "To be seen to at once",             False
    UNREAD    = "unread",    "相談者からの未読の連絡がある", "Unread words of the consulter",     False
    CLOSING   = "closing",   "終結の二人目の確認待ち",       "Closing waits for a second person", False
    RECALLING = "recalling", "転送取消しの確認待ち",         "A recall waits for its second",     False
    FILES     = "files",     "ファイルがある",               "Has files",                         True
    ESCALATED = "escalated", "会社への要請につながっている", "Led to a request to the company",   True
    # fmt: on

    def __init__(self, _code: str, _ja: str, _en: str, inside: bool) -> None:  # noqa: FBT001 - a column of the table
        self.inside = inside
