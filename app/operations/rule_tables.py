"""The tables of the documentation, written from the rules themselves, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from models.rules.audit_events import EVENTS, LIFECYCLES, OTHER_EVENTS
from models.rules.case_clocks import RUNS_IN
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption, what_the_company_gets
from models.rules.deadlines import DEADLINE_POLICIES, BySeverity, Term, Unit
from models.rules.escalation_ladder import STEP_RULES
from models.rules.forwarded_copy import fields_in_forwarded_copy
from models.rules.key_kinds import KEY_RULES
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle
from models.rules.people import MAY_HOLD, READERS, CompartmentKind, Role, SeatKind, Standing
from models.rules.permissions import HANDLERS_ONLY, POLICY, SECOND_PERSON, Permission, needs_reason
from models.rules.public_phase import phase_of, plain_words
from models.rules.retention import RETENTION, SMALLEST_CELL
from models.rules.sealed_fields import SEALED_FIELDS
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity

TAXONOMIES: tuple[tuple[str, type[Labelled]], ...] = (
    ("カスハラ類型 / Harassment type", HarassmentType),
    ("起きた場所 / Channel", Channel),
    ("受付の経路 / Intake route", IntakeRoute),
    ("重大度 / Severity", Severity),
    ("行為者 / Actor relation", ActorRelation),
    ("雇用の形 / Employment", Employment),
    ("組織側の問題 / Organisational issue", OrganisationalIssue),
    ("影響 / Impact", Impact),
    ("希望 / Requested help", RequestedHelp),
    ("会社の対応 / Company action", CompanyAction),
    ("結果 / Outcome", Outcome),
)

_LETTERS = {
    Standing.OWN: "本人 own",
    Standing.ASSIGNED: "担当 assigned",
    Standing.SAME_OFFICE: "同じ窓口 same office",
    Standing.ADDRESSEE: "宛先 addressee",
    Standing.NONE: "可 yes",
}

_UNITS = {
    Unit.BUSINESS_DAYS: ("営業日", "business days"),
    Unit.CALENDAR_DAYS: ("日(暦日)", "calendar days"),
    Unit.DAYS_WITH_THE_FIRST: ("日目(暦日、初日を数える)", "days, the first one counted"),
    Unit.MONTHS: ("か月", "months"),
    Unit.HOURS: ("時間", "hours"),
    Unit.DESK_HOURS: ("時間(受付時間内)", "desk hours"),
}


def write_tables(folder: Path) -> list[Path]:
    """Write every table into a folder and return the files; what is there already is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in tables().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def tables() -> dict[str, str]:
    """Every table by the name of its file."""
    return {
        "taxonomies.md": _page("Taxonomies", *(_section(title, _labels(members)) for title, members in TAXONOMIES)),
        "people.md": _people(),
        "permissions.md": _permissions(),
        "consent.md": _consent(),
        "lifecycles.md": _lifecycles(),
        "deadlines.md": _deadlines(),
        "ladder.md": _ladder(),
        "retention.md": _retention(),
        "audit-events.md": _audit_events(),
        "sealed-fields.md": _sealed_fields(),
        "keys.md": _keys(),
    }


def _people() -> str:
    seats = [(kind.code, kind.ja, kind.en, _codes(MAY_HOLD[kind])) for kind in SeatKind]
    readers = [
        (
            kind.code,
            kind.ja,
            kind.en,
            _codes(READERS[kind].seats),
            _codes(READERS[kind].when_routed),
            "✓" if READERS[kind].receipt else "",
        )
        for kind in CompartmentKind
    ]
    return _page(
        "People, seats and compartments",
        _section("役割 / Roles", _labels(Role)),
        _section("立場 / Standings", _labels(Standing)),
        _section("席 / Seats", _table(("Code", "日本語", "English", "May be held by"), seats)),
        _section(
            "区画 / Compartments",
            _table(("Code", "日本語", "English", "Opens to", "When routed, the addressed one of", "Receipt"), readers),
        ),
    )


def _permissions() -> str:
    rows = [
        (f"`{permission.code}`", permission.ja, *(_cell(permission, role) for role in Role))
        for permission in Permission
    ]
    seconds = [(f"`{first.code}`", f"`{second.code}`") for first, second in SECOND_PERSON.items()]
    return _page(
        "Permissions",
        "An empty cell is a refusal. ※ means: only with a reason, which is recorded. "
        f"Handlers alone: {', '.join(f'`{permission.code}`' for permission in sorted(HANDLERS_ONLY))}.",
        _table(("Permission", "日本語", *(role.ja for role in Role)), rows),
        _section("二人で行うこと / Acts of two people", _table(("First", "Second"), seconds)),
    )


def _cell(permission: Permission, role: Role) -> str:
    standings = [
        _LETTERS[cell.standing] + ("※" if needs_reason(permission, role=role, standing=cell.standing) else "")
        for cell in sorted(POLICY[permission], key=lambda cell: list(Standing).index(cell.standing))
        if cell.role is role
    ]
    return "<br>".join(standings)


def _consent() -> str:
    choices = [
        (choice.code, choice.ja, choice.en, what_the_company_gets(choice), what_the_company_gets(choice, "en"))
        for choice in (*ConsentLevel, *ConsentOption)
    ]
    fields = [(level.code, ", ".join(sorted(fields_in_forwarded_copy(level))) or "-") for level in ConsentLevel]
    return _page(
        "Consent",
        _table(("Code", "日本語", "English", "会社に伝わること", "What the company gets"), choices),
        _section("転送版の項目 / Fields of a forwarded copy", _table(("Level", "Fields"), fields)),
    )


def _lifecycles() -> str:
    words = [
        (state.code, state.ja, phase_of(state).ja, plain_words(state).now("ja"), plain_words(state).next("ja"))
        for state in CaseState
    ]
    clocks = [
        (f"{state.ja} `{state.code}`", _names(RUNS_IN[state].of_case), _names(RUNS_IN[state].of_exchange))
        for state in CaseState
    ]
    return _page(
        "Lifecycles",
        *(_section(lifecycle.name, _lifecycle(lifecycle)) for lifecycle in LIFECYCLES),
        _section(
            "相談の状態ごとに動く期限 / Which clock runs while a case is in a state",
            "At least one of those named runs; others may run beside it.\n\n"
            + _table(("State", "窓口と相談者 / Desk and consulter", "会社 / Company"), clocks),
        ),
        _section(
            "相談者に見える段階 / What the consulter sees",
            _table(("State", "日本語", "Phase", "今", "次"), words),
        ),
    )


def _lifecycle(lifecycle: Lifecycle[Any, Any]) -> str:
    rows = [
        (
            f"{row.while_in.ja} `{row.while_in.code}`",
            f"{row.act.ja} `{row.act.code}`",
            f"{row.makes.ja} `{row.makes.code}`",
            f"`{row.by}`",
            f"`{row.event}`",
            ", ".join(row.gives),
            ", ".join(row.needs),
        )
        for row in lifecycle
    ]
    ends = ", ".join(f"{state.ja} `{state.code}`" for state in lifecycle.states if state in lifecycle.ends)
    begins = f"Begins: {lifecycle.begins.ja} `{lifecycle.begins.code}`. Ends: {ends}."
    return begins + "\n\n" + _table(("While in", "Act", "Makes", "Asks for", "Event", "Gives", "Needs"), rows)


def _deadlines() -> str:
    sections = []
    for policy in DEADLINE_POLICIES:
        rows: list[Sequence[str]] = []
        for kind, entry in policy.clocks.items():
            if isinstance(entry, BySeverity):
                rows.append((kind.code, kind.ja, kind.en, "未定", *_words(entry.unknown)))
                rows.extend((kind.code, kind.ja, kind.en, grade.code, *_words(entry.term(grade))) for grade in Severity)
            else:
                rows.append((kind.code, kind.ja, kind.en, "", *_words(entry)))
        title = f"{policy.version} ({policy.valid_from.isoformat()} -)"
        sections.append(_section(title, _table(("Clock", "日本語", "English", "Severity", "期間", "Term"), rows)))
    return _page("Deadlines", *sections)


def _words(term: Term) -> tuple[str, str]:
    ja, en = _UNITS[term.unit]
    words = (f"{term.amount}{ja}", f"{term.amount} {en.removesuffix('s') if term.amount == 1 else en}")
    if term.or_later is None:
        return words
    later = _words(term.or_later)
    return f"{words[0]}または{later[0]}の遅い方", f"{words[1]} or {later[1]}, whichever is later"


def _ladder() -> str:
    rows = [
        (
            step.code,
            step.ja,
            step.en,
            f"`{rule.issued_by}`",
            "、".join(addressee.ja for addressee in rule.addressees),
            "✓" if rule.counts else "",
            rule.clock.ja if rule.clock else "",
        )
        for step, rule in STEP_RULES.items()
    ]
    return _page(
        "The ladder",
        _table(("Step", "日本語", "English", "Asks for", "宛先", "Counts if unmet", "Clock"), rows),
    )


def _retention() -> str:
    rows = [
        (
            rule.kind.ja,
            rule.kind.en,
            rule.since.isoformat(),
            "無期限 / permanent" if rule.months is None else f"{rule.months}か月 / months",
            rule.counted_from.ja,
            rule.then.ja,
            rule.then.en,
            "✓" if rule.may_be_held else "",
        )
        for rule in RETENTION
    ]
    return _page(
        "Retention",
        _table(("日本語", "English", "Since", "Kept", "起算", "その後", "Then", "Legal hold"), rows),
        f"Published counts below {SMALLEST_CELL} are suppressed.",
    )


def _audit_events() -> str:
    rows = [
        (f"`{name}`", ", ".join(sorted(facts)) or "-", "" if name in OTHER_EVENTS else "lifecycle")
        for name, facts in sorted(EVENTS.items())
    ]
    return _page(
        "Audit events",
        "Every record has its actor, moment, subject and place in the chain beside these facts.",
        _table(("Event", "Facts", "From"), rows),
    )


def _sealed_fields() -> str:
    rows = [
        (
            f"`{field.name}`",
            field.holds_ja,
            f"{field.under.ja} `{field.under.code}`",
            _codes(field.or_under),
        )
        for field in SEALED_FIELDS
    ]
    return _page("Sealed fields", _table(("Column", "内容", "Under", "Or in the compartment"), rows))


def _keys() -> str:
    rows = [
        (
            f"{kind.ja} `{kind.code}`",
            kind.en,
            f"{rule.lies.ja} {rule.lies.en}",
            rule.renewal.ja,
            rule.renewal.en,
            "" if rule.months is None else f"{rule.months}か月 / months",
            f"`{rule.purpose}`" if rule.purpose else "",
        )
        for kind, rule in KEY_RULES.items()
    ]
    head = ("種類", "Kind", "どこにあるか / Lies", "替え方", "How it is replaced", "期間 / Term", "Derived for")
    return _page("Keys", _table(head, rows))


def _labels(members: type[Labelled]) -> str:
    return _table(("Code", "日本語", "English"), [(member.code, member.ja, member.en) for member in members])


def _names(members: Iterable[Labelled]) -> str:
    return "、".join(f"{member.ja} `{member.code}`" for member in members)


def _codes(members: Iterable[Labelled]) -> str:
    return ", ".join(sorted(member.code for member in members))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", "Written from `models/rules/`; not edited by hand.", *parts]) + "\n"
