"""What a formal request (E1 to E4) may become, and who may make it so (domain section 6.4)."""

from dataclasses import replace

from models.rules.escalation_ladder import REQUESTS, STEP_RULES, Step
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each


class RequestState(Labelled):
    """Where a formal request (E1 to E4) is."""

    # fmt: off
    DRAFTED = "drafted", "起案中",         "Drafted"
    ISSUED  = "issued",  "発出済",         "Issued"
    SERVED  = "served",  "送達済・回答待ち", "Served, awaiting an answer"
    MET     = "met",     "履行",           "Met"
    UNMET   = "unmet",   "不履行",         "Unmet"
    VOID    = "void",    "取りやめ",       "Void"
    WAIVED  = "waived",  "免除により終了", "Ended by an exemption"
    # fmt: on


class RequestAct(Labelled):
    """What may be done with a formal request; the words are those on its button."""

    # fmt: off
    DRAFT       = "draft",       "文面を直す",               "Revise the draft"
    ISSUE       = "issue",       "発出する",                 "Issue"
    SERVE       = "serve",       "送達を記録する",           "Record the service"
    ANSWER      = "answer",      "回答する",                 "Answer"
    MEET        = "meet",        "履行を認める",             "Accept as met"
    MARK_UNMET  = "mark_unmet",  "不履行とする",             "Mark as unmet"
    COMPLY_LATE = "comply_late", "期限後の履行を記録する",   "Record late compliance"
    FULFIL      = "fulfil",      "求めたことを果たす",       "Do what was asked"
    FULFIL_LATE = "fulfil_late", "求めたことを遅れて果たす", "Do what was asked, late"
    ANNUL       = "annul",       "取りやめる",               "Annul"
    WAIVE       = "waive",       "免除により終える",         "End by an exemption"
    # fmt: on


class AnnulReason(Labelled):
    """Why a request no longer counts; nobody takes one out of the count without saying so."""

    # fmt: off
    WRONG_FACTS     = "wrong_facts",     "事実に誤りがあった",             "The facts were wrong"
    WRONG_ADDRESSEE = "wrong_addressee", "宛先に誤りがあった",             "It went to the wrong addressee"
    MATTER_ENDED    = "matter_ended",    "もとの相談が取り下げられた",     "The consultation was withdrawn"
    FULFILLED       = "fulfilled",       "届く前に求めたことが果たされた", "It was done before this arrived"
    # fmt: on


_R, _A = RequestState, RequestAct

# Issuing asks for the permission of the step. The table names the strictest, that of E4, so that whoever forgets to ask
# request_lifecycle(step) refuses too many people and not too few. Annulling takes two persons, whatever the step
# (models/rules/joint_acts.py): nobody takes a request out of the count alone.
# fmt: off
REQUEST_LIFECYCLE: Lifecycle[RequestState, RequestAct] = Lifecycle(
    "request", _R.DRAFTED, frozenset({_R.MET, _R.UNMET, _R.VOID, _R.WAIVED}), (
    #   while in     act              makes       by                     event
    Row(_R.DRAFTED,  _A.DRAFT,        _R.DRAFTED, "escalation:draft",    "request.drafted",
        gives=("request_id", "step")),
    Row(_R.DRAFTED,  _A.ISSUE,        _R.ISSUED,  "escalation:issue_e4", "request.issued",
        gives=("request_id", "step", "number", "letter_digest"), marks=("issued_at",)),
    Row(_R.ISSUED,   _A.SERVE,        _R.SERVED,  "escalation:serve",    "request.served",
        gives=("request_id", "service"), marks=("served_at",)),
    *each((_R.SERVED, _R.UNMET),
                     _A.ANSWER,       None,       "escalation:answer",   "request.answered",
        gives=("request_id", "answer_id")),
    # Facts that the system itself sees, such as a report that arrived, need nobody's judgement.
    Row(_R.SERVED,   _A.FULFIL,       _R.MET,     "system:clock",        "request.fulfilled",
        gives=("request_id",), marks=("met_at",)),
    Row(_R.UNMET,    _A.FULFIL_LATE,  _R.UNMET,   "system:clock",        "request.fulfilled_late",
        gives=("request_id",)),
    # Of what it was let off before its day a company does nothing, neither in time nor late.
    Row(_R.SERVED,   _A.WAIVE,        _R.WAIVED,  "system:clock",        "request.waived",
        gives=("request_id",)),
    Row(_R.SERVED,   _A.MEET,         _R.MET,     "escalation:conclude", "request.met",
        gives=("request_id",), marks=("met_at",)),
    Row(_R.SERVED,   _A.MARK_UNMET,   _R.UNMET,   "system:clock",        "request.unmet",
        gives=("request_id", "step"), marks=("unmet_at",)),
    Row(_R.UNMET,    _A.COMPLY_LATE,  _R.UNMET,   "escalation:conclude", "request.met_late",
        gives=("request_id",)),
    *each((_R.DRAFTED, _R.ISSUED, _R.SERVED, _R.UNMET),
                     _A.ANNUL,        _R.VOID,    "escalation:conclude", "request.annulled",
        gives=("request_id", "reason_code", "joint_id"), marks=("void_at",), clears=("unmet_at",)),
))
# fmt: on


def permission_to_issue(step: Step) -> str:
    """The permission that issuing a formal request of this step asks for; E1 to E4 only."""
    if step not in REQUESTS:
        raise ValueError(f"{step.code} is not a formal request")
    return STEP_RULES[step].issued_by


def request_lifecycle(step: Step) -> Lifecycle[RequestState, RequestAct]:
    """The lifecycle of a request of this step, with the permission that its issuing asks for."""
    by = permission_to_issue(step)
    rows = tuple(replace(row, by=by) if row.act is _A.ISSUE else row for row in REQUEST_LIFECYCLE)
    return replace(REQUEST_LIFECYCLE, rows=rows)
