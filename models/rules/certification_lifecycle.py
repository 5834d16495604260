"""What a certification may become, who may make it so, and what the public sees of it (domain section 6.5).

What becomes of it when companies merge, split or change their names: ``succession``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each
from models.rules.working_days import add_months


class CertificationState(Labelled):
    """Where a certification is."""

    # fmt: off
    DRAFT             = "draft",             "申請準備中",       "Draft"
    SUBMITTED         = "submitted",         "申請",             "Submitted"
    UNDER_REVIEW      = "under_review",      "審査中",           "Under review"
    RETURNED          = "returned",          "差戻し",           "Returned for correction"
    BOARD_PENDING     = "board_pending",     "理事会付議",       "Before the board"
    CERTIFIED         = "certified",         "認定",             "Certified"
    REJECTED          = "rejected",          "不承認",           "Not approved"
    RENEWAL_OPEN      = "renewal_open",      "更新受付",         "Renewal open"
    RENEWAL_REVIEW    = "renewal_review",    "更新審査",         "Renewal under review"
    EXPIRED           = "expired",           "失効(期間満了)",   "Expired"
    SUSPENDED         = "suspended",         "一時停止",         "Suspended"
    REVOCATION_PROC   = "revocation_proc",   "取消審査中",       "Revocation procedure"
    REVOKED           = "revoked",           "取消",             "Revoked"
    WITHDRAWN         = "withdrawn",         "辞退",             "Withdrawn by the company"
    LAPSED_MEMBERSHIP = "lapsed_membership", "会員資格喪失",     "Membership ended"
    TRANSFERRED       = "transferred",       "承継",             "Transferred"
    REINSTATED        = "reinstated",        "回復",             "Reinstated"
    # fmt: on


class CertificationAct(Labelled):
    """What may be done with a certification; the words are those on its button."""

    # fmt: off
    DRAFT                            = "draft",                            "申請書を書く",             "Write the application"
    SUBMIT                           = "submit",                           "申請する",                 "Submit"
    TAKE_BACK                        = "take_back",                        "申請を取り下げる",         "Take the application back"
    BEGIN_REVIEW                     = "begin_review",                     "審査を始める",             "Begin the review"
    RETURN_FOR_CORRECTION            = "return_for_correction",            "差し戻す",                 "Return for correction"
    PUT_TO_BOARD                     = "put_to_board",                     "理事会に付議する",         "Put before the board"
    ENTER                            = "enter",                            "認定を記録する",           "Enter the certification"
    CERTIFY                          = "certify",                          "認定する",                 "Certify"
    REJECT                           = "reject",                           "不承認とする",             "Do not approve"
    OPEN_RENEWAL                     = "open_renewal",                     "更新の受付を始める",       "Open the renewal"
    SUBMIT_RENEWAL                   = "submit_renewal",                   "更新を申請する",           "Apply for renewal"
    RENEW                            = "renew",                            "更新する",                 "Renew"
    EXPIRE                           = "expire",                           "失効させる",               "Expire"
    SUSPEND                          = "suspend",                          "一時停止する",             "Suspend"
    LIFT_SUSPENSION                  = "lift_suspension",                  "一時停止を解く",           "Lift the suspension"
    BEGIN_REVOCATION_PROCEDURE       = "begin_revocation_procedure",       "取消審査を始める",         "Begin the revocation procedure"
    END_PROCEDURE_WITHOUT_REVOCATION = "end_procedure_without_revocation", "取消さずに審査を終える",   "End it without revocation"
    REVOKE                           = "revoke",                           "取り消す",                 "Revoke"
    WITHDRAW                         = "withdraw",                         "辞退する",                 "Withdraw"
    LAPSE_WITH_MEMBERSHIP            = "lapse_with_membership",            "会員資格とともに失わせる", "Lapse with the membership"
    TRANSFER                         = "transfer",                         "承継させる",               "Transfer"
    REINSTATE                        = "reinstate",                        "回復する",                 "Reinstate"
    # fmt: on


S, A = CertificationState, CertificationAct

# The company holds a certification in these; whether it is on the list is a matter of dates, see is_listed.
IN_TERM = (S.CERTIFIED, S.REINSTATED, S.RENEWAL_OPEN, S.RENEWAL_REVIEW)
HELD = (*IN_TERM, S.SUSPENDED, S.REVOCATION_PROC)
ENDS = frozenset({S.REJECTED, S.EXPIRED, S.REVOKED, S.WITHDRAWN, S.LAPSED_MEMBERSHIP, S.TRANSFERRED})

# Suspension has its rows, and is offered only from the day on which the association's rules have it: see board.offered_options.
# fmt: off
CERTIFICATION_LIFECYCLE: Lifecycle[CertificationState, CertificationAct] = Lifecycle("certification", S.DRAFT, ENDS, (
    #   while in           act                                 makes                by                       event
    Row(S.DRAFT,           A.DRAFT,                            S.DRAFT,             "certification:apply",   "certification.drafted"),
    *each((S.DRAFT, S.RETURNED),
                           A.SUBMIT,                           S.SUBMITTED,         "certification:apply",   "certification.submitted",
        gives=("pledge_version",), marks=("submitted_at",)),
    *each((S.SUBMITTED, S.RETURNED),
                           A.TAKE_BACK,                        S.DRAFT,             "certification:apply",   "certification.taken_back",
        clears=("submitted_at",)),
    Row(S.SUBMITTED,       A.BEGIN_REVIEW,                     S.UNDER_REVIEW,      "certification:review",  "certification.review_begun"),
    Row(S.UNDER_REVIEW,    A.RETURN_FOR_CORRECTION,            S.RETURNED,          "certification:review",  "certification.returned"),
    Row(S.UNDER_REVIEW,    A.PUT_TO_BOARD,                     S.BOARD_PENDING,     "certification:propose", "certification.put_to_board"),
    Row(S.BOARD_PENDING,   A.CERTIFY,                          S.CERTIFIED,         "resolution:record",     "certification.certified",
        gives=("number", "valid_from", "valid_to")),
    # What the board gave outside of this system, before it began (事前認定) or on paper, is entered as it stands.
    Row(S.DRAFT,           A.ENTER,                            S.CERTIFIED,         "certification:effect",  "certification.entered",
        gives=("number", "valid_from", "valid_to")),
    Row(S.BOARD_PENDING,   A.REJECT,                           S.REJECTED,          "resolution:record",     "certification.rejected"),

    *each((S.CERTIFIED, S.REINSTATED),
                           A.OPEN_RENEWAL,                     S.RENEWAL_OPEN,      "system:clock",          "certification.renewal_opened"),
    Row(S.RENEWAL_OPEN,    A.SUBMIT_RENEWAL,                   S.RENEWAL_REVIEW,    "certification:apply",   "certification.renewal_filed",
        gives=("pledge_version", "renewal_filed_on")),
    Row(S.RENEWAL_REVIEW,  A.RETURN_FOR_CORRECTION,            S.RENEWAL_OPEN,      "certification:review",  "certification.returned"),
    Row(S.RENEWAL_REVIEW,  A.RENEW,                            S.CERTIFIED,         "resolution:record",     "certification.renewed",
        gives=("valid_from", "valid_to"), clears=("renewal_filed_on",)),
    Row(S.RENEWAL_REVIEW,  A.REJECT,                           S.REJECTED,          "resolution:record",     "certification.rejected"),
    *each(HELD,            A.EXPIRE,                           S.EXPIRED,           "system:clock",          "certification.expired",
        gives=("valid_to",)),

    *each(IN_TERM,         A.SUSPEND,                          S.SUSPENDED,         "resolution:record",     "certification.suspended",
        gives=("suspended_until",)),
    Row(S.SUSPENDED,       A.LIFT_SUSPENSION,                  S.CERTIFIED,         "resolution:record",     "certification.suspension_lifted"),
    *each((*IN_TERM, S.SUSPENDED),
                           A.BEGIN_REVOCATION_PROCEDURE,       S.REVOCATION_PROC,   "escalation:propose",    "certification.procedure_begun",
        gives=("board_item_id",)),
    Row(S.REVOCATION_PROC, A.END_PROCEDURE_WITHOUT_REVOCATION, S.CERTIFIED,         "resolution:record",     "certification.procedure_ended",
        gives=("resolution_id",)),
    # The board decided and set the day; at 00:00 of that day the clock does what it decided.
    Row(S.REVOCATION_PROC, A.REVOKE,                           S.REVOKED,           "system:clock",          "certification.revoked",
        gives=("resolution_id",), marks=("revoked_at",)),
    Row(S.REVOKED,         A.REINSTATE,                        S.REINSTATED,        "resolution:record",     "certification.reinstated",
        gives=("resolution_id",), clears=("revoked_at",)),

    *each(HELD,            A.WITHDRAW,                         S.WITHDRAWN,         "certification:apply",   "certification.withdrawn",
        gives=("during_procedure",), marks=("withdrawn_at",)),
    *each(HELD,            A.LAPSE_WITH_MEMBERSHIP,            S.LAPSED_MEMBERSHIP, "certification:effect",  "certification.lapsed"),
    *each(HELD,            A.TRANSFER,                         S.TRANSFERRED,       "certification:effect",  "certification.transferred",
        gives=("successor_company_id", "merger_case")),
))
# fmt: on


@dataclass(frozen=True, slots=True)
class CertificationPolicy:
    """The terms of the scheme, from a day on."""

    version: str
    valid_from: date
    validity_months: int
    renewal_opens_months_before: int
    suspension_exists: bool
    suspension_longest_months: int
    suspended_is_listed: bool
    waiting_months_after_revocation: int


# A change is a new row with its own day; a row that has been in force is never edited.
CERTIFICATION_POLICIES: tuple[CertificationPolicy, ...] = (
    CertificationPolicy(
        version="2025-10",
        valid_from=date(2025, 10, 1),
        validity_months=24,
        renewal_opens_months_before=4,
        suspension_exists=False,
        suspension_longest_months=6,
        suspended_is_listed=False,
        waiting_months_after_revocation=12,
    ),
)


def certification_policy_at(
    moment: datetime, policies: Iterable[CertificationPolicy] = CERTIFICATION_POLICIES
) -> CertificationPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


def last_day(valid_from: date, policy: CertificationPolicy) -> date:
    """The last day of a term that begins on a day."""
    return date.fromordinal(add_months(valid_from, policy.validity_months).toordinal() - 1)


def renewal_opens(valid_to: date, policy: CertificationPolicy) -> date:
    """The day from which a renewal may be filed."""
    return add_months(valid_to, -policy.renewal_opens_months_before)


def may_expire(state: CertificationState, *, on: date, valid_to: date, renewal_filed: bool) -> bool:
    """Whether the clock may end it: the term is over, and no renewal was filed in time."""
    return state in HELD and on > valid_to and not renewal_filed


def is_during_procedure(state: CertificationState) -> bool:
    """Whether a withdrawal now is recorded as 審査中辞退, with the same waiting period as a revocation (6.4)."""
    return state is S.REVOCATION_PROC


class PublicStatus(Labelled):
    """What the public list and the verification page say. A revocation procedure is not public."""

    # fmt: off
    CERTIFIED            = "certified",            "認定",                 "Certified"
    RENEWAL_UNDER_REVIEW = "renewal_under_review", "認定(更新審査中)",     "Certified, renewal under review"
    SUSPENDED            = "suspended",            "認定の一時停止中",     "Certification suspended"
    REVOKED              = "revoked",              "認定取消",             "Certification revoked"
    NOT_CERTIFIED        = "not_certified",        "認定されていません",   "Not certified"
    # fmt: on


def public_status(
    state: CertificationState,
    *,
    on: date,
    valid_from: date | None,
    valid_to: date | None,
    renewal_filed: bool,
    revoked_from: date | None = None,
) -> PublicStatus:
    """What is true of a certification on a day, whether or not the clock has already moved its state.

    ``renewal_filed`` means filed in time. ``revoked_from`` is the day a recorded resolution set: from its first minute
    the certification is gone (scenario 7.28). Both ends of the term belong to it.
    """
    if state is S.REVOKED or (revoked_from is not None and on >= revoked_from and state in HELD):
        return PublicStatus.REVOKED
    if state not in HELD or valid_from is None or valid_to is None or on < valid_from:
        return PublicStatus.NOT_CERTIFIED
    if on > valid_to and not renewal_filed:
        return PublicStatus.NOT_CERTIFIED
    if state is S.SUSPENDED:
        return PublicStatus.SUSPENDED
    return PublicStatus.RENEWAL_UNDER_REVIEW if on > valid_to else PublicStatus.CERTIFIED


def is_listed(
    state: CertificationState,
    *,
    on: date,
    valid_from: date | None,
    valid_to: date | None,
    renewal_filed: bool,
    revoked_from: date | None = None,
    policy: CertificationPolicy = CERTIFICATION_POLICIES[0],
) -> bool:
    """Whether a company stands on the public list on a day."""
    status = public_status(
        state,
        on=on,
        valid_from=valid_from,
        valid_to=valid_to,
        renewal_filed=renewal_filed,
        revoked_from=revoked_from,
    )
    if status is PublicStatus.SUSPENDED:
        return policy.suspended_is_listed
    return status in (PublicStatus.CERTIFIED, PublicStatus.RENEWAL_UNDER_REVIEW)
