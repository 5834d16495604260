"""The policy is the association's sheet: whoever is not in it is refused, and an excluded person is in no cell."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.audit_events import LIFECYCLES
from models.rules.people import COMPANY, SECRETARIAT, Role, Standing
from models.rules.permissions import (
    HANDLERS_ONLY,
    POLICY,
    SECOND_PERSON,
    WITH_REASON,
    Cell,
    Kind,
    Permission,
    decide,
    kind_of,
    may_ever,
    needs_reason,
    standings_allowing,
)

P, R, S = Permission, Role, Standing

DESK = {S.ASSIGNED, S.SAME_OFFICE}

# The association's sheet "who may do what" once more, row by row: role -> the standings in which it may.
# A role that is not named may not, whatever its standing.
SHEET: dict[Permission, dict[Role, set[Standing]]] = {
    # Read original text: own; counselor assigned; manager assigned or with reason; head with reason.
    P.CASE_READ: {R.CONSULTER: {S.OWN}, R.COUNSELOR: {S.ASSIGNED}, R.MANAGER: DESK, R.HEAD: DESK},
    # See identity: own; counselor and manager as registered handlers. At CN-3 the company reads it in the copy.
    P.CASE_READ_IDENTITY: {R.CONSULTER: {S.OWN}, R.COUNSELOR: {S.ASSIGNED}, R.MANAGER: DESK},
    # Edit forwarded copy: the consulter comments; the counselor edits; the manager approves.
    P.MAILBOX_WRITE: {R.CONSULTER: {S.OWN}},
    P.CASE_PREPARE_COPY: {R.COUNSELOR: {S.ASSIGNED}},
    P.CASE_APPROVE_COPY: {R.MANAGER: DESK},
    # Route, reroute, recall: counselor yes; manager yes, and second for a recall.
    P.CASE_ROUTE: {R.COUNSELOR: {S.ASSIGNED}, R.MANAGER: DESK},
    P.CASE_RECALL: {R.COUNSELOR: {S.ASSIGNED}},
    P.CASE_SECOND_RECALL: {R.MANAGER: DESK},
    # Acknowledge, report: officer; deputy from hand-over; counselor as a proxy. The representative when addressed.
    P.RESPONSE_ACKNOWLEDGE: {
        R.OFFICER: {S.ADDRESSEE},
        R.DEPUTY: {S.ADDRESSEE},
        R.REPRESENTATIVE: {S.ADDRESSEE},
        R.COUNSELOR: {S.ASSIGNED},
    },
    P.RESPONSE_REPORT: {
        R.OFFICER: {S.ADDRESSEE},
        R.DEPUTY: {S.ADDRESSEE},
        R.REPRESENTATIVE: {S.ADDRESSEE},
        R.COUNSELOR: {S.ASSIGNED},
    },
    # Retention: whoever has the case, or oversees it, may keep it from being erased; only who oversees lets it go.
    P.RETENTION_LIST: {R.MANAGER: DESK, R.HEAD: DESK},
    P.RETENTION_READ: {R.COUNSELOR: DESK, R.MANAGER: DESK, R.HEAD: DESK},
    P.RETENTION_HOLD: {R.COUNSELOR: {S.ASSIGNED}, R.MANAGER: DESK, R.HEAD: DESK},
    P.RETENTION_LIFT: {R.MANAGER: DESK, R.HEAD: DESK},
    # Close S3 and graver: counselor first, manager second.
    P.CASE_CLOSE: {R.COUNSELOR: {S.ASSIGNED}},
    P.CASE_SECOND_CLOSE: {R.MANAGER: DESK},
    # Issue E1 to E5: counselor drafts; manager E1 and E2; head E3, E4 and E5.
    P.ESCALATION_ISSUE_E1: {R.MANAGER: DESK},
    P.ESCALATION_ISSUE_E2: {R.MANAGER: DESK},
    P.ESCALATION_ISSUE_E3: {R.HEAD: DESK},
    P.ESCALATION_ISSUE_E4: {R.HEAD: DESK},
    P.ESCALATION_PROPOSE: {R.HEAD: DESK},
    # Vote: a director who is not recused; the auditor does not.
    P.RESOLUTION_VOTE: {R.DIRECTOR: {S.ADDRESSEE}},
    # Read the audit log: own acts; the team; all of it without content; decisions; technical.
    P.AUDIT_READ_TEAM: {R.MANAGER: {S.NONE}},
    P.AUDIT_READ_ALL: {R.HEAD: {S.NONE}, R.AUDITOR: {S.NONE}},
    P.AUDIT_READ_DECISIONS: {R.DIRECTOR: {S.NONE}},
    P.AUDIT_READ_TECHNICAL: {R.ADMIN: {S.NONE}},
    # Key recovery and bulk export: two shares, a witness, and an operator who sees no plaintext.
    P.KEYS_FIRST_SHARE: {R.MANAGER: {S.NONE}},
    P.KEYS_SECOND_SHARE: {R.HEAD: {S.NONE}},
    P.KEYS_READ_WITNESS_LOG: {R.AUDITOR: {S.NONE}},
    P.KEYS_OPERATE: {R.ADMIN: {S.NONE}},
    P.KEYS_READ: {R.HEAD: {S.NONE}, R.AUDITOR: {S.NONE}, R.ADMIN: {S.NONE}},
}

CONTENT = {P.CASE_READ, P.CASE_READ_IDENTITY, P.CASE_READ_HEALTH, P.RESPONSE_READ, P.MAILBOX_READ}
CONTENT_OR_PART = CONTENT | {P.ADVISER_READ}


@pytest.mark.parametrize("permission", SHEET)
def test_the_policy_says_what_the_associations_sheet_says(permission: Permission) -> None:
    expected = {Cell(role, standing) for role, standings in SHEET[permission].items() for standing in standings}
    assert POLICY[permission] == expected


def test_every_permission_has_a_row() -> None:
    assert set(POLICY) == set(Permission)
    assert all(POLICY.values())


def test_nobody_is_let_in_by_being_excluded() -> None:
    assert not [cell for cells in POLICY.values() for cell in cells if cell.standing is S.EXCLUDED]


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_an_excluded_person_is_refused_everything(permission: Permission, role: Role) -> None:
    assert decide(permission, role=role, standing=S.EXCLUDED).reason == "excluded"


@given(st.sampled_from(Permission), st.sampled_from(Role), st.sampled_from(Standing))
def test_deciding_one_matter_and_filtering_many_agree(permission: Permission, role: Role, standing: Standing) -> None:
    allowed = decide(permission, role=role, standing=standing).allowed
    assert allowed == (standing in standings_allowing(permission, role))
    assert not allowed or may_ever(permission, role)
    assert not needs_reason(permission, role=role, standing=standing) or allowed


def test_a_refusal_says_whether_the_role_or_the_standing_is_in_the_way() -> None:
    assert decide(P.CASE_READ, role=R.OFFICER, standing=S.ADDRESSEE).reason == "not_in_this_role"
    assert decide(P.CASE_READ, role=R.COUNSELOR, standing=S.SAME_OFFICE).reason == "not_in_this_standing"


def test_only_a_consulter_stands_as_own_and_only_the_desk_is_assigned() -> None:
    for cell in itertools.chain.from_iterable(POLICY.values()):
        if cell.standing is S.OWN:
            assert cell.role is R.CONSULTER
        if cell.standing in DESK:
            assert cell.role in SECRETARIAT
        if cell.standing is S.ADDRESSEE:
            assert cell.role in COMPANY | {R.DIRECTOR, R.ADVISER}


@pytest.mark.parametrize("permission", sorted(CONTENT_OR_PART))
def test_content_is_never_read_without_a_relation_to_it(permission: Permission) -> None:
    assert not [cell for cell in POLICY[permission] if cell.standing is S.NONE]


@pytest.mark.parametrize("permission", sorted(CONTENT))
@pytest.mark.parametrize("role", [R.DIRECTOR, R.AUDITOR, R.ADMIN, R.ADVISER, R.SYSTEM])
def test_board_auditor_administrator_adviser_and_clock_read_no_case(permission: Permission, role: Role) -> None:
    assert not may_ever(permission, role)


def test_an_adviser_may_do_nothing_but_with_what_was_shown() -> None:
    """In one standing, towards one part; beside that there are the own sessions and the record of the own acts."""
    mine = {one for one in Permission if may_ever(one, R.ADVISER)}
    own = {P.AUDIT_READ_OWN, P.SESSION_SIGN_OUT, P.SESSION_READ, P.SESSION_SECURE}
    assert mine == {P.ADVISER_LIST, P.ADVISER_READ, P.ADVISER_ADVISE} | own
    for permission in (P.ADVISER_LIST, P.ADVISER_READ, P.ADVISER_ADVISE):
        assert standings_allowing(permission, R.ADVISER) == {S.ADDRESSEE}
        assert {cell.role for cell in POLICY[permission]} == {R.ADVISER}


def test_an_adviser_is_shown_something_by_manager_or_head_alone() -> None:
    assert {cell.role for cell in POLICY[P.ADVISER_GRANT]} == {R.MANAGER, R.HEAD}
    assert {cell.role for cell in POLICY[P.ADVISER_END]} == {R.COUNSELOR, R.MANAGER, R.HEAD}


@pytest.mark.parametrize("role", sorted(COMPANY))
def test_a_company_never_opens_the_original_the_identity_or_the_health_block(role: Role) -> None:
    for permission in (P.CASE_READ, P.CASE_READ_IDENTITY, P.CASE_READ_HEALTH, P.CASE_NOTE, P.CASE_LIST):
        assert not may_ever(permission, role)


def test_a_reason_is_needed_for_every_opening_of_the_identity_by_the_desk() -> None:
    for role, standing in itertools.product(SECRETARIAT, Standing):
        if decide(P.CASE_READ_IDENTITY, role=role, standing=standing):
            assert needs_reason(P.CASE_READ_IDENTITY, role=role, standing=standing)
    assert not needs_reason(P.CASE_READ_IDENTITY, role=R.CONSULTER, standing=S.OWN)


def test_the_original_is_read_with_a_reason_by_the_head_and_by_a_manager_who_is_not_assigned() -> None:
    assert needs_reason(P.CASE_READ, role=R.MANAGER, standing=S.SAME_OFFICE)
    assert needs_reason(P.CASE_READ, role=R.HEAD, standing=S.SAME_OFFICE)
    assert not needs_reason(P.CASE_READ, role=R.MANAGER, standing=S.ASSIGNED)
    assert not needs_reason(P.CASE_READ, role=R.COUNSELOR, standing=S.ASSIGNED)


def test_a_reason_is_asked_only_for_reading_and_for_the_search_that_reads() -> None:
    writing = {permission for permission, _ in WITH_REASON if kind_of(permission) is not Kind.READ}
    assert writing == {P.CASE_SEARCH}


def test_the_identity_opens_to_registered_handlers_alone() -> None:
    assert {P.CASE_READ_IDENTITY, P.CASE_ISSUE_CODE} == HANDLERS_ONLY


def test_what_lists_or_reads_is_read_and_everything_else_writes() -> None:
    reading = {permission.code for permission in Permission if kind_of(permission) is Kind.READ}
    assert {"case:list", "case:read", "case:read_identity", "audit:read_all", "mailbox:read"} <= reading
    writing = {permission.code for permission in Permission if kind_of(permission) is Kind.WRITE}
    assert {"case:close", "response:report", "report:review", "session:sign_out", "system:clock"} <= writing
    assert not reading & writing


def test_no_act_of_a_lifecycle_asks_only_to_read() -> None:
    for row in itertools.chain.from_iterable(LIFECYCLES):
        assert kind_of(Permission(row.by)) is Kind.WRITE, row.event


@pytest.mark.parametrize("first", sorted(SECOND_PERSON))
def test_the_second_person_has_another_role_than_the_first(first: Permission) -> None:
    roles = [{cell.role for cell in POLICY[permission]} for permission in (first, SECOND_PERSON[first])]
    assert not roles[0] & roles[1]


def test_the_clock_does_nothing_but_what_waits_for_a_date() -> None:
    assert {permission for permission in P if may_ever(permission, R.SYSTEM)} == {
        P.SYSTEM_CLOCK,
        P.CERTIFICATION_EFFECT,
        P.CERTIFICATION_END,
    }


@pytest.mark.parametrize(("reads", "changes"), [(P.COMPANY_LIST, P.COMPANY_MANAGE), (P.PEOPLE_READ, P.PEOPLE_MANAGE)])
def test_the_lists_of_companies_and_people_open_to_those_alone_who_keep_them(
    reads: Permission, changes: Permission
) -> None:
    assert kind_of(reads) is Kind.READ
    assert POLICY[reads] == POLICY[changes]


def test_a_company_applies_by_its_representative_alone() -> None:
    assert {cell.role for cell in POLICY[P.CERTIFICATION_APPLY]} == {R.REPRESENTATIVE}


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_reads_as_a_resource_and_an_action(permission: Permission) -> None:
    assert permission.code == f"{permission.resource}:{permission.action}"
    assert permission.name == permission.code.replace(":", "_").upper()
