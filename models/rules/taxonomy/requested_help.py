"""What the consulter would like (RQ-).

Source: domain, 3.7.
"""

from models.rules.labelled import Labelled


class RequestedHelp(Labelled):
    """A wish; it binds nobody, and it can be changed at any time."""

    # fmt: off
    LISTEN         = "RQ-LIS", "話を聞いてほしい",         "Listen to me"
    ADVICE         = "RQ-ADV", "助言がほしい",             "Advice"
    MAKE_IT_STOP   = "RQ-STP", "相手をやめさせたい",       "Make it stop"
    CHANGE_OF_DUTY = "RQ-MOV", "担当・シフトの配慮",       "Change of duty or shift"
    CARE           = "RQ-CAR", "心身のケア",               "Care"
    PREVENTION     = "RQ-FIX", "再発防止・ルール整備",     "Prevention, rules"
    CHECK_FACTS    = "RQ-CNF", "事実・状況の確認",         "Check facts or status"
    EXPLANATION    = "RQ-APO", "会社からの説明・謝罪",     "Explanation or apology"
    NO_RETALIATION = "RQ-NRT", "不利益取扱いの防止・是正", "Stop or undo retaliation"
    OUTSIDE_HELP   = "RQ-INF", "外部の相談先を知りたい",   "Outside help"
    RECORD_ONLY    = "RQ-REC", "記録だけ残したい",         "Record only"
    UNDECIDED      = "RQ-ANY", "まだ決めていない",         "Undecided"
    # fmt: on


# Of whoever has such a wish the board says so at once, before anybody has read what she wrote (domain, 4.2).
SHORTCUTS = frozenset({RequestedHelp.NO_RETALIATION})
