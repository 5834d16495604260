"""How a case ended (OC-).

Source: domain, 3.9.
"""

from models.rules.labelled import Labelled


class Outcome(Labelled):
    """An ending; none of them carries blame for the worker."""

    # fmt: off
    RESOLVED              = "OC-RSL", "解決(相談者了承)",             "Resolved, consulter agrees"
    IMPROVED              = "OC-IMP", "改善・経過観察",               "Improved, monitored"
    PARTLY_IMPROVED       = "OC-PAR", "一部改善",                     "Partly improved"
    NOT_HARASSMENT        = "OC-NCH", "カスハラ非該当(正当な申出等)", "Not harassment"
    NOT_VERIFIED          = "OC-UNV", "確認できず",                   "Could not be verified"
    ADVICE                = "OC-ADV", "助言で終了",                   "Advice only"
    NO_CONSENT            = "OC-NCS", "同意なし終了",                 "Closed without consent"
    WITHDRAWN             = "OC-WDR", "取下げ",                       "Withdrawn"
    REFERRED              = "OC-REF", "外部機関へ案内",               "Referred out"
    OUT_OF_SCOPE          = "OC-OOS", "対象外",                       "Out of scope"
    DUPLICATE             = "OC-DUP", "重複統合",                     "Duplicate merged"
    NO_ANSWER             = "OC-NRS", "会社無応答(エスカレーション)", "No answer, escalated"
    RETALIATION_CORRECTED = "OC-RET", "不利益取扱いを確認・是正",     "Retaliation found, corrected"
    CONTACT_LOST          = "OC-LST", "連絡途絶",                     "Contact lost"
    IMPROPER_USE          = "OC-ABU", "不適切利用",                   "Improper use"
    NON_MEMBER            = "OC-NMB", "会員外",                       "Non-member"
    # fmt: on


# Advice alone, out of scope and duplicates are kept for a shorter time (domain, 6.7).
KEPT_SHORTER = frozenset({Outcome.ADVICE, Outcome.OUT_OF_SCOPE, Outcome.DUPLICATE, Outcome.NON_MEMBER})
