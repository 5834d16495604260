"""The form in which a letter is worded anew."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.letters.queries import not_in_the_font, sign_it_lacks, words_on
from app.pipeline.clock import today
from app.presentation.fields import PlainText
from app.presentation.filters import label
from app.presentation.previewed import PreviewedForm, digest_of, first_day, why_it_changes
from app.rulebook.queries import begins_on
from models.rules.letters import (
    LONGEST_TEMPLATE,
    OF_THE_DAY,
    LetterKind,
    Template,
    TemplateRefusal,
    may_reword,
    missing_in,
    unknown_in,
)
from models.rules.rule_change import RuleKind


class WordsForm(PreviewedForm):
    """A letter reads otherwise from a day on."""

    ja = PlainText(
        _l("新しい文面"),
        limit=LONGEST_TEMPLATE,
        rows=18,
        width="long",
        hint=_l("空の行で段落が分かれます。「敬具」と「以上」は右に、「記」は中央に置かれます。"),
    )
    valid_from = first_day()
    reason = why_it_changes()
    kind: LetterKind | None = None

    def template(self) -> Template:
        """What was answered, as the rules take it; a browser ends lines in its own way."""
        if self.kind is None:
            raise ValueError("the view says which letter it is")
        return Template(self.kind, self.valid_from.data, self.ja.data.replace("\r\n", "\n"))

    def answers(self) -> str:
        new = self.template()
        return f"{new.kind.code} {new.valid_from.isoformat()} {digest_of(words_on(new.kind, new.valid_from), new)}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.kind is None:
            return False
        new = self.template()
        before, taken = words_on(new.kind, new.valid_from), begins_on(RuleKind.LETTER, new.kind.code, new.valid_from)
        decision = may_reword(new, today=today(), before=before, taken=taken)
        if not decision.allowed:
            refusal = TemplateRefusal(decision.reason)
            return self.refuse(self.valid_from if refusal in OF_THE_DAY else self.ja, _in_words(refusal, new))
        return self._is_in_the_font(new)

    def _is_in_the_font(self, new: Template) -> bool:
        signs = sign_it_lacks(new.text)
        return not signs or self.refuse(self.ja, not_in_the_font(signs))


def _in_words(refusal: TemplateRefusal, new: Template) -> str:
    names = {
        TemplateRefusal.UNKNOWN: unknown_in(new),
        TemplateRefusal.MISSING: tuple(label(one) for one in missing_in(new)),
    }.get(refusal)
    if names is None:
        return label(refusal)
    return str(_("%(refusal)s: %(names)s", refusal=label(refusal), names=_("、").join(names)))
