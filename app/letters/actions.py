"""Letters are issued, and their words are changed."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from functools import partial

from flask import Flask, current_app
from sqlalchemy import Select, select

from app.letters.press import set_as_pdf, set_here, use_press
from app.letters.queries import Said, fingerprint_of, paper_of, words_on
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.rehearsal import made_before
from app.pipeline.transaction import db
from app.rulebook.actions.changing import begin, end, enter, may_be_taken_back, record_change
from app.rulebook.queries import begins_on
from models.company import Company
from models.compartment import Compartment
from models.issued_letter import IssuedLetter
from models.letter_number import LetterNumber
from models.rule_change import RuleChange
from models.rules.letters import LAYOUT, LetterKind, Placeholder, Template, day_in_letter, may_reword
from models.rules.permissions import Permission
from models.rules.rule_change import RuleKind
from models.rules.working_days import in_japan
from models.sealed import seal_answers_into


def issue_letter(
    kind: LetterKind,
    *,
    number: str,
    company: Company,
    to: Sequence[str],
    sender: Sequence[str],
    values: Mapping[Placeholder, str],
    actor: Actor,
    compartment: Compartment | None = None,
    about: str | None = None,
) -> IssuedLetter:
    """Keep a letter as it leaves, the digest of its file in the record. The act it is part of has asked the policy.

    The company has its name of the day, and keeps it on this letter (scenario 7.32). Raises NotInTheFont.
    """
    at = now()
    day = in_japan(at).date()
    name, association = company.name_on(day).name, str(current_app.config["KIKITE"].association_name)
    always = {
        Placeholder.COMPANY: name,
        Placeholder.ASSOCIATION: association,
        Placeholder.NUMBER: number,
        Placeholder.DAY: day_in_letter(day),
    }
    said = Said(kind.ja, [f"{name} 御中", *to] if to else [], [association, *sender], {**always, **values})
    template = words_on(kind, day)
    paper = paper_of(template, said, number=number, day=day, layout=LAYOUT)
    # Setting a letter takes as long as hundreds of other acts: where the view rehearses it, nobody waits for it.
    made = made_before(fingerprint_of(paper), partial(set_as_pdf, paper), stand_in=b"")
    letter = IssuedLetter(
        id=uuid.uuid4(),
        kind=kind,
        number=number,
        company_id=company.id,
        about=about,
        words_from=template.valid_from,
        layout=LAYOUT,
        issued_at=at,
        issued_by_id=actor.id,
        file_digest=hashlib.sha256(made).digest(),
    )
    if compartment is None:
        letter.public_values = json.dumps(said.as_answers(), ensure_ascii=False, separators=(",", ":"))
    else:
        letter.compartment_id = compartment.id
        key = actor.held.compartment_key(compartment)
        seal_answers_into(letter, "sealed_values", said.as_answers(), key=key)
    db().add(letter)
    facts: dict[str, Fact] = {
        "number": number,
        "kind": kind.code,
        "version": template.valid_from.isoformat(),
        "file_digest": letter.file_digest.hex(),
    }
    record(of_company(company), "letter.issue", actor=actor, facts=facts)
    return letter


def set_letters_here(app: Flask) -> None:
    """Let an application set its letters in its own process: one that issues them by the thousand and serves nobody."""
    use_press(app, set_here)


def next_number(series: str) -> str:
    """The next number of a series in this year, such as KNS-2026-0001; two at once queue behind the row."""
    year = in_japan(now()).year
    found = _last_number.scalar(series, year)
    if found is None:
        found = LetterNumber(series=series, year=year, last=0)
        db().add(found)
    found.last += 1
    db().flush()
    return f"{series}-{year}-{found.last:04d}"


@made_once
def _last_number(series: str, year: int) -> Select[LetterNumber]:
    return select(LetterNumber).where(LetterNumber.series == series, LetterNumber.year == year).with_for_update()


def reword_letter(new: Template, *, reason: str, actor: Actor) -> RuleChange:
    """Let a kind of letter be worded otherwise from a day on; what was issued keeps the words it was issued with."""
    begin(actor, asks=Permission.LETTER_WORD)
    key, day = new.kind.code, new.valid_from
    taken = begins_on(RuleKind.LETTER, key, day)
    if not may_reword(new, today=today(), before=words_on(new.kind, day), taken=taken).allowed:
        raise ChangedMeanwhile
    change = enter(RuleKind.LETTER, key, {"ja": new.text}, valid_from=day, reason=reason, actor=actor, at=now())
    record_change(change, actor)
    return change


def take_back_words(change: RuleChange, *, actor: Actor) -> bool:
    """Take back a wording that has not begun yet; False for one that has, because letters may carry it."""
    begin(actor, asks=Permission.LETTER_WORD)
    if not may_be_taken_back(change, {RuleKind.LETTER}):
        return False
    end(change, actor=actor)
    return True
