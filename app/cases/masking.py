"""The masking proposal as a form: one question for each detail that was found; nothing of it is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.cases.words import words_if_there_are
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf, Option
from app.presentation.fields import PlainText
from app.presentation.filters import label
from app.presentation.typed_text import tidy
from models.rules.masking.deciding import Choice, Part, Question, parts_of, questions, rewritten
from models.rules.masking.proposals import proposals_for

LONGEST_REPLACEMENT = 60


@dataclass(frozen=True, repr=False)
class Examined:
    """A text with what was found in it, and whether a dictionary helped."""

    text: str
    asked: tuple[Question, ...]
    with_dictionary: bool

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.text, self.asked)

    @property
    def shape(self) -> str:
        """Tells whether the questions are still those of the page that was answered; says nothing of the words."""
        places = [(one.kind.value, one.places) for one in self.asked]
        return hashlib.sha256(repr((len(self.text), places)).encode()).hexdigest()[:16]


def examined(text: str) -> Examined:
    """Look through a text on this machine, tidied as it will be when it comes back from the page."""
    text = tidy(text, lines=True)
    words = words_if_there_are(text)
    return Examined(text, questions(proposals_for(text, words or ())), words is not None)


class MaskingForm(ChangingForm):
    """The decisions about one text. Its questions are those of the text, so each text makes a form of its own."""

    source = HiddenField()
    level = HiddenField()
    shape = HiddenField()
    asked: tuple[Question, ...] = ()

    def pairs(self) -> list[tuple[Question, OneOf, PlainText]]:
        """Each question with its two controls."""
        return [(one, self[f"choice_{n}"], self[f"words_{n}"]) for n, one in enumerate(self.asked, start=1)]

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for _question, choice, words in self.pairs():
            if choice.data is Choice.OTHERWISE and not words.data and not words.errors:
                valid = self.refuse(words, _("置きかえる言葉を入力するか、ほかの選び方にしてください。"))
        return valid

    def result(self, text: str) -> str:
        """The text as decided."""
        return rewritten(text, [(one, _instead(one, choice.data, words.data)) for one, choice, words in self.pairs()])


def _instead(question: Question, choice: Choice, words: str) -> str | None:
    return {Choice.TAKE: question.instead, Choice.OTHERWISE: words, Choice.LEAVE: None}[choice]


def masking_form(found: Examined, *, level: str, version: int, answered: bool) -> MaskingForm:
    """The form for a text; ``answered`` reads what was decided, otherwise every proposal is taken."""
    fields: dict[str, Any] = {"asked": found.asked}
    for number, one in enumerate(found.asked, start=1):
        fields[f"choice_{number}"] = OneOf(
            _l("%(number)s. %(kind)s「%(words)s」", number=number, kind=label(one.kind), words=one.words),
            thing=_l("どうするか"),
            options=_options(one),
            hint=_hint(one),
            default=Choice.TAKE,
        )
        fields[f"words_{number}"] = PlainText(
            _l("%(number)s. 別の言葉", number=number),
            thing=_l("別の言葉"),
            limit=LONGEST_REPLACEMENT,
            required=False,
            width="medium",
        )
    form_of_this_text = type("MaskingFormOfOneText", (MaskingForm,), fields)
    hidden = {"source": found.text, "level": level, "shape": found.shape, "version": version}
    form: MaskingForm = form_of_this_text(data=hidden) if answered else form_of_this_text(formdata=None, data=hidden)
    return form


def _options(question: Question) -> tuple[Option, ...]:
    take = _("「%(instead)s」に置きかえる", instead=question.instead)
    words = {Choice.TAKE: take, Choice.OTHERWISE: label(Choice.OTHERWISE), Choice.LEAVE: label(Choice.LEAVE)}
    return tuple(Option(choice.value, words[choice], answer=choice) for choice in Choice)


def _hint(question: Question) -> str:
    reason = label(question.reason)
    if len(question.places) == 1:
        return f"{reason}{_('。')}"
    return str(_("%(reason)s。%(count)s か所にあります。", reason=reason, count=len(question.places)))
