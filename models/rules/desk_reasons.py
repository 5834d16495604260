"""Why the desk does what needs a reason: codes, since a reason in somebody's words has no place in the record."""

from models.rules.labelled import Labelled


class ReadingReason(Labelled):
    """Why somebody who does not have the case reads it, or why the identity is opened (domain 6.7)."""

    # fmt: off
    SAFETY       = "safety",       "命や体の安全のため",             "For somebody's safety"
    CONTACT      = "contact",      "相談者に連絡するため",           "To contact the consulter"
    COPY         = "copy",         "転送版を確かめるため",           "To check the forwarded copy"
    SUPERVISION  = "supervision",  "相談員への助言・確認のため",     "To advise or check a counselor"
    SECOND       = "second",       "二人目として確認するため",       "To confirm as the second person"
    HANDOVER     = "handover",     "担当を引き継ぐため",             "To take the case over"
    COMPLAINT    = "complaint",    "苦情・不服への対応のため",       "To answer a complaint"
    ESCALATION   = "escalation",   "会社への要請を判断するため",     "To decide about a request to the company"
    # fmt: on


class RerouteReason(Labelled):
    """Why a matter goes to somebody else of the company (domain 6.1)."""

    # fmt: off
    CONFLICT = "conflict", "宛先の方に利害関係がある", "A conflict of interest"
    VACANCY  = "vacancy",  "宛先の方が不在・欠員",     "Nobody is there"
    RESIGNED = "resigned", "宛先の方が退任した",       "The addressee resigned"
    WRONG    = "wrong",    "宛先の誤り",               "The wrong addressee"
    # fmt: on


class RecallReason(Labelled):
    """Why a copy is taken back."""

    # fmt: off
    WRONG_COMPANY = "wrong_company", "会社の選び間違い",         "The wrong company"
    WRONG_CONTENT = "wrong_content", "転送版の内容の誤り",       "A mistake in the copy"
    CONFLICT      = "conflict",      "宛先の方に利害関係がある", "A conflict of interest"
    BY_REQUEST    = "by_request",    "相談者の申し出",           "The consulter asked for it"
    # fmt: on


class ReopenReason(Labelled):
    """Why a closed case is opened again."""

    # fmt: off
    BY_REQUEST  = "by_request",  "相談者の申し出",               "The consulter asked for it"
    RETALIATION = "retaliation", "不利益な取扱いの疑い",         "Suspected retaliation"
    RECURRENCE  = "recurrence",  "同じことがまた起きた",         "It happened again"
    NEW_FACTS   = "new_facts",   "新しい事実が分かった",         "New facts"
    BY_MISTAKE  = "by_mistake",  "誤って終結した",               "It was closed by mistake"
    # fmt: on
