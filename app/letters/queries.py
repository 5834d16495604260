"""What is asked of letters: the words in force, every version of them, and the file of one that was issued."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.letters.paper import Paper, Piece, heading, paragraphs, table
from app.letters.press import NotInTheFont, set_as_pdf, signs_outside
from app.pipeline.audit import of_company, record_reading
from app.pipeline.identity import Actor
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.rulebook.queries import changes_of
from models.company import Company
from models.compartment import Compartment
from models.issued_letter import IssuedLetter
from models.rule_change import RuleChange
from models.rules.letters import LetterKind, Placeholder, Template, filled, template_of, template_on
from models.rules.rule_change import RuleKind
from models.rules.working_days import in_japan
from models.sealed import open_answers

__all__ = ["Paper", "Piece", "heading", "paragraphs", "table"]
"""What another slice makes a paper of; the rest is defined here."""

GETA = "〓"
MOST_GETA = 40


class NotTheSame(Exception):
    """The file that can be made now is not the one that was issued, and so it is not given out."""


@dataclass(frozen=True)
class Said:
    """What a letter says beside its template: whom it addresses, who signs, and what is put in."""

    title: str
    to: Sequence[str]
    sender: Sequence[str]
    values: Mapping[Placeholder, str] = field(repr=False)

    def as_answers(self) -> dict[str, Any]:
        """As it is kept."""
        values = {one.code: text for one, text in self.values.items()}
        return {"title": self.title, "to": list(self.to), "sender": list(self.sender), "values": values}

    @classmethod
    def kept(cls, answers: Mapping[str, Any]) -> Said:
        """As it was kept."""
        values = {Placeholder(code): text for code, text in answers["values"].items()}
        return cls(answers["title"], answers["to"], answers["sender"], values)


def words_on(kind: LetterKind, day: date) -> Template:
    """The words of a kind of letter on a day."""
    return template_on(kind, day, _in_force(kind))


def template_in(change: RuleChange) -> Template:
    """The template that a row holds."""
    return Template(LetterKind(change.key), change.valid_from, json.loads(change.value)["ja"])


def paper_of(template: Template, said: Said, *, number: str, day: date, layout: int) -> Paper:
    """A letter before it is set."""
    return Paper(
        number=number,
        day=day,
        title=said.title,
        to=said.to,
        sender=said.sender,
        pieces=paragraphs(filled(template, said.values)),
        style="certificate" if template.kind is LetterKind.CERTIFICATE else "letter",
        layout=layout,
    )


def fingerprint_of(paper: Paper) -> str:
    """What tells two letters apart, in everything that is set."""
    return hashlib.sha256(json.dumps(paper.as_data(), sort_keys=True).encode()).hexdigest()


def letter_numbered(number: str | None) -> IssuedLetter | None:
    """The letter with a number; none for what was sent before letters were kept so."""
    return db().scalar(select(IssuedLetter).where(IssuedLetter.number == number)) if number else None


def file_numbered(number: str | None, *, actor: Actor) -> bytes:
    """The file of the letter with a number. Whoever asks has found what it is about among what the actor may see."""
    letter: IssuedLetter = one_or_404(select(IssuedLetter).where(IssuedLetter.number == number))
    return file_of_letter(letter, actor=actor)


def newest_certificate(about: str, company_id: uuid.UUID) -> IssuedLetter | None:
    """The certificate of a certification that was issued last."""
    wanted = select(IssuedLetter).where(
        IssuedLetter.kind == LetterKind.CERTIFICATE,
        IssuedLetter.about == about,
        IssuedLetter.company_id == company_id,
    )
    return db().scalar(wanted.order_by(IssuedLetter.issued_at.desc(), IssuedLetter.number.desc()).limit(1))


def paper_numbered(number: str | None, *, actor: Actor) -> Paper | None:
    """The letter with a number as it reads, for a page; none for what was sent before letters were kept so.

    The page and the file are one thing shown twice: both are made of the values that were kept and the words of their
    day. Whoever asks has found what it is about among what the actor may see.
    """
    letter = letter_numbered(number)
    return paper_of_letter(letter, actor=actor) if letter is not None else None


def paper_of_letter(letter: IssuedLetter, *, actor: Actor) -> Paper:
    """A letter that was issued, made again from its data; that it is read is recorded first."""
    company = db().get_one(Company, letter.company_id)
    record_reading(of_company(company), "letter.read", actor=actor, facts={"number": letter.number})
    if letter.compartment_id is None:
        answers = json.loads(letter.public_values or "{}")
    else:
        key = actor.held.compartment_key(db().get_one(Compartment, letter.compartment_id))
        answers = open_answers(letter, "sealed_values", key=key)
    template = template_of(letter.kind, letter.words_from, _in_force(letter.kind))
    day = in_japan(letter.issued_at).date()
    return paper_of(template, Said.kept(answers), number=letter.number, day=day, layout=letter.layout)


def file_of_letter(letter: IssuedLetter, *, actor: Actor) -> bytes:
    """The very file that was issued, made again. The caller has found the letter among what the actor may see.

    Raises NotTheSame when it cannot be made again byte for byte.
    """
    made = set_as_pdf(paper_of_letter(letter, actor=actor))
    if hashlib.sha256(made).digest() != letter.file_digest:
        raise NotTheSame
    return made


def file_of_paper(paper: Paper) -> bytes:
    """A paper of another slice that is no letter, such as the board's.

    It holds words that others wrote, which nobody may refuse any more: a sign that no font has becomes the geta with
    which Japanese printers mark a missing type. Raises NotInTheFont only where there are too many of them.
    """
    for _attempt in range(MOST_GETA):
        try:
            return set_as_pdf(paper)
        except NotInTheFont as missing:
            pieces = json.dumps(list(paper.pieces), ensure_ascii=False)
            geta = {ord(sign): GETA for sign in missing.signs}
            paper = replace(paper, pieces=json.loads(pieces.translate(geta)))
    return set_as_pdf(paper)


def sign_it_lacks(text: str) -> str:
    """The first sign of a text that no letter can show, or nothing; asked where the text is typed."""
    return signs_outside(text)


def not_in_the_font(signs: str) -> str:
    """What to do about a sign that no letter can show."""
    return str(_("「%(signs)s」は、文書の書体にない文字です。ひらがなや、別の字体に書きかえてください。", signs=signs))


def _in_force(kind: LetterKind) -> list[Template]:
    return [template_in(one) for one in changes_of((RuleKind.LETTER,), kind.code) if one.ended_at is None]
