"""How an officer answered the worker who turned to the association (domain 6.1, RESPONDED: date of response, method)."""

from models.rules.labelled import Labelled


class ResponseMethod(Labelled):
    """By which way the company's response reached the worker; none of them needs her name."""

    # fmt: off
    MESSAGE      = "message",      "この画面の返信で伝えた",       "By the reply on this page"
    THROUGH_DESK = "through_desk", "協会の相談員を通して伝えた",   "Through the association's counselor"
    MEETING      = "meeting",      "本人と面談した(本人の希望あり)", "In a meeting the worker asked for"
    PHONE        = "phone",        "本人と電話で話した(本人の希望あり)", "By a telephone call the worker asked for"
    EVERYBODY    = "everybody",    "職場全体に周知した",           "By telling the whole workplace"
    # fmt: on
