"""What a case may become, and who may make it so (domain section 6.1)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from models.rules.deadlines import ClockKind, DeadlinePolicy, due
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import Calendar


class CaseState(Labelled):
    """Where a case is. What may be true beside it (crisis, legal hold, incident group …) is a flag and not a state."""

    # fmt: off
    RECEIVED      = "received",      "受付",             "Received"
    TRIAGE        = "triage",        "受付審査",         "Triage"
    NEED_INFO     = "need_info",     "追加確認中",       "More information asked"
    AWAIT_CONSENT = "await_consent", "同意確認中",       "Awaiting consent"
    READY         = "ready",         "転送準備完了",     "Ready to forward"
    ROUTED        = "routed",        "責任者へ転送",     "Forwarded to the officer"
    REROUTE       = "reroute",       "宛先変更",         "Changing the addressee"
    RECALLED      = "recalled",      "転送取消",         "Recalled"
    ACKED         = "acked",         "受領確認",         "Acknowledged"
    IN_ACTION     = "in_action",     "対応中",           "In action"
    RESPONDED     = "responded",     "対応済・報告未了", "Responded, report outstanding"
    REPORTED      = "reported",      "報告受領",         "Report received"
    REVIEW        = "review",        "事務局確認",       "Secretariat review"
    FEEDBACK      = "feedback",      "結果案内",         "Telling the result"
    MONITOR       = "monitor",       "経過観察",         "Monitoring"
    ADVICE        = "advice",        "助言のみ",         "Advice only"
    CLOSED        = "closed",        "終結",             "Closed"
    WITHDRAWN     = "withdrawn",     "取下げ",           "Withdrawn"
    # fmt: on


class CaseAct(Labelled):
    """What may be done with a case; the words are those on its button."""

    # fmt: off
    OPEN_TRIAGE             = "open_triage",             "受付審査を始める",           "Start triage"
    RECORD_TRIAGE           = "record_triage",           "審査の内容を記録する",       "Record the triage"
    ASK_INFORMATION         = "ask_information",         "相談者に追加で尋ねる",       "Ask the consulter for more"
    ANSWER_INFORMATION      = "answer_information",      "質問に答える",               "Answer the question"
    RESUME_TRIAGE           = "resume_triage",           "回答を待たずに審査へ戻す",   "Resume without an answer"
    GO_ON_UNANSWERED        = "go_on_unanswered",        "回答がないまま先へ進む",     "Go on without an answer"
    ASK_CONSENT             = "ask_consent",             "転送版への同意を求める",     "Ask for consent to the copy"
    REVISE_COPY             = "revise_copy",             "転送版を直して示す",         "Put a new version of the copy"
    APPROVE_COPY            = "approve_copy",            "この内容で伝えてよい",       "Approve this copy"
    APPROVE_GROUP_COPY      = "approve_group_copy",      "まとめの転送版を二人目として承認する", "Approve the grouped copy as the second person"
    REVISE_GROUP_COPY       = "revise_group_copy",       "まとめの転送版を作り直す",   "Rewrite the grouped copy"
    DECLINE_COPY            = "decline_copy",            "会社には伝えない",           "Do not tell the company"
    CLOSE_WITHOUT_CONSENT   = "close_without_consent",   "同意なしで終結する",         "Close without consent"
    ADVISE                  = "advise",                  "助言で対応する",             "Advise only"
    PUT_OUT_OF_SCOPE        = "put_out_of_scope",        "対象外として終結する",       "Close as out of scope"
    REOPEN_COPY             = "reopen_copy",             "転送版を開き直す",           "Reopen the copy"
    ROUTE                   = "route",                   "責任者へ転送する",           "Forward to the officer"
    DELIVER                 = "deliver",                 "待ち時間のあとに届ける",     "Deliver after the hold"
    REROUTE                 = "reroute",                 "宛先を変更する",             "Change the addressee"
    ROUTE_AGAIN             = "route_again",             "新しい宛先へ転送する",       "Forward to the new addressee"
    RECALL                  = "recall",                  "転送を取り消す",             "Recall the copy"
    CONFIRM_RECALL          = "confirm_recall",          "二人目として取消しを確認する", "Confirm the recall as the second person"
    RETURN_TO_READY         = "return_to_ready",         "転送準備に戻す",             "Return to ready"
    RETURN_TO_TRIAGE        = "return_to_triage",        "受付審査に戻す",             "Return to triage"
    ACKNOWLEDGE             = "acknowledge",             "受領を確認する",             "Acknowledge receipt"
    LOG_ACTION              = "log_action",              "対応を記録する",             "Log an action"
    RECORD_RESPONSE         = "record_response",         "本人への対応を記録する",     "Record the response given"
    SUBMIT_REPORT           = "submit_report",           "報告書を提出する",           "Submit the report"
    BEGIN_REVIEW            = "begin_review",            "報告の確認を始める",         "Begin the review"
    RETURN_REPORT           = "return_report",           "報告を差し戻す",             "Return the report"
    ACCEPT_REPORT           = "accept_report",           "報告を受理する",             "Accept the report"
    CONCLUDE_WITHOUT_ANSWER = "conclude_without_answer", "会社の回答なしで結論とする", "Conclude without an answer"
    GIVE_FEEDBACK           = "give_feedback",           "結果を相談者に伝える",       "Tell the consulter the result"
    SAY_NOT_SATISFIED       = "say_not_satisfied",       "納得できないと伝える",       "Say I am not satisfied"
    ACCEPT_RESULT           = "accept_result",           "結果を了承して終える",       "Accept the result and close"
    MONITOR                 = "monitor",                 "経過観察にする",             "Monitor"
    OFFER_COPY              = "offer_copy",              "あらためて転送版を示す",     "Offer a copy after all"
    WITHDRAW_CONSENT        = "withdraw_consent",        "会社への提供の同意を取り消す", "Withdraw consent"
    KEY_CONSENT_BACK          = "key_consent_back",          "電話で聞いた同意の取消しを入力する", "Key a withdrawal of consent that was said by telephone"
    WITHDRAW                = "withdraw",                "相談を取り下げる",           "Withdraw the consultation"
    WITHDRAW_ON_REQUEST     = "withdraw_on_request",     "申し出により取り下げる",     "Withdraw on the consulter's request"
    CONFIRM_WITHDRAWAL      = "confirm_withdrawal",      "二人目として取下げを確認する", "Confirm the withdrawal as the second person"
    CLOSE                   = "close",                   "終結する",                   "Close the case"
    CONFIRM_CLOSE           = "confirm_close",           "二人目として終結を確認する", "Confirm the closure as the second person"
    MERGE                   = "merge",                   "もう一つの相談とまとめる",   "Merge with the other consultation"
    REOPEN                  = "reopen",                  "再開する",                   "Reopen the case"
    # fmt: on


S, A = CaseState, CaseAct

# From the first forwarding until the report is accepted, the matter lies with the company.
WITH_THE_COMPANY = (S.ROUTED, S.REROUTE, S.ACKED, S.IN_ACTION, S.RESPONDED, S.REPORTED, S.REVIEW)
# Consent may be taken back wherever something was, or is about to be, put before a company.
CONSENT_MAY_BE_WITHDRAWN = (S.AWAIT_CONSENT, S.READY, S.RECALLED, *WITH_THE_COMPANY)
WITHOUT_AN_ANSWER = (S.ROUTED, S.ACKED, S.IN_ACTION, S.RESPONDED)
# The desk closes from here; what is grave is asked for by one and confirmed by another.
CLOSED_BY_THE_DESK_FROM = (S.TRIAGE, S.AWAIT_CONSENT, S.RECALLED, S.FEEDBACK, S.MONITOR, S.ADVICE, S.WITHDRAWN)
OVER = (S.CLOSED, S.WITHDRAWN)
OPEN_STATES = tuple(state for state in S if state not in OVER)

# Facts named severity and outcome go into an event as facet tokens, like every facet, and never as their labels.
# fmt: off
CASE_LIFECYCLE: Lifecycle[CaseState, CaseAct] = Lifecycle("case", S.RECEIVED, frozenset({S.CLOSED}), (
    #   while in          act                        makes            by                      event
    Row(S.RECEIVED,       A.OPEN_TRIAGE,             S.TRIAGE,        "case:triage",          "case.triage_opened"),
    Row(S.TRIAGE,         A.RECORD_TRIAGE,           S.TRIAGE,        "case:triage",          "case.triage_recorded",
        gives=("severity",)),
    Row(S.TRIAGE,         A.ASK_INFORMATION,         S.NEED_INFO,     "case:message",         "case.information_asked",
        gives=("message_id",)),
    Row(S.NEED_INFO,      A.ANSWER_INFORMATION,      S.TRIAGE,        "mailbox:write",        "case.information_answered",
        gives=("message_id",)),
    Row(S.NEED_INFO,      A.RESUME_TRIAGE,           S.TRIAGE,        "case:triage",          "case.triage_resumed"),
    Row(S.NEED_INFO,      A.GO_ON_UNANSWERED,        S.TRIAGE,        "system:clock",         "case.went_on_unanswered",
        gives=("clock",)),
    *each((S.AWAIT_CONSENT, S.FEEDBACK),
                          A.GO_ON_UNANSWERED,        None,            "system:clock",         "case.went_on_unanswered",
        gives=("clock",)),
    # The desk may turn to advice while she thinks a copy over, too: what lies before her is then told to nobody.
    *each((S.TRIAGE, S.AWAIT_CONSENT),
                          A.ADVISE,                  S.ADVICE,        "case:advise",          "case.advised",
        gives=("message_id",), needs=("severity",)),
    Row(S.TRIAGE,         A.PUT_OUT_OF_SCOPE,        S.CLOSED,        "case:close",           "case.put_out_of_scope",
        gives=("outcome",), marks=("closed_at",)),

    Row(S.TRIAGE,         A.ASK_CONSENT,             S.AWAIT_CONSENT, "case:prepare_copy",    "case.consent_asked",
        gives=("copy_id",), needs=("severity",)),
    Row(S.ADVICE,         A.OFFER_COPY,              S.AWAIT_CONSENT, "case:prepare_copy",    "case.copy_offered",
        gives=("copy_id",), needs=("severity",)),
    Row(S.AWAIT_CONSENT,  A.REVISE_COPY,             S.AWAIT_CONSENT, "case:prepare_copy",    "case.copy_revised",
        gives=("copy_id",)),
    Row(S.AWAIT_CONSENT,  A.APPROVE_COPY,            S.READY,         "mailbox:consent",      "case.copy_approved",
        gives=("copy_id", "consent_id"), marks=("approved_at",)),
    Row(S.AWAIT_CONSENT,  A.DECLINE_COPY,            S.ADVICE,        "mailbox:consent",      "case.copy_declined",
        gives=("copy_id",)),
    Row(S.AWAIT_CONSENT,  A.CLOSE_WITHOUT_CONSENT,   S.CLOSED,        "case:close",           "case.closed_without_consent",
        gives=("outcome",), marks=("closed_at",)),
    Row(S.READY,          A.REOPEN_COPY,             S.AWAIT_CONSENT, "case:prepare_copy",    "case.copy_reopened",
        gives=("copy_id",), clears=("approved_at",)),

    # Of a mass incident: one copy of numbers, which no single consulter can approve for all of them.
    Row(S.TRIAGE,         A.APPROVE_GROUP_COPY,      S.READY,         "case:approve_copy",    "case.group_copy_approved",
        gives=("copy_id",), needs=("severity",), marks=("approved_at",)),
    Row(S.READY,          A.REVISE_GROUP_COPY,       S.TRIAGE,        "case:prepare_copy",    "case.group_copy_revised",
        gives=("copy_id",), clears=("approved_at",)),

    Row(S.READY,          A.ROUTE,                   S.ROUTED,        "case:route",           "case.routed",
        gives=("exchange_id",), needs=("approved_at",), marks=("routed_at",)),
    Row(S.READY,          A.DELIVER,                 S.ROUTED,        "system:clock",         "case.delivered",
        gives=("exchange_id",), needs=("approved_at",), marks=("routed_at",)),
    Row(S.ROUTED,         A.REROUTE,                 S.REROUTE,       "case:route",           "case.reroute_begun",
        gives=("reason_code",)),
    Row(S.REROUTE,        A.ROUTE_AGAIN,             S.ROUTED,        "case:route",           "case.routed_again",
        gives=("exchange_id",)),
    Row(S.ROUTED,         A.RECALL,                  S.ROUTED,        "case:recall",          "case.recall_asked",
        gives=("recall_id", "reason_code")),
    Row(S.ROUTED,         A.CONFIRM_RECALL,          S.RECALLED,      "case:second_recall",   "case.recalled",
        gives=("recall_id", "reason_code")),
    Row(S.RECALLED,       A.RETURN_TO_READY,         S.READY,         "case:recall",          "case.returned_to_ready"),
    Row(S.RECALLED,       A.RETURN_TO_TRIAGE,        S.TRIAGE,        "case:recall",          "case.returned_to_triage",
        clears=("approved_at",)),

    Row(S.ROUTED,         A.ACKNOWLEDGE,             S.ACKED,         "response:acknowledge", "case.acknowledged",
        gives=("exchange_id",), marks=("acknowledged_at",)),
    *each((S.ACKED, S.IN_ACTION),
                          A.LOG_ACTION,              S.IN_ACTION,     "response:act",         "case.action_logged",
        gives=("entry_id",)),
    Row(S.IN_ACTION,      A.RECORD_RESPONSE,         S.RESPONDED,     "response:act",         "case.response_recorded",
        gives=("entry_id",), marks=("responded_at",)),
    *each((S.IN_ACTION, S.RESPONDED),
                          A.SUBMIT_REPORT,           S.REPORTED,      "response:report",      "case.report_submitted",
        gives=("report_id",), marks=("reported_at",)),
    Row(S.REPORTED,       A.BEGIN_REVIEW,            S.REVIEW,        "report:review",        "case.review_begun",
        gives=("report_id",)),
    Row(S.REVIEW,         A.RETURN_REPORT,           S.IN_ACTION,     "report:review",        "case.report_returned",
        gives=("report_id",)),
    Row(S.REVIEW,         A.ACCEPT_REPORT,           S.FEEDBACK,      "report:review",        "case.report_accepted",
        gives=("report_id",)),
    *each(WITHOUT_AN_ANSWER,
                          A.CONCLUDE_WITHOUT_ANSWER, S.FEEDBACK,      "escalation:conclude",  "case.concluded_without_answer",
        gives=("company_file_id",)),

    Row(S.FEEDBACK,       A.GIVE_FEEDBACK,           S.FEEDBACK,      "case:message",         "case.feedback_given",
        gives=("message_id",)),
    Row(S.FEEDBACK,       A.SAY_NOT_SATISFIED,       S.REVIEW,        "mailbox:write",        "case.not_satisfied",
        gives=("message_id",)),
    Row(S.FEEDBACK,       A.ACCEPT_RESULT,           S.CLOSED,        "mailbox:close",        "case.result_accepted",
        gives=("outcome",), marks=("closed_at",)),
    Row(S.FEEDBACK,       A.MONITOR,                 S.MONITOR,       "case:close",           "case.monitoring_begun"),

    *each(CONSENT_MAY_BE_WITHDRAWN,
                          A.WITHDRAW_CONSENT,        S.ADVICE,        "mailbox:consent",      "case.consent_withdrawn",
        gives=("consent_id",), clears=("approved_at",)),
    *each(CONSENT_MAY_BE_WITHDRAWN,
                          A.KEY_CONSENT_BACK,          S.ADVICE,        "case:key_consent",     "case.consent_taken_back_keyed",
        gives=("consent_id",), clears=("approved_at",)),
    *each(OPEN_STATES,    A.WITHDRAW,                S.WITHDRAWN,     "mailbox:withdraw",     "case.withdrawn",
        marks=("withdrawn_at",)),
    *each(OPEN_STATES,    A.WITHDRAW_ON_REQUEST,     S.WITHDRAWN,     "case:close",           "case.withdrawn_on_request",
        gives=("message_id", "asked_by", "known_by"), marks=("withdrawn_at",)),
    # A grave case does not end by one person's word that she asked for it (6.1, 6.7): two hear of it, as of any end.
    *each(OPEN_STATES,    A.CONFIRM_WITHDRAWAL,      S.WITHDRAWN,     "case:second_close",    "case.withdrawal_confirmed",
        gives=("message_id", "asked_by", "known_by"), marks=("withdrawn_at",)),
    *each((S.FEEDBACK, S.MONITOR, S.ADVICE, S.RECALLED, S.WITHDRAWN),
                          A.CLOSE,                   S.CLOSED,        "case:close",           "case.closed",
        gives=("outcome",), marks=("closed_at",)),
    *each(CLOSED_BY_THE_DESK_FROM,
                          A.CONFIRM_CLOSE,           S.CLOSED,        "case:second_close",    "case.close_confirmed",
        gives=("outcome",), marks=("closed_at",)),
    *each((S.TRIAGE, S.NEED_INFO, S.ADVICE),
                          A.MERGE,                   S.CLOSED,        "mailbox:consent",      "case.merged_into",
        gives=("outcome",), marks=("closed_at",)),
    *each((S.CLOSED, S.MONITOR),
                          A.REOPEN,                  S.TRIAGE,        "case:reopen",          "case.reopened",
        gives=("reason_code",), clears=("closed_at", "outcome", "withdrawn_at", "approved_at")),
), overtakes=("closing_asked_by_id", "closing_outcome"))

# What a case must hold in a state, whatever way it came there; the database says the same as CHECK constraints.
_FACTS: Mapping[CaseState, tuple[str, ...]] = MappingProxyType({
    S.RECEIVED:      (),
    S.TRIAGE:        (),
    S.NEED_INFO:     (),
    S.AWAIT_CONSENT: ("severity",),
    S.READY:         ("severity", "approved_at"),
    S.ROUTED:        ("severity", "approved_at", "routed_at"),
    S.REROUTE:       ("severity", "approved_at", "routed_at"),
    S.RECALLED:      ("severity", "approved_at", "routed_at"),
    S.ACKED:         ("severity", "routed_at", "acknowledged_at"),
    S.IN_ACTION:     ("severity", "routed_at"),
    S.RESPONDED:     ("severity", "routed_at", "responded_at"),
    S.REPORTED:      ("severity", "routed_at", "reported_at"),
    S.REVIEW:        ("severity", "routed_at"),
    S.FEEDBACK:      ("severity", "routed_at"),
    S.MONITOR:       ("severity", "routed_at"),
    S.ADVICE:        ("severity",),
    S.CLOSED:        ("closed_at", "outcome"),
    S.WITHDRAWN:     ("withdrawn_at",),
})
# fmt: on

FACTS_FROM_THE_BEGINNING = frozenset({"received_at"})
FACTS_ONLY_WHEN_CLOSED = frozenset({"closed_at", "outcome"})


def facts_of(state: CaseState) -> frozenset[str]:
    """What a case in this state must hold. Those of CLOSED, beside the first, no other state may hold."""
    return FACTS_FROM_THE_BEGINNING | frozenset(_FACTS[state])


# One person closes these (6.1, 6.7). "Improper use" is rare, and two look at it whatever the severity (4.2).
CLOSED_BY_ONE = frozenset({Severity.LOW, Severity.MODERATE})
CLOSED_BY_TWO = frozenset({Outcome.IMPROPER_USE})


def closing_needs_second_person(severity: Severity | None, outcome: Outcome | None = None) -> bool:
    """Whether a second person must agree to closing: S3, S4, a severity that nobody recorded, and "improper use".

    The severity is the gravest that was ever recorded: to weigh a case anew is one person's act.
    """
    return severity not in CLOSED_BY_ONE or outcome in CLOSED_BY_TWO


def may_reopen(*, closed_at: datetime, now: datetime, calendar: Calendar, policy: DeadlinePolicy) -> Decision:
    """A closed case may be reopened within 12 months (6.1); the term stands in the dated policy."""
    until = due(ClockKind.REOPEN, from_=closed_at, calendar=calendar, policy=policy)
    return ALLOWED if now <= until.due_at else refused("reopening_term_over")
