"""A company's request for advice (企業相談): what it may become, and why it is never a consultation.

Source: domain, 1.1 (two services under one name: only a worker's consultation can feed the ladder). It has no consulter, no
severity and no clock that anybody is reminded by, it is counted by itself, and no company file knows of it.
"""

from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each


class AdviceTopic(Labelled):
    """What a company asks about; never a particular consultation."""

    # fmt: off
    CONDUCT       = "conduct",       "お客様の言動への対応",         "How to deal with a customer's conduct"
    PROTECTION    = "protection",    "従業員を守る・支える",         "Protecting and supporting workers"
    POLICY        = "policy",        "基本方針・マニュアル・研修",   "Policy, manual, training"
    CLIENT        = "client",        "委託元・取引先との話し合い",   "Talking with clients and partners"
    LAW           = "law",           "法令・指針の考え方",           "Laws and guidelines"
    CERTIFICATION = "certification", "認定・誓約のこと",             "Certification and pledges"
    OTHER         = "other",         "そのほか",                     "Something else"
    # fmt: on


class AdviceState(Labelled):
    """Whose turn it is."""

    # fmt: off
    OPEN     = "open",     "回答待ち", "Waits for an answer"
    ANSWERED = "answered", "回答済み", "Answered"
    CLOSED   = "closed",   "終了",     "Ended"
    # fmt: on


class AdviceAct(Labelled):
    """What may be done with a request; the words are those on its button."""

    # fmt: off
    WRITE  = "write",  "企業相談に書き足す", "Add to the company's question"
    ANSWER = "answer", "企業相談に回答する", "Answer the company's question"
    END    = "end",    "企業相談を終える",   "End the company's question"
    # fmt: on


_S, _A = AdviceState, AdviceAct

# fmt: off
ADVICE_LIFECYCLE: Lifecycle[AdviceState, AdviceAct] = Lifecycle(
    "company_advice", _S.OPEN, frozenset({_S.CLOSED}), (
    #   while in                    act        makes         by               event
    *each((_S.OPEN, _S.ANSWERED, _S.CLOSED),
                                    _A.WRITE,  _S.OPEN,      "advice:ask",    "advice.write",
        gives=("message_id",), clears=("closed_at",)),
    *each((_S.OPEN, _S.ANSWERED),   _A.ANSWER, _S.ANSWERED,  "advice:answer", "advice.answer", gives=("message_id",)),
    Row(_S.ANSWERED,                _A.END,    _S.CLOSED,    "advice:answer", "advice.end",    marks=("closed_at",)),
))
# fmt: on
