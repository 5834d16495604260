"""What the company says it did (AC-), and which answers the desk looks at twice.

Source: domain, 3.9.
"""

from collections.abc import Collection

from models.rules.labelled import Labelled
from models.rules.taxonomy.requested_help import RequestedHelp


class CompanyAction(Labelled):
    """A measure named in the officer's action log or report."""

    # fmt: off
    HEARD_WORKER          = "AC-HEA", "本人の聞き取り",         "Heard the worker"
    CHECKED_RECORDINGS    = "AC-LOG", "録音・ログ確認",         "Checked recordings"
    REPLACED              = "AC-SUB", "担当者交代・上席対応",   "Replaced or escalated"
    TWO_PERSON            = "AC-TWO", "複数名対応",             "Two-person handling"
    ENDED_CONTACT         = "AC-END", "対応終了(切電)",         "Ended contact"
    WARNING               = "AC-WRN", "警告(口頭/書面)",        "Warning"
    BLOCKED               = "AC-BLK", "着信拒否・利用停止",     "Block, service refusal"
    POLICE                = "AC-POL", "警察相談・通報",         "Police"
    LAWYER                = "AC-LAW", "弁護士対応",             "Lawyer"
    CLIENT_TALKS          = "AC-CLI", "委託元との協議",         "Talks with client"
    CARE                  = "AC-CAR", "産業医・カウンセリング", "Medical or counseling"
    LIGHTER_DUTY          = "AC-LEV", "休養・勤務軽減",         "Rest, lighter duty"
    MOVED_WORKER          = "AC-MOV", "担当・配置の配慮",       "Reassignment (wanted)"
    RULE_CHANGE           = "AC-RUL", "ルール・権限の見直し",   "Rule change"
    TRAINING              = "AC-TRN", "研修",                   "Training"
    TECHNOLOGY            = "AC-TEC", "技術対策(録音通知等)",   "Technology"
    EXPLAINED_TO_WORKER   = "AC-EXP", "本人への説明",           "Explained to worker"
    NO_RETALIATION_NOTICE = "AC-NRT", "不利益取扱い禁止の周知", "No-retaliation notice"
    NONE                  = "AC-NON", "対応せず(理由必須)",     "None (reason required)"
    # fmt: on


# "Nothing was done" is an answer only together with its reason.
NEEDS_REASON = frozenset({CompanyAction.NONE})


def needs_a_second_look(actions: Collection[CompanyAction], *, requested: Collection[RequestedHelp]) -> bool:
    """Whether a report is flagged: nothing was done, or the worker was moved without having asked for it."""
    nothing_done = set(actions) == {CompanyAction.NONE}
    moved_the_victim = CompanyAction.MOVED_WORKER in actions and RequestedHelp.CHANGE_OF_DUTY not in requested
    return nothing_done or moved_the_victim
