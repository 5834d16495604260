"""The form in which a text is worded anew."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.fields import Day, PlainText
from app.presentation.filters import label
from app.rulebook.forms import LONGEST_REASON, PreviewedForm
from app.rulebook.queries import wording_of
from app.rulebook.texts import is_taken
from models.rules.editable_texts import (
    LONGEST_TEXT,
    OF_THE_DAY,
    EditableText,
    Wording,
    WordingRefusal,
    may_reword,
)


class TextForm(PreviewedForm):
    """A text reads otherwise from a day on."""

    ja = PlainText(
        _l("新しい文章"), limit=LONGEST_TEXT, rows=6, width="long", hint=_l("空の行を入れると、段落が分かれます。")
    )
    en = PlainText(_l("新しい文章(英語)"), limit=2 * LONGEST_TEXT, rows=6, width="long", spellcheck=False)
    valid_from = Day(_l("使い始める日"), hint=_l("明日からの日付を入れます。"))
    reason = PlainText(
        _l("変更の理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )
    text: EditableText | None = None

    def wording(self) -> Wording:
        """What was answered, as the rules take it."""
        if self.text is None:
            raise ValueError("the view says which text it is")
        return Wording(self.text, self.valid_from.data, self.ja.data, self.en.data)

    def answers(self) -> str:
        new = self.wording()
        before = wording_of(new.text, new.valid_from)
        words = sha256(repr((before, new)).encode()).hexdigest()
        return f"{new.text.code} {new.valid_from.isoformat()} {words[:32]}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.text is None:
            return False
        new = self.wording()
        decision = may_reword(
            new,
            today=today(),
            before=wording_of(new.text, new.valid_from),
            taken=is_taken(new.text, new.valid_from),
        )
        if decision.allowed:
            return True
        refusal = WordingRefusal(decision.reason)
        return self.refuse(self.valid_from if refusal in OF_THE_DAY else self.ja, label(refusal))
