"""What is recorded: every event by name, with exactly its facts, which are identifiers and codes and never words.

Source: architecture, 3, and domain, 6.1 (evidence stored) and 6.7 (access log). An event of a lifecycle is named in the
row that causes it, and its facts are what that row gives; the other events are the table below.

Facets (type, severity, channel, outcome …) never stand in a fact in clear, because whoever takes the log would then read
what the sealed columns hide: such a fact is the facet's keyed token in hexadecimal, and ``check`` refuses anything else.
A person is named by identifier; a letter by number and digest.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from models.rules.case_lifecycle import CASE_LIFECYCLE
from models.rules.certification_lifecycle import CERTIFICATION_LIFECYCLE
from models.rules.company_advice import ADVICE_LIFECYCLE
from models.rules.company_file_lifecycle import FILE_LIFECYCLE
from models.rules.joint_acts import JOINT_LIFECYCLE
from models.rules.leak import LEAK_LIFECYCLE
from models.rules.lifecycle import Row
from models.rules.request_lifecycle import REQUEST_LIFECYCLE
from models.rules.succession import SUCCESSION_LIFECYCLE

Fact = str | int | bool | None

# fmt: off
OTHER_EVENTS: Mapping[str, frozenset[str]] = MappingProxyType({name: frozenset(facts.split()) for name, facts in {
    # A case, beside its lifecycle.
    "case.submit":               "receipt_id consent_id statement_digest",
    "case.key_in":               "receipt_id consent_id statement_digest",
    "case.read":                 "compartment reason_code",
    "case.read_identity":        "reason_code",
    "search.narrow":             "reason_code",
    "search.done":               "cases hits waiting first_day last_day with_messages reason_code",
    "case.assign":               "person_id",
    "case.note":                 "note_id",
    "case.limit_passed":        "clock",
    "copy.unanswered":          "clock",
    "case.set_codes":            "facet token_digest",
    "case.set_crisis":           "is_set",
    "case.ask_close":            "outcome",
    "case.refuse_close":         "",
    "case.ask_withdrawal":       "message_id asked_by known_by",
    "case.refuse_withdrawal":    "message_id",
    "case.refuse_recall":        "recall_id",
    "case.exclude":              "person_id declared_by",
    "case.link":                 "case_link_id kind",
    "case.unlink":               "case_link_id",
    "case.merge":                "receipts",
    "case.lift":                 "severity",
    "case.let_be_asked":         "person_id",
    "alarm.raise":               "alarm_id is_on_duty",
    "alarm.escalate":            "alarm_id",
    "alarm.acknowledge":         "alarm_id",
    "incident.form":             "group_id how",
    "incident.join":             "group_id",
    "incident.take_out":         "group_id",
    "incident.say":              "group_id word",
    "incident.tell":             "group_id members",
    "consent.give":              "consent_id company_id level",
    "consent.withdraw":          "consent_id company_id",
    "provision.record":          "provision_id consent_id",
    "consent.key_in":            "consent_id read_back caller_check",
    "emergency.done":            "telling_id outcome_code message_id",
    "emergency.ask":             "telling_id",
    "emergency.agreed":          "telling_id was_allowed",
    "emergency.refused":         "telling_id was_allowed",
    "message.send":              "message_id",
    "case.export_own":           "how",
    "message.read":              "message_id",
    "attachment.add":           "attachment_id",
    "attachment.refuse":        "reason_code",
    "attachment.open":          "attachment_id part reason_code",
    "attachment.remove":        "attachment_id",
    "attachment.erase":         "files",
    "attachment.offer":         "attachment_id exchange_id",
    "attachment.approve":       "attachment_id exchange_id",
    "attachment.decline":       "attachment_id exchange_id",
    "copy.draft":                "copy_id",
    "copy.view":                 "copy_id",
    "copy.print":                "copy_id number reason_code",
    "copy.approve":              "copy_id copy_digest",
    "copy.refuse":               "copy_id",
    "exchange.open":             "exchange_id",
    "exchange.arrange":          "exchange_id via",
    "exchange.call_off":         "exchange_id reason_code",
    "exchange.deliver":          "exchange_id",
    "exchange.close":            "exchange_id reason_code",
    "exchange.search_hint":      "exchange_id",
    "exchange.key_in":           "exchange_id act way person_id",
    "exchange.hand_over":        "exchange_id person_id",
    "exchange.company_left":     "exchange_id",
    "exchange.company_absorbed": "exchange_id succession_id",
    "exchange.go_over":          "exchange_id succession_id person_id",
    "exchange.stay":             "exchange_id succession_id",
    "draft.save":                "draft_id",
    "draft.discard":             "draft_id",
    "report.read":               "report_id",
    "reminder.issue":            "reminder_id kind",
    "extension.request":         "extension_id working_days",
    "extension.grant":           "extension_id",
    "extension.refuse":          "extension_id",
    "receipt.used":              "receipt_id",
    "receipt.issue_again":       "receipt_id",
    "receipt.end":               "receipt_id",
    "receipt.repeat_back":       "receipt_id",
    "reply.open":                "task_id way",
    "reply.try":                 "task_id",
    "reply.end":                 "task_id result",

    "adviser.ask":               "access_id person_id compartment reason_code",
    "adviser.agree":             "access_id",
    "adviser.acknowledge":       "access_id",
    "adviser.read":              "access_id compartment",
    "adviser.advise":            "access_id note_id",
    "adviser.end":               "access_id reason_code",

    "watch.begin":               "watch_id",
    "watch.prolong":             "watch_id",
    "watch.follow_rules":        "watch_id version",
    "watch.ask":                 "check_in_id",
    "watch.answer":              "check_in_id",
    "watch.see":                 "check_in_id",
    "watch.end":                 "watch_id",

    # A company and its file, beside their lifecycles.
    "company.register":          "",
    "company.rename":            "name_id",
    "company.set_number":        "had_one",
    "company.change_entry":      "",
    "company.change_membership": "is_member",
    "company.change_member_type": "from_type to_type day",
    "company.note_vacancy":      "role",
    "absence.enter":             "absence_id person_id",
    "absence.cancel":            "absence_id person_id",
    "company.close_day":         "closure_id day",
    "company.open_day":          "closure_id day",
    "company.add_site":          "site_id",
    "company.give_site_code":    "site_id",
    "company.relate":            "relation_id",
    "company.end_relation":      "relation_id",
    "succession.enter":          "succession_id",
    "succession.follow":         "succession_id",
    "site.go_over":              "succession_id site_id",
    "advice.ask":                "advice_id topic by_telephone",
    "advice.read":               "advice_id",
    "advice.search_hint":        "advice_id",
    "application.begin":         "application_id kind",
    "application.read":          "application_id",
    "application.put_on_agenda": "application_id meeting_id",
    "application.end":           "application_id reason_code",
    "evidence.add":              "application_id evidence_id pledge",
    "evidence.remove":           "application_id evidence_id pledge",
    "evidence.open":             "evidence_id part",
    "evidence.refuse":           "application_id reason_code",
    "pledge.write":              "application_id pledge",
    "pledge.review":             "application_id pledge mark",
    "survey.ask":                "survey_id",
    "survey.remind":             "reminder_id kind",
    "survey.note_answer":        "survey_id answered_on is_exempt",
    "policy.check":              "check_id result",
    "policy.note_page":          "has_page planned_on",
    "confirmation.ask":          "confirmation_id asked_for",
    "confirmation.remind":       "reminder_id kind",
    "confirmation.say":          "confirmation_id changed not_kept",
    "confirmation.read":         "confirmation_id",
    "confirmation.end":          "confirmation_id reason_code",
    "approval.record":           "approval_id decision",
    "request.read":              "request_id",
    "request.read_answer":       "answer_id",
    "board.convene":             "board_item_id meeting_id",
    "board.number_minutes":      "meeting_id place reference_digest",
    "board.read_packet":         "board_item_id",
    "board.read_explanation":    "board_item_id",
    "board.assemble_packet":     "board_item_id packet_digest",
    "board.declare_interest":    "board_item_id",
    "board.recuse":              "board_item_id person_id ground",
    "board.open_vote":           "board_item_id",
    "board.vote":                "board_item_id option",
    "board.end_undecided":       "board_item_id reason_code",
    "board.continue":            "board_item_id follows_id",
    "board.uphold":              "board_item_id resolution_id",
    "publication.add":           "publication_id",
    "publication.withdraw":      "publication_id",
    "stop_use.open":             "task_id",
    "stop_use.confirm":          "task_id",
    "certification.bring_in":    "taken already refused file_digest",

    # A person, seats and keys.
    "person.register":           "role",
    "person.invite":             "link_id",
    "person.sign_up":            "",
    "person.verify":             "",
    "person.end":                "reason_code",
    "person.new_password":       "",
    "person.change_password":    "",
    "person.set_up_code":        "",
    "person.use_emergency_code": "left",
    "person.reset_code":         "reason_code",
    "person.make_address_code":  "code_id",
    "person.wrong_address_code": "code_id",
    "person.ask_post":           "confirmation_id",
    "person.remind_post":        "confirmation_id",
    "person.lapse_post":         "confirmation_id",
    "person.confirm_post":       "confirmation_id",
    "person.add_passkey":        "passkey_id opens_key",
    "person.remove_passkey":     "passkey_id",
    "person.doubt_passkey":      "passkey_id",
    "person.sign_in":            "",
    "person.sign_in_failed":     "reason_code",
    "person.sign_out":           "",
    "person.end_sessions":       "ended",
    "kit.make":                 "kit_id seat_id epoch cards needed",
    "kit.end":                  "kit_id",
    "kit.drill":                "kit_id epochs",
    "kit.wrong_cards":          "kit_id reason_code",
    "kit.recover":              "kit_id seat_id person_id joint_id epochs",
    "file.grave_ground":         "board_item_id joint_id reason_code",
    "reading.found":             "finding_id person_id unusual day",
    "reading.look_into":         "finding_id person_id",
    "export.make":               "joint_id exported first_day last_day",
    "joint.ask":                "joint_id joint_kind person_id",
    "seat.grant":                "seat_id person_id",
    "seat.end_holding":          "seat_id person_id",
    "seat.new_epoch":            "seat_id epoch",
    "key.add":                   "ring_key",
    "key.activate":              "ring_key",
    "key.retire":                "ring_key",
    "key.renewed":               "kind",
    "key.remind":                "kind day",
    "key.shred":                 "key_id part reason_code destroyed_at",
    "key.shred_again":           "keys",
    "erasure.wish":              "",
    "backup.make":               "backup_id with_ring",
    "backup.put_back":           "backup_id chains",
    "erasure.order":             "erasure_id part cause rule asked_by_id agreed_by_id",
    "erasure.done":              "erasure_id kinds rows",
    "receipt.kill":              "receipt_id",
    "hold.set":                  "hold_id hold_reason review_on",
    "hold.review":               "hold_id hold_reason review_on",
    "hold.lift":                 "hold_id hold_end",
    "consent.erase":             "entries provisions",
    "technical.roll":            "mails sessions links",
    "mail.queue":                "mail_kind",
    "mail.sent":                 "mail_kind",
    "mail.give_up":              "mail_kind",

    "letter.issue":              "number kind version file_digest",
    "letter.read":               "number",
    "board.make_file":           "board_item_id kind file_digest",

    # A leak worksheet, beside its lifecycle.
    "leak.begin":                "reach recall_id",
    "leak.read":                 "",
    "leak.export":               "how sheet_id",
    "leak.remind":               "kind day",
    "leak.concerns":             "leak_id",

    # The association itself.
    "complaint.count":           "day",
    "lost_code.ask":             "",
    "rules.change":              "rule version",
    "duty.plan":                 "shift_id person_id",
    "duty.cancel":               "shift_id person_id",
    "calendar.change":           "day version",
    "calendar.recompute":        "version moved",
    "rules.recompute":           "rule version moved",
    "referral.enter":            "desk_key day",
    "referral.end":              "desk_key day",
    "clock.recompute":           "kind day",
    "statistics.report":         "year file_digest",
    "sample.draw":               "seed kind first_day last_day size population population_digest",
}.items()})
# fmt: on

LIFECYCLES = (
    CASE_LIFECYCLE,
    REQUEST_LIFECYCLE,
    FILE_LIFECYCLE,
    CERTIFICATION_LIFECYCLE,
    ADVICE_LIFECYCLE,
    LEAK_LIFECYCLE,
    SUCCESSION_LIFECYCLE,
    JOINT_LIFECYCLE,
)


def _gather(rows: Iterable[Row[Any, Any]]) -> dict[str, frozenset[str]]:
    """Every event with its facts; two rows that share an event give the same facts, or this raises at import."""
    events = dict(OTHER_EVENTS)
    for row in rows:
        facts = frozenset(row.gives)
        if events.setdefault(row.event, facts) != facts:
            raise ValueError(f"{row.event} is recorded with {sorted(events[row.event])} and with {sorted(facts)}")
    return events


EVENTS: Mapping[str, frozenset[str]] = MappingProxyType(_gather(chain.from_iterable(LIFECYCLES)))

# These facts are facet tokens, whatever event they belong to.
FACET_FACTS = frozenset({"severity", "outcome", "token_digest"})

LONGEST_FACT = 64
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/-]*")
_TOKEN = re.compile(r"[0-9a-f]{16,64}")
# A facet's code in clear; consent levels are no facet, since a case must show its own.
_CLEAR_FACET = re.compile(r"(?:HT|HC|IC|AR|EM|OI|IM|RQ|AC|OC)-[A-Z0-9]+|S[1-4]")


def check(name: str, facts: Mapping[str, object]) -> None:
    """Refuse an event that is unknown, or that does not carry exactly its facts in short code form.

    Raises:
        ValueError: the event is not in EVENTS; a fact is missing or one too many; a value is not a short code, a whole
            number, a truth value or nothing; or a facet stands in clear.
    """
    expected = EVENTS.get(name)
    if expected is None:
        raise ValueError(f"{name} is no event")
    if facts.keys() != expected:
        raise ValueError(f"{name} records {sorted(expected)}, not {sorted(facts)}")
    for fact, value in facts.items():
        if not _is_fit(fact, value):
            # The value itself is not repeated: it may be the very words that must not be kept.
            raise ValueError(f"{name}: {fact} is not an identifier or a code")


def _is_fit(fact: str, value: object) -> bool:
    if value is None:
        return True
    if fact in FACET_FACTS:
        return isinstance(value, str) and _TOKEN.fullmatch(value) is not None
    if isinstance(value, str):
        return len(value) <= LONGEST_FACT and _CODE.fullmatch(value) is not None and not _CLEAR_FACET.fullmatch(value)
    return isinstance(value, int)
