"""The form in which a text is worded anew."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.fields import PlainText
from app.presentation.filters import label
from app.presentation.previewed import PreviewedForm, digest_of, first_day, why_it_changes
from app.rulebook.queries import begins_on, wording_of
from models.rules.editable_texts import (
    LONGEST_TEXT,
    OF_THE_DAY,
    EditableText,
    Wording,
    WordingRefusal,
    may_reword,
)
from models.rules.rule_change import RuleKind


class TextForm(PreviewedForm):
    """A text reads otherwise from a day on."""

    ja = PlainText(
        _l("新しい文章"), limit=LONGEST_TEXT, rows=6, width="long", hint=_l("空の行を入れると、段落が分かれます。")
    )
    en = PlainText(_l("新しい文章(英語)"), limit=2 * LONGEST_TEXT, rows=6, width="long", spellcheck=False)
    valid_from = first_day()
    reason = why_it_changes()
    text: EditableText | None = None

    def wording(self) -> Wording:
        """What was answered, as the rules take it."""
        if self.text is None:
            raise ValueError("the view says which text it is")
        return Wording(self.text, self.valid_from.data, self.ja.data, self.en.data)

    def answers(self) -> str:
        new = self.wording()
        before = wording_of(new.text, new.valid_from)
        return f"{new.text.code} {new.valid_from.isoformat()} {digest_of(before, new)}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.text is None:
            return False
        new = self.wording()
        decision = may_reword(
            new,
            today=today(),
            before=wording_of(new.text, new.valid_from),
            taken=begins_on(RuleKind.TEXT, new.text.code, new.valid_from),
        )
        if decision.allowed:
            return True
        refusal = WordingRefusal(decision.reason)
        return self.refuse(self.valid_from if refusal in OF_THE_DAY else self.ja, label(refusal))
