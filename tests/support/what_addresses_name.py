"""What each address is about, and where a page lets in fewer than the policy would: the tables of the matrix.

A new address with something in it needs a row in ABOUT (tests/app/test_authorisation_matrix.py).
"""

from __future__ import annotations

from models.rules.people import Role

# What an address is about, by how it begins; the first row that fits. A new address with something in it needs a row.
ABOUT = (
    ("/desk/groups/from/", "case"),
    ("/desk/groups/", "group"),
    ("/desk/leaks/", "leak"),
    ("/desk/duty/alarms/", "case"),
    ("/desk/duty/", "nothing"),
    ("/desk/watch/", "nothing"),
    ("/desk/retention/months/", "nothing"),
    ("/desk/retention/early/", "nothing"),
    ("/desk/referrals/rows/", "nothing"),
    ("/desk/referrals/", "referrals"),
    ("/desk/", "case"),
    ("/cases/", "case"),
    ("/phone/", "case"),
    ("/office/", "exchange"),
    ("/keyed/", "exchange"),
    ("/absences/", "company"),
    ("/companies/", "company"),
    ("/certifications/", "certification"),
    ("/applications/", "application"),
    ("/advice/", "advice"),
    ("/adviser/", "access"),
    ("/escalations/requests/", "request"),
    ("/escalations/", "file"),
    ("/board/hearings/", "hearing"),
    ("/board/decisions/", "hearing"),
    ("/board/items/", "item"),
    ("/board/meetings/", "nothing"),
    ("/people/", "person"),
    ("/joint/", "nothing"),
    ("/recovery/", "nothing"),
    ("/audits/", "nothing"),
    ("/control/", "nothing"),
    ("/pledges/", "company"),
    ("/successions/new/", "company"),
    ("/successions/", "nothing"),
    ("/letters/versions/", "nothing"),
    ("/letters/", "letters"),
    ("/rulebook/numbers/<key>", "numbers"),
    ("/rulebook/texts/<key>", "texts"),
    ("/rulebook/mails/<key>", "mails"),
    ("/rulebook/codes/<key>", "code_lists"),
    ("/rulebook/code/<code>", "codes"),
    ("/rulebook/", "nothing"),
    ("/control/", "nothing"),
    ("/pledges/", "company"),
    ("/surveys/", "nothing"),
    ("/account/sessions/", "nothing"),
    ("/account/passkeys/", "nothing"),
    ("/audits/samples/", "nothing"),
    ("/mailbox/files/", "own"),
)

# What is not there yet in this association, and so is 404 for whoever may have it too.
NOT_MADE = {
    "absences.back",
    "absences.opened",
    "applications.begin_review_",
    "applications.decision",
    "applications.return_",
    "applications.review",
    "applications.agenda",
    "cases.emergency_done",
    "cases.extension",
    "cases.unlink",
    "certifications.certificate",
    "certifications.stop_use",
    "escalations.proposal",
    "escalations.put_to_the_board",
    "attachments.evidence_content",
    "attachments.evidence_file",
    "attachments.evidence_picture",
    "attachments.evidence_remove",
    "attachments.office_content",
    "attachments.office_file",
    "attachments.office_picture",
    "attachments.office_remove",
    "resolutions.decision_file",
    "resolutions.decision_letter",
    "resolutions.minutes",
    "resolutions.minutes_file",
    "resolutions.packet_file",
    "responses.on_paper",
}
DESK = frozenset({Role.COUNSELOR, Role.MANAGER, Role.HEAD})
COMPANY = frozenset({Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE})
WHO_MAY_LOOK = frozenset({Role.AUDITOR, Role.DIRECTOR})

# Where a page lets in fewer people than the policy would: by how its name begins, who is turned away, and why.
NARROWER: tuple[tuple[str, frozenset[Role], str], ...] = (
    ("responses.", DESK, "the desk reads and writes in the company's stead on pages of its own"),
    ("attachments.office_", DESK, "the desk looks at what a company gave on its own pages of the case"),
    ("proxy.", COMPANY, "a company has its own pages; these are for what it said by telephone or letter"),
    ("proxy.desk", frozenset({Role.MANAGER, Role.HEAD}), "keyed by whoever has the case"),
    ("escalations.file", COMPANY, "a company reads the letters it was sent, not the desk's page about it"),
    ("escalations.counter", COMPANY, "the count is the association's"),
    ("escalations.draft", COMPANY, "what is not issued is nobody's outside"),
    ("applications.application", DESK | WHO_MAY_LOOK, "what a company has begun to write is its own until it files it"),
    (
        "attachments.evidence_files",
        DESK | WHO_MAY_LOOK,
        "what a company has begun to write is its own until it files it",
    ),
    ("attachments.desk_", frozenset({Role.MANAGER, Role.HEAD}), "a reason is asked for on the page of the case first"),
    ("attachments.desk_remove", DESK, "what the consulter gave is hers to remove"),
    ("people.invite_", frozenset({Role.ADMIN}), "whoever runs the machines gives nobody a role who may read"),
    (
        "people.pass_on_",
        DESK | {Role.DIRECTOR},
        "only for a colleague who waits for a seat of one's own",
    ),
    ("people.address_code_", frozenset({Role.ADMIN}), "the same for verifying one"),
    ("sign_in.reset_code", frozenset({Role.ADMIN}), "the same for taking a second step away"),
    ("resolutions.notice", frozenset({Role.COUNSELOR}), "who does not read the item does not serve its notice"),
    ("successions.new", frozenset({Role.COUNSELOR, Role.HEAD}) | WHO_MAY_LOOK, "the form is for who enters one"),
    ("advisers.call_off", DESK, "what is shown belongs to one case"),
)
