"""What a company file may become, and who may make it so (domain section 6.4)."""

from models.rules.escalation_ladder import REQUESTS, Step
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each


class FileState(Labelled):
    """Where a company file is."""

    # fmt: off
    CALM        = "calm",        "平常",         "Calm"
    REQUESTING  = "requesting",  "協力依頼中",   "Cooperation requested"
    IMPROVEMENT = "improvement", "改善要求中",   "Improvement required"
    PROPOSED    = "proposed",    "付議",         "Before the board"
    HEARING     = "hearing",     "弁明手続",     "Hearing the company"
    DECIDED     = "decided",     "決議済",       "Decided"
    EFFECTIVE   = "effective",   "効力発生",     "In effect"
    COMPLIED    = "complied",    "遵守(終了)",   "Complied (ended)"
    FROZEN      = "frozen",      "凍結",         "Frozen"
    # fmt: on


class FileAct(Labelled):
    """What may be done with a company file; the words are those on its button."""

    # fmt: off
    ISSUE_REQUEST        = "issue_request",        "協力を依頼する(E1・E2)",   "Request cooperation (E1, E2)"
    REQUIRE_IMPROVEMENT  = "require_improvement",  "改善を要求する(E3・E4)",   "Require improvement (E3, E4)"
    RECORD_COMPLIANCE    = "record_compliance",    "遵守を記録する",           "Record compliance"
    PROPOSE_TO_BOARD     = "propose_to_board",     "理事会に付議する",         "Propose to the board"
    SERVE_HEARING_NOTICE = "serve_hearing_notice", "弁明の機会を通知する",     "Serve the notice to explain"
    RECORD_EXPLANATION   = "record_explanation",   "弁明を提出する",           "Give the explanation"
    RECORD_SILENCE       = "record_silence",       "弁明がなかったことを記録する", "Record that no explanation came"
    DECIDE               = "decide",               "決議を記録する",           "Record the resolution"
    OBJECT               = "object",               "不服を申し立てる",         "Object"
    RE_EXAMINE           = "re_examine",           "再審査に付す",             "Re-examine"
    TAKE_EFFECT          = "take_effect",          "効力を発生させる",         "Take effect"
    END_WITHOUT_EFFECT   = "end_without_effect",   "平常に戻す",               "Return to calm"
    RESCIND              = "rescind",              "取消決議を撤回する",       "Rescind the revocation"
    FREEZE               = "freeze",               "凍結する",                 "Freeze"
    THAW                 = "thaw",                 "凍結を解く",               "Take up again"
    INHERIT              = "inherit",              "合併した会社の段階を引き継ぐ", "Take over the ladder of a company that was absorbed"
    # fmt: on


_F, _D = FileState, FileAct

# fmt: off
FILE_LIFECYCLE: Lifecycle[FileState, FileAct] = Lifecycle(
    "company_file", _F.CALM, frozenset({_F.EFFECTIVE, _F.COMPLIED, _F.FROZEN}), (
    #   while in        act                       makes            by                     event
    *each((_F.CALM, _F.REQUESTING, _F.COMPLIED),
                        _D.ISSUE_REQUEST,         _F.REQUESTING,   "escalation:issue_e1", "file.request_issued",
        gives=("request_id",), clears=("complied_at", "closed_at")),
    *each((_F.CALM, _F.REQUESTING, _F.IMPROVEMENT, _F.COMPLIED, _F.DECIDED),
                        _D.REQUIRE_IMPROVEMENT,   _F.IMPROVEMENT,  "escalation:issue_e3", "file.improvement_required",
        gives=("request_id",), clears=("complied_at", "closed_at")),
    *each((_F.REQUESTING, _F.IMPROVEMENT),
                        _D.RECORD_COMPLIANCE,     _F.COMPLIED,     "escalation:conclude", "file.complied",
        gives=("request_id",), marks=("complied_at", "closed_at")),
    # Before the board compliance is late: the item shows it, and the board still decides (scenario 7.30).
    *each((_F.PROPOSED, _F.HEARING),
                        _D.RECORD_COMPLIANCE,     None,            "escalation:conclude", "file.complied",
        gives=("request_id",), marks=("complied_at",)),

    *each((_F.REQUESTING, _F.IMPROVEMENT),
                        _D.PROPOSE_TO_BOARD,      _F.PROPOSED,     "escalation:propose",  "file.proposed",
        gives=("board_item_id",)),
    Row(_F.PROPOSED,    _D.SERVE_HEARING_NOTICE,  _F.HEARING,      "escalation:serve",    "file.hearing_notice_served",
        gives=("board_item_id", "number")),
    Row(_F.HEARING,     _D.RECORD_EXPLANATION,    _F.HEARING,      "escalation:answer",   "file.explanation_given",
        gives=("explanation_id",)),
    Row(_F.HEARING,     _D.RECORD_SILENCE,        _F.HEARING,      "system:clock",        "file.silence_recorded",
        gives=("board_item_id",)),
    Row(_F.HEARING,     _D.DECIDE,                _F.DECIDED,      "resolution:record",   "file.decided",
        gives=("resolution_id", "option")),
    # A revocation that the board put into effect at once can be objected to as well.
    *each((_F.DECIDED, _F.EFFECTIVE),
                        _D.OBJECT,                None,            "escalation:answer",   "file.objection_raised",
        gives=("resolution_id",)),
    Row(_F.DECIDED,     _D.RE_EXAMINE,            _F.HEARING,      "resolution:record",   "file.re_examined",
        gives=("board_item_id",)),
    Row(_F.DECIDED,     _D.TAKE_EFFECT,           _F.EFFECTIVE,    "system:clock",        "file.took_effect",
        gives=("resolution_id",), marks=("closed_at",)),
    Row(_F.DECIDED,     _D.END_WITHOUT_EFFECT,    _F.CALM,         "resolution:record",   "file.ended_without_effect",
        gives=("resolution_id",)),
    Row(_F.EFFECTIVE,   _D.RESCIND,               _F.CALM,         "resolution:record",   "file.rescinded",
        gives=("resolution_id",), clears=("closed_at",)),

    *each((_F.REQUESTING, _F.IMPROVEMENT, _F.PROPOSED, _F.HEARING, _F.DECIDED),
                        _D.FREEZE,                _F.FROZEN,       "certification:end",  "file.frozen",
        gives=("reason_code",), marks=("closed_at",)),
    Row(_F.FROZEN,      _D.THAW,                  _F.REQUESTING,   "escalation:propose",  "file.thawed",
        gives=("reason_code",), clears=("closed_at",)),
    # The ladder of an absorbed company goes on with its successor; what is before the board there stays as it is.
    *each((_F.CALM, _F.COMPLIED),
                        _D.INHERIT,               _F.REQUESTING,   "system:clock",       "file.inherited",
        gives=("succession_id",), clears=("complied_at", "closed_at")),
    *each((_F.REQUESTING, _F.IMPROVEMENT, _F.PROPOSED, _F.HEARING, _F.DECIDED, _F.FROZEN),
                        _D.INHERIT,               None,            "system:clock",       "file.inherited",
        gives=("succession_id",)),
))
# fmt: on


def file_act_for(step: Step) -> FileAct:
    """What issuing a formal request does to the file: E1 and E2 ask for cooperation, E3 and E4 require improvement."""
    if step not in REQUESTS:
        raise ValueError(f"{step.code} is not a formal request")
    return _D.ISSUE_REQUEST if step in (Step.E1, Step.E2) else _D.REQUIRE_IMPROVEMENT


def follows_silence(state: FileState, *, is_open: bool) -> bool:
    """Whether a company's silence is still followed in its file, or was followed to its end: then a case may rest on it."""
    return is_open or state is FileState.EFFECTIVE
